"""The example shop is the same for everyone, looks like a shop, and holds what its docstrings say it holds."""

from __future__ import annotations

import datetime as dt
import time
from pathlib import Path
from typing import Literal

import pandas as pd
import pytest
from click.testing import CliRunner

from segreport.errors import InputError
from segreport.example import LAST_DAY, make_shop, planted_moves, planted_types, shop_customers, shop_orders
from segreport.settings import load_settings, merge

EXAMPLES = Path(__file__).parents[1] / "examples"
TYPES = {
    "loyal big spender": 0.12,
    "bargain hunter": 0.26,
    "new customer": 0.20,
    "lapsed regular": 0.23,
    "gift buyer": 0.19,
}
MOVES = {"woken": 0.025, "stopped": 0.02, "grown": 0.025}
AUTUMN, BONUS_ENDS = pd.Timestamp("2026-09-01"), pd.Timestamp("2026-02-16")


@pytest.fixture(scope="module")
def shop() -> pd.DataFrame:
    return shop_customers()


@pytest.fixture(scope="module")
def orders() -> pd.DataFrame:
    return shop_orders()


@pytest.fixture(scope="module")
def lines(orders: pd.DataFrame) -> pd.DataFrame:
    """Every line once, with whether it is a return."""
    once = orders.drop_duplicates()
    return once.assign(returned=once["quantity"] < 0)


@pytest.fixture(scope="module")
def bought(lines: pd.DataFrame) -> pd.DataFrame:
    """What was bought and not cancelled, by whom of which type."""
    kept = lines[~lines["returned"] & (lines["status"] != "cancelled")]
    return kept.assign(type=kept["customer_id"].map(planted_types()))


@pytest.fixture(scope="module")
def typical(lines: pd.DataFrame, bought: pd.DataFrame) -> pd.DataFrame:
    """The median customer of each type: recency (days), frequency (orders), monetary (net of returns) and basket."""
    by_customer = bought.groupby("customer_id")
    customers = pd.DataFrame(
        {
            "recency": (pd.Timestamp(LAST_DAY) + pd.Timedelta(days=1) - by_customer["order_date"].max()).dt.days,
            "tenure": (pd.Timestamp(LAST_DAY) + pd.Timedelta(days=1) - by_customer["order_date"].min()).dt.days,
            "frequency": by_customer["order_number"].nunique(),
            "monetary": lines[lines["status"] != "cancelled"].groupby("customer_id")["amount"].sum(),
        }
    )
    customers["basket"] = customers["monetary"] / customers["frequency"]
    return customers.groupby(planted_types()).median()


@pytest.fixture(scope="module")
def moved(bought: pd.DataFrame) -> pd.DataFrame:
    """What was bought, with how its buyer moves."""
    return bought.assign(move=bought["customer_id"].map(planted_moves()))


# Both tables


@pytest.mark.parametrize("table", ["orders", "customers"])
@pytest.mark.parametrize("name", ["shop.csv", "shop.parquet"])
def test_the_same_seed_gives_the_same_bytes(tmp_path: Path, table: Literal["orders", "customers"], name: str) -> None:
    make_shop(tmp_path / "one" / name, table=table, customers=300, seed=3)
    make_shop(tmp_path / "two" / name, table=table, customers=300, seed=3)
    assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_another_seed_gives_other_customers() -> None:
    assert not shop_customers(50, seed=1).equals(shop_customers(50, seed=2))
    assert not shop_orders(50, seed=1).equals(shop_orders(50, seed=2))


def test_written_customers_read_back_with_dates_as_plain_days(tmp_path: Path) -> None:
    make_shop(tmp_path / "shop.csv", table="customers", customers=40)
    back = pd.read_csv(tmp_path / "shop.csv")
    assert len(back) == 40
    assert back["last_order"].max() == "2026-10-31"


@pytest.mark.parametrize("name", ["orders.csv", "orders.parquet"])
def test_written_orders_read_back_as_they_were(tmp_path: Path, name: str) -> None:
    make_shop(tmp_path / name, customers=40)
    read = pd.read_csv if name.endswith("csv") else pd.read_parquet
    back = read(tmp_path / name)
    back["order_date"] = pd.to_datetime(back["order_date"])
    pd.testing.assert_frame_equal(back, shop_orders(40), check_dtype=False)


