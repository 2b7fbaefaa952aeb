"""What each column is (its role), why we think so, and what it is used for.

The whole table is asked three or four questions, whatever its size: a small sample shows how values are
written (looking), two aggregates count what that reading gives (measuring), and text is typed once
(parsing). Roles, the id, uses and the worth of a customer are decided from those counts alone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal, cast

import ibis.expr.types as ir

from segreport.columns.alike import without_repeats
from segreport.columns.choosing import matched
from segreport.columns.column import Column, Columns, Parse, Role, Use
from segreport.columns.measuring import Facts
from segreport.columns.parsing import typed, used
from segreport.columns.roles import Verdict, plain_number, told
from segreport.columns.rows import identify, numbered
from segreport.columns.settling import unreadable
from segreport.columns.surveying import Survey, again, survey
from segreport.columns.using import described, worth
from segreport.errors import InputError
from segreport.settings import ColumnSettings
from segreport.settings import Role as TableRole

__all__ = [
    "Column",
    "Columns",
    "Facts",
    "Parse",
    "Role",
    "Survey",
    "Use",
    "columns_like",
    "columns_of",
    "read_columns",
    "survey",
    "typed",
]


def read_columns(
    table: ir.Table,
    choices: ColumnSettings,
    *,
    prepare: Literal["auto", "plain"],
    decimal: Literal[".", ","] | None = None,
    today: dt.date,
    name: str = "The table",
) -> Columns:
    """Return what the columns of a table of customers are: `columns_of` its `survey`."""
    return columns_of(survey(table, choices, decimal=decimal, today=today, name=name), prepare=prepare)


def columns_of(surveyed: Survey, *, prepare: Literal["auto", "plain"]) -> Columns:
    """Return the table typed, with one row a customer, and what each of its columns is.

    With `prepare` plain, codes named as features stay numbers. Raises InputError where a choice names no column, ids
    repeat, or nothing is left to cluster on.
    """
    name = surveyed.name
    choices = matched(surveyed.choices, surveyed.table.columns)
    identity = identify(surveyed, choices)
    rows = surveyed.rows
    if identity.table is not surveyed.table:
        surveyed = again(surveyed, identity.table)
    if prepare == "plain":
        surveyed = _with_plain_numbers(surveyed, choices)
    facts, verdicts = surveyed.facts, surveyed.verdicts
    if identity.id:
        verdicts = {**verdicts, identity.id: _id_verdict(facts, identity.id, identity.why)}
    verdicts = without_repeats(
        surveyed.staged,
        facts,
        verdicts,
        {identity.id, *choices.feature, *choices.describe, *choices.value, *choices.role},
    )
    columns, clustered = described(facts, verdicts, choices, identity.id, name)
    value, valued = worth(columns, choices)
    result, id_name = _result(surveyed.staged, identity.table, columns, identity.id)
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
        notes=(*unnamed, *identity.notes, *surveyed.notes, *unreadable(facts, verdicts), *clustered, *valued),
    )


def columns_like(surveyed: Survey, inputs: Sequence[Column], *, prepare: Literal["auto", "plain"]) -> Columns:
    """Return the columns with segments formed on `inputs`, each read as what it was when a model was made on them.

    Raises InputError where one of them cannot be read so.
    """
    names = tuple(column.name for column in inputs)
    before = {column.name: told(surveyed.fact(column.name), cast("TableRole", column.role)) for column in inputs}
    choices = surveyed.choices.model_copy(update={"feature": names})
    return columns_of(replace(surveyed, choices=choices, verdicts={**surveyed.verdicts, **before}), prepare=prepare)


def _with_plain_numbers(surveyed: Survey, choices: ColumnSettings) -> Survey:
    """Return the survey with the codes among the named features taken as numbers."""
    named = [name for name in choices.feature if name not in choices.role]
    verdicts = {name: plain_number(surveyed.fact(name), surveyed.verdicts[name]) for name in named}
    return replace(surveyed, verdicts={**surveyed.verdicts, **verdicts})


def _id_verdict(facts: Sequence[Facts], name: str, why: str) -> Verdict:
    column = next(column for column in facts if column.name == name)
    if not column.unique:
        raise InputError(f"The id column {name!r} repeats; name the column that tells customers apart with --id.")
    if column.parse.kind == "number":
        return Verdict("id", why, Parse("integer" if column.whole and _fits_int64(column) else "text"))
    return Verdict("id", why, column.parse)


def _fits_int64(column: Facts) -> bool:
    return column.low is not None and column.high is not None and -(2.0**63) <= column.low <= column.high < 2.0**63


def _result(staged: ir.Table, raw: ir.Table, columns: Sequence[Column], id_name: str | None) -> tuple[ir.Table, str]:
    if id_name:
        result = typed(staged, columns)
        return result.select([id_name, *(other for other in result.columns if other != id_name)]), id_name
    numbers, name = numbered(raw, staged)
    return numbers.select([numbers[name], *used(numbers, columns)]), name
