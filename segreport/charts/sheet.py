"""A sheet to draw on: words, boxes, lines and dots in CSS pixels, y downward; matplotlib makes the SVG."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterable, Sequence
from functools import cache
from html import escape
from pathlib import Path
from typing import Any, Literal

from segreport.charts import words
from segreport.charts.theme import Theme

Anchor = Literal["start", "middle", "end"]
Spot = tuple[float, float]
Box = tuple[float, float, float, float]

_ALIGN = {"start": "left", "middle": "center", "end": "right"}
_WEIGHTS = {400: "Inter-Regular.ttf", 600: "Inter-SemiBold.ttf"}


class Sheet:
    """One drawing in the making.

    A bare matplotlib Figure at 72 dpi, so that a point is a pixel of the drawing; no Axes, whose ticks and
    layout cost most of a figure's time. Shapes of one look belong in one call: each call is one SVG path.
    """

    def __init__(self, height: float, theme: Theme) -> None:
        from matplotlib.figure import Figure  # slow to import, and not every command draws
        from matplotlib.transforms import Affine2D

        self.theme, self.width, self.height = theme, theme.width, height
        self._figure = Figure(figsize=(self.width / 72, height / 72), dpi=72, frameon=False)
        self._down = Affine2D().scale(1, -1).translate(0, height)
        self._order = 0

    def text(
        self, x: float, y: float, say: str, *, size: float = 12, colour: str = "", anchor: Anchor = "start", weight: int = 400
    ) -> None:
        """Write one line with its baseline at y; ink unless a colour is given."""
        from matplotlib.text import Text

        self._add(
            Text(
                x, y, words.clean(say), color=colour or self.theme.ink, fontsize=size, fontweight=weight,
                fontfamily=[_family(self.theme.family)], horizontalalignment=_ALIGN[anchor],
                verticalalignment="baseline", parse_math=False,
            )
        )  # fmt: skip - one argument a line hides that this is one call

    def lines(
        self, x: float, y: float, says: Sequence[str], *, size: float = 12, colour: str = "", anchor: Anchor = "start", weight: int = 400
    ) -> None:
        """Write lines below one another, the block centred on y."""
        first = y + size * 0.36 - (len(says) - 1) * size * 0.6
        for i, say in enumerate(says):
            self.text(x, first + i * size * 1.2, say, size=size, colour=colour, anchor=anchor, weight=weight)

    def boxes(self, boxes: Iterable[Box], colour: str, *, alpha: float = 1.0) -> None:
        """Fill boxes (x, y, width, height) of one colour."""
        corners = [[(x, y), (x + w, y), (x + w, y + h), (x, y + h)] for x, y, w, h in boxes]
        self._path(corners, fill=colour, alpha=alpha, closed=True)

    def area(self, spots: Sequence[Spot], colour: str, *, alpha: float = 1.0) -> None:
        """Fill a polygon."""
        self._path([spots], fill=colour, alpha=alpha, closed=True)

    def stroke(self, runs: Iterable[Sequence[Spot]], colour: str, *, width: float = 1.0, dashed: Sequence[float] = ()) -> None:
        """Draw lines through the spots of each run."""
        self._path(list(runs), edge=colour, width=width, dashes=dashed)

    def dots(self, spots: Iterable[Spot], diameter: float, colour: str, *, alpha: float = 1.0) -> None:
        """Draw round dots: lines of no length with round ends, which is the shortest SVG there is."""
        self._path([[spot, spot] for spot in spots], edge=colour, width=diameter, alpha=alpha, cap="round")

    def measure(self, size: float, weight: int = 400) -> words.Measure:
        """Return the function that tells how wide a text is in pixels."""
        advances = _advances(weight)
        return lambda text: size * sum(advances.get(ord(c)) or words.wide(c) * 0.6 for c in text)

    def svg(self, key: str) -> str:
        """Return the drawing as one <svg> element without ids, to stand inline in a page."""
        import matplotlib as mpl

        text = io.StringIO()
        with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "segreport", "path.simplify": False}), warnings.catch_warnings():
            # the page's own fonts draw what Inter has not (Arabic, Chinese, emoji): text stays text here
            warnings.filterwarnings("ignore", message=r"Glyph .* missing from font", category=UserWarning)
            self._figure.savefig(text, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
        body = _compact(text.getvalue())
        family = f"'{self.theme.family}', sans-serif"
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width} {self.height:g}" width="{self.width}" '
            f'height="{self.height:g}" data-chart="{escape(key)}" aria-hidden="true" focusable="false" '
            f'style="font-family:{escape(family)};max-width:100%;height:auto">{body}</svg>'
        )

    def _path(
        self, runs: Sequence[Sequence[Spot]], *, fill: str = "none", edge: str = "none", alpha: float = 1.0,
        width: float = 0.0, dashes: Sequence[float] = (), closed: bool = False, cap: str = "butt",
    ) -> None:  # fmt: skip - the options of one path, as they stand in SVG
        from matplotlib.patches import PathPatch
        from matplotlib.path import Path as Curve

        runs = [run for run in runs if len(run) > 1]
        if not runs:
            return
        ends = [Curve.CLOSEPOLY] if closed else []
        codes = [c for run in runs for c in (Curve.MOVETO, *[Curve.LINETO] * (len(run) - 1), *ends)]
        spots = [spot for run in runs for spot in (*run, *([run[0]] if closed else []))]
        style: Any = (0, tuple(dashes)) if dashes else "solid"
        self._add(
            PathPatch(
                Curve(spots, codes), facecolor=_with_alpha(fill, alpha), edgecolor=_with_alpha(edge, alpha),
                linewidth=width, linestyle=style, capstyle=cap, joinstyle="round",
            )
        )  # fmt: skip - one call

    def _add(self, artist: Any) -> None:
        self._order += 1  # matplotlib draws by zorder: what comes later lies on top
        artist.set_zorder(self._order)
        artist.set_transform(self._down)
        self._figure.add_artist(artist)


def _with_alpha(colour: str, alpha: float) -> Any:
    return colour if colour == "none" or alpha >= 1 else (colour, round(alpha, 2))


def font_folder() -> Path:
    """Return where the fonts lie: inside the installed package, or beside it in a checkout."""
    package = Path(__file__).parents[1]
    return next((f for f in (package / "templates" / "fonts", package.parent / "templates" / "fonts") if f.is_dir()), package)


@cache
def _family(family: str) -> str:
    """Make the shipped font known to matplotlib once; without it the drawing measures by matplotlib's own font."""
    from matplotlib import font_manager

    for name in _WEIGHTS.values():
        if (font_folder() / name).is_file():
            font_manager.fontManager.addfont(font_folder() / name)
    known = {entry.name for entry in font_manager.fontManager.ttflist}
    return family if family in known else "DejaVu Sans"


