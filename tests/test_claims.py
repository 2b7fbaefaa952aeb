"""What is claimed is so: only certain differences are named, and no name or sentence contradicts the numbers."""

from __future__ import annotations

import math
import random
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_personas import profile, random_columns, random_profiles
from test_prose import SOURCES, told
from test_rfm_personas import COLUMNS, EUROS, overall, random_shop
from test_story import persona
from test_telling import KEPT, RATES, REFITTED, beside

from segreport.charts import charts_of
from segreport.charts.kinds import Heatmap
from segreport.evidence import SURE
from segreport.history import LOST, NEW, RETURNED, Change, Compared, Finding, findings_of, headline_of, subject_of
from segreport.history.telling.findings import MADE_BY, made_by
from segreport.history.telling.phrases import label, who
from segreport.history.telling.weighing import CHANCE, FEWEST, LEAST, moves_of
from segreport.orders import Limits, Standing, Standings
from segreport.personas import Persona, name_segments
from segreport.personas.adjectives import QUALIFIERS
from segreport.personas.rfm_words import WORDS
from segreport.profiles import RELEVANT, Driver, Everyone, Profile, Profiles
from segreport.report import Report, Segment
from segreport.story import headline
from segreport.wording import Wording

ENGLISH = Wording()


def is_certain(driver: Driver) -> bool:
    return driver.p is not None and driver.p < SURE and abs(driver.effect) >= RELEVANT


def drivers_of(segment: Segment | Profile, column: str) -> list[Driver]:
    return [driver for driver in (*segment.drivers, *segment.described) if driver.column == column]


# Drivers: only what is significant and relevant is named


@pytest.mark.parametrize("name", SOURCES)
def test_every_difference_a_report_lists_is_certain_and_relevant(name: str) -> None:
    report, _ = told(name)
    for segment in report.segments:
        assert all(map(is_certain, (*segment.drivers, *segment.described, *segment.neighbour.drivers)))


@pytest.mark.parametrize("name", SOURCES)
def test_what_a_name_rests_on_is_a_certain_difference(name: str) -> None:
    report, _ = told(name)
    for segment in report.segments:
        alone = in_itself(segment.name)
        for column in segment.backed_by:
            certain = drivers_of(segment, column) or compares(segment, column, report)
            assert certain or column in alone or is_number_alone(segment, column), (segment.name, column)


def in_itself(name: str) -> set[str]:
    """What a name says without a difference from others: a time that is long or short in itself, or no revenue."""
    fitting = [word for word in WORDS.values() if name.lower().endswith(word.text.lower())]
    word = max(fitting, key=lambda found: len(found.text), default=None)
    return {claim for claim in word.claims if claim[-1] not in "+-"} if word else set()


def is_number_alone(segment: Segment, column: str) -> bool:
    """Names of last resort only say a number: "Average age 41", "Lost customers (412 days)"."""
    return column in segment.centre and re.search(r"\d", segment.name) is not None


def compares(segment: Segment, column: str, report: Report) -> bool:
    """Whether an adjective compares lookalikes, one of which differs from everyone for certain."""
    words = [word for q in QUALIFIERS if q.column == column for word in (q.more, q.less, q.late) if word]
    named = any(word.lower() in segment.name.lower() for word in (*words, "est-", "most ", "least", "earlier", "later"))
    return named and any(drivers_of(other, column) for other in report.segments if other.id != segment.id)


@pytest.mark.parametrize("name", SOURCES)
def test_a_summary_and_a_headline_compare_only_where_the_difference_is_certain(name: str) -> None:
    report, wording = told(name)
    units = {column.name: column.unit for column in report.columns}
    certain = {}
    for segment in report.segments:
        known = (*segment.drivers, *segment.described)
        pairs = {(said(d, d.mean, units, wording), said(d, d.overall, units, wording)) for d in known}
        pairs |= {
            (said(d, 1 - d.mean, units, wording), said(d, 1 - d.overall, units, wording)) for d in known if d.level
        }
        certain[segment.id] = pairs
        assert all(pair in pairs for pair in compared(segment.summary)), segment.summary
    assert all(any(pair in pairs for pairs in certain.values()) for pair in compared(report.headline)), report.headline


