"""One message from its parts, as mail programs understand it best."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Mapping
from contextlib import suppress
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import quote
from typing import TYPE_CHECKING

from segreport.settings import RecipientSettings

if TYPE_CHECKING:
    from segreport.pages.email import Email

LINE = 76
SHORT = 40
"""Names of so many letters fit on one line, quotes and all."""
KINDS = {"pdf": ("application", "pdf"), "html": ("text", "html")}


def compose(
    email: Email,
    *,
    sender: Address,
    recipient: RecipientSettings,
    attachments: Mapping[str, bytes],
    when: dt.datetime,
    list_id: str,
    message_id: str,
) -> EmailMessage:
    """Return the message for one recipient, and nobody else: mixed [alternative [text, related [HTML, images]], files].

    Every line is ASCII, so that any server can pass it on. Images go with the HTML alone: where they stand beside the
    text as well, some programs list them as files. An e-mail without HTML is text only.
    """
    message = EmailMessage(policy=SMTP)
    _put_address(message, "From", sender.display_name, sender.addr_spec)
    _put_address(message, "To", recipient.name or "", address_of(recipient.address).addr_spec)
    _put(message, "Subject", _one_line(email.subject))
    message["Date"] = when
    message["Message-ID"] = message_id
    message["List-Id"] = f"<{list_id}>"
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "OOF, AutoReply"  # Exchange does not heed the line above
    message.set_content(email.text, cte="quoted-printable")
    if email.html:
        message.add_alternative(email.html, subtype="html", cte="quoted-printable")
        _add_images(message, email.images)
    for name, content in attachments.items():
        kind, subkind = KINDS[name.rpartition(".")[2]]
        message.add_attachment(content, maintype=kind, subtype=subkind, filename=name)
    return message


def address_of(text: str, name: str = "") -> Address:
    """Return an address such as ana@example.com with its parts quoted where they must be, and its domain in ASCII."""
    local, _, domain = on_the_wire(text).rpartition("@")
    return Address(_one_line(name), local, domain)


def on_the_wire(address: str) -> str:
    """Return an address as servers are told it: a@münchen.de is a@xn--mnchen-3ya.de, which any of them takes."""
    local, _, domain = address.rpartition("@")
    with suppress(UnicodeError):  # the settings let no such domain in
        domain = domain.encode("idna").decode("ascii")
    return f"{local}@{domain}"


def to_bytes(message: EmailMessage) -> bytes:
    """Return the message as it is handed to a server; headers are ASCII unless an address cannot be."""
    return message.as_bytes(policy=SMTP.clone(utf8=needs_utf8(message)))


def needs_utf8(message: EmailMessage) -> bool:
    """Return whether an address holds letters before its @ that only a server with SMTPUTF8 takes."""
    return not all(one.addr_spec.isascii() for field in ("From", "To") for one in message[field].addresses)


def _add_images(message: EmailMessage, images: Mapping[str, bytes]) -> None:
    html = message.get_body(("html",))
    if not isinstance(html, EmailMessage):
        raise TypeError("a message without HTML has no place for images")
    for name, content in images.items():
        file = f"{name.removesuffix('.png')}.png"
        html.add_related(content, "image", "png", cid=f"<{name}>", filename=file, disposition="inline")


def _put_address(message: EmailMessage, field: str, name: str, address: str) -> None:
    """Write an address and its name, on two lines where one would be too long.

    By the older class of the email package: the newer ones lose quotes and spaces in long names (Python 3.11 to 3.13).
    """
    shown = _one_line(name)
    if _is_plain(shown) and len(shown) <= SHORT:
        shown = f'"{quote(shown)}"' if shown else ""
    else:
        shown = Header(shown, "utf-8", maxlinelen=LINE, header_name=field).encode(linesep="\r\n")
    last = shown.rpartition("\n")[2]
    gap = " " if len(f"{field}: {last} <{address}>") <= LINE else "\r\n "
    message.set_raw(field, f"{shown}{gap}<{address}>" if shown else address)


def _put(message: EmailMessage, field: str, text: str) -> None:
    """Write text, in several lines where one would be too long; see _put_address."""
    if _is_plain(text) and len(f"{field}: {text}") <= LINE:
        message.set_raw(field, text)
    else:
        message.set_raw(field, Header(text, "utf-8", maxlinelen=LINE, header_name=field).encode(linesep="\r\n"))


def _is_plain(text: str) -> bool:
    """Return whether text may stand in a header as it is: "=?" begins a word in code."""
    return text.isascii() and text.isprintable() and "=?" not in text


def _one_line(text: str) -> str:
    """Return text without line breaks and other control characters, so that it cannot become a header of its own."""
    return " ".join("".join(" " if unicodedata.category(c) == "Cc" else c for c in text).split())
