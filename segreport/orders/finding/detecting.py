"""Whether the rows of a table are orders, of which a customer may have several, or customers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from segreport.columns import Facts, Survey, vocabulary
from segreport.columns.choosing import match
from segreport.columns.rows import repeating
from segreport.errors import InputError
from segreport.orders.finding import words
from segreport.orders.finding.picking import Candidate, candidates
from segreport.orders.finding.words import plain
from segreport.settings import OrderSettings

_FEW_DATES = 120
"""Snapshots are taken on at most so many days: ten years of months."""
_SURE, _SALE = 1, 4
"""Ranks: of names that are sure to mean an order's number, and of dates that may be those of orders."""
_LEAST_NUMBERS = 0.1
"""A column of order numbers has at least so many different ones for its lines."""
_MOST = 0.6
"""In a table of snapshots, at least this share of customers x dates has a row."""


def holds_orders(surveyed: Survey, orders: OrderSettings) -> bool:
    """Return whether rows are orders: told so, or a customer repeats beside dates and amounts.

    Raises InputError where rows look like the same customers again and again, one snapshot a month, and where they are
    plainly orders but for a column that cannot be found or read.
    """
    if surveyed.choices.rows is not None:
        return surveyed.choices.rows == "orders"
    if orders.columns:
        return True
    key = _repeated(surveyed)
    if key is None:
        return not surveyed.choices.id and _are_single_orders(surveyed)
    if not _tell_of_orders(surveyed, key):
        _refuse_undated(surveyed, key)
        return False
    _refuse_snapshots(surveyed, key)
    return True


def _are_single_orders(surveyed: Survey) -> bool:
    """Return whether rows with a customer each are orders: of customers who all bought once, by what is there.

    Raises InputError where the numbers, dates and amounts of orders are there, but nothing says whose they are.
    """
    numbers = [one for one in candidates(surveyed, "order") if one.rank <= _SURE and _is_number(one)]
    dates = [one for one in candidates(surveyed, "date") if one.rank <= _SALE]
    if not (numbers and dates and candidates(surveyed, "amount")):
        return False
    found = candidates(surveyed, "customer", [one.name for one in numbers])
    if found:
        return numbers[0].facts.unique and dates[0].rank == 0
    people = [repr(column.name) for column in surveyed.facts if column.look.personal and not column.unique]
    likely = f"perhaps {' or '.join(people[:3])}; " if people else ""
    if not people and numbers[0].facts.unique:
        return False
    raise InputError(
        f"{surveyed.name}: rows look like orders ({numbers[0].name!r}, {dates[0].name!r}), but no column is known to"
        f" say who the customer is: {likely}name it with --customer, or say --rows customers if each row is a customer."
    )


def _is_number(one: Candidate) -> bool:
    """Return whether it numbers orders, and neither counts a customer's nor names her last one."""
    return one.facts.distinct >= _LEAST_NUMBERS * one.facts.count and not words.OF_THE_FIRST.search(plain(one.name))


def _refuse_undated(surveyed: Survey, key: Facts) -> None:
    """Raise InputError where customers repeat as in orders, but what is called their date is left out or unreadable."""
    numbered = [one for one in candidates(surveyed, "order", [key.name]) if one.rank <= _SURE]
    if not (numbered and candidates(surveyed, "amount", [key.name])):
        return
    out = surveyed.choices.exclude
    named = [
        column for column in surveyed.facts if (place := words.rank("date", column.name)) is not None and place <= _SALE
    ]
    for column in named:
        problem = "is left out with --exclude" if column.name in out else "holds no dates that can be read"
        raise InputError(
            f"{surveyed.name}: {key.name!r} repeats, as in orders, but {column.name!r} {problem}; write dates as"
            " 2026-10-31 or 31.10.2026, name another column with --date, or say --rows customers."
        )


def _repeated(surveyed: Survey) -> Facts | None:
    """Return the column that says who the customer is, where customers repeat."""
    if surveyed.choices.id:
        return repeating(_with_id_as_written(surveyed))
    found = candidates(surveyed, "customer")
    if any(one.facts.unique and vocabulary.id_rank(one.name) >= 3 for one in found):
        return None
    often = repeating(surveyed)
    if often is not None or not found:
        return often
    # where most have bought once, few repeat: order numbers are then wanted as well
    several = [one.facts for one in found if one.facts.distinct < one.facts.count]
    return next((key for key in several if _often(key) or candidates(surveyed, "order", [key.name])), None)


def _often(key: Facts) -> bool:
    return key.distinct < 0.9 * key.count


def _tell_of_orders(surveyed: Survey, key: Facts) -> bool:
    """Return whether there is a date, and an amount, or quantity and price, or an order number."""
    if not _dates(surveyed, key):
        return False
    amounts = any(verdict.role == "amount" for verdict in surveyed.verdicts.values())
    bought = all(candidates(surveyed, part, [key.name]) for part in ("quantity", "price"))
    return amounts or bought or any(candidates(surveyed, part, [key.name]) for part in ("amount", "order"))


def _refuse_snapshots(surveyed: Survey, key: Facts) -> None:
    if candidates(surveyed, "order", [key.name]) or all(
        candidates(surveyed, part, [key.name]) for part in ("quantity", "price")
    ):
        return
    for date in _dates(surveyed, key):
        few = 2 <= date.facts.distinct <= _FEW_DATES
        if few and surveyed.rows >= _MOST * key.distinct * date.facts.distinct and _once_a_date(surveyed, key, date):
            raise InputError(
                f"{surveyed.name}: {key.name!r} has one row on nearly each of the {date.facts.distinct} dates in"
                f" {date.name!r}, as in monthly snapshots of the same customers; take the rows of one date, or say"
                " --rows orders if each row is a purchase."
            )


def _once_a_date(surveyed: Survey, key: Facts, date: Candidate) -> bool:
    pairs = surveyed.table.select(key.name, date.name).distinct().count().to_pyarrow().as_py()
    return int(pairs) >= 0.99 * surveyed.rows


def _dates(surveyed: Survey, key: Facts) -> Sequence[Candidate]:
    return candidates(surveyed, "date", [key.name])


def _with_id_as_written(surveyed: Survey) -> Survey:
    name = match("id", str(surveyed.choices.id), surveyed.table.columns)
    return replace(surveyed, choices=surveyed.choices.model_copy(update={"id": name}))
