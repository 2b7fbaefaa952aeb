"""What marketing calls customers who come from orders: one word for every place in recency, frequency and monetary.

A word's claims hold for the segment's means against all customers, so that the numbers beside it bear it out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from segreport.orders import Limits, Standings
from segreport.profiles import Profile

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


@dataclass(frozen=True)
class Word:
    """What a segment is called, the signal that actions go by, and what it claims.

    A claim is a column and its side against all customers ("recency-": fewer days), without a side where it is
    a time long or short in itself.
    """

    text: str
    signal: str
    claims: tuple[str, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns the word rests on."""
        return tuple(claim.rstrip("+-") for claim in self.claims)


def word(place: Place, limits: Limits) -> Word:
    """Return the one word for a place, within what can be concluded.

    In too short a history nobody is overdue, and where nobody came back nobody orders more often than others.
    """
    if place.unpaid:
        return WORDS["Customers without revenue"]
    frequency: Level = place.frequency if limits.can_repeat else "middle"
    silence: Silence = place.silence if limits.can_lapse else "none"
    row = _row(place.recency, silence)
    if row in ("recent", "steady", "slipping"):
        if place.age == "new":
            row = "new"
        elif place.age == "newer" and frequency == "low":
            row = "newer"
        elif place.age == "newer" and frequency == "middle" and row == "recent":
            row = "rising"
        elif (row, frequency, place.monetary) == ("recent", "high", "high") and place.outstanding:
            return WORDS["Champions"]
    return WORDS[GRID[row, frequency][("high", "middle", "low").index(place.monetary)]]


def place_of(profile: Profile, standings: Standings, everyone: Means) -> Place:
    """Return where a segment stands; a level needs the scores and the means to agree, else it is the middle one."""
    mine, ours, centre = standings.segments[profile.id], standings.overall, profile.centre
    return Place(
        recency=_level(mine.recency - ours.recency, centre.get("recency"), everyone.get("recency"), falling=True),
        frequency=_level(mine.frequency - ours.frequency, centre.get("frequency"), everyone.get("frequency")),
        monetary=_level(mine.monetary - ours.monetary, centre.get("monetary"), everyone.get("monetary")),
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
        unsure |= {signal for signal in signals if signal.startswith("frequency")}
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


# Two tables. First, by row and frequency: the words for high, middle and low monetary.
# fmt: off
_GRID = """
recent   high:   Loyal big spenders             | Loyal customers              | Light-spending regulars
recent   middle: Active big spenders            | Active customers             | Active light spenders
rising   middle: Promising big spenders         | Promising customers          | Promising light spenders
recent   low:    Recent big-ticket buyers       | Recent occasional buyers     | Recent occasional buyers
steady   high:   Big-spending regulars          | Regular buyers               | Light-spending regulars
steady   middle: Big spenders                   | Mid-tier customers           | Light spenders
steady   low:    Big-ticket buyers              | Occasional buyers            | Occasional light spenders
slipping high:   Regulars needing attention     | Regulars needing attention   | Regulars needing attention
slipping middle: Big spenders needing attention | Customers needing attention  | Customers needing attention
slipping low:    Big-ticket buyers              | Occasional buyers            | Occasional light spenders
quieter  high:   Quieter big spenders           | Quieter regulars             | Quieter regulars
quieter  middle: Quieter big spenders           | Quieter customers            | Quieter light spenders
quieter  low:    Quieter big spenders           | Quieter occasional buyers    | Quieter occasional buyers
quiet    high:   Can't-lose customers           | At-risk regulars             | At-risk regulars
quiet    middle: At-risk big spenders           | Customers needing attention  | Cooling customers
quiet    low:    Hibernating big spenders       | Hibernating customers        | Hibernating customers
gone     high:   Can't-lose customers           | Lapsed regulars              | Lapsed regulars
gone     middle: Lapsed big spenders            | Lapsed customers             | Lapsed customers
gone     low:    Lapsed big spenders            | Lost customers               | Lost customers
new      high:   New big spenders               | Frequent newcomers           | Frequent newcomers
new      middle: New big spenders               | New customers                | New customers
new      low:    New big spenders               | New customers                | New customers
newer    low:    Newer big spenders             | Newer customers              | Newer customers
"""

# Second: each word, the signal that actions go by, and its claims.
_WORDS = """
Champions:                      champions    recency- frequency+ monetary+
Loyal big spenders:             loyal-big    recency- frequency+ monetary+
Loyal customers:                loyal        recency- frequency+
Big-spending regulars:          loyal-big    frequency+ monetary+
Regular buyers:                 loyal        frequency+
Light-spending regulars:        light-loyal  frequency+ monetary-
Active big spenders:            big          recency- monetary+
Big spenders:                   big          monetary+
Recent big-ticket buyers:       big-ticket   recency- frequency- monetary+
Big-ticket buyers:              big-ticket   frequency- monetary+
Active customers:               active       recency-
Active light spenders:          active       recency- monetary-
Promising big spenders:         promising    recency- tenure- monetary+
Promising customers:            promising    recency- tenure-
Promising light spenders:       promising    recency- tenure- monetary-
Recent occasional buyers:       recent       recency- frequency-
New big spenders:               new-big      tenure monetary+
New customers:                  new          tenure
Frequent newcomers:             new-frequent tenure frequency+
Newer customers:                newer        tenure- frequency-
Newer big spenders:             newer        tenure- frequency- monetary+
Mid-tier customers:             middle
Light spenders:                 light        monetary-
Occasional buyers:              occasional   frequency-
Occasional light spenders:      occasional   frequency- monetary-
Regulars needing attention:     attention    recency frequency+
Big spenders needing attention: attention    recency monetary+
Customers needing attention:    attention    recency
Cooling customers:              cooling      recency+ monetary-
Quieter big spenders:           quieter      recency+ monetary+
Quieter regulars:               quieter      recency+ frequency+
Quieter customers:              quieter      recency+
Quieter light spenders:         quieter      recency+ monetary-
Quieter occasional buyers:      quieter      recency+ frequency-
At-risk regulars:               at-risk      recency+ frequency+
At-risk big spenders:           at-risk-big  recency+ monetary+
Can't-lose customers:           cant-lose    recency frequency+ monetary+
Hibernating big spenders:       hibernating  recency+ frequency- monetary+
Hibernating customers:          hibernating  recency+ frequency-
Lapsed big spenders:            lapsed-big   recency monetary+
Lapsed regulars:                lapsed       recency frequency+
Lapsed customers:               lapsed       recency
Lost customers:                 lost         recency frequency-
Customers without revenue:      unpaid       monetary
"""
# fmt: on


def _grid() -> dict[tuple[str, str], tuple[str, ...]]:
    rows = [line.split(":", 1) for line in _GRID.strip().splitlines()]
    return {
        (where.rsplit(None, 1)[0].strip(), where.rsplit(None, 1)[1]): tuple(text.strip() for text in texts.split("|"))
        for where, texts in rows
    }


def _words() -> dict[str, Word]:
    rows = [line.split(":", 1) for line in _WORDS.strip().splitlines()]
    return {text: Word(text, rest.split()[0], tuple(rest.split()[1:])) for text, rest in rows}


GRID, WORDS = _grid(), _words()
SILENT = frozenset({"cooling", "attention", "at-risk", "at-risk-big", "cant-lose", "hibernating", "lapsed",
                    "lapsed-big", "lost"})  # fmt: skip
"""Signals of words that say customers stay away; none is given where the history is too short to tell."""
