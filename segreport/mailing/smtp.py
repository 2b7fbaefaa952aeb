"""A mail server: how to get in, and what it answers to a message."""

from __future__ import annotations

import base64
import ipaddress
import re
import smtplib
import ssl
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from types import TracebackType
from typing import Literal, Self

from segreport.errors import SegreportError, SettingsError
from segreport.mailing.message import needs_utf8, on_the_wire, to_bytes
from segreport.mailing.secrets import password_of
from segreport.settings import EmailSettings

PORTS = {"starttls": 587, "tls": 465, "plain": 25}
SECONDS = 60.0
PATIENCE = 10
"""So many times as long may a server look at a whole message: it may take it although nobody waits any more."""
LONGEST = 300
"""So many letters of an answer are kept."""


class UnreachableError(SegreportError):
    """The server cannot be reached, or has no time now; another try may go well."""


@dataclass(frozen=True)
class Server:
    """Where messages are handed in, and as whom; `seconds` is the time limit of every step."""

    host: str
    port: int
    security: Literal["starttls", "tls", "plain"]
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    seconds: float = SECONDS

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    def said(self, code: int, text: bytes | str) -> str:
        """Return an answer of the server in one line, without the password should the server repeat it."""
        words = " ".join((text.decode("utf-8", "replace") if isinstance(text, bytes) else text).split())
        words = "".join(letter for letter in words if letter.isprintable())
        for secret in self._secrets():  # which the server may have broken into lines, or written without its spaces
            words = re.sub(r"\s*".join(map(re.escape, "".join(secret.split()))), "***", words)
        return f"{code} {words}"[:LONGEST].strip()

    def _secrets(self) -> tuple[str, ...]:
        if not self.password:
            return ()
        plain = (f"\0{self.username}\0{self.password}", self.password)
        return (*(base64.b64encode(text.encode()).decode() for text in plain), *filter(str.strip, [self.password]))


@dataclass(frozen=True)
class Answer:
    """What became of a message: `refused` is for good, `failed` may go well later, `unknown` may have arrived."""

    result: Literal["sent", "refused", "failed", "unknown"]
    why: str = ""


def server_of(settings: EmailSettings, environ: Mapping[str, str]) -> Server:
    """Return the server that the settings name, with the password of its user.

    Raises SettingsError where there is none, where it would get messages in the clear, and where a password is missing.
    """
    if settings.host is None:
        raise SettingsError("[email] host is missing: name the server that takes your mail, such as smtp.example.com.")
    if settings.security == "plain" and not _is_loopback(settings.host):
        raise SettingsError(
            f'[email] security = "plain" would send everything to {settings.host} in the clear; '
            'it is for a server on this machine only. Use "starttls" or "tls".'
        )
    port = settings.port or PORTS[settings.security]
    name = settings.username
    if name is not None and not (name.isascii() and name.isprintable()):
        raise SettingsError(
            f"[email] username {name!r} has letters that mail servers do not take at a login; use one in plain ASCII."
        )
    return Server(settings.host.strip("[]"), port, settings.security, name, password_of(settings, environ))


def check_login(server: Server) -> None:
    """Connect and log in, and send nothing; raises SettingsError, or UnreachableError where a later try may go well."""
    with Session(server) as session:
        session.connect()


