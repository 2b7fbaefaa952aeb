"""The Report: a frozen value that holds every number and sentence; report.json is it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from pydantic import TypeAdapter

from segreport.actions import Action
from segreport.alternatives import Alternatives
from segreport.choice import Choice
from segreport.columns import Role, Use
from segreport.features import Step
from segreport.history import Movement
from segreport.mapping import SegmentMap
from segreport.orders import OrderFacts, Standing
from segreport.outcomes import Outcomes
from segreport.personas import Basis
from segreport.profiles import Driver, Neighbour, Spread
from segreport.rules import Rule
from segreport.story import Tile, Warning  # noqa: A004 - report.json calls them warnings, and so do we
from segreport.trust import Grade
from segreport.wording import Wording

SCHEMA = 2


@dataclass(frozen=True)
class SourceFacts:
    """What was read: its name for readers, rows, customers used, exact repeats dropped, and its fingerprint.

    `sample` is how many customers the segments were found on, `id` the name of the column that tells customers apart
    (None: rows were numbered).
    """

    name: str
    rows: int
    customers: int
    duplicates: int
    fingerprint: str
    sample: int
    id: str | None = None


@dataclass(frozen=True)
class ColumnFacts:
    """One column as the reader sees it: role, the reason, missing values, and what was done to it, in words.

    `distinct` counts its different values; `told` is the share (0 to 1) of it that other columns tell, where that
    decided its use. `step` holds the numbers of what was done, where it was clustered on, and `twin` the column it
    moves with and their correlation, where it was left out for that.
    """

    name: str
    label: str
    unit: str
    role: Role
    use: Use
    why: str
    missing: int
    treatment: str
    distinct: int = 0
    told: float | None = None
    step: Step | None = None
    twin: tuple[str, float] | None = None


@dataclass(frozen=True)
class Segment:
    """One segment: its persona, its numbers and how far to trust it (see Persona, Profile and SegmentTrust).

    `percent` and `value_percent` are `share` and `value_share` as they are printed, everywhere: whole percents that add
    up to 100 over all segments. `standing` holds its mean scores, where the customers come from orders. `basis` is what
    its name rests on, `people` whether it calls the customers something, `given` whether a person gave it, and
    `outdated` what the segment would be called now, where the reason of its name is gone (None: it is not).
    """

    id: str
    name: str
    backed_by: tuple[str, ...]
    colour: str
    size: int
    share: float
    percent: int
    value: float | None
    value_share: float | None
    value_percent: int | None
    value_index: float | None
    summary: str
    action: Action
    centre: dict[str, float]
    drivers: tuple[Driver, ...]
    described: tuple[Driver, ...]
    alike: tuple[str, ...]
    spreads: dict[str, Spread]
    levels: dict[str, dict[str, float]]
    rule: Rule
    neighbour: Neighbour
    stability: float
    trust: Grade
    silhouette: float
    silhouette_profile: tuple[float, ...]
    border: float
    standing: Standing | None = None
    basis: tuple[Basis, ...] = ()
    people: bool = True
    given: bool = False
    outdated: str | None = None

    def of_customers(self, wording: Wording) -> str:
        """Return its share of customers as it is printed wherever it stands: 11%."""
        return wording.whole(self.percent, self.share)

    def of_value(self, wording: Wording) -> str:
        """Return its share of value as it is printed wherever it stands, a dash where there is none."""
        if self.value_share is None or self.value_percent is None:
            return "–"
        return wording.whole(self.value_percent, self.value_share)


@dataclass(frozen=True)
class Overall:
    """All customers together: what every segment is compared with. Keys are column names."""

    means: dict[str, float]
    value: float | None
    spreads: dict[str, Spread]
    edges: dict[str, tuple[float, ...]]
    levels: dict[str, dict[str, float]]
    correlations: tuple[tuple[float, ...], ...]
    correlated: tuple[str, ...]
    silhouette: float
    inertia: float
    standing: Standing | None = None


@dataclass(frozen=True, repr=False)
class Report:
    """Everything a report says. Renderings (HTML, PDF, e-mail) compute nothing that is not here.

    `worth` is what the value is called in a sentence ("revenue"; None: no value known), `priorities` the ids
    of the segments to act on first, `verdict` the structure in words, `separation` the k x k distances
    between segments in standard deviations.
    """

    schema: int
    period: str
    as_of: str
    title: str
    headline: str
    verdict: str
    worth: str | None
    value_columns: tuple[str, ...]
    source: SourceFacts
    columns: tuple[ColumnFacts, ...]
    choice: Choice
    segments: tuple[Segment, ...]
    tiles: tuple[Tile, ...]
    priorities: tuple[str, ...]
    alternatives: Alternatives
    separation: tuple[tuple[float, ...], ...]
    overall: Overall
    map: SegmentMap
    notes: tuple[str, ...]
    warnings: tuple[Warning, ...]
    settings: dict[str, Any]
    versions: dict[str, str]
    orders: OrderFacts | None = None
    outcomes: Outcomes = field(default_factory=Outcomes)
    movement: Movement | None = None

    def __repr__(self) -> str:
        return f"<Report {self.period}: {self.headline}.>"

    def to_json(self) -> bytes:
        """Return report.json: the whole report, schema-versioned."""
        return TypeAdapter(Report).dump_json(self, indent=1)

    def _repr_html_(self) -> str:
        """Show the whole report where a notebook shows a value."""
        from segreport.pages import notebook  # the one arrow that points back: a notebook asks the value itself

        return notebook(self)


def load_report(text: bytes) -> Report:
    """Return the Report of a report.json; raises pydantic's ValidationError where it is none."""
    return TypeAdapter(Report).validate_json(text)
