"""The model (recipe, centres, ids: JSON, no pickle) and the segment of every customer.

Customers are assigned batch by batch with one matrix product; the file segments.sql does the same in an engine.
"""

from __future__ import annotations

import functools
import operator
import re
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import TypeAdapter

from segreport.columns import Column, Columns
from segreport.columns.parsing import parsed
from segreport.errors import InputError, SettingsError
from segreport.features import Matrix, Recipe
from segreport.methods import WARD_SIZE, Labels, Method, cutter, nearest, refined
from segreport.orders import Derive

if TYPE_CHECKING:
    from sqlglot import exp

FIT_SIZE: dict[Method, int] = {"kmeans": 200_000, "bisecting": 200_000, "ward": WARD_SIZE}
BATCH = 100_000
CENTRE_DIGITS = 6  # of a standard deviation: what model.json and segments.sql show is what is computed with
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


@dataclass(frozen=True)
class Model:
    """What a segment is: the inputs and how they are read, the recipe, and k centres of d encoded features with ids."""

    schema: int
    method: Method
    id: str
    inputs: tuple[Column, ...]
    recipe: Recipe
    ids: tuple[str, ...]
    centres: tuple[tuple[float, ...], ...]

    @property
    def matrix(self) -> Matrix:
        """The centres, k x d."""
        return np.array(self.centres, dtype=np.float64)

    def to_json(self) -> bytes:
        """Return the model as JSON text, ready for model.json."""
        return TypeAdapter(Model).dump_json(self, indent=1)


def load_model(text: bytes) -> Model:
    """Return the model of a model.json; raises pydantic's ValidationError where it is none."""
    return TypeAdapter(Model).validate_json(text)


@dataclass(frozen=True, eq=False)
class Fitted:
    """A model and the sample it was fitted on: `X` (n x d) with `labels` (n), in the order of the model's ids."""

    model: Model
    X: Matrix
    labels: Labels
    inertia: float


def cluster(X: Matrix, start: Matrix, columns: Columns, recipe: Recipe, *, method: Method, seed: int) -> Fitted:
    """Return the model of k segments, numbered s1 … sk from the largest to the smallest.

    k-means goes on from `start`, the k x d centres that were tried on fewer customers: what was judged is what is made.

    Raises InputError where the id column's name is one that the assignments need.
    """
    if columns.id.casefold() in ("segment_id", "segment", "margin"):  # to engines, ID and id are one name
        raise InputError(f"the id column {columns.id!r} has a name that assignments.parquet needs; rename it.")
    fit = X[: FIT_SIZE[method]]
    k = len(start)
    partition = refined(fit, start) if method == "kmeans" else cutter(method, fit, seed=seed)(k)
    order = np.argsort(-np.bincount(partition.labels, minlength=k), kind="stable")
    centres = partition.centres[order].round(CENTRE_DIGITS) + 0.0
    labels = np.argsort(order)[partition.labels]
    if method == "kmeans" or len(fit) < columns.customers:  # a tree's own labels need a tree of everyone
        labels = nearest(X, centres)[0]
    named = {column.name: column for column in columns.all}
    model = Model(
        schema=1,
        method=method,
        id=columns.id,
        inputs=tuple(named[name] for name in recipe.columns),
        recipe=recipe,
        ids=tuple(f"s{j + 1}" for j in range(k)),
        centres=tuple(tuple(float(value) for value in centre) for centre in centres),
    )
    return Fitted(model, X, labels, float(((X - centres[labels]) ** 2).sum()))


def assign(fitted: Fitted, sample: pa.Table, columns: Columns, path: Path) -> None:
    """Write every customer's id, segment_id, margin and what is carried to `path` (Parquet), 100,000 rows at a time.

    Where the whole table was the fitted sample, the method's own labels are the assignment; a customer
    whom a tree put elsewhere than with the nearest centre then has margin 0.
    """
    model = fitted.model
    whole = sample.num_rows == columns.customers == len(fitted.labels)
    batches = _labelled(sample, columns, model, fitted.labels) if whole else _nearest_batches(columns, model)
    first = next(batches)
    with pq.ParquetWriter(path, first.schema, compression="zstd") as writer:
        writer.write_table(first)
        for batch in batches:
            writer.write_table(batch)


def agreement(fitted: Fitted) -> float:
    """Return the share (0 to 1) of the sample whose label is the nearest centre: what segments.sql reproduces."""
    return float((nearest(fitted.X, fitted.model.matrix)[0] == fitted.labels).mean())


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


def _labelled(sample: pa.Table, columns: Columns, model: Model, labels: Labels) -> Iterator[pa.Table]:
    best, margins = nearest(model.recipe.encode(sample), model.matrix)
    table = _table(sample, columns, labels, np.where(best == labels, margins, 0.0), model)
    yield table.sort_by(model.id)


def _nearest_batches(columns: Columns, model: Model) -> Iterator[pa.Table]:
    needed = columns.table.select(list(dict.fromkeys((model.id, *model.recipe.columns, *columns.carried))))
    for batch in needed.to_pyarrow_batches(chunk_size=BATCH):
        labels, margins = nearest(model.recipe.encode(batch), model.matrix)
        yield _table(batch, columns, labels, margins, model)


def _table(
    batch: pa.Table | pa.RecordBatch, columns: Columns, labels: Labels, margins: np.ndarray, model: Model
) -> pa.Table:
    segment = pa.DictionaryArray.from_arrays(pa.array(labels, pa.int32()), pa.array(model.ids)).cast(pa.string())
    found = {model.id: batch.column(model.id), "segment_id": segment, "margin": pa.array(np.round(margins, 4))}
    return pa.table({**found, **{name: batch.column(name) for name in columns.carried}})
