"""Month after month: the same segments under the same names, who moved, and what cannot be compared is said."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from segreport.errors import InputError, SettingsError
from segreport.history import LOST, NEW, RETURNED, Movement
from segreport.pipeline import Memory, run_to_files
from segreport.report import Report, load_report
from segreport.scoring import score_to_file
from segreport.segments import load_model
from segreport.settings import Settings, merge

TODAY = dt.date(2026, 11, 1)
GROUPS = {"low": (20.0, 12.0), "middle": (60.0, 30.0), "high": (120.0, 2.0)}
"""Spending and visits of three kinds of customers, far apart."""


def customers(kinds: Mapping[str, int], *, first: int = 1, seed: int = 0) -> pd.DataFrame:
    """Return a table of so many customers of each kind, numbered from `first`."""
    rng = np.random.default_rng(seed)
    kind = np.repeat(list(kinds), list(kinds.values()))
    spend, visits = (np.array([GROUPS[name][at] for name in kind]) for at in (0, 1))
    return pd.DataFrame(
        {
            "customer_id": np.arange(first, first + len(kind)),
            "spend": (spend + rng.normal(0, 3, len(kind))).round(2),
            "visits": (visits + rng.normal(0, 1, len(kind))).round(1),
            "region": rng.choice(["north", "south"], len(kind)),
        }
    )


AUGUST = customers({"low": 120, "middle": 90, "high": 60})


def moved(frame: pd.DataFrame, idents: range, kind: str) -> pd.DataFrame:
    """Return the table with those customers spending and visiting like another kind."""
    spend, visits = GROUPS[kind]
    there = frame["customer_id"].isin(idents)
    return frame.assign(spend=frame["spend"].mask(there, spend), visits=frame["visits"].mask(there, visits))


def run(frame: pd.DataFrame, out: Path, period: str, *, memory: Memory | None = None, **flags: Any) -> Report:
    """Return the report of a month, saved without pages."""
    chosen = {"formats": ("json",), "id": "customer_id", "value": ("spend",), "period": period, **flags}
    return run_to_files(frame, out, settings(chosen), today=TODAY, memory=memory)[0]


def settings(chosen: Mapping[str, Any]) -> Settings:
    names = {"segments": {"names": chosen["segment_names"]}} if "segment_names" in chosen else {}
    return merge(names, {key: value for key, value in chosen.items() if key != "segment_names"})


def movement(report: Report) -> Movement:
    assert report.movement is not None
    return report.movement


def identities(report: Report) -> dict[str, tuple[str, str]]:
    return {segment.id: (segment.name, segment.colour) for segment in report.segments}


def codes(report: Report) -> set[str]:
    return {warning.code for warning in report.warnings}


def flows(report: Report) -> dict[tuple[str, str], int]:
    return {(flow.source, flow.target): flow.customers for flow in movement(report).flows}


# The same segments


def test_a_first_month_has_no_movement_and_a_second_one_has(tmp_path: Path) -> None:
    assert run(AUGUST, tmp_path, "2026-08").movement is None
    assert movement(run(AUGUST, tmp_path, "2026-09")).since == "2026-08"


def test_segments_keep_id_name_colour_and_model_while_customers_stay_as_they_were(tmp_path: Path) -> None:
    first = run(AUGUST, tmp_path, "2026-08")
    # the smallest segment becomes the largest: a fresh numbering would swap the labels
    grown = pd.concat([AUGUST, customers({"high": 25}, first=1000, seed=1)])
    second = run(grown, tmp_path, "2026-09")
    assert identities(second) == identities(first)
    assert movement(second).decision.kept
    old, new = (load_model((tmp_path / p / "model.json").read_bytes()) for p in ("2026-08", "2026-09"))
    assert new.centres == old.centres
    assert new.period == old.period == "2026-08"


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_a_new_fit_gives_every_segment_its_id_back_whatever_its_size(tmp_path: Path, seed: int) -> None:
    first = run(AUGUST, tmp_path, "2026-08")
    others = customers({"high": 150, "middle": 30}, first=1000, seed=seed)
    second = run(pd.concat([AUGUST, others]), tmp_path, "2026-09", model="refit", seed=seed)
    assert not movement(second).decision.kept
    assert identities(second) == identities(first)
    by_spend = [[s.id for s in sorted(r.segments, key=lambda s: s.centre["spend"])] for r in (first, second)]
    assert by_spend[0] == by_spend[1]


def test_customers_who_spread_otherwise_are_fitted_anew_and_the_reason_is_told(tmp_path: Path) -> None:
    run(AUGUST, tmp_path, "2026-08")
    report = run(AUGUST.assign(spend=AUGUST["spend"] * 2), tmp_path, "2026-09")
    decision = movement(report).decision
    assert not decision.kept
    assert "Spend" in decision.reason
    assert max(decision.drifts, key=lambda drift: drift.psi).column == "spend"


def test_a_kept_model_is_kept_whatever_the_drift_where_that_is_asked_for(tmp_path: Path) -> None:
    run(AUGUST, tmp_path, "2026-08")
    report = run(AUGUST.assign(spend=AUGUST["spend"] * 2), tmp_path, "2026-09", model="keep")
    assert movement(report).decision.kept
    assert report.choice.chosen_by == "last_month"


def test_a_model_that_cannot_be_kept_stops_the_run_and_leaves_the_month_as_it_was(tmp_path: Path) -> None:
    run(AUGUST, tmp_path, "2026-08")
    with pytest.raises(InputError, match=r"--model keep: .*4 segments were asked for.*had 3"):
        run(AUGUST, tmp_path, "2026-09", model="keep", k=4)
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == ["2026-08"]


def test_another_number_of_segments_than_last_month_is_made_where_it_is_asked_for(tmp_path: Path) -> None:
    run(AUGUST, tmp_path, "2026-08")
    report = run(AUGUST, tmp_path, "2026-09", k=4)
    assert report.choice.k == 4
    kinds = {event.kind for event in movement(report).events}
    assert kinds == {"split"}
    assert "s4" in identities(report)


def test_ids_of_segments_that_are_no_more_are_never_given_again(tmp_path: Path) -> None:
    run(AUGUST, tmp_path, "2026-08", k=4)
    run(AUGUST, tmp_path, "2026-09", k=3)
    report = run(AUGUST, tmp_path, "2026-10", k=4)
    before = {segment.id for segment in movement(report).before}
    assert before < {"s1", "s2", "s3", "s4"}
    assert set(identities(report)) - before == {"s5"}


@pytest.mark.parametrize("method", ["ward", "bisecting"])
def test_trees_keep_their_segments_too(tmp_path: Path, method: str) -> None:
    first = run(AUGUST, tmp_path, "2026-08", method=method)
    second = run(moved(AUGUST, range(1, 11), "high"), tmp_path, "2026-09", method=method)
    assert movement(second).decision.kept
    assert identities(second) == identities(first)


def test_the_same_month_again_replaces_it_whole_and_gives_the_same_bytes(tmp_path: Path) -> None:
    run(AUGUST, tmp_path, "2026-08")
    run(AUGUST, tmp_path, "2026-09")
    before = {path.name: path.read_bytes() for path in (tmp_path / "2026-09").iterdir()}
    run(AUGUST, tmp_path, "2026-09")
    assert {path.name: path.read_bytes() for path in (tmp_path / "2026-09").iterdir()} == before


# Names


def test_a_name_that_a_person_gave_survives_a_new_fit(tmp_path: Path) -> None:
    first = run(AUGUST, tmp_path, "2026-08")
    given = {first.segments[1].id: "Sunday shoppers"}
    run(AUGUST, tmp_path, "2026-09", segment_names=given)
    third = run(AUGUST, tmp_path, "2026-10", segment_names=given, model="refit")
    assert identities(third)[first.segments[1].id][0] == "Sunday shoppers"
    assert all(segment.outdated is None for segment in third.segments)


def test_a_name_taken_out_of_the_settings_gives_way_to_our_own(tmp_path: Path) -> None:
    first = run(AUGUST, tmp_path, "2026-08")
    run(AUGUST, tmp_path, "2026-09", segment_names={"s1": "Sunday shoppers"})
    assert identities(run(AUGUST, tmp_path, "2026-10")) == identities(first)


def test_a_name_whose_reason_is_gone_is_kept_and_said_to_be_out_of_date(tmp_path: Path) -> None:
    first = run(AUGUST, tmp_path, "2026-08")
    top = max(first.segments, key=lambda segment: segment.centre["spend"])
    swapped = AUGUST.assign(spend=140 - AUGUST["spend"], visits=34 - AUGUST["visits"])
    # everyone's habits turn round: by their customers segments are the same, by their names they are not
    path = tmp_path / "2026-08" / "model.json"
    path.unlink()
    second = run(swapped, tmp_path, "2026-09")
    same = next(segment for segment in second.segments if segment.id == top.id)
    assert same.name == top.name
    assert same.outdated not in {None, top.name}


def test_names_for_segments_that_are_not_there_are_told(tmp_path: Path) -> None:
    report = run(AUGUST, tmp_path, "2026-08", segment_names={"s9": "Nobody"})
    assert "names_unused" in codes(report)


def test_two_segments_cannot_be_given_one_name(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="s1 and s2"):
        run(AUGUST, tmp_path, "2026-08", segment_names={"s1": "Regulars", "s2": "regulars"})


# Who moved


def test_movers_newcomers_and_those_who_left_are_counted_one_by_one(tmp_path: Path) -> None:
    first = run(AUGUST, tmp_path, "2026-08")
    low, middle, high = (s.id for s in sorted(first.segments, key=lambda s: s.centre["spend"]))
    september = moved(AUGUST, range(1, 13), "high")  # twelve of the low spenders
    september = pd.concat([september[september["customer_id"] != 150], customers({"middle": 7}, first=1000)])
    second = run(september, tmp_path, "2026-09")
    assert flows(second) == {
        (low, low): 108, (low, high): 12, (middle, middle): 89, (middle, LOST): 1, (NEW, middle): 7, (high, high): 60,
    }  # fmt: skip
    listed = pd.read_csv(tmp_path / "2026-09" / "movers.csv")
    assert set(listed.loc[listed["why"] == "behaviour", "customer_id"]) == set(range(1, 13))
    assert listed["when"].unique().tolist() == ["2026-09"]
    back = run(AUGUST, tmp_path, "2026-10")
    assert flows(back)[RETURNED, middle] == 1
    for report in (second, back):
        for change in movement(report).changes:
            assert change.parts.total == change.after - change.before
            assert change.value_parts is not None
            assert change.value_before is not None
            assert change.value_after is not None
            assert change.value_parts.total == pytest.approx(change.value_after - change.value_before, abs=1e-6)


def test_time_alone_moves_customers_who_do_nothing(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    days = np.concatenate([rng.integers(5, 40, 150), rng.integers(70, 100, 40), rng.integers(300, 400, 150)])
    frame = pd.DataFrame(
        {"customer_id": range(340), "last_order": [dt.date(2026, 9, 1) - dt.timedelta(int(d)) for d in days]}
    )
    frame["age"] = rng.normal(40, 1, 340).round()
    chosen: dict[str, Any] = {"feature": ("last_order",), "value": (), "k": 2}
    run(frame, tmp_path, "2026-08", as_of=dt.date(2026, 9, 1), **chosen)
    later = frame.assign(last_order=frame["last_order"].where(frame["customer_id"] >= 50, dt.date(2027, 8, 20)))
    report = run(later, tmp_path, "2027-08", as_of=dt.date(2027, 9, 1), model="keep", **chosen)
    parts = [change.parts for change in movement(report).changes]
    assert sum(part.ageing for part in parts if part.ageing > 0) >= 140
    assert sum(part.behaviour for part in parts if part.behaviour > 0) == 50
    assert "month_missing" in codes(report)
    assert movement(report).months == 12


# What cannot be compared


def test_without_memory_segments_begin_anew(tmp_path: Path) -> None:
    run(AUGUST, tmp_path, "2026-08")
    assert run(AUGUST, tmp_path, "2026-09", memory=Memory()).movement is None


def test_a_month_that_is_named_goes_before_the_latest_one(tmp_path: Path) -> None:
    for period in ("2026-08", "2026-09"):
        run(AUGUST, tmp_path, period)
    report = run(AUGUST, tmp_path, "2026-10", memory=Memory(tmp_path, tmp_path / "2026-08"))
    assert movement(report).since == "2026-08"
    assert "month_missing" not in codes(report)  # it was asked for


def test_other_customers_are_said_to_be_others_and_no_movement_is_drawn(tmp_path: Path) -> None:
    first = run(AUGUST, tmp_path, "2026-08")
    report = run(AUGUST.assign(customer_id=AUGUST["customer_id"] + 10_000), tmp_path, "2026-09")
    assert "no_common_customers" in codes(report)
    assert movement(report).flows == ()
    assert movement(report).changes == ()
    assert identities(report) == identities(first)  # the model still tells which segment is which
    assert not (tmp_path / "2026-09" / "movers.csv").exists()


def test_ids_that_became_text_are_the_same_customers(tmp_path: Path) -> None:
    run(AUGUST, tmp_path, "2026-08")
    report = run(AUGUST.assign(customer_id=AUGUST["customer_id"].map("c{}".format)), tmp_path, "2026-09")
    assert movement(report).flows == ()
    report = run(
        AUGUST.assign(customer_id=AUGUST["customer_id"].astype(str)),
        tmp_path,
        "2026-10",
        memory=Memory(None, tmp_path / "2026-08"),
    )
    assert sum(flow.customers for flow in movement(report).flows) == 270


def test_rows_that_were_only_numbered_are_nobody_in_particular(tmp_path: Path) -> None:
    bare = AUGUST.drop(columns="customer_id")
    run(bare, tmp_path, "2026-08", id=None)
    report = run(bare, tmp_path, "2026-09", id=None)
    assert "numbered_rows" in codes(report)
    assert movement(report).flows == ()


def test_a_column_that_is_gone_means_a_new_fit_and_one_that_came_only_describes(tmp_path: Path) -> None:
    run(AUGUST, tmp_path, "2026-08")
    more = run(AUGUST.assign(age=np.arange(270) % 50 + 20), tmp_path, "2026-09")
    assert movement(more).decision.kept
    assert next(column.use for column in more.columns if column.name == "age") == "describe"
    fewer = run(AUGUST.drop(columns="visits").assign(age=np.arange(270) % 50 + 20), tmp_path, "2026-10")
    assert not movement(fewer).decision.kept
    assert "columns_gone" in codes(fewer)
    assert all(change.parts.total == change.after - change.before for change in movement(fewer).changes)
    assert all(change.parts.behaviour == 0 for change in movement(fewer).changes)  # nobody can tell


def test_a_month_of_an_older_version_gives_names_and_movement_but_no_model(tmp_path: Path) -> None:
    first = run(AUGUST, tmp_path, "2026-08")
    folder = tmp_path / "2026-08"
    for name in ("report.json", "model.json"):
        stored = json.loads((folder / name).read_text())
        stored["schema"] = 1
        for key in ("movement", "baselines", "until"):
            stored.pop(key, None)
        (folder / name).write_text(json.dumps(stored))
    (folder / "inputs.parquet").unlink()
    report = run(AUGUST, tmp_path, "2026-09")
    assert "previous_schema" in codes(report)
    assert not movement(report).decision.kept
    assert identities(report) == identities(first)
    assert sum(flow.customers for flow in movement(report).flows) == 270


def test_a_broken_month_is_passed_over_and_said(tmp_path: Path) -> None:
    for period in ("2026-07", "2026-08"):
        run(AUGUST, tmp_path, period)
    (tmp_path / "2026-08" / "report.json").write_text("{")
    report = run(AUGUST, tmp_path, "2026-09")
    assert movement(report).since == "2026-07"
    assert codes(report) & {"month_unreadable", "previous_unreadable"}


def test_segments_of_a_month_that_nothing_is_left_of_are_not_said_to_be_gone(tmp_path: Path) -> None:
    first = run(AUGUST, tmp_path, "2026-08")
    for name in ("model.json", "assignments.parquet"):
        (tmp_path / "2026-08" / name).unlink()
    report = run(AUGUST, tmp_path, "2026-09")
    assert "unmatched" in codes(report)
    assert movement(report).events == ()
    assert not set(identities(report)) & set(identities(first))


def test_a_month_made_anew_with_other_segments_is_no_part_of_a_trend(tmp_path: Path) -> None:
    for period in ("2026-07", "2026-08"):
        run(AUGUST, tmp_path, period)
    run(AUGUST, tmp_path, "2026-07", memory=Memory(), k=5)
    report = run(AUGUST, tmp_path, "2026-09")
    assert {point.period for trend in movement(report).trends for point in trend.points} == {"2026-08", "2026-09"}


def test_data_that_end_before_last_months_are_not_told_as_movement(tmp_path: Path) -> None:
    dated = AUGUST.assign(last_order=dt.date(2026, 9, 1))
    dated["last_order"] = [dt.date(2026, 8, 1) + dt.timedelta(days=i % 20) for i in range(270)]
    run(dated, tmp_path, "2026-08", as_of=dt.date(2026, 9, 1))
    report = run(dated, tmp_path, "2026-09", as_of=dt.date(2026, 8, 25))
    assert "older_data" in codes(report)
    assert movement(report).flows == ()


def test_a_column_that_is_empty_now_stops_a_model_that_is_to_be_kept(tmp_path: Path) -> None:
    frame = AUGUST.assign(plan=np.resize(["a", "b", "c"], 270))
    run(frame, tmp_path, "2026-08", feature=("spend", "visits", "plan"))
    with pytest.raises(InputError, match="--model keep"):
        run(frame.assign(plan=None), tmp_path, "2026-09", model="keep")


def test_a_model_that_is_to_be_kept_and_is_not_there_is_said_to_be_new(tmp_path: Path) -> None:
    assert "nothing_to_keep" in codes(run(AUGUST, tmp_path, "2026-08", model="keep"))


def test_every_month_reads_back_from_its_json(tmp_path: Path) -> None:
    run(AUGUST, tmp_path, "2026-08")
    report = run(moved(AUGUST, range(1, 13), "high"), tmp_path, "2026-09")
    again = load_report((tmp_path / "2026-09" / "report.json").read_bytes())
    assert again.to_json() == report.to_json()


# Scoring


def test_scoring_the_same_customers_gives_their_assignments(tmp_path: Path) -> None:
    run(AUGUST, tmp_path, "2026-08")
    out = tmp_path / "scored.csv"
    assert score_to_file(tmp_path / "2026-08", AUGUST, out, merge({}, {}), today=TODAY)[0] == 270
    expected = pd.read_csv(tmp_path / "2026-08" / "assignments.csv").set_index("customer_id").sort_index()
    assert pd.read_csv(out).set_index("customer_id").sort_index().equals(expected)


def test_one_new_customer_can_be_scored(tmp_path: Path) -> None:
    first = run(AUGUST, tmp_path, "2026-08")
    top = max(first.segments, key=lambda segment: segment.centre["spend"])
    one = pd.DataFrame({"customer_id": [7777], "visits": [2.0], "spend": [119.0]})
    score_to_file(tmp_path / "2026-08" / "model.json", one, tmp_path / "one.parquet", merge({}, {}), today=TODAY)
    found = pd.read_parquet(tmp_path / "one.parquet")
    assert found["segment"].tolist() == [top.name]


def test_data_without_what_the_model_needs_are_refused_and_nothing_is_written(tmp_path: Path) -> None:
    run(AUGUST, tmp_path, "2026-08")
    with pytest.raises(InputError, match="visits"):
        score_to_file(
            tmp_path / "2026-08", AUGUST.drop(columns="visits"), tmp_path / "s.csv", merge({}, {}), today=TODAY
        )
    words = AUGUST.assign(visits="often")
    with pytest.raises(InputError, match="visits"):
        score_to_file(tmp_path / "2026-08", words, tmp_path / "s.csv", merge({}, {}), today=TODAY)
    assert not (tmp_path / "s.csv").exists()


def test_scoring_never_writes_over_what_it_reads(tmp_path: Path) -> None:
    run(AUGUST, tmp_path, "2026-08")
    data = tmp_path / "data.csv"
    AUGUST.to_csv(data, index=False)
    before = data.read_bytes()
    with pytest.raises(SettingsError, match="read here"):
        score_to_file(tmp_path / "2026-08", data, data, merge({}, {}), today=TODAY)
    assert data.read_bytes() == before


def test_customers_who_are_there_twice_are_not_scored(tmp_path: Path) -> None:
    run(AUGUST, tmp_path, "2026-08")
    with pytest.raises(InputError, match="repeats"):
        score_to_file(tmp_path / "2026-08", pd.concat([AUGUST] * 2), tmp_path / "s.csv", merge({}, {}), today=TODAY)


def test_a_file_that_is_no_model_is_refused(tmp_path: Path) -> None:
    (tmp_path / "model.json").write_text("[]")
    with pytest.raises(InputError, match=r"model\.json is no model"):
        score_to_file(tmp_path, AUGUST, tmp_path / "s.csv", merge({}, {}), today=TODAY)
    shutil.rmtree(tmp_path / "none", ignore_errors=True)
    with pytest.raises(InputError, match="cannot be read"):
        score_to_file(tmp_path / "none.json", AUGUST, tmp_path / "s.csv", merge({}, {}), today=TODAY)
