"""Who buys in the example shop: made-up names and addresses, countries, and the last day the shop knows of."""

from __future__ import annotations

import datetime as dt

import numpy as np

LAST_DAY = dt.date(2026, 10, 31)
"""The day the tables were drawn: the latest order is from this day."""

COUNTRIES = {"Germany": 0.52, "Austria": 0.16, "Switzerland": 0.12, "Netherlands": 0.11, "France": 0.09}
FIRST_NAMES = (
    "anna", "ben", "clara", "david", "elif", "finn", "greta", "hugo",
    "ida", "jonas", "klara", "lena", "mats", "nora", "oskar", "paula",
)  # fmt: skip
LAST_NAMES = (
    "becker", "dubois", "fischer", "gruber", "huber", "jansen", "keller",
    "lang", "meyer", "novak", "roth", "schmid", "vogel", "weber",
)  # fmt: skip


def addresses(rng: np.random.Generator, numbers: np.ndarray) -> list[str]:
    """Return an e-mail address a number, no two alike, under a domain that nobody can own."""
    names = zip(rng.choice(FIRST_NAMES, len(numbers)), rng.choice(LAST_NAMES, len(numbers)), numbers, strict=True)
    return [f"{first}.{last}{number}@example.com" for first, last, number in names]
