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
from segreport.orders.measures import Kind, Measure
from segreport.orders.order import Roles
from segreport.settings import ColumnSettings

RFM = ("recency", "frequency", "monetary")
MOST_TOLD = 0.35
"""A column of whose variance the chosen ones explain more (R²) adds little information."""
MOST_ADDED = 2
MOST_MISSING = 0.1
MOST_ALIKE = 0.6
LEAST_RANGE = 2.0
SAMPLE = 10_000

Floats = npt.NDArray[np.float64]
Verdict = tuple[Use, str, float | None]
"""What a column is used for, why, and the share (0 to 1) of it that the columns forming segments tell."""


def columns_for(
    customers: ir.Table,
    roles: Roles,
    measures: Sequence[Measure],
    besides: Mapping[str, Kind],
    choices: ColumnSettings,
) -> tuple[Column, ...]:
    """Return what is known of each column of the customers, the id first; raise InputError for a choice without one.

    Without a choice, segments are formed on recency, frequency and monetary, and on what adds information to them.
    """
    made = [_made(measure) for measure in measures] + [_told(name, kind) for name, kind in besides.items()]
    counted = _counted(customers, made)
    known = [replace(column, missing=counted[column.name][0], distinct=counted[column.name][1]) for column in made]
    known = [_checked(column) for column in known]
    name = roles.customer
    id_column = Column(name, labels.label(name), "", "id", "id", "names customers", 0, 0, Parse("text"))
    chosen = matched(_theirs(choices, [column.name for column in known], roles), [column.name for column in known])
    if chosen.feature:
        uses: dict[str, Verdict] = dict.fromkeys(chosen.feature, ("feature", "named with --feature", None))
    else:
        uses = _informative(customers, known)
    return (id_column, *(_used(column, uses, chosen) for column in known))


def _made(measure: Measure) -> Column:
    parse = Parse("text" if measure.role == "category" else "number")
    return Column(measure.name, measure.label, measure.unit, measure.role, "describe", measure.formula, 0, 0, parse)


def _told(name: str, kind: Kind) -> Column:
    label = labels.label(name)
    lower = label if label.isupper() else f"{label[:1].lower()}{label[1:]}"
    text = Parse("text")
    match kind:
        case "main":
            why = "the one each customer brought most revenue in"
            return Column(name, f"Main {lower}", "", "category", "describe", why, 0, 0, text)
        case "usual":
            why = "the commonest on each customer's order lines"
            return Column(name, label, "", "category", "describe", why, 0, 0, text)
        case "sum":
            return Column(
                name, label, "amount", "amount", "describe", "added up over order lines", 0, 0, Parse("number")
            )
        case "mean" | "rate":
            unit, why = ("%", ", in percent") if kind == "rate" else ("", "")
            text_ = label if lower.startswith("average") else f"Average {lower}"
            why = f"the mean over order lines{why}"
            return Column(name, text_, unit, "number", "describe", why, 0, 0, Parse("number"))


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


def _used(column: Column, uses: Mapping[str, Verdict], chosen: ColumnSettings) -> Column:
    if column.name in chosen.exclude:
        return replace(column, use="unused", why="left out with --exclude")
    if column.name in (*chosen.feature, *chosen.describe) and column.use == "unused":
        raise InputError(f"column {column.name!r} cannot be used: {column.why}.")
    if column.name in chosen.describe or column.name not in uses or column.use == "unused":
        return column
    use, why, told = uses[column.name]
    return replace(column, use=use, why=f"{column.why}; {why}", told=told)


def _informative(customers: ir.Table, columns: Sequence[Column]) -> dict[str, Verdict]:
    """Return the use of every column that may form segments, and the reason: RFM, and what they tell least of.

    At most two columns are added, each the one whose variance those before explain least, and at most 35% of. Out of
    question is what more than 10% of customers lack, 60% share, or that differs little (the 90th percentile is under
    twice the 10th).
    """
    numbers = [column for column in columns if column.role in ("number", "amount")]
    sample = customers.order_by(customers[customers.columns[0]].cast("string").hash()).limit(SAMPLE)
    table = sample.select([column.name for column in numbers]).to_pyarrow()
    z = {column.name: standardised(table, column, dt.date.min) for column in numbers}
    uses: dict[str, Verdict] = {name: ("feature", "forms segments", None) for name in RFM if name in z}
    free = [column.name for column in numbers if column.name not in RFM]
    for name in free:
        if why := _against(table[name].cast(pa.float64()).drop_null().to_numpy(), table.num_rows):
            uses[name] = ("describe", why, None)
    for _ in range(MOST_ADDED):
        told = {name: _explained(z[name], [z[other] for other in _forming(uses)]) for name in free if name not in uses}
        least = min(told, key=lambda name: told[name], default=None)
        if least is not None and told[least] <= MOST_TOLD:
            why = f"forms segments too: the columns before tell only {told[least]:.0%} of it"
            uses[least] = ("feature", why, told[least])
    told = {name: _explained(z[name], [z[other] for other in _forming(uses)]) for name in free if name not in uses}
    return uses | {
        name: ("describe", f"those that form segments tell {share:.0%} of it", share) for name, share in told.items()
    }


def _forming(uses: Mapping[str, Verdict]) -> list[str]:
    return [name for name, (use, _, _) in uses.items() if use == "feature"]


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
