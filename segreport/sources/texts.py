"""Text files (CSV and its kin), read as text into the engine: nothing is interpreted, and nothing is lost unsaid."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import duckdb

from segreport.errors import InputError
from segreport.settings import ReadSettings
from segreport.sources import dialects, engine
from segreport.sources.dialects import BLANKS, WHOLE
from segreport.sources.encodings import Utf8, as_utf8
from segreport.sources.engine import Engine, blaming
from segreport.sources.finishing import drop_empty
from segreport.sources.layout import Layout, find_layout
from segreport.sources.mending import Plan, holds_rows, mend

SAMPLE = 1 << 18  # bytes that delimiter and header are told from


def load_text(store: Engine, file: Path, read: ReadSettings, table: str) -> tuple[str, ...]:
    """Read a text file into `table`, all columns as text, empty fields as missing; return notes."""
    text = as_utf8(file, read.encoding, store.folder)
    try:
        plan = _plan(file, text.path, read)
        notes = () if _load_in_place(store, plan, table) else _load_mended(store, plan, table)
    finally:
        if text.temporary:
            text.path.unlink()
    return (*_told(plan, text), *plan.layout.notes, *notes, *drop_empty(store, table, plan.layout.unnamed))


def _told(plan: Plan, text: Utf8) -> tuple[str, ...]:
    if plan.delimiter == WHOLE:
        return ("Each line was read as one value, since no delimiter was found; tell it with --delimiter.",)
    delimiter = "" if plan.delimiter == "," else f"{dialects.NAMES.get(plan.delimiter, plan.delimiter)}-separated "
    encoding = f" in {text.encoding}" if text.encoding else ""
    told = (f"Read as {delimiter}text{encoding}.",) if delimiter or encoding else ()
    return (*told, text.note) if text.note else told


def _plan(file: Path, path: Path, read: ReadSettings) -> Plan:
    sample = _sample(path)
    delimiter = _delimiter(read.delimiter, file) or dialects.find_delimiter(sample, decimal_comma=read.decimal == ",")
    if delimiter is None and not dialects.is_one_column(sample):
        raise InputError(f"{file}: no delimiter splits the lines into even rows; tell it with --delimiter.")
    delimiter = delimiter or WHOLE
    rows = dialects.sample_rows(sample, delimiter)
    layout = find_layout([fields for _, fields in rows], read.names, file)
    first_line = rows[layout.begin][0] if layout.begin < len(rows) else 1
    return Plan(file, path, delimiter, layout, first_line)


def _delimiter(told: str | None, file: Path) -> str | None:
    if told is None:
        return None
    delimiter = dialects.TOLD.get(told, told)
    if len(delimiter) != 1 or delimiter in '"\r\n':
        raise InputError(f"{file}: --delimiter {told!r} cannot be used; give one character, or tab or whitespace.")
    return delimiter


def _sample(path: Path) -> str:
    with path.open("rb") as stream:
        head = stream.read(SAMPLE)
        whole = len(head) < SAMPLE
    text = head.decode("utf-8", errors="ignore")
    return text if whole else text[: max(text.rfind("\n"), text.rfind("\r")) + 1] or text


def _load_in_place(store: Engine, plan: Plan, table: str) -> bool:
    """Let the engine read the file; False where it is not quite what CSV ought to be, and nothing was kept."""
    if plan.delimiter == BLANKS:
        return False
    try:
        _read_csv(store, plan.path, plan.delimiter, plan.layout, table)
    except duckdb.Error:
        return False
    if _has_quotes(plan.path) and _swallowed_rows(store, plan, table):
        store.run(f"DROP TABLE {table}")
        return False
    return True


def _load_mended(store: Engine, plan: Plan, table: str) -> tuple[str, ...]:
    clean = store.folder / "clean.csv"
    try:
        notes = mend(plan, clean)
        with blaming(plan.where):
            _read_csv(store, clean, ",", replace(plan.layout, begin=0), table, "new_line='\\n',")
    finally:
        clean.unlink(missing_ok=True)
    return notes


def _read_csv(store: Engine, path: Path, delimiter: str, layout: Layout, table: str, more: str = "") -> None:
    columns = ", ".join(f"{engine.text(name)}: 'VARCHAR'" for name in layout.names)
    store.run(
        f"CREATE TABLE {table} AS FROM read_csv({store.reachable(path)}, "
        f"auto_detect=false, compression='uncompressed', delim={engine.text(delimiter)}, "
        f"quote='\"', escape='\"', nullstr='', {more} "
        f"header=false, skip={layout.begin}, columns={{{columns}}})"
    )


def _has_quotes(path: Path) -> bool:
    with path.open("rb") as stream:
        return any(b'"' in chunk for chunk in iter(lambda: stream.read(SAMPLE), b""))


def _swallowed_rows(store: Engine, plan: Plan, table: str) -> bool:
    """Whether a value holds whole rows, because a quotation mark was opened and the next one stood far below."""
    for name in map(engine.name, plan.layout.names):
        broken = f"FROM {table} SELECT {name} WHERE contains({name}, chr(10)) ORDER BY length({name}) DESC LIMIT 20"
        if any(holds_rows(value, plan) for (value,) in store.run(broken)):
            return True
    return False
