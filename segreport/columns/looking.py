"""What a sample of each raw column suggests it is: the readings worth counting over the whole table."""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import ibis.expr.types as ir
import pyarrow as pa

from segreport.columns import vocabulary
from segreport.columns.column import Parse, Role
from segreport.columns.parsing import INFINITE, MARKS, date_pattern, month_number, number_pattern

SAMPLE = 2_000
MOSTLY = 0.8
"""In a column named like a date, so many values must be dates; others are remarks such as "to be agreed"."""
_DATE_FORMATS = (
    *(f"%Y{sign}%m{sign}%d" for sign in "-/."),
    *(order.replace(" ", sign) for order in ("%d %m %Y", "%d %m %y") for sign in ".-/"),
    *(order.replace(" ", sign) for order in ("%m %d %Y", "%m %d %y") for sign in "/-."),
    "%d %b %Y", "%d. %b %Y", "%d-%b-%Y", "%d-%b-%y", "%b %d, %Y", "%Y-%b-%d",
)  # fmt: skip
_PAIRS = (
    ("1", "0"), ("true", "false"), ("t", "f"), ("yes", "no"), ("y", "n"), ("ja", "nein"), ("j", "n"), ("oui", "non"),
    ("o", "n"), ("si", "no"), ("sí", "no"), ("s", "n"), ("sim", "não"), ("wahr", "falsch"), ("vrai", "faux"),
    ("on", "off"),
)  # fmt: skip
_CONTENTS = {
    "e-mail addresses": re.compile(r"^[^@\s]+@[^@\s]+\.[A-Za-z]{2,}$"),
    "IP addresses": re.compile(r"^\d{1,3}(\.\d{1,3}){3}$"),
    "bank account numbers": re.compile(r"^[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7} ?[A-Z0-9]{0,4}$"),
    "phone numbers": re.compile(
        r"^(?=(?:\D*\d){7,15}\D*$)(?:\+|00|\(?0)[\d\s().\-/]+$|^\(?\d{3}\)?[-. ]\d{3}[-. ]\d{4}$"
    ),
}

_SUITING: dict[Role, tuple[str, ...]] = {
    "number": ("number",),
    "amount": ("number",),
    "date": ("date",),
    "flag": ("flag",),
    "category": ("text",),
    "text": ("text",),
    "id": ("integer", "text"),
}
_LAST_RESORT: dict[Role, tuple[Parse, ...]] = {
    "number": (Parse("number", decimal="."), Parse("text")),
    "amount": (Parse("number", decimal="."), Parse("text")),
    "date": (Parse("date", date_format="%Y%m%d"), Parse("text")),
}

Stored = Literal["text", "number", "flag", "date", "nested"]


@dataclass(frozen=True)
class Look:
    """What a sample says of one raw column.

    `parses` are the readings that fit it, the likeliest first (several where only the whole table, or another
    column, can tell); `personal` is what of a person it holds; `strange` are up to 3 values that the first
    reading cannot read; `separator` is the point or comma seen most in numbers. Sampled values stay out of every
    repr.
    """

    name: str
    stored: Stored
    parses: tuple[Parse, ...]
    personal: str | None = None
    currency: bool = False
    percent: bool = False
    coded: bool = False
    separator: Literal[".", ","] | None = None
    strange: tuple[str, ...] = field(default=(), repr=False)


def prefer(look: Look, role: Role) -> Look:
    """Return the look with the readings that suit a role the user gave in front, and nothing personal about it."""
    if role == "personal":
        return replace(look, personal="personal data", parses=(Parse("text"),))
    only_text = look.stored == "text" and look.parses == (Parse("text"),)
    given = _LAST_RESORT.get(role, look.parses) if only_text else look.parses
    # codes are written from the numbers where the source holds numbers
    kinds = ("number",) if role == "category" and look.stored == "number" else _SUITING.get(role, ())
    fitting = [parse for kind in kinds for parse in given if parse.kind == kind]
    return replace(look, personal=None, parses=(*fitting, *(parse for parse in given if parse not in fitting)))


def look(table: ir.Table) -> list[Look]:
    """Return what 2,000 rows say of every column; the rows are those with the smallest hash, so the same every time."""
    texts = [name for name, kind in table.schema().items() if kind.is_string()]
    sample: dict[str, list[str | None]] = {}
    if texts:
        sample = dict(zip(texts, _drawn(table.select(texts)).to_pydict().values(), strict=True))
    return [
        _look_at_text(name, sample[name]) if name in sample else _look_at_typed(table[name]) for name in table.columns
    ]


