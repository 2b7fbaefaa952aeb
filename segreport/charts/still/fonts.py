"""The fonts of a drawing: two sizes, two weights, and how wide the shipped font's characters are."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from segreport.shipped import font_folder

Weight = Literal[400, 600]

_FILES: dict[Weight, str] = {400: "Inter-Regular.ttf", 600: "Inter-SemiBold.ttf"}


@dataclass(frozen=True)
class Font:
    """Size in pixels, and weight."""

    size: float
    weight: Weight


PLAIN_TEXT, STRONG, SMALL, SMALL_STRONG = Font(12, 400), Font(12, 600), Font(11, 400), Font(11, 600)


@cache
def known_family(family: str) -> str:
    """Return the family, once matplotlib knows the shipped font; a font that comes with matplotlib where it does not.

    The name still stands in the SVG; only matplotlib's own measuring, which we do not rely on, differs.
    """
    from matplotlib import font_manager

    for path in filter(Path.is_file, (_path(weight) for weight in _FILES)):
        font_manager.fontManager.addfont(path)
    return family if any(entry.name == family for entry in font_manager.fontManager.ttflist) else "DejaVu Sans"


@cache
def advances(weight: Weight) -> dict[int, float]:
    """Return the advance width of every character of the shipped font, in em; none where the font is not there."""
    from matplotlib.font_manager import get_font

    if not _path(weight).is_file():
        return {}
    font = get_font(str(_path(weight)))
    font.set_size(100, 72)
    return {code: font.load_char(code).linearHoriAdvance / 65536 / 100 for code in font.get_charmap()}


def _path(weight: Weight) -> Path:
    return font_folder() / _FILES[weight]


def can_write(text: str) -> bool:
    """Return whether the shipped font has every character of a text; where it is not there, only ASCII is sure."""
    known = advances(400) or range(128)
    return all(ord(character) in known for character in text)