def test_any_other_kind_of_file_is_refused_with_the_way_out(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"end the name with one of them"):
        make_shop(tmp_path / "shop.xlsx", customers=5)
    assert not list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_made_is_an_error_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match=r"cannot be written"):
        make_shop(tmp_path / "file" / "shop.csv", customers=5)


def test_a_shop_without_customers_is_refused() -> None:
    for make in (shop_customers, shop_orders, planted_types, planted_moves):
        with pytest.raises(InputError, match="at least one"):
            make(0)


def test_a_shop_may_have_one_customer() -> None:
    assert len(shop_customers(1)) == 1
    assert shop_orders(1)["customer_id"].unique().tolist() == ["C000001"]
    assert planted_moves(1).index.tolist() == ["C000001"]


@pytest.mark.parametrize(("arguments", "name"), [([], "orders.csv"), (["--table", "customers"], "customers.csv")])
def test_the_command_writes_a_file_named_after_the_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], name: str
) -> None:
    from segreport.cli import cli

    monkeypatch.chdir(tmp_path)
    ran = CliRunner().invoke(cli, ["example", "--customers", "20", *arguments])
    assert ran.output == f"Wrote {name}\n"
    assert [path.name for path in tmp_path.iterdir()] == [name]


# The customers


def test_every_customer_has_an_own_id_and_an_address_nobody_owns(shop: pd.DataFrame) -> None:
    assert shop["customer_id"].is_unique
    assert shop["customer_id"].iloc[122] == "C000123"
    assert shop["email"].is_unique
    assert shop["email"].str.endswith("@example.com").all()


def test_no_customer_ordered_after_the_last_day_or_last_before_first(shop: pd.DataFrame) -> None:
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


# The orders: what must agree


def test_orders_span_two_and_a_half_years_by_the_second(orders: pd.DataFrame) -> None:
    assert 40_000 < len(orders) < 65_000
    assert orders["order_date"].min().date() == dt.date(2024, 5, 1)
    assert orders["order_date"].max().date() == LAST_DAY
    assert orders["order_date"].is_monotonic_increasing
    assert orders["order_date"].dt.second.nunique() == 60


def test_an_order_has_one_customer_moment_status_channel_and_country(orders: pd.DataFrame) -> None:
    parts = ["customer_id", "email", "order_date", "status", "channel", "country"]
    assert orders.drop_duplicates(["order_number", *parts])["order_number"].is_unique


def test_order_numbers_count_up_in_time(lines: pd.DataFrame) -> None:
    for kind in ("SO", "RT"):
        numbers = lines.loc[lines["order_number"].str.startswith(kind), "order_number"].str[2:].astype(int)
        assert numbers.is_monotonic_increasing
        assert numbers.unique().tolist() == list(range(100_001, 100_001 + numbers.nunique()))


def test_no_order_names_a_product_on_two_different_lines(lines: pd.DataFrame) -> None:
    assert not lines.duplicated(["order_number", "product_code"]).any()


def test_a_product_has_one_code_name_and_category(orders: pd.DataFrame) -> None:
    products = orders[["product_code", "product", "category"]].drop_duplicates()
    assert products["product_code"].is_unique
    assert products["product"].is_unique


def test_a_product_has_one_price_a_year_and_it_rises_by_three_per_cent(orders: pd.DataFrame) -> None:
    sold = orders[(orders["quantity"] > 0) & (orders["unit_price"] > 0)]
    by_year = sold.groupby(["product_code", sold["order_date"].dt.year])["unit_price"].agg(["min", "max"])
    assert (by_year["min"] == by_year["max"]).all()
    rise = by_year["min"].groupby("product_code").pct_change().dropna()
    assert rise.between(0.0, 0.06).all()
    assert rise.mean() == pytest.approx(0.03, abs=0.003)


def test_the_amount_is_quantity_by_price_less_the_discount(orders: pd.DataFrame) -> None:
    exact = orders["quantity"] * orders["unit_price"] * (1 - orders["discount"])
    assert (orders["amount"] - exact).abs().max() < 0.0051
    assert set(orders["discount"]) == {0, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5}


