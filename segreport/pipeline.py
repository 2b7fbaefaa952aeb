"""From data to files: analyse, render, save. What `segreport run` and `segreport.run` share."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from segreport.analysis import analyse
from segreport.archive import save
from segreport.beside import Render
from segreport.pages import check
from segreport.pages import render as pages_of
from segreport.report import Report
from segreport.segments import check_dialect
from segreport.settings import Settings
from segreport.sources import Data


def run_to_files(
    data: Data,
    out: Path,
    settings: Settings,
    *,
    today: dt.date,
    progress: Callable[[str], None] = lambda _: None,
    render: Render | None = None,
) -> tuple[Report, list[Path]]:
    """Return the report on `data` and the paths written to OUT/<period>/; `progress` hears each step as it begins.

    `render` begins the pages; None makes them here.
    """
    check(settings.report)
    check_dialect(settings.report.sql_dialect)
    with tempfile.TemporaryDirectory(prefix="segreport-") as workspace:
        analysis = analyse(data, settings, today=today, workspace=Path(workspace), progress=progress)
        progress("Drawing the charts and setting the pages" if settings.report.pages else "Saving")
        begin = render or (lambda *wanted: partial(pages_of, *wanted))
        pages = begin(analysis.report, settings.report)  # in a process beside, they are drawn while the rest is saved
        return analysis.report, save(analysis, pages, out, sql_dialect=settings.report.sql_dialect)
