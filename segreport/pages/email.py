"""The e-mail a report goes out with: page one as HTML that mail programs show, and the same in plain text."""

from __future__ import annotations

import io
import re
import struct
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from segreport.charts import Theme, charts_of, counted, draw_png
from segreport.charts.kinds import Stack
from segreport.charts.still.fonts import can_write
from segreport.charts.words import clean, isolated, shorten
from segreport.errors import SettingsError
from segreport.history.telling.phrases import label
from segreport.pages.filters import filters_of
from segreport.pages.part import Part, lead_of, part_of
from segreport.pages.templates import dress, environment, fill
from segreport.report import Report
from segreport.settings import ReportSettings
from segreport.wording import Wording

LONGEST = 78
"""So many letters a subject has at the most."""
LINE = 72
"""So wide is the plain text."""
SHOWN = 536
"""How wide the strip is shown in CSS pixels: what the message's 600 leave."""
DRAWN = 440
"""How wide it is drawn, so that its words are still read where a phone shrinks it."""
LOGO = (240, 48)
"""The most room a logo takes, in CSS pixels."""


@dataclass(frozen=True)
class Email:
    """A message without its headers; `html` shows `images` (name -> PNG) as cid:NAME, and asks nothing of the net."""

    subject: str
    text: str
    html: str
    images: dict[str, bytes]


@dataclass(frozen=True)
class Picture:
    """A PNG and how it is shown: width and height in CSS pixels, and what it says in words."""

    name: str
    png: bytes
    alt: str
    title: str = ""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height as shown: there are two pixels to one of them."""
        width, height = struct.unpack(">II", self.png[16:24])  # where every PNG has them
        return round(width / 2), round(height / 2)


def render_email(
    report: Report,
    settings: ReportSettings,
    *,
    link: str | None = None,
    attached: Sequence[str] = (),
    only: Sequence[str] = (),
) -> Email:
    """Return page one as an e-mail; it holds no customer's row.

    `link` is where the HTML report is, `attached` the names of files that come with the message. With `only` (ids) it
    tells of these segments alone; see part_of.
    """
    wording = Wording(settings.language, settings.currency)
    shown = part_of(report, only, wording) if only else report
    numbered = not all(can_write(segment.name) for segment in shown.segments)
    strip = None if isinstance(shown, Part) else _strip(shown, settings, wording, numbered=numbered)
    logo = _logo(settings.logo, settings.brand or report.title) if settings.logo else None
    subject = subject_of(shown, wording)
    context = _context(shown, settings, wording) | {
        "subject": subject,
        "link": link,
        "attached": attached,
        "strip": strip,
        "logo": logo,
        "numbered": numbered and strip is not None,
    }
    env = environment(filters_of(shown, wording) | {"line": partial(_line, names=_names(shown))}, settings)
    return Email(
        subject,
        _wrapped(fill(env, "email.txt.j2", context)),
        _inlined(fill(env, "email.html.j2", context)),
        {picture.name: picture.png for picture in (strip, logo) if picture},
    )


def _context(report: Report, settings: ReportSettings, wording: Wording) -> dict[str, Any]:
    segments = {segment.id: segment for segment in report.segments}
    return {
        **dress(settings.model_copy(update={"logo": None})),
        "report": report,
        "priorities": [segments[ident] for ident in report.priorities],
        "counted": counted(report.orders, wording) if report.orders else "",
    }


# The subject


def subject_of(report: Report, wording: Wording) -> str:
    """Return title, month and what changed (in the first month: the finding), in one line of at most 78 letters."""
    title, month = clean(report.title), wording.month(report.period)
    ways = [clean(way) for way in _findings(report, wording)]
    for name in (title, shorten(title, LONGEST / 2, len)):
        for way in ways:
            if len(subject := f"{name}, {month}: {way}") <= LONGEST:
                return subject
    return shorten(f"{shorten(title, LONGEST / 2, len)}, {month}: {ways[-1]}", LONGEST, len)


def _findings(report: Report, wording: Wording) -> Iterator[str]:
    """Yield what the subject may say, what says most first."""
    if report.movement and report.movement.subject:
        yield report.movement.subject
        return
    yield report.headline
    if report.segments and (led := lead_of(report.segments)).name in report.headline:
        if report.worth and led.value_share is not None and 0 <= led.value_share <= 1:
            yield f"{label(led)} {'bring' if led.people else 'brings'} {led.of_value(wording)} of {report.worth}"
        yield f"{label(led)}, {led.of_customers(wording)} of customers"
    yield re.split("[;:]", report.headline)[0]


# Pictures


def _strip(report: Report, settings: ReportSettings, wording: Wording, *, numbered: bool) -> Picture:
    """Return the strip of shares, its segments by number where the font cannot write a name."""
    chart = charts_of(report, wording)["share"]
    drawn = _by_number(chart) if numbered and isinstance(chart, Stack) else chart
    theme = Theme(accent=dress(settings.model_copy(update={"logo": None}))["accent"], width=DRAWN)
    return Picture("share.png", draw_png(drawn, theme, SHOWN), chart.alt, chart.title)


def _by_number(chart: Stack) -> Stack:
    strips = (
        replace(strip, parts=tuple(replace(part, name=str(at)) for at, part in enumerate(strip.parts, 1)))
        for strip in chart.strips
    )
    return replace(chart, strips=tuple(strips))


def _logo(path: Path, name: str) -> Picture | None:
    """Return the logo as a small PNG; None where it is an SVG, which mail programs do not show."""
    from PIL import Image

    if path.suffix.lower() == ".svg":
        return None
    try:
        with Image.open(path) as picture:
            small = picture.convert("RGBA")
    except OSError as error:
        raise SettingsError(f"--logo {path}: cannot be read as a picture.") from error
    small.thumbnail((2 * LOGO[0], 2 * LOGO[1]))
    content = io.BytesIO()
    small.save(content, "PNG", optimize=True)
    return Picture("logo.png", content.getvalue(), name)


# Words


def _names(report: Report) -> list[str]:
    before = report.movement.before if report.movement else ()
    return [clean(name) for name in (*(s.name for s in report.segments), *(known.name for known in before))]


def _line(text: str, names: Sequence[str]) -> str:
    """Return a text in one line, its names kept from reordering the numbers beside them."""
    return isolated(clean(text), names)


def _wrapped(text: str) -> str:
    """Return plain text in lines of at most 72 letters, what follows a bullet indented as far; addresses stay whole."""
    lines = []
    for line in (line.rstrip() for line in text.strip().splitlines()):
        mark = re.match(r"\s*(?:- |\d+\. )?", line)
        indent = " " * len(mark[0]) if mark else ""
        folded = textwrap.wrap(
            line, LINE, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
        )  # fmt: skip
        lines += folded or [""]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)) + "\n"


def _inlined(page: str) -> str:
    """Return the page with its style sheet at every element, since many mail programs read no other.

    The inliner leaves < and > bare within attributes, which HTML allows and filters of mail take for tags: they go
    around it as characters that no text holds.
    """
    import css_inline

    inliner = css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)
    kept = page.replace("&lt;", "\ue000").replace("&gt;", "\ue001")
    return str(inliner.inline(kept)).replace("\ue000", "&lt;").replace("\ue001", "&gt;")
