from __future__ import annotations

from typing import Any

from segreport.history.movement import Known, Month, Trend
from segreport.history.trends import trends_of


def known(ident: str, size: int, **indexes: float | None) -> Known:
    return Known(ident, ident.upper(), "#1470ad", size, size / 100, size, 10.0 * size, 0.5, indexes, "Write", "orders")


def month(period: str, *segments: Known, since: str | None = None, **changed: Any) -> Month:
    values = {"worth": "revenue", "value_columns": ("monetary",), "currency": None} | changed
    return Month(
        schema=2,
        period=period,
        as_of=f"{period}-28",
        title="",
        headline="",
        customers=100,
        id="id",
        features=(),
        columns=(),
        segments=segments,
        priorities=(),
        since=since,
        **values,
    )


def trends(months: list[Month], *segments: Known) -> tuple[Trend, ...]:
    return trends_of(months, segments, "2026-09", worth="revenue", value_columns=("monetary",), currency=None)


def periods(trend: Trend) -> list[str]:
    return [point.period for point in trend.points]


def test_a_segment_is_followed_oldest_month_first_and_this_one_last() -> None:
    months = [month("2026-07", known("s1", 20)), month("2026-08", known("s1", 30), since="2026-07")]
    (trend,) = trends(months, known("s1", 40))
    assert [(p.period, p.size, p.value) for p in trend.points] == [
        ("2026-07", 20, 200.0),
        ("2026-08", 30, 300.0),
        ("2026-09", 40, 400.0),
    ]


def test_a_month_in_which_the_segment_was_not_there_has_no_point() -> None:
    months = [
        month("2026-06", known("s1", 20)),
        month("2026-07", known("s2", 20), since="2026-06"),
        month("2026-08", known("s1", 20), known("s2", 5), since="2026-07"),
    ]
    one, two, new = trends(months, known("s1", 20), known("s2", 20), known("s3", 1))
    assert periods(one) == ["2026-06", "2026-08", "2026-09"]
    assert periods(two) == ["2026-07", "2026-08", "2026-09"]
    assert periods(new) == ["2026-09"]


def test_months_whose_ids_were_not_carried_on_do_not_count() -> None:
    months = [
        month("2026-05", known("s1", 20)),
        month("2026-06", known("s1", 20), since="2026-05"),
        month("2026-07", known("s1", 20)),  # began anew: its s1 is another segment
        month("2026-08", known("s1", 20), since="2026-07"),
    ]
    assert periods(trends(months, known("s1", 20))[0]) == ["2026-07", "2026-08", "2026-09"]


def test_a_month_that_was_passed_over_does_not_count() -> None:
    months = [
        month("2026-06", known("s1", 20)),
        month("2026-07", known("s1", 20), since="2026-06"),
        month("2026-08", known("s1", 20), since="2026-06"),
    ]
    assert periods(trends(months, known("s1", 20))[0]) == ["2026-06", "2026-08", "2026-09"]


def test_a_month_that_names_itself_or_a_later_one_ends_the_way_back() -> None:
    months = [month("2026-07", known("s1", 20), since="2026-08"), month("2026-08", known("s1", 20), since="2026-07")]
    assert periods(trends(months, known("s1", 20))[0]) == ["2026-07", "2026-08", "2026-09"]


def test_months_that_counted_another_value_tell_none() -> None:
    for changed in ({"worth": "profit"}, {"value_columns": ("monetary", "fees")}):
        (trend,) = trends([month("2026-08", known("s1", 20), **changed)], known("s1", 20))
        assert [(p.value, p.value_share) for p in trend.points] == [(None, None), (200.0, 0.5)]


def test_a_month_in_another_currency_tells_the_share_of_value_only() -> None:
    (trend,) = trends([month("2026-08", known("s1", 20), currency="CHF")], known("s1", 20))
    assert [(p.value, p.value_share) for p in trend.points] == [(None, 0.5), (200.0, 0.5)]


def test_the_two_main_drivers_of_this_month_are_followed() -> None:
    before = known("s1", 20, balance=80.0, spend=90.0)
    (trend,) = trends([month("2026-08", before)], known("s1", 20, born=None, spend=150.0, visits=140.0, balance=60.0))
    assert trend.columns == ("spend", "visits")
    assert [point.indexes for point in trend.points] == [
        {"spend": 90.0, "visits": None},
        {"spend": 150.0, "visits": 140.0},
    ]


def test_without_earlier_months_there_is_one_point() -> None:
    assert periods(trends([], known("s1", 20))[0]) == ["2026-09"]
