"""What a call has chosen: the settings file, the flags that go before it, and the day."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from segreport.errors import FlagError

if TYPE_CHECKING:
    from segreport.settings import Settings

SETTINGS_FILE = "segreport.toml"

settings_option = click.option(
    "-s",
    "--settings",
    type=click.Path(path_type=Path, dir_okay=False),
    help=f"Settings file; {SETTINGS_FILE} in this folder is read by itself.",
)


def file_of(settings: Path | None) -> Path | None:
    """Return the settings file that was named, else the one in this folder, if there is one."""
    return settings or (Path(SETTINGS_FILE) if Path(SETTINGS_FILE).is_file() else None)


def read_settings(path: Path | None, flags: dict[str, Any]) -> Settings:
    """Return the settings of a file (None: no file), overridden by the flags."""
    from segreport.settings import load_settings

    return settings_from(load_settings(path) if path else {}, flags, where=str(path or "settings"))


def settings_from(file: dict[str, Any], flags: dict[str, Any], *, where: str = "settings") -> Settings:
    """Return the settings of file and flags; a flag that cannot be used is wrong usage."""
    from segreport.settings import merge

    try:
        return merge(file, flags, where=where)
    except FlagError as error:
        raise click.UsageError(str(error)) from error


def today() -> dt.date:
    """Return the user's own day."""
    return dt.date.today()  # noqa: DTZ011 - the user's own day
