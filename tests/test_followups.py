from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segreport.actions import Case, choose_plays
from segreport.actions.plays import PLAYS
from segreport.history.cohorts import Cohort
from segreport.history.followups import MEASURES, Kind, followups_of, measure_of
from segreport.history.movement import FollowUp, Known, Month
from segreport.wording import Wording

GENERAL = {choose_plays([Case("s1", frozenset(), "", apart, ())])["s1"].action.metric for apart in ((), ("their age",))}
METRICS = sorted({play.fill("wine", frozenset()).metric for play in PLAYS} | GENERAL)
KNOWN = Known("s1", "At-risk regulars", "#1470ad", 412, 0.4, 40, 4e4, 0.5, {}, "Win them back", "share who buy within")
SHOP = Cohort(412, 400, 350, 40_000.0, 44_000.0, 63, 1640.0, 1720.0, 164_000.0, 173_720.0)
TABLE = Cohort(412, 400, 350)  # customers of whom neither orders nor a value are known


def month(known: Known, *, currency: str | None = None) -> Month:
    return Month(
        schema=2,
        period="2026-09",
        as_of="2026-10-01",
        title="",
        headline="",
        customers=1000,
        id="id",
        worth="revenue",
        value_columns=("monetary",),
        currency=currency,
        features=(),
        columns=(),
        segments=(known,),
        priorities=("s1",),
    )


def followed(
    metric: str, cohort: Cohort = SHOP, *, known: Known = KNOWN, worth: str | None = "revenue", days: int = 30
) -> FollowUp:
    (told,) = followups_of(month(replace(known, metric=metric)), {"s1": cohort}, days, worth, Wording())
    return told


@pytest.mark.parametrize("metric", METRICS)
def test_every_metric_that_is_recommended_is_mapped(metric: str) -> None:
    assert measure_of(metric)


def test_every_entry_of_the_table_is_some_metrics_first() -> None:
    first = [next(pattern for pattern, _ in MEASURES if re.search(pattern, metric)) for metric in METRICS]
    assert set(first) == {pattern for pattern, _ in MEASURES}


@pytest.mark.parametrize(
    ("metric", "kind"),
    [
        ("share who order again within 60 days, against a group left alone", "ordered"),
        ("share who buy again within 90 days", "ordered"),
        ("share with another purchase within 60 days", "ordered"),
        ("share who answer, and share with another order, within 60 days", "ordered"),
        ("share who buy from the premium range within 90 days", "ordered"),
        ("orders per customer over the next 90 days, against the other half", "orders"),
        ("orders per 100 visits", "orders"),
        ("average order value over the next 90 days", "average"),
        ("revenue per customer over the next 90 days", "value"),
        ("average spending over the next 90 days", "value"),
        ("their spending outside orders again within over the next 90 days", "value"),  # goods may be called anything
        ("share still active in six months", "active"),
        ("their spending and share still active in three months", "active"),
        ("share who change plan, and share who leave, in the next quarter", "there"),
        ("share of the sample who answer, and the reason named most", "nearest"),
        ("margin per order over the next 90 days", "nearest"),
        ("their rating in the next survey", "nearest"),
        ("response of the tested half against the other", "nearest"),
    ],
)
def test_a_metric_is_counted_by_what_it_says(metric: str, kind: Kind) -> None:
    measure = measure_of(metric)
    assert measure
    assert measure.kind == kind


def test_what_is_only_near_the_metric_says_what_is_lacking() -> None:
    for pattern, measure in MEASURES:
        assert bool(measure.lacks) or measure.kind != "nearest", pattern


def test_who_ordered_since_is_a_share_of_all_who_were_in_the_segment() -> None:
    told = followed("share with another order within 60 days")
    assert told.text == "Of the 412 At-risk regulars of September 2026, 63 (15%) have ordered in the 30 days since."
    assert (told.before, told.after, told.unit) == (None, 63 / 412, "share")
    assert (told.measured, told.customers) == ("share who ordered in the 30 days since", 400)
    assert (told.id, told.name, told.title) == ("s1", "At-risk regulars", "Win them back")


@pytest.mark.parametrize(
    ("metric", "end"),
    [
        ("share who order within 30 days, against a group left alone", ", any group left alone among them."),
        ("share who order within 30 days, against the other half", ", both halves together."),
    ],
)
def test_parts_that_the_data_cannot_tell_apart_are_said_to_be_together(metric: str, end: str) -> None:
    assert followed(metric).text.endswith(f"have ordered in the 30 days since{end}")


def test_orders_per_customer_are_told_then_and_now_for_those_in_both_months() -> None:
    told = followed("orders per customer over the next 90 days")
    assert told.text == (
        "For the 400 of the 412 At-risk regulars of September 2026 who are still in the data, "
        "orders per customer were 4.1 then, and are 4.3 now, 30 days later."
    )
    assert (told.before, told.after, told.unit) == (4.1, 4.3, "")


def test_the_average_order_is_told_then_and_now() -> None:
    told = followed("average order value over the next 90 days", replace(SHOP, customers=400))
    assert told.text == (
        "For the 400 At-risk regulars of September 2026, the average order was 100 then, and is 101 now, 30 days later."
    )
    assert (told.before, told.after, told.unit) == (100.0, 101.0, "amount")


