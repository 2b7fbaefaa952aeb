"""Still bars and strips."""

from __future__ import annotations

from segreport.charts.kinds import Bars, Stack
from segreport.charts.still.fonts import PLAIN_TEXT, STRONG
from segreport.charts.still.leaders import Label, lay_out
from segreport.charts.still.sheet import Sheet, measure
from segreport.charts.theme import Theme, written_on
from segreport.charts.words import shorten, wrap

ROW, BAR = 32, 16
"""Height of one row of bars, and of the bar in it."""


def draw_bars(chart: Bars, theme: Theme) -> Sheet:
    """Draw labels at the left, bars in the middle, what they say at the right: three columns that line up."""
    sheet = Sheet(len(chart.bars) * ROW + 8, theme)
    plain, strong = measure(PLAIN_TEXT), measure(STRONG)
    says = [shorten(bar.text, theme.width * 0.34, plain) for bar in chart.bars]
    labels = [wrap(bar.label, theme.width * 0.3, strong) for bar in chart.bars]
    left = max(strong(line) for label in labels for line in label) + 16
    right = theme.width - max(plain(say) for say in says) - 14
    zero = left + chart.axis.place(0.0) * (right - left)
    sheet.stroke([((zero, 2), (zero, sheet.height - 2))], theme.grid)
    for i, (bar, say, label) in enumerate(zip(chart.bars, says, labels, strict=True)):
        middle = i * ROW + ROW / 2 + 4
        end = left + chart.axis.place(bar.value) * (right - left)
        sheet.boxes([(min(zero, end), middle - BAR / 2, max(abs(end - zero), 1), BAR)], bar.colour)
        sheet.lines(0, middle, label, STRONG)
        sheet.lines(right + 14, middle, [say])
    return sheet


STRIP, GAP = 34, 26
"""Height of a strip, and of the slopes between two."""


def draw_stack(chart: Stack, theme: Theme) -> Sheet:
    """Draw the strips, each segment's name above the first with a leader, slopes between a segment's two shares."""
    plain, strong = measure(PLAIN_TEXT), measure(STRONG)
    gutter = max(plain(strip.label) for strip in chart.strips) + 14
    spans = [_spans([part.share for part in strip.parts], gutter, theme.width) for strip in chart.strips]
    parts = chart.strips[0].parts
    names = [shorten(part.name, 190 if len(parts) <= 6 else 150, strong) for part in parts]
    labels = lay_out(names, spans[0], strong, (gutter, theme.width))
    top = (max(label.row for label in labels) + 1) * 16 + 6
    sheet = Sheet(top + len(chart.strips) * (STRIP + GAP) - GAP + 2, theme)
    _slopes(sheet, chart, spans, top)
    for label, part in zip(labels, parts, strict=True):
        sheet.stroke([((label.leader, _baseline(label, top) + 3), (label.leader, top))], part.colour)
    for label in labels:
        sheet.text(label.start, _baseline(label, top), label.say, STRONG)
    for i, strip in enumerate(chart.strips):
        y = top + i * (STRIP + GAP)
        sheet.lines(0, y + STRIP / 2, [strip.label], colour=theme.muted)
        for part, (start, end) in zip(strip.parts, spans[i], strict=True):
            sheet.boxes([(start, y, max(0.5, end - start - 1.5), STRIP)], part.colour)
            if strong(part.text) + 6 <= end - start:
                sheet.lines(
                    (start + end) / 2,
                    y + STRIP / 2,
                    [part.text],
                    STRONG,
                    colour=written_on(part.colour),
                    anchor="middle",
                )
    return sheet


def _baseline(label: Label, top: float) -> float:
    return top - 8 - label.row * 16


def _spans(shares: list[float], left: float, right: float) -> list[tuple[float, float]]:
    """Return where each part of a strip starts and ends; shares that do not sum to 1 are scaled."""
    total, at, spans = sum(shares) or 1.0, left, []
    for share in shares:
        end = at + share / total * (right - left)
        spans.append((at, end))
        at = end
    return spans


def _slopes(sheet: Sheet, chart: Stack, spans: list[list[tuple[float, float]]], top: float) -> None:
    """Shade the way from a segment's part in one strip to its part in the next."""
    for i in range(len(chart.strips) - 1):
        y = top + i * (STRIP + GAP) + STRIP
        for part, (a, b), (c, d) in zip(chart.strips[i].parts, spans[i], spans[i + 1], strict=True):
            sheet.area(
                [(a, y), (max(a, b - 1.5), y), (max(c, d - 1.5), y + GAP), (c, y + GAP)], part.colour, alpha=0.16
            )
