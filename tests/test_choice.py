"""Methods and the choice of k: how customers are cut, how cuts are scored, and which one is taken."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import pdist
from sklearn import metrics

from segreport import methods
from segreport.choice import Choice, Score, choose_k, decide, scan_k, silhouette_samples
from segreport.choice.deciding import best_by_silhouette, is_balanced
from segreport.choice.scanning import by_chance, candidates, elbow_of, measure
from segreport.errors import InputError
from segreport.features import Matrix
from segreport.methods import Method, centres_of, cutter, nearest, refined
from segreport.redraws import redraw
from segreport.settings import SegmentSettings
from segreport.wording import Wording

METHODS: tuple[Method, ...] = ("kmeans", "ward", "bisecting")


def blobs(centres: list[tuple[float, float]], each: int = 40, spread: float = 0.3, seed: int = 0) -> Matrix:
    """Customers around planted centres, in mixed order."""
    rng = np.random.default_rng(seed)
    points = np.repeat(np.array(centres), each, axis=0) + rng.normal(0, spread, (each * len(centres), 2))
    return rng.permutation(points)


# income x spending as in a mall: four corners and the middle
FIVE = [(-1.3, -1.1), (-1.3, 1.1), (0.0, 0.0), (1.1, -1.2), (1.1, 1.2)]
PAIRS = [(-9.0, -2.0), (-9.0, 2.0), (9.0, -2.0), (9.0, 2.0)]
NOISE = np.random.default_rng(1).normal(size=(150, 3))


def same_cut(a: npt.NDArray[np.integer], b: npt.NDArray[np.integer]) -> bool:
    """Whether two labelings are the same but for the names of the labels."""
    return bool(metrics.adjusted_rand_score(a, b) == 1)


# --- methods


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("k", [2, 3, 7])
def test_every_method_ends_in_k_centres_which_are_the_means_of_their_customers(method: Method, k: int) -> None:
    cut = cutter(method, NOISE, seed=0)(k)
    assert sorted(set(cut.labels)) == list(range(k))
    assert cut.centres == pytest.approx(centres_of(NOISE, cut.labels, k))
    assert cut.inertia == pytest.approx(((NOISE - cut.centres[cut.labels]) ** 2).sum())


@pytest.mark.parametrize("method", METHODS)
def test_every_method_finds_planted_groups(method: Method) -> None:
    points = blobs(PAIRS)
    planted = nearest(points, np.array(PAIRS))[0]
    assert same_cut(cutter(method, points, seed=0)(4).labels, planted)


@pytest.mark.parametrize("method", METHODS)
def test_equal_seeds_give_equal_cuts(method: Method) -> None:
    one, two = (cutter(method, NOISE, seed=3)(4) for _ in range(2))
    assert (one.labels == two.labels).all()
    assert (one.centres == two.centres).all()


def test_kmeans_puts_every_customer_with_the_nearest_centre() -> None:
    cut = cutter("kmeans", NOISE, seed=0)(6)
    assert (nearest(NOISE, cut.centres)[0] == cut.labels).all()


def test_kmeans_is_never_worse_than_a_start_from_wards_tree() -> None:
    for k in (3, 5, 8):
        tree = (fcluster(linkage(NOISE, "ward"), k, "maxclust") - 1).astype(np.intp)
        started = refined(NOISE, centres_of(NOISE, tree, k))
        assert cutter("kmeans", NOISE, seed=0, starts=1)(k).inertia <= started.inertia + 1e-9


def test_ward_is_rs_ward_d_by_lance_and_williams() -> None:
    """R's hclust(dist(x), "ward.D") updates plain distances; done here step by step, merge by merge."""
    points = np.random.default_rng(0).normal(size=(14, 2))
    groups = {i: [i] for i in range(len(points))}
    apart = {
        (i, j): float(np.linalg.norm(points[i] - points[j])) for i in range(len(points)) for j in range(i)
    }  # keys: larger first
    while len(groups) > 4:
        i, j = min(apart, key=lambda pair: apart[pair])
        for other in set(groups) - {i, j}:
            to_i, to_j = (apart.pop((max(other, g), min(other, g))) for g in (i, j))
            a, b, c = (len(groups[g]) for g in (i, j, other))
            apart[max(other, i), min(other, i)] = ((a + c) * to_i + (b + c) * to_j - c * apart[i, j]) / (a + b + c)
        del apart[i, j]
        groups[i] += groups.pop(j)
    expected = np.zeros(len(points), dtype=np.intp)
    for label, members in enumerate(groups.values()):
        expected[members] = label
    assert same_cut(cutter("ward", points, seed=0)(4).labels, expected)
    assert not same_cut(fcluster(linkage(pdist(points), "ward"), 4, "maxclust"), expected), (
        "the test must tell D from D2"
    )


