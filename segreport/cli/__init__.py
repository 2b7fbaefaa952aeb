"""The command line: the only room that prints, prompts, reads the clock or exits."""

from __future__ import annotations

import atexit
import datetime as dt
import gc
import io
import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from segreport import __version__
from segreport.cli.terminal import show, summary_of, telling
from segreport.errors import FlagError, SegreportError

if TYPE_CHECKING:
    from segreport.settings import Settings

SETTINGS_FILE = "segreport.toml"


def main() -> None:
    """Run the command line; every expected problem ends as one sentence, exit 1 (2 where the call was wrong)."""
    _prepare_process()
    try:
        cli.main(standalone_mode=False)
    except click.exceptions.Exit as stop:
        sys.exit(stop.exit_code)
    except click.UsageError as error:
        error.show()
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        sys.exit("Stopped.")
    except SegreportError as error:
        sys.exit(f"segreport: {error}")
    except BrokenPipeError:
        os._exit(0)  # `| head` has seen enough: what is printed at length comes when all is written
    except Exception as error:
        if os.environ.get("SEGREPORT_DEBUG"):
            raise
        said = str(error).partition("\n")[0]
        sys.exit(
            f"segreport: an error of its own ({type(error).__name__}: {said}). "
            "Run again with SEGREPORT_DEBUG=1 and send us what it prints."
        )


def _prepare_process() -> None:
    """Set what holds for the whole process: garbage, signals, and letters the terminal does not have."""
    gc.set_threshold(100_000, 50, 100)  # a short life makes little garbage: looking for it took a tenth of a small run,
    atexit.register(gc.freeze)  # and so did looking for it once more at the end
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a missing letter must not undo a finished run
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) == signal.SIG_DFL:  # under nohup it is not
            signal.signal(number, _stop)


def _stop(number: int, _frame: object) -> None:
    """End as on any error, so that nothing half-written stays behind."""
    raise SystemExit(128 + number)


def _words(_context: click.Context, _parameter: click.Parameter, value: str | None) -> tuple[str, ...] | None:
    """Read "a,b,c" as three words."""
    return tuple(word.strip() for word in value.split(",")) if value else None


def _roles(_context: click.Context, _parameter: click.Parameter, value: tuple[str, ...]) -> dict[str, str]:
    """Read COLUMN=ROLE pairs; the last "=" separates, since a column's name may hold one."""
    pairs = [pair.rpartition("=") for pair in value]
    if any(not name for name, _, _ in pairs):
        raise click.BadParameter("write COLUMN=ROLE, for example --role 'Zip=category'.")
    return {name: role for name, _, role in pairs}


READING = (
    click.option("--names", callback=_words, metavar="A,B,C", help="Column names, for a file without a header."),
    click.option("--sheet", help="Sheet of a workbook."),
    click.option("--query", metavar="SQL", help="What to read from a DuckDB or SQLite file."),
    click.option("--delimiter", help="Field separator of a text file, if it is not found out rightly."),
    click.option("--encoding", help="Encoding of a text file, for example cp850."),
    click.option("--decimal", type=click.Choice([".", ","]), help="Decimal sign, where the data leave it open."),
)


def _reading(command: Callable[..., None]) -> Callable[..., None]:
    """Add the flags that say how a file is read."""
    for option in reversed(READING):
        command = option(command)
    return command


ROWS = (
    click.option("--id", metavar="COLUMN", help="The column that names customers."),
    click.option(
        "--rows", type=click.Choice(["customers", "orders"]), help="What a row is, if it is not found out rightly."
    ),
    click.option("--customer", metavar="COLUMN", help="Orders: the column that names the customer."),
    click.option("--date", metavar="COLUMN", help="Orders: the column that says when."),
    click.option("--amount", metavar="COLUMN", help="Orders: what a line is worth (else quantity x price)."),
    click.option("--quantity", metavar="COLUMN", help="Orders: how many were bought; below zero is a return."),
    click.option("--price", metavar="COLUMN", help="Orders: the price of one."),
    click.option("--order", metavar="COLUMN", help="Orders: the number of the order or invoice."),
    click.option("--product", metavar="COLUMN", help="Orders: the product bought."),
    click.option("--category", metavar="COLUMN", help="Orders: the product's category."),
    click.option(
        "--returns",
        type=click.Choice(["net", "drop", "keep"]),
        help="Orders: subtract returned goods, leave them out, or take them as ordinary lines.  [default: net]",
    ),
    click.option(
        "--repeats",
        type=click.Choice(["keep", "drop"]),
        help="Orders: what is done with lines that repeat another one exactly.  [default: keep]",
    ),
)


def _telling_rows(command: Callable[..., None]) -> Callable[..., None]:
    """Add the flags that say what a row is and, of orders, which columns make them."""
    for option in reversed(ROWS):
        command = option(command)
    return command


EXAMPLES = """\b
segreport example -o orders.csv     make an example shop's orders to try it on
segreport run orders.csv -o out     write out/<period>/report.html, report.pdf and more
segreport init orders.csv           write segreport.toml with what was found, to edit
"""


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110}, epilog=EXAMPLES)
@click.version_option(__version__, message="segreport %(version)s")
def cli() -> None:
    """From customers or raw orders to a segment report that marketing acts on."""


