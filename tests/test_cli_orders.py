"""The command line on a table of orders, from lines to files."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest
from conftest import Ran

Command = Callable[..., Ran]
OUT = Path("out/2026-10")


def shop(customers: int = 90, seed: int = 5) -> pd.DataFrame:
    """Return the lines of a shop: regulars, newcomers and lapsed ones, with returns, cancelled orders and guests."""
    rng = np.random.default_rng(seed)
    rows = []
    for i in range(customers):
        orders, first, last = ((8, 0, 300), (2, 240, 300), (2, 0, 60))[i % 3]
        for j in range(rng.integers(orders // 2, orders + 1)):
            ordered = pd.Timestamp("2026-01-01 08:00") + pd.Timedelta(int(rng.integers(first * 1440, last * 1440)), "m")
            for _ in range(rng.integers(1, 4)):
                product = int(rng.integers(0, 12))
                rows.append(
                    (f"c{i:03}", f"{1000 + 20 * i + j}", ordered, f"p{product:02}", "ABC"[product % 3], product)
                )
    frame = pd.DataFrame(rows, columns=["customer_id", "order_number", "order_date", "product", "category", "n"])
    lines = len(frame)
    frame["quantity"] = np.where(rng.random(lines) < 0.06, -1, rng.integers(1, 5, lines))
    frame["unit_price"] = (5 + 3.25 * frame.n * (1 + (frame.customer_id.str[1:].astype(int) % 3 == 0))).round(2)
    frame["status"] = np.where(frame.order_number.astype(int) % 13 == 0, "cancelled", "completed")
    frame.loc[rng.random(lines) < 0.03, "customer_id"] = None
    frame = pd.concat([frame, frame.iloc[:4]], ignore_index=True)
    return frame.drop(columns="n")


@pytest.fixture
def orders_csv(tmp_path: Path) -> Path:
    """Return the path of a CSV of the lines of a shop."""
    path = tmp_path / "orders.csv"
    shop().to_csv(path, index=False)
    return path


def run(command: Command, data: Path, *flags: str) -> dict[str, Any]:
    """Return report.json of a run that draws nothing."""
    ran = command("run", data, "-o", "out", "--period", "2026-10", "--format", "json", "-q", *flags)
    assert ran.code == 0, ran.err
    report: dict[str, Any] = json.loads((OUT / "report.json").read_text())
    return report


def parts(report: dict[str, Any]) -> dict[str, str]:
    """Return the raw columns by what they were taken for."""
    return {part: name for name, part, _ in report["orders"]["roles"] if part != "unused"}


def steps(report: dict[str, Any]) -> dict[str, int]:
    return {step["code"]: step["lines"] for step in report["orders"]["ledger"]}


def uses(report: dict[str, Any]) -> dict[str, str]:
    return {column["name"]: column["use"] for column in report["columns"]}


def refused(command: Command, data: Path, *flags: str) -> str:
    """Return the one sentence of a run that wrote nothing."""
    ran = command("run", data, "-o", "out", "--format", "json", *flags)
    message = ran.err.split("…\n")[-1]
    assert ran.code == 1, ran
    assert message.startswith("segreport: ")
    assert len(message.splitlines()) == 1
    assert "error of its own" not in message
    assert not Path("out").exists() or not list(Path("out").iterdir())
    return message


def test_a_table_of_orders_is_recognised_and_its_lines_are_counted(command: Command, orders_csv: Path) -> None:
    ran = command("run", orders_csv, "-o", "out", "--period", "2026-10", "--format", "json")
    assert ran.code == 0, ran.err
    report = json.loads((OUT / "report.json").read_text())
    assert parts(report) == {
        "customer": "customer_id", "order": "order_number", "date": "order_date", "product": "product",
        "category": "category", "quantity": "quantity", "price": "unit_price", "state": "status",
    }  # fmt: skip
    facts, frame = report["orders"], shop()
    dropped = sum(step["lines"] for step in facts["ledger"] if step["done"] == "dropped")
    assert facts["lines"] == len(frame)
    assert steps(report)["no_customer"] == frame.customer_id.isna().sum()
    assert (
        f"{facts['lines']} lines, {facts['orders']} orders, {facts['customers']} customers; {dropped} lines dropped "
        "(see The data in the report)."
    ) in ran.out.splitlines()
    assert "Adding up each customer's orders" in ran.err
    assert "c017" not in (OUT / "report.json").read_text()
    assigned = pd.read_csv(OUT / "assignments.csv")
    assert list(assigned.columns) == [
        "customer_id", "segment_id", "segment", "margin", "recency", "frequency", "monetary", "r", "f", "m",
    ]  # fmt: skip
    assert len(assigned) == assigned.customer_id.nunique() == facts["customers"]
    assert assigned.frequency.sum() == facts["orders"]
    assert set(assigned.segment) == {segment["name"] for segment in report["segments"]}


def test_the_summary_for_scripts_tells_of_the_orders(command: Command, orders_csv: Path, customers_csv: Path) -> None:
    said = json.loads(command("run", orders_csv, "-o", "out", "--format", "json", "--json").out)["orders"]
    assert set(said) == {"lines", "orders", "customers", "as_of", "ledger"}
    assert said["ledger"][0].keys() == {"code", "text", "lines", "amount", "done"}
    assert (said["ledger"][0]["code"], said["ledger"][0]["lines"]) == ("read", said["lines"])
    ran = command("run", customers_csv, "-o", "out", "--format", "json", "--json")
    assert json.loads(ran.out)["orders"] is None


def test_each_flag_says_which_column_it_is(command: Command, tmp_path: Path) -> None:
    frame = shop()
    others: dict[str, Any] = {
        "customer": frame.customer_id.str.replace("c", "payer"), "date": frame.order_date + pd.Timedelta(3, "D"),
        "amount": frame.quantity * frame.unit_price * 2, "quantity": frame.quantity * 10, "price": frame.unit_price + 1,
        "order": "x" + frame.order_number, "product": frame["product"] + "x", "category": frame.category.str.lower(),
    }  # fmt: skip
    named = {f"my {part}": values for part, values in others.items()}
    frame.assign(**named).to_csv(tmp_path / "orders.csv", index=False)
    flags = [word for part in others for word in (f"--{part}", f"my {part}")]
    report = run(command, tmp_path / "orders.csv", *flags)
    assert {part: name for part, name in parts(report).items() if part in others} == {p: f"my {p}" for p in others}
    assert pd.read_csv(OUT / "assignments.csv").columns[0] == "my customer"


def test_returns_and_repeats_do_what_they_are_told(command: Command, orders_csv: Path) -> None:
    netted = steps(run(command, orders_csv, "--returns", "net", "--repeats", "keep"))
    fewer = steps(run(command, orders_csv, "--returns", "drop", "--repeats", "drop"))
    assert netted["repeats"] == fewer["repeats"] == shop().duplicated().sum()
    assert netted["used"] - fewer["used"] >= fewer["returned"] > 0


def test_days_are_counted_to_the_moment_that_is_named(command: Command, orders_csv: Path) -> None:
    report = run(command, orders_csv, "--as-of", "2026-08-15 12:30")
    assert (report["as_of"], report["orders"]["as_of"]) == ("2026-08-15", "2026-08-15T12:30:00")
    assert steps(report)["future"] > 0


def test_rows_that_never_repeat_are_orders_where_told_so(command: Command, tmp_path: Path) -> None:
    shop().dropna().drop_duplicates("customer_id").to_csv(tmp_path / "orders.csv", index=False)
    assert run(command, tmp_path / "orders.csv")["orders"] is None
    assert run(command, tmp_path / "orders.csv", "--rows", "orders")["orders"]["repeaters"] == 0


def test_columns_can_be_chosen_and_left_out_in_whatever_case(command: Command, orders_csv: Path) -> None:
    flags = ("--feature", "recency", "--feature", "Monetary", "--describe", "items", "--value", "Average_Order")
    report = run(command, orders_csv, *flags, "--exclude", "gap", "--exclude", "Category", "--exclude", "STATUS")
    found = uses(report)
    assert {name for name, use in found.items() if use == "feature"} == {"recency", "monetary"}
    assert (found["gap"], found["items"], found["frequency"]) == ("unused", "describe", "describe")
    assert "category" not in found
    assert "state" not in parts(report)
    assert report["value_columns"] == ["average_order"]


REFUSED = {
    "several columns could be the amount": (["--exclude", "quantity"], ["'total'", "'subtotal'", "--amount"]),
    "a column that is not there": (["--customer", "custmer_id"], ["--customer", "'custmer_id'", "'customer_id'"]),
    "a date that is none": (["--date", "product"], ["--date", "'product'", "no dates"]),
    "an amount that is none": (["--amount", "status"], ["--amount", "'status'", "no numbers"]),
    "one column for two parts": (["--price", "total", "--amount", "total"], ["--amount", "--price"]),
    "no line before the as-of date": (["--amount", "total", "--as-of", "2020-01-01"], ["--as-of"]),
    "told to be customers": (["--rows", "customers"], ["'customer_id'", "repeats", "--rows orders"]),
    "a raw column as a feature": (
        ["--amount", "total", "--feature", "Product"],
        ["--feature", "'Product'", "order lines", "recency"],
    ),
    "a weekday as worth": (["--amount", "total", "--value", "weekday"], ["--value", "'weekday'", "no number"]),
    "a made column that is not there": (["--amount", "total", "--exclude", "recentcy"], ["'recentcy'", "'recency'"]),
}


@pytest.mark.parametrize(("flags", "said"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_done_with_orders_is_one_sentence_and_nothing_written(
    command: Command, tmp_path: Path, flags: list[str], said: list[str]
) -> None:
    frame = shop(customers=24)
    worth = frame.quantity * frame.unit_price
    frame.assign(total=worth * 1.19 + 4, subtotal=worth).to_csv(tmp_path / "orders.csv", index=False)
    message = refused(command, tmp_path / "orders.csv", *flags)
    assert all(word in message for word in said), message


def whole_orders(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the lines with the total of their order on each of them, as shop systems export it."""
    bought = frame[frame.quantity > 0]
    totals = (bought.quantity * bought.unit_price).groupby(bought.order_number).sum().rename("order_total")
    return bought.drop(columns=["quantity", "unit_price"]).join(totals, on="order_number")


