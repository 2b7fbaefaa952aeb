"""Amounts of several currencies, which cannot be added up."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import ibis.expr.types as ir

from segreport.columns import Survey
from segreport.errors import InputError
from segreport.orders.finding.words import phrases, plain

_SAYS_CURRENCY = phrases(
    "=(order/invoice/transaction/payment/sales?/presentment)?_?(currency/wahrung/devise/moneda/divisa)( code)?"
)
_IN_ONE = phrases("base, usd, eur, gbp, chf, euros?, dollars?, converted, umgerechnet")
"""Words of amounts that are in one currency, whatever was paid in."""
_SIGN = r"(US\$|R\$|[$€£¥₹₽₺₩₪]|zł|Kč|[A-Z]{3})"
_SAME = {"$": "USD", "US$": "USD", "€": "EUR", "£": "GBP"}
_CODE_LENGTH = 3


def refuse_several(surveyed: Survey, free: Collection[str], amounts: Sequence[str]) -> None:
    """Raise InputError where lines with an amount are in several currencies, by a column or by the amounts' signs."""
    if any(_IN_ONE.search(plain(name)) for name in amounts):
        return
    table, lines = surveyed.table, surveyed.table.filter(surveyed.table[amounts[0]].notnull())
    said = [name for name in free if _SAYS_CURRENCY.search(plain(name)) and _few_words(surveyed, name)]
    for name in said:
        _refuse(surveyed, _several(lines, lines[name].cast("string").strip().upper()), repr(name), amounts)
    signed = [name for name in amounts if surveyed.fact(name).look.currency]
    for name in signed:
        column = table[name]
        if isinstance(column, ir.StringColumn):
            _refuse(surveyed, _several(table, column.re_extract(_SIGN, 1)), repr(name), ())


def _few_words(surveyed: Survey, name: str) -> bool:
    column = surveyed.fact(name)
    return column.distinct > 1 and column.look.stored == "text"


def _several(table: ir.Table, values: ir.StringColumn) -> list[str]:
    found = table.aggregate(found=values.nullif("").collect(distinct=True)).to_pyarrow()["found"][0].as_py()
    return sorted({_SAME.get(value, value) for value in found or () if value})


def _refuse(surveyed: Survey, found: Sequence[str], where: str, amounts: Sequence[str]) -> None:
    if len(found) < 2:
        return
    short = [value for value in found if len(value) <= _CODE_LENGTH]
    listed = f" ({', '.join(short[:6])}{' and others' if len(short) > 6 else ''})" if short else ""
    other = f", or leave it out with --exclude if {amounts[0]!r} is in one currency" if amounts else ""
    raise InputError(
        f"{surveyed.name}: {where} holds several currencies{listed}, whose amounts cannot be added up; convert them to"
        f" one, or read the lines of one with --query{other}."
    )
