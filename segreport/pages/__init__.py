"""HTML and PDF out of a Report, its charts and the templates; nothing is computed here but how things look."""

from __future__ import annotations

import base64
import gzip
import json
import mimetypes
import re
import traceback
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Literal

import jinja2
from markupsafe import Markup, escape

from segreport.charts import Chart, Theme, charts_of, counted, draw_live, draw_still
from segreport.errors import SettingsError
from segreport.pages.filters import filters_of
from segreport.palette import luminance, readable_on
from segreport.report import Report
from segreport.settings import ReportSettings
from segreport.shipped import font_folder, template_folders
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


def render(report: Report, settings: ReportSettings) -> dict[str, bytes]:
    """Return the pages that `settings.formats` asks for, file name -> content."""
    if not settings.pages:
        return {}
    charts = draw(report, settings)
    made = {
        "html": lambda: render_html(report, charts, settings).encode(),
        "pdf": lambda: render_pdf(report, charts, settings),
    }
    return {f"report.{form}": made[form]() for form in settings.pages}


def warm_up(settings: ReportSettings) -> None:
    """Load what drawing and typesetting need, so that a report that comes later need not wait for it."""
    import matplotlib.figure  # noqa: F401 - loaded to be there

    if "pdf" in settings.pages:
        with suppress(OSError):  # told by render_pdf
            import weasyprint  # noqa: F401 - loaded to be there
    if "html" in settings.pages:
        _packed_plotly()


def check(settings: ReportSettings) -> None:
    """Raise SettingsError where the logo or the templates cannot be used: before the work, not after it."""
    if settings.template and not settings.template.is_dir():
        raise SettingsError(f"--template {settings.template}: no such folder.")
    if settings.logo:
        _data_url(settings.logo)


def render_html(report: Report, charts: Mapping[str, Drawn], settings: ReportSettings) -> str:
    """Return report.html: one file that needs nothing from outside, readable without JavaScript."""
    theme = theme_of(settings)
    live = {key: draw_live(drawn.chart, theme) for key, drawn in charts.items()}
    context = _context(report, charts, settings) | {
        "medium": "screen",
        "fonts": Markup(_font_faces("woff2")),  # noqa: S704 - our own files
        "plotly": _packed_plotly(),
        "figures": _pack(json.dumps(live, separators=(",", ":"), ensure_ascii=False)),
    }
    return _render(environment(report, settings), "report.html.j2", context)


def render_pdf(report: Report, charts: Mapping[str, Drawn], settings: ReportSettings) -> bytes:
    """Return report.pdf, tagged for screen readers (PDF/UA-1). The same report gives the same bytes."""
    try:
        from weasyprint import CSS, HTML
    except OSError as error:
        raise SettingsError(
            "the PDF needs Pango, which is not on this machine: `apt install libpango-1.0-0 libpangoft2-1.0-0`, "
            "or write no PDF with --format html."
        ) from error
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcher

    context = _context(report, charts, settings) | {"medium": "paper"}
    page = _render(environment(report, settings), "report.pdf.j2", context)
    fonts = FontConfiguration()
    faces = CSS(string=_font_faces("truetype"), font_config=fonts)
    return bytes(
        HTML(string=page, url_fetcher=URLFetcher(allowed_protocols=("data",))).write_pdf(
            stylesheets=[faces],
            font_config=fonts,
            pdf_variant="pdf/ua-1",
            pdf_identifier=report.source.fingerprint.encode()[:16],
        )
    )


def notebook(report: Report) -> str:
    """Return report.html in a frame of its own, for a notebook's cell."""
    shown = {key: value for key, value in report.settings.get("report", {}).items() if key not in ("logo", "template")}
    settings = ReportSettings.model_validate(shown)
    page = render_html(report, draw(report, settings), settings)
    style = "border: 0; height: 800px; width: 100%"
    return f'<iframe srcdoc="{escape(page)}" title="{escape(report.title)}" style="{style}"></iframe>'


def draw(report: Report, settings: ReportSettings) -> dict[str, Drawn]:
    """Return every chart of the report, drawn still, with its table in words."""
    wording, theme = Wording(settings.language, settings.currency), theme_of(settings)
    drawn = {}
    for key, chart in charts_of(report, wording).items():
        still = draw_still(chart, replace(theme, width=NARROW) if key.startswith("drivers-") else theme)
        header, rows = chart.table()
        drawn[key] = Drawn(
            chart=chart,
            svg=still,
            header=header,
            rows=tuple(tuple(_cell(cell, wording) for cell in row) for row in rows),
        )
    return drawn


def environment(report: Report, settings: ReportSettings) -> jinja2.Environment:
    """Return the Jinja environment: autoescape, no undefined names, and filters that write numbers for the reader.

    Templates in `settings.template` come before those of the package, file by file.
    """
    folders = [folder for folder in (settings.template, *template_folders()) if folder]
    env = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folders),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.filters.update(filters_of(report, Wording(settings.language, settings.currency)))
    return env


