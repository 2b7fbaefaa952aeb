"""Each column that was kept out of the clustering, compared between segments."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import replace

import numpy as np
import pyarrow as pa

from segreport.columns import Column, Columns
from segreport.evidence import SURE, Floats, holm, level_sums
from segreport.features import numbers, words
from segreport.methods import Labels
from segreport.outcomes.association import FEW, Difference, comparable, rank_test, table_test
from segreport.outcomes.copies import without_copies
from segreport.outcomes.outcome import Outcome, Outcomes
from segreport.outcomes.telling import verdict_on
from segreport.profiles import SEEN, Profiles
from segreport.segments import Fitted
from segreport.wording import Wording

COMPARED = 50_000


def compare(
    fitted: Fitted,
    sample: pa.Table,
    columns: Columns,
    profiles: Profiles,
    made: Collection[str],
    names: Mapping[str, str],
    wording: Wording,
) -> Outcomes:
    """Return how columns that were kept out of the clustering differ between segments, whose `names` go by id.

    Left out are columns `made` of the same orders as the clustered ones: who orders more often buys more products.
    So are copies of clustered columns, which differ because those do: what moves with one of them (|r| > 0.95)
    or with several added up (a multiple correlation over 0.95), and categories and flags cut out of them (a shallow
    tree tells them nearly perfectly: age bands). Near-twins that the recipe left out are such copies.
    """
    head, labels = sample.slice(0, COMPARED), fitted.labels[:COMPARED]
    described = [column for column in columns.all if column.use == "describe" and column.name not in made]
    kept = without_copies(described, fitted, sample)
    found = {column.name: _outcome(column, fitted, head, labels, profiles) for column in kept}
    tested = [outcome for outcome in found.values() if outcome]
    corrected = holm([outcome.p for outcome in tested])
    tested = [
        replace(outcome, p=float(p), differs=outcome.differs and bool(p < SURE))
        for outcome, p in zip(tested, corrected, strict=True)
    ]
    tested.sort(key=lambda outcome: (outcome.column not in columns.value, *outcome.rank))
    verdict = verdict_on(tested, {c.name: c for c in kept}, columns.value, names, wording)
    return Outcomes(verdict, tuple(tested), tuple(name for name, outcome in found.items() if not outcome))


def _outcome(column: Column, fitted: Fitted, sample: pa.Table, labels: Labels, profiles: Profiles) -> Outcome | None:
    """Return how a column differs between segments, p not yet corrected; None where too few have a value."""
    if column.parse.kind in ("number", "date"):
        return _of_numbers(column, numbers(sample, column.name, fitted.model.recipe.as_of), labels, profiles)
    return _of_levels(column, level_sums(words(sample, column.name), labels, len(fitted.model.ids)), profiles)


def _of_numbers(column: Column, values: Floats, labels: Labels, profiles: Profiles) -> Outcome | None:
    there = np.isfinite(values)
    enough = np.flatnonzero(np.bincount(labels[there], minlength=len(profiles.segments)) >= FEW)
    there &= np.isin(labels, enough)
    values, groups = values[there], np.searchsorted(enough, labels[there])
    if len(enough) < 2 or (values == values[0]).all():
        return None
    means = {profiles.segments[j].id: profiles.segments[j].centre[column.name] for j in enough}
    difference, places = rank_test(values, groups)
    ranked = dict(zip(means, places, strict=True))
    highest, lowest = (pick(means, key=lambda ident: means[ident]) for pick in (max, min))
    seen = means[highest] - means[lowest] >= SEEN * values.std() and ranked[highest] > ranked[lowest]
    overall = profiles.overall.means[column.name]
    return _told(column.name, None, means, overall, difference, seen=seen)


def _of_levels(column: Column, sums: Mapping[str, Floats], profiles: Profiles) -> Outcome | None:
    """Return how the shares of levels differ; None where too few customers can be compared.

    A segment too small for that is left out; rare levels count as one with the rarest that is not.
    """
    table = np.array([rows[:, 1] for rows in sums.values()]).reshape(len(sums), len(profiles.segments)).T
    segments, levels = comparable(table)
    if len(segments) < 2 or len(levels) < 2:
        return None
    cells = table[np.ix_(segments, levels)]
    cells[:, cells.sum(axis=0).argmin()] += table[segments].sum(axis=1) - cells.sum(axis=1)
    known = {profiles.segments[j].id: profiles.segments[j].levels[column.name] for j in segments}
    names = [list(sums)[i] for i in levels]
    level = "yes" if column.parse.kind == "flag" else max(names, key=lambda name: _gap(known, name))
    shares = {ident: found.get(level, 0.0) for ident, found in known.items()}
    overall = profiles.overall.levels[column.name].get(level, 0.0)
    return _told(column.name, level, shares, overall, table_test(cells), seen=_gap(known, level) > 0)


def _gap(known: Mapping[str, Mapping[str, float]], level: str) -> float:
    """Return how far the shares of a level lie apart between segments (Cohen's h of the highest and the lowest)."""
    arcs = [2 * math.asin(math.sqrt(min(max(shares.get(level, 0.0), 0.0), 1.0))) for shares in known.values()]
    return max(arcs) - min(arcs)


def _told(
    column: str, level: str | None, values: dict[str, float], overall: float, found: Difference, *, seen: bool
) -> Outcome:
    highest, lowest = (pick(values, key=lambda ident: values[ident]) for pick in (max, min))
    differs = bool(seen) and found.size != "none"
    return Outcome(column, level, values, overall, found.effect, found.size, found.p, differs, highest, lowest)
