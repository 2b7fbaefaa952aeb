"""The charts from month to month: what they say is true, their parts add up, and gaps stay gaps."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from itertools import pairwise
from xml.etree import ElementTree as ET

import plotly.graph_objects as go
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reports import HARD_NAMES, KEPT, make_months, make_report, with_movement

from segreport.charts import Quantity, Theme, charts_of, draw_live, draw_still, sizes_chart
from segreport.charts.lasting import Courses, Panels, Sums
from segreport.charts.make.changes import changes
from segreport.charts.make.months import month_ticks
from segreport.charts.make.movement import SHOWN, movement
from segreport.charts.make.trends import trend, trends
from segreport.charts.tracing import Moved
from segreport.history import LOST, NEW, RETURNED, Change, Flow, Parts
from segreport.palette import PLAIN
from segreport.report import Report
from segreport.wording import Wording

ENGLISH = Wording("en", "USD")


def with_flows(*flows: tuple[str, str, int]) -> Report:
    """Return a report of three segments that all were there last month, and of these moves."""
    report = with_movement(make_report(k=3), decision=KEPT)
    assert report.movement
    told = replace(report.movement, flows=tuple(Flow(a, b, n, None) for a, b, n in flows))
    return replace(report, movement=told)


def with_changes(*changes: Change) -> Report:
    report = with_movement(make_report(k=3), decision=KEPT)
    assert report.movement
    return replace(report, movement=replace(report.movement, changes=changes))


def without(report: Report, *periods: str) -> Report:
    """Return the report as if it had not been made in some months."""
    assert report.movement
    kept = tuple(
        replace(t, points=tuple(point for point in t.points if point.period not in periods))
        for t in report.movement.trends
    )
    return replace(report, movement=replace(report.movement, trends=kept))


def moved(report: Report) -> Moved:
    chart = movement(report, ENGLISH)
    assert chart is not None
    return chart


def summed(report: Report) -> Sums:
    chart = changes(report, ENGLISH)
    assert chart is not None
    return chart


def trended(report: Report) -> Panels:
    chart = trends(report, ENGLISH)
    assert chart is not None
    return chart


STAY = (("s1", "s1", 900), ("s2", "s2", 800), ("s3", "s3", 700))


# Who moved where


def test_the_first_month_has_no_chart_of_what_changed() -> None:
    charts = charts_of(make_report(), ENGLISH)
    assert not [key for key in charts if key in ("movement", "changes", "trends") or key.startswith("trend-")]


def test_from_the_second_month_on_every_segment_that_is_not_new_has_its_trend() -> None:
    charts = charts_of(with_movement(make_report(k=4), months=2), ENGLISH)
    assert {"movement", "changes", "trends", "trend-s1", "trend-s2", "trend-s3"} <= set(charts)
    assert "trend-s4" not in charts


def test_where_customers_cannot_be_compared_there_is_no_picture_of_moves() -> None:
    assert movement(with_flows(), ENGLISH) is None


def test_where_everyone_stayed_there_is_nothing_to_draw() -> None:
    assert movement(with_flows(*STAY), ENGLISH) is None


def test_the_title_tells_the_largest_move_between_two_segments_not_those_who_stayed_or_came() -> None:
    report = with_flows(*STAY, ("s1", "s3", 87), ("s3", "s1", 40), (NEW, "s2", 300), ("s2", LOST, 200))
    assert moved(report).title == "87 customers moved from Champions to Careful high earners since September 2026"


def test_one_customer_is_one_customer() -> None:
    assert moved(with_flows(*STAY, ("s1", "s2", 1))).title.startswith("1 customer moved from")


def test_where_customers_only_came_and_went_the_title_says_so() -> None:
    chart = moved(with_flows(*STAY, (NEW, "s2", 30), ("s2", LOST, 20)))
    assert chart.title == "No customer changed segment since September 2026"


def test_a_move_out_of_a_segment_that_is_gone_is_told_only_where_there_is_no_other() -> None:
    chart = moved(with_movement(make_report(k=5)))
    told = with_movement(make_report(k=5)).movement
    assert told
    largest = max(
        (f for f in told.flows if {f.source, f.target} <= {"s1", "s2", "s3", "s4"} and f.source != f.target),
        key=lambda f: f.customers,
    )
    assert chart.title.startswith(f"{largest.customers} customers moved from ")
    assert "Early birds" not in chart.title


def test_blocks_say_how_many_of_how_many_and_outside_ones_are_grey() -> None:
    report = with_flows(*STAY, ("s1", "s2", 100), (NEW, "s1", 30), (RETURNED, "s1", 5), ("s2", LOST, 20))
    left, right = moved(report).stages
    assert [(b.name, b.text) for b in left.blocks] == [
        ("Champions", "100 of 1,000 went"),
        ("Steady regulars", "20 of 820 went"),
        ("Careful high earners", "0 of 700 went"),
        ("New customers", "30"),
        ("Came back", "5"),
    ]
    assert [(b.name, b.text) for b in right.blocks] == [
        ("Champions", "35 of 935 came"),
        ("Steady regulars", "100 of 900 came"),
        ("Careful high earners", "0 of 700 came"),
        ("Gone", "20"),
    ]
    assert {b.colour for b in (*left.blocks[3:], right.blocks[3])} == {PLAIN}


def test_heights_are_to_scale_where_no_way_is_too_thin() -> None:
    chart = moved(with_flows(*STAY, ("s1", "s2", 60), ("s2", "s3", 30), (NEW, "s1", 10)))
    assert [round(way.share, 6) for way in chart.ways] == [0.6, 0.3, 0.1]
    assert "thicker" not in chart.note
    assert "Left out" not in chart.note


def test_what_is_left_out_or_not_to_scale_is_said() -> None:
    chart = moved(with_flows(*STAY, ("s1", "s2", 2), ("s2", LOST, 3), (NEW, "s1", 995)))
    assert [way.share for way in chart.ways] == [SHOWN, 0.995]
    assert "Left out are ways of fewer than 4 customers, but for the largest between segments" in chart.note


def test_a_new_model_is_named_as_a_reason_of_moves() -> None:
    assert "made anew" in moved(with_movement(make_report())).note
    assert "made anew" not in moved(with_movement(make_report(), decision=KEPT)).note


def test_the_table_of_moves_holds_everyone() -> None:
    report = with_movement(make_report(k=6))
    told = report.movement
    assert told
    _, rows = moved(report).table()
    counted = sum(cell.value for row in rows if isinstance(cell := row[2], Quantity))
    assert counted == sum(flow.customers for flow in told.flows)


flows = st.dictionaries(
    st.tuples(st.sampled_from(["s1", "s2", "s3", NEW, RETURNED]), st.sampled_from(["s1", "s2", "s3", LOST])).filter(
        lambda ends: ends[0] in ("s1", "s2", "s3") or ends[1] != LOST
    ),
    st.integers(0, 5000),
    max_size=18,
)


@given(flows)
def test_ways_lie_within_their_blocks_and_words_have_room(found: dict[tuple[str, str], int]) -> None:
    chart = movement(with_flows(*((a, b, n) for (a, b), n in found.items())), ENGLISH)
    if chart is None:
        assert all(a == b or not n for (a, b), n in found.items())
        return
    left, right = chart.stages
    for way in chart.ways:
        assert way.leave + way.share <= left.blocks[way.source].share + 1e-9
        assert way.arrive + way.share <= right.blocks[way.target].share + 1e-9
    for stage in chart.stages:
        middles = [t + b.share / 2 for t, b in zip(chart.tops(stage), stage.blocks, strict=True)]
        assert all(b - a >= chart.least for a, b in pairwise(middles))


def test_a_segment_stands_at_the_same_height_in_both_months_so_that_no_move_is_level() -> None:
    chart = moved(with_movement(make_report(k=6)))
    sides = [
        {b.name: top + b.share / 2 for top, b in zip(chart.tops(stage), stage.blocks, strict=True)}
        for stage in chart.stages
    ]
    both = set(sides[0]) & set(sides[1])
    assert len(both) == 5
    assert all(sides[0][name] == pytest.approx(sides[1][name]) for name in both)


# What made the difference


def test_changes_add_up_by_row_and_by_column() -> None:
    for decision in (KEPT, None):
        report = make_report(k=5)
        chart = summed(with_movement(report, decision=decision) if decision else with_movement(report))
        for row in (*chart.rows, chart.whole):
            assert sum(row.parts[:-1]) == row.change == row.parts[-1]
        assert [sum(parts) for parts in zip(*(r.parts for r in chart.rows), strict=True)] == list(chart.whole.parts)


def test_parts_that_are_zero_everywhere_have_no_column() -> None:
    chart = summed(with_movement(make_report(), decision=KEPT))
    assert chart.heads == ("New or back", "Gone", "Time passing", "Behaviour", "Change")
    assert "Our model:" not in chart.note


def test_the_title_of_changes_tells_the_largest_and_its_largest_part() -> None:
    chart = summed(
        with_changes(
            Change("s1", 100, 90, Parts(arrivals=20, departures=-30)),
            Change("s2", 200, 231, Parts(behaviour=40, ageing=-9)),
        )
    )
    assert chart.title == (
        "Steady regulars: 31 customers more than in September 2026; the largest part is what customers did (+40)"
    )
    assert chart.alt.startswith("Champions from 100 to 90 customers (new or back +20 and gone -30)")


def test_a_month_without_change_is_told_without_a_largest_one() -> None:
    chart = summed(with_changes(Change("s1", 100, 100, Parts())))
    assert chart.title == "Segments have as many customers as in September 2026"
    assert draw_still(chart, Theme()).startswith("<svg")
    assert go.Figure(draw_live(chart, Theme())).layout.height > 0


# Over the months


def test_trends_say_who_grew_or_shrank_most_since_the_first_month() -> None:
    chart = trended(with_movement(make_report(), months=6))
    first, last = chart.panels[0].said[0], chart.panels[0].said[-1]
    assert chart.title == f"Champions grew most since May 2026: from {first} to {last} customers"
    assert chart.panels[0].text == f"from {first} to {last}"


def test_a_missing_month_leaves_a_gap_and_the_note_says_so() -> None:
    chart = trended(without(with_movement(make_report(), months=6), "2026-07"))
    assert chart.places == (0, 1, 3, 4, 5)
    assert chart.runs(chart.panels[0]) == [[0, 1], [2, 3, 4]]
    assert "A gap is a month without a report." in chart.note
    assert "gap" not in trended(with_movement(make_report())).note


def test_a_new_segment_is_a_dot_in_the_last_month() -> None:
    chart = trended(with_movement(make_report(k=3), months=3))
    born = chart.panels[-1]
    assert chart.runs(born) == [[2]]
    assert born.text == born.said[-1]
    assert math.isnan(born.values[0])
    assert chart.table()[1][0][-1] == Quantity(born.values[0], "count")


def test_a_segments_trend_shows_customers_value_and_drivers_around_the_average() -> None:
    report = with_movement(make_report(k=3))
    chart = trend(report, report.segments[0], ENGLISH)
    assert chart is not None
    assert [panel.name for panel in chart.panels][:2] == ["Customers", "Share of revenue"]
    assert [panel.base for panel in chart.panels] == [0.0, 0.0, *[100.0] * (len(chart.panels) - 2)]
    assert all(panel.axis.low <= panel.base <= panel.axis.high for panel in chart.panels)


def test_without_value_or_indexes_a_trend_is_of_customers_alone() -> None:
    report = with_movement(make_report(k=3, value=False))
    assert report.movement
    bare = tuple(replace(t, columns=()) for t in report.movement.trends)
    report = replace(report, movement=replace(report.movement, trends=bare))
    chart = trend(report, report.segments[0], ENGLISH)
    assert chart is not None
    assert [panel.name for panel in chart.panels] == ["Customers"]
    assert chart.note == ""


def test_sizes_have_a_line_only_where_a_segment_lived() -> None:
    chart = sizes_chart(make_months(make_report(k=4), months=5), ENGLISH)
    lived = {line.name: line.known for line in chart.lines}
    assert lived["Champions"] == (0, 1, 2, 3, 4)
    assert lived["Early birds"] == (0, 1, 2, 3)
    assert lived["Young bargain seekers"] == (4,)
    ended = next(line for line in chart.lines if line.name == "Early birds")
    assert ended.text == f"{ended.said[3]}, Sep 2026"


def test_a_segment_that_ended_is_not_told_to_have_shrunk_most() -> None:
    assert "Early birds" not in sizes_chart(make_months(make_report(k=4), months=5), ENGLISH).title


def test_one_month_alone_is_drawn_as_dots() -> None:
    chart = sizes_chart(make_months(make_report(), months=2)[-1:], ENGLISH)
    assert chart.title == "Customers of each segment in October 2026"
    assert draw_still(chart, Theme()).count("h0") == 5


def test_months_count_in_any_order() -> None:
    months = make_months(make_report(), months=5)
    assert sizes_chart(months[::-1], ENGLISH) == sizes_chart(months, ENGLISH)


@pytest.mark.parametrize(("first", "last"), [("2026-09", "2026-10"), ("2024-11", "2026-10"), ("2020-01", "2026-12")])
def test_months_are_named_evenly_apart_and_few(first: str, last: str) -> None:
    places = [place for place, _ in month_ticks(first, last, ENGLISH, most=5)]
    assert 1 < len(places) <= 5
    assert len({b - a for a, b in pairwise(places)}) == 1


# Drawings


SIZES = {
    "two months, two segments": sizes_chart(make_months(make_report(k=2), months=2), ENGLISH),
    "24 months, 12 segments": sizes_chart(make_months(make_report(k=12), months=24), ENGLISH),
    "hard names": sizes_chart(make_months(make_report(k=6, names=HARD_NAMES), months=3), ENGLISH),
}


@pytest.mark.parametrize("name", SIZES)
def test_sizes_are_drawn_still_and_live(name: str) -> None:
    chart = SIZES[name]
    svg = ET.fromstring(draw_still(chart, Theme()))  # noqa: S314 - our own drawing
    tall = float(svg.get("height", "0"))
    assert all(0 < float(text.get("y", "0")) <= tall for text in svg.findall(".//{*}text"))
    assert len(draw_still(chart, Theme())) < 12_000
    figure = draw_live(chart, Theme())
    assert json.dumps(figure, allow_nan=False)
    assert go.Figure(figure).layout.height > 0
    assert isinstance(chart, Courses)


def test_names_of_both_months_are_isolated_in_sentences() -> None:
    report = with_movement(make_report(k=3, names=HARD_NAMES))
    assert report.movement
    gone = replace(report.movement.before[-1], name="אבג")
    told = replace(report.movement, before=(*report.movement.before[:-1], gone))
    alt = charts_of(replace(report, movement=told), ENGLISH)["movement"].alt
    assert "\u2068אבג\u2069" in alt
    assert f"\u2068{HARD_NAMES[0]}\u2069" in sizes_chart(make_months(report), ENGLISH).alt


def test_live_figures_stay_lean() -> None:
    charts = charts_of(with_movement(make_report(k=12, columns=10), months=24), ENGLISH)
    sizes = {key: len(json.dumps(draw_live(c, Theme()))) for key, c in charts.items()}
    assert sizes["movement"] < 30_000
    assert sizes["trends"] < 30_000
    assert sizes["trend-s1"] < 12_000
