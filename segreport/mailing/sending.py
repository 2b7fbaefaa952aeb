"""A finished report to everybody who is to get it, once."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from segreport.errors import InputError, SegreportError, SettingsError
from segreport.mailing.ledger import FILE, Entry, Ledger, open_ledger
from segreport.mailing.message import to_bytes
from segreport.mailing.smtp import Answer, server_of
from segreport.settings import EmailSettings, RecipientSettings, Settings

if TYPE_CHECKING:
    from segreport.history import Month
    from segreport.mailing.letters import Desk, Edition, Letter


@dataclass(frozen=True)
class Delivery:
    """What became of one recipient's message; `why` in words, empty where there is nothing to say.

    `sent` now or `already` before; `refused` for good, `failed` for now, `unknown` where it may have arrived;
    `written` to a file by a dry run, as `sent` would be.
    """

    address: str
    result: Literal["sent", "already", "refused", "failed", "unknown", "written"]
    why: str = ""
    message_id: str | None = None

    @property
    def served(self) -> bool:
        """Whether the recipient has the message, as far as it is for us to know."""
        return self.result in {"sent", "already", "written"}


@dataclass(frozen=True)
class Outcome:
    """What became of a report: a delivery for every recipient, or, where it was `held` back, for its owner alone.

    `held` are the reasons, each a sentence; `untold` says why its owner did not hear of it, and is empty otherwise.
    """

    deliveries: tuple[Delivery, ...]
    held: tuple[str, ...] = ()

    @property
    def served(self) -> bool:
        """Whether everybody has what they were to get."""
        return not self.held and all(delivery.served for delivery in self.deliveries)

    @property
    def told(self) -> bool:
        """Whether the owner of a report that was held back knows of it (in a dry run: would)."""
        return bool(self.held) and not self.untold

    @property
    def untold(self) -> str:
        """Why nobody was told that the report was held back; empty where somebody was, or nothing was held."""
        if not self.held:
            return ""
        if not self.deliveries:
            return "nobody was told: set [email] owner."
        missed = [delivery.address for delivery in self.deliveries if not delivery.served]
        return f"nobody was told, as far as we know: the note did not reach {missed[0]}." if missed else ""


def send_report(  # noqa: PLR0913 - the clock, the environment and the terminal are the caller's
    folder: Path,
    settings: Settings,
    *,
    now: dt.datetime,
    environ: Mapping[str, str],
    wait: Callable[[float], None],
    tell: Callable[[str], None],
    again: bool = False,
    force: bool = False,
    dry_run: Path | None = None,
    clock: Callable[[], dt.datetime] | None = None,
) -> Outcome:
    """Send the report in OUT/<period> to all recipients, each in a message of their own, and return what became of it.

    Where the gate holds it back its owner is told instead, unless `force`. Nobody is sent the same report twice, unless
    `again`: that goes also for a message whose fate is unknown. A report that was made anew and came out differently is
    another one, and is sent, though its month be the same; other settings or libraries alone make no other report.
    `dry_run` names a folder for the messages as files; then nothing is sent and nothing noted. `now` dates the messages
    and `clock` (without one: `now`) the lines of the ledger. `wait` is called with seconds between tries, `tell` with
    each step as it begins.
    Raises SettingsError, or InputError, where nothing can be sent at all.
    """
    from segreport.mailing.letters import Desk, read_edition
    from segreport.mailing.rounds import deliver

    _check_people(settings.email)
    edition = read_edition(folder)
    held = () if force else _reasons(edition, settings.email, now.date())
    desk = Desk(edition, settings, now, held)
    path = folder.resolve().parent / FILE
    if dry_run is not None:
        return Outcome(tuple(_rehearse(desk, Ledger(path), dry_run)), held)
    server = server_of(settings.email, environ)
    with open_ledger(path, lambda: tell("Waiting for somebody else who is sending")) as ledger:
        prepared = [_prepare(one, desk, ledger, again=again) for one in _recipients(desk)]
        # by id: who is listed twice gets one
        letters = {one.entry.message_id: one for one in prepared if not isinstance(one, Delivery)}
        answered = deliver([*letters.values()], server, ledger, clock=clock or (lambda: now), wait=wait, tell=tell)
        answers = dict(zip(letters, answered, strict=True))
    return Outcome(tuple(_delivery(one, answers) for one in prepared), held)


def check_settings(email: EmailSettings, environ: Mapping[str, str]) -> None:
    """Raise SettingsError where nothing can be sent, for want of people, of a server or of its password."""
    _check_people(email)
    server_of(email, environ)


def _check_people(email: EmailSettings) -> None:
    if email.sender is None:
        raise SettingsError("[email] sender is missing: name the address that the report comes from.")
    if not email.to:
        raise SettingsError("[email] names nobody to send to: add [[email.to]] with an address.")


def _reasons(edition: Edition, email: EmailSettings, today: dt.date) -> tuple[str, ...]:
    from segreport.mailing.gate import reasons

    return reasons(edition.report, previous=_month_before(edition), now=today, settings=email)


def _month_before(edition: Edition) -> Month | None:
    """Return the month that the report was compared with, else the latest before it, if it is still there."""
    from segreport.history import months_of

    period, movement = edition.report.period, edition.report.movement
    months = {month.period: month for month in months_of(edition.folder.resolve().parent)[0] if month.period < period}
    return months.get(movement.since if movement else max(months, default=""))


def _recipients(desk: Desk) -> tuple[RecipientSettings, ...]:
    """Return who is written to: everybody, or, where the report is held back, its owner."""
    email = desk.settings.email
    if not desk.held:
        return email.to
    return (RecipientSettings(address=email.owner),) if email.owner else ()


def _prepare(recipient: RecipientSettings, desk: Desk, ledger: Ledger, *, again: bool) -> Letter | Delivery:
    """Return the letter, or, where there is none to be sent, what became of it: one we cannot write stops no other."""
    try:
        known = None if again else _known(ledger.last(desk.key(recipient)))
        return known or desk.letter(recipient, ledger)
    except SegreportError as error:
        return Delivery(recipient.address, "failed", str(error))


def _known(last: Entry | None) -> Delivery | None:
    """Return what became of a message earlier; None where it is to be sent (again)."""
    if last is None or last.result in {"refused", "failed"}:
        return None
    day = last.when[:10]
    if last.result == "sent":
        return Delivery(last.address, "already", f"sent on {day}", last.message_id)
    why = f"it may have arrived on {day} ({last.why or 'sending was interrupted'})"
    return Delivery(last.address, "unknown", f"{why}; ask there, or send it once more with --again", last.message_id)


def _delivery(prepared: Letter | Delivery, answers: Mapping[str, Answer]) -> Delivery:
    if isinstance(prepared, Delivery):
        return prepared
    answer = answers[prepared.entry.message_id]
    return Delivery(prepared.entry.address, answer.result, answer.why, prepared.entry.message_id)


def _rehearse(desk: Desk, ledger: Ledger, folder: Path) -> Iterator[Delivery]:
    """Write every message as a file into the folder, and yield what would become of it."""
    for number, recipient in enumerate(_recipients(desk), 1):
        letter = _prepare(recipient, desk, ledger, again=True)
        if isinstance(letter, Delivery):
            yield letter
            continue
        safe = re.sub(r"[^\w.@+-]", "_", recipient.address)
        path = folder / f"{letter.entry.period}-{number:02d}-{safe}.eml"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            path.write_bytes(to_bytes(letter.message))
        except OSError as error:
            raise InputError(f"{path}: cannot be written ({error.strerror or error}); name another folder.") from error
        known = _known(ledger.last(desk.key(recipient)))
        what = f"{_contents(letter)}: {path}"
        yield replace(known, why=f"{known.why}; {what}") if known else Delivery(recipient.address, "written", what)


def _contents(letter: Letter) -> str:
    """Return in words what a letter holds: all segments, with report-2026-10.pdf."""
    part = {"all": "all segments", "held": "why it is held back"}.get(letter.entry.part, letter.entry.part)
    files = [one.get_filename() or "" for one in letter.message.iter_attachments()]
    return f"{part}, with {' and '.join(files)}" if files else part
