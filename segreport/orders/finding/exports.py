"""The exports of shop systems, known by their columns: there is nothing to guess in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from segreport.orders.finding.words import Named, plain


@dataclass(frozen=True)
class Export:
    """What a shop's export is known by (one of these sets of columns), and the columns of its orders, best first.

    `returned` are its words for orders that were paid back; all names as `plain` writes them.
    """

    shop: str
    signs: tuple[frozenset[str], ...]
    parts: dict[Named, tuple[str, ...]]
    returned: frozenset[str] = frozenset()


_EXPORTS = (
    # an order is a block of lines, and what is the whole order's stands on the first of them
    Export(
        "Shopify",
        (frozenset({"financial status", "lineitem quantity"}), frozenset({"financial status", "lineitem name"})),
        {
            "order": ("name",),
            "date": ("created at", "paid at"),
            "amount": ("total", "subtotal"),
            "quantity": ("lineitem quantity",),
            "price": ("lineitem price",),
            "product": ("lineitem sku", "lineitem name"),
            "refunded": ("refunded amount",),
        },
    ),
    # the plugins Advanced Order Export and Customer / Order / Coupon Export
    Export(
        "WooCommerce",
        (
            frozenset({"order total amount", "order status"}),
            frozenset({"order total", "order currency", "payment method title"}),
            frozenset({"order total", "customer user"}),
        ),
        {
            "order": ("order number", "order id"),
            "date": ("order date", "date", "date created"),
            "amount": ("order total amount", "order total"),
            "quantity": ("quantity", "item quantity"),
            "price": ("item cost", "item price"),
            "product": ("sku", "item sku", "item name", "name"),
            "refunded": ("order refund amount", "refunded total", "total refunded"),
        },
    ),
    # the grid of orders, and the table sales_order (sales_flat_order in Magento 1)
    Export(
        "Magento",
        (
            frozenset({"grand total base", "purchase date"}),
            frozenset({"grand total purchased", "purchase date"}),
            frozenset({"increment id", "grand total"}),
            frozenset({"increment id", "base grand total"}),
        ),
        {
            "order": ("increment id", "id", "order id"),
            "date": ("purchase date", "created at"),
            "amount": ("grand total base", "base grand total", "grand total purchased", "grand total"),
            "refunded": ("base total refunded", "total refunded"),
        },
        returned=frozenset({"closed"}),
    ),
)


def export_of(names: Sequence[str]) -> Export | None:
    """Return the shop whose export has these columns, or None."""
    found = {plain(name) for name in names}
    return next((export for export in _EXPORTS if any(sign <= found for sign in export.signs)), None)
