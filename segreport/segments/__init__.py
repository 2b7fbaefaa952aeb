"""The model (recipe, centres, ids: JSON, no pickle) and the segment of every customer.

model       what a segment is         assigning   the segment of every customer, in batches
sql         the same as one statement, for an engine that does the work itself
"""

from __future__ import annotations

from segreport.segments.assigning import WORTH, assign, assign_nearest, ids_of
from segreport.segments.model import SCHEMA, Fitted, Model, agreement, applied, cluster, load_model, only, with_ids
from segreport.segments.sql import DIALECTS, check_dialect, segments_sql

__all__ = [
    "DIALECTS",
    "SCHEMA",
    "WORTH",
    "Fitted",
    "Model",
    "agreement",
    "applied",
    "assign",
    "assign_nearest",
    "check_dialect",
    "cluster",
    "ids_of",
    "load_model",
    "only",
    "segments_sql",
    "with_ids",
]
