"""Messages, and how they reach a real server on loopback: once, to everybody, whatever goes wrong."""

from __future__ import annotations

import datetime as dt
import json
import multiprocessing
import os
import re
import resource
import signal
import ssl
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from email import policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import getaddresses
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import trustme
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from reports import make_report
from smtp_server import HOST, MailServer, serving

from segreport.errors import InputError, SettingsError
from segreport.mailing import (
    Delivery,
    Outcome,
    Server,
    check_login,
    check_settings,
    compose,
    password_of,
    send_report,
    server_of,
)
from segreport.mailing.letters import Desk, read_edition
from segreport.mailing.message import address_of, to_bytes
from segreport.mailing.smtp import Session, UnreachableError
from segreport.pages.email import Email
from segreport.report import Report
from segreport.settings import EmailSettings, RecipientSettings, Settings

NOW = dt.datetime(2026, 11, 2, 8, 30, tzinfo=dt.timezone(dt.timedelta(hours=1)))
ANA, BOB, EVE = "ana@example.com", "bob@example.com", "eve@example.com"
PDF = b"%PDF-1.7 " + bytes(range(256)) * 20
PASSWORD = "hunter2+/secret"  # noqa: S105 - of a server that lives for a test
EMAIL = Email(
    "Customer segments, October 2026: Champions up 4%",
    "Hello\n",
    '<img src="cid:share.png">',
    {"share.png": b"\x89PNG"},
)


def composed(email: Email = EMAIL, name: str | None = None, address: str = ANA, **attachments: bytes) -> EmailMessage:
    return compose(
        email,
        sender=address_of("reports@shop.example", "The Shop"),
        recipient=RecipientSettings(address=address, name=name),
        attachments={name.replace("_", "."): content for name, content in attachments.items()},
        when=NOW,
        list_id="segreport.shop.example",
        message_id="<1@shop.example>",
    )


def parsed(message: EmailMessage) -> EmailMessage:
    """Return the message as a reader's program sees it."""
    found = BytesParser(policy=policy.default).parsebytes(to_bytes(message))
    assert isinstance(found, EmailMessage)
    return found


def kinds(message: Any) -> Any:
    """Return what kind of part a message is, with those of its own parts."""
    kind = message.get_content_type()
    return (kind, [kinds(part) for part in message.iter_parts()]) if message.is_multipart() else kind


# One message


def test_the_text_comes_first_the_pictures_with_the_html_and_the_files_last() -> None:
    message = parsed(composed(report_pdf=PDF, report_html=b"<p>"))
    related = ("multipart/related", ["text/html", "image/png"])
    alternative = ("multipart/alternative", ["text/plain", related])
    assert kinds(message) == ("multipart/mixed", [alternative, "application/pdf", "text/html"])
    assert [part.get_filename() for part in message.iter_attachments()] == ["report.pdf", "report.html"]
    assert [part.get_content_disposition() for part in message.iter_attachments()] == ["attachment"] * 2


def test_every_picture_is_found_by_its_id() -> None:
    images = [part for part in parsed(composed()).walk() if part.get_content_maintype() == "image"]
    assert [(part["Content-ID"], part.get_content_disposition()) for part in images] == [("<share.png>", "inline")]


def test_what_comes_out_is_what_went_in() -> None:
    text, html = "Umsatz: 1.234 €\n.\nFrom here\n" + "x" * 3000 + "\n", "<p>中文 = é</p>\n.\n" + "y" * 3000 + "\n"
    message = parsed(composed(Email("S", text, html, {"a": PDF}), report_pdf=PDF))
    body, page = message.get_body(("plain",)), message.get_body(("html",))
    assert body is not None
    assert page is not None
    assert body.get_content().replace("\r\n", "\n") == text
    assert page.get_content().replace("\r\n", "\n") == html
    assert body.get_content_charset() == page.get_content_charset() == "utf-8"
    assert [part.get_content() for part in message.iter_attachments()] == [PDF]


def test_any_server_can_pass_it_on() -> None:
    raw = to_bytes(composed(replace(EMAIL, text="é" * 5000, subject="é" * 78), name="é" * 80, report_pdf=PDF))
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 78
    assert b"\n" not in raw.replace(b"\r\n", b"")


def test_the_headers_say_who_what_when_and_that_it_is_automatic() -> None:
    message = parsed(composed())
    assert str(message["From"]) == "The Shop <reports@shop.example>"
    assert str(message["To"]) == ANA
    assert str(message["Subject"]) == EMAIL.subject
    assert message["Date"].datetime == NOW
    assert message["Message-ID"] == "<1@shop.example>"
    assert message["List-Id"] == "<segreport.shop.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert not {"Cc", "Bcc", "References", "In-Reply-To"} & set(message.keys())


