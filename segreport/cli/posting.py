"""The commands around e-mail: send a finished report, and check that everything a run needs is there."""

from __future__ import annotations

import datetime as dt
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from segreport.cli.choices import file_of, read_settings, settings_option, today
from segreport.cli.terminal import telling

if TYPE_CHECKING:
    from segreport.mailing import Outcome
    from segreport.settings import Settings

HELD_BACK = 3


@click.command(short_help="Mail the report of a month.")
@click.argument("folder", type=click.Path(path_type=Path))
@settings_option
@click.option("--again", is_flag=True, help="Send also to those who have this report already.")
@click.option("--force", is_flag=True, help="Send although something speaks against it.")
@click.option(
    "--dry-run",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Send nothing: write the messages to DIR as .eml files, and say who would get what.",
)
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but errors.")
def send(folder: Path, settings: Path | None, again: bool, force: bool, dry_run: Path | None, quiet: bool) -> None:
    """Mail the report in FOLDER (OUT/<period>) to everyone in [[email.to]] of the settings, each in an own message.

    Nobody gets the same report twice, however often this is called. Exit code 0: everybody has it; 1: somebody has
    not (or nobody could be told that it was held back), and the output says who and why; 3: it was held back, the
    output says why, and its owner was told instead.
    """
    chosen = read_settings(file_of(settings), {})
    mail(folder, chosen, again=again, force=force, dry_run=dry_run, quiet=quiet)


@click.command(short_help="Try everything that a run needs.")
@click.argument("data", required=False)
@click.option(
    "-o", "--out", type=click.Path(path_type=Path, file_okay=False), default=Path("out"), help="Folder for the reports."
)
@settings_option
def check(data: str | None, out: Path, settings: Path | None) -> None:
    """Try everything that a run on DATA, and its mails, need: one line each, with the way out; nothing is sent."""
    from segreport.doctor import checks

    chosen, wrong = read_settings(file_of(settings), {}), False
    for one in checks(chosen, data, out, environ=os.environ, today=today()):
        wrong |= not one.ok
        click.echo(f"{'ok   ' if one.ok else 'WRONG'}  {one.what}: {one.text}")
    if wrong:
        sys.exit(1)


def check_ready(settings: Settings) -> None:
    """Raise SettingsError where mail cannot go out: before the work of a run, not after it."""
    from segreport.mailing import check_settings

    check_settings(settings.email, os.environ)


def mail(
    folder: Path,
    settings: Settings,
    *,
    quiet: bool,
    again: bool = False,
    force: bool = False,
    dry_run: Path | None = None,
) -> None:
    """Send a report, say what became of it, and exit where not everybody was served."""
    from segreport.mailing import send_report

    with telling(quiet=quiet) as tell:
        outcome = send_report(
            folder,
            settings,
            now=_now(),
            environ=os.environ,
            wait=time.sleep,
            tell=tell,
            clock=_now,
            again=again,
            force=force,
            dry_run=dry_run,
        )
    _show(outcome, quiet=quiet)
    if outcome.held:
        sys.exit(HELD_BACK if outcome.told else 1)
    if not outcome.served:
        sys.exit(1)


def _now() -> dt.datetime:
    return dt.datetime.now().astimezone()


def _show(outcome: Outcome, *, quiet: bool) -> None:
    """Print who got the report; on stderr, and always, why it was held back and who did not."""
    for reason in outcome.held:
        click.echo(f"Held back: {reason}", err=True)
    if outcome.untold:
        click.echo(f"Held back, and {outcome.untold}", err=True)
    for delivery in outcome.deliveries:
        why = f": {delivery.why}" if delivery.why else ""
        if not delivery.served:
            click.echo(f"Not served ({delivery.result}): {delivery.address}{why}", err=True)
        elif not quiet:
            said = {"sent": "Sent to", "already": "Has it already:", "written": "Would be sent to"}[delivery.result]
            click.echo(f"{said} {delivery.address}{why}")
