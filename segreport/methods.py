"""The clustering methods. A new one is one function: points, seed -> (k -> labels and centres).

Every method ends in centres: what a segment is next month is the nearest of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from segreport.errors import InputError
from segreport.features import Matrix
from segreport.lloyd import Stack, inertias, settle, spread_seeds

Labels = npt.NDArray[np.intp]
Method = Literal["kmeans", "ward", "bisecting"]

TREE_SIZE = 2_000
WARD_SIZE = 10_000
STARTS = 10
MOST_SEGMENTS = 24
FEW_STARTS = 4  # of more than 2,000 points: beside a Ward-seeded start, further ones find nothing better


@dataclass(frozen=True, eq=False)
class Partition:
    """Customers cut into k: `labels` (n, 0 to k-1), `centres` (k x d) and `inertia`, the sum of squared distances."""

    labels: Labels
    centres: Matrix
    inertia: float


Cutter = Callable[[int], Partition]


def cutter(method: Method, X: Matrix, *, seed: int, starts: int = STARTS) -> Cutter:
    """Return a function that cuts the n x d points into k, trying `starts` random starts.

    A tree, which all k share, is made once. Raises InputError where the method cannot take so many points.
    """
    return {"kmeans": _kmeans, "ward": _ward, "bisecting": _bisecting}[method](X, seed, starts)


def nearest(X: Matrix, centres: Matrix) -> tuple[Labels, npt.NDArray[np.float64]]:
    """Return each point's nearest centre (ties: the first) and its margin, 0 on the border to 1 at the centre.

    The margin is 1 - (distance to the nearest) / (distance to the second nearest).
    """
    first, second = np.full((2, len(X)), np.inf)
    labels = np.zeros(len(X), dtype=np.intp)
    features = np.ascontiguousarray(X.T)
    for j, centre in enumerate(centres):
        # differences added up one by one, not |x|^2 - 2xc + |c|^2: the same digits as the SQL
        distance = sum(((x - at) ** 2 for x, at in zip(features, centre, strict=True)), np.zeros(len(X)))
        closer = distance < first
        second = np.where(closer, first, np.minimum(second, distance))
        first[closer], labels[closer] = distance[closer], j
    return labels, 1 - np.sqrt(np.divide(first, second, out=np.ones(len(X)), where=second > 0))


def head(X: Matrix, size: int, *, different: int) -> Matrix:
    """Return the first `size` points; all of them where those hold fewer than `different` different ones."""
    first = X[:size]
    return first if len(X) <= size or len(np.unique(first, axis=0)) > different else X


def refined(X: Matrix, centres: Matrix) -> Partition:
    """Return where k-means (Lloyd) ends that starts from these k x d centres: each then is its customers' mean."""
    from sklearn.cluster import KMeans

    fit = KMeans(len(centres), init=centres, n_init=1, tol=0).fit(X)
    return Partition(fit.labels_.astype(np.intp), fit.cluster_centers_, float(fit.inertia_))


def centres_of(X: Matrix, labels: Labels, k: int) -> Matrix:
    """Return the k x d means of the points of each label."""
    return np.vstack([X[labels == j].mean(axis=0) for j in range(k)])


def tree_cuts(X: Matrix, ks: Sequence[int]) -> dict[int, Matrix]:
    """Return the k x d centres that Ward's tree of the points gives for every k; none where it has fewer segments."""
    tree = tree_of(X)
    cuts = {k: cut_tree(tree, X, k) for k in ks}
    return {k: centres for k, centres in cuts.items() if centres is not None}


def tree_of(X: Matrix) -> Matrix:
    """Return Ward's tree (SciPy's linkage matrix) of the points."""
    from scipy.cluster.hierarchy import linkage

    return linkage(X, "ward") if len(X) > 1 else np.empty((0, 4))


def cut_tree(tree: Matrix, X: Matrix, k: int) -> Matrix | None:
    """Return the k x d centres of the tree's points cut into k; None where equal points make fewer."""
    from scipy.cluster.hierarchy import fcluster

    if len(tree) < k - 1:
        return None
    labels = _labels(fcluster(tree, k, "maxclust"))
    return centres_of(X, labels, k) if labels.max() + 1 == k else None


def _kmeans(X: Matrix, seed: int, starts: int) -> Cutter:
    """k-means (Lloyd): the best of a Ward-seeded start and k-means++ starts; the starts matter as much as the rule.

    They run side by side in single precision, and the best goes to its end in double.
    """
    head = X[:TREE_SIZE]
    tree = tree_of(head)
    tries = starts if len(X) <= TREE_SIZE else min(starts, FEW_STARTS)
    points: Stack = X.astype(np.float32)[None]
    seeds = spread_seeds(head, min(MOST_SEGMENTS, len(head)), tries=tries, seed=seed).astype(np.float32)

    def cut(k: int) -> Partition:
        found, grown = seeds[:, :k], cut_tree(tree, head, k)
        settled = settle(points, found if grown is None else np.concatenate([grown[None].astype(np.float32), found]))
        return refined(X, settled[int(inertias(points, settled).argmin())].astype(np.float64))

    return cut


def _ward(X: Matrix, seed: int, starts: int) -> Cutter:  # noqa: ARG001 - a tree has no start; the signature is shared
    """Ward's update on Euclidean distances, cut at k (R's hclust "ward.D", the form marketing textbooks use).

    SciPy updates squared distances, so it is handed square roots.
    """
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.spatial.distance import pdist

    if len(X) > WARD_SIZE:
        raise InputError(
            f"Ward's method compares every pair of customers and takes {WARD_SIZE:,} at most, not {len(X):,}."
        )
    distances = pdist(X)
    tree = linkage(np.sqrt(distances, out=distances), "ward")

    def cut(k: int) -> Partition:
        return _partition(X, _labels(fcluster(tree, k, "maxclust")))

    return cut


def _bisecting(X: Matrix, seed: int, starts: int) -> Cutter:
    """Bisecting k-means: the segment with the largest inertia is cut in two until there are k."""
    from sklearn.cluster import BisectingKMeans

    def cut(k: int) -> Partition:
        fit = BisectingKMeans(k, n_init=starts, random_state=seed).fit(X)
        return _partition(X, _labels(fit.labels_))

    return cut


def _labels(found: npt.NDArray[np.integer]) -> Labels:
    """Return the labels numbered 0 to k-1 without gaps."""
    labels: Labels = np.unique(found, return_inverse=True)[1]
    return labels


def _partition(X: Matrix, labels: Labels) -> Partition:
    centres = centres_of(X, labels, int(labels.max()) + 1)
    return Partition(labels, centres, float(((X - centres[labels]) ** 2).sum()))