def test_a_customer_has_one_address_and_no_two_have_the_same(orders: pd.DataFrame) -> None:
    people = orders[["customer_id", "email"]].drop_duplicates()
    assert people["customer_id"].dropna().is_unique
    assert people["email"].is_unique
    assert orders["email"].str.endswith("@example.com").all()


def test_a_return_is_of_something_bought_before_by_the_same_person_at_the_same_price(lines: pd.DataFrame) -> None:
    same = ["email", "product_code", "unit_price", "discount", "channel", "country"]
    sold = lines[~lines["returned"] & (lines["status"] == "completed")]
    pairs = lines[lines["returned"]].merge(sold, on=same, suffixes=("", "_sold"))
    fitting = (pairs["order_date_sold"] < pairs["order_date"]) & (-pairs["quantity"] <= pairs["quantity_sold"])
    assert set(pairs.loc[fitting, "order_number"]) == set(lines.loc[lines["returned"], "order_number"])
    assert pairs[fitting].groupby(["order_number", "product_code"]).ngroups == lines["returned"].sum()


def test_nobody_sends_back_more_than_was_bought(lines: pd.DataFrame) -> None:
    kept = lines[lines["status"] != "cancelled"]
    assert (kept.groupby(["email", "product_code"])["quantity"].sum() >= 0).all()


def test_every_customer_planted_has_an_order_and_nobody_else_has(orders: pd.DataFrame) -> None:
    assert set(orders["customer_id"].dropna()) == set(planted_types().index)
    assert len(planted_types()) == 4000


# The orders: what was planted


def test_the_types_have_the_shares_that_are_stated() -> None:
    shares = planted_types().value_counts(normalize=True)
    for name, share in TYPES.items():
        assert shares[name] == pytest.approx(share, abs=0.02)
    assert shares["business"] == 3 / 4000
    assert set(shares.index) == {*TYPES, "business"}


def test_the_type_is_in_no_column(orders: pd.DataFrame) -> None:
    assert "type" not in orders.columns
    assert not orders.isin([*TYPES, "business", "guest"]).any(axis=None)


def test_types_differ_in_how_recently_they_ordered(typical: pd.DataFrame) -> None:
    recency = typical["recency"]
    assert recency[["loyal big spender", "new customer"]].max() < 45
    assert 50 < recency["bargain hunter"] < 120
    assert 150 < recency["gift buyer"] < 330  # Christmas was ten months ago
    assert recency["lapsed regular"] > 365
    assert typical["tenure"]["new customer"] < 90
    assert typical["tenure"].drop("new customer").min() > 365


def test_types_differ_in_how_often_they_order(typical: pd.DataFrame) -> None:
    frequency = typical["frequency"]
    assert frequency["loyal big spender"] > 2 * frequency["bargain hunter"]
    assert frequency["bargain hunter"] >= frequency["lapsed regular"] >= 4
    assert 2 <= frequency["gift buyer"] <= 4
    assert frequency["new customer"] <= 2


def test_types_differ_in_what_they_spend(typical: pd.DataFrame) -> None:
    monetary, basket = typical["monetary"], typical["basket"]
    assert monetary["loyal big spender"] > 4 * monetary.drop(["loyal big spender", "business"]).max()
    assert monetary["gift buyer"] > 2 * monetary["bargain hunter"] > 2 * monetary["new customer"]
    assert basket[["gift buyer", "loyal big spender"]].min() > 1.5 * basket["lapsed regular"]
    assert basket["bargain hunter"] < 0.6 * basket["new customer"]


def test_types_overlap(bought: pd.DataFrame) -> None:
    customers = bought.groupby(["type", "customer_id"])["amount"].agg(["sum", "size"]).groupby("type")
    low, high = customers.quantile(0.1), customers.quantile(0.9)
    assert low["sum"]["loyal big spender"] < high["sum"]["lapsed regular"]
    assert low["size"]["loyal big spender"] < high["size"]["bargain hunter"]
    assert low["sum"]["lapsed regular"] < high["sum"]["new customer"]


def test_bargain_hunters_buy_at_a_discount_and_send_back_most(lines: pd.DataFrame, bought: pd.DataFrame) -> None:
    discounted = (bought["discount"] > 0).groupby(bought["type"]).mean()
    assert discounted["bargain hunter"] == pytest.approx(0.65, abs=0.03)
    assert discounted.drop("bargain hunter").max() < 0.4
    back = lines["returned"].groupby(lines["customer_id"].map(planted_types())).mean()
    assert back["bargain hunter"] > 1.5 * back.drop("bargain hunter").max()


