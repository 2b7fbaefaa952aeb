"""Charts are data: what they say is tested on the values, and every drawing of every awkward report is valid."""

from __future__ import annotations

import json
import math
import re
from dataclasses import replace
from itertools import pairwise
from xml.etree import ElementTree as ET

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reports import HARD_NAMES, KEPT, SCALES, as_printed, make_orders, make_report, with_movement

from segreport.charts import Chart, Quantity, Theme, charts_of, draw_live, draw_still
from segreport.charts.buying import Grid, Months
from segreport.charts.kinds import Curve, Heatmap, Histogram, Stack
from segreport.charts.make import back, buying, front
from segreport.charts.make import segment as one_segment
from segreport.charts.make.scale import axis_over, ticks_within
from segreport.charts.still.fonts import advances
from segreport.charts.still.leaders import lay_out
from segreport.charts.still.sheet import Sheet
from segreport.charts.words import cells, isolated, shorten, wrap
from segreport.orders import Cell, Limits, Month, OrderFacts
from segreport.palette import PALETTE, luminance, readable_on
from segreport.profiles import Driver
from segreport.report import Report
from segreport.wording import Wording

ENGLISH = Wording("en", "USD")
THEME = Theme(ink="#111213", muted="#515253")
REPORTS = {
    "usual": make_report(),
    "smallest": make_report(k=2, columns=2, value=False, category=False),
    "largest": make_report(k=12, columns=60),
    "two segments, many columns": make_report(k=2, columns=60, value=False),
    "many segments, two columns": make_report(k=12, columns=2),
    "hard names": make_report(k=6, columns=6, names=HARD_NAMES, labels=HARD_NAMES),
    "long names": make_report(k=12, columns=12, names=[f"{i} " + "very long name " * 5 for i in range(12)]),
    "orders": make_report(columns=8, orders=make_orders()),
    "second month": with_movement(make_report(k=2, columns=2, value=False, category=False), months=2),
    "two years": with_movement(make_report(k=12, columns=4), months=24, decision=KEPT),
    "months of hard names": with_movement(make_report(k=6, columns=6, names=HARD_NAMES, labels=HARD_NAMES)),
    "one order each, ten years, returns": make_report(
        k=3,
        columns=3,
        names=HARD_NAMES,
        orders=make_orders(
            grid=(Cell(5, 1, 4999, -80.0), Cell(2, 1, 1, -5.0)),
            months=tuple(Month(f"{2005 + i // 12}-{i % 12 + 1:02d}", 10, 100.0 - 3 * i) for i in range(120) if i != 40),
            scales=(replace(SCALES[1], limits=(1.0,) * 4, steps=((1, "up to 1"),)),),
            limits=Limits(can_repeat=False),
            repeaters=0.0,
            timed=False,
        ),
    ),
}


@pytest.fixture(scope="module", params=REPORTS)
def report(request: pytest.FixtureRequest) -> Report:
    return REPORTS[request.param]


@pytest.fixture(scope="module")
def charts(report: Report) -> dict[str, Chart]:
    return charts_of(report, ENGLISH)


@pytest.fixture(scope="module")
def stills(charts: dict[str, Chart]) -> dict[str, ET.Element]:
    return {key: ET.fromstring(draw_still(chart, THEME)) for key, chart in charts.items()}  # noqa: S314 - our own drawing


def with_shares(report: Report, *pairs: tuple[float, float | None]) -> Report:
    segments = [replace(s, share=a, value_share=b) for s, (a, b) in zip(report.segments, pairs, strict=True)]
    return replace(report, segments=as_printed(segments))


def with_silhouettes(values: dict[int, float], k: int) -> Report:
    report = REPORTS["usual"]
    usual = report.choice.scores[0]
    scores = tuple(replace(usual, k=n, inertia=100.0 / n, silhouette=value) for n, value in values.items())
    return replace(report, choice=replace(report.choice, k=k, scores=scores, chosen_by="silhouette"))


