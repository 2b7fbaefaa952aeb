"""Columns that say the same as another one."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import ibis.expr.types as ir

from segreport.columns.measuring import Facts
from segreport.columns.roles import Verdict

_COMPARED = {"amount", "number", "date", "category", "flag"}


def without_repeats(
    staged: ir.Table, facts: Sequence[Facts], verdicts: Mapping[str, Verdict], kept: Collection[str | None]
) -> dict[str, Verdict]:
    """Return the verdicts, with columns that equal an earlier one as duplicates; `kept` ones stay as they are."""
    pairs = [
        (first, second)
        for place, second in enumerate(facts)
        for first in facts[:place]
        if second.name not in kept
        and _same_counts(first, second)
        and {verdicts[first.name].role, verdicts[second.name].role} <= _COMPARED
    ]
    if not pairs:
        return dict(verdicts)
    counts = [
        (~staged[first.name].identical_to(staged[second.name])).sum().name(str(i))
        for i, (first, second) in enumerate(pairs)
    ]
    differing = staged.aggregate(counts).to_pyarrow().to_pylist()[0]
    result = dict(verdicts)
    for i, (first, second) in enumerate(pairs):
        if differing[str(i)] == 0 and result[first.name].role != "duplicate":
            result[second.name] = replace(
                result[second.name], role="duplicate", why=f"the same as '{first.name}' in every row"
            )
    return result


def _same_counts(first: Facts, second: Facts) -> bool:
    return (first.parse.kind, first.count, first.distinct, first.low, first.high, first.latest) == (
        second.parse.kind,
        second.count,
        second.distinct,
        second.low,
        second.high,
        second.latest,
    )
