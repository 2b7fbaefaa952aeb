"""Whose row is whose: the id column, exact repeats, rows without an id, and tables that are orders after all."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from segreport.columns import vocabulary
from segreport.columns.measuring import Facts
from segreport.columns.roles import Verdict, numbers_of_one_length, numbers_rows
from segreport.columns.surveying import Survey
from segreport.errors import InputError
from segreport.settings import ColumnSettings

_MOSTLY_ONCE = 0.9
"""With fewer different ids than this share of the rows, beside dates and amounts, a table holds orders."""
_FEW_WITHOUT_ID = 0.05
_NEVER_ID = {"personal", "flag", "date", "constant"}


@dataclass(frozen=True)
class Identity:
    """The id column (None: rows are numbered), why it is that, and the table with one row a customer."""

    id: str | None
    why: str
    table: ir.Table
    duplicates: int
    notes: tuple[str, ...]


def identify(surveyed: Survey, choices: ColumnSettings) -> Identity:
    """Return which column tells customers apart; raise InputError where the one that should do so repeats."""
    table, shown, facts = surveyed.table, surveyed.name, surveyed.facts
    named = next((column for column in facts if column.name == choices.id), None)
    candidates = [named] if named else _candidates(facts, surveyed.verdicts, choices)
    best = candidates[0] if candidates else None
    if best is None:
        return Identity(None, "", table, 0, ())
    if best.count == 0:
        raise InputError(f"{shown}: the id column {best.name!r} is empty in every row; name another one with --id.")
    counters = {column.name for place, column in enumerate(facts) if numbers_rows(column, place)} - {best.name}
    single, duplicates = _without_repeats(table, best, counters)
    if best.distinct < best.count - duplicates:
        other = None if named else next((column for column in candidates[1:] if column.unique), None)
        if other is None:
            raise InputError(_repeats(shown, best, duplicates))
        best, single, duplicates = other, table, 0
    kept, dropped = _with_id(single, best, shown)
    why = "told with --id" if named and best is named else _why(best)
    notes = [f"Rows that repeat another one exactly were dropped: {duplicates:,}."] if duplicates else []
    notes += [f"Rows without a value in the id column '{best.name}' were dropped: {dropped:,}."] if dropped else []
    return Identity(best.name, why, kept, duplicates, tuple(notes))


def repeating(surveyed: Survey) -> Facts | None:
    """Return the column that names customers and repeats so often that a row cannot be a customer; None without one."""
    choices = surveyed.choices
    named = [column for column in surveyed.facts if column.name == choices.id]
    keys = named or _candidates(surveyed.facts, surveyed.verdicts, choices)[:1] or _customer_names(surveyed.facts)
    return next((key for key in keys if 0 < key.distinct < _MOSTLY_ONCE * key.count), None)


def numbered(table: ir.Table, typed: ir.Table) -> tuple[ir.Table, str]:
    """Return the typed table with its rows numbered from 1 in source order, and the number's column name."""
    taken = {name.casefold() for name in table.columns}
    name = next(
        name
        for name in ("customer", "row", "row_number", *(f"row_{n}" for n in range(len(taken) + 1)))
        if name not in taken
    )
    number = (ibis.row_number() + 1).cast("int64").name(name)
    return typed.select([number, *(typed[column] for column in typed.columns)]), name


def _candidates(facts: Sequence[Facts], verdicts: Mapping[str, Verdict], choices: ColumnSettings) -> list[Facts]:
    """Return the columns that may be the id, likeliest first: the best named, then the unique, then the leftmost."""
    used = {*choices.feature, *choices.describe, *choices.value, *choices.exclude, *choices.role}
    free = [column for column in facts if column.name not in used and _may_identify(column, verdicts[column.name])]
    ranked = [(vocabulary.id_rank(column.name), column) for column in free]
    named = [(rank, column) for rank, column in ranked if rank >= 2 or (rank == 1 and column.unique)]
    coded = [
        (0, column)
        for rank, column in ranked
        if not rank and column.unique and _is_coded(column, verdicts[column.name])
    ]
    return [column for _, column in sorted([*named, *coded], key=lambda pair: (-pair[0], not pair[1].unique))]


def _may_identify(column: Facts, verdict: Verdict) -> bool:
    whole = column.parse.kind in {"integer", "text"} or (column.parse.kind == "number" and column.whole)
    # "client" may hold two or three kinds of client rather than clients
    kinds = verdict.role == "category" and column.distinct <= 10 and vocabulary.id_rank(column.name) < 4
    return whole and not kinds and verdict.role not in _NEVER_ID and column.look.stored != "nested"


def _is_coded(column: Facts, verdict: Verdict) -> bool:
    """Return whether unique values look like codes: letters with digits, or 6 and more digits of one length."""
    if (
        vocabulary.says_other_id(column.name)
        or vocabulary.says_order(column.name)
        or vocabulary.says_row_number(column.name)
    ):
        return False
    if column.parse.kind == "text":
        return column.look.coded
    measures = verdict.role == "amount" or vocabulary.says_measure(column.name) or vocabulary.says_date(column.name)
    return not measures and numbers_of_one_length(column)


def _customer_names(facts: Sequence[Facts]) -> list[Facts]:
    """Return the personal columns that name customers, by name or e-mail: they cannot be an id, but they can repeat."""
    return [
        column
        for column in facts
        if column.look.personal and (vocabulary.says_customer(column.name) or "mail" in column.look.personal)
    ]


def _without_repeats(table: ir.Table, column: Facts, counters: Collection[str]) -> tuple[ir.Table, int]:
    """Return the table without rows that repeat another one in everything but row numbers."""
    if column.distinct == column.count:
        return table, 0
    said = [name for name in table.columns if name not in counters]
    single = table.distinct(on=said, keep="first") if counters else table.distinct()
    repeats = column.rows - int(single.count().to_pyarrow().as_py())
    return (single, repeats) if repeats else (table, 0)


def _with_id(table: ir.Table, column: Facts, shown: str) -> tuple[ir.Table, int]:
    if not column.missing:
        return table, 0
    if column.missing > _FEW_WITHOUT_ID * column.rows:
        raise InputError(
            f"{shown}: {column.missing:,} of {column.rows:,} rows have no value in the id column {column.name!r};"
            " fill it in, name another one with --id, or take those rows out."
        )
    raw = table[column.name]
    there = raw.notnull() & (raw.strip() != "") if isinstance(raw, ir.StringColumn) else raw.notnull()
    if isinstance(raw, ir.FloatingColumn):
        there &= ~raw.isnan()
    return table.filter(there), column.missing


def _repeats(shown: str, column: Facts, duplicates: int) -> str:
    after = f" after {duplicates:,} exact repeats are dropped" if duplicates else ""
    return (
        f"{shown}: the id column {column.name!r} repeats"
        f" ({column.distinct:,} ids in {column.rows - duplicates:,} rows{after}); name the column that tells customers"
        " apart with --id, or say --rows orders if a row is an order."
    )


def _why(column: Facts) -> str:
    if vocabulary.id_rank(column.name):
        return "named like an id and unique in every row"
    return "codes that differ in every row"
