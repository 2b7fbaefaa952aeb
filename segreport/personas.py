"""What each segment is called, in one sentence, and what to do about it: out of its numbers alone.

A word enters a name only when a driver of the segment backs it (at least 0.4 standard deviations from
the average customer, in the word's direction).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from segreport.actions import Action, action_for
from segreport.columns import Column
from segreport.lexicon import SPEND, Concept, Side, concept_of
from segreport.profiles import Driver, Profile
from segreport.wording import Wording

NAMEABLE = 0.4
MATCHED = 0.35
NOUNS = ("spend", "discount", "frequency", "tenure", "flights", "web", "basket", "recency", "income", "age")


@dataclass(frozen=True)
class Persona:
    """A segment in words: a unique name, one defining sentence, a first action; `backed_by` are the name's columns."""

    id: str
    name: str
    backed_by: tuple[str, ...]
    summary: str
    action: Action


@dataclass(frozen=True)
class _Name:
    text: str
    columns: tuple[str, ...]


@dataclass(frozen=True)
class _Trait:
    """One thing a name may say: a side of a concept, how telling it is, and the columns that back it."""

    family: str
    side: Side
    weight: float
    columns: tuple[str, ...]

    @property
    def noun_rank(self) -> int:
        """How well it serves as the noun, 0 best: "high-income big spenders", not "high-spending high earners"."""
        return NOUNS.index(self.family) if self.family in NOUNS else len(NOUNS)


def name_segments(profiles: Sequence[Profile], columns: Sequence[Column], wording: Wording) -> tuple[Persona, ...]:
    """Return a persona for each profile, in their order; no two names are alike.

    The segment that lies furthest from the average customer is named first.
    """
    known = {column.name: column for column in columns}
    by_strength = sorted(profiles, key=lambda p: -max((abs(d.effect) for d in p.drivers), default=0.0))
    taken: set[str] = set()
    names: dict[str, _Name] = {}
    for profile in by_strength:
        names[profile.id] = next(c for c in _candidates(profile, known) if c.text.casefold() not in taken)
        taken.add(names[profile.id].text.casefold())
    return tuple(
        Persona(
            id=profile.id,
            name=names[profile.id].text,
            backed_by=names[profile.id].columns,
            summary=summarise(profile, known, wording),
            action=action_for(signals(profile, known), strongest(profile, known)),
        )
        for profile in profiles
    )


def signals(profile: Profile, columns: Mapping[str, Column]) -> frozenset[str]:
    """Return what marketing would notice: "spend+", "recency-" and so on, for drivers of at least 0.4."""
    found = set()
    for driver in (*profile.drivers, *profile.described):
        concept = _concept(driver, columns)
        if concept and driver.level is None and abs(driver.effect) >= NAMEABLE:
            born = concept.key == "birth"  # a later year of birth is a lower age
            found.add(f"{'age' if born else concept.key}{'+' if (driver.effect > 0) != born else '-'}")
    found |= {
        f"{t.family}{'+' if t.side is SPEND.high else '-'}" for t in _traits(profile, columns) if t.family == SPEND.key
    }
    return frozenset(found)


def strongest(profile: Profile, columns: Mapping[str, Column]) -> str | None:
    """Return the label of the column that sets the segment apart most, None where nothing does."""
    return lower_first(columns[profile.drivers[0].column].label) if profile.drivers else None


def summarise(profile: Profile, columns: Mapping[str, Column], wording: Wording) -> str:
    """Return one sentence: the two strongest differences in their own units, or that there are none."""
    if not profile.drivers:
        return "They are close to the average customer on everything that was compared."
    said = [_compare(driver, columns[driver.column], wording) for driver in profile.drivers[:2]]
    text = ", and ".join(said)
    return f"{text[0].upper()}{text[1:]}."


def _compare(driver: Driver, column: Column, wording: Wording) -> str:
    label = lower_first(column.label)
    if driver.level is not None:
        return f"{label} is “{driver.level}” for {wording.percent(driver.mean)}, against {wording.percent(driver.overall)} of all"
    mean, overall = (wording.quantity(value, column.unit) for value in (driver.mean, driver.overall))
    return f"average {label} is {mean} against {overall} for all customers"


def lower_first(label: str) -> str:
    """Return a label for use within a sentence; words in capitals stay as they are."""
    head = label.split(" ", 1)[0]
    return label if len(head) > 1 and head[1:2].isupper() else label[:1].lower() + label[1:]


