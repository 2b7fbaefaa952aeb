"""Every segment over all months that are kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from segreport.history.movement import Known, Month, Point, Trend

DRIVERS = 2
"""How many of a segment's drivers are followed."""


def trends_of(
    months: Sequence[Month],
    segments: Sequence[Known],
    period: str,
    *,
    worth: str | None,
    value_columns: tuple[str, ...],
    currency: str | None,
) -> tuple[Trend, ...]:
    """Return a trend for each of this month's `segments`, out of the earlier `months`, oldest first, and of this one.

    Only months count whose ids were carried on, each from the one before, up to the last of `months`: elsewhere an id
    is another segment's. A month in which the segment was not there has no point. What it was worth is None in months
    that counted another value than this one, its value also in those of another currency.
    """
    chain = linked(months)
    alike = [month for month in chain if month.worth == worth and month.value_columns == value_columns]
    paid = [month for month in alike if month.currency == currency]
    trends = []
    for segment in segments:
        columns = _columns(segment)
        points = [
            _point(known, month.period, columns, valued=month in paid, shared=month in alike)
            for month in chain
            for known in month.segments
            if known.id == segment.id
        ]
        trends.append(Trend(segment.id, columns, (*points, _point(segment, period, columns))))
    return tuple(trends)


def linked(months: Sequence[Month]) -> list[Month]:
    """Return the last month, and those before whose segments' ids it carries on, oldest first.

    A month that was made anew since, with other segments, is none of them.
    """
    return list(reversed(list(_back(months))))


def _back(months: Sequence[Month]) -> Iterator[Month]:
    by_period = {month.period: month for month in months}
    month = months[-1] if months else None
    while month:
        yield month
        before = by_period.get(month.since) if month.since and month.since < month.period else None
        month = before if before and _carries_on(month, before) else None


def _carries_on(month: Month, before: Month) -> bool:
    return not month.carried or set(month.carried) == {(segment.id, segment.size) for segment in before.segments}


def _columns(segment: Known) -> tuple[str, ...]:
    told = [column for column, index in segment.indexes.items() if index is not None]
    return tuple(told[:DRIVERS])


def _point(known: Known, period: str, columns: tuple[str, ...], *, valued: bool = True, shared: bool = True) -> Point:
    return Point(
        period=period,
        size=known.size,
        share=known.share,
        value=known.value if valued else None,
        value_share=known.value_share if shared else None,
        indexes={column: known.indexes.get(column) for column in columns},
    )
