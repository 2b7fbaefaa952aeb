"""Telling segments apart that one word fits: each gets an adjective that is true of it and of none of the others."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from segreport.personas.adjectives import ABSOLUTE, AWAY, AWKWARD, COMPARED, Qualifier
from segreport.personas.basis import Basis, columns_of
from segreport.personas.rfm_words import Word
from segreport.personas.shop import ALIKE, ONCE, Shop
from segreport.personas.traits import Trait, lower_first
from segreport.profiles import RELEVANT, Profile

LONGEST = 40
MOST_WORDS = 4
SHORT_WORDS = 3

Named = tuple[str, tuple[Basis, ...]]
"""A name, and what it rests on."""


@dataclass(frozen=True)
class Ways:
    """The adjectives there are for a shop, and what is true of each segment against all customers."""

    qualifiers: tuple[Qualifier, ...]
    traits: Mapping[str, Sequence[Trait]]
    shop: Shop


def tell_apart(group: Sequence[Profile], word: Word, ways: Ways) -> dict[str, Named]:
    """Return a name, and what it rests on, for each of the segments that share a word."""
    if len(group) == 1:
        return {group[0].id: (word.text, word.basis)}
    names = _by_extremes(group, word, ways) or _split(group, word.text, word.basis, ways)
    texts = [text for text, _ in names.values()]
    if len(set(texts)) == len(texts) and all(map(is_short, texts)):
        return names
    return _numbered(group, word, ways)


def is_short(text: str) -> bool:
    """Return whether a name has at most 40 letters and four words."""
    return len(text) <= LONGEST and len(text.split()) <= MOST_WORDS


@dataclass(frozen=True)
class Cut:
    """Segments in two sides by one column, and how well its adjectives tell them apart."""

    qualifier: Qualifier
    less: tuple[Profile, ...]
    more: tuple[Profile, ...]
    score: float


def _by_extremes(group: Sequence[Profile], word: Word, ways: Ways) -> dict[str, Named]:
    """Return a name for each of three or more by a column in which it lies beyond the others; {} if one has none."""
    found: dict[str, Named] = {}
    ends = [cut for cut in cuts_of(group, word.text, word.columns, ways) if 1 in (len(cut.less), len(cut.more))]
    for cut in sorted(ends, key=lambda cut: -cut.score) if len(group) > 2 else ():
        profile = (cut.more if len(cut.more) == 1 else cut.less)[0]
        told = end_of(cut, profile, word, ways)
        if profile.id not in found and told[0] not in {text for text, _ in found.values()}:
            found[profile.id] = told
    return found if len(found) == len(group) else {}


def end_of(cut: Cut, profile: Profile, word: Word, ways: Ways) -> Named:
    """Return the name of the one segment that a cut parts from all others."""
    more = cut.more == (profile,)
    other = cut.less if more else cut.more
    adjective = _adjective(cut.qualifier, word.text, (profile,), other, more=more, ways=ways)
    return adjective + lower_first(word.text), _and(word.basis, adjective, cut.qualifier, other, more=more)


def _and(
    bases: tuple[Basis, ...], adjective: str, qualifier: Qualifier, other: Sequence[Profile], *, more: bool
) -> tuple[Basis, ...]:
    """Return what a name rests on together with an adjective: a plain one compares with everyone, not with `other`."""
    compares = adjective.strip(" -") in (qualifier.more, qualifier.less, "Earlier", "Later", "One-time")
    than = tuple(profile.id for profile in other) if compares else ()
    return tuple(dict.fromkeys((*bases, Basis(qualifier.column, above=more, than=than))))


def _split(group: Sequence[Profile], text: str, bases: tuple[Basis, ...], ways: Ways) -> dict[str, Named]:
    """Return names by the column that tells two sides best; a side of several is split again."""
    cuts = list(cuts_of(group, text, columns_of(bases), ways))
    if len(group) == 1 or not cuts:
        return {profile.id: (text, bases) for profile in group}
    best = max(cuts, key=lambda cut: cut.score)
    found = {}
    for side, other, more in ((best.less, best.more, False), (best.more, best.less, True)):
        adjective = _adjective(best.qualifier, text, side, other, more=more, ways=ways)
        if len(side) == 2 and _differ(*side, best.qualifier.column):
            inner, outer = side if more else side[::-1]
            plain = best.qualifier.more if more else best.qualifier.less
            behind, beyond = (_and(bases, plain, best.qualifier, rest, more=more) for rest in (other, (*other, inner)))
            found[inner.id] = (f"{plain} {lower_first(text)}", behind)
            found[outer.id] = (f"{_superlative(plain)} {lower_first(text)}", beyond)
        else:
            behind = _and(bases, adjective, best.qualifier, other, more=more)
            found.update(_split(side, f"{adjective}{lower_first(text)}", behind, ways))
    return found


def _superlative(adjective: str) -> str:
    """Return "Highest-value" for "Higher-value", "Most-frequent" for "More-frequent"."""
    head, dash, tail = adjective.partition("-")
    if not head.endswith("er") and head not in ("More", "Less"):
        return f"Most {lower_first(adjective)}"
    most = {"More": "Most", "Less": "Least"}.get(head, f"{head.removesuffix('er')}est")
    return f"{most}{dash}{tail}"


def _differ(below: Profile, above: Profile, name: str) -> bool:
    """Return whether one mean is visibly below the other, and a certain difference of one of the two bears it out."""
    low, high = below.centre[name], above.centre[name]
    seen = high > low and high - low >= ALIKE * max(abs(low), abs(high))
    return seen and _effect(above, name) - _effect(below, name) >= RELEVANT


def cuts_of(group: Sequence[Profile], text: str, backed: Sequence[str], ways: Ways) -> Iterator[Cut]:
    """Yield every way to part segments in two by one column; `text` is the word so far, `backed` what it rests on."""
    for qualifier in ways.qualifiers:
        name = qualifier.column
        if not all(tells(name, profile, ways.shop) for profile in group):
            continue
        rest = sorted(group, key=lambda profile: (profile.centre[name], profile.id))
        weight = _weight(qualifier, text, backed)
        for at in range(1, len(rest)):
            below, above = rest[at - 1], rest[at]
            if _differ(below, above, name):
                less, more = tuple(rest[:at]), tuple(rest[at:])
                told = replace(qualifier, less=qualifier.late) if below.centre[name] > qualifier.short else qualifier
                score = weight * _margin(below, above, name) * _ease(told, text, less, more, ways)
                yield Cut(told, less, more, score)


def _ease(qualifier: Qualifier, text: str, less: Sequence[Profile], more: Sequence[Profile], ways: Ways) -> float:
    """Return how easily a name reads: half as well where it compares twice, as in "Higher-value quieter customers"."""
    if not text.lower().startswith(COMPARED):
        return 1.0
    sides = ((less, more, False), (more, less, True))
    found = [_adjective(qualifier, text, side, other, more=high, ways=ways) for side, other, high in sides]
    return 0.5 if any(adjective.partition("-")[0].endswith("er") for adjective in found) else 1.0


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


def tells(name: str, profile: Profile, shop: Shop) -> bool:
    """Return whether a column speaks for the segment: days between orders only where most came back."""
    known = math.isfinite(profile.centre.get(name, math.nan))
    amount = name in shop.columns and shop.columns[name].unit == "amount"
    if not known or (amount and shop.is_carried(profile, name)):
        return False
    return name != "gap" or profile.centre.get("frequency", 0.0) >= 2


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
    ways: Ways,
) -> str:
    """Return the adjective and what joins it to the name: "Large-basket ", or "Earlier-" before "lapsed customers"."""
    if qualifier.column == "recency" and text.startswith(AWAY):
        return "Earlier-" if more else "Later-"
    if qualifier.column == "frequency" and not more and all(p.centre["frequency"] <= ONCE for p in side):
        return "One-time "
    mine, theirs = ([_plain(profile, qualifier, ways.traits, more=more) for profile in part] for part in (side, other))
    if mine[0] and set(mine) == {mine[0]} and mine[0] not in theirs:
        return f"{mine[0]} "
    return f"{qualifier.more if more else qualifier.less} "


def _plain(profile: Profile, qualifier: Qualifier, traits: Mapping[str, Sequence[Trait]], *, more: bool) -> str | None:
    """Return the adjective that is true of a segment against all customers; new is for the words alone to say."""
    for trait in traits[profile.id]:
        told = (trait.key in ABSOLUTE and (trait.key != "tenure" or trait.high)) or (
            trait.key == "discount" and trait.high and trait.clear
        )
        if told and trait.columns == (qualifier.column,) and trait.high == more:
            return trait.side.adjective
    return None


def _numbered(group: Sequence[Profile], word: Word, ways: Ways) -> dict[str, Named]:
    """Return names told apart by a number, "Lost customers (412 days)", of the first column where all differ."""
    shop = ways.shop
    for name in numbers_of(ways):
        if all(tells(name, profile, shop) for profile in group):
            said = [shop.wording.quantity(profile.centre[name], shop.columns[name].unit) for profile in group]
            if len(set(said)) == len(said):
                return {profile.id: numbered(profile, word, name, shop) for profile in group}
    return {profile.id: (f"{word.text} {i}", word.basis) for i, profile in enumerate(group, 1)}


def numbers_of(ways: Ways) -> list[str]:
    """Return the columns whose number may tell segments apart."""
    names = [qualifier.column for qualifier in ways.qualifiers]
    if not ways.shop.limits.can_repeat:
        names.append("recency")
    return [name for name in names if name in ways.shop.columns]


def numbered(profile: Profile, word: Word, name: str, shop: Shop) -> Named:
    """Return a word with a segment's mean of a column: "Lost customers (412 days)"."""
    mean = profile.centre[name]
    number = shop.wording.quantity(mean, shop.columns[name].unit)
    told = {"frequency": f"{number} orders", "products": f"{number} products"}.get(name, number)
    return f"{word.text} ({told})", (*word.basis, Basis(name, number=mean))
