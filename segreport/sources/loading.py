"""Files into the engine: one file by its kind, or several with the same columns, one below the other."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from segreport.errors import InputError
from segreport.settings import ReadSettings
from segreport.sources import files
from segreport.sources.databases import load_duckdb, load_sqlite
from segreport.sources.engine import Engine, blaming, open_engine
from segreport.sources.files import Kind
from segreport.sources.finishing import finish
from segreport.sources.layout import NoRowsError
from segreport.sources.records import load_json
from segreport.sources.source import Source
from segreport.sources.texts import load_text
from segreport.sources.workbooks import load_workbook

Loader = Callable[[Engine, Path, ReadSettings, str], tuple[str, ...]]


def open_files(path: str, read: ReadSettings) -> Source:
    """Return the file, or the files of a folder or a pattern, as one Source."""
    found = files.find_files(path)
    name, digest = files.shown_name(path, found), files.fingerprint(found)
    store = open_engine()
    if len(found) == 1:
        kind = files.kind_of(found[0])
        _check_settings(found[0], kind, read)
        notes = LOADERS[kind](store, found[0], read, "data")
        asked = kind in {"sqlite", "duckdb"}  # these have answered the query themselves
        return finish(store, name, digest, notes, read.model_copy(update={"query": None}) if asked else read)
    return finish(store, name, digest, _load_several(store, found, read), read)


def load_parquet(store: Engine, file: Path, read: ReadSettings, table: str) -> tuple[str, ...]:  # noqa: ARG001 - one shape for all loaders
    """Make `table` a view on a Parquet file."""
    with blaming(file, "The Parquet file may be damaged; export or download it again."):
        store.run(f"CREATE VIEW {table} AS FROM read_parquet({store.reachable(file)})")
    return ()


KIND_NAMES: dict[Kind, str] = {
    "text": "a text file",
    "json": "a JSON file",
    "parquet": "a Parquet file",
    "workbook": "a workbook",
    "sqlite": "a SQLite file",
    "duckdb": "a DuckDB file",
}
LOADERS: dict[Kind, Loader] = {
    "text": load_text,
    "json": load_json,
    "parquet": load_parquet,
    "workbook": load_workbook,
    "sqlite": load_sqlite,
    "duckdb": load_duckdb,
}


def _check_settings(file: Path, kind: Kind, read: ReadSettings) -> None:
    """Raise InputError where a setting would silently come to nothing."""
    uses = {
        "--sheet": {"workbook"},
        "--names": {"workbook", "text"},
        "--delimiter": {"text"},
        "--encoding": {"text", "json"},
    }
    given = {"--sheet": read.sheet, "--names": read.names, "--delimiter": read.delimiter, "--encoding": read.encoding}
    for flag, kinds in uses.items():
        if given[flag] is not None and kind not in kinds:
            raise InputError(f"{file}: {flag} means nothing for {KIND_NAMES[kind]}; leave it out.")


def _load_several(store: Engine, found: list[Path], read: ReadSettings) -> tuple[str, ...]:
    # some jobs leave files without a byte beside full ones
    kinds = {file: files.kind_of(file) for file in found if file.stat().st_size}
    if set(kinds.values()) == {"parquet"}:
        return _view_parquet(store, list(kinds))
    said: dict[str, list[str]] = {}
    loaded: list[Path] = []
    for file, kind in kinds.items():
        if kind in {"sqlite", "duckdb"}:
            raise InputError(f"{file}: a database cannot be one of several files; give its path alone.")
        _check_settings(file, kind, read)
        try:
            notes = LOADERS[kind](store, file, read, "part" if loaded else "data")
        except NoRowsError:
            continue
        if kind == "parquet":
            _hold(store, file, "part" if loaded else "data")
        for note in notes:
            said.setdefault(note, []).append(file.name)
        if loaded:
            _append_part(store, loaded[0], file)
        loaded.append(file)
    if not loaded:
        raise InputError(f"{found[0].parent}: none of the {len(found)} files has a row of data.")
    empty = ", ".join(file.name for file in found if file not in loaded)
    return (*_merged(said, len(loaded)), *((f"Left out files without a row: {empty}.",) if empty else ()))


def _hold(store: Engine, file: Path, table: str) -> None:
    """Make a table of a view, so that other files can be added to it."""
    with blaming(file):
        store.run(f"CREATE TABLE held AS FROM {table}")
        store.run(f"DROP VIEW {table}")
        store.run(f"ALTER TABLE held RENAME TO {table}")


def _append_part(store: Engine, first: Path, file: Path) -> None:
    before, now = store.columns("data"), store.columns("part")
    _check_columns(first, before, file, now)
    with blaming(file):
        if set(before.values()) == set(now.values()) == {"VARCHAR"}:
            store.run("INSERT INTO data BY NAME FROM part")
        else:  # the engine finds the type that holds both
            store.run("CREATE OR REPLACE TABLE data AS FROM data UNION ALL BY NAME FROM part")
        store.run("DROP TABLE part")


def _view_parquet(store: Engine, found: list[Path]) -> tuple[str, ...]:
    load_parquet(store, found[0], ReadSettings(), "part")
    first = store.columns("part")
    places = [store.reachable(file) for file in found]
    for file, place in zip(found, places, strict=True):
        with blaming(file, "The Parquet file may be damaged; export or download it again."):
            now = store.columns(f"(FROM read_parquet({place}))")
        _check_columns(found[0], first, file, now)
    with blaming(found[0].parent):
        store.run(f"CREATE VIEW data AS FROM read_parquet([{', '.join(places)}], union_by_name=true)")
    return ()


def _check_columns(first: Path, before: dict[str, str], file: Path, now: dict[str, str]) -> None:
    old, new = {name.casefold() for name in before}, {name.casefold() for name in now}
    missing = [name for name in before if name.casefold() not in new]
    extra = [name for name in now if name.casefold() not in old]
    if missing or extra:
        parts = [f"lacks {', '.join(missing)}"] if missing else []
        parts += [f"has {', '.join(extra)} besides"] if extra else []
        raise InputError(f"{file}: its columns differ from those of {first.name}: it {' and '.join(parts)}.")


def _merged(said: dict[str, list[str]], count: int) -> tuple[str, ...]:
    return tuple(
        note if len(names) == count else f"{', '.join(names[:5])}{' …' if len(names) > 5 else ''}: {note}"
        for note, names in said.items()
    )
