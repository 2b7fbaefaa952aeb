"""Telling segments apart that one word fits: each gets an adjective that is true of it and of none of the others."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from segreport.personas.naming import Name
from segreport.personas.rfm import Word
from segreport.personas.traits import Known, Trait, lower_first
from segreport.profiles import Profile
from segreport.wording import Wording

LONGEST = 40
MOST_WORDS = 4
SEEN = 0.05


@dataclass(frozen=True)
class Qualifier:
    """The adjectives for more and for less of a column than the lookalikes have; `weight`: how well they read."""

    column: str
    more: str
    less: str
    weight: float


QUALIFIERS = (
    Qualifier("monetary", "Higher-spending", "Lower-spending", 1.1),
    Qualifier("average_order", "Larger-basket", "Smaller-basket", 1.0),
    Qualifier("tenure", "Longer-standing", "Newer", 0.9),
    Qualifier("products", "Wider-range", "Narrower-range", 0.8),
    Qualifier("recency", "Longer-quiet", "More-recent", 0.8),
    Qualifier("frequency", "More-frequent", "Less-frequent", 0.8),
    Qualifier("items", "Higher-volume", "Lower-volume", 0.7),
    Qualifier("gap", "Slower-paced", "Faster-paced", 0.7),
    Qualifier("categories", "Wider-range", "Narrower-range", 0.6),
    Qualifier("return_rate", "Higher-return", "Lower-return", 0.6),
)
AWKWARD = {
    "monetary": ("spend",),
    "average_order": ("ticket",),
    "tenure": ("new",),
    "recency": ("active", "recent", "attention"),
    "frequency": ("hibernating", "lost", "occasional", "frequent", "big-ticket"),
}
"""Words that an adjective of the column would double or contradict: "Newer new customers"."""
STAYED_AWAY = ("Lapsed", "Lost", "Hibernating")
ABSOLUTE = ("basket", "tenure", "volume", "variety", "returns", "spend")
"""Concepts whose plain adjective ("Large-basket") says it better, where it is true of one side only."""


def name_by_word(
    profiles: Sequence[Profile],
    words: Mapping[str, Word],
    traits: Mapping[str, Sequence[Trait]],
    columns: Known,
    wording: Wording,
) -> dict[str, Name]:
    """Return a name for every segment, by id: its word, told apart from the others of the same word."""
    found: dict[str, Name] = {}
    for said in dict.fromkeys(words.values()):
        group = [profile for profile in profiles if words[profile.id] == said]
        for ident, (text, backed) in tell_apart(group, said, traits, columns, wording).items():
            known = tuple(name for name in backed if name in columns)
            found[ident] = Name(text, (), columns=known)
    return found


def tell_apart(
    group: Sequence[Profile], word: Word, traits: Mapping[str, Sequence[Trait]], columns: Known, wording: Wording
) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return a name, and the columns behind it, for each of the segments that share a word."""
    if len(group) == 1:
        return {group[0].id: (word.text, word.columns)}
    names = _split(group, word.text, word.columns, traits)
    texts = [text for text, _ in names.values()]
    if len(set(texts)) == len(texts) and all(map(_is_short, texts)):
        return names
    return _numbered(group, word, columns, wording)


def _is_short(text: str) -> bool:
    return len(text) <= LONGEST and len(text.split()) <= MOST_WORDS


@dataclass(frozen=True)
class _Cut:
    """Segments in two sides by one column, and how well its adjectives tell them apart."""

    qualifier: Qualifier
    less: tuple[Profile, ...]
    more: tuple[Profile, ...]
    score: float


