"""The numbers of report.json, each as a reader meets it, by the place that may tell it; for prose.py."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field

from segreport.charts import Quantity
from segreport.drift import MOST
from segreport.features import LevelStep, NumberStep
from segreport.history import LOST, NEW, RETURNED, FollowUp, Movement
from segreport.history.identity import BETTER
from segreport.orders import OrderFacts
from segreport.pages.moving import whole_parts
from segreport.profiles import Driver, Spread
from segreport.report import Report, Segment
from segreport.wording import Wording, whole_percents

MEASURED = ("inertia", "silhouette", "silhouette_error", "excess", "margin", "calinski_harabasz", "davies_bouldin",
            "stability")  # fmt: skip


@dataclass
class Facts:
    """Numbers of a report as a reader meets them, each written in the one way that is its own."""

    wording: Wording
    said: set[str] = field(default_factory=set)

    def tell(self, *values: float | None, unit: str = "") -> Facts:
        """Add numbers: `unit` is "share", "count", "fixed1" to "fixed3", "exact", or a unit of Wording.quantity."""
        for value in values:
            if value is not None:
                self.said |= set(numbers_in(self._written(value, unit), self.wording))
        return self

    def text(self, *texts: str) -> Facts:
        """Add what the report prints already as words of its own."""
        for text in texts:
            self.said |= set(numbers_in(text, self.wording))
        return self

    def plus(self, *others: Facts) -> Facts:
        """Return these and those."""
        return Facts(self.wording, self.said.union(*(other.said for other in others)))

    def _written(self, value: float, unit: str) -> str:
        if unit == "exact":
            return self.wording.exact(value)
        if unit.startswith("fixed"):
            return self.wording.fixed(value, int(unit[5:]))
        return Quantity(value, unit).say(self.wording)


def numbers_in(text: str, wording: Wording) -> list[str]:
    """Return the numbers of a text as they are written there, a percent sign with its number; signs do not count."""
    symbols = wording.locale.number_symbols["latn"]
    group, decimal = re.escape(symbols["group"]), re.escape(symbols["decimal"])
    number = rf"(?<![A-Za-z_\d])\d{{1,3}}(?:{group}\d{{3}})+(?:{decimal}\d+)?|(?<![A-Za-z_\d])\d+(?:{decimal}\d+)?"
    return [re.sub(r"\s", " ", found) for found in re.findall(rf"(?:{number})(?:\s?%)?", text)]


# What is known, by what it is about


def facts_of(report: Report, wording: Wording) -> Facts:
    """Return what may be told anywhere: how many segments, customers and columns, and what all customers are like."""
    told, source, all_of_us = Facts(wording), report.source, report.overall
    clustered = sum(column.step is not None for column in report.columns)
    told.tell(
        len(report.segments), clustered, source.customers, source.rows, source.duplicates, source.sample, unit="count"
    )
    told.tell(all_of_us.value, unit="amount").tell(all_of_us.silhouette, unit="fixed2")
    for column, mean in all_of_us.means.items():
        told.tell(mean, unit=unit_of(report, column))
    _spreads(told, report, all_of_us.spreads)
    for shares in all_of_us.levels.values():
        told.tell(*shares.values(), unit="share")
    if report.orders:
        told.tell(report.orders.lines, report.orders.orders, report.orders.customers, unit="count")
        told.tell(report.orders.repeaters, unit="share")
    if all_of_us.standing:
        told.tell(*vars(all_of_us.standing).values(), unit="fixed1")
    return told


def unit_of(report: Report, column: str) -> str:
    return next((c.unit for c in report.columns if c.name == column), "")


def size_of(segment: Segment, wording: Wording) -> Facts:
    """Return how large a segment is and what it is worth."""
    told = Facts(wording).text(segment.of_customers(wording), segment.of_value(wording))
    return (
        told.tell(segment.size, unit="count").tell(segment.value, unit="amount").tell(segment.value_index, unit="count")
    )


def segment_facts(report: Report, segment: Segment, wording: Wording) -> Facts:
    """Return everything about one segment."""
    told = size_of(segment, wording)
    for column, mean in segment.centre.items():
        told.tell(mean, unit=unit_of(report, column))
    for shares in segment.levels.values():
        told.tell(
            *shares.values(), *(1 - share for share in shares.values()), unit="share"
        )  # "not X" is said as the rest
    for driver in (*segment.drivers, *segment.described, *segment.neighbour.drivers):
        _driver(told, report, driver)
    _spreads(told, report, segment.spreads)
    for limit in segment.rule.limits:
        unit = unit_of(report, limit.column)
        told.tell(limit.low, limit.high, unit=unit)
        told.tell(None if limit.high is None else limit.high - 1, unit=unit)  # whole numbers under 6 are those up to 5
    told.tell(segment.rule.precision, segment.rule.recall, segment.stability, segment.border, unit="share")
    told.tell(segment.silhouette, segment.stability, unit="fixed2")
    if segment.standing:
        told.tell(*vars(segment.standing).values(), unit="fixed1")
    return told


def _driver(told: Facts, report: Report, driver: Driver) -> None:
    unit = "share" if driver.level is not None else unit_of(report, driver.column)
    told.tell(driver.mean, driver.overall, unit=unit).tell(driver.index, unit="count").tell(driver.effect)
    if driver.level is not None:
        told.tell(1 - driver.mean, 1 - driver.overall, unit="share")  # of two levels the one there is more of is told


def _spreads(told: Facts, report: Report, spreads: dict[str, Spread]) -> None:
    for column, spread in spreads.items():
        told.tell(*spread.quantiles, unit=unit_of(report, column))


def choice_facts(report: Report, wording: Wording) -> Facts:
    """Return what was measured to choose the number of segments, and what other choices would change."""
    told, choice, others = Facts(wording), report.choice, report.alternatives
    for score in choice.scores:
        told.tell(score.k, unit="count")
        told.tell(score.smallest_share, score.largest_share, score.stability, unit="share")
        measured = [getattr(score, name) for name in MEASURED]
        for unit in ("", "fixed2", "fixed3"):
            told.tell(*measured, unit=unit)
    told.tell(choice.elbow, choice.finer, unit="count")
    graded = [sum(s.trust == grade for s in report.segments) for grade in ("stable", "doubtful", "unstable")]
    told.tell(*graded, len(report.segments) - graded[2], unit="count")  # "3 of the 5": how many are in a list
    for trial in others.trials:
        told.tell(trial.recut.changed, trial.recut.beyond, unit="share").tell(
            trial.customers, trial.recut.k, unit="count"
        )
    left_out = sum(trial.kind == "column" for trial in others.trials)
    told.tell(others.customers, others.columns, *range(left_out + 1), unit="count")  # "one of 5 other columns"
    told.tell(*others.traces.since.values(), *others.traces.apart.values(), len(others.traces.since), unit="count")
    return told


def trace_facts(report: Report, wording: Wording) -> Facts:
    """Return the shares of the groups under every number of segments, and who goes where."""
    told = Facts(wording)
    for level in report.alternatives.traces.levels:
        told.tell(level.k, unit="count")
        told.text(*map(wording.whole, whole_percents([g.share for g in level.groups]), (g.share for g in level.groups)))
        told.tell(*(flow for group in level.groups for flow in group.flows), unit="share")
    return told


def outcome_facts(report: Report, wording: Wording) -> Facts:
    """Return how columns kept out of the clustering differ between segments."""
    told, compared = Facts(wording), report.outcomes.compared
    told.tell(len(compared), sum(outcome.differs for outcome in compared), unit="count")
    for outcome in compared:
        unit = "share" if outcome.level is not None else unit_of(report, outcome.column)
        told.tell(*outcome.values.values(), outcome.overall, unit=unit).tell(outcome.p, unit="fixed3")
    return told


def column_facts(report: Report, wording: Wording) -> Facts:
    """Return what was counted in every column and done to it."""
    told = Facts(wording)
    for column in report.columns:
        told.tell(column.missing, column.distinct, unit="count").tell(column.twin[1] if column.twin else None)
        told.tell(column.told, unit="share")
        told.tell(column.missing / report.source.customers, unit="share")
        if column.step:
            told.tell(column.step.filled, unit="count")
        if isinstance(column.step, NumberStep):
            told.tell(column.step.tamed, unit="count").tell(column.step.fill, unit=column.unit)
        elif isinstance(column.step, LevelStep):
            told.tell(len(column.step.levels), unit="count").tell(column.step.weight)
    return told.tell(*range(len(report.columns) + 1), unit="count")  # how many have gaps


def order_facts(orders: OrderFacts, wording: Wording) -> Facts:
    """Return what is known of the orders: ledger, scores, months."""
    told = Facts(wording).tell(*range(1, 6), unit="count")  # scores
    for step in orders.ledger:
        told.tell(step.lines, unit="count").tell(step.amount, unit="exact")
    for scale in orders.scales:
        told.tell(*scale.limits, *(limit + 1 for limit in scale.limits), unit="count")  # "3 to 5" begins after 2
        told.tell(*scale.limits, unit="fixed2")
    customers, value = sum(c.customers for c in orders.grid), sum(c.value for c in orders.grid)
    best = [cell for cell in orders.grid if cell.recency >= 4 and cell.frequency >= 4]
    told.tell(sum(c.customers for c in best) / max(customers, 1), unit="share")  # who bought recently and often
    told.tell(*(c.customers for c in orders.grid), unit="count").tell(*(c.value for c in orders.grid), unit="amount")
    shares = [c.customers / max(customers, 1) for c in orders.grid]
    told.text(*map(wording.whole, whole_percents(shares), shares))
    if value > 0:
        parts = [c.value / value for c in orders.grid]
        told.text(*map(wording.whole, whole_percents(parts), parts)).tell(
            sum(c.value for c in best) / value, unit="share"
        )
    for month in orders.months:
        told.tell(month.orders, unit="count").tell(month.value, unit="amount")
    return told.tell(len(orders.months), min(24, len(orders.months)), unit="count")  # "the last 24 of 48 months"


def map_facts(report: Report, wording: Wording) -> Facts:
    """Return the centres on the map and how much it shows."""
    told = Facts(wording).tell(*(part for centre in report.map.centres.values() for part in centre))
    parts = whole_percents([*report.map.explained, 1 - sum(report.map.explained)])[:2]
    told.tell(*(part / 100 for part in (*parts, sum(parts))), unit="share")
    drawn = [sum(cell.count for cell in report.map.cells if cell.segment == s.id) for s in report.segments]
    return told.tell(*drawn, unit="count")


# From month to month


def movement_facts(report: Report, wording: Wording) -> Facts:
    """Return what changed since last month: every flow, each segment's change and its parts, and all together."""
    told, moved = Facts(wording), report.movement
    if moved is None:
        return told
    told.tell(moved.days, moved.months, len(moved.events), unit="count")
    for flow in moved.flows:
        told.tell(flow.customers, flow.behaviour, flow.time, unit="count").tell(flow.value, unit="amount")
    for change in moved.changes:
        told.tell(change.before, change.after, change.after - change.before, *vars(change.parts).values(), unit="count")
    growths = [abs(change.after - change.before) / change.before for change in moved.changes if change.before]
    told.tell(*growths, *(math.ceil(100 * growth - 1e-9) / 100 for growth in growths), unit="share")  # "at most 2%"
    _all_customers(told, moved, report)
    _whole_values(told, moved)
    told.tell(MOST, *(drift.psi for drift in moved.decision.drifts)).tell(moved.decision.better, BETTER, unit="share")
    told.tell(*(drift.psi for drift in moved.decision.drifts), unit="fixed2").tell(moved.decision.fresh_k, unit="count")
    told.tell(*range(len(moved.decision.drifts)), unit="count")  # "3 more columns"
    return told.plus(_last_month(moved, wording))


