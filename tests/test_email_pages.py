"""The e-mail a report goes out with, and the part of a report for who may see some segments only."""

from __future__ import annotations

import re
import struct
import subprocess
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from facts import Facts, choice_facts, facts_of, headline_facts, numbers_in, order_facts, size_of
from hypothesis import given, settings
from hypothesis import strategies as st
from prose import Said, names_of, strange
from reports import HARD_NAMES, KEPT, make_orders, make_report, with_movement

from segreport import build_report
from segreport.charts import charts_of_part
from segreport.errors import InputError, SettingsError
from segreport.example import shop_orders
from segreport.history import Finding, Flow, Movement, Parts
from segreport.pages import Email, render_email, render_part
from segreport.pages.email import subject_of
from segreport.pages.part import part_of
from segreport.report import Report, load_report
from segreport.settings import ReportSettings
from segreport.story import Warning  # noqa: A004 - as report.json calls them
from segreport.wording import Wording

PLAIN = ReportSettings()
EN = Wording()
LINK = "https://reports.example.com/2026-10/"


class Page(HTMLParser):
    """What a message's HTML is made of: its elements, and its words outside style sheets."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.words: list[str] = []
        self._inside: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {key: value or "" for key, value in attrs}))
        self._inside += [tag] if tag in ("style", "title") else []

    def handle_endtag(self, tag: str) -> None:
        if self._inside[-1:] == [tag]:
            self._inside.pop()

    def handle_data(self, data: str) -> None:
        if not self._inside and data.strip():
            self.words.append(" ".join(data.split()))

    def every(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.elements if name == tag]


def email_of(report: Report, settings: ReportSettings = PLAIN, **choices: Any) -> Email:
    return render_email(report, settings, **choices)


@pytest.fixture(scope="module")
def moved() -> Report:
    return with_movement(make_report(k=5, columns=6), decision=KEPT)


@pytest.fixture(scope="module")
def largest() -> Email:
    names = [f"{i:02d} {'Wide-awake customers who read ' * 3}"[:80] for i in range(12)]
    report = with_movement(make_report(k=12, columns=60, names=names, orders=make_orders()))
    report = replace(report, priorities=("s1", "s2", "s3"), warnings=(Warning("w", "Careful now. " * 20),) * 8)
    return email_of(report, link=LINK, attached=("report.pdf",))


def test_the_largest_message_stays_under_what_gmail_clips(largest: Email) -> None:
    assert len(largest.html.encode()) < 100_000
    assert sum(map(len, largest.images.values())) < 200_000


def test_a_message_asks_nothing_of_the_net_and_runs_nothing(largest: Email) -> None:
    page = Page(largest.html)
    assert {tag for tag, _ in page.elements} & {"script", "link", "iframe", "form", "object", "svg"} == set()
    assert "data:" not in largest.html
    assert "@import" not in largest.html
    assert "url(" not in largest.html
    assert [a["href"] for a in page.every("a")] == [LINK]


def test_every_picture_is_there_and_none_is_left_over(largest: Email) -> None:
    assert [image["src"] for image in Page(largest.html).every("img")] == [f"cid:{name}" for name in largest.images]
    assert list(largest.images) == ["share.png"]


def test_a_picture_has_two_pixels_to_each_it_is_shown_with(largest: Email) -> None:
    (image,) = Page(largest.html).every("img")
    png = largest.images["share.png"]
    assert png.startswith(b"\x89PNG")
    assert struct.unpack(">II", png[16:24])[0] == 2 * int(image["width"]) == 1072


def test_the_alt_text_says_the_numbers(moved: Report) -> None:
    (image,) = Page(email_of(moved).html).every("img")
    for segment in moved.segments:
        customers, value = segment.of_customers(EN), segment.of_value(EN)
        assert f"{segment.name}: {customers} of customers, {value} of revenue" in image["alt"]


def test_layout_is_tables_that_screen_readers_skip_and_one_that_they_read(largest: Email) -> None:
    page = Page(largest.html)
    read = [table for table in page.every("table") if table.get("role") != "presentation"]
    assert [table["class"] for table in read] == ["shares"]
    assert all(head["scope"] in ("col", "row") for head in page.every("th"))
    assert [tag for tag, _ in page.elements if tag in ("h1", "h2")] == ["h1", "h2", "h2", "h2", "h2"]
    assert page.every("html")[0].items() >= {"lang": "en", "dir": "ltr"}.items()
    assert not re.search(r"\b(flex|grid|position|float)\s*:|display:\s*(flex|grid)", largest.html)


def test_styles_stand_at_the_elements_and_dark_mode_in_a_rule(largest: Email) -> None:
    page = Page(largest.html)
    assert all("font-family" in heading["style"] for heading in (*page.every("h1"), *page.every("h2")))
    (sheet,) = re.findall(r"<style>(.*?)</style>", largest.html, re.DOTALL)
    assert re.findall(r"@media \(([^)]*)\)", sheet) == ["prefers-color-scheme: dark", "max-width: 480px"]
    schemes = {meta.get("name"): meta.get("content") for meta in page.every("meta")}
    assert schemes["color-scheme"] == schemes["supported-color-schemes"] == "light dark"
    assert "<!--[if mso]><table" in largest.html


def test_names_are_shown_as_text_whatever_they_hold() -> None:
    email = email_of(with_movement(make_report(k=6, names=HARD_NAMES)))
    assert "<script" not in email.html
    assert "&lt;script&gt;alert('x')&lt;/script&gt;" in email.html
    assert "<script>alert('x')</script>: " in email.text
    said = " ".join(" ".join(email.text.split()).replace("\u2068", "").replace("\u2069", "").split())
    assert all(name in said for name in HARD_NAMES)


def test_where_the_picture_cannot_write_a_name_segments_go_by_number() -> None:
    rows = Page(email_of(make_report(k=6, names=HARD_NAMES)).html).words
    assert [row for row in rows if row.endswith(HARD_NAMES[1])] == [f"2 {HARD_NAMES[1]}"]
    assert "Champions" in Page(email_of(make_report(k=3)).html).words


def test_the_same_report_gives_the_same_message(moved: Report) -> None:
    assert email_of(moved) == email_of(load_report(moved.to_json()))


def test_page_one_is_told_in_its_order(moved: Report) -> None:
    moved = replace(moved, warnings=(Warning("w", "A warning."),))
    email = email_of(moved, ReportSettings(brand="Kontor"), link=LINK, attached=("report.pdf", "report.html"))
    order = (
        "Kontor", "A headline.", "Customers", "since September 2026", "298 customers are new.", "Champions: 1,383",
        "Do", "Something.", "A verdict.", "A warning.", "Open the report", "report.pdf, report.html",
    )  # fmt: skip
    for said in (email.text, " ".join(Page(email.html).words).replace("Champions 1,383", "Champions: 1,383")):
        place = 0
        for words in order:
            place = said.casefold().find(words.casefold(), place)
            assert place >= 0, words
    assert LINK in email.text.split()


def test_without_a_link_or_files_nothing_is_said_of_them(moved: Report) -> None:
    email = email_of(moved)
    assert not re.search(r"Open the report|Attached", email.text + email.html)
    assert Page(email.html).every("a") == []


def test_the_first_month_says_nothing_of_change() -> None:
    assert "changed" not in email_of(make_report(k=3)).text.casefold()


def test_a_report_without_value_tells_customers_only() -> None:
    email = email_of(make_report(k=3, value=False))
    assert "revenue" not in (email.text + email.html).casefold()


def test_plain_text_is_wrapped_but_for_addresses(largest: Email) -> None:
    lines = largest.text.splitlines()
    assert max(map(len, lines)) <= 72
    address = LINK + "a" * 90
    assert address in email_of(make_report(k=2), link=address).text.splitlines()


# The numbers


@cache
def shop(language: str, currency: str | None) -> Report:
    return load_report(build_report(shop_orders(400, 7), language=language, currency=currency).to_json())


def known_in(report: Report, wording: Wording) -> Facts:
    """Return every number that page one may tell."""
    known = facts_of(report, wording).plus(headline_facts(report, wording), choice_facts(report, wording))
    known = known.plus(*(size_of(segment, wording) for segment in report.segments))
    for tile in report.tiles:
        known.tell(tile.value, unit={"count": "count", "share": "share", "number": ""}.get(tile.kind, "amount"))
    known.tell(*range(1, 4), unit="count")  # what to do is numbered
    return known.plus(order_facts(report.orders, wording)) if report.orders else known


@pytest.mark.parametrize(("language", "currency"), [("en", "EUR"), ("de", None)])
def test_every_number_of_the_message_is_in_report_json(language: str, currency: str | None) -> None:
    report, wording = shop(language, currency), Wording(language, currency)
    email = email_of(report, ReportSettings(language=language, currency=currency))
    known, names = known_in(report, wording), names_of(report, wording)
    for said in (" ".join(email.text.split(" ")).replace("\n", " "), *Page(email.html).words):
        text = re.sub(r" {2,}", " ", said)
        assert strange(Said("message", text, known), names) == []


@pytest.mark.parametrize(("language", "currency"), [("en", "EUR"), ("de", None)])
def test_the_text_says_the_numbers_of_the_html_and_all_of_page_one(language: str, currency: str | None) -> None:
    report, wording = shop(language, currency), Wording(language, currency)
    email = email_of(report, ReportSettings(language=language, currency=currency))
    text = " ".join(email.text.split("\n"))
    for segment in report.segments:
        wanted = [wording.count(segment.size), segment.of_customers(wording), segment.of_value(wording)]
        assert set(numbers_in(" ".join(wanted), wording)) <= set(numbers_in(text, wording))
    for words in Page(email.html).words:
        assert set(numbers_in(words, wording)) <= set(numbers_in(text, wording)), words


# The subject


def test_the_subject_names_the_month_and_what_changed(moved: Report) -> None:
    assert email_of(moved).subject == "Customer segments, October 2026: 298 new customers"


@pytest.mark.parametrize(
    ("headline", "subject"),
    [
        ("Champions lead", "Champions lead"),
        (
            "Young bargain seekers are 16% of customers and bring 40% of revenue",
            "Young bargain seekers bring 40% of revenue",
        ),
        ("No finding to act on: 2 of the 5 segments, in all of them, are not reliable", "No finding to act on"),
    ],
)
def test_in_the_first_month_the_subject_is_the_headline_in_short(headline: str, subject: str) -> None:
    report = replace(make_report(k=5), headline=headline)
    assert subject_of(report, EN) == f"Customer segments, October 2026: {subject}"


@given(st.text(min_size=1, max_size=120), st.text(max_size=200), st.text(min_size=1, max_size=80))
@settings(max_examples=60)
def test_a_subject_is_one_short_line_whatever_is_in_it(title: str, headline: str, name: str) -> None:
    report = make_report(k=2)
    segments = (replace(report.segments[0], name=name), report.segments[1])
    subject = subject_of(replace(report, title=title, headline=headline, segments=segments), EN)
    assert len(subject) <= 78
    assert subject.splitlines() == [subject]
    assert "October 2026" in subject


# A logo


def test_a_logo_comes_as_a_small_png(tmp_path: Path) -> None:
    from PIL import Image

    Image.new("RGB", (3000, 600), "#aa0000").save(tmp_path / "logo.jpg")
    email = email_of(make_report(k=2), ReportSettings(logo=tmp_path / "logo.jpg", brand="Kontor"))
    image = next(i for i in Page(email.html).every("img") if i["src"] == "cid:logo.png")
    assert (image["width"], image["height"], image["alt"]) == ("240", "48", "Kontor")
    assert struct.unpack(">II", email.images["logo.png"][16:24]) == (480, 96)


def test_a_logo_that_mail_programs_do_not_show_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "logo.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    assert list(email_of(make_report(k=2), ReportSettings(logo=tmp_path / "logo.svg")).images) == ["share.png"]
    (tmp_path / "logo.png").write_text("no picture")
    with pytest.raises(SettingsError, match=r"logo\.png"):
        email_of(make_report(k=2), ReportSettings(logo=tmp_path / "logo.png"))


# Some segments only

SIZES = (2311, 1117, 907, 463, 201, 9)
"""Sizes that nothing else in a report is likely to be."""


@cache
def sized(*, kept: bool = True) -> Report:
    """A report whose last segment has 9 customers; its segments are neighbours in a ring."""
    report = make_report(k=6, columns=4)
    segments = tuple(replace(s, size=size) for s, size in zip(report.segments, SIZES, strict=True))
    told = (
        Warning("small_segment", f"{segments[1].name} are only 1,117 customers."),
        Warning("small_segment", f"{segments[0].name} are only 2,311 customers."),
        Warning("unstable_segments", f"Do not target by name: {segments[3].name}; {segments[1].name}."),
        Warning("much_missing", "Age is missing for 31% of customers."),
    )
    chosen = {"segments": {"names": {"s2": segments[1].name}, "seed": 5}}
    report = with_movement(replace(report, segments=segments, warnings=told, settings=chosen))
    return report if not kept else with_movement(report, decision=KEPT)


def movement_of(report: Report) -> Movement:
    assert report.movement
    return report.movement


def with_findings(report: Report, *findings: Finding) -> Report:
    return replace(report, movement=replace(movement_of(report), findings=findings))


def others(report: Report, only: tuple[str, ...]) -> list[str]:
    """Return what would tell of the segments that are not among `only`: names, sizes, values."""
    rest = [s for s in report.segments if s.id not in only]
    rest_then = [s for s in movement_of(report).before if s.id not in only]
    sizes = {EN.count(size) for size in (*(s.size for s in rest), *(s.size for s in rest_then)) if size > 100}
    return [*(s.name for s in rest), *(s.name for s in rest_then), *sorted(sizes)]


def found_in(text: str, secrets: list[str]) -> list[str]:
    return [secret for secret in secrets if re.search(rf"(?<![\w.,]){re.escape(secret)}(?!\w|[,.]\d)", text)]


@pytest.mark.parametrize("only", [("s1",), ("s3",), ("s2", "s4")])
@pytest.mark.parametrize("kept", [True, False])
def test_a_part_tells_nothing_of_other_segments(only: tuple[str, ...], kept: bool, tmp_path: Path) -> None:  # noqa: FBT001 - a case
    report = sized(kept=kept)
    secrets = others(report, only)
    assert found_in(" ".join(secrets), secrets) == secrets
    pages = render_part(report, PLAIN, only)
    (tmp_path / "report.pdf").write_bytes(pages["report.pdf"])
    command = ["pdftotext", str(tmp_path / "report.pdf"), "-"]
    paper = " ".join(subprocess.run(command, capture_output=True, text=True, check=True).stdout.split())  # noqa: S603 - poppler
    email = email_of(report, only=only)
    part = part_of(report, only, EN)
    figures = str(charts_of_part(part, EN))  # report.html holds them packed
    screen = re.sub(r"<(svg|style).*?</\1>", "", pages["report.html"].decode().split('id="plotly"')[0], flags=re.DOTALL)
    for text in (screen, paper, figures, email.html, email.text, email.subject):
        assert found_in(text, secrets) == []
    for ident in only:
        segment = next(s for s in report.segments if s.id == ident)
        for text in (screen, paper, email.html, email.text):
            assert segment.name in text
            assert EN.count(segment.size) in text


def test_a_part_has_page_one_the_segments_and_the_glossary_but_not_the_back() -> None:
    page = render_part(sized(), ReportSettings(formats=("html",)), ("s1", "s2"))["report.html"].decode()
    found = [re.sub(r"<[^>]+>", "", h).strip() for h in re.findall(r"<h2[^>]*>(.*?)</h2>", page, re.DOTALL)]
    first, second = (s.name for s in sized().segments[:2])
    assert [h.split(" since")[0] for h in found] == [
        "What changed", "What to do", "Segments at a glance", first, second, "Method and glossary",
    ]  # fmt: skip
    links = set(re.findall(r'href="#([^"]+)"', page))
    assert links <= set(re.findall(r'id="([^"]+)"', page))
    assert "chart-share" not in page


def test_shares_of_a_part_are_still_of_all_customers() -> None:
    report = sized()
    part = part_of(report, ("s2", "s1"), EN)
    assert [s.id for s in part.segments] == ["s1", "s2"]
    assert [s.percent for s in part.segments] == [s.percent for s in report.segments[:2]]
    size, share, *_ = part.tiles
    assert (size.value, size.note) == (2311 + 1117, "in these 2 segments")
    assert (share.value, share.note) == (sum(s.percent for s in part.segments) / 100, "of all 5,000")


def test_a_segment_of_under_ten_customers_is_named_and_has_no_figures() -> None:
    report = sized()
    name = report.segments[5].name
    part = part_of(report, ("s1", "s6"), EN)
    assert [s.id for s in part.segments] == ["s1"]
    assert f"No figures are shown for {name}: fewer than 10 customers." in [w.text for w in part.warnings]
    alone = email_of(report, only=("s6",))
    assert f"{name}: fewer than 10 customers, so no figures are shown." in alone.text
    assert not re.search(r"\b9\b", alone.text)
    pages = render_part(report, PLAIN, ("s6",))
    assert name in pages["report.html"].decode()
    assert "glance" not in pages["report.html"].decode().split("</style>")[1]
    assert pages["report.pdf"].startswith(b"%PDF")


def with_sizes(report: Report, *sizes: int) -> Report:
    segments = tuple(replace(s, size=size) for s, size in zip(report.segments, sizes, strict=True))
    source = replace(report.source, customers=sum(sizes))
    return replace(report, segments=segments, source=source, tiles=())


@pytest.mark.parametrize("only", [("s1", "s2", "s3", "s4", "s5"), ("s1", "s2", "s3", "s4")])
def test_fewer_than_ten_customers_do_not_follow_by_subtraction(only: tuple[str, ...], tmp_path: Path) -> None:
    report = with_sizes(make_report(k=5, columns=4, orders=make_orders()), 2311, 907, 463, 290, 5)
    part = part_of(report, only, EN)
    assert [s.id for s in part.segments] == ["s1", "s2", "s3"]
    name = report.segments[3].name
    hiding = f"No figures are shown for {name}: with them, those of fewer than 10 other customers could be worked out."
    assert hiding in [w.text for w in part.warnings]
    pages = render_part(report, PLAIN, only)
    (tmp_path / "report.pdf").write_bytes(pages["report.pdf"])
    command = ["pdftotext", str(tmp_path / "report.pdf"), "-"]
    paper = subprocess.run(command, capture_output=True, text=True, check=True).stdout  # noqa: S603 - poppler
    email = email_of(report, only=only)
    screen = re.sub(r"<(svg|style).*?</\1>", "", pages["report.html"].decode().split('id="plotly"')[0], flags=re.DOTALL)
    for text in (screen, paper, email.html, email.text, str(charts_of_part(part, EN))):
        assert found_in(text, ["3,971", "290"]) == []  # all but 5, and what would make 5 of the rest


@given(st.lists(st.integers(1, 40), min_size=2, max_size=6), st.data())
@settings(max_examples=60)
def test_what_a_part_leaves_out_is_nobody_or_ten_customers_and_more(sizes: list[int], data: st.DataObject) -> None:
    report = with_sizes(make_report(k=len(sizes)), *sizes)
    only = data.draw(st.sets(st.sampled_from([s.id for s in report.segments]), min_size=1))
    part = part_of(report, sorted(only), EN)
    left = sum(sizes) - sum(s.size for s in part.segments)
    assert left == 0 or left >= 10 or not part.segments
    assert all(s.size >= 10 for s in part.segments)
    assert {s.neighbour.id for s in part.segments} <= {s.id for s in part.segments}


def test_a_part_of_which_nothing_may_be_shown_says_why() -> None:
    report = with_sizes(make_report(k=2), 200, 5)
    email = email_of(report, only=("s1",))
    told = " ".join(email.text.split())
    name = report.segments[0].name
    assert (
        f"{name}: no figures are shown, since those of fewer than 10 customers could be worked out with them." in told
    )
    assert found_in(told, ["200", "205", "5"]) == []


def test_warnings_of_a_part_are_its_own() -> None:
    report = sized()
    segments = tuple(replace(s, trust="unstable" if s.id in ("s2", "s4") else "stable") for s in report.segments)
    part = part_of(replace(report, segments=segments), ("s1", "s2"), EN)
    told = [warning.text for warning in part.warnings]
    assert told[:3] == [report.warnings[0].text, report.warnings[1].text, report.warnings[3].text]
    assert told[3].startswith(f"Do not target by name: {segments[1].name}. ")
    assert part.priorities == ("s1",)
    shaky = part_of(replace(report, segments=segments), ("s2",), EN)
    assert shaky.headline.endswith("of customers, but not reliable enough to act on")


def test_a_name_within_another_is_not_taken_for_it() -> None:
    report = make_report(k=3, names=("Champions", "Lapsed champions", "Others"))
    report = replace(report, warnings=(Warning("a", "Lapsed champions are few."), Warning("b", "Champions are few.")))
    assert [w.code for w in part_of(report, ("s1",), EN).warnings] == ["b"]
    assert [w.code for w in part_of(report, ("s2",), EN).warnings] == ["a"]


def test_findings_on_others_on_all_and_on_few_are_left_out() -> None:
    report = with_movement(make_report(k=4), decision=KEPT)
    first, second, third, _ = report.segments
    few = (Flow("s1", "s2", 9, None), Flow("s2", "s1", 10, None))
    told = (
        Finding("change", f"{first.name} grew.", ("s1",)),
        Finding("move", f"10 {second.name} became {first.name}.", ("s2", "s1")),
        Finding("move", f"9 {first.name} became {second.name}.", ("s1", "s2")),
        Finding("move", f"50 {third.name} became {first.name}.", ("s3", "s1")),
        Finding("customers", "There are more customers."),
    )
    report = replace(report, movement=replace(movement_of(report), flows=few, findings=told))
    findings = movement_of(part_of(report, ("s1", "s2"), EN)).findings
    assert [f.text for f in findings[:2]] == [told[0].text, told[1].text]
    assert findings[2].text.startswith(f"{second.name}: {second.size:,} customers, ")
    assert len(findings) == 3


def test_a_change_made_of_few_customers_is_told_without_its_parts() -> None:
    report = sized()
    first, *rest = movement_of(report).changes
    few = replace(first, parts=Parts(arrivals=30, departures=-9))
    moved = replace(report, movement=replace(movement_of(report), changes=(few, *rest)))
    assert movement_of(part_of(moved, ("s1",), EN)).changes[0].parts == Parts()
    many = replace(first, parts=Parts(arrivals=30, departures=-10))
    moved = replace(report, movement=replace(movement_of(report), changes=(many, *rest)))
    assert movement_of(part_of(moved, ("s1",), EN)).changes[0].parts == many.parts


def test_segments_that_were_too_few_last_month_are_not_compared_with_it() -> None:
    report = sized()
    before = tuple(replace(known, size=9 if known.id == "s1" else known.size) for known in movement_of(report).before)
    report = replace(report, movement=replace(movement_of(report), before=before))
    part = part_of(report, ("s1",), EN)
    assert part.movement is None
    assert "had fewer than 10 customers in September 2026." in part.warnings[-1].text


def test_segments_beside_which_too_few_were_last_month_are_not_compared_with_it() -> None:
    report = sized()
    before = movement_of(report).before
    fewer = (*before[:1], *(replace(known, size=1) for known in before[1:]))
    report = replace(report, movement=replace(movement_of(report), before=fewer))
    part = part_of(report, ("s1",), EN)
    assert part.movement is None
    assert part.warnings[-1].text == (
        "What changed is not told: figures of fewer than 10 other customers in September 2026 "
        "could be worked out with it."
    )


def test_a_trend_leaves_out_the_months_in_which_too_few_were_beside_it() -> None:
    report = sized()
    moved = movement_of(report)
    first, *rest = moved.trends
    month = first.points[1].period
    few = (replace(t, points=tuple(replace(p, size=1) if p.period == month else p for p in t.points)) for t in rest)
    report = replace(report, movement=replace(moved, trends=(first, *few)))
    (trend,) = movement_of(part_of(report, ("s1",), EN)).trends
    assert [p.period for p in trend.points] == [p.period for p in first.points if p.period != month]


def test_the_subject_of_a_part_is_its_own_change() -> None:
    report = sized()
    subject = email_of(report, only=("s1",)).subject
    name = report.segments[0].name
    assert re.fullmatch(rf"Customer segments, October 2026: {name} (up|down) \d+%", subject)


def test_a_part_comes_without_the_strip_of_all() -> None:
    email = email_of(sized(), only=("s1", "s2"))
    assert email.images == {}
    assert Page(email.html).every("img") == []


def test_a_segment_that_is_not_there_is_told_with_those_that_are() -> None:
    with pytest.raises(InputError, match=r"no segment s9; there are s1 \(Champions\)"):
        render_email(make_report(k=2), PLAIN, only=("s9",))


@given(st.sets(st.sampled_from(["s1", "s2", "s3", "s4", "s5", "s6"]), min_size=1))
@settings(max_examples=30)
def test_any_part_holds_no_name_of_another_segment_anywhere(only: set[str]) -> None:
    report = sized(kept=len(only) % 2 == 0)
    part = part_of(report, sorted(only), EN)
    shown = {s.id for s in part.segments}
    hidden = [s.name for s in report.segments if s.id not in only]
    hidden += [s.name for s in movement_of(report).before if s.id not in shown | only]
    assert found_in(part.to_json().decode(), hidden) == []
