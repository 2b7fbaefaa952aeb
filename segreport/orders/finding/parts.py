"""The parts of an order: who ordered, when, under which number, what it is worth and what was bought."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from segreport.columns import Survey, vocabulary
from segreport.errors import InputError
from segreport.orders.finding import words
from segreport.orders.finding.exports import Export, export_of
from segreport.orders.finding.per_order import number
from segreport.orders.finding.picking import (
    Candidate,
    absent,
    candidates,
    filled_best,
    from_export,
    settled,
    told,
    unclear,
)
from segreport.orders.finding.words import Named, plain
from segreport.settings import OrderSettings

_MAIL, _BARE_ID = 2, 5
_HARDLY_A_DATE = 6
"""Ranks: of e-mail addresses and bare ids among customers, of dates that nothing says are those of orders."""
_CLOSE = 0.01
"""Columns whose numbers of different values differ by less say the same thing in two ways."""
_KNOWN_FOR_MORE = 0.8


@dataclass(frozen=True)
class Parts:
    """The columns found, by what they are, those the user named, the shop whose export it is, and what was assumed."""

    columns: dict[Named, str]
    told: Collection[Named]
    export: Export | None
    notes: tuple[str, ...] = ()

    def plus(self, part: Named, name: str | None, *notes: str) -> Parts:
        """Return them with one more, if there is one, and what was assumed of it."""
        columns = self.columns if name is None else {**self.columns, part: name}
        return replace(self, columns=columns, notes=(*self.notes, *notes))


def find_parts(surveyed: Survey, orders: OrderSettings) -> Parts:
    """Return the parts of an order, without what was paid back; what the user named decides.

    Raises InputError where customer, date or amount is not there, or several columns could be it.
    """
    asked = told(surveyed, orders)
    parts = Parts(asked, tuple(asked), export_of(surveyed.table.columns))
    for find in (_customer, _date, _order, _worth, _product, _category):
        parts = find(surveyed, parts)
    return parts


def who(surveyed: Survey, taken: Collection[str] = ()) -> Candidate | None:
    """Return the column that says who the customer is; raise InputError where several could."""

    def same(best: Sequence[Candidate]) -> Candidate | None:
        if best[0].rank >= _MAIL:
            return next((one for one in best if vocabulary.says_customer(one.name)), best[0])
        first = [one for one in best if {"unique", "master"} & set(vocabulary.tokens(one.name))] or best
        return first[0] if len(first) == 1 or _alike(first) else None

    return settled(surveyed, "customer", candidates(surveyed, "customer", taken), same)


def _customer(surveyed: Survey, parts: Parts) -> Parts:
    if "customer" in parts.columns:
        return parts
    taken = _taken(surveyed, parts, "order")  # Shopify's "Name" is no name of a person
    best = who(surveyed, taken)
    if best is None:
        raise absent(surveyed, "customer", "--customer")
    known = best.facts.count - _zeros(surveyed, best)
    mails = [one for one in candidates(surveyed, "customer", taken) if one.rank == _MAIL]
    if best.rank < _MAIL and mails and known < _KNOWN_FOR_MORE * mails[0].facts.count:
        note = f"Customers are told apart by '{mails[0].name}': '{best.name}' is empty or 0 for many lines (guests)."
        return parts.plus("customer", mails[0].name, note)
    return parts.plus("customer", best.name)


def _zeros(surveyed: Survey, best: Candidate) -> int:
    """Return how many customer numbers are 0, which is how shops write that somebody ordered as a guest."""
    if best.facts.low != 0:
        return 0
    column = surveyed.staged[best.name]
    return int(surveyed.staged.aggregate(n=(column == 0).sum()).to_pyarrow()["n"][0].as_py() or 0)


def _date(surveyed: Survey, parts: Parts) -> Parts:
    if "date" in parts.columns:
        return parts
    if name := from_export(surveyed, parts.export, "date", parts.columns.values()):
        return parts.plus("date", name)

    def same(best: Sequence[Candidate]) -> Candidate | None:
        here = [one for one in best if not {"gmt", "utc"} & set(vocabulary.tokens(one.name))] or best
        fewest = min(len(vocabulary.tokens(one.name)) for one in here)
        plainest = [one for one in here if len(vocabulary.tokens(one.name)) == fewest]
        return plainest[0] if len(plainest) == 1 else None

    best = settled(surveyed, "date", candidates(surveyed, "date", parts.columns.values()), same)
    if best is None:
        raise absent(surveyed, "date", "--date")
    note = f"'{best.name}' is taken as the date of an order, as no other column says it."
    return parts.plus("date", best.name, *([note] if best.rank >= _HARDLY_A_DATE else []))


def _order(surveyed: Survey, parts: Parts) -> Parts:
    if "order" in parts.columns:
        return parts
    if name := from_export(surveyed, parts.export, "order", parts.columns.values()):
        return parts.plus("order", name)
    # a number that counts a customer's orders has fewer different values than there are customers
    customers = surveyed.fact(parts.columns["customer"]).distinct
    found = [
        one
        for one in candidates(surveyed, "order", parts.columns.values())
        if one.facts.distinct >= (1 - 10 * _CLOSE) * customers
    ]
    best = [one for one in found if one.rank == found[0].rank]
    most = max((one.facts.distinct for one in best), default=0)
    return parts.plus("order", next((one.name for one in best if one.facts.distinct >= (1 - _CLOSE) * most), None))


def _worth(surveyed: Survey, parts: Parts) -> Parts:
    """Find what a line is worth: an amount, else quantity x price, else the price alone."""
    by_price = "price" in parts.told and "amount" not in parts.told
    if "amount" not in parts.columns and not by_price:
        parts = _amount(surveyed, parts)
    for part in ("quantity", "price"):
        if part not in parts.columns:
            parts = parts.plus(part, _of_one(surveyed, parts, part))
    quantity, price, amount = (parts.columns.get(part) for part in ("quantity", "price", "amount"))
    if amount and _is_zero(surveyed, amount):
        raise InputError(
            f"{surveyed.name}: what a line is worth, {amount!r}, is 0 in every row; name another column with --amount."
        )
    if amount is None and price is None:
        raise absent(surveyed, "amount", "--amount, or with --quantity and --price")
    if amount is None and quantity is None:
        columns = dict(parts.columns)
        del columns["price"]
        note = f"No column says how many were bought, so that a line is worth its '{price}'."
        return replace(parts, columns=columns).plus("amount", price, note)
    if amount and quantity and price and "amount" not in parts.told:
        note = f"What a line is worth is taken from '{amount}', not from {quantity} x {price}."
        return parts.plus("amount", amount, note)
    return parts


def _amount(surveyed: Survey, parts: Parts) -> Parts:
    if name := from_export(surveyed, parts.export, "amount", parts.columns.values()):
        return parts.plus("amount", name)
    found = candidates(surveyed, "amount", parts.columns.values())
    best = [one for one in found if one.rank == found[0].rank]
    if best and all(words.BARE_TOTAL.search(plain(one.name)) for one in best):
        # with or without tax and shipping: nobody but the user knows
        best += [one for one in found if one.rank > best[0].rank and words.SUBTOTAL.search(plain(one.name))]
    chosen = in_base_currency(best) or (best[0] if len(best) == 1 or _written_twice(best) else None)
    if best and chosen is None:
        raise unclear(surveyed, "amount", [one.name for one in best])
    if chosen is None:
        return parts
    others = [one for one in found if one not in best and one.facts.distinct > 1 and not _written_twice([chosen, one])]
    listed = " and ".join(f"'{one.name}'" for one in others[:3])
    note = f"What a line is worth is taken from '{chosen.name}', not from {listed}; --amount takes another."
    return parts.plus("amount", chosen.name, *([note] if others else []))


def _is_zero(surveyed: Survey, name: str) -> bool:
    if surveyed.fact(name).distinct > 1:
        return False
    return (
        not surveyed.table.aggregate(high=number(surveyed, surveyed.table, name).max()).to_pyarrow()["high"][0].as_py()
    )


def in_base_currency(found: Sequence[Candidate]) -> Candidate | None:
    """Return the one column that is in the shop's own currency, among columns that are otherwise called the same."""
    bare = {" ".join(word for word in plain(one.name).split() if word not in {"base", "purchased"}) for one in found}
    base = [one for one in found if "base" in plain(one.name).split()]
    return base[0] if len(bare) == 1 and len(base) == 1 else None


