"""How many segments: every candidate's scores, the k chosen, and the reason in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from segreport.errors import InputError
from segreport.features import Matrix
from segreport.methods import Labels, Method, Partition, cutter, head
from segreport.settings import SegmentSettings

SCAN_SIZE: dict[Method, int] = {"kmeans": 5_000, "bisecting": 5_000, "ward": 10_000}
SILHOUETTE_SIZE = 3_000
LARGEST_SHARE = 0.95
FEWEST = 10  # customers in a segment: fewer are an anecdote


@dataclass(frozen=True)
class Score:
    """How well one candidate k separates the customers of the sample.

    `silhouette` (-1 to 1) and its standard error, `inertia` (sum of squared distances in standardised
    units), Calinski-Harabasz (higher is better), Davies-Bouldin (lower is better), and the shares (0 to 1)
    of the smallest and largest segment.
    """

    k: int
    inertia: float
    silhouette: float
    silhouette_error: float
    calinski_harabasz: float
    davies_bouldin: float
    smallest_share: float
    largest_share: float


@dataclass(frozen=True)
class Choice:
    """The k chosen, by which rule, and why, in one plain sentence.

    `elbow` is where the inertia curve bends (None: nowhere clearly). `skipped` names candidates that scored
    higher but were too unbalanced.
    """

    k: int
    chosen_by: str
    reason: str
    scores: tuple[Score, ...]
    elbow: int | None
    skipped: tuple[int, ...] = ()
    structure: Literal["natural", "created", "none"] | None = None


def choose_k(X: Matrix, settings: SegmentSettings) -> Choice:
    """Return the k to use for the n x d points, with the scores of every candidate in the range.

    Raises InputError where there are fewer different customers than segments asked for.
    """
    most = max(settings.k or 0, settings.k_range[1])
    scan = head(X, SCAN_SIZE[settings.method], different=most)
    ks = candidates(scan, settings)
    cut = cutter(settings.method, scan, seed=settings.seed)
    scores = measure(scan, [cut(k) for k in ks])
    elbow = elbow_of([score.k for score in scores], [score.inertia for score in scores])
    smallest = max(settings.min_share, min(FEWEST / len(X), 0.5))
    return decide(scores, elbow, settings.model_copy(update={"min_share": smallest}))


def candidates(X: Matrix, settings: SegmentSettings) -> list[int]:
    """Return the k to try: the range, and the k asked for, as far as there are different customers to divide."""
    different = len(np.unique(X.round(9), axis=0))
    if settings.k is not None and settings.k > different:
        raise InputError(
            f"{settings.k} segments were asked for, but there are only {different} different customers; "
            f"ask for at most {different} with --k."
        )
    low, high = settings.k_range
    ks = {k for k in range(low, high + 1) if k < different or k == 2 <= different}
    ks |= {settings.k} if settings.k else set()
    if not ks:
        raise InputError(
            f"there are only {different} different customers, too few for {low} to {high} segments; "
            "ask for fewer with --k-range, or give more customers or columns."
        )
    return sorted(ks)


def measure(X: Matrix, partitions: Sequence[Partition]) -> tuple[Score, ...]:
    """Return the scores of each partition of the n x d points; silhouettes on at most 3,000 of them."""
    from sklearn.metrics import calinski_harabasz_score, davies_bouldin_score

    n = len(X)
    silhouettes = silhouette_samples(X[:SILHOUETTE_SIZE], [p.labels[:SILHOUETTE_SIZE] for p in partitions])
    scores = []
    for partition, silhouette in zip(partitions, silhouettes, strict=True):
        k, shares = len(partition.centres), np.bincount(partition.labels) / n
        scores.append(
            Score(
                k=k,
                inertia=partition.inertia,
                silhouette=float(silhouette.mean()),
                silhouette_error=float(silhouette.std() / np.sqrt(len(silhouette))),
                calinski_harabasz=float(calinski_harabasz_score(X, partition.labels)) if k < n else 0.0,
                davies_bouldin=float(davies_bouldin_score(X, partition.labels)) if k < n else 0.0,
                smallest_share=float(shares.min()),
                largest_share=float(shares.max()),
            )
        )
    return tuple(scores)


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


def elbow_of(ks: Sequence[int], inertias: Sequence[float]) -> int | None:
    """Return the k where the inertia curve bends most (Kneedle, Satopaa et al. 2011); None where it does not."""
    if len(ks) < 3:
        return None
    from kneed import KneeLocator

    knee = KneeLocator(ks, inertias, curve="convex", direction="decreasing").knee
    return None if knee is None else int(knee)


def decide(scores: Sequence[Score], elbow: int | None, settings: SegmentSettings) -> Choice:
    """Return the choice these scores lead to, by the rule that was asked for; no data needed."""
    if settings.k is not None:
        reason = f"{_segments(settings.k)} were asked for; the number was not chosen from the data."
        return Choice(settings.k, "you", reason, tuple(scores), elbow)
    balanced = [score for score in scores if is_balanced(score, settings.min_share)]
    pool = balanced or [score for score in scores if score.largest_share <= LARGEST_SHARE] or list(scores)
    if settings.choose_by == "elbow" and elbow is not None and elbow in {score.k for score in pool}:
        reason = f"{_segments(elbow)}: beyond that, another segment makes customers within a segment little more alike."
        return Choice(elbow, "elbow", reason, tuple(scores), elbow)
    best = best_by_silhouette(pool)
    top = best_by_silhouette(scores)
    skipped = tuple(score.k for score in scores if score not in pool and score.silhouette > best.silhouette)
    reason = _silhouette_reason(best, pool)
    if settings.choose_by == "elbow":
        reason = f"The curve has no usable elbow, so separation decided. {reason}"
    if not balanced:
        reason += " No number of segments was balanced, so the best of the unbalanced ones was taken."
    elif top.k in skipped:
        reason += (
            f" {_segments(top.k)} would separate more clearly ({top.silhouette:.2f}) but leave one with "
            f"{top.smallest_share:.1%} of customers and one with {top.largest_share:.1%}."
        )
    return Choice(best.k, "silhouette", reason, tuple(scores), elbow, skipped)


def is_balanced(score: Score, min_share: float) -> bool:
    """Whether no segment is under the minimum share and none over 95% of customers."""
    return score.smallest_share >= min_share and score.largest_share <= LARGEST_SHARE


def best_by_silhouette(scores: Sequence[Score]) -> Score:
    """Return the score with the highest silhouette; ties go to the smaller k."""
    return max(scores, key=lambda score: (score.silhouette, -score.k))


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


def _silhouette_reason(best: Score, pool: Sequence[Score]) -> str:
    rivals = [score for score in pool if score.k != best.k]
    if not rivals:
        return f"{_segments(best.k)} is the only number that could be tried."
    second = best_by_silhouette(rivals)
    return (
        f"{_segments(best.k)} set customers apart most clearly: silhouette {best.silhouette:.2f} "
        f"(1 is perfect, 0 is none), against {second.silhouette:.2f} for the next best, {second.k}."
    )


def _segments(k: int) -> str:
    names = {2: "Two", 3: "Three", 4: "Four", 5: "Five", 6: "Six", 7: "Seven", 8: "Eight", 9: "Nine", 10: "Ten"}
    return f"{names.get(k, str(k))} segments"
