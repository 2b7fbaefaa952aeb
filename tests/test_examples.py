"""What examples/ shows can be used as it stands: every file parses, and segreport has every command in it."""

from __future__ import annotations

import ast
import configparser
import datetime as dt
import json
import re
import shlex
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import jinja2
import pytest

from segreport.cli import cli

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples"
SERVICE, TIMER = EXAMPLES / "systemd" / "segreport.service", EXAMPLES / "systemd" / "segreport.timer"
NAMES = {"OUT": "reports"}
"""What stands for something else in a command."""
INSTRUCTIONS = {"FROM", "WORKDIR", "COPY", "RUN", "ENV", "USER", "ENTRYPOINT", "CMD"}


def text_of(name: str) -> str:
    return (EXAMPLES / name).read_text(encoding="utf-8")


# Every command


def commands_in(text: str) -> Iterator[list[str]]:
    """Yield the words after "segreport" of every command in a text, as a shell would read them."""
    joined = re.sub(r"\\\n[# ]*", "", text)
    for found in re.finditer(
        rf"(?<![\w-])segreport +((?:{'|'.join([*cli.commands, 'check', 'send'])})\b[^\n`]*)", joined
    ):
        words = shlex.split(re.split(r" (?:>>?|\|\|?|&&|#) ?", found[1])[0])
        yield [NAMES.get(word, word) for word in words]


def commands_of_the_dag(day: dt.datetime) -> list[str]:
    """Return what the tasks of the DAG run, with its templates filled in as Airflow does on that day."""
    tree = ast.parse(text_of("airflow_dag.py"))
    known: dict[str, Any] = {}
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            known[node.targets[0].id] = evaluated(node.value, known)
    returned = [node.value for node in ast.walk(tree) if isinstance(node, ast.Return) and node.value]
    context = {"dag_run": SimpleNamespace(run_after=day), "macros": SimpleNamespace(timedelta=dt.timedelta)}
    return [jinja2.Template(evaluated(value, known)).render(context) for value in returned]


def evaluated(node: ast.expr, known: dict[str, Any]) -> Any:
    return eval(compile(ast.Expression(node), "airflow_dag.py", "eval"), {}, known)  # noqa: S307 - our own file


EXAMPLE_FILES = [path for path in sorted(EXAMPLES.rglob("*")) if path.is_file()]
FIRST_OF_NOVEMBER = dt.datetime(2026, 11, 1, 6, tzinfo=dt.UTC)
COMMANDS = [
    pytest.param(words, id=f"{path.name}: {' '.join(words)}")
    for path in EXAMPLE_FILES
    for words in commands_in(
        "\n".join(commands_of_the_dag(FIRST_OF_NOVEMBER)) if path.suffix == ".py" else path.read_text(encoding="utf-8")
    )
]


@pytest.mark.parametrize("words", COMMANDS)
def test_every_command_is_one_that_segreport_understands(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "reports" / "2026-10").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    name, *arguments = words
    with cli.commands[name].make_context(name, arguments) as context:
        assert context.params


def test_commands_were_found_in_every_file_that_schedules() -> None:
    found = {str(param.id).partition(":")[0] for param in COMMANDS}
    assert found >= {"crontab", "segreport.service", "github-actions.yml", "airflow_dag.py", "Dockerfile", "README.md"}


def test_readme_names_every_example() -> None:
    linked = set(re.findall(r"\]\(([^)#]+)\)", text_of("README.md")))
    there = {path.name if path.is_file() else f"{path.name}/" for path in EXAMPLES.iterdir()}
    assert linked == there - {"README.md"}


# cron


def cron_lines() -> list[str]:
    return [line for line in text_of("crontab").splitlines() if line and not line.startswith("#")]


def test_the_crontab_sets_variables_and_has_one_line_that_runs_on_the_first() -> None:
    *variables, job = cron_lines()
    assert {line.partition("=")[0] for line in variables} == {"SHELL", "PATH", "MAILTO"}
    assert job.split()[:5] == ["0", "6", "1", "*", "*"]