def profile_of(report: Report) -> Heatmap:
    chart = front.profile_heatmap(report, ENGLISH)
    assert chart is not None
    return chart


# What charts say


def test_the_strip_names_the_segment_that_brings_least_for_its_number_since_the_headline_names_the_best() -> None:
    report = with_shares(make_report(k=2), (0.89, 0.54), (0.11, 0.46))
    title = front.share_strip(report, ENGLISH).title
    assert title == f"{report.segments[0].name} are 89% of customers and bring 54% of revenue"


def test_without_value_there_is_one_strip_and_its_title_counts_segments() -> None:
    report = with_shares(make_report(k=5, value=False), *((share, None) for share in (0.4, 0.2, 0.19, 0.11, 0.1)))
    chart = front.share_strip(report, ENGLISH)
    assert [strip.label for strip in chart.strips] == ["Customers"]
    assert chart.title == "Three segments hold 79% of customers"


def test_two_segments_without_value_are_told_by_the_largest() -> None:
    report = with_shares(make_report(k=2, value=False), (0.5, None), (0.5, None))
    assert front.share_strip(report, ENGLISH).title == "Champions: 50% of customers, the largest segment"


def test_a_value_below_zero_leaves_one_strip_and_says_why() -> None:
    report = with_shares(make_report(k=2), (0.5, 1.2), (0.5, -0.2))
    chart = front.share_strip(report, ENGLISH)
    assert len(chart.strips) == 1
    assert "less than no revenue" in chart.note


@pytest.mark.parametrize(
    ("values", "k", "title"),
    [
        ({2: 0.4, 5: 0.55, 6: 0.5}, 5, "Silhouette is highest at 5 segments: 0.550"),
        ({2: 0.6, 5: 0.55}, 5, "Silhouette is highest at 2 segments: 0.600; 5 were chosen"),
        ({4: 0.5, 5: 0.5, 6: 0.4}, 4, "Silhouette is highest at 4 and 5 segments: 0.500"),
        ({4: 0.5}, 4, "4 segments reach a silhouette of 0.500, 0.080 above what data without groups reach"),
        ({4: math.nan}, 4, "4 segments were made; no candidate has a silhouette"),
    ],
)
def test_the_choice_title_is_true_for_ties_single_candidates_and_other_choices(
    values: dict[int, float], k: int, title: str
) -> None:
    assert back.choice(with_silhouettes(values, k), ENGLISH).title == title


def test_the_choice_title_says_how_far_a_consensus_lies_over_chance() -> None:
    told = with_silhouettes({2: 0.6, 5: 0.55}, 5).choice
    chosen = replace(told, chosen_by="consensus", scores=tuple(replace(s, excess=-0.012) for s in told.scores))
    chart = back.choice(replace(REPORTS["usual"], choice=chosen), ENGLISH)
    assert chart.title == "5 segments reach a silhouette of 0.550, 0.012 below what data without groups reach"


def test_the_chosen_k_is_marked_on_every_curve() -> None:
    chart = back.choice(with_silhouettes({2: 0.4, 5: 0.55, 6: 0.5}, 5), ENGLISH)
    assert [(curve.marked, curve.mark) for curve in chart.curves] == [(1, "5 segments")] * 3


@pytest.mark.parametrize(
    ("ys", "side"), [((1, 3, 2), "above"), ((3, 2, 1), "right"), ((1, 2, 3), "left"), ((3, 1, 2), "below")]
)
def test_a_mark_stands_where_the_curve_does_not_run(ys: tuple[float, ...], side: str) -> None:
    assert Curve("", ys, ("",) * 3, None, axis_over(ys, ENGLISH), 1, "").mark_side == side


