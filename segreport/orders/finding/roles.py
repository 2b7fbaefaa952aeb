"""Which raw column is what to an order, found by name and by content; where a person would have to ask, we ask."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from segreport.columns import Facts, Survey, vocabulary
from segreport.orders.finding import words
from segreport.orders.finding.besides import find_besides
from segreport.orders.finding.currencies import refuse_several
from segreport.orders.finding.nobody import find_nobody
from segreport.orders.finding.parts import Parts, find_parts, in_base_currency
from segreport.orders.finding.per_order import Block, Level, blocks_of, differs, level_of
from segreport.orders.finding.picking import Candidate, candidates
from segreport.orders.finding.states import States, find_states, groups_of, shown
from segreport.orders.finding.words import Named, plain
from segreport.orders.order import Part, Roles, State
from segreport.settings import OrderSettings

_NAMED_LIKE: dict[Named, str] = {
    "customer": "a customer",
    "date": "the date of an order",
    "amount": "what a line is worth",
    "quantity": "how many were bought",
    "price": "the price of one",
    "order": "an order number",
    "product": "a product",
    "category": "a category of products",
    "refunded": "what was paid back",
}


def find_roles(surveyed: Survey, orders: OrderSettings) -> Roles:
    """Return which raw column is what; what the user named decides.

    Raises InputError where customer, date or amount cannot be found, or several columns could be it.
    """
    parts = find_parts(surveyed, orders)
    refunds = _refunds(surveyed, parts)
    nobody, unknown = find_nobody(surveyed, parts)
    columns = [name for name in surveyed.table.columns if name not in parts.columns.values()]
    free = [name for name in columns if name not in surveyed.choices.exclude]
    worth = [name for part in ("amount", "price") if (name := parts.columns.get(part))]
    refuse_several(surveyed, free, worth[:1])
    returned = parts.export.returned if parts.export else ()
    same = [parts.columns[part] for part in ("order", "customer", "product") if part in parts.columns]
    states = find_states(
        surveyed,
        free,
        same=same if {"order", "product"} <= parts.columns.keys() else (),
        also_returned=returned,
        refunds_known=bool(refunds),
    )
    about = {*(state.column for state in states.found), *states.others, *refunds}
    besides = find_besides(surveyed, [name for name in free if name not in about])
    blocks = _blocks(surveyed, parts, refunds, besides.summed)
    levels = {name: _level(name, found, parts) for name, found in blocks.items()}
    level = levels.get(parts.columns.get("amount", ""), "line")
    refunded = _refunded(refunds, levels, level)
    # what an order's total is counted once for, one price of a line says nothing of
    named = dict(parts.columns)
    if level != "line":
        named.pop("price", None)
    roles = Roles(
        customer=named["customer"],
        date=named["date"],
        amount=named.get("amount"),
        quantity=named.get("quantity"),
        price=named.get("price"),
        order=named.get("order"),
        product=named.get("product"),
        category=named.get("category"),
        refunded=refunded,
        states=states.found,
        nobody=nobody,
        per_order=level != "line",
        describing=besides.describing,
        summed=tuple(name for name in besides.summed if levels.get(name) != "each"),
        averaged=besides.averaged,
        notes=(*parts.notes, *unknown, *_counted(parts, level, blocks), *states.notes),
    )
    return replace(roles, why=_whys(surveyed, roles, parts, states, levels))


def _refunds(surveyed: Survey, parts: Parts) -> list[str]:
    """Return the columns that say what was paid back, the surest first."""
    found = [one for one in candidates(surveyed, "refunded", parts.columns.values()) if _is_more_than_nothing(one)]
    best = in_base_currency(found)
    return [best.name] if best else [one.name for one in found]


def _is_more_than_nothing(one: Candidate) -> bool:
    return one.facts.distinct > 1 or bool(one.facts.high)


def _blocks(
    surveyed: Survey, parts: Parts, refunds: Sequence[str], summed: Sequence[str]
) -> Mapping[str, Sequence[Block]]:
    """Return for the columns of amounts what they hold on the lines of one order."""
    columns = parts.columns
    order, amount = columns.get("order"), columns.get("amount")
    if order is None:
        return {}
    worth = [columns["quantity"], columns["price"]] if {"quantity", "price"} <= columns.keys() else []
    apart = [columns[part] for part in ("product", "price", "quantity", "category") if part in columns]
    amounts = [*([amount] if amount else []), *refunds, *summed]
    return blocks_of(surveyed, (order, columns["customer"]), amounts, worth=worth, apart=apart)


def _level(name: str, blocks: Sequence[Block], parts: Parts) -> Level:
    text = plain(name)
    if words.OF_THE_LINE.search(text):
        return "line"
    named = parts.export is not None or words.OF_THE_ORDER.search(text) is not None or "order" in text.split()
    # nothing paid back is nothing on every line, whosever it is
    return level_of([block for block in blocks if block.low or block.high], named=named)


def _refunded(refunds: Sequence[str], levels: Mapping[str, Level], level: Level) -> str | None:
    """Return the column of what was paid back that is a line's where the amount is, or its order's like that one."""
    wrong: Level = "each" if level == "line" else "line"
    both = [name for name in refunds if levels.get(name, level) != wrong]
    return both[0] if both else None


def _counted(parts: Parts, level: Level, blocks: Mapping[str, Sequence[Block]]) -> list[str]:
    """Return how an order's total counts; one that differs between the lines of an order cannot be one."""
    amount = parts.columns.get("amount", "")
    if level == "line":
        if not words.OF_THE_ORDER.search(plain(amount)) or not differs(blocks.get(amount, ())):
            return []
        return [
            f"'{amount}' is named like the total of a whole order but differs between lines of one order, so each line"
            " counts with its own; if that is not so, name another column with --amount."
        ]
    where = "is written on each of its lines" if level == "each" else "stands on one of its lines"
    return [f"'{amount}' is the total of a whole order, {where}, and counts once an order."]


