"""What several test files share: the command line in this process, and a small table of customers."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import settings

from segreport.cli import main

# tables are as slow as the machine is busy; what runs before a merge tries the same ones every time
settings.register_profile("here", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")


@dataclass(frozen=True)
class Ran:
    """How a command ended: its exit code and everything it printed."""

    code: int
    out: str
    err: str


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> Iterator[None]:
    """Small matrices on several threads wait for one another; on a busy machine tests would take ten times as long."""
    import sklearn.cluster  # noqa: F401 - what is limited must be loaded
    from threadpoolctl import threadpool_limits

    with threadpool_limits(limits=1):
        yield


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Callable[..., Ran]:
    """Return a function that runs `segreport ARGS` in this process, in an empty folder."""
    folder = tmp_path / "cwd"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.delenv("SEGREPORT_DEBUG", raising=False)

    def run(*arguments: str | Path) -> Ran:
        monkeypatch.setattr(sys, "argv", ["segreport", *map(str, arguments)])
        code, said = 0, ""
        try:
            main()
        except SystemExit as stop:
            code = stop.code if isinstance(stop.code, int) else 1
            said = stop.code if isinstance(stop.code, str) else ""
        captured = capsys.readouterr()
        return Ran(code, captured.out, captured.err + said)

    return run


def blobs(customers: int = 240, seed: int = 3) -> pd.DataFrame:
    """Return customers in four clear groups on income and spending, with a category, a flag, gaps and an e-mail."""
    rng = np.random.default_rng(seed)
    group = np.arange(customers) % 4
    income = np.array([25.0, 25.0, 80.0, 80.0])[group] + rng.normal(0, 4, customers)
    spending = np.array([20.0, 80.0, 20.0, 80.0])[group] + rng.normal(0, 4, customers)
    return pd.DataFrame(
        {
            "customer_id": [f"cust-{i}" for i in range(1001, 1001 + customers)],
            "email": [f"person{i}@example.org" for i in range(customers)],
            "income": income.round(2),
            "spending_score": np.where(rng.random(customers) < 0.05, np.nan, spending.round(1)),
            "region": np.array(["North", "South", "West"])[rng.integers(0, 3, customers)],
            "newsletter": np.where(group % 2 == 1, "yes", "no"),
        }
    )


@pytest.fixture
def customers_csv(tmp_path: Path) -> Path:
    """Return the path of a CSV of 240 customers in four clear groups."""
    path = tmp_path / "customers.csv"
    blobs().to_csv(path, index=False)
    return path