def _render(env: jinja2.Environment, name: str, context: dict[str, Any]) -> str:
    """Return the template filled in; what is wrong in a user's template is told with its file and line."""
    try:
        return env.get_template(name).render(context)
    except jinja2.TemplateSyntaxError as error:
        raise SettingsError(f"template {error.name}, line {error.lineno}: {error.message}.") from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"template {name}: one of its files is not UTF-8.") from error
    except Exception as error:
        frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename.endswith((".j2", ".css", ".js"))]
        if not frames:
            raise
        place = f"template {Path(frames[-1].filename).name}, line {frames[-1].lineno}"
        raise SettingsError(f"{place}: {str(error).rstrip('.')}.") from error


def theme_of(settings: ReportSettings) -> Theme:
    """Return how charts look for these settings."""
    return Theme(accent=accent_of(settings.colour))


def accent_of(colour: str) -> str:
    """Return the brand's colour, darkened until it reads on white (contrast of at least 4.5, WCAG 2 AA)."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    while 1.05 / (luminance(f"#{red:02x}{green:02x}{blue:02x}") + 0.05) < 4.5:
        red, green, blue = (int(part * 0.94) for part in (red, green, blue))
    return f"#{red:02x}{green:02x}{blue:02x}"


def _context(report: Report, charts: Mapping[str, Drawn], settings: ReportSettings) -> dict[str, Any]:
    wording, accent = Wording(settings.language, settings.currency), accent_of(settings.colour)
    segments = {segment.id: segment for segment in report.segments}
    name = f"{settings.brand}: {report.title}" if settings.brand else report.title
    return {
        "report": report,
        "charts": charts,
        "brand": settings.brand,
        "logo": _data_url(settings.logo) if settings.logo else None,
        "accent": accent,
        "on_accent": readable_on(accent),
        "paper": settings.paper,
        "language": "en",
        "direction": "ltr",
        "document_title": f"{name}, {wording.month(report.period)}",
        "priorities": [segments[ident] for ident in report.priorities],
        "counted": counted(report.orders, wording) if report.orders else "",
        "scored": all(segment.standing for segment in report.segments),
        "dated": any(column.role == "date" and column.use != "unused" for column in report.columns),
        "settings_words": json.dumps(report.settings, ensure_ascii=False) if report.settings else "defaults",
        "seed": report.settings.get("segments", {}).get("seed", 0),
        "method_words": _method_words(report),
        "choice_words": CHOICE_WORDS[report.choice.chosen_by],
    }


CHOICE_WORDS = {
    "consensus": (
        "Where groups exist: the largest number that has gaps everywhere and comes within 0.03 of the highest "
        "silhouette over chance (within 0.10 where every segment is highly stable; one as stable that beats every "
        "look-alike by 0.10 needs no gaps). Where customers shade into one another: the largest number from 3 to 8 of "
        "which every segment is stable, else two if they are, else the one whose shakiest segment is most so."
    ),
    "silhouette": "The number with the highest silhouette.",
    "elbow": "Where the inertia curve bends most (Kneedle, Satopaa et al. 2011).",
    "you": "As asked for.",
}
"""How the number of segments was chosen, for the glossary."""


def _method_words(report: Report) -> str:
    chosen = report.settings.get("segments", {})
    method = {
        "kmeans": "k-means (Lloyd), the best of several random starts and one from a Ward tree",
        "ward": "Ward’s hierarchical clustering on Euclidean distances, the tree cut at the chosen number",
        "bisecting": "bisecting k-means: the most spread-out segment is cut in two until there are enough",
    }[chosen.get("method", "kmeans")]
    clustered = [
        column.label for column in report.columns if column.use == "feature" and "left out" not in column.treatment
    ]
    columns = f"{len(clustered)} columns: {', '.join(clustered)}"
    return f"Segments come from {method}, on {columns}. How each was prepared stands in the table above."


def _cell(cell: Any, wording: Wording) -> str:
    return "" if cell is None else cell if isinstance(cell, str) else cell.say(wording)


def _font_faces(kind: Literal["woff2", "truetype"]) -> str:
    """Return the @font-face rules with the fonts inside, so that every machine sets the same pages.

    Browsers get the smaller WOFF2; WeasyPrint would only unpack it again.
    """
    suffix = "woff2" if kind == "woff2" else "ttf"
    faces = []
    for name, weight in (("Inter-Regular", 400), ("Inter-SemiBold", 600)):
        data = base64.b64encode((font_folder() / f"{name}.{suffix}").read_bytes()).decode()
        source = f"url(data:font/{suffix};base64,{data}) format('{kind}')"
        faces.append(f"@font-face {{ font-family: Inter; font-weight: {weight}; src: {source}; }}")
    return "\n".join(faces)


@cache
def _packed_plotly() -> str:
    from plotly.offline import get_plotlyjs

    return _pack(get_plotlyjs())


def _pack(text: str) -> str:
    """Return text gzipped and in base64; no time stamp, so equal text gives equal bytes."""
    return base64.b64encode(gzip.compress(text.encode(), compresslevel=9, mtime=0)).decode()


def _data_url(path: Path) -> str:
    kind = mimetypes.guess_type(path.name)[0]
    if kind not in ("image/png", "image/jpeg", "image/svg+xml"):
        raise SettingsError(f"--logo {path.name}: give a PNG, JPEG or SVG picture.")
    try:
        return f"data:{kind};base64,{base64.b64encode(path.read_bytes()).decode()}"
    except OSError as error:
        raise SettingsError(f"--logo {path}: cannot be read ({error.strerror}).") from error
