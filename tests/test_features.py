"""Features: filling, taming, scaling and encoding columns, in Python and in the engine alike."""

from __future__ import annotations

import datetime as dt
import itertools
import math
import random
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import ibis
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from segreport.columns import Column, Parse, read_columns, typed
from segreport.errors import InputError
from segreport.features import (
    LEVEL_WEIGHT,
    LevelStep,
    NumberStep,
    Recipe,
    draw_sample,
    fit_recipe,
    standardised,
    treatment,
)
from segreport.settings import ColumnSettings
from segreport.wording import Wording

AS_OF = dt.date(2026, 10, 31)
Prepare = Literal["auto", "plain"]
Kind = Literal["number", "date", "flag", "text"]


def column(name: str, kind: Kind = "number") -> Column:
    role: Any = {"text": "category"}.get(kind, kind)
    return Column(name, name, "", role, "feature", "by hand", 0, 0, Parse(kind))


def fit(values: Mapping[str, Any], prepare: Prepare = "auto", **kinds: Kind) -> Recipe:
    """The recipe of a table made by hand; columns are numbers unless told otherwise."""
    table = pa.table(dict(values))
    return fit_recipe(table, [column(name, kinds.get(name, "number")) for name in values], as_of=AS_OF, prepare=prepare)


def number_step(values: Sequence[float | None], prepare: Prepare = "auto") -> NumberStep:
    step = fit({"x": values}, prepare).steps[0]
    assert isinstance(step, NumberStep)
    return step


def level_step(values: Sequence[Any], kind: Kind = "text") -> LevelStep:
    step = fit({"x": values}, x=kind).steps[0]
    assert isinstance(step, LevelStep)
    return step


# --- missing values


def test_missing_numbers_take_the_median_and_are_counted() -> None:
    step = number_step([1.0, None, 2.0, 6.0, None, float("nan")])
    assert (step.fill, step.filled) == (2.0, 3)
    points = Recipe(AS_OF, (step,), {}).encode(pa.table({"x": [None, 2.0]}))
    assert points[0] == points[1]


def test_missing_categories_take_the_most_frequent_value_and_are_counted() -> None:
    step = level_step(["b", "a", "b", None, "c"])
    assert (step.fill, step.filled, step.levels) == ("b", 1, ("a", "b", "c"))


def test_of_equally_frequent_values_the_first_in_the_alphabet_fills() -> None:
    assert level_step(["b", "a", "b", "a", None]).fill == "a"


# --- logarithm and fences

SKEWED = [float(2**i) for i in range(12)]


def test_only_columns_that_are_skewed_and_never_negative_are_logged() -> None:
    assert number_step(SKEWED).log
    assert not number_step([*SKEWED, -1.0]).log
    assert not number_step([float(i) for i in range(12)]).log
    assert not number_step([-value for value in SKEWED]).log


def test_zero_can_be_logged() -> None:
    step = number_step([0.0, *SKEWED])
    assert step.log
    assert np.isfinite(Recipe(AS_OF, (step,), {}).encode(pa.table({"x": [0.0, -5.0]}))).all()


def test_values_over_five_robust_deviations_from_the_median_are_pulled_in_to_the_fence() -> None:
    values = [float(i % 11) for i in range(110)]  # quartiles 2 and 8: one robust deviation is 6 / 1.349
    step = number_step([*values, 500.0, -500.0])
    assert step.tamed == 2
    assert step.high == pytest.approx(5 + 5 * 6 / 1.349)
    assert step.low == pytest.approx(5 - 5 * 6 / 1.349)
    points = Recipe(AS_OF, (step,), {}).encode(pa.table({"x": [500.0, 10_000.0, step.high]}))
    assert points[0] == points[1] == points[2]


def test_a_column_that_is_mostly_one_value_is_fenced_by_its_standard_deviation() -> None:
    values = [0.0] * 95 + [-1.0] * 2 + [1.0] * 2 + [-40.0]
    step = number_step(values)
    assert not step.log
    assert step.low == pytest.approx(np.mean(values) - 5 * np.std(values))
    assert step.tamed == 1


# --- standardising


@pytest.mark.parametrize("prepare", ["auto", "plain"])
@pytest.mark.parametrize("values", [SKEWED, [1.0, 2.0, 3.0, 4.0], [5e8, 5e8 + 1, 5e8 + 2], [1e-9, 2e-9, 4e-9]])
def test_a_number_has_mean_zero_and_standard_deviation_one(values: list[float], prepare: Prepare) -> None:
    points = fit({"x": values}, prepare).encode(pa.table({"x": values}))
    assert points.mean() == pytest.approx(0, abs=1e-6)
    assert points.std() == pytest.approx(1, abs=1e-6)


def test_a_date_counts_as_the_days_before_the_as_of_date() -> None:
    days = [AS_OF, AS_OF - dt.timedelta(days=10), None, AS_OF - dt.timedelta(days=40)]
    recipe = fit({"since": days}, "plain", since="date")
    step = recipe.steps[0]
    assert isinstance(step, NumberStep)
    assert (step.fill, step.mean) == (10.0, 15.0)
    assert recipe.encode(pa.table({"since": days}))[:, 0] * step.scale + 15 == pytest.approx([0, 10, 10, 40])


