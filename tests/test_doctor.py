"""`segreport check` tries what a run and its mails need: each thing that is wrong is told with its way out."""

from __future__ import annotations

import datetime as dt
import socket
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from conftest import blobs
from reports import make_report

from segreport.doctor import Check, checks
from segreport.settings import EmailSettings, RecipientSettings, ReportSettings, Settings

TODAY = dt.date(2026, 11, 1)
SECRET = "correct horse"  # noqa: S105 - of a server that lives for one test


def tried(settings: Settings, out: Path, data: object = None, **environ: str) -> dict[str, Check]:
    return {check.what: check for check in checks(settings, data, out, environ=environ, today=TODAY)}


def mailing(**changed: Any) -> Settings:
    """Return settings that are complete for a server on this machine, but for what is changed."""
    complete = {
        "sender": "report@example.com",
        "owner": "analyst@example.com",
        "host": "localhost",
        "to": (RecipientSettings(address="ana@example.com"),),
    }
    return Settings(report=ReportSettings(formats=("json",)), email=EmailSettings(**{**complete, **changed}))


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


@pytest.fixture
def with_report(out: Path) -> Path:
    """Return an OUT that holds the report of October, and nothing else of it."""
    (out / "2026-10").mkdir(parents=True)
    (out / "2026-10" / "report.json").write_bytes(make_report().to_json())
    return out


# What a run needs


def test_where_all_is_well_every_check_says_what_was_found_and_nothing_stays_behind(
    tmp_path: Path, customers_csv: Path
) -> None:
    before = sorted(tmp_path.rglob("*"))
    found = tried(Settings(), tmp_path / "out", customers_csv)
    assert [check for check in found.values() if not check.ok] == []
    assert all(check.text and "\n" not in check.text for check in found.values())
    assert sorted(tmp_path.rglob("*")) == before


def test_customers_are_counted_and_no_segments_are_formed(customers_csv: Path, out: Path) -> None:
    text = tried(Settings(), out, customers_csv)["Data"].text
    assert text == "customers.csv: 240 rows, 240 customers, 6 columns; days are counted to November 1, 2026"


def test_a_table_of_orders_is_told_as_one(tmp_path: Path, out: Path) -> None:
    lines = [f"{i // 3},2026-10-{i % 28 + 1:02d},{5 + i % 7}" for i in range(240)]
    (tmp_path / "orders.csv").write_text("\n".join(["customer_id,order_date,amount", *lines]))
    text = tried(Settings(), out, tmp_path / "orders.csv")["Data"].text
    assert text == "orders.csv: 240 order lines of 80 customers, 3 columns; days are counted to October 29, 2026"


def test_a_data_frame_may_be_the_data(out: Path) -> None:
    assert tried(Settings(), out, blobs())["Data"].ok


def test_without_data_no_table_is_tried_and_without_email_no_server(out: Path) -> None:
    assert {"Data", "E-mail", "Mail server"} & set(tried(Settings(), out)) == set()


def test_data_that_are_not_there_fail_and_all_else_is_still_tried(out: Path) -> None:
    found = tried(Settings(), out, "nowhere.csv")
    assert [what for what, check in found.items() if not check.ok] == ["Data"]
    assert "nowhere.csv" in found["Data"].text
    assert list(found)[-1] == "Earlier months"


def test_no_pdf_is_tried_where_none_is_wanted(out: Path) -> None:
    assert "PDF" not in tried(Settings(report=ReportSettings(formats=("html",))), out)


def test_a_folder_below_a_file_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    check = tried(Settings(), tmp_path / "file" / "out")["Folder"]
    assert not check.ok
    assert check.text.endswith("name another folder with -o.")


def test_a_logo_a_dialect_and_a_language_that_cannot_be_used_fail_as_settings(out: Path) -> None:
    wrong = [
        Settings(report=ReportSettings(logo=Path("gone.png"))),
        Settings(report=ReportSettings(sql_dialect="dbase")),
        mailing(to=(RecipientSettings(address="ana@example.com", language="xx"),)),
    ]
    for settings, word in zip(wrong, ("gone.png", "dbase", "xx"), strict=True):
        check = tried(settings, out)["Settings"]
        assert not check.ok
        assert word in check.text


def test_a_template_of_the_user_with_an_error_is_named_with_its_line(tmp_path: Path, out: Path) -> None:
    (tmp_path / "page_one.html.j2").write_text("<p>\n{% if %}")
    check = tried(Settings(report=ReportSettings(template=tmp_path)), out)["Templates"]
    assert not check.ok
    assert "page_one.html.j2, line 2" in check.text


def test_templates_that_replace_none_of_ours_are_told(tmp_path: Path, out: Path) -> None:
    (tmp_path / "page-one.html").write_text("<p>")
    settings = Settings(report=ReportSettings(template=tmp_path))
    assert "none of its files has the name of one of ours" in tried(settings, out)["Templates"].text
    (tmp_path / "page_one.html.j2").write_text("<p>")
    assert tried(settings, out)["Templates"].text.endswith("of which page_one.html.j2 yours")


def test_no_earlier_month_is_no_fault(out: Path) -> None:
    check = tried(Settings(), out)["Earlier months"]
    assert check.ok
    assert check.text.startswith("none in ")


def test_an_earlier_month_without_its_files_is_one(with_report: Path) -> None:
    check = tried(Settings(), with_report)["Earlier months"]
    assert not check.ok
    assert "2026-10/model.json cannot be read" in check.text


