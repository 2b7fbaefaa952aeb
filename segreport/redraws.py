"""Customers redrawn many times and cut afresh, to see whether the same segments come back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from segreport.features import Matrix
from segreport.lloyd import Stack, members, settle
from segreport.methods import Labels, Method, cutter, tree_cuts

Shares = npt.NDArray[np.floating]

REDRAWS = 50
SIZE: dict[Method, int] = {"kmeans": 2_000, "ward": 1_000, "bisecting": 500}
"""Customers in a redraw, as many as a method takes in the time there is."""
TREE_SIZE = 300


@dataclass(frozen=True, eq=False)
class Redraws:
    """The n customers that were redrawn (`X`, n x d) and the centres found (k -> redraws x k x d).

    A redraw with fewer than k different customers has no place under that k.
    """

    X: Matrix
    centres: dict[int, Stack]

    def stability(self, labels: Labels, k: int) -> Shares:
        """Return for each of the k segments the mean Jaccard similarity (0 to 1) with its best match (Hennig 2007).

        `labels` are the segments of X, or of more customers of whom X are the first. Without any redraw, 0.
        """
        if k not in self.centres:
            return np.zeros(k)
        before = np.eye(k, dtype=np.float32)[labels[: len(self.X)]]
        again = np.eye(k, dtype=np.float32)[members(self.X[None].astype(np.float32), self.centres[k])]
        both = np.matmul(before.T, again)
        either = before.sum(axis=0)[:, None] + again.sum(axis=1)[:, None, :] - both
        return np.asarray((both / np.maximum(either, 1)).max(axis=2).mean(axis=0))


def redraw(X: Matrix, ks: Sequence[int], *, method: Method, seed: int, redraws: int = REDRAWS) -> Redraws:
    """Return the first customers of X, drawn 50 times with replacement and cut into every k of `ks`."""
    X = X[: SIZE[method]]
    drawn = np.random.default_rng(seed).integers(0, len(X), (redraws, len(X)))
    centres = _many(X, drawn, ks) if method == "kmeans" else _one_by_one(X, drawn, ks, method)
    return Redraws(X, centres)


def _many(X: Matrix, drawn: npt.NDArray[np.int64], ks: Sequence[int]) -> dict[int, Stack]:
    """k-means from the Ward tree of each redraw's first 300: a start that is good, and another one each time."""
    counts = np.array([np.bincount(rows, minlength=len(X)) for rows in drawn], dtype=np.float32)
    starts = [tree_cuts(X[rows[:TREE_SIZE]], ks) for rows in drawn]
    points: Stack = X.astype(np.float32)[None]
    found = {}
    for k in ks:
        able = [i for i, start in enumerate(starts) if k in start]
        if able:
            first = np.array([starts[i][k] for i in able], dtype=np.float32)
            found[k] = settle(points, first, counts[able])
    return found


def _one_by_one(X: Matrix, drawn: npt.NDArray[np.int64], ks: Sequence[int], method: Method) -> dict[int, Stack]:
    found: dict[int, list[Matrix]] = {k: [] for k in ks}
    for seed, rows in enumerate(drawn):
        chosen = X[np.unique(rows)]
        cut, different = cutter(method, chosen, seed=seed, starts=1), len(np.unique(chosen, axis=0))
        for k in ks:
            if k <= different:
                found[k].append(cut(k).centres)
    return {k: np.array(centres, dtype=np.float32) for k, centres in found.items() if centres}
