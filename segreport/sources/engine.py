"""The embedded DuckDB that holds what was read, within bounded memory."""

from __future__ import annotations

import re
import tempfile
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import ibis
import pyarrow as pa

from segreport.errors import InputError

if TYPE_CHECKING:
    from ibis.backends.duckdb import Backend

BATCH = 50_000  # rows held in Python at a time


@dataclass(frozen=True, eq=False)
class Engine:
    """An Ibis backend on an in-memory DuckDB, and a folder for its temporary files that goes when the backend goes."""

    backend: Backend
    folder: Path

    def run(self, sql: str) -> list[tuple[Any, ...]]:
        """Return the rows of one SQL statement (none for a statement without a result)."""
        cursor = self.backend.con.execute(sql)
        return cursor.fetchall() if cursor.description else []

    def columns(self, table: str) -> dict[str, str]:
        """Return name -> DuckDB type of a table or view, in order."""
        return {row[0]: row[1] for row in self.run(f"DESCRIBE {table}")}

    def count(self, table: str) -> int:
        """Return how many rows a table or view has."""
        return int(self.run(f"SELECT count(*) FROM {table}")[0][0])  # noqa: S608 - our own table names

    def widen(self, rows: int) -> None:
        """Allow more memory for many rows: 60 bytes a row, from half a gigabyte to not quite three."""
        self.run(f"SET memory_limit = '{min(max(512, rows * 60 // 10**6), 2800)}MB'")

    def append(self, table: str, rows: pa.Table) -> None:
        """Add Arrow rows to a table, which is made by the first of them."""
        self.backend.con.register("arriving", rows)
        exists = self.run(f"SELECT 1 FROM duckdb_tables() WHERE table_name = {text(table)}")  # noqa: S608 - our own table names
        self.run(f"INSERT INTO {table} FROM arriving" if exists else f"CREATE TABLE {table} AS FROM arriving")
        self.backend.con.unregister("arriving")

    def reachable(self, path: Path) -> str:
        """Return the file's path as an SQL text that DuckDB does not take for a pattern."""
        if not set(str(path)) & set("*?[]{}"):
            return text(str(path.absolute()))
        link = Path(tempfile.mkdtemp(dir=self.folder), f"file{path.suffix}")
        link.symlink_to(path.absolute())
        return text(str(link))


def open_engine() -> Engine:
    """Return an empty engine that spills to disk beyond half a gigabyte and never reaches for the network."""
    folder = tempfile.TemporaryDirectory(prefix="segreport-")
    backend = ibis.duckdb.connect(
        temp_directory=str(Path(folder.name, "spill")),
        memory_limit="512MB",
        autoinstall_known_extensions=False,
    )
    backend.con.execute("SET TimeZone = 'UTC'")  # the same hours on every machine
    weakref.finalize(backend, folder.cleanup)
    return Engine(backend, Path(folder.name))


@contextmanager
def blaming(where: object, hint: str = "") -> Iterator[None]:
    """Turn an error of DuckDB into an InputError that says where, and DuckDB's first line without any value."""
    try:
        yield
    except duckdb.Error as error:
        raise InputError(f"{where}: {said(error)}.{' ' + hint if hint else ''}") from error


def said(error: Exception) -> str:
    """Return the first line of a driver's error, without the values of customers that it may quote."""
    first = (str(error).strip() or type(error).__name__).splitlines()[0]
    first = re.sub(r"^[A-Za-z ]+ Error: ", "", first).rstrip(". ")
    if isinstance(error, duckdb.CatalogException | duckdb.BinderException | duckdb.ParserException):
        return first  # these know names and the query, and no value
    # a value may hold quotation marks of its own, or go on in the next line
    quoted = re.sub(r"""(['"]).*\1|(?<!\w)['"].*$""", "…", first)
    return re.sub(r"\d{5,}", "…", quoted)


def name(identifier: str) -> str:
    """Return an identifier as SQL."""
    return '"' + identifier.replace('"', '""') + '"'


def text(value: str) -> str:
    """Return a text as SQL."""
    return "'" + value.replace("'", "''") + "'"
