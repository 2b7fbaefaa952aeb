"""The assignment as one SQL statement, for an engine that does the work itself: the file segments.sql."""

from __future__ import annotations

import functools
import operator
import re
import textwrap
from collections.abc import Mapping
from typing import TYPE_CHECKING

import ibis
import ibis.expr.types as ir

from segreport.columns import Column, Columns
from segreport.columns.parsing import parsed
from segreport.errors import SettingsError
from segreport.orders import Derive
from segreport.segments.model import Model

if TYPE_CHECKING:
    from sqlglot import exp

DIALECTS = (
    "duckdb", "postgres", "redshift", "bigquery", "snowflake", "databricks", "spark", "mysql", "tsql", "sqlite",
    "trino", "presto", "athena",
)  # fmt: skip
"""Those in which days between dates, true/false and the nearest centre come out right; not oracle, not clickhouse."""
KINDS = {
    "number": ("float64", " as a number"),
    "integer": ("int64", " as a whole number"),
    "date": ("date", " as a date"),
    "flag": ("boolean", " as true/false"),
    "text": ("string", " as text"),
}
"""What a Parse's kind is to an engine, and in words."""


def check_dialect(dialect: str) -> None:
    """Raise SettingsError for a dialect that is not one of DIALECTS."""
    if dialect not in DIALECTS:
        raise SettingsError(f"--sql-dialect {dialect!r} is not known; use one of {', '.join(DIALECTS)}.")


def segments_sql(
    model: Model, raw: ir.Table, columns: Columns, *, dialect: str, agree: float, derive: Derive | None = None
) -> str:
    """Return the assignment as one SQL statement over a table `customers`, or `orders` from which those are derived.

    For duckdb that is the source as it was found (`raw`), which the statement reads; other engines read text in
    other ways, so for them the customers' columns have their types already. `agree` is the share (0 to 1) of customers
    it puts where assignments.parquet does. Raises SettingsError as `check_dialect` does.
    """
    check_dialect(dialect)
    head = _head(model, columns, dialect, agree)
    if dialect == "duckdb" and derive:
        customers = derive(ibis.table(raw.schema(), name="orders"), (model.id, *model.recipe.columns))
        made = f"customers AS (\n{textwrap.indent(str(ibis.to_sql(customers, dialect='duckdb')), '  ')}\n), "
        head = _head_of_orders(raw, head)
        return "\n".join([*head, _statement({"customers": _typed(columns, model)}, model, dialect, made), ""])
    first = (
        {"readable": _readable(raw, columns, model)} if dialect == "duckdb" else {"customers": _typed(columns, model)}
    )
    return "\n".join([*head, _statement(first, model, dialect), ""])


def _head_of_orders(raw: ir.Table, head: list[str]) -> list[str]:
    """Return the comments for a statement that begins with orders."""
    needed = ", ".join(_on_one_line(name) for name in raw.columns)
    what = f"-- Replace the table orders by your own; it has the columns {needed}."
    return [head[0], what, "-- Days are counted to the moment below; set it anew each month.", head[2]]


def _head(model: Model, columns: Columns, dialect: str, agree: float) -> list[str]:
    """Return the comments: what to replace, what the table must be like, and for how many customers it is right."""
    typed = dialect != "duckdb"
    words = {c.name: KINDS[c.parse.kind][1] for c in columns.all if typed and c.name in model.recipe.columns}
    needed = ", ".join(_on_one_line(name) + words.get(name, "") for name in (model.id, *model.recipe.columns))
    if typed:
        needed += ", and NULL where a value is missing"
    if dialect in ("mysql", "tsql") and " as text" in words.values():
        needed += "; its text must tell upper from lower case (a binary collation)"
    others = round((1 - agree) * columns.customers)
    same = (
        f"all but {others:,} of {columns.customers:,} customers the same segment as assignments.parquet: "
        f"it takes the nearest centre, where {model.method} cut a tree"
        if others
        else "the same segments as assignments.parquet"
    )
    return [
        "-- The segment of every customer, from the report's model (model.json): the one with the nearest centre.",
        f"-- Replace the table customers by your own; it needs the columns {needed}.",
        f"-- {'On those, it' if typed else 'It'} gives {same}.",
    ]


def _on_one_line(name: str) -> str:
    """Return a column's name in quotes; a line break in it would end the comment."""
    return '"' + " ".join(name.split()).replace('"', '""') + '"'


def _points(table: ir.Table, model: Model) -> ir.Table:
    features = model.recipe.expressions(table)
    return table.select(id=table[model.id], **{f"z{i}": feature for i, feature in enumerate(features, 1)})


def _distances(points: ir.Table, model: Model) -> ir.Table:
    """Return id and the squared distance to each centre, added up in the order that `nearest` does."""
    squares = (
        ((points[f"z{i}"] - at if at >= 0 else points[f"z{i}"] + -at) ** 2 for i, at in enumerate(centre, 1))
        for centre in model.centres
    )
    return points.select("id", **{f"d{j}": functools.reduce(operator.add, terms) for j, terms in enumerate(squares, 1)})


def _nearest(distances: ir.Table, model: Model) -> ir.Table:
    found = [distances[f"d{j}"] for j in range(1, len(model.ids) + 1)]
    nearest_id = ibis.least(*found).cases(*zip(found, model.ids, strict=True))
    return distances.select(distances.id.name(model.id), nearest_id.name("segment_id"))


def _inputs(columns: Columns, model: Model) -> list[Column]:
    return [column for column in columns.all if column.name in (model.id, *model.recipe.columns)]


