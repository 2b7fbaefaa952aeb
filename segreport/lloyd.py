"""Many k-means runs at once: Lloyd's steps (1982) on stacked arrays, for redraws and look-alikes.

scikit-learn fits one at a time and checks its input every time; hundreds of small fits then take several times as long.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Stack = npt.NDArray[np.float32]
"""m x n x d points, or m x k x d centres."""

NEAR_ENOUGH = 1e-3  # of a standard deviation
STEPS = 30


def settle(points: Stack, centres: Stack, weights: Stack | None = None) -> Stack:
    """Return where each of m runs ends that starts from its k centres (m x k x d): at most 30 steps.

    `points` is m x n x d, or 1 x n x d where all runs share them; `weights` (m x n) counts each point so many times. A
    centre that no point is nearest to stays where it is.
    """
    found = centres.astype(np.float32)
    moving = np.arange(len(found))
    extended = _with_ones(points)
    turned = np.ascontiguousarray(extended.transpose(0, 2, 1))
    shared = len(points) == 1
    for _ in range(STEPS):
        at = found[moving]
        mine = extended[0] if shared else extended[moving]
        scores = _scores(at, turned if shared else turned[moving])
        own = (scores >= scores.max(axis=1, keepdims=True)).astype(np.float32)
        if weights is not None:
            own *= weights[moving][:, None, :]
        sums = np.matmul(own, mine)
        counts = sums[:, :, -1:]
        found[moving] = np.where(counts > 0, sums[:, :, :-1] / np.maximum(counts, 1e-9), at)
        moved = ((found[moving] - at) ** 2).sum(axis=2).max(axis=1)
        moving = moving[moved > NEAR_ENOUGH**2]
        if not len(moving):
            break
    return found


def spread_seeds(points: npt.NDArray[np.float64], k: int, *, tries: int, seed: int) -> npt.NDArray[np.float64]:
    """Return tries x k x d points to start from (k-means++, Arthur & Vassilvitskii 2007); the first j do for j.

    Each is drawn with a chance that grows with its squared distance to the nearest one drawn before.
    """
    rng, n = np.random.default_rng(seed), len(points)
    chosen = [rng.integers(0, n, tries)]
    far = np.full((tries, n), np.inf)
    for _ in range(1, k):
        gaps = points[None, :, :] - points[chosen[-1]][:, None, :]
        far = np.minimum(far, (gaps**2).sum(axis=2))
        places = np.cumsum(far, axis=1)
        drawn = rng.random((tries, 1)) * places[:, -1:]
        chosen.append(np.minimum((places <= drawn).sum(axis=1), n - 1))
    return points[np.array(chosen).T]


def members(points: Stack, centres: Stack) -> npt.NDArray[np.intp]:
    """Return m x n: for each run the number of every point's nearest centre; `points` as for `settle`."""
    return np.asarray(_scores(centres, _with_ones(points).transpose(0, 2, 1)).argmax(axis=1))


def inertias(points: Stack, centres: Stack) -> npt.NDArray[np.float64]:
    """Return for each of m runs the sum of squared distances to the nearest centre; `points` as for `settle`."""
    nearest = _scores(centres, _with_ones(points).transpose(0, 2, 1)).max(axis=1).sum(axis=1, dtype=np.float64)
    return np.asarray((points.astype(np.float64) ** 2).sum(axis=(1, 2)) - 2 * nearest)


def _scores(centres: Stack, turned: Stack) -> Stack:
    """Return m x k x n: the higher, the nearer; half the squared distance, but for what all centres share."""
    offsets = -0.5 * (centres * centres).sum(axis=2, keepdims=True)
    scores: Stack = np.matmul(np.concatenate([centres, offsets], axis=2), turned)
    return scores


def _with_ones(points: Stack) -> Stack:
    ones = np.ones((*points.shape[:2], 1), dtype=np.float32)
    return np.concatenate([points.astype(np.float32), ones], axis=2)
