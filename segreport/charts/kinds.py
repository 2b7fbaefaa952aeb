"""The few kinds of chart there are: frozen values that two drawings, the alt text and the table come from."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from segreport.wording import Wording


@dataclass(frozen=True)
class Quantity:
    """A number and how to write it: `unit` is "share" (0 to 1), "count", or a unit that Wording.quantity knows."""

    value: float
    unit: str = ""

    def say(self, wording: Wording) -> str:
        """Return the number with its unit, as the reader's language writes it."""
        if not math.isfinite(self.value):
            return "–"
        if self.unit == "share":
            return wording.percent(self.value)
        return wording.count(self.value) if self.unit == "count" else wording.quantity(self.value, self.unit)


Cell = str | Quantity | None
"""One cell of a table: words, a number still a number, or nothing (None)."""

Table = tuple[tuple[str, ...], tuple[tuple[Cell, ...], ...]]
"""A header and its rows; the first cell of a row names it."""


@dataclass(frozen=True, kw_only=True)
class Chart:
    """What every chart has: a stable key, a title that says the finding, the numbers in words, a caption or ""."""

    key: str
    title: str
    alt: str
    note: str = ""

    def table(self) -> Table:
        """Return the numbers behind the drawing."""
        raise NotImplementedError


@dataclass(frozen=True)
class Axis:
    """From where to where an axis runs, and its ticks with their text."""

    title: str
    low: float
    high: float
    ticks: tuple[tuple[float, str], ...]

    def place(self, value: float) -> float:
        """Return where a value lies, 0 at the low end and 1 at the high end, never outside."""
        span = self.high - self.low
        return min(1.0, max(0.0, (value - self.low) / span)) if span > 0 else 0.5


@dataclass(frozen=True)
class Bar:
    """One bar: its length, what is written beside it, and its row of the table after the label."""

    label: str
    value: float
    text: str
    colour: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, kw_only=True)
class Bars(Chart):
    """Horizontal bars from zero, both ways where the axis has a negative side; longest first as a rule."""

    bars: tuple[Bar, ...]
    axis: Axis
    header: tuple[str, ...]

    def table(self) -> Table:
        """Return one row a bar."""
        return self.header, tuple((bar.label, *bar.cells) for bar in self.bars)


@dataclass(frozen=True)
class Part:
    """One segment's share (0 to 1) of a strip, and how it is printed."""

    name: str
    colour: str
    share: float
    text: str


@dataclass(frozen=True)
class Strip:
    """A whole divided among the segments; every strip of a stack has the same parts in the same order."""

    label: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, kw_only=True)
class Stack(Chart):
    """Strips above one another: the same segments' shares of different things."""

    strips: tuple[Strip, ...]

    def table(self) -> Table:
        """Return one row a segment, one column a strip."""
        names = (part.name for part in self.strips[0].parts)
        shares = zip(*(tuple(part.text for part in strip.parts) for strip in self.strips), strict=True)
        rows = tuple((name, *cells) for name, cells in zip(names, shares, strict=True))
        return ("Segment", *(f"Share of {strip.label.lower()}" for strip in self.strips)), rows


Side = Literal["above", "below", "left", "right"]


@dataclass(frozen=True)
class Curve:
    """One panel of lines: a y for every x (NaN where unknown), what it says, and standard errors where known.

    `marked` is the place of the point that was chosen, `mark` what is written there.
    """

    title: str
    ys: tuple[float, ...]
    said: tuple[str, ...]
    errors: tuple[float, ...] | None
    axis: Axis
    marked: int | None
    mark: str

    @property
    def mark_side(self) -> Side:
        """Where the mark's words stand so that the curve does not run through them: away from higher neighbours."""
        at = self.marked or 0
        left = at > 0 and self.ys[at - 1] > self.ys[at]
        right = at < len(self.ys) - 1 and self.ys[at + 1] > self.ys[at]
        if left and right:
            return "below"
        return "right" if left or at == 0 else "left" if right or at == len(self.ys) - 1 else "above"


@dataclass(frozen=True, kw_only=True)
class Lines(Chart):
    """Curves over the same x, side by side."""

    xs: tuple[float, ...]
    axis: Axis
    curves: tuple[Curve, ...]

    def table(self) -> Table:
        """Return one row an x, one column a curve."""
        values = zip(*(tuple(Quantity(y) for y in curve.ys) for curve in self.curves), strict=True)
        rows = tuple((Quantity(x, "count"), *ys) for x, ys in zip(self.xs, values, strict=True))
        return (self.axis.title, *(curve.title for curve in self.curves)), rows


@dataclass(frozen=True)
class Tile:
    """One cell of a heat map: `strength` (-1 to 1) colours it, `text` marks it ("" leaves it unmarked)."""

    strength: float
    text: str
    cell: Cell