def test_ward_refuses_more_customers_than_it_can_compare(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(methods, "WARD_SIZE", 100)
    with pytest.raises(InputError, match=r"100 at most, not 150"):
        cutter("ward", NOISE, seed=0)


def test_margins_run_from_the_border_to_the_centre() -> None:
    labels, margins = nearest(np.array([[0.0], [1.0], [2.0], [4.0]]), np.array([[0.0], [4.0]]))
    assert labels.tolist() == [0, 0, 0, 1]  # halfway, the first centre has it
    assert margins == pytest.approx([1, 1 - 1 / 3, 0, 1])


def test_customers_on_two_centres_at_once_lie_on_the_border() -> None:
    assert nearest(np.array([[1.0]]), np.array([[1.0], [1.0], [5.0]]))[1].tolist() == [0]


# --- scores


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.integers(-3, 3), st.integers(-3, 3), st.integers(0, 4)), min_size=4, max_size=40))
def test_silhouettes_equal_scikit_learns_for_any_labels(rows: list[tuple[int, int, int]]) -> None:
    points = np.array([row[:2] for row in rows], dtype=float)
    labels = np.array([row[2] for row in rows], dtype=np.intp)  # with gaps, doubles and customers on their own
    other = np.arange(len(rows)) % 3
    ours = silhouette_samples(points, [labels, other], rows=7)
    assert ours[1] == pytest.approx(metrics.silhouette_samples(points, other))
    if 1 < len(set(labels)) < len(rows):
        assert ours[0] == pytest.approx(metrics.silhouette_samples(points, labels))


def test_silhouettes_without_a_second_segment_are_nothing() -> None:
    assert (silhouette_samples(NOISE, [np.zeros(len(NOISE), dtype=np.intp)])[0] == 0).all()


def test_scores_are_those_of_the_field() -> None:
    cut = cutter("kmeans", NOISE, seed=0)(4)
    redraws = redraw(NOISE, [4], method="kmeans", seed=0, redraws=5)
    (score,) = measure(NOISE, [cut], {4: (0.1, 0.15)}, [True], redraws)
    sizes = np.bincount(cut.labels)
    silhouettes = metrics.silhouette_samples(NOISE, cut.labels)
    assert (score.k, score.inertia) == (4, cut.inertia)
    assert score.silhouette == pytest.approx(silhouettes.mean())
    assert (score.excess, score.margin) == pytest.approx((silhouettes.mean() - 0.125, silhouettes.mean() - 0.15))
    assert (score.apart, score.stability) == (True, min(redraws.stability(cut.labels, 4)))
    assert score.silhouette_error == pytest.approx(silhouettes.std() / np.sqrt(150))
    assert score.calinski_harabasz == pytest.approx(metrics.calinski_harabasz_score(NOISE, cut.labels))
    assert score.davies_bouldin == pytest.approx(metrics.davies_bouldin_score(NOISE, cut.labels))
    assert (score.smallest_share, score.largest_share) == (sizes.min() / 150, sizes.max() / 150)


def test_the_elbow_is_where_the_curve_bends() -> None:
    assert elbow_of([2, 3, 4, 5, 6, 7, 8], [100, 60, 30, 10, 9, 8, 7]) == 5
    assert elbow_of([2, 3, 4, 5], [40, 30, 20, 10]) is None
    assert elbow_of([2, 3], [40, 30]) is None


# --- candidates


