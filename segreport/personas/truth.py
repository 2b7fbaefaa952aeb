"""Whether a name of before is still true of its segment, by this month's numbers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from segreport.orders import Limits
from segreport.personas.basis import Basis
from segreport.personas.keeping import Kept, spoken
from segreport.personas.naming import NEAR_AVERAGE
from segreport.personas.rfm import is_recent
from segreport.personas.rfm_words import NEWER_DAYS, Word
from segreport.personas.shop import ALIKE
from segreport.personas.traits import Known, arc, bears_in_itself, is_common, positive
from segreport.profiles import RELEVANT, Driver, Profile

OUTSTANDING = 0.6
"""Whom a column sets apart by so much is not near the average any more, however leniently; 0.4 would be named."""
UNSURE = 0.15
"""Such a part of a segment's middle half is about a fifth of a standard deviation, the least that is relevant."""
MIDDLE = spoken("Mid-tier customers")


@dataclass(frozen=True)
class Month:
    """What a month tells: all profiles by id, the columns and everyone's means.

    `words` holds each segment's fresh word, by id, empty where customers do not come from orders; `limits` are what
    orders can tell.
    """

    profiles: Mapping[str, Profile]
    columns: Known
    means: Mapping[str, float]
    words: Mapping[str, Word]
    limits: Limits


def is_outdated(kept: Kept, profile: Profile, month: Month) -> bool:
    """Return whether a reason of the name is gone; what this month's data cannot tell is taken to hold.

    The names that say a segment is in the middle rest on no column: these are outdated by what sets it apart now.
    """
    if not kept.basis:
        return not kept.given and _says_middle(kept.name) and _stands_out(profile, month)
    return not all(holds(basis, profile, month) for basis in kept.basis)


def holds(basis: Basis, profile: Profile, month: Month) -> bool:
    """Return whether one thing that a name says is still true of its segment, leniently."""
    if basis.column not in month.columns:
        return True
    if basis.level is not None:
        return _sign(basis) * _level_effect(basis.column, basis.level, profile, month) >= RELEVANT
    mean = profile.centre.get(basis.column, math.nan)
    return not math.isfinite(mean) or _holds_of_mean(basis, mean, profile, month)


def _holds_of_mean(basis: Basis, mean: float, profile: Profile, month: Month) -> bool:
    if basis.number is not None:
        return abs(mean - basis.number) <= ALIKE * max(abs(mean), abs(basis.number))
    if basis.than:
        return _lies_beyond(basis, mean, month)
    if basis.above is None:
        return _is_in_itself(basis.column, profile, month)
    return _is_on_its_side(basis, profile, month) and _is_near_enough(basis, profile, month)


def _sign(basis: Basis) -> int:
    return 1 if basis.above else -1


def _driver(column: str, profile: Profile) -> Driver | None:
    return next((d for d in (*profile.drivers, *profile.described) if d.column == column), None)


def _level_effect(column: str, level: str, profile: Profile, month: Month) -> float:
    """Return how far a segment's share of a level lies from everyone's, as Cohen's h."""
    driver = _driver(column, profile)
    found = next((d for d in (driver, driver and positive(driver, profile)) if d and d.level == level), None)
    if found:
        return found.effect
    sizes = sum(other.share for other in month.profiles.values()) or 1.0
    shares = {ident: other.levels.get(column, {}).get(level, 0.0) for ident, other in month.profiles.items()}
    overall = sum(month.profiles[ident].share * share for ident, share in shares.items()) / sizes
    return 2 * (arc(shares[profile.id]) - arc(overall))


def _lies_beyond(basis: Basis, mean: float, month: Month) -> bool:
    """Return whether a mean still lies beyond those of the segments that are left of those it was compared with."""
    left = (month.profiles[ident] for ident in basis.than if ident in month.profiles)
    others = [other.centre.get(basis.column, math.nan) for other in left]
    return all(_sign(basis) * (mean - other) > 0 for other in others if math.isfinite(other))


def _is_in_itself(column: str, profile: Profile, month: Month) -> bool:
    if month.words:
        return column in month.words[profile.id].claims
    driver = _driver(column, profile)
    return driver is not None and bears_in_itself(driver, profile, month.columns)


def _is_on_its_side(basis: Basis, profile: Profile, month: Month) -> bool:
    """Return whether a driver bears a side out or, where a difference is not certain, at least the means do."""
    driver = _driver(basis.column, profile)
    if driver is not None:
        gap = _sign(basis) * (driver.mean - driver.overall)
        return gap > 0 and _sign(basis) * driver.effect >= RELEVANT
    spread = profile.spreads.get(basis.column)
    if spread is None or basis.column in profile.alike or basis.column not in month.means:
        return False
    width = spread.quantiles[3] - spread.quantiles[1]
    gap = _sign(basis) * (profile.centre[basis.column] - month.means[basis.column])
    return width > 0 and gap >= UNSURE * width


def _is_near_enough(basis: Basis, profile: Profile, month: Month) -> bool:
    """Return whether days that are fewer than others' are few as well, where words for orders say so ("Active")."""
    if not month.words or basis.above:
        return True
    if basis.column == "recency":
        return is_recent(profile, month.means, month.limits)
    return basis.column != "tenure" or profile.centre["tenure"] <= NEWER_DAYS


def _says_middle(name: str) -> bool:
    return spoken(name) == spoken(NEAR_AVERAGE) or spoken(name).endswith(MIDDLE)


def _stands_out(profile: Profile, month: Month) -> bool:
    if month.words:
        claims = month.words[profile.id].claims
        return any(claim.startswith(("frequency", "monetary")) or claim[-1] not in "+-" for claim in claims)
    return any(abs(driver.effect) >= OUTSTANDING and is_common(driver, profile) for driver in profile.drivers)
