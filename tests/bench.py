"""Measure the speed and size budgets in one run and print a table; exit 1 where one is broken (`make bench`).

Budgets are ratios between whole processes, since machines differ. What is compared runs in turns, after a
warm-up, and medians are taken, so that a machine that slows down meanwhile slows both sides.
usage: bench.py [SEGREPORT]
"""

from __future__ import annotations

import multiprocessing
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

BARE_IMPORTS = "import sklearn.cluster, ibis, duckdb, plotly.graph_objects, matplotlib.figure, weasyprint"


LINES, CUSTOMERS = 50_000_000, 1_000_000

MAKE_ORDERS = """
import duckdb
duckdb.sql('''
copy (
  select 'O' || lpad(cast(i // 3 as varchar), 9, '0') as order_id, (hash(i // 3) % {customers})::integer as customer_id,
    timestamp '2024-01-01' + to_seconds((hash(i // 3 + 7) % 70000000)::bigint) as order_date,
    'P' || (hash(i) % 8000) as product, 'Category ' || (hash(hash(i) % 8000) % 12) as category,
    (1 + hash(i + 1) % 4)::integer - 5 * (hash(i + 5) % 40 = 0)::integer as quantity,
    ((1 + hash(i + 2) % 10000) / 100)::double as unit_price,
    case when hash(i // 3 + 3) % 50 = 0 then 'cancelled' else 'complete' end as status
  from range({lines}) t(i)
) to '{path}' (format parquet)
''')
"""
GROUP_ORDERS = """
import duckdb
duckdb.sql('''
create table customers as
select customer_id, max(order_date), min(order_date), count(distinct order_id), sum(quantity * unit_price),
  sum(quantity * unit_price) filter (quantity < 0), sum(quantity), count(distinct product), count(distinct category),
  mode(category), mode(dayofweek(order_date)), mode(hour(order_date)),
  sum(quantity * unit_price) filter (order_date >= timestamp '2025-12-22'),
  sum(quantity * unit_price) filter (order_date >= timestamp '2025-09-23')
from '{path}' where status <> 'cancelled' group by customer_id
''')
"""

TRY_NUMBERS = """
import time, numpy as np
from threadpoolctl import threadpool_limits
import sklearn.cluster, scipy.cluster.hierarchy, kneed, diptest, scipy.optimize, sklearn.metrics
from segreport.choice import scan_k
from segreport.redraws import redraw
from segreport.settings import SegmentSettings
X = np.random.default_rng(0).normal(size=(10_000, 8))
X[::2] += 2
def taken(work):
    times = []
    for _ in range(4):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return sorted(times)[1]
with threadpool_limits(1):
    whole = taken(lambda: scan_k(X, (), SegmentSettings()))
    def again():
        redraws = redraw(X, range(2, 11), method="kmeans", seed=0)
        return [redraws.stability(np.zeros(10_000, dtype=int), k) for k in range(2, 11)]
    stability = taken(again)
print(whole - stability, stability)
"""


@dataclass(frozen=True)
class Job:
    """What one process took: `seconds` on the clock, `peak` resident memory in MB."""

    seconds: float
    peak: float


@dataclass(frozen=True)
class Budget:
    """One line of the table: a measured number, the limit it must stay under, and their unit."""

    what: str
    measured: float
    limit: float
    unit: str

    @property
    def kept(self) -> bool:
        return self.measured < self.limit


def main(segreport: str) -> int:
    """Measure everything, print the table, and return how the process is to exit."""
    print("Measuring (a minute or two) ...", flush=True)
    with tempfile.TemporaryDirectory(prefix="segreport-bench-") as name:
        budgets = [*help_budgets(segreport), *run_budgets(segreport, Path(name)), *number_budgets()]
        print(f"Measuring {LINES:,} order lines (some minutes more) ...", flush=True)
        budgets += order_budgets(segreport, Path(name))
    print(f"\n{'budget':<52}{'measured':>12}{'limit':>12}")
    for budget in budgets:
        decimals = 0 if budget.measured >= 100 else 2
        measured, limit = f"{budget.measured:.{decimals}f} {budget.unit}", f"{budget.limit:g} {budget.unit}"
        print(f"{budget.what:<52}{measured:>12}{limit:>12}  {'ok' if budget.kept else 'BROKEN'}")
    return 0 if all(budget.kept for budget in budgets) else 1


def help_budgets(segreport: str) -> list[Budget]:
    """Return what the command line costs before it does anything."""
    click, shown = interleave([[sys.executable, "-c", "import click"], [segreport, "--help"]], rounds=9)
    return [Budget("segreport --help / import click", seconds(shown) / seconds(click), 3, "x")]


