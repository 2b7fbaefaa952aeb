"""Still curves, histograms and the silhouette plot."""

from __future__ import annotations

import math
from collections.abc import Sequence

from segreport.charts.kinds import Band, Curve, Histogram, Lines, Side, Silhouettes, Spreads
from segreport.charts.still.fonts import SMALL, STRONG
from segreport.charts.still.sheet import Anchor, Box, Sheet, Spot, measure
from segreport.charts.theme import Theme
from segreport.charts.words import shorten, wrap
from segreport.palette import PLAIN


def draw_lines(chart: Lines, theme: Theme) -> Sheet:
    """Draw the curves side by side, each with its own scale; the chosen point is filled and named."""
    sheet = Sheet(226, theme)
    each = (theme.width - 28 * (len(chart.curves) - 1)) / len(chart.curves)
    for i, curve in enumerate(chart.curves):
        _draw_curve(sheet, chart, curve, (i * (each + 28), 0, each, sheet.height))
    return sheet


def _draw_curve(sheet: Sheet, chart: Lines, curve: Curve, frame: Box) -> None:
    x0, y0, width, height = frame
    ticks = measure(SMALL)
    left = x0 + max(ticks(say) for _, say in curve.axis.ticks) + 8
    box = (left + 6, y0 + 34, x0 + width - left - 14, height - 34 - 38)
    sheet.text(x0, y0 + 12, curve.title, STRONG)
    bottom = box[1] + box[3]
    heights = [(bottom - curve.axis.place(value) * box[3], say) for value, say in curve.axis.ticks]
    sheet.stroke([((left, y), (x0 + width, y)) for y, _ in heights], sheet.theme.grid)
    for y, say in heights:
        sheet.text(left - 6, y + 4, say, SMALL, colour=sheet.theme.muted, anchor="end")
    for x, say in chart.axis.ticks:
        sheet.text(
            box[0] + chart.axis.place(x) * box[2], bottom + 18, say, SMALL, colour=sheet.theme.muted, anchor="middle"
        )
    sheet.text(x0 + width, bottom + 34, chart.axis.title, SMALL, colour=sheet.theme.muted, anchor="end")
    _draw_points(sheet, chart, curve, box)


def _draw_points(sheet: Sheet, chart: Lines, curve: Curve, box: Box) -> None:
    def spot(x: float, y: float) -> Spot:
        return box[0] + chart.axis.place(x) * box[2], box[1] + box[3] - curve.axis.place(y) * box[3]

    known = [
        (x, y, e)
        for x, y, e in zip(chart.xs, curve.ys, curve.errors or [0.0] * len(curve.ys), strict=True)
        if math.isfinite(y)
    ]
    whiskers = [(spot(x, y - e), spot(x, y + e)) for x, y, e in known if e > 0]
    sheet.stroke(whiskers, PLAIN, width=1.2)
    sheet.stroke([[spot(x, y) for x, y, _ in known]], sheet.theme.accent, width=2)
    sheet.dots([spot(x, y) for x, y, _ in known], 6, sheet.theme.accent)
    if curve.marked is None or not math.isfinite(curve.ys[curve.marked]):
        return
    x, y = spot(chart.xs[curve.marked], curve.ys[curve.marked])
    sheet.dots([(x, y)], 13, sheet.theme.accent)
    sheet.dots([(x, y)], 7, sheet.theme.paper)
    at, down, anchor = _BESIDE[curve.mark_side]
    room = measure(STRONG)(curve.mark) * {"start": 0, "middle": 0.5, "end": 1}[anchor]
    sheet.text(max(x + at, box[0] - 8 + room), y + down, curve.mark, STRONG, anchor=anchor)


_BESIDE: dict[Side, tuple[float, float, Anchor]] = {
    "above": (0, -13, "middle"),
    "below": (0, 24, "middle"),
    "right": (4, -11, "start"),
    "left": (-4, -11, "end"),
}
"""How far from a point its words stand, and which end of them is there."""


PANEL, PLOT, GAP = 118, 56, 20
"""Height of one small panel, of the histogram in it, and the room between two."""


