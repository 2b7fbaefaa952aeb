"""R, F and M scores from 1 to 5: quintiles that equal values share, so that no tie is broken by chance."""

from __future__ import annotations

import bisect
import math
from collections.abc import Sequence
from pathlib import Path

import ibis
import ibis.expr.types as ir

from segreport.columns import Columns
from segreport.orders.order import Cell, Limits, Scale, Standing, Standings
from segreport.wording import Wording

SCORED = {"recency": "r", "frequency": "f", "monetary": "m"}
"""What is scored, and the column of its score."""
_FIFTHS = (0.2, 0.4, 0.6, 0.8)


def scales_of(customers: ir.Table, wording: Wording) -> tuple[Scale, ...]:
    """Return how recency, frequency and monetary are scored: by the quintiles of all customers."""
    cuts = {f"{name}{i}": customers[name].quantile(share) for name in SCORED for i, share in enumerate(_FIFTHS)}
    found = customers.aggregate(**cuts).to_pyarrow().to_pylist()[0]
    return tuple(scale_of(name, [found[f"{name}{i}"] for i in range(4)], wording) for name in SCORED)


def scale_of(column: str, quintiles: Sequence[float], wording: Wording) -> Scale:
    """Return the scale with these four quintiles as limits: whole for days and counts, whole cents for amounts."""
    whole = column != "monetary"
    limits = tuple(float(math.floor(cut)) if whole else math.floor(cut * 100 + 1e-6) / 100 for cut in quintiles)
    falling = column == "recency"
    low, second, third, high = limits
    edges = sorted(set(limits))
    found = []
    for above, upto in zip([None, *edges], [*edges, None], strict=True):
        exceeded = 0 if above is None else bisect.bisect_right(limits, above)
        text = _whole_range(above, upto, wording) if whole else _range(above, upto, wording)
        found.append((5 - exceeded if falling else 1 + exceeded, text))
    return Scale(column, falling, (low, second, third, high), tuple(sorted(found, reverse=True)))


def score(value: float, scale: Scale) -> int:
    """Return the score of one value, 1 to 5."""
    exceeded = bisect.bisect_left(scale.limits, value)
    return 5 - exceeded if scale.falling else 1 + exceeded


def with_scores(customers: ir.Table, scales: Sequence[Scale]) -> ir.Table:
    """Return the customers with their scores r, f and m."""
    return customers.mutate(**{SCORED[scale.column]: _expression(customers[scale.column], scale) for scale in scales})


def grid_of(customers: ir.Table) -> tuple[Cell, ...]:
    """Return the customers of each pair of recency and frequency scores that anyone has."""
    cells = customers.group_by(["r", "f"]).aggregate(n=customers.count(), value=customers.monetary.sum().round(2))
    rows = cells.order_by(["r", "f"]).to_pyarrow().to_pylist()
    return tuple(Cell(row["r"], row["f"], row["n"], float(row["value"])) for row in rows)


def standings_of(assignments: Path, columns: Columns, ids: Sequence[str], limits: Limits) -> Standings:
    """Return where every segment stands; `assignments` is the Parquet file that holds everyone's segment and scores."""
    scored = columns.table.get_backend().read_parquet(assignments)
    means = {name: scored[name].mean().round(6) for name in SCORED.values()}
    rows = scored.group_by("segment_id").aggregate(**means).to_pyarrow().to_pylist()
    overall = scored.aggregate(**means).to_pyarrow().to_pylist()[0]
    found = {row["segment_id"]: Standing(row["r"], row["f"], row["m"]) for row in rows}
    return Standings({ident: found[ident] for ident in ids}, Standing(overall["r"], overall["f"], overall["m"]), limits)


def _expression(value: ir.NumericColumn, scale: Scale) -> ir.IntegerColumn:
    exceeded = sum((value > limit).cast("int64") for limit in scale.limits)
    return ibis.literal(5) - exceeded if scale.falling else exceeded + 1


def _whole_range(above: float | None, upto: float | None, wording: Wording) -> str:
    """Return the whole numbers over `above` and up to `upto` in words: "3 to 5"."""
    if above is None:
        return f"up to {wording.count(upto or 0)}"
    if upto is None:
        return f"{wording.count(above + 1)} or more"
    return wording.count(upto) if upto == above + 1 else f"{wording.count(above + 1)} to {wording.count(upto)}"


def _range(above: float | None, upto: float | None, wording: Wording) -> str:
    """Return the amounts over `above` and up to `upto` in words."""
    over = "" if above is None else f"over {wording.fixed(above, 2)}"
    most = "" if upto is None else f"up to {wording.fixed(upto, 2)}"
    return ", ".join(part for part in (over, most) if part)
