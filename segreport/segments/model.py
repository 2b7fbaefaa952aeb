"""What a segment is: the inputs and how they are read, the recipe, and the centres."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from pydantic import TypeAdapter, ValidationError

from segreport.columns import Column, Columns
from segreport.drift import Baseline, baselines_of, fits
from segreport.errors import InputError
from segreport.features import Matrix, Recipe
from segreport.methods import WARD_SIZE, Labels, Method, cutter, nearest, refined
from segreport.settings import OrderSettings

SCHEMA = 2
FIT_SIZE: dict[Method, int] = {"kmeans": 200_000, "bisecting": 200_000, "ward": WARD_SIZE}
CENTRE_DIGITS = 6  # of a standard deviation: what model.json and segments.sql show is what is computed with


@dataclass(frozen=True)
class Model:
    """What a segment is: the inputs and how they are read, the recipe, and k centres of d encoded features with ids.

    `names` are what the segments are called, `period` is the month the model was fitted in, `until` the moment, in ISO
    form, that days were counted to, and `retired` are ids of segments that are no more: no segment gets them again.
    `ageing` are those inputs that are days counted to the as-of date already, `baselines` how the customers were
    spread that the model was fitted on, and `orders` how customers were made out of orders (None: rows were customers).
    """

    schema: int
    method: Method
    id: str
    inputs: tuple[Column, ...]
    recipe: Recipe
    ids: tuple[str, ...]
    centres: tuple[tuple[float, ...], ...]
    names: tuple[str, ...] = ()
    period: str = ""
    until: str = ""
    retired: tuple[str, ...] = ()
    ageing: tuple[str, ...] = ()
    baselines: tuple[Baseline, ...] = ()
    orders: OrderSettings | None = None

    @property
    def matrix(self) -> Matrix:
        """The centres, k x d."""
        return np.array(self.centres, dtype=np.float64)

    def to_json(self) -> bytes:
        """Return the model as JSON text, ready for model.json."""
        return TypeAdapter(Model).dump_json(self, indent=1)


def load_model(text: bytes, *, name: str = "model.json") -> Model:
    """Return the model of a model.json; raise InputError, which says the file's `name`, where it is none of ours."""
    try:
        model = TypeAdapter(Model).validate_json(text)
    except ValidationError as error:
        raise InputError(f"{name} is no model of segreport; name the model.json of a report's folder.") from error
    if model.schema == SCHEMA and not _fits_together(model):
        raise InputError(f"{name} is damaged: its parts do not fit together; make the report anew.")
    if model.schema != SCHEMA:
        age = "a newer" if model.schema > SCHEMA else "an older"
        raise InputError(f"{name} was written by {age} version of segreport; make the report anew with this one.")
    return model


def _fits_together(model: Model) -> bool:
    """Return whether a model that was read is whole: a file may have been edited, or cut short."""
    recipe, k = model.recipe, len(model.ids)
    widths = {len(centre) for centre in model.centres}
    numbers = [value for centre in model.centres for value in centre]
    numbers += [value for step in recipe.steps for value in vars(step).values() if isinstance(value, float)]
    return (
        _is_moment(model.until)
        and 0 < k == len(set(model.ids)) == len(model.names) == len(model.centres)
        and widths == {len(recipe.owners)} != {0}
        and all(map(math.isfinite, numbers))
        and all(re.fullmatch(r"s[1-9]\d*", ident) for ident in (*model.ids, *model.retired))
        and re.fullmatch(r"[1-9]\d{3}-(0[1-9]|1[0-2])", model.period) is not None
        and tuple(column.name for column in model.inputs) == recipe.columns
        and set(model.ageing) <= set(recipe.columns)
        and tuple(baseline.column for baseline in model.baselines) == recipe.columns
        and all(fits(*pair) for pair in zip(model.baselines, recipe.steps, strict=True))
    )


def _is_moment(text: str) -> bool:
    try:
        return dt.datetime.fromisoformat(text).tzinfo is None
    except ValueError:
        return False


@dataclass(frozen=True, eq=False)
class Fitted:
    """A model and the sample it was fitted on: `X` (n x d) with `labels` (n), in the order of the model's ids."""

    model: Model
    X: Matrix
    labels: Labels
    inertia: float


def cluster(
    X: Matrix,
    start: Matrix,
    columns: Columns,
    recipe: Recipe,
    *,
    method: Method,
    seed: int,
    orders: OrderSettings | None = None,
) -> Fitted:
    """Return the model of k segments, numbered s1 … sk from the largest to the smallest.

    k-means goes on from `start`, the k x d centres that were tried on fewer customers: what was judged is what is made.
    `orders` is how customers were made out of orders.

    Raises InputError where the id column's name is one that the assignments need.
    """
    if columns.id.casefold() in ("segment_id", "segment", "margin"):  # to engines, ID and id are one name
        raise InputError(f"the id column {columns.id!r} has a name that assignments.parquet needs; rename it.")
    fit = X[: FIT_SIZE[method]]
    k = len(start)
    partition = refined(fit, start) if method == "kmeans" else cutter(method, fit, seed=seed)(k)
    order = np.argsort(-np.bincount(partition.labels, minlength=k), kind="stable")
    centres = partition.centres[order].round(CENTRE_DIGITS) + 0.0
    labels = np.argsort(order)[partition.labels]
    if method == "kmeans" or len(fit) < columns.customers:  # a tree's own labels need a tree of everyone
        labels = nearest(X, centres)[0]
    named = {column.name: column for column in columns.all}
    model = Model(
        schema=SCHEMA,
        method=method,
        id=columns.id,
        inputs=tuple(named[name] for name in recipe.columns),
        recipe=recipe,
        ids=tuple(f"s{j + 1}" for j in range(k)),
        centres=tuple(tuple(float(value) for value in centre) for centre in centres),
        ageing=tuple(name for name in recipe.columns if name in columns.ageing),
        baselines=baselines_of(recipe, X),
        orders=orders,
    )
    return Fitted(model, X, labels, _inertia(X, labels, centres))


def applied(model: Model, X: Matrix) -> Fitted:
    """Return a model as it is, on other customers than those it was fitted on (X, n x d, by its own recipe)."""
    labels = nearest(X, model.matrix)[0]
    return Fitted(model, X, labels, _inertia(X, labels, model.matrix))


def only(model: Model, ids: Sequence[str]) -> Model:
    """Return the model with these segments alone; the others are retired."""
    kept = [place for place, ident in enumerate(model.ids) if ident in ids]
    return replace(
        model,
        ids=tuple(model.ids[place] for place in kept),
        names=tuple(model.names[place] for place in kept),
        centres=tuple(model.centres[place] for place in kept),
        retired=(*model.retired, *(ident for ident in model.ids if ident not in ids)),
    )


def with_ids(fitted: Fitted, ids: Sequence[str], order: Sequence[str]) -> Fitted:
    """Return the same segments under other ids (`ids`, in the model's order), put into the `order` of those."""
    places = [list(ids).index(ident) for ident in order]
    centres = tuple(fitted.model.centres[place] for place in places)
    model = replace(fitted.model, ids=tuple(order), centres=centres)
    return replace(fitted, model=model, labels=np.argsort(places)[fitted.labels])


def agreement(fitted: Fitted) -> float:
    """Return the share (0 to 1) of the sample whose label is the nearest centre: what segments.sql reproduces."""
    return float((nearest(fitted.X, fitted.model.matrix)[0] == fitted.labels).mean())


def _inertia(X: Matrix, labels: Labels, centres: Matrix) -> float:
    return float(((X - centres[labels]) ** 2).sum())
