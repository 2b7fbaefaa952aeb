"""What was sent to whom: OUT/deliveries.jsonl, to which lines are only added."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal, NamedTuple

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
    """The lines there are, and the one place where new ones are added; `fault` says why none can be.

    Raises InputError where a line cannot be read: who got that message would get it twice.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.entries = _read(path)
        self.fault = ""

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
                _mend_end(file)
                file.write(_LINE.dump_json(entry, ensure_ascii=False) + b"\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            self.fault = (
                f"{self.path}: cannot be written ({error.strerror or error}); without it a message might go out twice, "
                "so no more are sent."
            )
            raise InputError(self.fault) from error
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
    """Return all lines but a last one that a crash cut off: what it was to say had not happened, or is open."""
    try:
        *lines, last = path.read_bytes().split(b"\n")
    except FileNotFoundError:
        return []
    except OSError as error:
        raise InputError(
            f"{path}: cannot be read ({error.strerror or error}); it says what was sent already."
        ) from error
    entries = [_entry(line) for line in lines if line.strip()]
    if None in entries:
        number = next(number for number, line in enumerate(lines, 1) if line.strip() and not _entry(line))
        raise InputError(
            f"{path}, line {number}: damaged, and it says who got what already. Nothing was sent: bring the file back "
            "from a backup, or take that line out, if nobody minds to get that message twice."
        )
    return [entry for entry in (*entries, _entry(last)) if entry]


def _entry(line: bytes) -> Entry | None:
    try:
        return _LINE.validate_json(line)
    except ValidationError:
        return None


def _mend_end(file: BinaryIO) -> None:
    """End the last line where only its end is missing, or take it off where it was cut off: see _read."""
    size = file.tell()
    if not size:
        return
    file.seek(0)
    last = file.read(size).rpartition(b"\n")[2]
    if _entry(last):
        file.write(b"\n")
    elif last:
        file.truncate(size - len(last))
