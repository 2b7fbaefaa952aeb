"""Text of any common encoding as a UTF-8 file: the file itself where it is UTF-8, else a temporary copy."""

from __future__ import annotations

import codecs
import gzip
import re
import tempfile
import unicodedata
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from segreport.errors import InputError
from segreport.sources.files import is_gzip, read_head

CHUNK = 1 << 20
MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
# characters other than ASCII with their neighbours; in words without, nothing is to be told
WORD = re.compile(rb"[ -~]?[\x80-\xff]+(?:[ -~][\x80-\xff]+)*[ -~]?")
ENOUGH_WORDS = 20_000
QUOTES = frozenset("’‘“”‚„«»‹›")
RARE_LETTERS = frozenset("ÞþÐðƒıµªº")


@dataclass(frozen=True)
class Utf8:
    """A UTF-8 file (`temporary`: to be deleted by its user), and the encoding it had, None where that was UTF-8."""

    path: Path
    temporary: bool
    encoding: str | None
    note: str | None


@dataclass(frozen=True)
class Found:
    """An encoding by Python's name; `errors` is Python's word for what becomes of bytes it does not know."""

    codec: str
    errors: str = "strict"
    note: str | None = None


def as_utf8(file: Path, told: str | None, folder: Path) -> Utf8:
    """Return the text of `file` as UTF-8, unpacked from gzip; `folder` takes the copy where one is needed.

    Raises InputError for a binary file, damaged gzip, and where the text is not in the encoding that was `told`.
    """
    head = read_head(file, 1 << 16)
    packed = is_gzip(_first_bytes(file))
    found = Found(_known(told, file, head)) if told else _found(file, head)
    label = None if found.codec in {"utf-8", "utf-8-sig"} else found.codec
    in_place = found == Found("utf-8") and not packed and (not told or _is_utf8(file))
    if in_place:
        return Utf8(file, temporary=False, encoding=None, note=None)
    copy = Path(tempfile.mkdtemp(dir=folder), "text")
    _transcode(file, found, copy)
    return Utf8(copy, temporary=True, encoding=label, note=found.note)


def _first_bytes(file: Path) -> bytes:
    with file.open("rb") as stream:
        return stream.read(2)


@contextmanager
def _unpacked(file: Path) -> Iterator[IO[bytes]]:
    opened: IO[bytes] = gzip.open(file, "rb") if is_gzip(_first_bytes(file)) else file.open("rb")  # type: ignore[assignment]  # noqa: SIM115 - closed below
    try:
        yield opened
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise InputError(f"{file}: the gzip file is damaged or cut off; export or download it again.") from error
    finally:
        opened.close()


def _chunks(file: Path) -> Iterator[bytes]:
    with _unpacked(file) as stream:
        while chunk := stream.read(CHUNK):
            yield chunk


def _known(told: str, file: Path, head: bytes) -> str:
    try:
        b"abcd".decode(told, errors="replace")  # hex and the like have a codec, and are no text
    except (LookupError, UnicodeError) as error:
        raise InputError(
            f"{file}: there is no text encoding {told!r}; use a name such as utf-8, cp1252, latin-1, cp850 or utf-16."
        ) from error
    codec = codecs.lookup(told).name
    return "utf-8-sig" if codec == "utf-8" and head.startswith(codecs.BOM_UTF8) else codec


def _found(file: Path, head: bytes) -> Found:
    for mark, codec in MARKS:
        if head.startswith(mark):
            return Found(codec)
    if wide := _utf16_without_mark(head):
        return Found(wide)
    if _looks_binary(head):
        raise InputError(f"{file}: this looks like a binary file, not a table of text.")
    return Found("utf-8") if _is_utf8(file) else _single_byte(file)


