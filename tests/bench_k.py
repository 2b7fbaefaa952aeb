"""Measure how often each rule finds the number of groups that was planted, and print a table (`make bench-k`).

On generated tables with seeds that no rule was tuned on, and on public labelled sets where they lie beside the
checkout. "Recoverable" are tables where k-means at the true k finds the true groups (adjusted Rand index >= 0.8): of
the others no rule that reads a k-means cut can know.
usage: bench_k.py [--tables N] [--seed S] [--sets FOLDER]
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from planted import GROUPED, GROUPLESS, Planted, encoded, with_groups, without_groups
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score
from threadpoolctl import threadpool_limits

from segreport.choice import Scan, choose_k, scan_k
from segreport.features import Matrix
from segreport.methods import nearest
from segreport.settings import SegmentSettings
from segreport.wording import Wording

SETTINGS = SegmentSettings()
RECOVERABLE = 0.8
GAP_TABLES = 10
SETS = Path(__file__).parents[2] / "shared" / "data" / "clustering"


@dataclass(frozen=True)
class Answer:
    """What one rule says of one table: k, and whether there are groups at all (None: it cannot say that)."""

    k: int
    groups: bool | None
    seconds: float


@dataclass(frozen=True)
class Trial:
    """One table's truth, whether the truth can be found, and every rule's answer."""

    table: Planted
    recoverable: bool
    answers: dict[str, Answer]


Rule = Callable[[Scan, Matrix], tuple[int, bool | None]]


def main() -> None:
    """Run all rules on all tables and print the shares."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--tables", type=int, default=20, help="tables of each kind")
    parser.add_argument("--seed", type=int, default=20_000, help="the first seed")
    parser.add_argument(
        "--sets", type=Path, default=SETS, help="a folder of labelled sets: name.data.gz, name.labels0.gz"
    )
    chosen = parser.parse_args()
    seeds = range(chosen.seed, chosen.seed + chosen.tables)
    with threadpool_limits(1):
        planted = [try_on(with_groups(kind, seed)) for kind in GROUPED for seed in seeds]
        groupless = [try_on(without_groups(kind, seed)) for kind in GROUPLESS for seed in seeds]
        public = [try_on(table) for table in labelled(chosen.sets)]
    print(table_of(planted, groupless, public))


def try_on(table: Planted) -> Trial:
    """Return what every rule says of a table; all but the gap statistic read the same scan."""
    start = time.perf_counter()
    scan = scan_k(table.X, table.levels, SETTINGS)
    scanned = time.perf_counter() - start
    answers = {}
    for name, rule in RULES.items():
        start = time.perf_counter()
        k, groups = rule(scan, table.X)
        answers[name] = Answer(k, groups, time.perf_counter() - start + (scanned if name == OURS else 0.0))
    return Trial(table, is_recoverable(table, scan), answers)


def is_recoverable(table: Planted, scan: Scan) -> bool:
    """Whether k-means at the true k finds the true groups."""
    if table.groups is None or table.k not in scan.centres:
        return False
    found = nearest(table.X, scan.centres[table.k])[0]
    return bool(adjusted_rand_score(table.groups, found) >= RECOVERABLE)


def labelled(folder: Path) -> Iterator[Planted]:
    """Return the labelled sets of a folder with 2 to 10 groups; customers marked 0 belong to none and are left out."""
    for path in sorted(folder.glob("**/*.data.gz")):
        points = np.loadtxt(path, ndmin=2)  # NumPy unpacks .gz itself
        groups = np.loadtxt(path.with_name(path.name.replace(".data.gz", ".labels0.gz"))).astype(np.intp)
        kept = groups > 0
        if 2 <= len(np.unique(groups[kept])) <= SETTINGS.k_range[1]:
            order = np.random.default_rng(0).permutation(int(kept.sum()))
            yield encoded(path.name, points[kept], [], groups[kept], order)


