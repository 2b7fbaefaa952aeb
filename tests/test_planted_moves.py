"""The example shop's three months: customers who were planted to change are found, and the others left alone."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest

from segreport.example import planted_moves, shop_orders
from segreport.pipeline import run_to_files
from segreport.settings import settings_of

MONTHS = {"2026-08": dt.date(2026, 9, 1), "2026-09": dt.date(2026, 10, 1), "2026-10": dt.date(2026, 11, 1)}


@pytest.fixture(scope="module")
def segments(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    """Every customer's segment in each of three months, as `make demo` makes them."""
    out, orders = tmp_path_factory.mktemp("months"), shop_orders()
    for as_of in MONTHS.values():
        run_to_files(orders, out, settings_of(as_of=as_of, formats=["json"]), today=as_of)
    read = {month: _read(out / month) for month in MONTHS}
    return pd.DataFrame(read)


def _read(folder: Path) -> pd.Series[str]:
    assigned = pd.read_parquet(folder / "assignments.parquet")
    return assigned.set_index("customer_id")["segment_id"]


def test_over_nine_in_ten_of_the_planted_movers_are_found(segments: pd.DataFrame) -> None:
    there = segments.dropna()
    kinds = planted_moves().reindex(there.index)
    planted = there[kinds.isin(["woken", "stopped", "grown"])]
    assert len(planted) > 200
    found = planted["2026-08"] != planted["2026-10"]
    assert found.mean() > 0.9
    by_kind = found.groupby(kinds[planted.index]).mean()
    assert by_kind.min() > 0.9, by_kind


def test_over_nine_in_ten_of_the_others_are_left_alone_from_month_to_month(segments: pd.DataFrame) -> None:
    there = segments.dropna()
    steady = there[planted_moves().reindex(there.index) == "steady"]
    assert len(steady) > 2_000
    for before, after in (("2026-08", "2026-09"), ("2026-09", "2026-10")):
        assert (steady[before] == steady[after]).mean() > 0.9
