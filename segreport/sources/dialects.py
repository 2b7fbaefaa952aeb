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
            yield begin, None


def split_lines(lines: Iterable[str], delimiter: str) -> Iterator[tuple[int, Fields | None]]:
    """Split line by line: a quotation mark left open ends with its line, whose rest is then one field."""
    for number, line in enumerate(lines, 1):
        yield number, next(csv.reader([line.rstrip("\r\n")], delimiter=delimiter), [])


def split_unquoted(lines: Iterable[str], delimiter: str) -> Iterator[tuple[int, Fields | None]]:
    """Split where quotation marks are characters like any other, such as the sign for inches."""
    for number, line in enumerate(lines, 1):
        bare = line.rstrip("\r\n")
        yield number, bare.split(delimiter) if bare else []


def split_blanks(lines: Iterable[str], _delimiter: str) -> Iterator[tuple[int, Fields | None]]:
    """Split at runs of blanks and tabs; blanks at either end of a line mean nothing."""
    for number, line in enumerate(lines, 1):
        yield number, line.split()


def sample_rows(sample: str, delimiter: str) -> list[Fields]:
    """Return the first rows of a text; rows whose quotation marks do not match have no fields."""
    lines = io.StringIO(sample, newline="")
    return [fields or [] for _, fields in itertools.islice(split_rows(lines, delimiter), SAMPLE_ROWS)]


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


def _fit(sample: str, delimiter: str) -> Fit | None:
    rows = [fields for fields in sample_rows(sample, delimiter) if fields]
    width, times = max(Counter(map(len, rows)).items(), key=lambda item: (item[1], item[0]), default=(0, 0))
    if width < 2:
        return None
    # "1,5" in every field of a table split by semicolons must not make the comma the delimiter
    between_digits = len(re.findall(r"\d,(?=\d)", sample))
    decimal = delimiter == "," and between_digits >= 0.95 * sample.count(",")
    return Fit(delimiter, width, times / len(rows), heads=len(rows[0]) == width, decimal=decimal)
