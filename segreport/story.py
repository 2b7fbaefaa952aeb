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
from segreport.trust import Trust
from segreport.wording import Wording

Structure = Literal["natural", "created", "none"]

CLEAR = 0.5
FEW_CUSTOMERS = 100
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


def structure_of(trust: Trust) -> Structure:
    """Return whether groups stand out ("natural"), are useful slices ("created"), or not even reproducible ("none").

    None: a third of the segments or more do not come back when customers are redrawn; fewer are named by a
    warning. Kaufman & Rousseeuw (1990) read a silhouette of 0.5 and more as a reasonable structure.
    """
    shaky = sum(segment.grade == "unstable" for segment in trust.segments)
    if 3 * shaky >= len(trust.segments):
        return "none"
    return "natural" if trust.silhouette >= CLEAR else "created"


def structure_words(structure: Structure) -> str:
    """Return the verdict on the segments as page one says it."""
    return {
        "natural": "The segments stand apart: most customers clearly belong to one of them.",
        "created": (
            "Customers shade into one another: the segments are useful slices of a continuum, not separate groups. "
            "A fresh draw of customers gives much the same slices."
        ),
        "none": (
            "There are no reliable groups here: a fresh draw of customers gives other segments, "
            "so do not target by those marked “do not target”."
        ),
    }[structure]


def headline(
    profiles: Profiles, personas: Sequence[Persona], columns: Mapping[str, Column], worth: str | None, wording: Wording
) -> str:
    """Return the finding in one sentence: who brings most for their number, else who differs most (in spending first).

    `worth` is what the value is called in a sentence ("revenue"), None where no value is known.
    """
    by_id = {persona.id: persona for persona in personas}
    if worth and all(profile.value_share is not None for profile in profiles.segments):
        return _on_value(profiles.segments, by_id, worth, wording)
    shown = [(p, d) for p in profiles.segments for d in _told(p, by_id[p.id]) if d.column in columns]
    if not shown:
        largest = max(profiles.segments, key=lambda p: p.size)
        return f"{_who(by_id[largest.id], largest, wording)}, the largest segment"
    best, driver = max(shown, key=lambda pair: (*_interest(by_id[pair[0].id]), pair[1].effect > 0, _weight(*pair)))
    told = difference(driver, columns[driver.column], wording)
    return f"{_who(by_id[best.id], best, wording)}, with {told}"


def _interest(persona: Persona) -> tuple[bool, bool]:
    return persona.spending, persona.people


def _weight(profile: Profile, driver: Driver) -> float:
    """Return how much of a finding a driver is: a few customers far off are less of one than many clearly apart."""
    return min(abs(driver.effect), MOST_EFFECT) * math.sqrt(profile.share)


def _on_value(segments: Sequence[Profile], personas: Mapping[str, Persona], worth: str, wording: Wording) -> str:
    """Return who brings more than their share; where nobody does, or some bring less than nothing, that."""
    best = max(segments, key=lambda p: (p.value_share or 0.0) - p.share)
    share = best.value_share or 0.0
    if share - best.share < EVEN:
        return f"No segment brings much more of {worth} than its share of customers"
    persona = personas[best.id]
    bring = "bring" if persona.people else "brings"
    if share > 1:
        return f"{_who(persona, best, wording)} and {bring} more {worth} than any other segment"
    return f"{_who(persona, best, wording)} and {bring} {wording.percent(share)} of {worth}"


def _told(profile: Profile, persona: Persona) -> list[Driver]:
    """Return the number drivers a headline may rest on: those behind the name, else any."""
    numbers = [driver for driver in profile.drivers if driver.level is None and is_backed(driver, profile)]
    return [driver for driver in numbers if driver.column in persona.backed_by] or numbers


def _who(persona: Persona, profile: Profile, wording: Wording) -> str:
    """Return the start of a sentence: "Big spenders are 11% of customers", "The segment “Region 3” is …"."""
    share = wording.percent(profile.share)
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


def tiles(columns: Columns, profiles: Profiles, trust: Trust, worth: str | None) -> tuple[Tile, ...]:
    """Return three to five figures for page one."""
    k = len(profiles.segments)
    reliable = sum(segment.grade == "stable" for segment in trust.segments)
    largest = max(profile.share for profile in profiles.segments)
    found = [
        Tile("Customers", columns.customers, "count", "in this report"),
        Tile("Segments", k, "count", "each a page"),
    ]
    if worth and profiles.overall.value is not None:
        found.append(Tile(f"{worth[0].upper()}{worth[1:]}", profiles.overall.value, "amount", "all customers together"))
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


@dataclass(frozen=True)
class Alternative:
    """What another number of segments would change, in words; `changed` is the share (0 to 1) of customers who move."""

    k: int
    changed: float
    text: str


def alternatives(trust: Trust, personas: Sequence[Persona], wording: Wording) -> tuple[Alternative, ...]:
    """Return what one segment less and one more would change."""
    names = {persona.id: persona.name for persona in personas}
    found = []
    for recut in trust.recuts:
        parts = [f"{wording.listing([names[i] for i in group])} would become one segment" for group in recut.merged]
        parts += [f"{names[ident]} would come apart" for ident in recut.split]
        what = "; ".join(parts) or "the segments would be drawn differently"
        text = f"{what}. {wording.percent(recut.changed)} of customers would change segment."
        found.append(Alternative(recut.k, recut.changed, text))
    return tuple(found)


def limited(limits: Limits) -> tuple[Warning, ...]:
    """Return a warning for everything that the orders cannot tell."""
    return tuple(Warning(code, text) for code, text in limits.texts)


def warnings_for(columns: Columns, choice: Choice, trust: Trust, personas: Sequence[Persona]) -> tuple[Warning, ...]:
    """Return what the reader must know before acting."""
    found: list[Warning] = []
    if columns.customers < FEW_CUSTOMERS:
        found.append(Warning("few_customers", f"Only {columns.customers} customers: read every share as rough."))
    names = {persona.id: persona.name for persona in personas}
    shaky = [names[segment.id] for segment in trust.segments if segment.grade == "unstable"]
    if shaky:
        found.append(
            Warning(
                "unstable_segments",
                f"Do not target by name: {'; '.join(shaky)}. A fresh draw of customers does not give them again.",
            )
        )
    if choice.skipped:
        found.append(Warning("unbalanced_skipped", choice.reason))
    found += [_missing(c, columns.customers) for c in columns.all if c.use == "feature" and _much_missing(c, columns)]
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


def _missing(column: Column, customers: int) -> Warning:
    share = column.missing / customers
    return Warning(
        "much_missing",
        f"{column.label} is missing for {share:.0%} of customers and was filled with its median; "
        f"consider leaving it out with --exclude.",
    )
