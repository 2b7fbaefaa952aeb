"""How templates write numbers and words: Jinja filters, so that a number stays one until it stands on the page."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Any

from segreport.charts import counted
from segreport.charts.make.buying import COUNTED
from segreport.evidence import SURE
from segreport.history import Known
from segreport.orders import Definition, Scale
from segreport.outcomes import Outcome
from segreport.personas import lower_first
from segreport.profiles import Driver
from segreport.report import ColumnFacts, Report, Segment
from segreport.story import Tile
from segreport.wording import Wording

Filters = dict[str, Callable[..., Any]]

TRUST_WORDS = {"stable": "Target by name", "doubtful": "Use as a theme", "unstable": "Do not target"}
TRUST_SENTENCES = {
    "stable": "stable enough to target by name.",
    "doubtful": "a real pattern with doubtful members; use it as a theme, not as a list.",
    "unstable": "not reliable; do not target by it.",
}

PART_WORDS = {
    "customer": "customer",
    "date": "date of the order",
    "amount": "amount",
    "quantity": "quantity",
    "price": "price",
    "order": "order number",
    "product": "product",
    "category": "category",
    "refunded": "amount refunded",
    "state": "cancelled or returned",
    "describes": "describes customers",
    "summed": "summed by customer",
    "averaged": "averaged by customer",
    "unused": "not used",
}
DONE_WORDS = {
    "read": "read",
    "dropped": "dropped",
    "used": "used",
    "subtracted": "part of those used, taken off",
    "kept": "part of those used, kept",
}


def filters_of(report: Report, wording: Wording) -> Filters:
    """Return every filter by name."""
    columns = {column.name: column for column in report.columns}
    segments = {segment.id: segment for segment in report.segments}

    def labels(names: list[str]) -> str:
        return ", ".join(lower_first(columns[name].label) for name in names)

    def tile_value(tile: Tile) -> str:
        write = {"count": wording.count, "number": wording.number, "share": wording.percent}
        return write.get(tile.kind, partial(wording.quantity, unit="amount"))(tile.value)

    def segment(ident: str) -> Segment:
        return segments[ident]

    return {
        **plain_filters(wording),
        "number": wording.number,
        "of_customers": lambda segment: segment.of_customers(wording),
        "of_value": lambda segment: segment.of_value(wording),
        "amount": lambda value: wording.quantity(value, "amount"),
        "index": lambda value: "–" if value is None else wording.count(value),
        "fixed": wording.fixed,
        "date": wording.date,
        "moment": wording.moment,
        "labels": labels,
        "lower_first": lower_first,
        "segment": segment,
        "tile_value": tile_value,
        "trust_words": TRUST_WORDS.__getitem__,
        "trust_sentence": TRUST_SENTENCES.__getitem__,
        **_of_drivers(columns, wording),
        **_of_orders(report, columns, wording),
        **_of_movement(report, wording),
    }


def plain_filters(wording: Wording) -> Filters:
    """Return the filters that need no report."""
    return {
        "count": wording.count,
        "percent": wording.percent,
        "css_percent": lambda share: f"{100 * share:.2f}%",
        "month": wording.month,
    }


def _of_drivers(columns: dict[str, ColumnFacts], wording: Wording) -> Filters:
    def quantity(driver: Driver | Outcome, value: float) -> str:
        return (
            wording.percent(value) if driver.level is not None else wording.quantity(value, columns[driver.column].unit)
        )

    def label(driver: Driver | Outcome) -> str:
        name = columns[driver.column].label
        return name if driver.level is None else f"{name}: {driver.level}"

    def driver_words(driver: Driver) -> str:
        name = lower_first(label(driver))
        if driver.level is not None:
            return f"{'more' if driver.effect > 0 else 'fewer'} with {name}"
        if name.startswith("days "):
            return f"{'more' if driver.effect > 0 else 'fewer'} {name}"
        return f"{'higher' if driver.effect > 0 else 'lower'} {name}"

    return {
        "driver_label": label,
        "driver_mean": lambda driver: quantity(driver, driver.mean),
        "driver_overall": lambda driver: quantity(driver, driver.overall),
        "driver_index": lambda driver: "–" if driver.index is None else wording.count(driver.index),
        "driver_words": driver_words,
        "figure_of": quantity,
        "strength": _strength,
        "p_value": lambda p: f"<{wording.fixed(0.001, 3)}" if p < 0.001 else wording.fixed(p, 3),
        "is_counted": lambda drivers: any(driver.column in COUNTED for driver in drivers),
    }


def _strength(outcome: Outcome) -> str:
    """Return how strongly a column differs between segments, in words."""
    if outcome.differs:
        return outcome.size
    if outcome.p >= SURE:
        return "no more than chance"
    return "next to none" if outcome.size == "none" else "not seen in the means"


def _of_orders(report: Report, columns: dict[str, ColumnFacts], wording: Wording) -> Filters:
    said = counted(report.orders, wording) if report.orders else ""

    def scale_label(scale: Scale) -> str:
        name = scale.column.capitalize()
        return f"{name}: {lower_first(columns[scale.column].label)}" if scale.column in columns else name

    def steps(scale: Scale) -> list[str]:
        found = dict(scale.steps)
        return [found.get(score, "–") for score in range(5, 0, -1)]

    def formula(definition: Definition) -> str:
        sentence = f"{definition.formula[:1].upper()}{definition.formula[1:].rstrip('.')}."
        return f"{said} {sentence}" if definition.name in COUNTED else sentence

    return {
        "exact": lambda amount: "–" if amount is None else wording.exact(amount),
        "score": lambda mean: wording.fixed(mean, 1),
        "scale_label": scale_label,
        "steps": steps,
        "formula": formula,
        "part_words": PART_WORDS.__getitem__,
        "done_words": DONE_WORDS.__getitem__,
    }


def _of_movement(report: Report, wording: Wording) -> Filters:
    before = report.movement.before if report.movement else ()
    known: dict[str, Segment | Known] = {**{old.id: old for old in before}, **{now.id: now for now in report.segments}}
    labels = {column.name: column.label for column in report.columns}

    def signed_percent(share: float) -> str:
        said = wording.percent(abs(share))
        return said if abs(share) <= 0.005 else f"{'+' if share > 0 else '-'}{said}"

    return {
        "place": known.__getitem__,
        "signed": lambda value: f"{'+' if value > 0 else ''}{wording.count(value)}",
        "signed_percent": signed_percent,
        "label_of": lambda name: labels.get(name, name),
        "drift_words": _drift_words,
        "quoted": partial(json.dumps, ensure_ascii=False),
    }


def _drift_words(psi: float) -> str:
    """Return what a population stability index says, by its usual limits."""
    return "hardly a change" if psi < 0.1 else "some change" if psi <= 0.2 else "another population"
