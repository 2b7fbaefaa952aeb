"""A synthetic Report with consistent numbers, made by hand for tests that need no data."""

from __future__ import annotations

import calendar
import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from segreport import history
from segreport.actions import Action
from segreport.alternatives import Alternative, Alternatives, Group, Level, Recut, Traces, Trial
from segreport.choice import Choice, Score
from segreport.columns import Role
from segreport.drift import Drift
from segreport.history import (
    LOST,
    NEW,
    RETURNED,
    Change,
    Decision,
    Event,
    Finding,
    Flow,
    FollowUp,
    Known,
    Movement,
    Parts,
)
from segreport.history.movement import Why
from segreport.mapping import MapCell, SegmentMap
from segreport.orders import Cell, Definition, Limits, Month, OrderFacts, Part, Scale, Standing, Step
from segreport.outcomes import Outcome, Outcomes
from segreport.palette import PALETTE
from segreport.profiles import Driver, Neighbour, Spread
from segreport.report import ColumnFacts, Overall, Report, Segment, SourceFacts
from segreport.rules import Rule
from segreport.story import Tile
from segreport.wording import whole_percents

NAMES = (
    "Champions",
    "Steady regulars",
    "Careful high earners",
    "Young bargain seekers",
    "Price-led newcomers",
    "Sleeping loyalists",
    "Weekend visitors",
    "Gift buyers",
    "One-time buyers",
    "Big-basket families",
    "Online explorers",
    "Quiet average customers",
)  # fmt: skip - a table of words
HARD_NAMES = (
    "عملاء مخلصون ذوو دخل مرتفع",
    "高收入忠诚客户",
    "🎉🛍️ Party shoppers",
    "<script>alert('x')</script>",
    "Remarkably patient and thoughtful customers who compare every single offer twice",
    "a&b {c} %{d} $x_1$ \\frac",
)  # fmt: skip - a table of words
LABELS = (
    ("Annual income", "k$", 60.6, 26.0),
    ("Spending score", "", 50.2, 25.0),
    ("Age", "years", 38.9, 14.0),
    ("Total spent", "amount", 1240.0, 900.0),
    ("Last order", "days", 64.0, 40.0),
    ("Share bought on offer", "%", 22.5, 12.0),
)  # fmt: skip - a table of columns
BINS = 20
MADE = (
    ("recency", "Days since last order", "days", 92.0, 30.0),
    ("frequency", "Number of orders", "", 4.3, 1.2),
    ("monetary", "Revenue", "amount", 2054.0, 640.0),
    ("average_order", "Average order value", "amount", 419.0, 120.0),
    ("tenure", "Days since first order", "days", 223.0, 70.0),
    ("return_rate", "Share of revenue returned", "%", 4.1, 1.3),
)  # fmt: skip - a table of columns
"""The columns that are made out of orders."""


def make_orders(**changed: Any) -> OrderFacts:
    """Return what a report says of the orders of its 5,000 customers: those of an ordinary shop, but for `changed`."""
    ordinary = OrderFacts(
        lines=541_909,
        orders=18_532,
        customers=5000,
        first="2025-10-01T08:26:00",
        as_of="2026-10-31T12:50:00",
        timed=True,
        repeaters=0.656,
        roles=ROLES,
        ledger=LEDGER,
        definitions=DEFINITIONS,
        scales=SCALES,
        grid=tuple(Cell(r, f, n, n * 90.0 * f**2 * (1 + r / 10)) for (r, f), n in zip(_PAIRS, _CUSTOMERS, strict=True)),
        months=tuple(
            Month(f"{year}-{month:02d}", 1200 + 90 * i, 5e5 + 6e4 * ((i * 7) % 11))
            for i, (year, month) in enumerate([(2025, 10), (2025, 11), (2025, 12), *((2026, m) for m in range(1, 11))])
        ),
        limits=Limits(),
    )
    return replace(ordinary, **changed)


