"""What can truly be said of a segment: a trait a driver, with its words, its weight and the columns behind it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from segreport.columns import Column
from segreport.lexicon import LAPSED, LEVELS, NEW, SPEND, Concept, Side, concept_of, plain
from segreport.profiles import Driver, Profile

NAMEABLE = 0.4
CLEARLY = 1.5
MOST_EFFECT = 2.0
CODES = 6
COMMON = 0.25
SPANS = {"days": 365.0, "months": 12.0, "years": 1.0}
RECENT = 0.25
"""Active customers bought within this part of a year, where nothing tells how often they usually do."""
LATER = Side("More recent", "more recent buyers", None)
"""The low side of recency where it is long in itself; without its signal, whose plays are for the days after."""

Known = Mapping[str, Column]


@dataclass(frozen=True)
class Trait:
    """One thing a name may say of a segment.

    `side` holds the words, `phrase` words that stand alone ("High bonus miles"); `weight` is how telling it
    is, `driver` the strongest of the drivers of `columns`, and `clear` whether
    the mean is half as high again as everyone's, or two thirds of it. `clustered` is False for a column that only
    describes: it tells lookalikes apart.
    """

    key: str
    high: bool
    side: Side
    phrase: str | None
    weight: float
    driver: Driver
    columns: tuple[str, ...]
    clear: bool
    clustered: bool = True

    @property
    def family(self) -> str:
        """Traits of one family say too much of the same to share a name."""
        return self.key.partition(":")[0]

    @property
    def signal(self) -> str:
        """What echoes are written with: "spend+"."""
        return f"{self.family}{'+' if self.high else '-'}"


def traits_of(profile: Profile, columns: Known, everyone: Mapping[str, float]) -> tuple[Trait, ...]:
    """Return what may be said of a segment, the most telling first; `everyone` holds the means over all customers.

    Only drivers of at least 0.4 count, whose mean, as the reader sees it, lies on the same side. A concept
    that two columns contradict is not named: the columns speak for themselves.
    """
    backed = [d for d in profile.drivers if is_backed(d, profile)]
    found: dict[tuple[str, bool], Trait] = {}
    for driver in backed:
        trait = _trait(driver, profile, columns)
        found.setdefault((trait.key, trait.high), trait)
    for key, high in [pair for pair in found if (pair[0], not pair[1]) in found]:
        driver = found.pop((key, high)).driver
        found[f"column:{driver.column}", high] = _bare(driver, profile, columns)
    spending = _spending([t for t in found.values() if t.family == "goods"], profile, columns, everyone)
    if spending and not any(trait.key == SPEND.key for trait in found.values()):
        found[SPEND.key, spending.high] = spending
    for driver in profile.described:
        trait = _trait(driver, profile, columns)
        if is_backed(driver, profile) and (trait.key, True) not in found and (trait.key, False) not in found:
            found[trait.key, trait.high] = replace(trait, weight=0.2 * trait.weight, clustered=False)
    return tuple(sorted(found.values(), key=lambda trait: -trait.weight))


def is_backed(driver: Driver, profile: Profile) -> bool:
    """Return whether a word may rest on a driver: at least 0.4, its mean visibly on the same side, its level common.

    Effects are measured after taming outliers, so that a mean can lie on the other side; a gap under a tenth
    of the segment's own middle half is not visible.
    """
    if abs(driver.effect) < NAMEABLE or driver.level is not None:
        return abs(driver.effect) >= NAMEABLE and is_common(driver, profile)
    gap, spread = driver.mean - driver.overall, profile.spreads.get(driver.column)
    width = spread.quantiles[3] - spread.quantiles[1] if spread else 0.0
    return gap * driver.effect > 0 and abs(gap) >= 0.1 * width


def is_common(driver: Driver, profile: Profile) -> bool:
    """Return whether a quarter of a segment or of everyone has the level; true of numbers.

    That none of a segment has what hardly anybody has tells a reader nothing, however sure it is.
    """
    told = positive(driver, profile)
    return told.level is None or max(told.mean, told.overall) >= COMMON


def is_telling(driver: Driver, profile: Profile) -> bool:
    """Return whether a sentence may tell a driver: its level is common, its mean on the side of its effect."""
    return is_common(driver, profile) and (
        driver.level is not None or (driver.mean - driver.overall) * driver.effect > 0
    )


def holds(trait: Trait, profile: Profile) -> float:
    """Return the effect that a trait's strongest column has in another segment, positive in the trait's direction."""
    mine, sign = trait.driver, 1 if trait.high else -1
    theirs = next((d for d in (*profile.drivers, *profile.described) if d.column == mine.column), None)
    if theirs and theirs.level == mine.level:
        return sign * theirs.effect if is_backed(theirs, profile) else 0.0
    if mine.level is not None:
        share = profile.levels.get(mine.column, {}).get(mine.level, 0.0)
        return sign * 2 * (arc(share) - arc(mine.overall))
    if mine.column in profile.alike or mine.column not in profile.centre:
        return 0.0
    return abs(mine.effect) * (profile.centre[mine.column] - mine.overall) / (mine.mean - mine.overall)


def is_in_itself(trait: Trait) -> bool:
    """Return whether the words say that a time is short or long in itself: new, lapsed and active customers are."""
    return trait.side in (NEW, LAPSED) or (trait.key == "recency" and not trait.high)


def bears_in_itself(driver: Driver, profile: Profile, columns: Known) -> bool:
    """Return whether a driver, however weak, would be told in such words."""
    return is_in_itself(_trait(driver, profile, columns))


def short(label: str, letters: int = 32) -> str:
    """Return a label cut to fit into a name."""
    text = " ".join(label.split())
    return text if len(text) <= letters else f"{text[: letters - 1].rstrip()}…"


def lower_first(label: str) -> str:
    """Return a label for use within a sentence; words in capitals and codes stay as they are."""
    head = label.split(" ", 1)[0]
    kept = len(head) > 1 and (head[1].isupper() or any(letter.isdigit() for letter in head))
    return label if kept else label[:1].lower() + label[1:]


def _trait(driver: Driver, profile: Profile, columns: Known) -> Trait:
    column = columns[driver.column]
    concept = concept_of(column.name, column.label)
    if driver.level is not None:
        return _level_trait(driver, profile, column)
    if concept is None:
        return _bare(driver, profile, columns)
    high = driver.effect > 0
    if concept.key == "recency" and not high and driver.mean > RECENT * SPANS.get(column.unit, math.inf):
        return replace(_bare(driver, profile, columns), side=LATER, phrase=None)
    words = concept.high if high else concept.low
    if not (words.adjective or words.noun):
        return replace(_bare(driver, profile, columns), key=concept.key)
    weight = min(abs(driver.effect), MOST_EFFECT) * concept.weight
    trait = Trait(concept.key, high, words, None, weight, driver, (driver.column,), clear=is_clear(driver))
    return replace(trait, side=_in_itself(concept, trait, column))


def _in_itself(concept: Concept, trait: Trait, column: Column) -> Side:
    """Return "new" and "lapsed" where a time is short or long in itself, else the comparative words."""
    span, mean = SPANS.get(column.unit), trait.driver.mean
    if concept.key == "tenure" and not trait.high:
        overall = trait.driver.overall
        return NEW if mean <= (min(span, 0.75 * overall) if span else 0.5 * overall) else trait.side
    if concept.key == "recency" and trait.high:
        return LAPSED if trait.clear or (span is not None and mean >= span) else trait.side
    return trait.side


def is_clear(driver: Driver) -> bool:
    """Return whether a mean is half as high again as everyone's or two thirds of it (no ratio: an effect of 1)."""
    if driver.index is None:
        return abs(driver.effect) >= 1
    return driver.index >= 100 * CLEARLY or driver.index <= 100 / CLEARLY


