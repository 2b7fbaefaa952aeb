"""HTML and PDF out of a Report, its charts and the templates; nothing is computed here but how things look.

templates   filling them in, the brand and the fonts      filters   how they write numbers and words
drawn       charts ready for a page                       moving    who moved and what moved them, as tables
index       the list of months                            part      a report on some segments, for who may see those
email       the message a report goes out with
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from typing import Any

import numpy as np
from markupsafe import Markup, escape

from segreport.charts import counted, draw_live
from segreport.errors import SettingsError
from segreport.history import Month, month_in
from segreport.pages.drawn import Drawn, draw
from segreport.pages.email import Email, render_email
from segreport.pages.filters import filters_of
from segreport.pages.index import render_index
from segreport.pages.moving import moves_of
from segreport.pages.part import Part, part_of
from segreport.pages.templates import accent_of, data_url, dress, environment, fill, font_faces, theme_of
from segreport.report import Report
from segreport.settings import EmailSettings, ReportSettings
from segreport.wording import Wording

__all__ = [
    "Drawn",
    "Email",
    "accent_of",
    "check",
    "draw",
    "notebook",
    "render",
    "render_email",
    "render_html",
    "render_index",
    "render_part",
    "render_pdf",
    "warm_up",
]


def render(
    report: Report,
    settings: ReportSettings,
    months: Sequence[Month] | None = None,
    email: EmailSettings | None = None,
) -> dict[str, bytes]:
    """Return the pages that `settings.formats` asks for, file name -> content.

    With the other `months` (None: not wanted) comes index.html, which lists them and this one, and with `email` what
    will be mailed to those who get the whole report: email.html and email.txt.
    """
    charts = draw(report, settings) if settings.pages else {}
    made = {
        "html": lambda: render_html(report, charts, settings).encode(),
        "pdf": lambda: render_pdf(report, charts, settings),
    }
    pages = {f"report.{form}": made[form]() for form in settings.pages}
    if months is not None:
        listed = sorted((*months, month_in(report.to_json(), list(pages))), key=lambda month: month.period)
        pages["index.html"] = render_index(listed, settings)
    if email:
        message = render_email(
            report, settings, link=email.link_to(report.period), attached=[f"report.{form}" for form in email.attach]
        )
        pages |= {"email.html": message.html.encode(), "email.txt": message.text.encode()}
    return pages


def render_part(report: Report, settings: ReportSettings, only: Sequence[str]) -> dict[str, bytes]:
    """Return the pages on the segments `only` (ids) alone, file name -> content; see part_of."""
    part = part_of(report, only, Wording(settings.language, settings.currency))
    return render(part, settings)


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
        data_url(settings.logo)


def render_html(report: Report, charts: Mapping[str, Drawn], settings: ReportSettings) -> str:
    """Return report.html: one file that needs nothing from outside, readable without JavaScript."""
    theme = theme_of(settings)
    live = {key: draw_live(drawn.chart, theme) for key, drawn in charts.items()}
    context = _context(report, charts, settings) | {
        "medium": "screen",
        "fonts": Markup(font_faces("woff2")),  # noqa: S704 - our own files
        "plotly": _packed_plotly(),
        "figures": _pack(json.dumps(live, separators=(",", ":"), ensure_ascii=False)),
    }
    return _fill(report, settings, "report.html.j2", context)


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
    page = _fill(report, settings, "report.pdf.j2", context)
    fonts = FontConfiguration()
    faces = CSS(string=font_faces("truetype"), font_config=fonts)
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


def _fill(report: Report, settings: ReportSettings, name: str, context: dict[str, Any]) -> str:
    wording = Wording(settings.language, settings.currency)
    return fill(environment(filters_of(report, wording), settings), name, context)


def _context(report: Report, charts: Mapping[str, Drawn], settings: ReportSettings) -> dict[str, Any]:
    wording = Wording(settings.language, settings.currency)
    segments = {segment.id: segment for segment in report.segments}
    name = f"{settings.brand}: {report.title}" if settings.brand else report.title
    return {
        **dress(settings),
        "report": report,
        "whole": not isinstance(report, Part),
        "charts": charts,
        "moves": moves_of(report, wording),
        "paper": settings.paper,
        "document_title": f"{name}, {wording.month(report.period)}",
        "priorities": [segments[ident] for ident in report.priorities],
        "counted": counted(report.orders, wording) if report.orders else "",
        "scored": all(segment.standing for segment in report.segments) and bool(report.segments),
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
    "last_month": "As last month: its segments were kept, so that months can be compared (see below).",
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
    told = f"Segments come from {method}, on {columns}."
    return told if isinstance(report, Part) else f"{told} How each was prepared stands in the table above."


BASE_85 = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%,()*+-;/=.?@^_`{|}~"
"""The digits of RFC 1924, but for the three that HTML would have escaped."""


@cache
def _packed_plotly() -> str:
    from plotly.offline import get_plotlyjs

    return _pack(get_plotlyjs())


def _pack(text: str) -> str:
    """Return text gzipped and in base 85, which report.js reads; no time stamp, so equal text gives equal bytes."""
    packed = gzip.compress(text.encode(), compresslevel=9, mtime=0)
    missing = -len(packed) % 4
    words = np.frombuffer(packed + bytes(missing), ">u4").astype(np.uint32)
    digits = words[:, np.newaxis] // np.array([85**4, 85**3, 85**2, 85, 1], np.uint32) % 85
    written = np.frombuffer(BASE_85, np.uint8)[digits].tobytes().decode()
    return written[: len(written) - missing]
