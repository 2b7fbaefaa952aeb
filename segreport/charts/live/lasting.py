"""Live panels and lines over months, and changes divided into parts."""

from __future__ import annotations

from typing import Any

from segreport.charts.lasting import Courses, Lasting, Panel, Panels, Series, Sums
from segreport.charts.live.bars import two_columns
from segreport.charts.live.look import folded, layout, note, quiet, safe, scaled
from segreport.charts.theme import Theme
from segreport.palette import ABOVE, BELOW

PANEL = 112
"""Height of a row of panels, two a row so that they can be read on a phone."""


def live_panels(chart: Panels, theme: Theme) -> dict[str, Any]:
    """Draw the panels two a row; the months stand below the last of each column."""
    count = len(chart.panels)
    rows = -(-count // 2)
    axes: dict[str, Any] = {}
    words = []
    for i, panel in enumerate(chart.panels):
        row, column = divmod(i, 2)
        top, left = 1 - row / rows, SECOND * column
        axes[f"yaxis{_number_of(i)}"] = _up(theme, panel, (top - 0.6 / rows, top - 0.06 / rows), _number_of(column))
        say = f"<b>{folded(panel.name, 21, lines=1)}</b><br>{safe(panel.text)}"
        words.append(note(theme, say, **_at(left, "left", top - 0.04 / rows, "bottom"), align="left"))
        if i + 2 >= count:
            axes[f"xaxis{_number_of(column)}"] = _across(theme, chart.places[-1], column, f"y{_number_of(i)}")
            words += _ends(chart, theme, left, top - 0.62 / rows)
    data = [
        _line(chart, panel, {"xaxis": f"x{_number_of(i % 2)}", "yaxis": f"y{_number_of(i)}"})
        for i, panel in enumerate(chart.panels)
    ]
    margin = {"l": 8, "r": 8, "t": 34, "b": 0}
    return {"data": data, "layout": layout(theme, rows * PANEL + 34, margin=margin, annotations=words, **axes)}


SECOND = 0.53
"""Where the second column begins; the first is as wide as the second."""


def _number_of(axis: int) -> str:
    """Return how plotly numbers the axes of a kind: the first has none."""
    return str(axis + 1) if axis else ""


def _at(x: float, xanchor: str, y: float, yanchor: str) -> dict[str, Any]:
    place = {"x": x, "y": round(y, 4), "xref": "paper", "yref": "paper"}
    return {**place, "xanchor": xanchor, "yanchor": yanchor}


def _up(theme: Theme, panel: Panel, domain: tuple[float, float], across: str) -> dict[str, Any]:
    """Return a panel's scale, drawn only where its numbers are compared with: at zero, or the average."""
    room = 0.08 * (panel.axis.high - panel.axis.low)  # for half a dot
    ends = [panel.axis.low - room, panel.axis.high + room]
    line = {"tickmode": "array", "tickvals": [panel.base], "showgrid": True, "gridcolor": theme.muted}
    dash = {"griddash": "dot"} if panel.base else {}
    place = {"domain": [round(end, 4) for end in domain], "anchor": f"x{across}"}
    return quiet(theme, showticklabels=False, range=ends, **line, **dash, **place)


def _across(theme: Theme, last: int, column: int, anchor: str) -> dict[str, Any]:
    domain = [SECOND * column, 1 - SECOND + SECOND * column]
    return quiet(theme, showticklabels=False, range=[-0.04 * last, last * 1.04], domain=domain, anchor=anchor)


def _ends(chart: Panels, theme: Theme, left: float, y: float) -> list[dict[str, Any]]:
    """Return the first and the last month below a column, inside its width, as tick labels would not stand."""
    small = {"font": {"size": 11, "color": theme.muted}}
    sides = ((left, "left"), (left + 1 - SECOND, "right"))
    months = zip(sides, (say for _, say in chart.ticks), strict=True)
    return [note(theme, safe(say), **_at(x, anchor, y, "top")) | small for (x, anchor), say in months]


def _line(chart: Lasting, series: Series, axes: dict[str, str]) -> dict[str, Any]:
    """Return a line that stops where a month is missing, with a dot at its last month and wherever it stands alone."""
    runs = chart.runs(series)
    spots = [spot for run in runs for spot in (*run, None)][:-1]  # None breaks the line
    dots = {series.known[-1], *(run[0] for run in runs if len(run) == 1)}
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": folded(series.name, 17, lines=1),
        "x": [None if i is None else chart.places[i] for i in spots],
        "y": [None if i is None else float(f"{series.values[i]:.5g}") for i in spots],
        "line": {"color": series.colour, "width": 2},
        "marker": {"size": [7 if i in dots else 0 for i in spots], "opacity": 1},
        "text": ["" if i is None else f"{safe(chart.months[i])}: {safe(series.said[i])}" for i in spots],
        "hovertemplate": f"<b>{safe(series.name)}</b><br>%{{text}}<extra></extra>",
        **axes,
    }


