"""Do the segments mean anything where it counts? Columns kept out of the clustering, compared between segments.

Values are exact, those of the profiles; tests and effects come from the first 50,000 customers of the sample. With
many customers everything is more than chance, so a difference must be relevant too.
"""

from segreport.outcomes.comparing import compare
from segreport.outcomes.outcome import Outcome, Outcomes, Size

__all__ = ["Outcome", "Outcomes", "Size", "compare"]
