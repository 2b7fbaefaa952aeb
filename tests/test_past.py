from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reports import make_report

from segreport import report
from segreport.columns import Column, Parse
from segreport.drift import Baseline
from segreport.errors import InputError
from segreport.features import NumberStep, Recipe
from segreport.history.movement import Month, Past, Problem
from segreport.history.past import months_between, months_of, recall, unreadable
from segreport.history.reading import NEWEST, read_month
from segreport.personas import Basis
from segreport.segments import SCHEMA, Model

KEYS = st.sampled_from(["schema", "period", "segments", "columns", "source", "movement", "settings", "overall", "id"])
RECENCY = Column("recency", "Recency", "days", "number", "feature", "", 0, 9, Parse("number"))
STEP = NumberStep("recency", 60.0, log=False, low=None, high=None, mean=60.0, scale=20.0, filled=0, tamed=0)
MODEL = Model(
    SCHEMA,
    "kmeans",
    "customer_id",
    (RECENCY,),
    Recipe(dt.date(2026, 9, 1), (STEP,), {}),
    ids=("s1",),
    centres=((0.5,),),
    names=("At-risk regulars",),
    period="2026-08",
    until="2026-09-01T00:00:00",
    baselines=(Baseline("recency", (0.0,), (0.5, 0.5), 1000),),
)


def saved(ident: str = "s1", **more: Any) -> dict[str, Any]:
    """Return a segment as report.json of schema 1 has it."""
    driver = {"column": "recency", "level": None, "mean": 90.0, "overall": 60.0, "index": 150.0, "effect": 0.8, "p": 0}
    return {
        "id": ident,
        "name": "At-risk regulars",
        "colour": "#1470ad",
        "size": 412,
        "share": 0.412,
        "percent": 41,
        "value": 80_000.0,
        "value_share": 0.5,
        "action": {"title": "Win them back", "text": "…", "channel": "e-mail", "metric": "share who order again"},
        "centre": {"recency": 90.0, "frequency": 3.0, "balance": -5.0},
        "drivers": [driver],
        "described": [driver | {"column": "country", "level": "Austria"}],
        **more,
    }


def written(period: str = "2026-08", **more: Any) -> dict[str, Any]:
    """Return a report.json of schema 1, as far as it matters."""
    columns = [("customer_id", "id"), ("recency", "feature"), ("frequency", "feature"), ("country", "describe")]
    return {
        "schema": 1,
        "period": period,
        "as_of": "2026-09-01",
        "title": "Customer segments",
        "headline": "At-risk regulars bring half of revenue",
        "worth": "revenue",
        "value_columns": ["monetary"],
        "source": {"name": "shop.csv", "rows": 9000, "customers": 1000},
        "columns": [{"name": name, "role": "number", "use": use} for name, use in columns],
        "segments": [saved()],
        "priorities": ["s1"],
        "overall": {"means": {"recency": 60.0, "frequency": 4.0, "balance": 2.0}},
        "settings": {"report": {"currency": "EUR"}},
        "movement": None,
        **more,
    }


def folder(out: Path, period: str = "2026-08", *, without: tuple[str, ...] = (), **more: Any) -> Path:
    """Make a month's folder in OUT as a run leaves it."""
    made = out / period
    made.mkdir(parents=True)
    people = pa.table({"customer_id": ["a"], "segment_id": ["s1"]})
    (made / "report.json").write_text(json.dumps(written(period, **more)), encoding="utf-8")
    (made / "model.json").write_bytes(MODEL.to_json())
    for name in ("assignments.parquet", "inputs.parquet"):
        pq.write_table(people, made / name)
    for name in without:
        (made / name).unlink()
    return made


def read(path: Path) -> Month:
    month = read_month(path)
    assert isinstance(month, Month), month
    return month


def remembered(out: Path | None, period: str, previous: Path | None = None) -> Past:
    past = recall(out, previous, period)
    assert past is not None
    return past


def codes(past: Past) -> list[str]:
    return [problem.code for problem in past.problems]


def test_a_month_of_the_first_schema_is_read_with_defaults_for_what_came_later(tmp_path: Path) -> None:
    month = read(folder(tmp_path))
    (known,) = month.segments
    assert (month.period, month.as_of, month.customers, month.currency) == ("2026-08", "2026-09-01", 1000, "EUR")
    assert (month.id, month.features, month.since) == ("customer_id", ("recency", "frequency"), None)
    assert (known.action, known.metric, known.percent) == ("Win them back", "share who order again", 41)
    assert (known.basis, known.people, known.given) == ((), True, False)