def _split(
    group: Sequence[Profile], text: str, backed: tuple[str, ...], traits: Mapping[str, Sequence[Trait]]
) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return names by the column that tells two sides best; a side of several is split again."""
    cuts = list(_cuts(group, text, backed))
    if len(group) == 1 or not cuts:
        return {profile.id: (text, backed) for profile in group}
    best = max(cuts, key=lambda cut: cut.score)
    column = best.qualifier.column
    found = {}
    for side, other, more in ((best.less, best.more, False), (best.more, best.less, True)):
        adjective = _adjective(best.qualifier, text, side, other, more=more, traits=traits)
        named = f"{adjective}{lower_first(text)}"
        found.update(_split(side, named, tuple(dict.fromkeys((*backed, column))), traits))
    return found


def _cuts(group: Sequence[Profile], text: str, backed: Sequence[str]) -> Iterator[_Cut]:
    for qualifier in QUALIFIERS:
        name = qualifier.column
        if not all(_tells(name, profile) for profile in group):
            continue
        rest = sorted(group, key=lambda profile: (profile.centre[name], profile.id))
        said = any(word in text.lower() for word in (*AWKWARD.get(name, ()), qualifier.more.lower(), "-quiet"))
        weight = qualifier.weight * (0.1 if said else 0.6 if name in backed else 1.0)
        for at in range(1, len(rest)):
            below, above = rest[at - 1], rest[at]
            low, high = below.centre[name], above.centre[name]
            if high - low < SEEN * max(abs(low), abs(high)) or high == low:
                continue
            margin = max(_effect(above, name) - _effect(below, name), 0.0)
            seen = 0.1 * (high - low) / max(abs(low), abs(high))
            yield _Cut(qualifier, tuple(rest[:at]), tuple(rest[at:]), weight * (min(margin, 2.0) + seen))


def _tells(name: str, profile: Profile) -> bool:
    """Return whether a column speaks for the segment: days between orders only where most came back."""
    known = math.isfinite(profile.centre.get(name, math.nan))
    return known and (name != "gap" or profile.centre.get("frequency", 0.0) >= 2)


def _effect(profile: Profile, name: str) -> float:
    """Return how far a segment lies from everyone, 0 where it hardly differs."""
    drivers = (*profile.drivers, *profile.described)
    return next((d.effect for d in drivers if d.column == name and d.level is None), 0.0)


def _adjective(
    qualifier: Qualifier,
    text: str,
    side: Sequence[Profile],
    other: Sequence[Profile],
    *,
    more: bool,
    traits: Mapping[str, Sequence[Trait]],
) -> str:
    """Return the adjective and what joins it to the name: "Large-basket ", or "Longer-" before "lapsed customers"."""
    if qualifier.column == "recency" and text.startswith(STAYED_AWAY):
        return "Longer-" if more else "Later-"
    mine, theirs = ([_plain(profile, qualifier, traits, more=more) for profile in part] for part in (side, other))
    if mine[0] and set(mine) == {mine[0]} and mine[0] not in theirs:
        return f"{mine[0]} "
    return f"{qualifier.more if more else qualifier.less} "


def _plain(
    profile: Profile, qualifier: Qualifier, traits: Mapping[str, Sequence[Trait]], *, more: bool
) -> str | None:
    """Return the adjective that is true of a segment against all customers."""
    found = (t for t in traits[profile.id] if t.columns == (qualifier.column,) and t.key in ABSOLUTE and t.high == more)
    return next((trait.side.adjective for trait in found), None)


def _numbered(
    group: Sequence[Profile], word: Word, columns: Known, wording: Wording
) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return names told apart by a number, "Lost customers (412 days)", of the first column where all differ."""
    for name in (qualifier.column for qualifier in QUALIFIERS if qualifier.column in columns):
        if all(_tells(name, profile) for profile in group):
            said = [wording.quantity(profile.centre[name], columns[name].unit) for profile in group]
            if len(set(said)) == len(said):
                backed = tuple(dict.fromkeys((*word.columns, name)))
                return {
                    profile.id: (f"{word.text} ({_named(number, name)})", backed)
                    for profile, number in zip(group, said, strict=True)
                }
    return {profile.id: (f"{word.text} {i}", word.columns) for i, profile in enumerate(group, 1)}


def _named(number: str, column: str) -> str:
    return {"frequency": f"{number} orders", "products": f"{number} products"}.get(column, number)
