"""What reading comes to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ibis.expr.types as ir


@dataclass(frozen=True, eq=False)
class Source:
    """The data as it was found: an Ibis table, the name readers see, and what identifies its content.

    `fingerprint` is a SHA-256 in hex: of the bytes of a file, of the digests of several files, of a frame's Arrow
    form, or (another engine's table, which is not fetched) of its schema, row count and SQL.
    `notes` says in sentences what was found out or assumed. What was read lives as long as `table` does.
    """

    table: ir.Table
    name: str
    fingerprint: str
    notes: tuple[str, ...]