# What mailing needs


def test_what_is_missing_of_the_email_settings_is_named(out: Path) -> None:
    check = tried(mailing(owner=None, sender=None), out)["E-mail"]
    assert not check.ok
    assert "lacks sender and owner" in check.text


def test_segments_of_recipients_are_looked_for_in_the_latest_report(with_report: Path) -> None:
    def asking(*names: str) -> Check:
        return tried(mailing(to=(RecipientSettings(address="a@example.com", segments=names),)), with_report)[
            "Recipients"
        ]

    assert asking("s1", "steady REGULARS").ok
    check = asking("s1", "VIPs")
    assert not check.ok
    assert check.text.startswith("a@example.com is to get VIPs, which October 2026 does not have; there are s1 (Cham")


def test_a_password_is_found_without_being_shown(tmp_path: Path, out: Path) -> None:
    settings = mailing(username="reporter", port=free_port(), security="plain")
    found = tried(settings, out, SEGREPORT_SMTP_PASSWORD=SECRET)
    assert found["Password"] == Check("Password", ok=True, text="found for reporter")
    assert not any(SECRET in check.text for check in found.values())
    assert not tried(settings, out)["Password"].ok
    (tmp_path / "password").write_text(f"{SECRET}\n")
    assert tried(mailing(username="reporter", password_file=tmp_path / "password"), out)["Password"].ok


def free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        port: int = asked.getsockname()[1]
        return port


class Taken(Sink):
    """Takes everything, and keeps who wrote: a check must not."""

    senders: list[str]

    def __init__(self) -> None:
        super().__init__()
        self.senders = []

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        del server, session, envelope, options
        self.senders.append(address)
        return "250 OK"


def only_reporter(server: object, session: object, envelope: object, mechanism: str, data: object) -> AuthResult:
    del server, session, envelope, mechanism
    right = isinstance(data, LoginPassword) and (data.login, data.password) == (b"reporter", SECRET.encode())
    return AuthResult(success=right, handled=False)  # it answers by itself


Serve = Callable[..., Controller]


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def trusted(authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have this process trust our authority, as SSL_CERT_FILE does for a company's own."""
    authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))


@pytest.fixture
def serve(authority: trustme.CA) -> Iterator[Serve]:
    """Return a function that starts a server on this machine, with a certificate for `name`."""
    running: list[Controller] = []

    def start(name: str = "localhost", *, tls: bool = False, **options: Any) -> Controller:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        authority.issue_cert(name).configure_cert(context)
        secured = {"ssl_context": context} if tls else {"tls_context": context}
        # aiosmtpd counts only STARTTLS as encrypted
        chosen: dict[str, Any] = {**secured, "authenticator": only_reporter, "auth_require_tls": not tls, **options}
        controller = Controller(Taken(), hostname="127.0.0.1", port=free_port(), **chosen)
        controller.start()
        running.append(controller)
        return controller

    yield start
    for controller in running:
        controller.stop()


def asked(server: Controller, out: Path, password: str = SECRET, **changed: Any) -> Check:
    settings = mailing(**{"username": "reporter", "port": server.port, **changed})
    return tried(settings, out, SEGREPORT_SMTP_PASSWORD=password)["Mail server"]


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize(("security", "tls"), [("starttls", False), ("tls", True)])
def test_a_server_that_lets_us_in_is_told_and_gets_no_message(
    serve: Serve, out: Path, security: str, *, tls: bool
) -> None:
    server = serve(tls=tls)
    check = asked(server, out, security=security)
    assert check.ok, check.text
    assert check.text.startswith(f"localhost:{server.port} lets reporter in, encrypted")
    assert isinstance(server.handler, Taken)
    assert server.handler.senders == []


@pytest.mark.usefixtures("trusted")
def test_a_wrong_password_is_told_without_it(serve: Serve, out: Path) -> None:
    check = asked(serve(), out, password="battery staple")  # noqa: S106 - a wrong one
    assert not check.ok
    assert "reporter" in check.text
    assert "battery" not in check.text


def test_a_certificate_of_an_unknown_authority_is_not_trusted(serve: Serve, out: Path) -> None:
    check = asked(serve(), out)
    assert not check.ok
    assert "SSL_CERT_FILE" in check.text


@pytest.mark.usefixtures("trusted")
def test_a_certificate_of_another_host_is_not_trusted(serve: Serve, out: Path) -> None:
    check = asked(serve("mail.example.com"), out)
    assert not check.ok
    assert "certificate" in check.text


@pytest.mark.usefixtures("trusted")
def test_a_server_without_the_encryption_asked_for_is_told_with_the_way_out(serve: Serve, out: Path) -> None:
    plain = serve(tls_context=None, auth_require_tls=False)
    assert "STARTTLS" in asked(plain, out).text
    assert "starttls" in asked(plain, out, security="tls").text
    assert asked(plain, out, security="plain").ok


def test_a_server_that_is_not_there_is_told(out: Path) -> None:
    check = tried(mailing(port=free_port()), out)["Mail server"]
    assert not check.ok
    assert "check host, port" in check.text


def test_without_encryption_no_other_machine_is_asked(out: Path) -> None:
    check = tried(mailing(host="mail.example.com", security="plain"), out)["Mail server"]
    assert not check.ok
    assert "plain" in check.text