def said(driver: Driver, value: float, units: dict[str, str], wording: Wording) -> str:
    text = wording.percent(value) if driver.level is not None else wording.quantity(value, units[driver.column])
    return first_number(text)


def first_number(text: str) -> str:
    found = re.search(r"\d[\d,]*\.?\d*", text)
    return found[0].rstrip(".,") if found else ""


def compared(text: str) -> list[tuple[str, str]]:
    """The two numbers of every "… 12.3 days, against 45": the last before the word, and the first after it."""
    found = []
    parts = re.split(r",? against ", text)
    for before, after in pairwise(parts):
        clause = (
            re.split(r", (?=[a-z])|and ", before)[-1] if "last 180 days" not in before else before.split(" of what")[0]
        )
        numbers = re.findall(r"\d[\d,]*\.?\d*", clause.replace("“", " “"))
        found.append((numbers[0].rstrip(".,") if numbers else "", first_number(after)))
    return found


@pytest.mark.parametrize("name", SOURCES)
def test_charts_mark_and_name_certain_differences_only(name: str) -> None:
    report, wording = told(name)
    charts = charts_of(report, wording)
    labels = {column.name: column.label for column in report.columns}
    profile = charts["profile"]
    assert isinstance(profile, Heatmap)
    for row, tiles in zip(profile.rows, profile.tiles, strict=True):
        for segment, tile in zip(report.segments, tiles, strict=True):
            known = {label_of(driver, labels) for driver in segment.drivers if is_certain(driver)}
            assert tile is None or (tile.text == "" and tile.strength == 0) or row in known, (segment.name, row)
    for segment in report.segments:
        chart = charts.get(f"drivers-{segment.id}")
        above = {label_of(d, labels) for d in segment.drivers if d.effect > 0 and is_certain(d)}
        below = {label_of(d, labels) for d in segment.drivers if d.effect < 0 and is_certain(d)}
        if chart is not None:
            title = chart.title.removeprefix(f"{segment.name}: ")
            for label in {*labels.values()}:
                if re.search(rf"(^|, |and ){re.escape(label)}\b", title):
                    assert any(known.startswith(label) for known in above | below), title


def label_of(driver: Driver, labels: dict[str, str]) -> str:
    label = labels[driver.column]
    return label if driver.level is None else f"{label}: {driver.level}"


# Words: none contradicts the numbers, whatever they are

SIDES = {
    r"\b(big|high)[- ]spend|big spenders|higher-value|highest-value": ("monetary", 1),
    r"light spenders|lower-value|lowest-value": ("monetary", -1),
    r"\b(loyal|regular|regulars|frequent)\b|often and|more often|order more\b|most-frequent|more-frequent": (
        "frequency",
        1,
    ),
    r"occasional|less often|less-frequent|least-frequent|hibernating|one-time": ("frequency", -1),
    r"\b(champions|active|promising|latest)\b|more recently": ("recency", -1),
    r"quieter|longer ago|\b(cooling|at-risk)\b|earlier buyers": ("recency", 1),
    r"\bnewer\b|later than most and ordered less": ("tenure", -1),
    r"deal-seeking|discount-minded|higher discounts": ("discount", 1),
}
"""What a reader takes a word to say of a segment against all customers."""
RELATIVE = re.compile(r"(\w+er|\w+est|More|Less|Most|Least|Discount)-\w+ |Newer |Most \w+-\w+ ")
"""Adjectives that only tell lookalikes apart."""


@settings(max_examples=300)
@given(seed=st.integers(0, 10**9), k=st.integers(2, 10), agree=st.booleans())
def test_no_word_for_the_customers_of_any_shop_contradicts_their_means(seed: int, k: int, *, agree: bool) -> None:
    profiles, standings = random_shop(random.Random(seed), k)  # noqa: S311 - no secret, and seeded
    everyone = overall(profiles)
    if agree:
        standings = agreeing(profiles, everyone)
    for this, found in zip(profiles, name_segments(profiles, COLUMNS, EUROS, standings), strict=True):
        name = RELATIVE.sub("", found.name).replace("Next champions", "")
        for text in (name, found.action.text.partition(":")[0]):
            for words, (column, sign) in SIDES.items():
                if column in this.centre and re.search(words, text, re.IGNORECASE):
                    assert sign * (this.centre[column] - everyone[column]) >= 0, (text, column)
        _agrees(found, this, standings)


