"""Where the files that ship with the package lie: inside it once installed, beside it in a checkout."""

from __future__ import annotations

from pathlib import Path


def template_folders() -> list[Path]:
    """Return the folders to look for templates in, the likelier first."""
    package = Path(__file__).parent
    return [folder for folder in (package / "templates", package.parent / "templates") if folder.is_dir()]


def font_folder() -> Path:
    """Return the folder of the fonts every drawing and page is set in."""
    return next(folder / "fonts" for folder in template_folders())