def test_a_constant_column_is_left_out_and_the_others_stay() -> None:
    recipe = fit({"a": [0.1, 0.1, 0.1], "b": [1.0, 2.0, 3.0], "c": ["x", "x", None]}, c="text")
    assert recipe.columns == ("b",)


def test_columns_that_all_are_constant_are_refused_with_a_way_out() -> None:
    with pytest.raises(InputError, match="no column varies between customers; name others with --feature"):
        fit({"a": [1.0, 1.0], "b": [None, None], "c": ["x", "x"]}, c="text")


def test_numbers_too_large_for_the_rooms_below_are_refused_by_name() -> None:
    with pytest.raises(InputError, match="'x' holds numbers beyond 1e18"):
        fit({"x": [1.0, 2.0, 2e18]})


# --- flags and categories


def test_categories_and_flags_become_one_indicator_a_level_at_weight_07() -> None:
    recipe = fit({"plan": ["a", "b", None, "b"], "news": [True, False, None, True]}, plan="text", news="flag")
    assert recipe.owners == ("plan", "plan", "news", "news")
    assert recipe.encode(pa.table({"plan": ["a", "b", None], "news": [True, False, None]})).tolist() == [
        [0.7, 0, 0, 0.7],
        [0, 0.7, 0.7, 0],
        [0, 0.7, 0, 0.7],
    ]


def test_a_level_never_seen_before_is_none_of_the_levels() -> None:
    recipe = fit({"plan": ["a", "b"]}, plan="text")
    assert recipe.encode(pa.table({"plan": ["new"]})).tolist() == [[0, 0]]


@given(st.lists(st.sampled_from("abcdefgh"), min_size=2, max_size=60).filter(lambda levels: len(set(levels)) > 1))
def test_one_category_never_outweighs_one_number(levels: list[str]) -> None:
    """Two customers drawn at random lie 2 apart (squared) in any number; in a category they must not lie further."""
    points = fit({"plan": levels}, plan="text").encode(pa.table({"plan": levels}))
    apart = ((points[:, None] - points[None, :]) ** 2).sum(axis=2)
    assert apart.max() == pytest.approx(2 * LEVEL_WEIGHT**2)
    assert apart.max() < 1


# --- near-duplicates


def test_the_later_of_two_columns_that_move_together_is_left_out_even_in_opposite_directions() -> None:
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(2, 400))
    near = a + 0.1 * rng.normal(size=400)
    recipe = fit({"a": a, "b": b, "same": near, "opposite": 7 - 3 * a})
    assert recipe.columns == ("a", "b")
    assert {name: twin for name, (twin, _) in recipe.twins.items()} == {"same": "a", "opposite": "a"}
    correlations = [r for _, r in recipe.twins.values()]
    assert correlations == pytest.approx([np.corrcoef(a, near)[0, 1], -1], abs=0.005)


def test_columns_with_a_lower_correlation_both_stay() -> None:
    rng = np.random.default_rng(0)
    a = rng.normal(size=400)
    recipe = fit({"a": a, "b": a + 0.5 * rng.normal(size=400)})  # r = 0.89
    assert (recipe.columns, recipe.twins) == (("a", "b"), {})


def test_plain_only_fills_and_standardises() -> None:
    values = [*SKEWED, None, 1e6]
    recipe = fit({"a": values, "twin": [None if v is None else 2 * v for v in values]}, "plain")
    assert recipe.twins == {}
    assert [type(step) for step in recipe.steps] == [NumberStep, NumberStep]
    for step in recipe.steps:
        assert isinstance(step, NumberStep)
        assert (step.log, step.low, step.high, step.tamed, step.filled) == (False, None, None, 0, 1)


# --- the recipe as text


def test_a_recipe_read_back_from_json_encodes_the_same() -> None:
    table = pa.table({
        "spend": [*SKEWED, None],
        "plan": ["a", "b", None] * 4 + ["b"],
        "news": [True, None, False] * 4 + [True],
        "since": [AS_OF - dt.timedelta(days=i * i) for i in range(13)],
    })  # fmt: skip
    kinds: dict[str, Kind] = {"plan": "text", "news": "flag", "since": "date"}
    recipe = fit_recipe(
        table, [column(n, kinds.get(n, "number")) for n in table.column_names], as_of=AS_OF, prepare="auto"
    )
    again = TypeAdapter(Recipe).validate_json(TypeAdapter(Recipe).dump_json(recipe))
    assert again == recipe
    assert (again.encode(table) == recipe.encode(table)).all()


def test_the_treatment_of_a_column_is_told_in_words() -> None:
    wording = Wording()
    fenced = number_step([*(float(i % 11) for i in range(110)), -500.0, None])
    logged = "logged, because a few values are far larger than most; standardised"
    assert treatment(number_step(SKEWED), wording, "") == logged
    assert treatment(fenced, wording, "years") == (
        "1 missing filled with the median (5 years); 1 extreme value pulled in; standardised"
    )
    assert treatment(level_step(["a", "b", "b", None]), wording, "") == (
        "one indicator for each of 2 values, at weight 0.7; 1 missing taken as “b”"
    )


