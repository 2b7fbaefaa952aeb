"""What changed since an earlier month: where every customer was and is, and everything that is told of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from segreport.analysis.fitting import Made
from segreport.analysis.reading import Customers
from segreport.history import (
    Compared,
    Decision,
    Known,
    Movement,
    Past,
    Problem,
    Route,
    Shown,
    Trails,
    ageing_known,
    changes_of,
    cohorts_of,
    findings_of,
    flows_of,
    followups_of,
    indexes_of,
    months_between,
    routes_of,
    subject_of,
    trends_of,
    turnover_of,
)
from segreport.methods import nearest
from segreport.report import Segment
from segreport.segments import Model, assign, assign_nearest, ids_of
from segreport.wording import Wording

BATCH = 100_000
MISSING = 0.05
DAY = dt.timedelta(days=1)


@dataclass(frozen=True, eq=False)
class Files:
    """What a run writes of every customer: the segment (`assignments`), and what the model saw (`inputs`).

    `acted` is the segment by last month's model (None: it was kept, or cannot be applied).
    """

    assignments: Path
    inputs: Path
    acted: Path | None


@dataclass(frozen=True, eq=False)
class Tracks:
    """The customers of this month beside last month's: the files, the ways between, and what stood in the way.

    `routes` is empty, and `trails` None, where customers cannot be compared; `other_value` says that what they bring
    cannot be.
    """

    past: Past
    trails: Trails | None
    routes: tuple[Route, ...]
    problems: tuple[Problem, ...]
    other_value: bool = False


def write_customers(made: Made, folder: Path) -> Files:
    """Write every customer's segment, by last month's model too, and what the model saw of them, to `folder`."""
    kept = bool(made.decision and made.decision.kept)
    acted = folder / "acted.parquet" if made.old and not kept else None
    files = Files(folder / "assigned.parquet", folder / "inputs.parquet", acted)
    assign(made.fitted, made.sample, made.columns, files.assignments, files.inputs)
    if made.old and acted:
        assign_nearest(made.old, made.columns, acted)
    return files


def compare_months(customers: Customers, made: Made, past: Past, files: Files, folder: Path) -> Tracks:
    """Return the ways that customers went since last month, or why that cannot be told."""
    if past.assignments is None:
        return Tracks(past, None, (), (*past.problems, *made.problems))
    if customers.as_of < past.as_of:
        text = f"The data end before those of the report of {past.month.period}: who moved is not shown."
        return Tracks(past, None, (), (*past.problems, *made.problems, Problem("older_data", text)))
    aged = _aged(past, customers, folder)
    trails = Trails(
        then=past.assignments,
        then_id=past.month.id or "",
        then_inputs=past.inputs,
        aged=aged if isinstance(aged, Path) else None,
        acted=files.acted,
        now=files.assignments,
        now_id=made.columns.id,
        now_inputs=files.inputs,
        earlier=past.earlier,
        kept=bool(made.decision and made.decision.kept),
    )
    routes = routes_of(trails, numbered=customers.numbered or past.month.id is None)
    found = (aged, _other_value(past, made, customers))
    problems = (*past.problems, *made.problems, *(problem for problem in found if isinstance(problem, Problem)))
    if not isinstance(routes, Problem) and not _are_of(routes, past):
        text = f"The assignments of {past.month.period} are not those of its report; who moved is not shown."
        routes = Problem("previous_files", text)
    if isinstance(routes, Problem):
        return Tracks(past, None, (), (*problems, routes))
    return Tracks(past, trails, routes, problems, found[1] is not None)


def _other_value(past: Past, made: Made, customers: Customers) -> Problem | None:
    """Return a Problem where what customers bring was made otherwise, or is missing for others: that is no spending."""
    month, columns = past.month, made.columns
    if customers.orders and past.model and past.model.orders != customers.orders.settings:
        text = f"Orders are read otherwise than for the report of {month.period}: what customers bring is not compared."
        return Problem("orders_read_otherwise", text)
    missing = {column.name: column.missing for column in columns.all}
    for name in columns.value:
        then, now = month.missing.get(name, 0) / max(month.customers, 1), missing.get(name, 0) / columns.customers
        if abs(now - then) > MISSING:
            text = (
                f"“{name}” is missing for {now:.0%} of customers, {then:.0%} before: what they bring is not compared."
            )
            return Problem("value_missing", text)
    return None


def _has_orders(assignments: Path) -> bool:
    """Return whether last month's customers were made of orders."""
    return {"recency", "frequency", "monetary"} <= set(pq.read_schema(assignments).names)


def _are_of(routes: Sequence[Route], past: Past) -> bool:
    """Return whether every segment that customers were in is one that the report knows."""
    known = {segment.id for segment in past.month.segments}
    return {route.before for route in routes} - {None} <= known