def _all_customers(told: Facts, moved: Movement, report: Report) -> None:
    """Tell who came, went, stayed and changed segment, and what all of them bring."""
    inside = [f for f in moved.flows if f.source not in (NEW, RETURNED) and f.target != LOST]
    swaps = [f.customers for f in inside if f.source != f.target]
    told.tell(sum(f.customers for f in inside) - sum(swaps), sum(swaps), unit="count")
    if moved.turnover:
        t = moved.turnover
        told.tell(
            t.before, t.after, t.both, t.new, t.returned, t.lost, t.new + t.returned, *t.moved.values(), unit="count"
        )
        told.tell(abs(t.after - t.before) / t.before if t.before else None, unit="share")
    then, now = (sum(s.value or 0.0 for s in month) for month in (moved.before, report.segments))
    told.tell(then, now, unit="amount").tell(abs(now - then) / then if then > 0 else None, unit="share")


def _whole_values(told: Facts, moved: Movement) -> None:
    """Tell what segments were and are worth and the parts between in whole numbers that add up; then all together."""
    rows = [
        [change.value_before, *vars(change.value_parts).values()]
        for change in moved.changes
        if change.value_before is not None and change.value_parts
    ]
    for start, *made in (*rows, [sum(column) for column in zip(*rows, strict=True)]) if rows else ():
        before, parts, after = whole_parts(start, made)
        told.tell(before, *parts, after, unit="count")


