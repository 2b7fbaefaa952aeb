"""The segment of every customer, batch by batch with one matrix product, and what the model saw of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from segreport.columns import Columns
from segreport.methods import Labels, nearest
from segreport.segments.model import Fitted, Model

BATCH = 100_000
WORTH = "segreport_value"
"""What a customer is worth, in inputs.parquet: an input may well be called value."""

Pair = tuple[pa.Table, pa.Table]
"""Some customers' assignments, and what the model saw of them."""


def assign(fitted: Fitted, sample: pa.Table, columns: Columns, path: Path, inputs: Path | None = None) -> None:
    """Write every customer's id, segment_id, margin and what is carried to `path` (Parquet), 100,000 rows at a time.

    What the model is made on, and what each customer is worth, goes to `inputs`. Where the whole table was the fitted
    sample, the method's own labels are the assignment; a customer whom a tree put elsewhere than with the nearest
    centre then has margin 0.
    """
    whole = sample.num_rows == columns.customers == len(fitted.labels)
    _write(_labelled(sample, columns, fitted) if whole else _batches(columns, fitted.model), path, inputs)


def assign_nearest(model: Model, columns: Columns, path: Path) -> None:
    """Write every customer's id, segment_id and margin by a model that was fitted before."""
    _write(_batches(columns, model), path, None)


def ids_of(model: Model, labels: Labels) -> pa.Array:
    """Return the id of each label (n), as text."""
    return pa.DictionaryArray.from_arrays(pa.array(labels, pa.int32()), pa.array(model.ids)).cast(pa.string())


def _write(pairs: Iterator[Pair], path: Path, inputs: Path | None) -> None:
    first = next(pairs)
    paths = [path, inputs] if inputs else [path]
    with ExitStack() as files:
        writers = [
            files.enter_context(pq.ParquetWriter(to, table.schema, compression="zstd", use_dictionary=to == path))
            for to, table in zip(paths, first, strict=False)
        ]
        for writer, table in zip(writers, first, strict=False):
            writer.write_table(table)
        for pair in pairs:
            for writer, table in zip(writers, pair, strict=False):
                writer.write_table(table)


def _labelled(sample: pa.Table, columns: Columns, fitted: Fitted) -> Iterator[Pair]:
    best, margins = nearest(fitted.X, fitted.model.matrix)
    margins = np.where(best == fitted.labels, margins, 0.0)
    table = _table(sample, columns, fitted.labels, margins, fitted.model)
    yield table.sort_by(fitted.model.id), _seen(sample, columns, fitted.model)


def _batches(columns: Columns, model: Model) -> Iterator[Pair]:
    wanted = (model.id, *model.recipe.columns, *columns.carried, *columns.value)
    needed = columns.table.select(list(dict.fromkeys(wanted)))
    for batch in needed.to_pyarrow_batches(chunk_size=BATCH):
        labels, margins = nearest(model.recipe.encode(batch), model.matrix)
        yield _table(batch, columns, labels, margins, model), _seen(batch, columns, model)


def _table(
    batch: pa.Table | pa.RecordBatch, columns: Columns, labels: Labels, margins: np.ndarray, model: Model
) -> pa.Table:
    found = {
        model.id: batch.column(model.id),
        "segment_id": ids_of(model, labels),
        "margin": pa.array(np.round(margins, 4)),
    }
    return pa.table({**found, **{name: batch.column(name) for name in columns.carried}})


def _seen(batch: pa.Table | pa.RecordBatch, columns: Columns, model: Model) -> pa.Table:
    found = {name: batch.column(name) for name in (model.id, *model.recipe.columns)}
    worth = [batch.column(name).cast(pa.float64()).fill_null(0.0) for name in columns.value]
    if worth:
        total = worth[0]
        for more in worth[1:]:
            total = pc.add(total, more)
        found[WORTH] = total
    return pa.table(found)
