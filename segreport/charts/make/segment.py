"""The charts of one segment: what sets it apart, and how its customers spread over a column."""

from __future__ import annotations

from collections.abc import Sequence

from segreport.charts.kinds import Bar, Bars, Quantiles, Quantity, Spreads
from segreport.charts.make.named import Names, between, histogram, joined
from segreport.charts.make.scale import tight_axis
from segreport.palette import ABOVE, BELOW
from segreport.profiles import RELEVANT, Driver
from segreport.report import Report, Segment
from segreport.wording import Wording

MOST = 6
"""How many columns a reader takes in at once."""


def drivers(report: Report, segment: Segment, wording: Wording) -> Bars | None:
    """Return what sets a segment apart, strongest first; None where nothing does."""
    names = Names.of(report)
    told = [d for d in segment.drivers if abs(d.effect) >= RELEVANT][:MOST]
    if not told:
        return None
    bars = tuple(_driver_bar(d, names, wording) for d in told)
    return Bars(
        key=f"drivers-{segment.id}",
        title=_drivers_title(segment, told, names),
        alt=f"{segment.name}: {names.differences(told, wording, most=MOST)}.",
        note="Bars show how far the segment lies from the average customer, in standard deviations.",
        bars=bars,
        axis=tight_axis([0.0, *(d.effect for d in told)]),
        header=("Column", "Segment", "All customers", "Index", "Effect"),
    )


def _driver_bar(driver: Driver, names: Names, wording: Wording) -> Bar:
    unit = names.unit(driver)
    cells = (
        Quantity(driver.mean, unit),
        Quantity(driver.overall, unit),
        None if driver.index is None else Quantity(driver.index, "count"),
        Quantity(driver.effect),
    )
    colour = ABOVE if driver.effect > 0 else BELOW
    label = names.of_driver(driver.column, driver.level)
    return Bar(label, driver.effect, names.against(driver, wording), colour, cells)


def _drivers_title(segment: Segment, told: Sequence[Driver], names: Names) -> str:
    """Say the three strongest drivers by direction: "Champions: Spend and Visits above average, Recency below"."""
    phrases = []
    for side, word in ((1, "above"), (-1, "below")):
        labels = list(dict.fromkeys(names.of_driver(d.column, d.level) for d in told[:3] if d.effect * side > 0))
        if labels:
            phrases.append(f"{joined(labels)} {word}")
    return f"{segment.name}: {phrases[0]} average{''.join(f', {p}' for p in phrases[1:])}"


def spreads(report: Report, segment: Segment, wording: Wording, *, most: int = MOST) -> Spreads | None:
    """Return how the clustered columns spread in a segment and in everyone, those that set it apart first.

    None where no number or date column was clustered on.
    """
    names = Names.of(report)
    clustered = [*(driver.column for driver in segment.drivers), *segment.alike]
    kept = [column for column in dict.fromkeys(clustered) if column in segment.spreads][:most]
    panels = tuple(
        panel for column in kept if (panel := histogram(report, names, column, wording, segment.spreads[column]))
    )
    if not panels:
        return None
    first = panels[0]
    ours = _nine_in_ten(first.segment_quantiles or first.quantiles, first.unit, wording)
    theirs = _nine_in_ten(first.quantiles, first.unit, wording)
    return Spreads(
        key=f"spreads-{segment.id}",
        title=f"{first.label} of nine in ten {segment.name}: {ours}; of all customers, {theirs}",
        alt=f"{segment.name}: " + "; ".join(f"{p.label}, {p.text}" for p in panels) + ".",
        note="The segment in colour over all customers in grey; the last bar holds all that lies beyond.",
        name=segment.name,
        colour=segment.colour,
        panels=panels,
    )


def _nine_in_ten(quantiles: Quantiles, unit: str, wording: Wording) -> str:
    """Return the range from the 5th to the 95th percentile in words."""
    return between(quantiles[0], quantiles[-1], unit, wording)
