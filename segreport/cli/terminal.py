"""What a run says: its steps as they begin, its segments and files when it is done, or a summary for scripts."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from segreport.orders import OrderFacts
    from segreport.report import Report
    from segreport.wording import Wording


@contextmanager
def telling(*, quiet: bool) -> Iterator[Callable[[str], None]]:
    """Yield a function that tells each step as it begins: a spinner on a terminal, plain lines in a log."""
    if quiet:
        yield lambda _: None
    elif sys.stderr.isatty():
        from rich.console import Console

        console = Console(stderr=True, highlight=False)
        with console.status("Starting …") as status:
            begun: list[str] = []

            def tell(step: str) -> None:
                if begun:
                    console.print(f"[green]✓[/green] {begun[-1]}")
                begun.append(step)
                status.update(f"{step} …")

            yield tell
    else:
        yield lambda step: click.echo(f"{step} …", err=True)


def show(report: Report, written: list[Path]) -> None:
    """Print the headline, a short table of segments, what to be careful about, and the paths written."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    from segreport.wording import Wording

    wording = Wording()
    table = Table(box=None, pad_edge=False)
    table.add_column("Segment", overflow="fold")
    for heading in ("Customers", "Share", *([f"Of {report.worth}"] if report.worth else [])):
        table.add_column(heading, justify="right")
    for segment in report.segments:
        value = [segment.of_value(wording)] if report.worth else []
        cells = [wording.count(segment.size), segment.of_customers(wording), *value]
        table.add_row(escape(segment.name), *cells)
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 100)
    with console.capture() as shown:  # rich would end the process where `| head` ends the pipe
        console.print(f"\n{escape(report.headline)}.", soft_wrap=True)
        if report.orders:
            console.print(_lines_read(report.orders, wording), soft_wrap=True)
        console.print()
        console.print(table)
        for warning in report.warnings:
            console.print(f"Careful: {escape(warning.text)}")
    click.echo(shown.get(), nl=False)
    for path in written:
        click.echo(f"Wrote {path}")


def _lines_read(orders: OrderFacts, wording: Wording) -> str:
    """Return how many lines became how many customers, and how many were left out on the way."""
    dropped = sum(step.lines for step in orders.ledger if step.done == "dropped")
    counts = {"line": orders.lines, "order": orders.orders, "customer": orders.customers}
    said = ", ".join(_counted(count, noun, wording) for noun, count in counts.items())
    return (
        f"{said}; {_counted(dropped, 'line', wording)} dropped (see The data in the report)." if dropped else f"{said}."
    )


def _counted(count: int, noun: str, wording: Wording) -> str:
    return f"{wording.count(count)} {noun if count == 1 else f'{noun}s'}"


def summary_of(report: Report, written: list[Path]) -> dict[str, Any]:
    """Return what a script wants to know of a run."""
    keys = ("id", "name", "size", "share", "value_share", "trust")
    return {
        "period": report.period,
        "as_of": report.as_of,
        "headline": report.headline,
        "customers": report.source.customers,
        "orders": _summary_of_orders(report.orders) if report.orders else None,
        "k": report.choice.k,
        "structure": report.choice.structure,
        "segments": [{key: getattr(segment, key) for key in keys} for segment in report.segments],
        "warnings": [{"code": warning.code, "text": warning.text} for warning in report.warnings],
        "files": [str(path) for path in written],
    }


def _summary_of_orders(orders: OrderFacts) -> dict[str, Any]:
    counts = {key: getattr(orders, key) for key in ("lines", "orders", "customers", "as_of")}
    return {**counts, "ledger": [asdict(step) for step in orders.ledger]}
