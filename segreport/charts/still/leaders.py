"""Names above a strip, each high enough that no name and no leader runs through another name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from segreport.charts.words import Measure, shorten

Span = tuple[float, float]

APART = 10
"""The least distance between two names in one row."""


@dataclass(frozen=True)
class Label:
    """A name from `start` to `end` in a row (0 is nearest the strip); its leader goes down at `leader`."""

    say: str
    start: float
    end: float
    leader: float
    row: int = 0


def lay_out(names: Sequence[str], parts: Sequence[Span], measure: Measure, bounds: Span) -> tuple[Label, ...]:
    """Return a label for every part, in as few rows as can be.

    The first names start at their part's left end, the others end at its right end. Every split between the two
    is tried; one that cuts a name or lets a leader cross a name is taken only where all do.
    """
    tries = (_stacked(_sided(names, parts, measure, bounds, split), split) for split in range(len(names), -1, -1))
    return min(tries, key=lambda labels: _cost(labels, names))


def _sided(names: Sequence[str], parts: Sequence[Span], measure: Measure, bounds: Span, split: int) -> list[Label]:
    """Return the names left and right of the split, each reaching away from its leader, all still in row 0."""
    labels = []
    for i, (name, (left, right)) in enumerate(zip(names, parts, strict=True)):
        say = shorten(name, max(50.0, bounds[1] - left if i < split else right - bounds[0]), measure)
        width = measure(say)
        start = min(left, bounds[1] - width) if i < split else max(right - width - 1.5, bounds[0])
        labels.append(Label(say, start, start + width, left + 0.75 if i < split else max(left + 0.75, right - 2.25)))
    return labels


def _stacked(labels: list[Label], split: int) -> tuple[Label, ...]:
    """Raise each label above those it would touch, from the split outward."""
    placed: dict[int, Label] = {}
    for i in (*range(split - 1, -1, -1), *range(split, len(labels))):
        new = labels[i]
        rows = [p.row for p in placed.values() if new.start < p.end + APART and p.start < new.end + APART]
        placed[i] = Label(new.say, new.start, new.end, new.leader, 1 + max(rows, default=-1))
    return tuple(placed[i] for i in range(len(labels)))


def _cost(labels: Sequence[Label], names: Sequence[str]) -> tuple[int, int, int]:
    """Count crossings first, then cut names, then rows."""
    crossings = sum(
        low.row < high.row and low.start - 2 < high.leader < low.end + 2 for high in labels for low in labels
    )
    cut = sum(label.say != name for label, name in zip(labels, names, strict=True))
    return crossings, cut, max((label.row for label in labels), default=0)
