"""Profiles: what the engine counts, what sets a segment apart, how values spread, and the rule that finds it again."""

from __future__ import annotations

import datetime as dt
import math
import tempfile
from pathlib import Path
from typing import Any

import ibis
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.stats import ttest_ind_from_stats

from segreport.columns import Column, Columns, Parse
from segreport.evidence import Evidence
from segreport.features import Recipe, draw_sample, fit_recipe
from segreport.methods import cutter
from segreport.profiles import Driver, Profiles, _drivers, _edges, _Pair, _spread, describe
from segreport.segments import Fitted, Model, assign, cluster
from segreport.tallies import Tally, count_segments
from segreport.wording import Wording

AS_OF = dt.date(2026, 10, 31)
IDS = ("s1", "s2", "s3")
ENGINE = ibis.duckdb.connect()


def column(name: str, kind: Any = "number", use: Any = "feature", unit: str = "") -> Column:
    role: Any = {"text": "category", "integer": "id"}.get(kind, kind)
    return Column(name, name, unit, "id" if use == "id" else role, use, "", 0, 0, Parse(kind))


def columns_of(table: pa.Table, known: list[Column], value: tuple[str, ...] = ()) -> Columns:
    found = ENGINE.create_table("people", table, overwrite=True)
    return Columns(tuple(known), found, "id", table.num_rows, 0, table.num_rows, None, value, ())


# --- tallies

KNOWN = [
    column("id", "integer", "id"),
    column("spend"),
    column("since", "date"),
    column("plan", "text"),
    column("news", "flag", "describe"),
    column("left_out", "number", "unused"),
]
MODEL = Model(1, "kmeans", "id", (), Recipe(AS_OF, (), {}), IDS, ())

amounts = st.none() | st.integers(-50, 50).map(lambda n: n / 4)
people = st.lists(
    st.tuples(
        st.sampled_from(IDS),
        amounts,
        st.none() | st.dates(dt.date(2000, 1, 1), dt.date(2027, 1, 1)),
        st.none() | st.sampled_from(["a", "b", "c d"]),
        st.none() | st.booleans(),
        amounts,
    ),
    min_size=1,
    max_size=30,
)


def tallied(rows: list[tuple[Any, ...]]) -> tuple[dict[str, Tally], Tally]:
    """The engine's tallies of customers whose segments are given; value is spend and what was left out, together."""
    segment, spend, since, plan, news, left_out = zip(*rows, strict=True)
    ids = list(range(len(rows)))
    table = pa.table({
        "id": ids,
        "spend": pa.array(spend, pa.float64()),
        "since": pa.array(since, pa.date32()),
        "plan": pa.array(plan, pa.string()),
        "news": pa.array(news, pa.bool_()),
        "left_out": pa.array(left_out, pa.float64()),
        "segment_id": ["last month's"] * len(rows),
    })  # fmt: skip
    columns = columns_of(table, KNOWN, value=("spend", "left_out"))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "assigned.parquet"
        pq.write_table(pa.table({"id": ids, "segment_id": segment, "margin": [0.5] * len(rows)}), path)
        return count_segments(columns, MODEL, path)


def by_pandas(rows: list[tuple[Any, ...]], segment: str | None) -> dict[str, Any]:
    frame = pd.DataFrame(rows, columns=["segment", "spend", "since", "plan", "news", "left_out"])
    frame["news"] = frame.news.map({True: "yes", False: "no"})
    frame["since"] = [math.nan if day is None else (AS_OF - day).days for day in frame.since]
    part = frame if segment is None else frame[frame.segment == segment]
    return {
        "size": len(part),
        "value": part.spend.astype(float).fillna(0).sum() + part.left_out.astype(float).fillna(0).sum(),
        "means": {name: part[name].astype(float).mean() for name in ("spend", "since")},
        "levels": {name: part[name].value_counts(normalize=True).to_dict() for name in ("plan", "news")},
    }


@settings(max_examples=30, deadline=None)
@given(people)
@example([("s2", None, None, None, None, None)])
def test_the_engine_counts_any_table_as_pandas_does(rows: list[tuple[Any, ...]]) -> None:
    segments, everyone = tallied(rows)
    assert list(segments) == list(IDS)
    for name, tally in [*segments.items(), (None, everyone)]:
        expected = by_pandas(rows, name)
        assert tally.size == expected["size"]
        assert tally.value == pytest.approx(expected["value"])
        for measured, mean in expected["means"].items():
            known = tally.means[measured]
            assert known == pytest.approx(everyone.means[measured] if math.isnan(mean) else mean)
        for chosen, shares in expected["levels"].items():
            assert {level: share for level, share in tally.levels[chosen].items() if share} == pytest.approx(shares)
            assert sum(tally.levels[chosen].values()) == pytest.approx(1 if shares else 0)


