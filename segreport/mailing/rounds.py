"""Letters handed to a server one after another, and once more to one that has no time now."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from segreport.errors import SettingsError
from segreport.mailing.ledger import Ledger
from segreport.mailing.letters import Letter
from segreport.mailing.smtp import Answer, Server, Session, UnreachableError

PAUSES = (60.0, 300.0)
"""Seconds before the second and the third round: who greylists mostly wants to see us again after five minutes."""


def deliver(
    letters: Sequence[Letter],
    server: Server,
    ledger: Ledger,
    *,
    wait: Callable[[float], None],
    tell: Callable[[str], None],
) -> list[Answer]:
    """Return what became of each letter; all who were put off wait together for the next of three rounds.

    Every try stands in the ledger, its beginning too, so that one which was cut off is not repeated.
    """
    answers: dict[int, Answer] = {}
    pending = list(range(len(letters)))
    for pause in (0.0, *PAUSES):
        if pause and pending:
            tell(f"Waiting {pause:.0f} seconds for {server}, which has not taken {len(pending)} of {len(letters)} yet")
            wait(pause)
        answers |= zip(pending, _round([letters[at] for at in pending], server, ledger, tell), strict=True)
        pending = [at for at in pending if answers[at].result == "failed"]
    return [answers[at] for at in range(len(letters))]


def _round(letters: Sequence[Letter], server: Server, ledger: Ledger, tell: Callable[[str], None]) -> list[Answer]:
    """Return the server's answer to each letter; where it lets nobody in, that is its answer to all the rest."""
    answers: list[Answer] = []
    closed: Answer | None = None
    with Session(server) as session:
        for letter in letters:
            if closed is None:
                tell(f"Sending to {letter.entry.address}")
                try:
                    answer = session.deliver(
                        letter.message, letter.entry.address, begin=partial(ledger.add, letter.entry)
                    )
                except (UnreachableError, SettingsError) as error:
                    answer = closed = Answer("failed" if isinstance(error, UnreachableError) else "refused", str(error))
            ledger.add(replace(letter.entry, result=answer.result, why=answer.why))
            answers.append(answer)
    return answers
