"""The command line: the only room that prints, prompts, reads the clock or exits."""

from __future__ import annotations

import atexit
import gc
import io
import os
import signal
import sys

import click

from segreport import __version__
from segreport.cli.customers import movers, score
from segreport.cli.making import example, init, run
from segreport.cli.posting import check, send
from segreport.errors import SegreportError


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


for command in (run, send, check, score, movers, init, example):
    cli.add_command(command)
