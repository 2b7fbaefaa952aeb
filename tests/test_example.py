"""The example shop is the same for everyone, and looks like a shop."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest

from segreport.errors import InputError
from segreport.example import LAST_DAY, make_shop, shop_customers
from segreport.settings import load_settings, merge

EXAMPLES = Path(__file__).parents[1] / "examples"


@pytest.fixture(scope="module")
def shop() -> pd.DataFrame:
    return shop_customers()


@pytest.mark.parametrize("name", ["shop.csv", "shop.parquet"])
def test_the_same_seed_gives_the_same_bytes(tmp_path: Path, name: str) -> None:
    make_shop(tmp_path / "one" / name, customers=300, seed=3)
    make_shop(tmp_path / "two" / name, customers=300, seed=3)
    assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_another_seed_gives_other_customers() -> None:
    assert not shop_customers(50, seed=1).equals(shop_customers(50, seed=2))


def test_a_written_shop_reads_back_with_dates_as_plain_days(tmp_path: Path) -> None:
    make_shop(tmp_path / "shop.csv", customers=40)
    back = pd.read_csv(tmp_path / "shop.csv")
    assert len(back) == 40
    assert back["last_order"].max() == "2026-10-31"


def test_any_other_kind_of_file_is_refused_with_the_way_out(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"end the name with one of them"):
        make_shop(tmp_path / "shop.xlsx", customers=5)
    assert not list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_made_is_an_error_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match=r"cannot be written"):
        make_shop(tmp_path / "file" / "shop.csv", customers=5)


def test_a_shop_without_customers_is_refused() -> None:
    with pytest.raises(InputError, match="at least one"):
        shop_customers(0)


def test_a_shop_may_have_one_customer() -> None:
    assert len(shop_customers(1)) == 1


def test_every_customer_has_an_own_id_and_an_address_nobody_owns(shop: pd.DataFrame) -> None:
    assert shop["customer_id"].is_unique
    assert shop["customer_id"].iloc[122] == "C000123"
    assert shop["email"].is_unique
    assert shop["email"].str.endswith("@example.com").all()


def test_no_order_is_after_the_last_day_and_none_before_the_first(shop: pd.DataFrame) -> None:
    assert shop["last_order"].max().date() == LAST_DAY == dt.date(2026, 10, 31)
    assert (shop["first_order"] <= shop["last_order"]).all()


def test_first_and_last_order_are_one_exactly_where_there_was_one_order(shop: pd.DataFrame) -> None:
    assert ((shop["first_order"] == shop["last_order"]) == (shop["orders"] == 1)).all()


def test_the_basket_is_revenue_by_orders(shop: pd.DataFrame) -> None:
    assert (shop["average_basket"] - shop["revenue"] / shop["orders"]).abs().max() < 0.01


def test_net_revenue_repeats_revenue_but_for_tax(shop: pd.DataFrame) -> None:
    assert (shop["revenue_net"] < shop["revenue"]).all()
    assert shop["revenue_net"].corr(shop["revenue"]) > 0.99


def test_currency_says_nothing(shop: pd.DataFrame) -> None:
    assert shop["currency"].unique().tolist() == ["EUR"]


def test_ages_and_app_visits_are_missing_for_some_and_nothing_else_is(shop: pd.DataFrame) -> None:
    missing = shop.isna().mean()
    assert missing["age"] == pytest.approx(0.125, abs=0.02)
    assert missing["app_visits_month"] == pytest.approx(0.06, abs=0.02)
    assert missing.drop(["age", "app_visits_month"]).sum() == 0


def test_discounts_are_written_as_people_write_them(shop: pd.DataFrame) -> None:
    assert shop["discount_share"].str.fullmatch(r"\d{1,2} %|100 %").all()


def test_a_tenth_of_the_customers_brings_over_a_third_of_the_revenue(shop: pd.DataFrame) -> None:
    best = shop["revenue"].nlargest(len(shop) // 10).sum()
    assert 0.35 < best / shop["revenue"].sum() < 0.6


def test_lapsed_regulars_are_there_to_be_found(shop: pd.DataFrame) -> None:
    quiet = shop["last_order"] < pd.Timestamp(LAST_DAY) - pd.Timedelta(days=270)
    regular = shop["orders"] >= 5
    assert 0.1 < (quiet & regular).mean() < 0.3


def test_the_example_settings_fit_the_example_shop(shop: pd.DataFrame) -> None:
    columns = merge(load_settings(EXAMPLES / "segreport.toml"), {}).columns
    assert columns.id == "customer_id"
    named = {*columns.value, *columns.feature, *columns.describe, *columns.exclude, *columns.role}
    assert named <= set(shop.columns)
