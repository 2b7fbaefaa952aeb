"""How lines of text fall into fields: which delimiter, and what quotation marks mean."""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

SAMPLE_ROWS = 1000
WHOLE = "\x1f"  # in no text: each line is one value
BLANKS = " "  # stands for runs of blanks and tabs
CANDIDATES = ("\t", ";", "|", ",")
NAMES = {"\t": "tab", ";": "semicolon", "|": "bar", ",": "comma", BLANKS: "blank"}
TOLD = {"\\t": "\t", "tab": "\t", "comma": ",", "semicolon": ";", "space": BLANKS, "whitespace": BLANKS, "\\s+": BLANKS}

Fields = list[str]
Split = Callable[[Iterable[str], str], Iterator[tuple[int, Fields | None]]]
"""Lines and a delimiter -> (number of the line a row begins on, its fields).

An empty line is a row of no fields; where quotation marks do not match, None stands for the fields.
"""


@dataclass(frozen=True)
class Fit:
    """How well a delimiter splits a sample: the fields most rows have, and the share of rows that have so many.

    `heads`: the first row has them too. `decimal`: it may only be the comma of decimal numbers.
    """

    delimiter: str
    width: int
    share: float
    heads: bool
    decimal: bool


def split_rows(lines: Iterable[str], delimiter: str) -> Iterator[tuple[int, Fields | None]]:
    """Split as CSV is meant: a quoted field may hold delimiters, doubled quotes and line breaks."""
    if delimiter == BLANKS:
        yield from split_blanks(lines, delimiter)
        return
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        begin = reader.line_num + 1
        try:
            yield begin, next(reader)
        except StopIteration:
            return
        except csv.Error:  # the reader goes on with the next line
            yield from ((line, None) for line in range(begin, reader.line_num + 1))


def split_lines(lines: Iterable[str], delimiter: str) -> Iterator[tuple[int, Fields | None]]:
    """Split line by line: a quotation mark left open ends with its line, whose rest is then one field."""
    for number, line in enumerate(lines, 1):
        yield number, next(csv.reader([line.rstrip("\r\n")], delimiter=delimiter), [])


def split_unquoted(lines: Iterable[str], delimiter: str) -> Iterator[tuple[int, Fields | None]]:
    """Split where quotation marks are characters like any other, such as the sign for inches."""
    for number, line in enumerate(lines, 1):
        fields = line.rstrip("\r\n").split(delimiter)
        if any(len(value) > 1 and value[0] == value[-1] == '"' for value in fields):
            yield number, None  # here quotation marks do quote
        else:
            yield number, fields if fields != [""] else []


def split_blanks(lines: Iterable[str], _delimiter: str) -> Iterator[tuple[int, Fields | None]]:
    """Split at runs of blanks and tabs; blanks at either end of a line mean nothing."""
    for number, line in enumerate(lines, 1):
        yield number, line.split()


def sample_rows(sample: str, delimiter: str) -> list[tuple[int, Fields]]:
    """Return the first rows of a text, each with the number of its line.

    Where a quotation mark is left open, and so makes one row of many lines, rows are lines.
    """
    rows = list(itertools.islice(split_rows(io.StringIO(sample, newline=""), delimiter), SAMPLE_ROWS))
    if any(fields is None for _, fields in rows):
        rows = list(itertools.islice(split_lines(io.StringIO(sample, newline=""), delimiter), SAMPLE_ROWS))
    return [(line, fields or []) for line, fields in rows]


def find_delimiter(sample: str, *, decimal_comma: bool) -> str | None:
    """Return the delimiter that splits the sample into the most even rows, or None where none does."""
    fits = [fit for delimiter in CANDIDATES if (fit := _fit(sample, delimiter)) and fit.share >= 0.5]
    if decimal_comma and len(fits) > 1:
        fits = [fit for fit in fits if fit.delimiter != ","]
    if fits:
        most = max(fit.share for fit in fits)
        good = [fit for fit in fits if fit.share >= most - 0.1]
        return max(good, key=lambda fit: (fit.heads, not fit.decimal, fit.width, fit.share)).delimiter
    blanks = _fit(sample, BLANKS)
    return BLANKS if blanks and blanks.share >= 0.9 else None


def is_one_column(sample: str) -> bool:
    """Whether most lines hold none of the usual delimiters."""
    lines = [line for line in sample.splitlines() if line.strip()]
    return sum(1 for line in lines if set(line) & set(CANDIDATES)) <= 0.5 * len(lines)


def _fit(sample: str, delimiter: str) -> Fit | None:
    rows = [fields for _, fields in sample_rows(sample, delimiter) if fields]
    counts = Counter(map(len, rows))
    notes = counts.pop(1, 0)  # a line of one field is more likely a note than a row
    width, times = max(counts.items(), key=lambda item: (item[1], item[0]), default=(0, 0))
    if not times:
        return None
    # "1,5" in every field of a table split by semicolons must not make the comma the delimiter
    between_digits = len(re.findall(r"\d,(?=\d)", sample))
    decimal = delimiter == "," and between_digits >= 0.95 * sample.count(",")
    share = times / (counts.total() + 0.5 * notes)
    return Fit(delimiter, width, share, heads=len(rows[0]) == width, decimal=decimal)
