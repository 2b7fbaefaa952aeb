"""A real mail server on loopback, with TLS, a login and faults; tests ask it what it has received."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage
from email.parser import Parser
from typing import Any, Literal

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

HOST = "127.0.0.1"


@dataclass
class Faults:
    """What the server does wrong; addresses it does it to."""

    greylisted: set[str] = field(default_factory=set)  # 450 at first, taken later
    refused: dict[str, str] = field(default_factory=dict)  # the answer to RCPT
    refused_data: dict[str, str] = field(default_factory=dict)  # the answer to the whole message
    dropped: set[str] = field(default_factory=set)  # hangs up at RCPT
    dropped_in_data: set[str] = field(default_factory=set)
    dropped_after_data: set[str] = field(default_factory=set)
    takes_at_once: bool = False  # answers 250 to DATA, before it has the message
    busy: int = 0  # so many greetings are 421
    hangs_up_after_each: bool = False  # and says 421 to what comes next
    seconds: float = 0.0  # before a message is taken
    taking: threading.Event = field(default_factory=threading.Event)  # set once a message is being looked at


@dataclass(frozen=True)
class Received:
    """A message as it arrived."""

    sender: str
    addresses: tuple[str, ...]
    content: bytes
    encrypted: bool
    user: str | None

    @property
    def message(self) -> EmailMessage:
        parsed = Parser(policy=policy.default).parsestr(self.content.decode())
        assert isinstance(parsed, EmailMessage)
        return parsed


class MailServer:
    """What has happened at the server, and what will go wrong."""

    def __init__(self, users: dict[str, str] | None) -> None:
        self.port = 0
        self.users = users
        self.faults = Faults()
        self.received: list[Received] = []
        self.asked: Counter[str] = Counter()
        self.connections = 0

    @property
    def served(self) -> list[str]:
        """Who got a message, in turn."""
        return [address for one in self.received for address in one.addresses]

    # What aiosmtpd asks

    def let_in(self, _server: SMTP, _session: Session, _envelope: Envelope, _how: str, login: Any) -> AuthResult:
        assert isinstance(login, LoginPassword)
        assert self.users is not None
        user = login.login.decode()
        known = self.users.get(user) == login.password.decode()
        said = f"535 5.7.8 no such user, or not with the password {login.password.decode()}"  # as bad servers do
        return AuthResult(success=known, handled=False, message=None if known else said, auth_data=user)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.users is not None and not session.authenticated:
            return "530 5.7.0 log in first"
        self.asked[address] += 1
        if address in self.faults.dropped:
            self.faults.dropped.discard(address)
            server.transport.abort()  # type: ignore[union-attr]
            return "421 gone"
        if address in self.faults.greylisted and self.asked[address] == 1:
            return "450 4.2.0 greylisted, come back later"
        if address in self.faults.refused:
            return self.faults.refused[address]
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - its name
        self.faults.taking.set()
        await asyncio.sleep(self.faults.seconds)
        for address in envelope.rcpt_tos:
            if address in self.faults.refused_data:
                return self.faults.refused_data[address]
        content = envelope.original_content or b""
        secure = session.ssl is not None or server.transport.get_extra_info("ssl_object") is not None  # type: ignore[union-attr]
        user = session.auth_data if isinstance(session.auth_data, str) else None
        self.received.append(Received(envelope.mail_from or "", tuple(envelope.rcpt_tos), content, secure, user))
        if self.faults.dropped_after_data & set(envelope.rcpt_tos):
            server.transport.abort()  # type: ignore[union-attr]
        return "250 OK"


class _Protocol(SMTP):
    """A connection, which may begin or end badly."""

    def __init__(self, mail: MailServer, **options: Any) -> None:
        super().__init__(mail, hostname="mail.test", ident="test", **options)
        self.mail = mail
        self.taken = 0

    async def push(self, status: Any) -> None:
        if isinstance(status, str) and status.startswith("220 mail.test"):
            self.mail.connections += 1
            if self.mail.faults.busy:
                self.mail.faults.busy -= 1
                status = "421 4.3.2 too much to do"
        await super().push(status)

    async def smtp_MAIL(self, arg: str) -> None:  # noqa: N802 - its name
        if self.mail.faults.hangs_up_after_each and self.taken:
            self.transport.abort()  # type: ignore[union-attr]
            return
        await super().smtp_MAIL(arg)

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 - its name
        self.taken += 1
        if self.mail.faults.takes_at_once:
            await self.push("250 thank you")
            return
        if self.mail.faults.dropped_in_data & set(self.envelope.rcpt_tos):  # type: ignore[union-attr]
            await self.push("354 go on")
            await self._reader.read(100)
            self.transport.abort()  # type: ignore[union-attr]
            return
        await super().smtp_DATA(arg)


@contextmanager
def serving(
    security: Literal["starttls", "tls", "plain"] = "plain",
    *,
    certificate: ssl.SSLContext | None = None,
    users: dict[str, str] | None = None,
    utf8: bool = False,
) -> Iterator[MailServer]:
    """Yield a server at a free port; with `users` (name -> password) it takes messages of nobody else."""
    mail = MailServer(users)
    options: dict[str, Any] = {"enable_SMTPUTF8": utf8}
    if security == "starttls":
        options |= {"tls_context": certificate, "require_starttls": True}
    if users is not None:
        options |= {"authenticator": mail.let_in, "auth_require_tls": security == "starttls"}
    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(
        loop.create_server(
            lambda: _Protocol(mail, loop=loop, **options),
            host=HOST,
            port=0,
            ssl=certificate if security == "tls" else None,
        )
    )
    mail.port = server.sockets[0].getsockname()[1]
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield mail
    finally:
        asyncio.run_coroutine_threadsafe(_close(server), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _close(server: asyncio.Server) -> None:
    server.close()
    ours = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in ours:
        task.cancel()
    await asyncio.gather(*ours, return_exceptions=True)
    await asyncio.sleep(0.02)  # transports close after their tasks
