"""Whether neighbouring segments lie apart, with fewer customers between them than in them."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

import numpy as np

from segreport.choice.lookalikes import edges_of
from segreport.features import Matrix
from segreport.methods import Partition

LIKELY = 0.10
NEIGHBOURS = 4
SPREADS = 5


def are_apart(spreads: Sequence[Matrix], partition: Partition) -> bool:
    """Whether each segment is apart from its four nearest.

    Both are projected on the line between their centres, the larger thinned to the smaller one's size; they are
    apart where one hump is unlikely there (dip test, Hartigan & Hartigan 1985, p < 0.10). Thinning and spreading
    are random: of the `spreads`, the same customers spread out several times, the middle p counts.
    """
    k = len(partition.centres)
    distances = ((partition.centres[:, None] - partition.centres[None]) ** 2).sum(axis=2)
    np.fill_diagonal(distances, np.inf)
    nearest = np.argsort(distances, axis=1, kind="stable")[:, : min(NEIGHBOURS, k - 1)]
    pairs = sorted({(min(i, int(j)), max(i, int(j))) for i in range(k) for j in nearest[i]})
    rng = np.random.default_rng(0)
    return all(median(one_hump(X, partition, pair, rng) for X in spreads) < LIKELY for pair in pairs)


def one_hump(X: Matrix, partition: Partition, pair: tuple[int, int], rng: np.random.Generator) -> float:
    """Return how likely (0 to 1) two segments would look so much apart if they were one hump."""
    from diptest import diptest

    one, other = (X[partition.labels == j] for j in pair)
    size = min(len(one), len(other))
    line = partition.centres[pair[1]] - partition.centres[pair[0]]
    places = np.concatenate([part[rng.permutation(len(part))[:size]] @ line for part in (one, other)])
    return float(diptest(places)[1]) if len(places) > 3 else 1.0


def spread_out(X: Matrix, levels: Sequence[Sequence[int]], *, seed: int) -> Matrix:
    """Return X with equal values spread up to halfway to their neighbours.

    Whole numbers would each look like a hump of their own. The indicators of categories stay (`levels`: their
    places), and so do columns of which most values are different.
    """
    rng = np.random.default_rng(seed)
    grouped = {j for group in levels for j in group}
    found = X.copy()
    for j in sorted(set(range(X.shape[1])) - grouped):
        values, places = np.unique(X[:, j], return_inverse=True)
        if 2 <= len(values) <= len(X) / 2:
            edges = edges_of(values)
            found[:, j] = edges[places] + rng.random(len(X)) * np.diff(edges)[places]
    return found
