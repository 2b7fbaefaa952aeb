"""What the customers of a shop are told against, and whether a mean speaks for most of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from segreport.orders import Limits
from segreport.personas.traits import Known
from segreport.profiles import Profile, Spread
from segreport.wording import Wording

FEW = 5.0
"""A mean over so many times the 75th percentile is that of a few customers."""
ALIKE = 0.05
"""Numbers less than this part of the larger apart hardly differ to a reader."""
ONCE = 1.05
"""Up to so many orders on average nearly everybody ordered once."""


@dataclass(frozen=True)
class Shop:
    """The columns, everyone's means and (where known) spreads, what may be concluded, and the reader's language."""

    columns: Known
    means: Mapping[str, float]
    spreads: Mapping[str, Spread]
    limits: Limits
    wording: Wording

    def silent(self) -> frozenset[str]:
        """Return the columns that these orders cannot tell of: of one-time buyers the first order is the last."""
        rhythm = ("frequency", "gap", "tenure") if not self.limits.can_repeat else ()
        return frozenset(rhythm if self.limits.can_be_new else (*rhythm, "tenure"))

    def ordered_once(self, profile: Profile) -> bool:
        """Return whether nearly all customers of a segment ordered once."""
        return not self.limits.can_repeat or profile.centre.get("frequency", 2.0) <= ONCE

    def differ(self, one: float, other: float, unit: str) -> bool:
        """Return whether two numbers differ as they are written, and by enough to be told; years by any."""
        if self.wording.quantity(one, unit) == self.wording.quantity(other, unit):
            return False
        first, second = (round(value, self.wording.decimals(value, unit)) for value in (one, other))
        return unit == "year" or abs(first - second) >= ALIKE * max(abs(first), abs(second))

    def is_carried(self, profile: Profile, name: str) -> bool:
        """Return whether a few customers carry the mean of a column, the segment's or everyone's."""
        mine, ours = profile.spreads.get(name), self.spreads.get(name)
        return _is_carried(profile.centre.get(name), mine) or _is_carried(self.means.get(name), ours)


def is_typical(profile: Profile, name: str, spreads: Mapping[str, Spread]) -> bool:
    """Return whether half of a segment lie above half of everyone, as far as is known."""
    mine, ours = profile.spreads.get(name), spreads.get(name)
    return mine is None or ours is None or mine.quantiles[2] > ours.quantiles[2]


def _is_carried(mean: float | None, spread: Spread | None) -> bool:
    return mean is not None and spread is not None and mean > max(FEW * spread.quantiles[3], 0.0)