def _typed(columns: Columns, model: Model) -> ir.Table:
    """Return a table `customers` of typed columns; numbers of any type, so that the statement makes them floats."""
    shape = {
        column.name: KINDS[column.parse.kind][0].replace("float64", "decimal") for column in _inputs(columns, model)
    }
    return ibis.table({model.id: "string", **shape}, name="customers")


def _readable(raw: ir.Table, columns: Columns, model: Model) -> ir.Table:
    """Return the id and the inputs, typed, over a table `customers`; by a cast where that reads every row alike."""
    inputs = _inputs(columns, model)
    alike = [_cast(raw, column).identical_to(parsed(raw[column.name], column.parse)).all() for column in inputs]
    plain = raw.aggregate([same.name(f"same{i}") for i, same in enumerate(alike)]).to_pyarrow().to_pylist()[0]
    shape = {model.id: "int64", **dict(raw.schema().items())}  # rows that were only numbered are asked for a number
    customers = ibis.table(shape, name="customers")
    read = {
        column.name: _cast(customers, column) if same else parsed(customers[column.name], column.parse)
        for column, same in zip(inputs, plain.values(), strict=True)
    }
    return customers.select(**{model.id: customers[model.id], **read})


def _cast(table: ir.Table, column: Column) -> ir.Column:
    value, (kind, _) = table[column.name], KINDS[column.parse.kind]
    return value.try_cast(kind) if value.type().is_string() else value.cast(kind)


def _statement(first: Mapping[str, ir.Table], model: Model, dialect: str, made: str = "") -> str:
    """Return one WITH statement whose steps have names; each reads the one before and nothing else.

    `made` is SQL for steps that come before the first one.
    """
    steps = dict(first)
    for name, stage in {"points": _points, "distances": _distances, "": _nearest}.items():
        before, table = list(steps.items())[-1]
        steps[name] = stage(ibis.table(table.schema(), name=before), model)
    steps.pop("customers", None)  # is there already
    *named, (_, last) = steps.items()
    parts = ", ".join(f"{name} AS (\n{_select(step, dialect, margin='  ')}\n)" for name, step in named)
    return f"WITH {made}{parts}\n{_select(last, dialect)};"


def _select(table: ir.Table, dialect: str, *, margin: str = "") -> str:
    """Return a SELECT from one table, a column a line, without the aliases and brackets that Ibis adds."""
    import sqlglot
    from sqlglot import ErrorLevel, exp

    tree = sqlglot.parse_one(str(ibis.to_sql(table, dialect="duckdb", pretty=False)), read="duckdb")
    for column in list(tree.find_all(exp.Column)):
        column.set("table", None)
    for source in tree.find_all(exp.Table):
        source.set("alias", None)
    for bracket in list(tree.find_all(exp.Paren)):
        if isinstance(bracket.this, exp.Pow | exp.Column) or isinstance(bracket.parent, exp.Pow):
            bracket.replace(bracket.this)
    theirs = any(table.name in ("customers", "readable") for table in tree.find_all(exp.Table))
    for name in tree.find_all(exp.Identifier):
        ours = re.fullmatch(r"id|z\d+|d\d+|customers|readable|points|distances|segment_id", name.this)
        if ours and not (theirs and isinstance(name.parent, exp.Column)):
            name.set("quoted", None)
    for item in tree.expressions:
        if theirs and isinstance(item, exp.Column) and item.name == "id":  # theirs in, ours out
            item.replace(exp.alias_(item, "id"))
    if dialect != "duckdb":
        _portable(tree, dialect)
    *items, source = (
        part.sql(dialect, unsupported_level=ErrorLevel.RAISE) for part in (*tree.expressions, tree.find(exp.From))
    )
    return f"{margin}SELECT\n" + ",\n".join(f"{margin}  {item}" for item in items) + f"\n{margin}{source}"


def _portable(tree: exp.Expr, dialect: str) -> None:
    """Put a statement that DuckDB reads, in place, into a form that sqlglot writes rightly for the others."""
    from sqlglot import exp

    for day in list(tree.find_all(exp.DateFromParts)):  # a function that most lack
        text = "-".join(f"{int(day.args[part].name):02}" for part in ("year", "month", "day"))
        day.replace(exp.DateStrToDate(this=exp.Literal.string(text)))
    for days in list(tree.find_all(exp.DateDiff)) if dialect == "sqlite" else []:
        to, since = (exp.func("JULIANDAY", days.args[part]) for part in ("this", "expression"))
        days.replace(exp.Sub(this=to, expression=since))
    for branch in [branch for case in tree.find_all(exp.Case) if not case.this for branch in case.args["ifs"]]:
        negated = isinstance(branch.this, exp.Not)
        flag = branch.this.this if negated else branch.this
        if isinstance(flag, exp.Column):  # to SQL Server, a flag is no condition
            branch.set("this", exp.EQ(this=flag, expression=exp.false() if negated else exp.true()))
    for case in list(tree.find_all(exp.Case)) if dialect == "tsql" else []:
        if isinstance(case.parent, exp.Alias) and not case.this:  # its POWER of a decimal keeps few digits
            case.replace(exp.cast(case, "double"))
    for extreme in tree.find_all(exp.Greatest, exp.Least):
        extreme.set("ignore_nulls", None)  # there are none, and plain names then do
    for ratio in tree.find_all(exp.Div):
        ratio.args["typed"] = True  # of floats, so no engine needs to be told
