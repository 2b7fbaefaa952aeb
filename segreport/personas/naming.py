"""Names for segments: true of the segment, untrue of the others, and no two alike."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, combinations

from segreport.lexicon import CLASHES, ECHOES, FIRST, LAPSED, NEW, NOUNS
from segreport.personas.basis import Basis, columns_of
from segreport.personas.keeping import Kept, is_like
from segreport.personas.traits import NAMEABLE, Known, Trait, holds, is_common, is_in_itself, lower_first, short
from segreport.profiles import Profile
from segreport.wording import Wording

NEAR_AVERAGE = "Near-average customers"
LONGEST = 40
MOST_WORDS = 4
FAR = 1.2
NEAR = 0.8
CONSIDERED = 8


@dataclass(frozen=True)
class Claim:
    """A trait as a name says it: `step` is a word that makes it stronger or weaker, None for the trait as it is."""

    trait: Trait
    step: str | None = None

    @property
    def meaning(self) -> tuple[str, bool, str | None]:
        """What the claim says, whatever its words; names that mean the same are alike."""
        return self.trait.key, self.trait.high, self.step

    @property
    def basis(self) -> tuple[Basis, ...]:
        """What it rests on: its strongest column's side and, of a time that is long or short in itself, that."""
        driver = self.trait.driver
        side = Basis(driver.column, driver.level, self.trait.high)
        return (side, Basis(driver.column)) if is_in_itself(self.trait) else (side,)


@dataclass(frozen=True)
class Name:
    """A name, what it claims, and whether it calls the customers something ("Big spenders") or only labels them.

    `rests` is what a name rests on that is no claim out of traits: a word's, or a kept name's.
    """

    text: str
    claims: tuple[Claim, ...]
    people: bool = True
    score: float = 0.0
    rests: tuple[Basis, ...] = ()

    @property
    def backed_by(self) -> tuple[str, ...]:
        """The columns behind the name, the most telling first."""
        told = tuple(dict.fromkeys(name for claim in self.claims for name in claim.trait.columns))
        return told or columns_of(self.rests)

    @property
    def basis(self) -> tuple[Basis, ...]:
        """What the name rests on, the most telling first."""
        return tuple(basis for claim in self.claims for basis in claim.basis) or self.rests


def choose_names(
    profiles: Sequence[Profile],
    traits: Mapping[str, Sequence[Trait]],
    columns: Known,
    wording: Wording,
    kept: Mapping[str, Kept] | None = None,
) -> dict[str, Name]:
    """Return a fresh name for every segment, by id; the segment with the most telling trait chooses first.

    The best name has the most telling words and fits the fewest other segments. Segments with a `kept` name choose
    last, and what they choose is only what they would be called now; no name is like a kept one of another segment.
    """
    chosen: dict[str, Name] = {}
    held = kept or {}
    for profile in sorted(profiles, key=lambda p: (_is_settled(held.get(p.id)), -_weight(traits[p.id]))):
        others = [other for other in profiles if other.id != profile.id]
        spoken = sorted(
            (_scored(name, others, traits) for name in _names(traits[profile.id]) if _is_short(name)),
            key=lambda name: -name.score,
        )
        rests = [name for name in spoken if any(claim.trait.clustered for claim in name.claims)]
        offers = chain(rests, _near_average(profile), spoken, _averages(profile, columns, wording))
        theirs = [kept for ident, kept in held.items() if ident != profile.id]
        chosen[profile.id] = next(
            name
            for name in offers
            if _is_new(name, chosen.values()) and not any(is_like(name.text, name.basis, other) for other in theirs)
        )
    return chosen


def _weight(traits: Sequence[Trait]) -> float:
    return max((trait.weight for trait in traits), default=0.0)


def _is_settled(kept: Kept | None) -> bool:
    """Return whether a segment needs no fresh name: a name that was just given rests on what the fresh one does."""
    return kept is not None and not kept.is_just_given


def _is_short(name: Name) -> bool:
    """Return whether a name is at most 40 letters, and four words where it calls the customers something."""
    return len(name.text) <= LONGEST and (not name.people or len(name.text.split()) <= MOST_WORDS)


def _is_new(name: Name, taken: Iterable[Name]) -> bool:
    meaning = {claim.meaning for claim in name.claims}
    return all(
        name.text.casefold() != other.text.casefold()
        and (not meaning or meaning != {claim.meaning for claim in other.claims})
        for other in taken
    )


def _names(traits: Sequence[Trait]) -> Iterator[Name]:
    """Yield everything that could be said of a segment with up to three of its traits."""
    told = list(traits[:CONSIDERED])
    claims = [claim for trait in told for claim in _claims(trait)]
    for claim in claims:
        yield from _single(claim)
    for pair in combinations(claims, 2):
        if pair[0].trait.key != pair[1].trait.key and _agree(pair):
            yield from _pair(*pair)
    for three in combinations([Claim(trait) for trait in told], 3):
        if len({claim.trait.family for claim in three}) == 3 and _agree(three):
            yield from _triple(three)


def _agree(claims: Sequence[Claim]) -> bool:
    return not any(frozenset(pair) in CLASHES for pair in combinations([claim.trait.family for claim in claims], 2))


def _claims(trait: Trait) -> Iterator[Claim]:
    yield Claim(trait)
    effect = abs(trait.driver.effect)
    if trait.side.more and effect >= FAR:
        yield Claim(trait, trait.side.more)
    if trait.side.some and effect < NEAR:
        yield Claim(trait, trait.side.some)