def _utf16_without_mark(head: bytes) -> str | None:
    """UTF-16 text in a Western language has a zero in every other byte."""
    even, odd, half = head[0::2].count(0), head[1::2].count(0), max(len(head) // 2, 1)
    if odd > 0.4 * half and even < 0.05 * half:
        return "utf-16-le"
    return "utf-16-be" if even > 0.4 * half and odd < 0.05 * half else None


def _looks_binary(head: bytes) -> bool:
    controls = sum(head.count(byte) for byte in range(32) if byte not in b"\t\n\r\x0b\x0c\x1a")
    return controls > 0.02 * len(head)


def _is_utf8(file: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for chunk in _chunks(file):
            if not chunk.isascii() or decoder.getstate()[0]:
                decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _single_byte(file: Path) -> Found:
    words = _foreign_words(file)
    broken = sum(1 for word in words if not _decodes(word))
    if broken * 20 <= len(words):
        note = "A few characters are not valid UTF-8; they are shown as �."
        return Found("utf-8", errors="replace", note=note)
    codec = best_codec(words)
    note = f"The file does not say its encoding; its letters make most sense in {codec} (tell another with --encoding)."
    return Found(codec, errors="replace", note=note)


def _foreign_words(file: Path) -> list[bytes]:
    words: list[bytes] = []
    for chunk in _chunks(file):
        if not chunk.isascii():
            words += WORD.findall(chunk)
        if len(words) > ENOUGH_WORDS:
            break
    return words


def _decodes(word: bytes) -> bool:
    try:
        word.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def best_codec(words: list[bytes]) -> str:
    """Return cp1252, cp850 or latin-1: the one in which these words look most like words; ties go to the first.

    The words hold a neighbour character on either side.
    """
    codecs_ = ("cp1252", "cp850")
    scores = {codec: sum(_sense(word.decode(codec, errors="replace")) for word in words) for codec in codecs_}
    best = max(codecs_, key=lambda codec: scores[codec])
    undefined = best == "cp1252" and any("�" in word.decode("cp1252", errors="replace") for word in words)
    return "latin-1" if undefined else best


def _sense(word: str) -> float:
    padded = f" {word} "
    return sum(_sense_of(padded[i - 1], char, padded[i + 1]) for i, char in enumerate(padded) if char > "\x7f")


def _sense_of(before: str, char: str, after: str) -> float:
    """Score one character between its neighbours: letters belong into words, in matching case; symbols do not."""
    if char == "�" or unicodedata.category(char) == "Cc":
        return -2
    return _sense_of_letter(before, char, after) if char.isalpha() else _sense_of_symbol(before, char, after)


def _sense_of_letter(before: str, char: str, after: str) -> float:
    if before.isdigit() or after.isdigit():
        return -0.5
    # no capital inside a word of small letters, and the other way round
    if char.isupper() and (before.islower() or (before.isalpha() and after.islower())):
        return -1
    if char.islower() and after.isupper():
        return -1
    if not (before.isalpha() or after.isalpha()):
        return 0.2 if char.islower() else 0
    return 0.3 if char in RARE_LETTERS else 0.9 if char in "ŠšŽžŒœŸ" else 1


def _sense_of_symbol(before: str, char: str, after: str) -> float:
    if before.isalpha() and after.isalpha():
        return 1 if char == "’" else -1
    if "─" <= char <= "▟":  # lines and blocks, as old screens drew boxes
        return -1
    touches = before.isalpha() or after.isalpha()
    return -0.3 if touches and char not in QUOTES else 0


def _transcode(file: Path, found: Found, copy: Path) -> None:
    decoder = codecs.getincrementaldecoder(found.codec)(errors=found.errors)
    try:
        with copy.open("wb") as out:
            for chunk in _chunks(file):
                out.write(decoder.decode(chunk).encode("utf-8", errors="replace"))
            out.write(decoder.decode(b"", final=True).encode("utf-8", errors="replace"))
    except UnicodeError as error:
        copy.unlink(missing_ok=True)
        codec = found.codec.removesuffix("-sig")
        raise InputError(f"{file}: the text is not {codec}; leave --encoding out, or name another.") from error
