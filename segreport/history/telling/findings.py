"""What changed, most important first: each in a sentence of its own, as a headline's start and as a subject."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from segreport.history.movement import Finding, Turnover
from segreport.history.telling.phrases import capital, customers, fitting, label, listed, since_words, who
from segreport.history.telling.structure import counted, event_words, in_short
from segreport.history.telling.weighing import (
    Compared,
    Growth,
    Move,
    customers_up,
    growths_of,
    many_placed,
    moves_of,
    placed,
    swapped,
    turned_over,
    value_up,
    values_of,
)
from segreport.wording import Wording

MOST = 3
LITTLE = 0.05
"""Up to which share a bound on all changes is told in percent, beyond it in customers."""
MADE_BY = {
    "arrivals": "new or returned customers",
    "departures": "customers who are gone",
    "behaviour": "what customers did",
    "ageing": "time passing",
    "unknown": "customers who changed segment",
}
"""What most of a change can be, by field of Parts."""
WHY = {"behaviour": "by what they did", "time": "as time passed"}
TURNED = {
    "new": ("is new", "are new"),
    "returned": ("came back", "came back"),
    "lost": ("is gone", "are gone"),
}


OURS = ("segments", "model", "unknown")
"""The findings on what our model did; another one may stand beside them in the subject."""


@dataclass(frozen=True)
class Told:
    """A finding, the same as the start of a headline, and as an e-mail's subject."""

    finding: Finding
    clause: str
    subject: str


def findings_of(seen: Compared, wording: Wording) -> tuple[Finding, ...]:
    """Return what changed, most important first, at most three; where nothing much did, that."""
    return tuple(one.finding for one in told(seen, wording)[:MOST])


# What there is to tell


def told(seen: Compared, wording: Wording) -> list[Told]:
    """Return all there is to tell, most important first; never nothing."""
    growths = growths_of(seen)
    found = [*_by_model(growths, seen, wording)]
    if seen.changes:
        grown = [_growth(growth, seen, wording) for growth in _weightiest(growths or ())]
        moves = [_move(move, seen, wording) for move in moves_of(seen)]
        given = [] if found else [*_given(growths or (), seen, wording)]
        found += [*grown[:1], *moves[:1], *_turnover(seen, wording), *_value(seen, wording), *given]
        found += [*grown[1:], *moves[1:]]
    return found or [_little(growths or (), seen, wording)]


def _weightiest(growths: Sequence[Growth]) -> list[Growth]:
    return sorted((growth for growth in growths if growth.notable), key=lambda growth: -growth.weight)


def _by_model(growths: Sequence[Growth] | None, seen: Compared, wording: Wording) -> Iterator[Told]:
    """Yield what our model changed of the segments, or of who is in them where that is many, which no customer did."""
    if seen.events:
        yield _structure(seen, wording)
    elif not growths and seen.changes:
        since = since_words(seen.since, seen.months, wording)
        text = f"What customers did {since} cannot be told apart from what our new model changed."
        yield Told(Finding("unknown", text), f"Our model was fitted anew {since}", "new model")
    elif many_placed(seen):
        clause = f"{_our_model(seen)} {_put(seen, wording)}"
        yield Told(Finding("model", f"{clause}, which is no change of theirs."), clause, _models_subject(seen))


def _put(seen: Compared, wording: Wording) -> str:
    both = seen.turnover.both if seen.turnover else 0
    put = f"put {wording.count(placed(seen))} of {customers(both, wording)} into other segments"
    return f"{put} than in {wording.month(seen.since)}"


def _given(growths: Sequence[Growth], seen: Compared, wording: Wording) -> Iterator[Told]:
    """Yield the most that our model, which moved few, gave to a segment or took where that made a large change."""
    hidden = [growth for growth in growths if growth.large and not growth.notable]
    if hidden:
        most = max(hidden, key=lambda growth: abs(growth.model))
        whose, many = who(next(s for s in seen.now if s.id == most.id)), customers(abs(most.model), wording)
        gave = f"gave {whose} {many}" if most.model > 0 else f"took {many} from {whose}"
        clause = f"{_our_model(seen)} {gave} {since_words(seen.since, seen.months, wording)}"
        text = f"{clause}, which is no change of theirs."
        yield Told(Finding("model", text, (most.id,)), clause, _models_subject(seen))


