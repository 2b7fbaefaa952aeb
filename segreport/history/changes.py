"""What made each segment larger or smaller: plain sums over the ways that customers took."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from math import fsum
from typing import NamedTuple

from segreport.history.movement import LOST, NEW, RETURNED, Change, Flow, Parts, Turnover, Why
from segreport.history.routes import Route


class _Step(NamedTuple):
    """What one part of a change gives to a segment, or takes from it."""

    part: str
    segment: str
    customers: int
    value: float


def turnover_of(routes: Iterable[Route]) -> Turnover:
    """Return how many customers there were and are, stayed, came, came back and went, and what moved how many."""
    counts: dict[str, int] = defaultdict(int)
    moved: dict[Why, int] = defaultdict(int)
    for route in routes:
        counts[_presence(route)] += route.customers
        if _presence(route) == "both" and route.before != route.after:
            moved[why_of(route)] += route.customers
    both, new, returned, lost = (counts[kind] for kind in ("both", NEW, RETURNED, LOST))
    return Turnover(both + lost, both + new + returned, both, new, returned, lost, dict(sorted(moved.items())))


def flows_of(routes: Iterable[Route], *, valued: bool) -> tuple[Flow, ...]:
    """Return who went from where to where, those who stayed included, the largest first."""
    taken: dict[tuple[str, str], list[Route]] = defaultdict(list)
    for route in routes:
        taken[route.before or _presence(route), route.after or LOST].append(route)
    flows = (_flow(*ends, along, valued=valued) for ends, along in taken.items())
    return tuple(sorted(flows, key=lambda flow: (-flow.customers, flow.source, flow.target)))


def changes_of(routes: Sequence[Route], ids: Iterable[str], *, valued: bool) -> tuple[Change, ...]:
    """Return the change of each segment in `ids`, in parts that add up to it."""
    steps: dict[str, list[_Step]] = defaultdict(list)
    for route in routes:
        for step in _steps(route):
            steps[step.segment].append(step)
    return tuple(_change(ident, routes, steps[ident], valued=valued) for ident in ids)


def why_of(route: Route) -> Why:
    """Return why customers who changed segment did so: the last step of their way that changed the label."""
    if route.before is None:
        return "returned" if route.returned else "new"
    if route.after is None:
        return "lost"
    if route.acted is None:
        return "unknown"
    own, aged = _old_labels(route, route.before)
    if route.acted != route.after:
        return "model"
    if aged != route.acted:
        return "behaviour"
    return "time" if own != aged else "model"


def ageing_known(routes: Iterable[Route]) -> bool:
    """Return whether mere ageing is told from behaviour; where it is not, behaviour holds both."""
    return all(route.aged is not None for route in routes if _presence(route) == "both")


def _flow(source: str, target: str, routes: Sequence[Route], *, valued: bool) -> Flow:
    value = fsum(route.value_before if route.after is None else route.value_after for route in routes)
    reasons = [(why_of(route) if source != target else None, route.customers) for route in routes]
    did, aged = (sum(n for why, n in reasons if why == this) for this in ("behaviour", "time"))
    return Flow(source, target, _customers(routes), value if valued else None, did, aged)


def _change(ident: str, routes: Iterable[Route], steps: Sequence[_Step], *, valued: bool) -> Change:
    before = [route for route in routes if route.before == ident]
    after = [route for route in routes if route.after == ident]
    parts = {step.part: 0 for step in steps}
    values: dict[str, list[float]] = {part: [] for part in parts}
    for step in steps:
        parts[step.part] += step.customers
        values[step.part].append(step.value)
    change = Change(ident, _customers(before), _customers(after), Parts(**parts))
    if not valued:
        return change
    return replace(
        change,
        value_before=fsum(route.value_before for route in before),
        value_after=fsum(route.value_after for route in after),
        value_parts=Parts(**{part: fsum(terms) + 0.0 for part, terms in values.items()}),  # never -0.0
    )


def _customers(routes: Iterable[Route]) -> int:
    return sum(route.customers for route in routes)


def _steps(route: Route) -> Iterator[_Step]:
    """Yield what a way takes from segments and gives to them; along it, the value is the old one until they spend."""
    n, was, worth = route.customers, route.value_before, route.value_after
    if route.before is None:
        first = route.acted or route.after
        if first is not None:
            yield _Step("arrivals", first, n, worth)
            yield from _move("model", first, route.after, n, worth)
    elif route.after is None:
        yield _Step("departures", route.before, -n, -was)
    elif route.acted is None:
        yield _Step("unknown", route.before, -n, -was)
        yield _Step("unknown", route.after, n, worth)
    else:
        own, aged = _old_labels(route, route.before)
        yield from _move("model", route.before, own, n, was)
        yield from _move("ageing", own, aged, n, was)
        yield from _move("behaviour", aged, route.acted, n, was)
        yield _Step("spending", route.acted, 0, worth - was)
        yield from _move("model", route.acted, route.after, n, worth)


def _move(part: str, source: str, target: str | None, customers: int, value: float) -> Iterator[_Step]:
    if target is not None and source != target:
        yield _Step(part, source, -customers, -value)
        yield _Step(part, target, customers, value)


def _old_labels(route: Route, before: str) -> tuple[str, str]:
    """Return the old model's labels by the old data and by the same data aged; one that is unknown changed nothing."""
    own = route.own or before
    return own, route.aged or own


def _presence(route: Route) -> str:
    if route.before is None:
        return RETURNED if route.returned else NEW
    return LOST if route.after is None else "both"
