"""The example shop's table of customers: one row a customer, as a customer database would give it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from segreport.errors import InputError
from segreport.example.catalogue import CATEGORIES
from segreport.example.people import COUNTRIES, LAST_DAY, addresses

CHANNELS = ("search", "social", "newsletter", "referral", "marketplace")
VAT = {"Germany": 0.19, "Austria": 0.20, "Switzerland": 0.081, "Netherlands": 0.21, "France": 0.20}


@dataclass(frozen=True)
class _Kind:
    """What one planted type of customer does on average; customers vary around it, and the types overlap.

    `recency` is days since the last order, `active` days between first and last order, `discount` and
    `returns` are shares (0 to 1), `categories` and `channels` weights in the order of the lists above.
    """

    share: float
    orders: float
    basket: float
    recency: float
    active: float
    discount: float
    returns: float
    app_visits: float
    tickets: float
    newsletter: float
    age: float
    categories: tuple[float, ...]
    channels: tuple[float, ...]


_LOYAL = _Kind(0.12, 24, 88, 14, 1250, 0.06, 0.07, 14, 1.4, 0.82, 44, (4, 4, 2, 2, 2, 1), (4, 1, 3, 4, 1))
_BARGAIN = _Kind(0.26, 12, 31, 34, 640, 0.48, 0.19, 9, 1.0, 0.93, 36, (6, 2, 4, 1, 1, 1), (2, 3, 5, 1, 2))
_NEW = _Kind(0.20, 1.6, 52, 36, 32, 0.17, 0.10, 5, 0.4, 0.55, 31, (4, 1, 4, 2, 3, 1), (2, 7, 1, 2, 1))
_LAPSED = _Kind(0.23, 10, 56, 480, 560, 0.16, 0.13, 0.3, 0.7, 0.22, 42, (3, 3, 2, 3, 2, 1), (4, 2, 2, 1, 3))
_GIFT = _Kind(0.19, 2.2, 140, 115, 620, 0.06, 0.03, 0.8, 0.2, 0.38, 51, (1, 3, 1, 2, 1, 8), (5, 1, 1, 2, 3))
_KINDS = (_LOYAL, _BARGAIN, _NEW, _LAPSED, _GIFT)


def shop_customers(customers: int = 4000, seed: int = 7) -> pd.DataFrame:
    """Return one row a customer, 18 columns, dates up to 31 October 2026.

    Planted are five overlapping types (which type a customer is stays out of the table):

    - loyal big spenders (12%): 20 and more orders over years, large baskets, hardly a discount;
    - bargain hunters (26%): many small baskets, most on discount, many returns, nearly all on the newsletter;
    - new customers (20%): first order a few weeks ago, one or two orders, young, came from social media;
    - lapsed regulars (23%): once ordered every other month, nothing for a year, no longer open the app;
    - gift buyers (19%): few orders, the largest baskets, full price, hardly a return.

    And what real tables have: e-mail addresses (made up), ages missing for one customer in eight and app
    visits for one in sixteen, discounts as text ("14 %"), a few spenders far above the rest, `revenue_net`
    that repeats `revenue` but for VAT, and `currency`, the same in every row.
    """
    if customers < 1:
        raise InputError(f"{customers} customers: an example shop needs at least one.")
    rng = np.random.default_rng(seed)
    kinds = rng.choice(len(_KINDS), customers, p=[kind.share for kind in _KINDS])
    means = pd.DataFrame(list(_KINDS)).iloc[kinds].reset_index(drop=True)
    people, purchases = _people(rng, means), _purchases(rng, means)
    net = (purchases["revenue"] / (1 + people["country"].map(VAT))).round(2).rename("revenue_net")
    return pd.concat([people, purchases, net, _habits(rng, means)], axis="columns")[_ORDER]


_ORDER = [
    "customer_id", "email", "first_order", "last_order", "orders", "revenue", "revenue_net", "average_basket",
    "discount_share", "return_rate", "newsletter", "preferred_category", "country", "age", "app_visits_month",
    "support_tickets", "acquisition_channel", "currency",
]  # fmt: skip


def _people(rng: np.random.Generator, means: pd.DataFrame) -> pd.DataFrame:
    """Return who the customers are: ids, made-up addresses, country and age."""
    count = len(means)
    numbers = np.arange(1, count + 1)
    emails = addresses(rng, numbers)
    age = np.clip(rng.normal(means["age"], 9), 18, 88).round()
    return pd.DataFrame(
        {
            "customer_id": [f"C{number:06d}" for number in numbers],
            "email": emails,
            "country": rng.choice(list(COUNTRIES), count, p=list(COUNTRIES.values())),
            "age": pd.array(np.where(rng.random(count) < 0.125, np.nan, age), dtype="Int64"),
        }
    )


def _purchases(rng: np.random.Generator, means: pd.DataFrame) -> pd.DataFrame:
    """Return what customers bought, when, and how; one order has one date, and no date is after LAST_DAY."""
    count = len(means)
    orders = np.maximum(1, rng.poisson(means["orders"] * rng.gamma(5, 1 / 5, count)))
    basket = means["basket"] * rng.lognormal(-0.06, 0.35, count)
    recency = np.floor(rng.gamma(3, means["recency"] / 3))
    recency -= recency.min()  # somebody ordered on the last day
    active = np.where(orders == 1, 0, np.ceil(rng.gamma(4, means["active"] / 4)) + 1)
    last_day = pd.Timestamp(LAST_DAY)
    revenue = np.round(orders * basket, 2)
    return pd.DataFrame(
        {
            "first_order": last_day - pd.to_timedelta(recency + active, unit="D"),
            "last_order": last_day - pd.to_timedelta(recency, unit="D"),
            "orders": orders,
            "revenue": revenue,
            "average_basket": np.round(revenue / orders, 2),
            "discount_share": [f"{share:.0%}".replace("%", " %") for share in _shares(rng, means["discount"], 14)],
            "return_rate": np.round(_shares(rng, means["returns"], 20), 3),
            "currency": "EUR",
        }
    )


def _habits(rng: np.random.Generator, means: pd.DataFrame) -> pd.DataFrame:
    """Return how customers deal with the shop between orders."""
    count = len(means)
    visits = rng.poisson(means["app_visits"] * rng.gamma(5, 1 / 5, count)).astype(float)
    return pd.DataFrame(
        {
            "newsletter": np.where(rng.random(count) < means["newsletter"], "yes", "no"),
            "preferred_category": _draw(rng, CATEGORIES, means["categories"].tolist()),
            "acquisition_channel": _draw(rng, CHANNELS, means["channels"].tolist()),
            "app_visits_month": pd.array(np.where(rng.random(count) < 0.06, np.nan, visits), dtype="Int64"),
            "support_tickets": rng.poisson(means["tickets"]),
        }
    )


def _shares(rng: np.random.Generator, means: pd.Series[float], firmness: float) -> np.ndarray:
    """Return a share (0 to 1) a customer, Beta-distributed around the type's mean; firmer is closer to it."""
    return rng.beta(means * firmness, (1 - means) * firmness)


def _draw(rng: np.random.Generator, names: tuple[str, ...], weights: list[tuple[float, ...]]) -> np.ndarray:
    """Return one name a customer, drawn with the type's weights."""
    limits = np.cumsum(np.array(weights), axis=1)
    picks = rng.random(len(weights)) * limits[:, -1]
    drawn: np.ndarray = np.array(names)[(picks[:, None] >= limits).sum(axis=1)]
    return drawn
