"""How far each segment can be relied on: its silhouette, its stability when customers are redrawn, its borders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from segreport.choice import SILHOUETTE_SIZE, silhouette_samples
from segreport.features import Matrix
from segreport.methods import Labels, Method, cutter, nearest
from segreport.segments import Fitted

Grade = Literal["stable", "doubtful", "unstable"]

REDRAWS = 20
REDRAW_SIZE = 1_000
BORDER = 0.1
PROFILE_POINTS = 40


@dataclass(frozen=True)
class SegmentTrust:
    """One segment's reliability.

    `silhouette` is the mean over its sampled customers (-1 to 1), `profile` 40 sorted values of it, highest
    first (the silhouette plot), `stability` the mean Jaccard similarity (0 to 1) with its best match when
    customers are redrawn (Hennig 2007), `border` the share of its customers whose margin is under 0.1, and
    `grade` the verdict: stable >= 0.75 > doubtful >= 0.6 > unstable.
    """

    id: str
    silhouette: float
    profile: tuple[float, ...]
    stability: float
    border: float
    grade: Grade


@dataclass(frozen=True)
class Recut:
    """The sampled customers cut into another number of segments, `k`.

    `changed` is the share (0 to 1) of customers who would leave their segment, `merged` the ids that would
    become one, `split` the ids that would come apart in two or more.
    """

    k: int
    changed: float
    merged: tuple[tuple[str, ...], ...]
    split: tuple[str, ...]


@dataclass(frozen=True)
class Trust:
    """Every segment's trust and the silhouette over all; what one segment less or more would change.

    `separation` holds the k x k distances between centres in standard deviations.
    """

    segments: tuple[SegmentTrust, ...]
    silhouette: float
    separation: tuple[tuple[float, ...], ...]
    recuts: tuple[Recut, ...]


def examine(fitted: Fitted, *, seed: int) -> Trust:
    """Return how reliable the fitted segments are, measured on at most 3,000 customers of the sample."""
    model, k = fitted.model, len(fitted.model.ids)
    X, labels = fitted.X[:SILHOUETTE_SIZE], fitted.labels[:SILHOUETTE_SIZE]
    silhouettes = silhouette_samples(X, [labels])[0]
    margins = nearest(X, model.matrix)[1]
    stabilities = stability(X[:REDRAW_SIZE], labels[:REDRAW_SIZE], k, method=model.method, seed=seed)
    segments = tuple(
        _segment_trust(ident, silhouettes[labels == j], margins[labels == j], stabilities[j])
        for j, ident in enumerate(model.ids)
    )
    centres = model.matrix
    separation = np.sqrt(((centres[:, None] - centres[None, :]) ** 2).sum(axis=2))
    rows = tuple(tuple(float(value) for value in row) for row in separation)
    cut = cutter(model.method, X, seed=seed, starts=3)
    recuts = tuple(
        recut(labels, cut(other).labels, model.ids)
        for other in (k - 1, k + 1)
        if 2 <= other < len(np.unique(X, axis=0))
    )
    return Trust(segments, float(silhouettes.mean()), rows, recuts)


def recut(before: Labels, after: Labels, ids: Sequence[str]) -> Recut:
    """Return what changes between two cuts of the same customers; segments are matched by overlap (Kuhn 1955).

    Segments merge where each sends most of its customers to the same new one; a segment splits where at
    least two new ones take a quarter of it each and find most of their own customers there.
    """
    from scipy.optimize import linear_sum_assignment

    k, other = len(ids), int(after.max()) + 1
    overlap = np.eye(k)[before].T @ np.eye(other)[after]
    rows, columns = linear_sum_assignment(-overlap)
    share = overlap / np.maximum(overlap.sum(axis=1, keepdims=True), 1)
    homes = [int(row.argmax()) if row.max() > 0.5 else -1 for row in share]
    groups = [tuple(ids[j] for j in range(k) if homes[j] == home) for home in range(other)]
    origin = overlap / np.maximum(overlap.sum(axis=0, keepdims=True), 1)
    split = tuple(ids[j] for j in range(k) if ((share[j] >= 0.25) & (origin[j] > 0.5)).sum() >= 2)
    changed = 1 - float(overlap[rows, columns].sum()) / max(len(before), 1)
    return Recut(other, changed, tuple(group for group in groups if len(group) > 1), split)


def stability(X: Matrix, labels: Labels, k: int, *, method: Method, seed: int, redraws: int = REDRAWS) -> list[float]:
    """Return for each segment the mean Jaccard similarity with its best match over bootstrap redraws (Hennig 2007).

    Each redraw draws the n customers with replacement, cuts them afresh and gives every customer the nearest
    new centre. Redraws with fewer than k different customers say nothing; without any other, 0.
    """
    draws = np.random.default_rng(seed)
    members = np.eye(k)[labels]
    found = []
    for draw in range(redraws):
        chosen = X[np.unique(draws.integers(0, len(X), len(X)))]
        if len(np.unique(chosen, axis=0)) < k:
            continue
        again = np.eye(k)[nearest(X, cutter(method, chosen, seed=draw, starts=1)(k).centres)[0]]
        both = members.T @ again
        either = members.sum(axis=0)[:, None] + again.sum(axis=0)[None, :] - both
        found.append(np.divide(both, either, out=np.zeros_like(both), where=either > 0).max(axis=1))
    return [float(value) for value in np.mean(found or [np.zeros(k)], axis=0)]


def grade(stability: float) -> Grade:
    """Return Hennig's bands in three: stable from 0.75, doubtful from 0.6, else unstable."""
    return "stable" if stability >= 0.75 else "doubtful" if stability >= 0.6 else "unstable"


def _segment_trust(ident: str, silhouettes: np.ndarray, margins: np.ndarray, stable: float) -> SegmentTrust:
    ranks = np.linspace(0, 1, PROFILE_POINTS)
    profile = np.quantile(silhouettes, 1 - ranks) if len(silhouettes) else np.zeros(PROFILE_POINTS)
    return SegmentTrust(
        id=ident,
        silhouette=float(silhouettes.mean()) if len(silhouettes) else 0.0,
        profile=tuple(float(value) for value in profile),
        stability=stable,
        border=float((margins < BORDER).mean()) if len(margins) else 0.0,
        grade=grade(stable),
    )
