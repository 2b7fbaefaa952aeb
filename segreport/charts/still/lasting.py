"""Still panels and lines over months, and changes divided into parts."""

from __future__ import annotations

from collections.abc import Sequence

from segreport.charts.lasting import Courses, Lasting, Panel, Panels, Series, Sums
from segreport.charts.still.fonts import SMALL, STRONG
from segreport.charts.still.sheet import Box, Sheet, Spot, measure
from segreport.charts.still.tracing import LINE, spaced
from segreport.charts.theme import Theme
from segreport.charts.words import shorten, wrap
from segreport.palette import ABOVE, BELOW

PANEL, PLOT, APART = 116, 52, 22
"""Height of a small panel and of the lines in it, and how far two stand apart."""


def draw_panels(chart: Panels, theme: Theme) -> Sheet:
    """Draw three panels a row, or all in one row where they are four or fewer."""
    count = len(chart.panels)
    across = max(2, count) if count <= 4 else 3
    each = (theme.width - APART * (across - 1)) / across
    sheet = Sheet(-(-count // across) * PANEL - 6, theme)
    for i, panel in enumerate(chart.panels):
        _draw_panel(sheet, chart, panel, (i % across * (each + APART), i // across * PANEL, each, PLOT))
    return sheet


def _draw_panel(sheet: Sheet, chart: Panels, panel: Panel, frame: Box) -> None:
    x, y, width, height = frame
    base, muted = y + 38 + height, sheet.theme.muted
    sheet.text(x, y + 12, shorten(panel.name, width, measure(STRONG)), STRONG)
    sheet.text(x, y + 27, shorten(panel.text, width, measure(SMALL)), SMALL)
    zero = base - panel.axis.place(panel.base) * height
    sheet.stroke([((x, zero), (x + width, zero))], muted, width=0.8, dashed=(3, 3) if panel.base else ())
    _draw_line(sheet, chart, panel, (x + 4, base - height, width - 8, height), (panel.axis.low, panel.axis.high))
    for place, say in chart.ticks:
        sheet.text(
            x if place == 0 else x + width, base + 14, say, SMALL, colour=muted, anchor="end" if place else "start"
        )


def _draw_line(sheet: Sheet, chart: Lasting, series: Series, box: Box, ends: tuple[float, float]) -> None:
    """Draw a series in a box, a dot at its last month and wherever it stands alone."""
    spots = _spots(chart, series, box, ends)
    runs = chart.runs(series)
    sheet.stroke([[spots[i] for i in run] for run in runs], series.colour, width=2)
    alone = {run[0] for run in runs if len(run) == 1}
    sheet.dots([spots[i] for i in sorted(alone | {series.known[-1]})], 6, series.colour)


def _spots(chart: Lasting, series: Series, box: Box, ends: tuple[float, float]) -> dict[int, Spot]:
    """Return where a series lies by the place of its months; a single month stands in the middle."""
    x, y, width, height = box
    low, high = ends
    whole = chart.places[-1]
    return {
        i: (
            x + width * (chart.places[i] / whole if whole else 0.5),
            y + height * (1 - (series.values[i] - low) / (high - low)),
        )
        for i in series.known
    }


TALL, NAMES = 260, 0.3
"""Height of the lines in one frame, and the share of the width for their names."""


def draw_courses(chart: Courses, theme: Theme) -> Sheet:
    """Draw the lines with their names and last numbers at the right, a leader from each line's end."""
    tall = max(TALL, (LINE + 1) * len(chart.lines))
    sheet = Sheet(tall + 36, theme)
    left = max(measure(SMALL)(say) for _, say in chart.axis.ticks) + 12
    right = theme.width * (1 - NAMES)
    box = (left + 6, 8.0, right - left - 12, float(tall))
    _draw_frame(sheet, chart, box)
    for line in chart.lines:
        _draw_line(sheet, chart, line, box, (chart.axis.low, chart.axis.high))
    _draw_ends(sheet, chart, box, right)
    return sheet


def _draw_frame(sheet: Sheet, chart: Courses, box: Box) -> None:
    x, y, width, height = box
    muted, whole = sheet.theme.muted, chart.places[-1]
    heights = [(y + height * (1 - chart.axis.place(value)), say) for value, say in chart.axis.ticks]
    sheet.stroke([((x - 6, h), (x + width + 6, h)) for h, _ in heights], sheet.theme.grid)
    for h, say in heights:
        sheet.text(x - 12, h + 4, say, SMALL, colour=muted, anchor="end")
    for place, say in chart.ticks:
        half = measure(SMALL)(say) / 2
        at = x + width * (place / whole if whole else 0.5)
        sheet.text(max(at, half), y + height + 18, say, SMALL, colour=muted, anchor="middle")


def _draw_ends(sheet: Sheet, chart: Courses, box: Box, right: float) -> None:
    """Write the names so that none touches another, in the order of the lines' ends."""
    ends = [(line, _spots(chart, line, box, (chart.axis.low, chart.axis.high))[line.known[-1]]) for line in chart.lines]
    ends.sort(key=lambda end: (end[1][1], end[1][0]))
    places = spaced([y for _, (_, y) in ends], box[1] - LINE / 2, box[1] + box[3] + LINE / 2)
    strong, small, room = measure(STRONG), measure(SMALL), sheet.width - right - 22
    for (line, (x, y)), place in zip(ends, places, strict=True):
        lasts = line.known[-1] == len(chart.months) - 1
        run = (x + 5, y), (right + 4, y), (right + 18, place)
        sheet.stroke([run], line.colour, width=0.8, dashed=() if lasts else (1, 4))
    said = [line.text for line, _ in ends]
    names = [shorten(line.name, room - small(f" {say}"), strong) for (line, _), say in zip(ends, said, strict=True)]
    for name, place in zip(names, places, strict=True):
        sheet.text(right + 22, place + 4, name, STRONG)
    for name, say, place in zip(names, said, places, strict=True):
        sheet.text(right + 22 + strong(f"{name} "), place + 4, say, SMALL)


ROW, TOP, FIRST = 36, 34, 0.28
"""Height of a row of a table of changes, of its heads, and the share of the width for the names."""


def draw_sums(chart: Sums, theme: Theme) -> Sheet:
    """Draw a table: in every cell the number, and below it a bar from the middle of its column; all customers last."""
    rows = (*chart.rows, chart.whole)
    sheet = Sheet(TOP + ROW * len(rows), theme)
    left = FIRST * theme.width
    each = (theme.width - left) / len(chart.heads)
    centres = [left + (j + 0.5) * each for j in range(len(chart.heads))]
    heads = [wrap(head, each - 6, measure(SMALL)) for head in chart.heads]
    for x, head in zip(centres, heads, strict=True):
        sheet.lines(x, TOP - 14, head, SMALL, colour=theme.muted, anchor="middle")
    tops = [TOP + i * ROW for i in range(len(rows))]
    sheet.stroke([((0, y), (theme.width, y)) for y in tops], theme.grid)
    for row, y in zip(rows, tops, strict=True):
        sheet.boxes([(0, y + 8, 5, ROW - 15)], row.colour)
    for row, y in zip(rows, tops, strict=True):
        sheet.lines(12, y + ROW / 2 + 1, wrap(row.name, left - 20, measure(STRONG)), STRONG)
    for columns, font in ((slice(None, -1), SMALL), (slice(-1, None), STRONG)):
        for row, y in zip(rows, tops, strict=True):
            for x, say in zip(centres[columns], row.said[columns], strict=True):
                sheet.text(x, y + 19, say, font, anchor="middle")
    _draw_parts(sheet, chart, centres, (each - 12) / 2 / chart.longest)
    return sheet


def _draw_parts(sheet: Sheet, chart: Sums, centres: Sequence[float], scale: float) -> None:
    bars: dict[str, list[Box]] = {ABOVE: [], BELOW: []}
    middles = []
    for i, row in enumerate(chart.rows):
        y = TOP + (i + 1) * ROW - 11.0
        for x, part in zip(centres, row.parts, strict=True):
            middles.append(((x, y - 2), (x, y + 7)))
            if part:
                bars[ABOVE if part > 0 else BELOW].append((min(x, x + part * scale), y, abs(part) * scale, 5.0))
    for colour, boxes in bars.items():
        sheet.boxes(boxes, colour)
    sheet.stroke(middles, sheet.theme.muted, width=0.8)
