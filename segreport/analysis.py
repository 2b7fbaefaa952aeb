"""One run, from data to Report: the only room that knows the order of the others."""

from __future__ import annotations

import datetime as dt
import platform
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from threading import Thread

import ibis.expr.types as ir
import pyarrow as pa

from segreport import __version__
from segreport.alternatives import Tried, tell_others, try_others
from segreport.choice import Choice, choose_k, scan_k
from segreport.columns import Columns, columns_of, survey
from segreport.features import Recipe, draw_sample, fit_recipe, treatment
from segreport.mapping import draw_map
from segreport.methods import WARD_SIZE
from segreport.orders import Derive, Limits, Orders, Standings, holds_orders, read_orders, standings_of
from segreport.outcomes import compare
from segreport.palette import PALETTE
from segreport.personas import Persona, name_segments
from segreport.profiles import Profiles, describe
from segreport.report import SCHEMA, ColumnFacts, Overall, Report, Segment, SourceFacts
from segreport.segments import Fitted, Model, agreement, assign, cluster
from segreport.settings import SegmentSettings, Settings
from segreport.sources import Data, Source, open_source
from segreport.story import (
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
from segreport.tallies import count_segments
from segreport.trust import SegmentTrust, Trust, examine, structure_of
from segreport.wording import Wording


@dataclass(frozen=True, eq=False)
class Analysis:
    """A report and what else a run leaves behind: the model, the assignments (a Parquet file) and the source's shape.

    `agree` is the share (0 to 1) of sampled customers whom the nearest centre puts where the method did; `derive`
    makes customers out of a table of orders like `raw` (None: its rows are customers).
    """

    report: Report
    model: Model
    assignments: Path
    raw: ir.Table
    columns: Columns
    agree: float
    derive: Derive | None


@dataclass(frozen=True, eq=False)
class _Found:
    """What was found out about the segments, on its way into the report."""

    trust: Trust
    tried: Tried
    profiles: Profiles
    personas: Sequence[Persona]
    wording: Wording
    orders: Orders | None
    standings: Standings | None


def analyse(
    data: Data, settings: Settings, *, today: dt.date, workspace: Path, progress: Callable[[str], None] = lambda _: None
) -> Analysis:
    """Return the report on `data`; `workspace` is a folder that keeps the assignments, `progress` hears each step.

    `today` is only used where the data has no date of its own. Raises InputError and SettingsError.
    """
    chosen = settings.segments
    wording = Wording(settings.report.language, settings.report.currency)
    # half a second of loading, done while the engine reads
    Thread(target=import_module, args=("sklearn.cluster",), daemon=True).start()
    progress("Reading the data")
    source = open_source(data, settings.read)
    progress("Finding out what each column is")
    surveyed = survey(source.table, settings.columns, decimal=settings.read.decimal, today=today, name=source.name)
    orders = None
    if holds_orders(surveyed, settings.orders):
        progress("Adding up each customer's orders")
        orders = read_orders(surveyed, settings.orders, as_of=settings.report.as_of, wording=wording)
    columns = orders.columns if orders else columns_of(surveyed, prepare=chosen.prepare)
    as_of = _as_of(columns, orders, settings, today)
    sample = draw_sample(columns, seed=chosen.seed)
    features = [column for column in columns.all if column.use == "feature"]
    recipe = fit_recipe(sample, features, as_of=as_of, prepare=chosen.prepare)
    X = recipe.encode(sample)
    if chosen.method == "ward" and sample.num_rows > WARD_SIZE:
        X = X[:WARD_SIZE]
        sample = sample.slice(0, WARD_SIZE)
    trying = _for_campaigns(chosen) if orders else chosen
    assignments = workspace / "assigned.parquet"
    with _one_thread(), ThreadPoolExecutor(1) as engine:
        progress("Choosing the number of segments")
        scan = scan_k(X, recipe.levels, trying)
        choice = choose_k(scan, trying, wording)
        progress(f"Making {choice.k} segments")
        fitted = cluster(X, scan.centres[choice.k], columns, recipe, method=chosen.method, seed=chosen.seed)
        assign(fitted, sample, columns, assignments)
        counting = engine.submit(count_segments, columns, fitted.model, assignments)  # goes on beside what follows
        progress("Checking how far they can be trusted")
        trust = examine(fitted, scan.redraws)
        tried = try_others(fitted, scan.centres, seed=chosen.seed)
        progress("Describing them")
        profiles = describe(fitted, sample, columns, counting.result(), wording)
    standings = standings_of(assignments, columns, fitted.model.ids, orders.facts.limits) if orders else None
    personas = name_segments(profiles.segments, columns.all, wording, standings, profiles.overall.spreads)
    found = _Found(trust, tried, profiles, personas, wording, orders, standings)
    report = _report(source, columns, sample, choice, fitted, found, settings)
    derive = orders.derive if orders else None
    return Analysis(report, fitted.model, assignments, source.table, columns, agreement(fitted), derive)


def _for_campaigns(settings: SegmentSettings) -> SegmentSettings:
    """Return the settings for customers who differ in how recently, often and much they buy.

    They form a continuum, of which the silhouette would always make two halves, which are of little use. Where
    nothing was asked for, 3 to 8 segments are tried.
    """
    asked = {"k", "k_range"} & settings.model_fields_set
    return settings if asked else settings.model_copy(update={"k_range": (3, 8)})


def _as_of(columns: Columns, orders: Orders | None, settings: Settings, today: dt.date) -> dt.date:
    """Return the day that days are counted to: as told, else the day after the latest date, else today."""
    told = orders.as_of if orders else settings.report.as_of
    if isinstance(told, dt.datetime):
        return told.date()
    return told or (columns.latest + dt.timedelta(days=1) if columns.latest else today)


def _one_thread() -> AbstractContextManager[object]:
    """Return a context in which OpenMP and BLAS use one thread.

    Sums then come out the same to the last digit, and small matrices do not wait for threads to wake up: on
    a busy machine that took ten times as long.
    """
    import sklearn.cluster  # noqa: F401 - what is limited must be loaded
    from threadpoolctl import threadpool_limits

    return threadpool_limits(limits=1)  # type: ignore[no-any-return] # it ships no types


def _report(
    source: Source,
    columns: Columns,
    sample: pa.Table,
    choice: Choice,
    fitted: Fitted,
    found: _Found,
    settings: Settings,
) -> Report:
    recipe, wording = fitted.model.recipe, found.wording
    trust, profiles, personas = found.trust, found.profiles, found.personas
    made = {definition.name for definition in found.orders.facts.definitions} if found.orders else set()
    worth = worth_words(columns)
    choice = replace(choice, structure=structure_of(choice, trust))
    finding = headline(profiles, personas, {c.name: c for c in columns.all}, worth, wording)
    return Report(
        schema=SCHEMA,
        period=settings.report.period or f"{recipe.as_of - dt.timedelta(days=1):%Y-%m}",
        as_of=recipe.as_of.isoformat(),
        title=settings.report.title or "Customer segments",
        headline=unreliable(trust) if choice.structure == "none" else finding,
        verdict=structure_words(choice, trust, columns.customers),
        worth=worth,
        value_columns=columns.value,
        source=SourceFacts(
            source.name, columns.rows, columns.customers, columns.duplicates, source.fingerprint, sample.num_rows
        ),
        columns=tuple(_column_facts(columns, recipe, wording)),
        choice=choice,
        segments=tuple(
            _segment(j, profiles, *parts, found.standings)
            for j, parts in enumerate(zip(personas, trust.segments, strict=True))
        ),
        tiles=tiles(columns, profiles, trust, worth),
        priorities=priorities(profiles, personas, trust),
        alternatives=tell_others(found.tried, personas, {c.name: c.label for c in columns.all}, wording),
        separation=trust.separation,
        overall=Overall(
            **vars(profiles.overall),
            silhouette=trust.silhouette,
            inertia=fitted.inertia,
            standing=found.standings.overall if found.standings else None,
        ),
        map=draw_map(fitted, columns),
        notes=(*source.notes, *columns.notes, *_run_notes(columns, sample, found, recipe, settings)),
        warnings=(
            *limited(found.orders.facts.limits if found.orders else Limits()),
            *warnings_for(columns, trust, personas, wording),
            *unbalanced(profiles, personas, settings.segments.min_share, wording),
        ),
        settings=_settings(settings),
        versions=_versions(),
        orders=found.orders.facts if found.orders else None,
        outcomes=compare(fitted, sample, columns, profiles, made, {p.id: p.name for p in personas}, wording),
    )


def _segment(j: int, profiles: Profiles, persona: Persona, trust: SegmentTrust, standings: Standings | None) -> Segment:
    profile = profiles.segments[j]
    return Segment(
        **{**vars(profile), "name": persona.name, "backed_by": persona.backed_by, "summary": persona.summary},
        action=persona.action,
        percent=profiles.percents[j],
        value_percent=profiles.value_percents[j],
        value_index=None if profile.value_share is None else 100 * profile.value_share / profile.share,
        colour=PALETTE[j % len(PALETTE)],
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


def _run_notes(columns: Columns, sample: pa.Table, found: _Found, recipe: Recipe, settings: Settings) -> list[str]:
    notes = []
    wording = found.wording
    dated = any(c.parse.kind == "date" and c.use in ("feature", "describe") for c in columns.all)
    as_of = wording.date(recipe.as_of)
    if found.orders:
        notes.append(_orders_as_of(found.orders, settings, wording))
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
    """Return the settings for report.json; of a file only its name, since paths say where the analyst works."""
    dumped = settings.model_dump(mode="json", exclude_defaults=True)
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
