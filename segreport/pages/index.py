"""OUT/index.html: the months that are kept, newest first, and how the sizes of segments went."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

import segreport
from segreport.history import Known, Month, linked
from segreport.pages.drawn import Drawn, drawn
from segreport.pages.filters import plain_filters
from segreport.pages.templates import dress, environment, fill, font_faces, theme_of
from segreport.settings import ReportSettings
from segreport.wording import Wording

LINKED = {"report.html": "Report", "report.pdf": "PDF"}
"""The pages a month is linked to, where it has them, and what the link says."""


@dataclass(frozen=True)
class Entry:
    """A month as the list shows it: its segments in the newest month's order, and its pages with their addresses."""

    month: Month
    segments: tuple[Known, ...]
    links: tuple[tuple[str, str], ...]


def render_index(months: Sequence[Month], settings: ReportSettings) -> bytes:
    """Return index.html, which needs nothing from outside but the reports it links to; `months` are oldest first.

    There must be one at least. With one month there is no chart.
    """
    wording = Wording(settings.language, settings.currency)
    newest = months[-1]
    title = settings.title or newest.title
    context = {
        **dress(settings),
        "version": segreport.__version__,
        "fonts": Markup(font_faces("woff2")),  # noqa: S704 - our own files
        "title": title,
        "document_title": f"{settings.brand}: {title}" if settings.brand else title,
        "entries": entries_of(months),
        "sizes": _sizes(months, settings, wording),
    }
    return fill(environment(plain_filters(wording), settings), "index.html.j2", context).encode()


def entries_of(months: Sequence[Month]) -> list[Entry]:
    """Return the months, newest first; segments that are no more stand behind those of the newest month."""
    order = {known.id: at for at, known in enumerate(months[-1].segments)}
    return [
        Entry(
            month,
            tuple(sorted(month.segments, key=lambda known: order.get(known.id, len(order)))),
            tuple((said, f"{month.period}/{name}") for name, said in LINKED.items() if name in month.files),
        )
        for month in reversed(months)
    ]


def _sizes(months: Sequence[Month], settings: ReportSettings, wording: Wording) -> Drawn | None:
    if len(months) < 2:
        return None
    from segreport.charts import sizes_chart

    chart = sizes_chart(linked(months), wording)
    return drawn(chart, wording, theme_of(settings)) if chart else None