def test_drivers_are_labelled_with_the_units_once() -> None:
    report = make_report(columns=1)
    driver = Driver("c0", None, 86.5, 60.6, 143.0, 1.0)
    level = Driver("country", "France", 0.34, 0.2, 170.0, -0.3)
    segment = replace(report.segments[0], drivers=(driver, level))
    chart = one_segment.drivers(report, segment, ENGLISH)
    assert chart is not None
    assert [(bar.label, bar.text) for bar in chart.bars] == [
        ("Annual income", "86.5 k$ vs 60.6"),
        ("Country: France", "34% vs 20%"),
    ]
    assert chart.title == "Champions: Annual income above average, Country: France below"


def test_a_segment_that_differs_in_nothing_has_no_driver_chart() -> None:
    report = make_report()
    segment = replace(report.segments[0], drivers=())
    charts = charts_of(replace(report, segments=(segment, *report.segments[1:])), ENGLISH)
    assert "drivers-s1" not in charts
    assert "spreads-s1" in charts  # how alike it is can be seen all the same
    assert "drivers-s2" in charts


def test_the_profile_leaves_blank_only_what_does_not_differ() -> None:
    report = make_report(columns=3)
    for segment, column in ((s, j) for j, s in enumerate(report.segments)):
        chart = profile_of(report)
        texts = {row: tiles[column].text for row, tiles in zip(chart.rows, chart.tiles, strict=True) if tiles[column]}  # type: ignore[union-attr] # just asked
        labels = {c.name: c.label for c in report.columns}
        assert all(not texts[labels[name]] for name in segment.alike if labels[name] in texts)
        assert all(texts[labels[d.column]] for d in segment.drivers)


def test_a_column_that_is_no_driver_is_not_marked_however_far_its_mean_lies() -> None:
    report = make_report(columns=3)
    first = replace(report.segments[0], drivers=(), alike=(), centre={"c0": 90.0, "c1": 50.2, "c2": 38.9})
    chart = profile_of(replace(report, segments=(first, *report.segments[1:])))
    tile = chart.tiles[chart.rows.index("Annual income")][0]
    assert tile is not None
    assert (tile.text, tile.strength, tile.cell) == ("", 0.0, Quantity(90.0, "k$"))


def test_where_no_segment_differs_there_is_no_profile() -> None:
    report = make_report()
    assert "profile" not in charts_of(
        replace(report, segments=tuple(replace(s, drivers=()) for s in report.segments)), ENGLISH
    )


def test_many_columns_are_cut_to_twenty_and_the_note_says_so() -> None:
    report = REPORTS["largest"]
    chart = profile_of(report)
    assert len(chart.rows) == 20
    assert re.search(r"The 20 columns that differ most, of \d\d\.", chart.note)
    triangle = back.correlations(report, ENGLISH)
    assert triangle is not None
    assert len(triangle.names) == 20


def test_distributions_come_twelve_a_chart() -> None:
    pages = back.distributions(REPORTS["largest"], ENGLISH)
    assert [len(page.panels) for page in pages] == [12] * 5
    assert [page.key for page in pages] == [f"distributions-{n}" for n in range(1, 6)]


def test_missing_values_are_drawn_only_where_there_are_any() -> None:
    report = make_report(columns=2, category=False)
    whole = replace(report, columns=tuple(replace(c, missing=0) for c in report.columns))
    assert back.missing(whole, ENGLISH) is None
    chart = back.missing(report, ENGLISH)
    assert chart is not None
    assert chart.title == "Spending score is missing for 1% of customers"
    assert chart.table()[1] == (("Spending score", Quantity(35, "count"), Quantity(0.007, "share")),)


def test_correlations_need_two_columns_and_weak_ones_are_called_weak() -> None:
    one = make_report(k=2, columns=1, category=False)
    assert back.correlations(one, ENGLISH) is None
    two = make_report(k=2, columns=2, category=False)
    weak = replace(two, overall=replace(two.overall, correlations=((1.0, -0.1), (-0.1, 1.0))))
    chart = back.correlations(weak, ENGLISH)
    assert chart is not None
    assert chart.title == "No two columns move together closely; the largest correlation is -0.10"


