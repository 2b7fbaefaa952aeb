"""From typed columns to the numbers clustering works on: impute, transform, tame, scale, encode.

The recipe is small and JSON: fitted on a sample once, applied to Arrow batches (numpy) or inside the
engine (Ibis expressions) alike, this month and the next.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import ibis
import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from segreport.columns import Column, Columns
from segreport.errors import InputError
from segreport.wording import Wording

Matrix = npt.NDArray[np.float64]
"""n customers x d encoded features."""

LEVEL_WEIGHT = (
    0.7  # two customers of different levels then lie 0.99 apart: less than two who differ by 1 sd in a number
)
TWIN = 0.95
NEGATIVE = 0.01
SAMPLE_SIZE = 200_000
LARGEST = 1e18  # rooms below hold numbers as int64 (to 9e18) and in single precision (to 3e38) too


@dataclass(frozen=True)
class NumberStep:
    """One number or date column: fill, log1p where `log`, pull in to [low, high], then (value - mean) / scale.

    `fill` is in the column's unit (dates: days before the as-of date); `low` and `high` are in the scale
    after the logarithm, None where nothing is pulled in. `filled` and `tamed` count the sample's values.
    """

    column: str
    fill: float
    log: bool
    low: float | None
    high: float | None
    mean: float
    scale: float
    filled: int
    tamed: int
    kind: Literal["number"] = "number"


@dataclass(frozen=True)
class LevelStep:
    """One category or flag column: an indicator a level at `weight`; missing values take the level `fill`."""

    column: str
    fill: str
    levels: tuple[str, ...]
    weight: float
    filled: int
    kind: Literal["levels"] = "levels"


Step = NumberStep | LevelStep


@dataclass(frozen=True)
class Recipe:
    """How customers become points: one step a clustered column, and the columns left out as near-twins.

    `twins` maps a left-out column to the one it moves with and their correlation.
    """

    as_of: dt.date
    steps: tuple[Step, ...]
    twins: dict[str, tuple[str, float]]

    @property
    def columns(self) -> tuple[str, ...]:
        """The clustered columns, in the order of the matrix."""
        return tuple(step.column for step in self.steps)

    @property
    def owners(self) -> tuple[str, ...]:
        """For each of the d encoded features the column it comes from."""
        return tuple(step.column for step in self.steps for _ in range(_width(step)))

    @property
    def levels(self) -> tuple[tuple[int, ...], ...]:
        """The places of each category's indicators among the d encoded features."""
        grouped = [step.column for step in self.steps if isinstance(step, LevelStep)]
        return tuple(tuple(i for i, owner in enumerate(self.owners) if owner == column) for column in grouped)

    def encode(self, batch: pa.Table | pa.RecordBatch) -> Matrix:
        """Return n x d: the batch's customers as points; needs the clustered columns under their own names."""
        parts = [_encode(step, batch, self.as_of) for step in self.steps]
        return np.column_stack(parts) if parts else np.empty((batch.num_rows, 0))

    def expressions(self, table: ir.Table) -> list[ir.NumericValue]:
        """Return the same d features as expressions over `table`, for engines that do the work themselves."""
        return [expression for step in self.steps for expression in _express(step, table, self.as_of)]


def draw_sample(columns: Columns, *, seed: int, size: int = SAMPLE_SIZE) -> pa.Table:
    """Return at most `size` customers, those with the smallest hash of (id, seed), in that order.

    The same customers come for the same ids and seed, whatever the order of the file.
    """
    table = columns.table
    mark = (table[columns.id].cast("string") + f"#{seed}").hash()
    return table.order_by([mark, columns.id]).limit(size).to_pyarrow()


def fit_recipe(
    sample: pa.Table, columns: Sequence[Column], *, as_of: dt.date, prepare: Literal["auto", "plain"]
) -> Recipe:
    """Return the recipe for `columns` (those to cluster on), fitted on the sample.

    "auto" logs columns with skewness over 1 and hardly a negative value (those count as 0), pulls in values more than
    5 robust standard deviations from the median and leaves out the later of two columns with |r| > 0.95; "plain" only
    fills missing values and standardises. Raises InputError where nothing is left to cluster on.
    """
    steps: list[Step] = [
        _fit_number(sample, column, as_of, prepare)
        if column.parse.kind in ("number", "date")
        else _fit_levels(sample, column)
        for column in columns
    ]
    steps = [step for step in steps if (step.scale > 0 if isinstance(step, NumberStep) else len(step.levels) > 1)]
    if not steps:
        raise InputError("no column varies between customers; name others with --feature.")
    recipe = Recipe(as_of, tuple(steps), {})
    return recipe if prepare == "plain" else _without_twins(recipe, sample)


