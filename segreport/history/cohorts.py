"""What the customers of last month's segments did since, whatever segment they are in now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from segreport.history.joining import Trails, engine_of, tidy

if TYPE_CHECKING:
    from segreport.sources.engine import Engine

_NOBODY = (0, 0.0, 0.0, 0.0, 0.0)


@dataclass(frozen=True)
class Cohort:
    """Last month's customers of a segment; `here` are still customers, `stayed` of them are still in the segment.

    Where there is a new model they stayed if last month's would still put them there: moving was not their doing.

    The rest is of those who are still here (None: unknown): what they were and are worth, how many ordered since,
    and their orders and what they spent, in all, then and now.
    """

    customers: int
    here: int
    stayed: int
    value_before: float | None = None
    value_after: float | None = None
    ordered: int | None = None
    frequency_before: float | None = None
    frequency_after: float | None = None
    monetary_before: float | None = None
    monetary_after: float | None = None


def cohorts_of(trails: Trails, days: int, *, ordered: bool) -> dict[str, Cohort]:
    """Return last month's segments as cohorts, by id; `days` lie between the two as-of dates.

    `ordered` says that the assignments of both months hold recency, frequency and monetary. Raises InputError where
    customers cannot be joined.
    """
    engine = engine_of(trails)
    valued = trails.valued
    orders = _orders(engine, trails, days) if ordered else {}
    rows = engine.run("""
        SELECT before::VARCHAR, count(*), count(after), count(*) FILTER (before = coalesce(acted, after)),
            coalesce(sum(value_before) FILTER (after IS NOT NULL), 0), sum(value_after)
        FROM ways WHERE before IS NOT NULL GROUP BY ALL ORDER BY ALL
    """)
    return {
        ident: Cohort(
            customers,
            here,
            stayed,
            *(map(tidy, values) if valued else (None, None)),
            *(orders.get(ident, _NOBODY) if ordered else ()),
        )
        for ident, customers, here, stayed, *values in rows
    }


def _orders(engine: Engine, trails: Trails, days: int) -> dict[str, tuple[float, ...]]:
    """Return, of those still here: how many ordered since, and their frequency and monetary, then and now."""
    from segreport.sources.engine import blaming, name

    measured = [f"{month}.{column}" for column in ("frequency", "monetary") for month in ("past", "present")]
    sums = ", ".join(f"coalesce(sum({column})::DOUBLE, 0)" for column in measured)
    with blaming(trails.then):
        rows = engine.run(f"""
            SELECT ways.before::VARCHAR, count(*) FILTER (present.recency < {days}), {sums}
            FROM ways JOIN past ON past.{name(trails.then_id)} = ways.past_id
            JOIN present ON present.{name(trails.now_id)} = ways.present_id
            GROUP BY ALL
        """)  # noqa: S608 - quoted
    return {ident: (ordered, *map(tidy, totals)) for ident, ordered, *totals in rows}
