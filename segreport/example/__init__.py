"""An online shop to try segreport on, as orders or as customers: synthetic, seeded, and no tidier than a real one."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from segreport.errors import InputError
from segreport.example.customers import shop_customers
from segreport.example.orders import planted_moves, planted_types, shop_orders
from segreport.example.people import LAST_DAY

__all__ = ["LAST_DAY", "make_shop", "planted_moves", "planted_types", "shop_customers", "shop_orders"]


def make_shop(
    path: Path, *, table: Literal["orders", "customers"] = "orders", customers: int = 4000, seed: int = 7
) -> None:
    """Write the example shop's orders or customers to a .csv or .parquet file; the same seed gives the same bytes.

    The two tables are drawn apart: they have the same types of customers, but not the same customers. Folders on the
    way are made. Raises InputError for any other kind of file and where nothing can be written.
    """
    if path.suffix not in {".csv", ".parquet"}:
        raise InputError(f"{path}: the example is written as .csv or .parquet; end the name with one of them.")
    make, moment = _TABLES[table]
    rows = make(customers, seed)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".parquet":
            rows.to_parquet(path, index=False)
        else:
            rows.to_csv(path, index=False, lineterminator="\n", date_format=moment)
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error.strerror or error}).") from error


_TABLES = {"orders": (shop_orders, "%Y-%m-%d %H:%M:%S"), "customers": (shop_customers, "%Y-%m-%d")}
