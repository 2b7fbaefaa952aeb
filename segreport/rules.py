"""A few conditions that find a segment again in a CRM, with how well they do it."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from segreport.columns import Column
from segreport.features import Matrix, having, numbers, words
from segreport.methods import Labels
from segreport.wording import Wording

FIT_SIZE = 10_000
JUDGED_SIZE = 50_000
DEPTH = 3

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Rule:
    """Conditions in words; of the customers they find `precision` (0 to 1) belong, of the segment `recall` is found."""

    text: str
    precision: float
    recall: float


@dataclass(frozen=True)
class Input:
    """One thing a rule may test: a number column, or whether a category column has one level."""

    column: Column
    level: str | None = None


@dataclass(frozen=True)
class Bounds:
    """A number in [low, high); for a level, low = 0.5 means "is" and high = 0.5 means "is not"."""

    low: float = -math.inf
    high: float = math.inf


def find_rules(
    sample: pa.Table, columns: Sequence[Column], labels: Labels, k: int, as_of: dt.date, wording: Wording
) -> tuple[Rule, ...]:
    """Return for each segment the best single conjunction out of a shallow decision tree, judged on 50,000 customers.

    The best has the highest F1 (harmonic mean of precision and recall); thresholds are rounded to what its
    text shows, and precision and recall are those of the text. A missing number meets no condition.
    """
    inputs, values = _inputs(sample.slice(0, JUDGED_SIZE), columns, as_of)
    labels = labels[:JUDGED_SIZE]
    head = values[:FIT_SIZE]
    filled = np.where(np.isnan(head), np.nanmedian(values, axis=0), head)
    return tuple(_find_rule(inputs, values, filled, labels == j, wording) for j in range(k))


def _inputs(sample: pa.Table, columns: Sequence[Column], as_of: dt.date) -> tuple[list[Input], Matrix]:
    inputs: list[Input] = []
    parts: list[npt.NDArray[np.float64]] = []
    for column in columns:
        if column.parse.kind in ("number", "date"):
            inputs.append(Input(column))
            parts.append(numbers(sample, column.name, as_of))
        else:
            values = words(sample, column.name)
            for level in sorted(values.unique().drop_null().to_pylist()):
                inputs.append(Input(column, level))
                parts.append(having(values, level))
    return inputs, np.column_stack(parts)


def _find_rule(inputs: list[Input], values: Matrix, filled: Matrix, inside: Mask, wording: Wording) -> Rule:
    """Return the best rule; the tree is grown on `filled`, the first rows without gaps, and judged on all `values`."""
    from sklearn.tree import DecisionTreeClassifier

    leaf = max(2, len(values) // 200)
    tree = DecisionTreeClassifier(max_depth=DEPTH, min_samples_leaf=leaf, random_state=0)
    tree.fit(filled, inside[:FIT_SIZE])
    exact = max(_paths(tree.tree_), key=lambda path: (_f1(values, inside, path), -len(path)))
    rough, fine = ({i: _round(bounds, inputs[i], wording, most) for i, bounds in exact.items()} for most in (2, 15))
    good_enough = _f1(values, inside, rough) >= _f1(values, inside, fine) - 0.01
    rule = rough if good_enough else fine
    found = _matches(values, rule)
    hits = int((found & inside).sum())
    text = " and ".join(_say(inputs[i], bounds, wording) for i, bounds in sorted(rule.items()))
    return Rule(text or "every customer", hits / max(int(found.sum()), 1), hits / max(int(inside.sum()), 1))


def _paths(tree: Any) -> list[dict[int, Bounds]]:
    """Return the conditions that lead to every node of a fitted scikit-learn tree: input -> bounds."""
    paths: list[dict[int, Bounds]] = []

    def walk(node: int, path: dict[int, Bounds]) -> None:
        paths.append(path)
        if tree.children_left[node] < 0:
            return
        i, cut = int(tree.feature[node]), float(tree.threshold[node])
        bounds = path.get(i, Bounds())
        walk(tree.children_left[node], {**path, i: Bounds(bounds.low, min(bounds.high, cut))})
        walk(tree.children_right[node], {**path, i: Bounds(max(bounds.low, cut), bounds.high)})

    walk(0, {})
    return paths


def _matches(values: Matrix, path: dict[int, Bounds]) -> Mask:
    found = np.ones(len(values), dtype=bool)
    for i, bounds in path.items():
        found &= (values[:, i] >= bounds.low) & (values[:, i] < bounds.high)
    return found


def _f1(values: Matrix, inside: Mask, path: dict[int, Bounds]) -> float:
    found = _matches(values, path)
    either = int(found.sum()) + int(inside.sum())
    return 2 * int((found & inside).sum()) / either if either else 0.0


def _round(bounds: Bounds, item: Input, wording: Wording, most: int) -> Bounds:
    """Round both bounds to the decimals that their text will have, and to at most so many significant digits."""
    if item.level is not None:
        return bounds
    return Bounds(*(_rounded(value, item.column.unit, wording, most) for value in (bounds.low, bounds.high)))


def _rounded(value: float, unit: str, wording: Wording, most: int) -> float:
    if not math.isfinite(value) or value == 0:
        return value
    short = round(value, most - 1 - math.floor(math.log10(abs(value))))
    decimals = wording.decimals(short, unit)
    return round(short, decimals) or math.copysign(10**-decimals, value)  # "under 0%" would find nobody


def _say(item: Input, bounds: Bounds, wording: Wording) -> str:
    label, unit = item.column.label, item.column.unit
    if unit and label.lower().startswith(f"{unit.lower()} "):
        unit = ""  # "Days since last order at least 430"
    if item.level is not None:
        return f"{label} {'is' if bounds.low > 0 else 'is not'} “{item.level}”"
    low, high = (wording.quantity(value, unit) for value in (bounds.low, bounds.high))
    if math.isinf(bounds.low):
        return f"{label} under {high}"
    if math.isinf(bounds.high):
        return f"{label} at least {low}"
    return f"{label} from {low} to under {high}"
