"""Live histograms and silhouette plot."""

from __future__ import annotations

import math
from typing import Any

from segreport.charts.kinds import Band, Histogram, Silhouettes, Spreads
from segreport.charts.live.look import folded, layout, note, on_paper, quiet, safe, scaled, tinted, titled
from segreport.charts.theme import Theme
from segreport.palette import PLAIN

ACROSS, TALL, TOP, FOOT = 2, 166, 56, 138
"""Panels a row (two are what a phone can show); a panel's height, and where its histogram starts and ends in it."""


def live_spreads(chart: Spreads, theme: Theme) -> dict[str, Any]:
    """Draw small histograms with what they say above them."""
    height = -(-len(chart.panels) // ACROSS) * TALL
    data, axes, names = [], {}, []
    for i, panel in enumerate(chart.panels):
        number, (row, column) = str(i + 1) if i else "", divmod(i, ACROSS)
        left, high = column * 0.52, 1 - (row * TALL + TOP) / height
        across = {"domain": [left, left + 0.48], "anchor": f"y{number}", "range": [0, len(panel.everyone)]}
        up = {"domain": [1 - (row * TALL + FOOT) / height, high], "anchor": f"x{number}", "rangemode": "tozero"}
        line = {"showline": True, "linecolor": theme.muted, "tickangle": 0, "automargin": False}
        axes[f"xaxis{number}"] = quiet(theme, **across, **line, **_ticks(panel))
        axes[f"yaxis{number}"] = quiet(theme, **up, showticklabels=False, automargin=False)
        words = f"<b>{folded(panel.label, 24, lines=1)}</b><br>{folded(panel.text, 24)}"
        names.append(note(theme, words, **on_paper(left, high), align="left", yshift=2))
        data += _histogram(panel, chart, number)
    margin = {"l": 4, "r": 4, "t": 0, "b": 0}
    look = layout(theme, height, barmode="overlay", bargap=0, annotations=names, margin=margin, **axes)
    return {"data": data, "layout": look}


def _ticks(panel: Histogram) -> dict[str, Any]:
    places = [panel.place(value) * len(panel.everyone) for value, _ in panel.ticks]
    return {"tickmode": "array", "tickvals": places, "ticktext": [safe(say) for _, say in panel.ticks]}


def _histogram(panel: Histogram, chart: Spreads, number: str) -> list[dict[str, Any]]:
    """Return everyone's bars and the segment's over them."""
    both = [("All customers", panel.everyone, PLAIN, 0.3 if panel.segment else 0.55)]
    if panel.segment:
        both.append((chart.name, panel.segment, chart.colour, 0.6))
    return [
        {
            "type": "bar",
            "name": safe(name),
            "x": [i + 0.5 for i in range(len(shares))],
            "y": [round(share, 4) for share in shares],
            "width": 1,
            "xaxis": f"x{number}",
            "yaxis": f"y{number}",
            "marker": {"color": tinted(colour, alpha), "line": {"width": 0}},
            "customdata": [safe(said) for said in panel.bins],
            "hovertemplate": f"<b>{safe(name)}</b><br>%{{customdata}}: %{{y:.0%}}<extra></extra>",
        }
        for name, shares, colour, alpha in both
    ]


def live_silhouettes(chart: Silhouettes, theme: Theme) -> dict[str, Any]:
    """Draw a filled area a segment, as tall as its share, and the overall mean as a dashed line."""
    data, middles, at = [], [], 0.0
    for band in chart.bands:
        tall = max(0.09, band.share)
        data.append(_area(band, at, tall))
        middles.append(at + tall / 2)
        at += tall + 0.025
    labels = [f"<b>{folded(band.name, 20)}</b><br>{safe(band.text)}" for band in chart.bands]
    down = quiet(theme, range=[at, -0.02], tickmode="array", tickvals=middles, ticktext=labels)
    down["tickfont"] = {"color": theme.ink, "size": 12}
    across = scaled(theme, chart.axis, showgrid=True, gridcolor=theme.grid, title=titled(theme, chart.axis.title))
    stroke = {"color": theme.ink, "width": 1.2, "dash": "dash"}
    line = {"type": "line", "x0": chart.mean, "x1": chart.mean, "yref": "paper", "y0": 0, "y1": 1, "line": stroke}
    mean = note(theme, safe(chart.mean_text), x=chart.mean, yref="paper", y=1, yanchor="bottom")
    more = {"shapes": [line], "annotations": [mean], "margin": {"l": 8, "r": 8, "t": 26, "b": 8}}
    return {"data": data, "layout": layout(theme, max(220, 360 * at), xaxis=across, yaxis=down, **more)}


def _area(band: Band, top: float, tall: float) -> dict[str, Any]:
    """Return the filled area between zero and the sorted values, the highest at the top."""
    values = [round(v, 3) for v in reversed(band.values) if math.isfinite(v)] or [0.0]
    step = tall / max(1, len(values) - 1)
    ys = [round(top + i * step, 4) for i in range(len(values))]
    return {
        "type": "scatter",
        "mode": "lines",
        "fill": "toself",
        "name": safe(band.name),
        "x": [0, *values, 0],
        "y": [top, *ys, top + tall],
        "line": {"width": 0, "color": band.colour},
        "fillcolor": tinted(band.colour, 0.85),
        "hoveron": "fills",
        "text": f"<b>{safe(band.name)}</b><br>mean silhouette {safe(band.text)}",
        "hoverinfo": "text",
    }