def test_the_line_of_the_crontab_is_sound_shell_and_has_no_percent_sign() -> None:
    command = cron_lines()[-1].split(maxsplit=5)[5]
    assert "%" not in command  # cron would end the line there
    subprocess.run(["/bin/sh", "-n", "-c", command], check=True)  # noqa: S603 - our own file, read and not run


# systemd


def unit(path: Path) -> dict[str, dict[str, list[str]]]:
    """Return the sections of a unit; a key may stand several times."""
    parser = configparser.RawConfigParser(strict=False, delimiters=["="], dict_type=dict, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign] # the documented way to keep capitals
    parser.read_string(path.read_text(encoding="utf-8"))
    lines = [line.partition("=") for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return {name: {key: [v for k, _, v in lines if k == key] for key in parser[name]} for name in parser.sections()}


def test_the_service_runs_once_as_a_user_of_its_own_and_writes_the_reports_only() -> None:
    service = unit(SERVICE)["Service"]
    assert service["Type"] == ["oneshot"]
    assert service["User"] == ["segreport"]
    assert service["ProtectSystem"] == ["strict"]
    assert service["ReadWritePaths"] == [f"{service['WorkingDirectory'][0]}/reports"]
    assert service["NoNewPrivileges"] == ["true"]


def test_the_password_comes_as_a_credential_from_where_the_comment_says() -> None:
    (credential,) = unit(SERVICE)["Service"]["LoadCredential"]
    name, _, source = credential.partition(":")
    said = SERVICE.read_text(encoding="utf-8")
    assert f'password_file = "/run/credentials/{SERVICE.name}/{name}"' in said
    assert source in said.partition("[Unit]")[0]


def test_the_timer_is_of_the_first_and_makes_up_for_a_machine_that_was_off() -> None:
    timer = unit(TIMER)
    assert timer["Timer"] == {"OnCalendar": ["*-*-01 06:00:00"], "Persistent": ["true"]}
    assert timer["Install"] == {"WantedBy": ["timers.target"]}


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs systemd-analyze, which this machine lacks")
def test_systemd_finds_no_fault_in_the_units(tmp_path: Path) -> None:
    here = re.sub(r"(?m)^ExecStart=\S+", "ExecStart=/bin/true", SERVICE.read_text(encoding="utf-8"))
    (tmp_path / SERVICE.name).write_text(here, encoding="utf-8")
    shutil.copy(TIMER, tmp_path)
    files = [str(tmp_path / path.name) for path in (SERVICE, TIMER)]
    done = subprocess.run(["systemd-analyze", "verify", *files], capture_output=True, text=True, check=False)  # noqa: S603, S607 - our own files
    assert not [line for line in done.stderr.splitlines() if "segreport" in line], done.stderr
    assert done.returncode == 0


# GitHub Actions


@pytest.fixture(scope="module")
def workflow() -> dict[str, Any]:
    yaml = pytest.importorskip("yaml", reason="PyYAML comes with pre-commit, which is not installed")
    loaded: dict[str, Any] = yaml.load(text_of("github-actions.yml"), Loader=yaml.BaseLoader)  # all texts, "on" too
    return loaded


def test_the_workflow_has_what_a_workflow_has(workflow: dict[str, Any]) -> None:
    assert set(workflow) == {"name", "on", "permissions", "concurrency", "jobs"}
    assert workflow["on"]["schedule"] == [{"cron": "17 5 1 * *"}]
    assert not workflow["on"]["workflow_dispatch"]  # last month only: another one needs its --as-of
    for job in workflow["jobs"].values():
        assert set(job) <= {"runs-on", "timeout-minutes", "env", "steps"}
        for step in job["steps"]:
            assert set(step) <= {"name", "uses", "run", "with", "env", "if"}
            assert ("uses" in step) != ("run" in step)
            assert re.fullmatch(r"actions/[\w-]+@v\d+", step.get("uses", "actions/any@v1"))


def test_the_workflow_may_only_read_and_never_runs_twice_at_once(workflow: dict[str, Any]) -> None:
    assert workflow["permissions"] == {"contents": "read"}
    assert workflow["concurrency"]["cancel-in-progress"] == "false"


def test_secrets_reach_the_workflow_as_variables_and_no_script_is_made_of_expressions(workflow: dict[str, Any]) -> None:
    (job,) = workflow["jobs"].values()
    scripts = [step["run"] for step in job["steps"] if "run" in step]
    assert not [script for script in scripts if "${{" in script]
    assert any("SEGREPORT_SMTP_PASSWORD" in step.get("env", {}) for step in job["steps"])
    for script in scripts:
        subprocess.run(["/bin/bash", "-n", "-c", script], check=True)  # noqa: S603 - our own file, read and not run


def test_artifacts_hold_pages_only_and_the_ledger_is_kept_whatever_became_of_the_job(workflow: dict[str, Any]) -> None:
    (job,) = workflow["jobs"].values()
    *_, keep, upload = job["steps"]
    assert {Path(line).name for line in upload["with"]["path"].split()} == {"report.html", "report.pdf"}
    assert keep["if"] == "${{ always() }}"
    assert upload["if"] == "${{ !cancelled() }}"


# Airflow


def test_the_dag_counts_days_to_the_first_of_the_month_it_is_due_in_and_sends_the_month_before() -> None:
    january = dt.datetime(2027, 1, 1, 6, tzinfo=dt.UTC)
    check, run, send = commands_of_the_dag(january)
    assert check.endswith("segreport check orders.parquet --out reports")
    assert run.endswith("--as-of 2027-01-01")
    assert send.endswith("segreport send reports/2026-12")


def test_no_exit_code_makes_the_dag_skip_a_task() -> None:
    assert "skip_on_exit_code" not in text_of("airflow_dag.py")


def test_the_dag_imports_what_airflow_3_has_and_nothing_of_its_own_innards() -> None:
    tree = ast.parse(text_of("airflow_dag.py"))
    imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert imported == {"__future__", "datetime", "airflow.sdk"}


# Docker


def instructions() -> list[tuple[str, str]]:
    """Return the instructions of the Dockerfile with what they are given, in one line each."""
    text = re.sub(r"\\\n *", "", text_of("Dockerfile"))
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [(line.split(maxsplit=1)[0], line.split(maxsplit=1)[1]) for line in lines]


def test_the_image_is_slim_and_does_not_run_as_root() -> None:
    found = instructions()
    assert {name for name, _ in found} <= INSTRUCTIONS
    assert [given for name, given in found if name == "FROM"][-1] == "python:3.13-slim"
    assert [given for name, given in found if name == "USER"] == ["10001"]
    assert json.loads(next(given for name, given in found if name == "ENTRYPOINT")) == ["segreport"]


def test_the_image_keeps_no_caches() -> None:
    for name, given in instructions():
        if name == "RUN" and "apt-get install" in given:
            assert "--no-install-recommends" in given
            assert given.endswith("rm -rf /var/lib/apt/lists/*")
        if name == "RUN" and "pip " in given:
            assert "--no-cache-dir" in given


def test_the_image_has_the_packages_that_the_pdf_needs() -> None:
    installed = " ".join(given for name, given in instructions() if name == "RUN" and "apt-get install" in given)
    recipe = re.search(r"pango\)(.*?);;", (ROOT / ".ci" / "system-packages").read_text(encoding="utf-8"), re.DOTALL)
    assert recipe
    for package in re.findall(r"echo (\S+)", recipe[1]):
        assert package in installed


def test_what_the_image_copies_is_enough_to_build_segreport(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from hatchling.build import build_wheel

    for name, given in instructions():
        *sources, target = given.split() if name == "COPY" else [""]
        for source in sources:
            place = tmp_path / target / (source if target == "./" else "")
            (shutil.copytree if (ROOT / source).is_dir() else shutil.copy)(ROOT / source, place)
    monkeypatch.chdir(tmp_path)
    with zipfile.ZipFile(tmp_path / build_wheel(str(tmp_path))) as wheel:
        assert {"segreport/cli/__init__.py", "segreport/templates/report.html.j2"} <= set(wheel.namelist())
