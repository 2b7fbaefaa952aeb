"""What chance would give: tables like the customers' own in every column and correlation, but without groups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from segreport.features import Matrix

Floats = npt.NDArray[np.float64]

TABLES = 10
VALUES = 500
DIGITS = 9  # of a standard deviation: values that differ in the last digit alone are one
"""Different values a column is reduced to; enough for distances."""
DIP_SIZE = 1_000
MOST_ALIKE = 0.98


@dataclass(frozen=True, eq=False)
class Column:
    """One encoded number column: its values (rising), their shares, and the shares of its closest one-humped form."""

    values: Floats
    shares: Floats
    smooth: Floats


def look_alikes(
    X: Matrix, levels: Sequence[Sequence[int]], *, rows: int, seed: int, tables: int = TABLES
) -> list[Matrix]:
    """Return tables of `rows` x d made as X (n x d) is, but from one group.

    Number columns keep their rank correlations (a Gaussian copula on normal scores) and each its closest
    distribution with one hump (the dip's fit, Hartigan & Hartigan 1985), on the values it has; the indicators
    of a category (`levels`: their places) are drawn together, apart from all else; of two levels, one is a number.
    """
    from scipy.special import ndtr

    rng = np.random.default_rng(seed)
    flags, words = [group for group in levels if len(group) == 2], [group for group in levels if len(group) != 2]
    grouped = {j for group in words for j in group} | {group[1] for group in flags}
    numbers = [j for j in range(X.shape[1]) if j not in grouped]
    columns = [one_humped(X[:, j]) for j in numbers]
    mixing = _mixing([_normal_scores(X[:, j], column) for j, column in zip(numbers, columns, strict=True)])
    found = []
    for _ in range(tables):
        table = np.empty((rows, X.shape[1]))
        places = ndtr(rng.standard_normal((rows, len(numbers))) @ mixing.T)
        for place, j, column in zip(places.T, numbers, columns, strict=True):
            table[:, j] = _rescaled(_drawn(column, place), X[:, j])
        for first, second in flags:
            table[:, second] = X[:, [first, second]].max() - table[:, first]
        for group in words:
            table[:, list(group)] = X[rng.integers(0, len(X), rows)][:, list(group)]
        found.append(table)
    return found


def one_humped(column: Floats) -> Column:
    """Return a column's values with the shares they have in the closest distribution that rises, then falls.

    Each value stands for the stretch up to halfway to its neighbours, so that whole numbers are no humps of
    their own.
    """
    values, shares = _values(column)
    if len(values) < 3:
        return Column(values, shares, shares)
    from scipy.optimize import isotonic_regression

    edges = edges_of(values)
    widths, below = np.diff(edges), np.concatenate([[0.0], np.cumsum(shares)])
    first, last = _hump(edges, below)
    density = shares / widths
    rising = isotonic_regression(density[:first], weights=widths[:first]).x if first else density[:0]
    level = np.full(last - first, (below[last] - below[first]) / widths[first:last].sum())
    falling = (
        isotonic_regression(density[last:], weights=widths[last:], increasing=False).x
        if last < len(density)
        else density[:0]
    )
    smooth = np.concatenate([rising, level, falling]) * widths
    return Column(values, shares, smooth / smooth.sum())


def edges_of(values: Floats) -> Floats:
    """Return the ends of the stretches that rising values stand for: halfway to their neighbours."""
    middles = (values[1:] + values[:-1]) / 2
    return np.concatenate([[2 * values[0] - middles[0]], middles, [2 * values[-1] - middles[-1]]])


def _values(column: Floats) -> tuple[Floats, Floats]:
    column = column.round(DIGITS)
    values, counts = np.unique(column, return_counts=True)
    if len(values) > VALUES:
        ranks = np.quantile(column, (np.arange(VALUES) + 0.5) / VALUES).round(DIGITS)
        values, counts = np.unique(ranks, return_counts=True)
    return values, counts / counts.sum()


def _hump(edges: Floats, below: Floats) -> tuple[int, int]:
    """Return between which of the edges the closest one-humped distribution is flat: the dip's modal interval."""
    from diptest import dipstat

    even = np.interp((np.arange(DIP_SIZE) + 0.5) / DIP_SIZE, below, edges)
    _, found = dipstat(even, full_output=True)
    first = int(np.searchsorted(edges, found["xl"], "right")) - 1
    last = int(np.searchsorted(edges, found["xu"], "left"))
    first = min(max(first, 0), len(edges) - 2)
    return first, min(max(last, first + 1), len(edges) - 1)


def _normal_scores(column: Floats, fitted: Column) -> Floats:
    """Return each customer's place among all as a normal deviate; equal values share the mean of theirs."""
    from scipy.special import ndtri

    at = ndtri(np.clip(np.concatenate([[0.0], np.cumsum(fitted.shares)]), 0, 1))
    density = np.exp(-(at**2) / 2) / np.sqrt(2 * np.pi)
    means = -np.diff(density) / fitted.shares
    return np.asarray(means[np.searchsorted((fitted.values[1:] + fitted.values[:-1]) / 2, column)])


def _mixing(scores: Sequence[Floats]) -> Matrix:
    """Return what turns independent normal deviates into ones whose ranks, on the columns' values, correlate as these.

    Ties hide correlation: scores that share a place have a smaller variance, and by so much it is raised again.
    """
    if not scores:
        return np.empty((0, 0))
    with np.errstate(invalid="ignore"):  # a column that is constant in the sample correlates with nothing
        correlations = np.nan_to_num(np.atleast_2d(np.corrcoef(np.array(scores))))
    spread = np.maximum(np.array(scores).std(axis=1), 1e-6)
    raised = np.clip(correlations / np.outer(spread, spread), -MOST_ALIKE, MOST_ALIKE)
    np.fill_diagonal(raised, 1.0)
    values, vectors = np.linalg.eigh(raised)
    mixing: Matrix = vectors * np.sqrt(np.maximum(values, 0.0))
    lengths: Matrix = np.maximum(np.linalg.norm(mixing, axis=1, keepdims=True), 1e-9)
    return mixing / lengths


def _drawn(column: Column, places: Floats) -> Floats:
    """Return the values that lie at these places (0 to 1) of the one-humped distribution."""
    found = np.searchsorted(np.cumsum(column.smooth), places)
    return column.values[np.minimum(found, len(column.values) - 1)]


def _rescaled(drawn: Floats, original: Floats) -> Floats:
    """Return the drawn values with the standard deviation that the original has: what clustering weighs them by."""
    spread = drawn.std()
    return (drawn - drawn.mean()) * (original.std() / spread) if spread > 0 else drawn
