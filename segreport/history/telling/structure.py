"""What became of segments in a new model: in full, counted, and in a subject."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from segreport.history.movement import Event
from segreport.history.telling.phrases import Called, fitting, label, spelled, who
from segreport.wording import Wording

KINDS = {
    "born": ("is new", "are new", "new"),
    "split": ("came apart", "came apart", "split"),
    "merged": ("was merged", "were merged", "merged"),
    "gone": ("is no more", "are no more", "gone"),
}
"""What is said of one segment, of several, and in few letters."""


def event_words(
    event: Event, before: Mapping[str, Called], now: Mapping[str, Called], since: str, wording: Wording
) -> str:
    """Return what became of segments in a new model, to stand after "In our new model," or to be made a sentence.

    `before` and `now` are the segments by id as they were and are called.
    """
    month = wording.month(since)
    old, new = [before[ident] for ident in event.ids], [now[ident] for ident in event.into]
    if event.kind == "born":
        whose, are, them = _some(new, wording)
        return f"{whose} {are} new: no segment of {month} was much like {them}"
    if event.kind == "gone":
        whose, are, them = _some(old, wording)
        return f"{whose} of {month} {are} no more: no segment is much like {them} now"
    into = wording.listing([label(segment) for segment in new])
    if event.kind == "split":
        return f"{who(old[0])} of {month} came apart in {spelled(len(new), wording)}: {into}"
    return f"{wording.listing([label(segment) for segment in old])} of {month} became one: {into}"


def _some(segments: Sequence[Called], wording: Wording) -> tuple[str, str, str]:
    """Return how one or more segments are called, with "are" and "them" or "is" and "it"."""
    if len(segments) > 1:
        return wording.listing([label(segment) for segment in segments]), "are", "them"
    return who(segments[0]), *(("are", "them") if segments[0].people else ("is", "it"))


def counted(events: Sequence[Event], wording: Wording) -> str:
    """Return "two segments are new and one is no more"."""
    parts: list[str] = []
    for kind, n in _kinds(events).items():
        noun = "" if parts else " segment" if n == 1 else " segments"
        parts.append(f"{spelled(n, wording)}{noun} {KINDS[kind][n != 1]}")
    return wording.listing(parts)


def in_short(events: Sequence[Event], wording: Wording) -> str:
    """Return "two new segments, one gone"."""
    parts: list[str] = []
    for kind, n in _kinds(events).items():
        noun, word = "segment" if n == 1 else "segments", KINDS[kind][2]
        first = f"{word} {noun}" if kind == "born" else f"{noun} {word}"
        parts.append(f"{spelled(n, wording)} {word if parts else first}")
    return fitting(", ".join(parts), parts[0])


def _kinds(events: Sequence[Event]) -> dict[str, int]:
    """Return how many segments were born, split, merged and gone."""
    found: Counter[str] = Counter()
    for event in events:
        found[event.kind] += {"born": len(event.into), "split": 1}.get(event.kind, len(event.ids))
    return {kind: found[kind] for kind in KINDS if found[kind]}
