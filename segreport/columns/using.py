"""What each column is used for, and which columns say what a customer is worth."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from segreport.columns import labels, vocabulary
from segreport.columns.column import Column, Parse, Use
from segreport.columns.measuring import Facts
from segreport.columns.roles import LEVELS, Verdict
from segreport.errors import InputError
from segreport.settings import ColumnSettings

_NUMERIC = {"number", "amount", "date"}
_WORDY = {"category", "flag"}


def described(
    facts: Sequence[Facts], verdicts: Mapping[str, Verdict], choices: ColumnSettings, id_name: str | None, shown: str
) -> tuple[tuple[Column, ...], tuple[str, ...]]:
    """Return every column with its label, unit and use, and a sentence where categories had to be clustered on."""
    uses = {column.name: _use(column, verdicts[column.name], choices, id_name) for column in facts}
    notes: list[str] = []
    if not choices.feature and sum(use == "feature" for use in uses.values()) < 2:
        wordy = [
            name
            for name, use in uses.items()
            if use == "describe" and verdicts[name].role in _WORDY and name not in choices.describe
        ]
        uses.update(dict.fromkeys(wordy, "feature"))
        if wordy:
            notes.append("Fewer than two columns are numbers, so categories and yes/no columns are clustered on too.")
    names = [column.name for column in facts]
    texts = labels.unique([_label(name, verdicts[name]) for name in names], names)
    columns = tuple(
        _column(column, verdicts[column.name], uses[column.name], text)
        for column, text in zip(facts, texts, strict=True)
    )
    if "feature" not in uses.values():
        raise InputError(f"{shown}: {_nothing_usable(columns)}")
    return columns, tuple(notes)


def worth(columns: Sequence[Column], choices: ColumnSettings) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the columns whose sum is what a customer is worth, and a sentence saying what was assumed."""
    if choices.value:
        return choices.value, ()
    amounts = [column for column in columns if column.role == "amount" and column.use != "unused"]
    if best := vocabulary.best_worth([column.name for column in amounts]):
        return (best,), (f"What a customer is worth is taken from '{best}'; --value names another column.",)
    prefixes = Counter(
        vocabulary.tokens(column.name)[0] for column in amounts if len(vocabulary.tokens(column.name)) > 1
    )
    prefix, size = max(prefixes.items(), key=lambda pair: pair[1], default=("", 0))
    if size >= 3:
        parts = tuple(column.name for column in amounts if vocabulary.tokens(column.name)[0] == prefix)
        return parts, (
            f"What a customer is worth is taken as the sum of {', '.join(parts)}; --value names other columns.",
        )
    return (), ("No column says what a customer is worth; --value names one.",)


def _use(facts: Facts, verdict: Verdict, choices: ColumnSettings, id_name: str | None) -> Use:
    name = facts.name
    if name == id_name:
        return "id"
    if name in choices.exclude:
        return "unused"
    usable = verdict.role in _NUMERIC | _WORDY
    asked = [key for key in ("feature", "describe", "value") if name in getattr(choices, key)]
    if asked and (not usable or (asked[-1] == "value" and verdict.role not in {"number", "amount"})):
        raise InputError(f"--{asked[-1]}: column {name!r} cannot be used: {_reason(facts, verdict)}.")
    if not usable:
        return "unused"
    if name in choices.feature:
        return "feature"
    return (
        "feature" if verdict.role in _NUMERIC and not choices.feature and name not in choices.describe else "describe"
    )


def _reason(facts: Facts, verdict: Verdict) -> str:
    if verdict.role == "personal":
        return "it holds personal data"
    if verdict.role == "text" and facts.look.stored == "nested":
        return "it holds lists, structures or bytes"
    if verdict.role == "text":
        return f"it is text with {facts.different} (a category has at most {LEVELS})"
    if verdict.role == "constant":
        return "it is empty in every row" if facts.count == 0 else "it has the same value in every row"
    return "it is an id" if verdict.role == "id" else "it is no number"


def _label(name: str, verdict: Verdict) -> str:
    return labels.date_label(name) if verdict.role == "date" else labels.label(name)


def _column(facts: Facts, verdict: Verdict, use: Use, label: str) -> Column:
    why = "left out with --exclude" if use == "unused" and verdict.role in _NUMERIC | _WORDY else verdict.why
    return Column(
        name=facts.name,
        label=label,
        unit=_unit(facts, verdict),
        role=verdict.role,
        use=use,
        why=why,
        missing=facts.missing,
        distinct=facts.distinct,
        parse=stored_parse(facts, verdict.parse),
    )


def stored_parse(facts: Facts, parse: Parse) -> Parse:
    """Return the reading without what only text needs, where the source was typed already."""
    if facts.look.stored == "text" or parse.kind == "text" or parse.date_format or parse.kind == "flag":
        return parse
    return replace(parse, decimal=None)


def _unit(facts: Facts, verdict: Verdict) -> str:
    named = labels.unit(facts.name)
    if verdict.role == "amount":
        return named or "amount"
    if verdict.role == "date":
        return "days"
    if verdict.role == "number":
        return "%" if facts.look.percent else "year" if _is_calendar(facts) else named
    return ""


def _is_calendar(facts: Facts) -> bool:
    """Whether the numbers are years of the calendar (1957), which nobody writes with a thousands separator."""
    named = re.search(r"year|jahr|ann[ée]e|a[ñn]o|birth|born", facts.name, re.IGNORECASE)
    return bool(named) and facts.low is not None and facts.high is not None and 1800 <= facts.low <= facts.high < 2200


def _nothing_usable(columns: Sequence[Column]) -> str:
    if all(column.role in {"constant", "id"} for column in columns):
        return "every column is constant or 100% missing, so nothing tells customers apart; add columns that differ."
    listed = "; ".join(f"{column.name}: {column.why}" for column in columns[:12]) + ("; …" if len(columns) > 12 else "")
    return f"no column can be clustered on ({listed}). Say what a column is with --role, or name one with --feature."
