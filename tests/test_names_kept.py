"""Names for life: kept word for word, unlike the others' names, and flagged where their reason is gone."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace
from unicodedata import normalize

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_personas import SHOP, WORDS, column, driver, level, profile, random_columns, random_profiles
from test_rfm_personas import COLUMNS, EUROS, EVERYONE, FREE, bought, random_shop

from segreport.errors import SettingsError
from segreport.orders import Standing, Standings
from segreport.personas import Basis, Kept, Persona, calls_people, name_segments
from segreport.personas.rfm_words import WORDS as WORDS_OF_ORDERS
from segreport.profiles import Profile, Spread

BIG = Kept("Big spenders", (Basis("revenue", above=True),), people=True, given=False)
OLDER = Kept("Older customers", (Basis("age", above=True),), people=True, given=False)
LAPSED = Kept("Lapsed customers", (Basis("recency"),), people=True, given=False)


def by_hand(name: str, *basis: Basis, people: bool = True) -> Kept:
    return Kept(name, basis, people, given=True)


def called(*profiles: Profile, **kept: Kept) -> dict[str, Persona]:
    found = name_segments(profiles, SHOP, WORDS, kept=kept)
    return {persona.id: persona for persona in found}


def shop(scores: Mapping[str, tuple[float, float, float]], *profiles: Profile, **kept: Kept) -> dict[str, Persona]:
    """The personas, by id, of segments with these mean scores, where everyone's are 3."""
    standings = Standings({ident: Standing(*three) for ident, three in scores.items()}, Standing(3, 3, 3), FREE)
    return {persona.id: persona for persona in name_segments(profiles, COLUMNS, EUROS, standings, kept=kept)}


# What names rest on


def test_a_name_rests_on_the_side_of_every_column_it_speaks_of() -> None:
    found = called(profile("s1", driver("revenue", 1.2), driver("income", 1.0)), profile("s2"))
    assert found["s1"].name == "High-income big spenders"
    assert set(found["s1"].basis) == {Basis("revenue", above=True), Basis("income", above=True)}
    assert found["s2"].basis == ()


def test_a_name_of_a_category_rests_on_its_level() -> None:
    told = profile("s1", level("region", "North", 0.8, 0.3, 1.1))
    found = name_segments([told, profile("s2")], [column("region", role="category")], WORDS)[0]
    assert (found.name, found.basis) == ("Region: mostly North", (Basis("region", "North", above=True),))


def test_a_time_that_is_short_in_itself_is_a_reason_of_its_own() -> None:
    found = called(profile("s1", driver("joined", -1.0, mean=60, overall=700)), profile("s2"))
    assert found["s1"].name == "New customers"
    assert found["s1"].basis == (Basis("joined", above=False), Basis("joined"))


def test_a_name_of_last_resort_rests_on_its_number() -> None:
    one, two = (profile(f"s{i}", centre={"age": 40.0 + 10 * i}, share=0.5) for i in range(2))
    found = called(one, two)
    assert found["s1"].name == "Average age 50 years"
    assert found["s1"].basis == (Basis("age", number=50.0),)


def test_a_word_for_buyers_rests_on_its_claims() -> None:
    found = shop(
        {"s1": (5, 5, 5), "s2": (3, 3, 2)},
        bought("s1", recency=20, frequency=9, monetary=5000),
        bought("s2", 0.75, monetary=1000),
    )
    assert found["s1"].name == "Champions"
    assert found["s1"].basis == tuple(
        Basis(name, above=name != "recency") for name in ("recency", "frequency", "monetary")
    )


def lapsed(ident: str, share: float = 0.25, **means: float) -> Profile:
    return bought(ident, share, recency=500.0, **means)


TWO_LAPSED = (lapsed("s1", monetary=5000), lapsed("s2", monetary=500))
AWAY = {"s1": (1.0, 3.0, 3.0), "s2": (1.0, 3.0, 3.0), "s3": (1.0, 3.0, 3.0)}


