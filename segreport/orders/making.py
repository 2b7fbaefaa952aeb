"""From a table of orders to a table of customers, with everything a report says of the way there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import ibis
import ibis.expr.types as ir

from segreport.columns import Columns, Survey
from segreport.errors import InputError
from segreport.orders.choosing import columns_for
from segreport.orders.gate import Counts, limits_of
from segreport.orders.ledger import NOTHING, ledger_of, texts_of, totals_of
from segreport.orders.lines import Total, key_parse, read_lines
from segreport.orders.measures import Measure, customers_of, measures_of, orders_of
from segreport.orders.order import Definition, Month, OrderFacts, Roles
from segreport.orders.roles import find_roles
from segreport.orders.scores import SCORED, grid_of, scales_of, with_scores
from segreport.settings import OrderSettings
from segreport.wording import Wording


@dataclass(frozen=True, eq=False)
class Orders:
    """Orders added up: the customers' columns, the moment days are counted to, and the facts for the report."""

    columns: Columns
    as_of: dt.datetime
    facts: OrderFacts


def read_orders(
    surveyed: Survey, orders: OrderSettings, *, as_of: dt.datetime | dt.date | None, wording: Wording
) -> Orders:
    """Return the customers behind a table of orders; raise InputError where there is nothing to add up."""
    roles = find_roles(surveyed, orders)
    lines = read_lines(surveyed, roles, orders, as_of=as_of)
    backend: Any = ibis.get_backend(surveyed.table)
    placed = _written(backend, orders_of(lines, roles, orders))
    first, count = _covered(placed, surveyed.name)
    measures = measures_of(roles, orders, timed=lines.timed, history=(lines.as_of - first).days)
    _check_names(roles, measures)
    bare = _written(backend, customers_of(placed, lines, roles, measures))
    scales = scales_of(bare, wording)
    customers = _written(backend, with_scores(bare, scales).rename({roles.customer: "customer"}))
    counts = _counts(customers, (lines.as_of - first).days)
    only_returns = _only_returns(placed, roles)
    texts = texts_of(lines, roles, wording)
    facts = OrderFacts(
        lines=surveyed.rows,
        orders=count,
        customers=counts.buyers,
        first=_iso(first, timed=lines.timed),
        as_of=_iso(lines.as_of, timed=lines.timed),
        timed=lines.timed,
        repeaters=counts.repeaters,
        roles=roles.why,
        ledger=ledger_of(totals_of(lines, roles), only_returns, lines.repeats, texts, orders),
        definitions=tuple(Definition(measure.name, measure.label, measure.formula) for measure in measures),
        scales=scales,
        grid=grid_of(customers),
        months=_months(placed),
        limits=limits_of(counts, wording),
    )
    return Orders(_columns(surveyed, customers, roles, measures, facts), lines.as_of, facts)


def _written(backend: Any, table: ir.Table) -> ir.Table:
    """Return the table as the engine has worked it out, so that it is done once."""
    written: ir.Table = backend.create_table(ibis.util.gen_name("segreport_orders"), table, temp=True)
    return written


def _covered(placed: ir.Table, name: str) -> tuple[dt.datetime, int]:
    """Return the moment of the first order, and how many orders there are."""
    seen = placed.aggregate(first=placed["first"].min(), orders=placed["last"].count()).to_pyarrow().to_pylist()[0]
    if not seen["orders"]:
        raise InputError(
            f"{name}: no line is left that somebody bought before the as-of date; look at --as-of, --customer and "
            "--amount."
        )
    return seen["first"], int(seen["orders"])


def _check_names(roles: Roles, measures: Sequence[Measure]) -> None:
    """Raise InputError where a raw column that comes along is named like one that is made."""
    made = {measure.name for measure in measures} | {"r", "f", "m", "segment_id", "segment", "margin"}
    raw = (roles.customer, roles.category, *roles.describing, *roles.summed, *roles.averaged)
    if taken := [name for name in raw if name and name.casefold() in made]:
        raise InputError(f"column {taken[0]!r} has the name of a column that is made out of orders; rename it.")


def _counts(customers: ir.Table, history: int) -> Counts:
    orders = customers.frequency
    row = customers.aggregate(
        buyers=customers.count(),
        repeaters=(orders > 1).mean(),
        gap=customers.gap.median(),
        largest=orders.max() / orders.sum(),
    )
    return Counts(history=float(history), **row.to_pyarrow().to_pylist()[0])


def _only_returns(placed: ir.Table, roles: Roles) -> Total:
    """Return the lines of customers who bought nothing, and what those are worth."""
    theirs = placed.group_by("customer").aggregate(
        lines=placed.lines.sum(), bought=placed["last"].count(), returned=placed.returned.sum()
    )
    none = theirs.filter(theirs.bought == 0)
    row = none.aggregate(lines=none.lines.sum(), returned=none.returned.sum()).to_pyarrow().to_pylist()[0]
    if not row["lines"]:
        return NOTHING
    return Total(int(row["lines"]), None if roles.per_order else -round(row["returned"], 2))


def _months(placed: ir.Table) -> tuple[Month, ...]:
    """Return orders and revenue, before returns, of each month in which there were any."""
    dated = placed.filter(placed["first"].notnull())
    counted = dated.group_by(month=dated["first"].strftime("%Y-%m")).aggregate(
        orders=dated.count(), value=dated.sold.sum().round(2)
    )
    rows = counted.order_by("month").to_pyarrow().to_pylist()
    return tuple(Month(row["month"], row["orders"], float(row["value"])) for row in rows)


def _iso(moment: dt.datetime, *, timed: bool) -> str:
    return moment.isoformat(timespec="seconds") if timed else moment.date().isoformat()


def _columns(
    surveyed: Survey, customers: ir.Table, roles: Roles, measures: Sequence[Measure], facts: OrderFacts
) -> Columns:
    known = columns_for(customers, roles.customer, roles, measures, surveyed.choices)
    id_column = replace(known[0], parse=key_parse(surveyed.fact(roles.customer)), distinct=facts.customers)
    value = surveyed.choices.value or ("monetary",)
    return Columns(
        all=(id_column, *known[1:]),
        table=customers,
        id=roles.customer,
        rows=facts.lines,
        duplicates=0,
        customers=facts.customers,
        latest=dt.datetime.fromisoformat(facts.as_of).date(),
        value=value,
        notes=(*surveyed.notes, *roles.notes),
        carried=(*SCORED, *SCORED.values()),
    )