_PAIRS = [(r, f) for r in range(5, 0, -1) for f in (5, 4, 3, 1)]
_CUSTOMERS = (640, 260, 90, 60, 310, 320, 180, 210, 190, 330, 260, 200, 80, 230, 270, 400, 10, 120, 300, 540)
ROLES: tuple[tuple[str, Part, str], ...] = (
    ("InvoiceNo", "order", "named like an order number"),
    ("StockCode", "product", "named like a product code"),
    ("Description", "unused", "says the same as StockCode"),
    ("Quantity", "quantity", "named like a quantity, whole numbers"),
    ("InvoiceDate", "date", "the only column of dates"),
    ("UnitPrice", "price", "named like a price"),
    ("CustomerID", "customer", "named like a customer's number"),
    ("Country", "describes", "38 different words"),
)  # fmt: skip - a table of words
LEDGER = (
    Step("read", "Lines read", 541_909, 9_747_747.93, "read"),
    Step("no_customer", "Lines without a customer (CustomerID)", 135_080, 1_447_682.12, "dropped"),
    Step("price", "Lines with a price of zero or less (UnitPrice)", 40, 0.0, "dropped"),
    Step("used", "Lines used", 406_789, 8_300_065.81, "used"),
    Step("returned", "Returned goods (negative lines)", 8_905, -611_342.09, "subtracted"),
    Step("repeats", "Lines that repeat another one exactly", 5_225, None, "kept"),
)  # fmt: skip - a table
DEFINITIONS = (
    Definition("recency", "Days since last order", "whole days from the last order to that moment"),
    Definition("frequency", "Number of orders", "different values of InvoiceNo"),
    Definition("monetary", "Revenue", "the sum of Quantity × UnitPrice less what was returned"),
    Definition("average_order", "Average order value", "revenue ÷ number of orders"),
    Definition("tenure", "Days since first order", "whole days from the first order to that moment"),
    Definition("return_rate", "Share of revenue returned", "100 × what was returned ÷ what was bought"),
)
DAYS = ((5, "up to 14"), (4, "15 to 33"), (3, "34 to 72"), (2, "73 to 180"), (1, "181 or more"))
TIMES = ((5, "6 or more"), (4, "3 to 5"), (3, "2"), (1, "1"))
WORTH = (
    (5, "over 2,058.00"),
    (4, "942.01 to 2,058.00"),
    (3, "490.01 to 942.00"),
    (2, "250.01 to 490.00"),
    (1, "up to 250.00"),
)  # fmt: skip - a table
SCALES = (
    Scale("recency", falling=True, limits=(14.0, 33.0, 72.0, 180.0), steps=DAYS),
    Scale("frequency", falling=False, limits=(1.0, 1.0, 2.0, 5.0), steps=TIMES),
    Scale("monetary", falling=False, limits=(250.0, 490.0, 942.0, 2058.0), steps=WORTH),
)


def make_report(
    *,
    k: int = 5,
    columns: int = 3,
    value: bool = True,
    names: Sequence[str] = NAMES,
    labels: Sequence[str] = (),
    category: bool = True,
    orders: OrderFacts | None = None,
) -> Report:
    """Return a report of `k` segments on `columns` number columns; without `value` no segment has one.

    With `orders` the columns are those made out of orders, and every segment has mean scores.
    """
    facts = [_column(i, labels, made=orders is not None) for i in range(columns)]
    shares = _shares(k)
    shown = [names[i % len(names)] + (f" {i // len(names) + 1}" if i >= len(names) else "") for i in range(k)]
    weights = [share * (0.3 + 3.0 * ((i * 7 + 3) % k) / k) ** 2 for i, share in enumerate(shares)]
    worth = [w / sum(weights) for w in weights]
    segments = tuple(
        _segment(i, shown[i], shares, worth[i] if value else None, facts, category=category) for i in range(k)
    )
    segments = as_printed(segments)
    overall = _overall(facts, value=value, category=category)
    if orders:
        segments = tuple(replace(s, standing=_standing(i)) for i, s in enumerate(segments))
        overall = replace(overall, standing=Standing(3.0, 2.9, 3.0))
    return Report(
        schema=1,
        period="2026-10",
        as_of="2026-10-31",
        title="Customer segments",
        headline="A headline.",
        verdict="A verdict.",
        worth="revenue" if value else None,
        value_columns=(("monetary",) if orders else ("c3",)) if value else (),
        source=SourceFacts("orders.csv", 541_909, 5000, 0, "f" * 16, 5000)
        if orders
        else SourceFacts("customers.csv", 5100, 5000, 100, "f" * 16, 5000),
        columns=(*(c for c, _, _ in facts), *([_fact("country", "Country", "", "category", 240)] if category else [])),
        choice=_choice(k),
        segments=segments,
        tiles=(Tile("Customers", 5000, "count", "in this report"),),
        priorities=("s1",),
        alternatives=_alternatives(shown, shares),
        separation=tuple(tuple(0.0 if i == j else 2.0 + abs(i - j) / 3 for j in range(k)) for i in range(k)),
        overall=overall,
        map=_map(k),
        notes=(),
        warnings=(),
        settings={},
        versions={"segreport": "0.1.0"},
        orders=orders,
        outcomes=_outcomes(segments) if category else Outcomes(),
    )  # fmt: skip - one argument a line would fill a page


