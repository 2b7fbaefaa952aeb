"""What passes between the files of this room, and on: the roles, the ledger, the scales, and what can be concluded."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

Part = Literal[
    "customer", "date", "amount", "quantity", "price", "order", "product", "category", "refunded", "state",
    "describes", "summed", "averaged", "unused",
]  # fmt: skip
"""What a raw column is to an order: the last four are no part of it, but may tell of the customer."""


@dataclass(frozen=True)
class State:
    """A column that says what became of an order, and its values (as written) that mean cancelled and returned.

    `credited` are values that mean a row of its own which gives an earlier purchase back; `filled` is set for a column
    that says it by being filled at all (a date such as "Cancelled at").
    """

    column: str
    cancelled: tuple[str, ...] = ()
    returned: tuple[str, ...] = ()
    credited: tuple[str, ...] = ()
    filled: Literal["cancelled", "returned"] | None = None


@dataclass(frozen=True)
class Roles:
    """Which raw column is what. `amount` is None where a line is worth quantity x price.

    `per_order`: the amount is that of the whole order, written on each of its lines or on one of them, and counts
    once. `describing` are categories and flags, `summed` amounts (profit) and `averaged` rates (discount) that tell
    of a customer besides. `nobody` are values of the customer column, as written, that mean no customer. `why` says
    for every raw column, by name, what it was taken for and why; `notes` what was assumed, in sentences.
    """

    customer: str
    date: str
    amount: str | None = None
    quantity: str | None = None
    price: str | None = None
    order: str | None = None
    product: str | None = None
    category: str | None = None
    refunded: str | None = None
    states: tuple[State, ...] = ()
    per_order: bool = False
    describing: tuple[str, ...] = ()
    summed: tuple[str, ...] = ()
    averaged: tuple[str, ...] = ()
    nobody: tuple[str, ...] = ()
    why: tuple[tuple[str, Part, str], ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Step:
    """One line of the ledger from the lines read to the lines used.

    `amount` is what those lines are worth (None: unknown), `done` what became of them.
    """

    code: str
    text: str
    lines: int
    amount: float | None
    done: Literal["read", "dropped", "subtracted", "kept", "used"]


@dataclass(frozen=True)
class Scale:
    """How a column is scored from 1 (worst) to 5 (best): quintiles of all customers.

    A value scores 1 more for each of the four ascending `limits` it exceeds; `falling` scales (recency) score
    5 up to the first limit and 1 less for each limit exceeded. Equal values always have equal scores, so that a
    scale of many ties skips scores. `steps` are the scores there are, as (score, "3 to 5"), best first.
    """

    column: str
    falling: bool
    limits: tuple[float, float, float, float]
    steps: tuple[tuple[int, str], ...]


@dataclass(frozen=True)
class Standing:
    """Where customers stand on average: mean recency, frequency and monetary scores, 1 (worst) to 5 (best)."""

    recency: float
    frequency: float
    monetary: float


@dataclass(frozen=True)
class Limits:
    """What these orders can tell: nobody can be called lapsed in a short history, or loyal where nobody came back.

    `can_be_new` is False where the history is so short that a first order says nothing. `texts` are the sentences
    for the reader, each with a stable code.
    """

    can_lapse: bool = True
    can_repeat: bool = True
    can_be_new: bool = True
    texts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Standings:
    """Where every segment stands, by id, where all customers do, and what may be concluded from it."""

    segments: dict[str, Standing]
    overall: Standing
    limits: Limits


@dataclass(frozen=True)
class Definition:
    """What a column made out of orders means: its name, its label and its formula in words."""

    name: str
    label: str
    formula: str


@dataclass(frozen=True)
class Cell:
    """Customers with one pair of recency and frequency scores, and what they are worth."""

    recency: int
    frequency: int
    customers: int
    value: float


@dataclass(frozen=True)
class Month:
    """The orders of one month (YYYY-MM) and what they came to."""

    month: str
    orders: int
    value: float


@dataclass(frozen=True)
class OrderFacts:
    """What a report says of the orders behind its customers.

    `first` and `as_of` are moments in ISO form (a day where no times of day are known, which `timed` says);
    `repeaters` is the share (0 to 1) of customers with two orders or more.
    """

    lines: int
    orders: int
    customers: int
    first: str
    as_of: str
    timed: bool
    repeaters: float
    roles: tuple[tuple[str, Part, str], ...]
    ledger: tuple[Step, ...]
    definitions: tuple[Definition, ...]
    scales: tuple[Scale, ...]
    grid: tuple[Cell, ...]
    months: tuple[Month, ...]
    limits: Limits


def moment(text: str) -> dt.datetime:
    """Return a moment of OrderFacts, a day at its midnight."""
    return dt.datetime.fromisoformat(text)
