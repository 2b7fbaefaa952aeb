"""Other choices tried out: one segment less or more, a column left out, another method, and none at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from segreport.alternatives.matching import Recut, recut
from segreport.alternatives.tracing import Traces, trace
from segreport.features import Matrix
from segreport.methods import Labels, Method, cutter, refined
from segreport.segments import Fitted, Model

Kind = Literal["fewer", "more", "column", "method", "again"]

TRIAL_SIZE = 3_000
DEAR_SIZE: dict[Method, int] = {"kmeans": 1_500, "bisecting": 1_500, "ward": 1_000}
CELLS = 90_000  # customers x features of a dear trial, so that hundreds of indicators cost no more than 60 numbers
FEWEST = 300
MOST_COLUMNS = 12
FURTHER = 2  # levels traced beyond the chosen one
LAST_LEVEL = 10
AGAIN = 2  # times cut again with every column


@dataclass(frozen=True)
class Trial:
    """One other choice and what it changes, counted on so many `customers`.

    `column` is the one left out, `method` the other method; what merges and comes apart is not told of a column.
    `again` leaves nothing out: it is what cutting again changes by itself (the mean of two), which columns must exceed.
    """

    kind: Kind
    recut: Recut
    customers: int
    column: str | None = None
    method: Method | None = None


@dataclass(frozen=True)
class Tried:
    """All other choices that were tried, and the segments traced from few to many.

    `customers` is how many the traces are of, `columns` how many columns there are to leave out; the 12 that set
    segments apart most were.
    """

    trials: tuple[Trial, ...]
    traces: Traces
    customers: int
    columns: int


def try_others(fitted: Fitted, centres: Mapping[int, Matrix], *, seed: int) -> Tried:
    """Return what other choices would change, on at most the first 3,000 customers of the sample.

    `centres` holds k -> k x d centres of the cut into every k that was looked at; without k-1 or k+1 among them
    that one is not tried. Columns and the other method are tried on at most 1,500
    (where trees are cut anew, 1,000).
    """
    ids = fitted.model.ids
    k = len(ids)
    X = fitted.X[:TRIAL_SIZE]
    last = max(k, min(k + FURTHER, LAST_LEVEL))
    # the nearest centre on both sides, also where a tree was cut: like is compared with like
    cuts = {n: _nearest(X, at) for n, at in centres.items() if n <= last and n != k}
    cuts[k] = _nearest(X, fitted.model.matrix)
    sides: tuple[tuple[Kind, int], ...] = (("fewer", k - 1), ("more", k + 1))
    trials = [Trial(kind, recut(cuts[k], cuts[n], ids), len(X)) for kind, n in sides if n in cuts]
    trials += [*_other_method(fitted, seed), *_without_columns(fitted, seed)]
    return Tried(tuple(trials), trace(cuts, ids), len(X), len(fitted.model.recipe.columns))


def _nearest(X: Matrix, centres: Matrix) -> Labels:
    """Return each point's nearest centre; far faster than `nearest` over many features, the digits matter less."""
    from scipy.spatial.distance import cdist

    labels: Labels = cdist(X, centres, "sqeuclidean").argmin(axis=1)
    return labels


