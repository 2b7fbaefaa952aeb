"""What a report says, place by place, beside the numbers of report.json that may be told there; for test_prose.py."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from facts import (
    Facts,
    chart_facts,
    choice_facts,
    column_facts,
    facts_of,
    follow_up_facts,
    headline_facts,
    movement_facts,
    numbers_in,
    order_facts,
    outcome_facts,
    segment_facts,
    size_of,
)

from segreport.charts import charts_of
from segreport.charts.kinds import Chart
from segreport.report import Report
from segreport.wording import Wording

WORDS = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
CONSTANTS = {
    r"\b100 is the average customer": "an index counts from 100",
    r"at 1 lies deep inside the segment, at 0 on a border, below 0": "the ends of the silhouette",
    r"-1 to 1; numbers from 0\.2 on": "the ends of a correlation, and from where a cell is written",
    r"\(1 is perfect, 0 is none\)": "the ends of the silhouette",
    r"under \S*2\s?% of customers are not drawn": "what is too thin to draw",
    r"in the last 180 days came in the last 90": "what the recent share of revenue means",
    r"of the last 90 days ÷ revenue of the last 180 \(before returns\): 50 is level": "the same",
    r"\b100 ×|at most 100\b|number of orders − 1": "a formula's own",
    r"only 0 and 1: taken as no and yes|\(1 to \d+\): taken as a category": "values as they stand in the column",
    r"\b(within|over(?: the next)?|in|after) \d+ (days|months)\b|\bper 100 \w+": "what an action plans, no finding",
}
"""What is no finding, and why its numbers stand in no report."""


NAME = "name"
"""The place of a segment's own name, whose numbers are looked up as well; elsewhere it is only a word."""


@dataclass(frozen=True)
class Said:
    """A sentence, where it stands, and which numbers it may tell."""

    place: str
    text: str
    facts: Facts


def strange(said: Said, names: Iterable[str]) -> list[str]:
    """Return the numbers of a sentence that the report does not hold; `names` are the data's own words."""
    text = said.text
    for name in names:
        text = text.replace(name, "…") if (said.place, name) != (NAME, text) else text
    for constant in CONSTANTS:
        text = re.sub(constant, "…", text)
    text = re.sub(r"“[^”]*”", "…", text)
    text = re.sub(
        rf"\b({'|'.join(WORDS)})(?= segments)", lambda w: str(2 + WORDS.index(w[0].lower())), text, flags=re.IGNORECASE
    )
    return [number for number in numbers_in(text, said.facts.wording) if number not in said.facts.said]


def names_of(report: Report, wording: Wording) -> list[str]:
    """Return the words of a report in which digits are no numbers: names, labels, levels and dates; longest first."""
    columns = {n for c in report.columns for n in (c.name, c.label, c.label[:1].lower() + c.label[1:])}
    columns |= {re.sub("^(days|number of) ", "", name) for name in columns}
    labels = {column.name: column.label for column in report.columns}
    levels = {f"{labels[name]}: {level}" for name, shares in report.overall.levels.items() for level in shares}
    levels |= {level[:1].lower() + level[1:] for level in levels}
    levels |= {f"({level}:" for shares in report.overall.levels.values() for level in shares}
    dates = {wording.date(report.as_of), wording.month(report.period), report.source.name, report.title}
    if report.orders:
        dates |= {wording.moment(m, t) for m in (report.orders.first, report.orders.as_of) for t in (True, False)}
        dates |= {wording.month(month.month) for month in report.orders.months}
        columns |= {name for name, _, _ in report.orders.roles}
    dates |= _periods(report, wording)
    before = report.movement.before if report.movement else ()
    words = {*(s.name for s in report.segments), *(s.name for s in before), *columns, *levels, *dates}
    return sorted((name for name in words if re.search(r"\d", name)), key=len, reverse=True)


def _periods(report: Report, wording: Wording) -> set[str]:
    """Return the months that a report on what changed names."""
    if report.movement is None:
        return set()
    moved = report.movement
    known = {moved.since, moved.decision.since, *(point.period for trend in moved.trends for point in trend.points)}
    return {write(period) for period in known for write in (wording.month, wording.short_month)}


def sentences(report: Report, wording: Wording) -> Iterator[Said]:
    """Yield every sentence of a report that is not within a chart."""
    ours = facts_of(report, wording)
    sizes = ours.plus(*(size_of(s, wording) for s in report.segments))
    each = {s.id: ours.plus(segment_facts(report, s, wording)) for s in report.segments}
    choice = ours.plus(choice_facts(report, wording))
    yield Said("headline", report.headline, headline_facts(report, wording))
    yield Said("verdict", report.verdict, choice)
    yield Said("reason", report.choice.reason, choice)
    for tile in report.tiles:
        yield Said(f"tile {tile.label}", tile.note, choice)
    for segment in report.segments:
        action = segment.action
        yield Said(NAME, segment.name, each[segment.id])
        for text in (segment.summary, segment.rule.text, action.title, action.text, action.metric):
            yield Said(segment.id, text, each[segment.id])
    others = report.alternatives
    for text in (
        others.lead,
        others.finding,
        others.note,
        *(t for row in others.rows for t in (row.what, row.said, row.text)),
    ):
        yield Said("alternatives", text, choice)
    yield Said("outcomes", report.outcomes.verdict, ours.plus(outcome_facts(report, wording)))
    known = sizes.plus(column_facts(report, wording))
    for text in (*(column.treatment for column in report.columns), *(warning.text for warning in report.warnings)):
        yield Said("data", text, known)
    yield from changes(report, wording)


def changes(report: Report, wording: Wording) -> Iterator[Said]:
    """Yield what is said to have changed since last month."""
    moved, known = report.movement, movement_facts(report, wording)
    if moved is None:
        return
    for finding in moved.findings:
        yield Said(f"finding {finding.code}", finding.text, known)
    yield Said("subject", moved.subject, known)
    yield Said("decision", moved.decision.reason, known)
    for told in moved.followups:
        for text in (told.text, told.measured):
            yield Said(f"follow-up {told.id}", text, follow_up_facts(moved, told, wording))


def reasons(report: Report, wording: Wording) -> Iterator[Said]:
    """Yield what was found out while reading; its rooms know no language, so its numbers are written in English."""
    known = facts_of(report, wording).plus(column_facts(report, wording))
    if report.orders:
        known = known.plus(order_facts(report.orders, wording))
    for note in report.notes:
        yield Said("note", note, known)
    for column in report.columns:
        yield Said(f"column {column.name}", column.why, known)


def chart_sentences(report: Report, wording: Wording) -> Iterator[Said]:
    """Yield what every chart says: title, alt text, note, and the cells of its table."""
    facts = chart_facts(report, wording)
    for key, chart in charts_of(report, wording).items():
        known = facts.get(key) or facts[key.partition("-")[0]]
        for text in (chart.title, chart.alt, chart.note, *cells_of(chart, wording)):
            yield Said(f"chart {key}", text, known)


def cells_of(chart: Chart, wording: Wording) -> Iterator[str]:
    """Yield the cells of a chart's table as a reader sees them, each after the name of its row."""
    for row in chart.table()[1]:
        first, *rest = ("" if cell is None else cell if isinstance(cell, str) else cell.say(wording) for cell in row)
        yield from (f"{first}: {cell}" for cell in rest)
