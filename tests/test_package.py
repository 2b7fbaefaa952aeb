"""What holds for the package as a whole: who may import whom, what ships, and what must not be in it."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import segreport

ROOT = Path(__file__).parents[1]

# The data flow (see segreport/__init__.py): a room imports only from rooms before it.
ROOMS = (
    "errors", "settings", "wording", "palette", "shipped", "sources", "columns", "features", "drift", "orders", "lloyd",
    "methods", "redraws", "choice", "segments", "tallies", "trust", "mapping", "rules", "evidence", "profiles",
    "outcomes", "lexicon", "actions", "personas", "alternatives", "history", "story", "report", "analysis", "charts",
    "pages", "archive", "beside", "pipeline", "scoring", "mailing", "doctor", "blueprint", "example", "cli",
)  # fmt: skip
EXEMPT = {"__init__", "__main__"}
BACKWARDS = {"report": {"pages"}}  # in a notebook a Report shows itself, and only pages knows how

HEAVY = {"duckdb", "ibis", "matplotlib", "pandas", "plotly", "scipy", "sklearn", "weasyprint"}


def room_of(path: Path) -> str:
    """Return the room a module belongs to: its own name, or its folder's."""
    return path.relative_to(ROOT / "segreport").parts[0].removesuffix(".py")


def imported_rooms(path: Path) -> Iterator[str]:
    """Return the rooms a module imports from, inside functions too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level:
            raise AssertionError(f"{path.name}, line {node.lineno}: a relative import; write segreport.room")
        if isinstance(node, ast.ImportFrom) and node.module == "segreport":
            yield from (alias.name for alias in node.names if alias.name != "__version__")
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("segreport."):
            yield (node.module or "").split(".")[1]
        elif isinstance(node, ast.Import):
            yield from (alias.name.split(".")[1] for alias in node.names if alias.name.startswith("segreport."))


MODULES = [path for path in sorted((ROOT / "segreport").rglob("*.py")) if room_of(path) not in EXEMPT]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_room_imports_only_from_rooms_before_it(path: Path) -> None:
    room = room_of(path)
    assert room in ROOMS, f"{room} is a new room: give it its place in ROOMS"
    before = {*ROOMS[: ROOMS.index(room) + 1], *BACKWARDS.get(room, set())}
    assert set(imported_rooms(path)) - before == set()


def test_only_the_command_line_knows_the_example_shop() -> None:
    knowing = {room_of(path) for path in MODULES if "example" in imported_rooms(path)}
    assert knowing <= {"cli", "example"}


def test_the_command_line_starts_without_the_heavy_libraries() -> None:
    code = "import segreport.cli, sys; print(*{name.partition('.')[0] for name in sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)  # noqa: S603 - our own code
    assert done.returncode == 0, done.stderr
    assert HEAVY & set(done.stdout.split()) == set()


def test_the_version_is_said_once_everywhere() -> None:
    assert project()["version"] == segreport.__version__


def test_templates_are_told_to_ship_inside_the_package() -> None:
    wheel = pyproject()["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert wheel["force-include"] == {"templates": "segreport/templates"}


def test_the_wheel_holds_every_module_template_and_font(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from hatchling.build import build_wheel

    monkeypatch.chdir(ROOT)  # where a build starts, by definition
    with zipfile.ZipFile(tmp_path / build_wheel(str(tmp_path))) as wheel:
        shipped = set(wheel.namelist())
    modules = {str(path.relative_to(ROOT)) for path in (ROOT / "segreport").rglob("*.py")}
    templates = {f"segreport/{path.relative_to(ROOT)}" for path in (ROOT / "templates").rglob("*") if path.is_file()}
    assert shipped >= modules | templates | {"segreport/py.typed"}
    assert any(name.startswith("segreport/templates/fonts/") for name in shipped)
    assert not [name for name in shipped if name.startswith(("tests/", "examples/"))]


def test_every_requirement_has_its_version_in_the_constraints() -> None:
    pinned = {line.partition("==")[0] for line in constraint_lines()}
    wanted = [*project()["dependencies"], *project()["optional-dependencies"]["dev"]]
    names = {re.split(r"[\[<>=!~; ]", requirement, maxsplit=1)[0] for requirement in wanted}
    assert {normal(name) for name in names} <= {normal(name) for name in pinned}


def test_constraints_are_versions_and_no_addresses() -> None:
    assert [line for line in constraint_lines() if not re.fullmatch(r"[\w.-]+==[\w.]+", line)] == []


def test_no_file_names_a_path_of_somebodys_machine() -> None:
    personal = re.compile(r"""(?<![\w.*])/(?:root|work|home|Users)/""")
    naming = [
        f"{path.relative_to(ROOT)}, line {number}"
        for path in project_files()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if personal.search(line)
    ]
    assert naming == []


def project_files() -> Iterator[Path]:
    """Return the project's own text files, wherever they came from: a clone, an archive or a working copy."""
    single = (path for path in ROOT.iterdir() if path.is_file())
    folders = (ROOT / name for name in ("segreport", "templates", "tests", "examples", ".ci"))
    inside = (Path(where, name) for folder in folders for where, _, names in os.walk(folder) for name in names)
    for path in (*single, *inside):
        if "__pycache__" not in path.parts and b"\0" not in path.read_bytes():
            yield path


def pyproject() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def project() -> dict[str, Any]:
    project: dict[str, Any] = pyproject()["project"]
    return project


def constraint_lines() -> list[str]:
    text = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def normal(name: str) -> str:
    """Return a distribution's name as indexes compare them: Jinja2 and jinja2, pre_commit and pre-commit."""
    return re.sub(r"[-_.]+", "-", name).lower()
