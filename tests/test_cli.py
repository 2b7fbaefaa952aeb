from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from conftest import Ran, blobs

Command = Callable[..., Ran]


def test_a_run_writes_every_file_and_says_where(command: Command, customers_csv: Path) -> None:
    ran = command("run", customers_csv, "-o", "out", "--period", "2026-10")
    assert ran.code == 0, ran.err
    folder = Path("out/2026-10")
    names = {
        "report.html", "report.pdf", "report.json", "assignments.parquet", "assignments.csv", "model.json",
        "segments.sql", "inputs.parquet",
    }  # fmt: skip
    assert {path.name for path in folder.iterdir()} == names
    assert next(line for line in ran.out.splitlines() if line.startswith("Wrote")) == "Wrote out/2026-10/report.html"
    assert "Choosing the number of segments" in ran.err
    report = json.loads((folder / "report.json").read_text())
    assert report["schema"] == 2
    assert report["choice"]["k"] == 4
    assert sum(segment["size"] for segment in report["segments"]) == 240
    assigned = pd.read_csv(folder / "assignments.csv")
    assert list(assigned.columns) == ["customer_id", "segment_id", "segment", "margin"]
    assert sorted(assigned["customer_id"]) == [f"cust-{i}" for i in range(1001, 1241)]
    assert set(assigned["segment"]) == {segment["name"] for segment in report["segments"]}


def test_no_personal_value_and_no_customer_id_reaches_a_page(command: Command, customers_csv: Path) -> None:
    command("run", customers_csv, "-o", "out", "--period", "2026-10", "--format", "html")
    for name in ("report.html", "report.json"):
        text = Path("out/2026-10", name).read_text()
        assert "@example.org" not in text
        assert "cust-1017" not in text


def test_the_same_run_gives_the_same_bytes(command: Command, customers_csv: Path) -> None:
    for out in ("one", "two"):
        assert command("run", customers_csv, "-o", out, "--period", "2026-10", "-q").code == 0
    for path in sorted(Path("one/2026-10").iterdir()):
        assert path.read_bytes() == Path("two/2026-10", path.name).read_bytes(), path.name


def test_quiet_prints_nothing(command: Command, customers_csv: Path) -> None:
    ran = command("run", customers_csv, "-o", "out", "--format", "json", "-q")
    assert (ran.code, ran.out, ran.err) == (0, "", "")


def test_json_prints_a_summary_for_scripts_and_nothing_else(command: Command, customers_csv: Path) -> None:
    ran = command("run", customers_csv, "-o", "out", "--format", "json", "--json")
    summary = json.loads(ran.out)
    assert summary["customers"] == 240
    assert len(summary["segments"]) == summary["k"]
    assert all(Path(path).is_file() for path in summary["files"])


def test_format_json_draws_nothing(command: Command, customers_csv: Path) -> None:
    command("run", customers_csv, "-o", "out", "--period", "2026-10", "--format", "json", "-q")
    assert not list(Path("out/2026-10").glob("report.[hp]*"))


def test_a_flag_wins_over_the_file_and_the_file_over_the_default(command: Command, customers_csv: Path) -> None:
    Path("segreport.toml").write_text('[segments]\nk = 3\n[report]\ntitle = "From the file"\nperiod = "2026-09"\n')
    ran = command("run", customers_csv, "-o", "out", "--format", "json", "--k", "2")
    report = json.loads(Path("out/2026-09/report.json").read_text())
    assert "Using segreport.toml" in ran.err
    assert (report["choice"]["k"], report["title"]) == (2, "From the file")


def test_init_writes_a_file_that_run_reads(command: Command, customers_csv: Path) -> None:
    assert command("init", customers_csv).code == 0
    text = Path("segreport.toml").read_text()
    assert 'id = "customer_id"' in text
    assert '"email": personal' in text
    assert command("run", customers_csv, "-o", "out", "--format", "json").code == 0


def test_init_does_not_replace_a_file_unasked(command: Command, customers_csv: Path) -> None:
    Path("segreport.toml").write_text("# mine\n")
    ran = command("init", customers_csv)
    assert ran.code == 1
    assert "--force" in ran.err
    assert Path("segreport.toml").read_text() == "# mine\n"


