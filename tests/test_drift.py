"""How far customers have moved away from those a model was fitted on."""

from __future__ import annotations

import datetime as dt
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from pydantic import TypeAdapter

from segreport.drift import MOST, Baseline, baselines_of, drifts
from segreport.features import LevelStep, Matrix, NumberStep, Recipe, Step

TIED = st.sampled_from([-1.0, 0.0, 0.5, 1.0])


def number(column: str) -> NumberStep:
    return NumberStep(column, 0.0, log=False, low=None, high=None, mean=0.0, scale=1.0, filled=0, tamed=0)


def levels(column: str, *names: str) -> LevelStep:
    return LevelStep(column, names[0], names, 0.7, 0)


def recipe(*steps: Step) -> Recipe:
    return Recipe(dt.date(2026, 10, 31), steps, {})


def column(*values: float) -> Matrix:
    return np.array(values, dtype=float)[:, None]


def repeated(**times: int) -> Matrix:
    """So many customers at each level, as a recipe encodes them; "other" is a level it does not know."""
    known = [name for name in times if name != "other"]
    rows = [[0.7 * (name == level) for level in known] for name, count in times.items() for _ in range(count)]
    return np.array(rows)


def psi(then: Matrix, now: Matrix, step: Step) -> float:
    (drift,) = drifts(baselines_of(recipe(step), then), recipe(step), now)
    return drift.psi


AGE, PLAN = number("age"), levels("plan", "basic", "plus")


def test_the_same_customers_have_not_moved_at_all() -> None:
    X = np.random.default_rng(0).normal(size=(500, 1))
    assert psi(X, X[::-1], AGE) == 0


def test_the_index_is_the_sum_that_textbooks_give() -> None:
    then, now = repeated(basic=600, plus=400), repeated(basic=400, plus=600)
    assert psi(then, now, PLAN) == pytest.approx(2 * 0.2 * math.log(1.5), rel=1e-9)


def test_numbers_are_counted_between_their_deciles() -> None:
    (baseline,) = baselines_of(recipe(AGE), column(*range(1, 1001)))
    assert baseline == Baseline("age", tuple(range(100, 1000, 100)), (0.1,) * 10, 1000)


def test_a_value_equal_to_a_limit_lies_up_to_it_on_any_machine() -> None:
    then = column(*[0.1 + 0.2] * 500, *[1.0] * 500)
    assert psi(then, column(*[0.3] * 500, *[1.0] * 500), AGE) == 0  # 0.1 + 0.2 is a little more than 0.3


def test_what_lies_below_a_very_common_value_is_seen() -> None:
    then = column(*[-1.0] * 50, *[0.0] * 950)
    now = column(*[-1.0] * 300, *[0.0] * 700)
    assert psi(then, now, AGE) > MOST


def test_a_column_of_one_value_drifts_when_it_gets_another() -> None:
    same = column(*[2.0] * 500)
    assert psi(same, same, AGE) == 0
    assert psi(same, column(*[2.0] * 300, *[3.0] * 200), AGE) > MOST


def test_a_level_the_model_never_saw_counts_as_others() -> None:
    then = repeated(basic=600, plus=400)
    (baseline,) = baselines_of(recipe(PLAN), then)
    assert baseline == Baseline("plan", (), (0.6, 0.4, 0.0), 1000)
    assert psi(then, repeated(basic=600, plus=390, other=10), PLAN) < MOST / 2
    assert psi(then, repeated(basic=450, plus=350, other=200), PLAN) > MOST


def test_a_level_that_nobody_has_any_more_gives_a_number() -> None:
    value = psi(repeated(basic=600, plus=400), np.full((1000, 2), [0.7, 0.0]), PLAN)
    assert MOST < value < math.inf


def test_every_column_is_measured_by_its_own_features_in_order() -> None:
    steps = recipe(AGE, PLAN, number("spend"))
    rng = np.random.default_rng(0)
    plans = 0.7 * np.eye(2)[rng.integers(0, 2, 2000)]
    then = np.column_stack([rng.normal(size=2000), plans, rng.normal(size=2000)])
    now = np.column_stack([rng.normal(size=2000), plans, rng.normal(size=2000) + 1])
    found = drifts(baselines_of(steps, then), steps, now)
    assert [drift.column for drift in found] == ["age", "plan", "spend"]
    assert [drift.psi > MOST for drift in found] == [False, False, True]


@pytest.mark.parametrize(("then", "now"), [(80, 80), (100, 100), (200, 200), (200, 5000), (5000, 200), (1000, 1000)])
def test_the_same_population_rarely_looks_like_another(then: int, now: int) -> None:
    rng = np.random.default_rng(0)
    shares = rng.dirichlet(np.full(20, 0.7))
    steps = recipe(AGE, number("orders"), levels("town", *"abcdefghijklmnopqrst"))

    def sample(n: int) -> Matrix:
        return np.column_stack([rng.normal(size=n), rng.poisson(0.7, n), 0.7 * np.eye(20)[rng.choice(20, n, p=shares)]])

    found = [drifts(baselines_of(steps, sample(then)), steps, sample(now)) for _ in range(300)]
    assert np.mean([drift.psi > MOST for each in found for drift in each]) < 0.01


@pytest.mark.parametrize("n", [30, 100, 200, 10_000])
def test_another_population_is_seen_whatever_the_number_of_customers(n: int) -> None:
    rng = np.random.default_rng(0)
    assert psi(rng.normal(size=(n, 1)), rng.normal(size=(n, 1)) + 1.5, AGE) > MOST


@given(then=arrays(float, st.tuples(st.integers(1, 120), st.just(1)), elements=TIED), now=st.data())
def test_the_index_is_never_negative_nor_infinite(then: Matrix, now: st.DataObject) -> None:
    X = now.draw(arrays(float, st.tuples(st.integers(1, 120), st.just(1)), elements=st.floats(-5, 5)))
    assert 0 <= psi(then, X, AGE) < 20
    assert psi(then, then, AGE) == 0


@given(then=arrays(float, st.tuples(st.integers(1, 200), st.just(1)), elements=st.floats(-5, 5)))
def test_a_baseline_comes_back_from_json_as_it_was(then: Matrix) -> None:
    baselines = baselines_of(recipe(AGE), then)
    adapter = TypeAdapter(tuple[Baseline, ...])
    assert adapter.validate_json(adapter.dump_json(baselines)) == baselines
    assert sum(baselines[0].shares) == pytest.approx(1)
