"""What the example shop sells: 240 products in six categories, and two small presents that cost nothing."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd

CATEGORIES = ("Fashion", "Home", "Beauty", "Electronics", "Sport", "Toys and gifts")

_GOODS = (  # ten a category, and what the classic one of each costs in the first year
    {"Socks": 9, "T-shirt": 19, "Belt": 29, "Scarf": 32, "Shirt": 45, "Jeans": 72, "Pullover": 64, "Dress": 84,
     "Jacket": 118, "Coat": 179},
    {"Candle": 8, "Mug": 11, "Towel": 16, "Cushion": 24, "Vase": 31, "Blanket": 44, "Pan": 49, "Lamp": 68,
     "Rug": 109, "Side table": 149},
    {"Soap": 5, "Lip balm": 6, "Shampoo": 9, "Hand cream": 11, "Face mask": 14, "Mascara": 17, "Day cream": 24,
     "Serum": 34, "Perfume": 62, "Hair dryer": 79},
    {"Cable": 12, "Power adapter": 22, "Power bank": 34, "Mouse": 36, "Keyboard": 62, "Speaker": 84,
     "Headphones": 119, "Smart watch": 189, "E-reader": 139, "Tablet": 279},
    {"Water bottle": 14, "Skipping rope": 12, "Yoga mat": 29, "Cap": 22, "Leggings": 46, "Dumbbells": 39,
     "Backpack": 69, "Running shoes": 112, "Rain jacket": 98, "Tent": 189},
    {"Card game": 12, "Puzzle": 17, "Soft toy": 22, "Picture book": 14, "Board game": 36, "Craft kit": 26,
     "Toy train": 54, "Building bricks": 59, "Doll's house": 112, "Gift hamper": 64},
)  # fmt: skip
_STYLES = {"basic": 0.72, "classic": 1.0, "plus": 1.3, "premium": 1.7}
_UNSORTED = {"Mug, plus", "Cap, premium", "Cable, plus", "Puzzle, premium", "Towel, classic"}
_PRESENTS = ("Tote bag (present)", "Sample box (present)")


@cache
def catalogue() -> pd.DataFrame:
    """Return one row a product: product_code, product, category, price of the first year, and its `shelf`.

    Sorted by shelf (the number of its category) and price; the presents come last, on none (-1). Nobody gave
    the presents and five of the goods a category.
    """
    rows: list[tuple[str | None, str, float, int]] = [
        (CATEGORIES[shelf], f"{thing}, {style}", price * factor, shelf)
        for shelf, things in enumerate(_GOODS)
        for thing, price in things.items()
        for style, factor in _STYLES.items()
    ]
    rows.sort(key=lambda row: (row[3], row[2]))
    rows += [(None, thing, 0.0, -1) for thing in _PRESENTS]
    table = pd.DataFrame(rows, columns=["category", "product", "price", "shelf"])
    table["category"] = table["category"].mask(table["product"].isin(_UNSORTED))
    table["product_code"] = [f"P{number:04d}" for number in np.random.default_rng(0).permutation(len(table)) * 7 + 1013]
    return table


def presents(rng: np.random.Generator, count: int) -> np.ndarray:
    """Return rows of the catalogue: one small present each."""
    return rng.integers(len(_PRESENTS), size=count) + len(catalogue()) - len(_PRESENTS)


def pick(shelf: np.ndarray, level: np.ndarray) -> np.ndarray:
    """Return rows of the catalogue: for each pick, the product on its shelf next to a price.

    `level` is the logarithm of that price against the shelf's own middle, so that normal levels give lognormal
    baskets on every shelf.
    """
    goods = catalogue().iloc[: -len(_PRESENTS)]
    prices = np.log(goods["price"])
    heights = (prices - prices.groupby(goods["shelf"]).transform("mean")).to_numpy()
    shelves = goods["shelf"].to_numpy()
    # one search over all shelves: 100 a shelf keeps them apart, and no price is e**50 times another
    places = shelves * 100 + heights
    per_shelf = len(goods) // len(CATEGORIES)
    above = np.searchsorted(places, shelf * 100 + np.clip(level, -40, 40))
    first, last = shelf * per_shelf, (shelf + 1) * per_shelf - 1
    upper, lower = np.clip(above, first, last), np.clip(above - 1, first, last)
    nearer = np.abs(heights[upper] - level) < np.abs(heights[lower] - level)
    chosen: np.ndarray = np.where(nearer, upper, lower)
    return chosen


def prices(product: np.ndarray, year: np.ndarray) -> np.ndarray:
    """Return what products cost in a year: 3% more every January, ending in 9 cents; presents stay free."""
    price = catalogue()["price"].to_numpy()[product] * 1.03 ** (year - 2024)
    shown: np.ndarray = np.where(price > 0, np.round(np.round(price, 1) - 0.01, 2), 0.0)
    return shown