def _bare(driver: Driver, profile: Profile, columns: Known) -> Trait:
    """Return a trait of a column no word is known for: "High bonus miles", "Many children", "Education: mostly 2"."""
    column, high = columns[driver.column], driver.effect > 0
    label = short(column.label)
    text: str | None
    code = _code(profile, column)
    if code == "":
        text = None
    elif code:
        text = f"{short(column.label, letters=18)}: {code}"
    elif label.lower().startswith("number of "):
        text = f"{'Many' if high else 'Few'} {short(column.label[10:])}"
    else:
        text = f"{'High' if high else 'Low'} {lower_first(label)}"
    weight = 0.6 * min(abs(driver.effect), MOST_EFFECT)
    key = f"column:{driver.column}"
    return Trait(key, high, Side(None, None, None), text, weight, driver, (driver.column,), clear=is_clear(driver))


def _code(profile: Profile, column: Column) -> str | None:
    """Return the value that at least half the segment has, for a column of few numbers without a unit; None for others.

    "" where no value has half: such a column may hold codes, of which "high" and "low" say nothing.
    """
    spread = profile.spreads.get(column.name)
    if column.unit or column.distinct > CODES or column.label.lower().startswith("number of ") or not spread:
        return None
    low, lower, _, upper, high = spread.quantiles
    if lower != upper or not lower.is_integer():
        return ""
    return f"{lower:.0f}" if low == high else f"mostly {lower:.0f}"