def _drawn(texts: ir.Table) -> pa.Table:
    """Return the rows whose hash is smallest; a first cut by the hash's remainder spares most of the sorting."""
    hashes = [texts[name].fill_null("").hash() for name in texts.columns]
    while len(hashes) > 1:  # in pairs, not one after the other: hundreds of columns would nest too deep for the engine
        hashes = [left ^ right for left, right in zip(hashes[::2], hashes[1::2], strict=False)] + hashes[
            len(hashes) & ~1 :
        ]
    mixed = hashes[0]
    every = int(texts.count().to_pyarrow().as_py()) // (2 * SAMPLE)
    if every > 1:
        drawn = texts.filter(mixed % every == 0).order_by(mixed).limit(SAMPLE).to_pyarrow()
        if drawn.num_rows >= SAMPLE // 2:  # fewer where many rows are the same
            return drawn
    return texts.order_by(mixed).limit(SAMPLE).to_pyarrow()


def _look_at_typed(column: ir.Column) -> Look:
    name, kind = column.get_name(), column.type()
    if kind.is_boolean():
        return Look(name, "flag", (Parse("flag"),))
    if kind.is_date() or kind.is_timestamp():
        return Look(name, "date", (Parse("date"), Parse("text")))
    if kind.is_numeric():
        dated = (Parse("date", date_format="%Y%m%d"),) if vocabulary.says_date(name) else ()
        readings = _whole_first((*dated, Parse("number")), name)
        # ids beyond int64 are text, each digit of them
        place = readings.index(Parse("integer")) + 1
        readings = (*readings[:place], Parse("text"), *readings[place:])
        return Look(name, "number", readings, personal=_personal_number(name))
    if kind.is_uuid() or kind.is_time() or kind.is_interval():
        return Look(name, "text", (Parse("text"),))
    return Look(name, "nested", (Parse("text"),))


def _look_at_text(name: str, sample: Iterable[str | None]) -> Look:
    counts = Counter(value.strip() for value in sample if value is not None and value.strip())
    told = vocabulary.personal(name)
    flag = _flag(counts)
    if flag is not None:
        return Look(name, "text", (flag, *_numbers(counts), Parse("text")))
    values = Counter({value: count for value, count in counts.items() if value.lower() not in (*MARKS, *INFINITE)})
    dates = _dates(values, name)
    numbers = () if dates else _numbers(values)
    holds = None if dates or (numbers and not _long_digits(values)) else _content(values, name)
    if holds or (told and not dates and (_long_digits(values) if numbers else _is_personal_text(told, values))):
        return Look(name, "text", (Parse("text"),), personal=told or holds)
    first = (dates or numbers or (None,))[0]
    return Look(
        name,
        "text",
        (*dates, *(_whole_first(numbers, name) if _all_digits(values) else numbers), Parse("text")),
        currency=bool(numbers)
        and _share(values, lambda value: re.search(r"[$€£¥₹₽₺₩₪]|[A-Z]{3}\b|zł|kr", value)) > 0.5,
        percent=bool(numbers) and _share(values, lambda value: value.endswith("%")) > 0.5,
        coded=_share(values, lambda value: re.fullmatch(r"(?=.*\d)[\w\-./]{3,40}", value)) > 0.98,
        separator=_separator(values) if numbers else None,
        strange=_strange(counts, first),
    )


def _flag(counts: Counter[str]) -> Parse | None:
    """Return the yes-and-no reading that covers every value, or None."""
    found = {value.lower() for value in counts}
    for size in (1, 2):
        pairs = [pair for pair in _PAIRS if not found.isdisjoint(pair)]
        yes, no = {pair[0] for pair in pairs}, {pair[1] for pair in pairs}
        if pairs and found <= yes | no and not found & yes & no and len(found) <= 2 * size:
            return Parse("flag", yes=tuple(sorted(yes)), no=tuple(sorted(no)))
    return None


def _numbers(values: Counter[str]) -> tuple[Parse, ...]:
    """Return the decimal signs under which the values are numbers: both where every value reads either way."""
    if not values or any(re.fullmatch(r"0\d+", value) or re.fullmatch(r"\d{16,}", value) for value in values):
        return ()  # zero-padded and very long digits are codes
    if not _fits(values, lambda value: re.search(r"\d", value)):
        return ()
    signs = [sign for sign in (".", ",") if _fits(values, lambda value, sign=sign: _pattern(sign).search(value))]  # type: ignore[misc] # a default argument is no part of Callable
    plain = all("." not in value and "," not in value for value in values)
    return tuple(Parse("number", decimal=sign) for sign in (signs[:1] if plain else signs))  # type: ignore[arg-type] # "." or ","


