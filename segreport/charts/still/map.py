"""The still map of segments: dots for customers, names at the centres."""

from __future__ import annotations

import math
from dataclasses import dataclass

from segreport.charts.kinds import Group, Points
from segreport.charts.still.fonts import SMALL, STRONG
from segreport.charts.still.sheet import Box, Sheet, Spot, measure
from segreport.charts.theme import Theme
from segreport.charts.words import shorten

HEIGHT, FOOT, SIDE = 440, 30, 24
SIZES = (3.0, 4.5, 6.5, 9.0)
"""Diameters of the dots, by how many customers they stand for; four can be told apart."""


def draw_points(chart: Points, theme: Theme) -> Sheet:
    """Draw the dots of all segments, then the centres and names above them."""
    sheet = Sheet(HEIGHT, theme)
    frame = (SIDE, 6.0, theme.width - SIDE - 6, HEIGHT - FOOT - 6.0)
    _draw_dots(sheet, chart, frame)
    _draw_axes(sheet, chart, frame)
    _draw_names(sheet, chart, frame)
    return sheet


def _place(chart: Points, frame: Box, x: float, y: float) -> Spot:
    left, top, width, height = frame
    return left + chart.axes[0].place(x) * width, top + (1 - chart.axes[1].place(y)) * height


def _draw_dots(sheet: Sheet, chart: Points, frame: Box) -> None:
    """Draw every dot; the area goes with the count, in four steps."""
    most = max((dot.count for dot in chart.dots), default=1)
    looks: dict[tuple[int, int], list[Spot]] = {}
    for dot in chart.dots:
        step = min(len(SIZES) - 1, int(math.sqrt(dot.count / most) * len(SIZES)))
        looks.setdefault((dot.group, step), []).append(_place(chart, frame, dot.x, dot.y))
    for (group, step), spots in sorted(looks.items(), key=lambda look: -look[0][1]):
        sheet.dots(spots, SIZES[step], chart.groups[group].colour, alpha=0.55)


def _draw_axes(sheet: Sheet, chart: Points, frame: Box) -> None:
    """Draw two thin axes with their words only: the numbers of a principal component mean nothing to a reader."""
    left, top, width, height = frame
    bottom = top + height
    sheet.stroke([((left - 6, top), (left - 6, bottom + 6), (left + width, bottom + 6))], sheet.theme.grid)
    small = measure(SMALL)
    across, up = (shorten(axis.title, width - 50, small) for axis in chart.axes)
    sheet.text(left + width, bottom + 21, f"Right: {across}", SMALL, colour=sheet.theme.muted, anchor="end")
    sheet.text(left, top + 8, f"Up: {up}", SMALL, colour=sheet.theme.muted)


@dataclass
class _Tag:
    group: Group
    say: str
    centre: Spot
    width: float
    x: float
    y: float


def _draw_names(sheet: Sheet, chart: Points, frame: Box) -> None:
    """Write each name on a plate beside its centre, moved down or up until no two touch."""
    strong = measure(STRONG)
    tags = []
    for group in chart.groups:
        if math.isfinite(group.x) and math.isfinite(group.y):
            x, y = _place(chart, frame, group.x, group.y)
            say = shorten(group.name, 210 if len(chart.groups) <= 6 else 160, strong)
            width = strong(say) + 10
            tags.append(_Tag(group, say, (x, y), width, min(max(x - width / 2, 2), sheet.width - width - 2), y - 27))
    _part(tags, frame)
    sheet.stroke([(t.centre, (t.x + t.width / 2, t.y + 9)) for t in tags if _far(t)], sheet.theme.muted)
    for tag in tags:
        sheet.dots([tag.centre], 13, sheet.theme.paper)
        sheet.dots([tag.centre], 9, tag.group.colour)
    for tag in tags:
        sheet.boxes([(tag.x, tag.y, tag.width, 18)], sheet.theme.paper, alpha=0.85)
        sheet.boxes([(tag.x, tag.y + 16.5, tag.width, 1.5)], tag.group.colour)
        sheet.text(tag.x + 5, tag.y + 13, tag.say, STRONG)


def _far(tag: _Tag) -> bool:
    """Say whether a plate stands so far from its centre that it needs a leader."""
    return abs(tag.y + 9 - tag.centre[1]) > 24


def _part(tags: list[_Tag], frame: Box) -> None:
    """Move plates apart: each takes the free height nearest its own, the topmost first."""
    done: list[_Tag] = []
    top, bottom = frame[1] + 14, frame[1] + frame[3] - 18
    for tag in sorted(tags, key=lambda t: (t.y, t.x)):
        wanted = min(max(tag.y, top), bottom)
        heights = sorted(
            (wanted + step * 7 * sign for step in range(42) for sign in (1, -1)), key=lambda y: abs(y - wanted)
        )
        free = [y for y in heights if top <= y <= bottom and not any(_touch(tag, y, other) for other in done)]
        clear = [y for y in free if not any(_covers(tag, y, other.centre) for other in tags)]
        tag.y = next(iter(clear or free), wanted)
        done.append(tag)


def _touch(tag: _Tag, y: float, other: _Tag) -> bool:
    return abs(y - other.y) < 20 and tag.x < other.x + other.width + 4 and other.x < tag.x + tag.width + 4


def _covers(tag: _Tag, y: float, centre: Spot) -> bool:
    return y - 7 < centre[1] < y + 25 and tag.x - 5 < centre[0] < tag.x + tag.width + 5
