"""The chart of segments traced across their number."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from segreport.alternatives import Group, Level
from segreport.charts.tracing import Block, Cut, Stage, Traced, Way
from segreport.palette import PLAIN
from segreport.report import Report
from segreport.wording import Wording, whole_percents

SHOWN = 0.02
SEVERAL = "Several segments"
Known = Mapping[str, tuple[str, str]]
"""Name and colour of every segment by id."""


def traces(report: Report, wording: Wording) -> Traced | None:
    """Return how the segments come about as their number rises; None where only one number could be looked at."""
    levels = report.alternatives.traces.levels
    if len(levels) < 2:
        return None
    known = {segment.id: (segment.name, segment.colour) for segment in report.segments}
    printed = {segment.id: segment.percent for segment in report.segments}
    chosen = next(i for i, level in enumerate(levels) if level.k == len(known))
    stages = tuple(
        _stage(level, following, known, _percents(level, printed), wording)
        for level, following in zip(levels, (*levels[1:], None), strict=True)
    )
    told = (
        f"{stage.k} segments: " + ", ".join(f"{block.name} {block.text}" for block in stage.blocks) for stage in stages
    )
    return Traced(
        key="traces",
        title=report.alternatives.finding,
        alt=f"{'; '.join(told)}. Chosen: {len(known)}.",
        note="A group has the colour of the segment in which most of its customers end; grey where no segment has most "
        f"of them. Ways of under {wording.percent(SHOWN)} of customers are not drawn.",
        stages=stages,
        chosen=chosen,
        ways=tuple(
            way for i in range(len(levels) - 1) for way in _ways(i, levels[i], stages[i : i + 2], guide=int(i < chosen))
        ),
        axis="Number of segments",
    )


def _percents(level: Level, printed: Mapping[str, int]) -> Sequence[int]:
    """Return the shares of a level as printed; those of the segments themselves as everywhere else."""
    groups = [group.segment for group in level.groups if group.segment is not None]
    if level.k == len(printed) == len(set(groups)):
        return [printed[ident] for ident in groups]
    return whole_percents([group.share for group in level.groups])


def _stage(level: Level, following: Level | None, known: Known, percents: Sequence[int], wording: Wording) -> Cut:
    names = [_known(group, known)[0] for group in following.groups] if following else []
    groups = zip(level.groups, percents, strict=True)
    return Cut(k=level.k, blocks=tuple(_block(group, percent, names, known, wording) for group, percent in groups))


def _block(group: Group, percent: int, following: Sequence[str], known: Known, wording: Wording) -> Block:
    name, colour = _known(group, known)
    flows = sorted(zip(group.flows, following, strict=True), key=lambda flow: -flow[0])
    goes = ", ".join(f"{to} {wording.percent(share)}" for share, to in flows if share >= SHOWN)
    return Block(name, colour, group.share, wording.whole(percent, group.share), goes)


def _known(group: Group, known: Known) -> tuple[str, str]:
    return (SEVERAL, PLAIN) if group.segment is None else known[group.segment]


def _ways(at: int, level: Level, sides: Sequence[Stage], *, guide: int) -> Iterator[Way]:
    """Yield the ways worth drawing from a level to the next, coloured like the blocks of the side `guide` (0 or 1).

    Those left out keep their room within the blocks.
    """
    flows = [group.flows for group in level.groups]
    for i, row in enumerate(flows):
        for j, share in enumerate(row):
            if share >= SHOWN:
                colours = sides[0].blocks[i].colour, sides[1].blocks[j].colour
                colour = colours[guide] if colours[guide] != PLAIN else colours[1 - guide]
                yield Way(at, i, j, share, sum(row[:j]), sum(other[j] for other in flows[:i]), colour)
