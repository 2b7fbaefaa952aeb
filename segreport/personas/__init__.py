"""What each segment is called, in one sentence, and what to do about it: out of its numbers alone.

A word enters a name only when a driver of the segment backs it (at least 0.4 standard deviations from
the average customer, in the word's direction, and visible in the mean). Customers who come from orders get
marketing's own words instead, by rules over their scores and means (rfm.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from segreport.actions import GENERAL, Action, Case, choose_plays
from segreport.columns import Column
from segreport.lexicon import SPEND, goods_words
from segreport.orders import Limits, Standings
from segreport.personas.basis import Basis
from segreport.personas.by_word import name_by_word
from segreport.personas.clauses import PHRASES, tell
from segreport.personas.deals import deals_of, seeking_deals
from segreport.personas.keeping import Kept, check_names, spoken
from segreport.personas.naming import Name, choose_names
from segreport.personas.people import calls_people
from segreport.personas.rfm import heard, place_of, word
from segreport.personas.sentences import apart, difference, summarise
from segreport.personas.shop import Shop, is_typical
from segreport.personas.traits import Known, Trait, is_backed, is_telling, lower_first, traits_of
from segreport.personas.truth import Month, is_outdated
from segreport.profiles import Driver, Profile, Spread
from segreport.wording import Wording

__all__ = [
    "Basis",
    "Kept",
    "Persona",
    "calls_people",
    "difference",
    "is_backed",
    "lower_first",
    "name_segments",
    "signals",
]

VALUABLE = 1.3


@dataclass(frozen=True)
class Persona:
    """A segment in words: a unique name, one defining sentence, a first action; `backed_by` are the name's columns.

    `people` says whether the name calls the customers something ("Big spenders") or only labels the segment
    ("Region 3"), `urgency` how soon to act (0 first), and `spending` whether it stands out by high spending. `basis` is
    what the name rests on, `given` whether a person gave it, and `outdated` what the segment would be called now, where
    the name is one of before whose reason is gone (None: it is not).
    """

    id: str
    name: str
    backed_by: tuple[str, ...]
    summary: str
    action: Action
    people: bool = True
    urgency: int = GENERAL
    spending: bool = False
    basis: tuple[Basis, ...] = ()
    given: bool = False
    outdated: str | None = None


def name_segments(
    profiles: Sequence[Profile],
    columns: Sequence[Column],
    wording: Wording,
    standings: Standings | None = None,
    spreads: Mapping[str, Spread] | None = None,
    kept: Mapping[str, Kept] | None = None,
) -> tuple[Persona, ...]:
    """Return a persona for each profile, in their order; no two names are alike.

    `standings` are there where customers come from orders: then names are marketing's own (see rfm.py), and
    everyone's `spreads` tell whether a mean speaks for most of a segment. Segments with a `kept` name, by id, keep it;
    their sentences and actions are of this month's numbers. Raises SettingsError where a person gave two segments one
    name, or a name that another segment keeps.
    """
    known = {column.name: column for column in columns}
    everyone = _means(profiles)
    traits = {profile.id: traits_of(profile, known, everyone) for profile in profiles}
    held = check_names(kept or {}, [profile.id for profile in profiles])
    if standings is None:
        told = _told(profiles, traits, known, wording, held)
    else:
        shop = Shop(known, _everyone(profiles), spreads or {}, standings.limits, wording)
        told = _told_of_orders(profiles, traits, shop, standings, held)
    plays = choose_plays([told[profile.id].case for profile in profiles])
    return tuple(
        Persona(
            id=profile.id,
            name=told[profile.id].name.text,
            backed_by=tuple(name for name in told[profile.id].name.backed_by if name in known),
            summary=told[profile.id].summary,
            action=plays[profile.id].action,
            people=told[profile.id].name.people,
            urgency=plays[profile.id].urgency,
            spending="spend+" in told[profile.id].case.signals,
            basis=told[profile.id].name.basis,
            given=profile.id in held and held[profile.id].given,
            outdated=told[profile.id].outdated,
        )
        for profile in profiles
    )


@dataclass(frozen=True)
class _Told:
    """A segment on its way to a persona."""

    name: Name
    summary: str
    case: Case
    outdated: str | None = None


def _told(
    profiles: Sequence[Profile],
    traits: Mapping[str, Sequence[Trait]],
    columns: Known,
    wording: Wording,
    kept: Mapping[str, Kept],
) -> dict[str, _Told]:
    fresh = choose_names(profiles, traits, columns, wording, kept)
    month = Month({profile.id: profile for profile in profiles}, columns, _everyone(profiles), {}, Limits())
    names = {ident: _kept(kept[ident], name) if ident in kept else name for ident, name in fresh.items()}
    return {
        profile.id: _Told(
            names[profile.id],
            summarise(profile, names[profile.id].backed_by, columns, wording),
            _case(profile, signals(profile, traits[profile.id]), traits[profile.id], columns),
            _outdated(profile, kept.get(profile.id), fresh[profile.id], month),
        )
        for profile in profiles
    }


def _kept(kept: Kept, fresh: Name) -> Name:
    """Return a kept name; one that was just given rests on what the fresh one does."""
    return Name(kept.name, (), kept.people, rests=fresh.basis if kept.is_just_given else kept.basis)


def _outdated(profile: Profile, kept: Kept | None, fresh: Name, month: Month) -> str | None:
    """Return the fresh name where the reason of the kept one is gone."""
    if kept is None or spoken(kept.name) == spoken(fresh.text) or not is_outdated(kept, profile, month):
        return None
    return fresh.text


def _told_of_orders(
    profiles: Sequence[Profile],
    traits: Mapping[str, Sequence[Trait]],
    shop: Shop,
    standings: Standings,
    kept: Mapping[str, Kept],
) -> dict[str, _Told]:
    words = {
        profile.id: seeking_deals(
            word(place_of(profile, standings, shop.means, shop.spreads), shop.limits), traits[profile.id]
        )
        for profile in profiles
    }
    fresh = name_by_word(profiles, words, traits, shop, kept)
    month = Month({profile.id: profile for profile in profiles}, shop.columns, shop.means, words, shop.limits)
    found = {}
    for profile in profiles:
        said, held = words[profile.id], kept.get(profile.id)
        name = _kept(held, fresh[profile.id]) if held else fresh[profile.id]
        shown = heard(said, signals(profile, traits[profile.id]), shop.limits)
        if not is_typical(profile, "monetary", shop.spreads):
            shown -= {f"{SPEND.key}+", f"{SPEND.key}++"}
        if deals_of(said, traits[profile.id]):
            shown |= {"rfm:deals"}
        case = _case(profile, shown, traits[profile.id], shop.columns)
        told = (d for d in profile.drivers if d.column not in shop.silent() and is_telling(d, profile))
        topics = tuple(_topic(driver, profile, shop.columns) for driver in told)
        outdated = _outdated(profile, held, fresh[profile.id], month)
        found[profile.id] = _Told(name, tell(profile, name, said, shop), replace(case, apart=topics), outdated)
    return found


def signals(profile: Profile, traits: Sequence[Trait]) -> frozenset[str]:
    """Return what marketing would notice: "spend+", "recency-" and so on, "++" where it is half as high again.

    "best" is said of those worth at least 1.3 times the average (without a value: who spend more), "lapsed"
    and "new" of a time that is long or short in itself.
    """
    found = set()
    for trait in traits:
        high = trait.high != (trait.key == "birth")  # a later year of birth is a lower age
        key, sign = "age" if trait.key == "birth" else trait.family, "+" if high else "-"
        found |= {key + sign, key + 2 * sign} if trait.clear else {key + sign}
        found |= {word.lower() for word in (trait.side.adjective,) if word in ("New", "Lapsed")}
    index = None if profile.value_share is None or profile.share <= 0 else profile.value_share / profile.share
    if index is not None and index < 1:
        found -= {f"{SPEND.key}+", f"{SPEND.key}++"}
    if index is not None and index > 1:
        found -= {f"{SPEND.key}-", f"{SPEND.key}--"}
    if (index is None and f"{SPEND.key}+" in found) or (index is not None and index >= VALUABLE):
        found.add("best")
    return frozenset(found)


def _case(profile: Profile, shown: frozenset[str], traits: Sequence[Trait], columns: Known) -> Case:
    """Return what actions are chosen by; segments that are worth more choose first."""
    goods = next((goods_words(t.key) for t in traits if t.signal == "goods+"), "")
    strongest = max((abs(driver.effect) for driver in profile.drivers), default=0.0)
    return Case(
        id=profile.id,
        signals=shown,
        goods=goods,
        apart=tuple(apart(d, profile, columns[d.column]) for d in profile.drivers if is_telling(d, profile)),
        weight=(profile.value_share or 0.0, float("best" in shown), strongest * profile.share**0.5),
    )


def _topic(driver: Driver, profile: Profile, columns: Known) -> str:
    phrase = PHRASES.get(driver.column)
    return phrase.topic if phrase else apart(driver, profile, columns[driver.column])


def _everyone(profiles: Sequence[Profile]) -> Mapping[str, float]:
    """Return the means over all customers; where some have no value, only drivers know them."""
    told = (driver for profile in profiles for driver in (*profile.drivers, *profile.described))
    return {**_means(profiles), **{driver.column: driver.overall for driver in told if driver.level is None}}


def _means(profiles: Sequence[Profile]) -> Mapping[str, float]:
    """Return the means over all customers, from those of the segments."""
    shares = sum(profile.share for profile in profiles) or 1.0
    names = profiles[0].centre if profiles else {}
    return {name: sum(p.share * p.centre.get(name, 0.0) for p in profiles) / shares for name in names}
