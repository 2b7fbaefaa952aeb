"""What to do with a segment first: the first play whose signals it shows, and that no other segment took."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from segreport.actions.action import Action
from segreport.actions.plays import PLAYS

__all__ = ["GENERAL", "Action", "Case", "Chosen", "choose_plays"]

GENERAL = len(PLAYS)
"""The urgency from which on an action is general: made for any segment, not for what this one shows."""


@dataclass(frozen=True)
class Case:
    """What a segment's action is chosen by.

    `signals` is what it shows, `goods` the kind of goods it buys most of ("" for none), `apart` what sets it
    apart in words, strongest first; those of more `weight` choose first.
    """

    id: str
    signals: frozenset[str]
    goods: str
    apart: tuple[str, ...]
    weight: tuple[float, ...]


@dataclass(frozen=True)
class Chosen:
    """An action and how urgent it is: 0 first, from GENERAL on it is a general one."""

    action: Action
    urgency: int


def choose_plays(cases: Sequence[Case]) -> dict[str, Chosen]:
    """Return an action for each segment, by id; where another took a play, the next that fits, while there is one."""
    chosen: dict[str, Chosen] = {}
    for case in sorted(cases, key=lambda case: tuple(-part for part in case.weight)):
        offers = list(_offers(case))
        taken = {other.action.text for other in chosen.values()}
        chosen[case.id] = next((offer for offer in offers if offer.action.text not in taken), offers[0])
    return chosen


def _offers(case: Case) -> Iterator[Chosen]:
    """Yield what fits a segment, the most urgent first; always at least one."""
    for urgency, play in enumerate(PLAYS):
        if play.needs <= case.signals and not play.unless & case.signals:
            yield Chosen(play.fill(case.goods, case.signals), urgency)
    yield from (Chosen(_message(what), GENERAL) for what in case.apart)
    if not case.apart:
        yield Chosen(BASELINE, GENERAL)


def _message(what: str) -> Action:
    return Action(
        "Test a message of their own",
        f"Part of what sets them apart is {what}: write one message around it, and send it to half of them.",
        "e-mail",
        "response of the tested half against the other",
    )


BASELINE = Action(
    "Use as the baseline",
    "They are close to the average customer: send the standard programme, and test one other message on half of them.",
    "standard programme",
    "response of the tested half against the other",
)
