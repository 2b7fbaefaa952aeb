"""From a table of orders to a table of customers, with everything a report says of the way there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import ibis
import ibis.expr.types as ir

from segreport.columns import Column, Columns, Survey
from segreport.columns.choosing import match
from segreport.errors import InputError
from segreport.orders.choosing import columns_for
from segreport.orders.finding import find_roles
from segreport.orders.gate import Counts, limits_of
from segreport.orders.ledger import NOTHING, ledger_of, texts_of, totals_of
from segreport.orders.lines import Total, key_parse, read_lines, reread
from segreport.orders.measures import MADE_BESIDES, Measure, besides_of, customers_of, measures_of, orders_of
from segreport.orders.order import Definition, Month, OrderFacts, Roles
from segreport.orders.scores import SCORED, grid_of, scales_of, with_scores
from segreport.settings import ColumnSettings, OrderSettings
from segreport.wording import Wording

LARGEST = 1e15  # beyond, cents are lost in a float

Derive = Callable[[ir.Table, Sequence[str]], ir.Table]
_PARTS = ("customer", "date", "amount", "quantity", "price", "order", "product", "category")


@dataclass(frozen=True, eq=False)
class Orders:
    """Orders added up: the customers' columns, the moment days are counted to, and the facts for the report.

    `derive` makes the named columns of the customers anew, the id first, out of a table like the raw orders. `settings`
    say what each raw column was taken for, and `formed_on` returns the customers' columns under other choices.
    """

    columns: Columns
    as_of: dt.datetime
    facts: OrderFacts
    derive: Derive
    settings: OrderSettings
    formed_on: Callable[[ColumnSettings], Columns]


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
    besides = besides_of(roles, measures, _shares(surveyed, roles))
    _check_id(roles, measures)
    bare = _written(backend, customers_of(placed, lines, roles, measures, besides, partial(_written, backend)))
    scales = scales_of(bare, wording)
    customers = _written(backend, with_scores(bare, scales))
    totals = totals_of(lines, roles)
    counts = _counts(customers, totals, (lines.as_of - first).days)
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
        ledger=ledger_of(totals, only_returns, lines.repeats, texts, orders),
        definitions=tuple(Definition(measure.name, measure.label, measure.formula) for measure in measures),
        scales=scales,
        grid=grid_of(customers),
        months=_months(placed),
        limits=limits_of(counts, wording),
    )

    def derive(raw: ir.Table, wanted: Sequence[str]) -> ir.Table:
        along = {name: kind for name, kind in besides.items() if name in wanted}
        needed = [measure for measure in measures if measure.name in wanted]
        fewer = replace(
            roles,
            product=roles.product if "products" in wanted else None,
            category=roles.category if "categories" in wanted or roles.category in along else None,
            describing=tuple(name for name in roles.describing if name in along),
            summed=tuple(name for name in roles.summed if name in along),
            averaged=tuple(name for name in roles.averaged if name in along),
        )
        reading = reread(lines, surveyed, fewer, orders, raw)
        return customers_of(orders_of(reading, fewer, orders), reading, fewer, needed, along)

    def formed_on(choices: ColumnSettings) -> Columns:
        known = columns_for(customers, roles, measures, besides, choices)
        return _columns(surveyed, customers, roles, known, facts)

    return Orders(formed_on(surveyed.choices), lines.as_of, facts, derive, _as_found(roles, orders), formed_on)


def _as_found(roles: Roles, orders: OrderSettings) -> OrderSettings:
    """Return the settings with every column that was found, so that next month's orders are read in the same way."""
    found = {part: getattr(roles, part) for part in _PARTS}
    return orders.model_copy(update={part: name for part, name in found.items() if name is not None})


def _shares(surveyed: Survey, roles: Roles) -> set[str]:
    """Return which averaged columns hold shares from 0 to 1."""
    facts = [surveyed.fact(name) for name in roles.averaged]
    return {fact.name for fact in facts if fact.low is not None and fact.low >= 0 and (fact.high or 0) <= 1}


def _as_written(surveyed: Survey) -> Survey:
    """Return the survey with what is left out named as the table writes it."""
    written = {name.casefold(): name for name in surveyed.table.columns}
    given = surveyed.choices.exclude
    exclude = tuple(name if name in surveyed.table.columns else written.get(name.casefold(), name) for name in given)
    return replace(surveyed, choices=surveyed.choices.model_copy(update={"exclude": exclude}))


def _written(backend: Any, table: ir.Table) -> ir.Table:
    """Return the table as the engine has worked it out, so that it is done once."""
    written: ir.Table = backend.create_table(ibis.util.gen_name("segreport_orders"), table, temp=True)
    return written


def _covered(placed: ir.Table, name: str) -> tuple[dt.datetime, int]:
    """Return the moment of the first order, and how many orders there are."""
    counts = {"first": placed["first"].min(), "orders": placed["last"].count(), "most": placed.sold.abs().max()}
    seen = placed.aggregate(**counts).to_pyarrow().to_pylist()[0]
    if not seen["orders"]:
        raise InputError(
            f"{name}: no line is left that somebody bought before the as-of date; look at --as-of, --customer and "
            "--amount."
        )
    if seen["most"] > LARGEST:
        raise InputError(f"{name}: an order is worth more than {LARGEST:.0e}; mend the amounts, or name others.")
    return seen["first"], int(seen["orders"])


def _check_id(roles: Roles, measures: Sequence[Measure]) -> None:
    """Raise InputError where the customer's column is named like one that is made."""
    if roles.customer.casefold() in {measure.name for measure in measures} | MADE_BESIDES:
        raise InputError(f"column {roles.customer!r} has the name of a column that is made out of orders; rename it.")


def _counts(customers: ir.Table, totals: Mapping[str, Total], history: int) -> Counts:
    orders, revenue = customers.frequency, customers.monetary
    row = customers.aggregate(
        buyers=customers.count(),
        repeaters=(orders > 1).mean(),
        gap=customers.gap.median(),
        most_orders=orders.max() / orders.sum(),
        most_revenue=(revenue.max() / revenue.sum().nullif(0.0)).fill_null(0.0),
    )
    nobody = totals.get("no_customer", NOTHING)
    lines = sum(total.lines for total in totals.values())
    return Counts(history=float(history), nobody=nobody.lines / lines, **row.to_pyarrow().to_pylist()[0])


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
    surveyed: Survey, customers: ir.Table, roles: Roles, known: Sequence[Column], facts: OrderFacts
) -> Columns:
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
        notes=(*surveyed.notes, *roles.notes, *_zone(surveyed.table, roles)),
        carried=(*SCORED, *SCORED.values()),
        ageing=("recency", "tenure"),
    )


def _zone(table: ir.Table, roles: Roles) -> tuple[str, ...]:
    """Return a sentence on the clock that hours are told by, where the source keeps moments with a time zone."""
    kind = table[roles.date].type()
    if not (kind.is_timestamp() and kind.timezone):
        return ()
    return (f"'{roles.date}' has a time zone: days and hours are those of UTC.",)


def _value(asked: Sequence[str], known: Sequence[Column]) -> tuple[str, ...]:
    """Return the columns whose sum is what a customer is worth; raise InputError for one that is no number."""
    found = tuple(match("value", name, [column.name for column in known]) for name in asked)
    if wordy := [column.name for column in known if column.name in found and column.role not in {"number", "amount"}]:
        raise InputError(f"--value: column {wordy[0]!r} cannot be used: it is no number.")
    return found
