"""Everything that was found out, put into the Report."""

from __future__ import annotations

import datetime as dt
import platform
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path

from segreport import __version__
from segreport.alternatives import Tried, tell_others
from segreport.analysis.fitting import Made
from segreport.analysis.monthly import Tracks, movement_of
from segreport.analysis.reading import Customers
from segreport.columns import Columns
from segreport.features import Recipe, treatment
from segreport.history import colours_of, gap_words, headline_of, months_between
from segreport.mapping import draw_map
from segreport.orders import Limits, Orders, Standings
from segreport.outcomes import compare
from segreport.personas import Persona
from segreport.profiles import Profiles
from segreport.report import SCHEMA, ColumnFacts, Overall, Report, Segment, SourceFacts
from segreport.settings import Settings
from segreport.story import (
    Warning,  # noqa: A004 - report.json calls them warnings, and so do we
    headline,
    limited,
    priorities,
    structure_words,
    tiles,
    unbalanced,
    unreliable,
    warnings_for,
    worth_words,
)
from segreport.trust import SegmentTrust, Trust, structure_of
from segreport.wording import Wording


@dataclass(frozen=True, eq=False)
class Found:
    """What was found out about the segments, on its way into the report; `tracks` is None without an earlier month.

    `asked` says that the month to compare with was named.
    """

    customers: Customers
    made: Made
    period: str
    trust: Trust
    tried: Tried
    profiles: Profiles
    personas: Sequence[Persona]
    standings: Standings | None
    tracks: Tracks | None
    asked: bool = False
    warnings: tuple[Warning, ...] = ()


def report_on(found: Found, settings: Settings, wording: Wording) -> Report:
    """Return the Report on what was found."""
    made, trust, profiles, personas = found.made, found.trust, found.profiles, found.personas
    columns, recipe, source = made.columns, made.fitted.model.recipe, found.customers.source
    orders = found.customers.orders
    defined = {definition.name for definition in orders.facts.definitions} if orders else set()
    choice = replace(made.choice, structure=structure_of(made.choice, trust))
    worth = worth_words(columns)
    segments = _segments(found)
    finding = headline(profiles, personas, {c.name: c for c in columns.all}, worth, wording)
    movement = None
    if found.tracks:
        movement, seen = movement_of(
            found.tracks,
            made,
            segments,
            period=found.period,
            worth=worth,
            ordered=orders is not None,
            wording=wording,
        )
        finding = headline_of(finding, seen, wording)
    return Report(
        schema=SCHEMA,
        period=found.period,
        as_of=recipe.as_of.isoformat(),
        title=settings.report.title or "Customer segments",
        headline=unreliable(trust) if choice.structure == "none" else finding,
        verdict=structure_words(choice, trust, columns.customers),
        worth=worth,
        value_columns=columns.value,
        source=SourceFacts(
            source.name,
            columns.rows,
            columns.customers,
            columns.duplicates,
            source.fingerprint,
            made.sample.num_rows,
            None if found.customers.numbered else columns.id,
        ),
        columns=tuple(_column_facts(columns, recipe, wording)),
        choice=choice,
        segments=segments,
        tiles=tiles(columns, profiles, trust, worth, wording.date(orders.facts.first[:10]) if orders else None),
        priorities=priorities(profiles, personas, trust),
        alternatives=tell_others(found.tried, personas, {c.name: c.label for c in columns.all}, wording),
        separation=trust.separation,
        overall=Overall(
            **vars(profiles.overall),
            silhouette=trust.silhouette,
            inertia=made.fitted.inertia,
            standing=found.standings.overall if found.standings else None,
        ),
        map=draw_map(made.fitted, columns),
        notes=(*source.notes, *columns.notes, *_run_notes(found, settings, wording)),
        warnings=(
            *found.warnings,
            *_about_period(found, wording),
            *_about_months(found, wording),
            *limited(orders.facts.limits if orders else Limits()),
            *warnings_for(columns, trust, personas, wording),
            *unbalanced(profiles, personas, settings.segments.min_share, wording),
        ),
        settings=_settings(settings),
        versions=_versions(),
        orders=orders.facts if orders else None,
        outcomes=compare(
            made.fitted, made.sample, columns, profiles, defined, {p.id: p.name for p in personas}, wording
        ),
        movement=movement,
    )


def _about_period(found: Found, wording: Wording) -> tuple[Warning, ...]:
    """Return a warning where the report is called after another month than its data end in."""
    last = found.customers.as_of - dt.timedelta(days=1)
    if f"{last:%Y-%m}" == found.period or not found.customers.dated:
        return ()
    text = (
        f"This is called the report of {wording.month(found.period)}, as asked for, and counts days to "
        f"{wording.date(found.customers.as_of)}; --as-of ends it with another day."
    )
    return (Warning("period_differs", text),)