def _last_month(moved: Movement, wording: Wording) -> Facts:
    """Return the segments as last month's report printed them."""
    told, worth = Facts(wording), [s.value_share or 0.0 for s in moved.before]
    told.text(*map(wording.whole, whole_percents(worth), worth))
    for known in moved.before:
        told.text(wording.whole(known.percent, known.share)).tell(known.size, unit="count")
        told.tell(known.value, unit="amount")
    return told


def follow_up_facts(moved: Movement, follow_up: FollowUp, wording: Wording) -> Facts:
    """Return the numbers of one recommendation of last month: then, now, and how many customers they are of."""
    size = next(known.size for known in moved.before if known.id == follow_up.id)
    told = Facts(wording).tell(moved.days, size, follow_up.customers, unit="count")
    told.tell(follow_up.before, follow_up.after, unit=follow_up.unit)
    if follow_up.unit == "share" and follow_up.after is not None:
        told.tell(round(follow_up.after * size), unit="count")
    return told


def flow_facts(report: Report, wording: Wording) -> Facts:
    """Return the flows as shares of where they come from, how many move to and fro in all, and sums over segments."""
    told, flows = Facts(wording), report.movement.flows if report.movement else ()
    for flow in flows:
        whole = sum(other.customers for other in flows if other.source == flow.source)
        moving = [
            sum(o.customers for o in flows if o.source != o.target and end in (o.source, o.target))
            for end in (flow.source, flow.target)
        ]
        out = sum(o.customers for o in flows if o.source == flow.source != o.target)
        into = sum(o.customers for o in flows if o.target == flow.target != o.source)
        told.tell(flow.customers / whole, unit="share").tell(
            whole, out, into, *moving, flow.customers + 1, unit="count"
        )
    told.tell(sum(f.customers for f in flows if f.source != f.target), sum(f.customers for f in flows), unit="count")
    changes = report.movement.changes if report.movement else ()
    for part in vars(changes[0].parts) if changes else ():
        told.tell(round(sum(getattr(change.parts, part) for change in changes)), unit="count")
    return told


