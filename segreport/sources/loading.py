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
    kinds = {file: _kind_or_none(file) for file in found}
    filled = [file for file in found if kinds[file]]
    if not filled:
        raise InputError(f"{found[0].parent}: all {len(found)} files are empty.")
    if set(kinds.values()) == {"parquet"}:
        return _view_parquet(store, found)
    said: dict[str, list[str]] = {}
    for file in filled:
        kind = kinds[file]
        if kind in {"sqlite", "duckdb", None}:
            raise InputError(f"{file}: a database cannot be one of several files; give its path alone.")
        _check_settings(file, kind, read)
        for note in LOADERS[kind](store, file, read, "part" if file != filled[0] else "data"):
            said.setdefault(note, []).append(file.name)
        if file != filled[0]:
            _append_part(store, filled[0], file)
    empty = [file.name for file in found if not kinds[file]]
    return (*_merged(said, len(filled)), *((f"Skipped empty files: {', '.join(empty)}.",) if empty else ()))


def _kind_or_none(file: Path) -> Kind | None:
    """None for a file without a byte, as some jobs leave them beside full ones."""
    return files.kind_of(file) if file.stat().st_size else None


def _append_part(store: Engine, first: Path, file: Path) -> None:
    before, now = store.columns("data"), store.columns("part")
    _check_columns(first, before, file, now)
    with blaming(file):
        if {name.casefold(): kind for name, kind in before.items()} == {
            name.casefold(): kind for name, kind in now.items()
        }:
            store.run("INSERT INTO data BY NAME FROM part")
        else:
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
