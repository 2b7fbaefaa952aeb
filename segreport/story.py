"""What the whole report says first: its headline, its tiles, what to do, and what to be careful about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from segreport.actions import rank
from segreport.actions import rank
from segreport.choice import Choice
from segreport.columns import Column, Columns
from segreport.lexicon import SPEND, concept_of
from segreport.personas import Persona, lower_first
from segreport.profiles import Profiles
from segreport.trust import Trust
from segreport.wording import Wording

Structure = Literal["natural", "created", "none"]

CLEAR = 0.5
FEW_CUSTOMERS = 100
MUCH_MISSING = 0.3


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

    Kaufman & Rousseeuw (1990) read a silhouette of 0.5 and more as a reasonable structure.
    """
    if any(segment.grade == "unstable" for segment in trust.segments):
        return "none"
    return "natural" if trust.silhouette >= CLEAR else "created"


def structure_words(structure: Structure) -> str:
    """Return the verdict on the segments as page one says it."""
    return {
        "natural": "The segments stand apart: most customers clearly belong to one of them.",
        "created": (
            "Customers shade into one another: the segments are useful slices of a continuum, not separate groups, "
            "and they come back when the customers are redrawn."
        ),
        "none": (
            "There are no reliable groups here: some segments do not come back when the customers are redrawn, "
            "so do not target by those marked “do not target”."
        ),
    }[structure]


def headline(
    profiles: Profiles, personas: Sequence[Persona], columns: Mapping[str, Column], worth: str | None, wording: Wording
) -> str:
    """Return the finding in one sentence: who brings the most for their number, else who differs most (in spending first).

    `worth` is what the value is called in a sentence ("revenue"), None where no value is known.
    """
    names = {persona.id: persona.name for persona in personas}
    if worth and all(p.value_share is not None and p.value_share >= 0 for p in profiles.segments):
        best = max(profiles.segments, key=lambda p: (p.value_share or 0) - p.share)
        return (
            f"{names[best.id]} are {wording.percent(best.share)} of customers "
            f"and bring {wording.percent(best.value_share or 0)} of {worth}"
        )
    told = [(p, d) for p in profiles.segments for d in p.drivers if d.level is None and d.column in columns]
    if not told:
        largest = max(profiles.segments, key=lambda p: p.size)
        return f"{names[largest.id]} are the largest group, at {wording.percent(largest.share)} of customers"
    best, driver = max(
        told, key=lambda pair: (_is_spending(columns[pair[1].column]) and pair[1].effect > 0, abs(pair[1].effect))
    )
    column = columns[driver.column]
    mean, overall = (wording.quantity(value, column.unit) for value in (driver.mean, driver.overall))
    return (
        f"{names[best.id]} are {wording.percent(best.share)} of customers, "
        f"with an average {lower_first(column.label)} of {mean} against {overall} for all"
    )


def _is_spending(column: Column) -> bool:
    concept = concept_of(column.name, column.label)
    return concept is not None and concept.family == SPEND.family


def worth_words(columns: Columns) -> str | None:
    """Return what the value columns are called within a sentence; None where there are none."""
    if not columns.value:
        return None
    if len(columns.value) > 1:
        return "spending"
    return next(lower_first(c.label) for c in columns.all if c.name == columns.value[0])


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
    found.append(Tile("Reliable segments", reliable, "count", f"of {k} come back when customers are redrawn"))
    return tuple(found)


def priorities(profiles: Profiles, personas: Sequence[Persona], trust: Trust) -> tuple[str, ...]:
    """Return the ids of at most three segments to act on first, with different actions.

    Those that bring most come first (without a value: those with the most urgent action); a segment that
    does not come back when customers are redrawn is not targeted.
    """
    grades = {segment.id: segment.grade for segment in trust.segments}
    titles = {persona.id: persona.action.title for persona in personas}
    urgent = {persona.id: rank(persona.action) for persona in personas}
    order = sorted(profiles.segments, key=lambda p: (-(p.value_share or 0), urgent[p.id], -p.share))
    chosen: list[str] = []
    for ident in (profile.id for profile in order):
        fresh = titles[ident] not in {titles[other] for other in chosen}
        if grades[ident] != "unstable" and fresh and len(chosen) < 3:
            chosen.append(ident)
    return tuple(chosen)


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
                f"Do not target by name: {'; '.join(shaky)}. They change when customers are redrawn.",
            )
        )
    if choice.skipped:
        found.append(Warning("unbalanced_skipped", choice.reason))
    found += [_missing(c, columns.customers) for c in columns.all if c.use == "feature" and _much_missing(c, columns)]
    return tuple(found)


def _much_missing(column: Column, columns: Columns) -> bool:
    return column.missing > MUCH_MISSING * columns.customers


def _missing(column: Column, customers: int) -> Warning:
    share = column.missing / customers
    return Warning(
        "much_missing",
        f"{column.label} is missing for {share:.0%} of customers and was filled with its median; "
        f"consider leaving it out with --exclude.",
    )
