"""Shares add up to 100 as they are printed, and the same share is printed the same wherever it stands."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reports import as_printed, make_orders, make_report
from test_prose import SOURCES, told

from segreport.charts import charts_of
from segreport.charts.kinds import Chart, Stack
from segreport.charts.tracing import Traced
from segreport.orders import Cell
from segreport.pages import Drawn, render_html
from segreport.report import Report
from segreport.settings import ReportSettings
from segreport.wording import Wording, whole_percents

ENGLISH = Wording()
sizes = st.lists(st.integers(0, 10**7), min_size=1, max_size=12).filter(lambda found: sum(found) > 0)
amounts = st.lists(st.floats(-1e3, 1e6), min_size=1, max_size=12).filter(lambda found: sum(found) > 1)


def shares_of(parts: Sequence[float]) -> list[float]:
    return [part / sum(parts) for part in parts]


@given(sizes | amounts)
def test_printed_shares_add_up_to_100_and_none_is_off_by_1(parts: list[float]) -> None:
    shares = shares_of(parts)
    printed = whole_percents(shares)
    assert sum(printed) == 100
    assert all(abs(percent - 100 * share) < 1 + 1e-6 for percent, share in zip(printed, shares, strict=True))


@given(sizes)
def test_the_order_of_segments_decides_nothing_but_between_equals(parts: list[int]) -> None:
    printed = dict(zip(parts, whole_percents(shares_of(parts)), strict=True))
    if len(printed) == len(parts):
        turned = parts[::-1]
        assert dict(zip(turned, whole_percents(shares_of(turned)), strict=True)) == printed
        assert all(printed[a] <= printed[b] for a in parts for b in parts if a < b)


@pytest.mark.parametrize(
    ("shares", "printed"),
    [
        ((1 / 3, 1 / 3, 1 / 3), (34, 33, 33)),
        ((0.125, 0.125, 0.75), (13, 12, 75)),
        ((0.29, 0.57, 0.14), (29, 57, 14)),
        ((0.996, 0.004), (100, 0)),
        ((1.4, -0.4), (140, -40)),
        ((1.0,), (100,)),
        ((), ()),
    ],
)
def test_the_largest_remainders_are_rounded_up(shares: tuple[float, ...], printed: tuple[int, ...]) -> None:
    assert whole_percents(shares) == printed


@given(sizes)
def test_what_is_there_is_never_printed_as_nothing_nor_a_part_as_all(parts: list[int]) -> None:
    shares = shares_of(parts)
    for percent, share in zip(whole_percents(shares), shares, strict=True):
        said = ENGLISH.whole(percent, share)
        assert (said == "0%") == (share == 0)
        assert (said == "100%") == (share > 1 - 1e-9)
        assert ("<" in said) == (0 < share < 0.01 and percent == 0)


@given(st.floats(0, 1))
def test_a_share_by_itself_is_never_printed_as_nothing_nor_a_part_as_all(share: float) -> None:
    said = ENGLISH.percent(share)
    assert (said == "0%") == (share == 0)
    assert (said == "100%") == (share > 1 - 1e-9)
    assert ENGLISH.percent(-0.001) == "0%"


# In a report


def percents(texts: Sequence[str]) -> list[int]:
    """The whole percents of texts; "<1%" is none and ">99%" all."""
    found = [re.search(r"([<>]?)(-?\d+)\s?%", text) for text in texts]
    return [{"<": 0, ">": 100}.get(match[1], int(match[2])) for match in found if match]


def with_shares(report: Report, shares: Sequence[float], worth: Sequence[float]) -> Report:
    parts = zip(report.segments, shares, worth, strict=True)
    return replace(report, segments=as_printed([replace(s, share=a, value_share=b) for s, a, b in parts]))


def columns_of(chart: Chart) -> list[list[str]]:
    """The columns of printed shares in a chart's table."""
    columns = zip(*chart.table()[1], strict=True)
    return [
        [str(cell) for cell in column] for column in columns if all(isinstance(c, str) and "%" in c for c in column)
    ]


THIRDS = [(1 / 3, 1 / 3, 1 / 3), (0.115, 0.245, 0.64), (0.004, 0.991, 0.005), (0.105, 0.445, 0.45)]


@pytest.mark.parametrize("shares", THIRDS)
@pytest.mark.parametrize("worth", THIRDS)
def test_the_same_share_is_printed_the_same_everywhere(shares: tuple[float, ...], worth: tuple[float, ...]) -> None:
    report = with_shares(make_report(k=3), shares, worth)
    charts = charts_of(report, ENGLISH)
    strip = charts["share"]
    assert isinstance(strip, Stack)
    printed = [[s.of_customers(ENGLISH) for s in report.segments], [s.of_value(ENGLISH) for s in report.segments]]
    assert columns_of(strip) == printed
    assert [sum(percents(column)) for column in printed] == [100, 100]
    page = render_html(report, {key: Drawn(chart, "", (), ()) for key, chart in charts.items()}, ReportSettings())
    for segment, mine, part in zip(report.segments, *printed, strict=True):
        row, said = glance(page, segment.id)
        assert row[1:3] == [mine, part]
        assert f"customers, {mine} of all; {part} of revenue" in said
        assert f"{segment.name}: {mine} of customers, {part} of revenue" in strip.alt


def glance(page: str, ident: str) -> tuple[list[str], str]:
    """A segment's cells in the table at a glance, and the words of its own page."""
    text = page.replace("&lt;", "<").replace("&gt;", ">")
    table = text[text.index('<table class="glance">') :]
    row = next(row for row in table.split("<tr>") if f'href="#{ident}"' in row)
    cells = re.findall(r'<td class="n[^"]*">(.*?)</td>', row)
    own = text[text.index(f'<section id="{ident}"') :]
    return cells, re.sub(r"\s+", " ", re.sub(r"</?(p|b|span|bdi)\b[^>]*>", " ", own[:4000]))


@pytest.mark.parametrize("name", ["shop", "orders", "personality", "superstore"])
def test_shares_of_a_real_report_add_up_wherever_they_are_listed(name: str) -> None:
    assert name in SOURCES
    report, wording = told(name)
    assert sum(s.percent for s in report.segments) == 100
    assert sum(s.size for s in report.segments) == report.source.customers
    assert all(abs(s.percent - 100 * s.share) < 1 for s in report.segments)
    assert sum(s.value_percent or 0 for s in report.segments) == 100
    assert math.isclose(sum(s.value or 0 for s in report.segments), report.overall.value or 0)
    charts = charts_of(report, wording)
    assert [sum(percents(column)) for column in columns_of(charts["share"])] == [100, 100]
    traces = charts["traces"]
    assert isinstance(traces, Traced)
    assert {sum(percents([block.text for block in stage.blocks])) for stage in traces.stages} == {100}
    chosen = {block.name: block.text for block in traces.stages[traces.chosen].blocks}
    assert chosen == {s.name: s.of_customers(wording) for s in report.segments}
    if report.orders:
        assert [sum(percents(column)) for column in columns_of(charts["scores"])] == [100, 100]


@given(st.lists(st.integers(1, 500), min_size=1, max_size=25))
def test_the_cells_of_any_grid_add_up(customers: list[int]) -> None:
    cells = tuple(Cell(1 + i // 5, 1 + i % 5, n, 3.7 * n * (i + 1)) for i, n in enumerate(customers))
    chart = charts_of(make_report(orders=make_orders(grid=cells)), ENGLISH)["scores"]
    assert [sum(percents(column)) for column in columns_of(chart)] == [100, 100]