@dataclass(frozen=True, kw_only=True)
class Heatmap(Chart):
    """Columns of the data down, segments across; only cells that differ are coloured and written."""

    corner: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    colours: tuple[str, ...]
    tiles: tuple[tuple[Tile | None, ...], ...]

    def table(self) -> Table:
        """Return one row a row, one column a column."""
        rows = zip(self.rows, self.tiles, strict=True)
        return (self.corner, *self.columns), tuple(
            (row, *(t.cell if t else None for t in tiles)) for row, tiles in rows
        )


@dataclass(frozen=True, kw_only=True)
class Triangle(Chart):
    """Every name against every other: row i holds its tiles against names 0 to i-1; the names stand on the diagonal."""

    names: tuple[str, ...]
    tiles: tuple[tuple[Tile, ...], ...]

    def table(self) -> Table:
        """Return the lower half; the last name needs no column and the first no row."""
        rows = zip(self.names[1:], self.tiles[1:], strict=True)
        blank: tuple[Cell, ...] = (None,) * len(self.names)
        cells = ((name, *(t.cell for t in tiles), *blank)[: len(self.names)] for name, tiles in rows)
        return ("", *self.names[:-1]), tuple(cells)


@dataclass(frozen=True)
class Dot:
    """So many customers of one group (its place among the groups) at one spot."""

    x: float
    y: float
    count: int
    group: int


@dataclass(frozen=True)
class Group:
    """One segment on a map, written at its centre."""

    name: str
    colour: str
    x: float
    y: float


@dataclass(frozen=True, kw_only=True)
class Points(Chart):
    """Where customers lie on two axes; a bigger dot is more customers."""

    dots: tuple[Dot, ...]
    groups: tuple[Group, ...]
    axes: tuple[Axis, Axis]

    def table(self) -> Table:
        """Return one row a group: its centre and how many customers are drawn."""
        drawn = [sum(dot.count for dot in self.dots if dot.group == i) for i in range(len(self.groups))]
        rows = (
            (g.name, Quantity(n, "count"), Quantity(g.x), Quantity(g.y))
            for g, n in zip(self.groups, drawn, strict=True)
        )
        return ("Segment", "Customers drawn", self.axes[0].title, self.axes[1].title), tuple(rows)


Quantiles = tuple[float, float, float, float, float]


@dataclass(frozen=True)
class Histogram:
    """How one column spreads: everyone's shares a bin, one segment's over them (None: everyone alone).

    `edges` (one more than shares) are drawn at equal distances where they are not equally spaced, so that a
    skewed column stays readable; `ticks` are values with their text, `bins` says each bin's range in words.
    """

    label: str
    unit: str
    text: str
    edges: tuple[float, ...]
    bins: tuple[str, ...]
    ticks: tuple[tuple[float, str], ...]
    everyone: tuple[float, ...]
    quantiles: Quantiles
    segment: tuple[float, ...] | None = None
    segment_quantiles: Quantiles | None = None

    def place(self, value: float) -> float:
        """Return where a value lies between the first edge (0) and the last (1), each bin being equally wide."""
        edges = self.edges
        for i in range(len(edges) - 1):
            if value <= edges[i + 1]:
                width = edges[i + 1] - edges[i]
                inside = (value - edges[i]) / width if width > 0 else 0.0
                return (i + max(0.0, inside)) / (len(edges) - 1)
        return 1.0


@dataclass(frozen=True, kw_only=True)
class Spreads(Chart):
    """Small histograms, one a column of the data; `colour` is the segment's."""

    name: str
    colour: str
    panels: tuple[Histogram, ...]

    def table(self) -> Table:
        """Return the quantiles, a row a column of the data and, where a segment is compared, a row for everyone."""
        header = ("Column", "Customers", "5%", "25%", "Median", "75%", "95%")
        rows: list[tuple[Cell, ...]] = []
        for panel in self.panels:
            if panel.segment_quantiles:
                rows.append((panel.label, self.name, *(Quantity(q, panel.unit) for q in panel.segment_quantiles)))
            rows.append((panel.label, "All", *(Quantity(q, panel.unit) for q in panel.quantiles)))
        return header, tuple(rows)


@dataclass(frozen=True)
class Band:
    """One segment's sorted silhouettes; `share` (0 to 1) of customers sets how tall it stands."""

    name: str
    colour: str
    share: float
    values: tuple[float, ...]
    mean: float
    text: str


@dataclass(frozen=True, kw_only=True)
class Silhouettes(Chart):
    """The silhouette plot: a band a segment, and the mean over all customers as a line."""

    bands: tuple[Band, ...]
    mean: float
    mean_text: str
    axis: Axis

    def table(self) -> Table:
        """Return one row a segment."""
        rows = (
            (
                b.name,
                Quantity(b.mean),
                Quantity(min(b.values, default=math.nan)),
                Quantity(max(b.values, default=math.nan)),
            )
            for b in self.bands
        )
        return ("Segment", "Mean silhouette", "Lowest", "Highest"), tuple(rows)
