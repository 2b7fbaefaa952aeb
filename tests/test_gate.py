"""The gate holds back what readers would take for news and is a fault; what is true every month passes."""

from __future__ import annotations

import ast
import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reports import KEPT, make_months, make_report, with_movement

from segreport.cli.months import month_of
from segreport.history import Month
from segreport.mailing.gate import GONE, PARTLY, SEVERE, reasons
from segreport.report import Report
from segreport.settings import EmailSettings
from segreport.story import Warning  # noqa: A004 - report.json calls them warnings, and so do we

PACKAGE = Path(__file__).parents[1] / "segreport"
FIRST = replace(make_report(), as_of="2026-11-01")
SECOND = with_movement(FIRST, decision=KEPT)
SEPTEMBER = make_months(FIRST, decision=KEPT)[-2]
NOW = dt.date(2026, 11, 1)


def held(
    report: Report, *, previous: Month | None = SEPTEMBER, now: dt.date = NOW, max_age: int = 45
) -> tuple[str, ...]:
    return reasons(report, previous=previous, now=now, settings=EmailSettings(max_age=max_age))


def with_customers(report: Report, customers: int) -> Report:
    return replace(report, source=replace(report.source, customers=customers))


def with_warning(report: Report, code: str) -> Report:
    return replace(report, warnings=(Warning(code, "What is wrong."),))


def uncompared(report: Report) -> Report:
    """Return the report where customers could not be compared with last month's."""
    assert report.movement
    return replace(report, movement=replace(report.movement, turnover=None, flows=(), changes=()))


def test_an_ordinary_month_goes_out() -> None:
    assert held(SECOND) == ()


def test_a_first_month_goes_out() -> None:
    assert held(FIRST, previous=None) == ()


def test_data_of_the_last_allowed_day_are_fresh_and_of_a_day_before_are_not() -> None:
    assert held(SECOND, now=NOW + dt.timedelta(days=45)) == ()
    (reason,) = held(SECOND, now=NOW + dt.timedelta(days=46))
    assert reason == (
        "The data are not fresh: days are counted to November 1, 2026, 46 days ago, and [email] max_age allows 45."
    )


def test_a_month_without_a_single_day_of_data_is_held() -> None:
    (reason,) = held(replace(FIRST, as_of="2026-10-01"), previous=None)
    assert reason == "The report is called one of October 2026, but days are counted only to October 1, 2026."
    assert held(replace(FIRST, as_of="2026-10-02"), previous=None) == ()


def test_data_that_reach_into_the_next_month_are_held_with_the_way_out() -> None:
    (reason,) = held(replace(FIRST, as_of="2026-11-02"), previous=None, now=dt.date(2026, 11, 20))
    assert reason == (
        "The report is called one of October 2026, but days are counted to November 2, 2026: "
        "make it again with --as-of 2026-11-01."
    )
    december = replace(FIRST, period="2026-12", as_of="2027-01-31")
    (reason,) = held(december, previous=None, now=dt.date(2027, 2, 1))
    assert reason.endswith("--as-of 2027-01-01.")


def test_days_that_are_still_to_come_are_held_and_the_day_after_todays_data_is_none() -> None:
    assert held(FIRST, previous=None, now=dt.date(2026, 10, 31)) == ()
    (reason,) = held(FIRST, previous=None, now=dt.date(2026, 10, 30))
    assert reason == (
        "Days are counted to November 1, 2026, which is still to come: a date, --as-of or the clock is wrong."
    )


@given(st.dates(dt.date(1900, 2, 1), dt.date(2999, 1, 1)), st.integers(-400, 400))
def test_a_report_goes_out_only_under_the_month_of_its_last_day(last: dt.date, away: int) -> None:
    until, named = last + dt.timedelta(days=1), last + dt.timedelta(days=away)
    report = replace(FIRST, as_of=until.isoformat(), period=f"{named:%Y-%m}")
    same = (named.year, named.month) == (last.year, last.month)
    assert (held(report, previous=None, now=until) == ()) == same


