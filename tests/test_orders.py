"""From order lines to customers: by hand, and against a plain pandas version on random orders."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import replace
from typing import Any, Literal

import ibis
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segreport.columns import survey
from segreport.errors import InputError
from segreport.orders import Orders, read_orders
from segreport.orders.gate import Counts, limits_of
from segreport.orders.scores import scale_of, score
from segreport.settings import ColumnSettings, OrderSettings, ReadSettings
from segreport.sources import open_source
from segreport.wording import Wording

TODAY = dt.date(2026, 11, 22)
Returns = Literal["net", "drop", "keep"]


def at(*parts: int) -> dt.datetime:
    """Return a moment of the shop's own clock."""
    return dt.datetime(*parts)  # type: ignore[arg-type] # noqa: DTZ001 - orders have no time zone


def read(frame: pd.DataFrame, *, as_of: dt.datetime | dt.date | None = None, **choices: Any) -> Orders:
    columns = {name: choices.pop(name) for name in ("feature", "describe", "exclude", "value") if name in choices}
    source = open_source(frame, ReadSettings())
    surveyed = survey(source.table, ColumnSettings(**columns), today=TODAY, name="orders.csv")
    return read_orders(surveyed, OrderSettings(**choices), as_of=as_of, wording=Wording())


def customers(found: Orders) -> pd.DataFrame:
    table: pd.DataFrame = found.columns.table.to_pandas()
    return table.set_index(found.columns.id).sort_index()


def lines(*rows: tuple[Any, ...]) -> pd.DataFrame:
    """Return order lines: customer, order, moment, product, quantity, price."""
    names = ["customer_id", "order_id", "order_date", "product", "quantity", "unit_price"]
    frame = pd.DataFrame(rows, columns=names)
    return frame.assign(order_date=pd.to_datetime(frame.order_date, format="mixed"))


SHOP = lines(
    ("A", "1", "2026-01-01 10:00", "tea", 2, 5.0),
    ("A", "1", "2026-01-01 10:00", "cup", 1, 10.0),
    ("A", "2", "2026-03-01 10:00", "tea", 4, 5.0),
    ("A", "3", "2026-03-02 12:00", "cup", -1, 10.0),
    ("B", "4", "2026-10-01 09:30", "pot", 1, 30.0),
    ("C", "5", "2026-09-30 23:00", "tea", 1, 5.0),
    ("C", "6", "2026-10-01 01:00", "tea", 1, 5.0),
    ("D", "7", "2026-02-01 08:00", "cup", -1, 10.0),
)


def test_customers_are_measured_to_a_day_after_the_last_order() -> None:
    found = read(SHOP)
    table = customers(found)
    assert found.as_of == at(2026, 10, 2, 9, 30)
    assert list(table.index) == ["A", "B", "C"]
    assert list(table.recency) == [214, 1, 1]  # 2026-03-01 10:00 to 2026-10-02 09:30 is 214 days and a bit
    assert list(table.tenure) == [273, 1, 1]
    assert list(table.frequency) == [2, 1, 2]
    assert list(table.products) == [2, 1, 1]
    assert list(table["items"]) == [3.5, 1.0, 1.0]


def test_returned_goods_are_subtracted_and_are_no_order() -> None:
    table = customers(read(SHOP))
    assert list(table.monetary) == [30.0, 30.0, 10.0]
    assert list(table.average_order) == [15.0, 30.0, 5.0]
    assert list(table.return_rate) == [25.0, 0.0, 0.0]


def test_returns_can_be_left_out_or_taken_as_lines() -> None:
    assert list(customers(read(SHOP, returns="drop")).monetary) == [40.0, 30.0, 10.0]
    kept = customers(read(SHOP, returns="keep"))
    assert list(kept.index) == ["A", "B", "C", "D"]
    assert list(kept.monetary) == [30.0, 30.0, 10.0, -10.0]
    assert list(kept.frequency) == [3, 1, 2, 1]


def test_days_between_orders_need_two_orders() -> None:
    gap = customers(read(SHOP)).gap
    assert gap["A"] == 59.0
    assert math.isnan(gap["B"])
    assert gap["C"] == pytest.approx(2 / 24)


def test_the_trend_compares_the_last_90_days_with_the_last_180() -> None:
    frame = lines(
        ("A", "1", "2025-01-01", "tea", 1, 1.0),
        ("A", "2", "2026-06-01", "tea", 1, 10.0),
        ("A", "3", "2026-09-01", "tea", 1, 30.0),
        ("B", "4", "2026-09-30", "tea", 1, 5.0),
        ("C", "5", "2025-01-02", "tea", 1, 5.0),
    )
    trend = customers(read(frame)).trend
    assert (trend["A"], trend["B"]) == (75.0, 100.0)
    assert math.isnan(trend["C"])


