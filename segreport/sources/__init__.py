"""Reading: whatever holds the customers (a file, a folder, a database, a data frame) becomes one Ibis table.

Files and frames are read into an embedded DuckDB once; Parquet and DuckDB files are looked at where they lie, and
Ibis tables of any engine are taken as they are. Text is not interpreted here: every column of a text file is text,
and columns.py makes numbers and dates of it.
"""

from __future__ import annotations

from os import PathLike
from typing import Any, TypeAlias

from segreport.settings import ReadSettings
from segreport.sources.source import Source

__all__ = ["Data", "Source", "open_source"]

Data: TypeAlias = Any
"""A path (file, folder or glob), or a pandas, Polars, Arrow or Ibis table: not spelt out, so that none is imported."""


def open_source(data: Data, read: ReadSettings) -> Source:
    """Return `data` as a Source with at least one row; raise InputError where it cannot be read."""
    # heavy imports: the command line imports this module for --help
    from segreport.sources.frames import open_frame, open_ibis
    from segreport.sources.loading import open_files

    if isinstance(data, str | PathLike):
        return open_files(str(data), read)
    if type(data).__module__.split(".")[0] == "ibis":
        return open_ibis(data, read)
    return open_frame(data, read)
