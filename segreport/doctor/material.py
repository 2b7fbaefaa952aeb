"""What a run works on: the settings, the templates, the data, and the months before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from pathlib import Path

from segreport.errors import InputError, SettingsError
from segreport.settings import ReportSettings, Settings
from segreport.sources import Data
from segreport.wording import Wording

AFTER_ALL = "9999-12"
"""After every month there is, so that the latest of all is found."""
HARMLESS = {"previous_schema"}
"""What an update of segreport brings about once, and nobody need mend."""


def understood(settings: Settings) -> str:
    """Return how many settings are given; all of them must be such that can be used."""
    from segreport.pages import check
    from segreport.segments import check_dialect

    check(settings.report)
    check_dialect(settings.report.sql_dialect)
    for language in (settings.report.language, *(one.language for one in settings.email.to if one.language)):
        Wording(language)
    given = sum(len(section) for section in settings.model_dump(exclude_unset=True).values())
    return f"{given} given, the others have their defaults" if given else "all have their defaults"


def templates(settings: ReportSettings) -> str:
    """Return how many templates there are, and which are the user's: they must read as templates and replace ours."""
    import jinja2

    from segreport.shipped import template_folders

    folders = [folder for folder in (settings.template, *template_folders()) if folder]
    names = sorted({path.name for folder in folders for path in folder.glob("*.j2")})
    for name in names:
        try:
            jinja2.Environment(autoescape=True).parse(_first(name, folders).read_text(encoding="utf-8"))
        except jinja2.TemplateSyntaxError as error:
            raise SettingsError(f"template {name}, line {error.lineno}: {error.message}.") from error
        except UnicodeDecodeError as error:
            raise SettingsError(f"template {name} is not UTF-8; save it as UTF-8.") from error
    own = _replaced(settings.template) if settings.template else []
    return f"{len(names)}, of which {', '.join(own)} yours" if own else f"the {len(names)} that come with segreport"


def _first(name: str, folders: Iterable[Path]) -> Path:
    return next(folder / name for folder in folders if (folder / name).is_file())


def _replaced(folder: Path) -> list[str]:
    """Return which of our files those in the folder replace; raise SettingsError where none does."""
    from segreport.shipped import template_folders

    ours = {str(path.relative_to(place)) for place in template_folders() for path in place.rglob("*")}
    theirs = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    if not ours & theirs:
        raise SettingsError(
            f"--template {folder}: none of its files has the name of one of ours, so it changes nothing."
        )
    return sorted(ours & theirs)


def readable(data: Data, settings: Settings, today: dt.date) -> str:
    """Return what the data hold, read as a run reads them, without forming segments."""
    from segreport.analysis import read_customers

    customers, wording = read_customers(data, settings, today=today), Wording()
    columns = f"{wording.count(len(customers.source.table.columns))} columns"
    people = f"{wording.count(customers.columns.customers)} customers"
    counted = f"days are counted to {wording.date(customers.as_of)}"
    if customers.orders:
        lines = f"{wording.count(customers.orders.facts.lines)} order lines"
        return f"{customers.source.name}: {lines} of {people}, {columns}; {counted}"
    return f"{customers.source.name}: {wording.count(customers.columns.rows)} rows, {people}, {columns}; {counted}"


def months(out: Path) -> str:
    """Return the month that the next one will be compared with; all its files must be there and readable."""
    from segreport.history import recall, unreadable

    past, wording = recall(out, None, AFTER_ALL), Wording()
    problems = past.problems if past else unreadable(out, AFTER_ALL)
    bad = [problem.text for problem in problems if problem.code not in HARMLESS]
    if bad:
        raise InputError(bad[0] if len(bad) == 1 else f"{bad[0]} And {len(bad) - 1} more such.")
    if past is None:
        return f"none in {out}; the first report is compared with nothing"
    month, kept = past.month, len(past.months)
    others = f" and {kept - 1} before it" if kept > 1 else ""
    return f"{wording.month(month.period)}{others}, {wording.count(month.customers)} customers"
