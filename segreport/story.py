"""What the whole report says first: its headline, its tiles, what to do, and what to be careful about."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from segreport.actions import GENERAL
from segreport.choice import Choice
from segreport.columns import Column, Columns
from segreport.lexicon import plain
from segreport.orders import Limits
from segreport.personas import Persona, difference, is_backed, lower_first
from segreport.profiles import Driver, Profile, Profiles
from segreport.trust import Grade, Trust
from segreport.wording import Wording

FEW_CUSTOMERS = 100
TOO_FEW = 50
FEW_GROUPS = 3
MUCH_MISSING = 0.3
EVEN = 0.02
MOST_EFFECT = 2.0
WORTH = {
    r"^(monetary|amount|(total )?spen[dt]\b.*|montant|(kauf)?betrag|importe|gasto|depenses?|dollar.*)$": "spending",
    r"umsatz|chiffre|ventas|facturacion|erlos|^total (revenue|sales|purchases)$": "revenue",
}
"""How a value column is called in a sentence, where its label would not read well."""


@dataclass(frozen=True)
class Tile:
    """One figure of page one: `value` as the reader sees it follows from `kind`."""

    label: str
    value: float
    kind: Literal["count", "amount", "number", "share"]
    note: str


@dataclass(frozen=True)
class Warning:  # noqa: A001 - report.json calls them warnings, and so do we
    """Something the reader must know before acting; `code` is stable for scripts."""

    code: str
    text: str


def structure_words(choice: Choice, trust: Trust, customers: int) -> str:
    """Return the verdict on the segments as page one says it."""
    again = _coming_back(trust)
    if choice.structure == "none":
        return f"These segments are not reliable: {again}. Do not target by those marked “do not target”."
    if choice.structure == "natural":
        return f"Customers form groups: the segments stand out more than chance would make them, and {again}."
    return _created_words(choice, again, customers)


def _created_words(choice: Choice, again: str, customers: int) -> str:
    """Return the verdict on segments that are made, as far as it is known whether there are groups."""
    lowest = min((score.k for score in choice.scores), default=FEW_GROUPS)
    if choice.kinds:
        return f"In the columns used, customers are of only {choice.k} kinds: each segment is one of them, and {again}."
    if choice.groups:
        return f"Customers form {choice.groups} groups; these {choice.k} segments do not follow them, and {again}."
    if customers < TOO_FEW:
        return f"There are too few customers to tell whether they form groups. The segments are slices; {again}."
    if lowest > FEW_GROUPS:
        return f"Whether customers form fewer than {lowest} groups was not tried. The segments are slices; {again}."
    return (
        "Customers shade into one another: the segments are useful slices of a continuum, not separate groups; "
        f"{again}."
    )


def _coming_back(trust: Trust) -> str:
    """Return how many segments come back when customers are redrawn."""
    k, shaky, sound = (len(trust.segments), *(_graded(trust, grade) for grade in ("unstable", "stable")))
    if sound == k:
        return "all of them come back when customers are redrawn"
    if shaky:
        return f"{shaky} of the {k} {'does' if shaky == 1 else 'do'} not come back when customers are redrawn"
    number = f"{sound or 'none'} of the {k} {'comes' if sound < 2 else 'come'} back in full"
    return (
        f"{number} when customers are redrawn, {'the others in their core' if sound else 'but the core of each does'}"
    )


def _graded(trust: Trust, grade: Grade) -> int:
    return sum(segment.grade == grade for segment in trust.segments)


def unreliable(trust: Trust) -> str:
    """Return the headline over segments that are not to be relied on: no segment is its finding."""
    k, shaky = len(trust.segments), _graded(trust, "unstable")
    return f"No finding to act on: {shaky} of the {k} segments {'is' if shaky == 1 else 'are'} not reliable"


def headline(
    profiles: Profiles, personas: Sequence[Persona], columns: Mapping[str, Column], worth: str | None, wording: Wording
) -> str:
    """Return the finding in one sentence: who brings most for their number, else who differs most (in spending first).

    `worth` is what the value is called in a sentence ("revenue"), None where no value is known.
    """
    by_id = {persona.id: persona for persona in personas}
    if worth and all(profile.value_share is not None for profile in profiles.segments):
        return _on_value(profiles, by_id, worth, wording)
    shares = dict(zip(by_id, profiles.percents, strict=True))
    shown = [(p, d) for p in profiles.segments for d in _told(p, by_id[p.id]) if d.column in columns]
    if not shown:
        largest = max(profiles.segments, key=lambda p: p.size)
        return f"{_who(by_id[largest.id], wording.whole(shares[largest.id], largest.share))}, the largest segment"
    best, driver = max(shown, key=lambda pair: (*_interest(by_id[pair[0].id]), pair[1].effect > 0, _weight(*pair)))
    told = difference(driver, columns[driver.column], wording)
    return f"{_who(by_id[best.id], wording.whole(shares[best.id], best.share))}, with {told}"


def _interest(persona: Persona) -> tuple[bool, bool]:
    return persona.spending, persona.people


def _weight(profile: Profile, driver: Driver) -> float:
    """Return how much of a finding a driver is: a few customers far off are less of one than many clearly apart."""
    return min(abs(driver.effect), MOST_EFFECT) * math.sqrt(profile.share)


def _on_value(profiles: Profiles, personas: Mapping[str, Persona], worth: str, wording: Wording) -> str:
    """Return who brings more than their share; where nobody does, or some bring less than nothing, that."""
    shares = [(profile, profile.value_share or 0.0) for profile in profiles.segments]
    best, share = max(shares, key=lambda pair: pair[1] - pair[0].share)
    if share - best.share < EVEN:
        return f"No segment brings much more of {worth} than its share of customers"
    if share > 1:
        best, share = max(shares, key=lambda pair: pair[1])
    at = profiles.segments.index(best)
    who = _who(personas[best.id], wording.whole(profiles.percents[at], best.share))
    bring = "bring" if personas[best.id].people else "brings"
    if share > 1:
        return f"{who} and {bring} more {worth} than any other segment"
    return f"{who} and {bring} {wording.whole(profiles.value_percents[at] or 0, share)} of {worth}"


def _told(profile: Profile, persona: Persona) -> list[Driver]:
    """Return the number drivers a headline may rest on: those behind the name, else any."""
    numbers = [driver for driver in profile.drivers if driver.level is None and is_backed(driver, profile)]
    return [driver for driver in numbers if driver.column in persona.backed_by] or numbers


def _who(persona: Persona, share: str) -> str:
    """Return the start of a sentence: "Big spenders are 11% of customers", "The segment “Region 3” is …"."""
    if persona.people:
        return f"{persona.name} are {share} of customers"
    return f"The segment “{persona.name}” is {share} of customers"


def worth_words(columns: Columns) -> str | None:
    """Return what the value columns are called within a sentence; None where there are none."""
    if not columns.value:
        return None
    if len(columns.value) > 1:
        return "spending"
    label = next(lower_first(c.label) for c in columns.all if c.name == columns.value[0])
    return next((said for pattern, said in WORTH.items() if re.search(pattern, plain(label))), label)


def tiles(
    columns: Columns, profiles: Profiles, trust: Trust, worth: str | None, since: str | None = None
) -> tuple[Tile, ...]:
    """Return three to five figures for page one; `since` is the day of the first order, in words."""
    k = len(profiles.segments)
    reliable = _graded(trust, "stable")
    largest = max(profiles.percents) / 100  # as it is printed beside the segment
    found = [
        Tile("Customers", columns.customers, "count", "in this report"),
        Tile("Segments", k, "count", "each a page"),
    ]
    if worth and profiles.overall.value is not None:
        note = f"all customers together{f', since {since}' if since else ''}"
        found.append(Tile(f"{worth[0].upper()}{worth[1:]}", profiles.overall.value, "amount", note))
        found.append(Tile("Per customer", profiles.overall.value / columns.customers, "amount", "on average"))
    else:
        found.append(Tile("Largest segment", largest, "share", "of customers"))
    found.append(Tile("Reliable segments", reliable, "count", f"of {k}: a fresh draw of customers gives them again"))
    return tuple(found)


def priorities(profiles: Profiles, personas: Sequence[Persona], trust: Trust) -> tuple[str, ...]:
    """Return the ids of at most three segments to act on first, with different actions.

    Actions made for what a segment shows come before general ones, then those where most value is at stake
    (without a value: the most urgent); those worth nothing come last, and a segment that does not come back
    when customers are redrawn is not targeted.
    """
    grades = {segment.id: segment.grade for segment in trust.segments}
    known = {persona.id: persona for persona in personas}
    order = sorted(
        profiles.segments,
        key=lambda p: (
            _is_worthless(p),
            known[p.id].urgency >= GENERAL,
            -(p.value_share or 0),
            known[p.id].urgency,
            -p.share,
        ),
    )
    chosen: dict[str, str] = {}
    for ident in (profile.id for profile in order):
        title = known[ident].action.title
        if grades[ident] != "unstable" and title not in chosen and len(chosen) < 3:
            chosen[title] = ident
    return tuple(chosen.values())


def _is_worthless(profile: Profile) -> bool:
    return profile.value_share is not None and profile.value_share <= 0


def limited(limits: Limits) -> tuple[Warning, ...]:
    """Return a warning for everything that the orders cannot tell."""
    return tuple(Warning(code, text) for code, text in limits.texts)


def warnings_for(columns: Columns, trust: Trust, personas: Sequence[Persona], wording: Wording) -> tuple[Warning, ...]:
    """Return what the reader must know before acting."""
    found: list[Warning] = []
    if columns.customers < FEW_CUSTOMERS:
        found.append(
            Warning("few_customers", f"Only {wording.count(columns.customers)} customers: read every share as rough.")
        )
    names = {persona.id: persona.name for persona in personas}
    shaky = [names[segment.id] for segment in trust.segments if segment.grade == "unstable"]
    if shaky:
        found.append(
            Warning(
                "unstable_segments",
                f"Do not target by name: {'; '.join(shaky)}. A fresh draw of customers does not give them again.",
            )
        )
    found += [
        _missing(c, columns.customers, wording) for c in columns.all if c.use == "feature" and _much_missing(c, columns)
    ]
    return tuple(found)


def unbalanced(
    profiles: Profiles, personas: Sequence[Persona], min_share: float, wording: Wording
) -> tuple[Warning, ...]:
    """Return a warning for each segment that, over all customers, is smaller than was asked for."""
    names = {persona.id: persona.name for persona in personas}
    return tuple(
        Warning(
            "small_segment",
            f"{names[p.id]} are only {wording.count(p.size)} customers, under the smallest share asked for.",
        )
        for p in profiles.segments
        if p.share < min_share
    )


def _much_missing(column: Column, columns: Columns) -> bool:
    return column.missing > MUCH_MISSING * columns.customers


def _missing(column: Column, customers: int, wording: Wording) -> Warning:
    share = wording.percent(column.missing / customers)
    return Warning(
        "much_missing",
        f"{column.label} is missing for {share} of customers and was filled with its median; "
        f"consider leaving it out with --exclude.",
    )