@cli.command(short_help="Write the report on DATA.")
@click.argument("data")
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("out"),
    show_default=True,
    help="Folder for the reports; this one goes to OUT/<period>/.",
)
@click.option(
    "-s",
    "--settings",
    type=click.Path(path_type=Path, dir_okay=False),
    help=f"Settings file; {SETTINGS_FILE} in this folder is read by itself.",
)
@_reading
@_telling_rows
@click.option(
    "--feature",
    multiple=True,
    metavar="COLUMN",
    help="Cluster on this column (repeat; default: all numbers and dates).",
)
@click.option("--describe", multiple=True, metavar="COLUMN", help="Use this column only to describe segments (repeat).")
@click.option("--exclude", multiple=True, metavar="COLUMN", help="Leave this column out (repeat).")
@click.option(
    "--value", multiple=True, metavar="COLUMN", help="What a customer is worth; several are added up (repeat)."
)
@click.option(
    "--role",
    multiple=True,
    callback=_roles,
    metavar="COLUMN=ROLE",
    help="Set a role: id, date, amount, number, category, flag, text or personal (repeat).",
)
@click.option("--k", type=int, metavar="N", help="Make so many segments instead of choosing.")
@click.option("--k-range", metavar="A-B", help="Numbers of segments to try.  [default: 2-10; 3-8 for orders]")
@click.option(
    "--choose-by",
    type=click.Choice(["consensus", "silhouette", "elbow"]),
    help="How the number of segments is chosen.  [default: consensus]",
)
@click.option(
    "--min-share", type=float, metavar="SHARE", help="Smallest share of customers a segment may have.  [default: 0.02]"
)
@click.option(
    "--method", type=click.Choice(["kmeans", "ward", "bisecting"]), help="Clustering method.  [default: kmeans]"
)
@click.option(
    "--prepare",
    type=click.Choice(["auto", "plain"]),
    help="plain: only fill gaps and standardise; number codes named with --feature count as numbers.  [default: auto]",
)
@click.option("--seed", type=int, help="Seed of everything random.  [default: 0]")
@click.option("--title", help="Title of the report.")
@click.option("--brand", help="Company name.")
@click.option("--logo", type=click.Path(path_type=Path, dir_okay=False), help="Logo: PNG, JPEG or SVG.")
@click.option("--colour", "--color", metavar="#RRGGBB", help="Brand colour.")
@click.option(
    "--language", metavar="CODE", help="How numbers and dates are written: en, de, fr, es, pt_BR …  [default: en]"
)
@click.option("--currency", metavar="ISO", help="Currency of amounts: EUR, USD …")
@click.option("--paper", type=click.Choice(["A4", "Letter"]), help="Paper of the PDF.  [default: A4]")
@click.option(
    "--template",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder whose templates replace ours, file by file.",
)
@click.option(
    "--format",
    "formats",
    callback=_words,
    metavar="html,pdf,json",
    help="What to write; json alone draws nothing.  [default: html,pdf]",
)
@click.option(
    "--sql-dialect", help="Dialect of segments.sql: duckdb, postgres, bigquery, snowflake …  [default: duckdb]"
)
@click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S"]),
    metavar="DATE",
    help="Day (or 'day hour:minute') that days are counted to; orders from then on do not count."
    "  [default: one day after the latest date in the data]",
)
@click.option(
    "--period", metavar="YYYY-MM", help="Month of the report.  [default: the month of the last day before --as-of]"
)
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but errors.")
@click.option("--json", "as_json", is_flag=True, help="Print a summary as JSON, for scripts.")
def run(data: str, out: Path, settings: Path | None, quiet: bool, as_json: bool, **flags: Any) -> None:
    """Write the report on DATA to OUT/<period>/.

    DATA holds customers, one a row, or order lines: a CSV, TSV, Parquet, JSON lines or Excel file, a folder or
    quoted glob of them, or a DuckDB or SQLite file. Flags win over the settings file, and that over the defaults.
    """
    from segreport.beside import rendering_beside
    from segreport.settings import load_settings

    path = settings or (Path(SETTINGS_FILE) if Path(SETTINGS_FILE).is_file() else None)
    chosen = _settings(load_settings(path) if path else {}, flags, where=str(path or "settings"))
    with telling(quiet=quiet or as_json) as tell, rendering_beside(chosen.report) as render:
        from segreport.pipeline import run_to_files  # only now: the other process is to start first

        if path:
            tell(f"Using {path}")
        try:
            report, written = run_to_files(data, out, chosen, today=_today(), progress=tell, render=render)
        except SegreportError as error:
            if path is None:
                raise
            raise type(error)(f"{error} Some settings came from {path}.") from error
    if as_json:
        click.echo(json.dumps(summary_of(report, written), indent=1, ensure_ascii=False))
    elif not quiet:
        show(report, written)


@cli.command(short_help="Write segreport.toml with what DATA holds.")
@click.argument("data")
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path(SETTINGS_FILE),
    show_default=True,
    help="File to write.",
)
@_reading
@_telling_rows
@click.option("--force", is_flag=True, help="Replace an existing file.")
def init(data: str, out: Path, force: bool, **flags: Any) -> None:
    """Write a commented settings file for DATA: every setting, its default, and what each column was taken for."""
    from segreport.blueprint import settings_file

    if out.exists() and not force:
        raise SegreportError(f"{out} exists already; replace it with --force, or name another file with -o.")
    text = settings_file(data, _settings({}, flags), today=_today())
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise SegreportError(f"{out}: cannot be written ({error.strerror}).") from error
    click.echo(f"Wrote {out}")


@cli.command(short_help="Make an example shop's orders, or its customers.")
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


def _settings(file: dict[str, Any], flags: dict[str, Any], *, where: str = "settings") -> Settings:
    """Return the settings of file and flags; a flag that cannot be used is wrong usage."""
    from segreport.settings import merge

    try:
        return merge(file, flags, where=where)
    except FlagError as error:
        raise click.UsageError(str(error)) from error


def _today() -> dt.date:
    return dt.date.today()  # noqa: DTZ011 - the user's own day
