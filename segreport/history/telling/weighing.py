"""How much of each change is our model's, and which are more than chance: what is worth a sentence."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from segreport.history.movement import Change, Decision, Event, Flow, Known, Turnover

FEWEST = 5
LEAST = 0.02
CHANCE = 2.0
SHIFTED, NOTICED = 0.1, 0.01
"""A move between two segments is told from which share of the one that they left, and of all customers."""
TURNED_OVER = 0.1
"""From which share of customers coming, going or changing segment is told though the sizes stay."""
PLACED = 0.02
"""From which share of customers is told that our model put them into other segments."""


@dataclass(frozen=True)
class Shown:
    """A segment as this month's report tells it: `percent` and `value_percent` are its shares as they are printed."""

    id: str
    name: str
    people: bool
    size: int
    share: float
    percent: int
    value: float | None = None
    value_share: float | None = None
    value_percent: int | None = None


@dataclass(frozen=True)
class Compared:
    """Two months beside each other: see Movement; `now` are this month's segments.

    `worth` is what the value is called in a sentence ("revenue"), None where there is none that can be compared.
    Where `ageing_known` is False, behaviour holds time passing as well.
    """

    since: str
    months: int
    decision: Decision
    before: tuple[Known, ...]
    now: tuple[Shown, ...]
    turnover: Turnover | None
    flows: tuple[Flow, ...]
    changes: tuple[Change, ...]
    events: tuple[Event, ...]
    worth: str | None
    ageing_known: bool = True

    @property
    def lasting(self) -> set[str]:
        """The ids of segments that are there in both months."""
        return {segment.id for segment in self.before} & {segment.id for segment in self.now}

    @property
    def swaps(self) -> tuple[Flow, ...]:
        """The flows between different segments that are there in both months."""
        ids = self.lasting
        return tuple(f for f in self.flows if f.source in ids and f.target in ids and f.source != f.target)


@dataclass(frozen=True)
class Growth:
    """By how many customers the printed size of a segment grew or, under 0, shrank.

    `model` is our model's part of it, `moved` how many customers entered or left, `by_most` the part (a field of Parts)
    that over half of it is, where one is.
    """

    id: str
    before: int
    by: int
    model: int
    moved: int
    by_most: str | None

    @property
    def large(self) -> bool:
        """Whether it is more than little, whatever made it."""
        return _is_notable(self.by, self.before, self.moved)

    @property
    def notable(self) -> bool:
        """Whether it is worth a sentence: our model made at most half of it, and the rest is large by itself."""
        ours = 2 * abs(self.model) > abs(self.by)
        return self.large and not ours and _is_notable(self.by - self.model, self.before, self.moved)

    @property
    def weight(self) -> float:
        """How unlike last month it is: Pearson's residual, where neither large nor small ones must win."""
        return abs(self.by) / math.sqrt(max(self.before, 1))


@dataclass(frozen=True)
class Move:
    """Customers who moved between two segments for one reason; `value` is what they are worth now (None: unknown)."""

    source: str
    target: str
    why: Literal["behaviour", "time"]
    customers: int
    value: float | None


def _is_notable(by: float, before: float, moved: float) -> bool:
    """Whether a change is neither small nor what chance makes where each of `moved` customers came or went by lot."""
    return abs(by) >= FEWEST and abs(by) > LEAST * before and abs(by) > CHANCE * math.sqrt(moved)


def growths_of(seen: Compared) -> tuple[Growth, ...] | None:
    """Return the growth of each segment that is there in both months; None where our model's part is not known."""
    lasting = [change for change in seen.changes if change.id in seen.lasting]
    if not seen.decision.kept and any(change.parts.unknown for change in lasting):
        return None
    return tuple(_growth(change, seen) for change in lasting)


def _growth(change: Change, seen: Compared) -> Growth:
    by, moved = change.after - change.before, _moved(seen.flows, change.id)
    most = _main(vars(change.parts))
    most = "unknown" if most == "behaviour" and not seen.ageing_known else most
    return Growth(change.id, change.before, by, round(change.parts.model), moved, most)


