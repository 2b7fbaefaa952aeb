"""The story of page one: a headline that stays true, what to do first, figures, verdict and warnings."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_personas import (
    SHOP,
    WORDS,
    column,
    driver,
    level,
    numbers_of,
    profile,
    random_columns,
    random_profiles,
    without,
)

from segreport.actions import GENERAL, Action
from segreport.choice import Choice, Structure
from segreport.columns import Column, Columns
from segreport.personas import Persona, name_segments
from segreport.personas.rfm import WORDS as WORDS_OF_ORDERS
from segreport.profiles import Everyone, Profile, Profiles
from segreport.story import (
    headline,
    priorities,
    structure_words,
    tiles,
    unbalanced,
    unreliable,
    warnings_for,
    worth_words,
)
from segreport.trust import Grade, SegmentTrust, Trust
from segreport.wording import Wording

FORBIDDEN = ("cluster", "centroid", "silhouette")


def together(*segments: Profile, value: float | None = None) -> Profiles:
    return Profiles(segments, Everyone({}, value, {}, {}, {}, (), ()))


def persona(ident: str, name: str, *, title: str = "", people: bool = True, urgency: int = 0) -> Persona:
    action = Action(title or f"Act on {ident}", "They buy: act.", "e-mail", "share who buy")
    return Persona(ident, name, (), "A sentence.", action, people=people, urgency=urgency)


def trust(*grades: Grade, silhouette: float = 0.6) -> Trust:
    segments = tuple(SegmentTrust(f"s{i + 1}", 0.5, (), 0.9, 0.1, grade) for i, grade in enumerate(grades))
    return Trust(segments, silhouette, ())


def table(*columns: Column, value: tuple[str, ...] = (), customers: int = 1000) -> Columns:
    return Columns(columns, None, "id", customers, 0, customers, None, value, ())


def told(*segments: Profile, worth: str | None = "revenue", columns: Sequence[Column] = SHOP) -> str:
    """The headline over segments named by the personas room."""
    found = name_segments(segments, columns, WORDS)
    return headline(together(*segments), found, {c.name: c for c in columns}, worth, WORDS)


# The headline


def test_the_headline_says_who_brings_more_than_their_share() -> None:
    best = profile("s1", driver("revenue", 1.5), driver("recency", -1.2, 13, 151), share=0.12, value_share=0.45)
    rest = profile("s2", share=0.88, value_share=0.55)
    assert told(best, rest) == "Active big spenders are 12% of customers and bring 45% of revenue"


def test_the_hero_is_never_a_segment_with_less_value_than_customers() -> None:
    segments = [
        profile("s1", driver("revenue", 3.0), share=0.5, value_share=0.4),
        profile("s2", share=0.5, value_share=0.6),
    ]
    assert told(*segments) == "Near-average customers are 50% of customers and bring 60% of revenue"


def test_an_even_spread_of_value_is_said_as_one() -> None:
    even = [profile(f"s{i}", share=0.25, value_share=0.25) for i in range(4)]
    assert told(*even) == "No segment brings much more of revenue than its share of customers"


def test_a_segment_that_costs_money_leaves_the_headline_true() -> None:
    segments = [profile("s1", share=0.3, value_share=0.8), profile("s2", share=0.4, value_share=0.4)]
    losing = profile("s3", driver("age", 1.0), share=0.3, value_share=-0.2)
    assert "bring 80% of profit" in told(*segments, losing, worth="profit")


def test_more_than_all_the_value_is_not_said_as_a_share() -> None:
    segments = [profile("s1", share=0.3, value_share=1.4), profile("s2", share=0.7, value_share=-0.4)]
    said = told(*segments, worth="profit")
    assert said == "Near-average customers are 30% of customers and bring more profit than any other segment"


@pytest.mark.parametrize("word", WORDS_OF_ORDERS)
def test_every_word_for_customers_from_orders_reads_as_the_subject_of_a_headline(word: str) -> None:
    segments = (profile("s1", share=0.08, value_share=0.51), profile("s2", share=0.92, value_share=0.49))
    found = (persona("s1", word), persona("s2", "Others"))
    said = headline(together(*segments), found, {}, "revenue", WORDS)
    assert said == f"{word} are 8% of customers and bring 51% of revenue"


def test_a_segment_worth_nothing_heads_no_list() -> None:
    segments = [profile(f"s{i + 1}", share=0.5, value_share=value) for i, value in enumerate((0.0, -0.1, 0.6, 0.5))]
    found = [persona(p.id, p.id, urgency=GENERAL if i > 1 else 0) for i, p in enumerate(segments)]
    grades = trust("stable", "stable", "stable", "stable")
    assert priorities(together(*segments), found, grades) == ("s3", "s4", "s1")
    assert headline(together(*segments), found, {}, "revenue", WORDS).startswith("s3 are")


def test_without_a_value_the_high_spenders_stand_out() -> None:
    far = profile("s1", driver("age", 2.5, 80, 40), share=0.3)
    spending = profile("s2", driver("revenue", 1.0, 82.1, 50.2), share=0.2)
    assert told(far, spending, worth=None) == (
        "Big spenders are 20% of customers, with an average revenue of 82.1 against 50.2 for all customers"
    )


def test_without_spending_a_few_customers_far_away_are_not_the_finding() -> None:
    few = profile("s1", driver("visits", 3.5, 90, 5), share=0.01)
    many = profile("s2", driver("age", 1.2, 60, 40), share=0.4)
    assert told(few, many, worth=None).startswith("Older customers are 40% of customers")


def test_without_spending_what_customers_have_more_of_leads() -> None:
    less = profile("s1", driver("orders", -1.8, 1, 5), share=0.5)
    more = profile("s2", driver("age", 0.9, 60, 40), share=0.5)
    assert told(less, more, worth=None).startswith("Older customers are 50% of customers")


def test_a_segment_that_only_has_a_label_leads_only_where_no_other_is_named() -> None:
    labelled, named = profile("s1", driver("x1", 2.0), share=0.6), profile("s2", driver("age", 0.8), share=0.4)
    columns = [*SHOP, column("x1", "X1")]
    assert told(labelled, named, worth=None, columns=columns).startswith("Older customers are 40%")
    assert told(labelled, profile("s2", share=0.4), worth=None, columns=columns) == (
        "The segment “High X1” is 60% of customers, with an average X1 of 180 against 100 for all customers"
    )


def test_without_numbers_the_headline_names_the_largest_segment() -> None:
    gender = [column("gender", role="category")]
    women = profile("s1", level("gender", "Female", 1.0, 0.56, 1.5), share=0.56)
    men = profile("s2", level("gender", "Male", 1.0, 0.44, 1.5), share=0.44)
    said = told(men, women, worth=None, columns=gender)
    assert said == "Female customers are 56% of customers, the largest segment"


def test_a_name_that_is_no_word_for_people_is_called_a_segment() -> None:
    region = [column("region", role="category")]
    third = profile("s1", level("region", "3", 1.0, 0.5, 1.5), share=0.4, value_share=0.7)
    rest = profile("s2", share=0.6, value_share=0.3)
    assert told(third, rest, columns=region) == "The segment “Region 3” is 40% of customers and brings 70% of revenue"


def test_two_segments_without_any_difference_still_have_a_headline() -> None:
    said = told(profile("s1", share=0.5), profile("s2", share=0.5), worth=None)
    assert said == "Near-average customers are 50% of customers, the largest segment"


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 10**9), st.integers(1, 30), st.integers(2, 12))
def test_the_headline_of_any_table_holds_only_its_numbers(seed: int, count: int, k: int) -> None:
    rng = random.Random(seed)  # noqa: S311 - no secret, and seeded
    columns = random_columns(rng, count)
    segments = random_profiles(rng, columns, k)
    found = name_segments(segments, columns, WORDS)
    valued = segments[0].value_share is not None
    said = headline(together(*segments), found, {c.name: c for c in columns}, "revenue" if valued else None, WORDS)
    for name in sorted((p.name for p in found), key=len, reverse=True):
        said = said.replace(name, "…")
    said = without(said, columns)
    whole = together(*segments)
    shares = {WORDS.percent((n or 0) / 100) for n in (*whole.percents, *whole.value_percents)}
    known = {n for text in shares for n in re.findall(r"\d[\d.,]*\d|\d", text)}.union(
        *(numbers_of(p, columns) for p in segments)
    )
    assert set(re.findall(r"\d[\d.,]*\d|\d", said)) <= known
    assert not any(word in said.lower() for word in FORBIDDEN)


# What the value is called


@pytest.mark.parametrize(
    ("label", "said"),
    [
        ("Revenue", "revenue"),
        ("Monetary", "spending"),
        ("Total spent", "spending"),
        ("Dollar value", "spending"),
        ("Umsatz", "revenue"),
        ("Chiffre d'affaires", "revenue"),
        ("Total purchases", "revenue"),
        ("Purchases", "purchases"),
        ("Profit", "profit"),
        ("CLV", "CLV"),
    ],
)
def test_the_value_has_a_word_that_fits_a_sentence(label: str, said: str) -> None:
    assert worth_words(table(column("v", label, role="amount"), value=("v",))) == said


def test_several_value_columns_are_spending() -> None:
    assert worth_words(table(column("a"), column("b"), value=("a", "b"))) == "spending"
    assert worth_words(table(column("a"))) is None


# What to do first


def test_the_segments_with_most_value_come_first_and_at_most_three() -> None:
    segments = [profile(f"s{i + 1}", share=0.2, value_share=v) for i, v in enumerate((0.1, 0.4, 0.2, 0.25, 0.05))]
    personas = [persona(p.id, p.id) for p in segments]
    assert priorities(together(*segments), personas, trust("stable", "stable", "stable", "stable", "stable")) == (
        "s2",
        "s4",
        "s3",
    )


def test_without_a_value_the_most_urgent_come_first() -> None:
    segments = [profile(f"s{i + 1}", share=0.25) for i in range(4)]
    personas = [persona(p.id, p.id, urgency=u) for p, u in zip(segments, (7, 3, 9, 1), strict=True)]
    assert priorities(together(*segments), personas, trust("stable", "stable", "stable", "stable")) == (
        "s4",
        "s2",
        "s1",
    )


def test_a_general_action_waits_for_those_made_for_their_segment() -> None:
    segments = [profile("s1", share=0.5, value_share=0.9), profile("s2", share=0.5, value_share=0.1)]
    personas = [persona("s1", "One", urgency=GENERAL), persona("s2", "Two", urgency=20)]
    assert priorities(together(*segments), personas, trust("stable", "stable")) == ("s2", "s1")


def test_an_unstable_segment_is_not_targeted_and_no_action_is_said_twice() -> None:
    segments = [profile(f"s{i + 1}", share=0.25, value_share=v) for i, v in enumerate((0.4, 0.3, 0.2, 0.1))]
    personas = [persona(p.id, p.id, title="Same" if p.id in ("s2", "s3") else "") for p in segments]
    assert priorities(together(*segments), personas, trust("unstable", "stable", "stable", "doubtful")) == ("s2", "s4")


# Figures, verdict, warnings


def test_with_a_value_the_tiles_say_the_total_and_the_average() -> None:
    found = tiles(table(customers=200), together(profile("s1", share=1.0), value=5000.0), trust("stable"), "revenue")
    assert [(tile.label, tile.value, tile.kind) for tile in found] == [
        ("Customers", 200, "count"),
        ("Segments", 1, "count"),
        ("Revenue", 5000.0, "amount"),
        ("Per customer", 25.0, "amount"),
        ("Reliable segments", 1, "count"),
    ]


def test_without_a_value_a_tile_says_the_largest_segment() -> None:
    segments = together(profile("s1", share=0.7), profile("s2", share=0.3))
    found = tiles(table(), segments, trust("stable", "doubtful"), None)
    assert ("Largest segment", 0.7, "share") in [(tile.label, tile.value, tile.kind) for tile in found]
    assert next(tile.value for tile in found if tile.label == "Reliable segments") == 1
    assert 3 <= len(found) <= 5


def chosen(structure: Structure, k: int = 3, groups: int | None = None, *, kinds: bool = False) -> Choice:
    return Choice(k, "consensus", "Because.", (), None, structure, groups=groups, kinds=kinds)


def test_the_verdict_is_in_plain_words_and_says_how_many_come_back() -> None:
    grades: dict[Structure, tuple[Grade, ...]] = {
        "natural": ("stable", "stable"),
        "created": ("stable", "doubtful", "stable", "unstable"),
        "none": ("stable", "unstable", "unstable"),
    }
    said = {structure: structure_words(chosen(structure), trust(*found), 500) for structure, found in grades.items()}
    for words in said.values():
        assert not any(word in words.lower() for word in FORBIDDEN)
        assert words.endswith(".")
    assert "all of them come back" in said["natural"]
    assert "1 of the 4 does not come back" in said["created"]
    assert "2 of the 3 do not come back" in said["none"]


def test_groups_that_the_segments_do_not_follow_are_no_continuum() -> None:
    words = structure_words(chosen("created", 4, groups=3), trust("stable", "stable", "stable", "stable"), 500)
    assert words.startswith("Customers form 3 groups; these 4 segments do not follow them")


def test_a_few_kinds_of_customers_and_too_few_customers_are_no_continuum() -> None:
    kinds = structure_words(chosen("created", 3, kinds=True), trust("stable", "stable", "stable"), 500)
    assert "customers are of only 3 kinds" in kinds
    assert "too few customers to tell" in structure_words(chosen("created"), trust("stable", "doubtful"), 49)


def test_segments_that_are_not_reliable_make_no_headline() -> None:
    assert unreliable(trust("unstable", "doubtful")) == "No finding to act on: 1 of the 2 segments is not reliable"


def test_few_customers_are_warned_about() -> None:
    codes = [w.code for w in warnings_for(table(customers=99), trust("stable"), [persona("s1", "One")], WORDS)]
    assert codes == ["few_customers"]
    assert warnings_for(table(customers=100), trust("stable"), [persona("s1", "One")], WORDS) == ()


def test_unstable_segments_are_named_in_a_warning() -> None:
    personas = [persona("s1", "Big spenders"), persona("s2", "Newcomers")]
    found = warnings_for(table(), trust("stable", "unstable"), personas, WORDS)
    assert found[0].code == "unstable_segments"
    assert "Newcomers" in found[0].text
    assert "Big spenders" not in found[0].text


def test_a_column_with_many_gaps_is_warned_about() -> None:
    gaps = replace(column("income", "Annual income"), missing=400)
    found = warnings_for(table(gaps), trust("stable"), [persona("s1", "One")], WORDS)
    assert [w.code for w in found] == ["much_missing"]
    assert found[0].text.startswith("Annual income is missing for 40% of customers")


def test_a_segment_smaller_than_asked_for_is_warned_of() -> None:
    profiles = together(profile("s1", share=0.985), profile("s2", share=0.015))
    people = (persona("s1", "Regulars"), persona("s2", "Collectors"))
    found = unbalanced(profiles, people, 0.02, Wording())
    assert [(warning.code, warning.text) for warning in found] == [
        ("small_segment", "Collectors are only 15 customers, under the smallest share asked for.")
    ]
    assert unbalanced(profiles, people, 0.01, Wording()) == ()
