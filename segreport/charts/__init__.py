"""Charts as data, made from a Report; drawn still (SVG) or live (a plotly figure), and as a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from segreport.charts.kinds import Cell, Chart, Quantity, Table
from segreport.charts.live import draw_live
from segreport.charts.make import back, buying, changes, front, movement, tracing, trends
from segreport.charts.make import segment as one_segment
from segreport.charts.make.buying import counted
from segreport.charts.make.trends import sizes_chart
from segreport.charts.still import draw_png, draw_still
from segreport.charts.theme import Theme
from segreport.charts.words import isolated
from segreport.report import Report
from segreport.wording import Wording

__all__ = [
    "Cell",
    "Chart",
    "Quantity",
    "Table",
    "Theme",
    "charts_of",
    "charts_of_part",
    "counted",
    "draw_live",
    "draw_png",
    "draw_still",
    "sizes_chart",
]


def charts_of(report: Report, wording: Wording) -> dict[str, Chart]:
    """Return every chart a report can have by key, in the report's order.

    Keys: share, profile, scores, map, drivers-<segment id>, spreads-<segment id>, trend-<segment id>, movement,
    changes, trends, choice, traces, silhouettes, months, missing, distributions-1 (-2, …), correlations. A chart that
    would be empty is not there.
    """
    made: list[Chart | None] = [
        front.share_strip(report, wording),
        front.profile_heatmap(report, wording),
        buying.scores(report, wording),
        front.segment_map(report, wording),
        *_of_segments(report, wording),
        movement.movement(report, wording),
        changes.changes(report, wording),
        trends.trends(report, wording),
        back.choice(report, wording),
        tracing.traces(report, wording),
        back.silhouettes(report, wording),
        buying.months(report, wording),
        back.missing(report, wording),
    ]
    made += [*back.distributions(report, wording), back.correlations(report, wording)]
    return _named(made, report, wording)


def charts_of_part(report: Report, wording: Wording) -> dict[str, Chart]:
    """Return the charts of a report on some of its segments: each one's own, and the profile where there are two."""
    profile = front.profile_heatmap(report, wording) if len(report.segments) > 1 else None
    return _named([profile, *_of_segments(report, wording)], report, wording)


def _of_segments(report: Report, wording: Wording) -> Iterator[Chart | None]:
    for segment in report.segments:
        for make in (one_segment.drivers, one_segment.spreads, trends.trend):
            yield make(report, segment, wording)


def _named(made: Sequence[Chart | None], report: Report, wording: Wording) -> dict[str, Chart]:
    """Return the charts by key, names and numbers in their words kept from reordering each other."""
    names = [*(segment.name for segment in report.segments), *(column.label for column in report.columns)]
    names += [known.name for known in report.movement.before] if report.movement else []
    shown = [buying.with_moment(chart, report, wording) for chart in made if chart is not None]
    return {
        chart.key: replace(chart, title=isolated(chart.title, names), alt=isolated(chart.alt, names)) for chart in shown
    }
