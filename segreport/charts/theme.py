"""How charts look: the few colours and the font family that both drawings take."""

from __future__ import annotations

from dataclasses import dataclass

from segreport.palette import readable_on


@dataclass(frozen=True)
class Theme:
    """Colours as `#rrggbb`, the font family, and how wide a still drawing is in CSS pixels.

    Every word in a still is drawn in `ink` or `muted` (or in white or ink on a segment's own colour), every
    line and empty cell in `grid`, every halo in `paper`: a page may swap these strings for CSS variables.
    """

    ink: str = "#1b1f24"
    muted: str = "#5a6570"
    grid: str = "#d9dee3"
    paper: str = "#ffffff"
    accent: str = "#0f5c73"
    family: str = "Inter"
    width: int = 640


def written_on(colour: str) -> str:
    """Return the colour of words on a segment's own colour: one step off white and ink.

    A page that swaps the theme's neutrals for those of dark mode must leave these words alone.
    """
    return {"#ffffff": "#fefefe", "#1b1f24": "#1b1f25"}[readable_on(colour)]
