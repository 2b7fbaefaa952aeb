"""Live map, curves, histograms and silhouette plot."""

from __future__ import annotations

import math
from typing import Any

from segreport.charts.kinds import Curve, Histogram, Lines, Points, Silhouettes, Spreads
from segreport.charts.live_look import folded, known, layout, note, quiet, safe, scaled, tinted
from segreport.charts.theme import Theme
from segreport.palette import PLAIN


def live_points(chart: Points, theme: Theme) -> dict[str, Any]:
    """Draw a trace a segment, dots by count, the names at the centres."""
    most = max((dot.count for dot in chart.dots), default=1)
    data = []
    for i, group in enumerate(chart.groups):
        dots = [dot for dot in chart.dots if dot.group == i]
        data.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": safe(group.name),
                "x": [dot.x for dot in dots],
                "y": [dot.y for dot in dots],
                "customdata": [dot.count for dot in dots],
                "marker": {"color": group.colour, "opacity": 0.6, "size": [3 + 8 * math.sqrt(d.count / most) for d in dots], "line": {"width": 0}},
                "hovertemplate": f"<b>{safe(group.name)}</b><br>customers: %{{customdata}}<extra></extra>",
            }
        )
    names = [
        note(theme, f"<b>{folded(g.name, 22)}</b>", x=g.x, y=g.y, bgcolor=theme.paper, opacity=0.92, bordercolor=g.colour, borderwidth=1, borderpad=3)
        for g in chart.groups
        if math.isfinite(g.x) and math.isfinite(g.y)
    ]
    across, up = (
        scaled(theme, axis, showticklabels=False, showline=True, linecolor=theme.grid, title={"text": folded(axis.title, 60), "font": {"size": 11, "color": theme.muted}})
        for axis in chart.axes
    )
    look = layout(theme, 440, xaxis={**across, "fixedrange": False}, yaxis={**up, "fixedrange": False}, annotations=names, dragmode="zoom")
    return {"data": data, "layout": look}


def live_lines(chart: Lines, theme: Theme) -> dict[str, Any]:
    """Draw the curves side by side, the chosen point ringed and named."""
    data: list[dict[str, Any]] = []
    look: dict[str, Any] = {}
    names = []
    for i, curve in enumerate(chart.curves):
        number = str(i + 1) if i else ""
        data.append(_curve(chart, curve, theme, number))
        left, right = i / len(chart.curves) + (0.06 if i else 0), (i + 1) / len(chart.curves) - (0.0 if i else 0.04)
        look[f"xaxis{number}"] = scaled(theme, chart.axis, domain=[left, right], anchor=f"y{number}", title={"text": safe(chart.axis.title), "font": {"size": 11, "color": theme.muted}})
        look[f"yaxis{number}"] = scaled(theme, curve.axis, anchor=f"x{number}", showgrid=True, gridcolor=theme.grid, range=[curve.axis.low, curve.axis.high])
        names.append(note(theme, f"<b>{safe(curve.title)}</b>", xref="paper", yref="paper", x=left, y=1, xanchor="left", yanchor="bottom"))
        if curve.marked is not None and math.isfinite(curve.ys[curve.marked]):
            names.append(note(theme, f"<b>{safe(curve.mark)}</b>", xref=f"x{number}", yref=f"y{number}", x=chart.xs[curve.marked], y=curve.ys[curve.marked], yshift=18))
    return {"data": data, "layout": layout(theme, 260, annotations=names, margin={"l": 8, "r": 8, "t": 36, "b": 8}, **look)}


def _curve(chart: Lines, curve: Curve, theme: Theme, number: str) -> dict[str, Any]:
    trace = {
        "type": "scatter",
        "mode": "lines+markers",
        "name": safe(curve.title),
        "x": list(chart.xs),
        "y": known(curve.ys),
        "xaxis": f"x{number}",
        "yaxis": f"y{number}",
        "line": {"color": theme.accent, "width": 2},
        "marker": {
            "color": [theme.paper if at == curve.marked else theme.accent for at in range(len(chart.xs))],
            "size": [12 if at == curve.marked else 7 for at in range(len(chart.xs))],
            "line": {"color": theme.accent, "width": 3},
        },
        "hovertemplate": f"%{{x}} segments<br>{safe(curve.title)} %{{y:,.3~f}}<extra></extra>",
    }
    if curve.errors:
        trace["error_y"] = {"type": "data", "array": known(curve.errors), "color": PLAIN, "thickness": 1.2, "width": 0}
    return trace


