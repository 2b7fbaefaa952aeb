"""Numbers, shares, dates and lists as a reader of one language writes them; Babel knows how."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton
from babel.lists import format_list
from babel.numbers import format_currency, format_decimal, format_percent

from segreport.errors import SettingsError

ALL = 1 - 1e-9
"""From here on a share is the whole: sums of floats are not exact."""


def whole_percents(shares: Sequence[float]) -> tuple[int, ...]:
    """Return the shares of a whole (each 0 to 1) in whole percents that add up to 100, none off by 1 or more.

    By the largest remainders (Hare and Niemeyer); of equal ones the larger share goes first. What adds up to
    something else than 1 adds up to that, and a share under zero is no trouble.
    """
    exact = [round(100 * share, 9) for share in shares]
    floors = [math.floor(part) for part in exact]
    left = round(sum(exact)) - sum(floors)
    ranked = sorted(range(len(exact)), key=lambda i: (floors[i] - exact[i], -exact[i]))
    return tuple(floor + (i in ranked[:left]) for i, floor in enumerate(floors))


@dataclass(frozen=True)
class Wording:
    """How one reader's language writes numbers; `currency` (ISO 4217) is used for amounts, None leaves them bare."""

    language: str = "en"
    currency: str | None = None

    def __post_init__(self) -> None:
        try:
            Locale.parse(self.language.replace("-", "_"))
        except (UnknownLocaleError, ValueError) as error:
            raise SettingsError(
                f"language {self.language!r} is not known; use a code such as en, de or pt_BR."
            ) from error

    @property
    def locale(self) -> Locale:
        """The language as Babel knows it."""
        return Locale.parse(self.language.replace("-", "_"))

    def count(self, value: float) -> str:
        """Return a whole number with the language's grouping: 12,345."""
        return format_decimal(round(value), format="#,##0", locale=self.locale)

    def number(self, value: float) -> str:
        """Return a number with about three significant digits: 0.026, 1.45, 55.3, 12,345; a dash if undefined."""
        if not math.isfinite(value):
            return "–"
        decimals = self.decimals(value, "")
        pattern = "#,##0" + ("." + "#" * decimals if decimals else "")
        return format_decimal(round(value, decimals) + 0.0, format=pattern, locale=self.locale)

    def decimals(self, value: float, unit: str) -> int:
        """Return to how many decimals `quantity` shows a number."""
        size = abs(value)
        if unit == "amount" and self.currency:
            return 0 if size >= 100 else 2
        if unit in ("year", "%"):
            return int(unit == "%")
        return 0 if size >= 100 or size == 0 else 1 if size >= 10 else 2 if size >= 1 else 3

    def fixed(self, value: float, decimals: int) -> str:
        """Return a number with exactly so many decimals, so that a column of them aligns: 0.550."""
        return format_decimal(value, format="#,##0." + "0" * decimals, locale=self.locale)

    def quantity(self, value: float, unit: str) -> str:
        """Return a number with its unit: "55.3 k$", "41 days", "14%", 1957 (unit "year"), "€12" (unit "amount")."""
        if unit == "amount":
            if not self.currency:
                return self.number(value)
            digits = "#,##0" if abs(value) >= 100 else "#,##0.00"
            pattern = self.locale.currency_formats["standard"].pattern.split(";")[0].replace("#,##0.00", digits)
            return format_currency(value, self.currency, format=pattern, locale=self.locale, currency_digits=False)
        if unit == "year":
            return f"{value:.0f}"
        if unit == "%":
            return format_decimal(round(value, 1) + 0.0, format="#,##0.#", locale=self.locale) + "%"
        return f"{self.number(value)} {unit}".rstrip()

    def exact(self, amount: float) -> str:
        """Return an amount to the cent, so that a column of them adds up as printed: 8,911,407.90, €77.00."""
        if not self.currency:
            return self.fixed(amount, 2)
        return format_currency(
            amount, self.currency, format=self.locale.currency_formats["standard"], locale=self.locale
        )

    def percent(self, share: float) -> str:
        """Return a share (0 to 1) in whole percent, "<1%" and ">99%" where rounding would hide a part: 11%."""
        if abs(share) <= 0.005:
            return self.whole(0, share)
        if 0.995 <= share < 1:
            return self.whole(100, share)
        return format_percent(share, format="#,##0%", locale=self.locale)

    def whole(self, percent: int, share: float) -> str:
        """Return a share of a whole as `whole_percents` gave it, "<1%" and ">99%" where that would hide a part: 11%."""
        if percent == 0 and share > 0:
            return f"<{format_percent(0.01, format='#,##0%', locale=self.locale)}"
        if percent == 100 and share < ALL:
            return f">{format_percent(0.99, format='#,##0%', locale=self.locale)}"
        return format_percent(percent / 100, format="#,##0%", locale=self.locale)

    def date(self, day: dt.date | str) -> str:
        """Return a day in words: 31 October 2026 (ISO text is taken too)."""
        return format_date(
            dt.date.fromisoformat(day) if isinstance(day, str) else day, format="long", locale=self.locale
        )

    def month(self, period: str) -> str:
        """Return a period YYYY-MM in words: October 2026."""
        return format_date(dt.date.fromisoformat(f"{period}-01"), format="LLLL yyyy", locale=self.locale)

    def short_month(self, period: str) -> str:
        """Return a period YYYY-MM in few letters: Oct 2026."""
        return format_skeleton("yMMM", dt.datetime.fromisoformat(f"{period}-01"), locale=self.locale)

    def moment(self, text: str, timed: bool) -> str:  # noqa: FBT001 - OrderFacts hands it on
        """Return a moment in ISO form in words, its time of day only where `timed`: December 10, 2011, 12:50."""
        moment = dt.datetime.fromisoformat(text)
        day = self.date(moment.date())
        if not timed:
            return day
        joined = str(self.locale.datetime_formats["medium"])
        return joined.replace("{1}", day).replace("{0}", format_skeleton("Hm", moment, locale=self.locale))

    def listing(self, items: Sequence[str]) -> str:
        """Return the items as one phrase: "a, b, and c"."""
        return format_list(list(items), locale=self.locale) if items else ""
