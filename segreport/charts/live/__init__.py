"""Live drawings: any chart as a plotly figure in plain JSON (data and layout), without importing plotly."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from segreport.charts.buying import Grid, Months
from segreport.charts.kinds import Bars, Chart, Heatmap, Lines, Points, Silhouettes, Spreads, Stack, Triangle
from segreport.charts.lasting import Courses, Panels, Sums
from segreport.charts.live.bars import live_bars, live_stack
from segreport.charts.live.buying import live_grid, live_months
from segreport.charts.live.grid import live_heatmap, live_triangle
from segreport.charts.live.lasting import live_courses, live_panels, live_sums
from segreport.charts.live.plots import live_lines, live_points
from segreport.charts.live.spreads import live_silhouettes, live_spreads
from segreport.charts.live.tracing import live_moved, live_traced
from segreport.charts.theme import Theme
from segreport.charts.tracing import Moved, Traced

Figure = dict[str, Any]

_FIGURES: dict[type[Chart], Callable[..., Figure]] = {
    Bars: live_bars,
    Stack: live_stack,
    Heatmap: live_heatmap,
    Triangle: live_triangle,
    Points: live_points,
    Lines: live_lines,
    Spreads: live_spreads,
    Silhouettes: live_silhouettes,
    Grid: live_grid,
    Months: live_months,
    Traced: live_traced,
    Moved: live_moved,
    Panels: live_panels,
    Courses: live_courses,
    Sums: live_sums,
}


def draw_live(chart: Chart, theme: Theme) -> Figure:
    """Return the chart as {"data", "layout"} for Plotly.newPlot: as wide as its place, as tall as its content."""
    return _FIGURES[type(chart)](chart, theme)
