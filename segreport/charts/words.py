"""Names in a drawing: cleaned, shortened and wrapped, whatever script they are written in."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable

Measure = Callable[[str], float]
"""How wide a text is: in characters, or in pixels of one font."""


def cells(text: str) -> float:
    """Return the width of a text in Latin characters; Chinese, Japanese, Korean and emoji count nearly double."""
    return sum(wide(character) for character in text)


def wide(character: str) -> float:
    """Return the width of one character where no font tells: 0 for a combining mark, 1.8 for a full-width one."""
    if unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return 0.0
    return 1.8 if unicodedata.east_asian_width(character) in "WF" else 1.0


def clean(text: str) -> str:
    """Return one line without control characters, which XML forbids, and lone surrogates, which UTF-8 does."""
    kept = (" " if c.isspace() else c for c in text if c.isspace() or unicodedata.category(c) not in {"Cc", "Cs", "Cn"})
    return " ".join("".join(kept).split())


def shorten(text: str, room: float, measure: Measure = cells) -> str:
    """Return the text, cut with an ellipsis where it is wider than `room`; a mark is never cut from its letter."""
    text = clean(text)
    if measure(text) <= room:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if measure(text[:middle]) + measure("…") <= room else (low, middle - 1)
    while low > 1 and (unicodedata.category(text[low]) in {"Mn", "Me"} or "\u200d" in text[low - 1 : low + 1]):
        low -= 1
    return text[: max(1, low)].rstrip() + "…"


def wrap(text: str, room: float, measure: Measure = cells, *, lines: int = 2) -> tuple[str, ...]:
    """Return at most so many lines, each within `room`; what is left over is cut with an ellipsis."""
    rest = clean(text)
    done: list[str] = []
    while rest and len(done) < lines - 1 and measure(rest) > room:
        head = _head(rest, room, measure)
        done.append(head.rstrip())
        rest = rest[len(head) :].lstrip()
    return (*done, shorten(rest, room, measure)) if rest else tuple(done)


def _head(text: str, room: float, measure: Measure) -> str:
    """Return the longest beginning within `room` that ends at a space or after a hyphen, else anywhere."""
    end = 1
    while end < len(text) and measure(text[: end + 1]) <= room:
        end += 1
    space = max(text.rfind(" ", 0, end + 1), text.rfind("-", 0, end) + 1)
    if space > end // 3:
        return text[:space]
    while end > 1 and (unicodedata.category(text[end]) in {"Mn", "Me"} or "\u200d" in text[end - 1 : end + 1]):
        end -= 1
    return text[:end]


def isolated(text: str, names: Iterable[str]) -> str:
    """Return a sentence whose right-to-left names stand isolated, so that they do not reorder the numbers beside."""
    for name in sorted({n for n in names if any(unicodedata.bidirectional(c) in {"R", "AL"} for c in n)}, key=len):
        text = text.replace(name, f"\u2068{name}\u2069")
    return text
