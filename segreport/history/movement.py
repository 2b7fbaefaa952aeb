"""What passes between the files of this room, and on: an earlier month, and what changed since."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from segreport.drift import Drift
from segreport.personas import Basis
from segreport.segments import Model

Why = Literal["behaviour", "time", "model", "unknown", "new", "returned", "lost"]
"""Why customers changed segment: what they did, mere ageing, our model; unknown where these cannot be told apart."""
NEW, RETURNED, LOST = "new", "returned", "lost"
"""Where customers come from, or go to, who are in one of the two months only."""


@dataclass(frozen=True)
class Known:
    """A segment as an earlier report tells it; `indexes` holds 100 x mean / overall of its drivers, by column.

    `basis` is what its name rests on, `given` whether a person gave it, `percent` and `value_percent` the shares as
    they were printed. `action` and `metric` are what was recommended, and the number that should show the effect.
    """

    id: str
    name: str
    colour: str
    size: int
    share: float
    percent: int
    value: float | None
    value_share: float | None
    indexes: dict[str, float | None]
    action: str
    metric: str
    basis: tuple[Basis, ...] = ()
    people: bool = True
    given: bool = False


@dataclass(frozen=True)
class Month:
    """An earlier month, out of its report.json: enough for trends, names and the list of months.

    `id` is the name of the column that told customers apart (None: rows were numbered), `worth` what the value was
    called, `missing` how many customers lack a value of a column, `files` the names of the pages that are there,
    `since` the month whose segments' ids it carried on (None: its ids are its own), and `carried` those segments as
    they were then, by id and size: that month may have been made anew since.
    """

    schema: int
    period: str
    as_of: str
    title: str
    headline: str
    customers: int
    id: str | None
    worth: str | None
    value_columns: tuple[str, ...]
    currency: str | None
    features: tuple[str, ...]
    columns: tuple[str, ...]
    segments: tuple[Known, ...]
    priorities: tuple[str, ...]
    missing: dict[str, int] = field(default_factory=dict)
    files: tuple[str, ...] = ()
    since: str | None = None
    carried: tuple[tuple[str, int], ...] = ()

    def segment(self, ident: str) -> Known:
        """Return the segment of that id; raises KeyError where there is none."""
        return {segment.id: segment for segment in self.segments}[ident]


@dataclass(frozen=True)
class Problem:
    """Why last month, or a part of it, could not be compared with; `code` is stable for scripts."""

    code: str
    text: str


@dataclass(frozen=True, eq=False)
class Past:
    """The month a report is compared with, and the files it left.

    `model` is None where it cannot be used any more, `inputs` where the file is not there. `months` are all earlier
    ones that are kept, oldest first, this one last; `folders` those of the others, for who was a customer before.
    `used` are the ids of all segments of any month before this one, whether its months were carried on or not, and
    `problems` say what could not be read.
    """

    month: Month
    months: tuple[Month, ...]
    model: Model | None
    assignments: Path | None
    inputs: Path | None
    earlier: tuple[Path, ...]
    used: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def as_of(self) -> dt.date:
        """The day that days were counted to."""
        return dt.date.fromisoformat(self.month.as_of)


@dataclass(frozen=True)
class Flow:
    """Customers who were in `source` last month (an id, NEW or RETURNED) and are in `target` now (an id or LOST).

    `value` is what they are worth now (those who are lost: what they were worth; None: no value known). `behaviour`
    counts those of them who changed segment by what they did, `time` those by time passing alone.
    """

    source: str
    target: str
    customers: int
    value: float | None
    behaviour: int = 0
    time: int = 0


@dataclass(frozen=True)
class Parts:
    """A change divided into what made it; the parts add up to `total` exactly.

    `arrivals` are new and returned customers, `departures` those who are gone (at most 0), `ageing` customers whom
    time alone moved, `behaviour` those who moved by what they did, `spending` what those who are there spend more or
    less than before (values only), `model` what a new model moved, and `unknown` what cannot be told apart.
    """

    arrivals: float = 0
    departures: float = 0
    ageing: float = 0
    behaviour: float = 0
    spending: float = 0
    model: float = 0
    unknown: float = 0

    @property
    def total(self) -> float:
        """The whole change."""
        return float(sum(vars(self).values()))

    @property
    def real(self) -> float:
        """The change without what our model made of it."""
        return self.total - self.model - self.unknown


@dataclass(frozen=True)
class Change:
    """One segment then and now: customers, what they are worth (None: unknown), and what made the difference.

    Segments that were not there last month, or are not now, have 0 customers then or now.
    """

    id: str
    before: int
    after: int
    parts: Parts
    value_before: float | None = None
    value_after: float | None = None
    value_parts: Parts | None = None


@dataclass(frozen=True)
class Turnover:
    """How many customers there were and are, who is in both months, and who came, came back or went.

    `moved` counts those in both who changed segment, by what moved them (empty: not counted).
    """

    before: int
    after: int
    both: int
    new: int
    returned: int
    lost: int
    moved: dict[Why, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Event:
    """What became of segments in a new model: `ids` are those of last month, `into` those they became.

    A split keeps its id for the largest part, a merger the id of the part it is most alike; "born" has no `ids`
    and "gone" no `into`.
    """

    kind: Literal["born", "gone", "split", "merged"]
    ids: tuple[str, ...]
    into: tuple[str, ...]


@dataclass(frozen=True)
class Decision:
    """Whether last month's model was kept, and why, in one sentence.

    `drifts` are how far each column has moved since the model was fitted (`since`, a period); `better` is the share
    (0 to 1) of the distance to the centres that a model fitted anew saves with as many segments, `fresh_k` how many
    segments a fresh choice would make (None: not asked).
    """

    kept: bool
    reason: str
    since: str
    drifts: tuple[Drift, ...] = ()
    better: float | None = None
    fresh_k: int | None = None


@dataclass(frozen=True)
class FollowUp:
    """A recommendation of last month and what happened to its number since, without a claim of cause.

    `id`, `name`, `title` and `metric` are as they were then. `measured` says in words what was measured of the
    customers who were in the segment then (`customers` of them are still there), `before` and `after` are the numbers
    (`before` None: only measured since), `unit` as Wording.quantity knows it, or "share".
    """

    id: str
    name: str
    title: str
    metric: str
    measured: str
    customers: int
    before: float | None
    after: float | None
    unit: str
    text: str


@dataclass(frozen=True)
class Point:
    """One month of a segment; `indexes` are those of its main drivers, by column (None: not told)."""

    period: str
    size: int
    share: float
    value: float | None
    value_share: float | None
    indexes: dict[str, float | None]


@dataclass(frozen=True)
class Trend:
    """A segment over all months that are kept, oldest first; `columns` are its main drivers of this month."""

    id: str
    columns: tuple[str, ...]
    points: tuple[Point, ...]


@dataclass(frozen=True)
class Finding:
    """One sentence of what changed, and the ids of the segments it is about."""

    code: str
    text: str
    ids: tuple[str, ...] = ()


@dataclass(frozen=True)
class Movement:
    """What changed since an earlier month.

    `since` is its period, `months` how many months lie between, `days` how many days. `before` are the segments as
    they were. `turnover`, `flows` and `changes` are None or empty where customers cannot be compared, which a
    warning says. `findings` are page one's, at most three. `subject` is the e-mail's, without the title and period.
    Where `ageing_known` is False, time passing is not told from behaviour, which then holds both.
    """

    since: str
    since_as_of: str
    months: int
    days: int
    decision: Decision
    before: tuple[Known, ...]
    turnover: Turnover | None
    flows: tuple[Flow, ...]
    changes: tuple[Change, ...]
    events: tuple[Event, ...]
    followups: tuple[FollowUp, ...]
    trends: tuple[Trend, ...]
    findings: tuple[Finding, ...]
    subject: str
    ageing_known: bool = True
