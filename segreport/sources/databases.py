"""DuckDB files, looked at where they lie, and SQLite files, read through Python's own driver: one table or a query."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pyarrow as pa

from segreport.errors import InputError
from segreport.settings import ReadSettings
from segreport.sources import engine
from segreport.sources.engine import BATCH, Engine, blaming

ASKED = "The data is what the query gave."


def load_duckdb(store: Engine, file: Path, read: ReadSettings, table: str) -> tuple[str, ...]:
    """Make `table` a view on the only table of a DuckDB file, or hold what the query gives; return notes."""
    target = f"memory.main.{table}"
    with blaming(file):
        store.run(f"ATTACH {engine.text(str(file.absolute()))} AS attached (READ_ONLY)")
    if read.query:
        with blaming(f"{file}: --query"):
            store.run("USE attached")
            store.run(f"CREATE TABLE {target} AS ({bare(read.query)}\n)")
        store.run("USE memory")
        return (ASKED,)
    found = store.run(
        "SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = 'attached' UNION ALL "
        "SELECT schema_name, view_name FROM duckdb_views() WHERE database_name = 'attached' AND NOT internal "
        "ORDER BY ALL"
    )
    names = [name if schema == "main" else f"{schema}.{name}" for schema, name in found]
    _check_only(file, names)
    schema, name = map(engine.name, found[0])
    with blaming(file):
        store.run(f"CREATE VIEW {target} AS FROM attached.{schema}.{name}")
    return (f"Read table {names[0]!r}.",)


def load_sqlite(store: Engine, file: Path, read: ReadSettings, table: str) -> tuple[str, ...]:
    """Copy the only table of a SQLite file, or what the query gives, into `table`; return notes.

    SQLite types values, not columns: a column is a number here where all its values are.
    """
    with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as database:
        database.text_factory = lambda raw: raw.decode("utf-8", errors="replace")
        try:
            if read.query:
                _copy(store, database, f"({bare(read.query)}\n)", table)
                return (ASKED,)
            names = _tables(database)
            _check_only(file, names)
            _copy(store, database, engine.name(names[0]), table)
        except (sqlite3.Error, sqlite3.Warning) as error:
            where = f"{file}: --query" if read.query else file
            raise InputError(f"{where}: {error}.") from error
    return (f"Read table {names[0]!r}.",)


def bare(query: str) -> str:
    """Return a query without the semicolon at its end, so that it can stand inside another."""
    return query.strip().rstrip(";").rstrip()


def _check_only(file: Path, names: Sequence[str]) -> None:
    if not names:
        raise InputError(f"{file}: the database holds no table.")
    if len(names) > 1:
        listed = ", ".join(names[:20]) + (" …" if len(names) > 20 else "")
        query = f'--query "SELECT * FROM {names[0]}"'  # noqa: S608 - shown, not run
        raise InputError(f"{file}: the database holds {len(names)} tables ({listed}); say which with {query}.")


def _tables(database: sqlite3.Connection) -> list[str]:
    rows = database.execute(
        "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND substr(name, 1, 7) <> 'sqlite_' ORDER BY 1"
    )
    return [name for (name,) in rows]


def _copy(store: Engine, database: sqlite3.Connection, relation: str, table: str) -> None:
    names = [column[0] for column in database.execute(f"SELECT * FROM {relation} LIMIT 0").description]  # noqa: S608 - the user's own query
    types = [_type(database, relation, name) for name in dict.fromkeys(names)]
    unique = list(dict.fromkeys(names))
    schema = pa.schema(list(zip(unique, types, strict=True)))
    columns = ", ".join(map(engine.name, unique))
    rows = database.execute(f"SELECT {columns} FROM {relation}")  # noqa: S608 - the user's own query
    store.append(table, schema.empty_table())
    while batch := rows.fetchmany(BATCH):
        cells = [
            pa.array(_cells(column, kind), kind) for column, kind in zip(zip(*batch, strict=True), types, strict=True)
        ]
        store.append(table, pa.Table.from_arrays(cells, schema=schema))


def _type(database: sqlite3.Connection, relation: str, name: str) -> pa.DataType:
    column = engine.name(name)
    kinds = {kind for (kind,) in database.execute(f"SELECT DISTINCT typeof({column}) FROM {relation}")} - {"null"}  # noqa: S608 - quoted
    if kinds == {"integer"}:
        return pa.int64()
    return pa.float64() if kinds and kinds <= {"integer", "real"} else pa.string()


def _cells(column: Sequence[Any], kind: pa.DataType) -> list[Any]:
    if kind != pa.string():
        return list(column)
    return [None if cell in (None, "") else cell if isinstance(cell, str) else _text(cell) for cell in column]


def _text(cell: float | bytes) -> str:
    return cell.hex() if isinstance(cell, bytes) else str(cell)
