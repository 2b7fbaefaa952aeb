"""Which files a path stands for, what kind of file each is (told by its content), and their fingerprint."""

from __future__ import annotations

import difflib
import glob
import gzip
import hashlib
import re
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from segreport.errors import InputError

Kind = Literal["text", "json", "parquet", "workbook", "sqlite", "duckdb"]

TABLE_ENDINGS = frozenset(
    ".csv .tsv .tab .txt .json .jsonl .ndjson .parquet .pq .xlsx .xlsm .xlsb .xls .ods".split()  # noqa: SIM905 - reads better than 14 quoted words
)
JSON_ENDINGS = frozenset({".json", ".jsonl", ".ndjson"})
WORKBOOK_ENDINGS = frozenset({".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"})

SIGNATURES: tuple[tuple[bytes, Kind], ...] = (
    (b"PAR1", "parquet"),
    (b"PK\x03\x04", "workbook"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "workbook"),
    (b"SQLite format 3\x00", "sqlite"),
)
FOREIGN = (
    (b"%PDF", "a PDF document; export the table behind it as CSV"),
    (b"\x89PNG", "a picture, not a table"),
    (b"\xff\xd8\xff", "a picture, not a table"),
    (b"GIF8", "a picture, not a table"),
    (b"BZh", "packed with bzip2; unpack it first"),
    (b"\xfd7zXZ", "packed with xz; unpack it first"),
    (b"7z\xbc\xaf", "packed with 7-Zip; unpack it first"),
    (b"\x28\xb5\x2f\xfd", "packed with zstd; unpack it first"),
    (b"ARROW1", "an Arrow (Feather) file; save it as Parquet"),
    (b"\x7fELF", "a program, not a table"),
)


def find_files(path: str) -> list[Path]:
    """Return the files that a path, a folder or a glob stands for, sorted by name; raise InputError for none."""
    if not path.strip():
        raise InputError("The path of the data is empty; give a file, a folder ('.' for this one) or a pattern.")
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]+://", path):
        raise InputError(f"{path}: segreport reads local files only; download it first, then give the file's path.")
    place = Path(path).expanduser()
    try:
        if place.is_dir():
            return _files_of(place)
        if place.exists():
            return [place]
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}).") from error
    if glob.has_magic(path):
        return _matches(str(place))
    raise InputError(_missing(place))


def shown_name(path: str, files: Sequence[Path]) -> str:
    """Return what readers see: the file's name, or the folder's or the pattern's with the number of files."""
    last = Path(path).expanduser().resolve().name if len(files) > 1 or Path(path).is_dir() else files[0].name
    return last if files[0].name == last else f"{last} ({len(files)} file{'s' * (len(files) > 1)})"


def _files_of(folder: Path) -> list[Path]:
    found = sorted(file for file in folder.iterdir() if _is_table(file))
    if not found:
        raise InputError(
            f"{folder}: no table in this folder (looked for csv, tsv, txt, json, jsonl, parquet, xlsx, xls, ods). "
            f"For its subfolders give a pattern in quotes, such as '{folder}/**/*.csv'."
        )
    return found


def _is_table(file: Path) -> bool:
    ending = Path(file.stem).suffix if file.suffix.lower() == ".gz" else file.suffix
    # Spark and others leave hidden files and _SUCCESS beside the data
    return file.is_file() and file.name[0] not in "._" and ending.lower() in TABLE_ENDINGS


def _matches(pattern: str) -> list[Path]:
    found = sorted(file for match in glob.glob(pattern, recursive=True) if (file := Path(match)).is_file())  # noqa: PTH207 - a pattern may be absolute
    if not found:
        raise InputError(f"{pattern}: no file matches this pattern.")
    return found


def _missing(path: Path) -> str:
    if not path.parent.is_dir():
        return f"{path}: there is no folder {path.parent}."
    names = [file.name for file in path.parent.iterdir()]
    near = difflib.get_close_matches(path.name, names, n=3, cutoff=0.5)
    near = near or [name for name in sorted(names) if Path(name).suffix == path.suffix][:3]
    hint = f" Did you mean {' or '.join(near)}?" if near else ""
    return f"{path}: no such file.{hint}"


def fingerprint(files: Sequence[Path]) -> str:
    """Return the SHA-256 of a file's bytes, or of the digests of several files in the order given."""
    digests = []
    for file in files:
        try:
            with file.open("rb") as stream:
                digests.append(hashlib.file_digest(stream, "sha256").hexdigest())
        except OSError as error:
            raise InputError(f"{file}: cannot be read ({error.strerror}).") from error
    return digests[0] if len(files) == 1 else hashlib.sha256("".join(digests).encode()).hexdigest()


def kind_of(file: Path) -> Kind:
    """Return what the file's first bytes say it is; raise InputError for what is no table, or empty."""
    head = read_head(file, 4096)
    if not head.strip(b"\xef\xbb\xbf\xff\xfe\x00\r\n\t "):
        raise InputError(f"{file}: the file is empty.")
    for signature, kind in SIGNATURES:
        if head.startswith(signature):
            return kind
    if head[8:12] == b"DUCK":
        return "duckdb"
    for signature, what in FOREIGN:
        if head.startswith(signature):
            raise InputError(f"{file}: this is {what}.")
    return _kind_of_text(file, head)


def _kind_of_text(file: Path, head: bytes) -> Kind:
    endings = {suffix.lower() for suffix in file.suffixes[-2:]}
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if start[:14].lower() == b"<!doctype html" or start[:5].lower() == b"<html":
        raise InputError(f"{file}: this is a web page, not a table; perhaps a login page was downloaded in its place.")
    if endings & {".parquet", ".pq"}:
        raise InputError(f"{file}: this is not a Parquet file, or it is damaged; export or download it again.")
    if endings & WORKBOOK_ENDINGS and b"\x00" in head:
        raise InputError(
            f"{file}: this is not an Excel or ODS workbook, or it is damaged; export or download it again."
        )
    if endings & JSON_ENDINGS or re.match(rb'(\[\s*)?\{\s*"', start):
        return "json"
    return "text"


def read_head(file: Path, size: int) -> bytes:
    """Return the first bytes of a file, unpacked where it is gzip."""
    try:
        with file.open("rb") as stream:
            head = stream.read(size)
        if not is_gzip(head):
            return head
        with gzip.open(file, "rb") as unpacked:
            return unpacked.read(size)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise InputError(f"{file}: the gzip file is damaged or cut off; export or download it again.") from error
    except OSError as error:
        raise InputError(f"{file}: cannot be read ({error.strerror}).") from error


def is_gzip(head: bytes) -> bool:
    """Return whether these first bytes are gzip's."""
    return head.startswith(b"\x1f\x8b")
