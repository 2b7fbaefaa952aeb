"""What every live drawing shares: fonts, quiet axes, margins, and names made safe for plotly's markup."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from typing import Any

from segreport.charts.kinds import Axis
from segreport.charts.theme import Theme
from segreport.charts.words import clean, wrap


def layout(theme: Theme, height: float, **more: Any) -> dict[str, Any]:  # plotly's own keys pass through unread
    """Return a quiet layout: no title, no legend, transparent, nothing to drag by accident."""
    return {
        "autosize": True,
        "height": round(height),
        "minreducedheight": 16,  # plotly would rather cut labels than draw lower than 64 pixels
        "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": f"{theme.family}, sans-serif", "size": 12, "color": theme.ink},
        "hoverlabel": {"font": {"family": f"{theme.family}, sans-serif", "size": 12}, "align": "left"},
        "showlegend": False,
        "dragmode": False,
        "hovermode": "closest",
        **more,
    }


def quiet(theme: Theme, **more: Any) -> dict[str, Any]:  # plotly's own keys pass through unread
    """Return an axis without line, grid and zero line, that makes room for its own labels."""
    look = {
        "showgrid": False,
        "zeroline": False,
        "showline": False,
        "automargin": True,
        "fixedrange": True,
        "ticks": "",
        "ticklabelstandoff": 5,
    }
    return {**look, "tickfont": {"color": theme.muted, "size": 11}, **more}


def scaled(theme: Theme, axis: Axis, **more: Any) -> dict[str, Any]:  # plotly's own keys pass through unread
    """Return an axis with the chart's own ticks, already written in the reader's language."""
    ticks = {"tickmode": "array", "tickvals": [v for v, _ in axis.ticks], "ticktext": [safe(t) for _, t in axis.ticks]}
    room = (axis.high - axis.low) * 0.03
    return quiet(theme, **{"range": [axis.low - room, axis.high + room], **ticks, **more})


def safe(text: str) -> str:
    """Return a name as plotly shows it literally: <b> would be markup, {x} a field of a template, $x$ a formula."""
    return escape(clean(text), quote=False).translate({ord(c): f"&#{ord(c)};" for c in "{}$"})


def folded(text: str, width: float, *, lines: int = 2) -> str:
    """Return a name wrapped at about so many Latin characters."""
    return "<br>".join(safe(line) for line in wrap(text, width, lines=lines))


def known(values: Sequence[float]) -> list[float | None]:
    """Return the values with None, which JSON has, for NaN and infinity, which it has not."""
    return [v if math.isfinite(v) else None for v in values]


def tinted(colour: str, alpha: float) -> str:
    """Return `#rrggbb` as rgba, so that it lies over a light page and a dark one."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{alpha:g})"


def note(theme: Theme, text: str, **more: Any) -> dict[str, Any]:  # plotly's own keys pass through unread
    """Return words on the drawing, without an arrow."""
    return {"text": text, "showarrow": False, "font": {"color": theme.ink, "size": 12}, **more}


def on_paper(x: float, y: float) -> dict[str, Any]:
    """Return a place for words on the drawing's edge: inside it across, outside it up or down."""
    anchors = {"xanchor": "left" if x < 0.6 else "right", "yanchor": "bottom" if y > 0 else "top"}
    return {"xref": "paper", "yref": "paper", "x": x, "y": y, **anchors}


def titled(theme: Theme, title: str) -> dict[str, Any]:
    """Return an axis title in small muted words."""
    return {"text": safe(title), "font": {"size": 11, "color": theme.muted}}
