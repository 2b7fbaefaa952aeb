"""Other choices: what another number, column or method would change, how segments come about, and how it is said."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reports import make_report

from segreport.actions import Action
from segreport.alternatives import Recut, Traces, Trial, Tried, recut, tell_others, trace, try_others
from segreport.alternatives.matching import come_apart
from segreport.alternatives.trying import Kind
from segreport.charts.make.tracing import traces as traces_chart
from segreport.charts.still.tracing import spaced
from segreport.features import LevelStep, Matrix, NumberStep, Recipe
from segreport.methods import Labels, Method, cutter
from segreport.palette import PLAIN
from segreport.personas import Persona
from segreport.segments import Fitted, Model
from segreport.wording import Wording

IDS = ("s1", "s2", "s3")
WORDS = Wording()


def labels(*counts: int) -> Labels:
    """So many customers of label 0, of label 1, …"""
    return np.repeat(np.arange(len(counts)), counts)


def fitted(X: Matrix, k: int, method: Method = "kmeans", *, levels: int = 0) -> Fitted:
    """The fitted segments of points, a column a feature, but for the last `levels`, which are one column's."""
    found = cutter(method, X, seed=0)(k)
    steps: list[NumberStep | LevelStep] = [
        NumberStep(f"x{i}", 0.0, log=False, low=None, high=None, mean=0.0, scale=1.0, filled=0, tamed=0)
        for i in range(X.shape[1] - levels)
    ]
    if levels:
        steps.append(LevelStep("kind", "a", tuple("abcdefgh"[:levels]), 0.7, 0))
    model = Model(
        schema=1,
        method=method,
        id="id",
        inputs=(),
        recipe=Recipe(dt.date(2026, 10, 31), tuple(steps), {}),
        ids=tuple(f"s{j + 1}" for j in range(k)),
        centres=tuple(tuple(map(float, centre)) for centre in found.centres),
    )
    return Fitted(model, X, found.labels, found.inertia)


def tried(X: Matrix, k: int, method: Method = "kmeans", *, ks: Sequence[int] = (), levels: int = 0) -> Tried:
    cut = cutter(method, X, seed=0)
    return try_others(fitted(X, k, method, levels=levels), {n: cut(n).centres for n in ks or (k,)}, seed=0)


def groups(*middles: tuple[float, ...], each: int = 60, spread: float = 1.0) -> Matrix:
    """So many customers around each middle, mixed."""
    rng = np.random.default_rng(0)
    return rng.permutation(np.vstack([rng.normal(middle, spread, (each, len(middle))) for middle in middles]))


def persona(ident: str, name: str, *, people: bool = True) -> Persona:
    return Persona(ident, name, (), "A sentence.", Action("Do", "Something.", "e-mail", "repeat rate"), people=people)


PERSONAS = [persona("s1", "Champions"), persona("s2", "Regulars"), persona("s3", "Region 3", people=False)]
LABELS = {"age": "Age", "income": "Income", "score": "Score", "spend": "Spending", "visits": "Visits"}
NOTHING = Traces((), dict.fromkeys(IDS, 3), {})


def column(name: str, changed: float) -> Trial:
    return Trial("column", Recut(3, changed, changed, (), ()), 1500, column=name)


def told(*trials: Trial, traces: Traces = NOTHING, customers: int = 3000, columns: int = 5):  # type: ignore[no-untyped-def] # as tell_others
    return tell_others(Tried(trials, traces, customers, columns), PERSONAS, LABELS, WORDS)


# --- two cuts of the same customers


def test_the_same_cut_under_other_names_changes_nothing() -> None:
    before = labels(40, 30, 20)
    assert recut(before, 2 - before, IDS) == Recut(3, 0, 0, (), ())


def test_two_segments_that_become_one_are_merged() -> None:
    before = labels(40, 30, 20)
    found = recut(before, np.where(before == 2, 1, before), IDS)
    assert (found.k, found.merged, found.split) == (2, (("s2", "s3"),), ())
    assert found.changed == pytest.approx(20 / 90)  # the smaller one moves in with the larger one
    assert found.beyond == pytest.approx(0)


