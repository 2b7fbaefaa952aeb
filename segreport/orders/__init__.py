"""From raw orders to customers."""

from __future__ import annotations

from segreport.orders.order import (
    Cell,
    Definition,
    Limits,
    Month,
    OrderFacts,
    Part,
    Roles,
    Scale,
    Standing,
    Standings,
    State,
    Step,
    moment,
)

__all__ = [
    "Cell",
    "Definition",
    "Limits",
    "Month",
    "OrderFacts",
    "Part",
    "Roles",
    "Scale",
    "Standing",
    "Standings",
    "State",
    "Step",
    "moment",
]
