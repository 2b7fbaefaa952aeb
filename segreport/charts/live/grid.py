"""Live heat map and correlation triangle."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from segreport.charts.kinds import Heatmap, Quantity, Tile, Triangle
from segreport.charts.live.look import folded, layout, note, quiet, safe, tinted
from segreport.charts.theme import Theme
from segreport.palette import ABOVE, BELOW, PLAIN

SCALE = [
    [0, tinted(BELOW, 0.6)],
    [0.49, tinted(BELOW, 0.06)],
    [0.5, tinted(PLAIN, 0.1)],
    [0.51, tinted(ABOVE, 0.06)],
    [1, tinted(ABOVE, 0.6)],
]
"""Each direction fades in its own hue: one scale through grey would make both muddy."""


def live_heatmap(chart: Heatmap, theme: Theme) -> dict[str, Any]:
    """Draw the data's columns down and the segments across, the index in the cells that differ."""
    hover = [
        [f"<b>{safe(name)}</b><br>{safe(row)}{_said(tile)}" for name, tile in zip(chart.columns, tiles, strict=True)]
        for row, tiles in zip(chart.rows, chart.tiles, strict=True)
    ]
    many = len(chart.columns) > 6
    heads = [
        f'<span style="color:{colour}">■</span> {folded(name, 14 if not many else 18, lines=3 if not many else 1)}'
        for name, colour in zip(chart.columns, chart.colours, strict=True)
    ]
    down = quiet(
        theme,
        range=[len(chart.rows) - 0.5, -0.5],
        tickmode="array",
        tickvals=list(range(len(chart.rows))),
        ticktext=[folded(row, 22) for row in chart.rows],
    )
    across = quiet(
        theme,
        side="top",
        tickmode="array",
        tickvals=list(range(len(heads))),
        ticktext=heads,
        **({"tickangle": -90} if many else {"autotickangles": [0, -90]}),
    )
    down["tickfont"] = across["tickfont"] = {"color": theme.ink, "size": 12 if not many else 11}
    data = _cells(chart.tiles, hover, theme)
    top = 150 if many else 100 if len(heads) > 3 else 20 * max(h.count("<br>") + 1 for h in heads)
    return {"data": [data], "layout": layout(theme, 34 * len(chart.rows) + top + 16, xaxis=across, yaxis=down)}


def _said(tile: Tile | None) -> str:
    """Return a cell's number for hovering; the page's table writes it with its unit."""
    if tile is None or not isinstance(tile.cell, Quantity):
        return ""
    return f"<br>{safe(tile.text)}" if tile.text else "<br>does not differ"


def live_triangle(chart: Triangle, theme: Theme) -> dict[str, Any]:
    """Draw the lower half of the matrix, names on the diagonal."""
    count = len(chart.names)
    hover = [
        [
            f"{safe(chart.names[i])}<br>{safe(chart.names[j])}<br><b>{safe(t.text) or 'near 0'}</b>"
            for j, t in enumerate(row)
        ]
        for i, row in enumerate(chart.tiles)
    ]
    rows = [(*row, *[None] * (count - len(row))) for row in chart.tiles]
    data = _cells(rows, [[*row, *[""] * (count - len(row))] for row in hover], theme)
    if count > 8:
        data["texttemplate"] = ""
    names = [
        note(theme, folded(name, 26, lines=1), x=i - 0.42, y=i, xanchor="left", align="left")
        for i, name in enumerate(chart.names)
    ]
    down = quiet(theme, range=[count - 0.5, -0.5], showticklabels=False)
    across = quiet(theme, range=[-0.5, max(count + 1.0, count * 1.35)], showticklabels=False)
    return {"data": [data], "layout": layout(theme, 28 * count + 20, xaxis=across, yaxis=down, annotations=names)}


def _cells(tiles: Sequence[Sequence[Tile | None]], hover: list[list[str]], theme: Theme) -> dict[str, Any]:
    return {
        "type": "heatmap",
        "z": [[tile.strength if tile else None for tile in row] for row in tiles],
        "text": [[safe(tile.text) if tile else "" for tile in row] for row in tiles],
        "texttemplate": "%{text}",
        "textfont": {"color": theme.ink, "size": 12},
        "hovertext": hover,
        "hovertemplate": "%{hovertext}<extra></extra>",
        "hoverongaps": False,
        "zmin": -1,
        "zmid": 0,
        "zmax": 1,
        "colorscale": SCALE,
        "showscale": False,
        "xgap": 2,
        "ygap": 2,
    }