def as_printed(segments: Sequence[Segment]) -> tuple[Segment, ...]:
    """Return the segments with their shares in whole percents that add up."""
    worth = whole_percents([s.value_share or 0.0 for s in segments])
    return tuple(
        replace(s, percent=percent, value_percent=None if s.value_share is None else part)
        for s, percent, part in zip(segments, whole_percents([s.share for s in segments]), worth, strict=True)
    )


def _outcomes(segments: Sequence[Segment]) -> Outcomes:
    """Return one column kept out, of which the first segment has most and the last one least."""
    high, low = 0.34, 0.12
    shares = {s.id: high - (high - low) * i / (len(segments) - 1) for i, s in enumerate(segments)}
    first, last = segments[0], segments[-1]
    told = Outcome("country", "France", shares, 0.2, 0.18, "small", 0.0004, True, first.id, last.id)  # noqa: FBT003 - a table row
    verdict = (
        "The segments mean a little beyond what they were made from: the one column kept out differs between them: "
        f"Country (France: {high:.0%} in {first.name}, {low:.0%} in {last.name})."
    )
    return Outcomes(verdict, (told,), ())


def _alternatives(names: Sequence[str], shares: Sequence[float]) -> Alternatives:
    """Return segments that come about by splits alone: with fewer the last ones are one, with more the first is two."""
    k = len(names)
    cuts = {k - 2: (*shares[: k - 3], sum(shares[k - 3 :]))} if k > 3 else {}
    cuts[k] = tuple(shares)
    cuts[k + 1] = (shares[0] * 0.6, shares[0] * 0.4, *shares[1:])
    levels = [_level(n, cuts[n], cuts.get(k if n < k else k + 1, ()) if n <= k else (), shares) for n in cuts]
    return Alternatives(
        lead="What to do would stay much the same.",
        rows=(
            Alternative(
                f"With {k + 1} segments instead of {k}",
                0.4 * shares[0],
                f"{0.4 * shares[0]:.0%}",
                f"{names[0]} would come apart.",
            ),
        ),
        finding=f"{names[0]} come apart at {k + 1}",
        note="Counted on 3,000 customers drawn at random.",
        trials=(Trial("more", Recut(k + 1, 0.4 * shares[0], 0.0, (), ("s1",)), 3000),),
        traces=Traces(tuple(levels), {f"s{i + 1}": k for i in range(k)}, {"s1": k + 1}),
        customers=3000,
        columns=6,
    )


def _level(k: int, groups: Sequence[float], following: Sequence[float], final: Sequence[float]) -> Level:
    found = []
    for i, share in enumerate(groups):
        ends = [_common(groups, i, final, j) for j in range(len(final))]
        most = max(range(len(final)), key=ends.__getitem__)
        flows = tuple(_common(groups, i, following, j) for j in range(len(following)))
        found.append(Group(share, f"s{most + 1}" if ends[most] > share / 2 else None, flows))
    return Level(k, tuple(found))


def _common(ours: Sequence[float], i: int, theirs: Sequence[float], j: int) -> float:
    """Return how much of 0 to 1 our part i and their part j have in common."""
    low, high = max(sum(ours[:i]), sum(theirs[:j])), min(sum(ours[: i + 1]), sum(theirs[: j + 1]))
    return max(0.0, high - low)


Fact = tuple[ColumnFacts, float, float]
"""A column with its mean and standard deviation over all customers."""


