"""Which of the columns made out of orders form the segments, and which describe them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace

import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from segreport.columns import Column, Parse, Use, labels
from segreport.columns.choosing import matched
from segreport.columns.roles import LEVELS
from segreport.errors import InputError
from segreport.features import standardised
from segreport.orders.measures import Measure
from segreport.orders.order import Roles
from segreport.settings import ColumnSettings

RFM = ("recency", "frequency", "monetary")
MOST_TOLD = 0.5
"""A column of whose variance the chosen ones explain more (R²) adds little information."""
MOST_MISSING = 0.1
MOST_ALIKE = 0.6
LEAST_RANGE = 2.0
SAMPLE = 10_000

Floats = npt.NDArray[np.float64]


def columns_for(
    customers: ir.Table, id_name: str, roles: Roles, measures: Sequence[Measure], choices: ColumnSettings
) -> tuple[Column, ...]:
    """Return what is known of each column of the customers, the id first; raise InputError for a choice without one.

    Without a choice, segments are formed on recency, frequency and monetary, and on what adds information to them.
    """
    made = [_made(measure) for measure in measures] + [_told(name, part) for name, part in _besides(roles).items()]
    counted = _counted(customers, made)
    known = [replace(column, missing=counted[column.name][0], distinct=counted[column.name][1]) for column in made]
    known = [_checked(column) for column in known]
    id_column = Column(id_name, labels.label(id_name), "", "id", "id", "names customers", 0, 0, Parse("text"))
    chosen = matched(_theirs(choices, [column.name for column in known], roles), [column.name for column in known])
    if chosen.feature:
        uses: dict[str, tuple[Use, str]] = dict.fromkeys(chosen.feature, ("feature", "named with --feature"))
    else:
        uses = _informative(customers, known)
    return (id_column, *(_used(column, uses, chosen) for column in known))


def _made(measure: Measure) -> Column:
    parse = Parse("text" if measure.role == "category" else "number")
    return Column(measure.name, measure.label, measure.unit, measure.role, "describe", measure.formula, 0, 0, parse)


def _besides(roles: Roles) -> dict[str, str]:
    """Return the raw columns that come along, and how."""
    main = {roles.category: "main"} if roles.category else {}
    usual = dict.fromkeys(roles.describing, "usual")
    return main | usual | dict.fromkeys(roles.summed, "sum") | dict.fromkeys(roles.averaged, "mean")


def _told(name: str, part: str) -> Column:
    label = labels.label(name)
    if part in ("main", "usual"):
        what = "the one with most revenue" if part == "main" else "the commonest on their order lines"
        text = f"Main {label[:1].lower()}{label[1:]}" if part == "main" else label
        return Column(name, text, "", "category", "describe", f"{what} of each customer", 0, 0, Parse("text"))
    if part == "sum":
        return Column(name, label, "amount", "amount", "describe", "added up over order lines", 0, 0, Parse("number"))
    return Column(name, label, "", "number", "describe", "the mean over order lines", 0, 0, Parse("number"))


def _counted(customers: ir.Table, columns: Sequence[Column]) -> dict[str, tuple[int, int]]:
    """Return how many customers lack a value of each column, and how many different values there are."""
    counts = {f"n{i}": customers[column.name].count() for i, column in enumerate(columns)}
    counts |= {f"d{i}": customers[column.name].nunique() for i, column in enumerate(columns)}
    row = customers.aggregate(rows=customers.count(), **counts).to_pyarrow().to_pylist()[0]
    return {column.name: (row["rows"] - row[f"n{i}"], row[f"d{i}"]) for i, column in enumerate(columns)}


def _checked(column: Column) -> Column:
    """Return the column, out of use where it is the same for everyone or has too many levels."""
    if column.distinct <= 1:
        return replace(column, role="constant", use="unused", why=f"the same for every customer; {column.why}")
    if column.role == "category" and column.distinct > LEVELS:
        return replace(column, role="text", use="unused", why=f"{column.distinct:,} different values; {column.why}")
    return column


def _theirs(choices: ColumnSettings, names: Sequence[str], roles: Roles) -> ColumnSettings:
    """Return the user's choices without what was settled among the raw columns: the id, roles, and what is left out."""
    raw = {name.casefold() for name, _, _ in roles.why} - {name.casefold() for name in names}
    for key in ("feature", "describe", "value"):
        if gone := [name for name in getattr(choices, key) if name.casefold() in raw]:
            raise InputError(
                f"--{key}: {gone[0]!r} is a column of the order lines; of customers there are {', '.join(names)}."
            )
    kept = tuple(name for name in choices.exclude if name.casefold() not in raw)
    return choices.model_copy(update={"id": None, "role": {}, "exclude": kept})


def _used(column: Column, uses: Mapping[str, tuple[Use, str]], chosen: ColumnSettings) -> Column:
    if column.name in chosen.exclude:
        return replace(column, use="unused", why="left out with --exclude")
    if column.name in (*chosen.feature, *chosen.describe) and column.use == "unused":
        raise InputError(f"column {column.name!r} cannot be used: {column.why}.")
    if column.name in chosen.describe or column.name not in uses or column.use == "unused":
        return column
    use, why = uses[column.name]
    return replace(column, use=use, why=f"{column.why}; {why}")


def _informative(customers: ir.Table, columns: Sequence[Column]) -> dict[str, tuple[Use, str]]:
    """Return the use of every column that may form segments, and the reason: RFM, and what they do not tell already.

    A column is added when at most 10% of customers lack it, at most 60% share one value, its 90th percentile is
    at least twice its 10th, and the columns before it explain at most half of its variance.
    """
    numbers = [column for column in columns if column.role in ("number", "amount")]
    sample = customers.order_by(customers[customers.columns[0]].cast("string").hash()).limit(SAMPLE)
    table = sample.select([column.name for column in numbers]).to_pyarrow()
    rows = table.num_rows
    chosen: list[Floats] = []
    uses: dict[str, tuple[Use, str]] = {}
    for column in numbers:
        values = table[column.name].cast(pa.float64()).drop_null().to_numpy()
        if column.name in RFM:
            uses[column.name] = ("feature", "forms segments")
        elif not (why := _against(values, rows)):
            share = _explained(standardised(table, column, dt.date.min), chosen)
            use: Use = "describe" if share > MOST_TOLD else "feature"
            told = f"the columns before tell {share:.0%} of it"
            uses[column.name] = (use, told if use == "describe" else f"forms segments too: {told} only")
        else:
            uses[column.name] = ("describe", why)
        if uses[column.name][0] == "feature":
            chosen.append(standardised(table, column, dt.date.min))
    return uses


def _against(values: Floats, rows: int) -> str | None:
    """Return why a column should not form segments, or None."""
    if len(values) < (1 - MOST_MISSING) * rows:
        return "too many customers have none, so it only describes"
    if np.unique(values, return_counts=True)[1].max() > MOST_ALIKE * rows:
        return "most customers have the same, so it only describes"
    low, high = np.quantile(values, (0.1, 0.9))
    if low >= 0 and high < LEAST_RANGE * low:
        return "it differs little between customers, so it only describes"
    return None


def _explained(values: Floats, chosen: Sequence[Floats]) -> float:
    """Return the share (0 to 1) of the variance that a linear fit on the chosen columns explains (R²)."""
    if not chosen or values.std() == 0:
        return 1.0 if values.std() == 0 else 0.0
    points = np.column_stack(chosen)
    fit = np.linalg.lstsq(points, values, rcond=None)[0]
    return float(1 - ((values - points @ fit) ** 2).mean() / values.var())
