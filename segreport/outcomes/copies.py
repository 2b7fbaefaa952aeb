"""Which columns kept out of the clustering the clustered ones tell anyway: those differ because these do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from segreport.columns import Column
from segreport.evidence import Floats
from segreport.features import TWIN, Matrix, numbers, standardised, words
from segreport.segments import Fitted

COPIES = 10_000
GROWN = 1_200  # customers a tree is grown on: about 4 ms a tree with ten columns, and more with every customer
DEPTH = 3
LEAF = 20
TOLD = 0.8


def without_copies(described: Sequence[Column], fitted: Fitted, sample: pa.Table) -> list[Column]:
    """Return the columns that are not made of the clustered ones.

    What several added up tell is (adjusted R² over 0.95²), and so is a category or flag cut out of them.
    """
    worded = [column for column in described if column.parse.kind in ("text", "flag")]
    copies = _added_up(described, fitted, sample) | _cut_out(worded, fitted, sample)
    return [column for column in described if column.name not in copies]


def _added_up(described: Sequence[Column], fitted: Fitted, sample: pa.Table) -> set[str]:
    """Return the names of the numbers, dates and flags that clustered columns, one or several added up, tell."""
    as_of = fitted.model.recipe.as_of
    head, X = sample.slice(0, COPIES), fitted.X[:COPIES]
    measured = [column for column in described if column.parse.kind != "text"]
    if not measured:
        return set()
    Y = np.column_stack([_filled(head, column, as_of) for column in measured])
    X, Y = X - X.mean(axis=0), Y - Y.mean(axis=0)
    unexplained = ((Y - X @ np.linalg.lstsq(X, Y)[0]) ** 2).sum(axis=0) / np.maximum((Y**2).sum(axis=0), 1e-12)
    freedom = len(X) - 1 - int(np.linalg.matrix_rank(X))
    adjusted = unexplained * (len(X) - 1) / freedom if freedom > 0 else np.ones(len(measured))
    return {c.name for c, share in zip(measured, adjusted, strict=True) if 1 - share > TWIN**2}


def _filled(sample: pa.Table, column: Column, as_of: dt.date) -> Floats:
    """Return a number or date as it would be clustered on, a flag as 1 and 0 (missing: their mean)."""
    if column.parse.kind != "flag":
        return standardised(sample, column, as_of)
    values = numbers(sample, column.name, as_of)
    there = np.isfinite(values)
    return np.where(there, values, values[there].mean() if there.any() else 0.0)


def _cut_out(worded: Sequence[Column], fitted: Fitted, sample: pa.Table) -> set[str]:
    """Return the names of the categories and flags that a few cuts of clustered columns tell nearly perfectly."""
    head, X = sample.slice(0, GROWN), fitted.X[:GROWN]
    return {column.name for column in worded if removed(X, words(head, column.name)) >= TOLD}


def removed(X: Matrix, values: pa.Array | pa.ChunkedArray) -> float:
    """Return which share (0 to 1) of the errors of always saying the commonest level a shallow tree on X removes.

    The tree asks at most three questions about a customer and keeps 20 or more together. It can name eight levels;
    customers of rarer ones are errors, those without a value do not count.
    """
    from sklearn.tree import DecisionTreeClassifier

    there = values.is_valid().to_numpy(zero_copy_only=False)
    levels, codes = np.unique(values.drop_null().to_numpy(zero_copy_only=False).astype(str), return_inverse=True)
    counts = np.bincount(codes, minlength=len(levels))
    most = 2**DEPTH
    errors, named = len(codes) - counts.max(initial=0), np.sort(counts)[-most:].sum()
    if errors == 0 or 1 - (len(codes) - named) / errors < TOLD:  # no tree so shallow could tell them
        return 0.0
    place = np.argsort(np.argsort(-counts, kind="stable"))  # 0: the commonest
    codes = np.minimum(place[codes], most)
    tree = DecisionTreeClassifier(max_depth=DEPTH, min_samples_leaf=LEAF, random_state=0).fit(X[there], codes)
    right = (tree.predict(X[there]) == codes) & (codes < most)
    return max(0.0, 1 - float((~right).sum()) / float(errors))
