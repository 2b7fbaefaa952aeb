"""Telling segments apart that one word fits: each gets an adjective that is true of it and of none of the others."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from segreport.lexicon import concept_of
from segreport.personas.adjectives import ABSOLUTE, AWAY, AWKWARD, COMPARED, DISCOUNT, LEFT_OUT, QUALIFIERS, Qualifier
from segreport.personas.naming import Name
from segreport.personas.rfm_words import Word
from segreport.personas.shop import ALIKE, ONCE, Shop
from segreport.personas.traits import Trait, lower_first
from segreport.profiles import RELEVANT, Profile

LONGEST = 40
MOST_WORDS = 4
SHORT_WORDS = 3


@dataclass(frozen=True)
class _Ways:
    """The adjectives there are for a shop, and what is true of each segment against all customers."""

    qualifiers: tuple[Qualifier, ...]
    traits: Mapping[str, Sequence[Trait]]
    shop: Shop


def name_by_word(
    profiles: Sequence[Profile], words: Mapping[str, Word], traits: Mapping[str, Sequence[Trait]], shop: Shop
) -> dict[str, Name]:
    """Return a name for every segment, by id: its word, told apart from the others of the same word."""
    ways = _Ways(_qualifiers(shop), traits, shop)
    spoken = tuple(dict.fromkeys(words.values()))
    found: dict[str, Name] = {}
    for said in spoken:
        group = [profile for profile in profiles if words[profile.id] == said]
        for ident, (text, backed) in tell_apart(group, said, ways).items():
            known = tuple(name for name in backed if name in shop.columns)
            found[ident] = Name(_shortened(text, said, spoken), (), columns=known)
    return found


def _qualifiers(shop: Shop) -> tuple[Qualifier, ...]:
    """Return the adjectives for what these orders can tell: of one-time buyers not when, which is their word."""
    silent = shop.silent() | (set() if shop.limits.can_repeat else {"recency"})
    concepts = {column.name: concept_of(column.name, column.label) for column in shop.columns.values()}
    deals = (replace(DISCOUNT, column=name) for name, found in concepts.items() if found and found.key == "discount")
    return (*(qualifier for qualifier in QUALIFIERS if qualifier.column not in silent), *deals)


def _shortened(text: str, said: Word, spoken: Sequence[Word]) -> str:
    """Return "Larger-basket occasional buyers", without "quieter", where no other segment is called the rest."""
    head, _, rest = said.text.partition(" ")
    unlike = all(other is said or not other.text.lower().endswith(rest) for other in spoken)
    adjective = text.removesuffix(lower_first(said.text))
    if head not in LEFT_OUT or len(text.split()) <= SHORT_WORDS or not unlike or adjective == text:
        return text
    return adjective + rest


def tell_apart(group: Sequence[Profile], word: Word, ways: _Ways) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return a name, and the columns behind it, for each of the segments that share a word."""
    if len(group) == 1:
        return {group[0].id: (word.text, word.columns)}
    names = _by_extremes(group, word, ways) or _split(group, word.text, word.columns, ways)
    texts = [text for text, _ in names.values()]
    if len(set(texts)) == len(texts) and all(map(_is_short, texts)):
        return names
    return _numbered(group, word, ways)


def _is_short(text: str) -> bool:
    return len(text) <= LONGEST and len(text.split()) <= MOST_WORDS


@dataclass(frozen=True)
class _Cut:
    """Segments in two sides by one column, and how well its adjectives tell them apart."""

    qualifier: Qualifier
    less: tuple[Profile, ...]
    more: tuple[Profile, ...]
    score: float


def _by_extremes(group: Sequence[Profile], word: Word, ways: _Ways) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return a name for each of three or more by a column in which it lies beyond the others; {} if one has none."""
    found: dict[str, tuple[str, tuple[str, ...]]] = {}
    ends = [cut for cut in _cuts(group, word.text, word.columns, ways) if 1 in (len(cut.less), len(cut.more))]
    for cut in sorted(ends, key=lambda cut: -cut.score) if len(group) > 2 else ():
        more = len(cut.more) == 1
        side, other = (cut.more, cut.less) if more else (cut.less, cut.more)
        name = _adjective(cut.qualifier, word.text, side, other, more=more, ways=ways) + lower_first(word.text)
        if side[0].id not in found and name not in {text for text, _ in found.values()}:
            found[side[0].id] = name, tuple(dict.fromkeys((*word.columns, cut.qualifier.column)))
    return found if len(found) == len(group) else {}


def _split(
    group: Sequence[Profile], text: str, backed: tuple[str, ...], ways: _Ways
) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return names by the column that tells two sides best; a side of several is split again."""
    cuts = list(_cuts(group, text, backed, ways))
    if len(group) == 1 or not cuts:
        return {profile.id: (text, backed) for profile in group}
    best = max(cuts, key=lambda cut: cut.score)
    behind = tuple(dict.fromkeys((*backed, best.qualifier.column)))
    found = {}
    for side, other, more in ((best.less, best.more, False), (best.more, best.less, True)):
        adjective = _adjective(best.qualifier, text, side, other, more=more, ways=ways)
        if len(side) == 2 and _differ(*side, best.qualifier.column):
            inner, outer = side if more else side[::-1]
            plain = best.qualifier.more if more else best.qualifier.less
            found[inner.id] = (f"{plain} {lower_first(text)}", behind)
            found[outer.id] = (f"{_superlative(plain)} {lower_first(text)}", behind)
        else:
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


def _cuts(group: Sequence[Profile], text: str, backed: Sequence[str], ways: _Ways) -> Iterator[_Cut]:
    for qualifier in ways.qualifiers:
        name = qualifier.column
        if not all(_tells(name, profile, ways.shop) for profile in group):
            continue
        rest = sorted(group, key=lambda profile: (profile.centre[name], profile.id))
        weight = _weight(qualifier, text, backed)
        for at in range(1, len(rest)):
            below, above = rest[at - 1], rest[at]
            if _differ(below, above, name):
                less, more = tuple(rest[:at]), tuple(rest[at:])
                told = replace(qualifier, less=qualifier.late) if below.centre[name] > qualifier.short else qualifier
                score = weight * _margin(below, above, name) * _ease(told, text, less, more, ways)
                yield _Cut(told, less, more, score)


def _ease(qualifier: Qualifier, text: str, less: Sequence[Profile], more: Sequence[Profile], ways: _Ways) -> float:
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


def _tells(name: str, profile: Profile, shop: Shop) -> bool:
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
    ways: _Ways,
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


def _numbered(group: Sequence[Profile], word: Word, ways: _Ways) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return names told apart by a number, "Lost customers (412 days)", of the first column where all differ."""
    shop = ways.shop
    names = [qualifier.column for qualifier in ways.qualifiers]
    if not shop.limits.can_repeat:
        names.append("recency")
    for name in (name for name in names if name in shop.columns):
        if all(_tells(name, profile, shop) for profile in group):
            said = [shop.wording.quantity(profile.centre[name], shop.columns[name].unit) for profile in group]
            if len(set(said)) == len(said):
                backed = tuple(dict.fromkeys((*word.columns, name)))
                return {
                    profile.id: (f"{word.text} ({_named(number, name)})", backed)
                    for profile, number in zip(group, said, strict=True)
                }
    return {profile.id: (f"{word.text} {i}", word.columns) for i, profile in enumerate(group, 1)}


def _named(number: str, column: str) -> str:
    return {"frequency": f"{number} orders", "products": f"{number} products"}.get(column, number)
