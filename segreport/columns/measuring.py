"""What every column comes to over the whole table: one query over the raw values, one over the typed ones."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import ibis
import ibis.expr.types as ir
from ibis.expr.operations import DatabaseTable

from segreport.columns import vocabulary
from segreport.columns.column import Parse
from segreport.columns.looking import MOSTLY, Look
from segreport.columns.parsing import INFINITE, MARKS, parsed

_READABLE = 0.98
ASKED_AT_ONCE = 100
ESTIMATED = 900_000
"""Of more rows, different values are estimated where nothing hangs on their number."""
UNTRIMMED = 5_000_000
"""In more rows, words are taken as they are written: trimming them takes longer than counting."""
FEW, MANY = 200, 0.8


@dataclass(frozen=True)
class Facts:
    """One column read by `parse` over all rows.

    `filled` is how many raw values there are, `marks` how many of those only say "missing", `infinite` how
    many are infinite or not a number; `count` are readable, `distinct` among them (in large tables an estimate). `low`
    and `high` are set for numbers, `latest` (not after today) for dates.
    """

    look: Look
    parse: Parse
    rows: int
    filled: int
    marks: int
    infinite: int
    count: int
    distinct: int
    low: float | None
    high: float | None
    whole: bool
    latest: dt.date | None

    @property
    def name(self) -> str:
        """The column's name."""
        return self.look.name

    @property
    def missing(self) -> int:
        """How many rows have no value that can be read."""
        return self.rows - self.count

    @property
    def readable(self) -> bool:
        """Whether at least 98% of the values that mean something can be read: 80% of dates that are named so."""
        meant = self.filled - self.marks
        if self.parse.kind == "integer":  # an id that cannot be read would be lost
            return self.count == meant
        if self.parse.kind == "flag":  # a third word makes it a category
            return self.count == self.filled
        least = MOSTLY if self.parse.kind == "date" and vocabulary.says_date(self.name) else _READABLE
        return self.parse.kind == "text" or (self.count > 0 and self.count >= least * meant)

    @property
    def different(self) -> str:
        """How many different values there are, in words."""
        about = "about " if self.rows > ESTIMATED and FEW < self.distinct < MANY * self.rows else ""
        return f"{about}{self.distinct:,} different values"

    @property
    def unique(self) -> bool:
        """Whether no two values are the same."""
        return self.count > 0 and self.distinct == self.count


def stage(table: ir.Table, looks: Sequence[Look]) -> ir.Table:
    """Return the table with every column read by its first parse, written once where text had to be read; else lazy.

    Personal and nested columns are left out: nothing below this line sees their values.
    """
    kept = [look for look in looks if look.stored != "nested" and not look.personal]
    if not kept:
        return table
    lazy = table.select([parsed(table[look.name], look.parses[0]).name(look.name) for look in kept])
    if all(look.parses[0].kind == "text" for look in kept if look.stored == "text"):
        return lazy
    backend: Any = ibis.get_backend(table)
    written: ir.Table = backend.create_table(ibis.util.gen_name("segreport_columns"), lazy, temp=True)
    return written


def measure(table: ir.Table, staged: ir.Table, looks: Sequence[Look], today: dt.date) -> list[Facts]:
    """Return the facts of every column, read by its first parse."""
    rows = int(table.count().to_pyarrow().as_py())
    kept = {look.name: i for i, look in enumerate(looks) if look.stored != "nested" and not look.personal}
    written = isinstance(staged.op(), DatabaseTable)
    typed = {n: staged[n] if written else _as_it_lies(table[n], looks[i].parses[0], rows) for n, i in kept.items()}
    seen = [count for i, look in enumerate(looks) for count in _raw_counts(table[look.name], look, i)]
    read = [count for name, i in kept.items() for count in _typed_counts(typed[name], i, today)]
    read += [_distinct(typed[name], rows).name(f"{i}_distinct") for name, i in kept.items()]
    # one pass over the table where it is read as it lies
    raw = _one_row(table, seen) | _one_row(staged, read) if written else _one_row(table, [*seen, *read])
    lost = {name: i for name, i in kept.items() if raw[f"{i}_count"] < raw[f"{i}_filled"]}
    raw |= _one_row(table, [count for name, i in lost.items() for count in _lost_counts(table[name], i)])
    if rows > ESTIMATED:
        exact = {name: i for name, i in kept.items() if not FEW < raw[f"{i}_distinct"] < MANY * rows}
        raw |= _one_row(staged, [staged[name].nunique().name(f"{i}_distinct") for name, i in exact.items()])
    return [_facts(look, i, {**raw, "rows": rows}) for i, look in enumerate(looks)]


