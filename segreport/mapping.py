"""The segment map: customers on the two directions in which they differ most, counted into small squares."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from segreport.columns import Columns
from segreport.features import Matrix, Recipe
from segreport.segments import Fitted

MOST = 5_000
GRID = 48


@dataclass(frozen=True)
class MapCell:
    """How many sampled customers of one segment fall into one small square of the map; never a customer's own row."""

    x: float
    y: float
    segment: str
    count: int


@dataclass(frozen=True)
class SegmentMap:
    """Customers on two principal components: cells, axis titles in words, share of the spread each explains (0 to 1).

    `centres` gives each segment's middle on the map (segment id -> x, y).
    """

    cells: tuple[MapCell, ...]
    centres: dict[str, tuple[float, float]]
    axes: tuple[str, str]
    explained: tuple[float, float]


def draw_map(fitted: Fitted, columns: Columns) -> SegmentMap:
    """Return the customers on two principal components (Pearson 1901), counted into small squares."""
    X, labels, recipe = fitted.X[:MOST], fitted.labels[:MOST], fitted.model.recipe
    centred = X - fitted.X.mean(axis=0)
    _, sizes, loadings = np.linalg.svd(centred, full_matrices=False)
    loadings = loadings[:2] * np.where(np.abs(loadings[:2]).max(axis=1) == loadings[:2].max(axis=1), 1, -1)[:, None]
    points = centred @ loadings.T
    if points.shape[1] == 1:
        points = np.column_stack([points, np.zeros(len(points))])
    low, high = points.min(axis=0), points.max(axis=0)
    size = np.where(high > low, (high - low) / GRID, 1.0)
    squares = np.floor((points - low) / size).astype(int)
    counted, counts = np.unique(np.column_stack([squares, labels]), axis=0, return_counts=True)
    cells = tuple(
        MapCell(
            _short(low[0] + (x + 0.5) * size[0]), _short(low[1] + (y + 0.5) * size[1]), fitted.model.ids[j], int(count)
        )
        for (x, y, j), count in zip(counted, counts, strict=True)
    )
    centres = {
        ident: (_short(points[labels == j, 0].mean()), _short(points[labels == j, 1].mean()))
        for j, ident in enumerate(fitted.model.ids)
        if (labels == j).any()
    }
    labelled = {column.name: column.label for column in columns.all}
    axes = [_axis(loading, recipe, labelled) for loading in loadings]
    share = sizes**2 / max(float((sizes**2).sum()), 1e-12)
    first, second = [*axes, "nothing more"][:2], [*share, 0.0][:2]
    return SegmentMap(cells, centres, (first[0], first[1]), (float(second[0]), float(second[1])))


def _axis(loading: Matrix, recipe: Recipe, labels: dict[str, str]) -> str:
    """Return an axis in words: the columns that load on it most, and in which direction."""
    order = np.argsort(-np.abs(loading), kind="stable")[:2]
    strong = [i for i in order if abs(loading[i]) >= 0.5 * abs(loading[order[0]])]
    said = [f"{'more' if loading[i] > 0 else 'less'} {labels[recipe.owners[i]]}" for i in strong]
    return " and ".join(dict.fromkeys(said))


def _short(value: float) -> float:
    return float(f"{float(value):.4g}")
