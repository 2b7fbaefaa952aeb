"""Still heat map and correlation triangle."""

from __future__ import annotations

from segreport.charts.kinds import Heatmap, Tile, Triangle
from segreport.charts.still.fonts import PLAIN_TEXT, SMALL_STRONG, STRONG, Font
from segreport.charts.still.sheet import Box, Sheet, measure
from segreport.charts.theme import Theme
from segreport.charts.words import shorten, wrap
from segreport.palette import ABOVE, BELOW

STRONGEST = 0.6
"""Opacity of the fullest cell: ink still reads on it at 4.5:1, on the light page and on the dark."""

STEPS = 6
"""Shades a direction: more cannot be told apart, and cells of one shade are one path."""


TURN = 45
"""The angle of names above narrow columns; more than seven columns are narrow."""


def draw_heatmap(chart: Heatmap, theme: Theme) -> Sheet:
    """Draw the data's columns down and the segments across, so that long labels lie flat."""
    plain = measure(PLAIN_TEXT)
    narrow = len(chart.columns) > 7
    labels = [wrap(row, theme.width * (0.26 if narrow else 0.32), plain) for row in chart.rows]
    left = max((plain(line) for label in labels for line in label), default=60) + 12
    heads, across, top = (_turned_heads if narrow else _level_heads)(chart, theme.width - left)
    down = 32.0 if any(len(label) > 1 for label in labels) else 26.0
    sheet = Sheet(top + len(labels) * down + 2, theme)
    for j, (head, colour) in enumerate(zip(heads, chart.colours, strict=True)):
        x = left + j * across
        sheet.boxes([(x + 1, top - 8, across - 2, 4)], colour)
        if narrow:
            sheet.text(x + across / 2 + 2, top - 14, head[0], SMALL_STRONG, angle=TURN)
        else:
            sheet.lines(x + across / 2, top - 14 - len(head) * 6.6, head, SMALL_STRONG, anchor="middle")
    for i, label in enumerate(labels):
        sheet.lines(0, top + (i + 0.5) * down, label)
    size = across - 2, down - 2
    cells = [(i, j) for i in range(len(chart.rows)) for j in range(len(chart.columns))]
    places = {(i, j): (left + j * across + 1, top + i * down + 1, *size) for i, j in cells}
    _draw_tiles(sheet, {(i, j): tile for i, j in cells if (tile := chart.tiles[i][j])}, places)
    return sheet


Heads = tuple[list[tuple[str, ...]], float, float]
"""Each column's name in lines, the width of a column, and the height all names need."""


def _level_heads(chart: Heatmap, room: float) -> Heads:
    across = min(110.0, room / max(1, len(chart.columns)))
    heads = [wrap(name, across - 8, measure(SMALL_STRONG), lines=4) for name in chart.columns]
    return heads, across, max(len(head) for head in heads) * 13.2 + 16


def _turned_heads(chart: Heatmap, room: float) -> Heads:
    """Leave room at the right for the names that rise beyond the last column."""
    names = [shorten(name, 130, measure(SMALL_STRONG)) for name in chart.columns]
    reach = [0.71 * measure(SMALL_STRONG)(name) + 8 for name in names]  # the sine and cosine of 45 degrees
    across = min(room / len(names), *((room - wide) / (j + 0.5) for j, wide in enumerate(reach)))
    return [(name,) for name in names], across, max(reach) + 22


def draw_triangle(chart: Triangle, theme: Theme) -> Sheet:
    """Draw the lower half of the matrix; a name on the diagonal heads the column below and ends the row beside it."""
    count = len(chart.names)
    font = STRONG if count <= 12 else PLAIN_TEXT
    side = max(22.0, min(46.0, (theme.width - 150) / count))
    names = [wrap(name, theme.width - i * side - 10, measure(font), lines=1) for i, name in enumerate(chart.names)]
    down = min(side, 30.0)
    sheet = Sheet(count * down + 4, theme)
    for i, name in enumerate(names):
        sheet.lines(i * side + 6, (i + 0.5) * down + 2, name, font)
    places = {(i, j): (j * side + 1, i * down + 3, side - 2, down - 2) for i in range(count) for j in range(i)}
    _draw_tiles(sheet, {(i, j): tile for i, row in enumerate(chart.tiles) for j, tile in enumerate(row)}, places)
    return sheet


def _draw_tiles(sheet: Sheet, tiles: dict[tuple[int, int], Tile], places: dict[tuple[int, int], Box]) -> None:
    """Fill each cell by its strength, all cells of one shade at once, and write what fits."""
    shades: dict[int, list[Box]] = {}
    for at, box in places.items():
        shades.setdefault(round(tiles[at].strength * STEPS) if at in tiles else 0, []).append(box)
    for shade, boxes in sorted(shades.items()):
        if shade == 0:
            sheet.boxes(boxes, sheet.theme.grid, alpha=0.35)
        else:
            sheet.boxes(boxes, ABOVE if shade > 0 else BELOW, alpha=STRONGEST * abs(shade) / STEPS)
    font = PLAIN_TEXT if min((box[2] for box in places.values()), default=50) >= 30 else Font(10, 400)
    fits = measure(font)
    for at, tile in tiles.items():
        x, y, width, height = places[at]
        if tile.text and fits(tile.text) <= width:
            sheet.lines(x + width / 2, y + height / 2, [tile.text], font, anchor="middle")
