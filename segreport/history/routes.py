"""The ways that customers took from last month's segments to this month's, and how many took each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from segreport.history.joining import NOT_SHOWN, Trails, tidy
from segreport.history.movement import Problem

if TYPE_CHECKING:
    from segreport.sources.engine import Engine

__all__ = ["Route", "Trails", "routes_of"]

_ENOUGH = 0.5
"""An id column of another name is the same one if this share of the customers is found again in it."""


@dataclass(frozen=True)
class Route:
    """So many customers who took the same way through the segments (None: unknown, or not there).

    `before` is last month's segment, `own` the old model's by the old data, `aged` the same with days counted to this
    month, `acted` the old model's by this month's data, `after` this month's segment. `returned` are customers of a
    month before last. What they were and are worth is summed, 0 where it is unknown.
    """

    before: str | None
    own: str | None
    aged: str | None
    acted: str | None
    after: str | None
    returned: bool
    customers: int
    value_before: float = 0.0
    value_after: float = 0.0


def routes_of(trails: Trails, *, numbered: bool = False) -> tuple[Route, ...] | Problem:
    """Return how many customers took each way, or why this cannot be told.

    `numbered` says that the rows of one of the months were only numbered: number 5 is then nobody in particular.
    """
    if numbered:
        return Problem(
            "numbered_rows",
            "In one of the two months no column tells customers apart and rows are only numbered, "
            f"so {NOT_SHOWN}. Name the column with --id.",
        )
    if isinstance(trails.joined, Problem):
        return trails.joined
    routes = _grouped(trails.joined)
    return _strangers(trails, routes) or routes


def _grouped(engine: Engine) -> tuple[Route, ...]:
    labels = ", ".join(f"{label}::VARCHAR" for label in ("before", "own", "aged", "acted", "after"))
    rows = engine.run(
        f"SELECT {labels}, returned, count(*), sum(value_before), sum(value_after) FROM ways GROUP BY ALL ORDER BY ALL"  # noqa: S608 - our own names
    )
    return tuple(Route(*row) for row in [(*way, tidy(before), tidy(after)) for *way, before, after in rows])


def _strangers(trails: Trails, routes: tuple[Route, ...]) -> Problem | None:
    """Return the problem where the customers of one month are not those of the other."""
    before = sum(route.customers for route in routes if route.before is not None)
    both = sum(route.customers for route in routes if route.before is not None and route.after is not None)
    if both == 0:
        return Problem(
            "no_common_customers",
            f"No customer of the last report (column '{trails.then_id}') is in this one (column '{trails.now_id}'). "
            f"Either ids have changed or these are other customers, so {NOT_SHOWN}.",
        )
    if _plain(trails.then_id) != _plain(trails.now_id) and both < _ENOUGH * before:
        return Problem(
            "other_ids",
            f"Under half of the customers of the last report (column '{trails.then_id}') are in this one "
            f"(column '{trails.now_id}'). The new column may hold other ids, so {NOT_SHOWN}.",
        )
    return None


def _plain(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter not in " _-")
