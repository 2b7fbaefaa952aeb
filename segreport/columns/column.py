"""What passes on from here: one column and how it is read, and the table whose columns are known."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

import ibis.expr.types as ir

Role = Literal["id", "date", "amount", "number", "category", "flag", "text", "personal", "constant", "duplicate"]
Use = Literal["id", "feature", "describe", "unused"]


@dataclass(frozen=True)
class Parse:
    """How a raw column becomes a typed one: small, JSON, applied again next month.

    `kind` is the type that comes out: number -> float64, integer -> int64 (ids only), date -> date,
    flag -> boolean, text -> string. The other fields say how text is read and are None where the source was
    typed already; a text with a `decimal` is a whole-number code, written the same from 2, "2" and "2.0".
    """

    kind: Literal["number", "integer", "date", "flag", "text"]
    decimal: Literal[".", ","] | None = None
    date_format: str | None = None
    yes: tuple[str, ...] | None = None
    no: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Column:
    """One column of the source: its role, the reason in words, and what it is used for.

    `told` is the share (0 to 1) of it that the columns forming segments tell, where that decided its use.
    """

    name: str
    label: str
    unit: str
    role: Role
    use: Use
    why: str
    missing: int
    distinct: int
    parse: Parse
    told: float | None = None


@dataclass(frozen=True, eq=False)
class Columns:
    """A table of customers whose columns are known.

    `table` is typed and holds one row a customer: the column `id`, then every column that is a feature or
    describes, under its own name. `rows` is what the source had, `duplicates` the exact repeats dropped.
    `latest` is the latest date found in any date column; `value` names the columns whose sum is what a
    customer is worth (empty: unknown). `notes` says in sentences what was assumed. `carried` are columns of the
    table that go into the assignments as they are, `ageing` those that are days counted to the as-of date already.
    """

    all: tuple[Column, ...]
    table: ir.Table
    id: str
    rows: int
    duplicates: int
    customers: int
    latest: dt.date | None
    value: tuple[str, ...]
    notes: tuple[str, ...]
    carried: tuple[str, ...] = ()
    ageing: tuple[str, ...] = ()
