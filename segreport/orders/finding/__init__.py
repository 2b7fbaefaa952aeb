"""Whether rows are orders, and which raw column is what to an order: found by name and by content, or asked for.

words      how columns are called in four languages     exports    how shops call them
picking    which columns could be a part of an order    parts      the one that is it
per_order  amounts of lines, and of whole orders        states     what became of an order
besides    what else tells of the customer              nobody     values that mean no customer
currencies amounts that cannot be added up              roles, detecting   the doors
"""

from __future__ import annotations

from segreport.orders.finding.detecting import holds_orders
from segreport.orders.finding.roles import find_roles

__all__ = ["find_roles", "holds_orders"]