@cache
def _advances(weight: int) -> dict[int, float]:
    """Return the advance width of every character of the shipped font, in em."""
    from matplotlib.font_manager import get_font

    path = font_folder() / _WEIGHTS[weight]
    if not path.is_file():
        return {}
    font = get_font(str(path))
    font.set_size(100, 72)
    return {code: font.load_char(code).linearHoriAdvance / 65536 / 100 for code in font.get_charmap()}


_ELEMENT = re.compile(r"<path [^>]*?/>|<text [^>]*>[^<]*</text>", re.DOTALL)
_NUMBER = re.compile(r"-?\d+\.\d+(?:e-?\d+)?")


def _compact(svg: str) -> str:
    """Return only the paths and texts, numbers to a tenth of a pixel: groups, ids and metadata carry no ink."""
    return "".join(_short_path(e) if e.startswith("<path") else _short_text(e) for e in _ELEMENT.findall(svg))


def _short_path(element: str) -> str:
    data = _attribute(element, "d")
    data = _NUMBER.sub(_tenth, data)
    data = re.sub(r"\s*([MLz])\s*", r"\1", data)
    data = re.sub(r"M(\S+ \S+?)L\1(?=M|$)", r"M\1h0", data)
    return f'<path d="{data}" style="{_short_style(_attribute(element, "style"))}"/>'


def _short_text(element: str) -> str:
    head, _, body = element.partition(">")
    x, y = (_NUMBER.sub(_tenth, _attribute(head, name)) for name in ("x", "y"))
    return f'<text x="{x}" y="{y}" style="{_short_style(_attribute(head, "style"))}">{body}'


def _short_style(style: str) -> str:
    """Drop what the <svg> element says for all, and what is the default anyway."""
    kept = (part.strip() for part in style.split(";"))
    dropped = ("font-family", "text-anchor: start", "stroke-miterlimit", "stroke-linejoin")
    return ";".join(part.replace(": ", ":") for part in kept if part and not part.startswith(dropped))


def _attribute(element: str, name: str) -> str:
    found = re.search(rf'\s{name}="([^"]*)"', element)
    return found.group(1) if found else ""


def _tenth(found: re.Match[str]) -> str:
    return f"{round(float(found.group()), 1) + 0.0:g}" if abs(float(found.group())) < 1e5 else found.group()
