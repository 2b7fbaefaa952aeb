"""The months that a call may name by words."""

from __future__ import annotations

import datetime as dt

LAST_MONTH = "last-month"


def month_of(period: str | None, today: dt.date) -> str | None:
    """Return the month that --period names, YYYY-MM: "last-month" is the one before today's; all else stays."""
    return last_month(today) if period == LAST_MONTH else period


def last_month(today: dt.date) -> str:
    """Return the month before that of `today`, YYYY-MM."""
    return f"{today.replace(day=1) - dt.timedelta(days=1):%Y-%m}"
