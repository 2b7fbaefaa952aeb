"""What passes on from here: how each column kept out of the clustering differs between segments, and a verdict."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

Size = Literal["none", "small", "medium", "large"]
SIZES: tuple[Size, ...] = ("none", "small", "medium", "large")


@dataclass(frozen=True)
class Outcome:
    """How one column that was kept out of the clustering differs between segments.

    `values` are means in the column's own unit by segment id (dates: days before the as-of date), for a category or
    flag the shares (0 to 1) of `level`, the one that differs most (of a flag its yes); segments with too few
    customers to compare are not among them. `effect` is epsilon squared of the ranks, for shares Cramér's V (0 to
    1), `size` the same in words, and `p` how likely chance alone would do as much, corrected by Holm's method for all
    columns. `differs`: the difference is sure and relevant, and the means tell the same story.
    """

    column: str
    level: str | None
    values: dict[str, float]
    overall: float
    effect: float
    size: Size
    p: float
    differs: bool
    highest: str
    lowest: str

    @property
    def rank(self) -> tuple[bool, int, float]:
        """What the strongest difference has the least of: by size in words, then by the effect as a correlation.

        Epsilon squared is a share of variance and Cramér's V is not: its root is what compares with that.
        """
        correlation = math.sqrt(self.effect) if self.level is None else self.effect
        return not self.differs, -SIZES.index(self.size), -correlation


@dataclass(frozen=True)
class Outcomes:
    """The columns kept out of the clustering, what customers are worth first, then the strongest; and a verdict.

    `verdict` is empty where no column was kept out; `uncompared` names columns that too few customers have a value in.
    """

    verdict: str = ""
    compared: tuple[Outcome, ...] = ()
    uncompared: tuple[str, ...] = ()
