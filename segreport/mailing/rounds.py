"""Letters handed to a server one after another, and once more to one that has no time now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from segreport.errors import InputError, SettingsError
from segreport.mailing.ledger import Ledger, Result
from segreport.mailing.letters import Letter
from segreport.mailing.smtp import Answer, Server, Session, UnreachableError

PAUSES = (60.0, 300.0)
"""Seconds before the second and the third round: who greylists mostly wants to see us again after five minutes."""


def deliver(
    letters: Sequence[Letter],
    server: Server,
    ledger: Ledger,
    *,
    clock: Callable[[], dt.datetime],
    wait: Callable[[float], None],
    tell: Callable[[str], None],
) -> list[Answer]:
    """Return what became of each letter; all who were put off wait together for the next of three rounds.

    Every try stands in the ledger, its beginning too, so that one which was cut off is not repeated. Where the ledger
    cannot be written nothing more is sent, and that is the answer to all the rest.
    """
    rounds = _Rounds(server, ledger, clock, tell)
    answers: dict[int, Answer] = {}
    pending = list(range(len(letters)))
    for pause in (0.0, *PAUSES):
        if pause and pending:
            tell(f"Waiting {pause:.0f} seconds for {server}, which has not taken {len(pending)} of {len(letters)} yet")
            wait(pause)
        answers |= zip(pending, rounds.one([letters[at] for at in pending]), strict=True)
        pending = [at for at in pending if answers[at].result == "failed" and not ledger.fault]
    return [answers[at] for at in range(len(letters))]


@dataclass(frozen=True)
class _Rounds:
    server: Server
    ledger: Ledger
    clock: Callable[[], dt.datetime]
    tell: Callable[[str], None]

    def one(self, letters: Sequence[Letter]) -> list[Answer]:
        """Return the server's answer to each letter; where it lets nobody in, that is its answer to all the rest."""
        answers: list[Answer] = []
        closed: Answer | None = None
        with Session(self.server) as session:
            for letter in letters:
                if self.ledger.fault:
                    closed = Answer("failed", self.ledger.fault)
                try:
                    answer = closed or self._hand_in(letter, session)
                except (UnreachableError, SettingsError) as error:
                    answer = closed = Answer("failed" if isinstance(error, UnreachableError) else "refused", str(error))
                answers.append(self._noted(letter, answer))
        return answers

    def _hand_in(self, letter: Letter, session: Session) -> Answer:
        """Return the server's answer; whoever stops us meanwhile leaves in the ledger that it may have arrived."""
        begun = False

        def begin() -> None:
            nonlocal begun
            self._note(letter, "sending")
            begun = True

        self.tell(f"Sending to {letter.entry.address}")
        try:
            return session.deliver(letter.message, letter.entry.address, begin)
        except InputError as error:  # of the ledger: not a word of the message was said
            session.drop()
            return Answer("failed", str(error))
        except BaseException as error:
            if begun:
                with suppress(InputError):  # "sending" stands there, which means the same
                    self._note(letter, "unknown", f"sending was interrupted: {type(error).__name__}")
            raise

    def _noted(self, letter: Letter, answer: Answer) -> Answer:
        """Write the answer into the ledger and return it; where it cannot be written it says so."""
        if self.ledger.fault:
            return answer
        try:
            self._note(letter, answer.result, answer.why)
        except InputError as error:
            return replace(answer, why=f"{answer.why}; not noted: {error}".removeprefix("; "))
        return answer

    def _note(self, letter: Letter, result: Result, why: str = "") -> None:
        self.ledger.add(replace(letter.entry, result=result, why=why, when=self.clock().isoformat()))
