"""Which segment is which after a new fit, what became of the others, and whether a new fit is needed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segreport.alternatives.matching import Counts, overlaps
from segreport.drift import Drift
from segreport.features import Matrix
from segreport.history.identity import (
    BETTER,
    Matched,
    colours_of,
    decide,
    explains_better,
    match_segments,
    order_of,
    renew_ids,
)
from segreport.history.movement import Event
from segreport.methods import Labels, cutter
from segreport.palette import PALETTE
from segreport.wording import Wording

DATA = Path(__file__).parents[2] / "shared" / "data"
needs_data = pytest.mark.skipif(not DATA.exists(), reason="the shared data is not beside this checkout")
WORDS = Wording()
SIZES = st.lists(st.integers(50, 1000), min_size=2, max_size=8)


def ids_of(k: int) -> tuple[str, ...]:
    return tuple(f"s{i + 1}" for i in range(k))


def matched(*rows: Sequence[float], distance: Sequence[Sequence[float]] | None = None) -> Matched:
    """Old segments s1, s2, … (rows) found again in new ones (columns)."""
    far = None if distance is None else np.array(distance, dtype=float)
    return match_segments(ids_of(len(rows)), np.array(rows, dtype=float), far)


def told(found: Matched, used: Sequence[str] = ()) -> tuple[tuple[str, ...], tuple[Event, ...]]:
    ids = renew_ids(found, used)
    return ids, found.told(ids)


def counted(before: Labels, after: Labels) -> Counts:
    return overlaps(before, after, int(before.max()) + 1, int(after.max()) + 1)


# --- the same segments


@given(sizes=SIZES, data=st.data())
def test_the_same_segments_in_another_order_keep_their_ids(sizes: list[int], data: st.DataObject) -> None:
    order = data.draw(st.permutations(range(len(sizes))))
    found = match_segments(ids_of(len(sizes)), np.diag(sizes).astype(float)[:, order])
    assert found == Matched(tuple(f"s{i + 1}" for i in order), ())


@given(sizes=SIZES, seed=st.integers(0, 2**32 - 1), moved=st.floats(0, 0.04))
def test_a_few_customers_who_move_never_lose_a_segment_its_id(sizes: list[int], seed: int, moved: float) -> None:
    rng, k = np.random.default_rng(seed), len(sizes)
    order = rng.permutation(k)
    before = np.repeat(np.arange(k), sizes)
    after = np.where(rng.random(len(before)) < moved, rng.integers(0, k, len(before)), before)
    found = match_segments(ids_of(k), counted(before, np.argsort(order)[after]))
    assert found == Matched(tuple(f"s{i + 1}" for i in order), ())


@given(
    overlap=st.lists(st.lists(st.integers(0, 100), min_size=5, max_size=5), min_size=1, max_size=6),
    far=st.lists(st.lists(st.floats(0, 10), min_size=5, max_size=5), min_size=6, max_size=6),
)
def test_no_id_is_given_twice_and_every_fate_is_told_once(overlap: list[list[int]], far: list[list[float]]) -> None:
    found = matched(*overlap, distance=far[: len(overlap)])
    ids, events = told(found)
    assert len(set(ids)) == 5
    newborn = {ident for ident, known in zip(ids, found.ids, strict=True) if known is None}
    dead = set(ids_of(len(overlap))) - set(ids)
    assert sorted(ident for event in events for ident in event.into if ident in newborn) == sorted(newborn)
    assert sorted(ident for event in events for ident in event.ids if ident in dead) == sorted(dead)


# --- splits, mergers, births and deaths


def test_a_split_keeps_its_id_for_the_larger_half() -> None:
    ids, events = told(matched([40, 60, 0], [0, 0, 100]))
    assert ids == ("s3", "s1", "s2")
    assert events == (Event("split", ("s1",), ("s1", "s3")),)


def test_a_split_into_four_keeps_its_id_for_the_largest_quarter() -> None:
    ids, events = told(matched([26, 24, 25, 25], [0, 0, 0, 0]))
    assert ids[0] == "s1"
    assert events[0].ids == ("s1",)
    assert "s1" in events[0].into


def test_a_merger_keeps_the_id_of_the_part_it_is_more_alike() -> None:
    ids, events = told(matched([40, 0], [60, 0], [0, 100]))
    assert ids == ("s2", "s3")
    assert events == (Event("merged", ("s1", "s2"), ("s2",)),)


def test_a_small_segment_taken_in_by_a_large_one_is_told_as_merged() -> None:
    assert told(matched([10, 0], [90, 10], [0, 100]))[1] == (Event("merged", ("s1", "s2"), ("s2",)),)


def test_a_segment_made_of_a_part_of_many_is_born() -> None:
    ids, events = told(matched([80, 0, 20], [0, 80, 20]))
    assert ids == ("s1", "s2", "s3")
    assert events == (Event("born", (), ("s3",)),)


def test_a_segment_made_of_customers_who_were_not_there_is_born() -> None:
    assert told(matched([100, 0], [0, 0]))[1] == (Event("born", (), ("s3",)), Event("gone", ("s2",), ()))


def test_a_segment_scattered_over_all_others_is_gone() -> None:
    ids, events = told(matched([90, 0, 0], [0, 90, 0], [0, 0, 90], [20, 20, 20]))
    assert ids == ("s1", "s2", "s3")
    assert events == (Event("gone", ("s4",), ()),)


def test_a_split_and_a_merger_at_once_are_both_told() -> None:
    ids, events = told(matched([51, 49, 0], [0, 0, 60], [0, 0, 40], [0, 0, 0]))
    assert ids == ("s1", "s5", "s2")
    assert events == (
        Event("split", ("s1",), ("s1", "s5")),
        Event("merged", ("s2", "s3"), ("s2",)),
        Event("gone", ("s4",), ()),
    )


def test_two_equal_halves_are_told_apart_by_distance() -> None:
    assert told(matched([50, 50], distance=[[2, 1]]))[0] == ("s2", "s1")
    assert told(matched([52, 48], distance=[[2, 1]]))[0] == ("s1", "s2")  # but customers count first


# --- no customers in common


def test_without_common_customers_only_what_is_clearly_nearest_both_ways_is_the_same() -> None:
    found = matched([0, 0, 0], [0, 0, 0], [0, 0, 0], distance=[[9, 1, 8], [4, 9, 5], [9, 8, 0.5]])
    assert found.ids == (None, "s1", "s3")
    assert told(found)[1] == (Event("born", (), ("s4",)), Event("gone", ("s2",), ()))


def test_with_nothing_to_go_by_every_segment_is_new() -> None:
    found = matched([0, 0], [0, 0])
    assert found.ids == (None, None)
    assert told(found)[0] == ("s3", "s4")


# --- ids, order and colours for life


def test_a_newborn_gets_a_number_no_segment_ever_had() -> None:
    found = matched([100, 0, 0], [0, 100, 0])
    assert renew_ids(found, ["s1", "s2", "s3", "s6"]) == ("s1", "s2", "s7")
    assert renew_ids(found, []) == ("s1", "s2", "s3")


def test_living_segments_keep_last_months_order_and_newborns_follow() -> None:
    assert order_of(["s9", "s3", "s1", "s8"], ["s1", "s2", "s3"]) == ("s1", "s3", "s9", "s8")


def test_segments_keep_their_colours_and_newborns_wear_one_that_rested() -> None:
    known = {"s1": PALETTE[2], "s2": PALETTE[0], "s3": PALETTE[1]}
    worn = colours_of(["s1", "s4", "s2", "s5"], known, [PALETTE[1]])
    assert worn == {"s1": PALETTE[2], "s4": PALETTE[3], "s2": PALETTE[0], "s5": PALETTE[4]}
    assert list(worn) == ["s1", "s4", "s2", "s5"]


def test_a_colour_just_laid_down_is_worn_again_only_where_no_other_is_left() -> None:
    known = {f"s{i}": colour for i, colour in enumerate(PALETTE[1:])}
    assert colours_of([*known, "s99"], known, [PALETTE[0]])["s99"] == PALETTE[0]


@given(living=st.integers(0, 24), data=st.data())
def test_no_two_segments_wear_the_same_colour(living: int, data: st.DataObject) -> None:
    newborn = data.draw(st.integers(0, 24 - living))
    colours = data.draw(st.permutations(PALETTE))
    known = {f"s{i}": colours[i] for i in range(living)}
    worn = data.draw(st.lists(st.sampled_from(PALETTE)))
    found = colours_of([*known, *(f"n{i}" for i in range(newborn))], known, worn)
    assert len(set(found.values())) == living + newborn
    assert {ident: found[ident] for ident in known} == known


# --- would a new fit do better?


def groups(*middles: tuple[float, float], each: int = 200, seed: int = 0) -> Matrix:
    rng = np.random.default_rng(seed)
    return rng.permutation(np.vstack([rng.normal(middle, 1, (each, 2)) for middle in middles]))


CENTRES = np.array([(0.0, 0.0), (6.0, 0.0), (0.0, 6.0)])


def test_customers_like_before_save_nothing() -> None:
    saved, centres = explains_better(groups((0, 0), (6, 0), (0, 6)), CENTRES)
    assert 0 <= saved < 0.02
    assert centres == pytest.approx(CENTRES, abs=0.3)


def test_a_segment_that_moved_is_a_saving_and_its_centre_follows() -> None:
    saved, centres = explains_better(groups((0, 0), (9, 0), (0, 6)), CENTRES)
    assert saved > BETTER
    assert centres[1] == pytest.approx((9, 0), abs=0.3)


def test_fewer_different_customers_than_segments_save_nothing() -> None:
    assert explains_better(np.zeros((10, 2)), CENTRES)[0] == 0
    assert explains_better(CENTRES[:2], CENTRES)[0] == 0


@needs_data
@pytest.mark.parametrize(("columns", "k"), [((3, 4), 5), ((2, 3, 4), 4)])
def test_another_sample_of_mall_customers_hardly_ever_asks_for_a_new_fit(columns: tuple[int, ...], k: int) -> None:
    table = np.genfromtxt(DATA / "mall_customers" / "Mall_Customers.csv", delimiter=",", skip_header=1)[:, columns]
    X = (table - table.mean(axis=0)) / table.std(axis=0)
    rng = np.random.default_rng(0)
    saved = []
    for _ in range(20):
        order = rng.permutation(len(X))
        fitted = cutter("kmeans", X[order[:100]], seed=0)(k)
        saved.append(explains_better(X[order[100:]], fitted.centres)[0])
    assert np.mean(np.array(saved) >= BETTER) <= 0.1


# --- the decision

LABELS = {"days": "Days since last order", "orders": "Orders", "spend": "Spend", "age": "Age", "visits": "Visits"}


def decided(mode: str, better: float | None = 0.01, **psi: float) -> tuple[bool, str]:
    drifts = [Drift(column, value) for column, value in psi.items()]
    return decide(mode, drifts, better, LABELS, "2026-08", WORDS)  # type: ignore[arg-type] # the three modes, as text


def test_a_model_that_still_holds_is_kept() -> None:
    assert decided("auto", days=0.02, orders=0.01) == (
        True,
        "Kept as fitted in August 2026: customers spread as they did then, and a new fit would hardly do better.",
    )
    assert decided("auto", 0.08, days=0.15)[1] == (
        "Kept as fitted in August 2026: customers spread much as they did then, and a new fit would do only a little "
        "better."
    )
    assert decided("auto", None, days=0.2) == (
        True,
        "Kept as fitted in August 2026: customers spread much as they did then.",
    )


def test_a_column_that_is_spread_differently_asks_for_a_new_fit() -> None:
    assert decided("auto", days=0.34, orders=0.05) == (
        False,
        "Fitted anew: Days since last order is spread differently from August 2026 (drift 0.34, limit 0.2).",
    )


def test_of_many_columns_the_three_that_moved_most_are_named() -> None:
    _, reason = decided("auto", days=0.3, orders=0.5, spend=0.4, age=0.25, visits=0.1)
    assert reason == (
        "Fitted anew: Orders, Spend, Days since last order, and 1 more column are spread differently from August 2026 "
        "(drift up to 0.5, limit 0.2)."
    )


def test_customers_that_a_new_fit_describes_better_ask_for_one() -> None:
    assert decided("auto", 0.14, days=0.1) == (
        False,
        "Fitted anew: a new fit describes customers better (squared distance to the middle of their segment 14% less, "
        "limit 10%).",
    )


def test_what_was_asked_for_is_done_and_what_speaks_against_it_is_said() -> None:
    assert decided("refit", days=0.01) == (False, "Fitted anew, as asked for.")
    assert decided("keep", days=0.01) == (True, "Kept as fitted in August 2026, as asked for.")
    assert decided("keep", days=0.34) == (
        True,
        "Kept as fitted in August 2026, as asked for, although Days since last order is spread differently from then "
        "(drift 0.34, limit 0.2).",
    )