def test_without_a_map_there_is_no_map_chart() -> None:
    report = make_report()
    assert "map" not in charts_of(replace(report, map=replace(report.map, cells=())), ENGLISH)


def grid_of(orders: OrderFacts) -> Grid:
    chart = buying.scores(make_report(orders=orders), ENGLISH)
    assert chart is not None
    return chart


def months_of(orders: OrderFacts, wording: Wording = ENGLISH) -> Months:
    chart = buying.months(make_report(orders=orders), wording)
    assert chart is not None
    return chart


def test_without_orders_there_is_neither_grid_nor_months_and_no_note_speaks_of_days() -> None:
    charts = charts_of(REPORTS["usual"], ENGLISH)
    assert not {"scores", "months"} & set(charts)
    assert not any("Days are counted" in chart.note for chart in charts.values())


def test_the_grid_tells_how_many_buy_recently_and_often_and_what_they_bring() -> None:
    cells = (Cell(5, 5, 10, 500.0), Cell(4, 4, 20, 100.0), Cell(5, 3, 30, 100.0), Cell(1, 1, 40, 300.0))
    chart = grid_of(make_orders(grid=cells))
    assert chart.title == "30% of customers bought recently and often; they bring 60% of revenue"
    assert "Recently: the last order at most 33 days ago; often: 3 orders or more." in chart.note
    best = chart.squares[0][-1]
    assert best is not None
    assert (best.text, best.under) == ("10%", "50% of revenue")
    assert chart.table()[1][0] == (
        Quantity(5, "count"), Quantity(5, "count"), Quantity(10, "count"), "10%", Quantity(500.0, "amount"), "50%",
    )  # fmt: skip


def test_scores_that_ties_skip_have_no_row_in_the_grid() -> None:
    chart = grid_of(make_orders())
    assert [head.score for head in chart.up] == [5, 4, 3, 1]
    assert [head.score for head in chart.across] == [1, 2, 3, 4, 5]
    assert chart.best == (2, 2)


@pytest.mark.parametrize(
    ("changed", "title"),
    [
        ({"limits": Limits(can_repeat=False)}, "Nobody ordered more than once"),
        ({"grid": (Cell(5, 1, 9, 1.0), Cell(1, 5, 1, 9.0))}, "66% of customers ordered more than once"),
        ({"grid": (Cell(5, 5, 9, 3.0), Cell(1, 5, 1, -9.0))}, "90% of customers bought recently and often"),
        ({"grid": (Cell(5, 5, 9, 30.0), Cell(1, 5, 1, -9.0))}, "90% of customers bought recently and often"),
    ],
)
def test_the_grids_title_says_no_more_than_is_so(changed: dict[str, object], title: str) -> None:
    assert grid_of(make_orders(**changed)).title == title


def test_the_months_name_the_best_one_and_which_may_be_incomplete() -> None:
    months = (Month("2026-08", 5, 50.0), Month("2026-09", 6, 90.0), Month("2026-10", 2, 20.0))
    chart = months_of(make_orders(first="2026-08-02T09:00:00", as_of="2026-10-20T09:30:00", months=months))
    assert chart.title == "September 2026 has the highest revenue: $90.00"
    assert chart.whole == (False, True, False)
    assert "so August 2026 and October 2026 (lighter) may be incomplete" in chart.note
    assert chart.panels[0].marked == 1
    assert chart.table()[1][1] == ("September 2026", Quantity(90.0, "amount"), Quantity(6.0, "count"))


def test_months_that_the_orders_cover_whole_are_not_called_incomplete() -> None:
    months = (Month("2026-08", 5, 50.0), Month("2026-09", 6, 90.0))
    chart = months_of(make_orders(first="2026-08-01", as_of="2026-10-01", timed=False, months=months))
    assert all(chart.whole)
    assert "incomplete" not in chart.note


