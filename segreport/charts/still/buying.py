"""Still grid of scores, and columns over months."""

from __future__ import annotations

from collections.abc import Sequence

from segreport.charts.buying import Grid, Months, Panel
from segreport.charts.still.fonts import SMALL, SMALL_STRONG, STRONG
from segreport.charts.still.grid import STRONGEST
from segreport.charts.still.sheet import Box, Sheet, measure
from segreport.charts.theme import Theme
from segreport.charts.words import shorten
from segreport.palette import ABOVE, PLAIN

DOWN, TOP, FOOT = 38, 26, 54
"""Height of a row of the grid, of the words above it, and of those below."""


def draw_grid(chart: Grid, theme: Theme) -> Sheet:
    """Draw the best corner at the upper right, what each score stands for at the left and below."""
    sheet = Sheet(TOP + len(chart.up) * DOWN + FOOT, theme)
    small = measure(SMALL)
    texts = [shorten(head.text, theme.width * 0.2, small) for head in chart.up]
    left = max([*(small(text) for text in texts), 40.0]) + 14
    across = (theme.width - left) / len(chart.across)
    frame = (left, float(TOP), across, float(DOWN))
    _draw_squares(sheet, chart, frame)
    _draw_heads(sheet, chart, texts, frame)
    if all(chart.best):
        _draw_corner(sheet, chart, across)
    return sheet


def _draw_squares(sheet: Sheet, chart: Grid, first: Box) -> None:
    """Fill every square and write in it what fits; what looks alike is drawn together, which is a smaller drawing."""
    left, top, across, down = first
    places = {
        (left + j * across, top + i * down): square
        for i, row in enumerate(chart.squares)
        for j, square in enumerate(row)
    }
    sheet.boxes([(x + 1, y + 1, across - 2, down - 2) for x, y in places], sheet.theme.grid, alpha=0.35)
    filled = {place: square for place, square in places.items() if square}
    for (x, y), square in filled.items():
        sheet.boxes([(x + 1, y + 1, across - 2, down - 2)], ABOVE, alpha=STRONGEST * square.strength)
    for (x, y), square in filled.items():
        height = y + down * (0.31 if square.under else 0.5)
        sheet.lines(x + across / 2, height, [square.text], STRONG, anchor="middle")
    small = measure(SMALL)
    for (x, y), square in filled.items():
        under = square.under if small(square.under) <= across - 4 else square.under.split(" ")[0]
        if under:
            sheet.lines(x + across / 2, y + down * 0.7, [under], SMALL, anchor="middle")


def _draw_heads(sheet: Sheet, chart: Grid, texts: Sequence[str], first: Box) -> None:
    """Write the scores, what each stands for, and what the two scales are."""
    left, top, across, down = first
    muted, small, bottom = sheet.theme.muted, measure(SMALL), top + len(chart.up) * down
    for i, head in enumerate(chart.up):
        sheet.lines(left - 10, top + (i + 0.5) * down - 7, [str(head.score)], STRONG, anchor="end")
    for j, head in enumerate(chart.across):
        sheet.text(left + (j + 0.5) * across, bottom + 16, str(head.score), STRONG, anchor="middle")
    for i, text in enumerate(texts):
        sheet.lines(left - 10, top + (i + 0.5) * down + 7, [text], SMALL, colour=muted, anchor="end")
    for j, head in enumerate(chart.across):
        text = shorten(head.text, across - 4, small)
        sheet.text(left + (j + 0.5) * across, bottom + 31, text, SMALL, colour=muted, anchor="middle")
    right, up = (shorten(axis, sheet.width * 0.5, small) for axis in chart.axes)
    sheet.text(0, 14, up, SMALL, colour=muted)
    sheet.text(sheet.width, bottom + 49, right, SMALL, colour=muted, anchor="end")


def _draw_corner(sheet: Sheet, chart: Grid, across: float) -> None:
    """Frame the best corner and name it above."""
    wide, right = chart.best[0] * across, sheet.width - 1
    x, y = sheet.width - wide, TOP + chart.best[1] * DOWN
    sheet.stroke([((x, TOP), (right, TOP), (right, y), (x, y), (x, TOP))], sheet.theme.ink, width=1.6)
    sheet.text(sheet.width, 14, shorten(chart.corner, sheet.width * 0.4, measure(STRONG)), STRONG, anchor="end")


TALL, HEAD = (104.0, 48.0), 34.0
"""Heights of the first panel's bars and of the others', and of the title above each."""


def draw_months(chart: Months, theme: Theme) -> Sheet:
    """Draw the panels below one another, the months once at the foot."""
    tall = [TALL[min(i, 1)] for i in range(len(chart.panels))]
    sheet = Sheet(sum(tall) + len(tall) * HEAD + 24, theme)
    small = measure(SMALL)
    left = max(small(say) for panel in chart.panels for _, say in panel.axis.ticks) + 10
    each = (theme.width - left) / (chart.places[-1] + 1)
    y = 0.0
    for panel, height in zip(chart.panels, tall, strict=True):
        sheet.text(0, y + 18, panel.title, SMALL_STRONG)
        _draw_panel(sheet, chart, panel, (left, y + HEAD, each, height))
        y += height + HEAD
    for place, say in chart.ticks:
        middle, half = left + (place + 0.5) * each, small(say) / 2
        sheet.text(min(middle, theme.width - half), y + 17, say, SMALL, colour=theme.muted, anchor="middle")
    return sheet


def _draw_panel(sheet: Sheet, chart: Months, panel: Panel, frame: Box) -> None:
    """Draw bars from zero; `frame` is as wide as one month."""
    left, top, each, height = frame

    def level(value: float) -> float:
        return top + (1 - panel.axis.place(value)) * height

    sheet.stroke([((left, level(v)), (sheet.width, level(v))) for v, _ in panel.axis.ticks], sheet.theme.grid)
    for value, say in panel.axis.ticks:
        sheet.text(left - 6, level(value) + 4, say, SMALL, colour=sheet.theme.muted, anchor="end")
    looks: dict[tuple[str, float], list[Box]] = {}
    for i, (place, value) in enumerate(zip(chart.places, panel.values, strict=True)):
        look = sheet.theme.accent if i == panel.marked else PLAIN, 1.0 if chart.whole[i] else 0.5
        ends = sorted((level(0.0), level(value)))
        box = left + (place + 0.14) * each, ends[0], each * 0.72, max(ends[1] - ends[0], 0.6)
        looks.setdefault(look, []).append(box)
    for (colour, alpha), boxes in looks.items():
        sheet.boxes(boxes, colour, alpha=alpha)
