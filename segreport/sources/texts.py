"""Text files (CSV and its kin), read as text into the engine: nothing is interpreted, and nothing is lost unsaid."""

from __future__ import annotations

import io
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from segreport.errors import InputError
from segreport.settings import ReadSettings
from segreport.sources import dialects, engine
from segreport.sources.dialects import BLANKS, Fields, Split
from segreport.sources.encodings import Utf8, as_utf8
from segreport.sources.engine import Engine, blaming
from segreport.sources.finishing import drop_empty
from segreport.sources.layout import Layout, find_layout

SAMPLE = 1 << 18  # bytes that delimiter and header are told from


@dataclass(frozen=True)
class Plan:
    """How one text file is to be read: `where` is the file as the user knows it, `path` what is opened."""

    where: Path
    path: Path
    delimiter: str
    layout: Layout
    first_line: int


@dataclass
class Tally:
    """Rows read, and rows left out because they do not fit; `first` is the line of the first, and its fields.

    Fields are None where quotation marks do not match. A row that swallowed others counts for them too.
    """

    rows: int = 0
    bad: int = 0
    first: tuple[int, int | None] | None = None
    lines: list[int] = field(default_factory=list)

    def miss(self, line: int, fields: int | None, count: int) -> None:
        """Count a row that is left out."""
        self.bad += count
        self.first = self.first or (line, fields)
        if len(self.lines) < 5:
            self.lines.append(line)

    @property
    def bearable(self) -> bool:
        """Up to 1% of the rows, or a footer of up to three lines under a table of thirty."""
        return self.bad <= max(0.01 * self.rows, min(3, 0.1 * self.rows))


def load_text(store: Engine, file: Path, read: ReadSettings, table: str) -> tuple[str, ...]:
    """Read a text file into `table`, all columns as text, empty fields as missing; return notes."""
    text = as_utf8(file, read.encoding, store.folder)
    try:
        plan = _plan(file, text.path, read)
        notes = _load_in_place(store, plan, table)
        if notes is None:
            notes = _load_mending(store, plan, table)
    finally:
        if text.temporary:
            text.path.unlink()
    return (*_told(plan, text), *plan.layout.notes, *notes, *drop_empty(store, table, plan.layout.unnamed))


def _told(plan: Plan, text: Utf8) -> tuple[str, ...]:
    delimiter = "" if plan.delimiter == "," else f"{dialects.NAMES.get(plan.delimiter, plan.delimiter)}-separated "
    encoding = f" in {text.encoding}" if text.encoding else ""
    told = (f"Read as {delimiter}text{encoding}.",) if delimiter or encoding else ()
    return (*told, text.note) if text.note else told


def _plan(file: Path, path: Path, read: ReadSettings) -> Plan:
    sample = _sample(path)
    decimal_comma = read.decimal == ","
    delimiter = _delimiter(read.delimiter, file) or dialects.find_delimiter(sample, decimal_comma=decimal_comma)
    alone = delimiter is None
    delimiter = delimiter or ","
    rows = list(itertools.islice(dialects.split_rows(io.StringIO(sample, newline=""), delimiter), dialects.SAMPLE_ROWS))
    layout = find_layout([fields or [] for _, fields in rows], read.names, file)
    if alone and not read.delimiter:
        note = "No delimiter splits the lines, so each is one value; tell it with --delimiter if that is wrong."
        layout = Layout(layout.begin, layout.names, layout.unnamed, (*layout.notes, note))
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
    text = head.decode("utf-8", errors="ignore").removeprefix("\ufeff")
    return text if whole else text[: max(text.rfind("\n"), text.rfind("\r")) + 1] or text


def _load_in_place(store: Engine, plan: Plan, table: str) -> tuple[str, ...] | None:
    """Let the engine read the file; None where the file is not quite what CSV ought to be, and nothing was kept."""
    if plan.delimiter == BLANKS:
        return None
    columns = ", ".join(f"{engine.text(name)}: 'VARCHAR'" for name in plan.layout.names)
    try:
        store.run(
            f"CREATE TABLE {table} AS FROM read_csv({store.reachable(plan.path)}, auto_detect=false, nullstr='', "
            f"compression='none', delim={engine.text(plan.delimiter)}, quote='\"', escape='\"', header=false, "
            f"skip={plan.layout.begin}, columns={{{columns}}})"
        )
    except duckdb.Error:
        return None
    if _swallowed_rows(store, plan, table):
        store.run(f"DROP TABLE {table}")
        return None
    return ()


