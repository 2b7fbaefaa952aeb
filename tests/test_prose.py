"""Every number in the prose comes from report.json: read back from sentences, charts and the page, in any language."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Literal

import pytest
from facts import (
    Facts,
    chart_facts,
    choice_facts,
    column_facts,
    facts_of,
    follow_up_facts,
    movement_facts,
    numbers_in,
    order_facts,
    outcome_facts,
    segment_facts,
    size_of,
    trace_facts,
)
from prose import Said, changes, chart_sentences, names_of, reasons, sentences, strange
from reports import KEPT, REFITTED, with_movement
from test_telling import retold

from segreport import build_report
from segreport.charts import charts_of
from segreport.example import shop_customers, shop_orders
from segreport.history import Decision, moved_words
from segreport.history.identity import decide
from segreport.pages import Drawn, render_html
from segreport.report import Report, load_report
from segreport.settings import ReportSettings
from segreport.sources import Data
from segreport.wording import Wording

DATA = Path(__file__).parents[2] / "shared" / "data"
SOURCES: dict[str, Callable[[], Data]] = {
    "shop": lambda: shop_customers(600, 7),
    "orders": lambda: shop_orders(400, 7),
    "mall": lambda: DATA / "mall_customers" / "Mall_Customers.csv",
    "wholesale": lambda: DATA / "wholesale" / "Wholesale_customers_data.csv",
    "personality": lambda: DATA / "customer_personality" / "marketing_campaign.csv",
    "retail": lambda: DATA / "online_retail" / "france.csv",
    "superstore": lambda: DATA / "superstore" / "Sample - Superstore.csv",
}
CASES = [
    *((name, "en", None) for name in SOURCES),
    ("shop", "de", "EUR"),
    ("mall", "de", None),
    ("retail", "de", "GBP"),
    ("orders", "fr", "EUR"),
    ("wholesale", "fr", None),
]
"""What is run, in which language and currency: German writes 1.234,5, French 1 234,5."""


@cache
def told(name: str, language: str = "en", currency: str | None = None, **choices: Any) -> tuple[Report, Wording]:
    """A report as it comes back from its report.json, and how it writes numbers."""
    data = SOURCES[name]()
    if isinstance(data, Path) and not data.exists():
        pytest.skip("the shared data sets are not beside this checkout")
    made = build_report(data, language=language, currency=currency, **choices)
    return load_report(made.to_json()), Wording(language, currency)


def all_said(report: Report, wording: Wording) -> Iterator[Said]:
    yield from sentences(report, wording)
    yield from chart_sentences(report, wording)
    if wording.language == "en":
        yield from reasons(report, wording)


@pytest.mark.parametrize(("name", "language", "currency"), CASES)
def test_every_number_of_every_sentence_is_in_report_json(name: str, language: str, currency: str | None) -> None:
    report, wording = told(name, language, currency)
    names = names_of(report, wording)
    found = [(said.place, bad, said.text) for said in all_said(report, wording) if (bad := strange(said, names))]
    assert found == []


@pytest.mark.parametrize(("name", "language", "currency"), CASES)
def test_every_number_of_the_page_is_in_report_json(name: str, language: str, currency: str | None) -> None:
    report, wording = told(name, language, currency)
    names = names_of(report, wording)
    found = [(said.place, bad, said.text) for said in on_page(report, wording) if (bad := strange(said, names))]
    assert found == []


def test_a_reason_by_another_rule_holds_its_numbers_too() -> None:
    for rule in ("silhouette", "elbow"):
        report, wording = told("mall", choose_by=rule)
        said = Said(rule, report.choice.reason, facts_of(report, wording).plus(choice_facts(report, wording)))
        assert strange(said, names_of(report, wording)) == []


@pytest.mark.parametrize("language", ["en", "de", "fr"])
def test_a_digit_altered_in_any_kind_of_sentence_is_found(language: str) -> None:
    report, wording = told("orders" if language == "fr" else "shop", language, None if language == "en" else "EUR")
    names = names_of(report, wording)
    told_ = [
        said
        for said in all_said(report, wording)
        if said.place in ("headline", "s1", "chart drivers-s1", "alternatives")
    ]
    altered = caught = 0
    for said in told_:
        for digit in re.finditer(r"(?<=\d)\d", said.text):
            other = said.text[: digit.start()] + str((int(digit[0]) + 3) % 10) + said.text[digit.end() :]
            if len(strange(replace(said, text=other), [])) > len(strange(said, [])):
                caught += 1
            altered += 1
    assert altered > 40
    assert caught > 0.6 * altered, f"only {caught} of {altered} lies were caught"
    lie = re.sub(r"\d+(?=\s?%)", "97", report.headline, count=1)
    assert strange(Said("headline", lie, next(iter(sentences(report, wording))).facts), names)


@pytest.mark.parametrize(
    ("text", "language", "numbers"),
    [
        ("11% of 1,234 customers, 0.5 each.", "en", ["11%", "1,234", "0.5"]),
        ("11 % of 1.234 customers, 0,5 each.", "de", ["11 %", "1.234", "0,5"]),
        ("11\u202f% of 1\u202f234 customers, 0,5 each.", "fr", ["11 %", "1 234", "0,5"]),
        ("2, 3 and 4 segments; s1 and X2 are names.", "en", ["2", "3", "4"]),
    ],
)
def test_numbers_are_read_as_the_language_writes_them(text: str, language: str, numbers: list[str]) -> None:
    assert numbers_in(text, Wording(language)) == numbers


def test_a_number_is_known_in_its_own_writing_only() -> None:
    facts = Facts(Wording()).tell(0.11, unit="share").tell(1234.5)
    assert facts.said == {"11%", "1,234"}
    assert strange(Said("", "11% of 1,234", facts), []) == []
    assert strange(Said("", "11 of 1,235", facts), []) == ["11", "1,235"]


MONTHS = [("shop", "en", None), ("shop", "de", "EUR"), ("orders", "fr", "EUR")]


@pytest.mark.parametrize("decision", [KEPT, REFITTED], ids=["kept", "refitted"])
@pytest.mark.parametrize(("name", "language", "currency"), MONTHS)
def test_every_number_of_what_changed_is_in_report_json(
    name: str, language: str, currency: str | None, decision: Decision
) -> None:
    report, wording = moved(name, language, currency, decision)
    names = names_of(report, wording)
    told_ = [*all_said(report, wording), *moves(report, wording), *on_page(report, wording)]
    assert [(said.place, bad, said.text) for said in told_ if (bad := strange(said, names))] == []


@pytest.mark.parametrize(("name", "language", "currency"), MONTHS)
def test_a_digit_altered_in_what_changed_is_found(name: str, language: str, currency: str | None) -> None:
    report, wording = moved(name, language, currency, KEPT)
    names = names_of(report, wording)
    altered = caught = 0
    for said in (*changes(report, wording), *moves(report, wording)):
        text = said.text
        for known in names:
            text = text.replace(known, "…")
        for digit in re.finditer(r"\d", text):
            other = text[: digit.start()] + str((int(digit[0]) + 3) % 10) + text[digit.end() :]
            caught += len(strange(replace(said, text=other), [])) > len(strange(replace(said, text=text), []))
            altered += 1
    assert altered > 20
    assert caught > 0.6 * altered, f"only {caught} of {altered} lies were caught"


def moved(name: str, language: str, currency: str | None, decision: Decision) -> tuple[Report, Wording]:
    """A report with a last month made up by hand, and the sentences that follow from its numbers."""
    report, wording = told(name, language, currency)
    mode: Literal["keep", "refit"] = "keep" if decision.kept else "refit"
    _, reason = decide(mode, decision.drifts, decision.better, {}, decision.since, wording)
    made = with_movement(report, decision=replace(decision, reason=reason))
    return load_report(retold(made, wording).to_json()), wording


def moves(report: Report, wording: Wording) -> Iterator[Said]:
    """Yield the sentences of the movement part."""
    assert report.movement is not None
    for text in moved_words(report.movement, report.segments, wording):
        yield Said("movement", text, facts_of(report, wording).plus(movement_facts(report, wording)))


def test_every_chart_and_every_sentence_is_plain_text_in_report_json() -> None:
    """What is said outside charts stands in report.json word for word: whoever reads that file reads the same."""
    report, wording = told("shop")
    kept = json.dumps(json.loads(report.to_json()), ensure_ascii=False)
    for said in sentences(report, wording):
        assert json.dumps(said.text, ensure_ascii=False)[1:-1] in kept


# The page


class Page(HTMLParser):
    """The words of a page by section, each element's own; scripts, styles, drawings and code are none."""

    SILENT = ("script", "style", "svg", "code", "title", "nav", "dl.glossary")

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, str | None]] = []
        self.said: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag not in ("meta", "img", "br", "link", "input"):
            self.open.append((f"{tag}.{found.get('class')}", found.get("id") if tag == "section" else None))
        for name in ("aria-label", "alt", "title"):
            if found.get(name):
                self.handle_data(found[name] or "")

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0].split(".")[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if data.strip() and not any(tag.startswith(self.SILENT) for tag, _ in self.open):
            place = next((ident for _, ident in reversed(self.open) if ident and ident != "todo"), "page one")
            self.said.append((place, re.sub("[ \n\t]+", " ", data).strip()))


def on_page(report: Report, wording: Wording) -> Iterator[Said]:
    """Yield what stands on the page; axes of drawings are rulers, and the glossary tells the method, not the data."""
    settings = ReportSettings(language=wording.language, currency=wording.currency)
    charts = {key: Drawn(chart, "", (), ()) for key, chart in charts_of(report, wording).items()}
    page = Page()
    page.feed(render_html(report, charts, settings))
    known = page_facts(report, wording)
    why = {*report.notes, *(column.why for column in report.columns)}
    why |= {text for _, _, text in report.orders.roles} if report.orders else set()
    for place, text in page.said:
        if text not in why:  # see reasons()
            yield Said(place, text, known.get(place, known["page one"]))


def follow_ups(report: Report, wording: Wording) -> Facts:
    """Return the numbers of last month's recommendations."""
    moved_ = report.movement
    found = [follow_up_facts(moved_, told_, wording) for told_ in moved_.followups] if moved_ else []
    return Facts(wording).plus(*found)


def page_facts(report: Report, wording: Wording) -> dict[str, Facts]:
    """Return what may be told in every section."""
    ours, charts = facts_of(report, wording), chart_facts(report, wording)
    moved_, trends = movement_facts(report, wording), charts["trends"]
    sizes = ours.plus(*(size_of(s, wording) for s in report.segments))
    each = {s.id: segment_facts(report, s, wording).plus(moved_, trends) for s in report.segments}
    tiles = Facts(wording)
    for tile in report.tiles:
        tiles.tell(tile.value, unit={"count": "count", "share": "share", "number": ""}.get(tile.kind, "amount"))
    choice = ours.plus(choice_facts(report, wording), charts["choice"], charts["map"], charts["silhouettes"])
    choice.tell(*(gap for row in report.separation for gap in row), unit="fixed1")
    choice.tell(*range(1, len(report.segments) + 1), unit="count")  # rows of a table
    choice = choice.plus(outcome_facts(report, wording), trace_facts(report, wording), *each.values())
    data = sizes.plus(column_facts(report, wording), *(charts[key] for key in ("correlations", "distributions")))
    if report.orders:
        data = data.plus(order_facts(report.orders, wording))
    method = ours.tell(report.settings.get("segments", {}).get("seed", 0), unit="count").text(*report.versions.values())
    glance = sizes.plus(*each.values()).text("1", "5", "100")  # the ends of a score, and the average index
    return {
        "page one": sizes.plus(
            tiles, charts["share"], choice_facts(report, wording), *each.values(), column_facts(report, wording)
        ),
        "glance": glance.plus(charts["scores"]),
        **{ident: sizes.plus(facts) for ident, facts in each.items()},
        "choice": choice.plus(moved_)
        .tell(0.01, 0.06, 0.14, 0.05, unit="fixed2")
        .tell(0.1, 0.3, 0.5, unit="fixed1")
        .tell(0.001, unit="fixed3"),
        "data": data,
        "method": method,
        "movement": sizes.plus(moved_, trends, charts["movement"], follow_ups(report, wording)),
    }
