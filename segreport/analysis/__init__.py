"""One run, from data to Report: the only room that knows the order of the others.

reading     the table of customers, this month and as last month read it
fitting     this month's segments: last month's model, or one fitted anew
monthly     where every customer was and is, and what is told of it
reporting   everything that was found out, put into the Report
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from functools import partial
from importlib import import_module
from pathlib import Path
from threading import Thread

import ibis.expr.types as ir

from segreport.alternatives import try_others
from segreport.analysis.fitting import make_segments
from segreport.analysis.monthly import compare_months, write_customers
from segreport.analysis.reading import Customers, read_customers
from segreport.analysis.reporting import Found, report_on
from segreport.columns import Columns
from segreport.history import Past, Trails, recall, unreadable, write_movers
from segreport.orders import Derive, standings_of
from segreport.personas import Kept, calls_people, name_segments
from segreport.profiles import describe
from segreport.report import Report
from segreport.segments import Model, agreement
from segreport.settings import SegmentSettings, Settings
from segreport.sources import Data
from segreport.story import Warning  # noqa: A004 - report.json calls them warnings, and so do we
from segreport.tallies import count_segments
from segreport.trust import examine
from segreport.wording import Wording

__all__ = ["Analysis", "Customers", "Memory", "analyse", "read_customers"]


@dataclass(frozen=True)
class Memory:
    """Where earlier months are: in folders of `out`, unless one is named (`previous`); nowhere without either."""

    out: Path | None = None
    previous: Path | None = None


@dataclass(frozen=True, eq=False)
class Analysis:
    """A report and what else a run leaves behind: the model, the source's shape, and files of every customer.

    `assignments` and `inputs` are Parquet files, `movers` writes the list of who moved (None: there is no last month).
    `agree` is the share (0 to 1) of sampled customers whom the nearest centre puts where the method did; `derive`
    makes customers out of a table of orders like `raw` (None: its rows are customers).
    """

    report: Report
    model: Model
    assignments: Path
    inputs: Path
    movers: Callable[[Path], int] | None
    raw: ir.Table
    columns: Columns
    agree: float
    derive: Derive | None


def analyse(
    data: Data,
    settings: Settings,
    *,
    today: dt.date,
    workspace: Path,
    memory: Memory = Memory(),
    progress: Callable[[str], None] = lambda _: None,
) -> Analysis:
    """Return the report on `data`; `workspace` is a folder that keeps the assignments, `progress` hears each step.

    `today` is only used where the data has no date of its own. Raises InputError and SettingsError.
    """
    chosen = settings.segments
    wording = Wording(settings.report.language, settings.report.currency)
    # half a second of loading, done while the engine reads
    Thread(target=import_module, args=("sklearn.cluster",), daemon=True).start()
    customers = read_customers(data, settings, today=today, progress=progress)
    period = settings.report.period or f"{customers.as_of - dt.timedelta(days=1):%Y-%m}"
    past = recall(memory.out, memory.previous, period)
    with _one_thread(), ThreadPoolExecutor(1) as engine:
        made = make_segments(customers, past, settings, wording=wording, workspace=workspace, progress=progress)
        columns, fitted = made.columns, made.fitted
        files = write_customers(made, workspace)
        counting = engine.submit(count_segments, columns, fitted.model, files.assignments)  # beside what follows
        progress("Checking how far they can be trusted")
        trust = examine(fitted, made.scan.redraws)
        tried = try_others(fitted, made.scan.centres, seed=chosen.seed)
        if past:
            progress(f"Comparing with {wording.month(past.month.period)}")
        tracks = compare_months(customers, made, past, files, workspace) if past else None
        progress("Describing them")
        profiles = describe(fitted, made.sample, columns, counting.result(), wording)
    orders = customers.orders
    ids = fitted.model.ids
    standings = standings_of(files.assignments, columns, ids, orders.facts.limits) if orders else None
    personas = name_segments(
        profiles.segments,
        columns.all,
        wording,
        standings,
        profiles.overall.spreads,
        kept=_names_kept(past, ids, chosen.names),
    )
    warnings = (*_unreadable(memory, period, past), *_nameless(chosen.names, ids), *_nothing_to_keep(chosen, past))
    found = Found(
        customers,
        made,
        period,
        trust,
        tried,
        profiles,
        personas,
        standings,
        tracks,
        asked=memory.previous is not None,
        warnings=warnings,
    )
    report = report_on(found, settings, wording)
    model = replace(
        fitted.model,
        names=tuple(persona.name for persona in personas),
        period=fitted.model.period or period,
        until=customers.until.isoformat(),
    )
    movers = _movers(tracks.trails, tracks.past, report) if tracks and tracks.trails else None
    derive = orders.derive if orders else None
    raw = customers.source.table
    return Analysis(report, model, files.assignments, files.inputs, movers, raw, columns, agreement(fitted), derive)


def _names_kept(past: Past | None, ids: Sequence[str], given: Mapping[str, str]) -> dict[str, Kept]:
    """Return the names that segments have already: those a person gave, else those of last month."""
    before = {segment.id: segment for segment in (past.month.segments if past else ())}
    kept = {
        ident: Kept(segment.name, segment.basis, segment.people, segment.given)
        for ident, segment in before.items()
        if ident in ids and (not segment.given or given.get(ident) == segment.name)
    }
    new = {ident: name for ident, name in given.items() if ident not in kept or kept[ident].name != name}
    return kept | {ident: Kept(name, (), calls_people(name), given=True) for ident, name in new.items()}


def _nameless(given: Mapping[str, str], ids: Sequence[str]) -> tuple[Warning, ...]:
    """Return a warning for names that were given to segments that are not there."""
    gone = [f"{ident} (“{name}”)" for ident, name in given.items() if ident not in ids]
    text = f"[segments.names] names segments that are not there: {', '.join(gone)}; there are {', '.join(ids)}."
    return (Warning("names_unused", text),) if gone else ()


def _nothing_to_keep(chosen: SegmentSettings, past: Past | None) -> tuple[Warning, ...]:
    """Return a warning where a model was to be kept, and there is none: perhaps OUT is another folder than before."""
    text = "--model keep: there is no earlier month here, so segments were made anew; in a first month that is right."
    return (Warning("nothing_to_keep", text),) if chosen.model == "keep" and past is None else ()


def _unreadable(memory: Memory, period: str, past: Past | None) -> tuple[Warning, ...]:
    """Return a warning where there are earlier months, but none that can be read."""
    problems = () if past else unreadable(memory.out, period)
    return tuple(Warning(problem.code, problem.text) for problem in problems)


def _movers(trails: Trails, past: Past, report: Report) -> Callable[[Path], int]:
    return partial(
        write_movers,
        trails,
        names_then={segment.id: segment.name for segment in past.month.segments},
        names_now={segment.id: segment.name for segment in report.segments},
        period=report.period,
    )


def _one_thread() -> AbstractContextManager[object]:
    """Return a context in which OpenMP and BLAS use one thread.

    Sums then come out the same to the last digit, and small matrices do not wait for threads to wake up: on
    a busy machine that took ten times as long.
    """
    import sklearn.cluster  # noqa: F401 - what is limited must be loaded
    from threadpoolctl import threadpool_limits

    return threadpool_limits(limits=1)  # type: ignore[no-any-return] # it ships no types
