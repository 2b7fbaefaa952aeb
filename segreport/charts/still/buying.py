"""Still grid of scores, and columns over months."""

from __future__ import annotations

from segreport.charts.buying import Grid, Months, Panel
from segreport.charts.still.fonts import PLAIN_TEXT, SMALL, SMALL_STRONG, STRONG
from segreport.charts.still.grid import STRONGEST
from segreport.charts.still.sheet import Box, Sheet, measure
from segreport.charts.theme import Theme
from segreport.charts.words import shorten
from segreport.palette import ABOVE, PLAIN

DOWN, TOP, FOOT = 42, 26, 54
"""Height of a row of the grid, of the words above it, and of those below."""


def draw_grid(chart: Grid, theme: Theme) -> Sheet:
    """Draw the best corner at the upper right, what each score stands for at the left and below."""
    sheet = Sheet(TOP + len(chart.up) * DOWN + FOOT, theme)
    small, strong = measure(SMALL), measure(STRONG)
    texts = [shorten(head.text, theme.width * 0.2, small) for head in chart.up]
    left = max([*(small(text) for text in texts), 60.0]) + 30
    across = (theme.width - left) / len(chart.across)
    bottom = TOP + len(chart.up) * DOWN
    _draw_squares(sheet, chart, (left, TOP, across, DOWN))
    for i, (head, text) in enumerate(zip(chart.up, texts, strict=True)):
        sheet.lines(left - 12, TOP + (i + 0.5) * DOWN, [str(head.score)], STRONG, anchor="end")
        sheet.lines(left - 26, TOP + (i + 0.5) * DOWN, [text], SMALL, colour=theme.muted, anchor="end")
    for j, head in enumerate(chart.across):
        middle = left + (j + 0.5) * across
        sheet.text(middle, bottom + 16, str(head.score), STRONG, anchor="middle")
        text = shorten(head.text, across - 4, small)
        sheet.text(middle, bottom + 31, text, SMALL, colour=theme.muted, anchor="middle")
    up, right = (shorten(axis, theme.width * 0.4, small) for axis in reversed(chart.axes))
    sheet.text(0, 14, f"{up}, score", SMALL, colour=theme.muted)
    sheet.text(theme.width, bottom + 49, f"{right}, score", SMALL, colour=theme.muted, anchor="end")
    if all(chart.best):
        wide, high = chart.best[0] * across, chart.best[1] * DOWN
        x, y = theme.width - wide, TOP + high
        sheet.stroke([((x, TOP), (theme.width - 1, TOP), (theme.width - 1, y), (x, y), (x, TOP))], theme.ink, width=1.6)
        sheet.text(theme.width, 14, shorten(chart.corner, wide, strong), STRONG, anchor="end")
    return sheet


def _draw_squares(sheet: Sheet, chart: Grid, first: Box) -> None:
    """Fill every square and write in it what fits."""
    left, top, across, down = first
    plain, small = measure(PLAIN_TEXT), measure(SMALL)
    for i, row in enumerate(chart.squares):
        for j, square in enumerate(row):
            x, y = left + j * across, top + i * down
            box = (x + 1, y + 1, across - 2, down - 2)
            sheet.boxes([box], sheet.theme.grid, alpha=0.35)
            if square is None:
                continue
            sheet.boxes([box], ABOVE, alpha=STRONGEST * square.strength)
            middle = x + across / 2
            if plain(square.text) <= across:
                sheet.lines(middle, y + down * (0.32 if square.under else 0.5), [square.text], STRONG, anchor="middle")
            under = square.under if small(square.under) <= across - 4 else square.under.split(" ")[0]
            if under:
                sheet.lines(middle, y + down * 0.7, [under], SMALL, anchor="middle")


TALL, HEAD = (104.0, 46.0), 28.0
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
        sheet.text(0, y + 12, panel.title, SMALL_STRONG)
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