def test_data_that_end_where_last_months_ended_are_held() -> None:
    assert SECOND.movement
    late = replace(SECOND, movement=replace(SECOND.movement, since_as_of="2026-11-01"))
    (reason,) = held(late)
    assert "no further than in the report of September 2026" in reason


@pytest.mark.parametrize(("customers", "words"), [(2400, "half or less of"), (9900, "twice or more than")])
def test_half_or_twice_the_customers_are_held(customers: int, words: str) -> None:
    (reason,) = held(with_customers(SECOND, customers))
    assert f"{words} the {SEPTEMBER.customers:,} of September 2026" in reason


@given(st.integers(1, 10_000_000), st.floats(0.501, 1.999))
def test_customers_between_half_and_twice_never_hold_a_report(before: int, ratio: float) -> None:
    after = round(before * ratio)
    if before / 2 < after < 2 * before:
        assert held(with_customers(FIRST, after), previous=replace(SEPTEMBER, customers=before)) == ()


def test_without_a_comparison_the_month_before_still_tells_how_many_customers_there_were() -> None:
    assert len(held(FIRST, previous=replace(SEPTEMBER, customers=20_000))) == 1


def test_a_segment_of_nearly_all_customers_is_held_and_named() -> None:
    first, *others = SECOND.segments
    whole = replace(SECOND, segments=(replace(first, share=0.951, percent=95), *others))
    assert held(whole) == ("“Champions” holds 95% of customers: the segments tell hardly anybody apart.",)
    assert held(replace(SECOND, segments=(replace(first, share=0.95, percent=95), *others))) == ()


def test_a_column_that_formed_segments_and_is_gone_is_told_once() -> None:
    before = replace(SEPTEMBER, features=(*SEPTEMBER.features, "visits"))
    (reason,) = held(SECOND, previous=before)
    assert reason == "“visits” is not in the data any more, and formed the segments of September 2026."
    assert held(with_warning(SECOND, GONE), previous=before) == ("What is wrong.",)


def test_a_column_that_only_described_segments_may_go() -> None:
    assert held(SECOND, previous=replace(SEPTEMBER, columns=(*SEPTEMBER.columns, "visits"))) == ()


@pytest.mark.parametrize("code", sorted(SEVERE))
def test_a_severe_warning_holds_the_report_in_its_own_words(code: str) -> None:
    assert held(with_warning(SECOND, code)) == ("What is wrong.",)


@pytest.mark.parametrize("code", ["few_customers", "short_history", "numbered_rows", "unstable_segments", PARTLY])
def test_what_is_true_every_month_holds_nothing(code: str) -> None:
    assert held(with_warning(SECOND, code)) == ()


def test_files_of_last_month_that_are_missing_hold_the_report_where_customers_could_not_be_compared() -> None:
    assert held(uncompared(with_warning(SECOND, PARTLY))) == ("What is wrong.",)


def test_every_reason_is_said_where_there_are_several() -> None:
    bad = with_warning(with_customers(replace(SECOND, as_of="2026-09-20"), 100), "other_ids")
    assert len(held(bad, now=dt.date(2027, 1, 1))) == 4


def test_every_code_that_holds_a_report_is_one_that_reports_have() -> None:
    words = {
        node.value
        for path in PACKAGE.rglob("*.py")
        if path.name != "gate.py" or path.parent.name != "mailing"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert {*SEVERE, GONE, PARTLY} <= words


@given(st.dates(dt.date(1900, 2, 1), dt.date(2999, 1, 1)))
def test_last_month_is_the_month_before_on_every_day_of_this_one(today: dt.date) -> None:
    last, this = month_of("last-month", today), f"{today:%Y-%m}"
    assert last == f"{today.replace(day=1) - dt.timedelta(days=1):%Y-%m}" < this
    assert month_of("last-month", today.replace(day=1)) == last


def test_a_month_that_is_named_stays_and_none_stays_none() -> None:
    assert month_of("2026-08", NOW) == "2026-08"
    assert month_of(None, NOW) is None
