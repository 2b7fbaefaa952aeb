"""The segments of a month: by last month's model where that still holds, else fitted anew and found again in it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from segreport.alternatives.matching import overlaps
from segreport.analysis.reading import Customers, as_before
from segreport.choice import Choice, Scan, choose_k, scan_k
from segreport.columns import Columns
from segreport.drift import drifts
from segreport.errors import InputError
from segreport.features import Matrix, NumberStep, Recipe, draw_sample, fit_recipe, renewed
from segreport.history import (
    Decision,
    Event,
    Past,
    Problem,
    Trails,
    decide,
    explains_better,
    match_segments,
    order_of,
    renew_ids,
    routes_of,
)
from segreport.methods import WARD_SIZE, Labels, nearest
from segreport.segments import Fitted, Model, applied, cluster, ids_of, only, with_ids
from segreport.settings import SegmentSettings, Settings
from segreport.wording import Wording

FEWEST = 2  # segments: one is no segmentation


@dataclass(frozen=True, eq=False)
class Made:
    """Segments as they were made: of which customers and columns, how the number was chosen, and with which ids.

    `old` is last month's model with days counted to this month (None: it cannot be applied), `decision` whether it was
    kept (None: there is no last month), `events` what became of last month's segments in a new one.
    """

    columns: Columns
    sample: pa.Table
    scan: Scan
    choice: Choice
    fitted: Fitted
    old: Model | None = None
    decision: Decision | None = None
    events: tuple[Event, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, eq=False)
class _Ground:
    """What segments are made of: the columns, the sample, and last month's model where it can be applied to them."""

    columns: Columns
    sample: pa.Table
    as_of: dt.date
    old: Model | None
    problems: tuple[Problem, ...] = ()

    @cached_property
    def old_points(self) -> Matrix | None:
        """The sample as last month's model sees it, n x d."""
        return None if self.old is None else self.old.recipe.encode(self.sample)


def make_segments(
    customers: Customers,
    past: Past | None,
    settings: Settings,
    *,
    wording: Wording,
    workspace: Path,
    progress: Callable[[str], None],
) -> Made:
    """Return this month's segments; `workspace` is a folder for what is worked out on the way.

    Raises InputError where last month's model is to be kept and cannot be.
    """
    chosen = settings.segments
    ground = _ground(customers, past, settings, wording)
    trying = _for_campaigns(chosen) if customers.orders else chosen
    decision = _decision(ground, past, chosen, wording)
    progress("Choosing the number of segments")
    if decision and decision.kept and ground.old and ground.old_points is not None:
        return _kept(ground, ground.old, ground.old_points, decision, trying, wording)
    made = _fitted_anew(customers, ground, trying, wording, progress)
    if past is None:
        return made
    fitted, events = _found_again(customers, ground, past, made.fitted, workspace)
    found = set(fitted.model.ids) & {segment.id for segment in past.month.segments}
    if not found and ground.old is None:  # nothing to find them by: that is not to say that they are gone
        text = f"No segment of {wording.month(past.month.period)} could be found again: all are numbered anew."
        return replace(made, fitted=fitted, decision=decision, problems=(*made.problems, Problem("unmatched", text)))
    return replace(made, fitted=fitted, decision=decision, events=events)


def _ground(customers: Customers, past: Past | None, settings: Settings, wording: Wording) -> _Ground:
    columns, model = customers.columns, past.model if past else None
    problems: tuple[Problem, ...] = ()
    if past and model and settings.segments.model != "refit":
        found = as_before(customers, model, wording.month(past.month.period), settings.columns)
        if isinstance(found, Problem):
            problems = (found,)
        else:
            columns = found
    sample = draw_sample(columns, seed=settings.segments.seed)
    if settings.segments.method == "ward":
        sample = sample.slice(0, WARD_SIZE)
    old = None
    if model and _applies(model, columns):
        old = replace(
            model,
            id=columns.id,
            orders=customers.orders.settings if customers.orders else None,
            recipe=renewed(model.recipe, sample, customers.as_of),
        )
    return _Ground(columns, sample, customers.as_of, old, problems)


