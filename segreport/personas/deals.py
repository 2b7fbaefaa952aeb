"""Customers who clearly buy at higher discounts than others: any calm word can say so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from segreport.personas.rfm_words import Word
from segreport.personas.traits import Trait, lower_first

CALM = frozenset({"middle", "light", "active", "occasional", "quieter", "recent", "new", "newer", "promising",
                  "latest", "earlier", "big", "light-loyal", "loyal"})  # fmt: skip
"""Signals of words that leave room for it: neither the very best nor those who are leaving."""


def deals_of(said: Word, traits: Sequence[Trait]) -> Trait | None:
    """Return the trait of those who clearly buy at higher discounts, where their word leaves room for it."""
    found = (trait for trait in traits if trait.key == "discount" and trait.high and trait.clear)
    return next(found, None) if said.signal in CALM else None


def seeking_deals(said: Word, traits: Sequence[Trait]) -> Word:
    """Return the word with "Deal-seeking" before it where discounts are clearly higher and the name stays short."""
    deals = deals_of(said, traits)
    noun = "customers" if said.text == "Mid-tier customers" else lower_first(said.text)
    if deals is None or len(noun.split()) > 2:
        return said
    return replace(said, text=f"{deals.side.adjective} {noun}", claims=(*said.claims, f"{deals.driver.column}+"))
