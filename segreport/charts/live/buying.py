"""Live grid of scores, and columns over months."""

from __future__ import annotations

from typing import Any

from segreport.charts.buying import Grid, Months, Panel, Square
from segreport.charts.live.look import known, layout, note, quiet, safe, scaled, tinted, titled
from segreport.charts.theme import Theme
from segreport.palette import ABOVE, PLAIN


def live_grid(chart: Grid, theme: Theme) -> dict[str, Any]:
    """Draw the best corner at the upper right, what each score stands for at the left and below."""
    cells = {
        "type": "heatmap",
        "z": [[square.strength if square else 0 for square in row] for row in chart.squares],
        "text": [[_written(square) for square in row] for row in chart.squares],
        "texttemplate": "%{text}",
        "textfont": {"color": theme.ink, "size": 12},
        "hovertext": [
            [
                f"recency {right.score}, frequency {high.score}<br>{_written(square) or 'no customer'}"
                for right, square in pairs
            ]
            for high, row in zip(chart.up, chart.squares, strict=True)
            for pairs in [zip(chart.across, row, strict=True)]
        ],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "zmin": 0,
        "zmax": 1,
        "colorscale": [[0, tinted(PLAIN, 0.1)], [0.001, tinted(ABOVE, 0.02)], [1, tinted(ABOVE, 0.6)]],
        "showscale": False,
        "xgap": 2,
        "ygap": 2,
    }
    wide, high = len(chart.across), len(chart.up)
    across = _scores(theme, [f"<b>{h.score}</b><br>{safe(h.text)}" for h in chart.across], chart.axes[0])
    up = _scores(theme, [f"<b>{h.score}</b><br>{safe(h.text)}" for h in chart.up], "")
    across["range"], up["range"] = [-0.5, wide - 0.5], [high - 0.5, -0.5]
    small = {"font": {"size": 11, "color": theme.muted}}
    edge = {"xref": "paper", "y": 1, "yref": "paper", **_ABOVE}
    words = [note(theme, safe(chart.axes[1]), x=0, xanchor="left", **edge, **small)]
    look: dict[str, Any] = {"xaxis": across, "yaxis": up, "margin": {"l": 8, "r": 8, "t": 30, "b": 8}}
    if all(chart.best):
        words.append(note(theme, f"<b>{safe(chart.corner)}</b>", x=1, xanchor="right", **edge))
        look["shapes"] = [_frame(chart, theme)]
    return {"data": [cells], "layout": layout(theme, 44 * high + 100, annotations=words, **look)}


_ABOVE = {"yanchor": "bottom", "yshift": 4}


def _written(square: Square | None) -> str:
    return f"<b>{safe(square.text)}</b><br>{safe(square.under)}" if square else ""


def _scores(theme: Theme, heads: list[str], title: str) -> dict[str, Any]:
    ticks = {"tickmode": "array", "tickvals": list(range(len(heads))), "ticktext": heads, "tickangle": 0}
    return quiet(theme, **ticks, **({"title": titled(theme, title)} if title else {}))


def _frame(chart: Grid, theme: Theme) -> dict[str, Any]:
    wide, (right, top) = len(chart.across), chart.best
    box = {"x0": wide - right - 0.5, "x1": wide - 0.5, "y0": -0.5, "y1": top - 0.5}
    return {"type": "rect", **box, "line": {"color": theme.ink, "width": 1.6}, "fillcolor": "rgba(0,0,0,0)"}


def live_months(chart: Months, theme: Theme) -> dict[str, Any]:
    """Draw the panels below one another over one axis of months."""
    tops, axes, names = _domains(len(chart.panels)), {}, []
    for i, (panel, (low, high)) in enumerate(zip(chart.panels, tops, strict=True)):
        number = str(i + 1) if i else ""
        grid = {"showgrid": True, "gridcolor": theme.grid, "zeroline": True, "zerolinecolor": theme.muted}
        axes[f"yaxis{number}"] = scaled(theme, panel.axis, domain=[low, high], **grid)
        place = {"x": 0, "xref": "paper", "xanchor": "left", "y": high, "yref": "paper"}
        names.append(note(theme, f"<b>{safe(panel.title)}</b>", **place, **_ABOVE))
    ticks = {"tickvals": [p for p, _ in chart.ticks], "ticktext": [safe(say) for _, say in chart.ticks], "tickangle": 0}
    last = f"y{len(chart.panels)}" if len(chart.panels) > 1 else "y"
    ends = [-0.6, chart.places[-1] + 0.6]
    axes["xaxis"] = quiet(theme, tickmode="array", **ticks, range=ends, anchor=last)
    data = [_months(chart, panel, theme, str(i + 1) if i else "") for i, panel in enumerate(chart.panels)]
    margin = {"l": 8, "r": 8, "t": 30, "b": 8}
    return {"data": data, "layout": layout(theme, 300, annotations=names, margin=margin, bargap=0.28, **axes)}


def _domains(count: int) -> list[tuple[float, float]]:
    """Return where each panel lies, the first the tallest."""
    return [(0.0, 1.0)] if count == 1 else [(0.45, 1.0), (0.0, 0.28)]


def _months(chart: Months, panel: Panel, theme: Theme, number: str) -> dict[str, Any]:
    colours = [theme.accent if i == panel.marked else PLAIN for i in range(len(chart.places))]
    says = zip(chart.months, panel.said, strict=True)
    return {
        "type": "bar",
        "name": safe(panel.title),
        "x": list(chart.places),
        "y": known(panel.values),
        "yaxis": f"y{number}",
        "marker": {"color": colours, "opacity": [1.0 if full else 0.5 for full in chart.whole]},
        "hovertext": [f"<b>{safe(month)}</b><br>{safe(panel.title)}: {safe(said)}" for month, said in says],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }
