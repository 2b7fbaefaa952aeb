"""Whether the rows of a table are orders, of which a customer may have several, or customers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from segreport.columns import Facts, Survey, vocabulary
from segreport.columns.choosing import match
from segreport.columns.rows import repeating
from segreport.errors import InputError
from segreport.orders.picking import Candidate, candidates
from segreport.settings import OrderSettings

_FEW_DATES = 120
"""Snapshots are taken on at most so many days: ten years of months."""
_MOST = 0.6
"""In a table of snapshots, at least this share of customers x dates has a row."""


def holds_orders(surveyed: Survey, orders: OrderSettings) -> bool:
    """Return whether rows are orders: told so, or a customer repeats beside dates and amounts.

    Raises InputError where rows look like the same customers again and again, one snapshot a month.
    """
    if surveyed.choices.rows is not None:
        return surveyed.choices.rows == "orders"
    if orders.columns:
        return True
    key = _repeated(surveyed)
    if key is None or not _tell_of_orders(surveyed, key):
        return False
    _refuse_snapshots(surveyed, key)
    return True


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