def _main(parts: dict[str, float]) -> str | None:
    """Return the part that makes over half of what goes the way of the whole; None where none does."""
    whole = sum(parts.values())
    along = {name: abs(part) for name, part in parts.items() if part * whole > 0}
    most = max(along, key=lambda name: along[name], default=None)
    return most if most and 2 * along[most] > sum(along.values()) else None


def _moved(flows: tuple[Flow, ...], ident: str) -> int:
    return sum(flow.customers for flow in flows if (flow.source == ident) != (flow.target == ident))


def moves_of(seen: Compared) -> list[Move]:
    """Return the moves between two segments that are large and more than customers going to and fro.

    What customers did comes before what time did; then the move whose customers are worth most comes first, where
    that is known, else the one of most customers. A move by our model is none.
    """
    return [*_moves_by("behaviour", seen), *_moves_by("time", seen)]


def _moves_by(why: Literal["behaviour", "time"], seen: Compared) -> list[Move]:
    counts = {(flow.source, flow.target): getattr(flow, why) for flow in seen.swaps}
    found = [f for f in seen.swaps if _is_shift(f.source, getattr(f, why), counts.get((f.target, f.source), 0), seen)]
    valued = seen.worth is not None and all(flow.value is not None for flow in found)

    def weight(flow: Flow) -> tuple[float, int]:
        n: int = getattr(flow, why)
        return (flow.value or 0.0) * n / flow.customers if valued else 0.0, n

    moves = [(flow, getattr(flow, why)) for flow in sorted(found, key=weight, reverse=True)]
    # what some customers of a flow are worth is not known: only what all of them are
    return [Move(flow.source, flow.target, why, n, flow.value if n == flow.customers else None) for flow, n in moves]


def _is_shift(source: str, customers: int, back: int, seen: Compared) -> bool:
    """Whether a move is worth a sentence, less those who went `back` the other way for the same reason."""
    sizes = {segment.id: segment.size for segment in seen.before}
    by = customers - back
    many = by > SHIFTED * sizes[source] and by > NOTICED * sum(sizes.values())
    return many and _is_notable(by, 0, customers + back)


def customers_up(turnover: Turnover) -> bool:
    """Whether the number of all customers, up or down, is worth a sentence."""
    moved = turnover.new + turnover.returned + turnover.lost
    return _is_notable(turnover.after - turnover.before, turnover.before, moved)


def turned_over(turnover: Turnover) -> bool:
    """Whether so many customers came or went that it is worth a sentence whatever their number is now."""
    most = max(turnover.new + turnover.returned, turnover.lost)
    return most >= FEWEST and most > TURNED_OVER * turnover.before


def values_of(seen: Compared) -> tuple[float, float] | None:
    """Return what all customers brought then and now; None where it is not known, or not above 0."""
    then, now = ([segment.value for segment in month] for month in (seen.before, seen.now))
    if seen.worth is None or None in then or None in now:
        return None
    totals = sum(value or 0.0 for value in then), sum(value or 0.0 for value in now)
    return totals if min(totals) > 0 else None


def value_up(totals: tuple[float, float]) -> bool:
    """Whether the value, up or down, is worth a sentence."""
    then, now = totals
    return abs(now - then) > LEAST * then


def swapped(seen: Compared) -> int:
    """Return how many customers changed segment where those are so many that it is worth a sentence, else 0."""
    moved = sum(flow.customers for flow in seen.swaps)
    both = seen.turnover.both if seen.turnover else 0
    return moved if moved >= FEWEST and moved > TURNED_OVER * both else 0


def placed(seen: Compared) -> int:
    """Return how many customers of both months our model put into other segments."""
    return seen.turnover.moved.get("model", 0) if seen.turnover else 0


def many_placed(seen: Compared) -> bool:
    """Whether our model put so many customers into other segments that it is worth a sentence."""
    return seen.turnover is not None and placed(seen) > PLACED * seen.turnover.both