def draw_spreads(chart: Spreads, theme: Theme) -> Sheet:
    """Draw small panels, three a row (four stand in one): the label, what it says, the histogram, three ticks."""
    across = 4 if len(chart.panels) == 4 else 3
    rows = -(-len(chart.panels) // across)
    each = (theme.width - GAP * (across - 1)) / across
    sheet = Sheet(rows * PANEL - 12, theme)
    for i, panel in enumerate(chart.panels):
        _draw_panel(sheet, panel, chart.colour, (i % across * (each + GAP), i // across * PANEL, each, PANEL))
    return sheet


def _draw_panel(sheet: Sheet, panel: Histogram, colour: str, frame: Box) -> None:
    x, y, width, _ = frame
    strong, small = measure(STRONG), measure(SMALL)
    sheet.text(x, y + 12, shorten(panel.label, width, strong), STRONG)
    sheet.text(x, y + 27, shorten(panel.text, width, small), SMALL, colour=sheet.theme.muted)
    base = y + 32 + PLOT
    both = [*panel.everyone, *(panel.segment or ())]
    scale = PLOT / (max(both, default=0) or 1)
    sheet.area(_outline(panel.everyone, x, base, width, scale), PLAIN, alpha=0.3 if panel.segment else 0.55)
    if panel.segment:
        outline = _outline(panel.segment, x, base, width, scale)
        sheet.area(outline, colour, alpha=0.55)
        sheet.stroke([outline], colour, width=1.4)
    sheet.stroke([((x, base), (x + width, base))], sheet.theme.muted, width=0.8)
    for value, say in panel.ticks:
        at = panel.place(value)
        sheet.text(
            x + at * width,
            base + 14,
            say,
            SMALL,
            colour=sheet.theme.muted,
            anchor="start" if at < 0.1 else "end" if at > 0.9 else "middle",
        )


def _outline(shares: Sequence[float], x: float, base: float, width: float, scale: float) -> list[Spot]:
    """Return the steps along the tops of the bins: one line is a fraction of as many boxes."""
    each = width / max(1, len(shares))
    tops = [
        spot
        for i, s in enumerate(shares)
        for spot in ((x + i * each, base - s * scale), (x + (i + 1) * each, base - s * scale))
    ]
    return [(x, base), *tops, (x + width, base)]


def draw_silhouettes(chart: Silhouettes, theme: Theme) -> Sheet:
    """Draw a band a segment, as tall as its share of customers, and the overall mean as a line through all."""
    strong, small = measure(STRONG), measure(SMALL)
    tall = [max(32.0, 220 * band.share) for band in chart.bands]
    names = [wrap(band.name, 170, strong) for band in chart.bands]
    left = max(strong(line) for name in names for line in name) + 16
    top, width = 20.0, theme.width - left - 50
    sheet = Sheet(top + sum(tall) + 6 * len(tall) + 34, theme)
    bottom = top + sum(tall) + 6 * len(tall)
    for value, say in chart.axis.ticks:
        x = left + chart.axis.place(value) * width
        sheet.stroke([((x, top), (x, bottom))], theme.grid)
        sheet.text(x, bottom + 14, say, SMALL, colour=theme.muted, anchor="middle")
    sheet.text(left + width, bottom + 30, chart.axis.title, SMALL, colour=theme.muted, anchor="end")
    y = top
    for band, name, height in zip(chart.bands, names, tall, strict=True):
        sheet.area(_shape(chart, band, (left, y, width, height)), band.colour, alpha=0.85)
        sheet.lines(0, y + height / 2, name, STRONG)
        sheet.lines(theme.width, y + height / 2, [band.text], anchor="end")
        y += height + 6
    x = left + chart.axis.place(chart.mean) * width
    sheet.stroke([((x, top - 4), (x, bottom))], theme.ink, width=1.2, dashed=(4, 3))
    half = small(chart.mean_text) / 2
    sheet.text(min(max(x, half), theme.width - half), 11, chart.mean_text, SMALL, anchor="middle")
    return sheet


def _shape(chart: Silhouettes, band: Band, frame: Box) -> list[Spot]:
    """Return the filled area between zero and the sorted values, the highest at the top."""
    left, top, width, height = frame
    values = [v for v in reversed(band.values) if math.isfinite(v)] or [0.0]
    zero = left + chart.axis.place(0.0) * width
    step = height / max(1, len(values) - 1)
    spots = [(left + chart.axis.place(v) * width, top + i * step) for i, v in enumerate(values)]
    return [(zero, top), *spots, (zero, top + height)]
