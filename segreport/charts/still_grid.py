"""Still heat map and correlation triangle."""

from __future__ import annotations

from segreport.charts.kinds import Heatmap, Tile, Triangle
from segreport.charts.sheet import Box, Sheet
from segreport.charts.theme import Theme
from segreport.charts.words import wrap
from segreport.palette import ABOVE, BELOW

STRONGEST = 0.6
"""Opacity of the fullest cell: ink still reads on it at 4.5:1, on the light page and on the dark."""

STEPS = 6
"""Shades a direction: more cannot be told apart, and cells of one shade are one path."""


def draw_heatmap(chart: Heatmap, theme: Theme) -> Sheet:
    """Draw the data's columns down and the segments across, so that long labels lie flat."""
    probe = Sheet(1, theme)
    plain, strong = probe.measure(12), probe.measure(11, 600)
    labels = [wrap(row, theme.width * (0.32 if len(chart.columns) <= 8 else 0.26), plain) for row in chart.rows]
    left = max((plain(line) for label in labels for line in label), default=60) + 12
    across = min(110.0, (theme.width - left) / max(1, len(chart.columns)))
    heads = [wrap(name, across - 8, strong, lines=4) for name in chart.columns]
    top = max(len(head) for head in heads) * 13.2 + 16
    down = 32 if any(len(label) > 1 for label in labels) else 26
    sheet = Sheet(top + len(labels) * down + 2, theme)
    for j, (head, colour) in enumerate(zip(heads, chart.colours, strict=True)):
        x = left + j * across
        sheet.boxes([(x + 1, top - 8, across - 2, 4)], colour)
        sheet.lines(x + across / 2, top - 14 - len(head) * 6.6, head, size=11, weight=600, anchor="middle")
    for i, label in enumerate(labels):
        sheet.lines(0, top + (i + 0.5) * down, label)
    places = {(i, j): (left + j * across + 1, top + i * down + 1, across - 2, down - 2) for i in range(len(chart.rows)) for j in range(len(chart.columns))}
    tiles = {(i, j): tile for i, row in enumerate(chart.tiles) for j, tile in enumerate(row) if tile}
    _draw_tiles(sheet, tiles, places)
    return sheet


def draw_triangle(chart: Triangle, theme: Theme) -> Sheet:
    """Draw the lower half of the matrix; a name on the diagonal heads the column below it and ends the row beside it."""
    probe = Sheet(1, theme)
    plain = probe.measure(12)
    count = len(chart.names)
    side = max(22.0, min(46.0, (theme.width - 150) / count))
    names = [wrap(name, theme.width - i * side - 10, plain, lines=1) for i, name in enumerate(chart.names)]
    down = min(side, 30.0)
    sheet = Sheet(count * down + 4, theme)
    for i, name in enumerate(names):
        sheet.lines(i * side + 6, (i + 0.5) * down + 2, name, weight=600 if count <= 12 else 400)
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
    size = 12 if min((box[2] for box in places.values()), default=50) >= 34 else 10
    fits = sheet.measure(size)
    for at, tile in tiles.items():
        x, y, width, height = places[at]
        if tile.text and fits(tile.text) <= width:
            sheet.lines(x + width / 2, y + height / 2, [tile.text], size=size, anchor="middle")
