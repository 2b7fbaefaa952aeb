"""Values that read two ways (1,234 or 03/04/2024): settled by the whole table, then by the file's other columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Literal

import ibis.expr.types as ir

from segreport.columns.column import Parse
from segreport.columns.looking import Look
from segreport.columns.measuring import Facts, counted, rivals
from segreport.columns.roles import Verdict

_NOTHING_ELSE = "; no date in the file says otherwise"


def settled(
    table: ir.Table, looks: Sequence[Look], decimal: Literal[".", ","] | None
) -> tuple[list[Look], tuple[str, ...]]:
    """Return the looks with one reading of each kind, and a sentence for every one that had to be assumed."""
    counts = counted(table, looks)
    best = {
        seen.name: _most(rivals(seen), counts[seen.name]) if seen.name in counts else rivals(seen) for seen in looks
    }
    sure = [parses[0] for parses in best.values() if len(parses) == 1]
    sign = decimal or _common(_informative(seen, best[seen.name]) for seen in looks)
    order = _common(_day_order(parse) for parse in sure if parse.kind == "date")
    notes, result = [], []
    for seen in looks:
        choice, note = _pick(seen, best[seen.name], sign, order)
        notes += [note] if note else []
        others = tuple(parse for parse in seen.parses if parse.kind != choice.kind)
        result.append(replace(seen, parses=(choice, *others)))
    return result, tuple(notes)


def unreadable(facts: Sequence[Facts], verdicts: Mapping[str, Verdict]) -> tuple[str, ...]:
    """Return a sentence for every number or date column some of whose values cannot be read, or are infinite."""
    notes = []
    for column in facts:
        if verdicts[column.name].role not in {
            "number",
            "amount",
            "date",
            "category",
            "flag",
        } or column.parse.kind not in {"number", "date"}:
            continue
        lost = column.filled - column.count - column.infinite
        what = "dates" if column.parse.kind == "date" else "numbers"
        if lost > 0:
            some = f" ({', '.join(repr(value) for value in column.look.strange)})" if column.look.strange else ""
            notes.append(
                f"'{column.name}': {lost:,} of {column.filled:,} values are no {what}{some} and count as missing."
            )
        if column.infinite:
            notes.append(f"'{column.name}': {column.infinite:,} infinite or undefined values count as missing.")
    return tuple(notes)


def _most(parses: Sequence[Parse], counts: Sequence[int]) -> tuple[Parse, ...]:
    return tuple(parse for parse, count in zip(parses, counts, strict=True) if count == max(counts))


def _informative(seen: Look, parses: Sequence[Parse]) -> str | None:
    """Return the decimal sign a column shows beyond doubt: the other one did not fit."""
    return parses[0].decimal if len(parses) == 1 and parses[0].kind == "number" and seen.separator else None


def _day_order(parse: Parse) -> str | None:
    places = (parse.date_format or "").replace("%b", "")
    if "%m" not in places or "%Y%m%d" in places or places.startswith("%Y"):
        return None
    return "day" if places.index("%d") < places.index("%m") else "month"


def _common(found: Iterable[str | None]) -> str | None:
    return max(Counter(item for item in found if item).items(), key=lambda pair: pair[1], default=(None, 0))[0]


def _pick(seen: Look, parses: Sequence[Parse], sign: str | None, order: str | None) -> tuple[Parse, str | None]:
    first = parses[0]
    if len(parses) == 1:
        return first, None
    if first.kind == "number":
        return _pick_sign(seen, parses, sign)
    by_order = {_day_order(parse): parse for parse in reversed(parses)}
    here = "day" if sign == "," else None  # who writes 1,5 for one and a half writes the day first
    usual = order or here or ("month" if "/" in (first.date_format or "") else "day")
    choice = by_order.get(usual, first)
    why = ", as in the file's other dates" if order else ", as where decimals have a comma" if here else _NOTHING_ELSE
    return choice, f"'{seen.name}': dates are read {usual} first{why}."


def _pick_sign(seen: Look, parses: Sequence[Parse], sign: str | None) -> tuple[Parse, str | None]:
    thousands = "," if seen.separator == "." else "."
    choice = next(parse for parse in parses if parse.decimal == (sign or thousands))
    if sign:
        return choice, None
    written = "1.234" if thousands == "," else "1,234"
    return (
        choice,
        f"'{seen.name}': numbers such as {written} are read as thousands; no other number in the file says otherwise.",
    )