def _models_subject(seen: Compared) -> str:
    return "our model moved customers" if seen.decision.kept else "new model"


def _our_model(seen: Compared) -> str:
    return "Our model" if seen.decision.kept else "Our new model"


def _structure(seen: Compared, wording: Wording) -> Told:
    """Return what became of segments in a new model: one or two in full, more of them counted."""
    events = seen.events
    before, now = ({segment.id: segment for segment in month} for month in (seen.before, seen.now))
    lead = "" if seen.decision.kept else "In our new model, "  # a segment may also be empty in the one that was kept
    clause = capital(f"{lead}{counted(events, wording)} {since_words(seen.since, seen.months, wording)}")
    full = "; ".join(event_words(event, before, now, seen.since, wording) for event in events)
    text = capital(f"{lead}{full}.") if len(events) <= 2 else f"{clause}."
    if placed(seen):
        text += f" {'Our model' if seen.decision.kept else 'It'} {_put(seen, wording)}, which is no change of theirs."
    ids = tuple(dict.fromkeys(chain(*(event.into for event in events), *(event.ids for event in events))))
    return Told(Finding("segments", text, ids), clause, in_short(events, wording))


def _growth(growth: Growth, seen: Compared, wording: Wording) -> Told:
    segment = next(segment for segment in seen.now if segment.id == growth.id)
    since = since_words(seen.since, seen.months, wording)
    verb, way = ("grew", "up") if growth.by > 0 else ("shrank", "down")
    much = wording.percent(abs(growth.by) / growth.before) if growth.before else wording.count(abs(growth.by))
    clause = f"{who(segment, start=True)} {verb} by {much}"
    mostly = f", mostly through {made_by(growth.by_most, seen)}" if growth.by_most else ""
    base = f"to {customers(growth.before + growth.by, wording)}"
    text = f"{clause} {base} {since}{mostly}{_models_part(growth, seen, wording)}."
    subject = fitting(f"{label(segment)} {way} {much}", f"one segment {way} {much}")
    return Told(Finding("change", text, (segment.id,)), f"{clause} {since}", subject)


def _models_part(growth: Growth, seen: Compared, wording: Wording) -> str:
    """Return what our model made of a change, to end its sentence with; nothing where it made none of it."""
    n, ours = wording.count(abs(growth.model)), _our_model(seen).lower()
    if not growth.model:
        return ""
    if growth.model * growth.by < 0:
        return f"; {ours} {'added' if growth.model > 0 else 'took away'} {n}"
    more = "more" if growth.by > 0 else "fewer"
    return f"; {n} of the {wording.count(abs(growth.by))} {more} through {ours}"


def made_by(part: str, seen: Compared) -> str:
    """Return what made most of a change, by field of Parts."""
    if part == "arrivals" and seen.turnover and not (seen.turnover.new and seen.turnover.returned):
        return "new customers" if seen.turnover.new else "returned customers"
    return MADE_BY[part]


def _move(move: Move, seen: Compared, wording: Wording) -> Told:
    named = {segment.id: segment for segment in seen.now}
    source, target = named[move.source], named[move.target]
    if source.people and target.people:
        moved = f"{wording.count(move.customers)} {source.name} became {target.name}"
    else:
        moved = f"{customers(move.customers, wording)} moved from {label(source)} to {label(target)}"
    known = seen.ageing_known or move.why == "time"
    why = WHY[move.why] if known else f"{WHY['behaviour']} or {WHY['time']}"
    clause = f"{moved} {since_words(seen.since, seen.months, wording)} {why}"
    worth = ""
    if seen.worth and move.value is not None and move.value > 0:
        worth = f"; they bring {wording.quantity(move.value, 'amount')} of {seen.worth}"
    other = f"{customers(move.customers, wording)} moved from one segment to another"
    return Told(Finding("move", f"{clause}{worth}.", (source.id, target.id)), clause, fitting(moved, other))