def test_types_buy_at_other_hours_days_and_seasons(bought: pd.DataFrame) -> None:
    moment, kind = bought["order_date"].dt, bought["type"]
    evening = moment.hour.ge(18).groupby(kind).mean()
    assert evening["bargain hunter"] > evening["loyal big spender"] + 0.15
    weekdays = moment.day_of_week.groupby(kind).agg(lambda days: days.mode()[0])
    assert (weekdays["bargain hunter"], weekdays["gift buyer"]) == (6, 5)
    before_christmas = moment.month.isin([11, 12]).groupby(kind).mean()
    assert before_christmas["gift buyer"] > 1.3 * before_christmas["loyal big spender"]


def test_the_weeks_before_christmas_are_the_peak(bought: pd.DataFrame) -> None:
    months = bought.groupby(bought["order_date"].dt.strftime("%Y-%m"))["order_number"].nunique()
    assert months.idxmax() == "2025-11"
    assert set(months.filter(like="2024-").nlargest(2).index) == {"2024-11", "2024-12"}
    assert set(months.filter(like="2025-").nlargest(2).index) == {"2025-11", "2025-12"}
    assert months["2024-12"] > months["2024-11"]


def test_businesses_are_the_largest_customers_by_far(bought: pd.DataFrame) -> None:
    spent = bought.groupby("customer_id")["amount"].sum()
    assert set(planted_types()[spent.nlargest(3).index]) == {"business"}
    assert spent.nlargest(3).min() > 20 * spent.mean()


# The orders: who changes her ways


def test_each_move_takes_the_share_of_customers_that_is_stated() -> None:
    moves = planted_moves()
    assert moves.index.tolist() == planted_types().index.tolist()
    assert set(moves) == {*MOVES, "steady", "other"}
    for name, share in MOVES.items():
        assert (moves == name).mean() == pytest.approx(share, abs=0.0005)
    assert (moves == "steady").mean() > 0.7


def test_another_seed_moves_others_and_the_same_seed_the_same() -> None:
    assert planted_moves(400, seed=1).equals(planted_moves(400, seed=1))
    assert not planted_moves(400, seed=1).equals(planted_moves(400, seed=2))


def test_who_stops_uses_up_the_bonus_and_is_not_seen_again(orders: pd.DataFrame) -> None:
    placed = orders[(orders["quantity"] > 0) & (orders["customer_id"].map(planted_moves()) == "stopped")]
    last = placed.groupby("customer_id")["order_date"].max()
    assert last.between(BONUS_ENDS - pd.Timedelta(days=7), BONUS_ENDS).all()


def test_who_stops_was_a_good_customer(moved: pd.DataFrame) -> None:
    stopped = moved[moved["move"] == "stopped"].groupby("customer_id")
    assert stopped["order_number"].nunique().between(3, 10).mean() > 0.98
    assert stopped["amount"].sum().median() > 600


def test_who_wakes_had_been_quiet_for_eleven_months_and_orders_again(moved: pd.DataFrame) -> None:
    woken = moved[moved["move"] == "woken"]
    before, after = woken[woken["order_date"] < AUTUMN], woken[woken["order_date"] >= AUTUMN]
    assert before["order_date"].max() < AUTUMN - pd.Timedelta(days=330)
    again = after.groupby("customer_id")["order_number"].nunique()
    assert set(again.index) == set(before["customer_id"])
    assert again.median() == 3


def test_who_grows_orders_more_often_and_dearer_things(moved: pd.DataFrame) -> None:
    grown = moved[moved["move"] == "grown"]
    before, after = grown[grown["order_date"] < AUTUMN], grown[grown["order_date"] >= AUTUMN]
    assert before.groupby("customer_id")["order_number"].nunique().between(1, 3).all()
    assert after.groupby("customer_id")["order_number"].nunique().median() == 5
    assert after["unit_price"].median() > 2 * before["unit_price"].median()


