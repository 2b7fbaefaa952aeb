"""Live traces of segments across their number."""

from __future__ import annotations

from typing import Any

from segreport.charts.live.bars import two_columns
from segreport.charts.live.look import folded, layout, quiet, safe, tinted, titled
from segreport.charts.theme import Theme
from segreport.charts.tracing import Block, Traced, Way

HALF = 0.14
"""Half a column's width, the columns being one apart."""


def live_traced(chart: Traced, theme: Theme) -> dict[str, Any]:
    """Draw the columns as bars, the ways as shapes below them; names stand in a legend, which fits any width."""
    segments = chart.stages[chart.chosen].blocks
    shown = {block.name: block for block in (*segments, *(b for stage in chart.stages for b in stage.blocks))}
    ticks = [f"<b>{stage.k}</b>" if i == chart.chosen else str(stage.k) for i, stage in enumerate(chart.stages)]
    places = list(range(len(ticks)))
    look = layout(
        theme,
        300 + 20 * -(-len(shown) // 2),
        barmode="overlay",
        xaxis=quiet(
            theme,
            side="top",
            range=[-0.5, places[-1] + 0.5],
            tickmode="array",
            tickvals=places,
            ticktext=ticks,
            title=titled(theme, chart.axis),
        ),
        yaxis=quiet(theme, showticklabels=False, range=[chart.tallest, 0]),
        shapes=[_way(chart, way) for way in chart.ways],
        showlegend=True,
        legend=two_columns(),
    )
    return {"data": [_bars(chart, block) for block in shown.values()], "layout": look}


def _bars(chart: Traced, segment: Block) -> dict[str, Any]:
    """Return every block of one name."""
    found = [
        (i, top, stage.k, block)
        for i, stage in enumerate(chart.stages)
        for top, block in zip(stage.tops(chart.tallest), stage.blocks, strict=True)
        if block.name == segment.name
    ]
    return {
        "type": "bar",
        "name": folded(segment.name, 21, lines=1),
        "x": [i for i, _, _, _ in found],
        "base": [round(top, 4) for _, top, _, _ in found],
        "y": [round(block.share, 4) for _, _, _, block in found],
        "width": 2 * HALF,
        "marker": {"color": segment.colour, "line": {"width": 0}},
        "hovertext": [_told(k, block) for _, _, k, block in found],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }


def _told(k: int, block: Block) -> str:
    goes = f"<br>then {folded(block.goes, 46, lines=4)}" if block.goes else ""
    return f"<b>{safe(block.name)}</b><br>{block.text} of customers with {k} segments{goes}"


def _way(chart: Traced, way: Way) -> dict[str, Any]:
    """Return one way as a path through four corners."""
    left, right = chart.edges(way)
    corners = (
        (way.stage + HALF, left),
        (way.stage + 1 - HALF, right),
        (way.stage + 1 - HALF, right + way.share),
        (way.stage + HALF, left + way.share),
    )
    path = "L".join(f"{x:.2f},{y:.4f}" for x, y in corners)
    return {
        "type": "path",
        "path": f"M{path}Z",
        "fillcolor": tinted(way.colour, 0.28),
        "line": {"width": 0},
        "layer": "below",
    }
