"""A sheet to draw on: words, boxes, lines and dots in CSS pixels, y downward; matplotlib makes the SVG."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Literal

from segreport.charts import words
from segreport.charts.still.compact import compact
from segreport.charts.still.fonts import PLAIN_TEXT, Font, advances, known_family
from segreport.charts.theme import Theme

Anchor = Literal["start", "middle", "end"]
Spot = tuple[float, float]
Box = tuple[float, float, float, float]

_ALIGN: dict[Anchor, Literal["left", "center", "right"]] = {"start": "left", "middle": "center", "end": "right"}


@dataclass(frozen=True)
class _Pen:
    """How a path looks; closed paths are filled, open ones drawn."""

    colour: str
    alpha: float = 1.0
    width: float = 0.0
    dashes: tuple[float, ...] = ()
    cap: Literal["butt", "round"] = "butt"

    @property
    def paint(self) -> Any:
        return self.colour if self.alpha >= 1 else (self.colour, round(self.alpha, 2))


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
        self,
        x: float,
        y: float,
        say: str,
        font: Font = PLAIN_TEXT,
        *,
        colour: str = "",
        anchor: Anchor = "start",
        angle: float = 0,
    ) -> None:
        """Write one line with its baseline at y, in ink unless a colour is given, turned up by `angle` degrees."""
        from matplotlib.text import Text

        look: dict[str, Any] = {"color": colour or self.theme.ink, "fontsize": font.size, "fontweight": font.weight}
        place: dict[str, Any] = {"horizontalalignment": _ALIGN[anchor], "rotation": angle, "rotation_mode": "anchor"}
        family = [known_family(self.theme.family)]
        self._add(Text(x, y, words.clean(say), fontfamily=family, parse_math=False, **look, **place))

    def lines(
        self,
        x: float,
        y: float,
        says: Sequence[str],
        font: Font = PLAIN_TEXT,
        *,
        colour: str = "",
        anchor: Anchor = "start",
    ) -> None:
        """Write lines below one another, the block centred on y."""
        first = y + font.size * 0.36 - (len(says) - 1) * font.size * 0.6
        for i, say in enumerate(says):
            self.text(x, first + i * font.size * 1.2, say, font, colour=colour, anchor=anchor)

    def boxes(self, boxes: Iterable[Box], colour: str, *, alpha: float = 1.0) -> None:
        """Fill boxes (x, y, width, height) of one colour."""
        corners = [[(x, y), (x + w, y), (x + w, y + h), (x, y + h)] for x, y, w, h in boxes]
        self._fill(corners, _Pen(colour, alpha))

    def area(self, spots: Sequence[Spot], colour: str, *, alpha: float = 1.0) -> None:
        """Fill a polygon."""
        self._fill([spots], _Pen(colour, alpha))

    def stroke(
        self, runs: Iterable[Sequence[Spot]], colour: str, *, width: float = 1.0, dashed: Sequence[float] = ()
    ) -> None:
        """Draw lines through the spots of each run."""
        self._draw(list(runs), _Pen(colour, width=width, dashes=tuple(dashed)))

    def dots(self, spots: Iterable[Spot], diameter: float, colour: str, *, alpha: float = 1.0) -> None:
        """Draw round dots: lines of no length with round ends, which is the shortest SVG there is."""
        self._draw([[spot, spot] for spot in spots], _Pen(colour, alpha, diameter, cap="round"))

    def svg(self, key: str) -> str:
        """Return the drawing as one <svg> element without ids, to stand inline in a page."""
        import matplotlib as mpl

        text = io.StringIO()
        plain: Any = {"svg.fonttype": "none", "svg.hashsalt": "segreport", "path.simplify": False}
        nothing = {"Date": None, "Creator": None, "Format": None, "Type": None}
        with mpl.rc_context(plain), warnings.catch_warnings():
            # the page's own fonts draw what Inter has not (Arabic, Chinese, emoji): text stays text here
            warnings.filterwarnings("ignore", message=r"Glyph .* missing from font", category=UserWarning)
            self._figure.savefig(text, format="svg", metadata=nothing)
        size = f'viewBox="0 0 {self.width} {self.height:g}" width="{self.width}" height="{self.height:g}"'
        style = f"font-family:'{escape(self.theme.family)}', sans-serif;max-width:100%;height:auto"
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} data-chart="{escape(key)}" aria-hidden="true" '
            f'focusable="false" style="{style}">{compact(text.getvalue())}</svg>'
        )

    def png(self, width: int) -> bytes:
        """Return the drawing as a PNG on paper, 2 x `width` pixels wide; a sheet so printed gives no SVG any more."""
        picture, scale = io.BytesIO(), 2 * width / self.width
        self._figure.set(frameon=True, facecolor=self.theme.paper)
        self._down.scale(scale)  # our places are pixels, which do not grow with the dpi as letters and lines do
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message=r"Glyph .* missing from font", category=UserWarning)
            self._figure.savefig(picture, format="png", dpi=72 * scale, metadata={"Software": None})
        return picture.getvalue()

    def _fill(self, runs: Sequence[Sequence[Spot]], pen: _Pen) -> None:
        from matplotlib.path import Path

        codes = [c for run in runs for c in (Path.MOVETO, *[Path.LINETO] * (len(run) - 1), Path.CLOSEPOLY)]
        spots = [spot for run in runs for spot in (*run, run[0])]
        self._path(spots, codes, facecolor=pen.paint, edgecolor="none", linewidth=0)

    def _draw(self, runs: Sequence[Sequence[Spot]], pen: _Pen) -> None:
        from matplotlib.path import Path

        runs = [run for run in runs if len(run) > 1]
        codes = [c for run in runs for c in (Path.MOVETO, *[Path.LINETO] * (len(run) - 1))]
        line: dict[str, Any] = {"linewidth": pen.width, "linestyle": (0, pen.dashes) if pen.dashes else "solid"}
        spots = [spot for run in runs for spot in run]
        self._path(spots, codes, facecolor="none", edgecolor=pen.paint, capstyle=pen.cap, joinstyle="round", **line)

    def _path(self, spots: Sequence[Spot], codes: Sequence[Any], **look: Any) -> None:  # matplotlib's own keys
        from matplotlib.patches import PathPatch
        from matplotlib.path import Path

        if spots:
            self._add(PathPatch(Path(spots, codes), **look))

    def _add(self, artist: Any) -> None:
        self._order += 1  # matplotlib draws by zorder: what comes later lies on top
        artist.set_zorder(self._order)
        artist.set_transform(self._down)
        self._figure.add_artist(artist)


def measure(font: Font) -> words.Measure:
    """Return the function that tells how wide a text is in pixels; what the font has not is guessed by its script."""
    widths = advances(font.weight)
    return lambda text: font.size * sum(widths.get(ord(c)) or words.wide(c) * 0.6 for c in text)