def test_all_tallies_name_the_same_levels_the_commonest_first() -> None:
    rows = [("s1", 1.0, None, plan, None, None) for plan in "bbba"] + [("s2", 1.0, None, "c", None, None)] * 2
    segments, everyone = tallied(rows)
    assert list(everyone.levels["plan"]) == ["b", "c", "a"]
    assert segments["s1"].levels["plan"] == {"b": 0.75, "c": 0.0, "a": 0.25}


def test_a_segment_without_any_value_takes_everyones_mean_and_an_empty_one_has_size_0() -> None:
    segments, everyone = tallied([("s1", 4.0, AS_OF, "a", True, None), ("s2", None, None, None, None, None)])
    assert segments["s2"].means == everyone.means == {"spend": 4.0, "since": 0.0}
    assert (segments["s2"].value, segments["s3"].size) == (0, 0)


# --- drivers


def tally(size: int, means: dict[str, float], levels: dict[str, dict[str, float]] | None = None) -> Tally:
    return Tally(size, 0.0, means, levels or {})


def drivers_of(this: Tally, everyone: Tally, effects: dict[str, float], deviations: dict[str, float]) -> list[Driver]:
    """The drivers of a segment whose sampled customers vary as everyone's do and lie `effects` off."""
    sums: dict[tuple[str, str | None], Any] = {}
    rest = everyone.size
    for name, effect in effects.items():
        sums[name, None] = [[this.size, this.size * effect, this.size * (1 + effect**2)], [rest, 0, rest]]
    for name, shares in this.levels.items():
        for level, share in shares.items():
            hits, others = this.size * share, rest * everyone.levels[name][level]
            sums[name, level] = [[this.size, hits, hits], [rest, others, others]]
    evidence = Evidence({key: np.array(rows, dtype=float) for key, rows in sums.items()})
    return _drivers([_Pair(0, None, this, everyone, effects)], evidence, deviations)[0]


def test_a_driver_says_mean_index_and_effect_with_the_sign_of_the_difference() -> None:
    more, less = drivers_of(
        tally(900, {"income": 75.0, "age": 30.0}),
        tally(9000, {"income": 60.0, "age": 40.0}),
        {"income": 0.8, "age": -0.5},
        {"income": 25.0, "age": 12.0},
    )
    assert (more.column, more.mean, more.overall, more.index, more.effect) == ("income", 75, 60, 125, 0.8)
    assert (less.column, less.mean, less.overall, less.index, less.effect) == ("age", 30, 40, 75, -0.5)


def test_drivers_are_strongest_first_and_at_least_02() -> None:
    effects = {"a": 0.2, "b": -0.9, "c": 0.19, "d": 0.5}
    everyone = tally(9000, dict.fromkeys(effects, 10.0))
    this = tally(900, {name: 10 + 10 * effect for name, effect in effects.items()})
    found = drivers_of(this, everyone, effects, dict.fromkeys(effects, 1.0))
    assert [driver.column for driver in found] == ["b", "d", "a"]


def test_of_small_segments_only_what_is_more_than_chance_is_told() -> None:
    def named(size: int) -> list[str]:
        means, effects = {"a": 20.0, "b": 20.0}, {"a": 0.5, "b": 1.0}
        everyone = tally(900, dict.fromkeys(means, 10.0))
        return [d.column for d in drivers_of(tally(size, means), everyone, effects, {"a": 1.0, "b": 1.0})]

    assert named(36) == ["b", "a"]
    assert named(12) == ["b"]
    assert named(4) == []


def test_the_more_is_compared_the_surer_a_difference_must_be() -> None:
    def told(columns: int) -> list[tuple[str, float | None]]:
        effects = {"spend": 0.6} | {f"same{i}": 0.0 for i in range(columns)}
        everyone = tally(900, dict.fromkeys(effects, 10.0))
        this = tally(30, {**everyone.means, "spend": 20.0})
        return [(d.column, d.p) for d in drivers_of(this, everyone, effects, dict.fromkeys(effects, 1.0))]

    ((column, p),) = told(3)
    assert column == "spend"
    alone = ttest_ind_from_stats(0.6, math.sqrt(30 / 29), 30, 0.0, math.sqrt(900 / 899), 900, equal_var=False).pvalue
    assert p == pytest.approx(4 * alone)
    assert told(19) == []


