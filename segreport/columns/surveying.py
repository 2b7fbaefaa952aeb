"""What the columns of a table hold, whatever a row of it is: how they are read, their facts, what they look like."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import ibis.expr.types as ir

from segreport.columns.choosing import matched_roles
from segreport.columns.column import Role
from segreport.columns.looking import Look, look, prefer
from segreport.columns.measuring import Facts, measure, stage, without_first
from segreport.columns.roles import Verdict, judge, told
from segreport.columns.settling import settled
from segreport.errors import InputError
from segreport.settings import ColumnSettings


@dataclass(frozen=True, eq=False)
class Survey:
    """A table looked through: `facts` and `verdicts` say what each column of the raw `table` holds.

    `staged` is the table typed (personal and nested columns left out), `choices` are the user's, `name` is what
    errors call the table, `notes` what was assumed, in sentences.
    """

    table: ir.Table
    staged: ir.Table
    facts: tuple[Facts, ...]
    verdicts: dict[str, Verdict]
    choices: ColumnSettings
    today: dt.date
    name: str
    notes: tuple[str, ...]

    @property
    def rows(self) -> int:
        """How many rows the table has."""
        return self.facts[0].rows

    def fact(self, name: str) -> Facts:
        """Return the facts of the column of that name."""
        return next(column for column in self.facts if column.name == name)


def survey(
    table: ir.Table,
    choices: ColumnSettings,
    *,
    decimal: Literal[".", ","] | None = None,
    today: dt.date,
    name: str = "The table",
) -> Survey:
    """Return what each column holds; `decimal` settles numbers such as 1,234 that read either way.

    Raises InputError where a role names no column or does not suit it, and for a table without rows.
    """
    roles, ids = matched_roles(choices, table.columns)
    wanted: dict[str, Role] = {**roles, **dict.fromkeys(ids, "id")}
    looks = [prefer(seen, wanted[seen.name]) if seen.name in wanted else seen for seen in look(table)]
    looks, assumed = settled(table, looks, decimal)
    staged, facts = _facts(table, looks, today)
    _check_size(name, facts)
    return Survey(table, staged, tuple(facts), _verdicts(facts, roles), choices, today, name, assumed)


def again(surveyed: Survey, table: ir.Table) -> Survey:
    """Return the survey of a table with the same columns and other rows, read in the same way."""
    staged, facts = _facts(table, [column.look for column in surveyed.facts], surveyed.today)
    roles, _ = matched_roles(surveyed.choices, table.columns)
    return replace(surveyed, table=table, staged=staged, facts=tuple(facts), verdicts=_verdicts(facts, roles))


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


def _verdicts(facts: Sequence[Facts], roles: Mapping[str, Role]) -> dict[str, Verdict]:
    return {
        column.name: told(column, roles[column.name]) if column.name in roles else judge(column, place)
        for place, column in enumerate(facts)
    }


def _check_size(name: str, facts: Sequence[Facts]) -> None:
    if facts[0].rows == 0:
        raise InputError(f"{name} has no rows; segments need a table with one row a customer.")
    if facts[0].rows == 1:
        raise InputError(f"{name} has only one row; segments need many customers, one row each.")
    if all(column.filled == 0 for column in facts):
        raise InputError(f"{name} is empty: all {len(facts)} columns are 100% missing.")
