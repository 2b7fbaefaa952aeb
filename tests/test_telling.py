"""What changed, in sentences: what is worth one, what each says, and what leads the report and the e-mail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from segreport.history import LOST, NEW, RETURNED, Change, Decision, Event, Flow, Known, Movement, Parts, Turnover
from segreport.history.movement import Why
from segreport.history.telling import (
    Compared,
    Shown,
    findings_of,
    gap_words,
    headline_of,
    moved_words,
    since_words,
    subject_of,
)
from segreport.report import Report
from segreport.wording import Wording, whole_percents

EUROS = Wording("en", "EUR")
KEPT = Decision(True, "Kept as fitted in July 2026: customers spread as they did then.", "2026-07")  # noqa: FBT003 - a table row
REFITTED = Decision(False, "Fitted anew, as asked for.", "2026-07")  # noqa: FBT003 - a table row
NAMES = {"a": "Champions", "b": "At-risk regulars", "c": "Newcomers", "d": "Gift buyers", "e": "Big-basket regulars"}
RATES = {"a": 500.0, "b": 100.0, "c": 20.0, "d": 50.0, "e": 200.0}
"""What a customer of each segment is worth, in both months."""
STEADY = {("a", "a"): 400, ("b", "b"): 900, ("c", "c"): 700}
"""Last month's segments and today's with customers who stayed: 2,000 customers."""

Ways = Mapping[tuple[str, str], int]
Causes = Mapping[tuple[str, str], str | Mapping[str, int]]
"""What moved the customers of a way, by field of Parts: one thing, or so many customers each."""


def beside(
    ways: Ways,
    *,
    parts: Causes | None = None,
    decision: Decision = KEPT,
    events: Sequence[Event] = (),
    labels: Sequence[str] = (),
    names: Mapping[str, str] = NAMES,
    rates: Mapping[str, float] | None = RATES,
    months: int = 1,
) -> Compared:
    """Two months between which so many customers went each way; `parts` says what moved them, else behaviour."""
    gone = {s for event in decided(events, "gone") for s in event.ids}
    born = {s for event in events for s in event.into if s not in event.ids}
    ids = sorted({end for way in ways for end in way} - {NEW, RETURNED, LOST} | gone | born)
    before = {s: sum(n for (source, _), n in ways.items() if source == s) for s in ids if s not in born}
    after = {s: sum(n for (_, target), n in ways.items() if target == s) for s in ids if s not in gone}
    why = {way: causes(way, n, (parts or {}).get(way)) for way, n in ways.items()}
    flows = tuple(
        Flow(s, t, n, rates.get(s if t == LOST else t, 0.0) * n if rates else None, *did(why[s, t]))
        for (s, t), n in ways.items()
    )
    return Compared(
        since="2026-09" if months == 1 else "2026-08",
        months=months,
        decision=decision,
        before=known(before, names, labels, rates),
        now=shown(after, names, labels, rates),
        turnover=turnover(ways, why),
        flows=flows,
        changes=tuple(change(s, before.get(s, 0), after.get(s, 0), why) for s in ids),
        events=tuple(events),
        worth="revenue" if rates else None,
    )


def decided(events: Sequence[Event], kind: str) -> list[Event]:
    return [event for event in events if event.kind == kind]


def causes(way: tuple[str, str], customers: int, told: str | Mapping[str, int] | None) -> Mapping[str, int]:
    """How many customers of a way moved by what, by field of Parts."""
    source, target = way
    kind = "arrivals" if source in (NEW, RETURNED) else "departures" if target == LOST else "behaviour"
    if source == target:
        return {}
    return told if isinstance(told, Mapping) else {told or kind: customers}


def did(why: Mapping[str, int]) -> tuple[int, int]:
    return why.get("behaviour", 0), why.get("ageing", 0)


def turnover(ways: Ways, why: Mapping[tuple[str, str], Mapping[str, int]]) -> Turnover:
    new, returned = (sum(n for (source, _), n in ways.items() if source == kind) for kind in (NEW, RETURNED))
    lost, everyone = sum(n for (_, target), n in ways.items() if target == LOST), sum(ways.values())
    both = everyone - lost - new - returned
    reasons: dict[str, Why] = {"behaviour": "behaviour", "ageing": "time", "model": "model", "unknown": "unknown"}
    moved = {name: n for part, name in reasons.items() if (n := sum(each.get(part, 0) for each in why.values()))}
    return Turnover(everyone - new - returned, everyone - lost, both, new, returned, lost, moved)


def change(ident: str, before: int, after: int, why: Mapping[tuple[str, str], Mapping[str, int]]) -> Change:
    found = dict.fromkeys(("arrivals", "departures", "ageing", "behaviour", "model", "unknown"), 0)
    for (source, target), parts in why.items():
        for part, n in parts.items():
            found[part] += n * ((target == ident) - (source == ident))
    return Change(ident, before, after, Parts(**found))


def known(
    sizes: Mapping[str, int], names: Mapping[str, str], labels: Sequence[str], rates: Mapping[str, float] | None
) -> tuple[Known, ...]:
    return tuple(
        Known(
            s.id, s.name, "#123456", s.size, s.share, s.percent, s.value, s.value_share, {}, "Do", "rate", (), s.people
        )
        for s in shown(sizes, names, labels, rates)
    )


def shown(
    sizes: Mapping[str, int], names: Mapping[str, str], labels: Sequence[str], rates: Mapping[str, float] | None
) -> tuple[Shown, ...]:
    shares = [size / max(sum(sizes.values()), 1) for size in sizes.values()]
    values = [rates[s] * size for s, size in sizes.items()] if rates else [0.0] * len(sizes)
    worth = [value / (sum(values) or 1) for value in values]
    rows = zip(sizes.items(), shares, whole_percents(shares), values, worth, whole_percents(worth), strict=True)
    return tuple(
        Shown(s, names[s], s not in labels, size, share, percent, value, part, printed)
        if rates
        else Shown(s, names[s], s not in labels, size, share, percent)
        for (s, size), share, percent, value, part, printed in rows
    )


def retold(report: Report, wording: Wording) -> Report:
    """Return a report on what changed with the findings, subject and headline that follow from its numbers."""
    moved = report.movement
    assert moved is not None
    fields = Shown.__dataclass_fields__
    seen = Compared(
        since=moved.since,
        months=moved.months,
        decision=moved.decision,
        before=moved.before,
        now=tuple(Shown(**{name: getattr(segment, name) for name in fields}) for segment in report.segments),
        turnover=moved.turnover,
        flows=moved.flows,
        changes=moved.changes,
        events=moved.events,
        worth=report.worth,
        ageing_known=moved.ageing_known,
    )
    best = max(report.segments, key=lambda segment: segment.value_share or 0)
    bring = f" and bring {best.of_value(wording)} of {report.worth}" if report.worth else ""
    finding = f"{best.name} are {best.of_customers(wording)} of customers{bring}"
    return replace(
        report,
        headline=headline_of(finding, seen, wording),
        movement=replace(moved, findings=findings_of(seen, wording), subject=subject_of(seen, wording)),
    )


def texts(seen: Compared) -> list[str]:
    return [finding.text for finding in findings_of(seen, EUROS)]


def codes(seen: Compared) -> list[str]:
    return [finding.code for finding in findings_of(seen, EUROS)]


# Findings


def test_a_segment_that_grew_is_told_with_its_size_period_and_what_mostly_made_it() -> None:
    seen = beside(STEADY | {("c", "a"): 60, ("b", "c"): 60})
    assert texts(seen)[0] == (
        "Champions grew by 15% to 460 customers since September 2026, mostly through what customers did."
    )


def test_a_move_is_told_with_what_the_customers_bring() -> None:
    seen = beside(STEADY | {("a", "b"): 87}, parts={("a", "b"): "ageing"})
    assert texts(seen)[:2] == [
        "Champions shrank by 18% to 400 customers since September 2026, mostly through time passing.",
        "87 Champions became At-risk regulars since September 2026 as time passed; they bring €8,700 of revenue.",
    ]


def test_labels_are_called_segments() -> None:
    names = NAMES | {"a": "Region 1", "b": "Region 2"}
    seen = beside(STEADY | {("a", "b"): 87}, labels=("a", "b"), names=names)
    assert texts(seen)[0].startswith("The segment “Region 1” shrank by 18% to 400 customers")
    assert texts(seen)[1].startswith(
        "87 customers moved from “Region 1” to “Region 2” since September 2026 by what they did;"
    )
    assert subject_of(seen, EUROS) == "“Region 1” down 18%"


def test_new_and_gone_customers_are_told_where_there_are_notably_more_or_fewer() -> None:
    ways = STEADY | {(NEW, "c"): 200, ("b", LOST): 30, (RETURNED, "c"): 1}
    customers = next(f.text for f in findings_of(beside(ways), EUROS) if f.code == "customers")
    assert customers == (
        "There are 2,201 customers, 8% more than in September 2026: 200 are new, 1 came back, and 30 are gone."
    )


def test_many_who_come_and_go_are_told_though_their_number_stays() -> None:
    ways = STEADY | {(NEW, "c"): 300, ("c", LOST): 295}
    assert texts(beside(ways, rates=None)) == [
        "Of all customers then and now, 300 are new and 295 are gone since September 2026; "
        "there were 2,295 customers and are 2,300."
    ]
    assert subject_of(beside(ways, rates=None), EUROS) == "300 customers came, 295 went"


def test_a_value_that_rose_or_fell_is_told() -> None:
    seen = beside(STEADY)
    richer = replace(seen, now=tuple(replace(s, value=(s.value or 0) * 1.1) for s in seen.now))
    assert texts(richer) == ["All customers together bring €334,400 of revenue, 10% more than in September 2026."]
    assert subject_of(richer, EUROS) == "revenue up 10%"
    assert headline_of("Champions are big", richer, EUROS) == (
        "All customers together bring 10% more of revenue than in September 2026; Champions are big"
    )
    assert texts(replace(richer, worth=None)) == ["Little changed since September 2026: no segment grew or shrank."]


def test_a_few_customers_are_noise() -> None:
    seen = beside(STEADY | {("b", "a"): 4, ("a", "c"): 1}, rates=None)
    assert texts(seen) == ["Little changed since September 2026: no segment grew or shrank by more than 1%."]
    assert codes(beside({("a", "a"): 6, ("b", "b"): 9, ("b", "a"): 4}, rates=None)) == ["little"]


def test_what_goes_to_and_fro_is_noise() -> None:
    ways = STEADY | {("a", "b"): 60, ("b", "a"): 72}
    assert texts(beside(ways)) == ["Little changed since September 2026: no segment grew or shrank by more than 3%."]


def test_many_who_change_places_are_told_though_no_segment_grew() -> None:
    ways = STEADY | {("a", "b"): 150, ("b", "a"): 150}
    assert texts(beside(ways)) == [
        "300 of 2,300 customers changed segment since September 2026, but no segment grew or shrank."
    ]


def test_small_segments_are_bounded_in_customers() -> None:
    ways = {("a", "a"): 20, ("b", "b"): 30, ("b", "a"): 3}
    assert texts(beside(ways, rates=None)) == [
        "Little changed since September 2026: no segment grew or shrank by more than 3 customers."
    ]


def test_a_month_missing_is_in_every_period() -> None:
    seen = beside(STEADY | {("a", "b"): 87}, months=2)
    assert all("in the two months since August 2026" in text for text in texts(seen)[:2])
    assert texts(seen)[2].endswith("less than in August 2026.")


def test_at_most_three_findings_are_told() -> None:
    ways = STEADY | {("a", "b"): 87, ("c", "d"): 99, (NEW, "d"): 400, ("b", LOST): 200, ("d", "d"): 100}
    assert codes(beside(ways)) == ["change", "move", "customers"]


def test_without_an_old_model_nothing_is_claimed_about_customers() -> None:
    seen = beside(STEADY | {("a", "b"): 87}, parts={("a", "b"): "unknown"}, decision=REFITTED, rates=None)
    assert texts(seen) == [
        "What customers did since September 2026 cannot be told apart from what our new model changed."
    ]
    assert subject_of(seen, EUROS) == "new model"
    assert headline_of("Champions are big", seen, EUROS) == (
        "Our model was fitted anew since September 2026; Champions are big"
    )


def test_what_is_unknown_under_the_same_model_is_only_why_customers_moved() -> None:
    seen = beside(STEADY | {("a", "b"): 87}, parts={("a", "b"): "unknown"})
    assert texts(seen)[0].endswith("mostly through customers who changed segment.")


def test_behaviour_is_not_named_where_it_may_be_time_passing() -> None:
    seen = replace(beside(STEADY | {("a", "b"): 87}), ageing_known=False)
    assert texts(seen)[0].endswith("mostly through customers who changed segment.")
    assert "since September 2026 by what they did or as time passed;" in texts(seen)[1]


BOTH_WAYS = STEADY | {("a", "b"): 71, ("b", "a"): 91}


def test_what_customers_did_is_told_though_as_many_went_the_other_way_as_time_passed() -> None:
    seen = beside(BOTH_WAYS, parts={("b", "a"): "ageing"})
    assert texts(seen)[0] == (
        "71 Champions became At-risk regulars since September 2026 by what they did; they bring €7,100 of revenue."
    )
    assert headline_of("No segment is large", seen, EUROS).startswith(
        "71 Champions became At-risk regulars since September 2026 by what they did; no"
    )
    assert subject_of(seen, EUROS) == "71 Champions became At-risk regulars"


def test_what_customers_did_goes_before_what_time_did() -> None:
    seen = beside(STEADY | {("a", "b"): 60, ("b", "c"): 300}, parts={("b", "c"): "ageing"}, rates=None)
    moves = [finding.text for finding in findings_of(seen, EUROS) if finding.code == "move"]
    assert moves[0] == "60 Champions became At-risk regulars since September 2026 by what they did."
    aged = beside(STEADY | {("a", "b"): 9, ("b", "c"): 300}, parts={("b", "c"): "ageing"}, rates=None)
    moves = [finding.text for finding in findings_of(aged, EUROS) if finding.code == "move"]
    assert moves == ["300 At-risk regulars became Newcomers since September 2026 as time passed."]


def test_a_move_counts_those_of_its_reason_alone_whose_worth_is_then_not_known() -> None:
    divided = {("a", "b"): {"behaviour": 60, "ageing": 20, "model": 10}}
    seen = beside(STEADY | {("a", "b"): 90}, parts=divided, decision=REFITTED)
    moves = [finding.text for finding in findings_of(seen, EUROS) if finding.code == "move"]
    assert moves[0] == "60 Champions became At-risk regulars since September 2026 by what they did."


def test_customers_that_cannot_be_compared_are_not_counted() -> None:
    seen = replace(beside(STEADY), changes=(), flows=(), turnover=None)
    assert texts(seen) == ["Customers cannot be compared one by one with September 2026, so it is not known who moved."]
    assert subject_of(seen, EUROS) == "not comparable with September 2026"
    assert headline_of("Champions are big", seen, EUROS) == "Champions are big"


# A new model

SPLIT = Event("split", ("b",), ("b", "e"))
BORN, GONE = Event("born", (), ("e",)), Event("gone", ("d",), ())


def test_what_a_new_model_made_is_told_first_and_as_the_model_s_doing() -> None:
    ways, moved = STEADY | {("b", "e"): 300}, {("b", "e"): "model"}
    seen = beside(ways, parts=moved, decision=REFITTED, events=[SPLIT], rates=None)
    assert texts(seen) == [
        "In our new model, At-risk regulars of September 2026 came apart in two: "
        "At-risk regulars and Big-basket regulars. "
        "It put 300 of 2,300 customers into other segments than in September 2026, which is no change of theirs."
    ]
    assert subject_of(seen, EUROS) == "one segment split"
    assert headline_of("Champions are 20% of customers", seen, EUROS) == (
        "In our new model, one segment came apart since September 2026; Champions are 20% of customers"
    )


def test_segments_born_and_gone_are_named_and_many_are_counted() -> None:
    ways = STEADY | {("c", "e"): 300, ("d", "c"): 200}
    moved = {("c", "e"): "model", ("d", "c"): "model"}
    seen = beside(ways, parts=moved, decision=REFITTED, events=[BORN, GONE], rates=None)
    assert texts(seen) == [
        "In our new model, Big-basket regulars are new: no segment of September 2026 was much like them; "
        "Gift buyers of September 2026 are no more: no segment is much like them now. "
        "It put 500 of 2,500 customers into other segments than in September 2026, which is no change of theirs."
    ]
    assert findings_of(seen, EUROS)[0].ids == ("e", "d")
    assert subject_of(seen, EUROS) == "one new segment, one gone"
    merged = replace(seen, events=(SPLIT, Event("merged", ("a", "c"), ("a",)), GONE))
    assert texts(merged)[0].startswith(
        "In our new model, one segment came apart, two were merged, and one is no more since September 2026. It put "
    )


def test_growth_beside_a_new_model_is_the_printed_one_and_names_the_models_part() -> None:
    ways = STEADY | {("b", "a"): 60, ("c", "a"): 20, ("c", "d"): 80}
    seen = beside(ways, parts={("c", "a"): "model", ("c", "d"): "model"}, decision=REFITTED)
    assert texts(seen)[:2] == [
        "Our new model put 100 of 2,160 customers into other segments than in September 2026, "
        "which is no change of theirs.",
        "Champions grew by 20% to 480 customers since September 2026, mostly through what customers did; "
        "20 of the 80 more through our new model.",
    ]
    assert subject_of(seen, EUROS) == "new model, Champions up 20%"
    assert headline_of("Champions are big", seen, EUROS) == (
        "Our new model put 100 of 2,160 customers into other segments than in September 2026; Champions are big"
    )


def test_what_a_new_model_took_from_a_growth_is_named() -> None:
    ways = STEADY | {("b", "a"): 90, ("a", "c"): 20}
    seen = beside(ways, parts={("a", "c"): "model"}, decision=REFITTED)
    assert texts(seen)[0] == (
        "Champions grew by 17% to 490 customers since September 2026, mostly through what customers did; "
        "our new model took away 20."
    )
    shrunk = beside(STEADY | {("a", "b"): 90, ("c", "a"): 20}, parts={("c", "a"): "model"}, decision=REFITTED)
    assert texts(shrunk)[0].endswith("mostly through what customers did; our new model added 20.")


def test_a_growth_that_is_mostly_our_models_is_no_growth() -> None:
    ways = {("a", "a"): 4000, ("b", "b"): 400, ("c", "c"): 700, ("a", "b"): 60, ("c", "b"): 10}
    seen = beside(ways, parts={("a", "b"): "model"}, decision=REFITTED, rates=None)
    assert texts(seen) == [
        "Our new model gave At-risk regulars 60 customers since September 2026, which is no change of theirs."
    ]
    assert subject_of(seen, EUROS) == "new model"
    kept = replace(seen, decision=KEPT)
    assert texts(kept)[0].startswith("Our model gave At-risk regulars 60 customers")
    assert subject_of(kept, EUROS) == "our model moved customers"


def test_little_changed_may_be_said_of_a_new_model_that_moved_few() -> None:
    seen = beside(STEADY | {("c", "a"): 4}, parts={("c", "a"): "model"}, decision=REFITTED, rates=None)
    assert texts(seen) == ["Little changed since September 2026: no segment grew or shrank by more than 1%."]


def test_a_segment_left_empty_by_a_model_that_was_kept_is_no_new_model() -> None:
    seen = beside(STEADY | {("d", "a"): 60}, events=[GONE], labels=("d",))
    assert texts(seen)[0] == ("The segment “Gift buyers” of September 2026 is no more: no segment is much like it now.")
    said = [*texts(seen), subject_of(seen, EUROS), headline_of(FINDING, seen, EUROS)]
    said += moved_words(movement(seen), seen.now, EUROS)
    assert not any("new model" in text for text in said)
    assert subject_of(seen, EUROS) == "one segment gone, Champions up 15%"


# Subject and headline


def test_the_subject_says_who_grew() -> None:
    assert subject_of(beside(STEADY | {("c", "a"): 60, ("b", "c"): 60}), EUROS) == "Champions up 15%"
    assert subject_of(beside(STEADY), EUROS) == "little changed"
    split = beside(
        STEADY | {("b", "e"): 300, ("c", "a"): 60}, parts={("b", "e"): "model"}, decision=REFITTED, events=[SPLIT]
    )
    assert subject_of(split, EUROS) == "one segment split, Champions up 15%"


def test_a_subject_with_a_long_name_says_it_shorter() -> None:
    names = NAMES | {"a": "Weekend shoppers of household goods who come back in spring and autumn"}
    assert subject_of(beside(STEADY | {("c", "a"): 60, ("b", "c"): 60}, names=names), EUROS) == "one segment up 15%"


FINDING = "Champions are 20% of customers and bring 67% of revenue"


def test_the_headline_joins_the_change_and_the_finding() -> None:
    grown = beside(STEADY | {("c", "a"): 60, ("b", "c"): 60})
    assert headline_of(FINDING, grown, EUROS) == (
        "Champions grew by 15% since September 2026; they are 20% of customers and bring 67% of revenue"
    )
    assert headline_of("No segment brings much more of revenue than its share of customers", grown, EUROS) == (
        "Champions grew by 15% since September 2026; no segment brings much more of revenue than its share of customers"
    )
    other = beside(STEADY | {("c", "b"): 160})
    assert headline_of(FINDING, other, EUROS) == f"Newcomers shrank by 19% since September 2026; {FINDING}"


def test_a_label_is_it_in_the_headline() -> None:
    seen = beside(STEADY | {("c", "a"): 60, ("b", "c"): 60}, labels=("a",))
    assert headline_of("The segment “Champions” is 20% of customers, the largest segment", seen, EUROS) == (
        "The segment “Champions” grew by 15% since September 2026; it is 20% of customers, the largest segment"
    )


def test_a_headline_that_is_the_same_as_last_month_says_so_and_only_then() -> None:
    seen = beside(STEADY)
    share, part = seen.now[0].percent, seen.now[0].value_percent
    finding = f"Champions are {share}% of customers and bring {part}% of revenue"
    assert headline_of(finding, seen, EUROS) == f"As in September 2026, {finding}"
    assert headline_of(FINDING.replace("67", "68"), seen, EUROS) == (
        f"{FINDING.replace('67', '68')}; little changed since September 2026"
    )
    renamed = replace(seen, now=tuple(replace(s, name="Stars") if s.id == "a" else s for s in seen.now))
    assert headline_of(finding.replace("Champions", "Stars"), renamed, EUROS).startswith("As in September 2026, Stars")


# The movement part


def movement(seen: Compared) -> Movement:
    return Movement(
        since=seen.since,
        since_as_of="2026-09-30",
        months=seen.months,
        days=31,
        decision=seen.decision,
        before=seen.before,
        turnover=seen.turnover,
        flows=seen.flows,
        changes=seen.changes,
        events=seen.events,
        followups=(),
        trends=(),
        findings=findings_of(seen, EUROS),
        subject=subject_of(seen, EUROS),
    )


def test_the_movement_part_counts_who_stayed_moved_came_and_went() -> None:
    seen = beside(STEADY | {("a", "b"): 87, (NEW, "c"): 40, (RETURNED, "c"): 1, ("b", LOST): 30})
    found = movement(seen)
    assert found.turnover is not None
    counted = replace(found, turnover=replace(found.turnover, moved={"behaviour": 60, "time": 27, "model": 0}))
    assert moved_words(counted, seen.now, EUROS) == (
        "Of the 2,117 customers of September 2026, 2,000 are in the same segment now, 87 are in another one, "
        "and 30 are gone.",
        "Of the 87 who changed segment, 60 moved through what they did and 27 moved through time passing alone.",
        "Of the 2,128 customers in this report, 40 are new and 1 came back.",
        "Our model was kept as fitted in July 2026: customers spread as they did then.",
    )


def test_the_movement_part_tells_what_became_of_segments() -> None:
    ways = STEADY | {("c", "e"): 300, ("d", "c"): 200}
    seen = beside(ways, decision=REFITTED, events=[BORN, GONE], labels=("e",))
    assert moved_words(movement(seen), seen.now, EUROS)[-4:] == (
        "Our model was fitted anew, as asked for.",
        "Segments that are the same as in September 2026 keep their names and colours.",
        "The segment “Big-basket regulars” is new: no segment of September 2026 was much like it.",
        "Gift buyers of September 2026 are no more: no segment is much like them now.",
    )


def test_where_customers_cannot_be_compared_only_the_model_is_told() -> None:
    seen = replace(beside(STEADY), changes=(), flows=(), turnover=None)
    assert moved_words(movement(seen), seen.now, EUROS) == (
        "Our model was kept as fitted in July 2026: customers spread as they did then.",
    )


@pytest.mark.parametrize(
    ("since", "months", "text"),
    [
        ("2026-09", 1, None),
        ("2026-08", 2, "September 2026 is missing, so this report is compared with August 2026."),
        ("2026-07", 3, "August 2026 and September 2026 are missing, so this report is compared with July 2026."),
        (
            "2025-12",
            10,
            "The nine months between December 2025 and October 2026 are missing, "
            "so this report is compared with December 2025.",
        ),
    ],
)
def test_months_that_are_missing_are_named(since: str, months: int, text: str | None) -> None:
    assert gap_words(since, "2026-10", months, EUROS) == text


def test_periods_are_told_in_months() -> None:
    assert since_words("2026-09", 1, EUROS) == "since September 2026"
    assert since_words("2025-09", 13, EUROS) == "in the 13 months since September 2025"
