"""What the machine must have: libraries, fonts, Pango for the PDF, and room to write in."""

from __future__ import annotations

import fcntl
import os
import platform
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from segreport.errors import InputError, SettingsError
from segreport.sources import Data
from segreport.wording import Wording

if TYPE_CHECKING:
    from packaging.requirements import Requirement

GB = 1e9
LEAST = 0.5 * GB
TIMES = 3
"""So many times its size a table may take up while it is worked on."""
AGAIN = "install segreport again with pip"


def python() -> str:
    """Return which Python runs; a wrong one has not come this far."""
    return f"{platform.python_version()} on {platform.system()}"


def libraries() -> str:
    """Return how many libraries are there in the versions that segreport asks for."""
    from importlib.metadata import PackageNotFoundError, requires, version

    from packaging.requirements import Requirement

    try:
        wanted = [Requirement(line) for line in requires("segreport") or ()]
    except PackageNotFoundError as error:
        raise SettingsError("segreport runs without being installed; run `pip install .` in its folder.") from error
    needed = [one for one in wanted if one.marker is None or one.marker.evaluate({"extra": ""})]
    wrong = [said for one in needed if (said := _wrong(one))]
    if wrong:
        raise SettingsError(f"{', '.join(wrong)}; {AGAIN}.")
    return f"segreport {version('segreport')} and the {len(needed)} it needs, in versions that it works with"


def _wrong(wanted: Requirement) -> str | None:
    """Return what is wrong with a library; None where it is there in a version that is asked for."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        found = version(wanted.name)
    except PackageNotFoundError:
        return f"{wanted.name} is missing"
    return None if wanted.specifier.contains(found, prereleases=True) else f"{wanted} is needed and {found} there"


def fonts() -> str:
    """Return that the fonts are there which pages and charts are set in."""
    from segreport.shipped import font_folder, template_folders

    if not template_folders():
        raise SettingsError(f"the templates and fonts are missing; {AGAIN}.")
    names = [f"Inter-{weight}.{kind}" for weight in ("Regular", "SemiBold") for kind in ("ttf", "woff2")]
    missing = [name for name in names if not (font_folder() / name).is_file()]
    if missing:
        raise SettingsError(f"{font_folder()}: {', '.join(missing)} missing; {AGAIN}.")
    return "Inter, regular and semibold, for pages and charts"


def pdf() -> str:
    """Set one line in our font as PDF: what is missing (Pango, fontconfig) shows in no other way."""
    try:
        from weasyprint import CSS, HTML, __version__
        from weasyprint.text.fonts import FontConfiguration
    except OSError as error:
        raise SettingsError(
            "the PDF needs Pango, which is not on this machine: `apt install libpango-1.0-0 libpangoft2-1.0-0`, "
            "or write no PDF with --format html."
        ) from error
    from segreport.pages.templates import font_faces

    known = FontConfiguration()
    sheet = CSS(string=f"{font_faces('truetype')} p {{ font-family: Inter; }}", font_config=known)
    page = HTML(string="<html lang=en><title>A page</title><p>A page")
    made = page.write_pdf(stylesheets=[sheet], font_config=known, pdf_variant="pdf/ua-1", uncompressed_pdf=True)
    if b"Inter" not in made:
        raise SettingsError("the PDF came out in another font than ours: `apt install fontconfig` may help.")
    return f"WeasyPrint {__version__} and Pango set a page in Inter"


def writable(out: Path) -> str:
    """Return that OUT can be written to, or made; a folder with a file in it is made there, locked and taken away."""
    place = _there(out)
    try:
        with tempfile.TemporaryDirectory(prefix=".segreport-", dir=place) as folder:
            Path(folder, "page").write_bytes(b"page")
            _lock(folder)
    except OSError as error:
        raise InputError(f"{place}: cannot be written ({error.strerror}); name another folder with -o.") from error
    return f"{out} can be written" if place == out.absolute() else f"{out} is not there yet, and can be made"


def _lock(folder: str) -> None:
    """Lock the folder, as runs do that end at once; some network folders cannot."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
    finally:
        os.close(handle)


def space(out: Path, data: Data | None) -> str:
    """Return how much room there is on disk, in OUT and for temporary files."""
    wording, needed = Wording(), max(LEAST, TIMES * _size(data))
    places = {"OUT": _there(out), "temporary files": Path(tempfile.gettempdir())}
    free = {what: shutil.disk_usage(place).free for what, place in places.items()}
    for what, room in free.items():
        if room < needed:
            raise SettingsError(
                f"only {wording.number(room / GB)} GB are free for {what} in {places[what]}, and a run may need "
                f"{wording.number(needed / GB)} GB; make room, or name another folder "
                f"({'-o' if what == 'OUT' else 'the variable TMPDIR'})."
            )
    return ", ".join(f"{wording.number(room / GB)} GB for {what}" for what, room in free.items())


def _there(folder: Path) -> Path:
    """Return the folder, or the nearest above it that is there."""
    return next(place for place in (folder.absolute(), *folder.absolute().parents) if place.exists())


def _size(data: Data | None) -> int:
    """Return the size of the files that hold the data, in bytes; 0 where they are no files, or cannot be found."""
    from segreport.sources.files import find_files

    size = 0
    if isinstance(data, str | os.PathLike):
        with suppress(InputError, OSError):  # told where the data are read
            size = sum(file.stat().st_size for file in find_files(os.fspath(data)))
    return size