def test_an_adjective_that_compares_rests_on_whom_it_compares_with() -> None:
    found = shop(AWAY, *TWO_LAPSED)
    assert [persona.name for persona in found.values()] == [
        "Higher-value lapsed customers",
        "Lower-value lapsed customers",
    ]
    assert found["s1"].basis == (Basis("recency"), Basis("monetary", above=True, than=("s2",)))
    assert found["s2"].basis == (Basis("recency"), Basis("monetary", above=False, than=("s1",)))


# Kept


def test_nothing_kept_is_as_ever() -> None:
    profiles = (profile("s1", driver("revenue", 1.2)), profile("s2", driver("age", -0.9)))
    assert name_segments(profiles, SHOP, WORDS) == name_segments(profiles, SHOP, WORDS, kept={})
    assert [p.name for p in name_segments(profiles, SHOP, WORDS)] == ["Big spenders", "Younger customers"]


def test_a_segment_keeps_its_name_while_another_would_fit_better() -> None:
    this = profile("s1", driver("income", 2.0), driver("revenue", 0.5))
    found = called(this, profile("s2"), s1=BIG)["s1"]
    assert called(this, profile("s2"))["s1"].name == "High-income big spenders"
    assert (found.name, found.basis, found.backed_by, found.outdated) == (BIG.name, BIG.basis, ("revenue",), None)
    assert found.summary.startswith("They have an average revenue of 120 against 100 for all customers")


def test_a_new_segment_gets_a_name_unlike_the_kept_ones() -> None:
    found = called(
        profile("s1", driver("revenue", 0.9)), profile("s7", driver("revenue", 0.9), driver("age", 0.5)), s1=BIG
    )
    assert found["s1"].name == "Big spenders"
    assert found["s7"].name == "Older big spenders"
    same = called(profile("s1", driver("revenue", 0.9)), profile("s7", driver("revenue", 0.9)), s1=BIG)["s7"]
    assert same.name not in ("Big spenders", "High-spending customers")


def test_a_new_segment_gets_no_name_that_means_the_same_in_other_words() -> None:
    kept = replace(BIG, name="High spenders")
    found = called(profile("s1", driver("revenue", 0.9)), profile("s7", driver("revenue", 0.9)), s1=kept)["s7"]
    assert found.name != "Big spenders"
    free = called(
        profile("s1", driver("revenue", 0.9)), profile("s7", driver("revenue", 0.9)), s1=by_hand("VIP", *BIG.basis)
    )
    assert free["s7"].name == "Big spenders"


def test_a_new_segment_is_told_apart_from_a_kept_word_that_fits_both() -> None:
    found = shop(AWAY, lapsed("s1", monetary=5000), lapsed("s3", monetary=500), s1=LAPSED)
    assert (found["s1"].name, found["s1"].outdated) == ("Lapsed customers", None)
    assert found["s3"].name == "Lower-value lapsed customers"


def test_a_new_segment_is_told_apart_from_a_kept_word_that_is_outdated() -> None:
    back = bought("s1", recency=20.0, monetary=5000)
    found = shop({"s1": (5, 3, 5), "s3": (1, 3, 2)}, back, lapsed("s3", monetary=500), s1=LAPSED)
    assert found["s1"].name == "Lapsed customers"
    assert found["s1"].outdated == "Active big spenders"
    assert found["s3"].name == "Lower-value lapsed customers"


def test_where_no_adjective_tells_it_from_kept_names_a_number_does() -> None:
    same = [lapsed(f"s{i}") for i in range(1, 4)]
    kept = {"s1": LAPSED, "s2": replace(LAPSED, name="Lapsed customers 2")}
    names = [persona.name for persona in shop(AWAY, *same, **kept).values()]
    assert names == ["Lapsed customers", "Lapsed customers 2", "Lapsed customers 3"]


def test_names_of_segments_that_are_no_more_are_free() -> None:
    assert called(profile("s1", driver("revenue", 0.9)), profile("s2"), s9=BIG)["s1"].name == "Big spenders"


def test_two_found_names_alike_leave_the_first_its_name() -> None:
    found = called(profile("s1", driver("revenue", 0.9)), profile("s2", driver("age", 0.9)), s1=BIG, s2=BIG)
    assert [persona.name for persona in found.values()] == ["Big spenders", "Older customers"]


