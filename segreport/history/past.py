"""The month that a report is compared with, and what is kept of those before it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from pathlib import Path
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from segreport.errors import InputError
from segreport.history.movement import Month, Past, Problem
from segreport.history.reading import PAGES, PERIOD, read_month
from segreport.segments import SCHEMA, Model, load_model

OURS = ("report.json", "model.json", "assignments.parquet", *PAGES)
"""What makes a folder one of a run's, whatever else is missing."""
T = TypeVar("T")


def recall(out: Path | None, previous: Path | None, period: str) -> Past | None:
    """Return the month before `period` to compare with: `previous`, else the latest in OUT; None where there is none.

    Of months that cannot be read the one before is taken, which `problems` says; where all of them cannot,
    `unreadable` does. Raises InputError where `previous` holds no report, or none of before `period`.
    """
    found = _read_all(out, before=period)
    used = tuple(segment.id for month in _of(Month, found) for segment in month.segments)
    if previous:
        month = _named(previous, period)
        return replace(_past(previous, month, out, _read_all(out, before=month.period)), used=used)
    broken = list(takewhile(lambda one: isinstance(one, Problem), reversed(found)))
    months = found[: len(found) - len(broken)]
    if not out or not months or not isinstance(months[-1], Month):
        return None
    past = _past(out / months[-1].period, months[-1], out, [*months[:-1], *_latest(broken)])
    return replace(past, used=used)


def unreadable(out: Path | None, period: str) -> tuple[Problem, ...]:
    """Return why none of the months before `period` in OUT can be read: what is left to say where `recall` has None."""
    return tuple(_latest(_read_all(out, before=period)))


def months_of(out: Path) -> tuple[tuple[Month, ...], tuple[Problem, ...]]:
    """Return all months in OUT that can be read, oldest first, and why the others cannot."""
    found = _read_all(out)
    return _of(Month, found), _of(Problem, found)


def months_between(since: str, period: str) -> int:
    """Return how many months `period` comes after `since` (both YYYY-MM): 1 for the month right after."""
    then, now = (12 * int(text[:4]) + int(text[5:]) for text in (since, period))
    return now - then


def _folders(out: Path, before: str = "") -> list[Path]:
    """Return the folders in OUT that are a month's, oldest first; of those `before` a period where one is given."""
    named = (path for path in out.iterdir() if re.fullmatch(PERIOD, path.name)) if out.is_dir() else ()
    return sorted(path for path in named if (not before or path.name < before) and _is_ours(path))


def _is_ours(folder: Path) -> bool:
    """Return whether a run left something in the folder; one that nobody may look into is told when it is read."""
    try:
        return any((folder / name).exists() for name in OURS)
    except OSError:
        return True


def _read_all(out: Path | None, before: str = "") -> list[Month | Problem]:
    return [_own(folder) for folder in _folders(out, before)] if out else []


def _latest(found: Iterable[Month | Problem]) -> Iterator[Problem]:
    return (replace(problem, code="previous_unreadable") for problem in _of(Problem, found))


def _of(kind: type[T], found: Iterable[object]) -> tuple[T, ...]:
    return tuple(one for one in found if isinstance(one, kind))


def _own(folder: Path) -> Month | Problem:
    """Return the month of a folder that must be called as the month is."""
    month = read_month(folder)
    if isinstance(month, Month) and month.period != folder.name:
        text = f"{folder.name}/report.json is the report of {month.period}; give the folder that name, or take it away."
        return Problem("month_unreadable", text)
    return month


def _named(previous: Path, period: str) -> Month:
    month = read_month(previous)
    if isinstance(month, Problem):
        raise InputError(f"--previous {previous}: {month.text}")
    if month.period >= period:
        raise InputError(
            f"--previous {previous} is the report of {month.period}, not of a month before {period}; "
            "name an earlier one, or set --period."
        )
    return month


def _past(folder: Path, month: Month, out: Path | None, others: Sequence[Month | Problem]) -> Past:
    """Return what the month's folder holds; `others` are the months before it, and what could not be read."""
    before = _of(Month, others)
    model = _model(folder, month)
    assignments = _parquet(folder / "assignments.parquet", "who moved cannot be told")
    # schema 1 had no such file
    inputs = _parquet(folder / "inputs.parquet", "what moved customers cannot be told") if month.schema > 1 else None
    if isinstance(inputs, Path) and isinstance(assignments, Path) and _rows(inputs) != _rows(assignments):
        text = (
            f"{month.period}/{inputs.name} is not of the same customers as the assignments: restore it, and run again."
        )
        inputs = Problem("previous_files", text)
    earlier = [
        _parquet(out / other.period / "assignments.parquet", "customers who were there only then count as new")
        for other in before
        if out and other.id == month.id
    ]
    return Past(
        month=month,
        months=(*before, month),
        model=model if isinstance(model, Model) else None,
        assignments=assignments if isinstance(assignments, Path) else None,
        inputs=inputs if isinstance(inputs, Path) else None,
        earlier=_of(Path, earlier),
        problems=_of(Problem, [*others, model, assignments, inputs, *earlier]),
    )


@dataclass(frozen=True)
class _Head:
    schema: int


def _model(folder: Path, month: Month) -> Model | Problem:
    """Return the model of a month, or why its segments have to be formed anew."""
    place = f"{folder.resolve().name}/model.json"
    anew = f"so the segments were formed anew, and matched to those of {month.period}"
    try:
        text = (folder / "model.json").read_bytes()
        if TypeAdapter(_Head).validate_json(text).schema < SCHEMA:
            return Problem("previous_schema", f"{place} was written by an earlier version of segreport, {anew}.")
        model = load_model(text)
    except OSError as error:
        return Problem("previous_model", f"{place} cannot be read ({error.strerror or error}), {anew}.")
    except (ValidationError, InputError):
        return Problem("previous_model", f"{place} is damaged, or of a newer version of segreport, {anew}.")
    theirs = {segment.id: segment.name for segment in month.segments}
    return (
        model
        if dict(zip(model.ids, model.names, strict=True)) == theirs
        else Problem("previous_model", f"{place} is another report's, {anew}.")
    )


def _parquet(path: Path, lost: str) -> Path | Problem:
    """Return the path if it is a Parquet file, else a Problem that says what is `lost`."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        pq.read_metadata(path)
    except (OSError, pa.ArrowException):
        place = f"{path.parent.resolve().name}/{path.name}"
        return Problem("previous_files", f"{place} is missing or cannot be read: {lost}; restore it, and run again.")
    return path


def _rows(path: Path) -> int:
    import pyarrow.parquet as pq

    return int(pq.read_metadata(path).num_rows)
