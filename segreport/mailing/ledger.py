"""What was sent to whom: OUT/deliveries.jsonl, to which lines are only added."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

from pydantic import TypeAdapter, ValidationError

from segreport.errors import InputError

FILE = "deliveries.jsonl"
Result = Literal["sending", "sent", "refused", "failed", "unknown"]
"""`refused` is for good, `failed` may go well later, `unknown` may have arrived."""


class Key(NamedTuple):
    """What makes two tries ones of the same delivery.

    `part` is "all", the ids of segments ("s1 s3"), or "held" for the note to the owner that the report was held back;
    `fingerprint` is of the report's content.
    """

    period: str
    address: str
    part: str
    fingerprint: str


@dataclass(frozen=True)
class Entry:
    """One line: a try to deliver (see Key), `when` in ISO form, and its result; `why` is empty where all went well."""

    period: str
    address: str
    part: str
    fingerprint: str
    message_id: str
    result: Result
    when: str
    why: str

    @property
    def key(self) -> Key:
        """The delivery it is a try of."""
        return key_of(self.period, self.address, self.part, self.fingerprint)


def key_of(period: str, address: str, part: str, fingerprint: str) -> Key:
    """Return what a delivery goes by; an address may be written in capitals or not."""
    return Key(period, address.casefold(), part, fingerprint)


_LINE = TypeAdapter(Entry)


class Ledger:
    """The lines there are, and the one place where new ones are added."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.entries = _read(path)

    def last(self, key: Key) -> Entry | None:
        """Return the last try of a delivery; None where there was none."""
        return next((entry for entry in reversed(self.entries) if entry.key == key), None)

    def times_sent(self, key: Key) -> int:
        """Return how often a delivery was sent for certain."""
        return sum(entry.key == key and entry.result == "sent" for entry in self.entries)

    def add(self, entry: Entry) -> None:
        """Write a line and wait until it is on the disk; raises InputError where that cannot be."""
        try:
            with self.path.open("ab+") as file:
                file.write(_begin(file.tell(), self.path) + _LINE.dump_json(entry, ensure_ascii=False) + b"\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise InputError(
                f"{self.path}: cannot be written ({error.strerror or error}); without it a message might go out twice, "
                "so no more are sent."
            ) from error
        self.entries.append(entry)


@contextmanager
def open_ledger(path: Path, waiting: Callable[[], None]) -> Iterator[Ledger]:
    """Yield the ledger, held until the end, so that of two who send at once the second sees what the first did.

    `waiting` is called where somebody else holds it. Raises InputError where it cannot be written.
    """
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
    except OSError as error:
        raise InputError(
            f"{path}: cannot be written ({error.strerror or error}); what is sent is noted there, so nothing was sent."
        ) from error
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            waiting()
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield Ledger(path)
    finally:
        os.close(handle)  # which lets go of the lock, as the end of the process would


def _read(path: Path) -> list[Entry]:
    """Return the lines that are whole; one that a crash cut off leaves the one before it standing."""
    try:
        lines = path.read_bytes().split(b"\n")
    except FileNotFoundError:
        return []
    except OSError as error:
        raise InputError(
            f"{path}: cannot be read ({error.strerror or error}); it says what was sent already."
        ) from error
    return [entry for line in lines if (entry := _entry(line))]


def _entry(line: bytes) -> Entry | None:
    try:
        return _LINE.validate_json(line)
    except ValidationError:
        return None


def _begin(size: int, path: Path) -> bytes:
    """Return what must stand before a new line: a line's end where the last one was cut off."""
    if not size:
        return b""
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return b"" if file.read(1) == b"\n" else b"\n"