def _candidates(profile: Profile, columns: Mapping[str, Column]) -> Iterator[_Name]:
    """Yield names from the most to the least telling; the last ones never run out."""
    traits = _traits(profile, columns)
    close = [trait for trait in traits if trait.weight >= MATCHED * traits[0].weight]
    yield from _pairs(close)
    yield from (name for trait in close for name in _single(trait))
    yield from _pairs(traits)
    yield from (name for trait in traits for name in _single(trait))
    backed = [driver for driver in profile.drivers if abs(driver.effect) >= NAMEABLE]
    yield from (_plain(driver, columns) for driver in backed)
    yield from _plain_pairs(backed, columns)
    if not backed:
        yield _Name("Near-average customers", ())
        yield from (_Name(f"Slightly {_plain(d, columns).text.lower()}", (d.column,)) for d in profile.drivers)
    group = 1
    while True:
        yield _Name(f"Customer group {group}", ())
        group += 1


def _traits(profile: Profile, columns: Mapping[str, Column]) -> list[_Trait]:
    """Return what a name may say of a segment, the most telling first.

    Weight is the effect times how much marketing cares for the concept. Where at least three kinds of goods
    point the same way, they say together what each alone would: big or light spenders.
    """
    found = []
    goods: dict[bool, list[Driver]] = {True: [], False: []}
    for driver in profile.drivers:
        concept, side = _concept(driver, columns), _side(driver, columns)
        if concept is None or side is None or abs(driver.effect) < NAMEABLE:
            continue
        found.append(_Trait(concept.family, side, abs(driver.effect) * concept.weight, (driver.column,)))
        if concept.family == "goods":
            goods[driver.effect > 0].append(driver)
    for above, drivers in goods.items():
        if len(drivers) >= 3 and not goods[not above]:
            mean = sum(abs(driver.effect) for driver in drivers) / len(drivers)
            side = SPEND.high if above else SPEND.low
            found = [trait for trait in found if trait.family != "goods"]
            found.append(_Trait(SPEND.key, side, mean * SPEND.weight, tuple(driver.column for driver in drivers)))
    return sorted(found, key=lambda trait: -trait.weight)


def _pairs(traits: Sequence[_Trait]) -> Iterator[_Name]:
    for i, first in enumerate(traits):
        for second in traits[i + 1 :]:
            if first.family == second.family:
                continue
            one, other = sorted((first, second), key=lambda trait: -trait.noun_rank)
            for adjective, noun in ((one, other), (other, one)):
                if adjective.side.adjective and noun.side.noun:
                    yield _Name(f"{adjective.side.adjective} {noun.side.noun}", (*adjective.columns, *noun.columns))


def _single(trait: _Trait) -> Iterator[_Name]:
    if trait.side.noun:
        yield _Name(trait.side.noun[0].upper() + trait.side.noun[1:], trait.columns)
    elif trait.side.adjective:
        yield _Name(f"{trait.side.adjective} customers", trait.columns)


def _plain_pairs(drivers: Sequence[Driver], columns: Mapping[str, Column]) -> Iterator[_Name]:
    for i, first in enumerate(drivers):
        for second in drivers[i + 1 :]:
            a, b = _plain(first, columns).text, _plain(second, columns).text
            yield _Name(f"{a}, {lower_first(b)}", (first.column, second.column))


def _plain(driver: Driver, columns: Mapping[str, Column]) -> _Name:
    """Return a name for a column no word is known for: "High bonus miles", "Mostly “North”"."""
    column = columns[driver.column]
    if driver.level is not None:
        share = "Mostly" if driver.mean >= 0.5 else "More"
        words = f"{share} {_short(driver.level)}" if driver.effect > 0 else f"Few {_short(driver.level)}"
        if driver.level.isdigit() or driver.level in ("yes", "no"):
            words = f"{words.split()[0]} {_short(lower_first(column.label))} “{driver.level}”"
        return _Name(words, (driver.column,))
    return _Name(f"{'High' if driver.effect > 0 else 'Low'} {_short(lower_first(column.label))}", (driver.column,))


def _short(label: str, words: int = 3, letters: int = 28) -> str:
    text = " ".join(label.split()[:words])
    return text if len(text) <= letters else f"{text[: letters - 1].rstrip()}…"


def _concept(driver: Driver, columns: Mapping[str, Column]) -> Concept | None:
    column = columns[driver.column]
    return concept_of(column.name, column.label)


def _side(driver: Driver, columns: Mapping[str, Column]) -> Side | None:
    concept = _concept(driver, columns)
    if concept is None or driver.level is not None:
        return None
    return concept.high if driver.effect > 0 else concept.low