# Outdated


@pytest.mark.parametrize(("effect", "outdated"), [(1.2, False), (0.21, False), (0.19, True), (-0.5, True)])
def test_a_name_is_outdated_where_its_difference_is_gone(effect: float, *, outdated: bool) -> None:
    this = profile("s1", driver("revenue", effect), driver("age", 0.9))
    found = called(this, profile("s2"), s1=BIG)["s1"]
    assert found.name == "Big spenders"
    assert (found.outdated is not None) == outdated


def test_an_outdated_name_comes_with_what_the_segment_would_be_called_now() -> None:
    found = called(profile("s1", driver("revenue", -0.9)), profile("s2"), s1=BIG)["s1"]
    assert found.outdated == "Light spenders"
    assert found.summary == "They have an average revenue of 64 against 100 for all customers."


def test_what_an_outdated_segment_would_be_called_is_unlike_every_name_that_is_used() -> None:
    light = Kept("Light spenders", (Basis("revenue", above=False),), people=True, given=False)
    found = called(profile("s1", driver("revenue", -0.9)), profile("s2", driver("revenue", -0.9)), s1=BIG, s2=light)
    assert found["s2"].outdated is None
    assert found["s1"].outdated not in (None, "Light spenders", "Big spenders")


def test_a_mean_on_the_other_side_makes_a_name_outdated_whatever_its_effect() -> None:
    assert called(profile("s1", driver("revenue", 0.5, mean=90)), profile("s2"), s1=BIG)["s1"].outdated


def test_a_difference_that_is_not_certain_any_more_still_bears_a_name_while_the_mean_shows_it() -> None:
    def outdated(mean: float, *alike: str) -> bool:
        spread = {"age": Spread((10.0, 30.0, 40.0, 50.0, 90.0), (1.0,))}
        this = replace(profile("s1", spreads=spread, centre={"age": mean}, share=0.01), alike=alike)
        return called(this, profile("s2", centre={"age": 40.0}, share=0.99), s1=OLDER)["s1"].outdated is not None

    assert not outdated(45.0)
    assert outdated(41.0)
    assert outdated(35.0)
    assert outdated(45.0, "age")


def test_a_name_without_a_known_reason_is_never_outdated() -> None:
    for kept in (replace(BIG, basis=()), by_hand("VIP"), by_hand("Near-average customers")):
        found = called(profile("s1", driver("revenue", -2.0)), profile("s2"), s1=kept)["s1"]
        assert (found.name, found.outdated) == (kept.name, None)


def test_a_column_that_is_not_there_any_more_makes_no_name_outdated() -> None:
    kept = replace(BIG, basis=(Basis("gone", above=True), Basis("shop", "Web", above=True)))
    found = called(profile("s1", driver("age", 0.9)), profile("s2"), s1=kept)["s1"]
    assert (found.outdated, found.basis, found.backed_by) == (None, kept.basis, ())


def test_new_customers_are_not_new_for_ever() -> None:
    kept = Kept("New customers", (Basis("joined", above=False), Basis("joined")), people=True, given=False)
    short, long = (profile("s1", driver("joined", -1.0, mean=mean, overall=1900)) for mean in (300, 800))
    assert called(short, profile("s2"), s1=kept)["s1"].outdated is None
    assert called(long, profile("s2"), s1=kept)["s1"].outdated == "Newer customers"


def test_near_average_customers_are_outdated_where_something_clearly_sets_them_apart() -> None:
    kept = Kept("Near-average customers", (), people=True, given=False)
    some, clear = (called(profile("s1", driver("age", effect)), profile("s2"), s1=kept)["s1"] for effect in (0.5, 0.7))
    assert (some.outdated, clear.outdated) == (None, "Older customers")


