"""The columns a user named, found in the table whatever their case; unknown names fail with the nearest matches."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from segreport.columns import labels
from segreport.errors import InputError
from segreport.settings import ColumnSettings, Role


def matched(choices: ColumnSettings, names: Sequence[str]) -> ColumnSettings:
    """Return the choices with every name as the table writes it; raise InputError for one that is not there."""
    roles, given = matched_roles(choices, names)
    found = {
        key: tuple(dict.fromkeys(match(key, name, names) for name in getattr(choices, key)))
        for key in ("value", "feature", "describe", "exclude")
    }
    _consistent(found, given)
    return choices.model_copy(update={"id": given[0] if given else None, "role": roles, **found})


def matched_roles(choices: ColumnSettings, names: Sequence[str]) -> tuple[dict[str, Role], list[str]]:
    """Return the roles the user gave, by column, and the columns told to be the id, the one that counts first."""
    roles = {match("role", asked, names): role for asked, role in choices.role.items()}
    given = [match("id", name, names) for name in (choices.id,) if name is not None]
    ids = [name for name, role in roles.items() if role == "id"]
    if not given and len(ids) > 1:
        raise InputError(f"--role: columns {ids[0]!r} and {ids[1]!r} are both told to be the id; say which with --id.")
    return roles, given + ids


def match(key: str, asked: str, names: Sequence[str]) -> str:
    """Return the column that is meant by `asked`; raise InputError, which names the flag --key, where there is none."""
    if asked in names:
        return asked
    plain = _plain(asked)
    hits = [name for name in names if _plain(name) == plain] or [
        name for name in names if _plain(labels.label(name)) == plain
    ]
    if len(hits) == 1:
        return hits[0]
    near = hits or _nearest(plain, names)
    hint = f"did you mean {' or '.join(repr(name) for name in near)}?" if near else f"found {', '.join(names)}."
    raise InputError(f"--{key}: there is no column {asked!r}; {hint}")


def _nearest(plain: str, names: Sequence[str]) -> list[str]:
    by_plain = {form: name for name in names for form in (_plain(labels.label(name)), _plain(name))}
    close = difflib.get_close_matches(plain, by_plain, n=3, cutoff=0.5) + [
        form for form in by_plain if len(plain) > 2 and plain in form
    ]
    return list(dict.fromkeys(by_plain[form] for form in close))[:3]


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())


def _consistent(found: dict[str, tuple[str, ...]], ids: Sequence[str]) -> None:
    pairs = [("feature", "describe"), ("feature", "exclude"), ("describe", "exclude"), ("value", "exclude")]
    for one, other in pairs:
        if both := set(found[one]) & set(found[other]):
            raise InputError(
                f"column {min(both)!r} is named with both --{one} and --{other}; name it with one of them."
            )
    if used := set(ids) & {name for names in found.values() for name in names}:
        raise InputError(f"column {min(used)!r} is the id; it cannot be used as anything else.")
