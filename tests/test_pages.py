from __future__ import annotations

import html
import io
import re
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reports import KEPT, LEDGER, make_orders, make_report, with_movement

from segreport.errors import SettingsError
from segreport.history import Finding, Movement
from segreport.orders import OrderFacts, Scale, Step
from segreport.pages import accent_of, draw, render_html, render_pdf
from segreport.pages.moving import moves_of, whole_parts
from segreport.palette import luminance
from segreport.report import Report, load_report
from segreport.settings import ReportSettings
from segreport.story import Warning  # noqa: A004 - as report.json calls them
from segreport.wording import Wording

PLAIN = ReportSettings()
NAMES = ["<script>alert(1)</script>", "x" * 80, "عملاء مخلصون", "忠实客户", "🎁 gift buyers"]


def html_of(report: Report, settings: ReportSettings = PLAIN) -> str:
    return render_html(report, draw(report, settings), settings)


@pytest.fixture(scope="module")
def report() -> Report:
    return make_report(k=5, columns=6)


@pytest.fixture(scope="module")
def pdf(report: Report, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pdf") / "report.pdf"
    path.write_bytes(render_pdf(report, draw(report, PLAIN), PLAIN))
    return path


@pytest.fixture(scope="module")
def moved() -> Report:
    """Return the report of a second month whose segments were fitted anew."""
    return with_movement(make_report(k=5, columns=6))


@pytest.fixture(scope="module")
def moved_page(moved: Report) -> str:
    return html_of(moved)


def without_charts(report: Report) -> str:
    """Return the words of its page, but for the charts, which take long to draw."""
    return words_in(render_html(report, {}, PLAIN))


def changed(report: Report, **changes: Any) -> Report:
    """Return the report with another Movement."""
    assert report.movement
    return replace(report, movement=replace(report.movement, **changes))


def movement_of(report: Report) -> Movement:
    assert report.movement
    return report.movement


def words_of(path: Path) -> str:
    return subprocess.run(["pdftotext", str(path), "-"], capture_output=True, text=True, check=True).stdout  # noqa: S603, S607 - poppler


def headings(page: str) -> list[str]:
    found = re.findall(r"<h2[^>]*>(.*?)</h2>", page, re.DOTALL)
    return [re.sub(r"<[^>]+>", "", heading).strip() for heading in found]


def test_a_report_comes_back_from_its_json_as_it_was(report: Report) -> None:
    assert load_report(report.to_json()) == report


def test_html_asks_nothing_of_the_network(report: Report) -> None:
    page = html_of(report)
    assert not re.findall(r"""(?:src|href)\s*=\s*["'](?!#|data:)""", page.split('id="plotly"')[0])
    assert "default-src 'none'" in page


def test_names_are_shown_as_text_whatever_they_hold() -> None:
    report = make_report(k=5, names=NAMES)
    page = html_of(report)
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert all(name in page for name in NAMES[1:])


def test_html_and_pdf_say_the_same_in_the_same_order(report: Report, pdf: Path) -> None:
    said = " ".join(words_of(pdf).split())
    place = 0
    for heading in headings(html_of(report)):
        place = said.find(heading, place)
        assert place >= 0, heading
    assert " ".join(report.headline.split()) in said


def test_the_front_speaks_no_statistics(report: Report, moved_page: str) -> None:
    for page in (html_of(report), moved_page):
        front = page.split('id="choice"')[0].split("<main")[1]
        told = re.sub(r"<[^>]+>", " ", re.sub(r"<svg.*?</svg>", "", front, flags=re.DOTALL)).casefold()
        assert not re.findall(r"silhouette|centroid|cluster|jaccard|\bpsi\b|p-value", told)


@pytest.fixture(scope="module")
def ordered() -> str:
    """Return the page of a report on orders, as its words."""
    return words_in(html_of(make_report(k=4, columns=6, orders=make_orders()), ReportSettings(currency="GBP")))


def words_in(page: str) -> str:
    shown = re.sub(r"<(svg|script|style).*?</\1>", "", page, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", shown)).split())


def test_the_moment_days_are_counted_to_stands_on_page_one_in_the_glossary_and_at_the_foot(ordered: str) -> None:
    said = "Days are counted to October 31, 2026, 12:50."
    assert f"18,532 orders by 5,000 customers since October 1, 2025. {said}" in ordered
    assert f"Days since last order {said} Whole days from the last order to that moment." in ordered
    assert "days are counted to October 31, 2026, 12:50 · made with segreport" in ordered
    assert "As of October 31, 2026, 12:50 Data" in ordered


def test_a_day_without_times_is_printed_without_a_time() -> None:
    orders = make_orders(first="2025-10-01", as_of="2026-10-31", timed=False)
    page = words_in(html_of(make_report(k=2, orders=orders)))
    assert "Days are counted to October 31, 2026. " in page
    assert "00:00" not in page


def test_without_orders_a_report_says_nothing_of_them(report: Report) -> None:
    page = words_in(html_of(report))
    assert not re.search(r"Days are counted|Scores:|What the scores stand for|From lines to customers", page)
    assert "5,100 rows read, 5,000 customers used, 100 exact repeats dropped." in page


def test_segments_at_a_glance_and_their_pages_tell_mean_scores(ordered: str) -> None:
    assert "Index R F M What sets it apart" in ordered
    assert re.search(r"\d+ 4\.6 4\.8 4\.7 ", ordered)
    assert "Scores: recency 4.6, frequency 4.8, monetary 4.7 (all customers: 3.0, 2.9, 3.0)." in ordered


def test_the_ledger_is_told_line_by_line_to_the_penny(ordered: str) -> None:
    assert "orders.csv: 541,909 lines read, which come to 18,532 orders by 5,000 customers" in ordered
    assert "Lines read 541,909 £9,747,747.93 read" in ordered
    assert "Lines used 406,789 £8,300,065.81 used" in ordered
    assert "Returned goods (negative lines) 8,905 -£611,342.09 part of those used, taken off" in ordered
    assert "Lines that repeat another one exactly 5,225 – part of those used, kept" in ordered


def test_scores_are_told_by_what_they_stand_for_and_skipped_ones_by_a_dash(ordered: str) -> None:
    assert "Recency: days since last order up to 14 15 to 33 34 to 72 73 to 180 181 or more" in ordered
    assert "Frequency: number of orders 6 or more 3 to 5 2 – 1" in ordered
    assert "CustomerID customer named like a customer's number" in ordered


def test_orders_say_the_same_on_paper(tmp_path: Path) -> None:
    report = make_report(k=3, columns=6, orders=make_orders())
    path = tmp_path / "orders.pdf"
    path.write_bytes(render_pdf(report, draw(report, PLAIN), PLAIN))
    said = " ".join(words_of(path).split())
    for words in (
        "Days are counted to October 31, 2026, 12:50.",
        "From lines to customers",
        "What the scores stand for",
        "Scores: recency 4.6",
        "541,909 9,747,747.93 read",
    ):  # fmt: skip - one list of words
        assert words in said, words


def test_odd_orders_do_not_break_a_page() -> None:
    roles = (*((name, "describes", "w" * 300) for name in NAMES), ("<b>bold</b>", "unused", "{{ no }} template"))
    orders = make_orders(
        roles=roles,
        ledger=(*LEDGER, Step("x", "ملغى " * 20, 10**12, -1e15, "dropped")),
        scales=(Scale("recency", falling=True, limits=(0.0,) * 4, steps=()),),
        grid=(),
        months=(),
        definitions=(),
    )
    page = html_of(make_report(k=2, columns=2, orders=orders, value=False))
    assert "&lt;b&gt;bold&lt;/b&gt;" in page
    assert "chart-scores" not in page
    assert "-1,000,000,000,000,000.00" in page


@pytest.mark.parametrize(
    ("language", "timed", "said"),
    [
        ("en", True, "December 10, 2011, 12:50"),
        ("en-GB", True, "10 December 2011, 12:50"),
        ("de", True, "10. Dezember 2011, 12:50"),
        ("en", False, "December 10, 2011"),
    ],
)
def test_a_moment_is_written_as_its_language_does(language: str, timed: bool, said: str) -> None:  # noqa: FBT001 - a case
    assert Wording(language).moment("2011-12-10T12:50:00", timed) == said


def structure(node: Any) -> list[Any]:
    kids = node.get("/K", [])
    kids = list(kids) if isinstance(kids, pikepdf.Array) else [kids]
    below = [item for kid in kids if isinstance(kid, pikepdf.Dictionary) for item in structure(kid)]
    return [node, *below]


def test_pdf_is_tagged_with_alt_text_on_every_figure_and_bookmarks(report: Report, pdf: Path) -> None:
    with pikepdf.open(pdf) as document:
        root = document.Root
        assert root.MarkInfo.Marked
        assert str(root.Lang) == "en"
        assert (
            'pdfuaid:part="1"' in str(document.open_metadata())
            or "pdfuaid" in bytes(root.Metadata.read_bytes()).decode()
        )
        figures = [item for item in structure(root.StructTreeRoot) if item.get("/S") == pikepdf.Name("/Figure")]
        assert len(figures) >= len(draw(report, PLAIN))
        assert all(str(figure.get("/Alt", "")) for figure in figures)
        with document.open_outline() as outline:
            titles = [item.title for item in outline.root] + [
                kid.title for item in outline.root for kid in item.children
            ]
    assert {segment.name for segment in report.segments} <= set(titles)


def test_pdf_embeds_its_fonts(pdf: Path) -> None:
    listed = subprocess.run(["pdffonts", str(pdf)], capture_output=True, text=True, check=True).stdout  # noqa: S603, S607 - poppler
    rows = listed.splitlines()[2:]
    assert any("Inter" in row for row in rows)
    assert all(re.search(r"yes (yes|no )\s*yes", row) for row in rows), listed


def test_the_same_report_gives_the_same_bytes(report: Report, pdf: Path) -> None:
    assert render_pdf(report, draw(report, PLAIN), PLAIN) == pdf.read_bytes()
    assert html_of(report) == html_of(report)


@pytest.mark.parametrize(("k", "columns", "orders"), [(2, 2, None), (12, 60, None), (12, 60, make_orders())])
def test_the_smallest_and_the_largest_report_stay_within_their_sizes(
    k: int, columns: int, orders: OrderFacts | None
) -> None:
    report = with_movement(make_report(k=k, columns=columns, orders=orders))
    charts = draw(report, PLAIN)
    assert len(render_html(report, charts, PLAIN)) < 2.5e6
    assert len(render_pdf(report, charts, PLAIN)) < 1e6


def test_a_users_template_replaces_ours_file_by_file(report: Report, tmp_path: Path) -> None:
    (tmp_path / "page_one.html.j2").write_text("<h1>Our own first page: {{ report.segments | length }}</h1>")
    page = html_of(report, ReportSettings(template=tmp_path))
    assert "Our own first page: 5" in page
    assert "Segments at a glance" in page


def test_a_template_that_cannot_be_rendered_is_told_in_one_sentence(report: Report, tmp_path: Path) -> None:
    (tmp_path / "page_one.html.j2").write_text("{{ report.nothing }}")
    with pytest.raises(SettingsError, match=r"page_one\.html\.j2"):
        html_of(report, ReportSettings(template=tmp_path))


@given(st.from_regex(r"#[0-9a-f]{6}", fullmatch=True))
def test_any_brand_colour_reads_on_white(colour: str) -> None:
    assert 1.05 / (luminance(accent_of(colour)) + 0.05) >= 4.5


def test_letter_paper_is_letter(report: Report) -> None:
    settings = ReportSettings(paper="Letter")
    content = render_pdf(report, draw(report, settings), settings)
    with pikepdf.open(io.BytesIO(content)) as document:
        assert [round(float(side)) for side in document.pages[0].MediaBox] == [0, 0, 612, 792]


def opened(path: Path, profile: Path) -> tuple[str, str]:
    """Return the page as Chromium leaves it after its script ran, and what the console said."""
    done = subprocess.run(  # noqa: S603 - Debian's Chromium, on a page of our own
        [  # noqa: S607 - found on the PATH
            "chromium", "--no-sandbox", "--headless", "--disable-gpu", "--disable-background-networking",
            "--disable-component-update", "--disable-sync", "--no-first-run", f"--user-data-dir={profile}",
            "--enable-logging=stderr", "--window-size=1200,30000", "--virtual-time-budget=60000", "--dump-dom",
            path.as_uri(),
        ],
        capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    return done.stdout, "\n".join(line for line in done.stderr.splitlines() if "CONSOLE" in line)


def test_a_browser_draws_every_chart_without_an_error(tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text(html_of(with_movement(make_report(k=5, columns=6, orders=make_orders()))))
    wanted = set(re.findall(r'class="drawing" data-chart="([^"]+)"', path.read_text()))
    drawn: set[str] = set()
    for attempt in range(10):  # Chromium's virtual time can run out before its other threads have unpacked plotly
        page, console = opened(path, tmp_path / f"profile{attempt}")
        assert not console
        drawn = set(re.findall(r'class="drawing" data-chart="([^"]+)"[^>]*data-live="yes"', page))
        if drawn == wanted:
            break
    assert wanted
    assert drawn == wanted
    assert page.count("js-plotly-plot") >= len(wanted)


def test_the_first_month_says_nothing_of_change(report: Report) -> None:
    page = without_charts(report)
    assert "What changed" not in page
    assert "Who moved" not in page
    assert "population stability index" not in page.casefold()


def test_page_one_tells_what_changed_between_the_strip_and_what_to_do(moved: Report, moved_page: str) -> None:
    page = words_in(moved_page)
    findings = movement_of(moved).findings
    assert "What changed since September 2026 " + " ".join(finding.text for finding in findings) in page
    assert page.index("of customers and bring") < page.index("What changed") < page.index("What to do")


def test_segments_at_a_glance_tell_the_change_and_what_is_new(moved: Report) -> None:
    page, then = without_charts(moved), movement_of(moved).before[0]
    first, last = moved.segments[0], moved.segments[-1]
    grown = first.size - then.size
    assert grown > 0
    assert f"{first.name} {first.size:,} +{grown} +{grown / then.size:.0%} " in page
    assert f"{last.name} {last.size:,} new " in page
    assert "The segments were fitted anew this month, which moved some customers by itself" in page
    kept = without_charts(with_movement(make_report(k=3), decision=KEPT))
    assert "Change: customers now less those of September 2026." in kept
    assert "fitted anew this month" not in kept


def test_a_segments_page_tells_its_change_in_parts_and_its_former_name(moved: Report) -> None:
    before = movement_of(moved).before
    shrunk = replace(before[1], size=moved.segments[1].size + 40, name="Regulars of old")
    as_before = replace(before[2], size=moved.segments[2].size)
    page = without_charts(changed(moved, before=(before[0], shrunk, as_before, *before[3:])))
    first, then = moved.segments[0], before[0]
    parts = movement_of(moved).changes[0].parts
    assert f"Since September 2026: {first.size - then.size:,} more ({then.size:,} then, " in page
    assert f"new or back +{parts.arrivals:.0f}, gone {parts.departures:.0f}, " in page
    assert f"Since September 2026: 40 fewer ({shrunk.size:,} then, -3%): " in page
    assert "It was called Regulars of old then." in page
    assert "Since September 2026: as many customers as then" in page
    assert "New: there was no such segment in September 2026." in page


def test_a_name_whose_reason_is_gone_is_told_with_the_way_to_change_it(moved: Report) -> None:
    outdated = replace(moved.segments[2], outdated='Sleeping "big" spenders')
    page = without_charts(replace(moved, segments=(*moved.segments[:2], outdated, *moved.segments[3:])))
    assert (
        'The reason for this name is gone: by this month’s numbers it would be called Sleeping "big" spenders . '
        'Rename it in segreport.toml with [segments.names] s3 = "Sleeping \\"big\\" spenders" .'
    ) in page
    assert "The reason for this name is gone" not in without_charts(moved)


def test_the_table_of_who_went_where_adds_up(moved: Report) -> None:
    moves, movement = moves_of(moved, Wording()), movement_of(moved)
    assert moves
    assert moves.crossing
    sizes = {segment.name: segment.size for segment in moved.segments}
    told = dict(zip((place.name for place in moves.crossing.targets), moves.crossing.sums, strict=True))
    assert movement.turnover
    assert told == sizes | {"Gone": movement.turnover.lost}
    were = {row.place.name: row.customers for row in moves.crossing.rows}
    assert {known.name: known.size for known in movement.before}.items() <= were.items()
    assert [row.place.name for row in moves.crossing.rows][-3:] == ["Early birds", "New", "Returned"]
    stayed = [cell.customers for row in moves.crossing.rows for cell in row.cells if cell.stayed]
    assert sum(stayed) == sum(flow.customers for flow in movement.flows if flow.source == flow.target)


@pytest.mark.parametrize(("k", "numbered"), [(7, False), (8, True)])
def test_many_segments_are_headed_by_numbers(k: int, numbered: bool) -> None:  # noqa: FBT001 - a case
    moves = moves_of(with_movement(make_report(k=k)), Wording())
    assert moves
    assert moves.crossing
    assert moves.crossing.numbered == numbered


@given(st.floats(-1e9, 1e9), st.lists(st.floats(-1e9, 1e9), max_size=8))
def test_parts_add_up_as_printed_whatever_they_are(before: float, parts: list[float]) -> None:
    start, whole, end = whole_parts(before, parts)
    assert start + sum(whole) == end
    assert all(abs(told - exact) < 1.001 for told, exact in zip(whole, parts, strict=True))
    assert start == round(before)


def test_the_parts_of_each_change_stand_in_the_tables(moved: Report) -> None:
    moves = moves_of(moved, Wording(currency="EUR"))
    assert moves
    customers, value = moves.tables
    for table in (customers, value):
        assert all(row.before + sum(row.parts) == row.after for row in table.rows)
    assert "Spending" in value.labels
    assert "Spending" not in customers.labels
    assert value.unit == "Revenue (EUR, rounded)"
    assert customers.rows[-1].after == sum(segment.size for segment in moved.segments)
    assert customers.rows[-2].place.name == "Early birds"


def test_where_time_is_not_told_from_behaviour_both_are_named(moved: Report) -> None:
    page = without_charts(changed(moved, ageing_known=False))
    assert "behaviour or time passing +" in page


def test_movement_stands_between_segments_and_how_many(moved: Report, moved_page: str, tmp_path: Path) -> None:
    found = headings(moved_page)
    assert found.index("Who moved, and why") == found.index("How many segments, and can you trust them?") - 1
    assert '<li><a href="#movement">' in moved_page
    assert movement_of(moved).followups[0].text in moved_page
    path = tmp_path / "moved.pdf"
    path.write_bytes(render_pdf(moved, {}, PLAIN))
    said = " ".join(words_of(path).split())
    for words in (
        "Who moved, and why",
        "Who went where",
        "movers.csv beside this report lists every customer who moved; segreport movers filters it.",
        "What became of last month’s recommendations",
        "Last month’s model, kept or fitted anew?",
        movement_of(moved).decision.reason,
    ):
        assert words in said, words


def test_the_decision_on_the_model_is_told_with_how_far_columns_moved(moved: Report) -> None:
    page = without_charts(moved)
    assert "How far each column has moved since the model was fitted (July 2026)" in page
    assert "Annual income 0.31 another population" in page
    assert "Spending score 0.04 hardly a change" in page
    assert "A fresh choice would make 5 segments, as there are." in page
    assert "Σ (now − then) × ln(now ÷ then)" in page


def test_months_whose_customers_cannot_be_compared_show_no_moves(moved: Report) -> None:
    page = html_of(changed(moved, turnover=None, flows=(), changes=(), findings=()))
    assert "The customers of the two months cannot be compared; page one says why." in page
    assert "What changed" not in page
    assert "chart-movement" not in page
    assert "Who went where" not in page


def test_names_of_last_month_are_shown_as_text(moved: Report) -> None:
    before = (*movement_of(moved).before[:-1], replace(movement_of(moved).before[-1], name=NAMES[0]))
    finding = Finding("gone", f"{NAMES[0]} are no more.", (before[-1].id,))
    page = html_of(changed(moved, before=before, findings=(finding,)))
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; are no more." in page


@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_page_one_stays_one_page_with_findings_actions_and_warnings(paper: Any, tmp_path: Path) -> None:
    report = with_movement(make_report(k=7, columns=4, orders=make_orders()))
    text = "Steady regulars lost 61 customers to Champions: 41 of them ordered less often, 20 moved by time alone."
    report = changed(report, findings=tuple(replace(f, text=text) for f in movement_of(report).findings))
    action = replace(report.segments[0].action, text="They have not ordered for long: one message with what is new.")
    report = replace(
        report,
        headline="Champions are 25% of customers and bring 41% of revenue, and so much again as all others together",
        segments=tuple(replace(segment, action=action) for segment in report.segments),
        priorities=("s1", "s2", "s3"),
        tiles=report.tiles * 5,
        warnings=(Warning("gap", f"{text} So this report is compared with August 2026."),) * 2,
    )
    settings = ReportSettings(paper=paper)
    path = tmp_path / "report.pdf"
    strip = {"share": draw(report, settings)["share"]}  # the other charts stand on other pages
    path.write_bytes(render_pdf(report, strip, settings))
    pages = words_of(path).split("\f")
    assert "What to do" in pages[0]
    assert pages[1].count("Segments at a glance") == 1
