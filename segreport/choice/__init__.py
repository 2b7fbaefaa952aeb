"""How many segments: every candidate's scores, the k chosen, whether groups exist at all, and the reason in words."""

from __future__ import annotations

from segreport.choice.deciding import DOUBTFUL, STABLE, Choice, Structure, decide
from segreport.choice.scanning import FEWEST, Scan, scan_k
from segreport.choice.scores import Score, silhouette_samples
from segreport.settings import SegmentSettings
from segreport.wording import Wording

__all__ = [
    "DOUBTFUL",
    "FEWEST",
    "STABLE",
    "Choice",
    "Scan",
    "Score",
    "Structure",
    "choose_k",
    "decide",
    "scan_k",
    "silhouette_samples",
]


def choose_k(scan: Scan, settings: SegmentSettings, wording: Wording) -> Choice:
    """Return the k to use; no segment may be smaller than the minimum share, or than ten customers."""
    smallest = max(settings.min_share, min(FEWEST / scan.customers, 0.5))
    return decide(scan.scores, scan.elbow, settings.model_copy(update={"min_share": smallest}), wording)
