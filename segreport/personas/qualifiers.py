"""Telling segments apart that one word fits: each gets an adjective that is true of it and of none of the others."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from segreport.personas.naming import Name
from segreport.personas.rfm import Word
from segreport.personas.traits import NAMEABLE, Known, Trait, lower_first
from segreport.profiles import Profile
from segreport.wording import Wording

LONGEST = 40
MOST_WORDS = 4
SEEN, BARELY = 0.05, 0.01
"""How far two means lie apart for an adjective, as a part of the larger: less will do where few customers overlap."""


@dataclass(frozen=True)
class Qualifier:
    """The adjectives for more and for less of a column than the lookalikes have; `weight`: how well they read."""

    column: str
    more: str
    less: str
    weight: float


QUALIFIERS = (
    Qualifier("monetary", "Higher-value", "Lower-value", 1.1),
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
    "tenure": ("new", "promising", "lapsed", "lost"),
    "recency": ("active", "recent", "attention", "quiet"),
    "frequency": ("hibernating", "lost", "occasional", "frequent", "big-ticket"),
}
AWAY = ("Lapsed", "Lost")
"""Words of customers who left: of these it is when, not for how long they had been there, that tells."""
"""Words that an adjective of the column would double or contradict: "Newer new customers"."""
ABSOLUTE = ("basket", "tenure", "volume", "variety", "returns")
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
    names = _by_extremes(group, word, traits) or _split(group, word.text, word.columns, traits)
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


def _by_extremes(
    group: Sequence[Profile], word: Word, traits: Mapping[str, Sequence[Trait]]
) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return a name for each of three or more by a column in which it lies beyond the others; {} if one has none."""
    found: dict[str, tuple[str, tuple[str, ...]]] = {}
    ends = [cut for cut in _cuts(group, word.text, word.columns) if 1 in (len(cut.less), len(cut.more))]
    for cut in sorted(ends, key=lambda cut: -cut.score) if len(group) > 2 else ():
        more = len(cut.more) == 1
        side, other = (cut.more, cut.less) if more else (cut.less, cut.more)
        name = _adjective(cut.qualifier, word.text, side, other, more=more, traits=traits) + lower_first(word.text)
        if side[0].id not in found and name not in {text for text, _ in found.values()}:
            found[side[0].id] = name, tuple(dict.fromkeys((*word.columns, cut.qualifier.column)))
    return found if len(found) == len(group) else {}


def _split(
    group: Sequence[Profile], text: str, backed: tuple[str, ...], traits: Mapping[str, Sequence[Trait]]
) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return names by the column that tells two sides best; a side of several is split again."""
    cuts = list(_cuts(group, text, backed))
    if len(group) == 1 or not cuts:
        return {profile.id: (text, backed) for profile in group}
    best = max(cuts, key=lambda cut: cut.score)
    behind = tuple(dict.fromkeys((*backed, best.qualifier.column)))
    found = {}
    for side, other, more in ((best.less, best.more, False), (best.more, best.less, True)):
        adjective = _adjective(best.qualifier, text, side, other, more=more, traits=traits)
        if len(side) == 2 and _differ(*side, best.qualifier.column):
            inner, outer = side if more else side[::-1]
            plain = best.qualifier.more if more else best.qualifier.less
            found[inner.id] = (f"{plain} {lower_first(text)}", behind)
            found[outer.id] = (f"{_superlative(plain)} {lower_first(text)}", behind)
        else:
            found.update(_split(side, f"{adjective}{lower_first(text)}", behind, traits))
    return found


def _superlative(adjective: str) -> str:
    """Return "Highest-value" for "Higher-value", "Most-frequent" for "More-frequent"."""
    head, dash, tail = adjective.partition("-")
    most = {"More": "Most", "Less": "Least"}.get(head, f"{head.removesuffix('er')}est")
    return f"{most}{dash}{tail}"


def _differ(below: Profile, above: Profile, name: str) -> bool:
    """Return whether one mean is visibly below the other."""
    low, high = below.centre[name], above.centre[name]
    if high - low >= SEEN * max(abs(low), abs(high)):
        return high > low
    return high - low >= BARELY * max(abs(low), abs(high)) and _effect(above, name) - _effect(below, name) >= NAMEABLE


def _cuts(group: Sequence[Profile], text: str, backed: Sequence[str]) -> Iterator[_Cut]:
    for qualifier in QUALIFIERS:
        name = qualifier.column
        if not all(_tells(name, profile) for profile in group):
            continue
        rest = sorted(group, key=lambda profile: (profile.centre[name], profile.id))
        weight = _weight(qualifier, text, backed)
        for at in range(1, len(rest)):
            below, above = rest[at - 1], rest[at]
            if not _differ(below, above, name):
                continue
            yield _Cut(qualifier, tuple(rest[:at]), tuple(rest[at:]), weight * _margin(below, above, name))


def _weight(qualifier: Qualifier, text: str, backed: Sequence[str]) -> float:
    """Return how well a column's adjectives go with a word: less well where the word speaks of the column already."""
    if any(part in text.lower() for part in (*AWKWARD.get(qualifier.column, ()), qualifier.more.lower())):
        return 0.1 * qualifier.weight
    if qualifier.column == "recency" and text.startswith(AWAY):
        return qualifier.weight
    return qualifier.weight * (0.6 if qualifier.column in backed else 1.0)


def _margin(below: Profile, above: Profile, name: str) -> float:
    """Return how clearly a column tells two segments apart."""
    low, high = below.centre[name], above.centre[name]
    seen = 0.1 * (high - low) / max(abs(low), abs(high))
    return min(max(_effect(above, name) - _effect(below, name), 0.0), 2.0) + seen


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
    """Return the adjective and what joins it to the name: "Large-basket ", or "Earlier-" before "lapsed customers"."""
    if qualifier.column == "recency" and text.startswith(AWAY):
        return "Earlier-" if more else "Later-"
    mine, theirs = ([_plain(profile, qualifier, traits, more=more) for profile in part] for part in (side, other))
    if mine[0] and set(mine) == {mine[0]} and mine[0] not in theirs:
        return f"{mine[0]} "
    return f"{qualifier.more if more else qualifier.less} "


def _plain(profile: Profile, qualifier: Qualifier, traits: Mapping[str, Sequence[Trait]], *, more: bool) -> str | None:
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
