"""How far customers have moved away from those a model was fitted on: the population stability index (PSI).

PSI = sum (a - e) ln(a / e) over bins that held the share e of customers then and hold a now (Siddiqi 2006, Credit Risk
Scorecards). It measures how a column is spread, not who moved: customers who change places leave it at 0.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from segreport.features import LevelStep, Matrix, Recipe, Step

MOST = 0.2
"""Beyond it, by the usual rule of thumb (Siddiqi 2006), a column describes another population."""
BIN = 40  # customers; of 200 then and now and five bins, chance alone goes beyond MOST less than once in a thousand
FLOOR = 1e-4  # of the customers: an empty bin would make the PSI infinite
DIGITS = 9  # of a standard deviation: equal values stay equal where another machine's logarithm differs in the last
TENTHS = np.arange(1, 10) / 10
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Baseline:
    """How one encoded column was spread over the `customers` the model was fitted on (their sample).

    For a number `limits` are the different deciles of its encoded values, and `shares` (sum 1) lie up to the first
    limit, between them, and beyond the last; a value equal to a limit lies up to it. Where a value takes several
    deciles, the value before it is a limit too. For a category `limits` is empty, and `shares` are those of its
    levels in the recipe's order, then of all others.
    """

    column: str
    limits: tuple[float, ...]
    shares: tuple[float, ...]
    customers: int


@dataclass(frozen=True)
class Drift:
    """A column and its PSI against the baseline: under 0.1 hardly a change, over 0.2 another population."""

    column: str
    psi: float


def baselines_of(recipe: Recipe, X: Matrix) -> tuple[Baseline, ...]:
    """Return how each clustered column is spread over these customers (n x d, encoded by the recipe)."""
    baselines = []
    for column, values, levels in _columns(recipe, X):
        limits = () if levels else tuple(float(limit) for limit in _limits(values[:, 0]))
        shares = tuple(float(share) for share in _shares(values, limits))
        baselines.append(Baseline(column, limits, shares, len(X)))
    return tuple(baselines)


def fits(baseline: Baseline, step: Step) -> bool:
    """Return whether a baseline that was read has as many limits and shares as this step needs."""
    bins = len(step.levels) if isinstance(step, LevelStep) else len(baseline.limits)
    numbers = (*baseline.limits, *baseline.shares)
    return len(baseline.shares) == bins + 1 and bool(np.isfinite(numbers).all()) and min(baseline.shares) >= 0


def drifts(baselines: Iterable[Baseline], recipe: Recipe, X: Matrix) -> tuple[Drift, ...]:
    """Return how far each column has moved from its baseline; X is n x d, encoded by the recipe of back then.

    Few customers, then or now, are counted in fewer bins, so that the same population rarely looks like another:
    the PSI of two samples is (bins - 1)(1 / n + 1 / m) on average (Yurdakul and Naranjo 2020). Below 80 customers, who
    are halved, it takes a large change to be seen at all.
    """
    spreads = zip(baselines, _columns(recipe, X), strict=True)
    return tuple(
        Drift(baseline.column, _psi(baseline, _shares(values, baseline.limits), len(X)))
        for baseline, (_, values, _) in spreads
    )


def _columns(recipe: Recipe, X: Matrix) -> list[tuple[str, Floats, bool]]:
    """Return each column's name, its encoded features (n x 1, a category's n x levels) and whether it is a category."""
    owners = np.array(recipe.owners)
    return [
        (step.column, X[:, owners == step.column].round(DIGITS), isinstance(step, LevelStep)) for step in recipe.steps
    ]


def _limits(values: Floats) -> Floats:
    """Return the different deciles, and before a value that takes several of them the next smaller one.

    Without it, what lies below a very common value would be counted with it.
    """
    ordered = np.sort(values)
    deciles, times = np.unique(np.quantile(ordered, TENTHS, method="inverted_cdf"), return_counts=True)
    starts = np.searchsorted(ordered, deciles[times > 1])
    return np.union1d(deciles, ordered[starts[starts > 0] - 1])


def _shares(values: Floats, limits: tuple[float, ...]) -> Floats:
    """Return the share of customers in each bin (limits + 1); without limits, at each level and at none."""
    if limits:
        counts = np.bincount(np.searchsorted(limits, values[:, 0]), minlength=len(limits) + 1)
    else:
        levels = (values > 0).sum(axis=0)
        counts = np.append(levels, len(values) - levels.sum())
    shares: Floats = counts / max(len(values), 1)
    return shares


def _psi(baseline: Baseline, now: Floats, customers: int) -> float:
    both = 2 / (1 / max(baseline.customers, 1) + 1 / max(customers, 1))
    bins = _bins(baseline, max(2, int(both / BIN)))
    floor = max(FLOOR, 0.5 / both)
    expected, actual = (np.maximum(np.bincount(bins, shares), floor) for shares in (baseline.shares, now))
    return float(((actual - expected) * np.log(actual / expected)).sum())


def _bins(baseline: Baseline, most: int) -> npt.NDArray[np.intp]:
    """Return the bin that each of the baseline's is counted in, so that there are at most so many.

    Neighbours of a number are put together, about as many customers in each; of a category, all but the commonest.
    """
    shares = np.array(baseline.shares)
    if len(shares) <= most:
        return np.arange(len(shares))
    if baseline.limits:
        middles = shares.cumsum() - shares / 2
        return np.minimum((most * middles).astype(np.intp), most - 1)
    ranks = (-shares).argsort(kind="stable").argsort()
    return np.minimum(ranks, most - 1)
