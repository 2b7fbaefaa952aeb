"""The commands that list customers: with the segments of an earlier report, and those who changed theirs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from segreport.cli.choices import settings_from, today
from segreport.cli.options import as_of, reading
from segreport.errors import SegreportError


@click.command(short_help="Give customers the segments of an earlier report.")
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

    count, as_of_day = score_to_file(model, data, out, settings_from({}, flags), today=today())
    click.echo(f"Wrote {out}: {count:,} customers, days counted to {as_of_day}")


@click.command(short_help="List the customers who changed segment.")
@click.argument("folder", type=click.Path(path_type=Path))
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
    count = filter_movers(path, source=source, target=target, out=out or sys.stdout)
    if out:
        click.echo(f"Wrote {out}: {count:,} customers")