def test_a_difference_however_sure_is_only_told_where_it_is_relevant() -> None:
    this, everyone = tally(90_000, {"spend": 10.4}), tally(900_000, {"spend": 10.0})
    assert drivers_of(this, everyone, {"spend": 0.15}, {"spend": 1.0}) == []
    assert [d.column for d in drivers_of(this, everyone, {"spend": 0.25}, {"spend": 1.0})] == ["spend"]


def test_an_effect_whose_means_tell_another_story_is_no_driver() -> None:
    everyone, deviations = tally(900, {"spend": 100.0}), {"spend": 50.0}
    for mean in (90.0, 104.0):  # below everyone's; above, but by less than a tenth of a standard deviation
        assert drivers_of(tally(900, {"spend": mean}), everyone, {"spend": 0.6}, deviations) == []
    assert len(drivers_of(tally(900, {"spend": 106.0}), everyone, {"spend": 0.6}, deviations)) == 1


def test_an_index_is_only_given_where_a_ratio_means_something() -> None:
    effects = {"debt": 0.5, "change": -0.5}
    this, everyone = tally(900, {"debt": 3.0, "change": -2.0}), tally(9000, {"debt": -5.0, "change": 1.0})
    assert {d.index for d in drivers_of(this, everyone, effects, {"debt": 1.0, "change": 1.0})} == {None}


def test_a_category_is_told_by_the_level_that_differs_most() -> None:
    this = tally(900, {}, {"plan": {"basic": 0.2, "pro": 0.5, "max": 0.3}})
    everyone = tally(9000, {}, {"plan": {"basic": 0.5, "pro": 0.25, "max": 0.25}})
    (driver,) = drivers_of(this, everyone, {}, {})
    assert (driver.column, driver.level, driver.mean, driver.overall, driver.index) == ("plan", "basic", 0.2, 0.5, 40)
    assert driver.effect == pytest.approx(2 * math.asin(math.sqrt(0.2)) - 2 * math.asin(math.sqrt(0.5)))  # Cohen's h


def test_a_category_of_which_a_segment_knows_nothing_is_no_driver() -> None:
    this = tally(900, {}, {"plan": {"basic": 0.0, "pro": 0.0}})
    assert drivers_of(this, tally(9000, {}, {"plan": {"basic": 0.5, "pro": 0.5}}), {}, {}) == []


# --- spreads

any_number = st.floats(-1e99, 1e99) | st.sampled_from([math.nan, math.inf, -math.inf, 0.0, 5e-324])


@given(
    st.lists(any_number, max_size=40)
    | st.lists(st.integers(-(10**18), 10**18).map(float), max_size=40)
    | st.lists(st.integers(0, 40).map(float), max_size=40)
    | st.lists(st.floats(0.1, 0.1 + 1e-12), max_size=40)
    | st.tuples(any_number, st.integers(1, 40)).map(lambda pair: [pair[0]] * pair[1]),
    st.randoms(use_true_random=False),
)
@example([0.1, 0.10000000000000002], None)
@example([1e17, 1e17 + 16], None)
@example([0.0, 5e-324], None)
def test_the_shares_of_any_values_sum_to_one_over_at_most_25_bins(values: list[float], random: Any) -> None:
    everyone = np.array(values, dtype=float)
    some = everyone if random is None else np.array([v for v in values if random.random() < 0.5], dtype=float)
    edges = _edges(everyone)
    assert 2 <= len(edges) <= 27
    assert list(edges) == sorted(edges)
    for part in (everyone, some):
        spread = _spread(part, edges)
        assert len(spread.shares) == len(edges) - 1
        assert sum(spread.shares) == pytest.approx(1 if np.isfinite(part).any() else 0, abs=2e-4)
        assert list(spread.quantiles) == sorted(spread.quantiles)


def test_whole_numbers_get_a_bin_each_while_there_are_few() -> None:
    edges = _edges(np.array([1.0, 2.0, 2.0, 4.0]))
    assert edges[0] == 0.5
    assert set(np.diff(edges)) == {1}
    assert _spread(np.array([1.0, 2.0, 2.0, 4.0]), edges).shares[:4] == (0.25, 0.5, 0, 0.25)


def test_what_lies_beyond_the_edges_counts_in_the_first_and_last_bin() -> None:
    spread = _spread(np.array([-100.0, 0.5, 1.5, 100.0]), (0.0, 1.0, 2.0))
    assert spread.shares == (0.5, 0.5)
    assert spread.quantiles[2] == 1