def _written_twice(found: Sequence[Candidate]) -> bool:
    return len({(one.facts.count, one.facts.distinct, one.facts.low, one.facts.high) for one in found}) == 1


def _of_one(surveyed: Survey, parts: Parts, part: Named) -> str | None:
    """Return the quantity or the price; where it is needed to know what a line is worth, there must be one only."""
    if name := from_export(surveyed, parts.export, part, parts.columns.values()):
        return name
    found = candidates(surveyed, part, parts.columns.values())
    if "amount" in parts.columns:
        return found[0].name if found else None
    best = settled(surveyed, part, found, lambda best: best[0] if _written_twice(best) else None)
    return best.name if best else None


def _product(surveyed: Survey, parts: Parts) -> Parts:
    if "product" in parts.columns:
        return parts
    name = from_export(surveyed, parts.export, "product", parts.columns.values())
    best = filled_best(candidates(surveyed, "product", parts.columns.values()))
    return parts.plus("product", name or (best.name if best else None))


def _category(surveyed: Survey, parts: Parts) -> Parts:
    if "category" in parts.columns:
        return parts
    best = filled_best(candidates(surveyed, "category", parts.columns.values()))
    return parts.plus("category", best.name if best else None)


def _alike(found: Sequence[Candidate]) -> bool:
    counts = [one.facts.distinct for one in found]
    return max(counts) - min(counts) <= _CLOSE * max(counts)


def _taken(surveyed: Survey, parts: Parts, part: Named) -> list[str]:
    """Return the columns found so far, and the one that is another part in the shop's export."""
    name = from_export(surveyed, parts.export, part, parts.columns.values())
    return [*parts.columns.values(), *([name] if name else [])]