def test_a_segment_that_comes_apart_is_split() -> None:
    before = labels(40, 30, 20)
    after = before.copy()
    after[:16] = 3
    found = recut(before, after, IDS)
    assert (found.k, found.merged, found.split) == (4, (), ("s1",))
    assert found.changed == pytest.approx(16 / 90)
    assert found.beyond == pytest.approx(0)


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
    assert found.beyond == pytest.approx(22 / 100)  # all of the new segment but its largest part


def test_pieces_are_at_least_a_quarter_and_mostly_of_the_segment() -> None:
    assert come_apart(np.array([[30.0, 10.0], [0.0, 9.0]])) == [0]
    assert come_apart(np.array([[31.0, 9.0], [0.0, 0.0]])) == []
    assert come_apart(np.array([[30.0, 10.0], [0.0, 10.0]])) == []


PAIRS = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 3)), min_size=1, max_size=50)


@given(PAIRS)
def test_shares_that_change_are_shares_and_names_are_those_of_segments(pairs: list[tuple[int, int]]) -> None:
    before, after = np.array(pairs, dtype=np.intp).T
    found = recut(before, after, IDS)
    assert 0 <= found.beyond <= found.changed < 1
    assert {name for group in found.merged for name in group} | set(found.split) <= set(IDS)
    assert all(len(group) > 1 for group in found.merged)


@given(PAIRS, st.permutations(range(4)))
def test_how_the_new_groups_are_numbered_changes_nothing(pairs: list[tuple[int, int]], order: list[int]) -> None:
    before, after = np.array([*pairs, (0, 3)], dtype=np.intp).T
    renamed = recut(before, np.array(order)[np.append(after[:-1], 3)], IDS)
    found = recut(before, after, IDS)
    assert (renamed.changed, renamed.beyond, renamed.split) == (found.changed, found.beyond, found.split)
    assert set(renamed.merged) == set(found.merged)


# --- other choices tried out


def test_one_segment_less_merges_two_and_one_more_splits_one() -> None:
    found = tried(groups((0, 0), (9, 0), (30, 0)), 3, ks=(2, 3, 4))
    less, more = (trial.recut for trial in found.trials if trial.kind in ("fewer", "more"))
    assert [len(group) for group in less.merged] == [2]
    assert less.changed == pytest.approx(1 / 3)
    assert (len(more.split), more.merged) == (1, ())
    assert max(less.beyond, more.beyond) < 0.02


def test_a_number_that_was_not_looked_at_is_not_told_of() -> None:
    assert "fewer" not in {trial.kind for trial in tried(groups((0, 0), (9, 0)), 2, ks=(2, 3)).trials}
    assert {trial.kind for trial in tried(groups((0, 0), (9, 0)), 2).trials} == {"method", "column", "again"}


def by_column(found: Tried) -> dict[str | None, float]:
    return {trial.column: trial.recut.changed for trial in found.trials if trial.kind == "column"}


@pytest.mark.parametrize("method", ["kmeans", "ward", "bisecting"])
def test_the_column_that_decides_everything_is_found_and_noise_is_not(method: Method) -> None:
    rng = np.random.default_rng(1)
    X = np.column_stack([groups((0,), (12,), (24,)), rng.normal(0, 1, (180, 2))])
    changed = by_column(tried(X, 3, method))
    assert next(iter(changed)) == "x0"  # the strongest first
    assert changed["x0"] > 0.4
    assert max(changed["x1"], changed["x2"]) < 0.05


def by_chance(found: Tried) -> float:
    return next(trial.recut.changed for trial in found.trials if trial.kind == "again")


@pytest.mark.parametrize("method", ["kmeans", "ward", "bisecting"])
def test_cutting_again_finds_clear_groups_again_and_moves_many_where_there_are_none(method: Method) -> None:
    assert by_chance(tried(groups((0, 0), (20, 0), (0, 20)), 3, method)) == 0
    assert by_chance(tried(np.random.default_rng(3).normal(size=(1500, 8)), 6, method)) > 0.1


