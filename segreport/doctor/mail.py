"""What mailing needs: addresses, a password, segments that are there, and a server that lets us in. Nothing is sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from segreport.errors import SettingsError
from segreport.settings import EmailSettings
from segreport.wording import Wording

SECONDS = 20.0  # somebody waits
SECURED = {
    "starttls": "encrypted (STARTTLS) with a certificate that is trusted",
    "tls": "encrypted (TLS) with a certificate that is trusted",
    "plain": "without encryption, on this machine",
}


def addressed(settings: EmailSettings) -> str:
    """Return from whom and to how many; raise SettingsError where nobody sends, gets or answers for the mails."""
    needed = {"sender": settings.sender, "host": settings.host, "owner": settings.owner, "to": settings.to}
    missing = [name for name, given in needed.items() if not given]
    if missing:
        why = "; owner hears of a report that is held back" if "owner" in missing else ""
        raise SettingsError(f"[email] lacks {Wording().listing(missing)}{why}: set it in segreport.toml.")
    count = len(settings.to)
    return f"from {settings.sender} to {count} {'recipient' if count == 1 else 'recipients'}; {settings.owner} owns it"


def recipients(settings: EmailSettings, out: Path) -> str:
    """Return that every segment which a recipient is to get is in the latest report, by its id or its name."""
    from segreport.history import months_of

    asked = {one.address: one.segments for one in settings.to if one.segments}
    kept = months_of(out)[0]
    if not asked or not kept:
        return "everyone gets all segments" if not asked else "segments are looked for once there is a report"
    latest = kept[-1]
    known = {name.casefold() for segment in latest.segments for name in (segment.id, segment.name)}
    for address, names in asked.items():
        unknown = [name for name in names if name.casefold() not in known]
        if unknown:
            there = ", ".join(f"{segment.id} ({segment.name})" for segment in latest.segments)
            raise SettingsError(
                f"{address} is to get {', '.join(unknown)}, which {Wording().month(latest.period)} does not have; "
                f"there are {there}."
            )
    return f"the segments that {len(asked)} of {len(settings.to)} get are in {Wording().month(latest.period)}"


def password(settings: EmailSettings, environ: Mapping[str, str]) -> str:
    """Return that the password is found, without a letter of it."""
    from segreport.mailing.secrets import password_of

    if password_of(settings, environ) is None:
        return "none is needed: [email] username is not set"
    return f"found for {settings.username}"


def server(settings: EmailSettings, environ: Mapping[str, str]) -> str:
    """Return that the mail server lets us in; nothing is sent."""
    from segreport.mailing.smtp import check_login, server_of

    found = replace(server_of(settings, environ), seconds=SECONDS)
    check_login(found)
    login = f"lets {settings.username} in" if settings.username else "answers"
    return f"{found} {login}, {SECURED[settings.security]}; nothing was sent"
