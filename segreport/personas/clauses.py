"""Sentences on customers who come from orders: what they did, as a person would say it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from segreport.personas.naming import Name
from segreport.personas.rfm_words import RECENT_DAYS, SILENT, Word
from segreport.personas.sentences import NEAR, NOTHING, clause, difference
from segreport.personas.shop import ALIKE, Shop
from segreport.personas.traits import is_backed, is_common
from segreport.profiles import Driver, Profile


@dataclass(frozen=True)
class Phrase:
    """How a column made out of orders is said: what comes before the number, what it counts, and what comes after.

    `verb` is None where the number itself begins the clause; `topic` is what the column tells of them.
    """

    verb: str | None
    one: str
    many: str
    after: str
    topic: str


_DAYS = ("day", "days")
PHRASES = {
    "recency": Phrase("last ordered", *_DAYS, "ago", "how long ago they last ordered"),
    "frequency": Phrase("have placed", "order", "orders", "each", "how often they order"),
    "monetary": Phrase("have brought", "", "", "each", "how much they bring"),
    "tenure": Phrase("first ordered", *_DAYS, "ago", "how long they have been with you"),
    "gap": Phrase("have ordered every", *_DAYS, "", "how soon they order again"),
    "average_order": Phrase("have spent", "", "", "an order", "how large their orders are"),
    "items": Phrase("have ordered", "item", "items", "at a time", "how many items they order at a time"),
    "products": Phrase("have bought", "different product", "different products", "each", "how many products they buy"),
    "categories": Phrase(
        "have bought from", "different category", "different categories", "each", "from how many categories they buy"
    ),
    "return_rate": Phrase(None, "", "", "of what they bought came back", "how much they send back"),
    "trend": Phrase(
        None, "", "", "of what they brought in the last 180 days came in the last 90", "how recent their revenue is"
    ),
}
"""In the order in which a sentence says them."""
USED_TO = Phrase("used to order every", *_DAYS, "", PHRASES["gap"].topic)
ONE_ORDER = Phrase("ordered", *_DAYS, "ago", PHRASES["recency"].topic)
OTHER = Phrase("have", "", "", "", "")
LEVEL = Phrase(None, "", "", "", "")
FOR_ALL = " for all customers"
HALF = Phrase(None, "", "", "", PHRASES["monetary"].topic)
"""Columns that are not made out of orders, and categories, are said as of any customer; for means see `_half`."""


def tell(profile: Profile, name: Name, said: Word, shop: Shop) -> str:
    """Return one sentence with the two or three strongest differences, those the name rests on first.

    Of customers who stay away by their own measure it says what that was: how soon they used to order again; and
    of those whose last order is recent by that measure alone, how soon they do.
    """
    named = list(name.backed_by)
    if said.signal in SILENT:
        named.append("gap")
    rhythm = _rhythm(profile, said, shop)
    told = [
        driver
        for driver in _chosen(profile, named, shop)
        if _is_seen(driver, profile, said, shop) and not (rhythm and driver.column == "gap")
    ][:3]
    if not told:
        return NEAR if profile.drivers else NOTHING
    phrases = {driver.column: _phrase(driver, profile, said, shop) for driver in told}
    told.sort(key=lambda d: (phrases[d.column].verb is None, d.column not in named, _place(d)))
    clauses = [_first(told[0], profile, phrases[told[0].column], shop) + rhythm]  # where there is one, recency is first
    for i, driver in enumerate(told[1:], 1):
        whom = "" if any(other.effect for other in told[:i]) else FOR_ALL
        clauses.append(_clause(driver, profile, phrases[driver.column], shop, whom))
    *before, last = clauses
    return f"{', '.join(before)}{', and ' if before else ''}{last}."


def _rhythm(profile: Profile, said: Word, shop: Shop) -> str:
    """Return " (they order every 365 days)" where a last order of long ago is called recent, else nothing."""
    if "recency-" not in said.claims or profile.centre["recency"] <= RECENT_DAYS:
        return ""
    return f" (they order every {shop.wording.quantity(profile.centre['gap'], 'days')})"


def _chosen(profile: Profile, named: Sequence[str], shop: Shop) -> list[Driver]:
    """Return what may be told, the most telling first; a column behind the name counts even where it differs little."""
    known = shop.columns.keys() - shop.silent()
    drivers = {
        d.column: d
        for d in (*profile.described[::-1], *profile.drivers[::-1])
        if d.column in known and is_common(d, profile) and (d.level is not None or (d.mean - d.overall) * d.effect > 0)
    }
    told = [drivers.pop(name, None) or _from_means(name, profile, shop) for name in named if name in known]
    clustered = [d for d in profile.drivers if d.column in drivers]
    strong = [d for d in clustered if is_backed(d, profile)]
    weak = [d for d in (*clustered, *profile.described) if d.column in drivers and d not in strong]
    found = [d for d in (*told, *strong, *weak[: max(0, 2 - len(told) - len(strong))]) if d is not None]
    return _without_echo(found, profile, shop)


def _without_echo(told: Sequence[Driver], profile: Profile, shop: Shop) -> list[Driver]:
    """Return drivers that say each thing once, and speak for most of a segment.

    Where customers ordered once, the first order is the last, and its worth the revenue; days between orders are
    known of those alone who came back.
    """
    echoes = set()
    for pair in (("recency", "tenure"), ("monetary", "average_order")):
        same = [driver for driver in told if driver.column in pair]
        if len(same) == 2 and (shop.ordered_once(profile) or _is_same(*same)):
            echoes.add(same[1].column)
    if profile.centre.get("frequency", 2.0) < 2:
        echoes.add("gap")
    return [driver for driver in told if driver.column not in echoes]


def _is_same(one: Driver, other: Driver) -> bool:
    return abs(one.mean - other.mean) < ALIKE * max(abs(one.mean), abs(other.mean))


def _from_means(name: str, profile: Profile, shop: Shop) -> Driver | None:
    """Return a mean that is told by itself: it is no driver, so no difference from everyone is certain."""
    if name not in profile.centre or name not in shop.means:
        return None
    return Driver(name, None, profile.centre[name], shop.means[name], None, 0.0)


def _is_seen(driver: Driver, profile: Profile, said: Word, shop: Shop) -> bool:
    """Return whether the two numbers differ as they are written, and speak for most of the customers.

    How long customers have stayed away is told where the word says that they do, however long others have.
    """
    if driver.level is not None or (driver.column == "recency" and "recency" in said.claims):
        return True
    column = shop.columns[driver.column]
    if column.unit == "amount" and shop.is_carried(profile, column.name):
        medians = _medians(profile, shop) if column.name == "monetary" else None
        return medians is not None and (medians[0] - medians[1]) * driver.effect >= 0
    return shop.differ(driver.mean, driver.overall, column.unit)


def _medians(profile: Profile, shop: Shop) -> tuple[float, float] | None:
    """Return the revenue that half of a segment, and half of everyone, exceed; None where they hardly differ."""
    mine, ours = profile.spreads.get("monetary"), shop.spreads.get("monetary")
    if mine is None or ours is None:
        return None
    medians = mine.quantiles[2], ours.quantiles[2]
    return medians if shop.differ(*medians, "amount") else None


def _phrase(driver: Driver, profile: Profile, said: Word, shop: Shop) -> Phrase:
    if driver.level is not None:
        return LEVEL
    if driver.column == "monetary" and shop.is_carried(profile, "monetary"):
        return HALF
    if driver.column in ("recency", "tenure") and shop.ordered_once(profile):
        return ONE_ORDER
    if driver.column == "gap" and said.signal in SILENT:
        return USED_TO
    return PHRASES.get(driver.column, OTHER)


def _place(driver: Driver) -> int:
    order = list(PHRASES)
    return order.index(driver.column) if driver.column in order else len(order)


def _first(driver: Driver, profile: Profile, phrase: Phrase, shop: Shop) -> str:
    """Return the clause that begins the sentence, and says what the numbers are and of whom."""
    if phrase is LEVEL:
        return clause(driver, profile, shop.columns[driver.column], shop.wording)
    if phrase is HALF:
        text = _half(driver, profile, shop)
        return text[:1].upper() + text[1:]
    if phrase is OTHER:
        return f"They have {difference(driver, shop.columns[driver.column], shop.wording)}"
    counted, overall = _counted(driver, phrase, shop)
    after = phrase.after.removesuffix("each").rstrip()
    against = f", against {overall}{FOR_ALL}" if driver.effect else ""
    if phrase.verb is None:
        return f"On average {counted} {after}{against}"
    middle = f"{phrase.verb} {counted} {after}".rstrip()
    return f"They {middle} on average{against}"


def _clause(driver: Driver, profile: Profile, phrase: Phrase, shop: Shop, whom: str) -> str:
    """Return a clause that goes on a sentence; `whom` it compares with, where no clause before has said it."""
    if phrase is LEVEL:
        return clause(driver, profile, shop.columns[driver.column], shop.wording)
    if phrase is HALF:
        return _half(driver, profile, shop)
    if phrase is OTHER:
        told = difference(driver, shop.columns[driver.column], shop.wording)
        return f"have {told.removesuffix(FOR_ALL)}{whom}"
    counted, overall = _counted(driver, phrase, shop)
    told = " ".join(part for part in (phrase.verb, counted, phrase.after) if part)
    return f"{told}, against {overall}{whom}" if driver.effect else told


def _half(driver: Driver, profile: Profile, shop: Shop) -> str:
    """Return revenue by the medians: "half of them have brought more than €380, half of all customers more than …"."""
    mine, ours = (shop.wording.quantity(value, "amount") for value in _medians(profile, shop) or (0.0, 0.0))
    revenue = "" if shop.wording.currency else " in revenue"
    others = f", half of all customers more than {ours}" if driver.effect else ""
    return f"half of them have brought more than {mine}{revenue}{others}"


def _counted(driver: Driver, phrase: Phrase, shop: Shop) -> tuple[str, str]:
    """Return the two numbers, the first with what it counts: "12.3 days", "1 order", "€2,054"."""
    column = shop.columns[driver.column]
    unit = "" if phrase.many else column.unit
    mean, overall = (shop.wording.quantity(value, unit) for value in (driver.mean, driver.overall))
    what = phrase.one if mean == "1" else phrase.many
    if column.name == "monetary" and column.unit == "amount" and not shop.wording.currency:
        what = "in revenue"
    return f"{mean} {what}".rstrip(), overall