def _scored(name: Name, others: Sequence[Profile], traits: Mapping[str, Sequence[Trait]]) -> Name:
    """Return a name with its score: how telling its words are, less for length, echoes and segments it fits as well."""
    weights = sorted((claim.trait.weight for claim in name.claims), reverse=True)
    telling = sum(weight * share for weight, share in zip(weights, (1.0, 0.6, 0.3), strict=False))
    signals = [claim.trait.signal for claim in name.claims]
    echo = any(frozenset(pair) in ECHOES for pair in combinations(signals, 2))
    length = (0.0, 0.25, 0.8)[len(name.claims) - 1] + 0.4 * sum(claim.step is not None for claim in name.claims)
    shared = sum(all(_fits(claim, other, traits[other.id]) for claim in name.claims) for other in others)
    score = telling - length - 0.5 * echo * weights[-1] - 0.7 * shared**0.5 - _awkward(name)
    return replace(name, score=score - 0.4 * sum(not claim.trait.clustered for claim in name.claims))


def _awkward(name: Name) -> float:
    """Return what a label costs against a name for people; "Older, high X1", half of each, costs most."""
    mixed = any(claim.trait.side.adjective for claim in name.claims)
    return 0.0 if name.people else 0.8 if mixed else 0.4


def _fits(claim: Claim, other: Profile, theirs: Sequence[Trait]) -> bool:
    """Return whether a word would be as true of another segment."""
    trait, effect = claim.trait, holds(claim.trait, other)
    if claim.step is None:
        same = any((t.key, t.high, t.side) == (trait.key, trait.high, trait.side) for t in theirs)
        needed = 0.75 * abs(trait.driver.effect) if trait.side in (NEW, LAPSED) else NAMEABLE
        return same or effect >= needed
    if claim.step == trait.side.more:
        return effect >= abs(trait.driver.effect) - NAMEABLE
    return NAMEABLE <= effect < NEAR


def _single(claim: Claim) -> Iterator[Name]:
    side, step = claim.trait.side, claim.step
    noun = side.noun if side.noun and " " in side.noun and not (step and side.more == "Much") else None
    text = noun or (f"{side.adjective} customers" if side.adjective else None)
    if text:
        yield Name(f"{step} {lower_first(text)}" if step else _capital(text), (claim,))
    elif claim.trait.phrase and not step:
        yield Name(claim.trait.phrase, (claim,), people=False)


def _pair(first: Claim, second: Claim) -> Iterator[Name]:
    if first.trait.family == second.trait.family == "goods":
        if not (first.step or second.step):
            yield from _two_goods(first, second)
        return
    if {"spend-", "goods-"} == {first.trait.signal, second.trait.signal}:
        return  # "Low-spending light milk buyers"
    one, other = sorted((first, second), key=lambda claim: -_noun_rank(claim))
    for lead, noun in ((one, other), (other, one)):
        if lead.trait.side.adjective and noun.trait.side.noun:
            if not noun.step:
                yield Name(f"{_lead(lead)} {noun.trait.side.noun}", (first, second))
            return
    phrases = [claim.trait.phrase for claim in (first, second) if claim.trait.phrase and not claim.step]
    adjectives = [
        claim.trait.side.adjective for claim in (first, second) if claim.trait.side.adjective and not claim.step
    ]
    if len(phrases) == 2:
        yield Name(f"{phrases[0]}, {lower_first(phrases[1])}", (first, second), people=False)
    elif phrases and adjectives:
        yield Name(f"{adjectives[0]}, {lower_first(phrases[0])}", (first, second), people=False)


def _two_goods(first: Claim, second: Claim) -> Iterator[Name]:
    one, other = (claim.trait.key.partition(":")[2] for claim in (first, second))
    if first.trait.high and second.trait.high:
        yield Name(f"{one.capitalize()} and {other} buyers", (first, second))
    elif first.trait.high != second.trait.high:
        more, less = (one, other) if first.trait.high else (other, one)
        yield Name(f"{more.capitalize()}-over-{less} buyers", (first, second))


def _triple(claims: tuple[Claim, ...]) -> Iterator[Name]:
    *leads, noun = sorted(claims, key=lambda claim: -_noun_rank(claim))
    if all(claim.trait.side.adjective for claim in leads) and noun.trait.side.noun:
        first, second = sorted(leads, key=lambda claim: claim.trait.family not in FIRST)
        yield Name(f"{_lead(first)} {lower_first(_lead(second))} {noun.trait.side.noun}", claims)


def _lead(claim: Claim) -> str:
    adjective = claim.trait.side.adjective or ""
    return f"{claim.step} {lower_first(adjective)}" if claim.step else adjective


def _noun_rank(claim: Claim) -> int:
    """Return how well a trait serves as the noun, 0 best."""
    key = "gender" if claim.trait.key.startswith("level:") and claim.trait.side.noun else claim.trait.family
    return NOUNS.index(key) if key in NOUNS else len(NOUNS)


def _near_average(profile: Profile) -> Iterator[Name]:
    if all(abs(driver.effect) < NAMEABLE or not is_common(driver, profile) for driver in profile.drivers):
        yield Name(NEAR_AVERAGE, ())


def _averages(profile: Profile, columns: Known, wording: Wording) -> Iterator[Name]:
    """Yield names that claim nothing but a number, then numbered ones, which never run out."""
    names = [driver.column for driver in profile.drivers]
    for name in dict.fromkeys((*names, *profile.alike, *profile.centre)):
        if name in profile.centre and name in columns:
            label = short(lower_first(columns[name].label), letters=20)
            article = "" if label.startswith("average") else "Average "
            text = f"{article}{label} {wording.quantity(profile.centre[name], columns[name].unit)}"
            yield Name(_capital(text), (), people=False, rests=(Basis(name, number=profile.centre[name]),))
    group = 1
    while True:
        yield Name(f"Customer group {group}", (), people=False)
        group += 1


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
