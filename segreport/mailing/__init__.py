"""A finished report on its way: who gets it, the gate before it, the messages, and the ledger of what became of them.

gate       what holds a report back                     letters    what each recipient gets
message    one message, from its parts                  secrets    the password, and from where
smtp       a mail server, and what it answers           ledger     what was sent to whom, kept beside the months
rounds     letters handed over, once more if need be    sending    all of it: `segreport send`

A message is handed over at most once, unless somebody asks for more: what is being sent stands in the ledger, safe on
the disk, before the server gets a word of it.
"""

from __future__ import annotations

from segreport.mailing.ledger import Entry, Ledger
from segreport.mailing.message import compose
from segreport.mailing.secrets import password_of
from segreport.mailing.sending import Delivery, Outcome, check_settings, send_report
from segreport.mailing.smtp import Server, check_login, server_of

__all__ = [
    "Delivery",
    "Entry",
    "Ledger",
    "Outcome",
    "Server",
    "check_login",
    "check_settings",
    "compose",
    "password_of",
    "send_report",
    "server_of",
]
