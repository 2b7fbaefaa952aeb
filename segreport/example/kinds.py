"""The types of customer planted in the example shop's orders: what each does on average."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """What one planted type of customer does on average; customers vary around it, and the types overlap.

    `joined` is when in the shop's life the first order falls (a Beta distribution over it, weighted by season),
    `stays` for how many days a customer keeps coming, and `rate` how many orders a month she makes meanwhile.
    An order has `lines` lines and a line `extra` pieces beyond the first; `level` is the logarithm of a product's price
    against its category's middle. `discounted`, `returned` are shares of lines, `cancelled`, `presents` of orders.
    `birthdays` multiplies the rate in two months of the customer's own. The weights are those of months,
    weekdays (Monday first), hours (lunch, evening; the rest falls anywhere in the day), categories and channels.
    """

    name: str
    share: float
    joined: tuple[float, float]
    stays: float
    rate: float
    lines: float
    extra: float
    level: float
    discounted: float
    returned: float
    cancelled: float
    presents: float
    birthdays: float
    months: tuple[float, ...]
    weekdays: tuple[float, ...]
    hours: tuple[float, float]
    categories: tuple[float, ...]
    channels: tuple[float, ...]


CHANNELS = ("web shop", "app", "marketplace", "phone")

_SHOP = (0.9, 0.8, 0.9, 0.9, 0.95, 0.9, 0.9, 0.85, 0.95, 1.05, 1.3, 1.7)
_SALES = (1.4, 0.8, 0.8, 0.8, 0.8, 1.0, 1.3, 0.9, 0.8, 0.9, 1.5, 1.5)
_GIFTS = (0.4, 0.6, 0.6, 0.7, 0.9, 0.6, 0.5, 0.5, 0.6, 0.8, 2.8, 4.5)
_OFFICE = (1.0, 1.0, 1.1, 1.0, 1.0, 1.0, 0.8, 0.6, 1.0, 1.1, 1.2, 1.1)

KINDS = (
    Kind("loyal big spender", 0.12, (1, 5), 6000, 0.78, 1.1, 0.12, 0.35, 0.10, 0.05, 0.02, 0.03, 1.5,
         _SHOP, (5, 5, 5, 6, 4, 3, 3), (0.35, 0.40), (4, 4, 2, 2, 2, 1), (6, 4, 0, 1)),
    Kind("bargain hunter", 0.26, (1, 1.8), 1400, 0.43, 0.50, 0.05, -0.55, 0.65, 0.19, 0.06, 0.0, 1.0,
         _SALES, (3, 2, 2, 3, 3, 4, 7), (0.10, 0.65), (6, 2, 4, 1, 1, 1), (3, 7, 2, 0)),
    Kind("new customer", 0.20, (14, 1.1), 2000, 0.35, 0.50, 0.06, -0.05, 0.20, 0.03, 0.04, 0.01, 1.0,
         _SHOP, (3, 3, 3, 3, 4, 5, 5), (0.15, 0.55), (4, 1, 4, 2, 3, 1), (3, 7, 2, 0)),
    Kind("lapsed regular", 0.23, (1, 8), 330, 0.52, 0.60, 0.08, 0.05, 0.15, 0.05, 0.03, 0.01, 1.2,
         _SHOP, (4, 4, 4, 4, 4, 4, 4), (0.30, 0.40), (3, 3, 2, 3, 2, 1), (6, 2, 3, 1)),
    Kind("gift buyer", 0.19, (1, 1.6), 3000, 0.06, 0.85, 0.12, 0.65, 0.04, 0.01, 0.02, 0.0, 14.0,
         _GIFTS, (3, 3, 3, 3, 4, 8, 5), (0.20, 0.35), (1, 3, 1, 2, 1, 8), (7, 1, 3, 1)),
    Kind("business", 0.0, (1, 8), 6000, 2.4, 4.0, 14, 0.0, 0.30, 0.01, 0.02, 0.0, 1.0,
         _OFFICE, (6, 6, 6, 6, 4, 0, 0), (0.30, 0.0), (0, 3, 0, 3, 1, 4), (2, 0, 0, 8)),
    Kind("guest", 0.0, (1, 1), 0, 0.0, 0.45, 0.05, 0.0, 0.15, 0.08, 0.05, 0.0, 1.0,
         _SHOP, (4, 4, 4, 4, 4, 4, 4), (0.20, 0.45), (3, 3, 2, 2, 2, 2), (7, 1, 5, 1)),
)  # fmt: skip
BUSINESS, GUEST = 5, 6
"""Where these two stand in KINDS: they come in fixed numbers, not by share."""
