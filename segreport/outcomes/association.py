"""How strongly groups of customers differ in one thing, by numbers alone: ranks, and tables of counts."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from segreport.evidence import EXPECTED, Floats
from segreport.methods import Labels
from segreport.outcomes.outcome import SIZES, Size

FEW = 10  # customers with a value: of fewer, a segment's figure says little
OF_RANKS = (0.01, 0.06, 0.14)
OF_SHARES = (0.1, 0.3, 0.5)


@dataclass(frozen=True)
class Difference:
    """How strongly groups differ, the size of that in words, and the p-value."""

    effect: float
    size: Size
    p: float


def comparable(table: Floats) -> tuple[list[int], list[int]]:
    """Return which rows (segments) and columns (levels) of a table of counts can be compared.

    Under chance each of their cells holds at least 5: Pearson's chi-square is then what it claims to be (Cochran 1954).
    """
    known, counts = table.sum(axis=1), table.sum(axis=0)
    total = max(float(counts.sum()), 1.0)
    second = float(np.sort(counts)[-2]) / total if len(counts) > 1 else 0.0
    rows = [int(j) for j in np.flatnonzero((known >= FEW) & (known * second >= EXPECTED))]
    left = table[rows].sum(axis=0) / max(float(known[rows].sum()), 1.0)
    least = float(known[rows].min()) if rows else 0.0
    return rows, [int(i) for i in np.flatnonzero(left * least >= EXPECTED)]


def rank_test(values: Floats, groups: Labels) -> tuple[Difference, Floats]:
    """Return how k groups (0 to k - 1, none empty) differ in a number, and their mean ranks.

    Kruskal and Wallis's test (1952), corrected for ties; the effect is Kelley's epsilon squared (1935) of the ranks,
    (H - k + 1) / (n - k), which Tomczak and Tomczak (2014) call eta squared: small from 0.01, medium from 0.06, large
    from 0.14 (Cohen 1988). Heavy tails do not trouble it.
    """
    from scipy.special import chdtrc
    from scipy.stats import rankdata

    n, sizes = len(values), np.bincount(groups)
    ranks = rankdata(values)
    means = np.bincount(groups, weights=ranks) / sizes
    spread = float(((ranks - (n + 1) / 2) ** 2).sum())
    h = (n - 1) * float((sizes * (means - (n + 1) / 2) ** 2).sum()) / spread
    effect = max(0.0, (h - len(sizes) + 1) / max(n - len(sizes), 1))
    return Difference(effect, _size(effect, OF_RANKS), float(chdtrc(len(sizes) - 1, h))), means


def table_test(counts: Floats) -> Difference:
    """Return how the rows of a table of counts, at least two by two and no margin empty, differ.

    Pearson's chi-square; the effect is Cramér's V without its bias (Bergsma 2013). Its size is that of Cohen's w, which
    is V times the square root of the smaller side less one: small from 0.1, medium from 0.3, large from 0.5 (1988).
    """
    from scipy.special import chdtrc

    n, (rows, columns) = float(counts.sum()), counts.shape
    expected = np.outer(counts.sum(axis=1), counts.sum(axis=0)) / n
    freedom = (rows - 1) * (columns - 1)
    chi2 = float(((counts - expected) ** 2 / expected).sum())
    phi2 = max(0.0, chi2 / n - freedom / (n - 1))
    smaller = min(side - (side - 1) ** 2 / (n - 1) for side in (rows, columns))
    v = min(1.0, math.sqrt(phi2 / (smaller - 1)))
    return Difference(v, _size(math.sqrt(phi2), OF_SHARES), float(chdtrc(freedom, chi2)))


def _size(effect: float, bands: tuple[float, float, float]) -> Size:
    return SIZES[sum(effect >= band for band in bands)]