def _whole_first(parses: Sequence[Parse], name: str) -> tuple[Parse, ...]:
    """Return the readings with int64 before them where the column is named like an id, else after them."""
    return (Parse("integer"), *parses) if vocabulary.id_rank(name) >= 2 else (*parses, Parse("integer"))


def _all_digits(values: Counter[str]) -> bool:
    return bool(values) and all(re.fullmatch(r"\d+", value) for value in values)


def _dates(values: Counter[str], name: str) -> tuple[Parse, ...]:
    named = vocabulary.says_date(name)
    compact = ("%Y%m%d",) if named else ()
    least = MOSTLY if named else 0.95
    few = Counter(dict(values.most_common(30)))
    return tuple(
        Parse("date", date_format=form)
        for form in (*_DATE_FORMATS, *compact)
        if _fits(few, lambda value, form=form: _day(value, form), least=0.7)  # type: ignore[misc] # as above
        and _fits(values, lambda value, form=form: _day(value, form), least=least)  # type: ignore[misc] # as above
    )


@functools.cache
def _pattern(decimal: str) -> re.Pattern[str]:
    return re.compile(number_pattern(decimal), re.ASCII)


@functools.cache
def _day(value: str, form: str) -> dt.date | None:
    found = re.match(date_pattern(form), value, re.ASCII)
    if not found:
        return None
    parts = dict(zip((part[1] for part in re.findall("%[Yymdb]", form)), found.groups(), strict=True))
    year = parts["Y"] if "Y" in parts else ("19" if parts["y"] >= "69" else "20") + parts["y"]
    try:
        return dt.date(int(year), int(parts["m"] if "m" in parts else month_number(parts["b"]) or 0), int(parts["d"]))
    except ValueError:
        return None


def _content(values: Counter[str], name: str) -> str | None:
    """Return what kind of personal data most values look like, or None."""
    for what, pattern in _CONTENTS.items():
        if _share(values, pattern.search) > 0.5 and not (what == "phone numbers" and vocabulary.id_rank(name)):
            return what
    return None


def _is_personal_text(told: str, values: Counter[str]) -> bool:
    """Return whether text named like personal data is that: a few often repeated words ("cellular") are a category."""
    if told == "a contact person":
        return not all(vocabulary.says_channel(value) for value in values)
    return told == "a person's name" or len(values) > 12 or len(values) * 5 > values.total()


def _personal_number(name: str) -> str | None:
    """Return what of a person a typed number may hold: phone numbers and the like; decided with its size later."""
    told = vocabulary.personal(name)
    return told if told in {"a phone number", "an identity document", "a bank account"} else None


def _long_digits(values: Counter[str]) -> bool:
    return _share(values, lambda value: len(re.sub(r"\D", "", value)) >= 7 and "." not in value[-3:]) > 0.9


def _separator(values: Counter[str]) -> Literal[".", ","] | None:
    points, commas = _share(values, lambda value: "." in value), _share(values, lambda value: "," in value)
    return None if points == commas == 0 else "." if points > commas else ","


def _strange(counts: Counter[str], parse: Parse | None) -> tuple[str, ...]:
    if parse is None or parse.kind not in {"number", "date"}:
        return ()
    reads: Callable[[str], object] = (
        _pattern(parse.decimal or ".").search
        if parse.kind == "number"
        else lambda value: _day(value, parse.date_format or "")
    )
    odd = [value for value, _ in counts.most_common() if not reads(value)]
    return tuple(value for value in odd if _names_nobody(value))[:3]


def _names_nobody(value: str) -> bool:
    """Return whether a value may be shown: a word for "missing", or a few signs and digits; any other may be a name."""
    if value.lower() in (*MARKS, *INFINITE):
        return True
    return len(value) <= 12 and not re.search(r"[^\W\d_]", value) and len(re.findall(r"\d", value)) < 5


def _share(values: Counter[str], test: Callable[[str], object]) -> float:
    return sum(count for value, count in values.items() if test(value)) / max(values.total(), 1)


def _fits(values: Counter[str], test: Callable[[str], object], least: float = 0.95) -> bool:
    return bool(values) and _share(values, test) >= least
