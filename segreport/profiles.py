"""What each segment is like: counts, means, quantiles, shares, what sets it apart, and a rule to find it again.

Sizes, means, values and level shares are exact, computed in the engine; effects come from the sample (which
is everyone, up to 200,000 customers) and so do the tests of whether a difference is more than chance; quantiles and
histograms come from its first 50,000.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from segreport.columns import Columns
from segreport.evidence import SURE, Comparison, Evidence, adjusted, gather
from segreport.features import numbers, standardised
from segreport.rules import Rule, find_rules
from segreport.segments import Fitted, Model
from segreport.tallies import Counted, Tally
from segreport.wording import Wording, whole_percents

RELEVANT = 0.2
SEEN = 0.1
FAR_FROM_ZERO = 0.02
BINS = 24
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
SHOWN = 50_000  # customers that quantiles and histograms are made of
CORRELATION_SIZE = 10_000

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Driver:
    """How far a segment lies from the average customer on one column.

    For a number or date column `mean` and `overall` are means in the column's own unit (dates: days before
    the as-of date) and `level` is None; for a category or flag they are the shares (0 to 1) of `level`.
    `index` is 100 x mean / overall, None where a ratio means nothing. `effect` is the standardised
    difference in the scale the clustering uses (numbers) or Cohen's h (shares): positive is above average.
    `p` is how likely chance alone would do as much, corrected by Holm's method for all comparisons of its family (all
    segments with everyone else, or all with their neighbours; 0 to 1; None where only means are told); see evidence.py.
    """

    column: str
    level: str | None
    mean: float
    overall: float
    index: float | None
    effect: float
    p: float | None = None


@dataclass(frozen=True)
class Spread:
    """How one number or date column spreads over some customers, in the column's own unit.

    `quantiles` are the 5th, 25th, 50th, 75th and 95th; `shares` (sum 1) fall into the bins between the
    edges that every segment shares for this column; the first and last bin hold what lies beyond them.
    """

    quantiles: tuple[float, float, float, float, float]
    shares: tuple[float, ...]


@dataclass(frozen=True)
class Neighbour:
    """The nearest other segment, and how the two differ most (drivers of this one against that one)."""

    id: str
    drivers: tuple[Driver, ...]


@dataclass(frozen=True)
class Profile:
    """The numbers of one segment; shares are 0 to 1, means in each column's own unit.

    `drivers` are strongest first, over clustered columns; `described` the same over columns that were not
    clustered on; `alike` names clustered columns that hardly differ. `levels` holds every category or flag
    column's shares, `spreads` every number and date column's.
    """

    id: str
    size: int
    share: float
    value: float | None
    value_share: float | None
    centre: dict[str, float]
    drivers: tuple[Driver, ...]
    described: tuple[Driver, ...]
    alike: tuple[str, ...]
    spreads: dict[str, Spread]
    levels: dict[str, dict[str, float]]
    rule: Rule
    neighbour: Neighbour


@dataclass(frozen=True)
class Everyone:
    """All customers together: what every segment is compared with. Keys are column names."""

    means: dict[str, float]
    value: float | None
    spreads: dict[str, Spread]
    edges: dict[str, tuple[float, ...]]
    levels: dict[str, dict[str, float]]
    correlations: tuple[tuple[float, ...], ...]
    correlated: tuple[str, ...]


@dataclass(frozen=True)
class Profiles:
    """Every segment's profile, in the order of the model's ids, and everyone's."""

    segments: tuple[Profile, ...]
    overall: Everyone

    @property
    def percents(self) -> tuple[int, ...]:
        """Every segment's share of customers as it is printed: whole percents that add up to 100."""
        return whole_percents([profile.share for profile in self.segments])

    @property
    def value_percents(self) -> tuple[int | None, ...]:
        """The same of their share of value; None where shares of value mean nothing."""
        known = [profile.value_share for profile in self.segments if profile.value_share is not None]
        return whole_percents(known) if len(known) == len(self.segments) else (None,) * len(self.segments)


@dataclass(frozen=True, eq=False)
class _Pair:
    """A segment (its place and tally) and whom it is compared with: another segment, or everyone (`other` None).

    `effects` are the standardised differences on number and date columns.
    """

    segment: int
    other: int | None
    this: Tally
    that: Tally
    effects: dict[str, float]


