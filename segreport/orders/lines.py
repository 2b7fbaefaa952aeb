"""Order lines, typed, each with its fate: what becomes of it on the way from the lines read to the lines used."""

from __future__ import annotations

import datetime as dt
import functools
import operator
from dataclasses import dataclass, replace
from typing import Any

import ibis
import ibis.expr.types as ir

from segreport.columns import Facts, Parse, Survey
from segreport.columns.measuring import UNTRIMMED
from segreport.columns.parsing import MARKS, parsed
from segreport.errors import InputError
from segreport.orders.order import Roles, State
from segreport.settings import OrderSettings

BOUGHT, RETURNED, SENT_BACK = "bought", "returned", "sent_back"
"""The fates of lines that are used: a purchase, goods that came back, and a purchase marked as sent back since."""
CREDITED = "credited"
PLACEHOLDERS = tuple(dt.datetime(*day) for day in ((1899, 12, 30), (1900, 1, 1), (1970, 1, 1)))  # noqa: DTZ001 - no zone
"""Days that programs write where they know none."""
DAY = dt.timedelta(days=1)
_TIME = r"[T ,]\s*(\d{1,2})[:.h](\d{2})(?:[:.](\d{2}))?"


@dataclass(frozen=True)
class Total:
    """So many lines, and what they are worth together (None: unknown)."""

    lines: int
    worth: float | None

    def __neg__(self) -> Total:
        return Total(-self.lines, None if self.worth is None else -self.worth)


@dataclass(frozen=True, eq=False)
class Lines:
    """Every line read, with its `fate`: "bought", "returned", "sent_back", or why it is left out.

    `table` has the columns customer, moment (timestamp), order, amount, fate and, where the source has them,
    quantity, product, category and refunded; describing, summed and averaged columns under their raw names with
    "raw_" before them. `as_of` is the moment days are counted to; `timed` says whether moments have times of day.
    `repeats` are the lines that repeat another one exactly; they are gone where that was asked for. `credits` says
    whether order numbers that start with C are cancelled ones.
    """

    table: ir.Table
    as_of: dt.datetime
    timed: bool
    repeats: Total
    credits: bool


def read_lines(surveyed: Survey, roles: Roles, orders: OrderSettings, *, as_of: dt.datetime | dt.date | None) -> Lines:
    """Return the lines of a table of orders; `as_of` None means a day after the last line that is not after today.

    Raises InputError where no line lies before it.
    """
    drop = orders.repeats == "drop"
    raw = surveyed.table.distinct() if drop else surveyed.table
    row = ibis.struct({name: raw[name] for name in raw.columns}).hash()
    lines = _written(surveyed, _filled(raw.select(**_typed(surveyed, raw, roles), row=row), roles))
    seen = _overview(lines, _fate(lines, roles, orders, as_of=None, credits_=False), surveyed)
    repeats = _dropped(surveyed, roles, seen) if drop else Total(seen["rows"] - seen["kinds"], None)
    timed = bool(seen["timed"])
    until = _moment(as_of) if as_of is not None else seen["latest"] + DAY
    if not timed and as_of is None:
        until = dt.datetime.combine(until.date(), dt.time())
    return _fated(Lines(lines.drop("row"), until, timed, repeats, seen["credits"]), roles, orders)


def reread(lines: Lines, surveyed: Survey, roles: Roles, orders: OrderSettings, raw: ir.Table) -> Lines:
    """Return the lines of another table with the same columns, read in the same way, up to the same moment."""
    single = raw.distinct() if orders.repeats == "drop" else raw
    found = replace(lines, table=_filled(single.select(**_typed(surveyed, single, roles)), roles))
    return _fated(found, roles, orders)


def worth_of(roles: Roles) -> tuple[str, ...]:
    """Return the columns whose product is what a line is worth."""
    return (roles.amount,) if roles.amount else (str(roles.quantity), str(roles.price))


def key_parse(facts: Facts) -> Parse:
    """Return how a column that names something is read: as it is written, never as a number with a fraction."""
    if facts.parse.kind != "number":
        return facts.parse if facts.parse.kind == "integer" else Parse("text")
    whole = facts.whole and facts.low is not None and facts.high is not None and max(-facts.low, facts.high) < 2**53
    return Parse("integer") if whole and facts.look.stored == "number" else Parse("text")


def _dropped(surveyed: Survey, roles: Roles, seen: dict[str, Any]) -> Total:
    """Return the repeats that were dropped, and what they are worth."""
    raw = surveyed.table
    worth = raw.aggregate(worth=_typed(surveyed, raw, roles)["amount"].sum()).to_pyarrow()["worth"][0].as_py() or 0.0
    return Total(surveyed.rows - seen["rows"], None if roles.per_order else round(worth - (seen["worth"] or 0.0), 2))


