"""From data to files: analyse, draw, render, save. What `segreport run` and `segreport.run` share."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Callable
from pathlib import Path

from segreport.analysis import analyse
from segreport.archive import save
from segreport.pages import draw, render_html, render_pdf
from segreport.report import Report
from segreport.settings import Settings
from segreport.sources import Data


def run_to_files(
    data: Data, out: Path, settings: Settings, *, today: dt.date, progress: Callable[[str], None] = lambda _: None
) -> tuple[Report, list[Path]]:
    """Return the report on `data` and the paths written to OUT/<period>/; `progress` hears each step as it begins."""
    with tempfile.TemporaryDirectory(prefix="segreport-") as workspace:
        analysis = analyse(data, settings, today=today, workspace=Path(workspace), progress=progress)
        pages: dict[str, bytes] = {}
        wanted = [form for form in ("html", "pdf") if form in settings.report.formats]
        if wanted:
            progress("Drawing the charts")
            charts = draw(analysis.report, settings.report)
        if "html" in wanted:
            progress("Writing the HTML report")
            pages["report.html"] = render_html(analysis.report, charts, settings.report).encode()
        if "pdf" in wanted:
            progress("Setting the PDF")
            pages["report.pdf"] = render_pdf(analysis.report, charts, settings.report)
        progress("Saving")
        return analysis.report, save(analysis, pages, out, sql_dialect=settings.report.sql_dialect)
