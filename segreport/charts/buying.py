"""The two kinds of chart that only orders have: customers by two scores, and columns over months."""

from __future__ import annotations

from dataclasses import dataclass

from segreport.charts.kinds import Axis, Cell, Chart, Quantity, Table


@dataclass(frozen=True)
class Head:
    """A score and what it stands for: 5, "up to 14"."""

    score: int
    text: str


@dataclass(frozen=True)
class Square:
    """The customers with one pair of scores: `strength` (0 to 1) colours them, `text` and `under` are written there."""

    strength: float
    text: str
    under: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, kw_only=True)
class Grid(Chart):
    """Two scores crossed, one rising across and one rising up, so that the best corner is at the upper right.

    `squares` holds a row for every head of `up` (best first) of a square for every head of `across` (worst first),
    None where no customer is. `best` is how many columns from the right and rows from the top are framed and
    called `corner`.
    """

    across: tuple[Head, ...]
    up: tuple[Head, ...]
    axes: tuple[str, str]
    squares: tuple[tuple[Square | None, ...], ...]
    best: tuple[int, int]
    corner: str
    header: tuple[str, ...]

    def table(self) -> Table:
        """Return one row a square that holds customers, the best first."""
        rows = (
            (Quantity(right.score, "count"), Quantity(high.score, "count"), *square.cells)
            for high, squares in zip(self.up, self.squares, strict=True)
            for right, square in zip(reversed(self.across), reversed(squares), strict=True)
            if square
        )
        return self.header, tuple(rows)


@dataclass(frozen=True)
class Panel:
    """One number a month: its bars, what each says, and which bar is marked."""

    title: str
    values: tuple[float, ...]
    said: tuple[str, ...]
    axis: Axis
    unit: str
    marked: int | None = None


@dataclass(frozen=True, kw_only=True)
class Months(Chart):
    """Upright bars over the same months, the panels below one another.

    `places` are whole numbers of months from the first one, so that a month without orders leaves a gap; `whole`
    says which months the orders cover to the end, the others are drawn lighter.
    """

    months: tuple[str, ...]
    places: tuple[int, ...]
    whole: tuple[bool, ...]
    ticks: tuple[tuple[int, str], ...]
    panels: tuple[Panel, ...]

    def table(self) -> Table:
        """Return one row a month."""
        columns = (tuple(Quantity(value, panel.unit) for value in panel.values) for panel in self.panels)
        rows = tuple((month, *cells) for month, cells in zip(self.months, zip(*columns, strict=True), strict=True))
        return ("Month", *(panel.title for panel in self.panels)), rows
