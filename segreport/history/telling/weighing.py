"""How much of each change is real, and which are more than chance: what is worth a sentence."""

from __future__ import annotations

import math
from dataclasses import dataclass

from segreport.history.movement import Change, Decision, Event, Flow, Known, Turnover

FEWEST = 5
LEAST = 0.02
CHANCE = 2.0
SHIFTED, NOTICED = 0.1, 0.01
"""A move between two segments is told from which share of the one that they left, and of all customers."""
TURNED_OVER = 0.1
"""From which share of customers coming, going or changing segment is told though the sizes stay."""


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
    def models_doing(self) -> bool:
        """Whether some of the change is our model's."""
        return not self.decision.kept or any(change.parts.model for change in self.changes)

    @property
    def swaps(self) -> tuple[Flow, ...]:
        """The flows between different segments that are there in both months."""
        ids = self.lasting
        return tuple(f for f in self.flows if f.source in ids and f.target in ids and f.source != f.target)


@dataclass(frozen=True)
class Growth:
    """By how many customers a segment grew (or, under 0, shrank) without what our model changed.

    `shown` is by how many the printed sizes differ; where the model changed nothing of it, that is the same. `moved` is
    how many customers entered or left, `by_most` the part (a field of Parts) that over half of it is, where one is.
    """

    id: str
    before: int
    by: int
    shown: int
    moved: int
    by_most: str | None

    @property
    def share(self) -> float:
        """The growth as a share of the customers before; infinite from none."""
        return self.by / self.before if self.before else math.copysign(math.inf, self.by) if self.by else 0.0

    @property
    def counted(self) -> bool:
        """Whether the model changed nothing of it, so that before + by customers are counted now."""
        return self.by == self.shown

    @property
    def notable(self) -> bool:
        """Whether it is worth a sentence: not where the printed sizes, the model's doing included, go the other way."""
        return self.by * self.shown > 0 and _is_notable(self.by, self.before, self.moved)

    @property
    def weight(self) -> float:
        """How unlike last month it is: Pearson's residual, where neither large nor small ones must win."""
        return abs(self.by) / math.sqrt(max(self.before, 1))


def _is_notable(by: float, before: float, moved: float) -> bool:
    """Whether a change is neither small nor what chance makes where each of `moved` customers came or went by lot."""
    return abs(by) >= FEWEST and abs(by) > LEAST * before and abs(by) > CHANCE * math.sqrt(moved)


def growths_of(seen: Compared) -> tuple[Growth, ...] | None:
    """Return the growth of each segment that is there in both months; None where it cannot be told from the model's."""
    found = []
    for change in seen.changes:
        if change.id in seen.lasting:
            parts = _real(change, kept=seen.decision.kept)
            if parts is None:
                return None
            by, moved = round(sum(parts.values())), _moved(seen.flows, change.id)
            most = _main(parts)
            most = "unknown" if most == "behaviour" and not seen.ageing_known else most
            found.append(Growth(change.id, change.before, by, change.after - change.before, moved, most))
    return tuple(found)


def _real(change: Change, *, kept: bool) -> dict[str, float] | None:
    """Return the parts of a change that are not the model's; None where they are not known.

    With a model that was kept, what is not known is only whether behaviour or time moved customers.
    """
    parts = vars(change.parts)
    if parts["unknown"] and not kept:
        return None
    return {name: part for name, part in parts.items() if name != "model"}


def _main(parts: dict[str, float]) -> str | None:
    """Return the part that makes over half of what goes the way of the whole; None where none does."""
    whole = sum(parts.values())
    along = {name: abs(part) for name, part in parts.items() if part * whole > 0}
    most = max(along, key=lambda name: along[name], default=None)
    return most if most and 2 * along[most] > sum(along.values()) else None


def _moved(flows: tuple[Flow, ...], ident: str) -> int:
    return sum(flow.customers for flow in flows if (flow.source == ident) != (flow.target == ident))


def moves_of(seen: Compared) -> list[Flow]:
    """Return the flows between two segments that are large and more than customers going to and fro.

    First comes the one whose customers are worth most, where that is known, else the one of most customers. None are
    told where our model moved customers as well.
    """
    if seen.models_doing:
        return []
    back = {(flow.target, flow.source): flow.customers for flow in seen.swaps}
    found = [flow for flow in seen.swaps if _is_shift(flow, back.get((flow.source, flow.target), 0), seen)]
    valued = seen.worth is not None and all(flow.value is not None for flow in found)
    return sorted(found, key=lambda flow: ((flow.value or 0.0) if valued else 0.0, flow.customers), reverse=True)


def _is_shift(flow: Flow, back: int, seen: Compared) -> bool:
    """Whether a flow is worth a sentence, less those who went `back` the other way."""
    sizes = {segment.id: segment.size for segment in seen.before}
    by = flow.customers - back
    many = by > SHIFTED * sizes[flow.source] and by > NOTICED * sum(sizes.values())
    return many and _is_notable(by, 0, flow.customers + back)


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
    return moved if not seen.models_doing and moved >= FEWEST and moved > TURNED_OVER * both else 0
