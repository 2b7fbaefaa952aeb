"""The charts of all segments together, each made from the Report alone: one function, `Report, Wording -> Chart`."""

from __future__ import annotations

import math
from collections.abc import Sequence

from segreport.charts.kinds import Dot, Group, Heatmap, Part, Points, Quantity, Stack, Strip, Tile
from segreport.charts.make.named import Names
from segreport.charts.make.scale import tight_axis
from segreport.report import Report, Segment
from segreport.wording import Wording, whole_percents

FULL = 1.6
"""The effect at which a cell has its full colour; twice Cohen's "large"."""


def share_strip(report: Report, wording: Wording) -> Stack:
    """Return the strip: every segment's share of customers above its share of value, where value is known."""
    worth = report.worth or "value"
    shares = {"Customers": [(s.share, s.of_customers(wording)) for s in report.segments]}
    values = [s.value_share for s in report.segments]
    known = [v for v in values if v is not None and v >= 0]
    if len(known) == len(values):
        shares[_capital(worth)] = [(v, s.of_value(wording)) for s, v in zip(report.segments, known, strict=True)]
    strips = tuple(
        Strip(label, tuple(Part(s.name, s.colour, *part) for s, part in zip(report.segments, parts, strict=True)))
        for label, parts in shares.items()
    )
    alt = "; ".join(_shares_in_words(s, worth, wording) for s in report.segments)
    negative = any(v is not None and v < 0 for v in values)
    note = f"A segment has less than no {worth}, so its shares are not drawn." if negative else ""
    title = _value_title(report, wording) if len(shares) > 1 else _size_title(report, wording)
    return Stack(key="share", title=title, alt=f"{alt}.", note=note, strips=strips)


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _shares_in_words(segment: Segment, worth: str, wording: Wording) -> str:
    words = f"{segment.name}: {segment.of_customers(wording)} of customers"
    return words if segment.value_share is None else f"{words}, {segment.of_value(wording)} of {worth}"


def _value_title(report: Report, wording: Wording) -> str:
    """Name the segment that brings the least for its number: the headline above has told who brings the most."""
    lead = min(report.segments, key=lambda s: (s.value_share or 0.0) - s.share)
    customers, value = lead.of_customers(wording), lead.of_value(wording)
    return f"{lead.name} are {customers} of customers and bring {value} of {report.worth or 'value'}"


def _size_title(report: Report, wording: Wording) -> str:
    """Say how few segments hold three quarters of the customers as printed, or how large the largest is."""
    ordered = sorted(report.segments, key=lambda s: (-s.percent, -s.share))
    few, held = 0, 0
    while held < 75 and few < len(ordered):
        held, few = held + ordered[few].percent, few + 1
    if 1 < few < len(ordered):
        number = _WORDS[few].capitalize() if few < len(_WORDS) else wording.count(few)
        return f"{number} segments hold {wording.percent(held / 100)} of customers"
    return f"{ordered[0].name}: {ordered[0].of_customers(wording)} of customers, the largest segment"


_WORDS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]


def profile_heatmap(report: Report, wording: Wording, *, most: int = 20) -> Heatmap | None:
    """Return how segments differ, index against 100, on the `most` strongest columns; None where nothing differs."""
    names = Names.of(report)
    strength: dict[tuple[str, str | None], float] = {}
    for driver in (d for s in report.segments for d in s.drivers):
        row = driver.column, driver.level
        strength[row] = max(strength.get(row, 0.0), abs(driver.effect))
    kept = sorted(strength, key=lambda row: -strength[row])[:most]
    if not kept:
        return None
    grid = tuple(tuple(_tile(s, row, names, wording) for s in report.segments) for row in kept)
    alt = [f"{s.name}: {names.differences(s.drivers, wording)}" for s in report.segments]
    return Heatmap(
        key="profile",
        title=_profile_title(report, names, wording),
        alt="; ".join(alt) + ".",
        note=_profile_note(grid, kept=len(kept), total=len(strength)),
        corner="Column",
        rows=tuple(names.of_driver(*row) for row in kept),
        columns=tuple(s.name for s in report.segments),
        colours=tuple(s.colour for s in report.segments),
        tiles=grid,
    )


