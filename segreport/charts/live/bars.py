"""Live bars and strips."""

from __future__ import annotations

from typing import Any

from segreport.charts.kinds import Bars, Stack
from segreport.charts.live.look import folded, known, layout, note, quiet, safe, scaled
from segreport.charts.theme import Theme, written_on


def live_bars(chart: Bars, theme: Theme) -> dict[str, Any]:
    """Write each bar's own words under its label, so that bars keep their room on a phone."""
    places = list(range(len(chart.bars)))
    bars = {
        "type": "bar",
        "orientation": "h",
        "y": places,
        "x": known([bar.value for bar in chart.bars]),
        "width": 0.5,
        "marker": {"color": [bar.colour for bar in chart.bars]},
        "hovertext": [f"<b>{safe(bar.label)}</b><br>{safe(bar.text)}" for bar in chart.bars],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }
    labels = [f"<b>{folded(bar.label, 24)}</b><br>{folded(bar.text, 30, lines=1)}" for bar in chart.bars]
    down = quiet(theme, range=[len(places) - 0.5, -0.5], tickmode="array", tickvals=places, ticktext=labels)
    across = scaled(theme, chart.axis, showticklabels=False, zeroline=True, zerolinecolor=theme.grid)
    down["tickfont"] = {"color": theme.ink, "size": 12}
    tall = 56 if any(label.count("<br>") > 1 for label in labels) else 42
    return {"data": [bars], "layout": layout(theme, len(places) * tall + 16, xaxis=across, yaxis=down)}


STRIP = 62
"""Height of a strip with its label above."""


def live_stack(chart: Stack, theme: Theme) -> dict[str, Any]:
    """Draw the strips; names stand in a legend below, since on a phone the narrow parts have no room for them."""
    rows = -(-len(chart.strips[0].parts) // 2)
    labels = [
        note(theme, safe(strip.label), x=0, xref="paper", y=i - 0.32, yanchor="bottom", xanchor="left")
        for i, strip in enumerate(chart.strips)
    ]
    look = layout(
        theme,
        len(chart.strips) * STRIP + 24 + 20 * rows,
        barmode="stack",
        uniformtext={"minsize": 11, "mode": "hide"},
        xaxis=quiet(theme, showticklabels=False, range=[0, 1]),
        yaxis=quiet(theme, showticklabels=False, range=[len(chart.strips) - 0.6, -0.7]),
        annotations=labels,
        showlegend=True,
        legend=two_columns(),
    )
    return {"data": [_part(chart, i) for i in range(len(chart.strips[0].parts))], "layout": look}


def _part(chart: Stack, at: int) -> dict[str, Any]:
    """Return one segment's parts, a bar in every strip."""
    parts = [strip.parts[at] for strip in chart.strips]
    of = [safe(strip.label.lower()) for strip in chart.strips]
    return {
        "type": "bar",
        "orientation": "h",
        "name": folded(parts[0].name, 21, lines=1),
        "y": list(range(len(parts))),
        "x": [round(part.share, 5) for part in parts],
        "width": 0.62,
        "text": [part.text for part in parts],
        "textposition": "inside",
        "insidetextanchor": "middle",
        "textangle": 0,
        "constraintext": "inside",
        "textfont": {"color": written_on(parts[0].colour), "size": 12, "weight": 600},
        "marker": {"color": parts[0].colour, "line": {"width": 0}},
        "hovertext": [f"<b>{safe(p.name)}</b><br>{p.text} of {whole}" for p, whole in zip(parts, of, strict=True)],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }


def two_columns() -> dict[str, Any]:
    """Return a legend below the drawing, two names a row at any width, that hides nothing when it is clicked."""
    place = {"orientation": "h", "x": 0, "y": 0, "yanchor": "top", "maxheight": 1}
    size = {"entrywidth": 0.48, "entrywidthmode": "fraction", "font": {"size": 11}, "traceorder": "normal"}
    return {**place, **size, "itemclick": False, "itemdoubleclick": False}