def test_indexes_are_told_of_every_column_there_are_means_of(tmp_path: Path) -> None:
    (known,) = read(folder(tmp_path)).segments
    assert known.indexes == {"recency": 150.0, "frequency": 75.0, "balance": None}


def test_a_driver_whose_ratio_means_nothing_has_no_index(tmp_path: Path) -> None:
    year = saved()["drivers"][0] | {"index": None}
    (known,) = read(folder(tmp_path, segments=[saved(drivers=[year])])).segments
    assert known.indexes["recency"] is None


def test_what_the_second_schema_added_is_read(tmp_path: Path) -> None:
    source = {"name": "shop.csv", "customers": 1000, "id": "client"}
    segment = saved(basis=[{"column": "recency", "above": True}], people=False, given=True, outdated=None)
    made = folder(tmp_path, schema=2, source=source, segments=[segment], movement={"since": "2026-07", "days": 31})
    month = read(made)
    assert (month.schema, month.id, month.since) == (2, "client", "2026-07")
    assert month.segments[0].basis == (Basis("recency", above=True),)
    assert (month.segments[0].people, month.segments[0].given) == (False, True)


def test_rows_that_were_numbered_have_no_id(tmp_path: Path) -> None:
    assert read(folder(tmp_path / "one", columns=[{"name": "age", "use": "feature"}])).id is None
    assert read(folder(tmp_path / "two", schema=2, source={"customers": 9, "id": None})).id is None


def test_what_a_newer_version_added_is_passed_over(tmp_path: Path) -> None:
    month = read(folder(tmp_path, weather="fine", segments=[saved(mood={"of": "day"})]))
    assert month.segments[0].name == "At-risk regulars"


def test_the_pages_that_are_there_are_told(tmp_path: Path) -> None:
    made = folder(tmp_path)
    assert read(made).files == ()
    (made / "report.pdf").touch()
    assert read(made).files == ("report.pdf",)


def test_a_priority_that_is_no_segment_is_passed_over(tmp_path: Path) -> None:
    assert read(folder(tmp_path, priorities=["s9", "s1"])).priorities == ("s1",)


def test_a_report_of_today_is_read(tmp_path: Path) -> None:
    today = make_report()
    (tmp_path / "report.json").write_bytes(today.to_json())
    month = read(tmp_path)
    assert report.SCHEMA <= NEWEST
    assert (month.period, month.customers, month.worth) == (today.period, today.source.customers, today.worth)
    for known, segment in zip(month.segments, today.segments, strict=True):
        assert (known.id, known.name, known.size, known.share) == (
            segment.id,
            segment.name,
            segment.size,
            segment.share,
        )
        assert (known.action, known.metric) == (segment.action.title, segment.action.metric)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "damaged"),
        ("{", "damaged"),
        ("[1, 2]", "damaged"),
        ('{"period": "2026-08"}', "damaged"),
        ('{"schema": 1, "period": "2026-08"}', "damaged"),
        (json.dumps(written(segments=[])), "damaged"),
        (json.dumps(written(segments=[saved(size="many")])), "damaged"),
        (json.dumps(written(segments=[saved(colour="red;")])), "damaged"),
        (json.dumps(written("08/2026")), "damaged"),
        ('{"schema": 99, "all": "else is new"}', "newer version"),
    ],
)
def test_a_file_that_cannot_be_read_is_named_with_the_way_out(tmp_path: Path, content: str, said: str) -> None:
    made = tmp_path / "2026-08"
    made.mkdir()
    (made / "report.json").write_text(content, encoding="utf-8")
    problem = read_month(made)
    assert isinstance(problem, Problem)
    assert problem.text.startswith("2026-08/report.json")
    assert said in problem.text
    assert "--previous" in problem.text or "update" in problem.text


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(), lambda s: st.lists(s) | st.dictionaries(KEYS, s)
    )
)
def test_whatever_json_there_is_reading_ends_in_a_month_or_a_problem(
    tmp_path_factory: pytest.TempPathFactory, anything: Any
) -> None:
    made = tmp_path_factory.mktemp("any")
    content = written() | anything if isinstance(anything, dict) else anything
    (made / "report.json").write_text(json.dumps(content), encoding="utf-8")
    assert isinstance(read_month(made), Month | Problem)


