"""The chart of who moved from which segment to which since last month."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from segreport.charts.kinds import Cell, Quantity
from segreport.charts.make.named import both_months, customers
from segreport.charts.tracing import Block, Moved, Stage, Way
from segreport.history import LOST, NEW, RETURNED, Flow, Movement
from segreport.palette import PLAIN
from segreport.report import Report
from segreport.wording import Wording

SHOWN = 0.005
"""Moves of a smaller share of all moves are drawn only where they are among the largest; those are this thick."""
LARGEST = 5
ROOM = 0.115
"""The least room of a block, as a share of all moves: two lines of words."""
OUTSIDE = {NEW: "New customers", RETURNED: "Came back", LOST: "Gone"}


def movement(report: Report, wording: Wording) -> Moved | None:
    """Return who moved where; None without last month's customers, and where nobody moved."""
    told = report.movement
    moves = () if told is None else tuple(f for f in told.flows if f.source != f.target and f.customers > 0)
    if told is None or not moves:
        return None
    picture = _Picture.of(report, told, moves)
    stayed = sum(f.customers for f in told.flows if f.source == f.target)
    return Moved(
        key="movement",
        title=_moved_title(moves, picture.names, told, wording),
        alt=_moved_alt(moves, stayed, picture.names, told, wording),
        note=_moved_note(picture, stayed, told, wording),
        stages=picture.stages(told, wording),
        ways=picture.ways,
        least=ROOM,
        heads=(f"In {wording.month(told.since)}", f"In {wording.month(report.period)}"),
        rows=_moved_rows(told, picture.names),
    )


@dataclass(frozen=True)
class _Picture:
    """Which moves are drawn and how thick, between which ids on the left and on the right."""

    names: Mapping[str, str]
    colours: Mapping[str, str]
    left: tuple[str, ...]
    right: tuple[str, ...]
    moves: tuple[Flow, ...]
    drawn: tuple[Flow, ...]
    total: int

    @classmethod
    def of(cls, report: Report, told: Movement, moves: tuple[Flow, ...]) -> _Picture:
        total = sum(flow.customers for flow in moves)
        largest = sorted(filter(_inside, moves), key=lambda flow: -flow.customers)[:LARGEST]
        now, then = ([s.id for s in segments] for segments in (report.segments, told.before))
        lasting = [ident for ident in now if ident in then]
        known = both_months(report, told)
        outside = {ident for flow in moves for ident in (flow.source, flow.target)} - set(known)
        return cls(
            names=OUTSIDE | {ident: name for ident, (name, _) in known.items()},
            colours=dict.fromkeys(OUTSIDE, PLAIN) | {ident: colour for ident, (_, colour) in known.items()},
            left=(*lasting, *(i for i in then if i not in now), *_in_order(outside - {LOST})),
            right=(*lasting, *(i for i in now if i not in then), *_in_order(outside & {LOST})),
            moves=moves,
            drawn=tuple(flow for flow in moves if flow.customers >= SHOWN * total or flow in largest),
            total=total,
        )

    def thick(self, flow: Flow) -> float:
        """Return how thick a move is, as a share of all."""
        share = flow.customers / self.total
        return max(share, SHOWN) if flow in self.drawn else share

    def leaving(self, ident: str) -> list[Flow]:
        """Return the moves out of a block, in the order of where they go."""
        return sorted((f for f in self.moves if f.source == ident), key=lambda f: self.right.index(f.target))

    def arriving(self, ident: str) -> list[Flow]:
        """Return the moves into a block, in the order of where they come from."""
        return sorted((f for f in self.moves if f.target == ident), key=lambda f: self.left.index(f.source))

    @property
    def ways(self) -> tuple[Way, ...]:
        """The moves that are drawn; those left out keep their room within the blocks."""
        above = {(flow, side): at for side, at, flow in self._edges()}
        return tuple(
            Way(
                stage=0,
                source=self.left.index(flow.source),
                target=self.right.index(flow.target),
                share=self.thick(flow),
                leave=above[flow, 0],
                arrive=above[flow, 1],
                colour=self.colours[flow.source] if _inside(flow) else PLAIN,
            )
            for flow in self.drawn
        )

    def _edges(self) -> list[tuple[int, float, Flow]]:
        """Return what lies above every move within its block, on the left (0) and on the right (1)."""
        stacks = [(0, self.leaving(ident)) for ident in self.left] + [(1, self.arriving(ident)) for ident in self.right]
        return [
            (side, at, flow)
            for side, flows in stacks
            for at, flow in zip(accumulate(map(self.thick, flows), initial=0.0), flows, strict=False)
        ]

    def stages(self, told: Movement, wording: Wording) -> tuple[Stage, Stage]:
        """Return both columns of blocks, as tall as what leaves them and what comes to them."""
        then, now = _sizes(told)
        left = tuple(
            self._block(ident, [(f, f.target) for f in self.leaving(ident)], then.get(ident), "went", wording)
            for ident in self.left
        )
        right = tuple(
            self._block(ident, [(f, f.source) for f in self.arriving(ident)], now.get(ident), "came", wording)
            for ident in self.right
        )
        return Stage(blocks=left), Stage(blocks=right)

    def _block(
        self, ident: str, flows: Sequence[tuple[Flow, str]], size: int | None, did: str, wording: Wording
    ) -> Block:
        """Return a block of the flows and where each goes to or comes from."""
        said = wording.count(sum(flow.customers for flow, _ in flows))
        ends = ", ".join(
            f"{self.names[end]} {wording.count(flow.customers)}"
            for flow, end in sorted(flows, key=lambda pair: -pair[0].customers)
        )
        return Block(
            name=self.names[ident],
            colour=self.colours[ident],
            share=sum(self.thick(flow) for flow, _ in flows),
            room=max(ROOM, *(sum(map(self.thick, side(ident))) for side in (self.leaving, self.arriving))),
            text=said if ident in OUTSIDE else f"{said} of {wording.count(size or 0)} {did}",
            goes=ends,
        )


