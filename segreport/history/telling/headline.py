"""The report's headline and the e-mail's subject from the second month on: what changed, above all."""

from __future__ import annotations

from collections.abc import Sequence

from segreport.history.telling.findings import OURS, told
from segreport.history.telling.phrases import fitting, who
from segreport.history.telling.weighing import Compared, Shown
from segreport.wording import Wording, whole_percents


def subject_of(seen: Compared, wording: Wording) -> str:
    """Return what an e-mail's subject says changed, in at most 60 letters."""
    first, *rest = told(seen, wording)
    if first.finding.code in OURS and rest:
        return fitting(f"{first.subject}, {rest[0].subject}", first.subject)
    return first.subject


def headline_of(finding: str, seen: Compared, wording: Wording) -> str:
    """Return today's finding (story.headline) and what changed in one sentence."""
    first = told(seen, wording)[0]
    code, month = first.finding.code, wording.month(seen.since)
    if code == "incomparable":
        return finding
    if code == "little":
        if finding == _finding_then(seen, wording):
            return f"As in {month}, {_within(finding)}"
        return f"{finding}; {first.clause}"
    about = next((segment for segment in _longest_first(seen.now) if _is_about(finding, segment)), None)
    if about and code == "change" and first.finding.ids == (about.id,):
        they = "they" if about.people else "it"
        return f"{first.clause}; {they}{finding.removeprefix(who(about, start=True))}"
    return f"{first.clause}; {_within(finding)}"


def _longest_first(segments: Sequence[Shown]) -> list[Shown]:
    return sorted(segments, key=lambda segment: -len(segment.name))


def _is_about(finding: str, segment: Shown) -> bool:
    return finding.startswith(f"{who(segment, start=True)} {'are' if segment.people else 'is'} ")


def _within(finding: str) -> str:
    """Return a finding for use within a sentence; names stay as they are."""
    ours = finding.startswith(("The segment “", "No segment "))
    return finding[0].lower() + finding[1:] if ours else finding


def _finding_then(seen: Compared, wording: Wording) -> str | None:
    """Return what last month's headline finding was, in today's names; None where it was none about value."""
    shares = [segment.value_share for segment in seen.before]
    if seen.worth is None or not shares or None in shares:
        return None
    worth = [share or 0.0 for share in shares]
    at = max(range(len(worth)), key=lambda i: worth[i] - seen.before[i].share)
    led = seen.before[at]
    named = next((segment for segment in seen.now if segment.id == led.id), None)
    if named is None:
        return None
    are, bring = ("are", "bring") if named.people else ("is", "brings")
    share, part = wording.whole(led.percent, led.share), wording.whole(whole_percents(worth)[at], worth[at])
    return f"{who(named, start=True)} {are} {share} of customers and {bring} {part} of {seen.worth}"