def test_all_indicators_of_a_column_are_left_out_together() -> None:
    kinds = np.eye(3)[np.arange(180) % 3] * 0.7
    X = np.column_stack([np.random.default_rng(0).normal(0, 0.05, (180, 2)), kinds])
    changed = by_column(tried(X, 3, levels=3))
    assert next(iter(changed)) == "kind"
    assert changed["kind"] > 0.4
    assert changed["x0"] == changed["x1"] == 0


def test_without_a_column_that_tells_half_of_the_groups_apart_many_would_change_segment() -> None:
    corners = [(x, y) for x in (0.0, 8.0) for y in (0.0, 8.0)]
    found = by_column(tried(groups(*corners, each=100), 4))
    assert min(found.values()) > 0.3


def test_without_a_column_there_may_be_fewer_different_customers_than_segments() -> None:
    X = np.array([(a, b) for a in (0.0, 1.0) for b in (0.0, 1.0, 2.0)] * 10)
    assert by_column(tried(X, 3))["x1"] == pytest.approx(1 / 3)  # two values are left for three segments


def test_a_single_column_cannot_be_left_out() -> None:
    assert by_column(tried(groups((0,), (9,)), 2)) == {}


def test_only_the_twelve_columns_that_set_segments_apart_most_are_left_out() -> None:
    middle = tuple(float(i) for i in range(15))
    found = tried(groups((0.0,) * 15, middle), 2)
    assert found.columns == 15
    assert list(by_column(found)) == [f"x{i}" for i in range(14, 2, -1)]


@pytest.mark.parametrize(("method", "other"), [("kmeans", "ward"), ("bisecting", "ward"), ("ward", "kmeans")])
def test_another_method_finds_clear_groups_again(method: Method, other: Method) -> None:
    (trial,) = (t for t in tried(groups((0, 0), (20, 0), (0, 20)), 3, method).trials if t.kind == "method")
    assert (trial.method, trial.recut.changed) == (other, 0)


def test_equal_seeds_give_equal_trials_and_as_many_customers_as_said() -> None:
    X = np.random.default_rng(0).normal(size=(3500, 3))
    first, second = (tried(X, 4, ks=(3, 4, 5)) for _ in range(2))
    assert first == second
    assert first.customers == 3000
    assert {trial.kind: trial.customers for trial in first.trials} == {
        "fewer": 3000,
        "more": 3000,
        "method": 1500,
        "column": 1500,
        "again": 1500,
    }


def test_a_tree_of_fewer_customers_is_compared_with_a_tree_of_the_same() -> None:
    X = np.column_stack([np.random.default_rng(0).normal(size=(1400, 3)), np.zeros(1400)])
    assert by_column(tried(X, 4, "ward"))["x3"] == 0  # a column without any difference


# --- segments traced across their number


def test_traces_tell_since_when_segments_are_there_and_when_they_come_apart() -> None:
    final = labels(40, 30, 30)
    found = trace({2: labels(40, 60), 3: final, 4: labels(20, 20, 30, 30)}, IDS)
    assert [level.k for level in found.levels] == [2, 3, 4]
    assert found.since == {"s1": 2, "s2": 3, "s3": 3}
    assert found.apart == {"s1": 4}


def test_a_group_has_the_segment_of_most_of_its_customers_or_none() -> None:
    found = trace({2: labels(40, 60), 3: labels(40, 30, 30)}, IDS)
    assert [(group.segment, group.share) for group in found.levels[0].groups] == [(None, 0.6), ("s1", 0.4)]
    assert {group.segment for group in found.levels[1].groups} == set(IDS)


def test_a_segment_that_is_away_for_one_number_is_not_there_before() -> None:
    final = labels(40, 30, 30)
    gone = np.where(np.arange(100) % 2 == 0, final, 1)
    assert trace({2: labels(40, 60), 3: gone, 4: labels(40, 30, 15, 15)}, ("s1", "s2", "s3", "s4")).since["s1"] == 4


