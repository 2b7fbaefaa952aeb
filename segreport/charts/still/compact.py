"""Matplotlib's SVG without what carries no ink: a fraction of its size, and no ids to clash with others in a page."""

from __future__ import annotations

import re
from itertools import groupby
from operator import itemgetter

_ELEMENT = re.compile(r"<path [^>]*?/>|<text [^>]*>[^<]*</text>", re.DOTALL)
_NUMBER = re.compile(r"-?\d+\.\d+(?:e-?\d+)?")


def compact(svg: str) -> str:
    """Return only the paths and texts, numbers to a tenth of a pixel.

    Elements of one style that follow one another say it once, in a group.
    """
    short = [_short_path(e) if e.startswith("<path") else _short_text(e) for e in _ELEMENT.findall(svg)]
    groups = ((style, "".join(element for _, element in same)) for style, same in groupby(short, key=itemgetter(0)))
    return "".join(f'<g style="{style}">{elements}</g>' for style, elements in groups)


def _short_path(element: str) -> tuple[str, str]:
    """Return a path's style, and the path without it."""
    data = _NUMBER.sub(_tenth, _attribute(element, "d"))
    runs = "".join(_short_run(run) for run in data.split("M")[1:])
    return _short_style(_attribute(element, "style")), f'<path d="{runs}"/>'


def _short_run(run: str) -> str:
    """Return one run of a path with H and V for level and upright lines.

    Matplotlib leaves out some lines of no length, which are our dots: a run that only moves is such a line.
    """
    closed = run.rstrip().endswith("z")
    spots = [spot.split() for spot in run.replace("z", "").split("L")]
    if closed and len(spots) > 2 and spots[-1] == spots[0]:
        spots.pop()
    if all(spot == spots[0] for spot in spots):
        return f"M{' '.join(spots[0])}h0"
    (x, y), said = spots[0], []
    for right, down in spots[1:]:
        said.append(f"H{right}" if down == y else f"V{down}" if right == x else f"L{right} {down}")
        x, y = right, down
    return f"M{' '.join(spots[0])}{''.join(said)}{'z' if closed else ''}"


def _short_text(element: str) -> tuple[str, str]:
    """Return a text's style, and the text without it."""
    head, _, body = element.partition(">")
    x, y = (_NUMBER.sub(_tenth, _attribute(head, name)) for name in ("x", "y"))
    angle = re.match(r"rotate\((-?[\d.]+)", _attribute(head, "transform"))
    turn = f' transform="rotate({angle.group(1)} {x} {y})"' if angle and float(angle.group(1)) else ""
    return _short_style(_attribute(head, "style")), f'<text x="{x}" y="{y}"{turn}>{body}'


def _short_style(style: str) -> str:
    """Drop what the <svg> element says for all, and what is the default anyway."""
    dropped = ("font-family", "text-anchor: start", "stroke-miterlimit")
    kept = (part.strip() for part in style.split(";"))
    return ";".join(part.replace(": ", ":") for part in kept if part and not part.startswith(dropped))


def _attribute(element: str, name: str) -> str:
    found = re.search(rf'\s{name}="([^"]*)"', element)
    return found.group(1) if found else ""


def _tenth(found: re.Match[str]) -> str:
    return f"{round(float(found.group()), 1) + 0.0:.6g}"