def _consensus(scan: Scan, X: Matrix) -> tuple[int, bool | None]:  # noqa: ARG001 - one signature for all
    choice = choose_k(scan, SETTINGS, Wording())
    return choice.k, choice.structure == "natural"


def _best(score: str, sign: int) -> Rule:
    def rule(scan: Scan, X: Matrix) -> tuple[int, bool | None]:  # noqa: ARG001 - one signature for all
        return max(scan.scores, key=lambda s: (sign * getattr(s, score), -s.k)).k, None

    return rule


def _elbow(scan: Scan, X: Matrix) -> tuple[int, bool | None]:  # noqa: ARG001 - one signature for all
    return scan.elbow or scan.scores[0].k, None


def _gap(scan: Scan, X: Matrix) -> tuple[int, bool | None]:  # noqa: ARG001 - one signature for all
    """Tibshirani, Walther & Hastie (2001), against uniform boxes along the principal components."""
    X = X[:1_000]
    _, _, axes = np.linalg.svd(X - X.mean(axis=0), full_matrices=False)
    turned, rng = X @ axes.T, np.random.default_rng(0)
    low, high = turned.min(axis=0), turned.max(axis=0)
    ks = range(1, SETTINGS.k_range[1] + 1)
    own = np.array([_log_inertia(turned, k) for k in ks])
    boxes = [rng.uniform(low, high, turned.shape) for _ in range(GAP_TABLES)]
    chance = np.array([[_log_inertia(box, k) for k in ks] for box in boxes])
    gaps, errors = chance.mean(axis=0) - own, chance.std(axis=0) * np.sqrt(1 + 1 / GAP_TABLES)
    enough = (k for k, i in zip(ks, range(len(ks) - 1), strict=False) if gaps[i] >= gaps[i + 1] - errors[i + 1])
    k = next(enough, ks[-1])
    return k, k > 1


def _log_inertia(X: Matrix, k: int) -> float:
    return float(np.log(max(KMeans(k, n_init=3, random_state=0).fit(X).inertia_, 1e-12)))


OURS = "segreport"
RULES: dict[str, Rule] = {
    OURS: _consensus,
    "silhouette": _best("silhouette", 1),
    "Davies-Bouldin": _best("davies_bouldin", -1),
    "Calinski-Harabasz": _best("calinski_harabasz", 1),
    "gap statistic": _gap,
    "elbow (kneed)": _elbow,
}


def table_of(planted: Sequence[Trial], groupless: Sequence[Trial], public: Sequence[Trial]) -> str:
    """Return the shares as a Markdown table: exact and within one, in percent."""
    found, known = ([trial for trial in trials if trial.recoverable] for trials in (planted, public))
    heads = [
        "rule",
        f"{len(found)} recoverable tables",
        f"all {len(planted)}",
        *([f"{len(known)} recoverable public sets", f"all {len(public)}"] if public else []),
        f"says “groups” on {len(groupless)} without any",
        "seconds",
    ]
    rows = [heads, ["---"] * len(heads)]
    for rule in RULES:
        told = [trial.answers[rule].groups for trial in groupless]
        seconds = float(np.median([trial.answers[rule].seconds for trial in planted]))
        rows.append(
            [
                rule,
                *(_right(trials, rule) for trials in ((found, planted, known, public) if public else (found, planted))),
                "always" if None in told else f"{sum(map(bool, told))}",
                f"{seconds:.2f}" if rule in (OURS, "gap statistic") else "of the same scan",
            ]
        )
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def _right(trials: Sequence[Trial], rule: str) -> str:
    """Return the shares, in percent, of tables for which a rule is exact / within one."""
    off = np.array([abs(trial.answers[rule].k - trial.table.k) for trial in trials])
    return f"{100 * np.mean(off == 0):.0f} / {100 * np.mean(off <= 1):.0f}" if len(off) else "–"


if __name__ == "__main__":
    main()