def agreeing(profiles: Sequence[Profile], everyone: dict[str, float]) -> Standings:
    """Mean scores that say what the means say, so that every word comes up."""

    def score(this: Profile, column: str, side: float) -> float:
        gap = this.centre[column] - everyone[column]
        return 3.0 if gap == 0 else 3 + math.copysign(1.5, side * gap)

    found = {
        p.id: Standing(score(p, "recency", -1), score(p, "frequency", 1), score(p, "monetary", 1)) for p in profiles
    }
    return Standings(found, Standing(3, 3, 3), Limits())


def _agrees(found: Persona, this: Profile, standings: Standings) -> None:
    """What is said to be new, at risk or lost is so in days."""
    days, name = this.centre["recency"], found.name.lower()
    if re.search(r"lapsed|\blost\b|hibernat|at-risk|can't-lose|attention|cooling", name):
        assert days >= 30
        assert standings.limits.can_lapse
    if re.search(r"\bnew(comers)?\b", name) and "newer" not in name:
        assert this.centre["tenure"] <= 180
    if re.search(r"champions|promising|\bactive|\brecent\b", name) and "earlier" not in name:
        assert days <= 90 or days <= this.centre.get("gap", 0) <= 400 or not standings.limits.can_repeat


@settings(max_examples=300)
@given(st.integers(0, 10**9), st.integers(2, 10))
def test_every_comparison_in_a_summary_of_any_shop_is_a_driver_s(seed: int, k: int) -> None:
    profiles, standings = random_shop(random.Random(seed), k)  # noqa: S311 - no secret, and seeded
    for this, found in zip(profiles, name_segments(profiles, COLUMNS, EUROS, standings), strict=True):
        drivers = (*this.drivers, *this.described)
        known = {
            (first_number(EUROS.quantity(d.mean, unit)), first_number(EUROS.quantity(d.overall, unit)))
            for d in drivers
            for unit in ("", "amount", "%")
        }
        for one, other in compared(found.summary):
            assert (one, other) in known, found.summary


SAID_HIGH = r"\bhigh\b|\bmore\b|\bmany\b|higher|above"
SAID_LOW = r"\blow\b|\bless\b|\bfew\b|fewer|lower|below"


@settings(max_examples=300)
@given(st.integers(0, 10**9), st.integers(1, 30), st.integers(2, 12))
def test_no_word_for_a_column_of_any_table_contradicts_its_mean(seed: int, count: int, k: int) -> None:
    rng = random.Random(seed)  # noqa: S311 - no secret, and seeded
    columns = [replace(c, label=f"Thing {chr(65 + i % 26)}{i}") for i, c in enumerate(random_columns(rng, count))]
    profiles = random_profiles(rng, columns, k)
    for this, found in zip(profiles, name_segments(profiles, columns, ENGLISH), strict=True):
        for driver in (*this.drivers, *this.described):
            label = next(c.label for c in columns if c.name == driver.column)
            for text in (found.name, found.action.text.partition(":")[0]):
                _is_on_its_side(text, label, driver)


def _is_on_its_side(text: str, label: str, driver: Driver) -> None:
    """A "high" or "low" right before a column's label is on the side of its mean."""
    said_ = re.search(rf"(\w+) {label[0]}?{re.escape(label[1:])}\b", text, re.IGNORECASE)
    if said_ and driver.level is None:
        if re.fullmatch(SAID_HIGH, said_[1], re.IGNORECASE):
            assert driver.mean > driver.overall, text
        if re.fullmatch(SAID_LOW, said_[1], re.IGNORECASE):
            assert driver.mean < driver.overall, text


