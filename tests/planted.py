"""Tables of customers in which groups were planted, and tables without any: what the choice of k is measured on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from segreport.columns import Column
from segreport.columns.column import Parse
from segreport.features import Matrix, fit_recipe

Labels = npt.NDArray[np.intp]

GROUPED = ("round", "unequal", "spreads", "tilted", "tails", "skewed", "noise", "counts", "mixed")
"""Groups that are round, of unequal size, of unequal spread, tilted, heavy-tailed, skewed, beside columns of noise,
in whole numbers, and partly in words."""
GROUPLESS = (
    "normal", "uniform", "lognormal", "heavy", "correlated", "indicators", "exponential", "counts", "orders", "mixed",
)  # fmt: skip
"""A round cloud, a box, skewed, Student's t, tilted, mostly words, exponential, whole numbers, like recency, frequency
and monetary value, and skewed beside words."""
SMALLEST = 12  # customers in a group: a segment has at least ten
ANY_DAY = dt.date(2026, 1, 1)


@dataclass(frozen=True, eq=False)
class Planted:
    """Customers as points (n x d), the places of each category's indicators, and their group (None: there are none)."""

    name: str
    X: Matrix
    levels: tuple[tuple[int, ...], ...]
    groups: Labels | None

    @property
    def k(self) -> int:
        """The number of groups planted: 1 where there are none."""
        return 1 if self.groups is None else len(np.unique(self.groups))


def with_groups(kind: str, seed: int, sizes: tuple[int, ...] = (200, 400, 1_000, 4_000)) -> Planted:
    """Return a table of two to eight groups, 2.5 to 6.5 standard deviations apart, in 2 to 10 columns."""
    rng = np.random.default_rng([seed, *kind.encode()])
    k, d, n = int(rng.integers(2, 9)), int(rng.integers(2, 11)), int(rng.choice(sizes))
    centres = _centres(rng, k, d, rng.uniform(2.5, 6.5))
    shares = np.maximum(rng.dirichlet(np.full(k, 1.5 if kind == "unequal" else 8.0)), 0.03)
    groups = np.repeat(np.arange(k), np.maximum(rng.multinomial(n, shares / shares.sum()), SMALLEST))
    n = len(groups)
    noise = rng.standard_t(5, size=(n, d)) if kind == "tails" else rng.normal(size=(n, d))
    if kind == "spreads":
        noise *= rng.uniform(0.5, 1.5, k)[groups][:, None]
    if kind == "tilted":
        turns = [np.linalg.qr(rng.normal(size=(d, d)))[0] * rng.uniform(0.5, 1.5, d) for _ in range(k)]
        noise = np.vstack([noise[groups == j] @ turns[j].T for j in range(k)])
    table, words = centres[groups] + noise, []
    if kind == "skewed":
        table = np.exp(table / 2)
    if kind == "noise":
        table = np.column_stack([table, rng.normal(size=(n, max(1, d // 3)))])
    if kind == "counts":
        table = np.round((table - table.min(axis=0)) * 1.5)
    if kind == "mixed":
        words = [np.where(rng.random(n) < 0.8, groups % 3, rng.integers(0, 3, n)), rng.integers(0, 4, n)]
    return encoded(f"{kind} {seed}", table, words, groups, rng.permutation(n))


def without_groups(kind: str, seed: int, sizes: tuple[int, ...] = (200, 400, 1_000, 4_000)) -> Planted:
    """Return a table of one group in 2 to 10 columns."""
    rng = np.random.default_rng([seed, 7, *kind.encode()])
    d, n = int(rng.integers(2, 11)), int(rng.choice(sizes))
    cloud, tilt, words = rng.normal(size=(n, d)), rng.normal(size=(d, d)), []
    makers: dict[str, Callable[[], Matrix]] = {
        "normal": lambda: cloud,
        "uniform": lambda: rng.random((n, d)),
        "lognormal": lambda: np.exp(cloud),
        "heavy": lambda: rng.standard_t(2.5, size=(n, d)),
        "correlated": lambda: cloud @ tilt.T,
        "indicators": lambda: cloud[:, : max(1, d // 3)],
        "exponential": lambda: rng.exponential(size=(n, d)),
        "counts": lambda: rng.poisson(rng.uniform(0.5, 6, d), size=(n, d)).astype(float),
        "orders": lambda: _like_orders(rng, n),
        "mixed": lambda: np.exp(cloud @ tilt.T / np.sqrt(d)),
    }
    table = makers[kind]()
    if kind in ("indicators", "mixed"):
        widths = rng.integers(2, 6, rng.integers(1, 4))
        words = [rng.choice(int(width), n, p=rng.dirichlet(np.full(int(width), 3.0))) for width in widths]
    return encoded(f"{kind} {seed}", table, words, None, rng.permutation(n))


def _centres(rng: np.random.Generator, k: int, d: int, apart: float) -> Matrix:
    """Return k centres at least nearly so many standard deviations apart, as far as some draws find them."""
    for _ in range(1_000):
        centres = rng.normal(size=(k, d)) * apart / (2 if d > 2 else 1.2)
        gaps = np.linalg.norm(centres[:, None] - centres[None], axis=2) + np.eye(k) * 1e9
        if gaps.min() > 0.9 * apart:
            break
    return centres


def _like_orders(rng: np.random.Generator, n: int) -> Matrix:
    """Return recency, frequency and monetary value of customers who differ by degrees (a gamma-Poisson shop)."""
    orders = 1 + rng.poisson(rng.gamma(0.8, 2, n))
    days, spent = rng.exponential(300 / np.sqrt(orders)), orders * np.exp(rng.normal(3, 0.6, n))
    return np.column_stack([days.round(), orders, spent.round(2)])


def encoded(name: str, table: Matrix, words: list[Labels], groups: Labels | None, order: Labels) -> Planted:
    """Return the customers in mixed order, prepared as a run prepares them."""
    numbers = {f"n{j}": pa.array(column[order]) for j, column in enumerate(table.T)}
    texts = {f"w{j}": pa.array([f"level {level}" for level in column[order]]) for j, column in enumerate(words)}
    sample = pa.table({**numbers, **texts})
    columns = [
        *(Column(name, name, "", "number", "feature", "", 0, 0, Parse("number")) for name in numbers),
        *(Column(name, name, "", "category", "feature", "", 0, 0, Parse("text")) for name in texts),
    ]
    recipe = fit_recipe(sample, columns, as_of=ANY_DAY, prepare="auto")
    return Planted(name, recipe.encode(sample), recipe.levels, None if groups is None else groups[order])
