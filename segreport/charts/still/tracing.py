"""Still ways of customers between columns of groups: across the number of segments, and from month to month."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from segreport.charts.still.fonts import PLAIN_TEXT, SMALL, STRONG
from segreport.charts.still.sheet import Anchor, Box, Sheet, measure
from segreport.charts.theme import Theme
from segreport.charts.tracing import APART, Flowing, Moved, Stage, Traced
from segreport.charts.words import shorten
from segreport.palette import PLAIN

BAR = 12
HEAD, FOOT = 26, 8
LINE = 15
"""From one name to the next."""
TALL = 250
NAME, LEAST = 200, 80


def draw_traced(chart: Traced, theme: Theme) -> Sheet:
    """Draw a column a number of segments; the segments' names stand right of theirs, over the faint ways."""
    strong = measure(STRONG)
    segments = chart.stages[chart.chosen].blocks
    names = [shorten(block.name, NAME, strong) for block in segments]
    shares = [block.text for block in segments]
    said = (strong(f"{name} ") + measure(PLAIN_TEXT)(share) for name, share in zip(names, shares, strict=True))
    room = max(LEAST, *said) + 20
    lefts = _lefts(chart, theme.width, room)
    tall = max(TALL, LINE * len(segments))
    sheet = Sheet(HEAD + tall + FOOT, theme)
    scale = tall / chart.tallest
    _draw_ways(sheet, chart, lefts, scale)
    _draw_blocks(sheet, chart, lefts, scale)
    for i, (stage, left) in enumerate(zip(chart.stages, lefts, strict=True)):
        _head(sheet, stage.k, left, chosen=i == chart.chosen)
    middles = [
        HEAD + (top + block.share / 2) * scale
        for top, block in zip(chart.tops(chart.stages[chart.chosen]), segments, strict=True)
    ]
    x = lefts[chart.chosen] + BAR + 6
    for y, name, share in zip(spaced(middles, HEAD, HEAD + tall), names, shares, strict=True):
        sheet.text(x, y + 4, name, STRONG)
        sheet.text(x + strong(f"{name} "), y + 4, share)
    return sheet


def _draw_ways(sheet: Sheet, chart: Flowing, lefts: Sequence[float], scale: float) -> None:
    for way in sorted(chart.ways, key=lambda way: (way.colour != PLAIN, way.colour)):  # those of one colour say it once
        (a, b), thick = chart.edges(way), way.share
        x, to = lefts[way.stage] + BAR, lefts[way.stage + 1]
        spots = [(x, a), (to, b), (to, b + thick), (x, a + thick)]
        sheet.area([(x, HEAD + y * scale) for x, y in spots], way.colour, alpha=way.shade)


def _draw_blocks(sheet: Sheet, chart: Flowing, lefts: Sequence[float], scale: float) -> None:
    looks: dict[str, list[Box]] = {}
    for stage, left in zip(chart.stages, lefts, strict=True):
        for block, top in zip(stage.blocks, chart.tops(stage), strict=True):
            box = left, HEAD + top * scale, float(BAR), max(1.0, block.share * scale)
            looks.setdefault(block.colour, []).append(box)
    for colour, boxes in looks.items():
        sheet.boxes(boxes, colour)


def _head(sheet: Sheet, k: int, left: float, *, chosen: bool) -> None:
    if chosen:
        sheet.text(left, 14, f"{k} segments", STRONG)
    else:
        middle = min(left + BAR / 2, sheet.width - measure(PLAIN_TEXT)(str(k)) / 2)
        sheet.text(middle, 14, str(k), colour=sheet.theme.muted, anchor="middle")


def _lefts(chart: Traced, width: float, room: float) -> list[float]:
    """Return where each column begins: equally far apart, but for the names' room after the chosen one."""
    count = len(chart.stages)
    is_last = chart.chosen == count - 1
    free = width - count * BAR - (room if is_last else 0)
    even = free / (count - 1)
    gaps = [even] * (count - 1)
    if not is_last and even < room:
        gaps = [(free - room) / (count - 2)] * (count - 1)
        gaps[chart.chosen] = room
    return [0.0, *accumulate(gap + BAR for gap in gaps)]


def spaced(middles: Sequence[float], low: float, high: float) -> list[float]:
    """Return the middles moved as little as keeps a line between two, and all of them between the ends."""
    placed: list[float] = []
    for middle in middles:
        placed.append(max(middle, placed[-1] + LINE if placed else low + LINE / 2))
    last = high - LINE / 2
    for i in range(len(placed) - 1, -1, -1):
        placed[i] = min(placed[i], last)
        last = placed[i] - LINE
    return placed


TWO_LINES = 30
"""The height of a name with what it says below."""
SIDE = 0.34
"""How wide the words at either side may be, as a share of the drawing's width."""


def draw_moved(chart: Moved, theme: Theme) -> Sheet:
    """Draw last month's segments at the left and this month's at the right, their words outside."""
    scale = TWO_LINES / (chart.least + APART)
    sheet = Sheet(HEAD + chart.tallest * scale + FOOT, theme)
    rooms = [_side(stage, head, SIDE * theme.width) for stage, head in zip(chart.stages, chart.heads, strict=True)]
    lefts = [rooms[0], theme.width - rooms[1] - BAR]
    _draw_ways(sheet, chart, lefts, scale)
    _draw_blocks(sheet, chart, lefts, scale)
    ends: tuple[tuple[float, Anchor], ...] = ((lefts[0] - 8, "end"), (lefts[1] + BAR + 8, "start"))
    for stage, head, room, (x, anchor) in zip(chart.stages, chart.heads, rooms, ends, strict=True):
        sheet.text(x, 12, head, SMALL, colour=theme.muted, anchor=anchor)
        tops = chart.tops(stage)
        middles = [HEAD + (top + block.share / 2) * scale for top, block in zip(tops, stage.blocks, strict=True)]
        for y, block in zip(middles, stage.blocks, strict=True):
            sheet.text(x, y - 2, shorten(block.name, room - 8, measure(STRONG)), STRONG, anchor=anchor)
        for y, block in zip(middles, stage.blocks, strict=True):
            sheet.text(x, y + 11, block.text, SMALL, colour=theme.muted, anchor=anchor)
    return sheet


def _side(stage: Stage, head: str, most: float) -> float:
    """Return how wide the words beside a column are."""
    strong, small = measure(STRONG), measure(SMALL)
    said = [small(head), *(small(block.text) for block in stage.blocks)]
    return max(*said, min(most, max(strong(block.name) for block in stage.blocks))) + 8
