"""The charts over all months that are kept: every segment's size, and one segment's numbers."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from segreport.charts.kinds import Quantity
from segreport.charts.lasting import Course, Courses, Panel, Panels, Series
from segreport.charts.make.months import month_number, month_ticks
from segreport.charts.make.named import Names
from segreport.charts.make.scale import axis_over
from segreport.charts.words import isolated
from segreport.history import Month, Point, Trend
from segreport.report import Report, Segment
from segreport.wording import Wording

AVERAGE = 100.0
"""The index of the average customer."""


@dataclass(frozen=True)
class _Months:
    """The months that are kept, oldest first, as YYYY-MM."""

    periods: tuple[str, ...]
    wording: Wording

    @classmethod
    def of(cls, periods: Iterable[str], wording: Wording) -> _Months:
        return cls(tuple(sorted(set(periods))), wording)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.wording.month(period) for period in self.periods)

    @property
    def places(self) -> tuple[int, ...]:
        return tuple(month_number(period) - month_number(self.periods[0]) for period in self.periods)

    @property
    def ticks(self) -> tuple[tuple[int, str], ...]:
        return month_ticks(self.periods[0], self.periods[-1], self.wording, most=5)

    @property
    def ends(self) -> tuple[tuple[int, str], ...]:
        """The first and the last month, in few letters."""
        return tuple((self.places[i], self.wording.short_month(self.periods[i])) for i in (0, -1))

    def series(self, name: str, colour: str, found: Mapping[str, float | None], unit: str) -> Series:
        """Return a number by month; NaN where it is not known."""
        values = tuple(math.nan if (value := found.get(period)) is None else value for period in self.periods)
        said = tuple(Quantity(value, unit).say(self.wording) for value in values)
        return Series(name=name, colour=colour, values=values, said=said, unit=unit)

    def course(self, series: Series) -> Course:
        """Return a line with its last number, and the month of it where the line has ended before."""
        last = series.known[-1]
        ended = "" if last == len(self.periods) - 1 else f", {self.wording.short_month(self.periods[last])}"
        return Course(**vars(series), text=f"{series.said[last]}{ended}")

    def told(self, series: Series) -> str:
        """Return a series' first and last number in words."""
        first, last = series.known[0], series.known[-1]
        say = f"{series.name} {series.said[last]} in {self.names[last]}"
        return (
            say
            if first == last
            else f"{series.name} {series.said[first]} in {self.names[first]}, then {say[len(series.name) + 1 :]}"
        )


def trends(report: Report, wording: Wording) -> Panels | None:
    """Return a small panel of its customers for every segment; None in the first month."""
    found = {trend.id: trend for trend in report.movement.trends} if report.movement else {}
    months = _Months.of((point.period for trend in found.values() for point in trend.points), wording)
    if len(months.periods) < 2:
        return None
    sizes = [
        months.series(s.name, s.colour, {p.period: p.size for p in found[s.id].points}, "count")
        for s in report.segments
        if s.id in found and found[s.id].points
    ]
    return Panels(
        key="trends",
        title=_sizes_title(sizes, months),
        alt=f"Customers: {'; '.join(map(months.told, sizes))}.",
        note=f"Customers of each segment. Each panel has its own scale, from zero.{_gaps(months)}",
        months=months.names,
        places=months.places,
        ticks=months.ends,
        panels=tuple(_panel(series, 0.0, wording) for series in sizes),
    )


def trend(report: Report, segment: Segment, wording: Wording) -> Panels | None:
    """Return a segment's customers, share of value and main drivers over the months; None where there is one only."""
    found = [t for t in report.movement.trends if t.id == segment.id] if report.movement else []
    if not found or len(found[0].points) < 2:
        return None
    months = _Months.of((point.period for point in found[0].points), wording)
    size, *others = (s for s in _numbers(report, segment, found[0], months) if len(s.known) > 1)
    panels = [_panel(size, 0.0, wording)]
    panels += [_panel(s, 0.0 if s.unit == "share" else AVERAGE, wording) for s in others]
    indexed = any(panel.base for panel in panels)
    return Panels(
        key=f"trend-{segment.id}",
        title=f"{segment.name}: {size.said[0]} customers in {months.names[0]}, {size.said[-1]} in {months.names[-1]}",
        alt=f"{segment.name}: {'; '.join(map(months.told, (size, *others)))}.",
        note=f"{'Index: 100 is the average customer of the month (dashed).' if indexed else ''}{_gaps(months)}".strip(),
        months=months.names,
        places=months.places,
        ticks=months.ends,
        panels=tuple(panels),
    )


def _numbers(report: Report, segment: Segment, found: Trend, months: _Months) -> list[Series]:
    def over(name: str, values: Iterable[float | None], unit: str) -> Series:
        periods = (point.period for point in found.points)
        return months.series(name, segment.colour, dict(zip(periods, values, strict=True)), unit)

    def index(point: Point, column: str) -> float | None:
        return point.indexes.get(column)

    names = Names.of(report)
    return [
        over("Customers", (point.size for point in found.points), "count"),
        over(f"Share of {report.worth or 'value'}", (point.value_share for point in found.points), "share"),
        *(
            over(f"{names.label(column)}, index", (index(point, column) for point in found.points), "count")
            for column in found.columns[:2]
        ),
    ]


def _panel(series: Series, base: float, wording: Wording) -> Panel:
    first, last = series.said[series.known[0]], series.said[series.known[-1]]
    return Panel(
        **vars(series),
        text=last if len(series.known) == 1 else f"from {first} to {last}",
        axis=axis_over([*series.values, base], wording, ticks=2),
        base=base,
    )


def sizes_chart(months: Sequence[Month], wording: Wording) -> Courses:
    """Return the customers of all segments over one month or more; a segment has a line only where it lived."""
    kept = _Months.of((month.period for month in months), wording)
    latest = {s.id: s for month in sorted(months, key=lambda month: month.period) for s in month.segments}
    sizes = [
        kept.series(s.name, s.colour, {m.period: o.size for m in months for o in m.segments if o.id == ident}, "count")
        for ident, s in latest.items()
    ]
    names = [series.name for series in sizes]
    return Courses(
        key="sizes",
        title=isolated(_sizes_title(sizes, kept), names),
        alt=isolated(f"Customers: {'; '.join(map(kept.told, sizes))}.", names),
        note=_gaps(kept).strip(),
        months=kept.names,
        places=kept.places,
        ticks=kept.ticks,
        lines=tuple(map(kept.course, sizes)),
        axis=axis_over([value for series in sizes for value in series.values], wording, zero=True),
    )


def _gaps(months: _Months) -> str:
    """Return a sentence where months lie between that were not kept."""
    whole = months.places[-1] + 1
    return " A gap is a month without a report." if len(months.places) < whole else ""


def _sizes_title(sizes: Sequence[Series], months: _Months) -> str:
    """Say which segment changed most from the first month to the last, of those that were there in both."""
    through = [s for s in sizes if {0, len(months.periods) - 1} <= set(s.known)]
    if len(months.periods) < 2 or not through:
        return f"Customers of each segment in {months.names[-1]}"
    most = max(through, key=lambda s: abs(s.values[-1] - s.values[0]))
    if most.values[-1] == most.values[0]:
        return f"Every segment has as many customers as in {months.names[0]}"
    did = "grew" if most.values[-1] > most.values[0] else "shrank"
    return f"{most.name} {did} most since {months.names[0]}: from {most.said[0]} to {most.said[-1]} customers"
