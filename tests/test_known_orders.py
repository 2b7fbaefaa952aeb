"""Orders of real shops: what is known about them, and what a report on them must not say."""

from __future__ import annotations

import datetime as dt
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from segreport import build_report
from segreport.analysis import analyse
from segreport.columns import survey
from segreport.orders import Orders, read_orders
from segreport.settings import OrderSettings, ReadSettings, settings_of
from segreport.sources import Data, open_source
from segreport.wording import Wording

DATA = Path(__file__).parents[2] / "shared" / "data"
TODAY = dt.date(2026, 10, 31)
pytestmark = pytest.mark.skipif(not DATA.exists(), reason="the shared data is not beside this checkout")

ONLINE_RETAIL = DATA / "online_retail" / "online_retail.parquet"


def added_up(data: Data, *, names: tuple[str, ...] | None = None, **choices: Any) -> Orders:
    source = open_source(data, ReadSettings(names=names))
    surveyed = survey(source.table, settings_of().columns, today=TODAY, name=source.name)
    return read_orders(surveyed, OrderSettings(**choices), as_of=None, wording=Wording())


def customers(found: Orders) -> pd.DataFrame:
    table: pd.DataFrame = found.columns.table.to_pandas()
    return table.set_index(found.columns.id)


def steps(found: Orders) -> dict[str, tuple[int, float | None]]:
    return {step.code: (step.lines, step.amount) for step in found.facts.ledger}


@cache
def online_retail(returns: str) -> Orders:
    return added_up(ONLINE_RETAIL, returns=returns)


def test_online_retail_without_returns_is_what_every_tutorial_counts() -> None:
    found = online_retail("drop")
    assert (found.facts.customers, found.facts.orders) == (4338, 18532)
    assert steps(found)["used"] == (397884, 8911407.90)
    assert (found.facts.lines, steps(found)["no_customer"][0], steps(found)["repeats"][0]) == (541909, 135080, 5268)
    table = customers(found)
    rfm = table.loc[[12346, 12347, 12348], ["recency", "frequency", "monetary"]]
    assert rfm.to_numpy().tolist() == [[326, 1, 77183.60], [2, 7, 4310.00], [75, 4, 1797.24]]
    assert (table.monetary.idxmax(), table.frequency.idxmax(), table.frequency.max()) == (14646, 12748, 209)
    assert table.monetary.max() == pytest.approx(280206.02)


def test_the_as_of_date_can_be_counted_from_midnight() -> None:
    source = open_source(ONLINE_RETAIL, ReadSettings())
    surveyed = survey(source.table, settings_of().columns, today=TODAY, name=source.name)
    drop = OrderSettings(returns="drop")
    found = read_orders(surveyed, drop, as_of=dt.date(2011, 12, 10), wording=Wording())
    assert customers(found).recency[12346] == 325


def test_who_sends_everything_back_is_worth_nothing_and_heads_no_list() -> None:
    found = online_retail("net")
    table = customers(found)
    assert table.monetary[12346] == 0.0
    assert table.return_rate[12346] == 100.0
    assert table.m[12346] == 1
    assert table.monetary.sum() == pytest.approx(steps(found)["used"][1], abs=0.01)


def test_online_retail_falls_into_segments_that_a_campaign_can_use(tmp_path: Path) -> None:
    report = analyse(ONLINE_RETAIL, settings_of(), today=TODAY, workspace=tmp_path).report
    assert max(segment.share for segment in report.segments) <= 0.8
    assert report.orders is not None
    assert (report.as_of, report.orders.as_of) == ("2011-12-10", "2011-12-10T12:50:00")
    best = max(report.segments, key=lambda segment: segment.value or 0.0)
    assert best.name.lower().endswith(("champions", "big spenders"))
    assigned = pd.read_parquet(tmp_path / "assigned.parquet").set_index("CustomerID")
    assert list(assigned.columns) == ["segment_id", "margin", "recency", "frequency", "monetary", "r", "f", "m"]
    assert assigned.segment_id[12346] != best.id


def test_the_semicolon_export_reads_to_the_same_numbers_as_the_same_rows() -> None:
    path = DATA / "online_retail" / "OnlineRetail_semicolon_decimalcomma_bom_10000.csv"
    raw = pd.read_csv(path, sep=";", encoding="utf-8-sig", dtype=str)
    last = raw.iloc[-1]  # its invoice is cut off in the middle
    rows = pd.read_parquet(ONLINE_RETAIL)
    same = rows[rows.InvoiceNo.isin(raw.InvoiceNo) & (rows.InvoiceNo != last.InvoiceNo)]
    export, found = (customers(added_up(data)).drop(int(last.CustomerID), errors="ignore") for data in (path, same))
    columns = ["frequency", "monetary", "products", "items", "weekday", "hour", "gap"]
    pd.testing.assert_frame_equal(export[columns].sort_index(), found[columns].sort_index())


@pytest.mark.parametrize("name", ["CDNOW_master.txt", "CDNOW_master_header.csv"])
def test_cdnow_has_its_customers_and_dollars(name: str) -> None:
    found = added_up(DATA / "cdnow" / name)
    assert (found.facts.customers, found.facts.lines, found.facts.orders) == (23570, 69659, 67591)
    assert steps(found)["used"] == (69659, 2500315.63)
    assert found.facts.as_of == "1998-07-01"


def test_the_cdnow_sample_has_a_column_too_many_and_no_header() -> None:
    names = ("master_id", "customer_id", "date", "cds", "dollars")
    found = added_up(DATA / "cdnow" / "CDNOW_sample.txt", names=names, customer="customer_id", amount="dollars")
    assert (found.facts.customers, found.facts.lines, found.facts.orders) == (2357, 6919, 6696)
    assert steps(found)["used"] == (6919, 244091.94)


def test_essec_purchases_have_no_header() -> None:
    found = added_up(DATA / "purchases_essec" / "purchases.txt", names=("customer_id", "amount", "date"))
    assert (found.facts.customers, found.facts.lines) == (18417, 51243)
    table = customers(found)
    assert table.monetary.mean() * 18417 / 51243 == pytest.approx(62.34, abs=0.01)


@pytest.mark.parametrize(
    ("path", "choices"),
    [
        ("online_retail/online_retail.parquet", {}),
        ("cdnow/CDNOW_master.txt", {"amount": "dollar_value"}),
        ("purchases_essec/purchases.txt", {"names": ("customer_id", "amount", "date")}),
    ],
)
def test_every_shop_falls_into_three_to_eight_stable_segments(path: str, choices: dict[str, Any]) -> None:
    report = build_report(DATA / path, **choices)
    assert 3 <= len(report.segments) <= 8
    assert all(segment.trust == "stable" for segment in report.segments)


def test_the_model_cars_are_read_in_their_old_code_page() -> None:
    found = added_up(DATA / "sales_data_sample" / "sales_data_sample.csv")
    ledger = steps(found)
    assert (ledger["read"], ledger["cancelled"][0]) == ((2823, 10032628.85), 60)
    assert found.facts.customers == 92
    table = customers(found)
    assert set(table.TERRITORY) == {"EMEA", "NA", "APAC", "Japan"}


def test_superstore_has_its_orders_and_sales() -> None:
    found = added_up(DATA / "superstore" / "Sample - Superstore.csv")
    assert (found.facts.customers, found.facts.orders) == (793, 5009)
    assert steps(found)["used"] == (9994, 2297200.86)
    assert customers(found).Profit.sum() == pytest.approx(286397.02, abs=0.01)
