"""Charts ready for a page: the still drawing, and the table behind it in the reader's words."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, replace
from typing import Any

from markupsafe import Markup

from segreport.charts import Chart, Theme, charts_of, charts_of_part, draw_still
from segreport.pages.part import Part
from segreport.pages.templates import theme_of
from segreport.report import Report
from segreport.settings import ReportSettings
from segreport.wording import Wording

NARROW = 400  # what stands beside the action card is drawn for half a page, so that its words keep their size


@dataclass(frozen=True)
class Drawn:
    """A chart ready for a page: the still as SVG text, and its table in the reader's words."""

    chart: Chart
    svg: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def still(self) -> Markup:
        """The drawing to stand inline, its neutral colours being the page's, so that it follows dark mode."""
        return Markup(_NEUTRAL.sub(lambda found: f"{found[1]}var(--{_TOKENS[found[2]]})", self.svg))  # noqa: S704 - drawn by us, its words escaped there

    @property
    def still_url(self) -> str:
        """The drawing as a data: URL; its page style would hide its own size from WeasyPrint."""
        plain = self.svg.replace(";max-width:100%;height:auto", "")
        return f"data:image/svg+xml;base64,{base64.b64encode(plain.encode()).decode()}"


_TOKENS = {getattr(Theme(), name): name for name in ("ink", "muted", "grid", "paper")}
_NEUTRAL = re.compile(rf"""((?:fill|stroke|color)(?:="|: ?))({"|".join(_TOKENS)})\b""")


def draw(report: Report, settings: ReportSettings) -> dict[str, Drawn]:
    """Return every chart of the report, drawn still, with its table in words."""
    wording, theme = Wording(settings.language, settings.currency), theme_of(settings)
    narrow = replace(theme, width=NARROW)
    made = charts_of_part if isinstance(report, Part) else charts_of
    return {
        key: drawn(chart, wording, narrow if key.startswith("drivers-") else theme)
        for key, chart in made(report, wording).items()
    }


def drawn(chart: Chart, wording: Wording, theme: Theme) -> Drawn:
    """Return one chart, drawn still, with its table in words."""
    header, rows = chart.table()
    said = tuple(tuple(_cell(cell, wording) for cell in row) for row in rows)
    return Drawn(chart, draw_still(chart, theme), header, said)


def _cell(cell: Any, wording: Wording) -> str:
    return "" if cell is None else cell if isinstance(cell, str) else cell.say(wording)