def _dear_size(fitted: Fitted) -> int:
    customers, features = fitted.X.shape
    return int(min(customers, DEAR_SIZE[fitted.model.method], max(FEWEST, CELLS // features)))


def _other_method(fitted: Fitted, seed: int) -> list[Trial]:
    """Return the same number of segments by Ward's method, where it was Ward's by k-means."""
    size, k = _dear_size(fitted), len(fitted.model.ids)
    other: Method = "kmeans" if fitted.model.method == "ward" else "ward"
    X = fitted.X[:size]
    if _different(X)[1] <= k:
        return []
    after = cutter(other, X, seed=seed, starts=2)(k).labels
    return [Trial("method", recut(fitted.labels[:size], after, fitted.model.ids), size, method=other)]


def _without_columns(fitted: Fitted, seed: int) -> list[Trial]:
    """Return a trial for each of the columns that set segments apart most, the strongest first, then one of all."""
    model, size = fitted.model, _dear_size(fitted)
    owners, X = np.array(model.recipe.owners), fitted.X[:size]
    if len(model.recipe.columns) < 2:
        return []
    before = fitted.labels[:size]
    if model.method != "kmeans" and size < len(fitted.X):
        before = _again(X, model.matrix, model.method, seed)  # a tree of fewer customers is another tree
    trials = []
    for column in _telling(fitted)[:MOST_COLUMNS]:
        kept = owners != column
        after = _again(X[:, kept], model.matrix[:, kept], model.method, seed)
        trials.append(Trial("column", _moved([recut(before, after, model.ids)]), size, column=column))
    again = [_by_chance(X, before, model, seed + i) for i in range(AGAIN)]
    return [*trials, Trial("again", _moved(again), size)]


def _by_chance(X: Matrix, before: Labels, model: Model, seed: int) -> Recut:
    """Return what cutting the same customers again changes, with every column: whatever moves is no column's doing.

    Ward's tree has no starts and would be the same: it is cut from nine tenths of the customers.
    """
    if model.method == "ward":
        kept = np.random.default_rng(seed).permutation(len(X))[: -(-9 * len(X) // 10)]
        X, before = X[kept], before[kept]
    return recut(before, _afresh(X, len(model.ids), model.method, seed), model.ids)


def _moved(found: Sequence[Recut]) -> Recut:
    """Return how many customers move, the mean of several; not which segments merge and come apart."""
    changed, beyond = np.mean([(each.changed, each.beyond) for each in found], axis=0)
    return Recut(found[0].k, float(changed), float(beyond), (), ())


def _telling(fitted: Fitted) -> list[str]:
    """Return the clustered columns by how far apart the segments lie on them (variance between), the furthest first."""
    centres, recipe = fitted.model.matrix, fitted.model.recipe
    shares = np.bincount(fitted.labels, minlength=len(centres)) / len(fitted.labels)
    between = shares @ (centres - shares @ centres) ** 2
    sums = dict.fromkeys(recipe.columns, 0.0)
    for column, variance in zip(recipe.owners, between, strict=True):
        sums[column] += float(variance)
    return sorted(sums, key=lambda column: -sums[column])


def _again(X: Matrix, centres: Matrix, method: Method, seed: int) -> Labels:
    """Return the points cut anew into as many as there are centres, by the same method.

    k-means starts from the centres and once afresh, and the better one counts: from the centres alone, segments
    would look more lasting than they are.
    """
    from sklearn.cluster import KMeans

    k = len(centres)
    alike, different = _different(X)
    if different <= k:
        return alike
    if method != "kmeans":
        return cutter(method, X, seed=seed, starts=1)(k).labels
    kept, fresh = refined(X, centres), KMeans(k, n_init=1, random_state=seed).fit(X)
    return kept.labels if kept.inertia <= fresh.inertia_ else fresh.labels_.astype(np.intp)


def _afresh(X: Matrix, k: int, method: Method, seed: int) -> Labels:
    """Return the points cut anew into k; k-means by the better of two starts, as many as without a column.

    Not from the centres: with every column they are the best of many starts and would always win.
    """
    from sklearn.cluster import KMeans

    alike, different = _different(X)
    if different <= k:
        return alike
    if method != "kmeans":
        return cutter(method, X, seed=seed, starts=1)(k).labels
    labels: Labels = KMeans(k, n_init=2, random_state=seed).fit(X).labels_.astype(np.intp)
    return labels


def _different(X: Matrix) -> tuple[Labels, int]:
    """Return a label for every different point, and how many there are."""
    points, alike = np.unique(X, axis=0, return_inverse=True)
    return alike.reshape(-1), len(points)
