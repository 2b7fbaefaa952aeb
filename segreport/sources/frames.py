"""Data frames and Ibis tables: what Python already holds, or another engine."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
import pyarrow as pa

from segreport.errors import InputError
from segreport.settings import ReadSettings
from segreport.sources.databases import ASKED, bare
from segreport.sources.engine import blaming, open_engine, said
from segreport.sources.finishing import finish
from segreport.sources.layout import clean_names
from segreport.sources.source import Source

if TYPE_CHECKING:
    import pandas as pd

NAME = "data frame"
CHUNK = 1_000_000  # rows hashed at a time
COPIED = 100_000  # rows copied at a time


def open_frame(data: Any, read: ReadSettings) -> Source:
    """Return a pandas, Polars or Arrow table (or anything else that speaks Arrow's C stream) as a Source.

    A pandas index that is more than a row number is a column. Raises InputError for anything else.
    """
    notes: tuple[str, ...] = ()
    if type(data).__module__.split(".")[0] == "pandas" and hasattr(data, "columns"):
        data, notes = _from_pandas(data)
    if type(data).__module__.split(".")[0] == "polars":
        data = _from_polars(data)
    if not hasattr(data, "__arrow_c_stream__") or hasattr(data, "to_frame"):
        kind = type(data).__name__
        raise InputError(f"A {kind} cannot be read; give a path, or a pandas, Polars, Arrow or Ibis table.")
    try:
        frame = _plain(pa.table(data))
    except (pa.ArrowException, ValueError) as error:
        raise InputError(f"The {NAME} cannot be read: {said(error)}.") from error
    if not frame.num_columns:
        raise InputError("The data frame has no columns.")
    store = open_engine()
    with blaming(NAME):
        store.append("data", frame)
    return finish(store, NAME, _fingerprint(frame), notes, read)


def _from_pandas(frame: pd.DataFrame) -> tuple[pa.Table, tuple[str, ...]]:
    import pandas as pd

    notes: tuple[str, ...] = ()
    if list(frame.index.names) != [None] or not pd.api.types.is_integer_dtype(frame.index):
        names = [f"index_{i}" if name is None else str(name) for i, name in enumerate(frame.index.names, 1)]
        frame = frame.reset_index(names=names, allow_duplicates=True)
        notes = ("The data frame's index is read as a column.",)
    labels: list[object] = list(frame.columns)
    texts = [" ".join(map(str, label)) if isinstance(label, tuple) else str(label) for label in labels]
    columns = [_from_series(frame.iloc[:, i]) for i in range(frame.shape[1])]
    return pa.Table.from_arrays(columns, names=list(clean_names(texts)[0])), notes


def _from_series(series: pd.Series[Any]) -> pa.Array | pa.ChunkedArray:
    import pandas as pd

    kind = series.cat.categories.dtype if isinstance(series.dtype, pd.CategoricalDtype) else series.dtype
    try:
        if not isinstance(kind, pd.IntervalDtype | pd.PeriodDtype):
            return pa.array(series, from_pandas=True)
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError, OverflowError):
        pass  # a column of mixed values, as Excel files give them, or of numbers beyond 64 bits
    return pa.array(
        [None if missing else str(value) for value, missing in zip(series, series.isna(), strict=True)], pa.string()
    )


def _from_polars(data: Any) -> Any:
    """Return a Polars frame, or whatever else of Polars; numbers of 128 bits as int64, or as text where too large."""
    import polars as pl

    frame = data.collect() if isinstance(data, pl.LazyFrame) else data
    if not isinstance(frame, pl.DataFrame):
        return frame
    large = [column for column in frame.iter_columns() if str(column.dtype) in {"Int128", "UInt128"}]
    short = [column.cast(pl.Int64, strict=False) for column in large]
    return frame.with_columns(
        fitting if fitting.null_count() == column.null_count() else column.cast(pl.String)
        for column, fitting in zip(large, short, strict=True)
    )


def _plain(frame: pa.Table) -> pa.Table:
    """Without the maker's metadata, and in types that every engine knows."""
    return pa.Table.from_arrays([_plain_column(column) for column in frame.columns], names=frame.column_names)


def _plain_column(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return categories as the values they stand for, and numbers of a rare width as numbers of a usual one."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        chunks = column.chunks or [pa.array([], kind)]
        values = [_plain_column(pa.chunked_array([chunk.dictionary])).take(chunk.indices) for chunk in chunks]
        return pa.chunked_array([part for value in values for part in value.chunks])
    if isinstance(kind, pa.BaseExtensionType):
        return _plain_column(column.cast(kind.storage_type))
    if pa.types.is_string_view(kind):
        return column.cast(pa.string())
    if pa.types.is_float16(kind):
        return column.cast(pa.float32())
    return _narrow(column) if pa.types.is_decimal256(kind) else column


def _narrow(column: pa.ChunkedArray) -> pa.ChunkedArray:
    try:
        return column.cast(pa.decimal128(38, min(column.type.scale, 38)))
    except pa.ArrowInvalid:
        return column.cast(pa.float64())


def _fingerprint(frame: pa.Table) -> str:
    """Hash the Arrow stream of the frame in even chunks, so that how it was put together does not matter."""
    digest = _Digest()
    with pa.ipc.new_stream(pa.PythonFile(digest, mode="w"), frame.schema) as stream:
        for begin in range(0, frame.num_rows, CHUNK):
            stream.write_table(frame.slice(begin, CHUNK).combine_chunks())
    return digest.sha256.hexdigest()


class _Digest:
    """A file that keeps only the hash of what is written to it."""

    closed = False

    def __init__(self) -> None:
        self.sha256 = hashlib.sha256()

    def write(self, chunk: bytes) -> int:
        self.sha256.update(chunk)
        return len(chunk)

    def flush(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """Nothing is open."""


def open_ibis(table: ir.Table, read: ReadSettings) -> Source:
    """Return an Ibis table as a Source: on DuckDB where it lies, from any other engine copied into one of ours.

    Not every engine can do what is asked later (a hash of a text, quantiles), so a copy is the safe way; it
    is streamed and may spill to disk.
    """
    if not isinstance(table, ir.Table):
        raise InputError(f"An Ibis {type(table).__name__} cannot be read; give an Ibis table.")
    if table.op().find(ops.UnboundTable):
        raise InputError("The Ibis table is not bound to a database; take it from a connection.")
    try:
        if table.op().find(ops.InMemoryTable):
            return open_frame(table.to_pyarrow(), read)
        if read.query:
            table = table.alias("data").sql(bare(read.query))
        rows = int(table.count().to_pyarrow().as_py())
        sql = str(ibis.to_sql(table))
    except InputError:
        raise
    except Exception as error:  # any driver's error may come, and none is ours
        raise InputError(f"The Ibis table cannot be read: {said(error)}.") from error
    if not rows:
        raise InputError("The Ibis table has no rows.")
    schema = "\n".join(f"{name} {kind}" for name, kind in table.schema().items())
    digest = hashlib.sha256(f"{schema}\n{rows}\n{sql}".encode()).hexdigest()
    name = table.op().name if isinstance(table.op(), ops.DatabaseTable) else "Ibis table"
    table, renamed = _cleanly_named(table)
    notes = (*((ASKED,) if read.query else ()), *renamed)
    engine = table.get_backend().name
    if engine == "duckdb":
        return Source(table, name, digest, notes)
    store = open_engine()
    for batch in table.to_pyarrow_batches(chunk_size=COPIED):
        store.append("data", _plain(pa.Table.from_batches([batch])))
    return finish(store, name, digest, (*notes, f"Copied from {engine} for counting."), ReadSettings())


def _cleanly_named(table: ir.Table) -> tuple[ir.Table, tuple[str, ...]]:
    names, _, notes = clean_names(table.columns)
    if names == tuple(table.columns):
        return table, ()
    return table.rename(dict(zip(names, table.columns, strict=True))), notes