def _about_months(found: Found, wording: Wording) -> tuple[Warning, ...]:
    """Return a warning for everything that kept months from being compared, and for a month that is missing."""
    if found.tracks is None:
        return ()
    since = found.tracks.past.month.period
    months = months_between(since, found.period)
    gap = None if found.asked else gap_words(since, found.period, months, wording)
    problems = tuple(Warning(problem.code, problem.text) for problem in found.tracks.problems)
    return (*(Warning("month_missing", text) for text in (gap,) if text), *problems)


def _segments(found: Found) -> tuple[Segment, ...]:
    past = found.tracks.past.month.segments if found.tracks else ()
    ids = [persona.id for persona in found.personas]
    known = {segment.id: segment.colour for segment in past}
    colours = colours_of(ids, known, [segment.colour for segment in past if segment.id not in ids])
    parts = zip(found.personas, found.trust.segments, strict=True)
    return tuple(
        _segment(j, found.profiles, persona, trust, colours[persona.id], found.standings)
        for j, (persona, trust) in enumerate(parts)
    )


def _segment(
    j: int, profiles: Profiles, persona: Persona, trust: SegmentTrust, colour: str, standings: Standings | None
) -> Segment:
    profile = profiles.segments[j]
    told = ("name", "backed_by", "summary", "action", "basis", "people", "given", "outdated")
    return Segment(
        **{**vars(profile), **{name: getattr(persona, name) for name in told}},
        percent=profiles.percents[j],
        value_percent=profiles.value_percents[j],
        value_index=None if profile.value_share is None else 100 * profile.value_share / profile.share,
        colour=colour,
        stability=trust.stability,
        trust=trust.grade,
        silhouette=trust.silhouette,
        silhouette_profile=trust.profile,
        border=trust.border,
        standing=standings.segments[profile.id] if standings else None,
    )


def _column_facts(columns: Columns, recipe: Recipe, wording: Wording) -> list[ColumnFacts]:
    steps = {step.column: step for step in recipe.steps}
    facts = []
    for column in columns.all:
        if column.name in steps:
            done = treatment(steps[column.name], wording, column.unit)
        elif column.name in recipe.twins:
            twin, r = recipe.twins[column.name]
            done = f"left out of the distance: it moves with {twin} (r = {wording.number(r)})"
        else:
            done = {"describe": "describes segments, not clustered on", "id": "names customers"}.get(
                column.use, "not used"
            )
        facts.append(
            ColumnFacts(
                column.name,
                column.label,
                column.unit,
                column.role,
                column.use,
                column.why,
                column.missing,
                done,
                column.distinct,
                column.told,
                steps.get(column.name),
                recipe.twins.get(column.name),
            )
        )
    return facts


def _run_notes(found: Found, settings: Settings, wording: Wording) -> list[str]:
    columns, recipe, sample = found.made.columns, found.made.fitted.model.recipe, found.made.sample
    orders = found.customers.orders
    notes = []
    dated = any(c.parse.kind == "date" and c.use in ("feature", "describe") for c in columns.all)
    as_of = wording.date(recipe.as_of)
    if orders:
        notes.append(_orders_as_of(orders, settings, wording))
    elif settings.report.as_of is None and columns.latest is None:
        what = "All dates lie in the future" if dated else "No column holds a date"
        notes.append(f"{what}, so the report is dated by the day of the run, {as_of}.")
    elif settings.report.as_of is None and dated:
        notes.append(f"Days are counted to {as_of}, the day after the latest date that is not in the future.")
    elif dated and columns.latest and columns.latest > recipe.as_of:
        notes.append(f"Some dates lie after {as_of}, to which days are counted: those are negative.")
    if sample.num_rows < columns.customers:
        notes.append(
            f"The segments were found on a sample of {wording.count(sample.num_rows)} customers, the same ones "
            "every time; sizes, shares and averages count everyone, distributions are of the sample."
        )
    for name, (twin, r) in recipe.twins.items():
        notes.append(f"{name} was not counted twice: it moves with {twin} (r = {wording.number(r)}).")
    return notes


def _orders_as_of(orders: Orders, settings: Settings, wording: Wording) -> str:
    until = wording.moment(orders.facts.as_of, orders.facts.timed)
    if settings.report.as_of is not None:
        return f"Days are counted to {until}, as asked for."
    return f"Days are counted to {until}, one day after the last order; --as-of sets another moment."


def _settings(settings: Settings) -> dict[str, object]:
    """Return the settings for report.json; of a file only its name, since paths say where the analyst works.

    Those of e-mail are left out: whom a report goes to is no business of its readers.
    """
    dumped = settings.model_dump(mode="json", exclude_defaults=True, exclude={"email"})
    shown = dumped.get("report", {})
    for key in ("logo", "template"):
        if shown.get(key):
            shown[key] = Path(shown[key]).name
    return dumped


def _versions() -> dict[str, str]:
    packages = (
        "scikit-learn",
        "scipy",
        "numpy",
        "pandas",
        "duckdb",
        "ibis-framework",
        "plotly",
        "matplotlib",
        "weasyprint",
    )
    return {"segreport": __version__, "python": platform.python_version(), **{name: version(name) for name in packages}}
