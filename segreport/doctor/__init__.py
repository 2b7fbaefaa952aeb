"""What `segreport check` tries: everything that a run and its mails need. Nothing is sent, and nothing stays behind.

machine     libraries, fonts, the PDF, room to write      material    settings, templates, the data, earlier months
mail        addresses, the password, the mail server
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from segreport.doctor import machine, mail, material
from segreport.errors import SegreportError
from segreport.settings import EmailSettings, Settings
from segreport.sources import Data

__all__ = ["Check", "checks"]

Trial = Callable[[], str]
"""Returns what was found, or raises what is wrong."""


@dataclass(frozen=True)
class Check:
    """One thing that was tried; `text` says what was found, or what is wrong and the way out."""

    what: str
    ok: bool
    text: str


def checks(
    settings: Settings, data: Data | None, out: Path, *, environ: Mapping[str, str], today: dt.date
) -> Iterator[Check]:
    """Yield a Check for each thing that a run with these settings needs, as it is tried.

    Without `data` no table is tried, and without [email] settings no mail server.
    """
    for what, trial in _trials(settings, data, out, environ, today):
        yield _tried(what, trial)


def _trials(
    settings: Settings, data: Data | None, out: Path, environ: Mapping[str, str], today: dt.date
) -> Iterator[tuple[str, Trial]]:
    yield "Python", machine.python
    yield "Libraries", machine.libraries
    yield "Settings", partial(material.understood, settings)
    yield "Templates", partial(material.templates, settings.report)
    yield "Fonts", machine.fonts
    if "pdf" in settings.report.pages:
        yield "PDF", machine.pdf
    yield "Folder", partial(machine.writable, out)
    yield "Disk space", partial(machine.space, out, data)
    if data is not None:
        yield "Data", partial(material.readable, data, settings, today)
    yield "Earlier months", partial(material.months, out)
    if settings.email != EmailSettings():
        yield "E-mail", partial(mail.addressed, settings.email)
        yield "Recipients", partial(mail.recipients, settings.email, out)
        yield "Password", partial(mail.password, settings.email, environ)
        yield "Mail server", partial(mail.server, settings.email, environ)


def _tried(what: str, trial: Trial) -> Check:
    try:
        return Check(what, ok=True, text=trial())
    except SegreportError as error:
        return Check(what, ok=False, text=str(error))
    except Exception as error:  # noqa: BLE001 - whatever is wrong with one, the others are still to be tried
        return Check(what, ok=False, text=f"{type(error).__name__}: {error}")
