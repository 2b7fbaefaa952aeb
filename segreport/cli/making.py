"""The commands that make things: a report, a settings file, an example shop."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal

import click

from segreport.cli.choices import SETTINGS_FILE, file_of, read_settings, settings_from, settings_option, today
from segreport.cli.months import dated, month_of
from segreport.cli.options import comparing, forming, reading, showing, telling_rows
from segreport.cli.posting import check_ready, mail
from segreport.cli.terminal import show, summary_of, telling
from segreport.errors import SegreportError


@click.command(short_help="Write the report on DATA.")
@click.argument("data")
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("out"),
    show_default=True,
    help="Folder for the reports; this one goes to OUT/<period>/.",
)
@settings_option
@reading
@telling_rows
@forming
@comparing
@showing
@click.option("--send", is_flag=True, help="Mail the report when it is done, as `segreport send` does.")
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but errors.")
@click.option("--json", "as_json", is_flag=True, help="Print a summary as JSON, for scripts.")
def run(
    data: str,
    out: Path,
    settings: Path | None,
    *,
    previous: Path | None,
    no_previous: bool,
    send: bool,
    quiet: bool,
    as_json: bool,
    **flags: Any,
) -> None:
    """Write the report on DATA to OUT/<period>/, and compare it with the latest earlier month there.

    DATA holds customers, one a row, or order lines: a CSV, TSV, Parquet, JSON lines or Excel file, a folder or
    quoted glob of them, or a DuckDB or SQLite file. Flags win over the settings file, and that over the defaults.
    """
    from segreport.beside import rendering_beside

    if previous and no_previous:
        raise click.UsageError("--previous and --no-previous exclude one another; give one of them.")
    path = file_of(settings)
    chosen = dated(read_settings(path, {**flags, "period": month_of(flags["period"], today())}), flags["period"])
    if send:
        check_ready(chosen)
    with telling(quiet=quiet or as_json) as tell, rendering_beside(chosen.report) as render:
        from segreport.pipeline import Memory, run_to_files  # only now: the other process is to start first

        if path:
            tell(f"Using {path}")
        try:
            memory = Memory(None if no_previous else out, previous)
            report, written = run_to_files(
                data, out, chosen, today=today(), memory=memory, progress=tell, render=render
            )
        except SegreportError as error:
            if path is None:
                raise
            raise type(error)(f"{error} Some settings came from {path}.") from error
    if as_json:
        click.echo(json.dumps(summary_of(report, written), indent=1, ensure_ascii=False))
    elif not quiet:
        show(report, written)
    if send:
        mail(out / report.period, chosen, quiet=quiet or as_json)


@click.command(short_help="Write segreport.toml with what DATA holds.")
@click.argument("data")
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path(SETTINGS_FILE),
    show_default=True,
    help="File to write.",
)
@reading
@telling_rows
@click.option("--force", is_flag=True, help="Replace an existing file.")
def init(data: str, out: Path, force: bool, **flags: Any) -> None:
    """Write a commented settings file for DATA: every setting, its default, and what each column was taken for."""
    from segreport.blueprint import settings_file

    if out.exists() and not force:
        raise SegreportError(f"{out} exists already; replace it with --force, or name another file with -o.")
    text = settings_file(data, settings_from({}, flags), today=today())
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise SegreportError(f"{out}: cannot be written ({error.strerror}).") from error
    click.echo(f"Wrote {out}")


@click.command(short_help="Make an example shop's orders, or its customers.")
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File to write (.csv or .parquet).  [default: orders.csv, or customers.csv]",
)
@click.option(
    "--table",
    type=click.Choice(["orders", "customers"]),
    default="orders",
    show_default=True,
    help="One row an order line, or one row a customer.",
)
@click.option("--customers", type=click.IntRange(min=1), default=4000, show_default=True, help="How many customers.")
@click.option(
    "--seed", type=click.IntRange(min=0), default=7, show_default=True, help="The same seed makes the same shop."
)
def example(out: Path | None, table: Literal["orders", "customers"], customers: int, seed: int) -> None:
    """Make an example shop's table to try segreport on: synthetic, and no tidier than a real one."""
    from segreport.example import make_shop

    path = out or Path(f"{table}.csv")
    make_shop(path, table=table, customers=customers, seed=seed)
    click.echo(f"Wrote {path}")
