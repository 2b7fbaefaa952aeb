"""What each segment is called, in one sentence, and what to do about it: out of its numbers alone.

A word enters a name only when a driver of the segment backs it (at least 0.4 standard deviations from
the average customer, in the word's direction).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from segreport.actions import Action, action_for
from segreport.columns import Column
from segreport.lexicon import Concept, Side, concept_of
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
            found.add(f"{concept.key}{'+' if driver.effect > 0 else '-'}")
    return frozenset(found)


def strongest(profile: Profile, columns: Mapping[str, Column]) -> str | None:
    """Return the label of the column that sets the segment apart most, None where nothing does."""
    return columns[profile.drivers[0].column].label if profile.drivers else None


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
    return f"{label} averages {mean} against {overall} for all customers"


def lower_first(label: str) -> str:
    """Return a label for use within a sentence; words in capitals stay as they are."""
    head = label.split(" ", 1)[0]
    return label if len(head) > 1 and head[1:2].isupper() else label[:1].lower() + label[1:]


def _candidates(profile: Profile, columns: Mapping[str, Column]) -> Iterator[_Name]:
    """Yield names from the most to the least telling; the last ones never run out."""
    backed = [driver for driver in profile.drivers if abs(driver.effect) >= NAMEABLE]
    close = [d for d in backed if abs(d.effect) >= MATCHED * abs(backed[0].effect)]
    yield from _pairs(close, columns)
    yield from _singles(backed, columns)
    yield from _pairs(backed, columns)
    yield from _plain_pairs(backed, columns)
    if not backed:
        yield _Name("Near-average customers", ())
        yield from (_Name(f"Slightly {_plain(d, columns).text.lower()}", (d.column,)) for d in profile.drivers)
    group = 1
    while True:
        yield _Name(f"Customer group {group}", ())
        group += 1


def _pairs(drivers: Sequence[Driver], columns: Mapping[str, Column]) -> Iterator[_Name]:
    for i, first in enumerate(drivers):
        for second in drivers[i + 1 :]:
            a, b = _side(first, columns), _side(second, columns)
            if a is None or b is None or _same_concept(first, second, columns):
                continue
            ordered = (
                ((first, a), (second, b))
                if _noun_rank(second, columns) <= _noun_rank(first, columns)
                else ((second, b), (first, a))
            )
            for (one, adjective), (other, noun) in (ordered, ordered[::-1]):
                if adjective.adjective and noun.noun:
                    yield _Name(f"{adjective.adjective} {noun.noun}", (one.column, other.column))


def _noun_rank(driver: Driver, columns: Mapping[str, Column]) -> int:
    """Return how well a concept serves as the noun: "high-income big spenders", not "high-spending high earners"."""
    concept = _concept(driver, columns)
    return NOUNS.index(concept.key) if concept and concept.key in NOUNS else len(NOUNS)


def _singles(drivers: Sequence[Driver], columns: Mapping[str, Column]) -> Iterator[_Name]:
    for driver in drivers:
        side = _side(driver, columns)
        if side and side.noun:
            yield _Name(side.noun[0].upper() + side.noun[1:], (driver.column,))
        elif side and side.adjective:
            yield _Name(f"{side.adjective} customers", (driver.column,))
        else:
            yield _plain(driver, columns)


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


def _same_concept(first: Driver, second: Driver, columns: Mapping[str, Column]) -> bool:
    a, b = _concept(first, columns), _concept(second, columns)
    return a is not None and b is not None and a.key.split(":")[0] == b.key.split(":")[0]
