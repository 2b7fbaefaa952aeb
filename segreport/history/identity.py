"""Which segment is which: old segments found again in a new model, what became of the others, ids and colours for life.

And whether there has to be a new model at all.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Literal

import numpy as np
import numpy.typing as npt

from segreport.alternatives.matching import HOME, Counts, come_apart, shares_of
from segreport.drift import MOST, Drift
from segreport.features import Matrix
from segreport.history.movement import Event
from segreport.methods import nearest, refined
from segreport.palette import PALETTE
from segreport.wording import Wording

SAME = 0.3
"""From this Jaccard similarity on a segment is the same one; Greene, Doyle and Cunningham (2010) track communities so.

Of two equally large segments it is 46 % of the customers, of a segment that grew or shrank 30 %.
"""
NEAR = 0.01  # of the score is distance: it decides where overlaps are as good as equal, and nowhere else
CLEARLY = 0.5  # times as far as any other: without common customers, only that near is the same segment
BETTER = 0.10
"""From this saving on a new fit explains customers clearly better.

Measured on seven real tables (200 to 6,000 customers, 2 to 17 columns): k-means with 2 to 8 segments was fitted on one
half and `explains_better` asked about the other. An unchanged population passes it 5 times in 300, all of them with 100
customers, and saves 0.6 % on average; where one segment moves by a standard deviation in every column, 88 % pass it.
Measured on the very customers they were fitted on, centres would save up to 32 % by chance, and 71 of 300 pass.
"""
ENOUGH = 20_000  # customers: it takes a tenth of a second, and more would say the same
SEVERAL = 3  # columns are named; the others are counted
Kind = Literal["born", "gone", "split", "merged"]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Fate:
    """What became of old segments (`ids`) in a new model: `into` are the places of the new ones (see Event)."""

    kind: Kind
    ids: tuple[str, ...]
    into: tuple[int, ...]


@dataclass(frozen=True)
class Matched:
    """The old id of every new segment, None for newborns, and what became of those that are not simply the same.

    Every newborn and every old segment that is no more is told once; one that lives on may have lost a part and taken
    in another.
    """

    ids: tuple[str | None, ...]
    fates: tuple[Fate, ...]

    def told(self, ids: Sequence[str]) -> tuple[Event, ...]:
        """Return what became of the segments, new ones under these ids (as `renew_ids` gives them)."""
        return tuple(Event(fate.kind, fate.ids, tuple(ids[j] for j in fate.into)) for fate in self.fates)


def match_segments(
    old: Sequence[str], overlap: Counts, distance: Matrix | None = None, lost: Counts | None = None
) -> Matched:
    """Return which of the old segments each new one is; `overlap` and `distance` are old k x new k.

    `lost` counts the customers of each old segment who are gone: what is left of one that lost most of them neither
    comes apart nor joins another.

    Pairs are chosen by Jaccard similarity of their customers (Kuhn 1955), distance deciding between equals, and taken
    only where it is the same segment: from SAME on, or as the largest part of one that comes apart or of a merger.
    Where no customer is common to both, a pair must be clearly nearest both ways.
    """
    from scipy.optimize import linear_sum_assignment

    if overlap.any():
        score = _alike(overlap)
        if distance is not None:
            score = score * (1 + NEAR * (1 - distance / max(distance.max(), 1e-12)))
    else:
        score = np.zeros(overlap.shape) if distance is None else _clearly_nearest(distance).astype(float)
    pairs = zip(*linear_sum_assignment(-score), strict=True)
    places = {int(i): int(j) for i, j in pairs if score[i, j] > 0}
    gone = np.zeros(len(old)) if lost is None else lost
    return Matched(_by_place(old, places, overlap.shape[1]), tuple(_fates(old, overlap, places, gone)))


def renew_ids(matched: Matched, used: Iterable[str]) -> tuple[str, ...]:
    """Return the id of every new segment; newborns get the next numbers that no segment ever had (`used`)."""
    told = (ident for fate in matched.fates for ident in fate.ids)
    taken = {*used, *told, *(ident for ident in matched.ids if ident)}
    following = count(1 + max((int(ident[1:]) for ident in taken if ident[1:].isdecimal()), default=0))
    return tuple(ident or f"s{next(following)}" for ident in matched.ids)


def order_of(ids: Sequence[str], last: Sequence[str]) -> tuple[str, ...]:
    """Return the ids in the order of `last` month's report, newborns after, in their own order (largest first)."""
    living = [ident for ident in last if ident in ids]
    return (*living, *(ident for ident in ids if ident not in last))