def test_there_are_no_more_candidates_than_different_customers() -> None:
    four = np.repeat(np.eye(4), 10, axis=0)
    assert candidates(four, SegmentSettings()) == [2, 3, 4]
    assert candidates(four[::5], SegmentSettings()) == [2, 3], "two of each kind are an anecdote"
    assert candidates(four, SegmentSettings(k=4)) == [2, 3, 4]
    assert candidates(np.repeat(np.eye(2), 10, axis=0), SegmentSettings()) == [2]
    assert candidates(NOISE, SegmentSettings(k_range=(3, 5), k=8)) == [3, 4, 5, 8]


def test_customers_that_differ_by_rounding_only_are_not_different() -> None:
    assert candidates(np.array([[0.1 + 0.2], [0.3], [1.0], [2.0]]), SegmentSettings()) == [2]


def test_more_segments_than_different_customers_are_refused_with_both_numbers() -> None:
    with pytest.raises(InputError, match=r"7 segments were asked for, but there are only 4 different customers"):
        scan_k(np.repeat(np.eye(4), 10, axis=0), (), SegmentSettings(k=7))


def test_a_range_that_customers_cannot_fill_is_refused_with_a_way_out() -> None:
    with pytest.raises(InputError, match=r"only 1 different customers, too few for 2 to 10 segments; ask for fewer"):
        scan_k(np.ones((20, 2)), (), SegmentSettings())
    with pytest.raises(InputError, match=r"only 3 different customers, too few for 5 to 8"):
        scan_k(np.repeat(np.eye(3), 10, axis=0), (), SegmentSettings(k_range=(5, 8)))


# --- the decision, from scores alone


def score(
    k: int,
    silhouette: float = 0.3,
    smallest: float = 0.1,
    largest: float = 0.5,
    excess: float = 0.0,
    margin: float = -0.01,
    stability: float = 0.5,
    *,
    apart: bool = False,
) -> Score:
    """A score of a candidate that is ordinary but for what is said."""
    return Score(
        k=k,
        inertia=100 / k,
        silhouette=silhouette,
        silhouette_error=0.01,
        excess=excess,
        margin=margin,
        calinski_harabasz=1.0,
        davies_bouldin=1.0,
        apart=apart,
        smallest_share=smallest,
        largest_share=largest,
        stability=stability,
    )


def beyond(
    k: int,
    excess: float,
    margin: float | None = None,
    smallest: float = 0.1,
    stability: float = 0.7,
    *,
    apart: bool = False,
) -> Score:
    """A score above chance by `excess`, and above its luckiest by a little less."""
    luckiest = excess - 0.01 if margin is None else margin
    return score(k, 0.3 + excess, smallest, 0.5, excess, luckiest, stability, apart=apart)


def decided(*scores: Score, elbow: int | None = None, **settings: object) -> Choice:
    return decide(scores, elbow, SegmentSettings.model_validate({"choose_by": "silhouette", **settings}), Wording())


def agreed(*scores: Score, elbow: int | None = None, **settings: object) -> Choice:
    return decided(*scores, elbow=elbow, choose_by="consensus", **settings)


def test_the_highest_silhouette_wins_and_ties_go_to_the_smaller_k() -> None:
    assert best_by_silhouette([score(3, 0.5), score(4, 0.5)]).k == 3
    assert best_by_silhouette([score(4, 0.5), score(3, 0.5)]).k == 3
    assert decided(score(2, 0.3), score(3, 0.5), score(4, 0.4)).k == 3


def test_unbalanced_candidates_are_skipped_while_a_balanced_one_exists_and_the_reason_says_so() -> None:
    choice = decided(score(2, 0.9, smallest=0.004), score(3, 0.5), score(4, 0.4))
    assert (choice.k, choice.skipped, choice.chosen_by) == (3, (2,), "silhouette")
    assert "Two segments would separate more clearly (0.90) but leave one with <1% of customers" in choice.reason


def test_one_segment_with_nearly_everyone_is_unbalanced_too() -> None:
    assert not is_balanced(score(2, 0.9, smallest=0.04, largest=0.96), 0.02)
    assert is_balanced(score(2, 0.9, smallest=0.05, largest=0.95), 0.02)
    assert is_balanced(score(2, 0.9, smallest=0.02, largest=0.9), 0.02)