def live_courses(chart: Courses, theme: Theme) -> dict[str, Any]:
    """Draw the lines in one frame; names stand in a legend, which fits any width."""
    rows = -(-len(chart.lines) // 2)
    last = chart.places[-1]
    ticks = {"tickvals": [p for p, _ in chart.ticks], "ticktext": [safe(say) for _, say in chart.ticks]}
    ends = [-0.04 * last, last * 1.04] if last else [-1, 1]
    look = layout(
        theme,
        300 + 20 * rows,
        xaxis=quiet(theme, tickmode="array", **ticks, range=ends, tickangle=0),
        yaxis=scaled(theme, chart.axis, showgrid=True, gridcolor=theme.grid),
        showlegend=True,
        legend=two_columns() | {"y": -0.12},
    )
    return {"data": [_line(chart, line, {}) for line in chart.lines], "layout": look}


ROW = 50
"""Height of a row of a table of changes: the name, the numbers, the bars."""


def live_sums(chart: Sums, theme: Theme) -> dict[str, Any]:
    """Draw a table: each name above its numbers, and below every number a bar from the middle of its column."""
    rows = (*chart.rows, chart.whole)
    count, wide = len(rows), len(chart.heads)
    cells = [(i, j) for i in range(count) for j in range(wide)]
    drawn = [(i, j) for i, j in cells if i < count - 1 and rows[i].parts[j]]
    scale = 0.46 / chart.longest
    small = {"size": 11, "color": theme.muted}
    heads = [
        note(theme, folded(head, 9), x=j, y=1, yref="paper", yanchor="bottom", align="center") | {"font": small}
        for j, head in enumerate(chart.heads)
    ]
    names = [
        note(theme, f"<b>{folded(row.name, 44, lines=1)}</b>", x=0, xref="paper", xanchor="left", y=i - 0.3)
        for i, row in enumerate(rows)
    ]
    numbers = {
        "type": "scatter",
        "mode": "text",
        "x": [j for _, j in cells],
        "y": [i + 0.02 for i, _ in cells],
        "text": [_strong(safe(rows[i].said[j])) if j == wide - 1 else safe(rows[i].said[j]) for i, j in cells],
        "textfont": {"size": 11, "color": theme.ink},
        "hoverinfo": "skip",
    }
    bars = {
        "type": "bar",
        "orientation": "h",
        "base": [j for _, j in drawn],
        "x": [round(rows[i].parts[j] * scale, 3) for i, j in drawn],
        "y": [i + 0.27 for i, _ in drawn],
        "width": 0.11,
        "marker": {"color": [ABOVE if rows[i].parts[j] > 0 else BELOW for i, j in drawn], "line": {"width": 0}},
        "text": [safe(rows[i].said[j]) for i, j in drawn],
        "textposition": "none",
        "hovertemplate": "%{text}<extra></extra>",
    }
    look = layout(
        theme,
        count * ROW + 40,
        margin={"l": 8, "r": 8, "t": 36, "b": 4},
        xaxis=quiet(theme, showticklabels=False, range=[-0.5, wide - 0.5]),
        yaxis=quiet(theme, showticklabels=False, range=[count - 0.5, -0.5]),
        shapes=[_rule(theme, i, 1.0) for i in range(count)]
        + [_rule(theme, i, 0.06, row.colour) for i, row in enumerate(rows)],
        annotations=[*heads, *names],
    )
    return {"data": [bars, numbers], "layout": look}


def _strong(say: str) -> str:
    return f"<b>{say}</b>"


def _rule(theme: Theme, row: int, width: float, colour: str = "") -> dict[str, Any]:
    """Return a line above a row: thin across, or thick in a segment's colour above its name."""
    line = {"color": colour or theme.grid, "width": 3 if colour else 1}
    place = {"x0": 0, "x1": width, "xref": "paper", "y0": row - 0.5, "y1": row - 0.5}
    return {"type": "line", **place, "layer": "below", "line": line}