def test_a_month_without_orders_leaves_a_gap() -> None:
    months = (Month("2025-11", 5, 50.0), Month("2026-02", 6, 90.0))
    assert months_of(make_orders(months=months)).places == (0, 3)


def test_one_month_is_not_drawn() -> None:
    assert buying.months(make_report(orders=make_orders(months=(Month("2026-09", 6, 90.0),))), ENGLISH) is None


@given(st.integers(2, 400), st.integers(0, 11))
def test_at_most_eight_months_are_named_evenly_apart(count: int, start: int) -> None:
    months = tuple(Month(f"{1990 + (start + i) // 12}-{(start + i) % 12 + 1:02d}", 1, 1.0) for i in range(count))
    places = [place for place, _ in months_of(make_orders(months=months)).ticks]
    assert 1 <= len(places) <= 8
    assert all(0 <= place < count for place in places)
    assert len({b - a for a, b in pairwise(places)}) <= 1


def test_every_chart_that_shows_or_names_days_says_to_when_they_are_counted() -> None:
    charts = charts_of(REPORTS["orders"], ENGLISH)
    noted = {key for key, chart in charts.items() if "Days are counted to October 31, 2026, 12:50." in chart.note}
    assert {"profile", "scores", "distributions-1", "correlations", "spreads-s1"} <= noted
    assert not {"share", "choice", "silhouettes", "months"} & noted
    assert all(chart.note.count("Days are counted") <= 1 for chart in charts.values())


# Data, words and tables


def test_tables_hold_numbers_and_whole_names(charts: dict[str, Chart], report: Report) -> None:
    for chart in charts.values():
        header, rows = chart.table()
        assert rows
        assert {len(row) for row in rows} == {len(header)}
        assert all(cell is None or isinstance(cell, str | Quantity) for row in rows for cell in row)
        assert all(isinstance(row[0], str | Quantity) for row in rows)
    names = [row[0] for row in charts["share"].table()[1]]
    assert names == [segment.name for segment in report.segments]


def test_titles_and_alt_texts_are_never_empty(charts: dict[str, Chart]) -> None:
    assert all(chart.title and chart.alt.endswith(".") for chart in charts.values())
    assert all(key == chart.key for key, chart in charts.items())


def test_numbers_are_written_in_the_readers_language() -> None:
    chart = charts_of(make_report(), Wording("de", "EUR"))["drivers-s3"]
    assert "26,5 k$ vs 60,6" in chart.alt


@pytest.mark.parametrize(
    ("quantity", "said"),
    [
        (Quantity(0.115, "share"), "12%"),
        (Quantity(12345, "count"), "12,345"),
        (Quantity(55.3, "k$"), "55.3 k$"),
        (Quantity(1240, "amount"), "$1,240"),
        (Quantity(math.nan, "share"), "–"),
    ],
)
def test_a_quantity_says_itself_with_its_unit(quantity: Quantity, said: str) -> None:
    assert quantity.say(ENGLISH) == said


def test_right_to_left_names_are_isolated_in_sentences() -> None:
    assert isolated("of אבג: 58", ["אבג", "Age"]) == "of \u2068אבג\u2069: 58"


@given(st.text(max_size=120), st.integers(min_value=3, max_value=40))
def test_a_shortened_name_fits_and_is_one_line_of_xml(text: str, room: int) -> None:
    short = shorten(text, room)
    assert cells(short) <= room
    ET.fromstring(f"<t>{short.replace('&', '&amp;').replace('<', '&lt;')}</t>")  # noqa: S314 - our own text


@given(st.text(alphabet="ab 高é👩\u200d💻", max_size=80), st.integers(min_value=4, max_value=30))
def test_wrapped_lines_fit_and_are_never_more_than_asked(text: str, room: int) -> None:
    lines = wrap(text, room, lines=3)
    assert len(lines) <= 3
    assert all(cells(line) <= room for line in lines)


