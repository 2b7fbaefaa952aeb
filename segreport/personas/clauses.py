"""Sentences on customers who come from orders: what they did, as a person would say it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from segreport.columns import Column
from segreport.personas.sentences import clause as other_clause
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
    "gap": Phrase("order every", *_DAYS, "", "how soon they order again"),
    "average_order": Phrase("spend", "", "", "an order", "how large their orders are"),
    "items": Phrase("put", "item", "items", "into an order", "how many items they order at a time"),
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


def tell(profile: Profile, named: Sequence[str], columns: Known, everyone: Mapping[str, float], wording: Wording) -> str:
    """Return one sentence with the two or three strongest differences, those the name rests on first."""
    told = [d for d in _chosen(profile, named, columns, everyone) if _is_seen(d, columns[d.column], wording)][:3]
    if not told:
        return "No difference from the average customer is certain."
    order = list(PHRASES)
    told.sort(key=lambda d: (_verb(d) is None, order.index(d.column) if d.column in order else len(order)))
    clauses = [_clause(d, profile, columns[d.column], wording, first=i == 0) for i, d in enumerate(told)]
    *before, last = clauses
    start = "" if _verb(told[0]) is None else "They "
    text = f"{start}{', '.join(before)}{', and ' if before else ''}{last}."
    return text[0].upper() + text[1:]


def _chosen(
    profile: Profile, named: Sequence[str], columns: Known, everyone: Mapping[str, float]
) -> list[Driver]:
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
    return [d for d in found if d.column != "gap" or profile.centre.get("frequency", 2.0) >= 2]


def _from_means(name: str, profile: Profile, everyone: Mapping[str, float]) -> Driver | None:
    if name not in profile.centre or name not in everyone:
        return None
    return Driver(name, None, profile.centre[name], everyone[name], None, 0.0)


def _is_seen(driver: Driver, column: Column, wording: Wording) -> bool:
    """Return whether the two numbers differ as they are written."""
    if driver.level is not None:
        return True
    return wording.quantity(driver.mean, column.unit) != wording.quantity(driver.overall, column.unit)


def _verb(driver: Driver) -> str | None:
    if driver.level is not None:
        return None
    return PHRASES[driver.column].verb if driver.column in PHRASES else "have"


def _clause(driver: Driver, profile: Profile, column: Column, wording: Wording, *, first: bool) -> str:
    phrase = PHRASES.get(driver.column)
    if phrase is None or driver.level is not None:
        return ("" if driver.level is not None else "have ") + other_clause(driver, profile, column, wording)
    unit = column.unit if phrase.many == "" else ""
    mean, overall = (wording.quantity(value, unit) for value in (driver.mean, driver.overall))
    counted = f"{mean} {phrase.one if mean == '1' else phrase.many}".rstrip()
    if not first:
        said = (phrase.verb or "", counted, phrase.after, f", against {overall}")
    elif phrase.verb is None:
        said = (f"on average {counted}", phrase.after, "", f", against {overall} for all customers")
    else:
        after = "" if phrase.after == "each" else phrase.after
        said = (phrase.verb, f"{counted} {after}".rstrip(), "on average", f", against {overall} for all customers")
    return " ".join(part for part in said[:3] if part) + said[3]
