"""The people behind the example shop's orders: of which type each is, since when, and with which ways of her own."""

from __future__ import annotations

import datetime as dt
from functools import cache

import numpy as np
import pandas as pd

from segreport.errors import InputError
from segreport.example.kinds import BUSINESS, GUEST, KINDS
from segreport.example.people import COUNTRIES, LAST_DAY, addresses

FIRST_DAY = dt.date(2024, 5, 1)
"""The day the shop opened: two and a half years before LAST_DAY."""

MONTH = 365.25 / 12


def make_buyers(customers: int, seed: int) -> pd.DataFrame:
    """Return one row a person who ever bought, first comers first: first the customers, then those who buy as guests.

    `kind` is a place in KINDS, `joined` and `left` are days (0 is FIRST_DAY), `rate` is orders a month, `level` how
    dear she buys and `loved` the shelf she buys most from. Raises InputError for less than one customer.
    """
    if customers < 1:
        raise InputError(f"{customers} customers: an example shop needs at least one.")
    rng = np.random.default_rng(seed)
    kind = np.concatenate([_kinds(rng, customers), np.full(customers * 3 // 10, GUEST)])
    joined = _joining(rng, kind)
    order = np.lexsort((joined, kind == GUEST))
    kind, joined = kind[order], joined[order]
    count, numbers = len(kind), np.arange(1, len(kind) + 1)
    ids = pd.Series([f"C{number:06d}" for number in numbers])
    return pd.DataFrame(
        {
            "customer_id": ids.mask(kind == GUEST),
            "email": addresses(rng, numbers),
            "country": rng.choice(len(COUNTRIES), count, p=list(COUNTRIES.values())),
            "kind": kind,
            "joined": joined,
            "left": joined + rng.gamma(8, of_kind("stays", kind) / 8),
            "rate": of_kind("rate", kind) * rng.gamma(2.5, 1 / 2.5, count),
            "level": of_kind("level", kind) + rng.normal(0, 0.3, count),
            "loved": draw(rng, "categories", kind),
            "birthday": rng.integers(1, 13, count),
            "other_birthday": rng.integers(1, 13, count),
        }
    )


def of_kind(name: str, kind: np.ndarray) -> np.ndarray:
    """Return what each one's type does on average."""
    values: np.ndarray = np.array([getattr(one, name) for one in KINDS])[kind]
    return values


def draw(rng: np.random.Generator, name: str, kind: np.ndarray) -> np.ndarray:
    """Return for each one a place among the type's weights of that name, drawn by them."""
    return draw_place(rng, np.array([getattr(one, name) for one in KINDS], dtype=float), kind)


def draw_place(rng: np.random.Generator, weights: np.ndarray, row: np.ndarray) -> np.ndarray:
    """Return for each row a column of `weights`, drawn by the weights in that row."""
    return place(weights, row, rng.random(len(row)))


def place(weights: np.ndarray, row: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Return for each row the column of `weights` up to which that share (0 to 1) of the row's weight lies."""
    limits = np.cumsum(weights, axis=1)
    limits /= limits[:, -1:]
    # one search over all rows, each lifted by its number: a row of a million weights costs no more than one of four
    lifted = limits + np.arange(len(weights))[:, None]
    found = np.searchsorted(lifted.ravel(), row + np.minimum(share, 1 - 1e-9), side="right") - row * weights.shape[1]
    columns: np.ndarray = np.clip(found, 0, weights.shape[1] - 1)
    return columns


@cache
def days() -> pd.DatetimeIndex:
    """Return the days of the shop's life."""
    return pd.date_range(FIRST_DAY, LAST_DAY, unit="s")


@cache
def day_weights() -> np.ndarray:
    """Return how busy each day is for each type (types x days); 1 is the average day of an average year."""
    months = np.array([kind.months for kind in KINDS], dtype=float)
    weekdays = np.array([kind.weekdays for kind in KINDS], dtype=float)
    months /= months.mean(axis=1, keepdims=True)
    weekdays /= weekdays.mean(axis=1, keepdims=True)
    special = np.ones(len(days()))
    month, day = days().month.to_numpy(), days().day.to_numpy()
    special[(month == 11) & (day >= 22)] = 1.5  # the sales around Black Friday
    special[(month == 12) & (day >= 20) & (day <= 26)] = 0.4  # too late for Christmas
    weights: np.ndarray = months[:, month - 1] * weekdays[:, days().day_of_week] * special
    return weights


def _kinds(rng: np.random.Generator, customers: int) -> np.ndarray:
    """Return each customer's type; three in 4,000 are businesses."""
    kinds = rng.choice(len(KINDS), customers, p=[kind.share for kind in KINDS])
    kinds[: customers * 3 // 4000] = BUSINESS
    return kinds


def _joining(rng: np.random.Generator, kind: np.ndarray) -> np.ndarray:
    """Return the day of everybody's first order."""
    early, late = (of_kind("joined", kind)[:, end] for end in (0, 1))
    return place(day_weights(), kind, rng.beta(early, late))
