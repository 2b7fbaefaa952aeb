"""The adjectives that tell lookalikes apart, by the column they compare, and the words they do not go with."""

from __future__ import annotations

import math
from dataclasses import dataclass

from segreport.personas.rfm_words import NEWER_DAYS, RECENT_DAYS


@dataclass(frozen=True)
class Qualifier:
    """The adjectives for more and for less of a column than the lookalikes have; `weight`: how well they read.

    `late` is said instead of `less` where that is more than `short` days: nobody is newer after three years.
    """

    column: str
    more: str
    less: str
    weight: float
    short: float = math.inf
    late: str = ""


QUALIFIERS = (
    Qualifier("monetary", "Higher-value", "Lower-value", 1.1),
    Qualifier("average_order", "Larger-basket", "Smaller-basket", 1.0),
    Qualifier("tenure", "Longer-standing", "Newer", 0.9, NEWER_DAYS, "Later-joined"),
    Qualifier("products", "Wider-range", "Narrower-range", 0.6),
    Qualifier("recency", "Longer-quiet", "More-recent", 0.8, RECENT_DAYS, "Less-quiet"),
    Qualifier("frequency", "More-frequent", "Less-frequent", 0.8),
    Qualifier("items", "Higher-volume", "Lower-volume", 0.7),
    Qualifier("gap", "Slower-paced", "Faster-paced", 0.7),
    Qualifier("categories", "Wider-range", "Narrower-range", 0.5),
    Qualifier("return_rate", "Higher-return", "Lower-return", 0.6),
)
DISCOUNT = Qualifier("", "Discount-minded", "Lower-discount", 1.0)
"""The adjectives of any column that is a discount."""
AWKWARD = {
    "monetary": ("spend",),
    "average_order": ("ticket",),
    "tenure": ("new", "promising", "lapsed", "lost"),
    "recency": ("active", "recent", "attention", "quiet", "earlier"),
    "frequency": ("hibernating", "lost", "occasional", "frequent", "big-ticket"),
}
"""Words that an adjective of the column would double or contradict: "Newer new customers"."""
AWAY = ("Lapsed", "Lost")
"""Words of customers who left: of these it is when, not for how long they had been there, that tells."""
ABSOLUTE = ("basket", "tenure", "volume", "variety", "returns")
"""Concepts whose plain adjective ("Large-basket") says it better, where it is true of one side only."""
COMPARED = ("newer", "quieter")
"""Words that compare already: a second comparative before them is clumsy."""
LEFT_OUT = ("Quieter", "Recent", "Active")
"""What a name of four words can do without, where no other segment is called the rest."""