class Session:
    """A connection that is opened when it is needed, and again when it was lost."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self._smtp: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._smtp and error is None:  # else the server may want the rest of a message, and QUIT would be of it
            with suppress(OSError):
                self._smtp.quit()
        self.drop()

    def drop(self) -> None:
        """Hang up, whatever was begun; the next message opens a new connection."""
        if self._smtp:
            self._smtp.close()

    def connect(self) -> smtplib.SMTP:
        """Return a connection, logged in; raises SettingsError, or UnreachableError where a later try may go well."""
        if self._smtp is None or not _answers(self._smtp):
            self._smtp = _open(self.server)
        return self._smtp

    def deliver(self, message: EmailMessage, address: str, begin: Callable[[], None]) -> Answer:
        """Hand the message over for one address; `begin` is called right before the first word of it is.

        From there on only an answer of the server tells whether it has the message: without one it is unknown. Raises
        as `connect` does.
        """
        smtp, content = self.connect(), to_bytes(message)
        sender, receiver = message["From"].addresses[0].addr_spec, on_the_wire(address)
        if needs_utf8(message) and not smtp.has_extn("smtputf8"):
            return Answer(
                "refused",
                f"{sender if receiver.isascii() else address} has letters beyond ASCII, which {self.server} "
                "does not take in addresses (no SMTPUTF8); use another address of theirs.",
            )
        try:
            refusal = self._announce(smtp, sender, receiver, _options(smtp, message, len(content)))
        except OSError as error:
            smtp.close()
            return Answer("failed", f"{self.server} was lost before it had the message ({self._reason(error)})")
        if refusal:
            return refusal
        begin()
        return self._hand_over(smtp, content)

    def _announce(self, smtp: smtplib.SMTP, sender: str, address: str, options: list[str]) -> Answer | None:
        """Say who writes to whom; return the refusal, None where the server wants to hear more."""
        for given in (sender, address):
            if (read := smtplib.quoteaddr(given)) != f"<{given}>":
                return Answer("refused", f"{given} is no plain address: it would be read as {read}; correct it.")
        code, text = smtp.mail(sender, options)
        if 200 <= code < 300:
            code, text = smtp.rcpt(address)
        return None if 200 <= code < 300 else self._refusal(smtp, code, text)

    def _hand_over(self, smtp: smtplib.SMTP, content: bytes) -> Answer:
        if smtp.sock:
            smtp.sock.settimeout(PATIENCE * self.server.seconds)
        try:
            code, text = smtp.data(content)
        except smtplib.SMTPDataError as error:  # it did not ask for the message, and so has nothing of it
            return self._refusal(smtp, error.smtp_code, _bytes(error.smtp_error))
        except OSError as error:
            smtp.close()
            return Answer("unknown", f"{self.server} was lost while it took the message ({self._reason(error)})")
        if smtp.sock:
            smtp.sock.settimeout(self.server.seconds)
        if 200 <= code < 300:
            return Answer("sent")
        if 400 <= code < 600:
            return self._refusal(smtp, code, text)
        smtp.close()
        return Answer("unknown", f"{self.server} answered what no mail server does: {self.server.said(code, text)}")

    def _refusal(self, smtp: smtplib.SMTP, code: int, text: bytes) -> Answer:
        if code == 421 or not 400 <= code < 600:  # the server hangs up, or talks of something else
            smtp.close()
        verb = "said" if 400 <= code < 600 else "answered what no mail server does"
        said = f"{self.server} {verb}: {self.server.said(code, text)}"
        return Answer("refused" if 500 <= code < 600 else "failed", said)

    def _reason(self, error: OSError) -> str:
        return _reason(self.server, error)


def _answers(smtp: smtplib.SMTP) -> bool:
    """Return whether the connection is still there, ready for another message."""
    try:
        return smtp.sock is not None and smtp.rset()[0] == 250
    except OSError:
        return False


def _options(smtp: smtplib.SMTP, message: EmailMessage, size: int) -> list[str]:
    sized = [f"size={size}"] if smtp.has_extn("size") else []
    return [*sized, "SMTPUTF8", "BODY=8BITMIME"] if needs_utf8(message) else sized


def _open(server: Server) -> smtplib.SMTP:
    """Return a connection that is encrypted, where it must be, and logged in, where there is a user."""
    try:
        smtp = _greeted(server)
        try:
            _enter(smtp, server)
        except BaseException:
            smtp.close()
            raise
    except smtplib.SMTPException as error:
        raise _turned_away(server, error) from None  # the cause might show what was said at the login
    except ssl.SSLCertVerificationError as error:
        raise SettingsError(
            f"{server}: its certificate cannot be trusted ({error.verify_message}); name the host as the certificate "
            "does, or point SSL_CERT_FILE to your own authority's."
        ) from error
    except UnicodeError:
        raise SettingsError(f"[email] host {server.host!r} is no name of a server.") from None
    except OSError as error:
        if isinstance(error, ssl.SSLError) and not isinstance(error, ssl.SSLEOFError):
            raise SettingsError(
                f'{server} does not speak TLS from the start ({error.reason}); try port 465 for security = "tls", '
                'or 587 for "starttls".'
            ) from error
        raise UnreachableError(
            f"{server} cannot be reached ({_reason(server, error)}); check host, port and security."
        ) from error
    return smtp


def _greeted(server: Server) -> smtplib.SMTP:
    if server.security == "tls":
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(server.host, server.port, timeout=server.seconds, context=context)
    return smtplib.SMTP(server.host, server.port, timeout=server.seconds)


def _enter(smtp: smtplib.SMTP, server: Server) -> None:
    if server.security == "starttls":
        smtp.starttls(context=ssl.create_default_context())
    smtp.ehlo_or_helo_if_needed()
    if server.username is not None and server.password is not None:
        smtp.login(server.username, server.password)


def _turned_away(server: Server, error: smtplib.SMTPException) -> SegreportError:
    """Return what to raise for an error of the protocol, without the password."""
    if isinstance(error, smtplib.SMTPNotSupportedError):
        missing = "AUTH" if "AUTH" in str(error) else "STARTTLS"
        way = "leave out username" if missing == "AUTH" else 'use security = "tls" with its port, mostly 465'
        return SettingsError(f"{server} does not offer {missing}; {way}, or name another server.")
    if isinstance(error, smtplib.SMTPResponseException):
        said = server.said(error.smtp_code, error.smtp_error)
        if 400 <= error.smtp_code < 500:
            return UnreachableError(f"{server} has no time now: {said}")
        if isinstance(error, smtplib.SMTPAuthenticationError):
            return SettingsError(f"{server} does not let {server.username} in: {said}. Check username and password.")
        return SettingsError(f"{server} turns us away: {said}")
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return UnreachableError(f"{server} was lost ({_reason(server, error)}); check host, port and security.")
    return SettingsError(f"{server} lets nobody in by a way we know ({_reason(server, error)}).")


def _reason(server: Server, error: OSError) -> str:
    """Return what an error of the network says, in few words."""
    words = error.strerror or str(error) or type(error).__name__
    return server.said(0, words.removeprefix("Connection unexpectedly closed: ")).removeprefix("0 ")


def _bytes(text: bytes | str) -> bytes:
    return text if isinstance(text, bytes) else text.encode()


def _is_loopback(host: str) -> bool:
    with suppress(ValueError):
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    return host.lower() == "localhost"
