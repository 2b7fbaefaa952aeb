"""What a column is called for readers, and the unit its numbers carry."""

from __future__ import annotations

import re
from collections.abc import Sequence

from segreport.columns import vocabulary

_KEPT = frozenset(
    {
        "ID",
        "CRM",
        "RFM",
        "CLV",
        "LTV",
        "VIP",
        "SMS",
        "IP",
        "USD",
        "EUR",
        "GBP",
        "CHF",
        "URL",
        "TV",
        "UK",
        "US",
        "EU",
        "PLZ",
        "NPS",
    }
)
_SPELT = {
    "num": "number of",
    "nb": "number of",
    "nbr": "number of",
    "cnt": "count",
    "avg": "average",
    "amt": "amount",
    "qty": "quantity",
    "prods": "products",
    "prod": "product",
    "cmp": "campaign",
    "trx": "transactions",
    "txn": "transactions",
    "trans": "transactions",
    "prc": "share of",
    "pct": "percent",
    "mnt": "spend on",
    "mo": "months",
    "kidhome": "kids at home",
    "teenhome": "teenagers at home",
}
_UNIT = re.compile(
    r"^(?:[kKmM]?[$€£¥]|[$€£¥][kKmM]?|[kKmM]?(?:EUR|USD|GBP|CHF)|%|percent"
    r"|days?|weeks?|months?|years?|hours?|h|min|minutes|km|kg|miles|pts|points)$"
)
_SPANS = {
    "days": "days",
    "tage": "days",
    "jours": "days",
    "weeks": "weeks",
    "months": "months",
    "monate": "months",
    "years": "years",
    "hours": "hours",
    "minutes": "minutes",
}
_DATE_WORDS = frozenset({"dt", "date", "datum", "fecha", "since", "at", "on"})


def label(name: str) -> str:
    """Return the name as a reader reads it: unit and bracketed range off, words split, the first one capitalised."""
    bare = re.sub(r"\s*[(\[]([^()\[\]]*)[)\]]", lambda found: "" if _is_aside(found[1]) else found[0], name)
    words = [_word(word) for word in _split(bare)]
    text = " ".join(words).strip().replace("year birth", "year of birth")
    if text.startswith("number of"):
        text = re.sub(r"(?<= )(?=(?:day|week|month|year)$)", "a ", text)
    return text[:1].upper() + text[1:] if text else name.strip() or name


def date_label(name: str) -> str:
    """Return a date column's label: dates are shown as days before the as-of date, so "Days since last purchase"."""
    words = [word for word in _split(name) if word.lower() not in _DATE_WORDS]
    text = " ".join(_word(word) for word in words)
    text = re.sub(r"([a-z]{3})date$", r"\1", text).removeprefix("of ").replace("dob", "birth")
    if vocabulary.id_rank(text) in {1, 3}:
        text = "becoming a customer" if vocabulary.says_customer(text) else f"becoming a {text}"
    return (
        f"Days since {text[:1].lower() + text[1:] if not text.isupper() else text}" if text else "Days since the date"
    )


def unit(name: str) -> str:
    """Return the unit a name gives: "k$" for "Income (k$)", "days" for "Days_since_enroll", "years" for an age."""
    for aside in re.findall(r"[(\[]([^()\[\]]*)[)\]]", name):
        if _UNIT.match(aside.strip()):
            return "%" if aside.strip() == "percent" else aside.strip()
    if vocabulary.says_age(name):
        return "years"
    words = vocabulary.tokens(name)
    return next((_SPANS[word] for word in (*words[:1], *words[-1:]) if word in _SPANS), "")


def unique(labels: Sequence[str], names: Sequence[str]) -> list[str]:
    """Return the labels, a repeated one told apart by its column's name, and by a number where that is not enough."""
    taken: set[str] = set()
    result = []
    for text, name in zip(labels, names, strict=True):
        choices = (text, f"{text} ({name.strip()})", *(f"{text} ({count})" for count in range(2, len(labels) + 2)))
        result.append(next(choice for choice in choices if choice.lower() not in taken))
        taken.add(result[-1].lower())
    return result


def _is_aside(text: str) -> bool:
    return bool(_UNIT.match(text.strip()) or re.fullmatch(r"\s*-?[\d.,]+\s*(?:-|–|to|\.\.)\s*-?[\d.,]+\s*", text))


def _split(name: str) -> list[str]:
    spaced = re.sub(
        r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[A-Za-z]{3})(?=\d)|(?<=^\d\d)(?=mo\b)|(?<=[\s_]\d\d)(?=mo\b)",
        " ",
        name,
    )
    return re.sub(r"[_\-.#?\s]+", " ", spaced).split()


def _word(word: str) -> str:
    if word.lower() in _SPELT:
        return _SPELT[word.lower()]
    if word.upper() in _KEPT:
        return word.upper()
    if re.fullmatch(r"[A-Za-z]{1,2}\d+", word):
        return word.upper()
    return word.lower() if word.isupper() or word.istitle() else word
