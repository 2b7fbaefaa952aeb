"""Would another choice put customers in other segments? Other numbers, columns and methods, tried and told."""

from segreport.alternatives.matching import Recut, recut
from segreport.alternatives.telling import Alternative, Alternatives, tell_others
from segreport.alternatives.tracing import Group, Level, Traces, trace
from segreport.alternatives.trying import Trial, Tried, try_others

__all__ = [
    "Alternative",
    "Alternatives",
    "Group",
    "Level",
    "Recut",
    "Traces",
    "Trial",
    "Tried",
    "recut",
    "tell_others",
    "trace",
    "try_others",
]
