"""Whether a name that a person gave calls customers something, so that a sentence may go on with "are"."""

from __future__ import annotations

import re

_PEOPLE = """
adults baristas boys businesses celebrities champions chefs children citizens clients companies couples customers dads
devotees employees enthusiasts experts families fans favourites favorites folk folks friends gents girls guests guys
heroes households individuals kids ladies loyals men millennials moms mums nomads parents patients patrons people
pensioners pros professionals recipients regulars residents respondents retirees singles students teams teens users
vips women
"""
_THINGS = """
answers boosters chargers colors colours computers coolers corners covers dinners drawers errors factors figures
filters flavors flavours floors flowers folders interiors jumpers ladders layers letters loafers mirrors motors
numbers offers orders papers posters powers printers quarters rollers scooters sliders slippers sneakers speakers
stickers summers sweaters toasters towers trailers trainers trousers vectors vouchers winters
"""
PEOPLE = frozenset(_PEOPLE.split())
"""Plural nouns for people that their ending does not show."""
THINGS = frozenset(_THINGS.split())
"""Plural nouns that end as those for people do."""
ENDING = re.compile(r".{3,}(?:ers|ors|ists)")
WORDS = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*|[^\w\s]|\d+")
JOINING = frozenset("'’&-+")
_AFTER = "about after and at before by for from in near of on or over since to under until via who with without"
AFTER = frozenset(_AFTER.split())
"""What may follow a noun: "Fans of wine", "Customers needing attention", but not "Parents club"."""
APART = AFTER - {"and", "or"} | frozenset(",:;–—/|([{")
"""What comes before something that is not the name's own noun: "Offers for customers"."""


def calls_people(name: str) -> bool:
    """Return whether a name reads as an English plural for people: "Gift buyers", not "VIP" or "Region 3".

    Any other name, in any language, only labels: 'The segment “VIP” is …' reads well of whatever it is.
    """
    words = WORDS.findall(name.casefold())
    for i, word in enumerate(words):
        if word in APART:
            return False
        if _is_people(word) and (i + 1 == len(words) or _ends(words[i + 1])):
            return True
    return False


def _is_people(word: str) -> bool:
    noun = word.rpartition("-")[2]
    return noun in PEOPLE or (noun not in THINGS and ENDING.fullmatch(noun) is not None)


def _ends(word: str) -> bool:
    """Return whether a word after a noun says that the noun is over."""
    if word[0].isalpha():
        return word in AFTER or word.endswith("ing")
    return word not in JOINING