@given(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=20))
def test_an_axis_holds_its_values_and_has_ticks(values: list[float]) -> None:
    axis = axis_over(values, ENGLISH)
    slack = 1e-6 * (axis.high - axis.low)
    assert all(axis.low - slack <= v <= axis.high + slack for v in values)
    assert len(axis.ticks) >= 2


def test_ticks_are_round_and_within_their_ends() -> None:
    assert [v for v, _ in ticks_within(13, 99, ENGLISH)] == [25, 50, 75]
    assert ticks_within(5, 5, ENGLISH) == ((5, "5"),)


def test_uneven_bins_are_drawn_equally_wide() -> None:
    panel = Histogram("", "", "", (0, 1, 10, 100, 1000), (), (), (0.25,) * 4, (0, 1, 2, 3, 4))
    assert [panel.place(v) for v in (0, 1, 10, 1000)] == [0, 0.25, 0.5, 1]


@given(
    st.lists(st.floats(0.005, 1), min_size=1, max_size=14),
    st.lists(st.integers(1, 30), min_size=14, max_size=14),
)
def test_names_above_a_strip_never_touch(shares: list[float], lengths: list[int]) -> None:
    names = ["x" * length for length, _ in zip(lengths, shares, strict=False)]
    ends = np.cumsum([0.0, *shares]) / sum(shares) * 560 + 80
    parts = [(float(a), float(b)) for a, b in pairwise(ends)]
    labels = lay_out(names, parts, lambda text: 7.0 * len(text), (80, 640))
    pairs = [(a, b) for i, a in enumerate(labels) for b in labels[:i] if a.row == b.row]
    assert all(a.start >= b.end or b.start >= a.end for a, b in pairs)
    assert all(label.start >= 80 - 1 and label.end <= 641 + 50 for label in labels)


# Still drawings


def test_every_still_is_small_and_brings_no_ids_styles_or_links(stills: dict[str, ET.Element]) -> None:
    for key, root in stills.items():
        svg = ET.tostring(root, encoding="unicode")
        assert root.tag == "{http://www.w3.org/2000/svg}svg"
        assert not re.search(r'\bid="|url\(#|:style|<script|xlink', svg)
        assert len(svg.replace("ns0:", "")) < 25_000, key
        assert root.get("width") == "640"


def test_a_still_is_the_same_bytes_every_time() -> None:
    theme = Theme()
    for chart in charts_of(make_report(k=2), ENGLISH).values():
        assert draw_still(chart, theme) == draw_still(chart, theme)


def test_words_stay_text_in_the_themes_colours(stills: dict[str, ET.Element]) -> None:
    allowed = {THEME.ink, THEME.muted, "#fefefe", "#1b1f25"}
    for root in stills.values():
        styles = [group.get("style", "") for group in root if group.find("{*}text") is not None]
        assert styles
        assert {colour for style in styles for colour in re.findall(r"fill:(#\w+)", style)} <= allowed


def test_every_word_lies_inside_the_drawing(stills: dict[str, ET.Element]) -> None:
    for key, root in stills.items():
        height = float(root.get("height", "0"))
        for text, style in ((text, group.get("style", "")) for group in root for text in group.findall("{*}text")):
            left, right = _reach(text, style)
            assert text.get("transform") or (left >= -1 and right <= 641), (key, text.text)
            assert 0 < float(text.get("y", "0")) <= height, (key, text.text)


def _reach(text: ET.Element, style: str) -> tuple[float, float]:
    """Return where a text starts and ends, measured as the drawing measures."""
    size = float(re.search(r"font-size:([\d.]+)", style).group(1))  # type: ignore[union-attr] # fails here if there is none
    widths = advances(600 if "font-weight:600" in style else 400)
    width = size * sum(widths.get(ord(c), 0.6 * cells(c)) for c in text.text or "")
    x = float(text.get("x", "0"))
    share = 1.0 if "text-anchor:end" in style else 0.5 if "text-anchor:middle" in style else 0.0
    return x - share * width, x + (1 - share) * width


