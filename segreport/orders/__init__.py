"""From raw orders to customers: which column is what, which lines count, and what is measured of each customer.

    finding    whether rows are orders, and which column is what
    lines      every order line, typed, with its fate          ledger     lines read, dropped and used, each counted
    measures   lines -> orders -> one row a customer           scores     R, F and M from 1 to 5
    choosing   what forms segments and what describes them     gate       what these orders cannot tell
    making     the order of the above

All of it is Ibis expressions, worked out in the engine that holds the orders.
"""

from __future__ import annotations

from segreport.orders.finding import holds_orders
from segreport.orders.making import Derive, Orders, read_orders
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
from segreport.orders.scores import standings_of

__all__ = [
    "Cell",
    "Definition",
    "Derive",
    "Limits",
    "Month",
    "OrderFacts",
    "Orders",
    "Part",
    "Roles",
    "Scale",
    "Standing",
    "Standings",
    "State",
    "Step",
    "holds_orders",
    "moment",
    "read_orders",
    "standings_of",
]
