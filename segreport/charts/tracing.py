"""Charts of customers who go from groups to groups: as the number of segments rises, and from month to month."""

from __future__ import annotations

from dataclasses import dataclass

from segreport.charts.kinds import Cell, Chart, Quantity, Table
from segreport.palette import PLAIN

APART = 0.02
"""Between two blocks of a column, as a share of all customers."""


@dataclass(frozen=True)
class Block:
    """One group: its name, how tall it stands (a share, 0 to 1), what it says, and where they go ("" at the end).

    It lies in the middle of `room`, a share too, where that is more than it needs.
    """

    name: str
    colour: str
    share: float
    text: str
    goes: str
    room: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Stage:
    """Groups from the top down."""

    blocks: tuple[Block, ...]

    @property
    def height(self) -> float:
        """How tall the column is, as a share of all customers, with what lies between its blocks."""
        return sum(max(block.share, block.room) for block in self.blocks) + APART * (len(self.blocks) - 1)

    def tops(self, tallest: float) -> tuple[float, ...]:
        """Return where each block begins, the column standing in the middle of the tallest."""
        at, found = (tallest - self.height) / 2, []
        for block in self.blocks:
            spare = max(0.0, block.room - block.share)
            found.append(at + spare / 2)
            at += block.share + spare + APART
        return tuple(found)


@dataclass(frozen=True, kw_only=True)
class Cut(Stage):
    """The customers cut into `k`."""

    k: int


@dataclass(frozen=True)
class Way:
    """Customers who go from a block of a stage to one of the next.

    `share` is how thick it is; `leave` and `arrive` are what lies above it within the two blocks.
    """

    stage: int
    source: int
    target: int
    share: float
    leave: float
    arrive: float
    colour: str

    @property
    def shade(self) -> float:
        """How dense it is drawn, 0 to 1; what is grey stands back."""
        return 0.18 if self.colour == PLAIN else 0.32


@dataclass(frozen=True, kw_only=True)
class Flowing(Chart):
    """Columns of blocks, and the ways between."""

    stages: tuple[Stage, ...]
    ways: tuple[Way, ...]

    @property
    def tallest(self) -> float:
        """The height of the tallest column."""
        return max(stage.height for stage in self.stages)

    def tops(self, stage: Stage) -> tuple[float, ...]:
        """Return where each block of a stage begins."""
        return stage.tops(self.tallest)

    def edges(self, way: Way) -> tuple[float, float]:
        """Return where the upper edge of a way begins and ends."""
        left, right = (self.tops(self.stages[way.stage + i]) for i in (0, 1))
        return left[way.source] + way.leave, right[way.target] + way.arrive


@dataclass(frozen=True, kw_only=True)
class Traced(Flowing):
    """Stages from few to many segments; `chosen` is the place of the stage whose blocks are the segments."""

    stages: tuple[Cut, ...]
    chosen: int
    axis: str

    def table(self) -> Table:
        """Return one row a group."""
        rows: list[tuple[Cell, ...]] = [
            (Quantity(stage.k, "count"), block.name, block.text, block.goes or None)
            for stage in self.stages
            for block in stage.blocks
        ]
        return (self.axis, "Mostly becomes", "Share of customers", "Of all customers, goes on to"), tuple(rows)


@dataclass(frozen=True, kw_only=True)
class Moved(Flowing):
    """Two stages, last month's segments and this month's, and the customers who moved between them.

    `heads` stand above the two; `rows` are all moves, those who stayed too: from, to, customers, and their share of
    those who were there (None: of nobody). `least` is the least room of a block, for its words.
    """

    least: float
    heads: tuple[str, str]
    rows: tuple[tuple[Cell, ...], ...]

    def tops(self, stage: Stage) -> tuple[float, ...]:
        """Return where each block begins, from the top on: a segment stands at the same height on both sides."""
        return stage.tops(stage.height)

    def table(self) -> Table:
        """Return one row a move."""
        return ("From", "To", "Customers", "Of those who were there"), self.rows