def _column(i: int, labels: Sequence[str], *, made: bool) -> Fact:
    if made and i < len(MADE):
        name, label, unit, mean, deviation = MADE[i]
        return _fact(name, label, unit, "number", 0), mean, deviation
    label, unit, mean, deviation = LABELS[i % len(LABELS)]
    label = labels[i] if i < len(labels) else label + (f" {i // len(LABELS) + 1}" if i >= len(LABELS) else "")
    return _fact(f"c{i}", label, unit, "number", 35 * i if i % 4 == 1 else 0), mean, deviation


def _fact(name: str, label: str, unit: str, role: Role, missing: int) -> ColumnFacts:
    return ColumnFacts(
        name, label, unit, role, "feature" if role == "number" else "describe", "by hand", missing, "standardised"
    )


def _standing(i: int) -> Standing:
    return Standing(4.6 - 3.1 * (i % 4) / 3, 4.8 - 3.5 * (i % 3) / 2, 4.7 - 3.2 * (i % 5) / 4)


def _shares(k: int) -> list[float]:
    weights = [1.0 + (k - i) * 0.45 for i in range(k)]
    return [w / sum(weights) for w in weights]


def _effect(segment: int, column: int) -> float:
    """Return a fixed effect between -1.9 and 1.9, many near zero."""
    return round(1.9 * math.sin(2.4 * segment + 1.7 * column + 0.4) ** 3, 3)


def _segment(
    i: int, name: str, shares: Sequence[float], worth: float | None, facts: Sequence[Fact], *, category: bool
) -> Segment:
    drivers = [
        Driver(
            c.name,
            None,
            mean + _effect(i, j) * sd,
            mean,
            100 * (mean + _effect(i, j) * sd) / mean if j % 5 else None,
            _effect(i, j),
        )
        for j, (c, mean, sd) in enumerate(facts)
    ]
    drivers.sort(key=lambda d: -abs(d.effect))
    told = tuple(d for d in drivers if abs(d.effect) >= 0.2)
    middle = 0.3 + 0.5 * shares[i]
    return Segment(
        id=f"s{i + 1}",
        name=name,
        backed_by=(),
        colour=PALETTE[i],
        size=round(5000 * shares[i]),
        share=shares[i],
        percent=0,  # as_printed knows
        value=None if worth is None else worth * 6.2e6,
        value_share=worth,
        value_percent=None,
        value_index=None if worth is None else 100 * worth / shares[i],
        summary="A sentence.",
        action=Action("Do", "Something.", "e-mail", "repeat rate"),
        centre={d.column: d.mean for d in drivers},
        drivers=told[:6],
        described=(Driver("country", "France", 0.34, 0.2, 170.0, 0.32),) if category else (),
        alike=tuple(d.column for d in drivers if abs(d.effect) < 0.2),
        spreads={c.name: _spread(mean, sd, _effect(i, j), 0.55) for j, (c, mean, sd) in enumerate(facts)},
        levels={"country": {"France": 0.34, "Spain": 0.66}} if category else {},
        rule=Rule("c0 above 70", 0.9, 0.8),
        neighbour=Neighbour(f"s{(i + 1) % len(shares) + 1}", told[:2]),
        stability=0.9,
        trust="stable",
        silhouette=middle,
        silhouette_profile=tuple(middle + 0.35 * math.sin(math.pi * (t / 39 - 0.62)) for t in range(40)),
        border=0.1,
    )  # fmt: skip - one argument a line would fill a page


def _edges(mean: float, deviation: float) -> tuple[float, ...]:
    return tuple(mean + deviation * 3 * (2 * i / BINS - 1) for i in range(BINS + 1))


def _spread(mean: float, deviation: float, effect: float, width: float) -> Spread:
    """Return a bell around `effect` standard deviations off the mean."""
    edges = _edges(mean, deviation)
    centres = [(a + b) / 2 for a, b in pairwise(edges)]
    raw = [math.exp(-(((c - mean) / deviation - effect) ** 2) / (2 * width**2)) for c in centres]
    low, q1, mid, q3, high = (mean + deviation * (effect + width * z) for z in (-1.645, -0.674, 0.0, 0.674, 1.645))
    return Spread((low, q1, mid, q3, high), tuple(r / sum(raw) for r in raw))


