"""Who moved and what moved them, as tables of a page: frozen values, their numbers still numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from segreport.drift import Drift
from segreport.history import LOST, NEW, RETURNED, Change, Movement, Parts
from segreport.history.telling import moved_words
from segreport.report import Report, Segment
from segreport.wording import Wording

MOST_NAMES = 7
"""So many columns of segments can be headed by their names; more are headed by numbers."""
MOST_DRIFTS = 10
PARTS = {
    "arrivals": "New or back",
    "departures": "Gone",
    "ageing": "Time passing",
    "behaviour": "Behaviour",
    "spending": "Spending",
    "model": "Our model",
    "unknown": "Not known why",
}
"""What makes a change, in the order of the columns."""
IN_CUSTOMERS = ("in-customers", "What made each segment larger or smaller", "Customers")
ELSEWHERE = {NEW: "New", RETURNED: "Returned", LOST: "Gone"}


@dataclass(frozen=True)
class Place:
    """Where customers were or are: a segment, which has a colour and, if it is there now, its number; or elsewhere."""

    name: str
    colour: str | None = None
    number: int | None = None


@dataclass(frozen=True)
class Cell:
    """How many customers of a row are in a column now, and whether that is where they were."""

    customers: int
    stayed: bool


@dataclass(frozen=True)
class Origin:
    """Where customers were last month: a row of the table, and all of its customers."""

    place: Place
    cells: tuple[Cell, ...]
    customers: int


@dataclass(frozen=True)
class Crossing:
    """Who went where: a row a source and a column a target, with their sums; `numbered` where names would not fit."""

    targets: tuple[Place, ...]
    rows: tuple[Origin, ...]
    sums: tuple[int, ...]
    customers: int
    numbered: bool


@dataclass(frozen=True)
class PartsRow:
    """One segment then and now, in whole numbers, and the parts that lead from one to the other."""

    place: Place
    before: int
    parts: tuple[int, ...]
    after: int


@dataclass(frozen=True)
class PartsTable:
    """What made the segments larger or smaller; a part that is nowhere has no column."""

    key: str
    title: str
    unit: str
    labels: tuple[str, ...]
    rows: tuple[PartsRow, ...]


@dataclass(frozen=True)
class Step:
    """A segment's customers last month and now, and the parts of the difference that are not 0, with their labels.

    `name` is what it was called, where that was something else.
    """

    before: int
    after: int
    parts: tuple[tuple[str, int], ...] = ()
    name: str | None = None

    @property
    def difference(self) -> int:
        """Customers more (or less than none: fewer)."""
        return self.after - self.before

    @property
    def size(self) -> int:
        """The difference without its sign."""
        return abs(self.difference)

    @property
    def share(self) -> float | None:
        """The difference as a share of last month's customers; None where there were none."""
        return self.difference / self.before if self.before else None


@dataclass(frozen=True)
class Moves:
    """What changed, beside its charts: sentences, tables, the columns that have moved most, and each segment's step.

    `steps` has every segment's id; None is a segment that is new.
    """

    words: tuple[str, ...]
    steps: dict[str, Step | None]
    crossing: Crossing | None
    tables: tuple[PartsTable, ...]
    drifts: tuple[Drift, ...]


def moves_of(report: Report, wording: Wording) -> Moves | None:
    """Return the tables of who moved, and why; None in the first month."""
    if report.movement is None:
        return None
    known = places(report)
    drifts = sorted(report.movement.decision.drifts, key=lambda drift: -drift.psi)
    return Moves(
        moved_words(report.movement, report.segments, wording),
        {segment.id: step_of(segment, report.movement) for segment in report.segments},
        crossing_of(report.movement, known) if report.movement.flows else None,
        parts_tables(report, report.movement, known, wording.currency),
        tuple(drifts[:MOST_DRIFTS]),
    )


def places(report: Report) -> dict[str, Place]:
    """Return the place of every id that customers can come from or go to: segments of now first, then those gone."""
    now = {s.id: Place(s.name, s.colour, number) for number, s in enumerate(report.segments, 1)}
    before = report.movement.before if report.movement else ()
    gone = {known.id: Place(known.name, known.colour) for known in before if known.id not in now}
    return {**now, **gone, **{ident: Place(name) for ident, name in ELSEWHERE.items()}}