@settings(max_examples=300)
@given(st.lists(st.tuples(st.floats(0.01, 1), st.floats(-0.3, 1)), min_size=2, max_size=10))
def test_a_headline_on_value_is_about_who_brings_more(pairs: list[tuple[float, float]]) -> None:
    """Whoever leads brings more than their share, and most of all only where nobody brings more."""
    size, worth = sum(a for a, _ in pairs), sum(b for _, b in pairs)
    if worth <= 0.01:
        return
    profiles = _with(pairs, size, worth)
    said_ = headline(profiles, _people(profiles), {}, "revenue", ENGLISH)
    shares = {f"Group {p.id} people": (p.share, p.value_share or 0.0) for p in profiles.segments}
    who = next((name for name in sorted(shares, key=len, reverse=True) if said_.startswith(name)), None)
    if who is None:
        assert said_.startswith("No segment brings much more")
        assert all(value - share < 0.02 for share, value in shares.values())
    else:
        share, value = shares[who]
        assert value > share
        if "more revenue than any other" in said_:
            assert value == max(v for _, v in shares.values())


def _with(pairs: Sequence[tuple[float, float]], size: float, worth: float) -> Profiles:
    segments = (profile(f"s{i}", share=a / size, value_share=b / worth) for i, (a, b) in enumerate(pairs))
    return Profiles(tuple(segments), Everyone({}, 1.0, {}, {}, {}, (), ()))


def _people(profiles: Profiles) -> list[Persona]:
    return [persona(p.id, f"Group {p.id} people") for p in profiles.segments]


@pytest.mark.parametrize("name", SOURCES)
def test_titles_with_a_superlative_are_about_the_extreme(name: str) -> None:
    report, wording = told(name)
    charts = charts_of(report, wording)
    names = {s.name: s for s in report.segments}
    if "value" in (title := charts["share"].title) or "bring" in title:
        least = min(report.segments, key=lambda s: (s.value_share or 0) - s.share)
        assert title.startswith(least.name)
    weak = next(s for n, s in names.items() if f"lowest segment is {n} at" in charts["silhouettes"].title)
    assert weak.silhouette == min(s.silhouette for s in report.segments)
    strongest = max((abs(d.effect), s.name) for s in report.segments for d in s.drivers)
    assert strongest[1] in charts["profile"].title


# What changed: no word for a change contradicts it, whatever moved


def random_months(rng: random.Random) -> Compared:
    """Two months between which any number of customers went anywhere, for any reasons."""
    ids, kept = "abcde"[: rng.randint(2, 5)], rng.random() < 0.6
    ways, most = {(s, s): rng.randint(0, 900) for s in ids}, rng.choice((4, 40, 200))
    ways |= {(s, t): rng.randint(0, most) for s in ids for t in ids if s != t and rng.random() < 0.5}
    ways |= {(rng.choice((NEW, RETURNED)), s): rng.randint(0, most) for s in ids if rng.random() < 0.5}
    ways |= {(s, LOST): rng.randint(0, most) for s in ids if rng.random() < 0.5}
    why = ("behaviour", "ageing", "unknown" if kept else "model")
    odds = rng.choice(((1, 1, 1), (3, 3, 1), (9, 9, 1)))
    inside = [way for way in ways if way[0] in ids and way[1] in ids]
    parts = {way: dict(Counter(rng.choices(why, odds, k=rng.randint(1, 3)))) for way in inside}
    seen = beside(
        ways,
        parts={way: dealt(ways[way], parts[way]) for way in inside},
        decision=KEPT if kept else REFITTED,
        labels=[s for s in ids if rng.random() < 0.3],
        rates=RATES if rng.random() < 0.7 else None,
        months=rng.choice((1, 2)),
    )
    return replace(seen, ageing_known=rng.random() < 0.8)