def test_equal_weekdays_and_hours_go_to_the_earlier_one() -> None:
    frame = lines(
        ("A", "1", "2026-09-04 20:15", "tea", 1, 1.0),  # a Friday
        ("A", "2", "2026-09-01 08:00", "tea", 1, 1.0),  # a Tuesday
        ("B", "3", "2026-09-05 00:10", "tea", 1, 1.0),
    )
    table = customers(read(frame))
    assert list(table.weekday) == ["Tuesday", "Saturday"]
    assert list(table.hour) == ["08:00", "00:00"]


def test_without_an_order_number_a_day_with_one_customer_is_one_order() -> None:
    frame = SHOP.drop(columns=["order_id", "product"]).assign(order_date=SHOP.order_date.dt.date)
    table = customers(read(frame))
    assert list(table.frequency) == [2, 1, 2]
    assert "hour" not in table


def test_the_ledger_adds_up_from_lines_read_to_lines_used() -> None:
    more = lines(
        (None, "8", "2026-04-01", "tea", 1, 7.0),
        ("E", "9", None, "tea", 1, 7.0),
        ("E", "10", "2026-04-01", "tea", 1, 0.0),
        ("B", "11", "2027-04-01", "tea", 1, 7.0),
        ("A", "1", "2026-01-01 10:00", "tea", 2, 5.0),
    )
    found = read(pd.concat([SHOP, more]))
    ledger = {step.code: (step.lines, step.amount, step.done) for step in found.facts.ledger}
    assert ledger == {
        "read": (13, 91.0, "read"),
        "no_customer": (1, 7.0, "dropped"),
        "no_date": (1, 7.0, "dropped"),
        "future": (1, 7.0, "dropped"),
        "price": (1, 0.0, "dropped"),
        "only_returns": (1, -10.0, "dropped"),
        "used": (8, 80.0, "used"),
        "returned": (1, -10.0, "subtracted"),
        "repeats": (1, None, "kept"),
    }
    assert customers(found).monetary.sum() == 80.0
    once = read(pd.concat([SHOP, more]), repeats="drop").facts.ledger
    assert [(step.lines, step.amount) for step in once if step.code == "repeats"] == [(1, 10.0)]
    assert [(step.lines, step.amount) for step in once if step.code == "used"] == [(7, 70.0)]


def test_an_invoice_whose_number_starts_with_c_is_a_credit_note() -> None:
    frame = lines(
        *(("A", f"5363{i}", f"2026-01-{i + 10}", "tea", 2, 5.0) for i in range(8)),
        ("A", "C53640", "2026-02-01", "tea", -2, 5.0),
        ("A", "C53641", "2026-02-02", "tea", 2, 5.0),
        ("B", "53650", "2026-02-02", "pot", 2, 15.0),
    )
    table = customers(read(frame))
    assert (table.frequency["A"], table.monetary["A"]) == (8, 70.0)


def test_a_status_cancels_orders_and_sends_goods_back() -> None:
    frame = SHOP.assign(status=["completed"] * 4 + ["refunded"] + ["completed", "cancelled", "completed"])
    table = customers(read(frame))
    assert list(table.frequency) == [2, 1, 1]
    assert list(table.monetary) == [30.0, 0.0, 5.0]
    assert list(table.return_rate) == [25.0, 100.0, 0.0]
    assert list(customers(read(frame, returns="drop")).index) == ["A", "C"]


def test_an_order_total_on_each_of_its_lines_counts_once() -> None:
    rows = [
        (f"K{order % 40}", f"N{order}", f"2026-0{1 + order % 9}-11", f"p{line}", 10.0 + order)
        for order in range(120)
        for line in range(1 + order % 3)
    ]
    frame = pd.DataFrame(rows, columns=["customer_id", "order_number", "order_date", "sku", "order_total"])
    table = customers(read(frame))
    assert table.monetary.sum() == sum(10.0 + order for order in range(120))
    assert table.monetary["K1"] == 11.0 + 51.0 + 91.0


def test_e_mail_addresses_are_one_customer_in_any_case_and_never_shown() -> None:
    frame = SHOP.assign(customer_id=[f"{name}@Example.com" for name in "AAAABCCD"])
    frame.loc[2, "customer_id"] = "a@example.COM"
    found = read(frame.rename(columns={"customer_id": "Email"}))
    assert list(customers(found).frequency) == [2, 1, 2]
    assert "example" not in repr(found.facts).lower()