def _inside(flow: Flow) -> bool:
    return flow.source not in OUTSIDE and flow.target not in OUTSIDE


def _in_order(idents: set[str]) -> list[str]:
    return [ident for ident in OUTSIDE if ident in idents]


def _sizes(told: Movement) -> tuple[dict[str, int], dict[str, int]]:
    """Return the customers of every segment then and now, as the flows add them up."""
    then, now = dict.fromkeys((s.id for s in told.before), 0), dict[str, int]()
    for flow in told.flows:
        then[flow.source] = then.get(flow.source, 0) + flow.customers
        now[flow.target] = now.get(flow.target, 0) + flow.customers
    return then, now


def _moved_title(moves: Sequence[Flow], names: Mapping[str, str], told: Movement, wording: Wording) -> str:
    """Say the largest move, between segments of both months where there is one."""
    since = f"since {wording.month(told.since)}"
    inside = [flow for flow in moves if _inside(flow)]
    if not inside:
        return f"No customer changed segment {since}"
    lasting = {c.id for c in told.changes if c.before and c.after}
    both = [flow for flow in inside if {flow.source, flow.target} <= lasting]
    most = max(both or inside, key=lambda flow: flow.customers)
    return f"{customers(most.customers, wording)} moved from {names[most.source]} to {names[most.target]} {since}"


def _moved_alt(moves: Sequence[Flow], stayed: int, names: Mapping[str, str], told: Movement, wording: Wording) -> str:
    """Name the six largest moves: all of them stand in the table."""
    largest = sorted(filter(_inside, moves), key=lambda flow: -flow.customers)[:6]
    words = [f"{wording.count(f.customers)} from {names[f.source]} to {names[f.target]}" for f in largest]
    sums = {end: sum(f.customers for f in moves if end in (f.source, f.target)) for end in OUTSIDE}
    others = [f"{OUTSIDE[end].lower()} {wording.count(sums[end])}" for end in OUTSIDE if sums[end]]
    head = f"The largest moves since {wording.month(told.since)}: {'; '.join(words)}. " if words else ""
    tail = f"{'; '.join(others)}. ".capitalize() if others else ""
    return f"{head}{tail}{customers(stayed, wording)} stayed in their segment."


def _moved_note(picture: _Picture, stayed: int, told: Movement, wording: Wording) -> str:
    """Say what is drawn and what is not, and that a new model moves customers, too."""
    words = [
        f"Drawn are the {customers(picture.total, wording)} who moved, came or went; the "
        f"{wording.count(stayed)} who stayed in their segment are not."
    ]
    hidden = [flow.customers for flow in picture.moves if flow not in picture.drawn]
    thin = any(flow.customers < SHOWN * picture.total for flow in picture.drawn)
    if hidden:
        but = ", but for the largest between segments, which are drawn thicker than they are" if thin else ""
        words.append(
            f"Left out are ways of fewer than {wording.count(max(hidden) + 1)} customers{but}; the table has all."
        )
    elif thin:
        words.append("The thinnest ways are drawn thicker than they are.")
    if not told.decision.kept:
        words.append("The segments were made anew this month, which moves customers who did nothing.")
    return " ".join(words)


def _moved_rows(told: Movement, names: Mapping[str, str]) -> tuple[tuple[Cell, ...], ...]:
    """Return every move and who stayed, those from one segment together, the largest first."""
    then, _ = _sizes(told)
    order = {ident: i for i, ident in enumerate(then)}
    flows = sorted(
        (f for f in told.flows if f.customers), key=lambda f: (f.source in OUTSIDE, order[f.source], -f.customers)
    )
    return tuple(
        (
            names[f.source],
            names[f.target] if f.source != f.target else "stayed",
            Quantity(f.customers, "count"),
            None if f.source in OUTSIDE else Quantity(f.customers / then[f.source], "share"),
        )
        for f in flows
    )