def counted(table: ir.Table, looks: Sequence[Look]) -> dict[str, tuple[int, ...]]:
    """Return, for columns with several readings of one kind, how many values each of them reads."""
    open_ = {look.name: rivals(look) for look in looks if len(rivals(look)) > 1}
    if not open_:
        return {}
    counts = [
        parsed(table[name], parse).count().name(f"{i}_{j}")
        for i, (name, parses) in enumerate(open_.items())
        for j, parse in enumerate(parses)
    ]
    row = _one_row(table, counts)
    return {name: tuple(row[f"{i}_{j}"] for j in range(len(parses))) for i, (name, parses) in enumerate(open_.items())}


def rivals(look: Look) -> tuple[Parse, ...]:
    """Return the readings that differ from the first only in decimal sign or date format."""
    return tuple(parse for parse in look.parses if parse.kind == look.parses[0].kind)


def without_first(look: Look) -> Look:
    """Return the look with its first reading given up: the next kind of reading comes forward."""
    return replace(look, parses=tuple(parse for parse in look.parses if parse.kind != look.parses[0].kind), strange=())


def _raw_counts(column: ir.Column, look: Look, i: int) -> list[ir.Value]:
    counts: list[ir.Value] = [column.count().name(f"{i}_filled")]
    if look.personal and look.stored != "nested":
        counts.append(column.nunique().name(f"{i}_distinct"))
        if isinstance(column, ir.NumericColumn):
            counts.append(column.max().cast("float64").name(f"{i}_high"))
    return counts


def _lost_counts(column: ir.Column, i: int) -> list[ir.Value]:
    """Return what the values were that could not be read."""
    if isinstance(column, ir.StringColumn):
        word = column.strip().lower()
        tests = {"blank": word == "", "marks": word.isin((*MARKS, *INFINITE)), "infinite": word.isin(INFINITE)}
        return [test.sum().fill_null(0).name(f"{i}_{what}") for what, test in tests.items()]
    if isinstance(column, ir.FloatingColumn):
        return [(column.isinf() | column.isnan()).sum().fill_null(0).name(f"{i}_infinite")]
    return []


def _typed_counts(column: ir.Column, i: int, today: dt.date) -> list[ir.Value]:
    counts: list[ir.Value] = [column.count().name(f"{i}_count")]
    if isinstance(column, ir.NumericColumn) and not isinstance(column, ir.BooleanColumn):
        counts += [column.min().cast("float64").name(f"{i}_low"), column.max().cast("float64").name(f"{i}_high")]
        counts.append((column % 1 == 0).all().name(f"{i}_whole"))
    if isinstance(column, ir.DateColumn):
        counts.append(column.max(where=column <= today).name(f"{i}_latest"))
    return counts


def _as_it_lies(column: ir.Column, parse: Parse, rows: int) -> ir.Column:
    """Return a column read, but for words in large tables."""
    return column if parse == Parse("text") and rows > UNTRIMMED else parsed(column, parse)


def _distinct(column: ir.Column, rows: int) -> ir.IntegerScalar:
    """Return how many different values a column has: estimated where that is dear.

    `measure` counts again where something hangs on it: few values (a category?) and many (an id?).
    """
    return column.approx_nunique() if rows > ESTIMATED else column.nunique()


def _facts(look: Look, i: int, raw: dict[str, Any]) -> Facts:
    filled = raw[f"{i}_filled"] - raw.get(f"{i}_blank", 0)
    infinite = raw.get(f"{i}_infinite", 0)
    count = raw.get(f"{i}_count", filled)
    return Facts(
        look=look,
        parse=look.parses[0],
        rows=raw["rows"],
        filled=filled,
        marks=raw.get(f"{i}_marks", infinite),
        infinite=infinite,
        count=count,
        distinct=raw.get(f"{i}_distinct", 0),
        low=raw.get(f"{i}_low"),
        high=raw.get(f"{i}_high"),
        whole=bool(raw.get(f"{i}_whole")),
        latest=raw.get(f"{i}_latest"),
    )


def _one_row(table: ir.Table, counts: Sequence[ir.Value]) -> dict[str, Any]:
    """Return all counts by name; a query asks for so many at once that the engine's memory holds them."""
    row: dict[str, Any] = {}
    for begin in range(0, len(counts), ASKED_AT_ONCE):
        row |= table.aggregate(counts[begin : begin + ASKED_AT_ONCE]).to_pyarrow().to_pylist()[0]
    return row
