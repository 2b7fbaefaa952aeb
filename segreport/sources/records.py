"""JSON: one record a line, or an array of records. Numbers stay numbers; dates and nested values are text."""

from __future__ import annotations

import re
from pathlib import Path

from segreport.errors import InputError
from segreport.settings import ReadSettings
from segreport.sources import engine
from segreport.sources.encodings import as_utf8
from segreport.sources.engine import Engine, blaming
from segreport.sources.layout import NoRowsError

OPTIONS = "records=true, compression='uncompressed'"
KEPT = frozenset({"BIGINT", "UBIGINT", "HUGEINT", "DOUBLE", "BOOLEAN"})
HINT = 'JSON must be one record a line, or an array of records such as [{"id": 1, "spend": 20.5}].'


def load_json(store: Engine, file: Path, read: ReadSettings, table: str) -> tuple[str, ...]:
    """Read a JSON file into `table`; return notes."""
    text = as_utf8(file, read.encoding, store.folder)
    place = store.reachable(text.path)
    try:
        if _is_empty_array(text.path):
            raise NoRowsError(f"{file}: there are no rows.")
        with blaming(file, HINT):
            found = store.columns(f"(FROM read_json({place}, sample_size=-1, {OPTIONS}))")
            _check(file, found)
            columns = ", ".join(
                f"{engine.text(n)}: '{kind if kind in KEPT else 'VARCHAR'}'" for n, kind in found.items()
            )
            store.run(f"CREATE TABLE {table} AS FROM read_json({place}, {OPTIONS}, columns={{{columns}}})")
    finally:
        if text.temporary:
            text.path.unlink()
    nested = [name for name, kind in found.items() if kind.endswith("]") or kind.startswith(("STRUCT", "MAP"))]
    note = f"Nested values are kept as text: {', '.join(nested)}." if nested else ""
    return tuple(filter(None, (text.note, note)))


def _is_empty_array(path: Path) -> bool:
    return path.stat().st_size < 100 and re.fullmatch(r"\s*\[\s*\]\s*", path.read_text(encoding="utf-8")) is not None


def _check(file: Path, found: dict[str, str]) -> None:
    if found and all(kind.startswith(("STRUCT", "MAP")) or kind.endswith("]") for kind in found.values()):
        raise InputError(f"{file}: this holds one object with lists inside, not records. {HINT}")
    for name in found:
        # the engine renames keys that differ only in case, and would then look for the new name in vain
        stem = re.sub(r"_\d+$", "", name)
        if stem != name and any(other != stem and other.casefold() == stem.casefold() for other in found):
            raise InputError(f"{file}: two keys differ only in upper and lower case ({stem}); rename one of them.")