def test_an_email_without_html_is_text_alone() -> None:
    assert kinds(parsed(composed(Email("S", "T\n", "", {})))) == "text/plain"


@pytest.mark.parametrize("text", ["a\nBcc: eve@example.com", "a\r\n\r\nbody", "a\rb", "a\x00b", "a\x85b\u2028c"])
def test_a_line_break_makes_no_header(text: str) -> None:
    message = parsed(composed(replace(EMAIL, subject=text), name=text))
    assert message["Bcc"] is None
    assert message["Subject"].startswith("a")
    assert [address.addr_spec for address in message["To"].addresses] == [ANA]
    assert message.get_body(("plain",)) is not None


LETTERS = st.text(alphabet=st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp", "Zs"))) | st.sampled_from(
    ["Müller, Ana", 'A "B" C', "=?utf-8?q?hi?=", "<eve@example.com>", "高収入" * 20, "plain, " * 20, "🎉 " * 30]
)


@given(LETTERS, LETTERS)
def test_any_name_and_subject_come_through(name: str, subject: str) -> None:
    raw = BytesParser(policy=policy.compat32).parsebytes(to_bytes(composed(replace(EMAIL, subject=subject), name=name)))
    ((shown, address),) = getaddresses([raw["To"]])
    assert address == ANA
    assert str(make_header(decode_header(shown))) == " ".join(name.split())
    assert str(make_header(decode_header(raw["Subject"]))) == " ".join(subject.split())


# The password


def mail(**changed: Any) -> EmailSettings:
    given: dict[str, Any] = {"sender": "reports@shop.example", "host": HOST, "username": "shop"}
    return EmailSettings(**(given | changed))


def shown(error: BaseException) -> str:
    """Return what a traceback shows of an error and its causes."""
    return "".join(traceback.format_exception(error))


def test_without_a_user_there_is_no_password() -> None:
    assert password_of(mail(username=None), {"SEGREPORT_SMTP_PASSWORD": PASSWORD}) is None


def test_the_password_comes_from_the_environment_before_the_file(tmp_path: Path) -> None:
    path = tmp_path / "password"
    path.write_text("from the file\nand not from here\n", encoding="utf-8")
    settings = mail(password_file=path, password_env="MAIL")  # noqa: S106 - the name of a variable
    assert password_of(settings, {"MAIL": f"{PASSWORD}\n"}) == PASSWORD
    assert password_of(settings, {"MAIL": ""}) == "from the file"


def test_no_password_says_where_to_put_one() -> None:
    with pytest.raises(SettingsError, match=r"no password for shop at 127.0.0.1: set .* SEGREPORT_SMTP_PASSWORD"):
        password_of(mail(), {})


@pytest.mark.parametrize(
    ("content", "said"), [(None, "cannot be read"), (b"", "nothing in its first line"), (b"hunter\xff", "no text")]
)
def test_a_password_file_that_holds_none_is_said(tmp_path: Path, content: bytes | None, said: str) -> None:
    path = tmp_path / "password"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SettingsError, match=said) as caught:
        password_of(mail(password_file=path), {})
    assert "hunter" not in shown(caught.value)


def test_a_password_beyond_ascii_is_refused_without_saying_it() -> None:
    secret = "pässwort"  # noqa: S105 - of nobody
    with pytest.raises(SettingsError, match="beyond ASCII") as caught:
        password_of(mail(), {"SEGREPORT_SMTP_PASSWORD": secret})
    assert secret not in shown(caught.value)


@pytest.mark.skipif(find_spec("keyring") is not None, reason="the keyring extra is installed")
def test_a_keyring_that_is_not_installed_is_said() -> None:
    with pytest.raises(SettingsError, match=r"pip install 'segreport\[keyring\]'"):
        password_of(mail(keyring=True), {})


@pytest.mark.parametrize("username", ["José", "shop\0", "shop\n"])
def test_a_user_that_no_server_can_be_told_is_said(username: str) -> None:
    with pytest.raises(SettingsError, match=r"username .* plain ASCII") as caught:
        server_of(mail(username=username), {"SEGREPORT_SMTP_PASSWORD": PASSWORD})
    assert PASSWORD not in shown(caught.value)


@pytest.mark.parametrize("echo", ["ab  cd ef", "ab cd ef", "ab\r\ncd ef", "abcdef", "a\nb cd\tef", "ab\0 cd ef"])
def test_a_password_the_server_repeats_is_hidden_whatever_its_spaces(echo: str) -> None:
    server = server_of(mail(), {"SEGREPORT_SMTP_PASSWORD": "ab  cd\tef"})
    assert server.said(535, f"not with {echo} here".encode()) == "535 not with *** here"


def test_a_server_shows_no_password() -> None:
    server = server_of(mail(), {"SEGREPORT_SMTP_PASSWORD": PASSWORD})
    assert server.password == PASSWORD
    assert PASSWORD not in f"{server!r}{server}"


