"""Whole analyses: answers that others have published for well-known data, and the same bytes from the same data."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from segreport import build_report
from segreport.analysis import Analysis, analyse
from segreport.report import Report
from segreport.settings import settings_of

DATA = Path(__file__).parents[2] / "shared" / "data"
TODAY = dt.date(2026, 10, 31)
needs_data = pytest.mark.skipif(not DATA.exists(), reason="the shared data is not beside this checkout")


def sizes(report: Report) -> list[int]:
    return [segment.size for segment in report.segments]


# --- published answers


@needs_data
@pytest.mark.parametrize(
    "name", ["Mall_Customers.csv", "variants/Mall_Customers_Genre_zeropad.csv", "variants/shopping_data_Genre.csv"]
)
def test_mall_customers_fall_into_five_by_income_and_spending(name: str) -> None:
    income, spending = "Annual Income (k$)", "Spending Score (1-100)"
    report = build_report(DATA / "mall_customers" / name, feature=[income, spending])
    assert (report.choice.k, report.choice.structure, report.choice.elbow) == (5, "natural", 5)
    assert sizes(report) == [81, 39, 35, 23, 22]
    centres = [(segment.centre[income], segment.centre[spending]) for segment in report.segments]
    published = [(55.30, 49.52), (86.54, 82.13), (88.20, 17.11), (26.30, 20.91), (25.73, 79.36)]
    assert np.array(centres) == pytest.approx(np.array(published), abs=0.01)
    assert report.overall.silhouette == pytest.approx(0.5547, abs=0.0005)
    assert {segment.trust for segment in report.segments} == {"stable"}


@needs_data
def test_east_west_flyers_cut_by_wards_tree_as_in_r() -> None:
    miles = ("Balance", "Qual_miles", "Bonus_miles", "Flight_miles_12mo")
    features = (*miles, "Bonus_trans", "Flight_trans_12", "Days_since_enroll")
    path = DATA / "airline_eastwest" / "EastWestAirlines.xlsx"
    report = build_report(path, method="ward", k=5, prepare="plain", feature=features)
    assert sizes(report) == [1342, 868, 776, 519, 494]
    assert report.overall.means["Balance"] == pytest.approx(73601.33, abs=0.01)
    assert report.overall.means["Days_since_enroll"] == pytest.approx(4118.56, abs=0.01)


@needs_data
def test_the_2000_customers_of_a_course_fall_into_its_four_segments() -> None:
    features = ("gender", "Marital status", "Age", "Education", "Income", "Occupation", "Settlement size")
    path = DATA / "ibm_365_segmentation" / "segmentation data.csv"
    report = build_report(path, k=4, prepare="plain", feature=features)
    assert sizes(report) == [705, 570, 462, 263]
    assert report.segments[3].centre["Age"] == pytest.approx(55.70, abs=0.01)  # the well-off


@needs_data
def test_wholesale_customers_fall_into_their_two_channels() -> None:
    path = DATA / "wholesale" / "Wholesale_customers_data.csv"
    report = build_report(path)
    assert (report.choice.k, report.choice.structure) == (2, "created")
    assert sizes(report) == pytest.approx([252, 188], abs=5)
    grocery = [segment.centre["Grocery"] for segment in report.segments]
    assert grocery[1] > 4 * grocery[0]  # retailers buy groceries, hotels and restaurants fresh food


# --- the same bytes


def customers(rows: int = 150) -> pd.DataFrame:
    rng = np.random.default_rng(7)
    group = np.arange(rows) % 3
    return pd.DataFrame({
        "customer_id": [f"c{i:04}" for i in range(rows)],
        "visits": rng.poisson(np.array([3, 12, 30])[group]),
        "total_spent": np.exp(rng.normal(np.array([3.0, 5.0, 4.0])[group], 0.3)).round(2),
        "last_order": pd.Timestamp("2026-10-01") - pd.to_timedelta(rng.integers(0, 300, rows), "D"),
        "region": rng.choice(["North", "South"], rows),
    })  # fmt: skip


def analysed(frame: pd.DataFrame, folder: Path, **choices: Any) -> Analysis:
    folder.mkdir()
    return analyse(frame, settings_of(**choices), today=TODAY, workspace=folder)


@pytest.mark.parametrize("method", ["kmeans", "ward", "bisecting"])
def test_the_same_data_gives_the_same_report_and_the_same_model(tmp_path: Path, method: str) -> None:
    one, two = (analysed(customers(), tmp_path / name, method=method) for name in ("one", "two"))
    assert one.report.to_json() == two.report.to_json()
    assert one.model.to_json() == two.model.to_json()
    assert one.assignments.read_bytes() == two.assignments.read_bytes()


def test_the_order_of_the_rows_changes_nothing_but_the_fingerprint(tmp_path: Path) -> None:
    one = analysed(customers(), tmp_path / "one")
    two = analysed(customers().sample(frac=1, random_state=3), tmp_path / "two")
    source = replace(two.report.source, fingerprint=one.report.source.fingerprint)
    assert replace(two.report, source=source).to_json() == one.report.to_json()
    assert two.model == one.model
    assert two.assignments.read_bytes() == one.assignments.read_bytes()


CLEAR = ("visits", "total_spent")


def test_another_seed_finds_the_same_clear_groups(tmp_path: Path) -> None:
    one, two = (analysed(customers(), tmp_path / str(seed), seed=seed, feature=CLEAR) for seed in (0, 1))
    assert sizes(one.report) == sizes(two.report) == pytest.approx([50, 50, 50], abs=2)


def test_last_months_assignments_beside_the_customers_do_not_disturb_this_months(tmp_path: Path) -> None:
    old = np.array(["s9", "s8"])[np.arange(150) % 2]
    plain = analysed(customers(), tmp_path / "plain", feature=CLEAR)
    beside = analysed(customers().assign(segment_id=old, segment=old, margin=0.5), tmp_path / "beside", feature=CLEAR)
    assert sizes(beside.report) == sizes(plain.report)
    assert beside.report.segments[0].levels["segment_id"].keys() == {"s8", "s9"}
