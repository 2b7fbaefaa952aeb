"""The charts of orders, and the moment that days are counted to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from segreport.charts.buying import Grid, Head, Months, Panel, Square
from segreport.charts.kinds import Axis, Chart, Quantity
from segreport.charts.make.months import month_number, month_ticks
from segreport.charts.make.named import Names
from segreport.charts.make.scale import axis_over
from segreport.orders import Cell, OrderFacts, moment
from segreport.personas import lower_first
from segreport.report import Report
from segreport.wording import Wording, whole_percents

COUNTED = ("recency", "tenure", "trend")
"""The columns made out of orders that depend on the moment days are counted to."""

GOOD = 4
"""From this score on, a customer is told to buy recently, or often: the best two fifths."""


def counted(facts: OrderFacts, wording: Wording) -> str:
    """Return the sentence that stands wherever recency does."""
    return f"Days are counted to {wording.moment(facts.as_of, facts.timed)}."


def with_moment(chart: Chart, report: Report, wording: Wording) -> Chart:
    """Return the chart with the moment days are counted to in its note, where it shows or names such days."""
    names = Names.of(report)
    dated = [names.label(column) for column in COUNTED if column in names.labels]
    said = counted(report.orders, wording) if report.orders else ""
    if said in chart.note or not any(label in words for words in _words(chart) for label in dated):
        return chart
    return replace(chart, note=f"{chart.note} {said}".lstrip())


def _words(chart: Chart) -> Iterable[str]:
    header, rows = chart.table()
    return (chart.title, chart.alt, *header, *(cell for row in rows for cell in row if isinstance(cell, str)))


def scores(report: Report, wording: Wording) -> Grid | None:
    """Return customers by recency and frequency score; None without orders. Scores that ties skip have no row."""
    facts = report.orders
    if facts is None or not facts.grid:
        return None
    names, cells = Names.of(report), {(cell.recency, cell.frequency): cell for cell in facts.grid}
    across = tuple(reversed(_heads(facts, "recency", [cell.recency for cell in facts.grid])))
    up = _heads(facts, "frequency", [cell.frequency for cell in facts.grid])
    whole, most = _Sum.of(facts.grid), max(cell.customers for cell in facts.grid)
    worth, said = report.worth or "value", _Printed.of(facts.grid, whole)
    squares = tuple(
        tuple(_square(cells.get((right.score, high.score)), said, most, worth, wording) for right in across)
        for high in up
    )
    corner = _Sum.of([c for c in facts.grid if c.recency >= GOOD and c.frequency >= GOOD])
    return Grid(
        key="scores",
        title=_scores_title(facts, corner, whole, worth, wording),
        alt=_scores_alt(facts.grid, said, worth, wording),
        note=_scores_note(facts, worth, wording),
        across=across,
        up=up,
        axes=(
            f"Recency score and {lower_first(names.label('recency'))}",
            f"Frequency score and {lower_first(names.label('frequency'))}",
        ),
        squares=squares,
        best=(sum(head.score >= GOOD for head in across), sum(head.score >= GOOD for head in up)),
        corner="recently and often",
        header=(
            "Recency score",
            "Frequency score",
            "Customers",
            "Share of customers",
            _capital(worth),
            f"Share of {worth}",
        ),
    )


@dataclass(frozen=True)
class _Sum:
    """Cells taken together."""

    customers: int
    value: float

    @classmethod
    def of(cls, cells: Sequence[Cell]) -> _Sum:
        return cls(sum(cell.customers for cell in cells), sum(cell.value for cell in cells))

    def share(self, part: Cell | _Sum) -> float:
        """Return a part's share of these customers."""
        return part.customers / self.customers if self.customers else 0.0

    def value_share(self, part: Cell | _Sum) -> float | None:
        """Return a part's share of this value; None where the value is not above zero, and shares mean nothing."""
        return part.value / self.value if self.value > 0 else None


@dataclass(frozen=True)
class _Printed:
    """The shares of every cell in customers and (None: they mean nothing) in value, as they are printed."""

    customers: Mapping[Cell, tuple[int, float]]
    value: Mapping[Cell, tuple[int, float]] | None

    @classmethod
    def of(cls, grid: Sequence[Cell], whole: _Sum) -> _Printed:
        shares = [whole.share(cell) for cell in grid]
        parts = [part for cell in grid if (part := whole.value_share(cell)) is not None]
        customers = dict(zip(grid, zip(whole_percents(shares), shares, strict=True), strict=True))
        return cls(
            customers, dict(zip(grid, zip(whole_percents(parts), parts, strict=True), strict=True)) if parts else None
        )

    def share(self, cell: Cell, wording: Wording) -> str:
        """Return a cell's share of customers."""
        return wording.whole(*self.customers[cell])

    def value_share(self, cell: Cell, wording: Wording) -> str | None:
        """Return a cell's share of value."""
        return None if self.value is None else wording.whole(*self.value[cell])


def _heads(facts: OrderFacts, column: str, found: Sequence[int]) -> tuple[Head, ...]:
    """Return the scores there are, the best first, with what they stand for."""
    steps = {score: text for scale in facts.scales if scale.column == column for score, text in scale.steps}
    return tuple(Head(score, steps.get(score, "")) for score in sorted({*steps, *found}, reverse=True))


