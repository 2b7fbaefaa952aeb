"""What each recipient gets: which segments, in which language, with which files."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

from pydantic import ValidationError

from segreport.errors import InputError, SettingsError
from segreport.mailing.ledger import Entry, Key, Ledger, key_of
from segreport.mailing.message import address_of, compose
from segreport.pages import render, render_part
from segreport.pages.email import Email, render_email
from segreport.report import Report, load_report
from segreport.settings import RecipientSettings, ReportSettings, Settings
from segreport.wording import Wording

ALL, HELD = "all", "held"
"""The whole report, and the note that it was held back; other parts are the ids of segments."""

UNSAID = ("settings", "versions")
"""Not of a report's fingerprint: other paper, or a newer library, is no reason to mail everybody again."""


@dataclass(frozen=True, eq=False)
class Edition:
    """A finished report: its folder, its content, and the fingerprint of what that says: all of it but UNSAID."""

    folder: Path
    report: Report
    fingerprint: str


@dataclass(frozen=True, eq=False)
class Letter:
    """A message ready to go, and the line of the ledger that it begins with."""

    message: EmailMessage
    entry: Entry


def read_edition(folder: Path) -> Edition:
    """Return the report in OUT/<period>; raises InputError where there is none."""
    path = folder / "report.json"
    try:
        text = path.read_bytes()
        report = load_report(text)
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or error}); name a month's folder.") from error
    except ValidationError as error:
        raise InputError(
            f"{path}: damaged, or of another version of segreport; make that month's report again."
        ) from error
    return Edition(folder, report, _fingerprint(text))


def _fingerprint(text: bytes) -> str:
    """Return what tells a report.json from others, by all that it says, and not how it was made."""
    said = {name: value for name, value in json.loads(text).items() if name not in UNSAID}
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:16]


def ids_of(names: Sequence[str], report: Report) -> tuple[str, ...]:
    """Return the ids of segments that are named by id or by name; raises SettingsError where this month lacks one."""
    known = {name.casefold(): one.id for one in report.segments for name in (one.name, one.id)}
    missing = [name for name in names if name.casefold() not in known]
    if missing:
        there = ", ".join(f"{one.id} ({one.name})" for one in report.segments)
        raise SettingsError(f"no segment {missing[0]!r} in the report of {report.period}; there are {there}.")
    asked = {known[name.casefold()] for name in names}
    return tuple(one.id for one in report.segments if one.id in asked)


Content = tuple[Email, dict[str, bytes]]
"""An e-mail, and its files by name."""


class Desk:
    """Where letters are written; what several recipients get alike is drawn once.

    With reasons why the report is `held` back, the note that tells them can be written.
    """

    def __init__(self, edition: Edition, settings: Settings, now: dt.datetime, held: Sequence[str] = ()) -> None:
        self.edition = edition
        self.settings = settings
        self.now = now
        self.held = held
        self._drawn: dict[tuple[str, tuple[str, ...]], Content] = {}

    def key(self, recipient: RecipientSettings) -> Key:
        """Return what a delivery goes by; raises SettingsError for a segment that the report does not have."""
        part = HELD if self.held else " ".join(ids_of(recipient.segments, self.edition.report)) or ALL
        return key_of(self.edition.report.period, recipient.address, part, self.edition.fingerprint)

    def letter(self, recipient: RecipientSettings, ledger: Ledger) -> Letter:
        """Return the letter for a recipient.

        Its Message-ID stays the same until it was sent for certain: a mailbox that gets a letter of unknown fate once
        more can tell that it is the same one.
        """
        sender = address_of(self.settings.email.sender or "", self.settings.email.sender_name or "")
        domain, key = sender.domain, self.key(recipient)
        whom = hashlib.sha256("\n".join(key).encode()).hexdigest()[:20]
        message_id = f"<{key.period}.{whom}.{ledger.times_sent(key)}@{domain}>"
        email, files = self._note() if self.held else self._content(recipient)
        message = compose(
            email,
            sender=sender,
            recipient=recipient,
            attachments=files,
            when=self.now,
            list_id=f"segreport.{domain}",
            message_id=message_id,
        )
        return Letter(
            message,
            Entry(
                key.period,
                recipient.address,
                key.part,
                key.fingerprint,
                message_id,
                "sending",
                self.now.isoformat(),
                "",
            ),
        )

    def _content(self, recipient: RecipientSettings) -> Content:
        language = recipient.language or self.settings.report.language
        only = ids_of(recipient.segments, self.edition.report)
        if (language, only) not in self._drawn:
            self._drawn[language, only] = self._draw(language, only)
        return self._drawn[language, only]

    def _draw(self, language: str, only: tuple[str, ...]) -> Content:
        """Return the e-mail and its files, whose names say the month; who gets segments alone gets no link to all."""
        report, mail = self.edition.report, self.settings.email
        looks = self.settings.report.model_copy(update={"language": language})
        pages = self._pages(looks, only) if mail.attach else {}
        files = {name.replace(".", f"-{report.period}."): content for name, content in pages.items()}
        link = mail.link.replace("{period}", report.period) if mail.link and not only else None
        return render_email(report, looks, link=link, attached=tuple(files), only=only), files

    def _pages(self, looks: ReportSettings, only: tuple[str, ...]) -> dict[str, bytes]:
        """Return the pages to attach: those of the run where it left them in that language, else drawn anew."""
        report, wanted = self.edition.report, looks.model_copy(update={"formats": self.settings.email.attach})
        if only:
            return render_part(report, wanted, only)
        paths = [self.edition.folder / f"report.{form}" for form in wanted.pages]
        as_drawn = report.settings.get("report", {}).get("language", ReportSettings().language)
        if looks.language == as_drawn and all(path.is_file() for path in paths):
            return {path.name: path.read_bytes() for path in paths}
        return render(report, wanted)

    def _note(self) -> Content:
        """Return what the owner is told of a report that is held back: why, and the way out; text only."""
        report, folder = self.edition.report, self.edition.folder.resolve()  # it may be run anywhere
        month = Wording(self.settings.report.language).month(report.period)
        lines = [
            f"The report of {month} was made, but it was held back: nobody got it.",
            "",
            *(f"- {reason}" for reason in self.held),
            "",
            f"It is in {folder}. Mend what is wrong and make it again; or, if it is right as it is, send it with",
            "",
            f"    segreport send {shlex.quote(str(folder))} --force",
            "",
        ]
        return Email(f"{report.title}, {month}: held back, not sent", "\n".join(lines), "", {}), {}