def test_unbalanced_candidates_that_score_lower_are_not_worth_a_word() -> None:
    choice = decided(score(2, 0.2, smallest=0.004), score(3, 0.5))
    assert (choice.k, choice.skipped) == (3, ())
    assert "would separate" not in choice.reason


def test_where_nothing_is_balanced_the_best_is_taken_and_the_reason_says_so() -> None:
    choice = decided(score(2, 0.9, smallest=0.001), score(3, 0.5, smallest=0.001))
    assert (choice.k, choice.skipped) == (2, ())
    assert "No number of segments was balanced" in choice.reason


def test_where_nothing_is_balanced_nearly_everyone_in_one_segment_is_still_the_last_resort() -> None:
    assert decided(score(2, 0.9, smallest=0.01, largest=0.99), score(6, 0.5, smallest=0.01)).k == 6
    assert decided(score(2, 0.9, smallest=0.01, largest=0.99), score(3, 0.5, smallest=0.01, largest=0.98)).k == 2


def test_the_smallest_share_allowed_is_a_setting() -> None:
    assert decided(score(2, 0.9, smallest=0.004), score(3, 0.5), min_share=0.001).k == 2


def test_the_elbow_decides_where_it_was_asked_for() -> None:
    scores = score(2, 0.9), score(3, 0.5), score(4, 0.4)
    assert decided(*scores, elbow=4).chosen_by == "silhouette"
    choice = decided(*scores, elbow=4, choose_by="elbow")
    assert (choice.k, choice.chosen_by, choice.elbow) == (4, "elbow", 4)


def test_without_a_usable_elbow_separation_decides_and_the_reason_says_so() -> None:
    missing = decided(score(2, 0.3), score(3, 0.5), choose_by="elbow")
    unbalanced = decided(score(2, 0.3), score(3, 0.5), score(4, 0.4, smallest=0.001), elbow=4, choose_by="elbow")
    for choice in (missing, unbalanced):
        assert (choice.k, choice.chosen_by) == (3, "silhouette")
        assert choice.reason.startswith("The curve has no usable elbow, so separation decided.")


def test_a_number_that_was_asked_for_is_taken_as_it_is() -> None:
    choice = decided(score(2, 0.9), score(3, 0.1, smallest=0.0001), k=3)
    assert (choice.k, choice.chosen_by) == (3, "you")
    assert choice.reason == "Three segments were asked for; the number was not chosen from the data."


@given(st.lists(st.floats(-0.2, 0.9).map(lambda s: round(s, 3)), min_size=2, max_size=9))
def test_the_numbers_in_the_reason_are_those_of_the_scores(silhouettes: list[float]) -> None:
    scores = [score(k, silhouette) for k, silhouette in enumerate(silhouettes, start=2)]
    choice = decided(*scores)
    first, second = sorted(scores, key=lambda s: (-s.silhouette, s.k))[:2]
    said = re.findall(r"-?\d\.\d\d", choice.reason.replace("−", "-"))
    assert said == [Wording().fixed(found.silhouette, 2) for found in (first, second)]
    assert choice.reason.endswith(f"for the next best, {second.k}.")


# --- groups, or a continuum


def test_the_finest_division_with_gaps_wins_among_those_nearly_as_far_beyond_chance() -> None:
    gaps = beyond(3, 0.20, apart=True), beyond(4, 0.19, apart=True), beyond(5, 0.16, apart=True), beyond(6, 0.19)
    choice = agreed(*gaps)
    assert (choice.k, choice.structure, choice.chosen_by) == (4, "natural", "consensus")
    assert "gap between every two neighbours" in choice.reason


def test_a_division_far_beyond_chance_that_comes_back_every_time_needs_no_gaps() -> None:
    halves = beyond(2, 0.18, apart=True, stability=0.9)
    choice = agreed(halves, beyond(3, 0.19, stability=0.86), beyond(4, 0.15))
    assert (choice.k, choice.structure) == (3, "natural")
    assert "sure to come back when customers are redrawn" in choice.reason
    assert agreed(halves, beyond(3, 0.19, stability=0.84)).k == 2
    assert agreed(halves, beyond(3, 0.19, margin=0.09, stability=0.86)).k == 2


