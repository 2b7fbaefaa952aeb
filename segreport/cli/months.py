"""The months that a call may name by words."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from segreport.settings import Settings

LAST_MONTH = "last-month"


def month_of(period: str | None, today: dt.date) -> str | None:
    """Return the month that --period names, YYYY-MM: "last-month" is the one before today's; all else stays."""
    return last_month(today) if period == LAST_MONTH else period


def last_month(today: dt.date) -> str:
    """Return the month before that of `today`, YYYY-MM."""
    return f"{today.replace(day=1) - dt.timedelta(days=1):%Y-%m}"


def dated(settings: Settings, period: str | None) -> Settings:
    """Return the settings with days counted to the end of last month, where that was asked for and no day told."""
    if period != LAST_MONTH or settings.report.as_of is not None or settings.report.period is None:
        return settings
    first = dt.date.fromisoformat(f"{settings.report.period}-01")
    until = (first + dt.timedelta(days=31)).replace(day=1)
    return settings.model_copy(update={"report": settings.report.model_copy(update={"as_of": until})})