def trend_facts(report: Report, wording: Wording) -> Facts:
    """Return every segment's numbers over the months."""
    told = Facts(wording)
    for point in (p for trend in (report.movement.trends if report.movement else ()) for p in trend.points):
        told.tell(point.size, *point.indexes.values(), 100, unit="count")
        told.tell(point.share, point.value_share, unit="share").tell(point.value, unit="amount")
    return told


def headline_facts(report: Report, wording: Wording) -> Facts:
    """Return the shares of segments as printed, the means of what sets them apart, and what changed."""
    told = movement_facts(report, wording).plus(*(size_of(s, wording) for s in report.segments))
    for driver in (d for segment in report.segments for d in segment.drivers if d.level is None):
        told.tell(driver.mean, driver.overall, unit=unit_of(report, driver.column))
    return told


def chart_facts(report: Report, wording: Wording) -> dict[str, Facts]:
    """Return what every chart may tell, by the first word of its key, or the whole of a segment's."""
    ours = facts_of(report, wording)
    each = {s.id: ours.plus(segment_facts(report, s, wording)) for s in report.segments}
    sizes = ours.plus(*(size_of(s, wording) for s in report.segments))
    held = Facts(wording)
    for few in range(1, len(report.segments)):  # "two segments hold 82% of customers": printed shares added up
        largest = sorted((s.percent for s in report.segments), reverse=True)[:few]
        held.tell(sum(largest) / 100, unit="share").tell(few, unit="count")
    bands = Facts(wording).tell(
        *(v for s in report.segments for v in (min(s.silhouette_profile), max(s.silhouette_profile)))
    )
    bands.tell(*(s.silhouette for s in report.segments)).tell(*(s.silhouette for s in report.segments), unit="fixed2")
    related = Facts(wording).tell(*(r for row in report.overall.correlations for r in row))
    related.tell(*(r for row in report.overall.correlations for r in row), unit="fixed2")
    moved, trends = movement_facts(report, wording).plus(flow_facts(report, wording)), trend_facts(report, wording)
    counted = Facts(wording).tell(
        *range(len(report.columns) + 1), unit="count"
    )  # "the 20 columns that differ most, of 31"
    orders = order_facts(report.orders, wording) if report.orders else ours
    return {
        "share": sizes.plus(held),
        "profile": ours.plus(counted, *each.values()),
        "scores": ours.plus(orders),
        "map": map_facts(report, wording),
        **{f"{kind}-{s.id}": each[s.id] for s in report.segments for kind in ("drivers", "spreads")},
        **{f"trend-{s.id}": trends for s in report.segments},
        **dict.fromkeys(("movement", "changes"), ours.plus(moved)),
        "trends": trends,
        "choice": ours.plus(choice_facts(report, wording)),
        "traces": sizes.plus(trace_facts(report, wording), choice_facts(report, wording)),
        "silhouettes": ours.plus(bands),
        "months": orders,
        "missing": column_facts(report, wording),
        "distributions": ours.plus(counted),
        "correlations": related.plus(counted),
    }
