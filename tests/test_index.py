from __future__ import annotations

import html
import re
from dataclasses import replace
from pathlib import Path

import pytest
from reports import HARD_NAMES, NAMES, make_months, make_report

from segreport.errors import SettingsError
from segreport.history import Month
from segreport.pages import render_index
from segreport.pages.index import entries_of
from segreport.settings import ReportSettings

PLAIN = ReportSettings()


@pytest.fixture(scope="module")
def months() -> tuple[Month, ...]:
    return make_months(make_report(k=5), months=4)


def page_of(months: tuple[Month, ...], settings: ReportSettings = PLAIN) -> str:
    return render_index(months, settings).decode()


def words_in(page: str) -> str:
    shown = re.sub(r"<(svg|style).*?</\1>", "", page, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", shown)).split())


def test_months_are_listed_newest_first_with_headline_customers_and_sizes(months: tuple[Month, ...]) -> None:
    page = words_in(page_of((*months[:-1], replace(months[-1], headline="Champions grew by 4%"))))
    assert "October 2026 Champions grew by 4%. 5 segments Champions 1,383 Steady regulars 1,191 " in page
    assert f"{months[-1].customers:,} Report PDF September 2026" in page
    places = [page.index(month) for month in ("October 2026", "September 2026", "August 2026", "July 2026")]
    assert places == sorted(places)


def test_a_month_links_to_the_pages_it_has(months: tuple[Month, ...]) -> None:
    bare, one = replace(months[0], files=()), replace(months[1], files=("report.html", "notes.txt"))
    page = page_of((bare, one, *months[2:]))
    assert re.findall(r'<a href="([^"]+)"', page) == [
        "2026-10/report.html",
        "2026-10/report.pdf",
        "2026-09/report.html",
        "2026-09/report.pdf",
        "2026-08/report.html",
    ]


def test_segments_keep_their_places_over_the_months(months: tuple[Month, ...]) -> None:
    newest, before = entries_of((replace(months[-2], segments=months[-2].segments[::-1]), months[-1]))
    ids = [segment.id for segment in newest.segments]
    assert [segment.id for segment in before.segments] == [*ids[:-1], "s6"]  # s5 is new, s6 is no more


def test_the_trend_of_sizes_is_drawn_from_the_second_month_on(months: tuple[Month, ...]) -> None:
    assert "Segment sizes over time" in page_of(months)
    assert "<svg" in page_of(months)
    assert "<svg" not in page_of(months[-1:])
    assert "Segment sizes over time" not in page_of(months[-1:])


def test_the_page_needs_nothing_from_outside_and_runs_no_script(months: tuple[Month, ...]) -> None:
    page = page_of(months)
    assert "default-src 'none'" in page
    assert "<script" not in page
    assert not re.findall(r"""(?:src|href)\s*=\s*["'](?!#|data:|2026-)""", page)
    assert not re.findall(r"url\((?!data:)", page)


def test_words_of_other_months_are_shown_as_text(months: tuple[Month, ...]) -> None:
    script = "<script>alert(1)</script>"
    page = page_of((replace(months[0], title=script, headline=script), *months[1:]))
    assert "<script" not in page
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt;") == 2


def test_a_title_is_told_where_it_was_another_one(months: tuple[Month, ...]) -> None:
    page = words_in(page_of((replace(months[0], title="Members"), *months[1:])))
    assert page.count("Members") == 1
    assert page.index("July 2026") < page.index("Members")


def test_odd_names_do_not_break_the_page() -> None:
    months = make_months(make_report(k=12, names=(*HARD_NAMES, "x" * 80, *NAMES)), months=3)
    page = page_of(months)
    assert "<script" not in page
    shown = words_in(page)
    assert all(" ".join(segment.name.split()) in shown for segment in months[-1].segments if "<" not in segment.name)
    assert "&lt;script&gt;" in page


def test_brand_and_title_head_the_page(months: tuple[Month, ...]) -> None:
    page = page_of(months, ReportSettings(brand="Harbour & Pine", title="Members", language="de"))
    assert "<title>Harbour &amp; Pine: Members</title>" in page
    assert "<h1>Members</h1>" in page
    assert "Oktober 2026" in page
    assert "1.383" in page


def test_the_same_months_give_the_same_bytes(months: tuple[Month, ...]) -> None:
    assert render_index(months, PLAIN) == render_index(months, PLAIN)


def test_a_users_template_replaces_ours(months: tuple[Month, ...], tmp_path: Path) -> None:
    (tmp_path / "index.html.j2").write_text("{{ entries | length | count }} of our own")
    assert page_of(months, ReportSettings(template=tmp_path)) == "4 of our own"
    (tmp_path / "index.html.j2").write_text("{{ nothing }}")
    with pytest.raises(SettingsError, match=r"index\.html\.j2, line 1"):
        page_of(months, ReportSettings(template=tmp_path))
