"""The files of a run: OUT/<period>/, whole or not at all."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from itertools import chain
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq

from segreport.analysis import Analysis
from segreport.errors import InputError
from segreport.segments import segments_sql

MOST_CSV_ROWS = 1_000_000
BATCH = 500_000
FILES = {
    "report.html", "report.pdf", "report.json", "model.json", "segments.sql", "assignments.parquet", "assignments.csv",
    "inputs.parquet", "movers.csv", "email.html", "email.txt",
}  # fmt: skip
"""The files a run may leave; a folder that holds others is not ours to replace."""
INDEX = "index.html"
"""The list of months, which stands beside their folders."""
WORDS = ["segment_id", "segment"]  # the other columns hardly repeat a value


def save(analysis: Analysis, pages: Callable[[], dict[str, bytes]], out: Path, *, sql_dialect: str) -> list[Path]:
    """Write the run's files to OUT/<period>/, replacing an earlier run of that period, and return their paths.

    `pages` is asked last for the pages, file name -> content. Everything is written beside the old folder
    first; until all of it is there, the old one stays. Raises InputError where OUT cannot be written or the
    period's folder holds other files.
    """
    _check_ours(out / analysis.report.period)
    try:
        with _replacing(out / analysis.report.period) as folder:
            (folder / "report.json").write_bytes(analysis.report.to_json())
            (folder / "model.json").write_bytes(analysis.model.to_json())
            sql = segments_sql(
                analysis.model,
                analysis.raw,
                analysis.columns,
                dialect=sql_dialect,
                agree=analysis.agree,
                derive=analysis.derive,
            )
            (folder / "segments.sql").write_text(sql, encoding="utf-8")
            _write_customers(analysis, folder)
            drawn = pages()
            index = drawn.pop(INDEX, None)
            for name, content in drawn.items():
                (folder / name).write_bytes(content)
            names = sorted(path.name for path in folder.iterdir())
        if index:
            with replacing_file(out / INDEX) as fresh:
                fresh.write_bytes(index)
    except OSError as error:
        raise InputError(
            f"{out}: cannot be written ({error.strerror or error}); name another folder with -o."
        ) from error
    first = [name for name in ("report.html", "report.pdf") if name in names]
    written = [out / analysis.report.period / name for name in [*first, *(name for name in names if name not in first)]]
    return [*written, out / INDEX] if index else written


def _check_ours(folder: Path) -> None:
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise InputError(f"{folder} is no folder of reports; name another place with -o.")
    others = sorted(path.name for path in folder.iterdir() if path.name not in FILES) if folder.exists() else []
    if others:
        raise InputError(f"{folder} also holds {others[0]}, and a run replaces the whole folder; name another with -o.")


@contextmanager
def _replacing(folder: Path) -> Iterator[Path]:
    """Yield an empty folder that takes the place of `folder` when all went well, and vanishes when not."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    old = fresh.with_name(f"{fresh.name}-old")
    try:
        fresh.chmod(0o755)  # mkdtemp makes it private; a report is to be read by others
        yield fresh
        with _alone_in(folder.parent):
            if folder.exists():
                folder.rename(old)
            try:
                fresh.rename(folder)
            except OSError:
                if old.exists():
                    old.rename(folder)
                raise
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Hold the folder, so that two runs that end at once do not swap into each other."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _write_customers(analysis: Analysis, folder: Path) -> None:
    """Write every customer's segment, what the model saw of them, and who moved since last month."""
    names = {segment.id: segment.name for segment in analysis.report.segments}
    forms = ["parquet", "csv"] if pq.read_metadata(analysis.assignments).num_rows <= MOST_CSV_ROWS else ["parquet"]
    write_named(analysis.assignments, names, [folder / f"assignments.{form}" for form in forms])
    if analysis.movers:
        analysis.movers(folder / "movers.csv")
    shutil.move(analysis.inputs, folder / "inputs.parquet")


@contextmanager
def replacing_file(place: Path) -> Iterator[Path]:
    """Yield a path, of the same ending, that takes the place of a file when all went well, and vanishes when not."""
    place.parent.mkdir(parents=True, exist_ok=True)
    fresh = place.with_name(f".{place.stem}-{os.getpid()}{place.suffix}")
    try:
        yield fresh
        fresh.replace(place)
    finally:
        fresh.unlink(missing_ok=True)


def write_named(source: Path, names: Mapping[str, str], paths: Sequence[Path]) -> int:
    """Write assignments (Parquet: id, segment_id, …) with each segment's name beside its id; return how many there are.

    Each path is a .parquet or .csv file.
    """
    assigned = pq.ParquetFile(source)
    batches = (_named(batch, names) for batch in assigned.iter_batches(BATCH))
    first = next(batches, None) or _named(pa.RecordBatch.from_pylist([], assigned.schema_arrow), names)
    with ExitStack() as files:
        writers = [files.enter_context(_writer(path, first.schema)) for path in paths]
        for batch in chain([first], batches):
            for writer in writers:
                writer.write_table(batch)
    return int(assigned.metadata.num_rows)


def _writer(path: Path, schema: pa.Schema) -> pq.ParquetWriter | pc.CSVWriter:
    if path.suffix == ".csv":
        return pc.CSVWriter(path, schema)
    return pq.ParquetWriter(path, schema, compression="zstd", use_dictionary=WORDS)


def _named(batch: pa.RecordBatch, names: Mapping[str, str]) -> pa.Table:
    """Return a batch with each segment's name beside its id."""
    ids = batch.column("segment_id").dictionary_encode()
    words = pa.array([names[ident] for ident in ids.dictionary.to_pylist()], pa.string())
    segment = pa.DictionaryArray.from_arrays(ids.indices, words).cast(pa.string())
    return pa.Table.from_batches([batch]).add_column(2, "segment", segment)