def test_lines_at_the_as_of_moment_or_later_do_not_count() -> None:
    found = read(SHOP, as_of=dt.date(2026, 10, 1))
    assert found.as_of == at(2026, 10, 1)
    assert list(customers(found).recency) == [213, 0]
    with pytest.raises(InputError, match="no line is left"):
        read(SHOP, as_of=dt.date(2020, 1, 1))


def test_the_same_customers_come_out_of_derive_as_out_of_the_run() -> None:
    found = read(SHOP.assign(category=["x", "y", "x", "y", "x", "x", "y", "x"]))
    raw = ibis.memtable(SHOP.assign(category="x"))
    again = found.derive(raw, ["customer_id", "recency", "monetary"]).to_pandas()
    assert list(again.columns) == ["customer_id", "recency", "monetary"]
    assert list(again.set_index("customer_id").sort_index().monetary) == [30.0, 30.0, 10.0]


# --- scores ---------------------------------------------------------------------------------------------------------


def test_quintiles_score_from_one_to_five() -> None:
    scale = scale_of("frequency", [1.0, 2.0, 3.0, 6.0], Wording())
    assert [score(value, scale) for value in (1, 2, 3, 4, 6, 7)] == [1, 2, 3, 4, 4, 5]
    assert scale.steps == ((5, "7 or more"), (4, "4 to 6"), (3, "3"), (2, "2"), (1, "up to 1"))
    recency = scale_of("recency", [13.4, 33.0, 72.9, 179.0], Wording())
    assert [score(value, recency) for value in (0, 13, 14, 73, 400)] == [5, 5, 4, 2, 1]


def test_a_column_of_ties_skips_scores_and_does_not_collapse() -> None:
    scale = scale_of("frequency", [1.0, 1.0, 1.0, 2.0], Wording())
    assert [score(value, scale) for value in (1, 2, 3)] == [1, 4, 5]
    assert scale.steps == ((5, "3 or more"), (4, "2"), (1, "up to 1"))
    same = scale_of("frequency", [1.0] * 4, Wording())
    assert [score(value, same) for value in (1, 2)] == [1, 5]


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=60), st.sampled_from(["recency", "frequency", "monetary"]))
def test_scores_keep_the_order_of_values_and_lie_from_one_to_five(values: list[float], column: str) -> None:
    whole = [round(value, 2) if column == "monetary" else float(int(value)) for value in values]
    scale = scale_of(column, [float(cut) for cut in np.quantile(whole, [0.2, 0.4, 0.6, 0.8])], Wording())
    scores = [score(value, scale) for value in sorted(whole)]
    assert scores == sorted(scores, reverse=scale.falling)
    assert {*scores} <= {1, 2, 3, 4, 5}
    assert {*scores} <= {known for known, _ in scale.steps}


# --- what cannot be told --------------------------------------------------------------------------------------------

PLENTY = Counts(buyers=1000, history=700.0, repeaters=0.6, gap=40.0, most_orders=0.01, most_revenue=0.01, nobody=0.0)


def codes(**changes: Any) -> list[str]:
    return [code for code, _ in limits_of(replace(PLENTY, **changes), Wording()).texts]


def test_plenty_of_orders_tell_everything() -> None:
    assert codes() == []
    assert codes(buyers=40) == []  # few customers are warned about whatever their rows were
    limits = limits_of(PLENTY, Wording())
    assert limits.can_lapse
    assert limits.can_repeat


def test_each_lack_has_its_sentence() -> None:
    assert codes(history=30.0) == ["short_history"]
    assert codes(history=120.0, gap=100.0) == ["short_history"]
    assert codes(repeaters=0.0, gap=None) == ["no_repeat_buyers"]
    assert codes(repeaters=0.02) == ["few_repeat_buyers"]
    assert codes(most_orders=0.3) == ["collective_customer"]
    assert codes(most_revenue=0.3) == ["one_large_customer"]
    assert codes(nobody=0.2) == ["without_customer"]


def test_orders_of_one_day_by_buyers_who_never_came_back_are_still_read() -> None:
    frame = lines(*((f"K{i}", f"{i}", "2026-10-01", "tea", 1 + i % 3, 5.0) for i in range(30)))
    found = read(frame)
    assert (found.facts.limits.can_lapse, found.facts.limits.can_repeat) == (False, False)
    unused = {column.name for column in found.columns.all if column.use == "unused"}
    assert {"recency", "frequency", "gap"} <= unused