def _typed(surveyed: Survey, raw: ir.Table, roles: Roles) -> dict[str, ir.Value]:
    """Return the columns of the lines as expressions over the raw table."""

    def named(name: str) -> ir.Column:
        return _read(raw[name], key_parse(surveyed.fact(name)), surveyed.rows)

    def number(name: str) -> ir.Value:
        return parsed(raw[name], _number_parse(surveyed.fact(name)))

    found: dict[str, ir.Value] = {"customer": _customer(surveyed, raw, roles)}
    moment = _moments(raw[roles.date], surveyed.verdicts[roles.date].parse)
    found["moment"] = ibis.ifelse(moment.isin(PLACEHOLDERS), ibis.null("timestamp"), moment)
    states = {f"state_{i}": _state(surveyed, raw, state) for i, state in enumerate(roles.states)}
    amount = functools.reduce(operator.mul, map(number, worth_of(roles)))
    for state in [states[f"state_{i}"] for i, state in enumerate(roles.states) if state.credited]:
        amount = ibis.ifelse(state == CREDITED, -amount.abs(), amount)
    found["amount"] = amount
    found |= {key: named(name) for key in ("order", "product") if (name := getattr(roles, key))}
    found |= {key: number(name) for key in ("quantity", "price", "refunded") if (name := getattr(roles, key))}
    words = {"category": roles.category} if roles.category else {}
    words |= {f"raw_{name}": name for name in roles.describing}
    found |= {key: _word(_read(raw[name], surveyed.verdicts[name].parse, surveyed.rows)) for key, name in words.items()}
    found |= {f"raw_{name}": number(name) for name in (*roles.summed, *roles.averaged)}
    return found | states


def _read(column: ir.Column, parse: Parse, rows: int) -> ir.Column:
    """Return what a thing is called; in large tables as it is written."""
    if rows > UNTRIMMED and parse == Parse("text") and isinstance(column, ir.StringColumn):
        return column.nullif("")
    return parsed(column, parse)


def _customer(surveyed: Survey, raw: ir.Table, roles: Roles) -> ir.Column:
    """Return who the customer is, null for values that only say that nobody is known."""
    name, nobody = roles.customer, roles.nobody or ("",)
    facts = surveyed.fact(name)
    key = parsed(raw[name], key_parse(facts))
    if not isinstance(key, ir.StringColumn):
        return ibis.ifelse(key.cast("string").isin(nobody), ibis.null(key.type()), key) if roles.nobody else key
    if facts.look.personal and "mail" in facts.look.personal:  # an address is the same in any case
        key = key.lower()
    return ibis.ifelse(key.lower().isin(MARKS) | key.isin(nobody), ibis.null("string"), key)


def _number_parse(facts: Facts) -> Parse:
    readings = [parse for parse in facts.look.parses if parse.kind == "number"]
    return readings[0] if readings else Parse("number", decimal=".")


def _moments(column: ir.Column, parse: Parse) -> ir.TimestampColumn:
    """Return the moments of a date column; a time of day that cannot be read counts as midnight."""
    if isinstance(column, ir.TimestampColumn):
        return column.cast("timestamp")
    day = parsed(column, Parse("date", date_format=parse.date_format))
    midnight = day.cast("timestamp")
    if not isinstance(column, ir.StringColumn):
        return midnight
    hours, minutes, seconds = (
        column.re_extract(_TIME, part).nullif("").try_cast("int64").fill_null(0) for part in (1, 2, 3)
    )
    after, before = (column.re_search(rf"\d\s*[{sign}]\.?\s?[mM]\b") for sign in ("pP", "aA"))
    noon = ibis.cases((after & (hours < 12), 12), (before & (hours == 12), -12), else_=0)
    return midnight + ((hours + noon) * 3600 + minutes * 60 + seconds).as_interval("s")


def _state(surveyed: Survey, raw: ir.Table, state: State) -> ir.Column:
    """Return "cancelled", "returned", "credited" or nothing."""
    column = raw[state.column]
    if state.filled:
        there = parsed(column, surveyed.fact(state.column).parse).notnull()
        return ibis.ifelse(there, state.filled, ibis.null("string"))
    word = _word(parsed(column, surveyed.verdicts[state.column].parse))
    return ibis.cases(
        *([(word.isin(state.cancelled), "cancelled")] if state.cancelled else []),
        *([(word.isin(state.returned), RETURNED)] if state.returned else []),
        *([(word.isin(state.credited), CREDITED)] if state.credited else []),
        else_=ibis.null("string"),
    )


def _filled(lines: ir.Table, roles: Roles) -> ir.Table:
    """Return the lines, the later ones of a customer's order with what some shops write on its first line only."""
    if not (roles.per_order and roles.order):
        return lines
    shared = ["customer", "moment", *(f"state_{i}" for i in range(len(roles.states)))]
    one = lines.customer.min() == lines.customer.max()  # numbers may be used again by others
    whole = lines.order.notnull() & one
    filled = {name: lines[name].coalesce(ibis.ifelse(whole, lines[name].max(), None)) for name in shared}
    return lines.group_by("order").mutate(**filled)


