"""Whether an amount is that of a line, or that of its whole order, written on each of the lines or on one of them.

WooCommerce's plugins write an order's total on every line, Shopify on the first: added up by line, an order would
count several times.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import ibis.expr.types as ir

from segreport.columns import Facts, Parse, Survey
from segreport.columns.parsing import parsed

SAMPLE = 5_000
"""About so many orders are looked at, those whose hash has no remainder: the same ones every time."""
_NEARLY_ALL = 0.95
_BUYER = "segreport_buyer"
_ENOUGH = 10
"""So many orders must say that an amount is not the line's, unless its name says so too."""

Level = Literal["line", "each", "one"]
"""An amount is the line's own, or its order's: written on each line, or on one of them."""


@dataclass(frozen=True)
class Block:
    """An order of several lines: how many have the amount, the smallest and the largest, and if the lines differ."""

    lines: int
    filled: int
    low: float | None
    high: float | None
    differ: bool


def level_of(blocks: Sequence[Block], *, named: bool) -> Level:
    """Return whose amount it is; `named` where its name speaks of the order, so that one order is enough to say."""
    enough = 1 if named else _ENOUGH
    seen = [block for block in blocks if block.filled]
    if len(seen) >= enough and _share(block.filled == 1 for block in seen) >= _NEARLY_ALL:
        return "one"
    telling = [block for block in seen if block.differ and block.filled > 1]
    if len(telling) < enough or _share(block.low == block.high for block in telling) < _NEARLY_ALL:
        return "line"
    # where everything costs the same, equal amounts say nothing
    usual = Counter(block.low for block in telling).most_common(1)[0][1]
    return "each" if named or usual <= 0.5 * len(telling) else "line"


def differs(blocks: Sequence[Block]) -> bool:
    """Return whether lines of one order have different amounts."""
    return any(block.low != block.high for block in blocks if block.filled > 1)


def blocks_of(
    surveyed: Survey, keys: tuple[str, str], amounts: Collection[str], *, worth: Sequence[str], apart: Sequence[str]
) -> Mapping[str, list[Block]]:
    """Return, for each of the amounts, the orders of several lines in a bounded sample.

    The `keys` are the columns of order and customer: a number that another customer has too is another order. Lines
    differ in what they are worth (the product of the columns `worth`), and without those in any column of
    `apart`.
    """
    if not amounts:
        return {}
    sample = _sample(surveyed, *keys)
    differ = _several(_worth(surveyed, sample, worth)) if worth else _any_several(sample, apart)
    counts: dict[str, ir.Value] = {"lines": sample.count(), "differ": differ}
    for i, name in enumerate(amounts):
        amount = number(surveyed, sample, name)
        counts |= {f"filled_{i}": amount.count(), f"low_{i}": amount.min(), f"high_{i}": amount.max()}
    found = sample.group_by(sample[keys[0]].name("of_order"), sample[_BUYER]).aggregate(**counts)
    rows = found.filter(found.lines > 1).to_pyarrow().to_pylist()
    return {
        name: [
            Block(row["lines"], row[f"filled_{i}"], row[f"low_{i}"], row[f"high_{i}"], differ=bool(row["differ"]))
            for row in rows
        ]
        for i, name in enumerate(amounts)
    }


def number(surveyed: Survey, table: ir.Table, name: str) -> ir.Column:
    """Return a raw column as numbers."""
    return parsed(table[name], _number_parse(surveyed.fact(name)))


def _number_parse(facts: Facts) -> Parse:
    readings = [parse for parse in facts.look.parses if parse.kind == "number"]
    return readings[0] if readings else Parse("number", decimal=".")


def _sample(surveyed: Survey, order: str, customer: str) -> ir.Table:
    """Return the lines of some orders, with their customer, whom some shops write on an order's first line only."""
    column = surveyed.table[order]
    every = surveyed.fact(order).distinct // SAMPLE
    table = surveyed.table.filter(column.notnull())
    drawn = table.filter(table[order].hash() % every == 0) if every > 1 else table
    who = drawn[customer]
    return drawn.group_by(order).mutate(**{_BUYER: who.coalesce(who.max())})


def _worth(surveyed: Survey, table: ir.Table, names: Sequence[str]) -> ir.Column:
    value = number(surveyed, table, names[0])
    for name in names[1:]:
        value = value * number(surveyed, table, name)
    return value


def _several(column: ir.Column) -> ir.BooleanScalar:
    return column.nunique() > 1


def _any_several(table: ir.Table, names: Sequence[str]) -> ir.Value:
    """Return whether any column has several values; without columns nothing is known to differ."""
    tests = [_several(table[name]) for name in names]
    result: ir.Value = tests[0] if tests else table.count() < 0
    for test in tests[1:]:
        result = result | test
    return result


def _share(tests: Iterable[bool]) -> float:
    listed = list(tests)
    return sum(listed) / len(listed) if listed else 0.0