SOURCES: dict[str, tuple[str, list[str], Callable[[pd.DataFrame], pd.DataFrame]]] = {
    "text with a status": ("csv", [], lambda frame: frame),
    "typed columns": ("parquet", [], lambda frame: frame),
    "without returns": ("csv", ["--returns", "drop"], lambda frame: frame),
    "without repeats": ("parquet", ["--repeats", "drop"], lambda frame: frame),
    "totals of whole orders": ("csv", [], whole_orders),
    "days without a number": (
        "csv",
        ["--feature", "recency", "--feature", "gap", "--feature", "trend", "--feature", "products"],
        lambda frame: frame.drop(columns="order_number").assign(order_date=frame.order_date.dt.strftime("%d.%m.%Y")),
    ),
}


@pytest.mark.parametrize(("ending", "flags", "change"), SOURCES.values(), ids=SOURCES)
def test_the_sql_gives_every_customer_the_same_segment(
    command: Command,
    tmp_path: Path,
    ending: str,
    flags: list[str],
    change: Callable[[pd.DataFrame], pd.DataFrame],
) -> None:
    path = tmp_path / f"orders.{ending}"
    frame = change(shop())
    frame.to_csv(path, index=False) if ending == "csv" else frame.to_parquet(path, index=False)
    report = run(command, path, *flags)
    source = f"read_csv('{path}', all_varchar = true)" if ending == "csv" else f"read_parquet('{path}')"
    with duckdb.connect() as engine:
        engine.from_query(f"FROM {source}").to_table("orders")
        found = dict(engine.execute((OUT / "segments.sql").read_text()).fetchall())
    assigned = pd.read_parquet(OUT / "assignments.parquet")
    assert found == dict(zip(assigned.customer_id, assigned.segment_id, strict=True))
    assert len(found) == report["orders"]["customers"]


