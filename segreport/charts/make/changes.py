"""The chart of each segment's change since last month, divided into what made it."""

from __future__ import annotations

from collections.abc import Sequence

from segreport.charts.lasting import Sum, Sums
from segreport.charts.make.named import both_months, customers, joined
from segreport.history import Change, Movement
from segreport.palette import PLAIN
from segreport.report import Report
from segreport.wording import Wording

PARTS = {
    "arrivals": ("New or back", "customers who are new or came back"),
    "departures": ("Gone", "customers who are gone"),
    "ageing": ("Time passing", "time passing"),
    "behaviour": ("Behaviour", "what customers did"),
    "model": ("Our model", "our model"),
    "unknown": ("Not known why", "not known why"),
}
"""What makes a change in customers, in the order of the columns: its head, and how a sentence calls it."""


def changes(report: Report, wording: Wording) -> Sums | None:
    """Return each segment's change divided into what made it; parts that are zero everywhere are left out."""
    told = report.movement
    if told is None or not told.changes:
        return None
    parts = [part for part in PARTS if any(round(getattr(change.parts, part)) for change in told.changes)]
    known = both_months(report, told)
    rows = [_sum(change, parts, *known[change.id], wording) for change in told.changes]
    months = wording.month(told.since), wording.month(report.period)
    return Sums(
        key="changes",
        title=_changes_title(rows, parts, months[0], wording),
        alt=f"{'; '.join(_change_alt(row, parts, wording) for row in rows)}.",
        note=_changes_note(parts, told, wording),
        heads=(*(PARTS[part][0] for part in parts), "Change"),
        rows=tuple(rows),
        whole=_all(rows, wording),
        months=months,
    )


def _sum(change: Change, parts: Sequence[str], name: str, colour: str, wording: Wording) -> Sum:
    counts = [round(getattr(change.parts, part)) for part in parts]
    return _row(name, colour, (change.before, change.after), counts, wording)


def _row(name: str, colour: str, ends: tuple[int, int], counts: Sequence[int], wording: Wording) -> Sum:
    counts = (*counts, ends[1] - ends[0])
    return Sum(name, colour, *ends, tuple(map(float, counts)), tuple(_signed(count, wording) for count in counts))


def _all(rows: Sequence[Sum], wording: Wording) -> Sum:
    """Return the row of all customers: moves between segments cancel out."""
    ends = sum(row.before for row in rows), sum(row.after for row in rows)
    sums = [round(sum(column)) for column in zip(*(row.parts[:-1] for row in rows), strict=True)]
    return _row("All customers", PLAIN, ends, sums, wording)


def _signed(count: int, wording: Wording) -> str:
    return f"+{wording.count(count)}" if count > 0 else wording.count(count)


def _changes_title(rows: Sequence[Sum], parts: Sequence[str], since: str, wording: Wording) -> str:
    """Say the largest change and its largest part, of a segment of both months where there is one."""
    most = max([row for row in rows if row.before and row.after] or rows, key=lambda row: abs(row.change))
    if not most.change:
        return f"Segments have as many customers as in {since}"
    i = max(range(len(parts)), key=lambda i: most.parts[i] * most.change)
    more = f"{customers(abs(most.change), wording)} {'more' if most.change > 0 else 'fewer'}"
    return f"{most.name}: {more} than in {since}; the largest part is {PARTS[parts[i]][1]} ({most.said[i]})"


def _change_alt(row: Sum, parts: Sequence[str], wording: Wording) -> str:
    said = [f"{PARTS[part][0].lower()} {say}" for part, say, n in zip(parts, row.said, row.parts, strict=False) if n]
    told = f" ({joined(said)})" if said else ""
    return f"{row.name} from {wording.count(row.before)} to {wording.count(row.after)} customers{told}"


def _changes_note(parts: Sequence[str], told: Movement, wording: Wording) -> str:
    """Say what the less plain columns mean."""
    words = [
        f"Customers then and now, and what made the difference since {wording.month(told.since)}; each row adds up."
    ]
    if "ageing" in parts:
        words.append("Time passing: who changed segment without doing anything, as days went by.")
    if "behaviour" in parts:
        words.append("Behaviour: who changed segment by what they did.")
    if "model" in parts:
        words.append("Our model: who changed segment because the segments were made anew.")
    if "unknown" in parts:
        words.append("Not known why: last month's columns or model are not there to tell.")
    return " ".join(words)
