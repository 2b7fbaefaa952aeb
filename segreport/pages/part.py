"""A part of a report for who may see some segments only: those alone, and nothing that tells of the others."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence, Set
from dataclasses import dataclass, fields, replace

from segreport.alternatives import Alternatives, Traces
from segreport.errors import InputError
from segreport.history import Change, Finding, FollowUp, Known, Movement, Parts, Trend
from segreport.history.telling.phrases import customers, label, who
from segreport.mapping import SegmentMap
from segreport.outcomes import Outcomes
from segreport.profiles import Neighbour
from segreport.report import Report, Segment
from segreport.story import Tile, Warning  # noqa: A004 - report.json calls them warnings, and so do we
from segreport.wording import Wording

FEWEST = 10
"""Figures over fewer customers are not shown: too few to be a segment, and nearly persons."""
MOST = 3
"""So many things changed, and so many to do, fit on page one."""


@dataclass(frozen=True, repr=False)
class Part(Report):
    """A report on some of its segments; shares are still of all customers.

    A segment whose nearest one is not among them has itself for a neighbour.
    """


def part_of(report: Report, only: Sequence[str], wording: Wording) -> Part:
    """Return the report on the segments `only` (ids), in its own order, without anything on the others.

    A segment of fewer than 10 customers is named in a warning and has no figures; nor has the smallest other one, where
    fewer than 10 could be worked out from them. Raises InputError for an id that no segment has.
    """
    if missing := [ident for ident in only if ident not in {s.id for s in report.segments}]:
        known = ", ".join(f"{s.id} ({s.name})" for s in report.segments)
        raise InputError(f"report {report.period}: no segment {missing[0]}; there are {known}.")
    asked = [s for s in report.segments if s.id in only]
    shown = _alone(_shown(report, asked))
    movement = _movement_of(report, shown, wording)
    kept = {field.name: getattr(report, field.name) for field in fields(Report)}
    told = {
        "headline": _headline(shown, asked, report.worth, wording),
        "segments": shown,
        "tiles": _tiles(report, shown, wording),
        "priorities": _priorities(report, shown),
        "warnings": _warnings(report, shown, asked, wording),
        "movement": movement,
    }
    return Part(**(kept | _blank(report) | told))


def _blank(report: Report) -> dict[str, object]:
    """Return what is about all segments, emptied."""
    settings = report.settings.get("segments", {})
    return {
        "choice": replace(report.choice, reason="", scores=(), skipped=()),
        "alternatives": Alternatives("", (), "", "", (), Traces((), {}, {}), 0, 0),
        "separation": (),
        "map": SegmentMap((), {}, ("", ""), (0.0, 0.0)),
        "notes": (),
        "settings": {"segments": {key: settings[key] for key in ("method", "seed") if key in settings}},
        "outcomes": Outcomes(),
    }


def _shown(report: Report, asked: Sequence[Segment]) -> tuple[Segment, ...]:
    """Return the segments with figures: at least 10 customers in each, and at least 10 or none in all others together.

    A reader knows how many are left out: from the number of all customers, or, where those are few, from a share in
    percent. So the smallest goes with them: of the two only the sum is known.
    """
    large = tuple(s for s in asked if s.size >= FEWEST)
    if not large or not _is_few(sum(s.size for s in report.segments) - sum(s.size for s in large)):
        return large
    smallest = min(large, key=lambda s: s.size)
    return tuple(s for s in large if s.id != smallest.id)


def _is_few(customers: int) -> bool:
    """Return whether a figure over so many is not shown; one over nobody is."""
    return 0 < customers < FEWEST


def _alone(shown: Sequence[Segment]) -> tuple[Segment, ...]:
    near = {s.id for s in shown}
    return tuple(s if s.neighbour.id in near else replace(s, neighbour=Neighbour(s.id, ())) for s in shown)


# Page one


def _headline(shown: Sequence[Segment], asked: Sequence[Segment], worth: str | None, wording: Wording) -> str:
    """Return who of them brings most for their number."""
    if not shown:
        names, few = wording.listing([s.name for s in asked]), f"fewer than {FEWEST} customers"
        if any(s.size >= FEWEST for s in asked):
            return f"{names}: no figures are shown, since those of {few} could be worked out with them"
        return f"{names}: {few}, so no figures are shown"
    sound = [s for s in shown if s.trust != "unstable"]
    led = lead_of(sound or shown)
    size = f"{who(led, start=True)} {'are' if led.people else 'is'} {led.of_customers(wording)} of customers"
    if not sound:
        return f"{size}, but not reliable enough to act on"
    if worth and led.value_share is not None and 0 <= led.value_share <= 1:
        return f"{size} and {'bring' if led.people else 'brings'} {led.of_value(wording)} of {worth}"
    return size


def lead_of(segments: Sequence[Segment]) -> Segment:
    """Return the segment that brings most for its number; where no value is known, the largest."""
    return max(segments, key=lambda s: (0.0 if s.value_share is None else s.value_share - s.share, s.share))


def _tiles(report: Report, shown: Sequence[Segment], wording: Wording) -> tuple[Tile, ...]:
    if not shown:
        return ()
    size, percent = sum(s.size for s in shown), sum(s.percent for s in shown)
    these = "in this segment" if len(shown) == 1 else f"in these {wording.count(len(shown))} segments"
    share = percent / 100 or sum(s.share for s in shown)
    tiles = [
        Tile("Customers", size, "count", these),
        Tile("Share of customers", share, "share", f"of all {wording.count(report.source.customers)}"),
    ]
    values = [s.value for s in shown if s.value is not None]
    if report.worth and len(values) == len(shown):
        worth = f"{report.worth[0].upper()}{report.worth[1:]}"
        tiles.append(Tile(worth, sum(values), "amount", "of these customers together"))
        tiles.append(Tile("Per customer", sum(values) / size, "amount", "on average"))
    return tuple(tiles)


def _priorities(report: Report, shown: Sequence[Segment]) -> tuple[str, ...]:
    """Return the ids to act on first: those that are so in the whole report, then by value; no action twice."""
    first = {ident: at for at, ident in enumerate(report.priorities)}
    sound = [s for s in shown if s.trust != "unstable"]
    order = sorted(sound, key=lambda s: (first.get(s.id, len(first)), -(s.value or 0.0), -s.size))
    chosen: dict[str, str] = {}
    for segment in order:
        chosen.setdefault(segment.action.title, segment.id)
    return tuple(chosen.values())[:MOST]


def _warnings(
    report: Report, shown: Sequence[Segment], asked: Sequence[Segment], wording: Wording
) -> tuple[Warning, ...]:
    """Return the warnings that tell of no other segment, those on reliability and few customers told anew."""
    others = _others(report, shown)
    found = [w for w in report.warnings if w.code != "unstable_segments" and not _names(w.text, others)]
    if shaky := [s.name for s in shown if s.trust == "unstable"]:
        text = f"Do not target by name: {'; '.join(shaky)}. A fresh draw of customers does not give them again."
        found.append(Warning("unstable_segments", text))
    if small := [s.name for s in asked if s.size < FEWEST]:
        text = f"No figures are shown for {wording.listing(small)}: fewer than {FEWEST} customers."
        found.append(Warning("too_few_to_show", text))
    ours = {s.id for s in shown}
    if hiding := [s.name for s in asked if s.size >= FEWEST and s.id not in ours]:
        names, few = wording.listing(hiding), f"fewer than {FEWEST} other customers"
        text = f"No figures are shown for {names}: with them, those of {few} could be worked out."
        found.append(Warning("too_few_besides", text))
    if report.movement and shown and (why := _incomparable(report.movement, shown, wording)):
        found.append(Warning("too_few_to_compare", f"What changed is not told: {why}."))
    return tuple(found)


Names = tuple[frozenset[str], re.Pattern[str]]
"""The names that must not be told, and a pattern that finds any segment's name, the longest first."""


