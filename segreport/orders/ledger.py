"""The ledger: from the lines read to the lines used, each step with its lines and what they are worth."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from segreport.orders.lines import BOUGHT, RETURNED, SENT_BACK, Lines, Total
from segreport.orders.order import Roles, Step
from segreport.settings import OrderSettings
from segreport.wording import Wording

USED = {"net": (BOUGHT, RETURNED, SENT_BACK), "drop": (BOUGHT,), "keep": (BOUGHT,)}
"""The fates that count, by what is done with returns."""


NOTHING = Total(0, 0.0)


def totals_of(lines: Lines, roles: Roles) -> dict[str, Total]:
    """Return the total of each fate, counted in the engine; no worth where the amount is that of a whole order."""
    table = lines.table
    counted = table.group_by("fate").aggregate(n=table.count(), worth=table.amount.sum().fill_null(0.0).round(2))
    rows = counted.to_pyarrow().to_pylist()
    return {row["fate"]: Total(row["n"], None if roles.per_order else float(row["worth"])) for row in rows}


def ledger_of(
    totals: Mapping[str, Total], only_returns: Total, repeats: Total, texts: Mapping[str, str], orders: OrderSettings
) -> tuple[Step, ...]:
    """Return the steps in the order of `texts`, which say what each is.

    `only_returns` are lines of customers who returned goods and bought none, `repeats` those that repeat another one
    exactly. Lines read less those dropped are the lines used, and the same holds for what they are worth, but for
    goods marked as sent back, which lose their worth only.
    """
    used = USED[orders.returns]
    aside = {fate: total for fate, total in totals.items() if fate not in used} | {"only_returns": only_returns}
    aside |= {"repeats": repeats} if orders.repeats == "drop" else {}
    dropped = {code: aside[code] for code in texts if aside.get(code, NOTHING).lines}
    back = {fate: totals[fate] for fate in (RETURNED, SENT_BACK) if fate in totals and fate in used}
    if RETURNED in back:
        back[RETURNED] = _added((back[RETURNED], -only_returns))
    worthless = Total(0, back[SENT_BACK].worth if SENT_BACK in back else 0.0)
    read = _added((*totals.values(), *([repeats] if "repeats" in dropped else [])))
    left = _added((read, *(-total for total in dropped.values()), -worthless))
    kept = {"repeats": repeats} if orders.repeats == "keep" and repeats.lines else {}
    return (
        Step("read", "Lines read", read.lines, read.worth, "read"),
        *(Step(code, texts[code], total.lines, total.worth, "dropped") for code, total in dropped.items()),
        Step("used", "Lines used", left.lines, left.worth, "used"),
        *(
            Step(code, texts[code], total.lines, total.worth, "subtracted")
            for code, total in back.items()
            if total.lines
        ),
        *(Step(code, texts[code], total.lines, total.worth, "kept") for code, total in kept.items()),
    )


def texts_of(lines: Lines, roles: Roles, wording: Wording) -> dict[str, str]:
    """Return what each step is, in the order of the ledger."""
    until = wording.moment(lines.as_of.isoformat(), lines.timed)
    cancelling = [state.column for state in roles.states if state.cancelled or state.filled == "cancelled"]
    returning = [state.column for state in roles.states if state.returned or state.filled == "returned"]
    return {
        "repeats": "Lines that repeat another one exactly",
        "no_customer": f"Lines without a customer ({roles.customer})",
        "no_date": f"Lines without a date that can be read ({roles.date})",
        "future": f"Lines dated {until} or later",
        "cancelled": f"Cancelled orders ({' or '.join(cancelling) or 'numbers that start with C'})",
        "no_amount": f"Lines without an amount ({roles.amount or f'{roles.quantity} or {roles.price}'})",
        "price": f"Lines with a price of zero or less ({roles.price})",
        RETURNED: "Returned goods (negative lines)",
        SENT_BACK: f"Goods marked as returned ({' or '.join(returning)})",
        "only_returns": "Lines of customers who only returned goods: no order dates them",
    }


def _added(totals: Iterable[Total]) -> Total:
    parts = list(totals)
    worths = [total.worth for total in parts if total.worth is not None]
    return Total(sum(total.lines for total in parts), round(sum(worths), 2) if len(worths) == len(parts) else None)
