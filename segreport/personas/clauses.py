"""Sentences on customers who come from orders: what they did, as a person would say it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from segreport.columns import Column
from segreport.personas.naming import Name
from segreport.personas.rfm import SILENT, Word
from segreport.personas.sentences import clause, difference
from segreport.personas.traits import Known, is_backed
from segreport.profiles import Driver, Profile
from segreport.wording import Wording


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
OTHER = Phrase("have", "", "", "", "")
LEVEL = Phrase(None, "", "", "", "")
"""Columns that are not made out of orders, and categories, are said as of any customer."""


def tell(
    profile: Profile, name: Name, said: Word, columns: Known, everyone: Mapping[str, float], wording: Wording
) -> str:
    """Return one sentence with the two or three strongest differences, those the name rests on first.

    Of customers who stay away by their own measure it says what that was: how soon they used to order again.
    """
    named = list(name.backed_by)
    if said.signal in SILENT:
        named.append("gap")
    chosen = _chosen(profile, named, columns, everyone)
    told = [driver for driver in chosen if _is_seen(driver, columns[driver.column], wording)][:3]
    if not told:
        return "No difference from the average customer is certain."
    told.sort(key=lambda d: (_phrase(d, said).verb is None, d.column not in named, _place(d)))
    clauses = [_clause(d, profile, columns[d.column], _phrase(d, said), wording) for d in told]
    first = _first(told[0], profile, columns[told[0].column], _phrase(told[0], said), wording)
    *before, last = [first, *clauses[1:]]
    return f"{', '.join(before)}{', and ' if before else ''}{last}."


def _chosen(profile: Profile, named: Sequence[str], columns: Known, everyone: Mapping[str, float]) -> list[Driver]:
    """Return what may be told, the most telling first; a column behind the name counts even where it differs little."""
    drivers = {
        d.column: d
        for d in (*profile.described[::-1], *profile.drivers[::-1])
        if d.column in columns and (d.level is not None or (d.mean - d.overall) * d.effect > 0)
    }
    told = [drivers.pop(name, None) or _from_means(name, profile, everyone) for name in named if name in columns]
    clustered = [d for d in profile.drivers if d.column in drivers]
    strong = [d for d in clustered if is_backed(d, profile)]
    weak = [d for d in (*clustered, *profile.described) if d.column in drivers and d not in strong]
    found = [d for d in (*told, *strong, *weak[: max(0, 2 - len(told) - len(strong))]) if d is not None]
    return _without_echo(found, profile.centre.get("frequency", 2.0))


def _without_echo(told: Sequence[Driver], orders: float) -> list[Driver]:
    """Return drivers that speak for most of a segment: days between orders are known of those alone who came back.

    Where nobody did, the first order is the last, and is told once.
    """
    dated = [driver.column for driver in told if driver.column in ("recency", "tenure")]
    echo = dated[1:] if orders <= 1 else []
    return [d for d in told if d.column not in echo and not (d.column == "gap" and orders < 2)]


def _from_means(name: str, profile: Profile, everyone: Mapping[str, float]) -> Driver | None:
    if name not in profile.centre or name not in everyone:
        return None
    return Driver(name, None, profile.centre[name], everyone[name], None, 0.0)


def _is_seen(driver: Driver, column: Column, wording: Wording) -> bool:
    """Return whether the two numbers differ as they are written."""
    if driver.level is not None:
        return True
    return wording.quantity(driver.mean, column.unit) != wording.quantity(driver.overall, column.unit)


def _phrase(driver: Driver, said: Word) -> Phrase:
    if driver.level is not None:
        return LEVEL
    if driver.column == "gap" and said.signal in SILENT:
        return USED_TO
    return PHRASES.get(driver.column, OTHER)


def _place(driver: Driver) -> int:
    order = list(PHRASES)
    return order.index(driver.column) if driver.column in order else len(order)


def _first(driver: Driver, profile: Profile, column: Column, phrase: Phrase, wording: Wording) -> str:
    """Return the clause that begins the sentence, and says what the numbers are and of whom."""
    if phrase is LEVEL:
        return clause(driver, profile, column, wording)
    if phrase is OTHER:
        return f"They have {difference(driver, column, wording)}"
    counted, overall = _counted(driver, column, phrase, wording)
    after = phrase.after.removesuffix("each").rstrip()
    if phrase.verb is None:
        return f"On average {counted} {after}, against {overall} for all customers"
    middle = f"{phrase.verb} {counted} {after}".rstrip()
    return f"They {middle} on average, against {overall} for all customers"


def _clause(driver: Driver, profile: Profile, column: Column, phrase: Phrase, wording: Wording) -> str:
    """Return a clause that goes on a sentence."""
    if phrase is LEVEL:
        return clause(driver, profile, column, wording)
    if phrase is OTHER:
        return f"have {difference(driver, column, wording)}"
    counted, overall = _counted(driver, column, phrase, wording)
    return " ".join(part for part in (phrase.verb, counted, phrase.after) if part) + f", against {overall}"


def _counted(driver: Driver, column: Column, phrase: Phrase, wording: Wording) -> tuple[str, str]:
    """Return the two numbers, the first with what it counts: "12.3 days", "1 order", "€2,054"."""
    unit = "" if phrase.many else column.unit
    mean, overall = (wording.quantity(value, unit) for value in (driver.mean, driver.overall))
    what = phrase.one if mean == "1" else phrase.many
    if column.unit == "amount" and column.name == "monetary" and not wording.currency:
        what = "in revenue"
    return f"{mean} {what}".rstrip(), overall
