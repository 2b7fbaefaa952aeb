"""How far each segment can be relied on: its silhouette, its stability when customers are redrawn, its borders."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from segreport.choice import DOUBTFUL, FEWEST, STABLE, Choice, Structure, silhouette_samples
from segreport.methods import nearest
from segreport.redraws import Redraws
from segreport.segments import Fitted

Grade = Literal["stable", "doubtful", "unstable"]

SIZE = 3_000
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
class Trust:
    """Every segment's trust and the silhouette over all.

    `separation` holds the k x k distances between centres in standard deviations.
    """

    segments: tuple[SegmentTrust, ...]
    silhouette: float
    separation: tuple[tuple[float, ...], ...]


def examine(fitted: Fitted, redraws: Redraws) -> Trust:
    """Return how reliable the fitted segments are, measured on at most 3,000 customers of the sample."""
    model, k = fitted.model, len(fitted.model.ids)
    X, labels = fitted.X[:SIZE], fitted.labels[:SIZE]
    silhouettes = silhouette_samples(X, [labels])[0]
    margins = nearest(X, model.matrix)[1]
    stabilities = redraws.stability(fitted.labels, k)
    sizes = np.bincount(fitted.labels, minlength=k)
    segments = tuple(
        _segment_trust(ident, silhouettes[labels == j], margins[labels == j], float(stabilities[j]), int(sizes[j]))
        for j, ident in enumerate(model.ids)
    )
    centres = model.matrix
    separation = np.sqrt(((centres[:, None] - centres[None, :]) ** 2).sum(axis=2))
    rows = tuple(tuple(float(value) for value in row) for row in separation)
    return Trust(segments, float(silhouettes.mean()), rows)


def grade(stability: float, size: int) -> Grade:
    """Return Hennig's bands in three: stable from 0.75 (of ten customers or more), doubtful from 0.6, else unstable."""
    return "stable" if stability >= STABLE and size >= FEWEST else "doubtful" if stability >= DOUBTFUL else "unstable"


def structure_of(choice: Choice, trust: Trust) -> Structure:
    """Return the choice's verdict, or "none" where segments do not come back when customers are redrawn.

    That is where half of them or more do not, or some and none of the others is stable; fewer are named by a warning.
    """
    grades = [segment.grade for segment in trust.segments]
    shaky = grades.count("unstable")
    return "none" if 2 * shaky >= len(grades) or (shaky and "stable" not in grades) else choice.structure


def _segment_trust(ident: str, silhouettes: np.ndarray, margins: np.ndarray, stable: float, size: int) -> SegmentTrust:
    ranks = np.linspace(0, 1, PROFILE_POINTS)
    profile = np.quantile(silhouettes, 1 - ranks) if len(silhouettes) else np.zeros(PROFILE_POINTS)
    return SegmentTrust(
        id=ident,
        silhouette=float(silhouettes.mean()) if len(silhouettes) else 0.0,
        profile=tuple(float(value) for value in profile),
        stability=stable,
        border=float((margins < BORDER).mean()) if len(margins) else 0.0,
        grade=grade(stable, size),
    )
