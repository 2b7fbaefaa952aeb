"""What a column's name says, in English, German, French and Spanish."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache

from segreport.columns import words

_COMPOUND = re.compile(
    r"^(customer|cust|client|kunden|kunde|user|member|account|order|invoice|transaction|rechnungs|bestell|product|produkt|row|store"
    r"|contact|first|last|full|postal|zip)(id|ids|no|nr|number|nummer|name|key|code|date|datum|linenumber)$"
)


_ROW_NUMBER = re.compile(
    r"|(?:unnamed|index|index level|level)(?: \d+)*|(?:s|sr|sl|serial|lfd|laufende) (?:no|nr|number|nummer)"
    r"|row(?: ?(?:id|no|nr|num|number|index|names?))?"
)
_IN_CHARGE = re.compile(
    r"(?:.* )?(?:\w*(?:manager|betreuer|vertreter|berater|verkaufer|sachbearbeiter)(?:in)?|\w*rep|representative"
    r"|salesman|salesperson|advis[eo]r|vendedora?|vendeur|vendeuse|conseillere?|asesora?|gestora?|responsable"
    r"|(?:account|contact|lead|deal|sales) (?:owner|agent))"
)
_CONTACT_PERSON = re.compile(
    r"(?:.* )?(?:ansprech(?:partner(?:in)?|person)|kontaktperson|(?:contact|kontakt|contacto)(?: person| persona)?)"
    r"|person(?:ne|a) de contacto?"
)
_NUMERO = re.compile(r"\b[nN]\.?\s?[°º˚]|№")
"""N° client, Nº de pedido."""


@cache
def tokens(name: str) -> tuple[str, ...]:
    """Return a name's words in lower case without accents: snake, kebab and camel case split, digits alone."""
    signed = _NUMERO.sub("no ", name.strip().replace("ß", "ss"))
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", signed)
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", spaced) if not unicodedata.combining(sign)).lower()
    found: list[str] = []
    for word in re.findall(r"[^\W\d_]+|\d+", plain.replace("e-mail", "email")):
        compound = _COMPOUND.match(word)
        found.extend(compound.groups() if compound else (word,))
    return tuple(found)


def _has(name: str, sought: frozenset[str]) -> bool:
    return not sought.isdisjoint(tokens(name))


def _says(name: str, sought: frozenset[str]) -> bool:
    """Return whether a word, or either end of a compound such as PRICEEACH or Jahresumsatz, is among those sought."""
    ends = tuple(word for word in sought if len(word) >= 5)
    return _has(name, sought) or any(part.startswith(ends) or part.endswith(ends) for part in tokens(name))


def says_money(name: str, *, whole: bool, high: float) -> bool:
    """Return whether the name means money; words that may also count things need values that look like money."""
    if _says(name, words.MONEY) and words.NOT_MONEY.isdisjoint(tokens(name)):
        return True
    if _says(name, words.COUNT | words.RATE | words.TIME):
        return False
    return (not whole or high >= 1000) and (_says(name, words.MAYBE_MONEY) or says_goods(name))


def says_goods(name: str) -> bool:
    """Return whether the name is nothing but a kind of goods (a column of spend, as in Fresh, Milk, Grocery)."""
    return bool(tokens(name)) and words.GOODS.issuperset(tokens(name))


def says_measure(name: str) -> bool:
    """Return whether the name counts, times, rates or prices something: its small whole numbers are no codes."""
    return tokens(name)[:1] not in {("is",), ("has",)} and _says(
        name, words.COUNT | words.RATE | words.TIME | words.MONEY
    )


def says_date(name: str) -> bool:
    """Return whether the name means a day."""
    return _says(name, words.DATE) or tokens(name)[-1:] in {("at",), ("on",)}


def says_code(name: str) -> bool:
    """Return whether the name means a code: its numbers are names of things, not measures."""
    return _has(name, words.NOMINAL | words.POSTAL) and not _says(name, words.MONEY)


def says_postal(name: str) -> bool:
    """Return whether the name means a postal code."""
    return _has(name, words.POSTAL)