def _tile(segment: Segment, row: tuple[str, str | None], names: Names, wording: Wording) -> Tile | None:
    """Return the cell of a segment and a column; None where the segment has no number there."""
    driver = next((d for d in segment.drivers if (d.column, d.level) == row), None)
    if driver is None:
        return _unmarked(segment, row, names)
    mean = Quantity(driver.mean, names.unit(driver))
    strength = round(math.copysign(min(1.0, abs(driver.effect) / FULL), driver.effect), 3)
    arrow = "↑" if driver.effect > 0 else "↓"
    return Tile(strength, wording.count(driver.index or 0) if _plain(driver.index) else arrow, mean)


def _unmarked(segment: Segment, row: tuple[str, str | None], names: Names) -> Tile | None:
    """Return the cell of a column that is not among the segment's drivers: its difference is small, or not sure."""
    column, level = row
    mean = segment.centre.get(column) if level is None else segment.levels.get(column, {}).get(level)
    return (
        None
        if mean is None
        else Tile(0.0, "", Quantity(mean, names.units.get(column, "") if level is None else "share"))
    )


def _plain(index: float | None) -> bool:
    """Say whether an index can be read: beyond ten times the average, or below zero, a number no longer helps."""
    return index is not None and math.isfinite(index) and 0 <= index < 1000


def _profile_note(grid: Sequence[Sequence[Tile | None]], *, kept: int, total: int) -> str:
    sentences = ["100 is the average customer; blank where no difference is certain."]
    if any(tile and tile.text in {"↑", "↓"} for tiles in grid for tile in tiles):
        sentences.append("An arrow says above or below average where an index would mislead.")
    if kept < total:
        sentences.append(f"The {kept} columns that differ most, of {total}.")
    return " ".join(sentences)


def _profile_title(report: Report, names: Names, wording: Wording) -> str:
    pairs = ((driver, segment) for segment in report.segments for driver in segment.drivers)
    driver, segment = max(pairs, key=lambda pair: abs(pair[0].effect))
    label = names.of_driver(driver.column, driver.level)
    return f"The largest difference: {label} of {segment.name}, {names.against(driver, wording)}"


def segment_map(report: Report, wording: Wording) -> Points | None:
    """Return where customers lie on two principal components; None without a map."""
    cells = report.map.cells
    if not cells:
        return None
    places = {s.id: i for i, s in enumerate(report.segments)}
    groups = [Group(s.name, s.colour, *report.map.centres.get(s.id, (math.nan, math.nan))) for s in report.segments]
    shown = sum(report.map.explained)
    parts = whole_percents([*report.map.explained, 1 - shown])[:2]
    share, first, second = (wording.percent(part / 100) for part in (sum(parts), *parts))
    axes = (
        tight_axis([c.x for c in cells], title=report.map.axes[0], room=0.03),
        tight_axis([c.y for c in cells], title=report.map.axes[1], room=0.05),
    )
    centres = "; ".join(f"{g.name} at {wording.number(g.x)}, {wording.number(g.y)}" for g in groups)
    title = f"Two directions show {share} of how customers differ"
    if shown >= 0.995:
        title = "The map shows all that customers were compared on"
    return Points(
        key="map",
        title=title,
        alt=f"Across, {axes[0].title} ({first}); up, {axes[1].title} ({second}). Centres: {centres}.",
        note="Each dot is a few customers alike, a larger dot more of them; names stand at the middle of a segment.",
        dots=tuple(Dot(c.x, c.y, c.count, places[c.segment]) for c in cells),
        groups=tuple(groups),
        axes=axes,
    )
