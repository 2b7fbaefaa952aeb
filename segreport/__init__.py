"""segreport: from customers or raw orders to a segment report that marketing acts on.

import segreport
report = segreport.build_report("customers.csv", feature=["age", "spend"])   # shows itself in a notebook
segreport.run("customers.csv", "out", title="Our customers")                  # writes out/<period>/report.html …
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from segreport.report import Report
    from segreport.sources import Data

__version__ = "0.1.0"
__all__ = ["build_report", "run"]


def build_report(data: Data, **choices: Any) -> Report:
    """Return the Report on a file, a pandas, Polars or Arrow frame, or an Ibis table.

    `choices` are the command line's flags by name: feature=["age", "spend"], k=5, title="…". Raises
    SegreportError where the data or a choice cannot be used.
    """
    import datetime as dt
    import tempfile
    from pathlib import Path

    from segreport.analysis import analyse
    from segreport.settings import settings_of

    with tempfile.TemporaryDirectory(prefix="segreport-") as workspace:
        return analyse(data, settings_of(**choices), today=dt.date.today(), workspace=Path(workspace)).report  # noqa: DTZ011 - the user's own day


def run(data: Data, out: str | Path, **choices: Any) -> list[Path]:
    """Write the report on `data` to OUT/<period>/, as `segreport run` does, and return the paths written."""
    import datetime as dt
    from pathlib import Path

    from segreport.pipeline import run_to_files
    from segreport.settings import settings_of

    return run_to_files(data, Path(out), settings_of(**choices), today=dt.date.today())[1]  # noqa: DTZ011 - the user's own day