def colours_of(ids: Sequence[str], known: Mapping[str, str], worn: Iterable[str]) -> dict[str, str]:
    """Return every segment's colour: the `known` one for life, else the first of the palette that nobody wears.

    `worn` are colours of segments that died just now: they rest a month, unless no other is left.
    """
    colours = {ident: known[ident] for ident in ids if ident in known}
    resting = set(worn)
    for ident in ids:
        if ident not in colours:
            free = [colour for colour in PALETTE if colour not in colours.values()]
            colours[ident] = next((colour for colour in free if colour not in resting), (free or PALETTE)[0])
    return {ident: colours[ident] for ident in ids}


def explains_better(X: Matrix, centres: Matrix) -> tuple[float, Matrix]:
    """Return the share (0 to 1) of the squared distance that k-means going on from these k x d centres saves on X.

    It is measured on customers held back: each half of X with the centres that the other half gives. Fitted and
    measured on the same customers, k-means always saves something. The centres returned are those that all give.
    Rows of X are in random order; the first ENOUGH are looked at. Centres of another method than k-means are no fair
    start: k-means does better on the very customers they were made of.
    """
    sample = X[:ENOUGH]
    halves = sample[::2], sample[1::2]
    if any(len(np.unique(half, axis=0)) < len(centres) for half in halves):
        return 0.0, centres
    before = _inertia(sample, centres)
    after = sum(_inertia(half, refined(other, centres).centres) for half, other in (halves, halves[::-1]))
    return max(0.0, 1 - after / before) if before else 0.0, refined(sample, centres).centres


def decide(
    mode: Literal["keep", "refit", "auto"],
    drifts: Sequence[Drift],
    better: float | None,
    columns: Mapping[str, str],
    since: str,
    wording: Wording,
    *,
    timed: Collection[str] = (),
) -> tuple[bool, str]:
    """Return whether last month's model is kept, and why, in one sentence.

    `better` is what `explains_better` gives (None: not asked), `columns` are the columns' labels, and `since` is the
    period the model was fitted in. Of the `timed` columns, which count days, all values grow as the months pass: their
    drift speaks against a model only where a new fit would be better by half of BETTER, too.
    """
    then = wording.month(since)
    if better is not None and better < BETTER / 2:
        drifts = [drift for drift in drifts if drift.column not in timed]
    against = _against(drifts, better, columns, "then" if mode == "keep" else then, wording)
    kept = f"Kept as fitted in {then}"
    if mode == "refit":
        return False, "Fitted anew, as asked for."
    if mode == "keep":
        return True, f"{kept}, as asked for, although {against}." if against else f"{kept}, as asked for."
    if against:
        return False, f"Fitted anew: {against}."
    largest = max((drift.psi for drift in drifts), default=0)
    spread = f"customers spread {'as' if largest < MOST / 2 else 'much as'} they did then"
    much = "hardly do" if better is not None and better < BETTER / 2 else "do only a little"
    fit = "" if better is None else f", and a new fit would {much} better"
    return True, f"{kept}: {spread}{fit}."


def _alike(overlap: Counts) -> Counts:
    """Return the Jaccard similarity (0 to 1) of each old and new segment, 0 where they are not the same."""
    either = overlap.sum(axis=1, keepdims=True) + overlap.sum(axis=0) - overlap
    jaccard = overlap / np.maximum(either, 1)
    same = (jaccard >= SAME) | _pieces(overlap) | _pieces(overlap.T).T
    alike: Counts = np.where(same, jaccard, 0)
    return alike


