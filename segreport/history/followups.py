"""What happened to the number that last month's recommendations named, without a claim of cause."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from segreport.history.cohorts import Cohort
from segreport.history.movement import FollowUp, Known, Month
from segreport.wording import Wording

Kind = Literal["ordered", "orders", "average", "value", "active", "there", "nearest"]


@dataclass(frozen=True)
class Measure:
    """What can be counted of a metric; `lacks` says what of it cannot ("": all of it can)."""

    kind: Kind
    lacks: str = ""


# A table: what a metric says, what is counted for it, and what is not. The first that fits is taken.
# fmt: off
MEASURES: tuple[tuple[str, Measure], ...] = (
    ("^their spending outside", Measure("value", "What they bought is not followed here")),
    ("who answer.*(buy again|order again|another order)", Measure("ordered", "Who answered is not followed here")),
    ("who answer.*returns", Measure("nearest", "Who answered, and what came back, is not followed here")),
    ("who answer", Measure("nearest", "Who answered is not followed here")),
    ("who buy .*margin", Measure("ordered", "The margin is not followed here")),
    ("who order .*contact saved", Measure("ordered", "The contact saved is not followed here")),
    ("who order .*full price", Measure("ordered", "The price paid is not followed here")),
    ("who buy (a family pack|from|the recommended)", Measure("ordered", "What they bought is not followed here")),
    ("who buy twice", Measure("ordered", "Who bought twice is not followed here")),
    ("who (buy|order)( again)? within|with another (order|purchase)", Measure("ordered")),
    ("with a (card )?purchase in each", Measure("ordered")),
    ("^orders per customer", Measure("orders")),
    ("orders per 100 visits", Measure("orders", "The visits behind their orders are not followed here")),
    ("orders per 100 catalogues", Measure("orders", "The catalogues behind their orders are not followed here")),
    ("^average order value", Measure("average")),
    ("still active|any activity", Measure("active")),
    ("^(revenue|card spending) per customer|^average spending", Measure("value")),
    ("who change plan, and share who leave", Measure("there", "Who changed plan is not followed here")),
    ("flights per member|who fly", Measure("nearest", "Their flights are not followed here")),
    ("who redeem", Measure("nearest", "Who redeemed points is not followed here")),
    ("cash advances to a plan|with a new plan", Measure("nearest", "Who took a plan is not followed here")),
    ("balance is lower", Measure("nearest", "Their balance is not followed here")),
    ("(margin|profit) per order", Measure("nearest", "What an order earns is not followed here")),
    ("orders at full price", Measure("nearest", "The price paid is not followed here")),
    ("return rate", Measure("nearest", "What they send back is not followed here")),
    ("their rating", Measure("nearest", "Their rating is not followed here")),
    ("contacts with service", Measure("nearest", "Their contacts with service are not followed here")),
    ("cost per order of each channel", Measure("nearest", "What a channel costs is not followed here")),
    ("stays booked direct", Measure("nearest", "How they book is not followed here")),
    ("receipts with a known customer", Measure("nearest", "Receipts are not followed here")),
    ("recommend", Measure("nearest", "Whom they recommend you to is not followed here")),
    ("response of the tested half", Measure("nearest", "Who responded is not followed here")),
)
# fmt: on
WANTED: dict[Kind, str] = {
    "ordered": "Who ordered again is not followed here",
    "orders": "The number of orders is not followed here",
    "average": "The value of an order is not followed here",
    "value": "What they spend is not followed here",
    "active": "Who is active is not followed here",
}
"""What is lacking where there is no number for a kind, and another is told instead."""


@dataclass(frozen=True)
class _Then:
    """A segment of last month and what it did in the `days` since; `worth` is None where values do not compare."""

    known: Known
    cohort: Cohort
    period: str
    days: int
    worth: str | None
    paid: bool
    wording: Wording

    @property
    def who(self) -> str:
        """Those the sentence is about: "the 412 At-risk regulars of September 2026"."""
        count, month = self.wording.count(self.cohort.customers), self.wording.month(self.period)
        if self.known.people and self.cohort.customers > 1:
            return f"the {count} {self.known.name} of {month}"
        customers = "customer" if self.cohort.customers == 1 else "customers"
        return f"the {count} {customers} in “{self.known.name}” in {month}"

    @property
    def span(self) -> str:
        """The time since: "30 days"."""
        return "day" if self.days == 1 else f"{self.wording.count(self.days)} days"

    @property
    def later(self) -> str:
        """When it is now: "30 days later"."""
        return "a day later" if self.days == 1 else f"{self.span} later"


@dataclass(frozen=True)
class _Told:
    """What was measured, in words and numbers, and the sentence that tells it."""

    measured: str
    before: float | None
    after: float
    unit: str
    text: str


def measure_of(metric: str) -> Measure | None:
    """Return what can be counted for a metric; None where no entry of the table fits."""
    return next((measure for pattern, measure in MEASURES if re.search(pattern, metric)), None)


def followups_of(
    month: Month, cohorts: Mapping[str, Cohort], days: int, worth: str | None, wording: Wording
) -> tuple[FollowUp, ...]:
    """Return what became of the numbers that the month's recommendations named, `days` later.

    `cohorts` are its segments by id. `worth` is what the value is called now; where that is something else than it was
    then, or another currency, no value is told. Segments without customers have no follow-up.
    """
    paid = month.currency == wording.currency
    same = worth if paid and worth == month.worth else None
    named = [month.segment(ident) for ident in month.priorities if ident in cohorts]
    thens = (_Then(known, cohorts[known.id], month.period, days, same, paid, wording) for known in named)
    return tuple(_followup(then) for then in thens if then.cohort.customers)


def _followup(then: _Then) -> FollowUp:
    known = then.known
    measure = measure_of(known.metric) or Measure("nearest", "The number it named is not followed here")
    teller, told = next((teller, told) for teller in INSTEAD[measure.kind] if (told := teller(then)))
    found = teller is INSTEAD[measure.kind][0] or measure.kind == "nearest"
    lacks = measure.lacks if found or not then.cohort.here else WANTED[measure.kind]
    return FollowUp(
        id=known.id,
        name=known.name,
        title=known.action,
        metric=known.metric,
        measured=told.measured,
        customers=then.cohort.here,
        before=told.before,
        after=told.after,
        unit=told.unit,
        text=(f"{lacks}: {told.text}" if lacks else told.text[0].upper() + told.text[1:]) + _halves(known.metric) + ".",
    )


def _ordered(then: _Then) -> _Told | None:
    if then.cohort.ordered is None:
        return None
    end = f"ordered in the {then.span} since"
    return _share(then, then.cohort.ordered, f"share who {end}", f"have {end}", f"has {end}")


def _stayed(then: _Then) -> _Told | None:
    if not then.cohort.stayed:  # most likely the segment is no more: that says nothing of its customers
        return None
    end = f"still in that segment {then.later}"
    return _share(then, then.cohort.stayed, f"share {end}", f"are {end}", f"is {end}")


def _there(then: _Then) -> _Told:
    end = f"still in the data {then.later}"
    return _share(then, then.cohort.here, f"share {end}", f"are {end}", f"is {end}")


def _share(then: _Then, count: int, measured: str, many: str, one: str) -> _Told:
    share = count / then.cohort.customers
    number = f"{then.wording.count(count)} ({then.wording.percent(share)})" if count else "none"
    return _Told(measured, None, share, "share", f"of {then.who}, {number} {one if count == 1 else many}")


def _orders(then: _Then) -> _Told | None:
    each = _means(then, then.cohort.frequency_before, then.cohort.frequency_after, then.cohort.here, then.cohort.here)
    return each and _pair(then, "orders per customer", each, "", "orders per customer were {} then, and are {} now")


def _average(then: _Then) -> _Told | None:
    cohort = then.cohort
    if not then.paid or cohort.monetary_before is None or cohort.monetary_after is None:
        return None
    each = _means(then, cohort.monetary_before, cohort.monetary_after, cohort.frequency_before, cohort.frequency_after)
    return each and _pair(then, "average order value", each, "amount", "the average order was {} then, and is {} now")


def _value(then: _Then) -> _Told | None:
    here, worth = then.cohort.here, then.worth
    each = _means(then, then.cohort.value_before, then.cohort.value_after, here, here) if worth else None
    return each and _pair(
        then, f"{worth} per customer", each, "amount", f"{worth} per customer was {{}} then, and is {{}} now"
    )


def _means(
    then: _Then, before: float | None, after: float | None, base: float | None, base_after: float | None
) -> tuple[float, float] | None:
    """Return the mean then and now of those who are still customers; None where something is unknown, or nobody is."""
    if before is None or after is None or not base or not base_after or not then.cohort.here:
        return None
    return before / base, after / base_after


def _pair(then: _Then, measured: str, each: tuple[float, float], unit: str, words: str) -> _Told:
    here, wording = then.cohort.here, then.wording
    whole = here == then.cohort.customers
    who = then.who if whole else f"the {wording.count(here)} of {then.who} who are still in the data"
    printed = words.format(*(wording.quantity(value, unit) for value in each))
    return _Told(measured, *each, unit, f"for {who}, {printed}, {then.later}")


def _halves(metric: str) -> str:
    """Return what to say where the metric compares two parts of a segment: the data does not tell them apart."""
    if "a group left alone" in metric:
        return ", any group left alone among them"
    return ", both halves together" if "the other half" in metric else ""


Teller = Callable[[_Then], _Told | None]
INSTEAD: dict[Kind, tuple[Teller, ...]] = {
    "ordered": (_ordered, _stayed, _there),
    "orders": (_orders, _ordered, _value, _stayed, _there),
    "average": (_average, _value, _stayed, _there),
    "value": (_value, _ordered, _stayed, _there),
    "active": (_ordered, _stayed, _there),
    "there": (_there,),
    "nearest": (_value, _stayed, _there),
}
"""What is told of each kind: the first for which there are numbers; there always are for the last."""