def says_order(name: str) -> bool:
    """Return whether the name means the number of an order or invoice."""
    return _has(name, words.ORDER) and _has(name, words.ID)


def says_age(name: str) -> bool:
    """Return whether the name means an age in years."""
    return not words.AGE.isdisjoint({*tokens(name)[:1], *tokens(name)[-1:]})


def says_customer(name: str) -> bool:
    """Return whether a customer is named, by whatever sign of hers."""
    return _has(name, words.CUSTOMER)


def says_row_number(name: str) -> bool:
    """Return whether the name is that of a written-out index."""
    return _ROW_NUMBER.fullmatch(" ".join(tokens(name))) is not None


def says_nothing(name: str) -> bool:
    """Return whether the name stands for none: column_1, "Nr", and what R calls its row names on reading them back."""
    return " ".join(tokens(name)) in {"column 1", "x", "v 1", "1", "no", "nr", "num", "number", "nummer"}


def says_channel(value: str) -> bool:
    """Return whether a value is a way to reach somebody ("cellular", "E-Mail"), or says that none is known."""
    return not words.CHANNEL.isdisjoint(tokens(value))


def id_rank(name: str) -> int:
    """Return how surely the name is a customer's id: 4 customer id, 3 user id or customer, 2 id, 1 user, 0 none."""
    said = tokens(name)
    if len(said) > 1 and said[0] == "n" and said[1] in words.ONE_CUSTOMER:  # n_client is a number, n_clients a count
        said = ("no", *said[1:])
    found = set(said) - {"crm", "unique", "master", "main", "primary", "sap", "the"}
    if not found or found - words.CUSTOMER - words.PERSON - words.ID:
        return 0
    identity = bool(found & words.ID)
    if found & words.CUSTOMER:
        return 4 if identity else 3
    if found & words.PERSON:
        return 3 if identity else 1
    return 2 if found & words.BARE_ID else 0


def says_other_id(name: str) -> bool:
    """Return whether the name is the id of something other than a customer."""
    return not words.BARE_ID.isdisjoint(tokens(name)[-1:]) and id_rank(name) == 0


def personal(name: str) -> str | None:
    """Return what of a person the name announces, "a person's name" for example, or None."""
    found = set(tokens(name))
    ends = ("firstname", "lastname", "surname", "fullname", "vorname", "nachname")
    if (found & words.NAME and not found & words.NAME_OF_A_THING) or any(word.endswith(ends) for word in found):
        return "a person's name"
    plain = " ".join(tokens(name))
    if _IN_CHARGE.fullmatch(plain):
        return "a person's name"
    if _CONTACT_PERSON.fullmatch(plain):
        return "a contact person"
    if found & words.ABOUT_CONTACT:
        return None
    return next((what for what, signs in words.CONTACT.items() if found & signs), None)


_WORTH = (
    re.compile(r"\blifetime value\b|\b(?:clv|ltv|cltv)\b"),
    re.compile(
        r"\b(?:total|annual|yearly|overall|gesamt)\b.*"
        r"\b(?:revenue|spend|spending|spent|sales|purchases|umsatz|turnover|amount)\b"
    ),
    re.compile(r"\b(?:revenue|\w*umsatz|chiffre|ventas|monetary|gmv|turnover|facturacion|erlos)\b"),
    re.compile(r"\b(?:spend|spent|spending|sales)\b"),
    re.compile(r"^(?:purchases?|amount|montant|betrag|importe|achats|gasto)$"),
)


def best_worth(names: Sequence[str]) -> str | None:
    """Return the one name that says best what a customer is worth; None where none does, or several do equally."""
    whole = [name for name in names if not _has(name, words.PARTIAL)]
    for pattern in _WORTH:
        if found := [name for name in whole if pattern.search(" ".join(tokens(name)))]:
            fewest = min(len(tokens(name)) for name in found)
            plainest = [name for name in found if len(tokens(name)) == fewest]
            return plainest[0] if len(plainest) == 1 else None
    return None
