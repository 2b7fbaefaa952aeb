"""What these orders can tell and what they cannot: decided from a few counts, without data."""

from __future__ import annotations

from dataclasses import dataclass

from segreport.orders.order import Limits
from segreport.wording import Wording

FEW_BUYERS = 100
SHORT = 90
"""Days of history under which nobody can be said to have stopped buying."""
RARE_GAPS = 2.0
"""A history shorter than so many usual gaps between orders cannot tell a pause from the end."""
FEW_REPEATERS = 0.05
COLLECTIVE = 0.1


@dataclass(frozen=True)
class Counts:
    """What the gate looks at: buyers, days of history, the share of buyers with two orders or more.

    `gap` is the median number of days between their orders (None: nobody came back), `largest` the share of all
    orders that one customer has.
    """

    buyers: int
    history: float
    repeaters: float
    gap: float | None
    largest: float


def limits_of(counts: Counts, wording: Wording) -> Limits:
    """Return what may be concluded, and a sentence for everything that may not."""
    texts: list[tuple[str, str]] = []
    if counts.buyers < FEW_BUYERS:
        buyers = "customer" if counts.buyers == 1 else "customers"
        texts.append(("few_buyers", f"Only {wording.count(counts.buyers)} {buyers} bought: read every share as rough."))
    short = counts.history < max(SHORT, RARE_GAPS * (counts.gap or 0.0))
    if short:
        texts.append(("short_history", _too_short(counts, wording)))
    if counts.repeaters == 0:
        texts.append(
            (
                "no_repeat_buyers",
                "Nobody ordered twice: loyalty and rhythm cannot be told, and segments differ in when and how much "
                "was bought only.",
            )
        )
    elif counts.repeaters < FEW_REPEATERS:
        share = wording.percent(counts.repeaters)
        texts.append(("few_repeat_buyers", f"Only {share} of customers ordered more than once: frequency says little."))
    if counts.largest > COLLECTIVE and counts.buyers >= FEW_BUYERS:
        share = wording.percent(counts.largest)
        text = (
            f"One customer id holds {share} of all orders: it may stand for many people (guests, a till); look at it."
        )
        texts.append(("collective_customer", text))
    return Limits(can_lapse=not short, can_repeat=counts.repeaters > 0, texts=tuple(texts))


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
