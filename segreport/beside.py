"""Rendering in a process of its own, which loads what drawing needs while this one reads and clusters."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from segreport.errors import SegreportError

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from segreport.report import Report
    from segreport.settings import ReportSettings

Pages = dict[str, bytes]
"""File name -> content."""

Render = Callable[["Report", "ReportSettings"], Callable[[], Pages]]
"""Begin rendering; what it returns waits for the pages."""


@contextmanager
def rendering_beside() -> Iterator[Render | None]:
    """Yield a `Render` that works in another process; None on a single core, where that gains nothing.

    On two cores it saves a small run a fifth of its time. Only for programs whose main module may be
    imported again, as the command line's may.
    """
    if (os.cpu_count() or 1) < 2:
        yield None
        return
    import multiprocessing

    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_serve, args=(there,), daemon=True)
    process.start()
    there.close()

    def render(report: Report, settings: ReportSettings) -> Callable[[], Pages]:
        with _told_if_ended():
            here.send((report, settings))
        return collect

    def collect() -> Pages:
        with _told_if_ended():
            answer = here.recv()
        if isinstance(answer, Exception):
            raise answer
        return dict(answer)

    try:
        yield render
    finally:
        process.kill()  # not a farewell: tearing down all it loaded would take longer than drawing a page
        process.join()


@contextmanager
def _told_if_ended() -> Iterator[None]:
    try:
        yield
    except (EOFError, OSError) as error:
        raise SegreportError(
            "the process that draws the pages was ended from outside, probably for lack of memory; "
            "free some, or write no pages with --format json."
        ) from error


def _serve(connection: Connection) -> None:
    """Load what rendering needs, then answer one report with its pages, or with the error that stopped it."""
    import gc

    from segreport.pages import render, warm_up

    gc.set_threshold(100_000, 50, 100)
    warm_up()
    report, settings = connection.recv()
    try:
        connection.send(render(report, settings))
    except Exception as error:  # noqa: BLE001 - told by the process that asked
        connection.send(error)
