"""What is measured of each customer out of their order lines: one Ibis expression, and the formulas in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import ibis
import ibis.expr.types as ir

from segreport.columns import Role
from segreport.orders.lines import BOUGHT, RETURNED, SENT_BACK, Lines
from segreport.orders.order import Roles
from segreport.settings import OrderSettings

WINDOW = 90
"""Days of the two spans whose revenue the trend compares."""
DIGITS = 6  # sums over several threads differ in the last ones from run to run
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


Kind = Literal["main", "usual", "sum", "mean", "rate"]
"""How a raw column comes along: the value with most revenue, the commonest, the sum, the mean, the mean in percent."""
Written = Callable[[ir.Table], ir.Table]
_NUMERIC = ("sum", "mean", "rate")
MADE_BESIDES = frozenset({"r", "f", "m"})


@dataclass(frozen=True)
class Measure:
    """A column made out of orders: its name, label, unit, role, and its formula in words."""

    name: str
    label: str
    unit: str
    role: Role
    formula: str


def measures_of(roles: Roles, orders: OrderSettings, *, timed: bool, history: float) -> tuple[Measure, ...]:
    """Return what can be measured with these roles over so many days of `history`."""
    order = f"different values of {roles.order}" if roles.order else f"different {'moments' if timed else 'days'}"
    worth = roles.amount or f"{roles.quantity} × {roles.price}"
    less = " less what was returned" if orders.returns == "net" else ""
    found = [
        Measure("recency", "Days since last order", "days", "number", "whole days from the last order to that moment"),
        Measure("frequency", "Number of orders", "", "number", f"orders with at least one line bought: {order}"),
        Measure("monetary", "Revenue", "amount", "amount", f"the sum of {worth}{less}"),
        Measure("average_order", "Average order value", "amount", "amount", "revenue ÷ number of orders"),
        Measure("tenure", "Days since first order", "days", "number", "whole days from the first order to that moment"),
        Measure(
            "gap", "Days between orders", "days", "number",
            "days from the first to the last order ÷ (number of orders − 1); missing for one order",
        ),
    ]  # fmt: skip
    if roles.quantity:
        text = f"the sum of {roles.quantity} ÷ number of orders"
        found.append(Measure("items", "Items per order", "", "number", text))
    if roles.product:
        text = f"different values of {roles.product} bought"
        found.append(Measure("products", "Number of different products", "", "number", text))
    if roles.category:
        text = f"different values of {roles.category} bought"
        found.append(Measure("categories", "Number of different categories", "", "number", text))
    if orders.returns == "net":
        text = "100 × what was returned ÷ what was bought, at most 100"
        found.append(Measure("return_rate", "Share of revenue returned", "%", "number", text))
    text = (
        f"100 × revenue of the last {WINDOW} days ÷ revenue of the last {2 * WINDOW} (before returns): "
        "50 is level, more is rising; missing without any"
    )
    if history >= 2 * WINDOW:
        found.append(Measure("trend", "Recent share of revenue", "%", "number", text))
    text = "the weekday of most of their orders; the earlier one among equals"
    found.append(Measure("weekday", "Preferred weekday", "", "category", text))
    if timed:
        text = "the hour in which most of their orders begin; the earlier one among equals"
        found.append(Measure("hour", "Preferred hour", "", "category", text))
    return tuple(found)


def orders_of(lines: Lines, roles: Roles, orders: OrderSettings) -> ir.Table:
    """Return one row an order of a known customer.

    Columns: customer; first and last (moments of its lines that were bought, null without any), sold and returned
    (what was bought and what came back, both positive), items, lines. Without an order number, an order is what a
    customer bought at one moment (on one day where there are no times).
    """
    fates = (BOUGHT,) if orders.returns == "drop" else (BOUGHT, RETURNED, SENT_BACK)
    used = lines.table.filter(lines.table.fate.isin(fates))
    bought, returned = used.fate != RETURNED, used.fate != BOUGHT
    amount = used.amount.fill_null(0.0)
    add = _once if roles.per_order else _sum
    back = add(amount.abs(), returned)
    if roles.refunded and orders.returns == "net":
        back += add(used.refunded.abs(), used.fate == BOUGHT)  # what is marked as returned counts as such already
    return (
        used.group_by(customer=used.customer, number=used.order if roles.order else used.moment)
        .aggregate(
            first=used.moment.min(where=bought),
            last=used.moment.max(where=bought),
            sold=add(amount, bought),
            returned=back,
            items=_sum(used.quantity, bought) if roles.quantity else ibis.literal(0.0),
            lines=used.count(),
        )
        .drop("number")
    )


def besides_of(roles: Roles, measures: Sequence[Measure], shares: Collection[str]) -> dict[str, Kind]:
    """Return the raw columns that come along with the customers, and how; `shares` are those from 0 to 1.

    A column that is named like one that is made stays behind.
    """
    kinds: dict[str, Kind] = {roles.category: "main"} if roles.category else {}
    kinds.update(dict.fromkeys(roles.describing, "usual"))
    kinds.update(dict.fromkeys(roles.summed, "sum"))
    kinds |= {name: "rate" if name in shares else "mean" for name in roles.averaged}
    made = {measure.name for measure in measures} | MADE_BESIDES
    return {name: kind for name, kind in kinds.items() if name.casefold() not in made}


def customers_of(
    orders: ir.Table,
    lines: Lines,
    roles: Roles,
    measures: Sequence[Measure],
    besides: Mapping[str, Kind],
    written: Written = lambda table: table,
) -> ir.Table:
    """Return one row a customer who bought: the id, the measures by name, then `besides` by raw name.

    `orders` is the table that `orders_of` returns. `written` is done to each part before they are joined: an engine
    that works them out one after the other needs far less memory.
    """
    bought = lines.table.filter(lines.table.fate.isin((BOUGHT, SENT_BACK)))
    table = written(_counted(orders, lines.as_of))
    for part in (*_slots(orders, measures), *_things(bought, roles, measures, besides, written)):
        table = table.left_join(written(part), "customer").drop("customer_right")
    made = _made(table, lines.as_of)
    chosen = {measure.name: made[measure.name] for measure in measures}
    along = {name: table[_key(name, kind)] for name, kind in besides.items()}
    return table.select(**{roles.customer: table.customer}, **chosen, **along)


def _slots(orders: ir.Table, measures: Sequence[Measure]) -> Iterator[ir.Table]:
    """Yield what weekday and hour each customer orders at."""
    dated = orders.filter(orders["first"].notnull())
    slots = {"weekday": dated["first"].day_of_week.index(), "hour": dated["first"].hour()}
    for name in [measure.name for measure in measures if measure.name in slots]:
        yield _favourite_slot(dated, slots[name], name)


def _things(
    bought: ir.Table, roles: Roles, measures: Sequence[Measure], besides: Mapping[str, Kind], written: Written
) -> Iterator[ir.Table]:
    """Yield what each customer bought, and what describes them besides."""
    wanted = {measure.name for measure in measures}
    if "products" in wanted:
        yield bought.group_by("customer").aggregate(products=bought["product"].nunique())
    if roles.category and ("categories" in wanted or roles.category in besides):
        yield _favourite(bought, "category", bought.amount, written, count="categories")
    for name in [name for name, kind in besides.items() if kind == "usual"]:
        yield _favourite(bought, _key(name, "usual"), ibis.literal(1.0), written)
    raw = {_key(name, kind): (bought[_key(name, kind)], kind) for name, kind in besides.items() if kind in _NUMERIC}
    if raw:
        added = {key: value.sum() if kind == "sum" else value.mean() for key, (value, kind) in raw.items()}
        scaled = {key: 100 * value if raw[key][1] == "rate" else value for key, value in added.items()}
        yield bought.group_by("customer").aggregate(**{key: value.round(DIGITS) for key, value in scaled.items()})


def _key(name: str, kind: Kind) -> str:
    """Return what a raw column is called among the lines."""
    return "category" if kind == "main" else f"raw_{name}"


def _sum(value: ir.NumericColumn, where: ir.BooleanColumn) -> ir.FloatingScalar:
    return value.sum(where=where).fill_null(0.0).cast("float64")


def _once(value: ir.NumericColumn, where: ir.BooleanColumn) -> ir.FloatingScalar:
    return value.max(where=where).fill_null(0.0).cast("float64")


def _counted(orders: ir.Table, as_of: dt.datetime) -> ir.Table:
    recent, former = (as_of - dt.timedelta(days=WINDOW * n) for n in (1, 2))
    found = orders.group_by("customer").aggregate(
        first=orders["first"].min(),
        last=orders["last"].max(),
        frequency=orders["last"].count(),
        sold=orders.sold.sum().round(DIGITS),
        returned=orders.returned.sum().round(DIGITS),
        items=orders["items"].sum().round(DIGITS),
        recent=orders.sold.sum(where=orders["last"] >= ibis.timestamp(recent)).fill_null(0.0).round(DIGITS),
        latter=orders.sold.sum(where=orders["last"] >= ibis.timestamp(former)).fill_null(0.0).round(DIGITS),
    )
    return found.filter(found.frequency > 0)


def _favourite_slot(orders: ir.Table, slot: ir.IntegerColumn, name: str) -> ir.Table:
    """Return each customer's commonest slot; the earlier one among equals."""
    counted = orders.group_by(customer=orders.customer, slot=slot).aggregate(n=orders.count())
    return counted.group_by("customer").aggregate(**{name: counted.slot.argmax(counted.n * 100 - counted.slot)})