def dealt(customers: int, weights: dict[str, int]) -> dict[str, int]:
    """So many customers by their reasons: each has a part like its weight, the first has what is left."""
    found = {why: customers * n // sum(weights.values()) for why, n in weights.items()}
    first = next(iter(found))
    return found | {first: found[first] + customers - sum(found.values())}


@settings(max_examples=500)
@given(st.integers(0, 10**9))
def test_every_word_for_a_change_agrees_with_the_customers_counted(seed: int) -> None:
    seen = random_months(random.Random(seed))  # noqa: S311 - no secret, and seeded
    changes = {change.id: change for change in seen.changes}
    found = findings_of(seen, ENGLISH)
    assert 1 <= len(found) <= 3
    for finding in found:
        if finding.code == "change":
            _agrees_with(finding.text, changes[finding.ids[0]], seen)
        elif finding.code == "move":
            _moved_so(finding, seen)
        elif finding.code == "model":
            _is_the_models(finding, changes, seen)
        elif finding.code == "customers":
            assert seen.turnover is not None
            assert ("more than" in finding.text) == (seen.turnover.after > seen.turnover.before)
        elif finding.code == "value":
            then, now = (sum(s.value or 0 for s in month) for month in (seen.before, seen.now))
            assert ("more than" in finding.text) == (now > then)
        elif finding.code in ("little", "swapped"):
            _is_bounded(finding.text, list(changes.values()))
            assert not any(is_large(change, seen) for change in changes.values())


@settings(max_examples=300)
@given(st.integers(0, 10**9))
def test_a_new_model_that_moved_many_is_told_first_and_what_customers_did_has_its_place(seed: int) -> None:
    seen = random_months(random.Random(seed))  # noqa: S311 - no secret, and seeded
    assert seen.turnover is not None
    found, subject = findings_of(seen, ENGLISH), subject_of(seen, ENGLISH)
    if seen.turnover.moved.get("model", 0) > 0.02 * seen.turnover.both:
        assert found[0].code == "model"
        assert subject.startswith("new model")
        assert headline_of("Champions are big", seen, ENGLISH).startswith("Our new model put ")
    else:
        assert "new model" not in subject or found[0].code == "model"
    if moves_of(seen):
        assert any(finding.code == "move" for finding in found)


def is_large(change: Change, seen: Compared) -> bool:
    """Whether the printed sizes of a segment differ by more than little: see weighing."""
    by = abs(change.after - change.before)
    ends = [f.customers for f in seen.flows if (f.source == change.id) != (f.target == change.id)]
    return by >= FEWEST and by > LEAST * change.before and by > CHANCE * math.sqrt(sum(ends))


def _moved_so(finding: Finding, seen: Compared) -> None:
    """A move counts those of its reason, who are more than those who went back for the same reason."""
    why = "behaviour" if "by what they did" in finding.text else "time"
    there, back = (
        sum(getattr(flow, why) for flow in seen.flows if (flow.source, flow.target) == ends)
        for ends in (finding.ids, finding.ids[::-1])
    )
    assert there > back
    assert finding.text.startswith(f"{ENGLISH.count(there)} ")
    assert ("or as time passed" in finding.text) == (why == "behaviour" and not seen.ageing_known)
    if "they bring" in finding.text:
        worth = next(f.value for f in seen.flows if (f.source, f.target) == finding.ids and f.customers == there)
        assert worth is not None
        assert f"they bring {ENGLISH.quantity(worth, 'amount')} of" in finding.text


def _is_the_models(finding: Finding, changes: dict[str, Change], seen: Compared) -> None:
    assert not seen.decision.kept
    if finding.ids:
        change = changes[finding.ids[0]]
        assert ("gave" in finding.text) == (change.parts.model > 0)
        assert f" {ENGLISH.count(abs(change.parts.model))} customer" in finding.text
    else:
        assert seen.turnover is not None
        placed, both = seen.turnover.moved["model"], seen.turnover.both
        assert f"put {ENGLISH.count(placed)} of {ENGLISH.count(both)} customers" in finding.text


def _agrees_with(text: str, change: Change, seen: Compared) -> None:
    """What is told is the printed change; our model made at most half of it and is named."""
    by, model = change.after - change.before, round(change.parts.model)
    assert ("grew" in text) == (by > 0)
    assert ("shrank" in text) == (by < 0)
    assert next(s.name for s in seen.now if s.id == change.id) in text
    assert f"to {ENGLISH.count(change.after)} customer" in text
    if change.before:
        assert f"by {ENGLISH.percent(abs(by) / change.before)} " in text
    assert 2 * abs(model) <= abs(by)
    assert (by - model) * by > 0
    if model * by > 0:
        more = "more" if by > 0 else "fewer"
        assert text.endswith(
            f"; {ENGLISH.count(abs(model))} of the {ENGLISH.count(abs(by))} {more} through our new model."
        )
    elif model:
        assert text.endswith(f"; our new model {'added' if model > 0 else 'took away'} {ENGLISH.count(abs(model))}.")
    else:
        assert "model" not in text
    _mostly(text, change, seen)


def _mostly(text: str, change: Change, seen: Compared) -> None:
    """What is said to have made most of a change is over half of what went its way, our model's part included."""
    by = change.after - change.before
    mostly = re.search(r"mostly through ([^;]+?)(;|\.$)", text)
    along = {name: abs(part) for name, part in vars(change.parts).items() if part * by > 0}
    if mostly:
        named = {name for name in MADE_BY if made_by(name, seen) == mostly[1]}
        if not seen.ageing_known:
            named |= {"behaviour"} if "unknown" in named else set()
            assert named != {"behaviour"}
        assert any(2 * along.get(name, 0) > sum(along.values()) for name in named)
    else:
        assert all(2 * part <= sum(along.values()) for part in along.values())


def _is_bounded(text: str, changes: Sequence[Change]) -> None:
    """No segment grew or shrank by more than what is said, and the bound is no looser than a percent."""
    growths = [abs(change.after - change.before) for change in changes]
    percent, few = (re.search(rf"by more than ([\d,]+){unit}", text) for unit in ("%", " customer"))
    if percent:
        shares = [100 * growth / change.before for growth, change in zip(growths, changes, strict=True) if growth]
        assert max(shares) <= int(percent[1]) < max(shares) + 1
    else:
        assert max(growths) == (int(few[1].replace(",", "")) if few else 0)


@settings(max_examples=300)
@given(st.integers(0, 10**9))
def test_every_subject_and_headline_on_a_change_is_true(seed: int) -> None:
    seen = random_months(random.Random(seed))  # noqa: S311 - no secret, and seeded
    subject = subject_of(seen, ENGLISH)
    assert len(subject) <= 60
    changes = {label(segment): next(c for c in seen.changes if c.id == segment.id) for segment in seen.now}
    if way := re.fullmatch(r"(?:new model, )?(.+) (up|down) (by )?([\d,>%]+)", subject):
        change = changes.get(way[1])
        growth = change.after - change.before if change else 0
        assert change is None or (growth > 0) == (way[2] == "up")
        assert not change or not change.before or ENGLISH.percent(abs(growth) / change.before) == way[4]
    best = max(seen.now, key=lambda segment: segment.size)
    are = "are" if best.people else "is"
    told_ = headline_of(f"{who(best, start=True)} {are} {best.percent}% of customers", seen, ENGLISH)
    assert best.name in told_
    assert f"{best.percent}% of customers" in told_
    if found := re.search(r"; (they|it) (are|is) ", told_):
        assert findings_of(seen, ENGLISH)[0].ids == (best.id,)
        assert (found[1], found[2]) == (("they", "are") if best.people else ("it", "is"))


@settings(max_examples=300)
@given(st.integers(0, 10**9))
def test_a_headline_says_as_last_month_only_where_every_printed_number_is_the_same(seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311 - no secret, and seeded
    ways = {("a", "a"): rng.randint(350, 450), ("b", "b"): 900} | {(NEW, "b"): rng.choice((0, 4, 14))}
    seen = beside(ways)
    led = next(segment for segment in seen.now if segment.id == "a")
    finding = f"Champions are {led.percent}% of customers and bring {led.value_percent}% of revenue"
    then = next(known for known in seen.before if known.id == "a")
    same = (then.percent, round(100 * (then.value_share or 0))) == (led.percent, led.value_percent)
    assert headline_of(finding, seen, ENGLISH).startswith("As in") == same