def test_a_level_is_outdated_where_the_segment_has_no_more_of_it_than_others() -> None:
    kept = {"s1": Kept("Region: mostly North", (Basis("region", "North", above=True),), people=False, given=False)}
    columns = [column("region", role="category")]

    def outdated(mine: float, theirs: float) -> bool:
        two = [
            profile(f"s{i}", levels={"region": {"North": share, "South": 0.2, "West": 0.8 - share}}, share=0.5)
            for i, share in enumerate((mine, theirs), 1)
        ]
        return name_segments(two, columns, WORDS, kept=kept)[0].outdated is not None

    assert not outdated(0.8, 0.3)
    assert outdated(0.5, 0.5)
    assert outdated(0.3, 0.8)


def test_of_a_flag_either_level_bears_a_name() -> None:
    kept = {"s1": Kept("Member: mostly no", (Basis("member", "no", above=True),), people=False, given=False)}
    told = profile("s1", level("member", "yes", 0.2, 0.6, -0.8), levels={"member": {"yes": 0.2, "no": 0.8}})
    found = name_segments([told, profile("s2")], [column("member", role="category")], WORDS, kept=kept)[0]
    assert found.outdated is None


def test_a_number_in_a_name_is_outdated_where_the_mean_is_another() -> None:
    kept = Kept("Average age 50 years", (Basis("age", number=50.0),), people=False, given=False)
    near, far = (called(profile("s1", centre={"age": mean}), profile("s2"), s1=kept)["s1"] for mean in (51.0, 58.0))
    assert near.outdated is None
    assert far.outdated


def test_lapsed_customers_who_came_back_are_outdated_and_those_who_stay_away_are_not() -> None:
    rest = bought("rest", 0.75, monetary=1000)
    away = shop({"s1": (1, 3, 3), "rest": (3, 3, 2)}, lapsed("s1"), rest, s1=LAPSED)["s1"]
    back = shop({"s1": (5, 3, 3), "rest": (3, 3, 2)}, bought("s1", recency=20), rest, s1=LAPSED)["s1"]
    assert (away.name, away.outdated) == ("Lapsed customers", None)
    assert (back.name, back.outdated) == ("Lapsed customers", "Active customers")
    assert "20 days ago" in back.summary


def test_active_customers_whom_time_made_quiet_are_outdated_however_much_quieter_others_are() -> None:
    kept = {"s1": Kept("Active customers", (Basis("recency", above=False),), people=True, given=False)}
    everyone = {**EVERYONE, "recency": 600.0}
    told = profile("s1", driver("recency", -1.0, mean=200, overall=600), centre={**everyone, "recency": 200.0})
    found = shop({"s1": (5, 3, 3), "rest": (3, 3, 3)}, told, profile("rest", centre=everyone), **kept)["s1"]
    assert found.outdated


def test_a_comparison_is_outdated_where_the_other_segment_is_beyond_it_now() -> None:
    first = {ident: Kept(p.name, p.basis, p.people, given=False) for ident, p in shop(AWAY, *TWO_LAPSED).items()}
    still = shop(AWAY, lapsed("s1", monetary=4000), lapsed("s2", monetary=700), **first)
    swapped = shop(AWAY, lapsed("s1", monetary=700), lapsed("s2", monetary=4000), **first)
    alone = shop(AWAY, lapsed("s1", monetary=700), bought("s3", 0.75, monetary=3000), **first)
    assert [persona.outdated for persona in still.values()] == [None, None]
    assert [persona.name for persona in swapped.values()] == [kept.name for kept in first.values()]
    assert all(persona.outdated for persona in swapped.values())
    assert alone["s1"].outdated is None


def test_customers_in_the_middle_are_outdated_once_they_bring_more() -> None:
    kept = {"s1": Kept("Mid-tier customers", (), people=True, given=False)}
    rest = bought("rest", 0.75, monetary=1000)
    middle = shop({"s1": (3, 3, 3), "rest": (3, 3, 2)}, bought("s1"), rest, **kept)["s1"]
    big = shop({"s1": (3, 3, 5), "rest": (3, 3, 2)}, bought("s1", monetary=5000), rest, **kept)["s1"]
    assert (middle.outdated, big.outdated) == (None, "Big spenders")


# Given by a person


