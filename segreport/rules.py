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
class Limit:
    """What a rule asks of a number column: at least `low` and under `high`, None where it may be anything."""

    column: str
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Rule:
    """Conditions in words; of the customers they find `precision` (0 to 1) belong, of the segment `recall` is found.

    `limits` holds their numbers.
    """

    text: str
    precision: float
    recall: float
    limits: tuple[Limit, ...] = ()


@dataclass(frozen=True)
class Input:
    """One thing a rule may test: a number column, or whether a category column has one level.

    `whole` says that all its numbers in the judged sample are whole.
    """

    column: Column
    level: str | None = None
    whole: bool = False


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
    text shows, whole ones for whole numbers, and precision and recall are those of the text. A missing number meets
    no condition.
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
            parts.append(numbers(sample, column.name, as_of))
            inputs.append(Input(column, whole=bool(np.all(np.isnan(parts[-1]) | (parts[-1] == np.rint(parts[-1]))))))
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
    limits = tuple(_limit(inputs[i], bounds) for i, bounds in sorted(rule.items()) if inputs[i].level is None)
    precision, recall = hits / max(int(found.sum()), 1), hits / max(int(inside.sum()), 1)
    return Rule(text or "every customer", precision, recall, limits)


def _limit(item: Input, bounds: Bounds) -> Limit:
    low, high = (value if math.isfinite(value) else None for value in (bounds.low, bounds.high))
    return Limit(item.column.name, low, high)


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
    if item.whole:
        return _round_whole(bounds, most)
    return Bounds(*(_rounded(value, item.column.unit, wording, most) for value in (bounds.low, bounds.high)))


def _round_whole(bounds: Bounds, most: int) -> Bounds:
    """Return whole bounds; of two it is the last number inside that the text shows, and that is made round."""
    low, high = (math.ceil(value) if math.isfinite(value) else value for value in (bounds.low, bounds.high))
    shown = 1 if math.isfinite(low) and math.isfinite(high) else 0
    return Bounds(_shortened(low, most), _shortened(high - shown, most) + shown)


def _shortened(value: float, most: int) -> float:
    """Return a number with at most so many significant digits."""
    if not math.isfinite(value) or value == 0:
        return value
    return round(value, most - 1 - math.floor(math.log10(abs(value))))


def _rounded(value: float, unit: str, wording: Wording, most: int) -> float:
    if not math.isfinite(value) or value == 0:
        return value
    short = _shortened(value, most)
    decimals = wording.decimals(short, unit)
    return round(short, decimals) or math.copysign(10**-decimals, value)  # "under 0%" would find nobody


def _say(item: Input, bounds: Bounds, wording: Wording) -> str:
    label, unit = item.column.label, item.column.unit
    if unit and label.lower().startswith(f"{unit.lower()} "):
        unit = ""  # "Days since last order at least 430"
    if item.level is not None:
        return f"{label} {'is' if bounds.low > 0 else 'is not'} “{item.level}”"
    low, high, last = (wording.quantity(value, unit) for value in (bounds.low, bounds.high, bounds.high - 1))
    if math.isinf(bounds.low):
        return f"{label} under {high}"
    if math.isinf(bounds.high):
        return f"{label} at least {low}"
    if not item.whole:
        return f"{label} from {low} to under {high}"
    return f"{label} exactly {low}" if low == last else f"{label} from {low} to {last}"
