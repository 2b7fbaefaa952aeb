"""Values of the customer column that mean no customer: guests, a till, the number 0."""

from __future__ import annotations

import ibis.expr.types as ir

from segreport.columns import Survey
from segreport.columns.parsing import MARKS, parsed
from segreport.orders.finding.parts import Parts
from segreport.orders.finding.words import NOBODY, plain

_SHOWN = 100
"""So many of the values with most lines are looked at: who means nobody has many."""
_FEW = 2
_ZEROS = {"0", "0.0", "00", "000", "0000", "00000", "000000"}


def find_nobody(surveyed: Survey, parts: Parts) -> tuple[tuple[str, ...], list[str]]:
    """Return the values, as written, that stand for no customer, and the sentence that says so.

    Words for guests do where they have several lines, 0 where it has more than any customer. Words for missing values
    are none of them: they count as missing anyway.
    """
    name = parts.columns["customer"]
    counts = _commonest(surveyed, name)
    most = max((lines for value, lines in counts.items() if not _may_be_nobody(value)), default=0)
    found = [
        value
        for value, lines in counts.items()
        if (value in _ZEROS and lines > most) or (lines >= _FEW and NOBODY.search(plain(value)))
    ]
    if not found:
        return (), []
    lines = sum(counts[value] for value in found)
    listed = " and ".join(map(repr, found))
    stand = "stand" if len(found) > 1 else "stands"
    note = f"'{name}': {listed} {stand} for no customer that is known, so that {lines:,} lines have none."
    lower = [value.lower() for value in found]  # addresses are compared in lower case
    return tuple(dict.fromkeys([*found, *lower])), [note]


def _may_be_nobody(value: str) -> bool:
    return value in _ZEROS or value.lower() in MARKS or NOBODY.search(plain(value)) is not None


def _commonest(surveyed: Survey, name: str) -> dict[str, int]:
    """Return the values with most lines, as text, and how many these are."""
    table: ir.Table = surveyed.table
    parse = surveyed.fact(name).parse
    key = parsed(table[name], parse) if parse.kind == "integer" else table[name].cast("string").strip()
    counts = table.select(key=key).filter(lambda lines: lines.key.notnull())
    counts = counts.group_by("key").aggregate(lines=lambda lines: lines.count())
    rows = counts.order_by(counts.lines.desc(), counts.key).limit(_SHOWN).to_pyarrow().to_pylist()
    return {str(row["key"]): row["lines"] for row in rows if row["key"] != ""}
