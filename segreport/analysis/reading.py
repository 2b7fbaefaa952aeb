"""From data to a table of customers whose columns are known, this month and as last month read them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from segreport.columns import Column, Columns, columns_like, columns_of, survey
from segreport.errors import InputError
from segreport.history import Problem
from segreport.lexicon import concept_of, plain
from segreport.orders import Orders, holds_orders, read_orders
from segreport.segments import Model
from segreport.settings import ColumnSettings, Settings
from segreport.sources import Data, Source, open_source
from segreport.wording import Wording

FORMED = "formed the segments before, too"
COUNTED = re.compile(r"^recency$|\b(days?|tage|jours?|dias?)\b")
"""Numbers that grow by one a day while a customer does nothing: not scores, not months."""


@dataclass(frozen=True, eq=False)
class Customers:
    """A table of customers: where it comes from, its columns, the orders behind it, the day that days are counted to.

    `until` is that day as a moment, `formed_on` returns the columns with segments formed on inputs of a model.
    """

    source: Source
    columns: Columns
    orders: Orders | None
    as_of: dt.date
    until: dt.datetime
    formed_on: Callable[[Sequence[Column]], Columns]

    @property
    def dated(self) -> bool:
        """Whether the data have days of their own, or one was told."""
        return self.orders is not None or self.columns.latest is not None

    @property
    def numbered(self) -> bool:
        """Whether no column tells customers apart, so that rows were only numbered."""
        return self.columns.id not in self.source.table.columns


def read_customers(
    data: Data, settings: Settings, *, today: dt.date, progress: Callable[[str], None] = lambda _: None
) -> Customers:
    """Return the customers in `data`; raise InputError where there are none to be read."""
    progress("Reading the data")
    source = open_source(data, settings.read)
    progress("Finding out what each column is")
    surveyed = survey(source.table, settings.columns, decimal=settings.read.decimal, today=today, name=source.name)
    prepare = settings.segments.prepare
    if not holds_orders(surveyed, settings.orders):
        columns = _with_ageing(columns_of(surveyed, prepare=prepare))
        until = _until(settings.report.as_of or _after(columns.latest) or today)

        def like(inputs: Sequence[Column]) -> Columns:
            return _with_ageing(columns_like(surveyed, inputs, prepare=prepare))

        return Customers(source, columns, None, until.date(), until, like)
    progress("Adding up each customer's orders")
    wording = Wording(settings.report.language, settings.report.currency)
    orders = read_orders(surveyed, settings.orders, as_of=settings.report.as_of, wording=wording)

    def formed_on(inputs: Sequence[Column]) -> Columns:
        names = tuple(column.name for column in inputs)
        return orders.formed_on(surveyed.choices.model_copy(update={"feature": names}))

    return Customers(source, orders.columns, orders, orders.as_of.date(), orders.as_of, formed_on)


def as_before(customers: Customers, model: Model, since: str, choices: ColumnSettings) -> Columns | Problem:
    """Return this month's columns with segments formed on those that a model was made on; or why that cannot be.

    `since` is the model's month in words; what the user chooses now goes first.
    """
    inputs, columns = model.inputs, customers.columns
    names = {column.name for column in inputs}
    if choices.feature and set(_forming(columns)) != names | set(model.recipe.twins):
        return Problem("columns_chosen", f"Segments are formed on other columns than in {since}, as was asked for.")
    if names & {*choices.exclude, *choices.describe}:
        return Problem("columns_chosen", f"Segments are not formed on all columns of {since}, as was asked for.")
    known = {column.name: column for column in columns.all}
    if problem := _lacking(inputs, known, columns.customers, since):
        return problem
    if all(known[c.name].use == "feature" and known[c.name].parse.kind == c.parse.kind for c in inputs) and set(
        _forming(columns)
    ) == names | set(model.recipe.twins):
        return columns
    try:
        formed = customers.formed_on([known[column.name] if customers.orders else column for column in inputs])
    except InputError:
        formed = None
    if formed is None or any(c.parse.kind != k.parse.kind for c in formed.all for k in inputs if c.name == k.name):
        return Problem("columns_changed", f"A column on which segments were formed in {since} holds other values now.")
    return replace(formed, all=tuple(_why(column, names) for column in formed.all))


def _lacking(inputs: Sequence[Column], known: Mapping[str, Column], customers: int, since: str) -> Problem | None:
    """Return a Problem where an input is not there any more, or is empty."""
    gone = [column.label for column in inputs if column.name not in known]
    if gone:
        what, it = (f"“{gone[0]}” is", "it") if len(gone) == 1 else (f"{', '.join(f'“{g}”' for g in gone)} are", "them")
        return Problem("columns_gone", f"{what} not in the data any more, and segments were formed on {it} in {since}.")
    empty = [column.label for column in inputs if known[column.name].missing >= customers]
    if empty:
        return Problem("columns_changed", f"“{empty[0]}”, on which segments were formed in {since}, is empty now.")
    return None


def _with_ageing(columns: Columns) -> Columns:
    """Return the columns of a table of customers, with those named that count days up to when it was drawn."""
    numbers = [column for column in columns.all if column.role == "number" and COUNTED.search(plain(column.label))]
    known = ((column.name, concept_of(column.name, column.label)) for column in numbers)
    names = tuple(name for name, found in known if found and found.key in ("recency", "tenure"))
    return replace(columns, ageing=names)


def _why(column: Column, names: set[str]) -> Column:
    if column.name not in names:
        return column
    why = column.why.replace("named with --feature", FORMED).replace("told with --role", FORMED)
    return replace(column, why=why)


def _forming(columns: Columns) -> list[str]:
    return [column.name for column in columns.all if column.use == "feature"]


def _after(latest: dt.date | None) -> dt.date | None:
    return latest + dt.timedelta(days=1) if latest else None


def _until(day: dt.date | dt.datetime) -> dt.datetime:
    return day if isinstance(day, dt.datetime) else dt.datetime.combine(day, dt.time())
