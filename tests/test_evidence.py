"""Evidence: the tests agree with scipy's, are corrected for their number, and find nothing in noise."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy import stats

from segreport.evidence import (
    SURE,
    Comparison,
    Evidence,
    adjusted,
    careful_test,
    gather,
    holm,
    level_sums,
    share_test,
    student,
    sums_of,
    welch,
)

Floats = Any

p_values = st.lists(st.floats(0, 1), max_size=20)
amounts = st.lists(st.integers(-400, 400).map(lambda n: n / 8) | st.just(math.nan), min_size=1, max_size=25)


def sums(values: Floats) -> Floats:
    """Return the sums of one group, as one row."""
    values = np.asarray(values, dtype=float)
    return sums_of(values, np.zeros(len(values), dtype=np.intp), 1)


def ones(hits: int, size: int) -> Floats:
    return np.array([[size, hits, hits]], dtype=float)


# --- Holm


def test_holm_multiplies_the_smallest_by_all_the_next_by_one_less_and_never_steps_down() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.9, 0.6]) == pytest.approx([1, 1])
    assert len(holm([])) == 0


@given(p_values)
def test_holm_keeps_the_order_stays_between_bonferroni_and_nothing_and_rejects_as_stepping_down_does(
    found: list[float],
) -> None:
    corrected = holm(found)
    for one, adjusted_one in zip(found, corrected, strict=True):
        assert one <= adjusted_one <= min(1.0, len(found) * one) + 1e-12
        assert all(a <= b for other, b in zip(found, corrected, strict=True) for a in [adjusted_one] if one <= other)
    rejected = 0
    for i, one in enumerate(sorted(found)):  # as Holm wrote it: step down until the first that is not small enough
        if one * (len(found) - i) >= SURE:
            break
        rejected += 1
    assert int((corrected < SURE).sum()) == rejected


@given(st.permutations([0.001, 0.01, 0.02, 0.02, 0.3]))
def test_holm_does_not_care_in_which_order_the_tests_come(found: list[float]) -> None:
    assert dict(zip(found, holm(found), strict=True)) == pytest.approx({0.001: 0.005, 0.01: 0.04, 0.02: 0.06, 0.3: 0.3})


# --- numbers


@pytest.mark.filterwarnings("ignore:Precision loss")  # scipy's doubt about equal values is what is tested
@given(amounts, amounts)
@example([2.0, 2.0], [2.0, 2.0, 2.0])
@example([2.0, 2.0], [3.0, 3.0, 3.0])
@example([2.0], [3.0, 4.0, 5.0])
def test_tests_from_sums_are_scipys_tests_on_the_values(one: list[float], other: list[float]) -> None:
    known = [[value for value in values if not math.isnan(value)] for values in (one, other)]
    for test, equal in ((welch, False), (student, True)):
        (p,) = test(sums(one), sums(other))
        if min(map(len, known)) < 2:
            continue
        if all(len(set(values)) == 1 for values in known):
            assert p == (1 if known[0][0] == known[1][0] else 0)
        else:
            assert p == pytest.approx(stats.ttest_ind(*known, equal_var=equal).pvalue, rel=1e-6, abs=1e-12)


def test_a_side_without_values_proves_nothing() -> None:
    for test in (welch, student, careful_test):
        assert list(test(sums([math.nan]), sums([1.0, 2.0, 3.0]))) == [1]
        assert list(test(sums([1.0, 2.0, 3.0]), sums([math.nan, math.nan]))) == [1]
    assert list(welch(sums([9.0]), sums([1.0, 2.0, 3.0]))) == [1]


def test_a_few_customers_who_happen_to_be_alike_are_no_proof() -> None:
    few, all_others = sums([1.0] * 5), sums(np.arange(1000) % 2)  # one in 32 draws of five
    assert welch(few, all_others)[0] < 1e-6
    assert careful_test(few, all_others)[0] > 0.02


def test_large_numbers_do_not_lose_the_difference() -> None:
    values = 1e6 + np.arange(200.0) % 7
    p = welch(sums(values[:90]), sums(values[90:] + 0.5))[0]
    assert p == pytest.approx(stats.ttest_ind(values[:90], values[90:] + 0.5, equal_var=False).pvalue, rel=1e-3)


# --- shares


@given(st.integers(0, 400), st.integers(1, 400), st.integers(0, 400), st.integers(1, 400))
@example(3, 3, 0, 3)
@example(200, 400, 230, 400)
def test_shares_are_tested_by_two_proportions_and_exactly_where_few_are_expected(
    hits: int, size: int, others: int, rest: int
) -> None:
    hits, others = min(hits, size), min(others, rest)
    (p,) = share_test(ones(hits, size), ones(others, rest))
    table = np.array([[hits, size - hits], [others, rest - others]])
    if not table.sum(axis=0).all():
        assert p == 1
        return
    if (np.outer(table.sum(axis=1), table.sum(axis=0)) / table.sum()).min() < 50:
        less, greater = (stats.fisher_exact(table, alternative=side).pvalue for side in ("less", "greater"))
        known = min(2 * less, 2 * greater, 1.0)
    else:
        known = stats.chi2_contingency(table, correction=False).pvalue
    assert p == pytest.approx(known, rel=1e-6, abs=1e-9)


def test_a_share_far_out_in_the_tail_is_not_surer_than_fishers_exact_test() -> None:
    (p,) = share_test(ones(16, 100), ones(100, 2000))
    fisher = stats.fisher_exact(np.array([[16, 84], [100, 1900]])).pvalue
    assert fisher == pytest.approx(7.2e-5, rel=0.01)
    assert fisher <= p == pytest.approx(1.43e-4, rel=0.01)  # chi-square would say 2.6e-6


@pytest.mark.parametrize(("size", "rest", "all_hits"), [(10, 10, 7), (30, 400, 40), (100, 2000, 116), (300, 900, 90)])
def test_equal_shares_are_called_different_no_more_often_than_the_p_value_says(
    size: int, rest: int, all_hits: int
) -> None:
    hits = np.arange(max(0, all_hits - rest), min(size, all_hits) + 1)
    chances = stats.hypergeom.pmf(hits, size + rest, all_hits, size)
    p = share_test(
        np.vstack([ones(int(h), size) for h in hits]), np.vstack([ones(int(all_hits - h), rest) for h in hits])
    )
    for level in p:
        assert chances[p <= level * (1 + 1e-9)].sum() <= level * (1 + 1e-6)


def test_a_share_of_nobody_proves_nothing() -> None:
    assert list(share_test(ones(0, 0), ones(3, 9))) == [1]


# --- all together


def test_levels_are_counted_by_segment_without_those_who_have_none() -> None:
    found = level_sums(pa.array(["a", None, "b", "a", "b"]), np.array([0, 0, 0, 1, 1]), 3)
    assert {level: rows[:, :2].tolist() for level, rows in found.items()} == {
        "a": [[2, 1], [2, 1], [0, 0]],
        "b": [[2, 1], [2, 1], [0, 0]],
    }
    assert level_sums(pa.array([None, None], pa.string()), np.array([0, 1]), 2) == {}


def evidence_of(rng: np.random.Generator, customers: int, k: int) -> Evidence:
    """Return segments drawn by lot on columns drawn by lot, among them counts, gaps, a rare flag and rare countries."""
    labels = rng.choice(k, customers, p=(weights := np.arange(1, k + 1) ** 2.0) / weights.sum())
    numbers: dict[str, Floats] = {f"bell{i}": rng.normal(size=customers) for i in range(3)}
    numbers |= {"tail": np.log(1 + rng.lognormal(0, 2, customers)), "orders": rng.poisson(0.3, customers) * 1.0}
    numbers["gaps"] = np.where(rng.random(customers) < 0.5, np.nan, rng.normal(size=customers))
    table = pa.table({
        "flag": rng.random(customers) < 0.1,
        "country": rng.choice(list("abcdefgh"), customers, p=[0.4, 0.3, 0.1, 0.1, 0.06, 0.02, 0.01, 0.01]),
    })  # fmt: skip
    return gather(numbers, table, ["flag", "country"], labels, k)


def strongest(evidence: Evidence, segment: int, column: str) -> str | None:
    """Return the level on which a segment differs most, as profiles would show it; None for a number."""
    levels = [level for name, level in evidence.sums if name == column and level is not None]
    arcs = {}
    for level in levels:
        (n, hits, _), (total, all_hits, _) = (
            evidence.sums[column, level][segment],
            evidence.sums[column, level].sum(axis=0),
        )
        arcs[level] = abs(math.asin(math.sqrt(hits / max(n, 1))) - math.asin(math.sqrt(all_hits / total)))
    return max(arcs, key=lambda level: arcs[level], default=None)


@pytest.mark.parametrize("customers", [60, 400])
def test_in_at_most_one_of_twenty_runs_of_noise_anything_is_sure(customers: int) -> None:
    runs, k = 200, 5
    false = 0
    for seed in range(runs):
        evidence = evidence_of(np.random.default_rng(seed), customers, k)
        columns = dict.fromkeys(column for column, _ in evidence.sums)
        asked = [Comparison(j, None, name, strongest(evidence, j, name)) for j in range(k) for name in columns]
        false += min(adjusted(evidence, asked)) < SURE
    assert false <= SURE * runs


def test_a_planted_difference_is_found_among_the_noise() -> None:
    rng = np.random.default_rng(1)
    labels = np.arange(400) % 4
    numbers = {f"noise{i}": rng.normal(size=400) for i in range(10)} | {"spend": rng.normal(size=400) + (labels == 2)}
    table = pa.table({"plan": np.where(labels == 1, "pro", np.array(["basic", "pro"])[rng.integers(0, 2, 400)])})
    evidence = gather(numbers, table, ["plan"], labels, 4)
    asked = [Comparison(j, None, name, None) for j in range(4) for name in numbers]
    asked += [Comparison(j, None, "plan", "pro") for j in range(4)]
    asked += [Comparison(2, 0, "spend", None), Comparison(1, 0, "plan", "pro"), Comparison(3, 0, "spend", None)]
    p = dict(zip(asked, adjusted(evidence, asked), strict=True))
    for sure in ((2, None, "spend", None), (1, None, "plan", "pro"), (2, 0, "spend", None), (1, 0, "plan", "pro")):
        assert p[Comparison(*sure)] < 0.001
    assert p[Comparison(3, 0, "spend", None)] > SURE
    assert min(p[Comparison(j, None, f"noise{i}", None)] for j in range(4) for i in range(10)) > SURE


def test_a_level_counts_as_often_as_there_were_levels_to_pick_from() -> None:
    labels = np.repeat([0, 1], 50)
    words = np.where(np.arange(100) % 50 < np.where(labels == 0, 30, 18), "a", "b")
    pair = gather({}, pa.table({"x": words}), ["x"], labels, 2)
    more = gather(
        {}, pa.table({"x": np.where((words == "b") & (np.arange(100) % 2 == 0), "c", words)}), ["x"], labels, 2
    )
    asked = [Comparison(0, None, "x", "a")]
    assert adjusted(more, asked)[0] == pytest.approx(3 * adjusted(pair, asked)[0])
    assert adjusted(pair, [Comparison(0, None, "x", "never seen")]) == [1]
    assert adjusted(pair, []) == []
