"""Who in the example shop changes her ways in 2026, so that a report every month has something to find."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from segreport.example.buyers import FIRST_DAY
from segreport.example.kinds import KINDS
from segreport.example.people import LAST_DAY


@dataclass(frozen=True)
class Move:
    """Who changes her ways, and what she does from then on.

    Chosen are this `share` of all customers, by lot among those of the `types` who by the end of the month before had
    placed so many `orders`, had `spent` so much on them, and on the day of `start` had been `quiet` for so many days
    (each is from, to). Each then has a certain order on one of the `days` from `start` on. After it she orders `rate`
    times a month (0: never again), things that are dearer by `level` (a logarithm).
    """

    name: str
    share: float
    types: tuple[str, ...]
    orders: tuple[int, int]
    spent: tuple[float, float]
    quiet: tuple[int, int]
    start: dt.date
    days: int
    rate: float = 0
    level: float = 0


MOVES = (
    Move("stopped", 0.02, ("loyal big spender", "lapsed regular", "bargain hunter"), orders=(3, 8), spent=(500, 1400),
         quiet=(0, 150), start=dt.date(2026, 2, 9), days=7),
    Move("woken", 0.025, ("lapsed regular",), orders=(3, 12), spent=(100, 1500),
         quiet=(330, 700), start=dt.date(2026, 9, 1), days=20, rate=1.2),
    Move("grown", 0.025, ("new customer", "gift buyer"), orders=(1, 3), spent=(20, 250),
         quiet=(0, 150), start=dt.date(2026, 9, 1), days=14, rate=3, level=0.8),
)  # fmt: skip
_DRAWS = 99  # beyond the numbers of months, of which each has a generator too
_DAY = 24 * 3600


def beginning(month: np.ndarray) -> tuple[Move, ...]:
    """Return the moves that begin on one of these days (0 is FIRST_DAY)."""
    return tuple(move for move in MOVES if _day(move) in month)


def with_move(buyers: pd.DataFrame, lines: pd.DataFrame, move: Move, seed: int) -> pd.DataFrame:
    """Return the buyers and, below them, a further row for what each of those who move does from then on.

    Her row of before ends where that begins. `lines` are all of the months before, `move` is the name of what a row
    is (None: no move), and a row's first order is certain.
    """
    rng = np.random.default_rng([seed, _DRAWS, MOVES.index(move)])
    rows = _chosen(rng, buyers, lines, move)
    first = _day(move) + rng.integers(move.days, size=len(rows))
    after = buyers.iloc[rows].assign(
        joined=first,
        left=math.inf if move.rate else first,
        rate=move.rate * rng.gamma(16, 1 / 16, len(rows)),
        level=lambda before: before["level"] + move.level,
        birthday=0,  # in no month: what she does now has nothing to do with it
        other_birthday=0,
        move=move.name,
    )
    left = buyers["left"].to_numpy(copy=True)
    left[rows] = np.minimum(left[rows], first - 1)
    return pd.concat([buyers.assign(left=left), after], ignore_index=True)


def _chosen(rng: np.random.Generator, buyers: pd.DataFrame, lines: pd.DataFrame, move: Move) -> np.ndarray:
    """Return the rows of those who move."""
    did = _so_far(lines, _day(move)).reindex(buyers.index)
    types = [place for place, kind in enumerate(KINDS) if kind.name in move.types]
    fits = (
        buyers["kind"].isin(types)
        & buyers["move"].isna()
        & did["orders"].between(*move.orders)
        & did["spent"].between(*move.spent)
        & did["quiet"].between(*move.quiet)
    )
    if not move.rate:  # nobody stops who was about to leave
        fits &= buyers["left"] > (LAST_DAY - FIRST_DAY).days
    drawn = rng.permutation(np.flatnonzero(fits))
    rows: np.ndarray = np.sort(drawn[: round(move.share * buyers["customer_id"].nunique())])
    return rows


def _so_far(lines: pd.DataFrame, day: int) -> pd.DataFrame:
    """Return what each buyer did before a day: orders, spent (less returns), and quiet, days since the last order."""
    lines = lines[(lines["second"] < day * _DAY) & ~lines["cancelled"]]
    paid = lines["quantity"] * lines["price"] * (1 - lines["discount"])
    by_buyer = lines[~lines["returned"]].groupby("buyer")
    return pd.DataFrame(
        {
            "orders": by_buyer["order"].nunique(),
            "spent": paid.groupby(lines["buyer"]).sum(),
            "quiet": day - by_buyer["second"].max() / _DAY,
        }
    )


def _day(move: Move) -> int:
    """Return the day a move starts, as `make_buyers` counts days: 0 is FIRST_DAY."""
    return (move.start - FIRST_DAY).days