def _applies(model: Model, columns: Columns) -> bool:
    """Return whether the table holds everything the model is made on, as what it was."""
    held = {column.name: column.parse.kind for column in columns.all if column.use in ("feature", "describe")}
    return all(held.get(column.name) == column.parse.kind for column in model.inputs)


def _decision(ground: _Ground, past: Past | None, settings: SegmentSettings, wording: Wording) -> Decision | None:
    """Return whether last month's model is kept; raise InputError where that was asked for and cannot be."""
    if past is None:
        return None
    since = past.model.period if past.model else past.month.period
    against = _against(ground, past, settings, wording)
    if against and settings.model == "keep":
        raise InputError(f"--model keep: {against} Choose --model auto or refit, or go back to what it was.")
    X = ground.old_points
    if ground.old is None or X is None:
        return Decision(kept=False, reason=f"Fitted anew: {against}", since=since)
    moved = drifts(ground.old.baselines, ground.old.recipe, X)
    # the centres of a tree are no fair start: k-means improves on them for the very customers they were made of
    better = explains_better(X, ground.old.matrix)[0] if ground.old.method == "kmeans" else None
    labels = {column.name: column.label for column in ground.columns.all}
    dates = {column.name for column in ground.old.inputs if column.parse.kind == "date"}
    timed = dates | set(ground.old.ageing)
    kept, reason = decide(settings.model, moved, better, labels, since, wording, timed=timed)
    if against and settings.model == "auto":
        kept, reason = False, f"Fitted anew: {against}"
    return Decision(kept, reason, since, moved, better)


def _against(ground: _Ground, past: Past, settings: SegmentSettings, wording: Wording) -> str | None:
    """Return what speaks against keeping last month's model whatever the customers are like, as a sentence."""
    since, model = wording.month(past.month.period), past.model
    if model is None:
        return past.problems[0].text if past.problems else f"The model of {since} is not there."
    if ground.problems:
        return ground.problems[0].text
    plain = {step.low is None for step in model.recipe.steps if isinstance(step, NumberStep)}
    asked = {
        f"{settings.k} segments were asked for, and {since} had {len(model.ids)}.": settings.k
        not in {None, len(model.ids)},
        f"Another method was asked for than in {since}.": settings.method != model.method,
        f"Another preparation was asked for than in {since}.": bool(plain)
        and settings.prepare != ("plain" if plain == {True} else "auto"),
        f"Nearly all customers are in one segment of {since} now.": ground.old_points is not None
        and len(_in_use(ground.old_points, model)) < FEWEST,
    }
    return next((text for text, is_so in asked.items() if is_so), None)


def _in_use(X: Matrix, model: Model) -> tuple[str, ...]:
    """Return the ids of those segments in which there is anyone."""
    there = np.bincount(nearest(X, model.matrix)[0], minlength=len(model.ids))
    return tuple(ident for ident, count in zip(model.ids, there, strict=True) if count)


def _kept(
    ground: _Ground, model: Model, X: Matrix, decision: Decision, trying: SegmentSettings, wording: Wording
) -> Made:
    """Return the customers in last month's segments; other numbers are tried, too, for the report to show.

    A segment in which nobody is left is no more: the others are the same without its centre.
    """
    ids = _in_use(X, model)
    events = tuple(Event("gone", (ident,), ()) for ident in model.ids if ident not in ids)
    model, k = only(model, ids), len(ids)
    scan = scan_k(X, model.recipe.levels, trying.model_copy(update={"k": k}))
    asked = choose_k(scan, trying.model_copy(update={"k": k}), wording)
    fresh = choose_k(scan, trying, wording)
    if trying.k is None:
        since = wording.month(decision.since)
        reason = f"The segments of {since} were kept, so that months can be compared. {decision.reason}"
        asked = replace(asked, chosen_by="last_month", reason=reason)
    decision = replace(decision, fresh_k=fresh.k)
    return Made(ground.columns, ground.sample, scan, asked, applied(model, X), model, decision, events)


