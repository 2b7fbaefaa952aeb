"""Rendering in a process of its own, which loads what drawing needs while this one reads and clusters."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from segreport.errors import SegreportError

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from segreport.history import Month
    from segreport.report import Report
    from segreport.settings import EmailSettings, ReportSettings

Pages = dict[str, bytes]
"""File name -> content."""

Render = Callable[["Report", "ReportSettings", "Sequence[Month] | None", "EmailSettings | None"], Callable[[], Pages]]
"""Begin rendering; what it returns waits for the pages."""


@contextmanager
def rendering_beside(settings: ReportSettings) -> Iterator[Render | None]:
    """Yield a `Render` that works in another process; None where that gains nothing: one core, or no pages.

    On two cores it saves a small run a fifth of its time. Only for programs whose main module may be
    imported again, as the command line's may.
    """
    if len(os.sched_getaffinity(0)) < 2 or not settings.pages:
        yield None
        return
    import multiprocessing

    with tempfile.TemporaryDirectory(prefix="segreport-") as folder:  # what is killed cannot clean up after itself
        context = multiprocessing.get_context("spawn")
        here, there = context.Pipe()
        process = context.Process(target=_serve, args=(there, settings, folder), daemon=True)
        process.start()
        there.close()
        try:
            yield _client(here)
        finally:
            process.kill()  # not a farewell: tearing down all it loaded would take longer than drawing a page
            process.join()


def _client(connection: Connection) -> Render:
    """Return a `Render` that sends the report over and waits for the answer."""

    def render(
        report: Report, settings: ReportSettings, months: Sequence[Month] | None, email: EmailSettings | None
    ) -> Callable[[], Pages]:
        with _told_if_ended():
            connection.send((report, settings, months, email))
        return collect

    def collect() -> Pages:
        with _told_if_ended():
            answer = connection.recv()
        if isinstance(answer, Exception):
            raise answer
        return dict(answer)

    return render


@contextmanager
def _told_if_ended() -> Iterator[None]:
    try:
        yield
    except (EOFError, OSError) as error:
        raise SegreportError(
            "the process that draws the pages was ended from outside, probably for lack of memory; "
            "free some, or write no pages with --format json."
        ) from error


def _serve(connection: Connection, settings: ReportSettings, folder: str) -> None:
    """Load what rendering needs, then answer one report with its pages, or with the error that stopped it."""
    import gc
    import signal
    import traceback

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that asked: it ends this one
    os.nice(5)  # while there is a large table to read, reading it comes first
    tempfile.tempdir = folder
    gc.set_threshold(100_000, 50, 100)
    with suppress(OSError):  # it has ended meanwhile: nobody is left to tell
        try:
            from segreport.pages import render, warm_up

            warm_up(settings)
            answer: Pages | Exception = render(*connection.recv())
        except (EOFError, KeyboardInterrupt):
            return
        except Exception as error:  # noqa: BLE001 - told by the process that asked
            if os.environ.get("SEGREPORT_DEBUG"):
                traceback.print_exc()
            answer = error
        connection.send(answer)
