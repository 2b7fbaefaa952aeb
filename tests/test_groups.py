"""What the choice of k rests on (look-alikes, gaps, redraws), and whether it finds what was planted, no more."""

from __future__ import annotations

import numpy as np
import pytest
from diptest import diptest
from hypothesis import given, settings
from hypothesis import strategies as st
from planted import GROUPED, GROUPLESS, with_groups, without_groups
from scipy.stats import spearmanr
from sklearn.cluster import KMeans

from segreport.choice import Choice, choose_k, scan_k
from segreport.choice.gaps import are_apart, one_hump, spread_out
from segreport.choice.lookalikes import Floats, look_alikes, one_humped
from segreport.features import Matrix
from segreport.lloyd import inertias, members, settle
from segreport.methods import Method, Partition, centres_of, cutter
from segreport.redraws import redraw
from segreport.settings import SegmentSettings
from segreport.wording import Wording

RNG = np.random.default_rng(3)
TWO_HUMPS = np.concatenate([RNG.normal(-3, 1, 500), RNG.normal(3, 1, 500)])


# --- many k-means at once


def test_every_run_ends_where_scikit_learn_ends_from_the_same_start() -> None:
    points = RNG.normal(size=(3, 200, 2)).astype(np.float32)
    starts = points[:, :4]
    found = settle(points, starts)
    for run in range(3):
        fit = KMeans(4, init=starts[run], n_init=1, max_iter=30, tol=0).fit(points[run])
        assert found[run] == pytest.approx(fit.cluster_centers_, abs=0.02)
        assert inertias(points, found)[run] == pytest.approx(fit.inertia_, rel=1e-3)
        assert (members(points, found)[run] == fit.labels_).mean() > 0.98


def test_weights_count_a_point_so_many_times() -> None:
    points = np.array([[[0.0], [1.0], [10.0]]], dtype=np.float32)
    found = settle(points, np.array([[[0.0], [9.0]]]), np.array([[3.0, 1.0, 2.0]], dtype=np.float32))
    assert found[0].ravel().tolist() == [0.25, 10.0]


def test_a_centre_that_no_point_is_nearest_to_stays() -> None:
    points = np.array([[[0.0], [1.0]]], dtype=np.float32)
    assert settle(points, np.array([[[0.5], [99.0]]]))[0].ravel().tolist() == [0.5, 99.0]


# --- look-alikes


def rises_then_falls(values: Floats) -> bool:
    top = int(values.argmax())
    return bool((np.diff(values[: top + 1]) >= -1e-9).all() and (np.diff(values[top:]) <= 1e-9).all())


@settings(deadline=None, max_examples=60)
@given(st.lists(st.integers(-20, 20), min_size=3, max_size=200))
def test_any_column_gets_a_form_with_its_values_and_all_of_its_mass(values: list[int]) -> None:
    column = one_humped(np.array(values, dtype=float))
    assert sorted(set(values)) == column.values.tolist()
    assert column.smooth.sum() == pytest.approx(1)
    assert (column.smooth >= 0).all()


def test_two_humps_become_one_and_one_stays_as_it_is() -> None:
    one, two = (one_humped(column) for column in (RNG.normal(size=1000), TWO_HUMPS))
    spaced = np.interp(np.linspace(0.001, 0.999, 1000), np.cumsum(two.smooth), two.values)
    assert diptest(TWO_HUMPS)[1] < 0.01
    assert diptest(spaced)[1] > 0.5
    assert np.abs(np.cumsum(one.smooth) - np.cumsum(one.shares)).max() < 0.03


def test_falling_counts_are_one_hump_already() -> None:
    counts = np.repeat(np.arange(6.0), [600, 200, 100, 60, 30, 10])
    column = one_humped(counts)
    assert rises_then_falls(column.shares)
    assert column.smooth == pytest.approx(column.shares, abs=0.02)


def test_look_alikes_keep_values_spread_and_rank_correlation_but_not_the_groups() -> None:
    x = np.concatenate([RNG.normal(-3, 1, 500), RNG.normal(3, 1, 500)])
    X = np.column_stack([x, x + RNG.normal(size=1000)])
    (table, *_) = look_alikes(X, (), rows=1000, seed=0)
    assert table.std(axis=0) == pytest.approx(X.std(axis=0))
    assert spearmanr(table)[0] == pytest.approx(spearmanr(X)[0], abs=0.08)
    assert diptest(X[:, 0])[1] < 0.01
    assert diptest(spread_out(table, (), seed=0)[:, 0])[1] > 0.05


@pytest.mark.parametrize("load", [0.6, 0.8])
def test_ties_do_not_hide_how_columns_move_together(load: float) -> None:
    factor = RNG.normal(size=(2000, 1))
    flags = ((load * factor + np.sqrt(1 - load**2) * RNG.normal(size=(2000, 4))) > 0.3).astype(float)
    table = np.vstack(look_alikes(flags, (), rows=1000, seed=0))
    told, found = (float(np.corrcoef(part[:, 0], part[:, 1])[0, 1]) for part in (flags, table))
    assert found == pytest.approx(told, abs=0.08)


def test_the_indicators_of_a_category_are_drawn_together_and_apart_from_the_rest() -> None:
    level = RNG.integers(0, 3, 600)
    X = np.column_stack([level + RNG.normal(0, 0.1, 600), 0.7 * np.eye(3)[level]])
    (table, *_) = look_alikes(X, [(1, 2, 3)], rows=600, seed=0)
    assert (np.count_nonzero(table[:, 1:], axis=1) == 1).all()
    assert abs(np.corrcoef(table[:, 0], table[:, 3])[0, 1]) < 0.15


