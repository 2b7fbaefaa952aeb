"""Two months' files joined in the engine: one row a customer with all labels, however their ids were stored."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from segreport.errors import InputError
from segreport.history.movement import Problem
from segreport.segments import WORTH

if TYPE_CHECKING:
    from segreport.sources.engine import Engine

NOT_SHOWN = "who moved is not shown"
_INTEGERS = {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT"}


@dataclass(frozen=True, eq=False)
class Trails:
    """The Parquet files in which customers left their trails: last month's and this month's, by their id columns.

    `then` and `now` hold the id and `segment_id`. In all others the id is the first column, whatever its name:
    `then_inputs` and `now_inputs` have segreport_value where it is known, `aged` the labels `own` and `aged` of last
    month's customers, `acted` the old model's `segment_id` of this month's (None: unknown, unless the model was `kept`
    and this month's segments are the old model's), and `earlier` are assignments of months before last.
    """

    then: Path
    then_id: str
    now: Path
    now_id: str
    then_inputs: Path | None = None
    now_inputs: Path | None = None
    aged: Path | None = None
    acted: Path | None = None
    earlier: tuple[Path, ...] = ()
    kept: bool = False

    @property
    def valued(self) -> bool:
        """Whether both months know what each customer is worth."""
        joined = self.joined
        return not isinstance(joined, Problem) and all(_has_worth(joined, month) for month in ("past", "present"))

    @cached_property
    def joined(self) -> Engine | Problem:
        """An engine with the views `past` and `present` (the files) and the table `ways`, or why there is none.

        `ways` has one row a customer: past_id, present_id, the labels and values of a Route. Made once and kept.
        """
        return _join(self)


def engine_of(trails: Trails) -> Engine:
    """Return the engine that holds the joined trails; raise InputError where they cannot be joined."""
    if isinstance(trails.joined, Problem):
        raise InputError(trails.joined.text)
    return trails.joined


def tidy(value: float) -> float:
    """Round to 12 significant digits: sums over several threads differ in the last ones from run to run."""
    return float(f"{value:.12g}")


def _join(trails: Trails) -> Engine | Problem:
    import duckdb

    from segreport.sources.engine import open_engine, said

    engine = open_engine()
    try:
        _open_files(engine, trails)
        problem = _repeats(engine, trails)
        if problem is None:
            engine.run(_ways(engine, trails))
            _mark_returned(engine, trails)
            problem = _multiplied(engine)
    except duckdb.Error as error:
        return Problem("unreadable_customers", f"Last month's customers cannot be read ({said(error)}): {NOT_SHOWN}.")
    return problem or engine


def _open_files(engine: Engine, trails: Trails) -> None:
    """Make a view of each file, and the type `label`: a segment's id in one byte."""
    files = {
        "past": trails.then,
        "present": trails.now,
        "past_inputs": trails.then_inputs,
        "present_inputs": trails.now_inputs,
        "aged": trails.aged,
        "acted": trails.acted,
        **{f"earlier_{place}": path for place, path in enumerate(trails.earlier)},
    }
    views = {view: path for view, path in files.items() if path}
    for view, path in views.items():
        engine.run(f"CREATE VIEW {view} AS FROM read_parquet({engine.reachable(path)})")
    engine.widen(engine.count("past") + engine.count("present"))
    labels = [("past", "segment_id"), ("present", "segment_id"), ("acted", "segment_id"), ("aged", "own")]
    known = [
        f"SELECT {label} AS label FROM {view} WHERE {label} IS NOT NULL"  # noqa: S608 - our own names
        for view, label in (*labels, ("aged", "aged"))
        if view in views
    ]
    engine.run(f"CREATE TYPE label AS ENUM ({' UNION '.join(known)} ORDER BY label)")


def _repeats(engine: Engine, trails: Trails) -> Problem | None:
    """Return the problem where ids are missing or repeat: joined, they would make customers out of nothing."""
    names = {"past": trails.then_id, "present": trails.now_id}
    for (month, column), key in zip(names.items(), _keys(engine, trails), strict=True):
        rows, ids, different, labelled = engine.run(
            f"SELECT count(*), count({key}), count(DISTINCT {key}), count(segment_id) FROM {month}"  # noqa: S608 - quoted
        )[0]
        if not rows == ids == different == labelled:
            report = "the last report" if month == "past" else "this report"
            return Problem("repeated_ids", f"Ids in '{column}' of {report} repeat or are missing, so {NOT_SHOWN}.")
    return None


def _multiplied(engine: Engine) -> Problem | None:
    """Return the problem where an id that repeats in a file beside the assignments made several customers of one."""
    joined = engine.run("SELECT count(past_id), count(present_id) FROM ways")[0]
    if joined == (engine.count("past"), engine.count("present")):
        return None
    return Problem("repeated_ids", f"Ids repeat in the files of the two reports, so {NOT_SHOWN}.")


