"""What marketing calls customers who come from orders: one word for every place in recency, frequency and monetary.

A word's claims hold for the segment's means against all customers, so that the numbers beside it bear it out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from segreport.orders import Limits, Standings
from segreport.personas.rfm_words import GRID, SILENT, WORDS, Word
from segreport.personas.shop import is_typical
from segreport.profiles import Profile, Spread

__all__ = ["GRID", "SILENT", "WORDS", "Place", "Word", "heard", "place_of", "word"]

Level = Literal["high", "middle", "low"]
Age = Literal["new", "newer", "settled"]
Silence = Literal["none", "overdue", "long"]
Means = Mapping[str, float]

APART = 0.5
"""How far a mean score lies from everyone's for a level to be high or low, in scores."""
VISIBLE = 0.1
"""How far a mean lies from everyone's for a reader to see it, as a part of everyone's."""
OUTSTANDING = 2.0
"""Champions order, and bring, at least this many times the average."""
NEW_DAYS, NEW, NEWER = 180.0, 0.6, 0.85
"""New: the first order at most so many days ago, and at most that part of everyone's time; newer: the second part."""
OVERDUE_GAPS, OVERDUE_DAYS, UNKNOWN_GAP_DAYS = 1.5, 30.0, 90.0
"""Overdue: no order for so many usual gaps between orders and for so many days (the last: no gap is known)."""
LONG_GAPS, LONG_DAYS, YEAR = 4.0, 180.0, 365.0
"""Long: no order for so many usual gaps and so many days, or for a year that is no usual gap."""


@dataclass(frozen=True)
class Place:
    """Where a segment stands against all customers, and what its times are in themselves.

    Recency is high where the last order is recent. `age` is "newer" where customers came later than others but are
    not new in themselves; `silence` is measured by the usual gap between orders; `outstanding` says that
    orders and revenue are both at least twice the average, `unpaid` that returns leave no revenue at all.
    """

    recency: Level
    frequency: Level
    monetary: Level
    age: Age = "settled"
    silence: Silence = "none"
    outstanding: bool = False
    unpaid: bool = False


def word(place: Place, limits: Limits) -> Word:
    """Return the one word for a place, within what can be concluded.

    In too short a history nobody is overdue or new, and where nobody came back it is only when and how much that
    tells customers apart.
    """
    if place.unpaid:
        return WORDS["Customers without revenue"]
    level = ("high", "middle", "low").index(place.monetary)
    if not limits.can_repeat:
        row = {"high": "latest", "middle": "steady", "low": "earlier"}[place.recency]
        return WORDS[GRID[row, "middle"][level]]
    frequency, age = place.frequency, place.age if limits.can_be_new else "settled"
    row = _row(place.recency, place.silence if limits.can_lapse else "none")
    if row in ("recent", "steady", "slipping"):
        if age == "new":
            row = "new"
        elif age == "newer" and frequency == "low":
            row = "newer"
        elif age == "newer" and frequency == "middle" and row == "recent":
            row = "rising"
        elif (row, frequency, place.monetary) == ("recent", "high", "high") and place.outstanding:
            return WORDS["Champions"]
    return WORDS[GRID[row, frequency][level]]


def place_of(
    profile: Profile, standings: Standings, everyone: Means, spreads: Mapping[str, Spread] | None = None
) -> Place:
    """Return where a segment stands; a level needs the scores and the means to agree, else it is the middle one.

    Where everyone's `spreads` are told, high revenue needs a median above everyone's as well: a mean may be one
    customer's.
    """
    mine, ours, centre = standings.segments[profile.id], standings.overall, profile.centre
    monetary = _level(mine.monetary - ours.monetary, centre.get("monetary"), everyone.get("monetary"))
    if monetary == "high" and not is_typical(profile, "monetary", spreads or {}):
        monetary = "middle"
    return Place(
        recency=_level(mine.recency - ours.recency, centre.get("recency"), everyone.get("recency"), falling=True),
        frequency=_level(mine.frequency - ours.frequency, centre.get("frequency"), everyone.get("frequency")),
        monetary=monetary,
        age=_age(centre.get("tenure"), everyone.get("tenure")),
        silence=_silence(centre.get("recency"), _usual_gap(centre, everyone, standings.limits)),
        outstanding=all(
            0 < OUTSTANDING * everyone.get(name, 0.0) <= centre.get(name, 0.0) for name in ("frequency", "monetary")
        ),
        unpaid=centre.get("monetary", 1.0) <= 0,
    )


def heard(said: Word, signals: frozenset[str], limits: Limits) -> frozenset[str]:
    """Return the signals of a segment with that of its word, less those that the word or the limits do not bear out."""
    unsure = set()
    if said.signal not in SILENT:
        unsure.add("lapsed")
    if not said.signal.startswith("new-") and said.signal != "new":
        unsure.add("new")
    if not limits.can_repeat:
        unsure |= {signal for signal in signals if signal.startswith(("frequency", "pace", "tenure"))}
    if not limits.can_be_new:
        unsure |= {signal for signal in signals if signal.startswith("tenure")}
    return signals - unsure | {f"rfm:{said.signal}"}


def _row(recency: Level, silence: Silence) -> str:
    if silence == "long":  # even where everyone else stayed away for longer
        return "gone"
    if recency == "high":
        return "recent"
    if recency == "low":
        return "quiet" if silence == "overdue" else "quieter"
    return "slipping" if silence == "overdue" else "steady"


def _level(gap: float, mean: float | None, overall: float | None, *, falling: bool = False) -> Level:
    """Return a level; `falling` where a low mean has a high score, as in recency."""
    if mean is None or overall is None or abs(gap) < APART:
        return "middle"
    ahead = overall - mean if falling else mean - overall
    if ahead * gap <= 0 or abs(ahead) < VISIBLE * abs(overall):
        return "middle"
    return "high" if gap > 0 else "low"


def _age(tenure: float | None, overall: float | None) -> Age:
    if tenure is None or overall is None or tenure > NEWER * overall:
        return "settled"
    return "new" if tenure <= min(NEW_DAYS, NEW * overall) else "newer"


def _usual_gap(centre: Means, everyone: Means, limits: Limits) -> float | None:
    """Return the usual days between orders: their own where most of them came back, else everyone's."""
    if not limits.can_repeat:
        return None
    theirs = centre if centre.get("frequency", 0.0) >= 2 else everyone
    return theirs.get("gap", everyone.get("gap"))


def _silence(recency: float | None, gap: float | None) -> Silence:
    if recency is None:
        return "none"
    if gap is None:
        return "long" if recency >= YEAR else "overdue" if recency >= UNKNOWN_GAP_DAYS else "none"
    if recency >= max(LONG_GAPS * gap, LONG_DAYS) or recency >= max(OVERDUE_GAPS * gap, YEAR):
        return "long"
    return "overdue" if recency >= max(OVERDUE_GAPS * gap, OVERDUE_DAYS) else "none"
