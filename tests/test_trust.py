"""Trust: silhouettes, stability under redraws, and borders."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from sklearn import metrics

from segreport.choice import Choice
from segreport.features import Matrix, NumberStep, Recipe
from segreport.methods import Labels, Method, cutter, nearest
from segreport.redraws import redraw
from segreport.segments import Fitted, Model
from segreport.trust import Grade, SegmentTrust, Trust, examine, grade, structure_of


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


def examined(fitted: Fitted, seed: int = 0) -> Trust:
    """Trust in segments, with the customers redrawn for it."""
    k = len(fitted.model.ids)
    return examine(fitted, redraw(fitted.X, [k], method=fitted.model.method, seed=seed))


def stability(X: Matrix, labels: Labels, k: int, *, method: Method = "kmeans", redraws: int = 4) -> list[float]:
    return [float(value) for value in redraw(X, [k], method=method, seed=0, redraws=redraws).stability(labels, k)]


def blobs(sizes: list[int], apart: float = 10.0) -> Matrix:
    rng = np.random.default_rng(0)
    return rng.permutation(np.vstack([rng.normal([apart * j, 0], 1, (n, 2)) for j, n in enumerate(sizes)]))


NOISE = np.random.default_rng(1).normal(size=(600, 4))
APART = cut(blobs([100, 100, 100]), 3)


@pytest.fixture(scope="module")
def apart() -> Trust:
    return examined(APART)


# --- the verdict on segments


def test_segments_that_stand_apart_are_stable(apart: Trust) -> None:
    assert [segment.id for segment in apart.segments] == ["s1", "s2", "s3"]
    assert min(segment.stability for segment in apart.segments) >= 0.95
    assert {segment.grade for segment in apart.segments} == {"stable"}
    assert apart.silhouette > 0.7


def test_slices_of_noise_are_not_all_stable() -> None:
    trust = examined(cut(NOISE, 7))
    assert {segment.grade for segment in trust.segments} != {"stable"}
    assert min(segment.stability for segment in trust.segments) < 0.6
    assert trust.silhouette < 0.3


def test_a_slice_among_clear_groups_is_told_apart_from_them() -> None:
    """One of three groups cut in two: the halves come back differently each time, the whole groups do not."""
    fitted = cut(blobs([150, 150, 150]), 4)
    whole = [j for j, n in enumerate(np.bincount(fitted.labels)) if n > 140]
    stable = [segment.grade == "stable" for segment in examined(fitted).segments]
    assert len(whole) == 2
    assert all(stable[j] for j in whole)
    assert not all(stable)


@pytest.mark.parametrize("method", ["ward", "bisecting"])
def test_every_method_is_redrawn_by_itself(method: Method) -> None:
    found = cut(blobs([80, 80]), 2, method)
    assert min(stability(found.X, found.labels, 2, method=method, redraws=3)) > 0.95


def test_equal_seeds_give_equal_trust() -> None:
    fitted = cut(NOISE[:150], 4)
    assert examined(fitted, seed=5) == examined(fitted, seed=5)


def test_a_segment_with_no_one_drawn_counts_nothing() -> None:
    X = blobs([50, 50])
    labels = np.zeros(100, dtype=np.intp)  # the second segment is empty
    assert stability(X, labels, 2, redraws=2)[1] == 0


def test_customers_who_are_all_alike_within_a_segment_are_perfectly_stable() -> None:
    X = np.repeat(np.eye(3), 20, axis=0)
    labels = np.repeat(np.arange(3), 20)
    assert stability(X, labels, 3) == [1, 1, 1]


def test_without_enough_different_customers_nothing_is_stable() -> None:
    X = np.ones((6, 2))
    labels = np.repeat(np.arange(3), 2)
    assert stability(X, labels, 3) == [0, 0, 0]


@pytest.mark.parametrize(
    ("value", "expected"),
    [(1.0, "stable"), (0.75, "stable"), (0.749, "doubtful"), (0.6, "doubtful"), (0.599, "unstable"), (0.0, "unstable")],
)
def test_stability_is_graded_by_hennigs_bands(value: float, expected: str) -> None:
    assert grade(value, 500) == expected


def test_a_handful_of_customers_is_never_to_be_targeted_by_name() -> None:
    assert [grade(1.0, size) for size in (9, 10)] == ["doubtful", "stable"]


@pytest.mark.parametrize(
    ("grades", "structure"),
    [
        (("stable", "stable"), "natural"),
        (("stable", "doubtful"), "natural"),
        (("stable", "unstable"), "none"),
        (("stable", "stable", "unstable"), "natural"),
        (("doubtful", "doubtful", "unstable"), "none"),
        (("doubtful", "doubtful", "doubtful"), "natural"),
        (("stable", "stable", "stable", "unstable"), "natural"),
    ],
)
def test_segments_of_which_half_or_the_better_ones_do_not_come_back_are_none(
    grades: tuple[Grade, ...], structure: str
) -> None:
    segments = tuple(SegmentTrust(f"s{i + 1}", 0.5, (), 0.9, 0.1, grade) for i, grade in enumerate(grades))
    choice = Choice(len(grades), "consensus", "Because.", (), None, "natural")
    assert structure_of(choice, Trust(segments, 0.6, ())) == structure


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
    assert [segment.border for segment in examined(found).segments] == pytest.approx(shares)


def test_separation_is_the_distance_between_centres(apart: Trust) -> None:
    grid = np.array(apart.separation)
    assert (grid == grid.T).all()
    assert (np.diag(grid) == 0).all()
    assert sorted(grid[np.triu_indices(3, 1)]) == pytest.approx([10, 10, 20], abs=0.5)
