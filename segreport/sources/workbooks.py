"""Excel and OpenDocument workbooks: one sheet, from the row its table begins on; cells keep the types they have."""

from __future__ import annotations

import datetime as dt
import difflib
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import python_calamine as calamine

from segreport.errors import InputError
from segreport.settings import ReadSettings
from segreport.sources.engine import Engine
from segreport.sources.finishing import drop_empty
from segreport.sources.layout import Layout, find_layout

Cell = Any  # str ("" where empty), float, int, bool, date, datetime, time or timedelta
SAMPLE_ROWS = 1000
FAULTS = frozenset({"#N/A", "#DIV/0!", "#REF!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!"})


def load_workbook(store: Engine, file: Path, read: ReadSettings, table: str) -> tuple[str, ...]:
    """Read one sheet of a workbook into `table`; return notes.

    Without a sheet told it is the first visible one that holds a table. A column of mixed cells becomes text.
    """
    book = _open(file)
    name, layout, rows, notes = _told_sheet(book, file, read) if read.sheet else _first_table(book, file, read)
    body = [row for row in rows[layout.begin :] if any(cell != "" for cell in row)]
    columns = [_column(column) for column in zip(*body, strict=True)]
    store.append(table, pa.Table.from_arrays(columns, names=list(layout.names)))
    faults = sum(1 for row in body for cell in row if isinstance(cell, str) and cell in FAULTS)
    fault_note = (
        (f"{faults:,} cells of sheet {name!r} hold an error such as #N/A, and count as missing.",) if faults else ()
    )
    return (*notes, *layout.notes, *fault_note, *drop_empty(store, table, layout.unnamed))


def _open(file: Path) -> calamine.CalamineWorkbook:
    try:
        return calamine.CalamineWorkbook.from_path(file)
    except calamine.PasswordError as error:
        raise InputError(f"{file}: the workbook is protected by a password; save a copy without one.") from error
    except BaseException as error:
        _explain(error, file)
        raise


def _explain(error: BaseException, file: Path) -> None:
    """Raise InputError for whatever the reader of workbooks says, its panics (no Exception) included."""
    if isinstance(error, KeyboardInterrupt | SystemExit | InputError):
        return
    if _is_other_zip(file):
        raise InputError(f"{file}: this is a zip archive, not a workbook; unpack it first.") from error
    raise InputError(f"{file}: the workbook is damaged or cut off; export or download it again.") from error


def _is_other_zip(file: Path) -> bool:
    try:
        with zipfile.ZipFile(file) as archive:
            return not any(name == "mimetype" or name.startswith("xl/") for name in archive.namelist())
    except (zipfile.BadZipFile, OSError):
        return False


def _rows_of(book: calamine.CalamineWorkbook, name: str, file: Path) -> list[list[Cell]]:
    try:
        return book.get_sheet_by_name(name).to_python()
    except BaseException as error:
        _explain(error, file)
        raise


def _told_sheet(
    book: calamine.CalamineWorkbook, file: Path, read: ReadSettings
) -> tuple[str, Layout, list[list[Cell]], tuple[str, ...]]:
    told = read.sheet or ""
    fitting = [name for name in book.sheet_names if name.strip().casefold() == told.strip().casefold()]
    if not fitting:
        near = difflib.get_close_matches(told, book.sheet_names, n=1)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        raise InputError(f"{file}: no sheet {told!r}; there are {', '.join(map(repr, book.sheet_names))}.{hint}")
    name = told if told in fitting else fitting[0]
    rows = _rows_of(book, name, file)
    return name, _layout(rows, file, name, read.names), rows, ()


def _first_table(
    book: calamine.CalamineWorkbook, file: Path, read: ReadSettings
) -> tuple[str, Layout, list[list[Cell]], tuple[str, ...]]:
    visible = [
        m.name for m in book.sheets_metadata if m.visible == calamine.SheetVisibleEnum.Visible
    ] or book.sheet_names
    first: InputError | None = None
    for name in visible:
        rows = _rows_of(book, name, file)
        if len(visible) > 1 and not _is_table(rows):
            continue
        try:
            layout = _layout(rows, file, name, read.names)
        except InputError as error:
            first = first or error
            continue
        others = [other for other in visible if other != name]
        note = f"Read sheet {name!r}; not read: {', '.join(map(repr, others))} (choose with --sheet)."
        return name, layout, rows, (note,) if others else ()
    raise first or InputError(f"{file}: no sheet holds a table; there are {', '.join(map(repr, book.sheet_names))}.")


def _is_table(rows: Sequence[Sequence[Cell]]) -> bool:
    """At least two columns and two rows, and at least half the cells filled: not a page of prose."""
    sample = [row for row in rows[:SAMPLE_ROWS] if any(cell != "" for cell in row)]
    filled = sum(1 for row in sample for cell in row if cell != "")
    return len(sample) > 1 and len(sample[0]) > 1 and filled >= 0.5 * len(sample) * len(sample[0])


def _layout(rows: Sequence[Sequence[Cell]], file: Path, sheet: str, names: tuple[str, ...] | None) -> Layout:
    return find_layout([[_text(cell) for cell in row] for row in rows[:SAMPLE_ROWS]], names, f"{file}, sheet {sheet!r}")


def _column(cells: Sequence[Cell]) -> pa.Array:
    values = [None if cell == "" or (isinstance(cell, str) and cell in FAULTS) else cell for cell in cells]
    kinds = {type(value) for value in values} - {type(None)}
    if kinds == {bool}:
        return pa.array(values, pa.bool_())
    if kinds and kinds <= {int, float}:
        whole = all(value is None or (float(value).is_integer() and abs(value) < 2**53) for value in values)
        return pa.array(
            [value if value is None or not whole else int(value) for value in values],
            pa.int64() if whole else pa.float64(),
        )
    if kinds == {dt.date}:
        return pa.array(values, pa.date32())
    if kinds and kinds <= {dt.date, dt.datetime}:
        moments = [dt.datetime(v.year, v.month, v.day) if type(v) is dt.date else v for v in values]  # noqa: DTZ001 - a cell has no time zone
        return pa.array(moments, pa.timestamp("us"))
    return pa.array([None if value is None else _text(value) for value in values], pa.string())


def _text(cell: Cell) -> str:
    """Return the cell as one would read it: 5, not 5.0."""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 2**53:
        return str(int(cell))
    return str(cell)
