"""Rules: conditions that find a segment again, and a text that says what is matched."""

from __future__ import annotations

import datetime as dt
import math
import re
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segreport.columns import Column, Parse
from segreport.rules import Bounds, Input, Rule, _round, _say, find_rules
from segreport.wording import Wording

AS_OF = dt.date(2026, 10, 31)


def column(name: str, kind: Any = "number", unit: str = "") -> Column:
    return Column(name, name, unit, "category" if kind == "text" else kind, "feature", "", 0, 0, Parse(kind))


def applied(rule: Rule, frame: pd.DataFrame) -> pd.Series[bool]:
    """Apply a rule as someone does who reads its text: a missing number meets no condition."""
    found = pd.Series(data=True, index=frame.index)
    for condition in rule.text.split(" and ") if rule.text != "every customer" else ():
        if match := re.fullmatch(r"(\w+) (is|is not) “(.*)”", condition):
            found &= (frame[match[1]] == match[3]) == (match[2] == "is")
            continue
        name, told = condition.split(" ", 1)
        found &= frame[name].astype(float).map(lambda value, told=told: meets(value, told))
    return found


def meets(value: float, told: str) -> bool:
    """Return whether a number meets a condition, as someone reads it."""
    numbers = [float(text.replace(",", "")) for text in re.findall(r"-?[\d,]*\.?\d+", told)]
    words = " ".join(re.findall("[a-z]+", told))
    first, last = numbers[0], numbers[-1]
    return {
        "at least": value >= first,
        "under": value < first,
        "exactly": value == first,
        "from to": first <= value <= last,
        "from to under": first <= value < last,
    }[words]


def rules_of(frame: pd.DataFrame, labels: Any, **kinds: Any) -> tuple[Rule, ...]:
    known = [column(str(name), kinds.get(str(name), "number")) for name in frame.columns]
    labels = np.asarray(labels, dtype=np.intp)
    return find_rules(pa.Table.from_pandas(frame), known, labels, int(labels.max()) + 1, AS_OF, Wording())


def test_a_rule_finds_a_segment_that_conditions_can_tell() -> None:
    age = np.arange(400) % 80
    plan = np.where(np.arange(400) % 3 == 0, "pro", "basic")
    young_pro = (age < 30) & (plan == "pro")
    _, rule = rules_of(pd.DataFrame({"age": age, "plan": plan}), young_pro, plan="text")
    assert (rule.text, rule.precision, rule.recall) == ("age under 30 and plan is not “basic”", 1, 1)


def test_the_precision_and_recall_of_a_rule_are_those_of_its_text() -> None:
    rng = np.random.default_rng(4)
    for scale in (0.01, 1.0, 33.0, 5e4):
        frame = pd.DataFrame({
            "a": np.where(rng.random(500) < 0.2, np.nan, scale * rng.normal(1, 1, 500)),
            "b": scale * rng.exponential(1, 500),
            "plan": rng.choice(["x", "y", "z"], 500),
        })  # fmt: skip
        labels = rng.integers(0, 2, 500) + (frame.b > scale).to_numpy() + (frame.plan == "x").to_numpy()
        for j, rule in enumerate(rules_of(frame, labels, plan="text")):
            found, inside = applied(rule, frame), labels == j
            assert rule.precision == pytest.approx((found & inside).sum() / found.sum()), (scale, rule)
            assert rule.recall == pytest.approx((found & inside).sum() / inside.sum()), (scale, rule)


def test_thresholds_are_round_where_that_costs_nothing() -> None:
    spend = np.r_[np.linspace(0, 990, 200), np.linspace(1010, 4000, 200)]
    low, high = rules_of(pd.DataFrame({"spend": spend}), spend > 1000)
    assert (low.text, high.text) == ("spend under 1,000", "spend at least 1,000")


def test_a_threshold_does_not_say_its_unit_twice() -> None:
    days = np.r_[np.arange(0, 400), np.arange(460, 860)]
    since = replace(column("days", "number"), label="Days since last order", unit="days")
    table = pa.Table.from_pandas(pd.DataFrame({"days": days}))
    near, far = find_rules(table, [since], (days > 430).astype(np.intp), 2, AS_OF, Wording())
    assert (near.text, far.text) == ("Days since last order under 430", "Days since last order at least 430")