def test_groups_stand_so_that_ways_do_not_cross() -> None:
    """Whatever the numbering, pure splits can be drawn without a crossing."""
    final = labels(25, 25, 25, 25)
    found = trace({2: np.array([0, 1, 0, 1])[final], 4: final}, ("s1", "s2", "s3", "s4"))
    first, second = (np.flatnonzero(group.flows).tolist() for group in found.levels[0].groups)
    assert sorted([first, second]) == [[0, 1], [2, 3]]


CUTS = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 2), st.integers(0, 3)), min_size=3, max_size=40)


@settings(max_examples=60)
@given(CUTS, st.permutations(range(4)))
def test_flows_add_up_and_numbering_does_not_matter(rows: list[tuple[int, int, int]], order: list[int]) -> None:
    few, final, many = np.array([*rows, (0, 0, 0), (1, 1, 1), (0, 2, 2), (1, 0, 3)], dtype=np.intp).T
    found = trace({2: few, 3: final, 4: many}, IDS)
    for level, following in zip(found.levels, found.levels[1:], strict=False):
        assert sum(group.share for group in level.groups) == pytest.approx(1)
        assert all(sum(group.flows) == pytest.approx(group.share) for group in level.groups)
        arriving = np.sum([group.flows for group in level.groups], axis=0)
        assert arriving == pytest.approx([group.share for group in following.groups])
    assert all(group.flows == () for group in found.levels[-1].groups)
    assert trace({2: 1 - few, 3: final, 4: np.array(order)[many]}, IDS) == found


def test_levels_end_two_beyond_the_segments_and_at_ten() -> None:
    X = np.random.default_rng(0).normal(size=(150, 2))
    assert [level.k for level in tried(X, 3, ks=range(2, 9)).traces.levels] == [2, 3, 4, 5]
    assert [level.k for level in tried(X, 10, ks=range(8, 12)).traces.levels] == [8, 9, 10]
    assert [level.k for level in tried(X, 12, ks=(9, 10, 12)).traces.levels] == [9, 10, 12]


# --- in words


FEWER = Trial("fewer", Recut(2, 0.2, 0.01, (("s2", "s3"),), ()), 3000)
MORE = Trial("more", Recut(4, 0.3, 0.08, (), ("s1",)), 3000)
WARD = Trial("method", Recut(3, 0.04, 0.04, (), ()), 1500, method="ward")


def test_rows_say_what_is_chosen_how_many_move_and_what_happens() -> None:
    rows = told(FEWER, MORE, WARD).rows
    assert [(row.what, row.said, row.text) for row in rows] == [
        (
            "With 2 segments instead of 3",
            "20%",
            "Regulars and “Region 3” would become one segment; hardly anyone else would move.",
        ),
        ("With 4 segments instead of 3", "30%", "Champions would come apart; besides, 8% of customers would move."),
        ("By another method (Ward’s)", "4%", "What to do would stay much the same."),
    ]


def test_merging_is_not_told_where_most_who_move_do_so_otherwise() -> None:
    messy = Trial("method", Recut(3, 0.4, 0.3, (("s1", "s2"),), ("s1",)), 1500, method="kmeans")
    assert told(messy).rows[0].text == "The lines between segments would run elsewhere."


def test_columns_that_matter_are_named_and_the_others_share_a_row() -> None:
    rows = told(column("age", 0.31), column("income", 0.06), column("score", 0.02), column("spend", 0.12)).rows
    assert [(row.what, row.changed, row.said) for row in rows] == [
        ("Without Age", 0.31, "31%"),
        ("Without Spending", 0.12, "12%"),
        ("Without any one of 2 other columns", 0.06, "at most 6%"),
    ]
    assert rows[-1].text == "What to do would stay much the same, whichever it is."


