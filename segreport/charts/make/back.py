"""The charts of the back part: how many segments, and what the data are like."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

from segreport.charts.kinds import Axis, Band, Bar, Bars, Curve, Lines, Quantity, Silhouettes, Spreads, Tile, Triangle
from segreport.charts.make.named import Names, between, histogram, joined
from segreport.charts.make.scale import axis_over, tight_axis
from segreport.choice import Choice
from segreport.palette import PLAIN
from segreport.report import ColumnFacts, Report
from segreport.wording import Wording


def choice(report: Report, wording: Wording) -> Lines:
    """Return the elbow, the silhouette and how far it lies over chance for every candidate, the chosen k marked."""

    def three(value: float) -> str:
        return wording.fixed(value, 3) if math.isfinite(value) else "–"

    scores, k, elbow = report.choice.scores, report.choice.k, report.choice.elbow
    ks = tuple(float(s.k) for s in scores)
    chosen = next(((i, f"{k} segments") for i, s in enumerate(scores) if s.k == k), None)
    inertia, silhouette = tuple(s.inertia for s in scores), tuple(s.silhouette for s in scores)
    excess = tuple(s.excess for s in scores)
    reach = [s.silhouette + side * s.silhouette_error for s in scores for side in (-1, 1)]
    told = (
        f"{s.k} segments: inertia {wording.number(s.inertia)}, silhouette {three(s.silhouette)}, "
        f"over chance {three(s.excess)}"
        for s in scores
    )
    return Lines(
        key="choice",
        title=_choice_title(report.choice, wording),
        alt=f"{'; '.join(told)}. Chosen: {k}.",
        note="Silhouette with its standard error; over chance: less the mean one of look-alike data without groups."
        + (f" The inertia curve bends at {elbow}." if elbow else ""),
        xs=ks,
        axis=Axis("Segments", min(ks, default=0), max(ks, default=1), tuple((x, f"{x:.0f}") for x in ks)),
        curves=(
            _curve("Inertia", inertia, wording.number, chosen, axis_over(inertia, wording, zero=True)),
            replace(
                _curve("Silhouette", silhouette, three, chosen, axis_over(reach, wording, zero=True)),
                errors=tuple(s.silhouette_error for s in scores),
            ),
            _curve("Over chance", excess, three, chosen, axis_over(excess, wording, zero=True)),
        ),
    )


def _curve(
    title: str, ys: tuple[float, ...], say: Callable[[float], str], at: tuple[int, str] | None, axis: Axis
) -> Curve:
    marked, mark = at or (None, "")
    return Curve(title, ys, tuple(say(y) for y in ys), None, axis, marked, mark)


def _choice_title(choice: Choice, wording: Wording) -> str:
    """Say how far the chosen number lies above chance, or where the silhouette is highest where that decided."""
    own = next((score for score in choice.scores if score.k == choice.k), None)
    known = {s.k: s.silhouette for s in choice.scores if math.isfinite(s.silhouette)}
    if own is None or not known:
        return f"{choice.k} segments were made; no candidate has a silhouette"
    if len(known) == 1 or choice.chosen_by in ("consensus", "last_month", "you"):
        reached, over = wording.fixed(own.silhouette, 3), wording.fixed(abs(own.excess), 3)
        side = "above" if own.excess >= 0 else "below"
        return f"{choice.k} segments reach a silhouette of {reached}, {over} {side} what data without groups reach"
    best = max(known.values())
    top = [str(candidate) for candidate, value in known.items() if math.isclose(value, best, abs_tol=1e-9)]
    title = f"Silhouette is highest at {joined(top)} segments: {wording.fixed(best, 3)}"
    return title if str(choice.k) in top else f"{title}; {choice.k} were chosen"


def silhouettes(report: Report, wording: Wording) -> Silhouettes:
    """Return the silhouette plot: how well each segment's sampled customers lie in it."""
    bands = tuple(
        Band(
            s.name, s.colour, s.share, tuple(sorted(s.silhouette_profile)), s.silhouette, wording.fixed(s.silhouette, 2)
        )
        for s in report.segments
    )
    weak = min(report.segments, key=lambda s: s.silhouette)
    mean = wording.fixed(report.overall.silhouette, 2)
    every = "; ".join(f"{b.name} {b.text}" for b in bands)
    axis = axis_over([0.0, 1.0, *(v for b in bands for v in b.values)], wording, title="Silhouette")
    return Silhouettes(
        key="silhouettes",
        title=f"Silhouette averages {mean}; the lowest segment is {weak.name} at {wording.fixed(weak.silhouette, 2)}",
        alt=f"Mean silhouette {mean} over all customers. {every}.",
        note="A customer at 1 lies deep inside the segment, at 0 on a border, below 0 nearer to another segment.",
        bands=bands,
        mean=report.overall.silhouette,
        mean_text=f"mean {mean}",
        axis=axis,
    )


