"""Names of customers who come from orders: their word, told apart from others of the same word and from kept names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import count

from segreport.lexicon import concept_of
from segreport.personas.adjectives import DISCOUNT, LEFT_OUT, QUALIFIERS, Qualifier
from segreport.personas.keeping import Kept, spoken
from segreport.personas.naming import Name
from segreport.personas.qualifiers import (
    SHORT_WORDS,
    Named,
    Ways,
    cuts_of,
    end_of,
    is_short,
    numbered,
    numbers_of,
    tell_apart,
    tells,
)
from segreport.personas.rfm_words import Word
from segreport.personas.shop import Shop
from segreport.personas.traits import Trait, lower_first
from segreport.profiles import Profile


def name_by_word(
    profiles: Sequence[Profile],
    words: Mapping[str, Word],
    traits: Mapping[str, Sequence[Trait]],
    shop: Shop,
    kept: Mapping[str, Kept] | None = None,
) -> dict[str, Name]:
    """Return a fresh name for every segment, by id: its word, told apart from the others of the same word.

    None is like a `kept` name of another segment; those of segments with a kept name are what they would be called now.
    """
    ways = Ways(_qualifiers(shop), traits, shop)
    said = tuple(dict.fromkeys(words.values()))
    found: dict[str, Name] = {}
    for told in said:
        group = [profile for profile in profiles if words[profile.id] == told]
        for ident, (text, bases) in tell_apart(group, told, ways).items():
            found[ident] = _name((_shortened(text, told, said), bases), shop)
    return _unlike(found, profiles, words, ways, kept or {})


def _name(told: Named, shop: Shop) -> Name:
    text, bases = told
    return Name(text, (), rests=tuple(basis for basis in bases if basis.column in shop.columns))


def _unlike(
    found: Mapping[str, Name],
    profiles: Sequence[Profile],
    words: Mapping[str, Word],
    ways: Ways,
    kept: Mapping[str, Kept],
) -> dict[str, Name]:
    """Return names with others for those that are a kept name of another segment."""
    owners = {spoken(held.name): ident for ident, held in kept.items()}
    unlike = {ident: name for ident, name in found.items() if owners.get(spoken(name.text), ident) == ident}
    alike = [profile for profile in profiles if profile.id not in unlike]
    for profile in sorted(alike, key=lambda p: p.id in kept and not kept[p.id].is_just_given):
        word = words[profile.id]
        others = [
            other
            for other in profiles
            if other.id != profile.id
            and (words[other.id] == word or (other.id in kept and _says(kept[other.id].name, word)))
        ]
        taken = {spoken(name.text) for name in unlike.values()} | {k for k, v in owners.items() if v != profile.id}
        offers = _offers(profile, others, word, ways)
        unlike[profile.id] = _name(next(told for told in offers if spoken(told[0]) not in taken), ways.shop)
    return unlike


def _says(name: str, word: Word) -> bool:
    return spoken(name).endswith(word.text.lower())


def _offers(profile: Profile, others: Sequence[Profile], word: Word, ways: Ways) -> Iterator[Named]:
    """Yield names that tell one segment from others: by a column in which it lies beyond them, by a number, counted."""
    group = (profile, *others)
    ends = [cut for cut in cuts_of(group, word.text, word.columns, ways) if (profile,) in (cut.less, cut.more)]
    for cut in sorted(ends, key=lambda cut: -cut.score):
        told = end_of(cut, profile, word, ways)
        if is_short(told[0]):
            yield told
    for name in numbers_of(ways):
        if tells(name, profile, ways.shop):
            yield numbered(profile, word, name, ways.shop)
    yield from ((f"{word.text} {i}", word.basis) for i in count(2))


def _qualifiers(shop: Shop) -> tuple[Qualifier, ...]:
    """Return the adjectives for what these orders can tell: of one-time buyers not when, which is their word."""
    silent = shop.silent() | (set() if shop.limits.can_repeat else {"recency"})
    concepts = {column.name: concept_of(column.name, column.label) for column in shop.columns.values()}
    deals = (replace(DISCOUNT, column=name) for name, found in concepts.items() if found and found.key == "discount")
    return (*(qualifier for qualifier in QUALIFIERS if qualifier.column not in silent), *deals)


def _shortened(text: str, said: Word, words: Sequence[Word]) -> str:
    """Return "Larger-basket occasional buyers", without "quieter", where no other segment is called the rest."""
    head, _, rest = said.text.partition(" ")
    unlike = all(other is said or not other.text.lower().endswith(rest) for other in words)
    adjective = text.removesuffix(lower_first(said.text))
    if head not in LEFT_OUT or len(text.split()) <= SHORT_WORDS or not unlike or adjective == text:
        return text
    return adjective + rest
