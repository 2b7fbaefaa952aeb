"""What other choices would change, in words: one sentence, a row a choice, and what the traces show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

from segreport.alternatives.matching import Recut
from segreport.alternatives.tracing import Traces
from segreport.alternatives.trying import TRIAL_SIZE, Kind, Trial, Tried
from segreport.methods import Method
from segreport.personas import Persona
from segreport.wording import Wording

SOME, MANY = 0.10, 0.25
FEW_ELSE = 0.05
CLEARLY = 0.05
MOST_NAMED = 3
METHODS: dict[Method, str] = {"kmeans": "k-means", "ward": "Ward’s", "bisecting": "bisecting k-means"}
SAME = "what to do would stay much the same"
ELSEWHERE = "the lines between segments would run elsewhere"


@dataclass(frozen=True)
class Alternative:
    """One row of the table: `what` is chosen otherwise, the share of customers who move, and what happens.

    `said` is `changed` (0 to 1) in words, "at most 6%" where the row stands for several choices.
    """

    what: str
    changed: float
    said: str
    text: str


@dataclass(frozen=True)
class Alternatives:
    """What other choices would change: `lead` says it in a sentence, `finding` what the traces show, `note` the base.

    `trials` holds the number behind every row, those of columns that share a row too; `customers` is how many the
    traces are of, `columns` how many columns segments were formed on.
    """

    lead: str
    rows: tuple[Alternative, ...]
    finding: str
    note: str
    trials: tuple[Trial, ...]
    traces: Traces
    customers: int
    columns: int


def tell_others(tried: Tried, personas: Sequence[Persona], labels: Mapping[str, str], wording: Wording) -> Alternatives:
    """Return what was tried in words; `labels` says how columns are called."""
    again = next((trial for trial in tried.trials if trial.kind == "again"), None)
    teller = _Teller({persona.id: persona for persona in personas}, labels, wording, again)
    columns = [trial for trial in tried.trials if trial.kind == "column"]
    others = [trial for trial in tried.trials if trial.kind not in ("column", "again")]
    return Alternatives(
        lead=teller.lead(others, columns),
        rows=(
            *(teller.row(trial, teller.happens(trial.recut)) for trial in others),
            *teller.column_rows(columns),
            *teller.again_rows(),
        ),
        finding=teller.finding(tried.traces),
        note=teller.note(tried, columns),
        trials=tried.trials,
        traces=tried.traces,
        customers=tried.customers,
        columns=tried.columns,
    )


@dataclass(frozen=True)
class _Teller:
    """Who knows what segments and columns are called, how numbers are written, and what cutting again changes."""

    personas: Mapping[str, Persona]
    labels: Mapping[str, str]
    wording: Wording
    again: Trial | None

    def lead(self, others: Sequence[Trial], columns: Sequence[Trial]) -> str:
        """Return the answer: what changes most of the numbers and methods, and what hangs on columns."""
        if not others and not columns:
            return "There was no other choice to try."
        said = [self._answer(others)] if others else []
        if columns:
            said += self._hinge(max(columns, key=_changed), max(map(_changed, others), default=0.0))
        return " ".join(said) or "No column decides by itself who is in which segment."

    def _answer(self, others: Sequence[Trial]) -> str:
        most = max(others, key=_changed)
        if most.recut.changed < SOME:
            at_most = "at most " if len(others) > 1 else ""
            told = f"{SAME}: {_tried({trial.kind for trial in others})}, {at_most}{self._share(most)}"
        else:
            told = f"{'the largest change: ' if len(others) > 1 else ''}{self._what(most)}, {self._share(most)}"
        return _sentence(f"{told} of customers would be in another segment")

    def _hinge(self, hinge: Trial, others: float) -> list[str]:
        """Return what hangs on the column that matters most; nothing where that is little, or less than on `others`."""
        if hinge.recut.changed < SOME:
            return []
        if not self._is_clear(hinge):
            return [
                f"Leaving out any one column changes {self._like_again(hinge)}: at most {self._share(hinge)} of "
                f"customers would be in another segment, and cutting again with every column moves {self._by_chance()}."
            ]
        if hinge.recut.changed < MANY or hinge.recut.changed <= others:
            return []
        more = "more hangs on the columns: " if others else ""
        told = _sentence(f"{more}{self._what(hinge)}, {self._share(hinge)} would be in another segment")
        return [told[:-1] + (f"; cutting again with every column moves {self._by_chance()}." if self.again else ".")]

    def _is_clear(self, trial: Trial) -> bool:
        """Whether leaving out the column moves clearly more customers than cutting again does."""
        return self.again is None or trial.recut.changed >= self.again.recut.changed + CLEARLY

    def _like_again(self, trial: Trial) -> str:
        more = self.again is not None and trial.recut.changed > self.again.recut.changed
        return f"{'hardly' if more else 'no'} more than cutting again does"

    def _by_chance(self) -> str:
        return self._share(self.again) if self.again else ""

    def row(self, trial: Trial, text: str) -> Alternative:
        """Return the row of one choice."""
        return Alternative(_upper_first(self._what(trial)), trial.recut.changed, self._share(trial), _sentence(text))

    def happens(self, found: Recut) -> str:
        """Return what becomes of the segments; merging and coming apart only where that is most of what changes."""
        parts = [f"{self._names(group)} would become one segment" for group in found.merged]
        parts += [f"{self._names([ident])} would come apart" for ident in found.split]
        if not parts or 2 * found.beyond > found.changed:
            return SAME if found.changed < SOME else ELSEWHERE
        if found.beyond < FEW_ELSE:
            return "; ".join([*parts, "hardly anyone else would move"])
        return "; ".join([*parts, f"besides, {self.wording.percent(found.beyond)} of customers would move"])

    def column_rows(self, columns: Sequence[Trial]) -> list[Alternative]:
        """Return a row for each of the three columns that clearly matter most, and one for all others together."""
        ranked = sorted(columns, key=_changed, reverse=True)
        named = [trial for trial in ranked if trial.recut.changed >= SOME and self._is_clear(trial)][:MOST_NAMED]
        rest = ranked[len(named) :]
        if len(rest) == 1:
            named, rest = ranked, []
        rows = [self.row(trial, self._matters(trial)) for trial in named]
        if rest:
            most = rest[0]
            what = f"Without any one of {len(rest)} other columns" if named else "Without any one of the columns"
            text = self._matters(most)
            if most.recut.changed < SOME:
                text = f"{SAME}, whichever it is"
            elif self._is_clear(most):
                text = "none of them would change more than the columns above"
            rows.append(Alternative(what, most.recut.changed, f"at most {self._share(most)}", _sentence(text)))
        return rows

    def _matters(self, trial: Trial) -> str:
        if trial.recut.changed < SOME:
            return SAME
        return ELSEWHERE if self._is_clear(trial) else self._like_again(trial)

    def again_rows(self) -> list[Alternative]:
        """Return the row that columns are to be read against."""
        text = "by chance alone; a column counts where clearly more customers move"
        return [self.row(self.again, text)] if self.again else []

    def finding(self, traces: Traces) -> str:
        """Return which segments are there first and which come apart next; empty where there is one level only."""
        levels, k = [level.k for level in traces.levels], len(self.personas)
        if len(levels) < 2:
            return ""
        first, last = min(traces.since.values()), min(traces.apart.values(), default=0)
        early = [ident for ident, since in traces.since.items() if since == first < k]
        split = [ident for ident, at in traces.apart.items() if at == last]
        parts = []
        if early:
            parts.append(f"{self._named(early, 'is', 'are')} there from {first} segments on")
        elif levels[0] < k:
            parts.append(f"with fewer than {k} segments, none of these is there yet")
        if split and early == split:
            parts = [f"{parts[0]} and {'come' if self._are_many(early) else 'comes'} apart at {last}"]
        elif split:
            parts.append(f"{self._named(split, 'comes', 'come')} apart at {last}")
        found = "; ".join(parts) or f"with up to {levels[-1]} segments, none of these {k} comes apart"
        return _upper_first(found) if found.startswith(("the segment", "with")) else found

    def note(self, tried: Tried, columns: Sequence[Trial]) -> str:
        """Return on how many customers this was counted, and which columns were left out."""
        count = self.wording.count
        who = f"{count(tried.customers)} customers drawn at random"
        if tried.customers < TRIAL_SIZE:
            who = f"all {count(tried.customers)} customers"
        dear = [trial for trial in tried.trials if trial.customers < tried.customers]
        kinds = {trial.kind for trial in dear}
        what = " and ".join(words for kind, words in (("column", "columns"), ("method", "method")) if kind in kinds)
        fewer = f"; {what} on {count(dear[0].customers)} of them" if what else ""
        some = f" Of {tried.columns} columns, the {len(columns)} that set segments apart most were left out."
        return f"Counted on {who}{fewer}." + (some if 0 < len(columns) < tried.columns else "")

    def _what(self, trial: Trial) -> str:
        """Return the other choice as words that go on: "with 6 segments instead of 5", "without Age"."""
        if trial.column is not None:
            return f"without {self.labels[trial.column]}"
        if trial.method is not None:
            return f"by another method ({METHODS[trial.method]})"
        if trial.kind == "again":
            return "cut again with every column"
        return f"with {trial.recut.k} segments instead of {len(self.personas)}"

    def _share(self, trial: Trial) -> str:
        return self.wording.percent(trial.recut.changed)

    def _names(self, idents: Sequence[str]) -> str:
        personas = [self.personas[ident] for ident in idents]
        return self.wording.listing([p.name if p.people else f"“{p.name}”" for p in personas])

    def _named(self, idents: Sequence[str], one: str, many: str) -> str:
        """Return at most three segments with their verb: "Champions are", "the segment “Region 3” is"."""
        if not self._are_many(idents):
            return f"the segment {self._names(idents)} {one}"
        if len(idents) > MOST_NAMED:
            return f"{len(idents)} of the segments {many}"
        return f"{self._names(idents)} {many}"

    def _are_many(self, idents: Sequence[str]) -> bool:
        return len(idents) > 1 or self.personas[idents[0]].people


def _tried(kinds: Set[Kind]) -> str:
    """Return these kinds of trials of numbers and methods as words that go on: "with one segment more"."""
    sides = " or ".join(words for kind, words in (("more", "more"), ("fewer", "fewer")) if kind in kinds)
    said = [f"with one segment {sides}"] if sides else []
    said += ["by another method"] if "method" in kinds else []
    return ", or ".join(said)


def _changed(trial: Trial) -> float:
    return trial.recut.changed


def _sentence(text: str) -> str:
    return f"{_upper_first(text)}."


def _upper_first(text: str) -> str:
    return text[:1].upper() + text[1:]
