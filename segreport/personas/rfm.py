"""What marketing calls customers who come from orders: one word for every place in recency, frequency and monetary.

A word's claims hold for the segment's means against all customers, so that the numbers beside it bear it out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from segreport.orders import Limits, Standings
from segreport.personas.rfm_words import GRID, NEWER_DAYS, RECENT_DAYS, SILENT, WORDS, Word
from segreport.personas.shop import is_typical
from segreport.profiles import Profile, Spread

__all__ = ["GRID", "SILENT", "WORDS", "Place", "Word", "heard", "is_recent", "place_of", "word"]

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
OVERDUE_GAPS, OVERDUE_DAYS = 1.5, 30.0
"""Overdue: no order for so many usual gaps between orders and for so many days."""
LONG_GAPS, LONG_DAYS, YEAR = 4.0, 180.0, 365.0
"""Long: no order for so many usual gaps and so many days, or for a year that is no usual gap."""
YEARLY = 400.0
"""About once a year: a slower rhythm makes no last order recent."""


@dataclass(frozen=True)
class Place:
    """Where a segment stands against all customers, and what its times are in themselves.

    Recency is high where the last order is more recent than others', and recent in itself. `age` is "newer" where
    customers came later than others but are not new in themselves; `silence` is measured by the usual gap between
    orders; `outstanding` says that orders and revenue are both at least twice the average, `unpaid` that returns
    leave no revenue at all.
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
    """Return where a segment stands; a level needs the scores and certain means to agree, else it is the middle one.

    Where everyone's `spreads` are told, high revenue needs a median above everyone's as well: a mean may be one
    customer's.
    """
    mine, ours, centre = standings.segments[profile.id], standings.overall, profile.centre
    seen = {name: _difference(name, profile, everyone) for name in ("recency", "frequency", "monetary", "tenure")}
    monetary = _level(mine.monetary - ours.monetary, seen["monetary"])
    if monetary == "high" and not is_typical(profile, "monetary", spreads or {}):
        monetary = "middle"
    recency = _level(mine.recency - ours.recency, -seen["recency"])
    gap = _usual_gap(centre, everyone, standings.limits)
    if recency == "high" and not _is_recent(profile, gap, standings.limits):
        recency = "middle"
    return Place(
        recency=recency,
        frequency=_level(mine.frequency - ours.frequency, seen["frequency"]),
        monetary=monetary,
        age=_age(centre.get("tenure"), everyone.get("tenure"), seen["tenure"]),
        silence=_silence(centre.get("recency"), gap),
        outstanding=all(
            0 < OUTSTANDING * everyone.get(name, 0.0) <= centre.get(name, 0.0) for name in ("frequency", "monetary")
        ),
        unpaid=centre.get("monetary", 1.0) <= 0,
    )


def heard(said: Word, signals: frozenset[str], limits: Limits) -> frozenset[str]:
    """Return the signals of a segment with that of its word, less those that the word or the limits do not bear out."""
    unsure = {
        signal for signal in signals if signal.startswith("recency-")
    }  # its plays are for orders of the last days
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


def _difference(name: str, profile: Profile, everyone: Means) -> float:
    """Return how far a mean lies from everyone's, 0 where a reader would not see it, or no driver makes it certain."""
    mean, overall = profile.centre.get(name), everyone.get(name)
    if mean is None or overall is None or abs(mean - overall) < VISIBLE * abs(overall):
        return 0.0
    drivers = (d for d in (*profile.drivers, *profile.described) if d.column == name and d.level is None)
    return mean - overall if any(d.effect * (mean - overall) > 0 for d in drivers) else 0.0


def _level(gap: float, ahead: float) -> Level:
    """Return a level: that of the scores where they are apart and the means, `ahead` being better, bear it out."""
    if abs(gap) < APART or ahead * gap <= 0:
        return "middle"
    return "high" if gap > 0 else "low"


def _age(tenure: float | None, overall: float | None, difference: float) -> Age:
    if tenure is None or overall is None or tenure > min(NEWER_DAYS, NEWER * overall):
        return "settled"
    if tenure <= min(NEW_DAYS, NEW * overall):
        return "new"
    return "newer" if difference < 0 else "settled"


def _usual_gap(centre: Means, everyone: Means, limits: Limits) -> float | None:
    """Return the usual days between orders: their own where most of them came back, else everyone's."""
    if not limits.can_repeat:
        return None
    theirs = centre if centre.get("frequency", 0.0) >= 2 else everyone
    return theirs.get("gap", everyone.get("gap"))


def is_recent(profile: Profile, everyone: Means, limits: Limits) -> bool:
    """Return whether a segment's last order is recent in itself, or within the usual days between its orders."""
    return _is_recent(profile, _usual_gap(profile.centre, everyone, limits), limits)


def _is_recent(profile: Profile, gap: float | None, limits: Limits) -> bool:
    """Return whether the last order is recent in itself or, up to about a year, within their own gap; and not overdue.

    Where it is known, it is the median that is overdue or not: a few who left make a mean late.
    """
    centre, spread = profile.centre, profile.spreads.get("recency")
    mean = centre.get("recency", 0.0)
    own = centre.get("gap", 0.0) if limits.can_repeat and centre.get("frequency", 0.0) >= 2 else 0.0
    usual = min(own, YEAR) if own <= YEARLY else 0.0
    typical = min(mean, spread.quantiles[2]) if spread else mean
    return mean <= max(usual, RECENT_DAYS) and _silence(typical, gap) == "none"


def _silence(recency: float | None, gap: float | None) -> Silence:
    if recency is None:
        return "none"
    if gap is None:
        return "long" if recency >= YEAR else "overdue" if recency >= RECENT_DAYS else "none"
    if recency >= max(LONG_GAPS * gap, LONG_DAYS) or recency >= max(OVERDUE_GAPS * gap, YEAR):
        return "long"
    return "overdue" if recency >= max(OVERDUE_GAPS * gap, OVERDUE_DAYS) else "none"