def test_a_single_other_column_is_named_and_only_three_are() -> None:
    assert [row.what for row in told(column("age", 0.31), column("income", 0.06)).rows] == [
        "Without Age",
        "Without Income",
    ]
    four = told(*(column(name, 0.5 - 0.1 * i) for i, name in enumerate(("age", "income", "score", "spend"))))
    assert [row.what for row in four.rows] == ["Without Age", "Without Income", "Without Score", "Without Spending"]
    five = told(*(column(name, 0.5 - 0.1 * i) for i, name in enumerate(LABELS)))
    assert five.rows[-1].what == "Without any one of 2 other columns"
    assert five.rows[-1].text == "None of them would change more than the columns above."
    assert [row.what for row in told(column("age", 0.01), column("income", 0.02)).rows] == [
        "Without any one of the columns"
    ]


def again(changed: float) -> Trial:
    return Trial("again", Recut(3, changed, changed, (), ()), 1500)


def test_the_lead_says_the_choice_that_changes_most() -> None:
    assert told(FEWER, MORE, WARD).lead == (
        "The largest change: with 4 segments instead of 3, 30% of customers would be in another segment."
    )
    assert told(MORE).lead == "With 4 segments instead of 3, 30% of customers would be in another segment."


@pytest.mark.parametrize(
    ("kinds", "words"),
    [
        (("fewer", "more", "method"), "with one segment more or fewer, or by another method, at most 4%"),
        (("fewer", "method"), "with one segment fewer, or by another method, at most 4%"),
        (("more",), "with one segment more, 4%"),
        (("method",), "by another method, 4%"),
    ],
)
def test_the_lead_speaks_only_of_the_trials_there_are(kinds: Sequence[Kind], words: str) -> None:
    trials = [Trial(kind, Recut(3, 0.04, 0.04, (), ()), 3000) for kind in kinds]
    assert told(*trials, again(0.5)).lead == (
        f"What to do would stay much the same: {words} of customers would be in another segment."
    )


@pytest.mark.parametrize(("changed", "same"), [(0.0999, True), (0.1, False)])
def test_what_to_do_stays_the_same_only_where_under_a_tenth_move(changed: float, same: bool) -> None:  # noqa: FBT001 - a table
    found = told(Trial("method", Recut(3, changed, changed, (), ()), 1500, method="ward"))
    assert ("much the same" in found.lead) == ("much the same" in found.rows[0].text) == same


def test_the_lead_names_a_column_only_where_more_hangs_on_it() -> None:
    assert told(WARD, column("age", 0.31), again(0.02)).lead.endswith(
        " More hangs on the columns: without Age, 31% would be in another segment; "
        "cutting again with every column moves 2%."
    )
    assert "Age" not in told(MORE, column("age", 0.29)).lead
    assert told(column("age", 0.2)).lead == "No column decides by itself who is in which segment."
    assert told().lead == "There was no other choice to try."


def test_columns_that_move_no_more_than_cutting_again_are_not_named() -> None:
    found = told(column("age", 0.57), column("income", 0.4), again(0.58))
    assert found.lead == (
        "Leaving out any one column changes no more than cutting again does: at most 57% of customers would be in "
        "another segment, and cutting again with every column moves 58%."
    )
    assert [(row.what, row.said, row.text) for row in found.rows] == [
        ("Without any one of the columns", "at most 57%", "No more than cutting again does."),
        (
            "Cut again with every column",
            "58%",
            "By chance alone; a column counts where clearly more customers move.",
        ),
    ]


def test_a_column_is_named_from_five_points_over_cutting_again_on() -> None:
    assert "hardly more than cutting again does" in told(column("age", 0.54), again(0.5)).lead
    found = told(column("age", 0.56), column("income", 0.54), column("score", 0.2), again(0.5))
    assert found.lead.startswith("Without Age, 56% would be in another segment; cutting again")
    assert [(row.what, row.text) for row in found.rows[:2]] == [
        ("Without Age", "The lines between segments would run elsewhere."),
        ("Without any one of 2 other columns", "Hardly more than cutting again does."),
    ]


