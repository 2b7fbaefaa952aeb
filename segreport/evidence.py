"""How sure a difference between customers is: tests on the sample, corrected for how many were made.

On columns that the clustering used, a test only guards against small segments: segments were made to differ on
those. On columns kept out it is a real test. A customer without a value does not count.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from segreport.features import words
from segreport.methods import Labels

SURE = 0.05
EXPECTED = 5  # customers whom chance would put into each cell of a table: with fewer, chi-square is not what it claims
EXACT = 50  # the same for two shares: with fewer, an exact test, because small p-values must hold too

Floats = npt.NDArray[np.float64]
"""Of sums: n segments x (customers who have a value, the sum of the values, the sum of their squares)."""


class Comparison(NamedTuple):
    """One segment (by its place) against `other`, or against all other customers where that is None, on a column.

    `level` is the level of a category whose shares are compared, None for a number.
    """

    segment: int
    other: int | None
    column: str
    level: str | None


@dataclass(frozen=True, eq=False)
class Evidence:
    """What the tests need of a sample: for each column and level (None: a number) the sums by segment.

    Of a level every customer's value is 1 or 0.
    """

    sums: Mapping[tuple[str, str | None], Floats]

    @property
    def levels(self) -> Counter[str]:
        """How many levels each category has in the sample."""
        return Counter(column for column, level in self.sums if level is not None)


def sums_of(values: Floats, labels: Labels, k: int) -> Floats:
    """Return k x 3, for each segment of a number: how many customers have a value, its sum, its sum of squares."""
    there = np.isfinite(values)
    labels, values = labels[there], values[there]
    parts = [np.bincount(labels, weights, minlength=k) for weights in (None, values, values**2)]
    return np.column_stack(parts).astype(np.float64)


def level_sums(values: pa.Array | pa.ChunkedArray, labels: Labels, k: int) -> dict[str, Floats]:
    """Return the same for each level of a column of words, of which a customer has one (1) and not the others (0)."""
    coded = pa.chunked_array([values]) if isinstance(values, pa.Array) else values
    coded = coded.combine_chunks().dictionary_encode()
    there = pc.is_valid(coded).to_numpy(zero_copy_only=False)
    codes = coded.indices.drop_null().to_numpy(zero_copy_only=False)
    found = coded.dictionary.to_pylist()
    counts = np.bincount(codes * k + labels[there], minlength=k * len(found)).reshape(-1, k).astype(np.float64)
    known = counts.sum(axis=0)
    return {level: np.column_stack([known, row, row]) for level, row in zip(found, counts, strict=True)}


def gather(
    numbers: Mapping[str, Floats], sample: pa.Table, categories: Sequence[str], labels: Labels, k: int
) -> Evidence:
    """Return the sums of all `numbers` (n values each, NaN where missing) and of the levels of all `categories`."""
    sums: dict[tuple[str, str | None], Floats] = {
        (name, None): sums_of(values, labels, k) for name, values in numbers.items()
    }
    for name in categories:
        for level, found in level_sums(words(sample, name), labels, k).items():
            sums[name, level] = found
    return Evidence(sums)


def adjusted(evidence: Evidence, comparisons: Sequence[Comparison]) -> list[float]:
    """Return for each comparison how likely chance alone would do as much, corrected for all of them (Holm 1979).

    A level was picked as the strongest of its column, so it counts as many times as there are levels to pick from
    (the two of a pair are one). One that the sample does not hold has p = 1.
    """
    sides = [_sides(evidence, comparison) for comparison in comparisons]
    these, those = (np.array([pair[i] for pair in sides]).reshape(-1, 3) for i in (0, 1))
    shares = np.array([comparison.level is not None for comparison in comparisons], dtype=bool)
    levels = evidence.levels
    picked = np.array([levels[comparison.column] for comparison in comparisons], dtype=float)
    p = np.ones(len(comparisons))
    p[~shares] = careful_test(these[~shares], those[~shares])
    p[shares] = share_test(these[shares], those[shares]) * np.where(picked > 2, picked, 1)[shares]
    return [float(value) for value in holm(p)]


def _sides(evidence: Evidence, comparison: Comparison) -> tuple[Floats, Floats]:
    sums = evidence.sums.get((comparison.column, comparison.level))
    if sums is None:
        return np.zeros(3), np.zeros(3)
    this = sums[comparison.segment]
    return this, sums.sum(axis=0) - this if comparison.other is None else sums[comparison.other]


def holm(p_values: Sequence[float] | Floats) -> Floats:
    """Return the p-values corrected for their number by Holm's step-down method (1979), at most 1.

    To call different what is under 0.05 then errs in at most 5 of 100 runs in which nothing differs, however the
    comparisons depend on one another.
    """
    p = np.asarray(p_values, dtype=np.float64)
    order = np.argsort(p, kind="stable")
    stepped = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1))
    corrected = np.empty_like(p)
    corrected[order] = np.minimum(stepped, 1.0)
    return corrected


def careful_test(these: Floats, those: Floats) -> Floats:
    """Return the larger of the p-values of Welch's and of Student's t-test.

    Welch's alone is too sure of the few customers who happen to be all alike, Student's of a few who spread widely.
    """
    return np.maximum(welch(these, those), student(these, those))


def welch(these: Floats, those: Floats) -> Floats:
    """Return the two-sided p-values of Welch's t-test (1947) on m rows of sums; 1 with fewer than two values a side."""
    (n1, mean1, spread1), (n2, mean2, spread2) = _moments(these), _moments(those)
    error1, error2 = spread1 / np.maximum(n1 - 1, 1) / n1, spread2 / np.maximum(n2 - 1, 1) / n2
    parts = error1**2 / np.maximum(n1 - 1, 1) + error2**2 / np.maximum(n2 - 1, 1)
    freedom = np.divide((error1 + error2) ** 2, parts, out=np.ones_like(n1), where=parts > 0)
    p = _two_sided(mean1 - mean2, np.sqrt(error1 + error2), freedom)
    return np.where(np.minimum(these[:, 0], those[:, 0]) < 2, 1.0, p)