def _word(value: ir.Column) -> ir.Column:
    """Return a category as text, a flag as yes and no."""
    if isinstance(value, ir.BooleanColumn):
        return ibis.cases((value, "yes"), (~value, "no"), else_=ibis.null("string"))
    return value.cast("string")


def _written(surveyed: Survey, lines: ir.Table) -> ir.Table:
    """Return the lines, written once where text had to be read; else lazy, read again where they lie."""
    backend: Any = ibis.get_backend(surveyed.table)
    if all(column.look.stored != "text" or column.parse.kind == "text" for column in surveyed.facts):
        return lines
    written: ir.Table = backend.create_table(ibis.util.gen_name("segreport_lines"), lines, temp=True)
    return written


def _overview(lines: ir.Table, fate: ir.StringColumn, surveyed: Survey) -> dict[str, Any]:
    """Return when a line was bought last (not after today), whether moments have times, and how order numbers begin."""
    tomorrow = dt.datetime.combine(surveyed.today + DAY, dt.time())
    counts: dict[str, ir.Value] = {
        "latest": lines.moment.max(where=(lines.moment < tomorrow) & fate.isin((BOUGHT, SENT_BACK))),
        "dated": lines.moment.min(),
        "rows": lines.count(),
        "kinds": lines.row.nunique(),
        "worth": lines.amount.sum(),
        "timed": (lines.moment.truncate("D") != lines.moment).any(),
    }
    texts = "order" in lines.columns and isinstance(lines.order, ir.StringColumn)
    if texts:
        counts["credits"] = _is_credit(lines.order).sum()
    seen: dict[str, Any] = lines.aggregate(**counts).to_pyarrow().to_pylist()[0]
    if seen["latest"] is None:
        raise InputError(_nothing_bought(seen, surveyed, tomorrow))
    return {**seen, "credits": bool(texts and seen["credits"]) and _marks_credits(lines)}


def _nothing_bought(seen: dict[str, Any], surveyed: Survey, tomorrow: dt.datetime) -> str:
    if seen["dated"] is None:
        return f"{surveyed.name}: no line has a date that can be read; name the column of dates with --date."
    if seen["dated"] >= tomorrow:
        return f"{surveyed.name}: every date lies in the future; name the column of order dates with --date."
    return (
        f"{surveyed.name}: no line is left that somebody bought (each lacks a customer, a date or an amount, or is "
        "cancelled or returned); name the columns with --customer, --date and --amount."
    )


def _is_credit(order: ir.StringColumn) -> ir.BooleanColumn:
    return order.startswith("C") | order.startswith("c")


def _marks_credits(lines: ir.Table) -> bool:
    """Return whether order numbers are digits, but for some that start with C: cancelled ones, as in UCI's shop."""
    order = lines.order
    credit = _is_credit(order) & order.substr(1, 1).between("0", "9")
    counts = {"credits": credit.sum(), "plain": order.left(1).between("0", "9").sum(), "numbered": order.count()}
    seen = lines.aggregate(**counts).to_pyarrow().to_pylist()[0]
    total = seen["numbered"]
    return bool(0 < seen["credits"] < 0.5 * total and seen["credits"] + seen["plain"] >= 0.95 * total)


def _moment(day: dt.datetime | dt.date) -> dt.datetime:
    return day if isinstance(day, dt.datetime) else dt.datetime.combine(day, dt.time())


def _fated(read: Lines, roles: Roles, orders: OrderSettings) -> Lines:
    """Return the lines with their fates."""
    fate = _fate(read.table, roles, orders, as_of=read.as_of, credits_=read.credits)
    return replace(read, table=read.table.mutate(fate=fate))


def _fate(
    lines: ir.Table, roles: Roles, orders: OrderSettings, *, as_of: dt.datetime | None, credits_: bool
) -> ir.StringColumn:
    """Return what becomes of each line; the first reason to leave it out is the one that counts.

    One list of cases, since engines work out the conditions of nested ones again and again.
    """
    amount = lines.amount
    states = [lines[f"state_{i}"] for i in range(len(roles.states))]
    negative = (amount < 0) | (lines.quantity < 0) if roles.quantity else amount < 0
    cases: list[tuple[ir.Value, str]] = [(lines.customer.isnull(), "no_customer"), (lines.moment.isnull(), "no_date")]
    if as_of:
        cases.append((lines.moment >= ibis.timestamp(as_of), "future"))
    cases += [(state == "cancelled", "cancelled") for state in states]
    if not roles.per_order:
        cases.append((amount.isnull(), "no_amount"))
    if roles.price:
        cases.append((lines.price <= 0, "price"))
    if orders.returns != "keep":
        cases += [(which, RETURNED) for which in (negative, *(state == CREDITED for state in states))]
        cases += [(state == RETURNED, SENT_BACK) for state in states]
    if credits_:
        cases.append((_is_credit(lines.order) & ~negative, "cancelled"))
    return ibis.cases(*cases, else_=BOUGHT)