def _ways(engine: Engine, trails: Trails) -> str:
    """Return the statement that makes `ways`."""
    from segreport.sources.engine import name

    past_key, present_key = _keys(engine, trails)
    past_id, present_id = f"past.{name(trails.then_id)}", f"present.{name(trails.now_id)}"
    acted = "acted.segment_id" if trails.acted else "present.segment_id" if trails.kept else "NULL"
    return f"""
        CREATE TABLE ways AS WITH
        was AS (
            SELECT {past_key} AS key, {past_id} AS id, past.segment_id::label AS before,
                {"aged.own" if trails.aged else "NULL"}::label AS own,
                {"aged.aged" if trails.aged else "NULL"}::label AS aged,
                {_worth(engine, "past")} AS worth
            FROM past {_beside(engine, past_id, "aged")} {_beside(engine, past_id, "past_inputs")}
        ),
        is_now AS (
            SELECT {present_key} AS key, {present_id} AS id, present.segment_id::label AS after,
                {acted}::label AS acted, {_worth(engine, "present")} AS worth
            FROM present {_beside(engine, present_id, "acted")} {_beside(engine, present_id, "present_inputs")}
        )
        SELECT was.id AS past_id, is_now.id AS present_id, before, CASE WHEN after IS NOT NULL THEN own END AS own,
            CASE WHEN after IS NOT NULL THEN aged END AS aged, acted, after, false AS returned,
            coalesce(was.worth, 0) AS value_before, coalesce(is_now.worth, 0) AS value_after
        FROM was FULL JOIN is_now ON was.key = is_now.key
    """  # noqa: S608 - quoted


def _mark_returned(engine: Engine, trails: Trails) -> None:
    """Tell those who were customers in a month before last from those who are new."""
    from segreport.sources.engine import name

    kind = engine.columns("ways")["present_id"]
    for view in (f"earlier_{place}" for place in range(len(trails.earlier))):
        first, its_kind = next(iter(engine.columns(view).items()))
        ours, theirs = _comparable(("ways.present_id", kind), (f"{view}.{name(first)}", its_kind))
        engine.run(f"UPDATE ways SET returned = true FROM {view} WHERE ways.before IS NULL AND {ours} = {theirs}")  # noqa: S608 - quoted


def _beside(engine: Engine, column: str, view: str) -> str:
    """Return the join of a view by its first column to an id of the same month; none where there is no such file."""
    from segreport.sources.engine import name

    first = next(iter(_columns(engine, view)), None)
    return f"LEFT JOIN {view} ON {view}.{name(first)} = {column}" if first else ""


def _columns(engine: Engine, view: str) -> list[str]:
    return [column for (column,) in engine.run(f"SELECT column_name FROM duckdb_columns() WHERE table_name = '{view}'")]  # noqa: S608 - our own names


def _has_worth(engine: Engine, month: str) -> bool:
    return WORTH in _columns(engine, f"{month}_inputs")


def _worth(engine: Engine, month: str) -> str:
    value = f"{month}_inputs.{WORTH}::DOUBLE"
    return f"CASE WHEN isfinite({value}) THEN {value} ELSE 0 END" if _has_worth(engine, month) else "0.0::DOUBLE"


def _keys(engine: Engine, trails: Trails) -> tuple[str, str]:
    """Return the two months' ids as SQL that compares with each other."""
    from segreport.sources.engine import name

    return _comparable(
        (f"past.{name(trails.then_id)}", _type(engine, "past", trails.then_id)),
        (f"present.{name(trails.now_id)}", _type(engine, "present", trails.now_id)),
    )


def _type(engine: Engine, view: str, column: str) -> str:
    from segreport.sources.engine import name

    kind: str = engine.run(f"DESCRIBE SELECT {name(column)} FROM {view}")[0][1]  # noqa: S608 - quoted
    return kind


def _comparable(one: tuple[str, str], other: tuple[str, str]) -> tuple[str, str]:
    """Return two columns, each with its type, as they are if they are of one kind, else both as text."""
    if one[1] == other[1] or {one[1], other[1]} <= _INTEGERS:
        return one[0], other[0]
    return _as_text(*one), _as_text(*other)


def _as_text(column: str, kind: str) -> str:
    """Return an id as text, the same one for 7, 7.0, '7' and '007': numbers lose their zeros on the way to a file."""
    if kind in _INTEGERS:
        return f"{column}::VARCHAR"
    if kind in {"FLOAT", "DOUBLE"}:
        whole = f"{column} = trunc({column}) AND abs({column}) < 1e18"
        written = f"CASE WHEN {whole} THEN {column}::BIGINT::VARCHAR ELSE {column}::VARCHAR END"
        return f"CASE WHEN NOT isnan({column}) THEN {written} END"
    return rf"regexp_replace(trim({column}::VARCHAR), '^(-?)0*(\d+)(\.0*)?$', '\1\2')"
