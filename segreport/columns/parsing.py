"""Raw values into typed ones, as Ibis expressions that any engine can run again next month."""

from __future__ import annotations

import datetime as dt
import functools
import operator
import re
from collections.abc import Sequence
from typing import cast

import ibis
import ibis.expr.datatypes as dtypes
import ibis.expr.types as ir

from segreport.columns.column import Column, Parse
from segreport.errors import InputError

MARKS = (
    "na",
    "n/a",
    "n.a.",
    "null",
    "nil",
    "none",
    "nan",
    "-",
    "--",
    "?",
    ".",
    "#n/a",
    "#na",
    "k.a.",
    "unknown",
    "missing",
    "tbd",
    "0000-00-00",
    "0000-00-00 00:00:00",
)
INFINITE = ("inf", "-inf", "+inf", "infinity", "-infinity", "+infinity")
"""Both count as missing, but only in columns whose other values are numbers or dates."""

_CURRENCY = (
    r"(?:US\$|R\$|[$€£¥₹₽₺₩₪]|zł|Kč|kr\.?|Fr\.|Ft"
    r"|EUR|USD|GBP|CHF|JPY|CNY|SEK|NOK|DKK|PLN|CZK|HUF|CAD|AUD|NZD|BRL|MXN|INR|ZAR|TRY)"
)
_SPACE = "[ \u00a0\u202f\u2009'’]"
_MONTHS = {
    month: f"{number:02d}"
    for number, names in enumerate(
        (
            "jan ene", "feb fév fev", "mar mär mrz", "apr avr abr", "may mai", "jun", "jul", "aug aoû ago", "sep",
            "oct okt", "nov", "dec dez déc dic",
        ),
        start=1,
    )
    for month in names.split()
}  # fmt: skip


def typed(table: ir.Table, columns: Sequence[Column]) -> ir.Table:
    """Return the columns that are used, typed, under their own names; raise InputError where one is gone."""
    return table.select(used(table, columns))


def used(table: ir.Table, columns: Sequence[Column]) -> list[ir.Value]:
    """Return the columns that are used as typed expressions on the table; raise InputError where one is gone."""
    kept = [column for column in columns if column.use != "unused"]
    gone = [column.name for column in kept if column.name not in table.columns]
    if gone:
        raise InputError(f"column {gone[0]!r} is not in the table; found {', '.join(table.columns)}.")
    return [parsed(table[column.name], column.parse).name(column.name) for column in kept]


def parsed(column: ir.Column, parse: Parse) -> ir.Column:
    """Return a raw column, text or typed already, as the type its Parse asks for; what cannot be read is missing."""
    match parse.kind:
        case "number":
            return _number(column, parse.decimal or ".")
        case "integer":
            return _whole(column)
        case "date":
            return _date(column, parse.date_format or "%Y-%m-%d")
        case "flag":
            return _flag(column, parse.yes or (), parse.no or ())
        case "text":
            return _text(_number(column, parse.decimal) if parse.decimal else column)


def number_pattern(decimal: str) -> str:
    """Return the regular expression of a number as people write it: currency, grouping, percent, brackets for minus.

    Its one group is the number without currency, sign and brackets.
    """
    point, group = (r"\.", ",") if decimal == "." else (",", r"\.")
    grouped = rf"[1-9]\d{{0,2}}(?:(?:{group}\d{{3}})+|(?:{_SPACE}\d{{3}})+)"
    lakhs = r"|[1-9]\d?(?:,\d{2})+,\d{3}" if decimal == "." else ""
    core = rf"(?:{grouped}{lakhs}|\d+)(?:{point}\d*)?(?:[eE][+-]?\d+)?|{point}\d+"
    sign, gap = "[-+−]?", f"{_SPACE}?"
    return rf"^\s*\(?{sign}{gap}{_CURRENCY}?{gap}{sign}{gap}({core}){gap}(?:{_CURRENCY}|%)?{gap}[-−]?\)?\s*$"


def date_pattern(date_format: str) -> str:
    """Return the regular expression of a date format (%Y %y %m %d %b); a time of day after it is allowed."""
    digits = "2" if date_format == "%Y%m%d" else "1,2"
    parts = {
        "%Y": r"(\d{4})",
        "%y": r"(\d{2})",
        "%m": rf"(\d{{{digits}}})",
        "%d": rf"(\d{{{digits}}})",
        "%b": r"([A-Za-zäéû]{3,10})\.?",
    }
    pattern = re.sub(
        "%[Yymdb]", lambda part: parts[part[0]], re.escape(date_format).replace(r"\ ", " +").replace(",", ",?")
    )
    return rf"^\s*{pattern}(?:[T ,]\s*\d{{1,2}}[:.h]\d{{2}}.*)?\s*$"


def month_number(word: str) -> str | None:
    """Return the two digits of a month's name, by its first three letters, or None."""
    return _MONTHS.get(word[:3].lower())


