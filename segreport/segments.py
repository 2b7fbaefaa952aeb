"""The model (recipe, centres, ids: JSON, no pickle) and the segment of every customer.

Customers are assigned batch by batch with one matrix product, or inside the engine by one expression,
which is also the file segments.sql.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import TypeAdapter

from segreport.columns import Column, Columns
from segreport.errors import SettingsError
from segreport.features import Matrix, Recipe
from segreport.methods import WARD_SIZE, Labels, Method, Partition, cutter, nearest

FIT_SIZE: dict[Method, int] = {"kmeans": 200_000, "bisecting": 200_000, "ward": WARD_SIZE}
STARTS_SIZE = 10_000
BATCH = 500_000


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


def cluster(X: Matrix, k: int, columns: Columns, recipe: Recipe, *, method: Method, seed: int) -> Fitted:
    """Return the model of k segments, numbered s1 … sk from the largest to the smallest."""
    fit = X[: FIT_SIZE[method]]
    partition = _partition(fit, k, method, seed)
    order = np.argsort(-np.bincount(partition.labels, minlength=k), kind="stable")
    centres = partition.centres[order]
    labels = np.argsort(order)[partition.labels]
    if len(fit) < columns.customers:  # most are then assigned by the nearest centre, so all are
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
    """Write every customer's id, segment_id and margin to `path` (Parquet), in batches of 500,000 rows.

    Where the whole table was the fitted sample, the method's own labels are the assignment; a customer
    whom a tree put elsewhere than with the nearest centre then has margin 0.
    """
    model = fitted.model
    whole = sample.num_rows == columns.customers == len(fitted.labels)
    batches = _labelled(sample, model, fitted.labels) if whole else _nearest_batches(columns, model)
    first = next(batches)
    with pq.ParquetWriter(path, first.schema, compression="zstd") as writer:
        writer.write_table(first)
        for batch in batches:
            writer.write_table(batch)


def agreement(fitted: Fitted) -> float:
    """Return the share (0 to 1) of the sample whose label is the nearest centre: what segments.sql reproduces."""
    return float((nearest(fitted.X, fitted.model.matrix)[0] == fitted.labels).mean())


def assign_expression(table: ir.Table, model: Model) -> ir.Table:
    """Return id and segment_id of every row of a typed table, as one expression for the engine to compute."""
    return _nearest(_distances(_points(table, model), model), model)


def segments_sql(model: Model, raw: ir.Table, typed: ir.Table, *, dialect: str, agree: float) -> str:
    """Return the assignment as one SQL statement over a table named `customers`, with a head that says what it is.

    `raw` is an unbound table of the source's shape and `typed` the expression that reads it; `agree` is the
    share (0 to 1) of customers it puts where assignments.parquet does. Raises SettingsError for a dialect
    sqlglot does not write.
    """
    from sqlglot.dialects import Dialects

    if dialect not in {known.value for known in Dialects} - {""}:
        raise SettingsError(
            f"--sql-dialect {dialect!r} is not known; use duckdb, postgres, bigquery, snowflake, spark …"
        )
    exact = (
        "the same segments"
        if agree == 1
        else f"the same segment for {agree:.1%} of customers (a tree was cut, this takes the nearest centre)"
    )
    head = [
        "-- The segment of every customer, from the report's model (model.json): the nearest centre.",
        f"-- Replace the table {raw.get_name()} by your own; it needs the columns "
        + ", ".join(f'"{column.name}"' for column in model.inputs)
        + f' and "{model.id}".',
        f"-- It gives {exact} as assignments.parquet.",
    ]
    return "\n".join([*head, _statement(typed, model, dialect), ""])


def _points(table: ir.Table, model: Model) -> ir.Table:
    features = model.recipe.expressions(table)
    return table.select(table[model.id], **{f"z{i}": feature for i, feature in enumerate(features, 1)})


def _distances(points: ir.Table, model: Model) -> ir.Table:
    """Return id and the squared distance to each centre, added up in the order that `nearest` does."""
    squares = (
        ((points[f"z{i}"] - at if at >= 0 else points[f"z{i}"] + -at) ** 2 for i, at in enumerate(centre, 1))
        for centre in model.centres
    )
    distances = {f"d{j}": functools.reduce(operator.add, terms) for j, terms in enumerate(squares, 1)}
    return points.select(points[model.id], **distances)


def _nearest(distances: ir.Table, model: Model) -> ir.Table:
    found = [distances[f"d{j}"] for j in range(1, len(model.ids) + 1)]
    ident = ibis.least(*found).cases(*zip(found, model.ids, strict=True))
    return distances.select(distances[model.id], segment_id=ident)


def _statement(typed: ir.Table, model: Model, dialect: str) -> str:
    """Return one WITH statement whose steps have names; each reads the one before and nothing else."""
    steps = {"readable": typed}
    for name, stage in {"points": _points, "distances": _distances, "": _nearest}.items():
        before, table = list(steps.items())[-1]
        steps[name] = stage(ibis.table(table.schema(), name=before), model)
    *named, (_, last) = steps.items()
    parts = ",\n".join(f"{name} AS (\n{_select(step, dialect)}\n)" for name, step in named)
    return f"WITH {parts}\n{_select(last, dialect)};"


def _select(table: ir.Table, dialect: str) -> str:
    """Return the SELECT, a column a line, without the aliases that Ibis gives tables: each has only one."""
    import sqlglot
    from sqlglot import exp

    tree = sqlglot.parse_one(str(ibis.to_sql(table, dialect="duckdb")), read="duckdb")
    print(repr(tree)[:300])
    return tree.sql(dialect=dialect)


def _partition(X: Matrix, k: int, method: Method, seed: int) -> Partition:
    """Cut X into k; for k-means on many points the starts are tried on the first 10,000 and the best one finished on all."""
    if method != "kmeans" or len(X) <= STARTS_SIZE:
        return cutter(method, X, seed=seed)(k)
    from sklearn.cluster import KMeans

    start = cutter(method, X[:STARTS_SIZE], seed=seed)(k).centres
    fit = KMeans(k, init=start, n_init=1, random_state=seed).fit(X)
    return Partition(fit.labels_.astype(np.intp), fit.cluster_centers_, float(fit.inertia_))


def _labelled(sample: pa.Table, model: Model, labels: Labels) -> Iterator[pa.Table]:
    best, margins = nearest(model.recipe.encode(sample), model.matrix)
    table = _table(sample.column(model.id), labels, np.where(best == labels, margins, 0.0), model)
    yield table.sort_by(model.id)


def _nearest_batches(columns: Columns, model: Model) -> Iterator[pa.Table]:
    for batch in _batches(columns.table.select(model.id, *model.recipe.columns)):
        labels, margins = nearest(model.recipe.encode(batch), model.matrix)
        yield _table(batch.column(model.id), labels, margins, model)


def _batches(table: ir.Table) -> Iterator[pa.RecordBatch]:
    engine = table.get_backend()
    if engine.name == "duckdb":  # Ibis 12 still calls DuckDB's method by the name it had before 2.0
        yield from engine.raw_sql(table.compile()).to_arrow_reader(BATCH)
    else:
        yield from table.to_pyarrow_batches(chunk_size=BATCH)


def _table(ids: pa.Array | pa.ChunkedArray, labels: Labels, margins: np.ndarray, model: Model) -> pa.Table:
    segment = pa.DictionaryArray.from_arrays(pa.array(labels, pa.int32()), pa.array(model.ids)).cast(pa.string())
    return pa.table({model.id: ids, "segment_id": segment, "margin": pa.array(np.round(margins, 4))})