def _aged(past: Past, customers: Customers, folder: Path) -> Path | Problem | None:
    """Write where last month's model puts last month's customers, then and with days counted to this month.

    None where what it saw of them was not kept, and a Problem where that cannot be read.
    """
    model, inputs = past.model, past.inputs
    if model is None or inputs is None:
        return None
    days = round((customers.until - dt.datetime.fromisoformat(model.until)) / DAY)
    later = replace(model, recipe=replace(model.recipe, as_of=customers.as_of))
    path = folder / "aged.parquet"
    try:
        source = pq.ParquetFile(inputs)
        ident = source.schema_arrow.field(model.id).with_name("id")  # theirs may be called "aged"
        schema = pa.schema([ident, ("own", pa.string()), ("aged", pa.string())])
        with pq.ParquetWriter(path, schema, compression="zstd") as writer:
            for batch in source.iter_batches(BATCH):
                own = _names(model, batch)
                aged = _names(later, _older(batch, model.ageing, days))
                writer.write_table(pa.table([batch.column(model.id), own, aged], schema=schema))
    except (OSError, KeyError, pa.ArrowException):
        place = f"{past.month.period}/{inputs.name}"
        return Problem("previous_files", f"{place} is damaged: what customers did is not told from time passing.")
    return path


def _older(batch: pa.RecordBatch, ageing: Sequence[str], days: int) -> pa.Table:
    """Return customers so many days later, who did nothing since."""
    table = pa.Table.from_batches([batch])
    for name in ageing:
        place = table.schema.get_field_index(name)
        older = pa.array(table.column(name).to_numpy() + days, from_pandas=True)
        table = table.set_column(place, name, older)
    return table


def _names(model: Model, batch: pa.Table | pa.RecordBatch) -> pa.Array:
    return ids_of(model, nearest(model.recipe.encode(batch), model.matrix)[0])


def movement_of(
    tracks: Tracks,
    made: Made,
    segments: Sequence[Segment],
    *,
    period: str,
    worth: str | None,
    ordered: bool,
    wording: Wording,
) -> tuple[Movement, Compared]:
    """Return what changed since last month, and the same as sentences are made of it."""
    month, routes, columns = tracks.past.month, tracks.routes, made.columns
    known = tuple(_known(segment) for segment in segments)
    alike = (month.worth, month.value_columns, month.currency) == (worth, columns.value, wording.currency)
    valued = bool(worth and alike and tracks.trails and tracks.trails.valued and not tracks.other_value)
    ids = dict.fromkeys([*(segment.id for segment in month.segments), *(segment.id for segment in segments)])
    days = (made.fitted.model.recipe.as_of - tracks.past.as_of).days
    decision = made.decision or Decision(kept=False, reason="Fitted anew.", since=month.period)
    seen = Compared(
        since=month.period,
        months=months_between(month.period, period),
        decision=decision,
        before=month.segments,
        now=tuple(_shown(segment) for segment in segments),
        turnover=turnover_of(routes) if routes else None,
        flows=flows_of(routes, valued=valued),
        changes=changes_of(routes, ids, valued=valued) if routes else (),
        events=made.events,
        worth=worth if valued else None,
        ageing_known=ageing_known(routes),
    )
    ordered = ordered and tracks.trails is not None and _has_orders(tracks.trails.then)
    cohorts = cohorts_of(tracks.trails, days, ordered=ordered) if tracks.trails else {}
    movement = Movement(
        since=month.period,
        since_as_of=month.as_of,
        months=seen.months,
        days=days,
        decision=decision,
        before=month.segments,
        turnover=seen.turnover,
        flows=seen.flows,
        changes=seen.changes,
        events=made.events,
        followups=followups_of(month, cohorts, days, worth if valued else None, wording),
        trends=trends_of(
            tracks.past.months, known, period, worth=worth, value_columns=columns.value, currency=wording.currency
        ),
        findings=findings_of(seen, wording),
        subject=subject_of(seen, wording),
        ageing_known=seen.ageing_known,
    )
    return movement, seen


def _known(segment: Segment) -> Known:
    """Return a segment of this month as next month will know it."""
    return Known(
        id=segment.id,
        name=segment.name,
        colour=segment.colour,
        size=segment.size,
        share=segment.share,
        percent=segment.percent,
        value=segment.value,
        value_share=segment.value_share,
        indexes=indexes_of((*segment.drivers, *segment.described)),
        action=segment.action.title,
        metric=segment.action.metric,
        basis=segment.basis,
        people=segment.people,
        given=segment.given,
    )


def _shown(segment: Segment) -> Shown:
    return Shown(**{name: getattr(segment, name) for name in Shown.__dataclass_fields__})
