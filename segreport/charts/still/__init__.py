"""Still drawings: any chart as one small <svg> element or a PNG, the same bytes for the same chart and theme."""

from __future__ import annotations

from collections.abc import Callable

from segreport.charts.buying import Grid, Months
from segreport.charts.kinds import Bars, Chart, Heatmap, Lines, Points, Silhouettes, Spreads, Stack, Triangle
from segreport.charts.lasting import Courses, Panels, Sums
from segreport.charts.still.bars import draw_bars, draw_stack
from segreport.charts.still.buying import draw_grid, draw_months
from segreport.charts.still.grid import draw_heatmap, draw_triangle
from segreport.charts.still.lasting import draw_courses, draw_panels, draw_sums
from segreport.charts.still.map import draw_points
from segreport.charts.still.plots import draw_lines, draw_silhouettes, draw_spreads
from segreport.charts.still.sheet import Sheet
from segreport.charts.still.tracing import draw_moved, draw_traced
from segreport.charts.theme import Theme
from segreport.charts.tracing import Moved, Traced

Draw = Callable[..., Sheet]

_DRAWINGS: dict[type[Chart], Draw] = {
    Bars: draw_bars,
    Stack: draw_stack,
    Heatmap: draw_heatmap,
    Triangle: draw_triangle,
    Points: draw_points,
    Lines: draw_lines,
    Spreads: draw_spreads,
    Silhouettes: draw_silhouettes,
    Grid: draw_grid,
    Months: draw_months,
    Traced: draw_traced,
    Moved: draw_moved,
    Panels: draw_panels,
    Courses: draw_courses,
    Sums: draw_sums,
}


def draw_still(chart: Chart, theme: Theme) -> str:
    """Return the chart as SVG text to stand inline in a page: no title (the page shows it), no ids, no prolog."""
    return _DRAWINGS[type(chart)](chart, theme).svg(chart.key)


def draw_png(chart: Chart, theme: Theme, width: int) -> bytes:
    """Return the chart as a PNG on white, to be shown `width` CSS pixels wide, with two pixels to each of them.

    Where `theme.width` is smaller, its words are larger. What the shipped font cannot write is drawn as an empty box.
    """
    return _DRAWINGS[type(chart)](chart, theme).png(width)
