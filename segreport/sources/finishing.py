"""The last step of reading, alike for all: the query, empty rows and columns, names and types that later rooms know."""

from __future__ import annotations

import re

from segreport.errors import InputError
from segreport.settings import ReadSettings
from segreport.sources import engine
from segreport.sources.databases import ASKED, bare
from segreport.sources.engine import Engine, blaming
from segreport.sources.layout import clean_names
from segreport.sources.source import Source

PANDAS_INDEX = re.compile(r"__index_level_\d+__")
WHOLE = re.compile(r"U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?")
KNOWN = re.compile(r"U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|FLOAT|DOUBLE|DECIMAL\(.*\)|BOOLEAN|DATE|TIMESTAMP.*|VARCHAR")


def finish(store: Engine, name: str, fingerprint: str, notes: tuple[str, ...], read: ReadSettings) -> Source:
    """Return what was read into the engine's table "data" as a Source; raise InputError where it has no rows."""
    table = "data"
    if read.query:
        with blaming(f"{name}: --query", "The file is the table data; columns of text files are text."):
            store.run(f"CREATE TABLE answer AS ({bare(read.query)}\n)")
        table, notes = "answer", (*notes, ASKED)
    with blaming(name):
        rows = store.count(table)
        if not rows:
            raise InputError(f"{name}: there are no rows.")
        store.widen(rows)
        table, more = _known_names_and_types(store, table)
        return Source(store.backend.table(table), name, fingerprint, (*notes, *more))


def _known_names_and_types(store: Engine, table: str) -> tuple[str, tuple[str, ...]]:
    """Make a view with clean names, where what other rooms do not know (lists, structures, UUIDs …) is text.

    The row numbers that pandas writes beside a table's columns are left out.
    """
    found = store.columns(table)
    types = {column: kind for column, kind in found.items() if not _numbers_rows(column, kind)} or found
    names, _, notes = clean_names(list(types))
    left = ", ".join(column for column in found if column not in types)
    notes = (*notes, f"The row numbers that pandas wrote were left out: {left}.") if left else notes
    foreign = {column for column, kind in types.items() if not KNOWN.fullmatch(kind)}
    if not foreign and list(names) == list(found):
        return table, notes
    columns = ", ".join(
        f"{engine.name(old)}{'::VARCHAR' if old in foreign else ''} AS {engine.name(new)}"
        for old, new in zip(types, names, strict=True)
    )
    store.run(f"CREATE VIEW clean AS SELECT {columns} FROM {table}")  # noqa: S608 - quoted
    return "clean", notes


def _numbers_rows(column: str, kind: str) -> bool:
    return PANDAS_INDEX.fullmatch(column) is not None and WHOLE.fullmatch(kind) is not None


def drop_empty(store: Engine, table: str, unnamed: tuple[str, ...]) -> tuple[str, ...]:
    """Drop rows without any value, and columns that have neither a name nor a value; return notes."""
    columns = list(store.columns(table))
    nothing = " AND ".join(f"{engine.name(column)} IS NULL" for column in columns)
    (dropped,) = store.run(f"DELETE FROM {table} WHERE {nothing}")[0]  # noqa: S608 - quoted
    empty = [column for column in unnamed if len(columns) > 1 and not _values(store, table, column)]
    for column in empty:
        store.run(f"ALTER TABLE {table} DROP COLUMN {engine.name(column)}")
    notes = (f"Left out {dropped:,} empty row{'s' * (dropped > 1)}.",) if dropped else ()
    kept = [column for column in unnamed if column not in empty]
    return (*notes, f"Columns without a name are called {', '.join(kept)}.") if kept else notes


def _values(store: Engine, table: str, column: str) -> int:
    return int(store.run(f"SELECT count({engine.name(column)}) FROM {table}")[0][0])  # noqa: S608 - quoted