def _others(report: Report, shown: Sequence[Segment]) -> Names:
    ours = {s.id for s in shown}
    known: list[Segment | Known] = [*report.segments, *(report.movement.before if report.movement else ())]
    own = {s.name.casefold() for s in known if s.id in ours}
    every = sorted({s.name for s in known}, key=len, reverse=True)
    pattern = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, every))})(?!\w)", re.IGNORECASE)
    return frozenset(s.name.casefold() for s in known) - own, pattern


def _names(text: str, others: Names) -> bool:
    """Return whether a text names another segment; "Lapsed champions" are not "Champions"."""
    forbidden, pattern = others
    return any(found.casefold() in forbidden for found in pattern.findall(text))


# What changed


def _incomparable(moved: Movement, shown: Sequence[Segment], wording: Wording) -> str:
    """Return why last month's customers of these segments are not shown; empty where they are."""
    ours, month = {s.id for s in shown}, wording.month(moved.since)
    if few := [known.name for known in moved.before if known.id in ours and known.size < FEWEST]:
        return f"{wording.listing(few)} had fewer than {FEWEST} customers in {month}"
    if _is_few(sum(known.size for known in moved.before if known.id not in ours)):
        return f"figures of fewer than {FEWEST} other customers in {month} could be worked out with it"
    return ""


