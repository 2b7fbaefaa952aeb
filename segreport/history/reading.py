"""A month out of its report.json, read with care: an earlier or a later version of segreport may have written it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, TypeAdapter, ValidationError

from segreport.history.movement import Known, Month, Problem
from segreport.personas import Basis
from segreport.profiles import Driver

NEWEST = 2  # report.SCHEMA: that room comes after this one
PERIOD = r"[1-9]\d{3}-(0[1-9]|1[0-2])"
PAGES = ("report.html", "report.pdf")
AGAIN = "make that month's report again, or name another month with --previous"


def read_month(folder: Path) -> Month | Problem:
    """Return the month whose report.json is in the folder, or why there is none that could be read.

    What an older version did not write has its default; what a newer one added is passed over.
    """
    place = f"{folder.resolve().name}/report.json"
    try:
        text = (folder / "report.json").read_bytes()
    except OSError as error:
        return Problem("month_unreadable", f"{place} cannot be read ({error.strerror or error}); {AGAIN}.")
    try:
        if TypeAdapter(_Head).validate_json(text).schema > NEWEST:
            return Problem("month_unreadable", f"{place} is of a newer version of segreport; update segreport.")
        return month_in(text, [name for name in PAGES if (folder / name).is_file()])
    except ValidationError:
        return Problem("month_unreadable", f"{place} is damaged, or no report of segreport; {AGAIN}.")


def month_in(text: bytes, files: Sequence[str]) -> Month:
    """Return the month of a report.json, with the names of its pages; raises pydantic's ValidationError."""
    return _month(_reader().validate_json(text), files)


def indexes_of(drivers: Sequence[Driver]) -> dict[str, float | None]:
    """Return the indexes of a segment's drivers by column, strongest first.

    Categories have none: the level that is told may be another one next month.
    """
    return {driver.column: driver.index for driver in drivers if driver.level is None}


# What of report.json is read: everything else in it may change without harm.


@dataclass(frozen=True)
class _Head:
    schema: int


@dataclass(frozen=True)
class _Source:
    customers: int = 0
    id: str | None = None


@dataclass(frozen=True)
class _Column:
    name: str
    use: str = ""
    missing: int = 0


@dataclass(frozen=True)
class _Action:
    title: str = ""
    metric: str = ""


@dataclass(frozen=True)
class _Overall:
    means: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class _Looks:
    currency: str | None = None


@dataclass(frozen=True)
class _Settings:
    report: _Looks = _Looks()


@dataclass(frozen=True)
class _Carried:
    id: str
    size: int


@dataclass(frozen=True)
class _Movement:
    since: str | None = None
    before: tuple[_Carried, ...] = ()


@dataclass(frozen=True)
class _Segment:
    id: Annotated[str, Field(pattern=r"^s[1-9]\d*$")]
    name: str
    size: int
    share: float
    colour: Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")]
    percent: int | None = None
    value: float | None = None
    value_share: float | None = None
    action: _Action = _Action()
    centre: dict[str, float] = field(default_factory=dict)
    drivers: tuple[Driver, ...] = ()
    described: tuple[Driver, ...] = ()
    basis: tuple[Basis, ...] = ()
    people: bool = True
    given: bool = False


def _all_different(segments: tuple[_Segment, ...]) -> tuple[_Segment, ...]:
    if len({segment.id for segment in segments}) < len(segments):
        raise ValueError("two segments have one id")
    return segments


@dataclass(frozen=True)
class _Report:
    schema: int
    period: Annotated[str, Field(pattern=f"^{PERIOD}$")]
    as_of: dt.date
    segments: Annotated[tuple[_Segment, ...], Field(min_length=1), AfterValidator(_all_different)]
    title: str = ""
    headline: str = ""
    worth: str | None = None
    value_columns: tuple[str, ...] = ()
    source: _Source = _Source()
    columns: tuple[_Column, ...] = ()
    overall: _Overall = _Overall()
    priorities: tuple[str, ...] = ()
    settings: _Settings = _Settings()
    movement: _Movement | None = None


@cache
def _reader() -> TypeAdapter[_Report]:
    """Return what reads a report.json: made once, for it takes longer to make than to use."""
    return TypeAdapter(_Report)


def _month(report: _Report, files: Sequence[str]) -> Month:
    ids = {segment.id for segment in report.segments}
    named = next((column.name for column in report.columns if column.use == "id"), None)
    return Month(
        schema=report.schema,
        period=report.period,
        as_of=report.as_of.isoformat(),
        title=report.title,
        headline=report.headline,
        customers=report.source.customers or sum(segment.size for segment in report.segments),
        id=named if report.schema == 1 else report.source.id,
        worth=report.worth,
        value_columns=report.value_columns,
        currency=report.settings.report.currency,
        features=tuple(column.name for column in report.columns if column.use == "feature"),
        columns=tuple(column.name for column in report.columns),
        missing={column.name: column.missing for column in report.columns},
        segments=tuple(_known(segment, report.overall.means) for segment in report.segments),
        priorities=tuple(ident for ident in report.priorities if ident in ids),
        files=tuple(files),
        since=report.movement.since if report.movement else None,
        carried=tuple((known.id, known.size) for known in report.movement.before) if report.movement else (),
    )


def _known(segment: _Segment, overall: Mapping[str, float]) -> Known:
    return Known(
        id=segment.id,
        name=segment.name,
        colour=segment.colour,
        size=segment.size,
        share=segment.share,
        percent=round(100 * segment.share) if segment.percent is None else segment.percent,
        value=segment.value,
        value_share=segment.value_share,
        indexes=_indexes(segment.centre, overall) | indexes_of((*segment.drivers, *segment.described)),
        action=segment.action.title,
        metric=segment.action.metric,
        basis=segment.basis,
        people=segment.people,
        given=segment.given,
    )


def _indexes(centre: Mapping[str, float], overall: Mapping[str, float]) -> dict[str, float | None]:
    """Return the index on every column there are means of: what drives a segment now may not have done so then."""
    means = {name: (mean, overall[name]) for name, mean in centre.items() if name in overall}
    return {name: 100 * mean / other if other > 0 and mean >= 0 else None for name, (mean, other) in means.items()}
