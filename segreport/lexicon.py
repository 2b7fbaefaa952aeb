"""What marketing calls a high or a low value of a column: the words personas are named with.

A concept is found by the column's name or label (English, German, French and Spanish words); each side has an
adjective and a noun, so that any two sides make a name: "High-income" + "light spenders".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Side:
    """One direction of a concept in words, the adjective capitalised, the noun not; None where there is no good word."""

    adjective: str | None
    noun: str | None


@dataclass(frozen=True)
class Concept:
    """A thing many customer tables measure; `key` is what actions ask for."""

    key: str
    pattern: str
    high: Side
    low: Side


CONCEPTS: Sequence[Concept] = (
    Concept(
        "birth_year",
        r"year (of )?birth|birth year|geburtsjahr|annee de naissance",
        Side("Younger", "younger customers"),
        Side("Older", "older customers"),
    ),
    Concept(
        "age", r"\bage\b|\balter\b|\bedad\b", Side("Older", "older customers"), Side("Younger", "younger customers")
    ),
    Concept(
        "recency",
        r"recency|since last|days since (order|purchase)|last (order|purchase|visit|seen|active)|letzte (bestellung|kauf)|inactiv",
        Side("Lapsed", "lapsed customers"),
        Side("Recent", "recent buyers"),
    ),
    Concept(
        "tenure",
        r"tenure|enroll|enrol|sign ?up|registr|joined|member(ship)? since|customer since|days since customer|first (order|purchase)|seniority|months on book|kunde seit",
        Side("Long-standing", "long-time customers"),
        Side("Newer", "newcomers"),
    ),
    Concept(
        "discount",
        r"discount|deal|coupon|promo|voucher|rabatt|remise|descuento|sale share",
        Side("Deal-seeking", "bargain hunters"),
        Side("Full-price", "full-price buyers"),
    ),
    Concept(
        "returns",
        r"\breturns?\b|return (rate|share)|returned|retoure|refund|devoluci|retour",
        Side("High-return", "frequent returners"),
        Side("Low-return", "keepers"),
    ),
    Concept(
        "support",
        r"ticket|support|complain|claims?\b|calls?\b",
        Side("Support-heavy", "support users"),
        Side("Low-touch", None),
    ),
    Concept("cash", r"cash advance", Side("Cash-advance", "cash-advance users"), Side(None, None)),
    Concept("instalments", r"instal", Side("Instalment", "instalment buyers"), Side(None, None)),
    Concept("oneoff", r"one ?off", Side("One-off", "one-off buyers"), Side(None, None)),
    Concept("full_payment", r"full payment", Side("Pay-in-full", "full payers"), Side("Revolving", "revolving users")),
    Concept("limit", r"credit limit|limit\b", Side("High-limit", None), Side("Lower-limit", None)),
    Concept(
        "basket",
        r"basket|order value|\baov\b|average (order|purchase|spend)|avg (order|purchase|spend)|warenkorb|panier moyen|ticket medio",
        Side("Large-basket", "large-basket buyers"),
        Side("Small-basket", "small-basket buyers"),
    ),
    Concept(
        "income",
        r"income|salary|einkommen|gehalt|revenu\b|ingreso|earning",
        Side("High-income", "high earners"),
        Side("Lower-income", "modest earners"),
    ),
    Concept(
        "web",
        r"web visit|site visit|app visit|visits?\b|session|page ?view|browse|logins?\b",
        Side("Frequently-visiting", "frequent visitors"),
        Side("Rarely-visiting", "rare visitors"),
    ),
    Concept("online", r"web purchase|online|app purchase", Side("Online", "online buyers"), Side(None, None)),
    Concept("catalogue", r"catalog", Side("Catalogue", "catalogue buyers"), Side(None, None)),
    Concept("store", r"store purchase|in store|filiale", Side("Store-going", "store buyers"), Side(None, None)),
    Concept(
        "children",
        r"\bkids?\b|\bkidhome|\bteen|child|kinder|enfants|hijos|dependents?\b|household size",
        Side("Family", "families"),
        Side(None, "smaller households"),
    ),
    Concept(
        "flights", r"flight|flown", Side("Frequent-flying", "frequent flyers"), Side("Rarely-flying", "rare flyers")
    ),
    Concept(
        "bonus",
        r"bonus (miles|points|trans)|points|loyalty|rewards?\b",
        Side("Points-rich", "points collectors"),
        Side("Points-light", None),
    ),
    Concept(
        "frequency",
        r"frequen|orders?\b|transaction|\btrans\b|\btrx\b|num(ber of)? (of )?purchases|purchase count|bestellungen|commandes|pedidos",
        Side("Frequent", "frequent buyers"),
        Side("Occasional", "occasional buyers"),
    ),
    Concept(
        "balance",
        r"balance|saldo|solde",
        Side("High-balance", "high-balance customers"),
        Side("Low-balance", "low-balance customers"),
    ),
    Concept("minimum", r"minimum payment", Side("High-minimum", None), Side(None, None)),
    Concept(
        "payments",
        r"payments?\b|zahlung|paiement|pagos",
        Side("High-payment", "large payers"),
        Side("Low-payment", "small payers"),
    ),
    Concept(
        "spend",
        r"spend|spent|revenue|sales|monetary|turnover|umsatz|chiffre|ventas|purchases?\b|lifetime value|\bclv\b|\bltv\b|total (amount|value)|gross|net value",
        Side("High-spending", "big spenders"),
        Side("Low-spending", "light spenders"),
    ),
)

_GOODS = (
    "wine|fruit|meat|fish|sweet|gold|fresh|milk|grocery|frozen|detergent|paper|delicassen|delicatessen|bakery|beauty|"
    "fashion|clothing|shoe|book|toy|garden|electronic|sport|home|kitchen|pet|cheese|coffee|tea|beer|cosmetic|furniture"
)


def concept_of(name: str, label: str) -> Concept | None:
    """Return the concept a column measures, by its name or label; None where none is known."""
    text = _plain(f"{name} {label}")
    goods = re.search(rf"\b({_GOODS})", text)
    for concept in CONCEPTS:
        if concept.key in ("spend", "payments") and goods:
            break
        if re.search(concept.pattern, text):
            return concept
    if goods:
        word = goods.group(1)
        return Concept(
            f"goods:{word}",
            word,
            Side(f"{word.capitalize()}-buying", f"big {word} buyers"),
            Side(None, f"light {word} buyers"),
        )
    return None


def _plain(text: str) -> str:
    text = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)
    return re.sub(r"[^a-z0-9]+", " ", text.lower().replace("é", "e").replace("á", "a")).strip()
