"""Live map of segments, and curves."""

from __future__ import annotations

import math
from typing import Any

from segreport.charts.kinds import Curve, Dot, Group, Lines, Points, Side
from segreport.charts.live.look import folded, known, layout, note, on_paper, safe, scaled, titled
from segreport.charts.theme import Theme
from segreport.palette import PLAIN


def live_points(chart: Points, theme: Theme) -> dict[str, Any]:
    """Draw a trace a segment, dots by count, the names at the centres."""
    most = max((dot.count for dot in chart.dots), default=1)
    data = [_cloud(g, [d for d in chart.dots if d.group == i], most) for i, g in enumerate(chart.groups)]
    width = 22 if len(chart.groups) <= 6 else 14
    names = [_name(g, theme, width) for g in chart.groups if math.isfinite(g.x) and math.isfinite(g.y)]
    small = {"font": {"size": 11, "color": theme.muted}, "align": "left"}
    up, right = (
        folded(f"{way}: {axis.title}", 56) for way, axis in zip(("Up", "Right"), chart.axes[::-1], strict=True)
    )
    names += [note(theme, up, **on_paper(0, 1), **small)]
    names += [note(theme, right, **on_paper(1, 0), **small, yshift=-4)]
    plain = {"showticklabels": False, "showline": True, "linecolor": theme.grid, "fixedrange": False}
    axes = {"xaxis": scaled(theme, chart.axes[0], **plain), "yaxis": scaled(theme, chart.axes[1], **plain)}
    margin = {"l": 8, "r": 8, "t": 34, "b": 34}
    return {"data": data, "layout": layout(theme, 440, **axes, margin=margin, annotations=names, dragmode="zoom")}


def _cloud(group: Group, dots: list[Dot], most: int) -> dict[str, Any]:
    sizes = [round(3 + 8 * math.sqrt(dot.count / most), 1) for dot in dots]
    return {
        "type": "scatter",
        "mode": "markers",
        "name": safe(group.name),
        "x": [dot.x for dot in dots],
        "y": [dot.y for dot in dots],
        "customdata": [dot.count for dot in dots],
        "marker": {"color": group.colour, "opacity": 0.6, "size": sizes, "line": {"width": 0}},
        "hovertemplate": f"<b>{safe(group.name)}</b><br>customers: %{{customdata}}<extra></extra>",
    }


def _name(group: Group, theme: Theme, width: int) -> dict[str, Any]:
    plate = {"bgcolor": theme.paper, "opacity": 0.92, "bordercolor": group.colour, "borderwidth": 1, "borderpad": 3}
    return note(theme, f"<b>{folded(group.name, width)}</b>", x=group.x, y=group.y, **plate)


def live_lines(chart: Lines, theme: Theme) -> dict[str, Any]:
    """Draw the curves side by side, the chosen point ringed and named."""
    data, axes, names = [], {}, []
    each = 1 / len(chart.curves)
    for i, curve in enumerate(chart.curves):
        number = str(i + 1) if i else ""
        left, right = i * each + 0.06 * (i > 0), (i + 1) * each - 0.04 * (i < len(chart.curves) - 1)
        across = {"domain": [left, right], "anchor": f"y{number}", "title": titled(theme, chart.axis.title)}
        up = {"anchor": f"x{number}", "showgrid": True, "gridcolor": theme.grid}
        axes[f"xaxis{number}"] = scaled(theme, chart.axis, **across)
        axes[f"yaxis{number}"] = scaled(theme, curve.axis, **up, range=[curve.axis.low, curve.axis.high])
        data.append(_curve(chart, curve, theme, number))
        names.append(note(theme, f"<b>{safe(curve.title)}</b>", **on_paper(left, 1), yshift=14))
        if curve.marked is not None and math.isfinite(curve.ys[curve.marked]):
            place = {
                "x": chart.xs[curve.marked],
                "y": curve.ys[curve.marked],
                "xref": f"x{number}",
                "yref": f"y{number}",
            }
            names.append(note(theme, f"<b>{safe(curve.mark)}</b>", **place, **_BESIDE[curve.mark_side]))
    margin = {"l": 8, "r": 8, "t": 46, "b": 8}
    return {"data": data, "layout": layout(theme, 270, annotations=names, margin=margin, **axes)}


_BESIDE: dict[Side, dict[str, Any]] = {
    "above": {"yshift": 18},
    "below": {"yshift": -18},
    "right": {"yshift": 14, "xshift": 3, "xanchor": "left"},
    "left": {"yshift": 14, "xshift": -3, "xanchor": "right"},
}


def _curve(chart: Lines, curve: Curve, theme: Theme, number: str) -> dict[str, Any]:
    chosen = [at == curve.marked for at in range(len(chart.xs))]
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
            "opacity": 1,
            "color": [theme.paper if mark else theme.accent for mark in chosen],
            "size": [12 if mark else 7 for mark in chosen],
            "line": {"color": theme.accent, "width": 3},
        },
        "customdata": [safe(said) for said in curve.said],
        "hovertemplate": f"{safe(chart.axis.title)}: %{{x}}<br>{safe(curve.title)}: %{{customdata}}<extra></extra>",
    }
    if curve.errors:
        trace["error_y"] = {"type": "data", "array": known(curve.errors), "color": PLAIN, "thickness": 1.2, "width": 0}
    return trace