def describe(fitted: Fitted, sample: pa.Table, columns: Columns, counted: Counted, wording: Wording) -> Profiles:
    """Return what every segment is like, out of the sample and what the engine counted."""
    model = fitted.model
    as_of, k = model.recipe.as_of, len(model.ids)
    tallies, everyone = counted
    values = {name: numbers(sample, name, as_of) for name in everyone.means}
    shown = {name: column[:SHOWN] for name, column in values.items()}
    edges = {name: _edges(shown[name]) for name in values}
    deviations = {name: _deviation(column) for name, column in values.items()}
    effects, evidence = _measured(fitted, sample, columns, values, list(everyone.levels))
    pairs = [_Pair(j, None, tallies[i], everyone, _row(effects, j)) for j, i in enumerate(model.ids)]
    found = _drivers(pairs, evidence, deviations)
    neighbours = _neighbours(model, tallies, effects, evidence, deviations)
    clustered = [c for c in columns.all if c.name in model.recipe.columns]
    rules = find_rules(sample, clustered, fitted.labels, k, as_of, wording)
    segments = []
    for j, (pair, drivers) in enumerate(zip(pairs, found, strict=True)):
        tally = pair.this
        segments.append(
            Profile(
                id=model.ids[j],
                size=tally.size,
                share=tally.size / max(everyone.size, 1),
                value=tally.value if columns.value else None,
                value_share=tally.value / everyone.value if columns.value and everyone.value > 0 else None,
                centre=tally.means,
                drivers=tuple(d for d in drivers if d.column in model.recipe.columns),
                described=tuple(d for d in drivers if d.column not in model.recipe.columns),
                alike=tuple(n for n in model.recipe.columns if _is_alike(n, pair, deviations)),
                spreads={name: _spread(shown[name][fitted.labels[:SHOWN] == j], edges[name]) for name in values},
                levels=tally.levels,
                rule=rules[j],
                neighbour=neighbours[j],
            )
        )
    overall = Everyone(
        means=everyone.means,
        value=everyone.value if columns.value else None,
        spreads={name: _spread(shown[name], edges[name]) for name in values},
        edges=edges,
        levels=everyone.levels,
        correlations=_correlations(values),
        correlated=tuple(values),
    )
    return Profiles(tuple(segments), overall)


def _measured(
    fitted: Fitted, sample: pa.Table, columns: Columns, values: Mapping[str, Floats], categories: Sequence[str]
) -> tuple[dict[str, Floats], Evidence]:
    """Return for each column of `values` the k standardised differences from everyone, and what tests need of all.

    A missing value counts as the median in the differences, as it did in the clustering, and not at all in the tests.
    """
    k, labels = len(fitted.model.ids), fitted.labels
    sizes = np.maximum(np.bincount(labels, minlength=k), 1)
    scaled = {c.name: standardised(sample, c, fitted.model.recipe.as_of) for c in columns.all if c.name in values}
    effects = {name: np.bincount(labels, weights=column, minlength=k) / sizes for name, column in scaled.items()}
    known = {name: np.where(np.isfinite(values[name]), column, np.nan) for name, column in scaled.items()}
    return effects, gather(known, sample, categories, labels, k)


def _row(effects: Mapping[str, Floats], segment: int) -> dict[str, float]:
    return {name: float(effect[segment]) for name, effect in effects.items()}


def _drivers(pairs: Sequence[_Pair], evidence: Evidence, deviations: Mapping[str, float]) -> list[list[Driver]]:
    """Return for each pair what sets the segment apart, strongest first: relevant (at least 0.2) and sure.

    Sure is an adjusted p under 0.05, corrected for every pair and every column, shown or not.
    """
    compared = [_compared(pair, deviations) for pair in pairs]
    asked = [
        Comparison(pair.segment, pair.other, driver.column, driver.level)
        for pair, drivers in zip(pairs, compared, strict=True)
        for driver in drivers
    ]
    p_values = iter(adjusted(evidence, asked))
    tested = [[replace(driver, p=next(p_values)) for driver in drivers] for drivers in compared]
    return [
        sorted((driver for driver in drivers if _is_told(driver, deviations)), key=lambda d: -abs(d.effect))
        for drivers in tested
    ]


def _is_told(driver: Driver, deviations: Mapping[str, float]) -> bool:
    """Whether a difference is relevant, sure, and seen in the means.

    Readers see means, effects may be of logarithms: a number counts only where its mean tells the same story, on the
    same side and at least a tenth of the column's standard deviation away.
    """
    if abs(driver.effect) < RELEVANT or driver.p is None or driver.p >= SURE:
        return False
    gap = (driver.mean - driver.overall) * math.copysign(1, driver.effect)
    return driver.level is not None or gap >= SEEN * deviations[driver.column]


def _is_alike(name: str, pair: _Pair, deviations: Mapping[str, float]) -> bool:
    """Whether a column differs so little, by its effect and by the mean that readers see, that this can be said."""
    if name not in pair.effects:
        return abs(_level_driver(name, pair.this.levels[name], pair.that.levels[name]).effect) < RELEVANT
    gap = abs(pair.this.means[name] - pair.that.means[name])
    return abs(pair.effects[name]) < RELEVANT and gap < RELEVANT * deviations[name]


