"""The flags of the command line, by what they are about; each group is a decorator."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import click

Command = Callable[..., None]


def _together(options: Sequence[Callable[[Command], Command]]) -> Callable[[Command], Command]:
    """Return a decorator that adds these options to a command, in this order."""

    def add(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return add


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


reading = _together(READING)
"""The flags that say how a file is read."""


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


telling_rows = _together(ROWS)
"""The flags that say what a row is and, of orders, which columns make them."""


FORMING = (
    click.option(
        "--feature",
        multiple=True,
        metavar="COLUMN",
        help="Cluster on this column (repeat; default: all numbers and dates).",
    ),
    click.option(
        "--describe", multiple=True, metavar="COLUMN", help="Use this column only to describe segments (repeat)."
    ),
    click.option("--exclude", multiple=True, metavar="COLUMN", help="Leave this column out (repeat)."),
    click.option(
        "--value", multiple=True, metavar="COLUMN", help="What a customer is worth; several are added up (repeat)."
    ),
    click.option(
        "--role",
        multiple=True,
        callback=_roles,
        metavar="COLUMN=ROLE",
        help="Set a role: id, date, amount, number, category, flag, text or personal (repeat).",
    ),
    click.option("--k", type=int, metavar="N", help="Make so many segments instead of choosing."),
    click.option("--k-range", metavar="A-B", help="Numbers of segments to try.  [default: 2-10; 3-8 for orders]"),
    click.option(
        "--choose-by",
        type=click.Choice(["consensus", "silhouette", "elbow"]),
        help="How the number of segments is chosen.  [default: consensus]",
    ),
    click.option(
        "--min-share",
        type=float,
        metavar="SHARE",
        help="Smallest share of customers a segment may have.  [default: 0.02]",
    ),
    click.option(
        "--method", type=click.Choice(["kmeans", "ward", "bisecting"]), help="Clustering method.  [default: kmeans]"
    ),
    click.option(
        "--prepare",
        type=click.Choice(["auto", "plain"]),
        help="plain: only fill gaps and standardise; number codes named with --feature count as numbers."
        "  [default: auto]",
    ),
    click.option("--seed", type=int, help="Seed of everything random.  [default: 0]"),
)


forming = _together(FORMING)
"""The flags that say how segments are formed."""


COMPARING = (
    click.option(
        "--previous",
        type=click.Path(path_type=Path, file_okay=False),
        metavar="DIR",
        help="Folder of the month to compare with.  [default: the latest earlier one in OUT]",
    ),
    click.option("--no-previous", is_flag=True, help="Compare with no earlier month; segments are numbered afresh."),
    click.option(
        "--model",
        type=click.Choice(["auto", "keep", "refit"]),
        help="Keep last month's segments, fit them anew, or (auto) keep them while they still fit.  [default: auto]",
    ),
)


comparing = _together(COMPARING)
"""The flags that say what a month is compared with."""


as_of = click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S"]),
    metavar="DATE",
    help="Day (or 'day hour:minute') that days are counted to; orders from then on do not count."
    "  [default: one day after the latest date in the data]",
)

SHOWING = (
    click.option("--title", help="Title of the report."),
    click.option("--brand", help="Company name."),
    click.option("--logo", type=click.Path(path_type=Path, dir_okay=False), help="Logo: PNG, JPEG or SVG."),
    click.option("--colour", "--color", metavar="#RRGGBB", help="Brand colour."),
    click.option(
        "--language", metavar="CODE", help="How numbers and dates are written: en, de, fr, es, pt_BR …  [default: en]"
    ),
    click.option("--currency", metavar="ISO", help="Currency of amounts: EUR, USD …"),
    click.option("--paper", type=click.Choice(["A4", "Letter"]), help="Paper of the PDF.  [default: A4]"),
    click.option(
        "--template",
        type=click.Path(path_type=Path, file_okay=False),
        help="Folder whose templates replace ours, file by file.",
    ),
    click.option(
        "--format",
        "formats",
        callback=_words,
        metavar="html,pdf,json",
        help="What to write; json alone draws nothing.  [default: html,pdf]",
    ),
    click.option(
        "--sql-dialect", help="Dialect of segments.sql: duckdb, postgres, bigquery, snowflake …  [default: duckdb]"
    ),
    as_of,
    click.option(
        "--period",
        metavar="YYYY-MM",
        help="Month of the report, or last-month.  [default: the month of the last day before --as-of]",
    ),
)


showing = _together(SHOWING)
"""The flags that say what the reader sees."""