def _number(column: ir.Column, decimal: str) -> ir.FloatingColumn:
    if isinstance(column, ir.IntegerColumn | ir.BooleanColumn):
        return cast("ir.FloatingColumn", column.cast("float64"))
    if isinstance(column, ir.NumericColumn):
        number = column.cast("float64")
    else:
        number = _read_number(_as_string(column), decimal)
    real = cast("ir.FloatingColumn", number)
    return cast("ir.FloatingColumn", ibis.ifelse(real.isinf() | real.isnan(), ibis.null("float64"), real))


def _read_number(text: ir.StringColumn, decimal: str) -> ir.Column:
    # the plain cast is ten times faster than a pattern, and most numbers are plain
    plain = text.try_cast("float64")
    if decimal == ",":
        plain = ibis.ifelse(text.contains("."), ibis.null("float64"), plain)
    return ibis.coalesce(plain, _written_number(text, decimal))


def _written_number(text: ir.StringColumn, decimal: str) -> ir.Column:
    core = text.re_extract(number_pattern(decimal), 1)  # empty where it is no number
    digits = core.re_replace("[^0-9eE.+-]" if decimal == "." else "[^0-9eE,+-]", "").replace(",", ".")
    size = digits.try_cast("float64")
    return ibis.ifelse(text.re_search(r"^[^0-9.,]*[-−(]|[-−]\s*$"), -size, size)


def _whole(column: ir.Column) -> ir.Column:
    """Return int64, and nothing for what int64 would change: 0012, 1.5."""
    if isinstance(column, ir.StringColumn):
        return ibis.ifelse(column.re_search(r"^\s*(?:0|[1-9]\d*)\s*$"), column.try_cast("int64"), ibis.null("int64"))
    if isinstance(column, ir.FloatingColumn | ir.DecimalColumn):
        return ibis.ifelse(column % 1 == 0, column.try_cast("int64"), ibis.null("int64"))
    return column.try_cast("int64")


def _date(column: ir.Column, date_format: str) -> ir.DateColumn:
    if isinstance(column, ir.TimestampColumn):
        day = cast("ir.DateColumn", column.date())
    elif isinstance(column, ir.DateColumn):
        day = column
    else:
        day = _written_date(_text(column), date_format)
    sane = day.between(dt.date(1000, 1, 1), dt.date(9999, 12, 31))  # engines know "infinity" as a date
    return cast("ir.DateColumn", ibis.ifelse(sane, day, ibis.null("date")))


def _written_date(text: ir.StringColumn, date_format: str) -> ir.DateColumn:
    if date_format == "%Y-%m-%d":  # engines read this one themselves, and much faster
        return cast("ir.DateColumn", ibis.coalesce(text.try_cast("date"), _placed_date(text, date_format)))
    return _placed_date(text, date_format)


def _placed_date(text: ir.StringColumn, date_format: str) -> ir.DateColumn:
    pattern = date_pattern(date_format)
    places = {part[1]: index for index, part in enumerate(re.findall("%[Yymdb]", date_format), start=1)}
    if "b" in places:
        names = text.re_extract(pattern, places["b"]).lower().left(3)
        month = names.cases(*_MONTHS.items(), else_="")
        iso = (
            text.re_extract(pattern, places.get("Y", places.get("y")))
            + "-"
            + month
            + "-"
            + text.re_extract(pattern, places["d"])
        )
    else:
        iso = text.re_replace(pattern, rf"\{places.get('Y', places.get('y'))}-\{places['m']}-\{places['d']}")
    if "y" in places:  # strptime's pivot: 69 to 99 are the last century
        iso = ibis.ifelse(iso.left(2) >= "69", "19", "20") + iso
    return cast("ir.DateColumn", ibis.ifelse(text.re_search(pattern), iso, ibis.null("string")).try_cast("date"))


def _flag(column: ir.Column, yes: Sequence[str], no: Sequence[str]) -> ir.Column:
    if isinstance(column, ir.BooleanColumn):
        return column
    word = _text(column).lower()
    return ibis.cases((word.isin(yes), True), (word.isin(no), False), else_=ibis.null("boolean"))


def _text(column: ir.Column) -> ir.StringColumn:
    if isinstance(column, ir.StringColumn):
        # trimming is dear, and so are patterns, so only what needs it is trimmed
        ends = [end for sign in " \t\n\r" for end in (column.startswith(sign), column.endswith(sign))]
        padded = functools.reduce(operator.or_, ends)
        return cast("ir.StringColumn", ibis.ifelse(padded, column.strip(), column).nullif(""))
    if isinstance(column, ir.DecimalColumn):  # digit by digit: ids may be longer than a float holds
        return cast("ir.StringColumn", _as_string(column).re_replace(r"\.0+$", ""))
    if isinstance(column, ir.FloatingColumn):
        number = column
        whole = number.try_cast("int64")
        written = ibis.ifelse(number == whole, whole.cast("string"), number.cast("string"))
        return cast("ir.StringColumn", ibis.ifelse(number.isinf() | number.isnan(), ibis.null("string"), written))
    return _as_string(column)


def _as_string(column: ir.Column) -> ir.StringColumn:
    return column if isinstance(column, ir.StringColumn) else cast("ir.StringColumn", column.cast(dtypes.string))