def test_a_flag_moves_with_the_rest_and_keeps_its_two_values() -> None:
    x = RNG.normal(size=800)
    yes = 0.7 * (x + RNG.normal(size=800) > 0)
    (table, *_) = look_alikes(np.column_stack([x, yes, 0.7 - yes]), [(1, 2)], rows=800, seed=0)
    assert np.abs(table[:, 1] + table[:, 2] - 0.7).max() < 1e-9
    assert len(np.unique(table[:, 1])) == 2
    assert float(np.corrcoef(table[:, 0], table[:, 1])[0, 1]) > 0.4


def test_columns_that_hardly_vary_do_not_stop_look_alikes() -> None:
    X = np.column_stack([np.zeros(50), np.repeat([0.0, 1.0], 25)])
    for table in look_alikes(X, (), rows=20, seed=0):
        assert np.isfinite(table).all()


# --- gaps


def two_cut(X: Matrix, at: float = 0.0) -> Partition:
    labels = (X[:, 0] > at).astype(np.intp)
    return Partition(labels, centres_of(X, labels, 2), 0.0)


def test_two_humps_are_apart_and_two_halves_of_one_are_not() -> None:
    assert are_apart([TWO_HUMPS[:, None]], two_cut(TWO_HUMPS[:, None]))
    one = np.random.default_rng(0).normal(size=(1000, 1))
    assert not are_apart([one], two_cut(one))


def test_a_large_segment_is_thinned_to_the_small_one_beside_it() -> None:
    X = np.concatenate([RNG.normal(-3, 1, 3000), RNG.normal(3, 1, 60)])[RNG.permutation(3060), None]
    cut = two_cut(X)
    assert one_hump(X, cut, (0, 1), RNG) < 0.05
    assert diptest(X[:, 0])[1] > 0.05


def test_whole_numbers_are_no_gaps_once_they_are_spread_out() -> None:
    counts = np.random.default_rng(0).poisson(2, size=(800, 1)).astype(float)
    assert are_apart([counts], two_cut(counts, 2.5)), "each number looks like a hump"
    assert not are_apart([spread_out(counts, (), seed=0)], two_cut(counts, 2.5))


def test_indicators_and_columns_of_different_values_are_not_spread_out() -> None:
    X = np.column_stack([RNG.normal(size=100), RNG.integers(0, 2, 100), RNG.integers(0, 5, 100)])
    found = spread_out(X, [(1,)], seed=0)
    assert (found[:, :2] == X[:, :2]).all()
    assert (found[:, 2] != X[:, 2]).any()
    assert np.abs(found[:, 2] - X[:, 2]).max() <= 0.5


# --- redraws


@pytest.mark.parametrize("method", ["kmeans", "ward", "bisecting"])
def test_redraws_know_every_k_that_was_asked_for(method: Method) -> None:
    X = RNG.normal(size=(120, 2))
    redraws = redraw(X, [2, 5], method=method, seed=0, redraws=4)
    assert {k: centres.shape for k, centres in redraws.centres.items()} == {2: (4, 2, 2), 5: (4, 5, 2)}


def test_the_same_cut_in_every_redraw_is_stability_one_whatever_the_labels_are_called() -> None:
    X = np.vstack([RNG.normal(-20, 1, (40, 2)), RNG.normal(20, 1, (60, 2))])
    labels = (X[:, 0] > 0).astype(np.intp)
    redraws = redraw(X, [2], method="kmeans", seed=0)
    assert redraws.stability(labels, 2).tolist() == redraws.stability(1 - labels, 2).tolist() == [1, 1]


# --- what was planted; seeds that nothing was tuned on


def answer(X: Matrix, levels: tuple[tuple[int, ...], ...]) -> Choice:
    return choose_k(scan_k(X, levels, SegmentSettings()), SegmentSettings(), Wording())


SEEDS = range(5_000, 5_005)


def test_the_number_of_planted_groups_is_found_where_k_means_can_find_them() -> None:
    from bench_k import is_recoverable

    tables = [with_groups(kind, seed) for kind in GROUPED for seed in SEEDS]
    scans = [scan_k(table.X, table.levels, SegmentSettings()) for table in tables]
    found = [
        (table.k, choose_k(scan, SegmentSettings(), Wording()))
        for table, scan in zip(tables, scans, strict=True)
        if is_recoverable(table, scan)
    ]
    assert len(found) >= 20
    assert np.mean([choice.k == k for k, choice in found]) >= 0.85
    assert np.mean([abs(choice.k - k) <= 1 for k, choice in found]) >= 0.95
    assert np.mean([choice.structure == "natural" for k, choice in found]) >= 0.9


def test_data_without_groups_are_hardly_ever_called_natural() -> None:
    tables = [without_groups(kind, seed, (200, 400, 1_000)) for kind in GROUPLESS for seed in SEEDS]
    called = [table.name for table in tables if answer(table.X, table.levels).structure == "natural"]
    assert len(called) <= 2, called


def test_one_hump_cut_in_two_is_created_and_two_humps_are_natural() -> None:
    noise = RNG.normal(size=1000)
    assert answer(np.column_stack([noise, RNG.normal(size=1000)]), ()).structure == "created"
    found = answer(np.column_stack([TWO_HUMPS, noise]), ())
    assert (found.k, found.structure) == (2, "natural")
    assert cutter("kmeans", TWO_HUMPS[:, None], seed=0)(2).labels.sum() in range(450, 551)