def test_a_threshold_that_is_nearly_nothing_is_not_rounded_to_nothing() -> None:
    returned = np.r_[np.zeros(200), np.linspace(0.06, 30, 200)]
    share = replace(column("share", "number"), label="Share of revenue returned", unit="%")
    table = pa.Table.from_pandas(pd.DataFrame({"share": returned}))
    none, some = find_rules(table, [share], (returned > 0).astype(np.intp), 2, AS_OF, Wording())
    assert (none.text, some.text) == ("Share of revenue returned under 0.1%", "Share of revenue returned at least 0.1%")
    assert none.precision == pytest.approx(200 / 201)
    assert (some.precision, some.recall) == (1, 199 / 200)


def test_the_rule_of_a_segment_nothing_tells_apart_is_everyone() -> None:
    labels = np.arange(300) % 2
    for rule in rules_of(pd.DataFrame({"x": np.repeat(np.arange(150.0), 2)}), labels):
        assert rule == Rule("every customer", 0.5, 1.0)


# --- whole numbers


def counted(low: float, high: float, *, most: int = 2, whole: bool = True) -> str:
    item = Input(column("orders"), whole=whole)
    return _say(item, _round(Bounds(low, high), item, Wording(), most), Wording())


@pytest.mark.parametrize(
    ("bounds", "text"),
    [
        ((1.5, 6.5), "orders from 2 to 6"),
        ((2.5, math.inf), "orders at least 3"),
        ((-math.inf, 2.5), "orders under 3"),
        ((1.5, 2.5), "orders exactly 2"),
        ((0.5, math.inf), "orders at least 1"),
        ((-0.5, 0.5), "orders exactly 0"),
        ((-math.inf, -0.5), "orders under 0"),
        ((418.5, 1233.5), "orders from 420 to 1,200"),
        ((2.0, 6.0), "orders from 2 to 5"),
    ],
)
def test_thresholds_on_whole_numbers_are_whole_numbers(bounds: tuple[float, float], text: str) -> None:
    assert counted(*bounds) == text


def test_thresholds_on_other_numbers_may_lie_between_them() -> None:
    assert counted(1.5, 6.5, whole=False) == "orders from 1.5 to under 6.5"


def test_a_rule_on_counts_says_what_it_finds_to_the_last_one() -> None:
    orders = np.r_[np.repeat(1, 100), np.repeat(np.arange(2, 7), 30), np.repeat(np.arange(7, 17), 10)]
    label = np.where(orders < 2, 0, np.where(orders < 7, 1, 2))
    few, some, many = rules_of(pd.DataFrame({"orders": orders}), label)
    assert (few.text, some.text, many.text) == ("orders under 2", "orders from 2 to 6", "orders at least 7")
    assert all((rule.precision, rule.recall) == (1, 1) for rule in (few, some, many))


def test_a_column_is_whole_where_all_that_is_there_is() -> None:
    stars = np.tile([1.0, 2.0, np.nan, 3.0], 50)
    frame = pd.DataFrame({"stars": stars})
    assert rules_of(frame, np.nan_to_num(stars) > 2)[1].text == "stars at least 3"
    frame.loc[0, "stars"] = 1.5
    assert rules_of(frame, np.nan_to_num(stars) > 2)[1].text == "stars at least 2.5"


numbers = st.one_of(
    st.integers(-5, 12),
    st.integers(-3000, 3000),
    st.integers(0, 10**9),
    st.floats(-50, 50).map(lambda value: round(value, 2)),
    st.floats(0, 1),
)
table = st.lists(st.tuples(st.none() | numbers, st.integers(0, 9), st.sampled_from("xyz")), min_size=12, max_size=60)


@settings(max_examples=60, deadline=None)
@given(table, st.lists(st.integers(0, 2), min_size=60, max_size=60), st.booleans())
def test_what_the_text_of_any_rule_says_is_what_is_found(
    rows: list[tuple[Any, int, str]],
    drawn: list[int],
    whole: bool,  # noqa: FBT001 - drawn by hypothesis
) -> None:
    frame = pd.DataFrame(rows, columns=["a", "b", "plan"]).astype({"a": float})
    if whole:
        frame["a"] = frame.a.round()
    labels = np.array([max(group, 2 * (b > 4)) for group, (_, b, _) in zip(drawn, rows, strict=False)])
    if frame.a.isna().all():
        del frame["a"]
    for j, rule in enumerate(rules_of(frame, labels, plan="text")):
        found, inside = applied(rule, frame), labels == j
        if inside.any():
            assert rule.precision == pytest.approx((found & inside).sum() / max(found.sum(), 1)), rule
            assert rule.recall == pytest.approx((found & inside).sum() / inside.sum()), rule
        if whole:
            assert not re.search(r"\d\.\d", rule.text), rule
