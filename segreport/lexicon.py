"""What marketing calls a high or a low value of a column: the words personas are named with.

A concept is found by the column's name or label (English, German, French and Spanish words). Each side has
an adjective and a noun, so that any two sides make a name: "High-income" + "light spenders".
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Side:
    """One direction of a concept, the adjective capitalised, the noun not; None where there is no good word."""

    adjective: str | None
    noun: str | None


@dataclass(frozen=True)
class Concept:
    """A thing many customer tables measure; `key` is what actions ask for, `weight` how much marketing cares for it."""

    key: str
    pattern: str
    high: Side
    low: Side
    weight: float = 1.0

    @property
    def family(self) -> str:
        """Concepts of one family say too much of the same to share a name."""
        return self.key.partition(":")[0]


def _concept(key: str, weight: float, pattern: str, high: str, low: str) -> Concept:
    """Return a concept whose sides are written "Adjective / noun", a dash where there is no good word."""

    def side(text: str) -> Side:
        adjective, _, noun = (part.strip() for part in text.partition("/"))
        return Side(*(None if word in ("-", "") else word for word in (adjective, noun)))

    return Concept(key, pattern, side(high), side(low), weight)


SPEND = _concept(
    "spend",
    1.3,
    r"spend|spent|revenue|sales|monetary|turnover|umsatz|chiffre|ventas|purchases?\b|lifetime value|\bclv\b|\bltv\b"
    r"|total (amount|value)",
    "High-spending / big spenders",
    "Low-spending / light spenders",
)

_AGE, _RECENCY, _TENURE = (
    r"\bage\b|\balter\b|\bedad\b",
    r"recency|since last|since (order|purchase)|last (order|purchase|visit|seen|active)|letzte|dernier|ultim[oa]|inactiv",
    r"tenure|enrol|sign ?up|registr|joined|member(ship)? since|since (customer|member)|first (order|purchase)|months on book",
)
_BASKET = r"basket|order value|\baov\b|(average|avg) (order|purchase|spend)|warenkorb|panier moyen"
_FREQUENCY = r"frequen|orders?\b|transaction|\btrans\b|\btrx\b|number of purchases|bestellungen|commandes|pedidos"
_CHILDREN = r"\bkids?\b|\bkidhome|\bteen|child|kinder|enfants|hijos|dependents?\b|household size"

CONCEPTS = (
    _concept(
        "birth", 0.9, r"birth|geburt|naissance|nacimiento", "Younger / younger customers", "Older / older customers"
    ),
    _concept("age", 0.9, _AGE, "Older / older customers", "Younger / younger customers"),
    _concept("recency", 1.2, _RECENCY, "Lapsed / lapsed customers", "Recent / recent buyers"),
    _concept("tenure", 1.0, _TENURE, "Long-standing / long-time customers", "Newer / newcomers"),
    _concept(
        "discount",
        1.1,
        r"discount|deals?\b|coupon|promo|voucher|rabatt|remise|descuento",
        "Deal-seeking / bargain hunters",
        "Full-price / full-price buyers",
    ),
    _concept(
        "returns",
        0.8,
        r"\breturn|returned|retoure|refund|devoluci|retour",
        "High-return / frequent returners",
        "Low-return / -",
    ),
    _concept("support", 0.6, r"ticket|support|complain|claims?\b|calls?\b", "Support-heavy / support users", "- / -"),
    _concept("cash", 1.0, r"cash advance", "Cash-advance / cash-advance users", "- / -"),
    _concept("instalments", 0.9, r"instal", "Instalment / instalment buyers", "- / -"),
    _concept("oneoff", 0.9, r"one ?off", "One-off / one-off buyers", "- / -"),
    _concept("full_payment", 0.8, r"full payment", "Pay-in-full / full payers", "- / -"),
    _concept("limit", 0.8, r"limit\b", "High-limit / high-limit customers", "Lower-limit / lower-limit customers"),
    _concept("basket", 1.0, _BASKET, "Large-basket / large-basket buyers", "Small-basket / small-basket buyers"),
    _concept(
        "income",
        1.2,
        r"income|salary|einkommen|gehalt|ingreso|earning",
        "High-income / high earners",
        "Lower-income / modest earners",
    ),
    _concept(
        "visits",
        0.9,
        r"visits?\b|session|page ?view|brows|logins?\b",
        "Often-visiting / frequent visitors",
        "Rarely-visiting / rare visitors",
    ),
    _concept("online", 0.8, r"web purchase|online|app purchase", "Online / online buyers", "- / -"),
    _concept("catalogue", 0.8, r"catalog", "Catalogue / catalogue buyers", "- / -"),
    _concept("store", 0.8, r"store purchase|in store|filiale", "In-store / store buyers", "- / -"),
    _concept("children", 0.9, _CHILDREN, "Family / families", "- / smaller households"),
    _concept("flights", 1.1, r"flight|flown", "Often-flying / frequent flyers", "Seldom-flying / rare flyers"),
    _concept("bonus", 1.0, r"bonus|points\b|loyalty|rewards?\b", "Bonus-collecting / bonus collectors", "- / -"),
    _concept("frequency", 1.1, _FREQUENCY, "Frequent / frequent buyers", "Occasional / occasional buyers"),
    _concept(
        "balance",
        1.0,
        r"balance|saldo|solde",
        "High-balance / high-balance customers",
        "Low-balance / low-balance customers",
    ),
    _concept("payments", 0.7, r"payments?\b|zahlung|paiement|pagos", "High-payment / large payers", "- / small payers"),
    SPEND,
)  # fmt: skip - one line a concept reads as the table it is

_GOODS = re.compile(
    r"\b(wine|fruit|meat|fish|sweet|gold|fresh|milk|grocery|frozen|detergent|paper|delicassen|delicatessen|bakery|beauty|"
    r"fashion|clothing|shoe|book|toy|garden|electronic|sport|home|kitchen|pet|cheese|coffee|tea|beer|cosmetic|furniture)"
)


def concept_of(name: str, label: str) -> Concept | None:
    """Return the concept a column measures, by its name or label; None where none is known."""
    text = _plain(f"{name} {label}")
    goods = _GOODS.search(text)
    found = next((concept for concept in CONCEPTS if re.search(concept.pattern, text)), None)
    if goods and found in (None, SPEND):
        word = goods.group(1)
        return _concept(
            f"goods:{word}", 0.7, word, f"{word.capitalize()}-buying / big {word} buyers", f"- / light {word} buyers"
        )
    return found


def _plain(text: str) -> str:
    """Return words in lower case without accents, "NumWebPurchases" and "web_purchases" alike."""
    text = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text).lower().translate(str.maketrans("éèêáàâíóúñç", "eeeaaaiounc"))
    return re.sub(r"[^a-z0-9]+", " ", text).strip()