def test_running_a_period_again_replaces_it_whole(command: Command, customers_csv: Path) -> None:
    out = ("-o", "out", "--period", "2026-10", "-q")
    command("run", customers_csv, *out, "--format", "html")
    assert 'href="2026-10/report.html"' in Path("out/index.html").read_text()
    command("run", customers_csv, *out, "--format", "json")
    assert {path.name for path in Path("out").iterdir()} == {"2026-10", "index.html"}
    assert not Path("out/2026-10/report.html").exists()
    assert "report.html" not in Path("out/index.html").read_text()


def test_a_failed_run_leaves_the_earlier_report_alone(command: Command, customers_csv: Path) -> None:
    command("run", customers_csv, "-o", "out", "--period", "2026-10", "--format", "json", "-q")
    before = Path("out/2026-10/report.json").read_bytes()
    ran = command(
        "run", customers_csv, "-o", "out", "--period", "2026-10", "--sql-dialect", "klingon", "--format", "json"
    )
    assert ran.code == 1
    assert "klingon" in ran.err
    assert Path("out/2026-10/report.json").read_bytes() == before
    assert [path.name for path in Path("out").iterdir()] == ["2026-10"]


NUMBERS = "id,a,b\n" + "\n".join(f"{i},{i % 7},{i * i % 11}" for i in range(30))

BAD_INPUT = {
    "a missing file": (None, [], ["customers.csv"]),
    "an empty file": ("", [], ["empty"]),
    "a header only": ("id,a,b\n", [], ["no"]),
    "one row": ("id,a,b\n1,2,3\n", [], ["one"]),
    "all columns constant": ("id,a,b\n1,5,5\n2,5,5\n3,5,5\n", [], ["constant"]),
    "repeating ids": ("id,a,b\n1,2,3\n1,3,4\n2,4,9\n", [], ["--id", "--rows"]),
    "nothing but gaps": ("id,a,b\n1,,\n2,,\n3,,\n", [], ["missing"]),
    "fewer customers than segments": ("id,a,b\n1,2,3\n2,3,4\n3,4,9\n", ["--k", "7"], ["7", "3", "--k"]),
    "no usable column": ("id,name\n1,Ann Lee\n2,Bob Ray\n3,Cy Fox\n", [], ["column"]),
    "an unknown feature": (NUMBERS, ["--feature", "aa"], ["'aa'", "'a'"]),
    "a binary file": (bytes(range(256)) * 8, [], ["binary"]),
    "a query on a folder": (NUMBERS, ["--sheet", "Nope"], ["--sheet"]),
    "an unknown language": (NUMBERS, ["--language", "xx"], ["xx"]),
    "a missing template folder": (NUMBERS, ["--template", "nowhere"], ["nowhere"]),
    "a missing logo": (NUMBERS, ["--logo", "nowhere.png"], ["nowhere.png"]),
    "a settings file that is not there": (NUMBERS, ["--settings", "gone.toml"], ["gone.toml"]),
}


@pytest.mark.parametrize(("content", "flags", "said"), BAD_INPUT.values(), ids=BAD_INPUT)
def test_bad_input_is_one_sentence_exit_1_and_nothing_written(
    command: Command, tmp_path: Path, content: str | bytes | None, flags: list[str], said: list[str]
) -> None:
    path = tmp_path / "customers.csv"
    if content is not None:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    ran = command("run", path, "-o", "out", *flags)
    assert ran.code == 1, ran
    message = ran.err.split("…\n")[-1]
    assert message.startswith("segreport: ")
    assert len(message.strip().splitlines()) == 1
    assert "error of its own" not in message
    assert all(word.casefold() in message.casefold() for word in said), message
    assert not Path("out").exists() or not list(Path("out").iterdir())


def test_a_folder_with_other_files_is_not_replaced(command: Command, customers_csv: Path) -> None:
    home = Path("data/2026-10")
    home.mkdir(parents=True)
    (home / "customers.csv").write_bytes(customers_csv.read_bytes())
    ran = command("run", home / "customers.csv", "-o", "data", "--period", "2026-10", "--format", "json")
    assert ran.code == 1
    assert "customers.csv" in ran.err
    assert [path.name for path in home.iterdir()] == ["customers.csv"]


