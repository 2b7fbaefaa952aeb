"""The movement part's text: how many customers stayed and moved, what moved them, and whether the model was kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from segreport.history.movement import LOST, Movement, Turnover
from segreport.history.telling.phrases import Called, customers, listed, sentence
from segreport.history.telling.structure import event_words
from segreport.wording import Wording

STAYED = {
    "same": ("is in the same segment now", "are in the same segment now"),
    "other": ("is in another one", "are in another one"),
    "lost": ("is gone", "are gone"),
}
CAME = {"new": ("is new", "are new"), "returned": ("came back", "came back")}
BY = {
    "behaviour": "through what they did",
    "time": "through time passing alone",
    "model": "through our model",
    "unknown": "in ways that cannot be told apart",
}


def moved_words(movement: Movement, now: Sequence[Called], wording: Wording) -> tuple[str, ...]:
    """Return the sentences of the movement part; `now` are this month's segments.

    About customers only what is known is said: nothing where they cannot be compared.
    """
    return tuple(_sentences(movement, now, wording))


def _sentences(movement: Movement, now: Sequence[Called], wording: Wording) -> Iterator[str]:
    if movement.turnover:
        yield from _of_customers(movement, movement.turnover, wording)
    reason, month = movement.decision.reason, wording.month(movement.since)
    yield f"Our model was {reason[0].lower()}{reason[1:]}"
    if not movement.decision.kept:
        yield f"Segments that are the same as in {month} keep their names and colours."
    before, named = {s.id: s for s in movement.before}, {s.id: s for s in now}
    for event in movement.events:
        yield sentence(event_words(event, before, named, movement.since, wording))


def _of_customers(movement: Movement, turnover: Turnover, wording: Wording) -> Iterator[str]:
    known = {segment.id for segment in movement.before}
    there = [flow for flow in movement.flows if flow.source in known and flow.target != LOST]
    same = sum(flow.customers for flow in there if flow.source == flow.target)
    other = sum(flow.customers for flow in there) - same
    stayed = listed({"same": same, "other": other, "lost": turnover.lost}, STAYED, wording)
    yield f"Of the {customers(turnover.before, wording)} of {wording.month(movement.since)}, {stayed}."
    if reasons := _reasons(turnover, wording, ageing_known=movement.ageing_known):
        one = "the one" if other == 1 else f"the {wording.count(other)}"
        yield f"Of {one} who changed segment, {reasons}."
    came = listed({"new": turnover.new, "returned": turnover.returned}, CAME, wording)
    yield f"Of the {customers(turnover.after, wording)} in this report, {came or 'none is new'}."


def _reasons(turnover: Turnover, wording: Wording, *, ageing_known: bool) -> str:
    by = BY if ageing_known else BY | {"behaviour": "through what they did or time passing"}
    counted = {why: n for why, n in turnover.moved.items() if n and why in by}
    return wording.listing([f"{wording.count(n)} moved {by[why]}" for why, n in counted.items()])
