"""The kind of chart that shows how segments come about: a column for every number of segments, ways between them."""

from __future__ import annotations

from dataclasses import dataclass

from segreport.charts.kinds import Cell, Chart, Quantity, Table

APART = 0.02
"""Between two blocks of a column, as a share of all customers."""


@dataclass(frozen=True)
class Block:
    """One group: what it mostly becomes, its share (0 to 1) of customers, and where they go next ("" at the end)."""

    name: str
    colour: str
    share: float
    text: str
    goes: str


@dataclass(frozen=True)
class Stage:
    """The customers cut into `k`, from the top down."""

    k: int
    blocks: tuple[Block, ...]

    @property
    def height(self) -> float:
        """How tall the column is, as a share of all customers, with what lies between its blocks."""
        return sum(block.share for block in self.blocks) + APART * (len(self.blocks) - 1)

    def tops(self, tallest: float) -> tuple[float, ...]:
        """Return where each block begins, the column standing in the middle of the tallest."""
        at, found = (tallest - self.height) / 2, []
        for block in self.blocks:
            found.append(at)
            at += block.share + APART
        return tuple(found)


@dataclass(frozen=True)
class Way:
    """Customers who go from a block of a stage to one of the next.

    `share` is of all customers; `leave` and `arrive` are what lies above it within the two blocks.
    """

    stage: int
    source: int
    target: int
    share: float
    leave: float
    arrive: float
    colour: str


@dataclass(frozen=True, kw_only=True)
class Traced(Chart):
    """Stages from few to many segments; `chosen` is the place of the stage whose blocks are the segments."""

    stages: tuple[Stage, ...]
    chosen: int
    ways: tuple[Way, ...]
    axis: str

    @property
    def tallest(self) -> float:
        """The height of the tallest column."""
        return max(stage.height for stage in self.stages)

    def edges(self, way: Way) -> tuple[float, float]:
        """Return where the upper edge of a way begins and ends."""
        left, right = (self.stages[way.stage + i].tops(self.tallest) for i in (0, 1))
        return left[way.source] + way.leave, right[way.target] + way.arrive

    def table(self) -> Table:
        """Return one row a group."""
        rows: list[tuple[Cell, ...]] = [
            (Quantity(stage.k, "count"), block.name, block.text, block.goes or None)
            for stage in self.stages
            for block in stage.blocks
        ]
        return (self.axis, "Mostly becomes", "Share of customers", "Of all customers, goes on to"), tuple(rows)
