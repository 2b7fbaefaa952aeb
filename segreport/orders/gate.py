"""What these orders can tell and what they cannot: decided from a few counts, without data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from segreport.orders.order import Limits
from segreport.wording import Wording

MANY = 100
"""Of fewer customers each may well hold a tenth of all orders."""
SHORT = 90
"""Days of history under which nobody can be said to have stopped buying."""
RARE_GAPS = 2.0
"""A history shorter than so many usual gaps between orders cannot tell a pause from the end."""
FEW_REPEATERS = 0.05
RARE_REPEATERS = 0.02
"""With fewer customers who came back, no segment is told by it."""
COLLECTIVE = 0.1
WHALE = 0.25
MUCH_NOBODY = 0.1


@dataclass(frozen=True)
class Counts:
    """What the gate looks at: buyers, days of history, the share of buyers with two orders or more.

    `gap` is the median number of days between their orders (None: nobody came back), `most_orders` and `most_revenue`
    the share of all orders and of all revenue that one customer has, `nobody` that of lines without a customer.
    """

    buyers: int
    history: float
    repeaters: float
    gap: float | None
    most_orders: float
    most_revenue: float
    nobody: float


def limits_of(counts: Counts, wording: Wording) -> Limits:
    """Return what may be concluded, and a sentence for everything that may not."""
    short = counts.history < max(SHORT, RARE_GAPS * (counts.gap or 0.0))
    return Limits(
        can_lapse=not short,
        can_repeat=counts.repeaters >= RARE_REPEATERS,
        can_be_new=counts.history >= SHORT,
        texts=(
            *_on_nobody(counts, wording),
            *([("short_history", _too_short(counts, wording))] if short else []),
            *_on_repeaters(counts, wording),
            *_on_one_customer(counts, wording),
        ),
    )


def _on_nobody(counts: Counts, wording: Wording) -> Iterator[tuple[str, str]]:
    if counts.nobody > MUCH_NOBODY:
        share = wording.percent(counts.nobody)
        yield "without_customer", f"{share} of lines name no customer: the report tells nothing of who they are."


def _on_repeaters(counts: Counts, wording: Wording) -> Iterator[tuple[str, str]]:
    share = wording.percent(counts.repeaters)
    if counts.repeaters == 0:
        text = "loyalty and rhythm cannot be told, and segments differ in when and how much was bought only."
        yield "no_repeat_buyers", f"Nobody ordered twice: {text}"
    elif counts.repeaters < FEW_REPEATERS:
        yield "few_repeat_buyers", f"Only {share} of customers ordered more than once: frequency says little."


def _on_one_customer(counts: Counts, wording: Wording) -> Iterator[tuple[str, str]]:
    revenue, orders = wording.percent(counts.most_revenue), wording.percent(counts.most_orders)
    if counts.most_revenue > max(WHALE, 10 / counts.buyers):
        text = f"One customer brings {revenue} of revenue: averages of that segment say little of the others in it."
        yield "one_large_customer", text
    if counts.most_orders > COLLECTIVE and counts.buyers >= MANY:
        text = (
            f"One customer id holds {orders} of all orders: it may stand for many people (guests, a till); look at it."
        )
        yield "collective_customer", text


def _too_short(counts: Counts, wording: Wording) -> str:
    days = wording.count(counts.history)
    covered = f"The orders cover {days} {'day' if days == '1' else 'days'}"
    if counts.history < SHORT or counts.gap is None:
        return f"{covered}: too short to tell who has stopped buying, so nobody is called lapsed or lost."
    gap = wording.count(counts.gap)
    return (
        f"{covered}, and customers usually wait {gap} days between orders: who pauses cannot be told from who has "
        "stopped buying, so nobody is called lapsed or lost."
    )
