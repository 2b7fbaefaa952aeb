"""The words for customers who come from orders: what each is called, the signal it sends, and what it claims."""

from __future__ import annotations

from dataclasses import dataclass

from segreport.personas.basis import Basis


@dataclass(frozen=True)
class Word:
    """What a segment is called, the signal that actions go by, and what it claims.

    A claim is a column and its side against all customers ("recency-": fewer days), without a side where it is
    a time long or short in itself.
    """

    text: str
    signal: str
    claims: tuple[str, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns the word rests on."""
        return tuple(claim.rstrip("+-") for claim in self.claims)

    @property
    def basis(self) -> tuple[Basis, ...]:
        """Its claims as what a name rests on."""
        sides = {"+": True, "-": False}
        return tuple(Basis(claim.rstrip("+-"), above=sides.get(claim[-1])) for claim in self.claims)


RECENT_DAYS = 90.0
"""A last order at most so many days ago is recent, whatever the rhythm."""
NEWER_DAYS = 365.0
"""Customers whose first order is longer ago are not newer in words, however long others have been there."""

# Two tables. First, by row and frequency: the words for high, middle and low monetary. Where nobody bought twice
# the rows are latest, steady and earlier: words of time, not of rhythm.
# fmt: off
_GRID = """
recent   high:   Loyal big spenders             | Loyal customers              | Light-spending regulars
recent   middle: Active big spenders            | Active customers             | Active light spenders
rising   middle: Promising big spenders         | Promising customers          | Promising light spenders
recent   low:    Recent big-ticket buyers       | Recent occasional buyers     | Recent occasional buyers
steady   high:   Big-spending regulars          | Regular buyers               | Light-spending regulars
steady   middle: Big spenders                   | Mid-tier customers           | Light spenders
steady   low:    Big-ticket buyers              | Occasional buyers            | Occasional light spenders
slipping high:   Regulars needing attention     | Regulars needing attention   | Regulars needing attention
slipping middle: Big spenders needing attention | Customers needing attention  | Customers needing attention
slipping low:    Big-ticket buyers              | Occasional buyers            | Occasional light spenders
quieter  high:   Quieter big spenders           | Quieter regulars             | Quieter regulars
quieter  middle: Quieter big spenders           | Quieter customers            | Quieter light spenders
quieter  low:    Quieter big spenders           | Quieter occasional buyers    | Quieter occasional buyers
quiet    high:   Can't-lose customers           | At-risk regulars             | At-risk regulars
quiet    middle: At-risk big spenders           | Customers needing attention  | Cooling customers
quiet    low:    Hibernating big spenders       | Hibernating customers        | Hibernating customers
gone     high:   Can't-lose customers           | Lapsed regulars              | Lapsed regulars
gone     middle: Lapsed big spenders            | Lapsed customers             | Lapsed customers
gone     low:    Lapsed big spenders            | Lost customers               | Lost customers
earlier  middle: Earlier big spenders           | Earlier buyers               | Earlier light spenders
latest   middle: Recent big spenders            | Recent buyers                | Recent light spenders
new      high:   New big spenders               | Frequent newcomers           | Frequent newcomers
new      middle: New big spenders               | New customers                | New customers
new      low:    New big spenders               | New customers                | New customers
newer    low:    Newer big spenders             | Newer customers              | Newer customers
"""

# Second: each word, the signal that actions go by, and its claims.
_WORDS = """
Champions:                      champions    recency- frequency+ monetary+
Loyal big spenders:             loyal-big    recency- frequency+ monetary+
Loyal customers:                loyal        recency- frequency+
Big-spending regulars:          loyal-big    frequency+ monetary+
Regular buyers:                 loyal        frequency+
Light-spending regulars:        light-loyal  frequency+ monetary-
Active big spenders:            big          recency- monetary+
Big spenders:                   big          monetary+
Recent big-ticket buyers:       big-ticket   recency- frequency- monetary+
Big-ticket buyers:              big-ticket   frequency- monetary+
Active customers:               active       recency-
Active light spenders:          active       recency- monetary-
Promising big spenders:         promising    recency- tenure- monetary+
Promising customers:            promising    recency- tenure-
Promising light spenders:       promising    recency- tenure- monetary-
Recent occasional buyers:       recent       recency- frequency-
New big spenders:               new-big      tenure monetary+
New customers:                  new          tenure
Frequent newcomers:             new-frequent tenure frequency+
Newer customers:                newer        tenure- frequency-
Newer big spenders:             newer        tenure- frequency- monetary+
Mid-tier customers:             middle
Light spenders:                 light        monetary-
Occasional buyers:              occasional   frequency-
Occasional light spenders:      occasional   frequency- monetary-
Regulars needing attention:     attention    recency frequency+
Big spenders needing attention: attention    recency monetary+
Customers needing attention:    attention    recency
Cooling customers:              cooling      recency+ monetary-
Quieter big spenders:           quieter      recency+ monetary+
Quieter regulars:               quieter      recency+ frequency+
Quieter customers:              quieter      recency+
Quieter light spenders:         quieter      recency+ monetary-
Quieter occasional buyers:      quieter      recency+ frequency-
At-risk regulars:               at-risk      recency+ frequency+
At-risk big spenders:           at-risk-big  recency+ monetary+
Can't-lose customers:           cant-lose    recency frequency+ monetary+
Hibernating big spenders:       hibernating  recency+ frequency- monetary+
Hibernating customers:          hibernating  recency+ frequency-
Earlier big spenders:           earlier-big  recency+ monetary+
Earlier buyers:                 earlier      recency+
Earlier light spenders:         earlier      recency+ monetary-
Recent big spenders:            latest-big   recency- monetary+
Recent buyers:                  latest       recency-
Recent light spenders:          latest       recency- monetary-
Lapsed big spenders:            lapsed-big   recency monetary+
Lapsed regulars:                lapsed       recency frequency+
Lapsed customers:               lapsed       recency
Lost customers:                 lost         recency frequency-
Customers without revenue:      unpaid       monetary
"""
# fmt: on


def _grid() -> dict[tuple[str, str], tuple[str, ...]]:
    rows = [line.split(":", 1) for line in _GRID.strip().splitlines()]
    return {
        (where.rsplit(None, 1)[0].strip(), where.rsplit(None, 1)[1]): tuple(text.strip() for text in texts.split("|"))
        for where, texts in rows
    }


def _words() -> dict[str, Word]:
    rows = [line.split(":", 1) for line in _WORDS.strip().splitlines()]
    return {text: Word(text, rest.split()[0], tuple(rest.split()[1:])) for text, rest in rows}


GRID, WORDS = _grid(), _words()
SILENT = frozenset({"cooling", "attention", "at-risk", "at-risk-big", "cant-lose", "hibernating", "lapsed",
                    "lapsed-big", "lost"})  # fmt: skip
"""Signals of words that say customers stay away; none is given where the history is too short to tell."""