def renewed(recipe: Recipe, sample: pa.Table, as_of: dt.date) -> Recipe:
    """Return the same recipe with days counted to `as_of`; what it fills and tames is counted on the sample."""
    return replace(recipe, as_of=as_of, steps=tuple(_recounted(step, sample, as_of) for step in recipe.steps))


def standardised(sample: pa.Table, column: Column, as_of: dt.date) -> npt.NDArray[np.float64]:
    """Return one number or date column as "auto" prepares it (logged, tamed, mean 0, sd 1); 0 where it is constant."""
    return _encode(_fit_number(sample, column, as_of, "auto"), sample, as_of)[:, 0]


def treatment(step: Step, wording: Wording, unit: str) -> str:
    """Return what was done to a column, in words."""
    if isinstance(step, LevelStep):
        filled = f"; {wording.count(step.filled)} missing taken as “{step.fill}”" if step.filled else ""
        return f"one indicator for each of {len(step.levels)} values, at weight {wording.number(step.weight)}{filled}"
    parts = []
    if step.filled:
        parts.append(
            f"{wording.count(step.filled)} missing filled with the median ({wording.quantity(step.fill, unit)})"
        )
    if step.log:
        parts.append("logged, because a few values are far larger than most")
    if step.tamed:
        values = "value" if step.tamed == 1 else "values"
        parts.append(f"{wording.count(step.tamed)} extreme {values} pulled in")
    return "; ".join([*parts, "standardised"])


def numbers(batch: pa.Table | pa.RecordBatch, column: str, as_of: dt.date) -> npt.NDArray[np.float64]:
    """Return a number, date (as days before `as_of`) or flag (0/1) column as floats, NaN where missing."""
    values = batch.column(column)
    if pa.types.is_date(values.type):
        days: npt.NDArray[np.float64] = values.cast(pa.int32()).cast(pa.float64()).to_numpy(zero_copy_only=False)
        return (as_of - dt.date(1970, 1, 1)).days - days
    floats: npt.NDArray[np.float64] = values.cast(pa.float64()).to_numpy(zero_copy_only=False)
    return floats


def words(batch: pa.Table | pa.RecordBatch, column: str) -> pa.Array | pa.ChunkedArray:
    """Return a category or flag column as words ("yes" and "no" for flags), null where missing."""
    values = batch.column(column)
    if pa.types.is_boolean(values.type):
        return pc.if_else(values, "yes", "no")
    return values.cast(pa.string())


def having(values: pa.Array | pa.ChunkedArray, level: str) -> npt.NDArray[np.float64]:
    """Return 1 where a column of words is this level, else 0."""
    same = pc.equal(values, level).fill_null(fill_value=False)
    ones: npt.NDArray[np.float64] = same.cast(pa.float64()).to_numpy(zero_copy_only=False)
    return ones


def _width(step: Step) -> int:
    return 1 if isinstance(step, NumberStep) else len(step.levels)


def _fit_number(sample: pa.Table, column: Column, as_of: dt.date, prepare: str) -> NumberStep:
    values = numbers(sample, column.name, as_of)
    present = values[np.isfinite(values)]
    if present.size and np.abs(present).max() > LARGEST:
        raise InputError(
            f"column {column.name!r} holds numbers beyond 1e18; mend them, or leave it out with --exclude."
        )
    fill = float(np.median(present)) if present.size else 0.0
    values = np.where(np.isfinite(values), values, fill)
    log = prepare == "auto" and present.size > 0 and _hardly_negative(present) and _skewness(present) > 1
    scaled = np.log(1 + np.maximum(values, 0)) if log else values
    low, high = _fences(scaled) if prepare == "auto" else (None, None)
    tame = np.clip(scaled, low, high)
    mean, spread = _short(tame.mean()), _short(tame.std())
    return NumberStep(
        column=column.name,
        fill=fill,
        log=bool(log),
        low=low,
        high=high,
        mean=mean,
        scale=spread if spread > 1e-9 * abs(mean) else 0.0,
        filled=int(len(values) - present.size),
        tamed=int((tame != scaled).sum()),
    )