def test_init_writes_what_was_found_and_the_run_is_the_same(command: Command, orders_csv: Path) -> None:
    before = run(command, orders_csv, "--returns", "drop")
    assigned = (OUT / "assignments.csv").read_bytes()
    assert command("init", orders_csv, "--returns", "drop").code == 0
    text = Path("segreport.toml").read_text(encoding="utf-8")
    tables = tomllib.loads(text)
    found = {part: name for part, name in parts(before).items() if part != "state"}
    assert tables["orders"] == {**found, "returns": "drop"}
    assert (tables["columns"]["rows"], tables["columns"]["value"]) == ("orders", ["monetary"])
    assert tables["columns"]["feature"] == [name for name, use in uses(before).items() if use == "feature"]
    assert f"# as_of = {before['orders']['as_of']}" in text
    after = run(command, orders_csv)
    same = ("segments", "choice", "overall", "headline", "warnings", "value_columns")
    assert [after[key] for key in same] == [before[key] for key in same]
    assert (OUT / "assignments.csv").read_bytes() == assigned


def test_init_keeps_how_a_file_without_a_header_is_read(command: Command, tmp_path: Path) -> None:
    frame = shop().dropna()[["customer_id", "order_date", "unit_price"]]
    frame.to_csv(tmp_path / "orders.txt", index=False, header=False, sep="\t")
    assert command("init", tmp_path / "orders.txt", "--names", "customer,day,paid").code == 0
    assert parts(run(command, tmp_path / "orders.txt"))["customer"] == "customer"


def test_init_writes_toml_whatever_columns_are_called(command: Command, tmp_path: Path) -> None:
    odd = {"category": 'a "quoted" = [kind]', "status": "two\nlines # \x7f", "product": "product \\ code"}
    shop().rename(columns=odd).to_parquet(tmp_path / "odd\rorders.parquet")
    assert command("init", tmp_path / "odd\rorders.parquet", "--category", odd["category"]).code == 0
    tables = tomllib.loads(Path("segreport.toml").read_text(encoding="utf-8"))
    assert tables["orders"]["category"] == odd["category"]
    assert run(command, tmp_path / "odd\rorders.parquet")["orders"]["customers"] > 0