def test_months_come_oldest_first_and_other_folders_do_not_count(tmp_path: Path) -> None:
    for period in ("2026-10", "2025-12", "2026-02"):
        folder(tmp_path, period)
    for other in ("2026-13", ".2026-09-x1", "exports", "2026-03"):  # the last is empty: no month of ours
        (tmp_path / other).mkdir()
    months, problems = months_of(tmp_path)
    assert [month.period for month in months] == ["2025-12", "2026-02", "2026-10"]
    assert problems == ()


def test_a_folder_that_is_not_there_has_no_months(tmp_path: Path) -> None:
    assert months_of(tmp_path / "new") == ((), ())
    assert recall(tmp_path / "new", None, "2026-09") is None
    assert recall(None, None, "2026-09") is None


def test_unreadable_months_are_skipped_and_told(tmp_path: Path) -> None:
    folder(tmp_path, "2026-07")
    folder(tmp_path, "2026-08", without=("report.json",))
    months, (problem,) = months_of(tmp_path)
    assert [month.period for month in months] == ["2026-07"]
    assert problem.text.startswith("2026-08/report.json cannot be read (No such file or directory)")


def test_a_folder_under_another_months_name_is_told(tmp_path: Path) -> None:
    folder(tmp_path, "2026-07").rename(tmp_path / "2026-08")
    months, (problem,) = months_of(tmp_path)
    assert months == ()
    assert "2026-08/report.json is the report of 2026-07" in problem.text


def test_the_latest_month_before_is_recalled_and_the_month_itself_is_not(tmp_path: Path) -> None:
    for period in ("2026-06", "2026-08", "2026-09", "2026-11"):
        folder(tmp_path, period, schema=2, source={"customers": 1000, "id": "customer_id"})
    past = remembered(tmp_path, "2026-09")
    assert past.month.period == "2026-08"
    assert [month.period for month in past.months] == ["2026-06", "2026-08"]
    assert past.earlier == (tmp_path / "2026-06" / "assignments.parquet",)
    assert (past.assignments, past.inputs) == tuple(
        tmp_path / "2026-08" / f"{name}.parquet" for name in ("assignments", "inputs")
    )
    assert past.model == MODEL
    assert past.problems == ()
    assert recall(tmp_path, None, "2026-06") is None


def test_where_the_latest_cannot_be_read_the_one_before_is_taken_and_told(tmp_path: Path) -> None:
    for period in ("2026-05", "2026-06", "2026-07", "2026-08"):
        folder(tmp_path, period, without=() if period in ("2026-05", "2026-07") else ("report.json",))
    past = remembered(tmp_path, "2026-09")
    assert past.month.period == "2026-07"
    assert {problem.code: problem.text[:7] for problem in past.problems} == {
        "previous_unreadable": "2026-08",
        "month_unreadable": "2026-06",
    }


def test_where_no_month_can_be_read_that_is_told_too(tmp_path: Path) -> None:
    folder(tmp_path, "2026-08", without=("report.json",))
    assert recall(tmp_path, None, "2026-09") is None
    assert [problem.code for problem in unreadable(tmp_path, "2026-09")] == ["previous_unreadable"]
    assert unreadable(tmp_path, "2026-08") == unreadable(None, "2026-09") == ()


def test_a_month_that_is_named_wins_over_a_later_one(tmp_path: Path) -> None:
    for period in ("2026-05", "2026-06", "2026-07", "2026-08"):
        folder(tmp_path, period)
    past = remembered(tmp_path, "2026-09", tmp_path / "2026-06")
    assert past.month.period == "2026-06"
    assert [month.period for month in past.months] == ["2026-05", "2026-06"]


def test_a_month_that_is_named_may_lie_anywhere_and_have_any_name(tmp_path: Path) -> None:
    kept = folder(tmp_path / "out", "2026-08").rename(tmp_path / "kept")
    past = remembered(None, "2026-09", kept)
    assert past.month.period == "2026-08"
    assert past.assignments == kept / "assignments.parquet"


@pytest.mark.parametrize("period", ["2026-08", "2026-07"])
def test_a_month_that_is_named_must_be_an_earlier_one(tmp_path: Path, period: str) -> None:
    with pytest.raises(InputError, match=f"is the report of 2026-08, not of a month before {period}"):
        recall(tmp_path, folder(tmp_path), period)


def test_a_month_that_is_named_must_hold_a_report(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"--previous .*report\.json cannot be read"):
        recall(tmp_path, tmp_path / "2026-08", "2026-09")


