"""Live bars and strips."""

from __future__ import annotations

from typing import Any

from segreport.charts.kinds import Bars, Stack
from segreport.charts.live_look import folded, known, layout, quiet, safe, scaled
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


def live_stack(chart: Stack, theme: Theme) -> dict[str, Any]:
    """Draw the strips; names stand in a legend below, since on a phone the narrow parts have no room for them."""
    labels = [safe(strip.label) for strip in chart.strips]
    data = []
    for i, part in enumerate(chart.strips[0].parts):
        across = [strip.parts[i] for strip in chart.strips]
        data.append(
            {
                "type": "bar",
                "orientation": "h",
                "name": folded(part.name, 28, lines=1),
                "y": labels,
                "x": [p.share for p in across],
                "width": 0.62,
                "text": [p.text for p in across],
                "textposition": "inside",
                "insidetextanchor": "middle",
                "textangle": 0,
                "textfont": {"color": written_on(part.colour), "size": 12, "weight": 600},
                "constraintext": "none",
                "marker": {"color": part.colour, "line": {"width": 1, "color": theme.paper}},
                "hovertext": [f"<b>{safe(part.name)}</b><br>{safe(p.text)} of {safe(s.label.lower())}" for p, s in zip(across, chart.strips, strict=True)],
                "hovertemplate": "%{hovertext}<extra></extra>",
            }
        )
    look = layout(
        theme,
        len(labels) * 58 + 34 + 20 * -(-len(data) // 3),
        barmode="stack",
        uniformtext={"minsize": 11, "mode": "hide"},
        xaxis=quiet(theme, showticklabels=False, range=[0, 1]),
        yaxis=quiet(theme, autorange="reversed"),
        showlegend=True,
        legend={"orientation": "h", "x": 0, "y": -0.02, "yanchor": "top", "traceorder": "normal", "font": {"size": 12}, "itemclick": False, "itemdoubleclick": False},
    )
    return {"data": data, "layout": look}