def test_groups_within_groups_are_found_where_each_is_highly_stable_and_apart() -> None:
    coarse = beyond(3, 0.35, apart=True, stability=1.0)
    assert agreed(coarse, beyond(4, 0.29, apart=True, stability=0.98)).k == 4
    assert agreed(coarse, beyond(4, 0.29, apart=True, stability=0.8)).k == 3
    assert agreed(coarse, beyond(4, 0.24, apart=True, stability=0.98)).k == 3
    assert agreed(coarse, beyond(4, 0.29, stability=0.98)).k == 3


def test_divisions_of_which_some_segment_does_not_come_back_stand_back() -> None:
    ten = beyond(10, 0.07, apart=True, stability=0.4)
    assert agreed(beyond(5, 0.06, apart=True, stability=0.65), ten).k == 5
    assert agreed(beyond(5, 0.06, stability=0.6), ten).structure == "created", "where there is no other"


def test_without_gaps_only_a_cut_far_beyond_chance_shows_groups() -> None:
    near, far = agreed(beyond(4, 0.08, stability=0.9)), agreed(beyond(4, 0.12))
    assert (near.structure, far.structure) == ("created", "natural")
    assert "far clearer than any that chance gave" in far.reason


def test_a_cut_that_beats_the_look_alikes_only_at_its_own_k_shows_no_groups() -> None:
    lucky = score(2, 0.45, excess=0.0, margin=-0.02)  # at k = 2 look-alikes reach 0.47
    assert agreed(lucky, beyond(6, 0.16, apart=True)).structure == "created"
    assert agreed(beyond(6, 0.16, apart=True)).structure == "natural"


def test_slices_of_a_continuum_are_as_many_as_all_come_back_from_3_to_8() -> None:
    returns = {2: 0.99, 3: 0.9, 4: 0.76, 5: 0.74, 9: 0.8}
    choice = agreed(*(score(k, stability=value) for k, value in returns.items()))
    assert (choice.k, choice.structure) == (4, "created")
    assert "four segments are the most, up to 8, that all come back" in choice.reason


def test_where_no_slices_all_come_back_the_best_do_and_the_elbow_among_equals() -> None:
    shaky = [score(k, stability=value) for k, value in {3: 0.64, 4: 0.65, 5: 0.655, 6: 0.4}.items()]
    assert agreed(*shaky).k == 3
    assert agreed(*shaky, elbow=5).k == 5
    assert agreed(*shaky, elbow=6).k == 3
    assert "no number comes back in full" in agreed(*shaky).reason


def test_two_that_come_back_are_better_than_three_that_do_not() -> None:
    choice = agreed(score(2, stability=0.9), score(3, stability=0.7))
    assert (choice.k, choice.structure) == (2, "created")
    assert "two segments are the most, up to 8, that all come back" in choice.reason


def test_a_range_outside_3_to_8_is_used_as_it_is() -> None:
    assert agreed(score(2, stability=0.9)).k == 2
    assert agreed(score(10, stability=0.4), score(12, stability=0.8)).k == 12


def test_unbalanced_candidates_are_not_chosen_and_named_where_they_were_better() -> None:
    better = beyond(5, 0.3, smallest=0.004, apart=True)
    choice = agreed(beyond(3, 0.2, apart=True), better)
    assert (choice.k, choice.skipped) == (3, (5,))
    assert "Five segments would separate more clearly (0.60) but leave one with <1% of customers" in choice.reason


def test_a_number_that_was_asked_for_is_natural_only_if_it_shows_the_groups_there_are() -> None:
    groups = beyond(4, 0.2, apart=True), beyond(7, 0.1, margin=0.01)
    assert agreed(*groups, k=4).structure == "natural"
    assert agreed(*groups, k=7).structure == "created"


def test_segments_that_do_not_follow_the_groups_there_are_say_so() -> None:
    groups = beyond(3, 0.4, apart=True, stability=1.0), beyond(4, 0.3, margin=0.01)
    assert (agreed(*groups, k=4).groups, agreed(*groups, k=4).structure) == (3, "created")
    assert agreed(*groups).groups is None
    assert agreed(score(3), score(4)).groups is None