def run_budgets(segreport: str, folder: Path) -> list[Budget]:
    """Return what whole runs cost: a small one against its bare imports, a large one against the small one."""
    small, large = folder / "small.csv", folder / "large.csv"
    elsewhere = multiprocessing.get_context("spawn")  # a child's peak counts from its parent's size: stay small here
    for path, rows, columns in ((small, 200, 6), (large, 1_000_000, 10)):
        writer = elsewhere.Process(target=write_customers, args=(path, rows, columns))
        writer.start()
        writer.join()
    bare, few, many = interleave(
        [
            [sys.executable, "-c", BARE_IMPORTS],
            [segreport, "run", str(small), "-o", str(folder / "small"), "--quiet"],
            [segreport, "run", str(large), "-o", str(folder / "large"), "--quiet"],
        ],
        rounds=5,
    )
    return [
        Budget("200 customers to HTML and PDF / bare imports", seconds(few) / seconds(bare), 1.6, "x"),
        Budget("1 million customers x 10, CSV / 200 customers", seconds(many) / seconds(few), 2, "x"),
        Budget("1 million customers x 10, CSV: peak memory", max(job.peak for job in many), 1000, "MB"),
        Budget("report.html, the larger of both", largest(folder, "report.html"), 2.5, "MB"),
        Budget("report.pdf, the larger of both", largest(folder, "report.pdf"), 1, "MB"),
    ]


def number_budgets() -> list[Budget]:
    """Return what trying 2 to 10 segments costs on a sample of 10,000 x 8, on one core, once all is imported."""
    done = subprocess.run([sys.executable, "-c", TRY_NUMBERS], capture_output=True, text=True, check=True)
    scan, stability = map(float, done.stdout.split())
    return [
        Budget("2 to 10 segments and look-alikes, 10,000 x 8", scan, 0.7, "s"),
        Budget("the same, stability of every number", stability, 1, "s"),
    ]


def order_budgets(segreport: str, folder: Path) -> list[Budget]:
    """Return what a run on many order lines costs: against DuckDB's own group-by and the run on 200 customers."""
    path, small = folder / "orders.parquet", folder / "small.csv"
    measure([sys.executable, "-c", MAKE_ORDERS.format(path=path, lines=LINES, customers=CUSTOMERS)])
    own, few, many = interleave(
        [
            [sys.executable, "-c", GROUP_ORDERS.format(path=path)],
            [segreport, "run", str(small), "-o", str(folder / "small"), "--quiet"],
            [segreport, "run", str(path), "-o", str(folder / "orders"), "--quiet"],
        ],
        rounds=1,
    )
    allowed = 3 * seconds(own) + seconds(few)
    print(f"DuckDB {seconds(own):.1f} s, 200 customers {seconds(few):.1f} s, segreport {seconds(many):.1f} s")
    return [
        Budget("50 million order lines / (3 x DuckDB's group-by + 200)", seconds(many) / allowed, 1, "x"),
        Budget("50 million order lines: peak memory", max(job.peak for job in many), 4000, "MB"),
    ]


def interleave(commands: Sequence[Sequence[str]], rounds: int) -> list[list[Job]]:
    """Return each command's jobs: all commands in turn, as many rounds as asked after one that does not count."""
    taken = [[measure(command) for command in commands] for _ in range(rounds + 1)][1:]
    return [list(jobs) for jobs in zip(*taken, strict=True)]


def measure(command: Sequence[str]) -> Job:
    """Run one process to its end; what it prints is shown only where it fails, which ends the bench."""
    with tempfile.TemporaryFile() as output:
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=output, stderr=output)
        _, status, usage = os.wait4(process.pid, 0)  # not Popen.wait: only this tells one child's peak memory
        elapsed = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            output.seek(0)
            sys.exit(f"{' '.join(command)} failed:\n{output.read().decode(errors='replace')}")
    unit = 1 if sys.platform == "darwin" else 1024  # ru_maxrss counts bytes there, kilobytes elsewhere
    return Job(elapsed, usage.ru_maxrss * unit / 1e6)


def seconds(jobs: Sequence[Job]) -> float:
    return statistics.median(job.seconds for job in jobs)


def largest(folder: Path, name: str) -> float:
    """Return the size in MB of the largest file of that name anywhere below; a run that wrote none ends the bench."""
    sizes = [path.stat().st_size / 1e6 for path in folder.rglob(name)]
    return max(sizes) if sizes else sys.exit(f"no run wrote a {name}")


def write_customers(path: Path, rows: int, columns: int) -> None:
    """Write a CSV of an id, skewed numbers around five planted groups and one category, `columns` in all."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.csv

    rng = np.random.default_rng(5)
    group = rng.integers(0, 5, rows)
    table = {"customer_id": pa.array(np.arange(1, rows + 1))}
    for number in range(1, columns - 1):
        centres = rng.permutation([1.0, 2.0, 3.5, 5.0, 6.5])
        table[f"measure_{number}"] = pa.array(np.round(np.exp(rng.normal(centres[group], 0.5)), 2))
    table["country"] = pa.array(np.array(["AT", "CH", "DE", "FR", "NL"])[rng.integers(0, 5, rows)])
    pyarrow.csv.write_csv(pa.table(table), path)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else str(Path(sys.executable).with_name("segreport"))))