def student(these: Floats, those: Floats) -> Floats:
    """Return the two-sided p-values of Student's t-test on m rows of sums; 1 where a side has no value."""
    (n1, mean1, spread1), (n2, mean2, spread2) = _moments(these), _moments(those)
    freedom = np.maximum(n1 + n2 - 2, 1)
    p = _two_sided(mean1 - mean2, np.sqrt((spread1 + spread2) / freedom * (1 / n1 + 1 / n2)), freedom)
    return np.where((np.minimum(these[:, 0], those[:, 0]) < 1) | (n1 + n2 <= 2), 1.0, p)


def _moments(sums: Floats) -> tuple[Floats, Floats, Floats]:
    """Return n (at least 1), the mean, and the sum of squares about it."""
    n = np.maximum(sums[:, 0], 1)
    mean = sums[:, 1] / n
    about = sums[:, 2] - n * mean**2
    return n, mean, np.where(about > 1e-12 * sums[:, 2], about, 0.0)  # what is left of equal values is rounding


def _two_sided(gap: Floats, error: Floats, freedom: Floats) -> Floats:
    """Return the p-values of t = gap / error; without any error 0, or 1 where there is no gap either."""
    from scipy.special import stdtr

    t = np.divide(np.abs(gap), error, out=np.where(np.abs(gap) > 1e-9, np.inf, 0.0), where=error > 0)
    p: Floats = np.minimum(2 * stdtr(freedom, -t), 1.0)
    return p


def share_test(these: Floats, those: Floats) -> Floats:
    """Return the two-sided p-values of two shares being equal, for m rows of sums of ones and noughts.

    Pearson's chi-square of the two-by-two table (the test of two proportions); an exact test where chance would put
    fewer than 50 customers into one of the four cells, because chi-square is too sure far out in the tail, where Holm's
    method looks; 1 where a side has no value.
    """
    from scipy.special import ndtr

    (n1, hits1), (n2, hits2) = ((sums[:, 0], sums[:, 1]) for sums in (these, those))
    n, hits = n1 + n2, hits1 + hits2
    least = np.minimum(n1, n2) * np.minimum(hits, n - hits) / np.maximum(n, 1)
    share = hits / np.maximum(n, 1)
    error = np.sqrt(share * (1 - share) * (1 / np.maximum(n1, 1) + 1 / np.maximum(n2, 1)))
    gap = np.abs(hits1 / np.maximum(n1, 1) - hits2 / np.maximum(n2, 1))
    p: Floats = 2 * ndtr(-np.divide(gap, error, out=np.zeros_like(gap), where=error > 0))
    few = (least < EXACT) & (least > 0)
    p[few] = _exact(hits1[few], n1[few], hits[few], n[few])
    return np.where(np.minimum(n1, n2) < 1, 1.0, p)


def _exact(hits: Floats, size: Floats, all_hits: Floats, everyone: Floats) -> Floats:
    """Return twice how likely so many hits among `size` or more are, or so few or fewer if that is less, at most 1.

    The margins are taken as given (Fisher 1922). Twice the smaller tail is a little careful: Fisher's own two-sided
    p-value adds of the other tail only what is no likelier, far out about half as much.
    """
    from scipy.stats import hypergeom

    if not hits.size:
        return hits
    fewer = hypergeom.cdf(hits, everyone, all_hits, size)
    more = hypergeom.sf(hits - 1, everyone, all_hits, size)
    p: Floats = np.minimum(2 * np.minimum(fewer, more), 1.0)
    return p
