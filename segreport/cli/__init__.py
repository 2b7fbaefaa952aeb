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
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from segreport import __version__
from segreport.cli.options import as_of, comparing, forming, reading, showing, telling_rows
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
@reading
@telling_rows
@forming
@comparing
@showing
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but errors.")
@click.option("--json", "as_json", is_flag=True, help="Print a summary as JSON, for scripts.")
def run(
    data: str,
    out: Path,
    settings: Path | None,
    previous: Path | None,
    no_previous: bool,
    quiet: bool,
    as_json: bool,
    **flags: Any,
) -> None:
    """Write the report on DATA to OUT/<period>/, and compare it with the latest earlier month there.

    DATA holds customers, one a row, or order lines: a CSV, TSV, Parquet, JSON lines or Excel file, a folder or
    quoted glob of them, or a DuckDB or SQLite file. Flags win over the settings file, and that over the defaults.
    """
    from segreport.beside import rendering_beside
    from segreport.settings import load_settings

    if previous and no_previous:
        raise click.UsageError("--previous and --no-previous exclude one another; give one of them.")
    path = settings or (Path(SETTINGS_FILE) if Path(SETTINGS_FILE).is_file() else None)
    chosen = _settings(load_settings(path) if path else {}, flags, where=str(path or "settings"))
    with telling(quiet=quiet or as_json) as tell, rendering_beside(chosen.report) as render:
        from segreport.pipeline import Memory, run_to_files  # only now: the other process is to start first

        if path:
            tell(f"Using {path}")
        try:
            memory = Memory(None if no_previous else out, previous)
            report, written = run_to_files(
                data, out, chosen, today=_today(), memory=memory, progress=tell, render=render
            )
        except SegreportError as error:
            if path is None:
                raise
            raise type(error)(f"{error} Some settings came from {path}.") from error
    if as_json:
        click.echo(json.dumps(summary_of(report, written), indent=1, ensure_ascii=False))
    elif not quiet:
        show(report, written)


@cli.command(short_help="Give customers the segments of an earlier report.")
@click.argument("model", type=click.Path(path_type=Path))
@click.argument("data")
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="File to write (.csv or .parquet).",
)
@reading
@as_of
def score(model: Path, data: str, out: Path, **flags: Any) -> None:
    """Write the segment of every customer in DATA, by the MODEL of an earlier report: its model.json, or its folder.

    DATA holds what the report was made on, for the same customers or for others: customers where that had customers,
    order lines where it had those.
    """
    from segreport.scoring import score_to_file

    count = score_to_file(model, data, out, _settings({}, flags), today=_today())
    click.echo(f"Wrote {out} ({count:,} customers)")


@cli.command(short_help="List the customers who changed segment.")
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--from", "source", metavar="SEGMENT", help="Only those who left this one; also: new, returned.")
@click.option("--to", "target", metavar="SEGMENT", help="Only those who are in this one now; also: lost.")
@click.option(
    "-o", "--out", type=click.Path(path_type=Path, dir_okay=False), help="File to write.  [default: print them]"
)
def movers(folder: Path, source: str | None, target: str | None, out: Path | None) -> None:
    """List who changed segment in the month of FOLDER (OUT/<period>), as CSV: customer, from, to, when and why.

    Segments go by name or id: --from Champions --to "At-risk regulars".
    """
    from segreport.history import filter_movers

    path = folder / "movers.csv"
    if not path.is_file():
        raise SegreportError(f"{path} is not there; a run writes it from the second month on.")
    filter_movers(path, source=source, target=target, out=out or sys.stdout)
    if out:
        click.echo(f"Wrote {out}")


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
@reading
@telling_rows
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