def _swallowed_rows(store: Engine, plan: Plan, table: str) -> bool:
    """Whether a value holds whole rows, because a quotation mark was opened and the next one stood far below."""
    for name in map(engine.name, plan.layout.names):
        broken = f"FROM {table} SELECT {name} WHERE contains({name}, chr(10)) ORDER BY length({name}) DESC LIMIT 20"
        if any(_holds_rows(value, plan) for (value,) in store.run(broken)):
            return True
    return False


def _holds_rows(value: str, plan: Plan) -> bool:
    inner = value.splitlines()[1:-1]
    width = len(plan.layout.names)
    if width < 2:
        return False
    alike = sum(1 for line in inner if line.count(plan.delimiter) == width - 1)
    # one comma in a line of prose is nothing, in a table of two columns it is a row
    return alike >= (1 if width > 3 else 5) and alike >= 0.5 * len(inner)


def _load_mending(store: Engine, plan: Plan, table: str) -> tuple[str, ...]:
    """Read row by row in Python, leaving out the few rows that do not fit; raise InputError where they are many."""
    split: Split = dialects.split_rows
    tally = _count(plan, split)
    if tally.bad and plan.delimiter != BLANKS and _has_quotes(plan.path):
        others: tuple[Split, ...] = (dialects.split_lines, dialects.split_unquoted)
        split, tally = min(
            ((split, tally), *((other, _count(plan, other)) for other in others)), key=lambda pair: pair[1].bad
        )
    if not tally.bearable:
        raise InputError(_complaint(plan, tally))
    with blaming(plan.where):
        store.append_text(table, plan.layout.names, _rows(plan, split, Tally()))
    return _mended(tally, split)


def _has_quotes(path: Path) -> bool:
    with path.open("rb") as stream:
        return any(b'"' in chunk for chunk in iter(lambda: stream.read(1 << 20), b""))


def _count(plan: Plan, split: Split) -> Tally:
    tally = Tally()
    for _ in _rows(plan, split, tally):
        pass
    return tally


def _rows(plan: Plan, split: Split, tally: Tally) -> Iterator[Fields]:
    """Yield the rows that fit, and tally those that do not."""
    width = len(plan.layout.names)
    with plan.path.open(encoding="utf-8-sig", newline="") as lines:
        for line, fields in split(lines, plan.delimiter):
            if line < plan.first_line or (fields is not None and not any(map(str.strip, fields))):
                continue
            tally.rows += 1
            swallowed = _swallowed(fields, plan)
            if fields is None or swallowed:
                tally.miss(line, None, 1 + swallowed)
            elif len(fields) == width:
                yield fields
            elif len(fields) > width and not any(map(str.strip, fields[width:])):
                yield fields[:width]  # delimiters without a value at the end of a line mean nothing
            else:
                tally.miss(line, len(fields), 1)


def _swallowed(fields: Fields | None, plan: Plan) -> int:
    """How many lines went into one value, because a quotation mark was left open."""
    long = [value for value in fields or () if "\n" in value and _holds_rows(value, plan)]
    return sum(value.count("\n") for value in long)


def _complaint(plan: Plan, tally: Tally) -> str:
    line, fields = tally.first or (1, 0)
    if fields is None:
        return f"{plan.where}, line {line}: the quotation marks do not match; mend this line, or export the file again."
    width, word = len(plan.layout.names), dialects.NAMES.get(plan.delimiter, plan.delimiter)
    counted = "1 field" if fields == 1 else f"{fields} fields"
    return (
        f"{plan.where}, line {line}: {counted} where the table has {width}, and {tally.bad:,} of {tally.rows:,} rows "
        f"do not fit; the file was read as {word}-separated: tell it with --delimiter if that is wrong."
    )


def _mended(tally: Tally, split: Split) -> tuple[str, ...]:
    notes = []
    if tally.bad:
        places = ", ".join(map(str, tally.lines)) + (" …" if tally.bad > len(tally.lines) else "")
        rows = "One row was" if tally.bad == 1 else f"{tally.bad:,} rows were"
        notes.append(f"{rows} left out, having more or fewer fields than the table has columns (line {places}).")
    if split is dialects.split_unquoted:
        notes.append("Quotation marks do not come in pairs, so they were read as ordinary characters.")
    return tuple(notes)