def _recounted(step: Step, sample: pa.Table, as_of: dt.date) -> Step:
    if isinstance(step, LevelStep):
        return replace(step, filled=words(sample, step.column).null_count)
    values = numbers(sample, step.column, as_of)
    missing = ~np.isfinite(values)
    scaled = _scaled(step, np.where(missing, step.fill, values))
    return replace(step, filled=int(missing.sum()), tamed=int((np.clip(scaled, step.low, step.high) != scaled).sum()))


def _fit_levels(sample: pa.Table, column: Column) -> LevelStep:
    values = words(sample, column.name)
    counts = {item["values"]: item["counts"] for item in pc.value_counts(values.drop_null()).to_pylist()}
    levels = sorted(counts)
    fill = max(levels, key=lambda level: counts[level], default="?")  # ties: the first
    return LevelStep(column.name, fill, tuple(levels), LEVEL_WEIGHT, values.null_count)


def _hardly_negative(values: npt.NDArray[np.float64]) -> bool:
    """Return whether at most one value in a hundred is negative, as where a few sent back more than they bought."""
    return bool((values < 0).mean() <= NEGATIVE)


def _skewness(values: npt.NDArray[np.float64]) -> float:
    centred = values - values.mean()
    spread = math.sqrt(float((centred**2).mean()))
    z = centred / (spread or 1.0)
    return float((z * z * z).mean())  # not z**3, which takes ten times as long


def _fences(values: npt.NDArray[np.float64]) -> tuple[float | None, float | None]:
    """Return median -+ 5 robust standard deviations (IQR / 1.349); mean and sd where half of all values are equal.

    Beyond five, a value is no longer a big customer but a row of its own (Mall's richest lies at 2.8).
    """
    low, middle, high = np.quantile(values, [0.25, 0.5, 0.75])
    spread = (high - low) / 1.349
    if spread <= 0:
        middle, spread = values.mean(), values.std()
    if spread <= 0:
        return None, None
    return _short(middle - 5 * spread), _short(middle + 5 * spread)


def _short(value: float) -> float:
    """Round to 12 significant digits, so that model.json and segments.sql show what is computed with."""
    return float(f"{value:.12g}")


def _without_twins(recipe: Recipe, sample: pa.Table) -> Recipe:
    """Leave out each number column that moves with an earlier one: the same thing must not count twice."""
    kept: list[Step] = []
    points: list[Matrix] = []
    twins: dict[str, tuple[str, float]] = {}
    for step in recipe.steps:
        if not isinstance(step, NumberStep):
            kept.append(step)
            continue
        z = _encode(step, sample, recipe.as_of)[:, 0]
        others = [
            (other.column, float((z * point).mean()))
            for other, point in zip([s for s in kept if isinstance(s, NumberStep)], points, strict=True)
        ]
        twin = max(others, key=lambda pair: abs(pair[1]), default=None)
        if twin and abs(twin[1]) > TWIN:
            twins[step.column] = (twin[0], round(twin[1], 3))
        else:
            kept.append(step)
            points.append(z)
    return replace(recipe, steps=tuple(kept), twins=twins)


def _encode(step: Step, batch: pa.Table | pa.RecordBatch, as_of: dt.date) -> Matrix:
    if isinstance(step, LevelStep):
        filled = words(batch, step.column).fill_null(step.fill)
        return step.weight * np.column_stack([having(filled, level) for level in step.levels])
    values = numbers(batch, step.column, as_of)
    values = _scaled(step, np.where(np.isfinite(values), values, step.fill))
    if step.low is not None and step.high is not None:
        values = np.clip(values, step.low, step.high)
    return ((values - step.mean) / (step.scale or 1.0))[:, None]


def _scaled(step: NumberStep, values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return values in the scale in which they are pulled in: logged where the step says so."""
    logged: npt.NDArray[np.float64] = np.log(1 + np.maximum(values, 0)) if step.log else values
    return logged


def _express(step: Step, table: ir.Table, as_of: dt.date) -> list[ir.NumericValue]:
    column = table[step.column]
    if isinstance(step, LevelStep):
        if column.type().is_boolean():
            column = ibis.cases((column, "yes"), (~column, "no"))
        word = column.cast("string").fill_null(step.fill)
        return [ibis.ifelse(word == level, step.weight, 0.0) for level in step.levels]
    value = ibis.date(as_of).delta(column, unit="day") if column.type().is_date() else column
    value = value.cast("float64").fill_null(step.fill)
    if step.log:
        value = (1 + ibis.greatest(value, 0.0)).ln()
    if step.low is not None and step.high is not None:
        value = ibis.least(ibis.greatest(value, step.low), step.high)
    return [(value - step.mean) / (step.scale or 1.0)]
