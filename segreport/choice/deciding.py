"""Which k to take, and why in one sentence: out of scores alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from segreport.choice.scores import Score
from segreport.settings import SegmentSettings
from segreport.wording import Wording

Structure = Literal["natural", "created", "none"]

LARGEST_SHARE = 0.95
NEAR = 0.03
NEAR_IF_FIRM = 0.10
BEYOND_CHANCE = 0.02
FAR_BEYOND_CHANCE = 0.10
FIRM = 0.85
NOTHING = 1e-6
STABLE = 0.75
DOUBTFUL = 0.6
USEFUL = (3, 8)
"""Fewer segments are of little use to marketing, more are hard to keep apart."""
NUMBERS = {2: "Two", 3: "Three", 4: "Four", 5: "Five", 6: "Six", 7: "Seven", 8: "Eight", 9: "Nine", 10: "Ten"}


@dataclass(frozen=True)
class Choice:
    """The k chosen, by which rule, and why, in one plain sentence.

    `elbow` is where the inertia curve bends (None: nowhere clearly). `skipped` names candidates that scored
    higher but were too unbalanced. `structure` says whether groups stand out ("natural") or the segments are slices
    of a continuum ("created"), or are not even reproducible ("none"). `groups` is how many groups customers form where
    the segments do not follow them, `kinds` whether the customers of each segment are all alike, `finer` a larger
    number of segments that all come back too (None: there is none).
    """

    k: int
    chosen_by: str
    reason: str
    scores: tuple[Score, ...]
    elbow: int | None
    structure: Structure
    skipped: tuple[int, ...] = ()
    groups: int | None = None
    kinds: bool = False
    finer: int | None = None


def decide(scores: Sequence[Score], elbow: int | None, settings: SegmentSettings, wording: Wording) -> Choice:
    """Return the choice these scores lead to, by the rule that was asked for; no data needed."""
    balanced = [score for score in scores if is_balanced(score, settings.min_share)]
    pool = balanced or [score for score in scores if score.largest_share <= LARGEST_SHARE] or list(scores)
    if settings.k is not None:
        best, by = next(score for score in scores if score.k == settings.k), "you"
        reason = f"{_segments(settings.k)} were asked for; the number was not chosen from the data."
    elif settings.choose_by == "elbow" and elbow in {score.k for score in pool}:
        best, by = next(score for score in pool if score.k == elbow), "elbow"
        reason = (
            f"{_segments(best.k)}: beyond that, another segment makes customers within a segment little more alike."
        )
    elif settings.choose_by == "consensus":
        (best, reason), by = _by_consensus(pool, elbow), "consensus"
    else:
        best, by = best_by_silhouette(pool), "silhouette"
        reason = _silhouette_reason(best, pool, wording)
        if settings.choose_by == "elbow":
            reason = f"The curve has no usable elbow, so separation decided. {reason}"
    skipped = _skipped(best, scores, pool, by)
    if by != "you":
        reason += _on_balance(best, scores, skipped, balanced, wording)
    structure: Structure = "natural" if is_natural(best, pool) else "created"
    clear = most_apart(pool)
    return Choice(
        k=best.k,
        chosen_by=by,
        reason=reason,
        scores=tuple(scores),
        elbow=elbow,
        structure=structure,
        skipped=skipped,
        groups=clear.k if structure == "created" and is_natural(clear, pool) else None,
        kinds=best.inertia < NOTHING,
        finer=_finer(best, pool, structure),
    )


def is_natural(score: Score, pool: Sequence[Score]) -> bool:
    """Whether this cut shows groups that exist: the highest silhouette beats chance, and this one does, with gaps.

    Gaps are hard to show between few customers: a silhouette 0.10 above every look-alike's will do for them. Groups
    of which one does not come back when customers are redrawn (0.6) are none.
    """
    whole = score.apart or score.margin >= FAR_BEYOND_CHANCE
    return stands_out(pool) and whole and score.margin >= BEYOND_CHANCE and score.stability >= DOUBTFUL


def stands_out(pool: Sequence[Score]) -> bool:
    """Whether the highest silhouette beats those of all look-alikes, whatever the k, by 0.02."""
    highest = max(score.silhouette for score in pool)
    by_chance = max(score.silhouette - score.margin for score in pool)
    return highest > by_chance + BEYOND_CHANCE


def is_balanced(score: Score, min_share: float) -> bool:
    """Whether no segment is under the minimum share and none over 95% of customers."""
    return score.smallest_share >= min_share and score.largest_share <= LARGEST_SHARE


def best_by_silhouette(scores: Sequence[Score]) -> Score:
    """Return the score with the highest silhouette; ties go to the smaller k."""
    return max(scores, key=lambda score: (score.silhouette, -score.k))


def most_apart(pool: Sequence[Score]) -> Score:
    """Return the largest k whose neighbours are all apart, with an excess over chance within 0.03 of the best.

    Where every segment is also highly stable (0.85, Hennig 2007), within 0.10; one as stable that beats all look-alikes
    by 0.10 needs no gaps. Those of which some segment does not come back (0.6) stand back. Without any, the best
    excess; ties go to the smaller k.
    """
    best = max(pool, key=lambda score: (score.excess, -score.k))
    whole = [score for score in pool if _is_whole(score, best)]
    firm = [score for score in whole if score.stability >= DOUBTFUL]
    return max(firm or whole or [best], key=lambda score: score.k)


def _is_whole(score: Score, best: Score) -> bool:
    short = best.excess - score.excess
    if score.stability < FIRM:
        return score.apart and short <= NEAR
    return (score.apart and short <= NEAR_IF_FIRM) or (score.margin >= FAR_BEYOND_CHANCE and short <= NEAR)


def most_useful(pool: Sequence[Score], elbow: int | None) -> Score:
    """Return the largest k from 3 to 8 whose segments all come back (0.75), else two that do, else what does best.

    Best are those from 3 to 8 within 0.02 of the most stable; among them the elbow goes first, then the smaller k.
    """
    useful = [score for score in pool if USEFUL[0] <= score.k <= USEFUL[1]] or list(pool)
    stable = [score for score in useful if score.stability >= STABLE]
    stable = stable or [score for score in pool if score.k < USEFUL[0] and score.stability >= STABLE]
    if stable:
        return max(stable, key=lambda score: score.k)
    best = max(score.stability for score in useful)
    equal = [score for score in useful if score.stability >= best - 0.02]
    return min(equal, key=lambda score: (score.k != elbow, score.k))


def _by_consensus(pool: Sequence[Score], elbow: int | None) -> tuple[Score, str]:
    """Return the k that groups have, where they stand out, else the one that is of most use; and why."""
    same = [score for score in pool if score.inertia < NOTHING]
    if same:
        kind = min(same, key=lambda score: score.k)
        return kind, f"{_segments(kind.k)}: in the columns used, customers are of only {_number(kind.k)} kinds."
    found = most_apart(pool)
    if is_natural(found, pool):
        return found, f"{_segments(found.k)}: customers form groups that chance would not give, and {_whole(found)}."
    made = most_useful(pool, elbow)
    if len(pool) == 1:
        return made, f"{_segments(made.k)}: no other number could be tried."
    tried = f"{min(score.k for score in pool)} to {max(score.k for score in pool)}"
    why = f"None of the numbers from {tried} shows groups that exist by themselves, so it was chosen for use"
    if made.stability >= STABLE:
        most = f"{_segments(made.k).lower()} are the most, up to {USEFUL[1]}, that all come back when redrawn"
        return made, f"{why}: {most}." if made.k <= USEFUL[1] else f"{why}: all of them come back."
    return made, (
        f"{why}: no number comes back in full when customers are redrawn; "
        f"with {_segments(made.k).lower()} the shakiest comes back best."
    )


def _whole(found: Score) -> str:
    if found.apart:
        return "this is the finest division that keeps a gap between every two neighbours"
    if found.stability >= FIRM:
        return "this is the finest division of them that is sure to come back when customers are redrawn"
    return "this division is the clearest of them, far clearer than any that chance gave"


def _finer(best: Score, pool: Sequence[Score], structure: Structure) -> int | None:
    """Return the largest k up to 8, over the chosen one, whose segments all come back, too."""
    if best.stability < STABLE or (structure == "natural" and not best.apart):
        return None
    found = [score.k for score in pool if best.k < score.k <= USEFUL[1] and score.stability >= STABLE]
    return max(found, default=None)


def _skipped(best: Score, scores: Sequence[Score], pool: Sequence[Score], by: str) -> tuple[int, ...]:
    """Return the candidates that the rule would rather have had, were they not too unbalanced."""
    if by == "silhouette":
        return tuple(score.k for score in scores if score not in pool and score.silhouette > best.silhouette)
    if by == "consensus":
        return tuple(score.k for score in scores if score not in pool and score.excess > best.excess and score.apart)
    return ()


def _on_balance(
    best: Score, scores: Sequence[Score], skipped: Sequence[int], balanced: Sequence[Score], wording: Wording
) -> str:
    """Return what the balance of the segments had to do with it; nothing where it had nothing."""
    if not balanced:
        return " No number of segments was balanced, so the best of the unbalanced ones was taken."
    top = max((score for score in scores if score.k in skipped), key=lambda s: (s.silhouette, -s.k), default=None)
    if top is None or top.silhouette <= best.silhouette:
        return ""
    return (
        f" {_segments(top.k)} would separate more clearly ({wording.fixed(top.silhouette, 2)}) but leave one with "
        f"{wording.percent(top.smallest_share)} of customers and one with {wording.percent(top.largest_share)}."
    )


def _silhouette_reason(best: Score, pool: Sequence[Score], wording: Wording) -> str:
    rivals = [score for score in pool if score.k != best.k]
    if not rivals:
        return f"{_segments(best.k)} is the only number that could be tried."
    second = best_by_silhouette(rivals)
    return (
        f"{_segments(best.k)} set customers apart most clearly: silhouette {wording.fixed(best.silhouette, 2)} "
        f"(1 is perfect, 0 is none), against {wording.fixed(second.silhouette, 2)} for the next best, {second.k}."
    )


def _number(k: int) -> str:
    return NUMBERS.get(k, str(k)).lower()


def _segments(k: int) -> str:
    return f"{NUMBERS.get(k, str(k))} segments"
