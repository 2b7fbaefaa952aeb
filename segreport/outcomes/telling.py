"""The verdict in one sentence: whether the segments mean anything beyond what they were made from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from segreport.columns import Column
from segreport.outcomes.outcome import Outcome
from segreport.wording import Wording


def verdict_on(
    compared: Sequence[Outcome],
    columns: Mapping[str, Column],
    value: Sequence[str],
    names: Mapping[str, str],
    wording: Wording,
) -> str:
    """Return what the columns kept out say, those of `value` first; nothing where there are none.

    `columns` go by name, `names` are those of the segments by id.
    """
    if not compared:
        return ""
    differing = sorted((outcome for outcome in compared if outcome.differs), key=lambda outcome: outcome.rank)
    if not differing:
        return (
            "Nothing shows that the segments mean anything beyond what they were made from: "
            f"{_none_of(compared, columns)} between them by more than chance, or by more than a hair."
        )
    much = "a little" if differing[0].size == "small" else "something"
    worth = next((outcome for outcome in differing if outcome.column in value), None)
    told = [_told(outcome, columns[outcome.column], names, wording) for outcome in (differing[0], worth) if outcome]
    if len(differing) == 1:
        which = f": {told[0]}"
    elif worth in (None, differing[0]):
        which = f", most of all {told[0]}"
    else:
        which = f", among them {told[1]} and most of all {told[0]}"
    same = [] if worth else [columns[outcome.column].label for outcome in compared if outcome.column in value]
    but = f", but not {wording.listing(same)}" if same else ""
    counted = _counted(len(differing), len(compared))
    return f"The segments mean {much} beyond what they were made from: {counted} between them{which}{but}."


def _none_of(compared: Sequence[Outcome], columns: Mapping[str, Column]) -> str:
    if len(compared) == 1:
        return f"the one column kept out, {columns[compared[0].column].label}, does not differ"
    return f"none of the {len(compared)} columns kept out differs"


def _counted(differing: int, compared: int) -> str:
    if differing < compared:
        return f"{differing} of {compared} columns kept out {'differs' if differing == 1 else 'differ'}"
    if compared == 1:
        return "the one column kept out differs"
    return f"{'both' if compared == 2 else f'all {compared}'} columns kept out differ"


def _told(outcome: Outcome, column: Column, names: Mapping[str, str], wording: Wording) -> str:
    """Return a column and its extremes: "Churned (48% in Lapsed big spenders, 12% in Young regulars)"."""
    high, low = outcome.values[outcome.highest], outcome.values[outcome.lowest]
    most, least = names[outcome.highest], names[outcome.lowest]
    if outcome.level is None:
        first, last = (wording.quantity(mean, column.unit) for mean in (high, low))
        return f"{column.label} ({first} on average in {most}, {last} in {least})"
    level = "" if column.parse.kind == "flag" else f"{outcome.level}: "
    return f"{column.label} ({level}{wording.percent(high)} in {most}, {wording.percent(low)} in {least})"
