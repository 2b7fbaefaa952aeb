"""Outcomes: what was kept out of the clustering differs between segments or does not, and the verdict says so."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import ibis
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from segreport.columns import Column, Columns, Parse
from segreport.features import draw_sample, fit_recipe
from segreport.methods import cutter
from segreport.outcomes import Outcome, Outcomes, compare
from segreport.outcomes.association import comparable, rank_test, table_test
from segreport.outcomes.copies import removed
from segreport.outcomes.telling import verdict_on
from segreport.profiles import Profiles, describe
from segreport.segments import assign, cluster
from segreport.tallies import count_segments
from segreport.wording import Wording

AS_OF = dt.date(2026, 10, 31)
ENGINE = ibis.duckdb.connect()
NAMES = {"s1": "Young regulars", "s2": "Lapsed big spenders", "s3": "Gift buyers"}
KINDS: dict[str, Any] = {"f": "number", "i": "number", "b": "flag", "U": "text", "O": "text", "M": "date"}


def column(name: str, values: np.ndarray[Any, Any], use: Any = "describe") -> Column:
    kind = KINDS[values.dtype.kind]
    role: Any = {"text": "category"}.get(kind, kind)
    return Column(name, name.capitalize(), "", role, use, "", 0, 0, Parse(kind))


def compared(
    described: dict[str, Any], folder: Path, *, customers: int, value: Sequence[str] = (), made: Sequence[str] = ()
) -> tuple[Outcomes, Profiles]:
    """Segments s1, s2 and s3 of a half, a third and a sixth of the customers, clustered on x and y."""
    rng = np.random.default_rng(5)
    group = groups(customers)
    x = np.array([0.0, 5.0, 12.0])[group] + rng.normal(0, 0.3, customers)
    clustered = {"x": x, "y": np.array([0.0, 4.0, 1.0])[group] + rng.normal(0, 0.3, customers)}
    described = {name: np.asarray(values) for name, values in described.items()}
    copies: dict[str, Any] = {"x_in_cents": lambda: 100 * x, "x_and_y": lambda: x + 2 * clustered["y"]}
    copies |= {"x_band": lambda: np.where(x < 0.1, "low", np.where(x < 5, "middle", "high")), "x_over_3": lambda: x > 3}
    described = {name: copies[name]() if name in copies else values for name, values in described.items()}
    table = pa.table({
        "id": range(customers),
        **clustered,
        **{n: pa.array(v, from_pandas=True) for n, v in described.items()},
    })  # fmt: skip
    features = [column(name, values, "feature") for name, values in clustered.items()]
    identity = Column("id", "id", "", "id", "id", "", 0, 0, Parse("integer"))
    known = (identity, *features, *(column(name, values) for name, values in described.items()))
    found = ENGINE.create_table("people", table, overwrite=True)
    columns = Columns(known, found, "id", customers, 0, customers, None, tuple(value), ())
    sample = draw_sample(columns, seed=0)
    recipe = fit_recipe(sample, features, as_of=AS_OF, prepare="auto")
    fitted = cluster(
        recipe.encode(sample),
        cutter("kmeans", recipe.encode(sample), seed=0)(3).centres,
        columns,
        recipe,
        method="kmeans",
        seed=0,
    )
    assign(fitted, sample, columns, folder / "assigned.parquet")
    counted = count_segments(columns, fitted.model, folder / "assigned.parquet")
    profiles = describe(fitted, sample, columns, counted, Wording())
    return compare(fitted, sample, columns, profiles, made, NAMES, Wording()), profiles


def groups(customers: int) -> Any:
    return np.repeat([0, 1, 2], [customers // 2, customers // 3, customers - customers // 2 - customers // 3])


def by_lot(shares: Sequence[float], customers: int, seed: int = 0) -> Any:
    return np.random.default_rng(seed).random(customers) < np.array(shares)[groups(customers)]


# --- planted outcomes


def test_planted_outcomes_differ_noise_does_not_and_the_figures_are_the_profiles(tmp_path: Path) -> None:
    n, rng = 1200, np.random.default_rng(1)
    outcomes, profiles = compared(
        {
            "noise": rng.normal(size=n),
            "coin": rng.random(n) < 0.5,
            "churned": by_lot([0.12, 0.48, 0.2], n),
            "revenue": rng.lognormal(3, 1, n) * np.array([1.0, 1.0, 2.5])[groups(n)],
            "region": np.where(by_lot([0.2, 0.2, 0.6], n, 2), "North", np.where(rng.random(n) < 0.5, "South", "West")),
        },
        tmp_path,
        customers=n,
    )
    found = {outcome.column: outcome for outcome in outcomes.compared}
    assert {name for name, outcome in found.items() if outcome.differs} == {"churned", "revenue", "region"}
    assert found["noise"].p > 0.05
    assert (found["churned"].level, found["churned"].highest, found["churned"].lowest) == ("yes", "s2", "s1")
    assert (found["region"].level, found["region"].highest) == ("North", "s3")
    assert (found["revenue"].level, found["revenue"].highest) == (None, "s3")
    for j, segment in enumerate(profiles.segments):
        assert found["churned"].values[f"s{j + 1}"] == segment.levels["churned"]["yes"]
        assert found["revenue"].values[f"s{j + 1}"] == segment.centre["revenue"]
    assert found["churned"].overall == profiles.overall.levels["churned"]["yes"]
    assert outcomes.compared[-1].differs is False  # the strongest come first


def test_what_differs_by_a_hair_is_not_called_different_however_many_customers_there_are(tmp_path: Path) -> None:
    n = 30_000
    hair = np.random.default_rng(1).normal(size=n) + 0.08 * groups(n)
    outcomes, _ = compared({"hair": hair, "flag": by_lot([0.10, 0.115, 0.13], n)}, tmp_path, customers=n)
    assert [(outcome.p < 0.001, outcome.size, outcome.differs) for outcome in outcomes.compared] == [
        (True, "none", False),
        (True, "none", False),
    ]
    assert outcomes.verdict == (
        "Nothing shows that the segments mean anything beyond what they were made from: none of the 2 columns kept out "
        "differs between them by more than chance, or by more than a hair."
    )


def test_among_few_customers_what_chance_would_do_is_not_called_different(tmp_path: Path) -> None:
    n = 80
    outcomes, _ = compared(
        {f"noise{i}": np.random.default_rng(i).normal(size=n) for i in range(6)}, tmp_path, customers=n
    )
    assert not any(outcome.differs for outcome in outcomes.compared)


@pytest.mark.parametrize("customers", [90, 900])
def test_in_at_most_one_of_twenty_runs_any_column_of_noise_differs(customers: int) -> None:
    def anything(seed: int) -> bool:
        rng = np.random.default_rng(seed)
        labels = groups(customers)
        numbers = np.column_stack([rng.normal(size=customers), rng.poisson(1, customers)])
        p = [rank_test(values, labels)[0].p for values in numbers.T]
        for share in (0.5, 0.15):
            counts = np.array([np.bincount(labels, rng.random(customers) < share, minlength=3)])
            table = np.vstack([counts, np.bincount(labels) - counts]).T
            rows, levels = comparable(table)
            if min(len(rows), len(levels)) > 1:
                p.append(table_test(table[np.ix_(rows, levels)]).p)
        return min(p) * len(p) < 0.05

    assert sum(anything(seed) for seed in range(200)) <= 10


# --- what is left out


def test_copies_of_clustered_columns_and_what_was_made_of_the_same_orders_are_left_out(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    described = {"x_in_cents": 0, "x_and_y": 0, "products": groups(300) * 1.0, "noise": rng.normal(size=300)}
    outcomes, _ = compared(described, tmp_path, customers=300, made=["products"])
    assert [outcome.column for outcome in outcomes.compared] == ["noise"]


def test_bands_and_flags_cut_out_of_clustered_columns_are_left_out_and_outcomes_are_not(tmp_path: Path) -> None:
    n, rng = 900, np.random.default_rng(1)
    described = {
        "x_band": np.zeros(n),
        "x_over_3": np.zeros(n),
        "churned": by_lot([0.1, 0.8, 0.1], n),
        "plan": np.where(by_lot([0.2, 0.2, 0.7], n, 2), "Gold", np.where(rng.random(n) < 0.5, "Basic", "Plus")),
    }
    outcomes, _ = compared(described, tmp_path, customers=n)
    assert {outcome.column for outcome in outcomes.compared} == {"churned", "plan"}
    assert all(outcome.differs for outcome in outcomes.compared)


def test_a_shallow_tree_removes_the_errors_of_what_is_cut_out_of_a_column_and_none_of_noise() -> None:
    rng = np.random.default_rng(1)
    X = rng.normal(size=(1000, 4))
    bands = np.digitize(X[:, 1], [-1, -0.5, 0, 0.5, 1]).astype(str).astype(object)
    bands[::7] = None
    assert removed(X, pa.array(bands)) > 0.95
    assert removed(X, pa.array(np.where((X[:, 0] > 1) & (X[:, 2] > 0), "yes", "no"))) > 0.95
    assert removed(X, pa.array(np.where(X[:, 0] + rng.normal(size=1000) > 0, "yes", "no"))) < 0.6
    assert removed(X, pa.array(rng.choice(list("abc"), 1000))) < 0.2


def test_a_column_of_one_level_of_nobody_or_of_a_level_each_is_not_told() -> None:
    X = np.random.default_rng(1).normal(size=(100, 2))
    alike, nobody, names = ["a"] * 100, [None] * 100, [f"name {i}" for i in range(100)]
    assert [removed(X, pa.array(values, pa.string())) for values in (alike, nobody, names)] == [0, 0, 0]


def test_nothing_is_said_where_nothing_was_kept_out(tmp_path: Path) -> None:
    assert compared({}, tmp_path, customers=60)[0] == Outcomes("", (), ())


def test_a_segment_of_which_few_have_a_value_neither_leads_nor_counts(tmp_path: Path) -> None:
    n, rng = 600, np.random.default_rng(1)
    values = rng.normal(10, 1, n)
    values[groups(n) == 2] = np.nan
    values[-3:] = 1e6
    said = np.where(groups(n) == 1, None, np.where(rng.random(n) < 0.5, "a", "b"))  # type: ignore[call-overload] # None is a value
    outcomes, _ = compared({"score": values, "plan": said}, tmp_path, customers=n)
    found = {outcome.column: outcome for outcome in outcomes.compared}
    assert set(found["score"].values) == {"s1", "s2"}
    assert set(found["plan"].values) == {"s1", "s3"}
    assert not any(outcome.differs for outcome in found.values())


def test_what_too_few_customers_have_is_named_as_not_compared(tmp_path: Path) -> None:
    n = 300
    gone = np.full(n, np.nan)
    gone[:12] = range(12)
    outcomes, _ = compared({"complained": np.arange(n) % 100 == 0, "gone": gone}, tmp_path, customers=n)
    assert outcomes == Outcomes("", (), ("complained", "gone"))


def test_a_rare_level_does_not_lead(tmp_path: Path) -> None:
    n = 600
    common = np.where(by_lot([0.3, 0.3, 0.7], n), "A", "B").astype(object)
    common[np.flatnonzero(groups(n) == 1)[:4]] = "Absurd"
    outcomes, _ = compared({"status": common}, tmp_path, customers=n)
    assert (outcomes.compared[0].level in {"A", "B"}, outcomes.compared[0].differs) == (True, True)


def test_means_that_tell_another_story_than_the_ranks_are_no_difference(tmp_path: Path) -> None:
    n = 600
    spend = np.array([10.0, 20.0, 30.0])[groups(n)] + np.random.default_rng(1).normal(size=n)
    spend[:2] = 1e6  # two whales among those who spend least
    outcomes, _ = compared({"spend": spend}, tmp_path, customers=n)
    (told,) = outcomes.compared
    assert (told.highest, told.p < 0.001, told.size, told.differs) == ("s1", True, "large", False)


# --- tests and sizes


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 2)), min_size=6, max_size=40))
def test_ranks_are_compared_as_scipy_does(pairs: list[tuple[int, int]]) -> None:
    values, labels = (np.array(side) for side in zip(*pairs, strict=True))
    labels = np.unique(labels, return_inverse=True)[1]
    if len(set(values)) < 2 or labels.max() < 1:
        return
    found, _ = rank_test(values.astype(float), labels)
    known = stats.kruskal(*(values[labels == j] for j in range(labels.max() + 1)))
    assert found.p == pytest.approx(known.pvalue)
    assert 0 <= found.effect <= 1


@given(st.lists(st.lists(st.integers(5, 60), min_size=3, max_size=3), min_size=2, max_size=5))
def test_tables_are_compared_as_scipy_does(rows: list[list[int]]) -> None:
    table = np.array(rows, dtype=float)
    found = table_test(table)
    assert found.p == pytest.approx(stats.chi2_contingency(table, correction=False).pvalue)
    assert 0 <= found.effect <= stats.contingency.association(table.astype(int), method="cramer") + 1e-9


def test_sizes_follow_cohens_bands() -> None:
    def flag(first: int, second: int) -> str:
        return table_test(np.array([[first, 10_000 - first], [second, 10_000 - second]], dtype=float)).size

    assert [flag(5000 - gap, 5000 + gap) for gap in (400, 600, 1600, 2600)] == ["none", "small", "medium", "large"]
    assert rank_test(np.arange(1000.0), np.repeat([0, 1], 500))[0].size == "large"
    assert rank_test(np.arange(1000.0), np.arange(1000) % 2)[0].size == "none"


def test_segments_and_levels_that_chance_would_leave_nearly_empty_are_not_compared() -> None:
    table = np.array([[500, 400, 3], [100, 90, 0], [8, 1, 0]], dtype=float)
    assert comparable(table) == ([0, 1], [0, 1])
    assert comparable(table[:, :1]) == ([], [])
    assert comparable(np.empty((3, 0))) == ([], [])


# --- the verdict


def outcome(
    name: str, high: float, low: float, effect: float = 0.4, size: Any = "medium", level: str | None = "yes"
) -> Outcome:
    values = {"s2": high, "s1": low, "s3": (high + low) / 2}
    p, differs = (0.0001, True) if size != "none" else (0.6, False)
    return Outcome(name, level, values, (high + low) / 2, effect, size, p, differs, "s2", "s1")


CHURNED = outcome("churned", 0.48, 0.12)
REVENUE = outcome("revenue", 120, 40, effect=0.02, size="small", level=None)
SAME = outcome("coin", 0.5, 0.49, effect=0.0, size="none")
PLAN = outcome("plan", 0.3, 0.2, effect=0.12, size="small", level="Gold")
BEGIN = "The segments mean something beyond what they were made from: "
CHURN_WORDS = "Churned (48% in Lapsed big spenders, 12% in Young regulars)"


@pytest.mark.parametrize(
    ("found", "value", "sentence"),
    [
        ([CHURNED, PLAN, SAME], (), f"{BEGIN}2 of 3 columns kept out differ between them, most of all {CHURN_WORDS}."),
        ([CHURNED, SAME], (), f"{BEGIN}1 of 2 columns kept out differs between them: {CHURN_WORDS}."),
        ([CHURNED], (), f"{BEGIN}the one column kept out differs between them: {CHURN_WORDS}."),
        (
            [REVENUE, CHURNED],
            ("revenue",),
            f"{BEGIN}both columns kept out differ between them, among them Revenue (120 on average in Lapsed big "
            f"spenders, 40 in Young regulars) and most of all {CHURN_WORDS}.",
        ),
        (
            [SAME, CHURNED],
            ("coin",),
            f"{BEGIN}1 of 2 columns kept out differs between them: {CHURN_WORDS}, but not Coin.",
        ),
        (
            [PLAN, SAME],
            (),
            "The segments mean a little beyond what they were made from: 1 of 2 columns kept out differs between them: "
            "Plan (Gold: 30% in Lapsed big spenders, 20% in Young regulars).",
        ),
        (
            [SAME],
            (),
            "Nothing shows that the segments mean anything beyond what they were made from: the one column kept out, "
            "Coin, does not differ between them by more than chance, or by more than a hair.",
        ),
        ([], (), ""),
    ],
)
def test_the_verdict_counts_what_differs_and_tells_the_value_and_the_strongest(
    found: list[Outcome], value: tuple[str, ...], sentence: str
) -> None:
    kinds: dict[str, Any] = {"plan": "text", "revenue": "number"}
    columns = {
        o.column: Column(
            o.column, o.column.capitalize(), "", "flag", "describe", "", 0, 0, Parse(kinds.get(o.column, "flag"))
        )
        for o in found
    }
    assert verdict_on(found, columns, value, NAMES, Wording()) == sentence


def test_what_customers_are_worth_comes_first(tmp_path: Path) -> None:
    n, rng = 900, np.random.default_rng(1)
    described = {"churned": by_lot([0.1, 0.6, 0.2], n), "revenue": rng.lognormal(3, 1, n) * (1 + 0.4 * groups(n))}
    outcomes, _ = compared(described, tmp_path, customers=n, value=["revenue"])
    assert [outcome.column for outcome in outcomes.compared] == ["revenue", "churned"]
    assert outcomes.verdict.startswith(f"{BEGIN}both columns kept out differ between them, among them Revenue (")


# --- real customers

DATA = Path(__file__).parents[2] / "shared" / "data"


@pytest.mark.skipif(not DATA.is_dir(), reason="real data sets are only where the project is developed")
def test_customers_who_answered_a_campaign_are_found_in_one_segment_more_than_in_another(tmp_path: Path) -> None:
    from segreport.analysis import analyse
    from segreport.settings import Settings

    path = DATA / "customer_personality" / "marketing_campaign.csv"
    report = analyse(path, Settings.model_validate({"segments": {"k": 4}}), today=AS_OF, workspace=tmp_path).report
    found = {outcome.column: outcome for outcome in report.outcomes.compared}
    assert found["Response"].differs
    assert found["Response"].overall == pytest.approx(334 / 2240)
    assert not found["AcceptedCmp3"].differs
    assert "Complain" in (*report.outcomes.uncompared, *found)
    assert report.outcomes.verdict.startswith("The segments mean")
    assert not {column.name for column in report.columns if column.use == "feature"} & found.keys()