def distributions(report: Report, wording: Wording, *, most: int = 12) -> tuple[Spreads, ...]:
    """Return every number and date column's histogram, `most` a chart."""
    names = Names.of(report)
    panels = [p for column in report.overall.spreads if (p := histogram(report, names, column, wording))]
    pages = [tuple(panels[i : i + most]) for i in range(0, len(panels), most)]
    return tuple(
        Spreads(
            key=f"distributions-{number}",
            title="Half of all customers: "
            + "; ".join(_middle(p.label, p.quantiles, p.unit, wording) for p in page[:2]),
            alt="; ".join(f"{p.label}: {p.text}" for p in page) + ".",
            note="" if len(pages) == 1 else f"Part {number} of {len(pages)}.",
            name="All customers",
            colour=PLAIN,
            panels=page,
        )
        for number, page in enumerate(pages, 1)
    )


def _middle(label: str, quantiles: Sequence[float], unit: str, wording: Wording) -> str:
    return f"{label} {between(quantiles[1], quantiles[3], unit, wording)}"


def missing(report: Report, wording: Wording, *, most: int = 20) -> Bars | None:
    """Return the share of customers without a value, a bar a column with gaps; None where nothing is missing."""
    gaps = sorted((c for c in report.columns if c.missing > 0), key=lambda c: -c.missing)
    everyone = max(report.source.customers, *(c.missing for c in gaps), 1) if gaps else 0
    if not everyone:
        return None
    rest = f" and {wording.count(len(gaps) - 1)} other columns have gaps" if len(gaps) > 1 else ""
    first = f"{gaps[0].label} is missing for {wording.percent(gaps[0].missing / everyone)} of customers"
    bars = tuple(_missing_bar(c, everyone, wording) for c in gaps[:most])
    return Bars(
        key="missing",
        title=first + rest.replace("1 other columns have", "1 other column has"),
        alt="; ".join(f"{b.label} {b.text}" for b in bars) + ".",
        note=f"The {most} columns with most gaps, of {len(gaps)}." if len(gaps) > most else "",
        bars=bars,
        axis=tight_axis([0.0, bars[0].value]),
        header=("Column", "Missing", "Share of customers"),
    )


def _missing_bar(column: ColumnFacts, everyone: int, wording: Wording) -> Bar:
    share = column.missing / everyone
    cells = (Quantity(column.missing, "count"), Quantity(share, "share"))
    return Bar(column.label, share, f"{wording.percent(share)} ({wording.count(column.missing)})", PLAIN, cells)


def correlations(report: Report, wording: Wording, *, most: int = 20) -> Triangle | None:
    """Return how columns move together, the `most` strongest columns; None with fewer than two."""
    names, matrix = Names.of(report), report.overall.correlations
    columns = report.overall.correlated
    if len(columns) < 2:
        return None
    strength = [
        max((abs(v) for j, v in enumerate(row) if j != i and math.isfinite(v)), default=0.0)
        for i, row in enumerate(matrix)
    ]
    kept = sorted(sorted(range(len(columns)), key=lambda i: -strength[i])[:most])
    labels = tuple(names.label(columns[i]) for i in kept)
    tiles = tuple(tuple(_correlation(matrix[i][j], wording) for j in kept[:row]) for row, i in enumerate(kept))
    pairs = [(matrix[i][j], labels[row], labels[at]) for row, i in enumerate(kept) for at, j in enumerate(kept[:row])]
    pairs = sorted((p for p in pairs if math.isfinite(p[0])), key=lambda p: -abs(p[0]))
    told = "; ".join(f"{b} and {a} {wording.fixed(r, 2)}" for r, a, b in pairs[:6])
    return Triangle(
        key="correlations",
        title=_correlation_title(pairs, wording),
        alt=f"Strongest correlations: {told}." if told else "No correlation could be computed.",
        note="Rank correlation (Spearman), -1 to 1; numbers from 0.2 on."
        + (f" The {most} columns most correlated, of {len(columns)}." if len(columns) > most else ""),
        names=labels,
        tiles=tiles,
    )


def _correlation(value: float, wording: Wording) -> Tile:
    if not math.isfinite(value):
        return Tile(0.0, "", None)
    return Tile(max(-1.0, min(1.0, value)), wording.fixed(value, 2) if abs(value) >= 0.2 else "", Quantity(value))


def _correlation_title(pairs: Sequence[tuple[float, str, str]], wording: Wording) -> str:
    if not pairs:
        return "No two columns could be compared"
    value, second, first = pairs[0]
    if abs(value) < 0.3:
        return f"No two columns move together closely; the largest correlation is {wording.fixed(value, 2)}"
    how = "together" if value > 0 else "against each other"
    return f"{first} and {second} move most closely {how}: correlation {wording.fixed(value, 2)}"