def test_every_dot_of_the_map_is_drawn(report: Report, stills: dict[str, ET.Element]) -> None:
    runs = [run for path in stills["map"].findall(".//{*}path") for run in path.get("d", "").split("M")[1:]]
    assert sum(run.endswith("h0") for run in runs) == len(report.map.cells) + 2 * len(report.segments)


def test_dots_survive_wherever_they_fall() -> None:
    sheet = Sheet(300, Theme())
    spots = [(i * 0.617 % 640, i * 0.413 % 300) for i in range(3000)]
    sheet.dots(spots, 3, "#123456")
    assert sheet.svg("dots").count("h0") == len(spots)


def test_a_name_with_markup_is_drawn_as_words() -> None:
    svg = draw_still(charts_of(REPORTS["hard names"], ENGLISH)["share"], Theme())
    assert "&lt;script&gt;alert" in svg


def test_a_narrow_theme_gives_a_narrow_drawing() -> None:
    for chart in charts_of(make_report(k=4), ENGLISH).values():
        assert 'width="480"' in draw_still(chart, Theme(width=480))


# Live drawings


def test_every_live_figure_is_plain_json_that_plotly_accepts(charts: dict[str, Chart]) -> None:
    for key, chart in charts.items():
        figure = draw_live(chart, Theme())
        assert json.loads(json.dumps(figure, allow_nan=False)) == json.loads(json.dumps(figure))
        assert go.Figure(figure).layout.height > 0, key
        assert figure["layout"]["autosize"] is True
        assert "title" not in figure["layout"]


def test_live_names_are_escaped_and_never_read_as_markup_or_template() -> None:
    text = json.dumps(draw_live(charts_of(REPORTS["hard names"], ENGLISH)["share"], Theme()))
    assert "<script>" not in text
    assert "%{d}" not in text
    assert "$x_1$" not in text


# Colours


def test_the_palette_has_24_different_colours_that_read_on_white() -> None:
    assert len(set(PALETTE)) == 24
    assert all(1.05 / (luminance(colour) + 0.05) >= 3 for colour in PALETTE)


def test_words_read_on_every_segment_colour() -> None:
    for colour in PALETTE:
        dark, light = sorted((luminance(colour), luminance(readable_on(colour))))
        assert (light + 0.05) / (dark + 0.05) >= 4


SIGHT = {
    "full": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
"""What each kind of sight makes of linear RGB (Machado, Oliveira and Fernandes 2009, severity 1)."""


@pytest.mark.parametrize("sight", SIGHT)
def test_the_first_twelve_colours_stay_apart_in_every_kind_of_sight(sight: str) -> None:
    labs = [_lab(colour, SIGHT[sight]) for colour in PALETTE[:12]]
    distances = [float(np.linalg.norm(a - b)) for i, a in enumerate(labs) for b in labs[:i]]
    assert min(distances) > 12


def _lab(colour: str, sight: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return CIE Lab of a colour as some sight sees it."""
    parts = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    linear = sight @ np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    to_xyz = np.array([[0.4125, 0.3576, 0.1804], [0.2127, 0.7152, 0.0722], [0.0193, 0.1192, 0.9503]])
    x, y, z = np.cbrt(to_xyz @ np.clip(linear, 0, 1) / np.array([0.9505, 1, 1.0888]))
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def test_a_stack_without_shares_still_draws() -> None:
    chart = front.share_strip(make_report(k=3), ENGLISH)
    empty = tuple(replace(s, parts=tuple(replace(p, share=0.0) for p in s.parts)) for s in chart.strips)
    assert draw_still(replace(chart, strips=empty), Theme()).startswith("<svg")
    assert isinstance(chart, Stack)