def _movement_of(report: Report, shown: Sequence[Segment], wording: Wording) -> Movement | None:
    """Return what changed in these segments; None in the first month, and where they were too few to compare."""
    moved = report.movement
    if moved is None or not shown or _incomparable(moved, shown, wording):
        return None
    ours = {s.id for s in shown}
    ours_then = {known.id: known for known in moved.before if known.id in ours}
    changes = tuple(_coarse(change) for change in moved.changes if change.id in ours)
    return replace(
        moved,
        before=tuple(ours_then.values()),
        turnover=None,
        flows=(),
        changes=changes,
        events=(),
        followups=tuple(told for told in moved.followups if told.id in ours and not _is_small(told)),
        trends=_trends(moved, ours),
        findings=_findings(report, moved, shown, wording),
        subject=_subject(moved, shown, wording) or "",
    )


def _trends(moved: Movement, ours: Set[str]) -> tuple[Trend, ...]:
    """Return the trends of these segments, without the months from which fewer than 10 customers could be told."""
    others = Counter[str]()
    for trend in moved.trends:
        others.update({point.period: point.size for point in trend.points if trend.id not in ours})
    few = {period for period, customers in others.items() if _is_few(customers)}
    return tuple(
        replace(trend, points=tuple(p for p in trend.points if p.size >= FEWEST and p.period not in few))
        for trend in moved.trends
        if trend.id in ours
    )


def _coarse(change: Change) -> Change:
    """Return a change, without its parts where one is of too few customers: the others would tell it."""
    parts = change.parts
    if any(0 < abs(round(part)) < FEWEST for part in vars(change.parts).values()):
        parts = Parts()
    return replace(change, parts=parts, value_parts=None)


def _is_small(told: FollowUp) -> bool:
    counted = told.customers * told.after if told.unit == "share" and told.after else told.customers
    return counted < FEWEST


def _findings(report: Report, moved: Movement, shown: Sequence[Segment], wording: Wording) -> tuple[Finding, ...]:
    """Return what page one tells of these segments alone, then how many customers the others of them have now."""
    ours, others = {s.id for s in shown}, _others(report, shown)
    few: set[tuple[str, ...]] = {
        (flow.source, flow.target)
        for flow in moved.flows
        if flow.customers < FEWEST or any(0 < part < FEWEST for part in (flow.behaviour, flow.time))
    }
    few |= {(change.id,) for change in moved.changes if 0 < abs(round(change.parts.model)) < FEWEST}
    kept = [
        finding
        for finding in moved.findings
        if finding.ids and ours.issuperset(finding.ids) and finding.ids not in few and not _names(finding.text, others)
    ]
    told = {ident for finding in kept if finding.code == "change" for ident in finding.ids}
    kept += [_size(s, moved, wording) for s in shown if s.id not in told]
    kept = kept[:MOST]
    if not moved.decision.kept:
        text = "The segments were fitted anew this month, which moved some customers by itself."
        kept.append(Finding("refitted", text))
    return tuple(kept)


def _size(segment: Segment, moved: Movement, wording: Wording) -> Finding:
    then = next((known for known in moved.before if known.id == segment.id), None)
    name, now, month = label(segment), customers(segment.size, wording), wording.month(moved.since)
    if then is None:
        text = f"{name}: {now}; there was no such segment in {month}."
    elif then.size == segment.size:
        text = f"{name}: {now}, as many as in {month}."
    else:
        by = wording.count(abs(segment.size - then.size))
        more = "more" if segment.size > then.size else "fewer"
        text = f"{name}: {now}, {by} {more} than the {wording.count(then.size)} of {month}."
    return Finding("size", text, (segment.id,))


def _subject(moved: Movement, shown: Sequence[Segment], wording: Wording) -> str | None:
    """Return the largest change as the sizes tell it; None where none is of a percent, or the model had a part."""
    named = {s.id: s for s in shown}
    grown = {
        change.id: (change.after - change.before) / change.before
        for change in moved.changes
        if change.id in named and change.before and not round(change.parts.model)
    }
    best = max(grown, key=lambda ident: abs(grown[ident]), default=None)
    if best is None or abs(grown[best]) < 0.01:
        return None
    return f"{label(named[best])} {'up' if grown[best] > 0 else 'down'} {wording.percent(abs(grown[best]))}"