def _fitted_anew(
    customers: Customers, ground: _Ground, trying: SegmentSettings, wording: Wording, progress: Callable[[str], None]
) -> Made:
    columns, sample = ground.columns, ground.sample
    recipe = _recipe(ground, trying)
    X = recipe.encode(sample)
    scan = scan_k(X, recipe.levels, trying)
    choice = choose_k(scan, trying, wording)
    progress(f"Making {choice.k} segments")
    orders = customers.orders.settings if customers.orders else None
    fitted = cluster(X, scan.centres[choice.k], columns, recipe, method=trying.method, seed=trying.seed, orders=orders)
    return Made(columns, sample, scan, choice, fitted, ground.old, problems=ground.problems)


def _recipe(ground: _Ground, settings: SegmentSettings) -> Recipe:
    features = [column for column in ground.columns.all if column.use == "feature"]
    return fit_recipe(ground.sample, features, as_of=ground.as_of, prepare=settings.prepare)


def _found_again(
    customers: Customers, ground: _Ground, past: Past, fitted: Fitted, workspace: Path
) -> tuple[Fitted, tuple[Event, ...]]:
    """Return the segments with the ids of those of last month that they are, and what became of those.

    A new segment is the old one with which it shares most customers: those whom last month's model puts there today,
    and those who were there last month.
    """
    before = ground.old.ids if ground.old else tuple(segment.id for segment in past.month.segments)
    overlap, distance, lost = np.zeros((len(before), len(fitted.model.ids))), None, np.zeros(len(before))
    if ground.old and ground.old_points is not None:
        points = ground.old_points
        overlap += overlaps(nearest(points, ground.old.matrix)[0], fitted.labels, *overlap.shape)
        distance = _distances(points, fitted.labels, ground.old.matrix)
    if past.assignments and past.month.id and not customers.numbered:
        shared, gone = _shared(ground, past.assignments, past.month.id, fitted, before, workspace)
        overlap += shared
        lost += gone if ground.sample.num_rows == ground.columns.customers else 0  # of a sample, nobody knows who left
    matched = match_segments(before, overlap, distance, lost)
    retired = {*(past.model.retired if past.model else ()), *before, *past.used}
    ids = renew_ids(matched, retired)
    order = order_of(ids, before)
    found = with_ids(fitted, ids, order)
    model = replace(found.model, retired=tuple(sorted(retired - set(ids), key=lambda ident: int(ident[1:]))))
    return replace(found, model=model), matched.told(ids)


def _distances(points: Matrix, labels: Labels, centres: Matrix) -> Matrix:
    """Return how far last month's centres (rows) lie from those of the new segments, as last month's model sees it."""
    found = np.array([points[labels == j].mean(axis=0) for j in range(labels.max() + 1)])
    distances: Matrix = np.sqrt(((centres[:, None] - found[None]) ** 2).sum(axis=2))
    return distances


def _shared(
    ground: _Ground, then: Path, then_id: str, fitted: Fitted, before: tuple[str, ...], workspace: Path
) -> tuple[Matrix, Matrix]:
    """Return how many customers of the sample were in each segment of last month and are in each new one.

    And, of each segment of last month, how many are not in the sample.
    """
    overlap, path = np.zeros((len(before), len(fitted.model.ids) + 1)), workspace / "found.parquet"
    names = ids_of(fitted.model, fitted.labels)
    pq.write_table(pa.table({ground.columns.id: ground.sample.column(ground.columns.id), "segment_id": names}), path)
    routes = routes_of(Trails(then=then, then_id=then_id, now=path, now_id=ground.columns.id))
    for route in routes if not isinstance(routes, Problem) else ():
        if route.before in before:
            place = fitted.model.ids.index(route.after) if route.after else -1
            overlap[before.index(route.before), place] += route.customers
    return overlap[:, :-1], overlap[:, -1]


def _for_campaigns(settings: SegmentSettings) -> SegmentSettings:
    """Return the settings for customers who differ in how recently, often and much they buy.

    They form a continuum, of which the silhouette would always make two halves, which are of little use. Where
    nothing was asked for, 3 to 8 segments are tried.
    """
    asked = {"k", "k_range"} & settings.model_fields_set
    return settings if asked else settings.model_copy(update={"k_range": (3, 8)})
