"""Where the table begins in rows of cells: note rows above it, a header or none, and names for its columns."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from segreport.errors import InputError

Row = Sequence[str]


class NoRowsError(InputError):
    """A file that would be a table had it a row; of several files it may be left out."""


NUMBER = re.compile(r"[-+(]?\s*[$€£¥]?\s*[-+]?\d[\d.,'\s]*(?:[eE][-+]?\d+)?\s*[%€$£¥)]?")
DATE = re.compile(
    r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[T ]\d.*)?"  # 2026-10-31 23:59, 31.10.26
    r"|\d{1,2}[-/ .]+[A-Za-z]{3,9}[-/ .,]+\d{2,4}"  # 31-Oct-2026
    r"|[A-Za-z]{3,9} \d{1,2},? \d{4}"  # October 31, 2026
)
YEAR = re.compile(r"(?:19|20)\d\d")


@dataclass(frozen=True)
class Layout:
    """A table found in rows: its body begins at row `begin` (0-based) and has `names` columns.

    `unnamed` are the columns that had no name of their own in a header.
    """

    begin: int
    names: tuple[str, ...]
    unnamed: tuple[str, ...]
    notes: tuple[str, ...]


def find_layout(rows: Sequence[Row], given: Sequence[str] | None, where: object) -> Layout:
    """Return the layout of the table that these rows begin with.

    `given` names replace a header, or stand in for one that is not there. Raises InputError where there is no row of
    data, or where the given names are not as many as the columns.
    """
    filled = [row for row in rows if any(cell.strip() for cell in row)]
    if not filled:
        raise InputError(f"{where}: the file is empty.")
    width = _width(filled)
    top = _top(rows, width)
    body = [row for row in rows[top + 1 :] if len(row) == width]
    headed = _is_header(rows[top], body, names_given=given is not None) or _same(rows[top], given)
    if headed and not any(any(cell.strip() for cell in row) for row in rows[top + 1 :]):
        raise NoRowsError(f"{where}: there is a header but no row of data below it.")
    above = sum(1 for row in rows[:top] if any(cell.strip() for cell in row))
    notes = _notes_above(above, headed=headed)
    begin = top + headed
    if given is not None:
        return _with_given(begin, given, rows[top], notes, where=where, headed=headed, width=width)
    if not headed:
        names = tuple(f"column_{i}" for i in range(1, width + 1))
        note = f"There is no header row: the columns are called column_1 to column_{width}; name them with --names."
        return Layout(begin, names, (), (*notes, note))
    names, unnamed, more = clean_names(_as_wide(rows[top], body, width))
    return Layout(begin, names, unnamed, (*notes, *more))


def clean_names(raw: Row) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Return names that are trimmed, filled in and unique (in any case of letters); those filled in; and notes."""
    plain = [" ".join(cell.strip("\ufeff").split()) for cell in raw]
    names: list[str] = []
    taken = {name.casefold() for name in plain if name}
    used: set[str] = set()
    for position, name in enumerate(plain, 1):
        wanted = name or f"column_{position}"
        fresh, number = wanted, 2
        while fresh.casefold() in used or (fresh != name and fresh.casefold() in taken):
            fresh, number = f"{wanted}_{number}", number + 1
        used.add(fresh.casefold())
        names.append(fresh)
    unnamed = tuple(new for new, old in zip(names, plain, strict=True) if not old)
    renamed = [f"{old!r} to {new!r}" for new, old in zip(names, plain, strict=True) if old and new != old]
    notes = []
    if renamed:
        notes.append(f"Repeated column names were made unique: {', '.join(renamed)}.")
    return tuple(names), unnamed, tuple(notes)


def _width(filled: Sequence[Row]) -> int:
    counts = Counter(len(row) for row in filled)
    # a line of one field is more likely a note than a row
    return max(counts, key=lambda width: (counts[width] * min(width, 2), width))


def _top(rows: Sequence[Row], width: int) -> int:
    """Return where the header stands, or the first row of data where there is no header."""
    full = [i for i, row in enumerate(rows) if len(row) == width]
    first = next((i for i in full if _is_full(rows[i])), full[0])
    above = rows[first - 1] if first else ()
    # R leaves the row names without a header; others end each row with a delimiter more, or less, than the header
    if (
        len(above) == width - 1 >= 2
        and all(_is_word(cell) for cell in above)
        and not _is_header(rows[first], rows[first + 1 :])
    ):
        return first - 1
    if len(above) == width + 1 and not above[-1].strip() and all(_is_word(cell) for cell in above[:-1]):
        return first - 1
    return first


def _is_full(row: Row) -> bool:
    """Not a note such as "Report of May;;;": at least half the cells are filled, or all but an unnamed first one."""
    filled = sum(1 for cell in row if cell.strip())
    if len(row) > 1 and not row[0].strip() and filled == len(row) - 1:
        return True
    return filled >= max(min(2, len(row)), (len(row) + 1) // 2)


def _as_wide(header: Row, body: Sequence[Row], width: int) -> Row:
    if len(header) == width - 1:
        trailing = all(not row[-1].strip() for row in body)
        return (*header, "") if trailing else ("", *header)
    return header[:width]


def _is_header(first: Row, body: Sequence[Row], *, names_given: bool = False) -> bool:
    """Whether a row names columns: words stand where the rows below have numbers or dates, or nowhere below."""
    vote = sum(_vote(cell, [row[i] for row in body if i < len(row)]) for i, cell in enumerate(first))
    if vote or names_given:
        return vote > 0
    words = [cell.strip() for cell in first if cell.strip()]
    known = any(
        cell.strip() and any(i < len(row) and row[i].strip() == cell.strip() for row in body)
        for i, cell in enumerate(first)
    )
    return (
        bool(words)
        and len(set(words)) == len(words)
        and all(_is_word(word) or YEAR.fullmatch(word) for word in words)
        and not known
    )


def _vote(cell: str, below: Sequence[str]) -> int:
    """+1 where a word stands above values, -1 where a value stands above values, 0 where nothing can be said."""
    filled = [value for value in below if value.strip()]
    values = sum(1 for value in filled if not _is_word(value))
    if not cell.strip() or not filled or values < 0.8 * len(filled):
        return -1 if cell.strip() and not _is_word(cell) and filled and not YEAR.fullmatch(cell.strip()) else 0
    if _is_word(cell):
        return 1
    year_above_amounts = YEAR.fullmatch(cell.strip()) and not any(YEAR.fullmatch(value.strip()) for value in filled)
    return 0 if year_above_amounts else -1


def _is_word(cell: str) -> bool:
    bare = cell.strip()
    return bool(bare) and not NUMBER.fullmatch(bare) and not DATE.fullmatch(bare)


def _same(row: Row, given: Sequence[str] | None) -> bool:
    return given is not None and [cell.strip().casefold() for cell in row] == [
        name.strip().casefold() for name in given
    ]


def _notes_above(count: int, *, headed: bool) -> tuple[str, ...]:
    if not count:
        return ()
    rows = "one note row" if count == 1 else f"{count} note rows"
    return (f"Skipped {rows} above the {'header' if headed else 'data'}.",)


def _with_given(
    begin: int, given: Sequence[str], first: Row, notes: tuple[str, ...], *, where: object, headed: bool, width: int
) -> Layout:
    if len(given) != width:
        raise InputError(
            f"{where}: there are {width} columns, but --names gives {len(given)} ({', '.join(given)}); name every one."
        )
    names, _, more = clean_names(given)
    replaced = headed and not _same(first, given)
    note = ("The file's own header was replaced by the names given.",) if replaced else ()
    return Layout(begin, names, (), (*notes, *note, *more))
