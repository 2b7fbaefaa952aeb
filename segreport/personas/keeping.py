"""Names that segments keep from month to month, whether found by us or given by a person."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from segreport.errors import SettingsError
from segreport.personas.basis import Basis

STEPS = ("Very", "Much", "Heavy", "Keen", "Fairly", "Somewhat")
"""Words before a name that make it stronger or weaker."""


@dataclass(frozen=True)
class Kept:
    """A name that a segment keeps, what it rests on, and whether it calls the customers something (see Persona).

    `basis` is empty where nothing is known of it, as of a name that a person (`given`) has just given.
    """

    name: str
    basis: tuple[Basis, ...]
    people: bool
    given: bool

    @property
    def is_just_given(self) -> bool:
        """Whether what the name rests on is still to be found."""
        return self.given and not self.basis


def spoken(name: str) -> str:
    """Return a name as readers tell it from others, whatever its capitals, spaces and ways to write an accent."""
    return " ".join(unicodedata.normalize("NFC", name.casefold()).split())


def is_like(text: str, bases: Iterable[Basis], kept: Kept) -> bool:
    """Return whether a name, and what it rests on, is a kept one or, unless a person gave that, means the same."""
    if spoken(text) == spoken(kept.name):
        return True
    meaning, other = _meaning(bases), _meaning(kept.basis)
    return bool(meaning) and not kept.given and meaning == other and _step(text) == _step(kept.name)


def _meaning(bases: Iterable[Basis]) -> set[tuple[str, str | None, bool]]:
    return {(basis.column, basis.level, basis.above) for basis in bases if basis.above is not None}


def _step(text: str) -> str:
    head = text.partition(" ")[0]
    return head if head in STEPS else ""


def check_names(kept: Mapping[str, Kept], idents: Sequence[str]) -> dict[str, Kept]:
    """Return the kept names of the segments that there are, no two alike.

    Raises SettingsError where a person gave two segments one name, or a name that another segment keeps. Of two names
    alike that nobody gave, the first segment's is kept.
    """
    held = {ident: kept[ident] for ident in idents if ident in kept}
    found: dict[str, Kept] = {}
    owners: dict[str, str] = {}
    for ident, mine in held.items():
        owner = owners.setdefault(spoken(mine.name), ident)
        if owner == ident:
            found[ident] = mine
        elif mine.given and held[owner].given:
            raise SettingsError(
                f"[segments.names] {owner} and {ident} have the same name “{mine.name}”; give each a name of its own."
            )
        elif mine.given or held[owner].given:
            given, other = (ident, owner) if mine.given else (owner, ident)
            raise SettingsError(
                f"[segments.names] {given} has the name “{held[given].name}” that segment {other} already has; "
                f"choose another for {given}, or give {other} a new one too."
            )
    return found