def live_spreads(chart: Spreads, theme: Theme) -> dict[str, Any]:
    """Draw small histograms, two a row: that is what a phone can show."""
    across, tall = min(2, len(chart.panels)), 150
    rows = -(-len(chart.panels) // across)
    height = rows * tall
    data: list[dict[str, Any]] = []
    look: dict[str, Any] = {}
    names = []
    for i, panel in enumerate(chart.panels):
        number = str(i + 1) if i else ""
        row, column = divmod(i, across)
        left, right = column * 0.52, column * 0.52 + (0.48 if across == 2 else 1)
        low, high = 1 - (row * tall + 122) / height, 1 - (row * tall + 42) / height
        data += _histogram(panel, chart, number)
        bins = len(panel.everyone)
        ticks = {"tickmode": "array", "tickvals": [panel.place(v) * bins for v, _ in panel.ticks], "ticktext": [safe(t) for _, t in panel.ticks]}
        look[f"xaxis{number}"] = quiet(theme, domain=[left, right], anchor=f"y{number}", range=[0, bins], showline=True, linecolor=theme.muted, tickangle=0, automargin=False, **ticks)
        look[f"yaxis{number}"] = quiet(theme, domain=[low, high], anchor=f"x{number}", showticklabels=False, rangemode="tozero", automargin=False)
        words = f"<b>{folded(panel.label, 26, lines=1)}</b><br>{folded(panel.text, 38, lines=1)}"
        names.append(note(theme, words, xref="paper", yref="paper", x=left, y=high, xanchor="left", yanchor="bottom", align="left", yshift=2))
    return {"data": data, "layout": layout(theme, height, barmode="overlay", bargap=0, annotations=names, margin={"l": 4, "r": 4, "t": 0, "b": 0}, **look)}


def _histogram(panel: Histogram, chart: Spreads, number: str) -> list[dict[str, Any]]:
    """Return everyone's bars and the segment's over them."""
    bins = [f"{safe(panel.label)} {edges[i]:.4~g} to {edges[i + 1]:.4~g}" if False else i for i in range(len(panel.everyone))]
    both = [("All customers", panel.everyone, PLAIN, 0.3 if panel.segment else 0.55)]
    if panel.segment:
        both.append((chart.name, panel.segment, chart.colour, 0.6))
    return [
        {
            "type": "bar",
            "name": safe(name),
            "x": [i + 0.5 for i in range(len(shares))],
            "y": list(shares),
            "width": 1,
            "xaxis": f"x{number}",
            "yaxis": f"y{number}",
            "marker": {"color": tinted(colour, alpha), "line": {"width": 0}},
            "customdata": [safe(words) for words in panel.bins],
            "hovertemplate": f"<b>{safe(name)}</b><br>%{{customdata}}: %{{y:.0%}}<extra></extra>",
        }
        for name, shares, colour, alpha in both
    ]


def live_silhouettes(chart: Silhouettes, theme: Theme) -> dict[str, Any]:
    """Draw a filled area a segment, as tall as its share, and the overall mean as a dashed line."""
    data, ticks, at = [], [], 0.0
    for band in chart.bands:
        values = [v for v in reversed(band.values) if math.isfinite(v)] or [0.0]
        tall = max(0.09, band.share)
        step = tall / max(1, len(values) - 1)
        ys = [at + i * step for i in range(len(values))]
        data.append(
            {
                "type": "scatter",
                "mode": "lines",
                "fill": "toself",
                "name": safe(band.name),
                "x": [0, *values, 0],
                "y": [ys[0], *ys, at + tall],
                "line": {"width": 0, "color": band.colour},
                "fillcolor": tinted(band.colour, 0.85),
                "hoveron": "fills",
                "text": f"<b>{safe(band.name)}</b><br>mean silhouette {safe(band.text)}",
                "hoverinfo": "text",
            }
        )
        ticks.append((at + tall / 2, f"<b>{folded(band.name, 20)}</b><br>{safe(band.text)}"))
        at += tall + 0.025
    line = {"type": "line", "x0": chart.mean, "x1": chart.mean, "yref": "paper", "y0": 0, "y1": 1, "line": {"color": theme.ink, "width": 1.2, "dash": "dash"}}
    mean = note(theme, safe(chart.mean_text), x=chart.mean, yref="paper", y=1, yanchor="bottom")
    down = quiet(theme, range=[at, -0.02], tickmode="array", tickvals=[y for y, _ in ticks], ticktext=[t for _, t in ticks])
    down["tickfont"] = {"color": theme.ink, "size": 12}
    across = scaled(theme, chart.axis, showgrid=True, gridcolor=theme.grid, title={"text": safe(chart.axis.title), "font": {"size": 11, "color": theme.muted}})
    look = layout(theme, max(260, 360 * at), xaxis=across, yaxis=down, shapes=[line], annotations=[mean], margin={"l": 8, "r": 8, "t": 26, "b": 8})
    return {"data": data, "layout": look}