def test_a_given_name_rests_on_what_the_fresh_name_claims() -> None:
    first = called(profile("s1", driver("revenue", 0.9)), profile("s2"), s1=by_hand("Gift buyers"))["s1"]
    assert (first.name, first.given, first.basis, first.outdated) == ("Gift buyers", True, BIG.basis, None)
    later = called(profile("s1", driver("revenue", -0.9)), profile("s2"), s1=by_hand("Gift buyers", *first.basis))["s1"]
    assert (later.name, later.given, later.outdated) == ("Gift buyers", True, "Light spenders")


def test_two_segments_cannot_be_given_one_name() -> None:
    two = (profile("s2", driver("revenue", 0.9)), profile("s4"))
    with pytest.raises(
        SettingsError, match=r"^\[segments.names\] s2 and s4 have the same name “gift  BUYERS”; give each"
    ):
        called(*two, s2=by_hand("Gift buyers"), s4=by_hand("gift  BUYERS"))
    with pytest.raises(SettingsError):
        called(*two, s2=by_hand("Café"), s4=by_hand(normalize("NFD", "Café")))


@pytest.mark.parametrize("idents", [("s1", "s2"), ("s2", "s1")])
def test_a_given_name_cannot_be_one_that_another_segment_keeps(idents: tuple[str, str]) -> None:
    owner, given_to = idents
    with pytest.raises(SettingsError, match=f"{given_to} has the name “big spenders” that segment {owner} already has"):
        called(profile("s1"), profile("s2"), **{owner: BIG, given_to: by_hand("big spenders")})


def test_a_given_name_may_be_one_that_another_segment_would_have_got() -> None:
    found = called(profile("s1", driver("revenue", 0.9)), profile("s2"), s2=by_hand("Big Spenders"))
    assert found["s2"].name == "Big Spenders"
    assert found["s1"].name.casefold() != "big spenders"
    champions = bought("s1", recency=20, frequency=9, monetary=5000)
    rest = bought("s2", 0.75, monetary=1000)
    best = shop({"s1": (5, 5, 5), "s2": (3, 3, 2)}, champions, rest, s2=by_hand("champions"))
    assert best["s2"].name == "champions"
    assert best["s1"].name.endswith(" champions")


@pytest.mark.parametrize(
    "name", ["x" * 80, "هدايا العملاء", "🎁🎁", "<script>alert(1)</script>", "a\tb", "%s {0} \\", "ﬁne", "İ"]
)
def test_any_text_may_be_given_as_a_name(name: str) -> None:
    found = called(profile("s1", driver("revenue", 0.9)), profile("s2"), s1=by_hand(name, people=calls_people(name)))
    assert found["s1"].name == name
    assert "s1" in found


PEOPLE = """
Gift buyers, Champions, VIPs, Customers needing attention, Women, Fans of wine, Families with children, Loyalists
Weekend shoppers 🎁, 🎁 Gift buyers, Lost customers (412 days), Moms and dads, Bargain-hunting parents, Gift buyers 2
Can't-lose customers, big spenders, Region 3 buyers, Returning customers, Summer clothing buyers, Singles
"""
LABELS = """
VIP, Segment A, Region 3, Gold, High income, Special offers, Offers for customers, Region 3: buyers, Orders, News, Beers
Parents club, Buyers' club, Stammkunden, 123, 🎁, <script>, Status A customers’ group, Premium class, A, Customer
"""


def listed(text: str) -> list[str]:
    return [name.strip() for line in text.strip().splitlines() for name in line.split(",")]


@pytest.mark.parametrize("name", listed(PEOPLE))
def test_a_plural_for_people_calls_people(name: str) -> None:
    assert calls_people(name)


@pytest.mark.parametrize("name", ["", *listed(LABELS)])
def test_any_other_name_only_labels(name: str) -> None:
    assert not calls_people(name)


def test_names_for_buyers_that_segreport_gives_call_people() -> None:
    assert [text for text in WORDS_OF_ORDERS if not calls_people(text)] == []


@given(st.text(max_size=80))
def test_whether_any_text_calls_people_can_be_told(name: str) -> None:
    assert calls_people(name) in (True, False)


# Whatever is kept