def _favourite(lines: ir.Table, name: str, weight: ir.Value, written: Written, count: str | None = None) -> ir.Table:
    """Return each customer's value of a column with the most weight, the first by alphabet among equals.

    `count` names a column for how many different values there are.
    """
    known = lines.select("customer", word=lines[name], weight=weight).filter(ibis._.word.notnull())
    weighed = written(known.group_by(["customer", "word"]).aggregate(weight=known.weight.sum().round(DIGITS)))
    most = weighed.group_by("customer").aggregate(most=weighed.weight.max(), words=weighed.count())
    best = weighed.join(most, "customer").filter(lambda both: both.weight == both.most)
    counted = {count: best.words.max()} if count else {}
    return best.group_by("customer").aggregate(**{name: best.word.min()}, **counted)


def _made(table: ir.Table, as_of: dt.datetime) -> dict[str, ir.Value]:
    """Return every measure there is by name, over a table of what was counted for each customer."""
    now, days = ibis.timestamp(as_of), 86_400.0
    recency, tenure = (now.delta(table[name], unit="second") / days for name in ("last", "first"))
    span = table["last"].delta(table["first"], unit="second") / days
    monetary = (table.sold - table.returned).round(DIGITS)
    made: dict[str, ir.Value] = {
        "recency": recency.floor().cast("int64"),
        "frequency": table.frequency,
        "monetary": monetary,
        "average_order": monetary / table.frequency,
        "tenure": tenure.floor().cast("int64"),
        "gap": ibis.ifelse(table.frequency > 1, span / (table.frequency - 1), ibis.null("float64")),
        "items": table["items"] / table.frequency,
        "return_rate": 100 * ibis.least(table.returned / table.sold.nullif(0.0), 1.0).fill_null(0.0),
        "trend": 100 * table.recent / table.latter.nullif(0.0),
    }
    if "weekday" in table.columns:
        made["weekday"] = table.weekday.cases(*enumerate(WEEKDAYS), else_=ibis.null("string"))
    if "hour" in table.columns:
        made["hour"] = table.hour.cast("string").lpad(2, "0") + ":00"
    return made | {name: table[name].fill_null(0) for name in ("products", "categories") if name in table.columns}
