"""The same customers cut in two ways, matched by overlap: who would change segment, what merges, what comes apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from segreport.methods import Labels

HOME = 0.5
PIECE = 0.25
Counts = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Recut:
    """The same customers cut otherwise, into `k`.

    `changed` is the share (0 to 1) of customers who would leave their segment, `beyond` the part of it that is more
    than whole segments becoming one or coming apart, `merged` the ids that would become one, `split` the ids that
    would come apart in two or more.
    """

    k: int
    changed: float
    beyond: float
    merged: tuple[tuple[str, ...], ...]
    split: tuple[str, ...]


def recut(before: Labels, after: Labels, ids: Sequence[str]) -> Recut:
    """Return what changes between two cuts of the same customers; segments are matched by overlap (Kuhn 1955).

    Segments merge where each sends most of its customers to the same new one.
    """
    from scipy.optimize import linear_sum_assignment

    k, other = len(ids), int(after.max()) + 1
    overlap = overlaps(before, after, k, other)
    stay = overlap[linear_sum_assignment(-overlap)].sum()
    together = max(overlap.max(axis=1).sum(), overlap.max(axis=0).sum())
    homes = [int(row.argmax()) if row.max() > HOME else -1 for row in shares_of(overlap)]
    groups = [tuple(ids[j] for j in range(k) if homes[j] == home) for home in range(other)]
    return Recut(
        k=other,
        changed=1 - float(stay) / len(before),
        beyond=1 - float(together) / len(before),
        merged=tuple(group for group in groups if len(group) > 1),
        split=tuple(ids[j] for j in come_apart(overlap)),
    )


def overlaps(before: Labels, after: Labels, k: int, other: int) -> Counts:
    """Return k x other: how many customers lie in each segment of one cut and each of the other."""
    pairs = np.bincount(before * other + after, minlength=k * other)
    return pairs.reshape(k, other).astype(np.float64)


def shares_of(overlap: Counts) -> Counts:
    """Return each row's counts as shares (0 to 1) of the row; of an empty row, 0."""
    shares: Counts = overlap / np.maximum(overlap.sum(axis=1, keepdims=True), 1)
    return shares


def come_apart(overlap: Counts) -> list[int]:
    """Return the rows of which at least two columns take a quarter each and find most of their customers there."""
    pieces = (shares_of(overlap) >= PIECE) & (shares_of(overlap.T).T > HOME)
    return [int(j) for j in np.flatnonzero(pieces.sum(axis=1) >= 2)]
