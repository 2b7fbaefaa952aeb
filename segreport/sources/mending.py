"""Text files that are not quite what CSV ought to be, read row by row and written clean for the engine."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from segreport.errors import InputError
from segreport.sources import dialects
from segreport.sources.dialects import BLANKS, Fields, Split
from segreport.sources.layout import Layout


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

    Fields are None where quotation marks do not match (`torn`). A row that swallowed others counts for them too.
    """

    rows: int = 0
    bad: int = 0
    torn: bool = False
    first: tuple[int, int | None] | None = None
    lines: list[int] = field(default_factory=list)

    def miss(self, line: int, fields: int | None, count: int) -> None:
        """Count a row that is left out."""
        self.bad += count
        self.torn |= fields is None
        self.first = self.first or (line, fields)
        if len(self.lines) < 5:
            self.lines.append(line)

    @property
    def bearable(self) -> bool:
        """Up to 1% of the rows, or a footer of up to three lines under a table of thirty."""
        return self.bad <= max(0.01 * self.rows, min(3, 0.1 * self.rows))


def mend(plan: Plan, clean: Path) -> tuple[str, ...]:
    """Write the rows that fit to `clean` (commas, all fields quoted); return notes on those left out.

    Up to 1% of the rows may be left out; more raise InputError with the line of the first.
    """
    split: Split = dialects.split_rows
    tally = _write(plan, split, clean)
    if tally.torn and plan.delimiter != BLANKS:
        splits: tuple[Split, ...] = (dialects.split_rows, dialects.split_lines, dialects.split_unquoted)
        split = min(splits, key=lambda one: _write(plan, one, clean).bad)
        tally = _write(plan, split, clean)
    if not tally.bearable:
        raise InputError(_complaint(plan, tally))
    return _told(tally, split)


def _write(plan: Plan, split: Split, clean: Path) -> Tally:
    tally = Tally()
    with clean.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(_rows(plan, split, tally))
    return tally


def _rows(plan: Plan, split: Split, tally: Tally) -> Iterator[Fields]:
    """Yield the rows that fit, and tally those that do not."""
    width = len(plan.layout.names)
    with plan.path.open(encoding="utf-8", newline="") as lines:
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
    long = [value for value in fields or () if "\n" in value and holds_rows(value, plan)]
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


def _told(tally: Tally, split: Split) -> tuple[str, ...]:
    notes = []
    if tally.bad:
        places = ", ".join(map(str, tally.lines)) + (" …" if tally.bad > len(tally.lines) else "")
        rows = "One row was" if tally.bad == 1 else f"{tally.bad:,} rows were"
        notes.append(f"{rows} left out, having more or fewer fields than the table has columns (line {places}).")
    if split is dialects.split_lines:
        notes.append("Quotation marks do not match everywhere, so each line was read as one row.")
    if split is dialects.split_unquoted:
        notes.append("Quotation marks do not come in pairs, so they were read as ordinary characters.")
    return tuple(notes)


def holds_rows(value: str, plan: Plan) -> bool:
    """Whether a value seems to hold whole rows, because a quotation mark was left open."""
    inner = value.splitlines()[1:-1]
    width = len(plan.layout.names)
    if width < 2:
        return False
    alike = sum(1 for line in inner if line.count(plan.delimiter) == width - 1)
    # one comma in a line of prose is nothing, in a table of two columns it is a row
    return alike >= (1 if width > 3 else 5) and alike >= 0.5 * len(inner)
