"""Numbers as sentences: how a segment differs, in the columns' own units."""

from __future__ import annotations

import re
from collections.abc import Sequence

from segreport.columns import Column
from segreport.lexicon import concept_of
from segreport.personas.traits import Known, is_backed, is_telling, lower_first, positive
from segreport.profiles import Driver, Profile
from segreport.wording import Wording

NOTHING = "No difference from the average customer is certain."
NEAR = "Most of them are close to the average customer."


def summarise(profile: Profile, named: Sequence[str], columns: Known, wording: Wording) -> str:
    """Return one sentence: two differences, those the name rests on first, or that there are none."""
    shown = [driver for driver in profile.drivers if is_telling(driver, profile)]
    if not shown:
        return NEAR if profile.drivers else NOTHING
    told = sorted(shown, key=lambda d: (d.column not in named, not is_backed(d, profile)))[:2]
    first, *rest = (clause(driver, profile, columns[driver.column], wording) for driver in told)
    who = "They have " if told[0].level is None else ""
    return f"{who}{first}{''.join(f', and {more}' for more in rest)}."


def clause(driver: Driver, profile: Profile, column: Column, wording: Wording) -> str:
    """Return a difference as what customers have, or as how many of them have a level."""
    if driver.level is None:
        return difference(driver, column, wording)
    told = positive(driver, profile)
    mean, overall = wording.percent(told.mean), wording.percent(told.overall)
    return f"{mean} of them have {lower_first(column.label)} “{told.level}”, against {overall} of all customers"


def difference(driver: Driver, column: Column, wording: Wording) -> str:
    """Return a number as what customers have: "an average age of 56 years against 39 years for all customers"."""
    mean, overall = (wording.quantity(value, column.unit) for value in (driver.mean, driver.overall))
    return f"{_average(column, mean)} against {overall} for all customers"


def _average(column: Column, mean: str) -> str:
    """Return "an average basket of 31", "an average of 8 store purchases", "average orders of 24"."""
    label = lower_first(column.label)
    if label.startswith("average "):
        return f"an {label} of {mean}"
    if label.startswith("number of "):
        return f"an average of {mean} {label.removeprefix('number of ')}"
    if column.unit == "days" and label.startswith("days since "):
        return f"an average of {mean} {label.removeprefix('days ')}"
    if _is_goods_amount(column):
        return f"average spending on {label} of {mean}"
    return f"{'average' if _is_plural(label) else 'an average'} {label} of {mean}"


def _is_plural(label: str) -> bool:
    """Return whether a label reads as several things: "orders", "flight miles 12 months", not "spend on wines"."""
    head = re.split(r" (?:of|per|in|on|at|a) | \d", label)[0]
    return head.endswith("s") and not head.endswith(("ss", "us"))


def _is_goods_amount(column: Column) -> bool:
    concept = concept_of(column.name, column.label)
    named = concept is not None and concept.key.startswith("goods:")
    return named and column.role == "amount" and "spen" not in column.label.lower()


def apart(driver: Driver, profile: Profile, column: Column) -> str:
    """Return what sets customers apart, within a sentence: "their high annual income", "that more of them have …"."""
    told, label = positive(driver, profile) if driver.level is not None else driver, lower_first(column.label)
    if told.level is not None:
        return f"that {'more' if told.effect > 0 else 'fewer'} of them have {label} “{told.level}”"
    return f"their {'high' if told.effect > 0 else 'low'} {label}"