def _overall(facts: Sequence[Fact], *, value: bool, category: bool) -> Overall:
    names = tuple(c.name for c, _, _ in facts)
    return Overall(
        means={c.name: mean for c, mean, _ in facts},
        value=6.2e6 if value else None,
        spreads={c.name: _spread(mean, sd, 0.0, 1.0) for c, mean, sd in facts},
        edges={c.name: _edges(mean, sd) for c, mean, sd in facts},
        levels={"country": {"France": 0.2, "Spain": 0.8}} if category else {},
        correlations=tuple(
            tuple(1.0 if i == j else round(0.9 * math.sin(1.3 * (i + j)) ** 3, 3) for j in range(len(names)))
            for i in range(len(names))
        ),
        correlated=names,
        silhouette=0.553,
        inertia=6500.0,
    )  # fmt: skip - one argument a line would fill a page


def _choice(k: int) -> Choice:
    scores = tuple(
        Score(
            k=n,
            inertia=20000 / n**0.8,
            silhouette=0.553 - 0.03 * abs(n - k) - 0.01 * (n % 2),
            silhouette_error=0.006,
            excess=0.11 - 0.01 * abs(n - k),
            margin=0.08 - 0.01 * abs(n - k),
            calinski_harabasz=300.0 + n,
            davies_bouldin=0.8,
            apart=n <= k,
            smallest_share=0.05,
            largest_share=0.4,
            stability=0.9 - 0.03 * abs(n - k),
        )
        for n in range(2, max(10, k) + 1)
    )
    return Choice(k, "consensus", "Because.", scores, 4, "natural")


