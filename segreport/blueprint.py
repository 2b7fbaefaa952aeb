"""The settings file that `segreport init` writes: every setting, its default, and what each column was taken for."""

from __future__ import annotations

import datetime as dt
import json

import jinja2

from segreport.columns import read_columns
from segreport.settings import Settings
from segreport.shipped import template_folders
from segreport.sources import Data, open_source
from segreport.wording import Wording


def settings_file(data: Data, settings: Settings, *, today: dt.date) -> str:
    """Return segreport.toml for `data`; raises InputError where it cannot be read."""
    source = open_source(data, settings.read)
    columns = read_columns(
        source.table, settings.columns, prepare="auto", decimal=settings.read.decimal, today=today, name=source.name
    )
    env = jinja2.Environment(
        loader=jinja2.FileSystemLoader(template_folders()),
        autoescape=False,  # noqa: S701 - a TOML file, not a page
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    env.filters["tojson"] = lambda value: json.dumps(value, ensure_ascii=False)
    return env.get_template("segreport.toml.j2").render(
        name=source.name,
        customers=Wording().count(columns.customers),
        id=columns.id if columns.id in source.table.columns else None,
        value=list(columns.value),
        columns=columns.all,
    )