def _pieces(overlap: Counts) -> Mask:
    """Return which columns are pieces of a row that comes apart: most of their customers come from it."""
    pieces: Mask = shares_of(overlap.T).T > HOME
    apart = np.zeros(len(overlap), dtype=bool)
    apart[come_apart(overlap)] = True
    return pieces & apart[:, None]


def _clearly_nearest(distance: Matrix) -> Mask:
    return _leading(distance) & _leading(distance.T).T


def _leading(distance: Matrix) -> Mask:
    """Return where a row's smallest distance is, if every other is clearly larger."""
    ordered = np.sort(distance, axis=1)
    second = ordered[:, 1:2] if distance.shape[1] > 1 else np.full((len(distance), 1), np.inf)
    leading: Mask = distance < CLEARLY * second
    return leading


def _by_place(old: Sequence[str], places: Mapping[int, int], k: int) -> tuple[str | None, ...]:
    found = {j: old[i] for i, j in places.items()}
    return tuple(found.get(j) for j in range(k))


def _fates(old: Sequence[str], overlap: Counts, places: Mapping[int, int], lost: Counts) -> Iterator[Fate]:
    """Tell splits, mergers, births and deaths, in this order; a newborn in a split is told in no merger."""
    here = overlap.sum(axis=1)
    homes = overlap / np.maximum(here + lost, 1)[:, None] > HOME
    dead = [i for i in range(len(old)) if i not in places]
    newborn = [j for j in range(overlap.shape[1]) if j not in places.values()]
    for i in (row for row in come_apart(overlap) if here[row] >= lost[row]):
        parts = [j for j in newborn if shares_of(overlap.T)[j, i] > HOME]
        into = [places[i], *parts] if i in places else parts
        if parts and len(into) > 1:
            yield Fate("split", (old[i],), tuple(into))
            newborn = [j for j in newborn if j not in parts]
            dead = [other for other in dead if other != i]
    survivors = {j: i for i, j in places.items()}
    for j in range(overlap.shape[1]):
        joining = [i for i in dead if homes[i, j]]
        group = sorted([survivors[j], *joining] if j in survivors else joining)
        if joining and len(group) > 1 and (j in survivors or j in newborn):
            yield Fate("merged", tuple(old[i] for i in group), (j,))
            dead = [i for i in dead if i not in joining]
            newborn = [other for other in newborn if other != j]
    yield from (Fate("born", (), (j,)) for j in newborn)
    yield from (Fate("gone", (old[i],), ()) for i in dead)


def _inertia(X: Matrix, centres: Matrix) -> float:
    return float(((X - centres[nearest(X, centres)[0]]) ** 2).sum())


def _against(
    drifts: Sequence[Drift], better: float | None, columns: Mapping[str, str], than: str, wording: Wording
) -> str:
    """Return what speaks against last month's model, as a clause; "" where nothing does."""
    far = sorted((drift for drift in drifts if drift.psi > MOST), key=lambda drift: -drift.psi)
    if far:
        names = [columns.get(drift.column, drift.column) for drift in far[:SEVERAL]]
        if len(far) > SEVERAL:
            others = len(far) - SEVERAL
            names.append(f"{wording.count(others)} more column{'s' if others > 1 else ''}")
        verb, upto = ("is", "") if len(far) == 1 else ("are", "up to ")
        psi, limit = wording.number(far[0].psi), wording.number(MOST)
        return f"{wording.listing(names)} {verb} spread differently from {than} (drift {upto}{psi}, limit {limit})"
    if better is not None and better >= BETTER:
        saved, limit = wording.percent(better), wording.percent(BETTER)
        less = f"squared distance to the middle of their segment {saved} less, limit {limit}"
        return f"a new fit describes customers better ({less})"
    return ""