def _level_trait(driver: Driver, profile: Profile, column: Column) -> Trait:
    """Return a trait of a category: "Gender: mostly Female", or words where the level has its own."""
    told = positive(driver, profile)
    level, share = told.level or "", told.mean
    words = LEVELS.get(plain(level)) if share >= 0.75 and told.effect > 0 else None
    if told.effect > 0:
        much = "" if share >= 0.95 else "mostly " if share >= 0.5 else "more "
    else:
        much = "not " if share <= 0.02 else "few " if share < COMMON else "fewer "
    colon = "" if level.isdigit() and not much else ":"
    text = f"{short(column.label, letters=15)}{colon} {much}{short(level, letters=15)}"
    weight = (0.9 if words else 0.6) * min(abs(driver.effect), MOST_EFFECT)
    key = f"level:{column.name}:{level}"
    high = told.effect > 0
    return Trait(key, high, words or Side(None, None, None), text, weight, told, (column.name,), clear=share >= 0.5)


def positive(driver: Driver, profile: Profile) -> Driver:
    """Return a driver of one of two levels as that of the one there is more of: "Female", not "few Male"."""
    shares = profile.levels.get(driver.column, {})
    other = next((level for level in shares if level != driver.level), None)
    if driver.effect > 0 or len(shares) != 2 or other is None:
        return driver
    mean, overall = 1 - driver.mean, 1 - driver.overall
    index = 100 * mean / overall if overall > 0 else None
    return Driver(driver.column, other, mean, overall, index, -driver.effect)


def _spending(goods: Sequence[Trait], profile: Profile, columns: Known, everyone: Mapping[str, float]) -> Trait | None:
    """Return big or light spending where several kinds of goods show it together, and their total confirms it."""
    names = [c.name for c in columns.values() if c.role == "amount" and c.name in profile.centre and _is_goods(c)]
    mine, all_of_us = (sum(means.get(name, 0.0) for name in names) for means in (profile.centre, everyone))
    if not names or all_of_us <= 0:
        return None
    index = 100 * mine / all_of_us
    above = [trait for trait in goods if trait.high == (index > 100) and trait.driver.column in names]
    if len(above) < 2 or len(above) < len(goods) or not (index >= 120 or index <= 80):
        return None
    high = index > 100
    weight = sum(min(abs(t.driver.effect), MOST_EFFECT) for t in above) / len(above) * SPEND.weight
    used = tuple(trait.driver.column for trait in above)
    words = SPEND.high if high else SPEND.low
    clear = index >= 100 * CLEARLY or index <= 100 / CLEARLY
    return Trait(SPEND.key, high, words, None, weight, above[0].driver, used, clear=clear)


def _is_goods(column: Column) -> bool:
    concept = concept_of(column.name, column.label)
    return concept is not None and concept.key.startswith("goods:")


def arc(share: float) -> float:
    """Return a share as Cohen's h measures it, halved."""
    return math.asin(math.sqrt(min(max(share, 0.0), 1.0)))