def test_customers_of_a_few_kinds_are_told_as_kinds() -> None:
    choice = agreed(beyond(2, 0.3, apart=True), replace(score(4, 1.0), inertia=0.0))
    assert (choice.k, choice.kinds, choice.structure) == (4, True, "created")
    assert choice.reason == "Four segments: in the columns used, customers are of only four kinds."


def test_finer_slices_that_all_come_back_are_pointed_out() -> None:
    groups = beyond(2, 0.2, apart=True, stability=0.99)
    assert agreed(groups, score(5, stability=0.8), score(6, stability=0.7), score(9, stability=0.9)).finer == 5
    assert agreed(groups, score(5, stability=0.7)).finer is None
    assert agreed(replace(groups, stability=0.7), score(5, stability=0.8)).finer is None, "too is said of equals"


@given(
    st.lists(
        st.builds(
            score,
            k=st.just(2),
            silhouette=st.floats(-0.2, 0.9),
            smallest=st.floats(0, 0.5),
            largest=st.floats(0.1, 1),
            excess=st.floats(-0.2, 0.5),
            margin=st.floats(-0.3, 0.5),
            apart=st.booleans(),
            stability=st.floats(0, 1),
        ),
        min_size=1,
        max_size=9,
    )
)
def test_any_scores_lead_to_one_of_the_candidates_and_a_reason(scores: list[Score]) -> None:
    numbered = [replace(found, k=k) for k, found in enumerate(scores, start=2)]
    for rule in ("consensus", "silhouette", "elbow"):
        choice = decided(*numbered, elbow=3, choose_by=rule)
        assert choice.k in {found.k for found in numbered}
        assert choice.reason.endswith(".")
        assert choice.structure in ("natural", "created")


# --- all together


def chosen(X: Matrix, settings: SegmentSettings) -> Choice:
    return choose_k(scan_k(X, (), settings), settings, Wording())


@pytest.mark.parametrize("method", ["kmeans", "ward"])
def test_five_planted_groups_give_five(method: Method) -> None:
    choice = chosen(blobs(FIVE), SegmentSettings(method=method))
    assert (choice.k, choice.elbow, choice.structure) == (5, 5, "natural")
    assert [score.k for score in choice.scores] == list(range(2, 11))
    inertias = [score.inertia for score in choice.scores]
    assert inertias == sorted(inertias, reverse=True)


def test_two_outliers_do_not_become_a_segment_of_their_own() -> None:
    points = np.vstack([blobs(FIVE), [[40.0, 40.0], [40.5, 40.0]]])
    assert min(np.bincount(cutter("kmeans", points, seed=0)(chosen(points, SegmentSettings()).k).labels)) >= 2
    assert 2 in chosen(points, SegmentSettings(choose_by="silhouette")).skipped


def test_equal_seeds_give_equal_scores() -> None:
    settings = SegmentSettings(k_range=(2, 4))
    assert scan_k(NOISE, (), settings).scores == scan_k(NOISE, (), settings).scores


def test_a_category_alone_shows_kinds_and_no_groups() -> None:
    """Customers of one city are all alike: that is no finding."""
    cities = 0.7 * np.eye(4)[np.random.default_rng(0).integers(0, 4, 300)]
    settings = SegmentSettings()
    choice = choose_k(scan_k(cities, [(0, 1, 2, 3)], settings), settings, Wording())
    assert (choice.k, choice.structure, choice.kinds) == (4, "created", True)


def test_a_rare_level_that_no_look_alike_draws_does_not_stop_the_scan() -> None:
    rare = np.zeros((1000, 1))
    rare[:2] = 1.0
    assert 2 in scan_k(rare, (), SegmentSettings(k=2)).centres


@pytest.mark.parametrize("method", METHODS)
def test_chance_is_measured_by_the_same_method(method: Method) -> None:
    found = by_chance(NOISE, (), [2, 3], method=method, seed=0)
    own = silhouette_samples(NOISE, [cutter(method, NOISE, seed=0)(k).labels for k in (2, 3)])
    for k, silhouette in zip((2, 3), own, strict=True):
        assert len(found[k]) == 10
        assert np.mean(found[k]) == pytest.approx(silhouette.mean(), abs=0.05), "noise is its own look-alike"