# The server


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def certificate(authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """Return the server's certificate, which this process trusts."""
    authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(HOST).configure_cert(context)
    return context


def at(server: MailServer, security: Any = "plain", seconds: float = 5.0, **login: Any) -> Server:
    return Server(HOST, server.port, security, seconds=seconds, **login)


LOGIN: dict[str, Any] = {"username": "shop", "password": PASSWORD}


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_login_goes_through_tls(certificate: ssl.SSLContext, security: Any) -> None:
    with serving(security, certificate=certificate, users={"shop": PASSWORD}) as server:
        check_login(at(server, security, **LOGIN))
    assert server.received == []


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_wrong_password_is_said_but_not_shown(certificate: ssl.SSLContext, security: Any) -> None:
    with (
        serving(security, certificate=certificate, users={"shop": "another"}) as server,
        pytest.raises(SettingsError, match=r"does not let shop in: 535 .*the password \*\*\*") as caught,
    ):
        check_login(at(server, security, **LOGIN))
    assert PASSWORD not in shown(caught.value)


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_certificate_nobody_vouches_for_is_not_trusted(
    certificate: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch, security: Any
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    with (
        serving(security, certificate=certificate) as server,
        pytest.raises(SettingsError, match="its certificate cannot be trusted"),
    ):
        check_login(at(server, security))


def test_a_certificate_of_another_host_is_not_trusted(authority: trustme.CA, certificate: ssl.SSLContext) -> None:
    other = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("mail.example.org").configure_cert(other)
    with serving("tls", certificate=other) as server, pytest.raises(SettingsError, match="cannot be trusted"):
        check_login(at(server, "tls"))
    assert certificate is not other


def test_a_server_without_starttls_gets_nothing() -> None:
    with serving("plain") as server, pytest.raises(SettingsError, match="does not offer STARTTLS; use"):
        check_login(at(server, "starttls", **LOGIN))


def test_a_server_without_login_is_told_so() -> None:
    with serving("plain") as server, pytest.raises(SettingsError, match="does not offer AUTH; leave out username"):
        check_login(at(server, **LOGIN))


def test_a_server_that_speaks_no_tls_is_told_so() -> None:
    with serving("plain") as server, pytest.raises(SettingsError, match="does not speak TLS from the start"):
        check_login(at(server, "tls"))


def test_a_server_that_says_nothing_is_left_after_the_time_limit(certificate: ssl.SSLContext) -> None:
    with serving("tls", certificate=certificate) as server, pytest.raises(UnreachableError, match="timed out"):
        check_login(at(server, "starttls", seconds=0.1))


def test_a_server_that_is_not_there_cannot_be_reached() -> None:
    with serving() as server:
        pass
    with pytest.raises(UnreachableError, match=r"127.0.0.1:\d+ cannot be reached \(Connection refused\)"):
        check_login(at(server))


@pytest.mark.parametrize("host", ["mail.example.com", "10.0.0.1", "localhost.example.com"])
def test_nothing_goes_in_the_clear_but_to_this_machine(host: str) -> None:
    with pytest.raises(SettingsError, match="in the clear"):
        server_of(mail(host=host, security="plain", username=None), {})


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1", "127.1.2.3"])
def test_on_this_machine_it_may(host: str) -> None:
    assert server_of(mail(host=host, security="plain", username=None), {}).port == 25


def test_an_address_of_version_six_may_stand_in_brackets() -> None:
    server = server_of(mail(host="[::1]", security="plain", username=None), {})
    assert (server.host, str(server)) == ("::1", "[::1]:25")


# Addresses


ODD = ["a(b)@x.org", "a:b@x.org", "a[b]@x.org", "a\\b@x.org", "a@[1.2.3.4]", "a@b@x.org", "a\u200b@x.org", "a\0@x.org"]


@pytest.mark.parametrize("address", [*ODD, "a@x..org", "a@.org", "a@", "@x.org", "a b@x.org", f"a@{'x' * 64}.org"])
def test_what_might_be_read_as_another_address_is_refused(address: str) -> None:
    with pytest.raises(ValidationError, match=r"must be one address|in ASCII"):
        RecipientSettings(address=address)


@pytest.mark.parametrize("address", ["a@straße.de", "a@ｅxample.com"])
def test_a_domain_that_might_become_another_is_refused(address: str) -> None:
    with pytest.raises(ValidationError, match="cannot write in ASCII; write it as xn--"):
        RecipientSettings(address=address)


@pytest.mark.parametrize(
    "address", ["o'neil+x@x.org", "a..b@x.org", "a@München.DE", "a@xn--mnchen-3ya.de", "josé@x.org"]
)
def test_an_address_may_be_unusual(address: str) -> None:
    assert RecipientSettings(address=address).address == address


@pytest.mark.parametrize("address", ["a(b)@x.org", "a:b@x.org"])
def test_what_the_library_would_send_elsewhere_goes_nowhere(post: Post, address: str) -> None:
    with Session(at(post.server)) as session:
        answer = session.deliver(composed(), address, lambda: None)
    assert answer.result == "refused"
    assert f"{address} is no plain address: it would be read as <" in answer.why
    assert not post.server.asked


# Everybody, once


@dataclass
class Post:
    """A month's folder, who is to get it, and a server that takes it."""

    folder: Path
    server: MailServer
    settings: EmailSettings
    waited: list[float] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    def send(self, **choices: Any) -> Outcome:
        changed: dict[str, Any] = {
            name: choices.pop(name) for name in ("to", "owner", "attach", "link") if name in choices
        }
        return send_report(
            self.folder,
            Settings(email=self.settings.model_copy(update=changed)),
            now=choices.pop("now", NOW),
            environ={},
            wait=self.waited.append,
            tell=self.told.append,
            **choices,
        )

    @property
    def ledger(self) -> list[dict[str, str]]:
        path = self.folder.parent / "deliveries.jsonl"
        return [json.loads(line) for line in path.read_text().splitlines()]

    def write(self, report: Report) -> None:
        (self.folder / "report.json").write_bytes(report.to_json())


@pytest.fixture
def post(tmp_path: Path) -> Iterator[Post]:
    folder = tmp_path / "2026-10"
    folder.mkdir()
    (folder / "report.pdf").write_bytes(PDF)
    with serving() as server:
        post = Post(folder, server, mail(port=server.port, security="plain", username=None, to=to(ANA, BOB)))
        post.write(SMALL)
        yield post


SMALL = make_report(k=2, columns=1, category=False)  # soon drawn


def to(*addresses: str) -> tuple[RecipientSettings, ...]:
    return tuple(RecipientSettings(address=address) for address in addresses)


def results(outcome: Outcome) -> list[tuple[str, str]]:
    return [(delivery.address, delivery.result) for delivery in outcome.deliveries]


def test_everybody_gets_a_message_of_their_own(post: Post) -> None:
    outcome = post.send()
    assert results(outcome) == [(ANA, "sent"), (BOB, "sent")]
    assert outcome.served
    assert [(one.sender, one.addresses) for one in post.server.received] == [
        ("reports@shop.example", (ANA,)),
        ("reports@shop.example", (BOB,)),
    ]
    first, second = (one.message for one in post.server.received)
    assert BOB.encode() not in post.server.received[0].content
    assert [str(message["To"]) for message in (first, second)] == [ANA, BOB]
    assert first["Message-ID"] != second["Message-ID"]
    assert [part.get_content() for part in first.iter_attachments()] == [PDF]
    assert [part.get_filename() for part in first.iter_attachments()] == ["report-2026-10.pdf"]
    assert post.server.connections == 1


def test_every_picture_the_page_shows_is_in_the_message(post: Post) -> None:
    post.send()
    message = post.server.received[0].message
    page = message.get_body(("html",))
    assert page is not None
    shown = set(re.findall(r'"cid:([^"]+)"', page.get_content()))
    assert shown == {str(part["Content-ID"]).strip("<>") for part in message.walk() if part["Content-ID"]}
    assert shown
    assert len(page.get_content()) < 100_000


def test_a_second_send_does_nothing(post: Post) -> None:
    first = post.send()
    second = post.send()
    assert results(second) == [(ANA, "already"), (BOB, "already")]
    assert second.served
    assert [one.message_id for one in second.deliveries] == [one.message_id for one in first.deliveries]
    assert post.server.served == [ANA, BOB]


def test_again_sends_once_more_as_a_new_message(post: Post) -> None:
    post.send()
    assert results(post.send(again=True)) == [(ANA, "sent"), (BOB, "sent")]
    assert post.server.served == [ANA, BOB, ANA, BOB]
    assert len({one.message["Message-ID"] for one in post.server.received}) == 4


def test_a_report_that_came_out_differently_is_sent_although_its_month_was(post: Post) -> None:
    post.send()
    post.write(replace(SMALL, headline="Another headline"))
    assert results(post.send()) == [(ANA, "sent"), (BOB, "sent")]


def test_who_comes_later_gets_it_later(post: Post) -> None:
    post.send()
    assert results(post.send(to=to(ANA, BOB, EVE))) == [(ANA, "already"), (BOB, "already"), (EVE, "sent")]


def test_who_is_listed_twice_gets_one(post: Post) -> None:
    assert results(post.send(to=to(ANA, "Ana@Example.com"))) == [(ANA, "sent"), ("Ana@Example.com", "sent")]
    assert len(post.server.served) == 1


def test_the_ledger_says_that_a_message_begins_before_it_ends(post: Post) -> None:
    post.send(to=to(ANA))
    assert [(line["address"], line["result"]) for line in post.ledger] == [(ANA, "sending"), (ANA, "sent")]
    assert {line["when"] for line in post.ledger} == {NOW.isoformat()}
    assert {line["message_id"] for line in post.ledger} == {post.server.received[0].message["Message-ID"]}


def test_each_line_of_the_ledger_has_a_time_of_its_own(post: Post) -> None:
    times = [NOW + dt.timedelta(minutes=minute) for minute in range(2)]
    post.send(to=to(ANA), clock=iter(times).__next__)
    assert [line["when"] for line in post.ledger] == [time.isoformat() for time in times]
    assert post.server.received[0].message["Date"].datetime == NOW


def test_other_settings_or_libraries_make_no_other_report(post: Post) -> None:
    post.send()
    post.write(replace(SMALL, settings={"report": {"paper": "letter"}}, versions={"python": "4"}))
    assert results(post.send()) == [(ANA, "already"), (BOB, "already")]


def test_with_a_login_the_password_is_nowhere(
    post: Post, certificate: ssl.SSLContext, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    secret = tmp_path / "secret"
    secret.write_text(PASSWORD, encoding="utf-8")
    with serving("starttls", certificate=certificate, users={"shop": PASSWORD}) as server:
        post.settings = mail(port=server.port, password_file=secret, to=to(ANA))
        outcome = post.send()
        server.users = {}
        refused = post.send(again=True)
    assert results(outcome) == [(ANA, "sent")]
    assert [(one.encrypted, one.user) for one in server.received] == [(True, "shop")]
    assert results(refused) == [(ANA, "refused")]
    assert "does not let shop in" in refused.deliveries[0].why
    assert post.waited == []
    assert PASSWORD not in f"{outcome!r}{refused!r}{post.ledger}{post.told}"
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith("mail.")]
    assert PASSWORD not in str(ours)
    assert PASSWORD.encode() not in b"".join(one.content for one in server.received)


# Faults


def test_one_refused_recipient_does_not_stop_the_others(post: Post) -> None:
    post.server.faults.refused = {ANA: "550 5.1.1 no such user"}
    outcome = post.send()
    assert results(outcome) == [(ANA, "refused"), (BOB, "sent")]
    assert not outcome.served
    assert outcome.deliveries[0].why.endswith("said: 550 5.1.1 no such user")
    assert post.waited == []
    assert post.server.asked[ANA] == 1


def test_who_was_refused_is_tried_by_the_next_send(post: Post) -> None:
    post.server.faults.refused = {ANA: "550 no such user"}
    post.send()
    post.server.faults.refused = {}
    assert results(post.send()) == [(ANA, "sent"), (BOB, "already")]


def test_who_greylists_is_asked_again_after_a_pause_for_all_together(post: Post) -> None:
    post.server.faults.greylisted = {ANA, EVE}
    outcome = post.send(to=to(ANA, BOB, EVE))
    assert results(outcome) == [(ANA, "sent"), (BOB, "sent"), (EVE, "sent")]
    assert post.waited == [60]
    assert post.server.served == [BOB, ANA, EVE]
    assert any("not taken 2 of 3 yet" in step for step in post.told)


def test_three_tries_are_enough(post: Post) -> None:
    post.server.faults.refused = {ANA: "450 come back"}
    assert results(post.send()) == [(ANA, "failed"), (BOB, "sent")]
    assert post.waited == [60, 300]
    assert post.server.asked[ANA] == 3


@pytest.mark.parametrize(("said", "result", "tries"), [("451 later", "failed", 3), ("554 spam", "refused", 1)])
def test_a_refused_message_is_refused_for_now_or_for_good(post: Post, said: str, result: str, tries: int) -> None:
    post.server.faults.refused_data = {ANA: said}
    assert results(post.send()) == [(ANA, result), (BOB, "sent")]
    assert post.server.asked[ANA] == tries


def test_a_busy_server_is_asked_again(post: Post) -> None:
    post.server.faults.busy = 1
    assert results(post.send()) == [(ANA, "sent"), (BOB, "sent")]
    assert post.waited == [60]


def test_a_421_in_between_opens_a_new_connection_for_the_others(post: Post) -> None:
    post.server.faults.refused = {ANA: "421 closing"}
    assert results(post.send()) == [(ANA, "failed"), (BOB, "sent")]


def test_a_connection_lost_before_the_message_is_tried_again(post: Post) -> None:
    post.server.faults.dropped = {ANA}
    assert results(post.send()) == [(ANA, "sent"), (BOB, "sent")]
    assert post.waited == [60]


def test_a_server_that_hangs_up_between_messages_is_called_again(post: Post) -> None:
    post.server.faults.hangs_up_after_each = True
    assert results(post.send()) == [(ANA, "sent"), (BOB, "sent")]


def test_a_server_that_is_not_there_fails_for_everybody_with_one_pause_each_round(post: Post) -> None:
    with serving() as gone:
        pass
    post.settings = post.settings.model_copy(update={"port": gone.port})
    outcome = post.send()
    assert results(outcome) == [(ANA, "failed"), (BOB, "failed")]
    assert "cannot be reached" in outcome.deliveries[1].why
    assert post.waited == [60, 300]


@pytest.mark.parametrize("fault", ["dropped_in_data", "dropped_after_data"])
def test_a_connection_lost_within_a_message_is_not_blindly_repeated(post: Post, fault: str) -> None:
    setattr(post.server.faults, fault, {ANA})
    outcome = post.send()
    assert results(outcome) == [(ANA, "unknown"), (BOB, "sent")]
    assert not outcome.served
    assert "was lost while it took the message" in outcome.deliveries[0].why
    assert post.waited == []
    setattr(post.server.faults, fault, set())
    second = post.send()
    assert results(second) == [(ANA, "unknown"), (BOB, "already")]
    assert "--again" in second.deliveries[0].why
    assert post.server.asked[ANA] == 1


def test_again_repeats_what_is_unknown_under_the_same_id(post: Post) -> None:
    post.server.faults.dropped_after_data = {ANA}
    post.send(to=to(ANA))
    post.server.faults.dropped_after_data = set()
    assert results(post.send(to=to(ANA), again=True)) == [(ANA, "sent")]
    first, second = (one.message["Message-ID"] for one in post.server.received)
    assert first == second
    assert results(post.send(to=to(ANA))) == [(ANA, "already")]


def test_a_server_that_thanks_before_it_has_the_message_has_not_got_it(post: Post) -> None:
    post.server.faults.takes_at_once = True
    outcome = post.send(to=to(ANA))
    assert results(outcome) == [(ANA, "failed")]
    assert outcome.deliveries[0].why.endswith("answered what no mail server does: 250 thank you")
    assert post.server.received == []


@contextmanager
def no_file_larger_than(size: int) -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize(
    ("lines", "got", "then"),
    [
        (0.5, ["failed", "failed"], ["sent", "sent"]),
        (1.5, ["sent", "failed"], ["unknown", "sent"]),  # it began, but how it ended could not be noted
        (2.2, ["sent", "failed"], ["already", "sent"]),
    ],
)
def test_a_full_disk_says_who_was_served_and_sends_no_more(
    post: Post, lines: float, got: list[str], then: list[str]
) -> None:
    post.send(to=to(EVE))
    size = (post.folder.parent / "deliveries.jsonl").stat().st_size
    with no_file_larger_than(int(size * (1 + lines / 2))):
        outcome = post.send()
    assert results(outcome) == [(ANA, got[0]), (BOB, got[1])]
    assert "so no more are sent" in outcome.deliveries[1].why
    assert post.waited == []
    assert results(post.send()) == [(ANA, then[0]), (BOB, then[1])]


def test_a_slow_server_is_given_longer_to_look_at_a_message_than_to_answer(post: Post) -> None:
    post.server.faults.seconds = 0.4
    with Session(at(post.server, seconds=0.1)) as session:
        assert session.deliver(composed(), ANA, lambda: None).result == "sent"


def test_a_server_that_never_answers_leaves_it_unknown(post: Post) -> None:
    post.server.faults.seconds = 5
    with Session(at(post.server, seconds=0.02)) as session:
        answer = session.deliver(composed(), ANA, lambda: None)
    assert answer.result == "unknown"
    assert "timed out" in answer.why


def test_an_address_beyond_ascii_needs_a_server_that_takes_it(post: Post) -> None:
    outcome = post.send(to=to("josé@example.com", BOB))
    assert results(outcome) == [("josé@example.com", "refused"), (BOB, "sent")]
    assert "josé@example.com has letters beyond ASCII" in outcome.deliveries[0].why
    assert [line["result"] for line in post.ledger if line["address"] != BOB] == ["refused"]


def test_a_server_that_takes_such_addresses_gets_them(post: Post) -> None:
    with serving(utf8=True) as server:
        post.settings = post.settings.model_copy(update={"port": server.port})
        recipient = RecipientSettings(address="josé@müller.example", name="José Müller, Dr.")
        assert results(post.send(to=(recipient,))) == [("josé@müller.example", "sent")]
    assert server.served == ["josé@xn--mller-kva.example"]
    assert str(server.received[0].message["To"].addresses[0].addr_spec) == "josé@xn--mller-kva.example"


# Killed, and two at once


LATE = NOW + dt.timedelta(days=90)
"""The report is held back by then, and its owner told; the note is the cheapest message there is to make."""


def _send_elsewhere(folder: Path, settings: EmailSettings) -> None:
    send_report(folder, Settings(email=settings), now=LATE, environ={}, wait=lambda _: None, tell=lambda _: None)


def _process(post: Post) -> Any:
    settings = post.settings.model_copy(update={"owner": EVE})
    process = multiprocessing.get_context("spawn").Process(target=_send_elsewhere, args=(post.folder, settings))
    process.start()
    return process


def test_who_was_being_written_to_when_it_was_killed_is_not_written_to_again(post: Post) -> None:
    post.server.faults.seconds = 60
    process = _process(post)
    assert post.server.faults.taking.wait(30)
    process.kill()
    process.join()
    post.server.faults.seconds = 0
    outcome = post.send(owner=EVE, now=LATE)
    assert results(outcome) == [(EVE, "unknown")]
    assert "sending was interrupted" in outcome.deliveries[0].why
    assert post.server.asked[EVE] == 1
    assert results(post.send(owner=EVE, now=LATE, again=True)) == [(EVE, "sent")]


def test_who_was_being_written_to_when_it_was_stopped_is_unknown(post: Post) -> None:
    class StoppedError(BaseException):
        pass

    def stop(*_: object) -> None:
        raise StoppedError

    def when_it_takes() -> None:
        post.server.faults.taking.wait(30)
        os.kill(os.getpid(), signal.SIGUSR1)

    post.server.faults.seconds = 60
    before = signal.signal(signal.SIGUSR1, stop)
    stopper = threading.Thread(target=when_it_takes)
    stopper.start()
    try:
        with pytest.raises(StoppedError):
            post.send(owner=EVE, now=LATE)
    finally:
        stopper.join()
        signal.signal(signal.SIGUSR1, before)
    assert [line["result"] for line in post.ledger] == ["sending", "unknown"]
    assert post.ledger[-1]["why"] == "sending was interrupted: StoppedError"
    assert results(post.send(owner=EVE, now=LATE)) == [(EVE, "unknown")]
    assert post.server.received == []


def test_two_who_send_at_once_send_once(post: Post) -> None:
    post.server.faults.seconds = 0.3
    processes = [_process(post), _process(post)]
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0, 0]
    assert post.server.served == [EVE]
    assert [line["result"] for line in post.ledger] == ["sending", "sent"]


# What each gets


def test_a_recipient_of_segments_gets_those_and_no_link_to_all(post: Post) -> None:
    post.write(make_report())
    some = RecipientSettings(address=ANA, segments=("steady REGULARS", "s4"))
    post.send(to=(some, *to(BOB)), attach=("html",), link="https://reports.example.com/")
    mine, all_of_it = (one.message for one in post.server.received)
    for part in (mine.get_body(("plain",)), mine.get_body(("html",)), *mine.iter_attachments()):
        assert part is not None
        words = part.get_content()
        assert "Steady regulars" in words
        assert "Young bargain seekers" in words
        assert "Champions" not in words
        assert "https://reports.example.com/" not in words
    page = all_of_it.get_body(("html",))
    assert page is not None
    assert "Champions" in page.get_content()
    assert "https://reports.example.com/" in page.get_content()
    assert [line["part"] for line in post.ledger] == ["s2 s4", "s2 s4", "all", "all"]


def test_the_link_may_name_the_month(post: Post) -> None:
    post.send(to=to(ANA), attach=(), link="https://example.com/{period}/report.html")
    page = post.server.received[0].message.get_body(("html",))
    assert page is not None
    assert "https://example.com/2026-10/report.html" in page.get_content()


def test_a_segment_that_is_not_there_is_said_and_stops_nobody_else(post: Post) -> None:
    outcome = post.send(to=(RecipientSettings(address=ANA, segments=("s9",)), *to(BOB)))
    assert results(outcome) == [(ANA, "failed"), (BOB, "sent")]
    assert "no segment 's9' in the report of 2026-10; there are s1 (Champions)" in outcome.deliveries[0].why


def test_numbers_are_written_in_the_recipients_language(post: Post) -> None:
    post.send(to=(RecipientSettings(address=ANA, language="de"), *to(BOB)), attach=())
    german, english = (one.message.get_body(("plain",)) for one in post.server.received)
    assert german is not None
    assert english is not None
    assert "5.000" in german.get_content()
    assert "5,000" in english.get_content()


def test_who_gets_the_same_has_it_drawn_once(post: Post) -> None:
    desk = Desk(read_edition(post.folder), Settings(email=post.settings), NOW)
    assert desk._content(post.settings.to[0]) is desk._content(post.settings.to[1])


def test_pages_the_run_did_not_leave_are_drawn_again(post: Post) -> None:
    (post.folder / "report.pdf").unlink()
    post.send(to=to(ANA), attach=("html",))
    (page,) = post.server.received[0].message.iter_attachments()
    assert page.get_filename() == "report-2026-10.html"
    assert "A headline" in page.get_content()


# Held back


def test_a_report_held_back_goes_to_its_owner_alone(post: Post) -> None:
    outcome = post.send(owner=EVE, now=LATE)
    assert results(outcome) == [(EVE, "sent")]
    assert not outcome.served
    assert outcome.held
    assert outcome.told
    message = post.server.received[0].message
    assert post.server.served == [EVE]
    assert message["Subject"] == "Customer segments, October 2026: held back, not sent"
    assert kinds(message) == "text/plain"
    assert all(reason in message.get_content().replace("\n", " ") for reason in outcome.held)
    assert f"segreport send {post.folder} --force" in message.get_content()


def test_the_owner_hears_of_it_once(post: Post) -> None:
    post.send(owner=EVE, now=LATE)
    assert results(post.send(owner=EVE, now=LATE)) == [(EVE, "already")]


def test_force_sends_it_to_everybody_the_owner_too(post: Post) -> None:
    post.send(owner=ANA, now=LATE)
    outcome = post.send(owner=ANA, now=LATE, force=True)
    assert results(outcome) == [(ANA, "sent"), (BOB, "sent")]
    assert outcome.held == ()


def test_an_owner_whom_the_note_does_not_reach_is_not_told(post: Post) -> None:
    post.server.faults.refused = {EVE: "550 no such user"}
    outcome = post.send(owner=EVE, now=LATE)
    assert (outcome.told, results(outcome)) == (False, [(EVE, "refused")])
    assert outcome.untold == f"nobody was told, as far as we know: the note did not reach {EVE}."


def test_nothing_held_back_leaves_nothing_to_tell(post: Post) -> None:
    outcome = post.send(to=to(ANA))
    assert (outcome.told, outcome.untold) == (False, "")


def test_the_note_names_the_folder_from_the_root(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(post.folder.parent)
    folder, post.folder = post.folder, Path(post.folder.name)
    post.send(owner=EVE, now=LATE)
    assert f"segreport send {folder} --force" in post.server.received[0].message.get_content()


def test_without_an_owner_nobody_is_told(post: Post) -> None:
    outcome = post.send(now=LATE)
    assert outcome.deliveries == ()
    assert outcome.held
    assert not outcome.told
    assert outcome.untold == "nobody was told: set [email] owner."
    assert post.server.received == []


# Without sending


def test_a_dry_run_writes_files_and_sends_nothing(post: Post, tmp_path: Path) -> None:
    post.settings = post.settings.model_copy(update={"host": None})
    odd = "../../eve/x@example.com"
    outcome = post.send(to=to(ANA, odd), dry_run=tmp_path / "mails")
    assert results(outcome) == [(ANA, "written"), (odd, "written")]
    files = sorted((tmp_path / "mails").iterdir())
    assert [path.name for path in files] == ["2026-10-01-ana@example.com.eml", "2026-10-02-.._.._eve_x@example.com.eml"]
    assert outcome.deliveries[0].why == f"all segments, with report-2026-10.pdf: {files[0]}"
    message = BytesParser(policy=policy.default).parsebytes(files[0].read_bytes())
    assert str(message["To"]) == ANA
    assert post.server.received == []
    assert not (post.folder.parent / "deliveries.jsonl").exists()


def test_a_dry_run_says_who_has_it_already(post: Post, tmp_path: Path) -> None:
    post.send(to=to(ANA))
    outcome = post.send(dry_run=tmp_path / "mails")
    assert results(outcome) == [(ANA, "already"), (BOB, "written")]
    assert outcome.deliveries[0].why.startswith("sent on 2026-11-02")
    assert len(list((tmp_path / "mails").iterdir())) == 2


# What cannot be sent at all


@pytest.mark.parametrize(
    ("changed", "said"),
    [({"sender": None}, "sender is missing"), ({"to": ()}, "names nobody"), ({"host": None}, "host is missing")],
)
def test_settings_that_cannot_do_are_said_at_once(post: Post, changed: dict[str, Any], said: str) -> None:
    post.settings = post.settings.model_copy(update=changed)
    with pytest.raises(SettingsError, match=said):
        check_settings(post.settings, {})
    with pytest.raises(SettingsError, match=said):
        post.send()
    assert not (post.folder.parent / "deliveries.jsonl").exists()


@pytest.mark.parametrize("content", [None, b"", b"{}", b"\xff"])
def test_a_folder_without_a_report_is_said(post: Post, content: bytes | None) -> None:
    (post.folder / "report.json").unlink()
    if content is not None:
        (post.folder / "report.json").write_bytes(content)
    with pytest.raises(InputError, match=r"report\.json: (cannot be read|damaged)"):
        post.send()


def test_a_delivery_says_whether_it_served() -> None:
    assert [Delivery(ANA, "sent").served, Delivery(ANA, "unknown").served] == [True, False]
