"""Live ways of customers between columns of groups: across the number of segments, and from month to month."""

from __future__ import annotations

from typing import Any

from segreport.charts.live.bars import two_columns
from segreport.charts.live.look import folded, layout, note, quiet, safe, tinted, titled
from segreport.charts.theme import Theme
from segreport.charts.tracing import APART, Block, Flowing, Moved, Stage, Traced, Way

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
        for top, block in zip(chart.tops(stage), stage.blocks, strict=True)
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


def _way(chart: Flowing, way: Way, half: float = HALF) -> dict[str, Any]:
    """Return one way as a path through four corners, between columns of half that width."""
    left, right = chart.edges(way)
    corners = (
        (way.stage + half, left),
        (way.stage + 1 - half, right),
        (way.stage + 1 - half, right + way.share),
        (way.stage + half, left + way.share),
    )
    path = "L".join(f"{x:.2f},{y:.4f}" for x, y in corners)
    return {
        "type": "path",
        "path": f"M{path}Z",
        "fillcolor": tinted(way.colour, way.shade),
        "line": {"width": 0},
        "layer": "below",
    }


TWO_LINES, WORDS = 32, 118
"""The height of a name with what it says below, and how wide the words are at either side, in pixels."""
SLIM = 0.06
"""Half a column's width where words stand at both sides, too."""


def live_moved(chart: Moved, theme: Theme) -> dict[str, Any]:
    """Draw the two columns at the edges, their words in the margins, short enough for a phone."""
    height = TWO_LINES / (chart.least + APART) * chart.tallest
    small = {"font": {"size": 11, "color": theme.muted}, "yref": "paper", "y": 1, "yanchor": "bottom", "yshift": 4}
    words = [note(theme, safe(head), **_outside(side), **small) for side, head in enumerate(chart.heads)] + [
        _words(theme, side, top + block.share / 2, block)
        for side, stage in enumerate(chart.stages)
        for top, block in zip(chart.tops(stage), stage.blocks, strict=True)
    ]
    look = layout(
        theme,
        height + 40,
        barmode="overlay",
        margin={"l": WORDS, "r": WORDS, "t": 26, "b": 8},
        xaxis=quiet(theme, showticklabels=False, range=[-SLIM, 1 + SLIM], automargin=False),
        yaxis=quiet(theme, showticklabels=False, range=[chart.tallest, 0], automargin=False),
        shapes=[_way(chart, way, SLIM) for way in chart.ways],
        annotations=words,
    )
    return {"data": [_blocks(chart, side, stage) for side, stage in enumerate(chart.stages)], "layout": look}


def _outside(side: int) -> dict[str, Any]:
    """Return a place in the left margin (0) or the right one (1)."""
    return {"xref": "paper", "x": side, "xanchor": "left" if side else "right", "xshift": 6 if side else -6}


def _words(theme: Theme, side: int, middle: float, block: Block) -> dict[str, Any]:
    say = f"<b>{folded(block.name, 18, lines=1)}</b><br>{safe(block.text)}"
    look = {"align": "left" if side else "right", "font": {"size": 11, "color": theme.ink}}
    return note(theme, say, **_outside(side), y=round(middle, 4), yref="y", yanchor="middle") | look


def _blocks(chart: Moved, side: int, stage: Stage) -> dict[str, Any]:
    """Return the blocks of one column; those of nobody are a line."""
    return {
        "type": "bar",
        "x": [side] * len(stage.blocks),
        "base": [round(top, 4) for top in chart.tops(stage)],
        "y": [round(max(block.share, 0.003), 4) for block in stage.blocks],
        "width": 2 * SLIM,
        "marker": {"color": [block.colour for block in stage.blocks], "line": {"width": 0}},
        "hovertext": [_moved(side, block) for block in stage.blocks],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }


def _moved(side: int, block: Block) -> str:
    ends = f"<br>{'from' if side else 'to'} {folded(block.goes, 46, lines=6)}" if block.goes else ""
    return f"<b>{safe(block.name)}</b><br>{safe(block.text)}{ends}"
