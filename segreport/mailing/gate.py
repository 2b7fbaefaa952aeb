"""What keeps a report from going out by itself: a fault that its readers would take for news.

Decided from the report and the month before it, without data; what is steady from month to month never holds it back.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from segreport.history import Month
from segreport.report import Report, Segment
from segreport.settings import EmailSettings
from segreport.wording import Wording

NEARLY_ALL = 0.95
"""Of customers in one segment: there is nothing to tell apart."""
HALF, DOUBLE = 0.5, 2.0
GONE = "columns_gone"
SEVERE = {
    "columns_changed",
    "no_common_customers",
    "other_ids",
    "previous_model",
    "previous_unreadable",
    "repeated_ids",
    "unreadable_customers",
}
"""Warnings of a fault that somebody can mend: in the data, or in the files of last month.

The others stand in the report because its readers have to know them, and they would be true every month: few customers,
a short history, rows without ids, segments that are not reliable.
"""
PARTLY = "previous_files"  # severe only where it keeps customers from being compared


def reasons(report: Report, *, previous: Month | None, now: dt.date, settings: EmailSettings) -> tuple[str, ...]:
    """Return why the report must not go out by itself, each a sentence; empty where nothing speaks against it.

    `previous` is the month it is compared with, if its files are still there (None: it is told by the report alone).
    """
    wording = Wording()
    return (
        *_on_age(report, now, settings.max_age, wording),
        *_on_period(report, now, wording),
        *_on_customers(report, previous, wording),
        *_on_size(report, wording),
        *_on_columns(report, previous, wording),
        *_on_warnings(report),
    )


def _on_age(report: Report, now: dt.date, most: int, wording: Wording) -> Iterator[str]:
    days = (now - dt.date.fromisoformat(report.as_of)).days
    if days > most:
        yield (
            f"The data are not fresh: days are counted to {wording.date(report.as_of)}, {wording.count(days)} days "
            f"ago, and [email] max_age allows {wording.count(most)}."
        )


def _on_period(report: Report, now: dt.date, wording: Wording) -> Iterator[str]:
    """Yield whether the last day that counts is of another month, or still to come, or no later than a month ago."""
    until, movement = dt.date.fromisoformat(report.as_of), report.movement
    last = f"{until - dt.timedelta(days=1):%Y-%m}"
    day, named = wording.date(until), f"The report is called one of {wording.month(report.period)}"
    if last < report.period:
        yield f"{named}, but days are counted only to {day}."
    elif last > report.period:
        yield f"{named}, but days are counted to {day}: make it again with --as-of {_end_of(report.period)}."
    elif movement and report.as_of <= movement.since_as_of:
        yield (
            f"The data are not fresh: days are counted only to {day}, no further than in the report of "
            f"{wording.month(movement.since)}; the export may not have run since."
        )
    if until > now + dt.timedelta(days=1):  # tomorrow is the day after today's data
        yield f"Days are counted to {day}, which is still to come: a date, --as-of or the clock is wrong."


def _end_of(period: str) -> dt.date:
    """Return the day after the last one of a month."""
    return (dt.date.fromisoformat(f"{period}-01") + dt.timedelta(days=31)).replace(day=1)


def _on_customers(report: Report, previous: Month | None, wording: Wording) -> Iterator[str]:
    known = _customers_before(report, previous)
    if known is None:
        return
    since, before, after = *known, report.source.customers
    if HALF * before < after < DOUBLE * before:
        return
    change = "half or less of" if after < before else "twice or more than"
    yield (
        f"There are {wording.count(after)} customers, {change} the {wording.count(before)} of {wording.month(since)}: "
        "the export may be cut off, or hold something else."
    )


def _customers_before(report: Report, previous: Month | None) -> tuple[str, int] | None:
    """Return last month and how many customers it had; None in the first month."""
    if report.movement:
        return report.movement.since, sum(segment.size for segment in report.movement.before)
    return (previous.period, previous.customers) if previous else None


def _on_size(report: Report, wording: Wording) -> Iterator[str]:
    largest: Segment = max(report.segments, key=lambda segment: segment.share)
    if largest.share > NEARLY_ALL:
        yield (
            f"“{largest.name}” holds {largest.of_customers(wording)} of customers: "
            "the segments tell hardly anybody apart."
        )


def _on_columns(report: Report, previous: Month | None, wording: Wording) -> Iterator[str]:
    """Yield which columns that formed segments last month are gone; the report may not say so if it was made anew."""
    told = [warning.text for warning in report.warnings if warning.code == GONE]
    if told or previous is None:
        yield from told
        return
    there = {column.name for column in report.columns}
    gone = [f"“{name}”" for name in previous.features if name not in there]
    if gone:
        are = "is" if len(gone) == 1 else "are"
        yield (
            f"{wording.listing(gone)} {are} not in the data any more, and formed the segments of "
            f"{wording.month(previous.period)}."
        )


def _on_warnings(report: Report) -> Iterator[str]:
    compared = report.movement is None or report.movement.turnover is not None
    severe = SEVERE if compared else {*SEVERE, PARTLY}
    yield from (warning.text for warning in report.warnings if warning.code in severe)
