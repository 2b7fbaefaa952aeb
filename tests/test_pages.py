from __future__ import annotations

import html
import io
import re
import subprocess
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reports import LEDGER, make_orders, make_report

from segreport.errors import SettingsError
from segreport.orders import OrderFacts, Scale, Step
from segreport.pages import accent_of, draw, render_html, render_pdf
from segreport.palette import luminance
from segreport.report import Report, load_report
from segreport.settings import ReportSettings
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


def test_the_front_speaks_no_statistics(report: Report) -> None:
    front = html_of(report).split('id="choice"')[0].split("<main")[1]
    told = re.sub(r"<[^>]+>", " ", re.sub(r"<svg.*?</svg>", "", front, flags=re.DOTALL)).casefold()
    assert not re.findall(r"silhouette|centroid|cluster", told)


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
    report = make_report(k=k, columns=columns, orders=orders)
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
    path.write_text(html_of(make_report(k=5, columns=6, orders=make_orders())))
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