def _whys(
    surveyed: Survey, roles: Roles, parts: Parts, states: States, levels: Mapping[str, Level]
) -> tuple[tuple[str, Part, str], ...]:
    """Return for every raw column what it was taken for and why."""
    used: dict[str, tuple[Part, str]] = {}
    for part in words.PARTS:
        if name := getattr(roles, part):
            used[name] = (part, _why(surveyed.fact(name), part, parts, roles))
    used |= {state.column: ("state", _says(state)) for state in roles.states}
    used |= {name: ("describes", surveyed.verdicts[name].why) for name in roles.describing}
    used |= dict.fromkeys(roles.summed, ("summed", "added up over a customer's lines"))
    used |= dict.fromkeys(roles.averaged, ("averaged", "averaged over a customer's lines"))
    unused = {name: _unused(surveyed, name, roles, states, levels) for name in surveyed.table.columns}
    return tuple((name, *used.get(name, ("unused", unused[name]))) for name in surveyed.table.columns)


def _why(column: Facts, part: Named, parts: Parts, roles: Roles) -> str:
    if part in parts.told:
        reason = f"told with --{part}"
    elif parts.export and plain(column.name) in parts.export.parts.get(part, ()):
        reason = f"where {parts.export.shop} writes {_NAMED_LIKE[part]}"
    elif column.look.personal and part == "customer":
        return f"{column.look.personal}: tells customers apart, never shown; {column.different}"
    else:
        reason = f"named like {_NAMED_LIKE[part]}"
    if part in {"customer", "order", "product", "category"}:
        return f"{reason}; {column.different}"
    return f"{reason}; the whole order's, counted once" if part == "amount" and roles.per_order else reason


def _says(state: State) -> str:
    if state.filled:
        return f"lines with a date there count as {state.filled}"
    groups = [f"{what}: {shown(listed, len(listed))}" for what, listed in groups_of(state)]
    return "says what became of an order; " + "; ".join(groups)


def _unused(surveyed: Survey, name: str, roles: Roles, states: States, levels: Mapping[str, Level]) -> str:
    verdict = surveyed.verdicts[name]
    personal = surveyed.fact(name).look.personal or verdict.role == "personal" or vocabulary.personal(name)
    reasons = (
        (name in surveyed.choices.exclude, "left out with --exclude"),
        (verdict.role == "constant", verdict.why),
        (personal, "personal data, never used"),
        (name in states.others, "no value of it says cancelled or returned"),
        (levels.get(name) == "each", "the whole order's, repeated on each of its lines"),
        (verdict.role == "date", f"another date; '{roles.date}' is that of the order"),
        (verdict.role == "amount", "an amount that is not needed"),
    )
    return next((why for is_so, why in reasons if is_so), f"not needed; {verdict.why.partition(':')[0]}")