CUTS_OF_THREE = {2: labels(40, 60), 3: labels(40, 30, 30), 4: labels(20, 20, 30, 30)}


def test_the_finding_says_who_is_there_first_and_who_comes_apart() -> None:
    both = trace(CUTS_OF_THREE, IDS)
    assert told(traces=both).finding == "Champions are there from 2 segments on and come apart at 4"
    other = trace({**CUTS_OF_THREE, 4: labels(40, 30, 15, 15)}, IDS)
    assert told(traces=other).finding == (
        "Champions are there from 2 segments on; the segment “Region 3” comes apart at 4"
    )
    mixed = trace({2: labels(55, 45), 3: labels(40, 30, 30)}, IDS)
    assert told(traces=mixed).finding == "With fewer than 3 segments, none of these is there yet"
    whole = trace({3: labels(40, 30, 30), 4: np.tile(np.arange(4), 25)}, IDS)
    assert told(traces=whole).finding == "With up to 4 segments, none of these 3 comes apart"
    assert told(traces=trace({3: labels(40, 30, 30)}, IDS)).finding == ""


def test_the_note_says_of_how_many_customers_and_which_columns() -> None:
    assert told(WARD, column("age", 0.1)).note == (
        "Counted on 3,000 customers drawn at random; columns and method on 1,500 of them. "
        "Of 5 columns, the 1 that set segments apart most were left out."
    )
    assert told(WARD).note == "Counted on 3,000 customers drawn at random; method on 1,500 of them."
    some = Trial("column", Recut(3, 0.1, 0.1, (), ()), 200, column="age")
    assert told(some, customers=200, columns=60).note == (
        "Counted on all 200 customers. Of 60 columns, the 1 that set segments apart most were left out."
    )


# --- drawn


def test_the_chart_draws_no_way_of_few_customers_but_keeps_its_room() -> None:
    found = trace({2: np.repeat([0, 0, 1, 0], [40, 2, 56, 2]), 3: np.repeat([0, 1, 1, 2], [40, 2, 56, 2])}, IDS)
    report = make_report(k=3)
    chart = traces_chart(replace(report, alternatives=replace(report.alternatives, traces=found)), WORDS)
    assert chart is not None
    assert [stage.k for stage in chart.stages] == [2, 3]
    assert all(way.share >= 0.02 for way in chart.ways)


def test_a_group_of_several_segments_is_grey_and_its_ways_take_the_colour_they_lead_to() -> None:
    report = make_report(k=5)
    chart = traces_chart(report, WORDS)
    assert chart is not None
    assert [(stage.k, len(stage.blocks)) for stage in chart.stages] == [(3, 3), (5, 5), (6, 6)]
    assert chart.stages[0].blocks[2].colour == PLAIN
    assert [way.colour for way in chart.ways if (way.stage, way.source) == (0, 2)] == [
        s.colour for s in report.segments[2:]
    ]
    assert chart.title == report.alternatives.finding
    assert len(chart.table()[1]) == 14


def test_names_beside_narrow_blocks_keep_a_line_apart() -> None:
    assert spaced([10, 12, 80], 0, 100) == [10, 25, 80]
    assert spaced([90, 95], 0, 100) == [77.5, 92.5]


# --- on known data


def test_mall_customers_of_five_segments() -> None:
    path = Path(__file__).parents[2] / "shared" / "data" / "mall_customers" / "Mall_Customers.csv"
    if not path.is_file():
        pytest.skip("the shared data are not here")
    points = np.loadtxt(path, delimiter=",", skiprows=1, usecols=(3, 4))
    X = (points - points.mean(axis=0)) / points.std(axis=0)
    found = tried(X, 5, ks=range(2, 9))
    changed = {trial.kind: trial.recut.changed for trial in found.trials if trial.kind != "column"}
    assert changed["fewer"] < 0.15
    assert changed["more"] < 0.15
    assert changed["method"] < 0.05
    assert min(by_column(found).values()) > 0.3
