"""Every candidate k tried and measured, beside look-alikes without groups and beside redrawn customers."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from segreport.choice.gaps import SPREADS, are_apart, spread_out
from segreport.choice.lookalikes import look_alikes
from segreport.choice.scores import Score, silhouette_samples
from segreport.errors import InputError
from segreport.features import Matrix
from segreport.lloyd import members, settle
from segreport.methods import Labels, Method, Partition, cutter, head, tree_cuts
from segreport.redraws import Redraws, redraw
from segreport.settings import SegmentSettings

SCAN_SIZE: dict[Method, int] = {"kmeans": 5_000, "bisecting": 5_000, "ward": 10_000}
SILHOUETTE_SIZE = 2_000
LOOK_ALIKE_SIZE = 1_000
LOOK_ALIKE_TREE = 400
FEWEST = 10  # customers in a segment: fewer are an anecdote


@dataclass(frozen=True, eq=False)
class Scan:
    """All that was measured: a score for each k that was tried, its centres (k x d), and the redrawn customers.

    `customers` counts those of whom the scan saw the first, `elbow` is where the inertia curve bends (None: nowhere
    clearly).
    """

    customers: int
    scores: tuple[Score, ...]
    elbow: int | None
    centres: dict[int, Matrix]
    redraws: Redraws


def scan_k(X: Matrix, levels: Sequence[Sequence[int]], settings: SegmentSettings) -> Scan:
    """Return the scores of every k in the range (and of the one asked for) on the first 5,000 of n x d points.

    `levels` are the places of each category's indicators. Raises InputError where there are fewer different customers
    than segments asked for.
    """
    method, seed = settings.method, settings.seed
    scan = head(X, SCAN_SIZE[method], different=max(settings.k or 0, settings.k_range[1]))
    ks = candidates(scan, settings)
    cut = cutter(method, scan, seed=seed)
    partitions = [cut(k) for k in ks]
    chance = by_chance(scan, levels, ks, method=method, seed=seed)
    spreads = [spread_out(scan, levels, seed=seed + i) for i in range(SPREADS)]
    apart = [are_apart(spreads, partition) for partition in partitions]
    redraws = redraw(scan, ks, method=method, seed=seed)
    scores = measure(scan, partitions, chance, apart, redraws)
    elbow = elbow_of([score.k for score in scores], [score.inertia for score in scores])
    return Scan(len(X), scores, elbow, {len(p.centres): p.centres for p in partitions}, redraws)


def candidates(X: Matrix, settings: SegmentSettings) -> list[int]:
    """Return the k to try: the range, and the k asked for, as far as there are different customers to divide.

    As many as there are different ones only where each kind has ten customers or so.
    """
    different = len(np.unique(X.round(9), axis=0))
    if settings.k is not None and settings.k > different:
        raise InputError(
            f"{settings.k} segments were asked for, but there are only {different} different customers; "
            f"ask for at most {different} with --k."
        )
    low, high = settings.k_range
    full = different if len(X) >= FEWEST * different else max(different - 1, 2)
    ks = {k for k in range(low, high + 1) if k <= min(full, different)}
    ks |= {settings.k} if settings.k else set()
    if not ks:
        raise InputError(
            f"there are only {different} different customers, too few for {low} to {high} segments; "
            "ask for fewer with --k-range, or give more customers or columns."
        )
    return sorted(ks)


def by_chance(
    X: Matrix, levels: Sequence[Sequence[int]], ks: Sequence[int], *, method: Method, seed: int
) -> dict[int, tuple[float, ...]]:
    """Return the silhouettes that the same method reaches on look-alikes without groups, for every k."""
    tables = look_alikes(X, levels, rows=min(len(X), LOOK_ALIKE_SIZE), seed=seed)
    cuts = _cut_together(tables, ks) if method == "kmeans" else [_cut(table, ks, method) for table in tables]
    found: dict[int, list[float]] = {k: [] for k in ks}
    for table, labels in zip(tables, cuts, strict=True):
        if not labels:  # a rare level was not drawn, and all customers of this table are alike
            continue
        silhouettes = silhouette_samples(table, list(labels.values()))
        for k, silhouette in zip(labels, silhouettes, strict=True):
            found[k].append(float(silhouette.mean()))
    return {k: tuple(values) for k, values in found.items()}


def measure(
    X: Matrix,
    partitions: Sequence[Partition],
    chance: dict[int, tuple[float, ...]],
    apart: Sequence[bool],
    redraws: Redraws,
) -> tuple[Score, ...]:
    """Return the scores of each partition of the n x d points; silhouettes on at most 2,000 of them."""
    from sklearn.metrics import calinski_harabasz_score, davies_bouldin_score

    n = len(X)
    silhouettes = silhouette_samples(X[:SILHOUETTE_SIZE], [p.labels[:SILHOUETTE_SIZE] for p in partitions])
    scores = []
    for partition, silhouette, gaps in zip(partitions, silhouettes, apart, strict=True):
        k, shares, mean = len(partition.centres), np.bincount(partition.labels) / n, float(silhouette.mean())
        by_luck = chance[k] or (mean,)
        scores.append(
            Score(
                k=k,
                inertia=partition.inertia,
                silhouette=mean,
                silhouette_error=float(silhouette.std() / np.sqrt(len(silhouette))),
                excess=mean - sum(by_luck) / len(by_luck),
                margin=mean - max(by_luck),
                calinski_harabasz=float(calinski_harabasz_score(X, partition.labels)) if k < n else 0.0,
                davies_bouldin=float(davies_bouldin_score(X, partition.labels)) if k < n else 0.0,
                apart=gaps,
                smallest_share=float(shares.min()),
                largest_share=float(shares.max()),
                stability=float(redraws.stability(partition.labels, k).min()),
            )
        )
    return tuple(scores)


def elbow_of(ks: Sequence[int], inertias: Sequence[float]) -> int | None:
    """Return the k where the inertia curve bends most (Kneedle, Satopaa et al. 2011); None where it does not."""
    if len(ks) < 3:
        return None
    with _without_drawing():
        from kneed import KneeLocator

    knee = KneeLocator(ks, inertias, curve="convex", direction="decreasing").knee
    return None if knee is None else int(knee)


@contextmanager
def _without_drawing() -> Iterator[None]:
    """Keep kneed from loading matplotlib.pyplot, which takes half a second: it looks for it, and does without."""
    if "matplotlib" in sys.modules:
        yield
        return
    sys.modules["matplotlib"] = None  # type: ignore[assignment] # "not there", as the import system has it
    try:
        yield
    finally:
        del sys.modules["matplotlib"]


def _cut_together(tables: Sequence[Matrix], ks: Sequence[int]) -> list[dict[int, Labels]]:
    """Cut all tables into every k by k-means from each one's Ward tree."""
    starts = [tree_cuts(table[:LOOK_ALIKE_TREE], ks) for table in tables]
    points = np.array(tables, dtype=np.float32)
    found: list[dict[int, Labels]] = [{} for _ in tables]
    for k in ks:
        able = [i for i, start in enumerate(starts) if k in start]
        if able:
            mine = points[able]
            centres = settle(mine, np.array([starts[i][k] for i in able], dtype=np.float32))
            for i, labels in zip(able, members(mine, centres), strict=True):
                found[i][k] = labels
    return found


def _cut(table: Matrix, ks: Sequence[int], method: Method) -> dict[int, Labels]:
    cut, different = cutter(method, table, seed=0, starts=1), len(np.unique(table, axis=0))
    return {k: cut(k).labels for k in ks if k <= different}
