"""Columns under the names and units a reader knows, and their histograms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from segreport.charts.kinds import Histogram, Quantity
from segreport.charts.make.scale import ticks_within
from segreport.history import Movement
from segreport.profiles import RELEVANT, Driver, Spread
from segreport.report import Report
from segreport.wording import Wording


@dataclass(frozen=True)
class Names:
    """Every column's label and unit; a column the report does not list goes by its own name."""

    labels: dict[str, str]
    units: dict[str, str]

    @classmethod
    def of(cls, report: Report) -> Names:
        """Return the names a report uses."""
        return cls({c.name: c.label for c in report.columns}, {c.name: c.unit for c in report.columns})

    def label(self, column: str) -> str:
        """Return a column's label."""
        return self.labels.get(column) or column

    def of_driver(self, column: str, level: str | None) -> str:
        """Return a driver's label, with the level where it is a share: "Country: France"."""
        return self.label(column) if level is None else f"{self.label(column)}: {level}"

    def unit(self, driver: Driver) -> str:
        """Return the unit of a driver's mean: a share where it has a level."""
        return self.units.get(driver.column, "") if driver.level is None else "share"

    def against(self, driver: Driver, wording: Wording) -> str:
        """Return a segment's mean against everyone's, the unit once: "86.5 k$ vs 60.6", "34% vs 20%"."""
        unit = self.unit(driver)
        ours = Quantity(driver.mean, unit).say(wording)
        return f"{ours} vs {Quantity(driver.overall, _bare(unit)).say(wording)}"

    def differences(self, drivers: Sequence[Driver], wording: Wording, *, most: int = 6) -> str:
        """Return the strongest differences in words, each against the average customer."""
        told = [d for d in drivers if abs(d.effect) >= RELEVANT][:most]
        if not told:
            return "no difference from the average customer"
        return ", ".join(f"{self.of_driver(d.column, d.level)} {self.against(d, wording)}" for d in told)


def _bare(unit: str) -> str:
    """Return the unit a second number still shows where the first has shown it: signs stay, words are said once."""
    return unit if unit in {"share", "amount", "%", "year"} else ""


def joined(items: Sequence[str]) -> str:
    """Return "a, b and c"; titles are English whatever language the numbers are written in."""
    return " and ".join(filter(None, [", ".join(items[:-1]), *items[-1:]]))


def between(low: float, high: float, unit: str, wording: Wording) -> str:
    """Return a range in words, the unit once: "70.1 to 121 k$"."""
    return f"{Quantity(low, _bare(unit)).say(wording)} to {Quantity(high, unit).say(wording)}"


def histogram(
    report: Report, names: Names, column: str, wording: Wording, spread: Spread | None = None
) -> Histogram | None:
    """Return a column's histogram, of a segment over everyone where `spread` is its; None where nothing was binned."""
    everyone, edges = report.overall.spreads.get(column), report.overall.edges.get(column, ())
    if everyone is None or len(edges) < 2:
        return None
    unit = names.units.get(column, "")
    median = everyone.quantiles[2]
    text = f"median {Quantity(median, unit).say(wording)}"
    if spread is not None:
        ours = Quantity(spread.quantiles[2], unit).say(wording)
        text = f"median {ours}, all {Quantity(median, _bare(unit)).say(wording)}"
    return Histogram(
        label=names.label(column),
        unit=unit,
        text=text,
        edges=edges,
        bins=tuple(between(a, b, unit, wording) for a, b in pairwise(edges)),
        ticks=_ticks(edges, unit, wording),
        everyone=everyone.shares,
        quantiles=everyone.quantiles,
        segment=None if spread is None else spread.shares,
        segment_quantiles=None if spread is None else spread.quantiles,
    )


def _ticks(edges: tuple[float, ...], unit: str, wording: Wording) -> tuple[tuple[float, str], ...]:
    """Return round values where the edges are equally spaced, else the first, middle and last edge."""
    if unit == "year":
        return tuple((v, wording.quantity(v, unit)) for v, _ in _ticks(edges, "", wording))
    low, high, bins = edges[0], edges[-1], len(edges) - 1
    even = all(abs(e - (low + i * (high - low) / bins)) <= 1e-6 * (high - low) for i, e in enumerate(edges))
    if even:
        return ticks_within(low, high, wording)
    return tuple((e, wording.number(e)) for e in dict.fromkeys((low, edges[bins // 2], high)))


def customers(count: int, wording: Wording) -> str:
    """Return a number of customers in words: "1 customer", "87 customers"."""
    return f"{wording.count(count)} {'customer' if count == 1 else 'customers'}"


def both_months(report: Report, told: Movement) -> dict[str, tuple[str, str]]:
    """Return name and colour of every segment of both months by id, those of now where it is still there."""
    then = {s.id: (s.name, s.colour) for s in told.before}
    return then | {s.id: (s.name, s.colour) for s in report.segments}
