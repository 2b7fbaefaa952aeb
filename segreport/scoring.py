"""Customers given the segments of an earlier report, by its saved model: what `segreport score` does."""

from __future__ import annotations

import datetime as dt
import tempfile
from dataclasses import replace
from pathlib import Path

import ibis.expr.types as ir

from segreport.analysis import read_customers
from segreport.archive import replacing_file, write_named
from segreport.columns import Columns
from segreport.columns.choosing import match
from segreport.columns.parsing import parsed
from segreport.errors import InputError, SettingsError
from segreport.segments import Model, assign_nearest, load_model
from segreport.settings import ColumnSettings, Settings
from segreport.sources import Data, open_source


def score_to_file(model: Path, data: Data, out: Path, settings: Settings, *, today: dt.date) -> tuple[int, dt.date]:
    """Write the segment of every customer in `data` to `out` (.csv or .parquet).

    Return how many there are, and the day that days are counted to.

    `model` is a model.json or its folder. Days are counted to --as-of, else to the day after the latest date, but to
    none before the model's own. Raises InputError, and writes nothing, where the data lack what the model is made on.
    """
    if out.suffix not in {".csv", ".parquet"}:
        raise SettingsError(f"-o {out}: segments are written as .csv or .parquet; end the name with one of them.")
    path = model / "model.json" if model.is_dir() else model
    if out.exists() and any(Path(str(read)).exists() and out.samefile(str(read)) for read in (data, path)):
        raise SettingsError(f"-o {out}: that file is read here; name another one for the segments.")
    try:
        found = load_model(path.read_bytes(), name=str(path))
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or error}).") from error
    columns, as_of = (_of_orders if found.orders else _of_customers)(found, data, settings, today)
    dated = replace(found, recipe=replace(found.recipe, as_of=as_of))
    with tempfile.TemporaryDirectory(prefix="segreport-") as workspace:
        assigned = Path(workspace, "assigned.parquet")
        assign_nearest(dated, columns, assigned)
        try:
            with replacing_file(out) as fresh:
                count = write_named(assigned, dict(zip(found.ids, found.names, strict=True)), [fresh])
        except OSError as error:
            raise InputError(f"{out}: cannot be written ({error.strerror or error}).") from error
    return count, as_of


def _of_customers(model: Model, data: Data, settings: Settings, today: dt.date) -> tuple[Columns, dt.date]:
    """Return the customers of a table of customers, each input read as it was when the model was made."""
    source = open_source(data, settings.read)
    raw = source.table
    names = {column.name: match("feature", column.name, raw.columns) for column in model.inputs}
    typed = {column.name: parsed(raw[names[column.name]], column.parse) for column in model.inputs}
    table = raw.select(**{model.id: raw[match("id", model.id, raw.columns)], **typed})
    days = [column.name for column in model.inputs if column.parse.kind == "date"]
    counts = {f"raw{i}": raw[name].count() for i, name in enumerate(names.values())}
    read = {f"read{i}": table[name].count() for i, name in enumerate(names)}
    latest = {name: table[name].max().cast("date") for name in days}
    key = raw[match("id", model.id, raw.columns)]
    seen = {
        **raw.aggregate(ids=key.nunique(), known=key.count()).to_pyarrow().to_pylist()[0],
        **raw.aggregate(**counts).to_pyarrow().to_pylist()[0],
        **table.aggregate(rows=table.count(), **read, **latest).to_pyarrow().to_pylist()[0],
    }
    if seen["ids"] < seen["rows"]:
        what = "repeats" if seen["known"] == seen["rows"] else "is missing in some rows"
        raise InputError(f"{source.name}: the column {model.id!r}, which names customers, {what}; give each one row.")
    for i, column in enumerate(model.inputs):
        if seen[f"raw{i}"] and not seen[f"read{i}"]:
            raise InputError(
                f"{source.name}: no value of {column.name!r} is a {column.parse.kind}, as the model needs."
            )
    until = max([_day(model.until), *(seen[n] + dt.timedelta(days=1) for n in days if seen[n] and seen[n] <= today)])
    told = settings.report.as_of
    columns = _bare(model, table, seen["rows"])
    return columns, (told.date() if isinstance(told, dt.datetime) else told) or until


def _of_orders(model: Model, data: Data, settings: Settings, today: dt.date) -> tuple[Columns, dt.date]:
    """Return the customers behind a table of orders, made as they were made for the model."""
    asked = settings.model_copy(update={"columns": ColumnSettings(rows="orders"), "orders": model.orders})
    try:
        customers = read_customers(data, asked, today=today)
    except InputError as error:
        raise InputError(
            f"the model was made of order lines of several customers, and the data cannot be read like them ({error})"
        ) from error
    until = dt.datetime.fromisoformat(model.until)
    if settings.report.as_of is None and customers.until < until:
        report = asked.report.model_copy(update={"as_of": until})
        customers = read_customers(data, asked.model_copy(update={"report": report}), today=today)
    columns = customers.columns
    lacking = [column.label for column in model.inputs if column.name not in columns.table.columns]
    if lacking:
        raise InputError(f"{customers.source.name}: “{lacking[0]}”, which the model needs, cannot be made of it.")
    return _bare(model, columns.table.rename({model.id: columns.id}), columns.customers), customers.as_of


def _bare(model: Model, table: ir.Table, rows: int) -> Columns:
    """Return the columns that assigning needs, of a table that was not looked through."""
    return Columns(
        all=model.inputs,
        table=table,
        id=model.id,
        rows=rows,
        duplicates=0,
        customers=rows,
        latest=None,
        value=(),
        notes=(),
    )


def _day(moment: str) -> dt.date:
    return dt.datetime.fromisoformat(moment).date()
