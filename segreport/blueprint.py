"""The settings file that `segreport init` writes: every setting, its default, and what each column was taken for."""

from __future__ import annotations

import datetime as dt
import json

import jinja2

from segreport.columns import columns_of, survey
from segreport.orders import Orders, holds_orders, read_orders
from segreport.settings import OrderSettings, Settings
from segreport.shipped import template_folders
from segreport.sources import Data, open_source
from segreport.wording import Wording

WIDTH = 42
"""Characters of a setting, so that the comments behind them stand in one column."""


def settings_file(data: Data, settings: Settings, *, today: dt.date) -> str:
    """Return segreport.toml for `data`, with what `settings` say of it; raises InputError where it cannot be read."""
    source = open_source(data, settings.read)
    surveyed = survey(source.table, settings.columns, decimal=settings.read.decimal, today=today, name=source.name)
    is_orders = holds_orders(surveyed, settings.orders)
    orders = read_orders(surveyed, settings.orders, as_of=None, wording=Wording()) if is_orders else None
    columns = orders.columns if orders else columns_of(surveyed, prepare="auto")
    template = _environment().get_template("segreport.toml.j2")
    return template.render(
        name=source.name,
        settings=settings,
        columns=columns,
        id=columns.id if columns.id in source.table.columns else None,
        facts=orders.facts if orders else None,
        parts=_parts(orders) if orders else {},
        as_of=_as_of(orders) if orders else "2026-10-31",
    )


def _parts(orders: Orders) -> dict[str, tuple[str, str]]:
    """Return the columns that make an order and why they do, by the names of their settings."""
    found = {part: (name, why) for name, part, why in orders.facts.roles}
    return {key: found[key] for key in OrderSettings.model_fields if key in found}


def _as_of(orders: Orders) -> str:
    """Return the moment that days are counted to, as TOML writes it."""
    return orders.as_of.isoformat() if orders.facts.timed else orders.as_of.date().isoformat()


def _environment() -> jinja2.Environment:
    env = jinja2.Environment(
        loader=jinja2.FileSystemLoader(template_folders()),
        autoescape=False,  # noqa: S701 - a TOML file, not a page
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    env.filters |= {"toml": _toml, "comment": _comment, "beside": _beside, "count": Wording().count}
    return env


def _toml(value: object) -> str:
    """Return a text, a number or a list of them as TOML: JSON, but for one letter that only JSON leaves as it is."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _comment(text: str) -> str:
    """Return a text on one line, without letters that no comment may hold."""
    return "".join(letter for letter in " ".join(text.split()) if letter.isprintable())


def _beside(setting: str, text: str) -> str:
    """Return a line with a setting and, in the column of comments, what it means."""
    return f"{setting:<{WIDTH}} # {_comment(text)}"
