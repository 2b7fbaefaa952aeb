"""What changed, in sentences: page one's findings, the headline, the e-mail's subject, and the movement part's text.

weighing   how much of each change is real, and which are more than chance
phrases    months, names and counts within a sentence; what became of segments; a missing month
findings   what changed, most important first; the headline and the subject
moving     how many customers stayed and moved, what moved them, and whether the model was kept
"""

from __future__ import annotations

from segreport.history.telling.findings import findings_of
from segreport.history.telling.headline import headline_of, subject_of
from segreport.history.telling.moving import moved_words
from segreport.history.telling.phrases import gap_words, since_words
from segreport.history.telling.structure import event_words
from segreport.history.telling.weighing import Compared, Shown

__all__ = [
    "Compared",
    "Shown",
    "event_words",
    "findings_of",
    "gap_words",
    "headline_of",
    "moved_words",
    "since_words",
    "subject_of",
]
