"""Round numbers for axes, and their text."""

from __future__ import annotations

import math
from collections.abc import Sequence

from segreport.charts.kinds import Axis
from segreport.wording import Wording

TINY = 1e-290  # a span that no step can divide


def tight_axis(values: Sequence[float], *, title: str = "", room: float = 0.0) -> Axis:
    """Return an axis without ticks that just holds the values, widened by a share of its length at both ends."""
    finite = [v for v in values if math.isfinite(v)] or [0.0]
    more = (max(finite) - min(finite)) * room or (0.0 if max(finite) > min(finite) else 0.5)
    return Axis(title, min(finite) - more, max(finite) + more, ())


def axis_over(
    values: Sequence[float], wording: Wording, *, title: str = "", ticks: int = 4, zero: bool = False
) -> Axis:
    """Return an axis with round ends around the finite values; from zero on where `zero`."""
    finite = [v for v in values if math.isfinite(v)] or [0.0]
    low, high = min(finite), max(finite)
    if zero:
        low, high = min(low, 0.0), max(high, 0.0)
    if not high - low > TINY:
        half = 0.5 * abs(low) if abs(low) > TINY else 0.5
        low, high = low - half, high + half
    step = _step((high - low) / ticks)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return Axis(title, first * step, last * step, _written([i * step for i in range(first, last + 1)], wording))


def ticks_within(low: float, high: float, wording: Wording, *, count: int = 4) -> tuple[tuple[float, str], ...]:
    """Return about `count` round values between two ends, with their text; the ends themselves where none is round."""
    if not (math.isfinite(low) and math.isfinite(high) and high - low > TINY):
        return _written([low], wording)
    step = _step((high - low) / count)
    inside = [i * step for i in range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)]
    return _written(inside if len(inside) > 1 else [low, high], wording)


def _step(rough: float) -> float:
    """Return the smallest of 1, 2, 2.5, 5, 10 times a power of ten that is not below `rough`."""
    power = 10.0 ** math.floor(math.log10(rough))
    return next(power * m for m in (1, 2, 2.5, 5, 10) if power * m >= rough * (1 - 1e-9))


def _written(values: Sequence[float], wording: Wording) -> tuple[tuple[float, str], ...]:
    """Pair each value with its text; rounded first, so that 0.30000000000000004 is 0.3 in every output."""
    return tuple((v, wording.number(v)) for v in (float(f"{v:.12g}") for v in values))