def test_the_steady_came_before_june_and_order_as_they_did_the_autumn_before(moved: pd.DataFrame) -> None:
    steady = moved[moved["move"] == "steady"].drop_duplicates("order_number")
    first = steady.groupby("customer_id")["order_date"].min()
    assert (first < pd.Timestamp("2026-06-01")).mean() > 0.99  # the first order of a few was cancelled
    autumn = [
        steady["order_date"].dt.strftime("%Y-%m").isin([f"{year}-09", f"{year}-10"]).sum() for year in (2025, 2026)
    ]
    assert autumn[1] == pytest.approx(autumn[0], rel=0.15)


def test_orders_before_the_first_move_are_those_of_a_shop_without_moves(
    orders: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("segreport.example.moves.MOVES", ())
    still = shop_orders()
    until = pd.Timestamp("2026-02-01")
    pd.testing.assert_frame_equal(orders[orders["order_date"] < until], still[still["order_date"] < until])


# The orders: what real exports have


def test_guests_order_once_each_and_have_no_customer_id(orders: pd.DataFrame) -> None:
    placed = orders[orders["quantity"] > 0].drop_duplicates("order_number")
    guests = placed[placed["customer_id"].isna()]
    assert len(guests) / len(placed) == pytest.approx(1 / 30, abs=0.007)
    assert guests["email"].is_unique


def test_some_orders_are_cancelled_and_the_last_are_on_their_way(orders: pd.DataFrame) -> None:
    placed = orders[orders["quantity"] > 0].drop_duplicates("order_number")
    assert (placed["status"] == "cancelled").mean() == pytest.approx(1 / 30, abs=0.005)
    shipped = placed.loc[placed["status"] == "shipped", "order_date"].dt.date
    assert shipped.min() == LAST_DAY - dt.timedelta(days=2)
    assert set(placed["status"]) == {"completed", "shipped", "cancelled"}


def test_returns_are_completed_lines_with_a_number_of_their_own(orders: pd.DataFrame) -> None:
    back = orders[orders["quantity"] < 0]
    assert len(back) / len(orders) == pytest.approx(1 / 14, abs=0.006)
    assert (back["order_number"].str.startswith("RT") == (orders["quantity"] < 0).loc[back.index]).all()
    assert orders.loc[orders["quantity"] > 0, "order_number"].str.startswith("SO").all()
    assert set(back["status"]) == {"completed"}
    assert (back["unit_price"] > 0).all()


def test_most_returns_come_within_thirty_days(lines: pd.DataFrame) -> None:
    same = ["email", "product_code", "unit_price", "discount"]
    sold = lines[~lines["returned"]].sort_values("order_date")
    pairs = pd.merge_asof(
        lines[lines["returned"]], sold[[*same, "order_date"]].assign(day=sold["order_date"]), on="order_date", by=same
    )
    later = (pairs["order_date"] - pairs["day"]).dt.days
    assert 0.85 < (later <= 30).mean() < 1


def test_presents_cost_nothing_and_nothing_else_does(orders: pd.DataFrame) -> None:
    free = orders["unit_price"] == 0
    assert free.mean() == pytest.approx(1 / 150, abs=0.002)
    assert (orders["product"].str.endswith("(present)") == free).all()
    assert orders.loc[free, "category"].isna().all()


def test_a_few_lines_are_written_twice(orders: pd.DataFrame) -> None:
    assert orders.duplicated().mean() == pytest.approx(1 / 250, abs=0.001)


def test_a_few_products_have_no_category_and_only_guests_no_customer(orders: pd.DataFrame) -> None:
    missing = orders.isna().mean()
    assert missing["category"] == pytest.approx(1 / 50, abs=0.005)
    assert orders.loc[orders["category"].isna(), "product"].nunique() == 7
    assert missing.drop(["category", "customer_id"]).sum() == 0


def test_the_default_shop_is_made_in_a_moment() -> None:
    started = time.process_time()
    shop_orders(seed=8)
    assert time.process_time() - started < 2


def test_the_example_settings_fit_the_example_orders(orders: pd.DataFrame) -> None:
    settings = merge(load_settings(EXAMPLES / "segreport.toml"), {})
    assert settings.columns.rows == "orders"
    assert set(settings.orders.columns) == {
        "customer", "date", "amount", "quantity", "price", "order", "product", "category",
    }  # fmt: skip
    assert set(settings.orders.columns.values()) <= set(orders.columns)
