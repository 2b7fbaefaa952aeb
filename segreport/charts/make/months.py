"""Months on an axis: numbered, so that one that is missing leaves its place, and named evenly apart."""

from __future__ import annotations

from segreport.wording import Wording


def month_number(month: str) -> int:
    """Return the months from year 0 to YYYY-MM."""
    year, within = month.split("-")
    return 12 * int(year) + int(within) - 1


def month_ticks(first: str, last: str, wording: Wording, *, most: int = 8) -> tuple[tuple[int, str], ...]:
    """Return at most so many months to name, evenly apart, by months since the first; from a year on each a January."""
    start, end = month_number(first), month_number(last)
    step = next(s for s in (1, 2, 3, 4, 6, *(12 * n for n in range(1, end))) if (end - start) // s < most)
    named = [month for month in range(start, end + 1) if month % step == 0] if step > 1 else range(start, end + 1)
    return tuple((month - start, wording.short_month(f"{month // 12:04d}-{month % 12 + 1:02d}")) for month in named)