def test_a_run_leaves_nothing_in_the_temporary_folder(customers_csv: Path, tmp_path: Path) -> None:
    place = tmp_path / "tmp"
    place.mkdir()
    words = [sys.executable, "-m", "segreport", "run", str(customers_csv), "-o", str(tmp_path / "out"), "-q"]
    subprocess.run(words, env={**os.environ, "TMPDIR": str(place)}, check=True)  # noqa: S603 - our own code
    assert list(place.iterdir()) == []


def test_a_run_that_is_told_to_end_leaves_nothing_behind(customers_csv: Path, tmp_path: Path) -> None:
    place, out = tmp_path / "tmp", tmp_path / "out"
    place.mkdir()
    words = [sys.executable, "-m", "segreport", "run", str(customers_csv), "-o", str(out)]
    environment = {**os.environ, "TMPDIR": str(place)}
    with subprocess.Popen(words, env=environment, stderr=subprocess.PIPE, text=True) as run:  # noqa: S603 - our own code
        assert run.stderr
        while "Drawing" not in run.stderr.readline():
            pass
        run.send_signal(signal.SIGTERM)
        rest = run.stderr.read()
    assert run.returncode == 128 + signal.SIGTERM
    assert "Traceback" not in rest
    assert list(place.iterdir()) == []
    assert not out.exists() or list(out.iterdir()) == []


def test_infinities_are_missing_values_and_said_so(command: Command, tmp_path: Path) -> None:
    table = blobs()
    table.loc[3, "income"] = float("inf")
    table.to_csv(tmp_path / "inf.csv", index=False)
    assert command("run", tmp_path / "inf.csv", "-o", "out", "--format", "json", "--period", "2026-10").code == 0
    report = json.loads(Path("out/2026-10/report.json").read_text())
    income = next(column for column in report["columns"] if column["name"] == "income")
    assert income["missing"] == 1


WRONG_USAGE = [
    ["run"],
    ["run", "x", "--nope"],
    ["fly"],
    ["run", "x", "--k", "many"],
    ["run", "x", "--k", "1"],
    ["run", "x", "--k-range", "9-3"],
    ["run", "x", "--k-range", "a-b"],
    ["run", "x", "--role", "a=colour"],
    ["run", "x", "--format", "docx"],
    ["run", "x", "--colour", "red"],
    ["run", "x", "--period", "2026-13"],
    ["run", "x", "--currency", "euros"],
]


@pytest.mark.parametrize("arguments", WRONG_USAGE)
def test_wrong_usage_exits_2_with_help(command: Command, arguments: list[str]) -> None:
    ran = command(*arguments)
    assert ran.code == 2
    assert "Error:" in ran.err


@pytest.mark.parametrize("name", ["run", "init", "example"])
def test_every_flag_has_help(command: Command, name: str) -> None:
    from segreport.cli import cli

    options = [parameter for parameter in cli.commands[name].params if parameter.param_type_name == "option"]
    assert options
    assert all(getattr(option, "help", None) for option in options)
    assert command(name, "--help").code == 0


def test_a_problem_of_our_own_is_told_without_a_traceback() -> None:
    code = "import segreport.pipeline as p, segreport.cli as c; p.run_to_files = None; c.main()"
    done = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-c", code, "run", "x.csv"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "SEGREPORT_DEBUG" in done.stderr


def test_python_builds_the_same_report_from_every_kind_of_frame(customers_csv: Path) -> None:
    import ibis
    import polars as pl
    import pyarrow as pa

    import segreport

    frame = pd.read_csv(customers_csv)
    reports = [
        segreport.build_report(data, period="2026-10")
        for data in (customers_csv, frame, pl.from_pandas(frame), pa.Table.from_pandas(frame), ibis.memtable(frame))
    ]
    assert {report.choice.k for report in reports} == {4}
    assert len({tuple(segment.name for segment in report.segments) for report in reports}) == 1
    assert len({tuple(segment.size for segment in report.segments) for report in reports}) == 1


def test_a_report_shows_itself_in_a_notebook(customers_csv: Path) -> None:
    import segreport

    report = segreport.build_report(customers_csv, k=2)
    shown = report._repr_html_()
    assert shown.startswith("<iframe")
    assert report.segments[0].name in shown


def test_python_names_a_setting_that_does_not_exist() -> None:
    import segreport
    from segreport.errors import SettingsError

    with pytest.raises(SettingsError, match="feature"):
        segreport.build_report("x.csv", features=["a"])
