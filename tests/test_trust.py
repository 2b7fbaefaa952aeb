"""Trust: silhouettes, stability under redraws, borders, and what one segment less or more would change."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics

from segreport.features import Matrix, NumberStep, Recipe
from segreport.methods import Labels, Method, cutter, nearest
from segreport.segments import Fitted, Model
from segreport.trust import Recut, Trust, examine, grade, recut, stability

IDS = ("s1", "s2", "s3")


def cut(X: Matrix, k: int, method: Method = "kmeans") -> Fitted:
    """The fitted segments of points, without a table behind them."""
    found = cutter(method, X, seed=0)(k)
    steps = tuple(
        NumberStep(f"x{i}", 0.0, log=False, low=None, high=None, mean=0.0, scale=1.0, filled=0, tamed=0)
        for i in range(X.shape[1])
    )
    model = Model(
        schema=1,
        method=method,
        id="id",
        inputs=(),
        recipe=Recipe(dt.date(2026, 10, 31), steps, {}),
        ids=tuple(f"s{j + 1}" for j in range(k)),
        centres=tuple(tuple(map(float, centre)) for centre in found.centres),
    )
    return Fitted(model, X, found.labels, found.inertia)


def blobs(sizes: list[int], apart: float = 10.0) -> Matrix:
    rng = np.random.default_rng(0)
    return rng.permutation(np.vstack([rng.normal([apart * j, 0], 1, (n, 2)) for j, n in enumerate(sizes)]))


NOISE = np.random.default_rng(1).normal(size=(600, 4))
APART = cut(blobs([100, 100, 100]), 3)


@pytest.fixture(scope="module")
def apart() -> Trust:
    return examine(APART, seed=0)


# --- the verdict on segments


def test_segments_that_stand_apart_are_stable(apart: Trust) -> None:
    assert [segment.id for segment in apart.segments] == ["s1", "s2", "s3"]
    assert min(segment.stability for segment in apart.segments) >= 0.95
    assert {segment.grade for segment in apart.segments} == {"stable"}
    assert apart.silhouette > 0.7


def test_slices_of_noise_are_not_all_stable() -> None:
    trust = examine(cut(NOISE, 7), seed=0)
    assert {segment.grade for segment in trust.segments} != {"stable"}
    assert min(segment.stability for segment in trust.segments) < 0.6
    assert trust.silhouette < 0.3


def test_a_slice_among_clear_groups_is_told_apart_from_them() -> None:
    """One of three groups cut in two: the halves come back differently each time, the whole groups do not."""
    fitted = cut(blobs([150, 150, 150]), 4)
    whole = [j for j, n in enumerate(np.bincount(fitted.labels)) if n > 140]
    stable = [segment.grade == "stable" for segment in examine(fitted, seed=0).segments]
    assert len(whole) == 2
    assert all(stable[j] for j in whole)
    assert not all(stable)


@pytest.mark.parametrize("method", ["ward", "bisecting"])
def test_every_method_is_redrawn_by_itself(method: Method) -> None:
    found = cut(blobs([80, 80]), 2, method)
    assert min(stability(found.X, found.labels, 2, method=method, seed=0, redraws=3)) > 0.95


def test_equal_seeds_give_equal_trust() -> None:
    fitted = cut(NOISE[:150], 4)
    assert examine(fitted, seed=5) == examine(fitted, seed=5)


def test_a_segment_with_no_one_drawn_counts_nothing() -> None:
    X = blobs([50, 50])
    labels = np.zeros(100, dtype=np.intp)  # the second segment is empty
    assert stability(X, labels, 2, method="kmeans", seed=0, redraws=2)[1] == 0


def test_customers_who_are_all_alike_within_a_segment_are_perfectly_stable() -> None:
    X = np.repeat(np.eye(3), 20, axis=0)
    labels = np.repeat(np.arange(3), 20)
    assert stability(X, labels, 3, method="kmeans", seed=0, redraws=4) == [1, 1, 1]


def test_without_enough_different_customers_nothing_is_stable() -> None:
    X = np.ones((6, 2))
    labels = np.repeat(np.arange(3), 2)
    assert stability(X, labels, 3, method="kmeans", seed=0, redraws=4) == [0, 0, 0]


@pytest.mark.parametrize(
    ("value", "expected"),
    [(1.0, "stable"), (0.75, "stable"), (0.749, "doubtful"), (0.6, "doubtful"), (0.599, "unstable"), (0.0, "unstable")],
)
def test_stability_is_graded_by_hennigs_bands(value: float, expected: str) -> None:
    assert grade(value) == expected


# --- silhouettes, borders, distances


def test_silhouettes_are_those_of_the_field_and_profiles_fall(apart: Trust) -> None:
    silhouettes = metrics.silhouette_samples(APART.X, APART.labels)
    assert apart.silhouette == pytest.approx(silhouettes.mean())
    for j, segment in enumerate(apart.segments):
        own = silhouettes[APART.labels == j]
        assert segment.silhouette == pytest.approx(own.mean())
        assert len(segment.profile) == 40
        assert list(segment.profile) == sorted(segment.profile, reverse=True)
        assert (segment.profile[0], segment.profile[-1]) == pytest.approx((own.max(), own.min()))


def test_the_border_is_the_share_of_customers_nearly_as_close_to_another_segment() -> None:
    found = cut(NOISE, 3)
    margins = nearest(NOISE, found.model.matrix)[1]
    shares = [float((margins[found.labels == j] < 0.1).mean()) for j in range(3)]
    assert [segment.border for segment in examine(found, seed=0).segments] == pytest.approx(shares)


def test_separation_is_the_distance_between_centres(apart: Trust) -> None:
    grid = np.array(apart.separation)
    assert (grid == grid.T).all()
    assert (np.diag(grid) == 0).all()
    assert sorted(grid[np.triu_indices(3, 1)]) == pytest.approx([10, 10, 20], abs=0.5)


# --- another number of segments


def labels(*counts: int) -> Labels:
    """So many customers of label 0, of label 1, …"""
    return np.repeat(np.arange(len(counts)), counts)


def test_the_same_cut_under_other_names_changes_nothing() -> None:
    before = labels(40, 30, 20)
    assert recut(before, 2 - before, IDS) == Recut(3, 0, (), ())


def test_two_segments_that_become_one_are_merged() -> None:
    before = labels(40, 30, 20)
    found = recut(before, np.where(before == 2, 1, before), IDS)
    assert (found.k, found.merged, found.split) == (2, (("s2", "s3"),), ())
    assert found.changed == pytest.approx(20 / 90)  # the smaller one moves in with the larger one


def test_a_segment_that_comes_apart_is_split() -> None:
    before = labels(40, 30, 20)
    after = before.copy()
    after[:16] = 3
    found = recut(before, after, IDS)
    assert (found.k, found.merged, found.split) == (4, (), ("s1",))
    assert found.changed == pytest.approx(16 / 90)


def test_a_few_customers_who_leave_do_not_split_their_segment() -> None:
    before = labels(40, 30, 20)
    after = before.copy()
    after[:8] = 3  # a fifth
    assert recut(before, after, IDS).split == ()


def test_a_new_segment_gathered_from_all_sides_splits_no_one() -> None:
    before = labels(40, 30, 30)
    after = before.copy()
    after[[*range(12), *range(40, 51), *range(70, 81)]] = 3  # over a quarter of each, but of none most of the new one
    found = recut(before, after, IDS)
    assert (found.merged, found.split) == ((), ())
    assert found.changed == pytest.approx(34 / 100)


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 3)), min_size=1, max_size=50))
def test_shares_that_change_are_shares_and_names_are_those_of_segments(pairs: list[tuple[int, int]]) -> None:
    before, after = np.array(pairs, dtype=np.intp).T
    found = recut(before, after, IDS)
    assert 0 <= found.changed < 1
    assert {name for group in found.merged for name in group} | set(found.split) <= set(IDS)
    assert all(len(group) > 1 for group in found.merged)


def test_one_segment_less_and_one_more_are_tried(apart: Trust) -> None:
    less, more = apart.recuts
    assert (less.k, more.k) == (2, 4)
    assert [len(group) for group in less.merged] == [2]
    assert len(more.split) == 1
    assert (more.merged, less.split) == ((), ())


def test_there_is_no_cut_into_one_segment_or_into_more_than_there_are_customers() -> None:
    assert [found.k for found in examine(cut(blobs([60, 60]), 2), seed=0).recuts] == [3]
    assert [found.k for found in examine(cut(np.repeat(np.eye(4), 20, axis=0), 3), seed=0).recuts] == [2]
