"""From a table of orders to a table of customers, with everything a report says of the way there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import ibis
import ibis.expr.types as ir

from segreport.columns import Column, Columns, Survey
from segreport.columns.choosing import match
from segreport.errors import InputError
from segreport.orders.choosing import columns_for
from segreport.orders.gate import Counts, limits_of
from segreport.orders.ledger import NOTHING, ledger_of, texts_of, totals_of
from segreport.orders.lines import Total, key_parse, read_lines, reread
from segreport.orders.measures import Measure, customers_of, measures_of, orders_of
from segreport.orders.order import Definition, Month, OrderFacts, Roles
from segreport.orders.roles import find_roles
from segreport.orders.scores import SCORED, grid_of, scales_of, with_scores
from segreport.settings import OrderSettings
from segreport.wording import Wording

Derive = Callable[[ir.Table, Sequence[str]], ir.Table]


@dataclass(frozen=True, eq=False)
class Orders:
    """Orders added up: the customers' columns, the moment days are counted to, and the facts for the report.

    `derive` makes the named columns of the customers anew, the id first, out of a table like the raw orders.
    """

    columns: Columns
    as_of: dt.datetime
    facts: OrderFacts
    derive: Derive


def read_orders(
    surveyed: Survey, orders: OrderSettings, *, as_of: dt.datetime | dt.date | None, wording: Wording
) -> Orders:
    """Return the customers behind a table of orders; raise InputError where there is nothing to add up."""
    surveyed = _as_written(surveyed)
    roles = find_roles(surveyed, orders)
    lines = read_lines(surveyed, roles, orders, as_of=as_of)
    backend: Any = ibis.get_backend(surveyed.table)
    placed = _written(backend, orders_of(lines, roles, orders))
    first, count = _covered(placed, surveyed.name)
    measures = measures_of(roles, orders, timed=lines.timed, history=(lines.as_of - first).days)
    roles = _without_clashes(roles, measures)
    bare = _written(backend, customers_of(placed, lines, roles, measures, partial(_written, backend)))
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

    def derive(raw: ir.Table, wanted: Sequence[str]) -> ir.Table:
        fewer = _fewer(roles, wanted)
        reading = reread(lines, surveyed, fewer, orders, raw)
        placed = orders_of(reading, fewer, orders)
        needed = [measure for measure in measures if measure.name in wanted]
        return customers_of(placed, reading, fewer, needed).rename({roles.customer: "customer"})

    return Orders(_columns(surveyed, customers, roles, measures, facts), lines.as_of, facts, derive)


def _as_written(surveyed: Survey) -> Survey:
    """Return the survey with what is left out named as the table writes it."""
    written = {name.casefold(): name for name in surveyed.table.columns}
    given = surveyed.choices.exclude
    exclude = tuple(name if name in surveyed.table.columns else written.get(name.casefold(), name) for name in given)
    return replace(surveyed, choices=surveyed.choices.model_copy(update={"exclude": exclude}))


def _fewer(roles: Roles, wanted: Sequence[str]) -> Roles:
    """Return the roles without what is not needed for the wanted columns."""
    return replace(
        roles,
        product=roles.product if "products" in wanted else None,
        category=roles.category if "categories" in wanted or roles.category in wanted else None,
        describing=tuple(name for name in roles.describing if name in wanted),
        summed=tuple(name for name in roles.summed if name in wanted),
        averaged=tuple(name for name in roles.averaged if name in wanted),
    )


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


def _without_clashes(roles: Roles, measures: Sequence[Measure]) -> Roles:
    """Return the roles without columns that are named like one that is made; raise InputError where it is the id."""
    made = {measure.name for measure in measures} | {*SCORED.values()}
    if roles.customer.casefold() in made:
        raise InputError(f"column {roles.customer!r} has the name of a column that is made out of orders; rename it.")

    def free(names: Sequence[str]) -> tuple[str, ...]:
        return tuple(name for name in names if name.casefold() not in made)

    category = roles.category if roles.category and free((roles.category,)) else None
    return replace(
        roles,
        category=category,
        describing=free(roles.describing),
        summed=free(roles.summed),
        averaged=free(roles.averaged),
    )


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
    return Columns(
        all=(id_column, *known[1:]),
        table=customers,
        id=roles.customer,
        rows=facts.lines,
        duplicates=0,
        customers=facts.customers,
        latest=dt.datetime.fromisoformat(facts.as_of).date(),
        value=_value(surveyed.choices.value or ("monetary",), known),
        notes=(*surveyed.notes, *roles.notes),
        carried=(*SCORED, *SCORED.values()),
    )


def _value(asked: Sequence[str], known: Sequence[Column]) -> tuple[str, ...]:
    """Return the columns whose sum is what a customer is worth; raise InputError for one that is no number."""
    found = tuple(match("value", name, [column.name for column in known]) for name in asked)
    if wordy := [column.name for column in known if column.name in found and column.role not in {"number", "amount"}]:
        raise InputError(f"--value: column {wordy[0]!r} cannot be used: it is no number.")
    return found
