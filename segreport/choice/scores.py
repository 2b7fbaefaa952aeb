"""How well every candidate k separates the customers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from segreport.features import Matrix
from segreport.methods import Labels


@dataclass(frozen=True)
class Score:
    """How well one candidate k separates the customers of the sample.

    `silhouette` (-1 to 1) with its standard error; `excess` and `margin` are how far it lies above the mean and above
    the highest of look-alikes without groups. `inertia` (sum of squared distances in standardised units),
    Calinski-Harabasz (higher is better), Davies-Bouldin (lower is better). `apart`: whether there is a gap between
    every two neighbours. The shares (0 to 1) of the smallest and largest segment, and the `stability` of the
    segment that comes back worst when customers are redrawn (mean Jaccard similarity, 0 to 1).
    """

    k: int
    inertia: float
    silhouette: float
    silhouette_error: float
    excess: float
    margin: float
    calinski_harabasz: float
    davies_bouldin: float
    apart: bool
    smallest_share: float
    largest_share: float
    stability: float


def silhouette_samples(X: Matrix, labelings: Sequence[Labels], *, rows: int = 512) -> list[npt.NDArray[np.float64]]:
    """Return the n silhouettes (-1 to 1) under each of several labelings, out of one pass over the distances.

    A point alone in its segment has 0 (Rousseeuw 1987). Distances are computed `rows` at a time, so memory
    stays bounded; all labelings share them, which is why scikit-learn's own is not used here.
    """
    from scipy.spatial.distance import cdist

    widths = [int(labels.max()) + 1 for labels in labelings]
    members = np.hstack([np.eye(k)[labels] for k, labels in zip(widths, labelings, strict=True)])
    sums = np.vstack([cdist(X[start : start + rows], X) @ members for start in range(0, len(X), rows)])
    sizes, offsets = members.sum(axis=0), np.cumsum([0, *widths])
    return [
        _silhouette(sums[:, low:high], sizes[low:high], labels)
        for low, high, labels in zip(offsets[:-1], offsets[1:], labelings, strict=True)
    ]


def _silhouette(sums: Matrix, sizes: npt.NDArray[np.float64], labels: Labels) -> npt.NDArray[np.float64]:
    rows = np.arange(len(labels))
    own = sizes[labels]
    within = sums[rows, labels] / np.maximum(own - 1, 1)
    means = sums / np.maximum(sizes, 1)
    means[:, sizes == 0] = np.inf
    means[rows, labels] = np.inf
    other = means.min(axis=1)
    largest = np.maximum(within, other)
    result = np.divide(other - within, largest, out=np.zeros(len(labels)), where=(largest > 0) & np.isfinite(largest))
    return np.where(own > 1, result, 0.0)
