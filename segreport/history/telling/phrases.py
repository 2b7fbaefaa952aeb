"""Months, names and counts within a sentence, and a month that is missing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from segreport.wording import Wording

WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
LONGEST = 60
"""How many letters a subject may have."""


class Called(Protocol):
    """A segment's name, and whether it calls the customers something: "Big spenders", but not "Region 3"."""

    @property
    def id(self) -> str:
        """The segment's id."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def people(self) -> bool:
        """Whether the name calls the customers something."""


def spelled(number: int, wording: Wording) -> str:
    """Return a small number as a word, a larger one in digits."""
    return WORDS[number] if 0 <= number < len(WORDS) else wording.count(number)


def customers(number: int, wording: Wording) -> str:
    """Return "1 customer", "2,100 customers"."""
    return f"{wording.count(number)} {'customer' if number == 1 else 'customers'}"


def listed(counts: Mapping[str, int], said: Mapping[str, tuple[str, str]], wording: Wording) -> str:
    """Return the counts that are not 0 as one phrase, each with its words for one and for several: "3 are new"."""
    return wording.listing([f"{wording.count(n)} {said[key][n != 1]}" for key, n in counts.items() if n])


def who(segment: Called, *, start: bool = False) -> str:
    """Return a segment within a sentence, or at its start: "Champions", "the segment “Region 3”"."""
    if segment.people:
        return segment.name
    return f"{'The' if start else 'the'} segment “{segment.name}”"


def label(segment: Called) -> str:
    """Return a segment where it is clear that it is one: "Champions", "“Region 3”"."""
    return segment.name if segment.people else f"“{segment.name}”"


def since_words(since: str, months: int, wording: Wording) -> str:
    """Return "since September 2026", or "in the two months since August 2026"."""
    month = wording.month(since)
    return f"since {month}" if months <= 1 else f"in the {spelled(months, wording)} months since {month}"


def gap_words(since: str, period: str, months: int, wording: Wording) -> str | None:
    """Return what is missing between the month `since` and the report's `period`, `months` later; None: nothing is."""
    missing = [wording.month(_later(since, n)) for n in range(1, months)]
    if not missing:
        return None
    compared = f"so this report is compared with {wording.month(since)}"
    if len(missing) == 1:
        return f"{missing[0]} is missing, {compared}."
    if len(missing) == 2:
        return f"{missing[0]} and {missing[1]} are missing, {compared}."
    between = f"between {wording.month(since)} and {wording.month(period)}"
    return f"The {spelled(len(missing), wording)} months {between} are missing, {compared}."


def _later(period: str, months: int) -> str:
    year, month = (int(part) for part in period.split("-"))
    at = 12 * year + month - 1 + months
    return f"{at // 12:04d}-{at % 12 + 1:02d}"


def capital(words: str) -> str:
    """Return words with a capital at their start, unless they begin with a name in quotes."""
    return words[:1].upper() + words[1:]


def sentence(words: str) -> str:
    """Return words as a sentence of their own; a name stays as it is written."""
    return f"{words[0].upper() if words.startswith('the segment “') else words[0]}{words[1:]}."


def fitting(words: str, shorter: str) -> str:
    """Return the words where they are short enough for a subject, else the shorter ones."""
    return words if len(words) <= LONGEST else shorter