def test_a_model_of_an_older_schema_is_not_used_and_told(tmp_path: Path) -> None:
    (folder(tmp_path) / "model.json").write_text('{"schema": 1, "method": "kmeans"}', encoding="utf-8")
    past = remembered(tmp_path, "2026-09")
    assert (past.model, codes(past)) == (None, ["previous_schema"])
    assert past.problems[0].text == (
        "2026-08/model.json was written by an earlier version of segreport, "
        "so the segments were formed anew, and matched to those of 2026-08."
    )


@pytest.mark.parametrize("content", ["", "{}", '{"schema": 99}', '{"schema": 2}', "null"])
def test_a_model_that_cannot_be_read_is_told(tmp_path: Path, content: str) -> None:
    (folder(tmp_path) / "model.json").write_text(content, encoding="utf-8")
    past = remembered(tmp_path, "2026-09")
    assert (past.model, codes(past)) == (None, ["previous_model"])


def test_files_that_are_missing_are_told(tmp_path: Path) -> None:
    folder(tmp_path, schema=2, without=("model.json", "assignments.parquet", "inputs.parquet"))
    past = remembered(tmp_path, "2026-09")
    assert (past.model, past.assignments, past.inputs) == (None, None, None)
    assert codes(past) == ["previous_model", "previous_files", "previous_files"]


def test_a_month_of_the_first_schema_is_not_blamed_for_a_file_it_never_had(tmp_path: Path) -> None:
    folder(tmp_path, without=("inputs.parquet",))
    past = remembered(tmp_path, "2026-09")
    assert (past.inputs, past.problems) == (None, ())


def test_a_file_that_is_no_parquet_is_told(tmp_path: Path) -> None:
    (folder(tmp_path) / "assignments.parquet").write_text("nothing of the kind", encoding="utf-8")
    past = remembered(tmp_path, "2026-09")
    assert (past.assignments, codes(past)) == (None, ["previous_files"])


def test_months_that_told_customers_apart_by_another_column_do_not_say_who_was_there_before(tmp_path: Path) -> None:
    folder(tmp_path, "2026-06", columns=[{"name": "email", "use": "id"}])
    folder(tmp_path, "2026-07")
    folder(tmp_path, "2026-08")
    past = remembered(tmp_path, "2026-09")
    assert past.earlier == (tmp_path / "2026-07" / "assignments.parquet",)


@pytest.mark.parametrize(
    ("since", "period", "months"), [("2026-08", "2026-09", 1), ("2025-11", "2026-02", 3), ("2025-06", "2026-06", 12)]
)
def test_months_between_two_periods(since: str, period: str, months: int) -> None:
    assert months_between(since, period) == months


@pytest.mark.parametrize(
    "damage",
    [
        {"centres": []},
        {"centres": [[0.5, 1.0]]},
        {"names": []},
        {"until": "yesterday"},
        {"period": "August"},
        {"baselines": []},
        {"ids": ["first"]},
        {"retired": ["oo"]},
        {"ageing": ["spend"]},
        {"inputs": []},
    ],
)
def test_a_model_whose_parts_do_not_fit_together_is_told_and_not_used(tmp_path: Path, damage: dict[str, Any]) -> None:
    path = folder(tmp_path) / "model.json"
    path.write_text(json.dumps(json.loads(MODEL.to_json()) | damage), encoding="utf-8")
    past = remembered(tmp_path, "2026-09")
    assert past.model is None
    assert codes(past) == ["previous_model"]


def test_a_model_of_another_report_is_told_and_not_used(tmp_path: Path) -> None:
    folder(tmp_path, segments=[saved("s2")])
    past = remembered(tmp_path, "2026-09")
    assert past.model is None
    assert codes(past) == ["previous_model"]


def test_two_segments_of_one_id_are_no_report(tmp_path: Path) -> None:
    assert isinstance(read_month(folder(tmp_path, segments=[saved(), saved()])), Problem)


def test_the_ids_of_all_months_before_are_remembered(tmp_path: Path) -> None:
    folder(tmp_path, "2026-07", segments=[saved("s7")])
    folder(tmp_path, "2026-08")
    folder(tmp_path, "2026-10", segments=[saved("s9")])
    assert set(remembered(tmp_path, "2026-09").used) == {"s1", "s7"}
    assert set(remembered(tmp_path, "2026-09", tmp_path / "2026-07").used) == {"s1", "s7"}
