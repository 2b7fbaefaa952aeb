"""The colours segments wear, and the text colour that reads on each."""

from __future__ import annotations

PALETTE: tuple[str, ...] = (
    "#1470ad",
    "#d65c00",
    "#0a5c47",
    "#cc7aa3",
    "#5c298f",
    "#7a0000",
    "#0099f5",
    "#859966",
    "#ad3314",
    "#a35c7a",
    "#5c7a52",
    "#662952",
    "#851f33",
    "#7a477a",
    "#3d70f5",
    "#ad7ac2",
    "#009933",
    "#993d5c",
    "#c229a3",
    "#5c6633",
    "#c2667a",
    "#144729",
    "#1f7066",
    "#8f6b00",
)  # fmt: skip - six a line reads as the table it is
"""24 colours, each at least 3:1 on white; the first 12 stay apart for readers with any colour blindness.

Found by search: the smallest CIEDE2000 distance among the first 12 is 11 in normal sight and under simulated
protanopia, deuteranopia and tritanopia (Machado, Oliveira and Fernandes 2009).
"""

ABOVE, BELOW = "#1f6aa5", "#c05a12"
"""The two directions of a difference; blue and orange stay apart in every kind of colour blindness."""

PLAIN = "#6b7785"
"""The colour of everyone: grey, at least 3:1 on white and on a dark page alike."""


def readable_on(colour: str) -> str:
    """Return the text colour, white or ink, that contrasts most with a background `#rrggbb`."""
    light = luminance(colour) + 0.05
    return "#ffffff" if 1.05 / light >= light / (luminance("#1b1f24") + 0.05) else "#1b1f24"


def luminance(colour: str) -> float:
    """Return the relative luminance of `#rrggbb`, 0 (black) to 1 (white), as WCAG 2 defines it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