# --- parity ---------------------------------------------------------------------------------------------------------

MOMENTS = st.datetimes(at(2025, 1, 1), at(2026, 10, 31)).map(lambda at: at.replace(microsecond=0))
LINE = st.tuples(
    st.sampled_from(["A", "B", "C", "D", "E", None]),
    st.integers(0, 15),
    st.sampled_from(["tea", "cup", "pot", None]),
    st.sampled_from(["kitchen", "food", None]),
    st.integers(-3, 9).filter(bool),
    st.sampled_from([0.0, 1.5, 2.0, 19.99]),
)


@st.composite
def random_orders(draw: st.DrawFn) -> pd.DataFrame:
    """Return lines in which an order has one moment, and two lines that hold for any draw."""
    moments = draw(st.lists(MOMENTS, min_size=16, max_size=16, unique=True))
    rows = draw(st.lists(LINE, min_size=1, max_size=40))
    rows = [("A", 0, "tea", "food", 1, 2.0), ("B", 1, "cup", "kitchen", 2, 1.5), *rows]
    return pd.DataFrame(
        [(who, f"N{order}", moments[order], *rest) for who, order, *rest in rows],
        columns=["customer_id", "order_id", "order_date", "product_id", "category", "quantity", "unit_price"],
    )


def by_pandas(frame: pd.DataFrame, returns: Returns) -> pd.DataFrame:
    """Return the customers as anyone would work them out in a notebook."""
    used = frame[frame.customer_id.notna() & (frame.unit_price > 0)]
    used = used.assign(amount=used.quantity * used.unit_price)
    as_of = used[used.quantity > 0].order_date.max() + pd.Timedelta(days=1)
    used = used[used.order_date < as_of]
    back = used.quantity < 0
    bought = used if returns == "keep" else used[~back]
    returned = used[back] if returns == "net" else used[:0]
    rows = {}
    for who, own in bought.groupby("customer_id"):
        orders = own.groupby("order_id").order_date.agg(["min", "max"])
        sold, gone = own.amount.sum(), -returned[returned.customer_id == who].amount.sum()
        recent, latter = (own[own.order_date >= as_of - pd.Timedelta(days=d)].amount.sum() for d in (90, 180))
        first, last, n = orders["min"].min(), orders["max"].max(), len(orders)
        spent = own[own.category.notna()].groupby("category").amount.sum().round(6)
        rows[who] = {
            "recency": (as_of - last) // pd.Timedelta(days=1),
            "frequency": n,
            "monetary": sold - gone,
            "average_order": (sold - gone) / n,
            "tenure": (as_of - first) // pd.Timedelta(days=1),
            "gap": (last - first) / pd.Timedelta(days=1) / (n - 1) if n > 1 else np.nan,
            "items": own.quantity.sum() / n,
            "products": own.product_id.nunique(),
            "categories": own.category.nunique(),
            "return_rate": 100 * min(gone / sold, 1) if sold else 0.0,
            "trend": 100 * recent / latter if latter else np.nan,
            "weekday": orders["min"].dt.day_of_week.value_counts().sort_index().idxmax(),
            "hour": orders["min"].dt.hour.value_counts().sort_index().idxmax(),
            "category": min(spent.index[spent == spent.max()], default=None),
        }
    return pd.DataFrame.from_dict(rows, orient="index").sort_index()


@given(random_orders(), st.sampled_from(["net", "drop"]))
@settings(max_examples=25, deadline=None)
def test_the_engine_and_pandas_agree_on_any_orders(frame: pd.DataFrame, returns: Returns) -> None:
    found = customers(
        read(
            frame,
            returns=returns,
            customer="customer_id",
            date="order_date",
            order="order_id",
            product="product_id",
            category="category",
            quantity="quantity",
            price="unit_price",
        )
    )
    expected = by_pandas(frame, returns)
    assert list(found.index) == list(expected.index)
    days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
    expected["weekday"] = expected.weekday.map(lambda day: days[day])
    expected["hour"] = expected.hour.map(lambda hour: f"{hour:02d}:00")
    for name in expected.columns.intersection(found.columns):
        left, right = found[name], expected[name]
        if name in ("weekday", "hour", "category"):
            assert left.fillna("-").tolist() == right.fillna("-").tolist(), name
        else:
            assert left.astype(float).tolist() == pytest.approx(right.astype(float).tolist(), nan_ok=True), name
    assert {"recency", "frequency", "monetary", "gap", "return_rate"} - {*found.columns} <= {"return_rate"}