def _square(cell: Cell | None, said: _Printed, most: int, worth: str, wording: Wording) -> Square | None:
    if cell is None or not cell.customers:
        return None
    share, part = said.share(cell, wording), said.value_share(cell, wording)
    return Square(
        strength=round(cell.customers / most, 3),
        text=share,
        under="" if part is None else f"{part} of {worth}",
        cells=(Quantity(cell.customers, "count"), share, Quantity(cell.value, "amount"), part),
    )


def _scores_title(facts: OrderFacts, corner: _Sum, whole: _Sum, worth: str, wording: Wording) -> str:
    if not facts.limits.can_repeat:
        return "Nobody ordered more than once"
    if not corner.customers:
        return f"{wording.percent(facts.repeaters)} of customers ordered more than once"
    title = f"{wording.percent(whole.share(corner))} of customers bought recently and often"
    part = whole.value_share(corner)
    return title if part is None or not 0 <= part <= 1 else f"{title}; they bring {wording.percent(part)} of {worth}"


def _scores_alt(grid: Sequence[Cell], printed: _Printed, worth: str, wording: Wording) -> str:
    """Name the six largest cells: all of them stand in the table."""

    def said(cell: Cell) -> str:
        part = printed.value_share(cell, wording)
        brings = "" if part is None else f" and {part} of {worth}"
        share = printed.share(cell, wording)
        return f"recency {cell.recency} and frequency {cell.frequency}, {share} of customers{brings}"

    largest = sorted(grid, key=lambda cell: -cell.customers)[:6]
    return f"The largest groups by score: {'; '.join(said(cell) for cell in largest)}."


def _scores_note(facts: OrderFacts, worth: str, wording: Wording) -> str:
    """Say what a cell holds, and what recently and often mean in days and orders."""
    limits = {scale.column: scale.limits for scale in facts.scales}
    words = [f"In each cell the share of customers (the darker, the more), below it their share of {worth}."]
    if facts.limits.can_repeat and {"recency", "frequency"} <= set(limits):
        days, orders = wording.quantity(limits["recency"][1], "days"), wording.count(limits["frequency"][2] + 1)
        words.append(f"Recently: the last order at most {days} ago; often: {orders} orders or more.")
    return " ".join([*words, counted(facts, wording)])


def months(report: Report, wording: Wording) -> Months | None:
    """Return revenue and orders by month; None with fewer than two months."""
    facts = report.orders
    if facts is None or len(facts.months) < 2:
        return None
    values, orders = tuple(m.value for m in facts.months), tuple(float(m.orders) for m in facts.months)
    best, worth = max(range(len(values)), key=values.__getitem__), _capital(report.worth or "value")
    names = tuple(wording.month(m.month) for m in facts.months)
    money, counts = (tuple(Quantity(v, unit) for v in vs) for vs, unit in ((values, "amount"), (orders, "count")))
    whole = tuple(_whole(m.month, facts) for m in facts.months)
    return Months(
        key="months",
        title=f"{names[best]} has the highest {worth.lower()}: {money[best].say(wording)}",
        alt=_months_alt(names, [q.say(wording) for q in money], [q.say(wording) for q in counts]),
        note=_months_note([name for name, full in zip(names, whole, strict=True) if not full], facts, wording),
        months=names,
        places=tuple(month_number(m.month) - month_number(facts.months[0].month) for m in facts.months),
        whole=whole,
        ticks=month_ticks(facts.months[0].month, facts.months[-1].month, wording),
        panels=(
            Panel(worth, values, tuple(q.say(wording) for q in money), _up(values, wording), "amount", best),
            Panel("Orders", orders, tuple(q.say(wording) for q in counts), _up(orders, wording), "count"),
        ),
    )


def _up(values: Sequence[float], wording: Wording) -> Axis:
    return axis_over(values, wording, ticks=3, zero=True)


def _whole(month: str, facts: OrderFacts) -> bool:
    """Say whether a month lies wholly between the first order and the moment counted to."""
    start = dt.datetime.fromisoformat(f"{month}-01")
    end = (start + dt.timedelta(days=32)).replace(day=1)
    return start.date() >= moment(facts.first).date() and end <= moment(facts.as_of)


def _months_alt(names: Sequence[str], money: Sequence[str], orders: Sequence[str]) -> str:
    """Say every month, or of a long history the last two years."""
    told = list(zip(names, money, orders, strict=True))
    head = "" if len(told) <= 24 else f"The last 24 of {len(told)} months. "
    return head + "; ".join(f"{month}: {value}, {count} orders" for month, value, count in told[-24:]) + "."


def _months_note(partial: Sequence[str], facts: OrderFacts, wording: Wording) -> str:
    covered = f"Orders from {wording.moment(facts.first, timed=False)} to {wording.moment(facts.as_of, facts.timed)}"
    words = f"{covered}, so {' and '.join(partial)} (lighter) may be incomplete." if partial else f"{covered}."
    returned = any(step.done == "subtracted" for step in facts.ledger)
    return f"{words} What was returned is not taken off here." if returned else words


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