def test_the_value_per_customer_is_told_then_and_now() -> None:
    told = followed("revenue per customer over the next 90 days")
    assert told.text.endswith("revenue per customer was 100 then, and is 110 now, 30 days later.")
    assert (told.before, told.after, told.unit) == (100.0, 110.0, "amount")


def test_what_is_not_in_the_data_is_said_before_the_nearest_number() -> None:
    told = followed("their rating in the next survey")
    assert told.text.startswith("Their rating is not followed here: for the 400 of the 412 At-risk regulars")
    assert told.measured == "revenue per customer"


def test_a_metric_of_two_parts_says_which_is_not_followed() -> None:
    told = followed("share who answer, and share who order again, within 60 days")
    assert told.text == (
        "Who answered is not followed here: "
        "of the 412 At-risk regulars of September 2026, 63 (15%) have ordered in the 30 days since."
    )


@pytest.mark.parametrize(
    ("metric", "lacking"),
    [
        ("share with another order within 60 days", "Who ordered again is not followed here"),
        ("share who buy within 90 days, and margin per order", "Who ordered again is not followed here"),
        ("orders per customer over the next 90 days", "The number of orders is not followed here"),
        ("average order value over the next 90 days", "The value of an order is not followed here"),
        ("average spending over the next 90 days", "What they spend is not followed here"),
        ("share still active in six months", "Who is active is not followed here"),
        ("their rating in the next survey", "Their rating is not followed here"),
    ],
)
def test_without_orders_or_value_the_share_still_in_the_segment_is_told(metric: str, lacking: str) -> None:
    told = followed(metric, TABLE)
    who = "of the 412 At-risk regulars of September 2026, 350 (85%) are still in that segment 30 days later."
    assert told.text == f"{lacking}: {who}"
    assert told.after == 350 / 412


def test_where_a_segment_is_no_more_its_customers_are_followed_still() -> None:
    told = followed("share still active in six months", replace(TABLE, stayed=0))
    assert told.text.endswith(
        ": of the 412 At-risk regulars of September 2026, 400 (97%) are still in the data 30 days later."
    )


def test_where_everyone_is_gone_that_is_all_there_is_to_say() -> None:
    gone = Cohort(412, 0, 0, 0.0, 0.0, 0, 0.0, 0.0, 0.0, 0.0)
    assert followed("share with another order within 60 days", gone).text == (
        "Of the 412 At-risk regulars of September 2026, none have ordered in the 30 days since."
    )
    assert followed("revenue per customer over the next 90 days", gone).text == (
        "Of the 412 At-risk regulars of September 2026, none have ordered in the 30 days since."
    )
    assert followed("average order value over the next 90 days", gone).text == (
        "Of the 412 At-risk regulars of September 2026, none are still in the data 30 days later."
    )


@pytest.mark.parametrize(("worth", "currency"), [("profit", None), (None, None), ("revenue", "EUR")])
def test_a_value_that_was_counted_otherwise_is_not_compared(worth: str | None, currency: str | None) -> None:
    for metric in ("revenue per customer over the next 90 days", "their rating in the next survey"):
        then = month(replace(KNOWN, metric=metric), currency=currency)
        (told,) = followups_of(then, {"s1": SHOP}, 30, worth, Wording())
        assert told.unit == "share"


def test_a_name_that_calls_the_customers_nothing_is_put_in_quotes() -> None:
    told = followed("share with another order within 60 days", known=replace(KNOWN, name="Region 3", people=False))
    assert told.text.startswith("Of the 412 customers in “Region 3” in September 2026, 63 (15%) have ordered")


def test_one_customer_and_one_day_are_singular() -> None:
    told = followed("share with another order within 60 days", Cohort(1, 1, 1, ordered=1), days=1)
    assert (
        told.text == "Of the 1 customer in “At-risk regulars” in September 2026, 1 (100%) has ordered in the day since."
    )


def test_only_priorities_that_had_customers_are_followed() -> None:
    then = month(KNOWN)
    assert followups_of(then, {}, 30, "revenue", Wording()) == ()
    assert followups_of(then, {"s1": Cohort(0, 0, 0)}, 30, "revenue", Wording()) == ()
    assert followups_of(replace(then, priorities=()), {"s1": SHOP}, 30, "revenue", Wording()) == ()


@given(st.data())
def test_whatever_is_known_there_is_one_true_sentence(data: st.DataObject) -> None:
    customers = data.draw(st.integers(1, 5000))
    here = data.draw(st.integers(0, customers))
    sums = st.none() | st.floats(0, 1e9)
    cohort = Cohort(
        customers=customers,
        here=here,
        stayed=data.draw(st.integers(0, here)),
        value_before=data.draw(sums),
        value_after=data.draw(sums),
        ordered=data.draw(st.none() | st.integers(0, here)),
        frequency_before=data.draw(sums),
        frequency_after=data.draw(sums),
        monetary_before=data.draw(sums),
        monetary_after=data.draw(sums),
    )
    told = followed(data.draw(st.sampled_from([*METRICS, "something new"])), cohort)
    assert told.text.endswith(".")
    assert told.text[0].isupper()
    assert told.after is not None
    assert Wording().count(customers) in told.text
    if told.unit == "share":
        assert 0 <= told.after <= 1
