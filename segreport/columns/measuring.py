"""What every column comes to over the whole table: one query over the raw values, one over the typed ones."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import ibis
import ibis.expr.types as ir

from segreport.columns import vocabulary
from segreport.columns.column import Parse
from segreport.columns.looking import Look
from segreport.columns.parsing import INFINITE, MARKS, parsed

_MARKS = tuple(dict.fromkeys(form for mark in (*MARKS, *INFINITE) for form in (mark, mark.upper(), mark.capitalize(), mark.title())))
_INFINITE = tuple(dict.fromkeys(form for mark in INFINITE for form in (mark, mark.upper(), mark.capitalize(), mark.title())))
_READABLE = 0.98


@dataclass(frozen=True)
class Facts:
    """One column read by `parse` over all rows.

    `filled` is how many raw values there are, `marks` how many of those only say "missing", `infinite` how
    many are infinite or not a number; `count` are readable, `distinct` among them. `low` and `high` are set
    for numbers, `latest` (not after today) for dates.
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
        return self.look.name

    @property
    def missing(self) -> int:
        return self.rows - self.count

    @property
    def readable(self) -> bool:
        """Whether at least 98% of the values that mean something can be read."""
        meant = self.filled - self.marks
        if self.parse.kind == "integer":  # an id that cannot be read would be lost
            return self.count == meant
        return self.parse.kind == "text" or (self.count > 0 and self.count >= _READABLE * meant)

    @property
    def unique(self) -> bool:
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
    raw = _one_row(table.aggregate([count for i, look in enumerate(looks) for count in _raw_counts(table, look, i)]))
    kept = {look.name: i for i, look in enumerate(looks) if look.stored != "nested" and not look.personal}
    out = _one_row(staged.aggregate([count for name, i in kept.items() for count in _typed_counts(staged[name], i, today)])) if kept else {}
    return [_facts(look, i, raw, out) for i, look in enumerate(looks)]


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
    row = _one_row(table.aggregate(counts))
    return {name: tuple(row[f"{i}_{j}"] for j in range(len(parses))) for i, (name, parses) in enumerate(open_.items())}


def rivals(look: Look) -> tuple[Parse, ...]:
    """Return the readings that differ from the first only in decimal sign or date format."""
    return tuple(parse for parse in look.parses if parse.kind == look.parses[0].kind)


def without_first(look: Look) -> Look:
    """Return the look with its first reading given up: the next kind of reading comes forward."""
    return replace(look, parses=tuple(parse for parse in look.parses if parse.kind != look.parses[0].kind), strange=())


def _raw_counts(table: ir.Table, look: Look, i: int) -> list[ir.Value]:
    column = table[look.name]
    counts: list[ir.Value] = [column.count().name(f"{i}_filled")]
    if look is not None and i == 0:
        counts.append(table.count().name("rows"))
    if isinstance(column, ir.StringColumn):
        counts.append(((column == "") | (column == " ")).sum().fill_null(0).name(f"{i}_blank"))
        if look.parses[0].kind in {"number", "integer", "date"}:
            counts.append(column.isin(_MARKS).sum().fill_null(0).name(f"{i}_marks"))
            counts.append(column.isin(_INFINITE).sum().fill_null(0).name(f"{i}_infinite"))
    elif isinstance(column, ir.FloatingColumn):
        counts.append((column.isinf() | column.isnan()).sum().fill_null(0).name(f"{i}_infinite"))
    if look.personal and look.stored != "nested":
        counts.append(column.nunique().name(f"{i}_distinct"))
        if isinstance(column, ir.NumericColumn):
            counts.append(column.max().cast("float64").name(f"{i}_high"))
    return counts


def _typed_counts(column: ir.Column, i: int, today: dt.date) -> list[ir.Value]:
    counts: list[ir.Value] = [column.count().name(f"{i}_count"), column.nunique().name(f"{i}_distinct")]
    if isinstance(column, ir.NumericColumn) and not isinstance(column, ir.BooleanColumn):
        counts += [column.min().cast("float64").name(f"{i}_low"), column.max().cast("float64").name(f"{i}_high")]
        counts.append((column == column.floor()).all().name(f"{i}_whole"))
    if isinstance(column, ir.DateColumn):
        counts.append(column.max(where=column <= today).name(f"{i}_latest"))
    return counts


def _facts(look: Look, i: int, raw: dict[str, Any], out: dict[str, Any]) -> Facts:
    filled = raw[f"{i}_filled"] - raw.get(f"{i}_blank", 0)
    infinite = raw.get(f"{i}_infinite", 0)
    count = out.get(f"{i}_count", filled)
    return Facts(
        look=look,
        parse=look.parses[0],
        rows=raw["rows"],
        filled=filled,
        marks=raw.get(f"{i}_marks", infinite),
        infinite=infinite,
        count=count,
        distinct=out.get(f"{i}_distinct", raw.get(f"{i}_distinct", 0)),
        low=out.get(f"{i}_low"),
        high=out.get(f"{i}_high", raw.get(f"{i}_high")),
        whole=bool(out.get(f"{i}_whole")),
        latest=out.get(f"{i}_latest"),
    )


def _one_row(table: ir.Table) -> dict[str, Any]:
    row: dict[str, Any] = table.to_pyarrow().to_pylist()[0]
    return row
