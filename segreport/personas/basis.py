"""What a name rests on, so that next month can tell whether it is still true."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Basis:
    """One thing a name says: a column (and, of a category, its level) in which the segment lies above or below.

    That is above or below the average of all customers or, where `than` holds ids, those segments, of which an
    adjective tells it apart ("Higher-value"). `above` is None for what is long or short in itself, whatever all
    customers are like ("lapsed"); `number` is the mean that the name says: "Lost customers (412 days)".
    """

    column: str
    level: str | None = None
    above: bool | None = None
    than: tuple[str, ...] = ()
    number: float | None = None


def columns_of(bases: tuple[Basis, ...]) -> tuple[str, ...]:
    """Return the columns that something rests on, each once."""
    return tuple(dict.fromkeys(basis.column for basis in bases))
