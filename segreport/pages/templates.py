"""Templates and what every page wears: filled in with filters, the brand's colour and logo, and the fonts inside."""

from __future__ import annotations

import base64
import mimetypes
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal

import jinja2

from segreport.charts import Theme
from segreport.errors import SettingsError
from segreport.palette import luminance, readable_on
from segreport.settings import ReportSettings
from segreport.shipped import font_folder, template_folders


def environment(filters: Mapping[str, Callable[..., Any]], settings: ReportSettings) -> jinja2.Environment:
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
    env.filters.update(filters)
    return env


def fill(env: jinja2.Environment, name: str, context: Mapping[str, Any]) -> str:
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


def dress(settings: ReportSettings) -> dict[str, Any]:
    """Return what every page is given of the brand and the language."""
    accent = accent_of(settings.colour)
    return {
        "brand": settings.brand,
        "logo": data_url(settings.logo) if settings.logo else None,
        "accent": accent,
        "on_accent": readable_on(accent),
        "language": "en",
        "direction": "ltr",
    }


def theme_of(settings: ReportSettings) -> Theme:
    """Return how charts look for these settings."""
    return Theme(accent=accent_of(settings.colour))


def accent_of(colour: str) -> str:
    """Return the brand's colour, darkened until it reads on white (contrast of at least 4.5, WCAG 2 AA)."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    while 1.05 / (luminance(f"#{red:02x}{green:02x}{blue:02x}") + 0.05) < 4.5:
        red, green, blue = (int(part * 0.94) for part in (red, green, blue))
    return f"#{red:02x}{green:02x}{blue:02x}"


def font_faces(kind: Literal["woff2", "truetype"]) -> str:
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


def data_url(path: Path) -> str:
    """Return a picture as a data: URL; raises SettingsError where it is none, or cannot be read."""
    kind = mimetypes.guess_type(path.name)[0]
    if kind not in ("image/png", "image/jpeg", "image/svg+xml"):
        raise SettingsError(f"--logo {path.name}: give a PNG, JPEG or SVG picture.")
    try:
        return f"data:{kind};base64,{base64.b64encode(path.read_bytes()).decode()}"
    except OSError as error:
        raise SettingsError(f"--logo {path}: cannot be read ({error.strerror}).") from error