def _map(k: int) -> SegmentMap:
    centres = {
        f"s{i + 1}": (2.6 * math.cos(2 * math.pi * i / k + 0.5), 1.7 * math.sin(2 * math.pi * i / k + 0.5))
        for i in range(k)
    }
    cells = []
    for i, (x, y) in enumerate(centres.values()):
        for step in range(max(25, 260 // k)):
            angle, far = 2.39996 * step, 0.085 * math.sqrt(step) * 1.1
            cells.append(
                MapCell(
                    round(x + far * math.cos(angle), 3),
                    round(y + far * math.sin(angle), 3),
                    f"s{i + 1}",
                    max(1, 30 - step // 3),
                )
            )
    return SegmentMap(
        tuple(cells), centres, ("Annual income and Total spent", "Age, less Spending score"), (0.52, 0.36)
    )


KEPT = Decision(True, "Customers are much like those it was made from.", "2026-07", (Drift("c0", 0.04),), 0.01)  # noqa: FBT003 - a table row
REFITTED = Decision(
    False,  # noqa: FBT003 - a table row
    "Annual income has shifted since July 2026, so the segments were made anew.",
    "2026-07",
    (Drift("c0", 0.31), Drift("c1", 0.04)),
    0.08,
    5,
)


def with_movement(report: Report, *, months: int = 6, decision: Decision = REFITTED) -> Report:
    """Return the report with what changed in the last of `months` months, in numbers that add up.

    After a refit the last segment is new, and one of last month's ("Early birds") is gone; else all are as they were.
    """
    kept = make_months(report, months=months, decision=decision)
    before, now = kept[-2], kept[-1]
    flows = _flows(report, decision)
    gone = tuple(s.id for s in before.segments if s.id not in {s.id for s in now.segments})
    born = tuple(s.id for s in now.segments if s.id not in {s.id for s in before.segments})
    came, back, went = (
        sum(f.customers for f in flows if word in (f.source, f.target)) for word in (NEW, RETURNED, LOST)
    )
    movement = Movement(
        since=before.period,
        since_as_of=before.as_of,
        months=1,
        days=31,
        decision=decision,
        before=before.segments,
        turnover=history.Turnover(
            before.customers, now.customers, now.customers - came - back, came, back, went, _moved(flows, before, now)
        ),
        flows=flows,
        changes=tuple(_change(ident, before, now, flows) for ident in (*(s.id for s in now.segments), *gone)),
        events=(*([Event("born", (), born)] if born else []), *([Event("gone", gone, ())] if gone else [])),
        followups=tuple(_follow_up(known) for known in before.segments[:2]),
        trends=tuple(_trend(ident, kept) for ident in (s.id for s in now.segments)),
        findings=(
            Finding("customers", f"{now.customers:,} customers, {before.customers:,} in {before.period}."),
            Finding("lost", f"{went} customers of {before.period} are gone.", (before.segments[0].id,)),
            Finding("new", f"{came} customers are new.", (now.segments[0].id,)),
        ),
        subject=f"{came} new customers",
    )
    return replace(report, movement=movement)


def make_months(report: Report, *, months: int = 6, decision: Decision = REFITTED) -> tuple[history.Month, ...]:
    """Return so many months, the report's own the last: before it each segment is smaller the longer ago it is."""
    now = _month(report, 0, tuple(_known(s) for s in report.segments))
    before = _before(report, decision)
    earlier = [
        _shared(
            [
                _grown(s, 0.985 ** (ago - 1) * (1 + 0.05 * math.sin(2.1 * i + ago) * (ago > 1)))
                for i, s in enumerate(before)
            ]
        )
        for ago in range(months - 1, 0, -1)
    ]
    return (*(_month(report, months - 1 - i, segments) for i, segments in enumerate(earlier)), now)


def _month(report: Report, ago: int, segments: tuple[Known, ...]) -> history.Month:
    year, within = (int(part) for part in report.period.split("-"))
    at = 12 * year + within - 1 - ago
    period = f"{at // 12}-{at % 12 + 1:02d}"
    columns = tuple(c.name for c in report.columns)
    return history.Month(
        schema=1,
        period=period,
        as_of=f"{period}-{calendar.monthrange(at // 12, at % 12 + 1)[1]}" if ago else report.as_of,
        title=report.title,
        headline=report.headline,
        customers=sum(s.size for s in segments),
        id="customer_id",
        worth=report.worth,
        value_columns=report.value_columns,
        currency=None,
        features=columns,
        columns=("customer_id", *columns),
        segments=segments,
        priorities=report.priorities,
        files=("report.html", "report.pdf"),
    )


def _known(segment: Segment) -> Known:
    return Known(
        id=segment.id,
        name=segment.name,
        colour=segment.colour,
        size=segment.size,
        share=segment.share,
        percent=segment.percent,
        value=segment.value,
        value_share=segment.value_share,
        indexes={driver.column: driver.index for driver in segment.drivers},
        action=segment.action.title,
        metric=segment.action.metric,
    )


def _flows(report: Report, decision: Decision) -> tuple[Flow, ...]:
    """Return where everyone of now was: most in the same segment, some in the next one."""
    k, (rest, made) = len(report.segments), _refitted(report, decision)
    flows = []
    for i, segment in enumerate(report.segments):
        n, after = segment.size, report.segments[(i + 1) % len(rest)].id
        parts = {NEW: n * 6 // 100, RETURNED: n // 100 * (i % 2), after: n * (4 + i % 3) // 100}
        parts[made] = n * 4 // 100 if made and i == 0 else 0
        home = made if made and i == k - 1 else segment.id
        parts[home] = n - sum(parts[source] for source in parts if source != home)
        flows += [Flow(source, segment.id, count, _worth(segment, count)) for source, count in parts.items() if count]
    for segment in (*rest, *([replace(report.segments[-1], id=made)] if made else [])):
        lost = segment.size * 4 // 100
        flows.append(Flow(segment.id, LOST, lost, _worth(segment, lost * EARLIER)))
    why = [_why(flow, {s.id for s in rest}) for flow in flows]
    return tuple(
        replace(flow, behaviour=parts.get("behaviour", 0), time=parts.get("ageing", 0))
        for flow, parts in zip(flows, why, strict=True)
    )


EARLIER = 0.96
"""What a customer was worth last month, as a share of now."""


def _refitted(report: Report, decision: Decision) -> tuple[Sequence[Segment], str]:
    """Return the segments that were there last month, and the id of the one that is gone ("" where all stayed)."""
    return (report.segments, "") if decision.kept else (report.segments[:-1], f"s{len(report.segments) + 1}")


def _worth(segment: Segment, customers: float) -> float | None:
    return None if segment.value is None else segment.value / segment.size * customers


def _before(report: Report, decision: Decision) -> tuple[Known, ...]:
    rest, made = _refitted(report, decision)
    found = [(segment, _known(segment)) for segment in rest]
    if made:
        last = report.segments[-1]
        found.append((last, replace(_known(last), id=made, name="Early birds", colour=PALETTE[len(report.segments)])))
    sizes = dict.fromkeys((known.id for _, known in found), 0)
    for flow in _flows(report, decision):
        if flow.source in sizes:
            sizes[flow.source] += flow.customers
    return _shared(
        [replace(known, size=sizes[known.id], value=_worth(s, sizes[known.id] * EARLIER)) for s, known in found]
    )


def _grown(known: Known, factor: float) -> Known:
    size = round(known.size * factor)
    indexes = {
        column: None if index is None else 100 + (index - 100) * factor for column, index in known.indexes.items()
    }
    return replace(
        known, size=size, value=None if known.value is None else known.value * size / known.size, indexes=indexes
    )


def _shared(found: Sequence[Known]) -> tuple[Known, ...]:
    """Return segments with the shares that follow from their sizes and values."""
    customers, value = sum(s.size for s in found), sum(s.value or 0.0 for s in found)
    percents = whole_percents([s.size / customers for s in found])
    return tuple(
        replace(s, share=s.size / customers, percent=percent, value_share=None if s.value is None else s.value / value)
        for s, percent in zip(found, percents, strict=True)
    )


def _moved(flows: Sequence[Flow], before: history.Month, now: history.Month) -> dict[Why, int]:
    """Return how many changed segment, by what moved them."""
    lasting = {s.id for s in before.segments} & {s.id for s in now.segments}
    parts = [_why(flow, lasting) for flow in flows]
    reasons: dict[str, Why] = {"behaviour": "behaviour", "ageing": "time", "model": "model"}
    return {why: count for part, why in reasons.items() if (count := sum(p.get(part, 0) for p in parts))}


def _change(ident: str, before: history.Month, now: history.Month, flows: Sequence[Flow]) -> Change:
    """Return a change: a third of the moves are ageing, those from or to a segment of one month only the model."""
    old, new = ({s.id: s for s in month.segments} for month in (before, now))
    lasting, parts, value = set(old) & set(new), dict[str, float](), dict[str, float]()
    for flow in flows:
        for side, sign, rates in ((flow.target, 1, new), (flow.source, -1, old)):
            if side != ident:
                continue
            rate = (rates[ident].value or 0.0) / rates[ident].size
            for part, count in _why(flow, lasting).items():
                parts[part] = parts.get(part, 0) + sign * count * (part != "spending")
                value[part] = value.get(part, 0.0) + sign * count * rate
    known = new.get(ident) or old[ident]
    return Change(
        ident,
        old[ident].size if ident in old else 0,
        new[ident].size if ident in new else 0,
        Parts(**parts),
        None if known.value is None else (old[ident].value if ident in old else 0.0),
        None if known.value is None else (new[ident].value if ident in new else 0.0),
        None if known.value is None else Parts(**value),
    )  # fmt: skip - then and now beside each other


def _why(flow: Flow, lasting: set[str]) -> dict[str, int]:
    """Return how many customers of a flow moved by what."""
    if flow.target == LOST:
        return {"departures": flow.customers}
    if flow.source in (NEW, RETURNED):
        return {"arrivals": flow.customers}
    if flow.source == flow.target:
        return {"spending": flow.customers}
    if {flow.source, flow.target} - lasting:
        return {"model": flow.customers}
    return {"ageing": flow.customers // 3, "behaviour": flow.customers - flow.customers // 3}


def _follow_up(known: Known) -> FollowUp:
    there = known.size * 96 // 100
    return FollowUp(
        known.id,
        known.name,
        known.action,
        known.metric,
        "share who ordered in the month",
        there,
        0.30,
        0.34,
        "share",
        f"Of {there} customers 34% ordered in the month, 30% in the month before.",
    )


def _trend(ident: str, kept: Sequence[history.Month]) -> history.Trend:
    found = [(month.period, s) for month in kept for s in month.segments if s.id == ident]
    columns = tuple(found[-1][1].indexes)[:2]
    return history.Trend(
        ident,
        columns,
        tuple(
            history.Point(period, s.size, s.share, s.value, s.value_share, {c: s.indexes.get(c) for c in columns})
            for period, s in found
        ),
    )