def crossing_of(movement: Movement, known: dict[str, Place]) -> Crossing:
    """Return who went where; places that no customer was or is in have no row or column."""
    counts = {(flow.source, flow.target): flow.customers for flow in movement.flows}
    sources = [ident for ident in known if any(source == ident for source, _ in counts)]
    targets = [ident for ident in known if any(target == ident for _, target in counts)]
    rows = tuple(
        Origin(
            known[source],
            tuple(Cell(counts.get((source, target), 0), source == target) for target in targets),
            sum(counts.get((source, target), 0) for target in targets),
        )
        for source in sources
    )
    sums = tuple(sum(counts.get((source, target), 0) for source in sources) for target in targets)
    return Crossing(tuple(known[t] for t in targets), rows, sums, sum(sums), len(targets) > MOST_NAMES + 1)


def parts_tables(
    report: Report, movement: Movement, known: dict[str, Place], currency: str | None
) -> tuple[PartsTable, ...]:
    """Return what made the segments larger or smaller, in customers and in what they are worth, where it is known."""
    order = {ident: at for at, ident in enumerate(known)}
    told = sorted(movement.changes, key=lambda change: order[change.id])
    labels = part_labels(movement)
    customers = [_in_customers(change) for change in told]
    tables = [_table(IN_CUSTOMERS, customers, labels, known)]
    if report.worth:
        value = [line for line in map(_in_value, told) if line]
        worth = report.worth[0].upper() + report.worth[1:]
        unit = f"{worth} ({currency}, rounded)" if currency else f"{worth} (rounded)"
        said = ("in-value", f"What made each segment’s {report.worth} more or less", unit)
        tables.append(_table(said, value, labels, known))
    return tuple(table for table in tables if len(table.rows) > 1)


def part_labels(movement: Movement) -> dict[str, str]:
    """Return what each of the Parts is called; where it is not known, time passing is within behaviour."""
    return PARTS if movement.ageing_known else PARTS | {"behaviour": "Behaviour or time passing"}


Line = tuple[str, float, Parts]
"""A segment's id, what it was, and the parts of its change."""


def _in_customers(change: Change) -> Line:
    return change.id, change.before, change.parts


def _in_value(change: Change) -> Line | None:
    if change.value_before is None or change.value_parts is None:
        return None
    return change.id, change.value_before, change.value_parts


def _table(
    said: tuple[str, str, str], lines: Sequence[Line], labels: dict[str, str], known: dict[str, Place]
) -> PartsTable:
    """Return a row a segment, and a last one of all together, rounded once."""
    there = [name for name in labels if any(getattr(parts, name) for _, _, parts in lines)]
    told = [(known[ident], before, [getattr(parts, name) for name in there]) for ident, before, parts in lines]
    columns = zip(*(made for _, _, made in told), strict=True)
    everyone = (Place("All"), sum(before for _, before, _ in told), [sum(column) for column in columns])
    rows = (PartsRow(place, *whole_parts(before, made)) for place, before, made in (*told, everyone))
    return PartsTable(*said, tuple(labels[name] for name in there), tuple(rows))


def whole_parts(before: float, parts: Sequence[float]) -> tuple[int, tuple[int, ...], int]:
    """Return a start, its parts and their end in whole numbers that still add up, each off by less than 1.

    Every running sum is rounded, and a part is the difference between two of them.
    """
    sums = [round(reached) for reached in accumulate(parts, initial=before)]
    return sums[0], tuple(b - a for a, b in pairwise(sums)), sums[-1]


def step_of(segment: Segment, movement: Movement) -> Step | None:
    """Return a segment's customers then and now, and what made the difference; None where it is new."""
    then = next((known for known in movement.before if known.id == segment.id), None)
    if then is None:
        return None
    parts = next((change.parts for change in movement.changes if change.id == segment.id), Parts())
    made = ((label, round(getattr(parts, name))) for name, label in part_labels(movement).items())
    renamed = then.name if then.name != segment.name else None
    return Step(then.size, segment.size, tuple((label, part) for label, part in made if part), renamed)