NAMES = (
    *(
        "Big spenders",
        "Near-average customers",
        "Champions",
        "Lapsed customers",
        "Lost customers 2",
        "Customer group 1",
    ),
    *("Older customers", "Higher-value lapsed customers", "Mid-tier customers", "VIP", "🎁", "<b>", "عملاء"),
)
kept_names = st.lists(
    st.tuples(st.sampled_from(NAMES) | st.text(min_size=1, max_size=80), st.booleans()),
    unique_by=lambda pair: " ".join(normalize("NFC", pair[0].casefold()).split()),
    max_size=12,
)


def keep(rng: random.Random, names: list[tuple[str, bool]], fresh: tuple[Persona, ...]) -> dict[str, Kept]:
    """These names for some segments, resting on what names of any segment rest on; and fresh names moved about."""
    idents = [persona.id for persona in fresh]
    rests = [persona.basis for persona in fresh] + [()]
    chosen = rng.sample(idents, min(len(names), len(idents)))
    kept = {
        i: Kept(name, rng.choice(rests), rng.random() < 0.5, hand)
        for i, (name, hand) in zip(chosen, names, strict=False)
    }
    used = {" ".join(normalize("NFC", one.name.casefold()).split()) for one in kept.values()}
    for ident, other in zip(idents, rng.sample(fresh, len(fresh)), strict=True):
        if ident not in kept and rng.random() < 0.4 and other.name.casefold() not in used:
            kept[ident] = Kept(other.name, other.basis, other.people, given=False)
    return kept


def check(found: tuple[Persona, ...], kept: dict[str, Kept]) -> None:
    names = [persona.name.casefold() for persona in found]
    assert len(set(names)) == len(names)
    for persona in found:
        mine = kept.get(persona.id)
        assert persona.given == (mine is not None and mine.given)
        if mine is None:
            assert persona.outdated is None
            continue
        assert (persona.name, persona.people) == (mine.name, mine.people)
        assert persona.basis == mine.basis or not mine.basis
        if persona.outdated is not None:
            assert persona.outdated.casefold() not in names


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 10**9), st.integers(1, 20), st.integers(2, 10), kept_names)
def test_names_of_any_table_are_kept_and_unlike(seed: int, count: int, k: int, names: list[tuple[str, bool]]) -> None:
    rng = random.Random(seed)  # noqa: S311 - no secret, and seeded
    columns = random_columns(rng, count)
    profiles = random_profiles(rng, columns, k)
    fresh = name_segments(profiles, columns, WORDS)
    kept = keep(rng, names, fresh)
    found = name_segments(random_profiles(rng, columns, k), columns, WORDS, kept=kept)
    check(found, kept)
    check(name_segments(profiles, columns, WORDS, kept=kept), kept)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 10**9), st.integers(2, 10), kept_names)
def test_names_of_any_shop_are_kept_and_unlike(seed: int, k: int, names: list[tuple[str, bool]]) -> None:
    rng = random.Random(seed)  # noqa: S311 - no secret, and seeded
    profiles, standings = random_shop(rng, k)
    kept = keep(rng, names, name_segments(profiles, COLUMNS, EUROS, standings))
    again, later = random_shop(rng, k)
    check(name_segments(again, COLUMNS, EUROS, later, kept=kept), kept)
    check(name_segments(profiles, COLUMNS, EUROS, standings, kept=kept), kept)


@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 10**9), k=st.integers(2, 10), orders=st.booleans())
def test_names_of_this_month_are_not_outdated_this_month(seed: int, k: int, *, orders: bool) -> None:
    rng = random.Random(seed)  # noqa: S311 - no secret, and seeded
    columns = COLUMNS if orders else random_columns(rng, 12)
    profiles, standings = random_shop(rng, k) if orders else (random_profiles(rng, columns, k), None)
    fresh = name_segments(profiles, columns, WORDS, standings)
    kept = {p.id: Kept(p.name, p.basis, p.people, given=False) for p in fresh}
    found = name_segments(profiles, columns, WORDS, standings, kept=kept)
    assert [(p.name, p.outdated) for p in found] == [(p.name, None) for p in fresh]