def _compared(pair: _Pair, deviations: Mapping[str, float]) -> list[Driver]:
    """Return how the two sides of a pair differ on each column; categories of which one side knows nothing do not."""
    this, that = pair.this, pair.that
    numeric = [_number_driver(name, this, that, effect, deviations[name]) for name, effect in pair.effects.items()]
    worded = [
        _level_driver(name, shares, that.levels[name])
        for name, shares in this.levels.items()
        if any(shares.values()) and any(that.levels[name].values())
    ]
    return numeric + worded


def _number_driver(name: str, this: Tally, that: Tally, effect: float, deviation: float) -> Driver:
    mean, overall = this.means[name], that.means[name]
    counts = overall > 0 and mean >= 0 and deviation >= FAR_FROM_ZERO * overall  # years of birth all have index 100
    index = 100 * mean / overall if counts else None
    return Driver(name, None, mean, overall, index, float(effect))


def _level_driver(name: str, shares: dict[str, float], overall: dict[str, float]) -> Driver:
    """Return the level that differs most (Cohen's h, the difference of arcsine-transformed shares).

    Both levels of a flag differ alike: it is told by its yes. Other ties go to the first.
    """
    effects = {level: _arc(shares[level]) - _arc(overall[level]) for level in shares}
    level = max(effects, key=lambda name: round(abs(effects[name]), 9))
    level = "yes" if set(effects) == {"yes", "no"} else level
    index = 100 * shares[level] / overall[level] if overall[level] > 0 else None
    return Driver(name, level, shares[level], overall[level], index, effects[level])


def _arc(share: float) -> float:
    return 2 * math.asin(math.sqrt(min(max(share, 0.0), 1.0)))


def _neighbours(
    model: Model,
    tallies: Mapping[str, Tally],
    effects: Mapping[str, Floats],
    evidence: Evidence,
    deviations: Mapping[str, float],
) -> list[Neighbour]:
    """Return for each segment the one with the nearest centre, and what sets it apart from that."""
    ids = model.ids
    distances = ((model.matrix[:, None] - model.matrix[None, :]) ** 2).sum(axis=2)
    np.fill_diagonal(distances, np.inf)
    nearest = [int(row.argmin()) for row in distances]
    gaps = {name: effect - effect[nearest] for name, effect in effects.items()}
    pairs = [_Pair(j, i, tallies[ids[j]], tallies[ids[i]], _row(gaps, j)) for j, i in enumerate(nearest)]
    found = _drivers(pairs, evidence, deviations)
    strongest = [[driver for driver in drivers if driver.column in model.recipe.columns][:3] for drivers in found]
    return [Neighbour(ids[i], tuple(drivers)) for i, drivers in zip(nearest, strongest, strict=True)]


def _deviation(values: Floats) -> float:
    """Return the standard deviation of the values that are there, 0 where there are none."""
    present = values[np.isfinite(values)]
    return float(present.std()) if present.size else 0.0


def _edges(values: Floats) -> tuple[float, ...]:
    """Return the edges of at most 24 bins that show where nearly all values lie; whole numbers get whole bins."""
    present = values[np.isfinite(values)]
    if not present.size:
        return (0.0, 1.0)
    low, high = (float(edge) for edge in np.quantile(present, [0.005, 0.975]))
    if (present == np.round(present)).all() and np.abs(present).max() < 2**50:  # beyond, a half is lost in a float
        step = max(1, math.ceil((high - low + 1) / BINS))
        return tuple(float(edge) for edge in np.arange(low // 1, high + step + 1, step) - 0.5)
    width = (high - low) / BINS
    if width == 0:  # also where the two lie too near for a float to part
        half = max(0.5, 1e-6 * abs(low))
        return (low - half, low + half)
    digits = 3 - math.floor(math.log10(width))
    return tuple(round(float(edge), digits) for edge in np.linspace(low, high, BINS + 1))


def _spread(values: Floats, edges: tuple[float, ...]) -> Spread:
    present = values[np.isfinite(values)]
    if not present.size:
        return Spread((0.0, 0.0, 0.0, 0.0, 0.0), (0.0,) * (len(edges) - 1))
    inside = np.clip(present, edges[0], np.nextafter(edges[-1], -np.inf))
    shares = np.histogram(inside, edges)[0] / present.size
    low, lower, middle, upper, high = (float(q) for q in np.quantile(present, QUANTILES))
    return Spread((low, lower, middle, upper, high), tuple(round(float(share), 5) for share in shares))


def _correlations(values: dict[str, Floats]) -> tuple[tuple[float, ...], ...]:
    """Return the rank correlations (Spearman, -1 to 1) of all measured columns, 0 where one does not vary."""
    frame = pd.DataFrame({name: column[:CORRELATION_SIZE] for name, column in values.items()})
    grid = frame.rank().corr().fillna(0.0).to_numpy()
    return tuple(tuple(round(float(cell), 4) for cell in row) for row in grid)
