"""What each column is (its role), why we think so, and what it is used for.

The whole table is asked three or four questions, whatever its size: a small sample shows how values are
written (looking), two aggregates count what that reading gives (measuring), and text is typed once
(parsing). Roles, the id, uses and the worth of a customer are decided from those counts alone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Literal

import ibis.expr.types as ir

from segreport.columns.alike import without_repeats
from segreport.columns.choosing import matched
from segreport.columns.column import Column, Columns, Parse, Role, Use
from segreport.columns.looking import Look, look, prefer
from segreport.columns.measuring import Facts, measure, stage, without_first
from segreport.columns.parsing import typed, used
from segreport.columns.roles import Verdict, judge, plain_number, told
from segreport.columns.rows import identify, numbered
from segreport.columns.settling import settled, unreadable
from segreport.columns.using import described, worth
from segreport.errors import InputError
from segreport.settings import ColumnSettings

__all__ = ["Column", "Columns", "Parse", "Role", "Use", "read_columns", "typed"]


def read_columns(
    table: ir.Table,
    choices: ColumnSettings,
    *,
    prepare: Literal["auto", "plain"],
    decimal: Literal[".", ","] | None = None,
    today: dt.date,
    name: str = "The table",
) -> Columns:
    """Return the table typed, with one row a customer, and what each of its columns is.

    `decimal` settles numbers such as 1,234 that read either way; `name` is what errors call the table. With
    `prepare` plain, codes named as features stay numbers. Raises InputError where a choice names no column,
    ids repeat, rows are orders, or nothing is left to cluster on.
    """
    choices = matched(choices, table.columns)
    looks, assumed = settled(table, _looks(table, choices), decimal)
    staged, facts = _facts(table, looks, today)
    _check_size(name, facts)
    verdicts = _verdicts(facts, choices, prepare)
    identity = identify(table, facts, verdicts, choices, name)
    rows = facts[0].rows
    if identity.table is not table:
        staged, facts = _facts(identity.table, [column.look for column in facts], today)
        verdicts = _verdicts(facts, choices, prepare)
    if identity.id:
        verdicts = {**verdicts, identity.id: _id_verdict(facts, identity.id, identity.why)}
    verdicts = without_repeats(
        staged, facts, verdicts, {identity.id, *choices.feature, *choices.describe, *choices.value, *choices.role}
    )
    columns, clustered = described(facts, verdicts, choices, identity.id, name)
    value, valued = worth(columns, choices)
    result, id_name = _result(staged, identity.table, columns, identity.id)
    unnamed = (
        ()
        if identity.id
        else (f"No column tells customers apart, so rows were numbered 1 to {rows:,} as '{id_name}'.",)
    )
    return Columns(
        all=columns,
        table=result,
        id=id_name,
        rows=rows,
        duplicates=identity.duplicates,
        customers=facts[0].rows,
        latest=max(
            (column.latest for column in facts if column.latest and verdicts[column.name].role == "date"), default=None
        ),
        value=value,
        notes=(*unnamed, *identity.notes, *assumed, *unreadable(facts, verdicts), *clustered, *valued),
    )


def _looks(table: ir.Table, choices: ColumnSettings) -> list[Look]:
    roles: dict[str, Role] = {**choices.role, **({choices.id: "id"} if choices.id else {})}
    return [prefer(seen, roles[seen.name]) if seen.name in roles else seen for seen in look(table)]


def _facts(table: ir.Table, looks: Sequence[Look], today: dt.date) -> tuple[ir.Table, list[Facts]]:
    """Return the table read, and its facts; a reading that the whole table contradicts gives way to the next one."""
    while True:
        staged = stage(table, looks)
        facts = measure(table, staged, looks, today)
        given_up = {
            column.name
            for column in facts
            if not column.readable and len({parse.kind for parse in column.look.parses}) > 1
        }
        if not given_up:
            return staged, facts
        looks = [without_first(seen) if seen.name in given_up else seen for seen in looks]


def _verdicts(facts: Sequence[Facts], choices: ColumnSettings, prepare: Literal["auto", "plain"]) -> dict[str, Verdict]:
    verdicts = {}
    for place, column in enumerate(facts):
        role = choices.role.get(column.name)
        verdict = told(column, role) if role else judge(column, place)
        if prepare == "plain" and not role and column.name in choices.feature:
            verdict = plain_number(column, verdict)
        verdicts[column.name] = verdict
    return verdicts


def _id_verdict(facts: Sequence[Facts], name: str, why: str) -> Verdict:
    column = next(column for column in facts if column.name == name)
    if not column.unique:
        raise InputError(f"The id column {name!r} repeats; name the column that tells customers apart with --id.")
    if column.parse.kind == "number":
        return Verdict("id", why, Parse("integer" if column.whole and _fits_int64(column) else "text"))
    return Verdict("id", why, column.parse)


def _fits_int64(column: Facts) -> bool:
    return column.low is not None and column.high is not None and -(2.0**63) <= column.low <= column.high < 2.0**63


def _check_size(name: str, facts: Sequence[Facts]) -> None:
    if facts[0].rows == 0:
        raise InputError(f"{name} has no rows; segments need a table with one row a customer.")
    if facts[0].rows == 1:
        raise InputError(f"{name} has only one row; segments need many customers, one row each.")
    if all(column.filled == 0 for column in facts):
        raise InputError(f"{name} is empty: all {len(facts)} columns are 100% missing.")


def _result(staged: ir.Table, raw: ir.Table, columns: Sequence[Column], id_name: str | None) -> tuple[ir.Table, str]:
    if id_name:
        result = typed(staged, columns)
        return result.select([id_name, *(other for other in result.columns if other != id_name)]), id_name
    numbers, name = numbered(raw, staged)
    return numbers.select([numbers[name], *used(numbers, columns)]), name
