"""From data to files: analyse, render, save. What `segreport run` and `segreport.run` share."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from segreport.analysis import Memory, analyse
from segreport.archive import INDEX, save
from segreport.beside import Render
from segreport.history import Month, months_of
from segreport.pages import check
from segreport.pages import render as pages_of
from segreport.report import Report
from segreport.segments import check_dialect
from segreport.settings import ReportSettings, Settings
from segreport.sources import Data

__all__ = ["Memory", "run_to_files"]


def run_to_files(
    data: Data,
    out: Path,
    settings: Settings,
    *,
    today: dt.date,
    memory: Memory | None = None,
    progress: Callable[[str], None] = lambda _: None,
    render: Render | None = None,
) -> tuple[Report, list[Path]]:
    """Return the report on `data` and the paths written to OUT/<period>/; `progress` hears each step as it begins.

    Earlier months are looked for in OUT, unless `memory` says where. `render` begins the pages; None makes them here.
    """
    check(settings.report)
    check_dialect(settings.report.sql_dialect)
    with tempfile.TemporaryDirectory(prefix="segreport-") as workspace:
        where = memory or Memory(out)
        analysis = analyse(data, settings, today=today, workspace=Path(workspace), memory=where, progress=progress)
        progress("Drawing the charts and setting the pages" if settings.report.pages else "Saving")
        begin = render or (lambda *wanted: partial(pages_of, *wanted))
        others = _others(out, analysis.report.period, settings.report)
        # in a process beside, pages are drawn while the rest is saved
        pages = begin(analysis.report, settings.report, others, settings.email if settings.email.to else None)
        return analysis.report, save(analysis, pages, out, sql_dialect=settings.report.sql_dialect)


def _others(out: Path, period: str, settings: ReportSettings) -> list[Month] | None:
    """Return the other months in OUT for its index.html; None where there is none to be written, or to be kept true."""
    if "html" not in settings.formats and not (out / INDEX).exists():
        return None
    return [month for month in months_of(out)[0] if month.period != period]
