"""Charts over the months that are kept: small panels, lines in one frame, and a change divided into its parts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from segreport.charts.kinds import Axis, Cell, Chart, Quantity, Table


@dataclass(frozen=True, kw_only=True)
class Series:
    """One number a month (NaN: not known), and what each says."""

    name: str
    colour: str
    values: tuple[float, ...]
    said: tuple[str, ...]
    unit: str

    @property
    def known(self) -> tuple[int, ...]:
        """The places of the months it is known of."""
        return tuple(i for i, value in enumerate(self.values) if math.isfinite(value))


@dataclass(frozen=True, kw_only=True)
class Course(Series):
    """A line, and what stands at its end."""

    text: str


@dataclass(frozen=True, kw_only=True)
class Panel(Series):
    """A series with a scale of its own; `text` says its first and last number, `base` is a line to compare with."""

    text: str
    axis: Axis
    base: float


@dataclass(frozen=True, kw_only=True)
class Lasting(Chart):
    """Series over the same months, oldest first.

    `places` are whole numbers of months from the first one, so that a month that is missing leaves a gap.
    """

    months: tuple[str, ...]
    places: tuple[int, ...]
    ticks: tuple[tuple[int, str], ...]

    def lasting(self) -> Sequence[Series]:
        """Return the series that are drawn."""
        raise NotImplementedError

    def runs(self, series: Series) -> list[list[int]]:
        """Return the months (their places in `months`) a series is known of, cut wherever one is missing."""
        runs: list[list[int]] = []
        for i in series.known:
            if runs and self.places[i] == self.places[runs[-1][-1]] + 1:
                runs[-1].append(i)
            else:
                runs.append([i])
        return runs

    def table(self) -> Table:
        """Return one row a month, one column a series."""
        columns = (tuple(Quantity(value, series.unit) for value in series.values) for series in self.lasting())
        rows = tuple((month, *cells) for month, cells in zip(self.months, zip(*columns, strict=True), strict=True))
        return ("Month", *(series.name for series in self.lasting())), rows


@dataclass(frozen=True, kw_only=True)
class Panels(Lasting):
    """Small panels, each with its own scale."""

    panels: tuple[Panel, ...]

    def lasting(self) -> Sequence[Series]:
        """Return the panels."""
        return self.panels


@dataclass(frozen=True, kw_only=True)
class Courses(Lasting):
    """Lines in one frame."""

    lines: tuple[Course, ...]
    axis: Axis

    def lasting(self) -> Sequence[Series]:
        """Return the lines."""
        return self.lines


@dataclass(frozen=True)
class Sum:
    """One segment's change: how many customers then and now, the parts that add up to it, and what each says."""

    name: str
    colour: str
    before: int
    after: int
    parts: tuple[float, ...]
    said: tuple[str, ...]

    @property
    def change(self) -> int:
        """The whole change."""
        return self.after - self.before


@dataclass(frozen=True, kw_only=True)
class Sums(Chart):
    """A row a segment, a column a part, the whole change last; `whole` is all customers, `months` are then and now."""

    heads: tuple[str, ...]
    rows: tuple[Sum, ...]
    whole: Sum
    months: tuple[str, str]

    @property
    def longest(self) -> float:
        """The largest number of a segment, whichever way it goes."""
        return max((abs(part) for row in self.rows for part in row.parts), default=0.0) or 1.0

    def table(self) -> Table:
        """Return one row a segment: then, what was added and taken, the change, now."""
        rows: tuple[tuple[Cell, ...], ...] = tuple(
            (row.name, Quantity(row.before, "count"), *row.said, Quantity(row.after, "count"))
            for row in (*self.rows, self.whole)
        )
        return ("Segment", f"Customers in {self.months[0]}", *self.heads, f"Customers in {self.months[1]}"), rows