def _turnover(seen: Compared, wording: Wording) -> Iterator[Told]:
    """Yield how many customers there are, came and went, where either is worth telling."""
    turnover, month = seen.turnover, wording.month(seen.since)
    if turnover is None:
        return
    counts = {key: getattr(turnover, key) for key in TURNED}
    came_and_went = listed(counts, TURNED, wording)
    if customers_up(turnover) and turnover.before:
        more = "more" if turnover.after > turnover.before else "fewer"
        by = wording.percent(abs(turnover.after - turnover.before) / turnover.before)
        text = f"{_there_are(turnover, wording)}, {by} {more} than in {month}: {came_and_went}."
        yield Told(
            Finding("customers", text), f"There are {by} {more} customers than in {month}", f"{by} {more} customers"
        )
    elif turned_over(turnover):
        clause = f"Of all customers then and now, {came_and_went} {since_words(seen.since, seen.months, wording)}"
        came, went = turnover.new + turnover.returned, turnover.lost
        short = f"{customers(came, wording)} came, {wording.count(went)} went"
        text = f"{clause}; there were {customers(turnover.before, wording)} and are {wording.count(turnover.after)}."
        yield Told(Finding("turnover", text), clause, short)


def _there_are(turnover: Turnover, wording: Wording) -> str:
    return f"There {'is' if turnover.after == 1 else 'are'} {customers(turnover.after, wording)}"


def _value(seen: Compared, wording: Wording) -> Iterator[Told]:
    """Yield what all customers bring, where that changed."""
    totals = values_of(seen)
    if totals is None or seen.worth is None or not value_up(totals):
        return
    then, now = totals
    by, month = wording.percent(abs(now - then) / then), wording.month(seen.since)
    more, up = ("more", "up") if now > then else ("less", "down")
    text = (
        f"All customers together bring {wording.quantity(now, 'amount')} of {seen.worth}, {by} {more} than in {month}."
    )
    clause = f"All customers together bring {by} {more} of {seen.worth} than in {month}"
    yield Told(Finding("value", text), clause, fitting(f"{seen.worth} {up} {by}", f"value {up} {by}"))


# Where nothing is worth telling


def _little(growths: Sequence[Growth], seen: Compared, wording: Wording) -> Told:
    month, since = wording.month(seen.since), since_words(seen.since, seen.months, wording)
    if not seen.changes:
        text = f"Customers cannot be compared one by one with {month}, so it is not known who moved."
        return Told(Finding("incomparable", text), "", f"not comparable with {month}")
    unmoved = _unmoved(growths, wording)
    if moved := swapped(seen):
        both = seen.turnover.both if seen.turnover else 0
        clause = f"{wording.count(moved)} of {customers(both, wording)} changed segment {since}"
        text = f"{clause}, but {unmoved}."
        return Told(Finding("swapped", text), clause, f"{customers(moved, wording)} changed segment")
    return Told(Finding("little", f"Little changed {since}: {unmoved}."), f"little changed {since}", "little changed")


def _unmoved(growths: Sequence[Growth], wording: Wording) -> str:
    """Return how little segments changed, by customers: in percent rounded up, in customers where they are small."""
    most = max((abs(growth.by) for growth in growths), default=0)
    if not most:
        return "no segment grew or shrank"
    share = max(abs(growth.by) / growth.before if growth.before else math.inf for growth in growths if growth.by)
    if share <= LITTLE:
        return f"no segment grew or shrank by more than {wording.percent(math.ceil(100 * share - 1e-9) / 100)}"
    return f"no segment grew or shrank by more than {customers(most, wording)}"
