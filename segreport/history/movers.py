"""movers.csv: the list of customers who are in another segment than last month, and its rows for a campaign."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TextIO

from segreport.errors import InputError
from segreport.history.changes import why_of
from segreport.history.joining import Trails, engine_of
from segreport.history.movement import LOST, NEW, RETURNED, Problem
from segreport.history.routes import routes_of

if TYPE_CHECKING:
    import pyarrow as pa

_FROM, _TO, _WHY = 1, 2, 4  # by place: an id column may well be called "from"
_IDS = {_FROM: 5, _TO: 6}
_WORDS = {_FROM: (NEW, RETURNED), _TO: (LOST,)}
_HEADER = ("from", "to", "when", "why", "from_id", "to_id")


class _End(NamedTuple):
    """What is asked of one end of a way: one of these segments, or those who came or went without one."""

    place: int
    ids: set[str]
    word: str | None


def write_movers(
    trails: Trails, path: Path, *, names_then: Mapping[str, str], names_now: Mapping[str, str], period: str
) -> int:
    """Write who moved, came or went to `path` (CSV), with a header even where nobody did, and return how many.

    `period` (YYYY-MM) is when. Names are by segment id. Raises InputError where customers cannot be joined.
    """
    from segreport.sources.engine import blaming, name, text

    engine = engine_of(trails)
    moved = _moved(trails, names_then, names_now)
    same = ("before", "own", "aged", "acted", "after")
    joins = " AND ".join(f"told.{label}::label IS NOT DISTINCT FROM ways.{label}" for label in same)
    columns = engine.columns("ways")
    kind = "" if columns["past_id"] == columns["present_id"] else "::VARCHAR"
    engine.backend.con.register("told", moved)
    with blaming(path):
        (written,) = engine.run(f"""
            COPY (
                SELECT coalesce(present_id{kind}, past_id{kind}) AS {name(trails.now_id)}, told.source AS "from",
                    told.target AS "to", {text(period)} AS "when", told.why, ways.before AS from_id, ways.after AS to_id
                FROM ways JOIN told ON {joins} AND told.returned = ways.returned
                ORDER BY 6, 7, 1
            ) TO {text(str(path.absolute()))} (FORMAT csv, HEADER)
        """)[0]  # noqa: S608 - quoted
    engine.backend.con.unregister("told")
    return int(written)


def filter_movers(path: Path, *, source: str | None, target: str | None, out: TextIO | Path) -> int:
    """Copy those rows of a movers.csv to `out` that lead from `source` to `target` (None: any); return how many.

    Both are names or ids of segments, in any case; `source` may also be "new" or "returned", `target` "lost". Raises
    InputError where the file knows no such segment, or is no list of movers.
    """
    if isinstance(out, Path) and out.exists() and path.exists() and out.samefile(path):
        raise InputError(f"{out} is the list that is read; name another file with -o.")
    wanted = _wanted(path, {_FROM: source, _TO: target})
    if not isinstance(out, Path):
        return _copy(_rows(path), wanted, out)
    try:
        with out.open("w", encoding="utf-8", newline="") as file:
            return _copy(_rows(path), wanted, file)
    except OSError as error:
        raise InputError(f"{out}: cannot be written ({error.strerror or error}); name another file with -o.") from error


def _copy(rows: Iterator[list[str]], wanted: Sequence[_End], out: TextIO) -> int:
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(next(rows))
    written = 0
    for row in rows:
        if all(row[_IDS[end.place]] in end.ids or row[_WHY] == end.word for end in wanted):
            writer.writerow(row)
            written += 1
    return written


def _wanted(path: Path, asked: Mapping[int, str | None]) -> list[_End]:
    """Return what is meant by each end that was asked for."""
    known = _known(path)
    return [_meant(path, known, place, said.strip()) for place, said in asked.items() if said is not None]


def _known(path: Path) -> dict[int, set[tuple[str, str]]]:
    """Return the segments that customers left, and those they went to: pairs of name and id."""
    rows = _rows(path)
    next(rows)
    ends = {(row[_FROM], row[_IDS[_FROM]], row[_TO], row[_IDS[_TO]]) for row in rows}
    return {
        _FROM: {(name, ident) for name, ident, _, _ in ends if ident},
        _TO: {(name, ident) for _, _, name, ident in ends if ident},
    }


def _meant(path: Path, known: Mapping[int, set[tuple[str, str]]], place: int, said: str) -> _End:
    """Return what is meant at one end: a segment there, else one of the other end, else a word like "new"."""
    other = _TO if place == _FROM else _FROM
    asked = said.casefold()
    for pairs in (known[place], known[other]):
        if ids := {ident for name, ident in pairs if asked in (name.casefold(), ident.casefold())}:
            return _End(place, ids, None)
    if asked in _WORDS[place]:
        return _End(place, set(), asked)
    names = sorted({name for pairs in known.values() for name, _ in pairs})
    way = "left" if place == _FROM else "went to"
    raise InputError(
        f"{path}: nobody {way} a segment called {said!r}; name one of: {', '.join([*names, *_WORDS[place]])}."
    )


def _rows(path: Path) -> Iterator[list[str]]:
    """Yield the header and the rows of a movers.csv, one at a time; raise InputError where it is none."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            yield from _checked(path, (row for row in csv.reader(file) if row))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{path}: cannot be read ({getattr(error, 'strerror', None) or error}).") from error


def _checked(path: Path, rows: Iterator[list[str]]) -> Iterator[list[str]]:
    header = next(rows, [])
    # DuckDB adds a number to a name that the id column has taken
    ours = len(header) == len(_HEADER) + 1 and all(map(str.startswith, header[1:], _HEADER))
    for row in chain([header], rows):
        if not ours or len(row) != len(header):
            raise InputError(f"{path} is no movers.csv of segreport: its columns are the id, {', '.join(_HEADER)}.")
        yield row


def _moved(trails: Trails, names_then: Mapping[str, str], names_now: Mapping[str, str]) -> pa.Table:
    """Return each way that leads to another segment, with why it was taken and the names of its ends."""
    import pyarrow as pa

    routes = routes_of(trails)
    if isinstance(routes, Problem):
        raise InputError(routes.text)
    moved = [route for route in routes if route.before != route.after]
    labels = {
        label: pa.array([getattr(route, label) for route in moved], pa.string())
        for label in ("before", "own", "aged", "acted", "after")
    }
    named = {
        "source": pa.array([route.before and names_then[route.before] for route in moved], pa.string()),
        "target": pa.array([route.after and names_now[route.after] for route in moved], pa.string()),
        "why": pa.array([why_of(route) for route in moved], pa.string()),
    }
    return pa.table({**labels, "returned": pa.array([route.returned for route in moved], pa.bool_()), **named})
