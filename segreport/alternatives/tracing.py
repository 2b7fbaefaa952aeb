"""How segments come about: the groups under every number of segments, and who goes where from one to the next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from segreport.alternatives.matching import HOME, Counts, come_apart, overlaps
from segreport.methods import Labels

ALIKE = 0.75  # Jaccard: from here on Hennig calls a segment found again


@dataclass(frozen=True)
class Group:
    """One group under one number of segments: its `share` (0 to 1) of customers.

    `segment` is the id of the segment that most of its customers end in (None: of several, none has most),
    `flows` the share of all customers who go from here to each group of the next level, none at the last.
    """

    share: float
    segment: str | None
    flows: tuple[float, ...]


@dataclass(frozen=True)
class Level:
    """The customers cut into `k`, groups in an order in which few ways cross."""

    k: int
    groups: tuple[Group, ...]


@dataclass(frozen=True)
class Traces:
    """The levels from few segments to many, and what they tell of each segment by its id.

    `since` is the smallest number of segments from which on it is there (Jaccard of 0.75 and more with a group of
    every level up to the chosen one), `apart` the first larger number at which it has come apart.
    """

    levels: tuple[Level, ...]
    since: dict[str, int]
    apart: dict[str, int]


def trace(cuts: Mapping[int, Labels], ids: Sequence[str]) -> Traces:
    """Return the traces through cuts of the same customers, k -> labels; that into len(ids) are the segments."""
    ks = sorted(cuts)
    final = cuts[len(ids)]
    ordered = dict(zip(ks, _in_order([cuts[k] for k in ks]), strict=True))
    following = [*(ordered[k] for k in ks[1:]), None]
    levels = [_level(k, ordered[k], after, final, ids) for k, after in zip(ks, following, strict=True)]
    to_final = {k: overlaps(cuts[k], final, k, len(ids)) for k in ks}
    return Traces(
        levels=tuple(levels),
        since={ident: _since(j, to_final, len(ids)) for j, ident in enumerate(ids)},
        apart=_apart(to_final, ids),
    )


def _level(k: int, labels: Labels, following: Labels | None, final: Labels, ids: Sequence[str]) -> Level:
    n = len(labels)
    ends = overlaps(labels, final, int(labels.max()) + 1, len(ids))
    flows = None
    if following is not None:
        flows = overlaps(labels, following, len(ends), int(following.max()) + 1) / n
    groups = (
        Group(
            share=float(row.sum() / n),
            segment=ids[int(row.argmax())] if row.max() > HOME * row.sum() else None,
            flows=() if flows is None else tuple(float(flow) for flow in flows[j]),
        )
        for j, row in enumerate(ends)
    )
    return Level(k, tuple(groups))


def _in_order(cuts: Sequence[Labels]) -> list[Labels]:
    """Return the cuts with their groups numbered so that few ways cross: by where their customers lie at the side.

    Down and up once (Sugiyama et al. 1981); groups without customers are gone.
    """
    cuts = [np.unique(labels, return_inverse=True)[1] for labels in cuts]
    cuts[0] = _numbered(cuts[0], -np.bincount(cuts[0])[cuts[0]].astype(np.float64))
    for at in (*range(1, len(cuts)), *range(len(cuts) - 2, -1, -1), *range(1, len(cuts))):
        beside = cuts[at - 1 if at else 1]
        cuts[at] = _numbered(cuts[at], _middles(beside))
    return cuts


def _middles(labels: Labels) -> Counts:
    """Return for each customer where the middle of the own group lies, 0 to n."""
    sizes = np.bincount(labels)
    middles: Counts = (np.cumsum(sizes) - sizes / 2)[labels]
    return middles


def _numbered(labels: Labels, places: Counts) -> Labels:
    """Return the labels numbered by the mean of their customers' places; ties by who comes first."""
    means = (np.bincount(labels, places) / np.bincount(labels)).round(6)
    firsts = np.unique(labels, return_index=True)[1]
    ranks: Labels = np.argsort(np.lexsort((firsts, means)))
    return ranks[labels]


def _since(j: int, to_final: Mapping[int, Counts], k: int) -> int:
    found = k
    for level in sorted((level for level in to_final if level < k), reverse=True):
        overlap = to_final[level]
        either = overlap.sum(axis=1) + overlap[:, j].sum() - overlap[:, j]
        if not (overlap[:, j] >= ALIKE * np.maximum(either, 1)).any():
            break
        found = level
    return found


def _apart(to_final: Mapping[int, Counts], ids: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for k in sorted(level for level in to_final if level > len(ids)):
        for j in come_apart(to_final[k].T):
            found.setdefault(ids[j], k)
    return found