def test_a_column_that_only_describes_is_standardised_the_same_way() -> None:
    table = pa.table({"x": SKEWED})
    assert (standardised(table, column("x"), AS_OF) == fit({"x": SKEWED}).encode(table)[:, 0]).all()
    assert (standardised(pa.table({"x": [3.0, 3.0]}), column("x"), AS_OF) == 0).all()


# --- Python and the engine agree

numbers = st.none() | st.floats(-1e9, 1e9) | st.floats(0, 1e6) | st.sampled_from([math.nan, math.inf, 0.0, -1e99, 1e99])
levels = st.none() | st.sampled_from(["a", "b", "c d", "é'\"", "never seen"])
days = st.none() | st.dates(dt.date(1950, 1, 1), dt.date(2030, 1, 1))
rows = st.tuples(numbers, levels, st.none() | st.booleans(), days)
KINDS: dict[str, Kind] = {"x": "number", "plan": "text", "news": "flag", "since": "date"}
TYPES = [pa.float64(), pa.string(), pa.bool_(), pa.date32()]


def table_of(found: Sequence[tuple[Any, ...]]) -> pa.Table:
    values = list(zip(*found, strict=True))
    return pa.table({name: pa.array(v, t) for name, v, t in zip(KINDS, values, TYPES, strict=True)})


@settings(max_examples=40, deadline=None)
@given(
    st.lists(rows, min_size=2, max_size=25), st.lists(rows, min_size=1, max_size=10), st.sampled_from(["auto", "plain"])
)
@example([(1.0, "a", True, None), (-3.0, None, None, AS_OF)], [(math.nan, "never seen", None, None)], "auto")
def test_the_engine_encodes_any_table_as_python_does(
    seen: list[tuple[Any, ...]], later: list[tuple[Any, ...]], prepare: Prepare
) -> None:
    columns = [column(name, kind) for name, kind in KINDS.items()]
    sample, table = (typed(ibis.memtable(table_of(found)), columns) for found in (seen, later))
    try:
        recipe = fit_recipe(sample.to_pyarrow(), columns, as_of=AS_OF, prepare=prepare)
    except InputError:
        assume(False)  # noqa: FBT003 - hypothesis wants it so
    features = recipe.expressions(table)
    there = table.select(**{f"z{i}": feature for i, feature in enumerate(features)}).to_pyarrow()
    here = recipe.encode(table.to_pyarrow())
    assert here.shape == (len(later), len(recipe.owners)) == (there.num_rows, there.num_columns)
    assert np.isfinite(here).all()
    for i in range(here.shape[1]):
        assert here[:, i] == pytest.approx(there.column(i).to_numpy(), rel=1e-9, abs=1e-9)


# --- the sample


def drawn(frame: pd.DataFrame, *, size: int, seed: int = 0) -> list[str]:
    columns = read_columns(ibis.memtable(frame), ColumnSettings(id="id"), prepare="auto", today=AS_OF)
    found: list[str] = draw_sample(columns, seed=seed, size=size)["id"].to_pylist()
    return found


PEOPLE = pd.DataFrame({"id": [f"c{i:03}" for i in range(300)], "x": [float(i % 17) for i in range(300)]})


def test_the_sample_is_the_same_whatever_the_order_of_the_rows() -> None:
    mixed = PEOPLE.sample(frac=1, random_state=1)
    assert drawn(PEOPLE, size=40) == drawn(mixed, size=40)
    assert len(set(drawn(PEOPLE, size=40))) == 40


def test_a_smaller_sample_is_the_head_of_a_larger_one() -> None:
    assert drawn(PEOPLE, size=100)[:40] == drawn(PEOPLE, size=40)


def test_another_seed_draws_other_customers_and_a_large_size_draws_everyone() -> None:
    assert drawn(PEOPLE, size=40) != drawn(PEOPLE, size=40, seed=1)
    assert sorted(drawn(PEOPLE, size=10_000)) == list(PEOPLE["id"])


def test_every_customer_is_as_likely_to_be_drawn() -> None:
    picked = [name for seed in range(20) for name in drawn(PEOPLE, size=30, seed=seed)]
    assert len(set(picked)) > 230  # of 300; 300 * (1 - 0.9**20) = 264 are expected


def test_a_column_called_like_nothing_in_particular_survives_the_draw() -> None:
    frame = PEOPLE.assign(_mark=[float(i % 5) for i in range(300)])
    columns = read_columns(ibis.memtable(frame), ColumnSettings(id="id"), prepare="auto", today=AS_OF)
    assert set(draw_sample(columns, seed=0).column_names) == {"id", "x", "_mark"}


def test_the_order_of_features_is_that_of_the_columns() -> None:
    rng = random.Random(0)  # noqa: S311 - no secret
    values = {name: [rng.random() for _ in range(30)] for name in "dbca"}
    assert fit(values).columns == ("d", "b", "c", "a")
    assert all(a != b for a, b in itertools.pairwise(fit(values).owners))