# --- all together


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Fitted, Profiles]:
    """Three planted groups at 0, 4 and 10 on two numbers, of 90, 60 and 30 customers."""
    rng = np.random.default_rng(0)
    group = np.repeat([0, 1, 2], [90, 60, 30])
    place = np.array([0.0, 4.0, 10.0])[group]
    table = pa.table({
        "id": range(180),
        "x": place + rng.normal(0, 0.3, 180),
        "y": rng.normal(0, 0.3, 180) + np.where(group == 1, 2.0, 0.0),
        "noise": rng.normal(0, 1, 180),
        "plan": np.array(["basic", "pro", "pro"])[group],
        "spend": np.array([1.0, 2.0, 3.0])[group],
    })  # fmt: skip
    known = [
        column("id", "integer", "id"),
        column("x"),
        column("y"),
        column("noise", use="describe"),
        column("plan", "text", "describe"),
        column("spend", use="describe"),
    ]
    columns = columns_of(table, known, value=("spend",))
    sample = draw_sample(columns, seed=0)
    recipe = fit_recipe(sample, known[1:3], as_of=AS_OF, prepare="plain")
    fitted = cluster(
        recipe.encode(sample),
        cutter("kmeans", recipe.encode(sample), seed=0)(3).centres,
        columns,
        recipe,
        method="kmeans",
        seed=0,
    )
    path = tmp_path_factory.mktemp("made") / "assigned.parquet"
    assign(fitted, sample, columns, path)
    return fitted, describe(fitted, sample, columns, count_segments(columns, fitted.model, path), Wording())


def test_sizes_shares_and_values_add_up(made: tuple[Fitted, Profiles]) -> None:
    segments = made[1].segments
    assert [(s.id, s.size, s.value) for s in segments] == [("s1", 90, 90), ("s2", 60, 120), ("s3", 30, 90)]
    assert sum(s.share for s in segments) == pytest.approx(1)
    assert [s.value_share for s in segments] == pytest.approx([0.3, 0.4, 0.3])
    assert made[1].overall.value == 300


def test_drivers_come_from_clustered_columns_and_the_rest_is_told_apart(made: tuple[Fitted, Profiles]) -> None:
    first, second, third = made[1].segments
    assert third.drivers[0].column == "x"
    assert third.drivers[0].effect > 0 > first.drivers[0].effect
    assert second.drivers[0].column == "y"  # x lies in the middle
    assert second.alike == ()
    for segment in made[1].segments:
        assert {driver.column for driver in segment.drivers} | set(segment.alike) <= {"x", "y"}
        assert {driver.column for driver in segment.described} <= {"plan", "spend"}
    assert [(d.level, d.mean) for d in first.described if d.column == "plan"] == [("basic", 1)]


def test_the_neighbour_is_the_nearest_centre_and_says_what_differs(made: tuple[Fitted, Profiles]) -> None:
    fitted, profiles = made
    centres = fitted.model.matrix
    for j, segment in enumerate(profiles.segments):
        apart = [math.inf if i == j else math.dist(centres[j], centres[i]) for i in range(3)]
        assert segment.neighbour.id == f"s{int(np.argmin(apart)) + 1}"
    ahead = {driver.column: driver for driver in profiles.segments[1].neighbour.drivers}
    other = profiles.segments[int(profiles.segments[1].neighbour.id[1]) - 1]
    assert ahead["y"].effect > 0
    assert (ahead["y"].mean, ahead["y"].overall) == (profiles.segments[1].centre["y"], other.centre["y"])


def test_planted_groups_get_rules_that_find_all_of_them(made: tuple[Fitted, Profiles]) -> None:
    assert min(min(s.rule.precision, s.rule.recall) for s in made[1].segments) > 0.98


def test_correlations_are_spearmans(made: tuple[Fitted, Profiles]) -> None:
    overall = made[1].overall
    grid = np.array(overall.correlations)
    assert overall.correlated == ("x", "y", "noise", "spend")
    assert (np.diag(grid) == 1).all()
    assert (grid == grid.T).all()
    assert grid[0, 3] > 0.9


def test_an_index_of_years_would_be_100_whatever_they_are_and_is_not_given() -> None:
    young, everyone = (
        Tally(50, 0.0, {"born": born, "spend": spend}, {}) for born, spend in ((1992.0, 30.0), (1969.0, 20.0))
    )
    drivers = drivers_of(young, everyone, {"born": 1.9, "spend": 0.8}, {"born": 12.0, "spend": 10.0})
    assert {driver.column: driver.index for driver in drivers} == {"born": None, "spend": 150.0}
