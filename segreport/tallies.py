"""What the engine counts for each segment: sizes, values, means and level shares, exact whatever the size."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ibis
import ibis.expr.types as ir

from segreport.columns import Column, Columns
from segreport.segments import Model

if TYPE_CHECKING:
    import pandas as pd

SEGMENT = "segreport_segment"  # a customer table may well hold last month's segment_id


@dataclass(frozen=True)
class Tally:
    """Some customers, counted: `value` is the sum of the value columns, `means` and `levels` have column names as keys.

    Means are over the customers who have a value (dates: days before the as-of date), level shares (0 to 1) too.
    """

    size: int
    value: float
    means: dict[str, float]
    levels: dict[str, dict[str, float]]


Counted = tuple[dict[str, Tally], Tally]
"""Every segment's tally by id, and everyone's."""


def count_segments(columns: Columns, model: Model, assignments: Path) -> Counted:
    """Return every segment's tally by id, and everyone's; `assignments` is the file that `assign` wrote.

    A segment of which no one has a value in a column takes everyone's mean there.
    """
    table = _assigned(columns, model, assignments)
    measured = [c for c in columns.all if c.use in ("feature", "describe") and c.parse.kind in ("number", "date")]
    chosen = [c for c in columns.all if c.use in ("feature", "describe") and c.parse.kind in ("flag", "text")]
    worth = [table[name].cast("float64").fill_null(0.0).sum() for name in columns.value]
    value = sum(worth, ibis.literal(0.0))
    sums = {f"sum{i}": _measure(table, c, model.recipe.as_of).sum() for i, c in enumerate(measured)}
    counts = {f"n{i}": table[c.name].count() for i, c in enumerate(measured)}
    frame = table.group_by(SEGMENT).aggregate(size=table.count(), value=value, **sums, **counts).execute()
    frame = frame.set_index(SEGMENT).reindex(list(model.ids)).fillna(0)
    levels = _levels(table, chosen, model.ids)
    total = frame.sum()

    def tally(part: pd.Series[Any], shares: dict[str, dict[str, float]]) -> Tally:
        known = [part if part[f"n{i}"] else total for i in range(len(measured))]
        means = {c.name: _tidy(known[i][f"sum{i}"] / max(known[i][f"n{i}"], 1)) for i, c in enumerate(measured)}
        return Tally(int(part["size"]), _tidy(part["value"]), means, shares)

    return {ident: tally(frame.loc[ident], levels[ident]) for ident in model.ids}, tally(total, levels[""])


def _assigned(columns: Columns, model: Model, assignments: Path) -> ir.Table:
    """Return the customers with their segment."""
    found = columns.table.get_backend().read_parquet(assignments)
    return columns.table.join(found.select(model.id, **{SEGMENT: found.segment_id}), model.id)


def _measure(table: ir.Table, column: Column, as_of: dt.date) -> ir.NumericValue:
    value = table[column.name]
    return (ibis.date(as_of).delta(value, unit="day") if column.parse.kind == "date" else value).cast("float64")


def _levels(table: ir.Table, chosen: Sequence[Column], ids: Sequence[str]) -> dict[str, dict[str, dict[str, float]]]:
    """Return the shares of every level by segment id ("" for everyone), the commonest level first."""
    shares: dict[str, dict[str, dict[str, float]]] = {ident: {} for ident in [*ids, ""]}
    for column in chosen:
        value = table[column.name]
        word = ibis.cases((value, "yes"), (~value, "no")) if value.type().is_boolean() else value.cast("string")
        pairs = table.select(SEGMENT, level=word)
        counted = pairs.drop_null().group_by([SEGMENT, "level"]).aggregate(n=ibis._.count())
        grid = counted.execute().pivot_table(index="level", columns=SEGMENT, values="n", fill_value=0)
        grid = grid.reindex(columns=list(ids), fill_value=0)
        grid[""] = grid.sum(axis=1)
        grid = grid.sort_index().sort_values("", ascending=False, kind="stable")
        for ident, found in shares.items():
            total = max(float(grid[ident].sum()), 1.0)
            found[column.name] = {str(level): _tidy(n / total) for level, n in grid[ident].items()}
    return shares


def _tidy(value: float) -> float:
    """Round to 12 significant digits: sums over several threads differ in the last ones from run to run."""
    return float(f"{float(value):.12g}")
