"""From one month to the next: which segment is which, whether the model still holds, who moved, and what moved them.

past       an earlier month as its folder tells it       identity   old segments found again in a new model
routes     where every customer was and is               changes    each segment's change, in parts that add up
cohorts    what last month's segments did since          followups  last month's recommendations, and their numbers
trends     every segment over all months                 movers     the list of who moved
telling    what changed, in sentences                    movement   what passes on from here
"""

from __future__ import annotations

from segreport.history.changes import ageing_known, changes_of, flows_of, turnover_of
from segreport.history.cohorts import Cohort, cohorts_of
from segreport.history.followups import followups_of
from segreport.history.identity import colours_of, decide, explains_better, match_segments, order_of, renew_ids
from segreport.history.movement import (
    LOST,
    NEW,
    RETURNED,
    Change,
    Decision,
    Event,
    Finding,
    Flow,
    FollowUp,
    Known,
    Month,
    Movement,
    Parts,
    Past,
    Point,
    Problem,
    Trend,
    Turnover,
)
from segreport.history.movers import filter_movers, write_movers
from segreport.history.past import months_between, months_of, recall, unreadable
from segreport.history.reading import indexes_of, month_in, read_month
from segreport.history.routes import Route, Trails, routes_of
from segreport.history.telling import (
    Compared,
    Shown,
    event_words,
    findings_of,
    gap_words,
    headline_of,
    moved_words,
    since_words,
    subject_of,
)
from segreport.history.trends import linked, trends_of

__all__ = [
    "LOST",
    "NEW",
    "RETURNED",
    "Change",
    "Cohort",
    "Compared",
    "Decision",
    "Event",
    "Finding",
    "Flow",
    "FollowUp",
    "Known",
    "Month",
    "Movement",
    "Parts",
    "Past",
    "Point",
    "Problem",
    "Route",
    "Shown",
    "Trails",
    "Trend",
    "Turnover",
    "ageing_known",
    "changes_of",
    "cohorts_of",
    "colours_of",
    "decide",
    "event_words",
    "explains_better",
    "filter_movers",
    "findings_of",
    "flows_of",
    "followups_of",
    "gap_words",
    "headline_of",
    "indexes_of",
    "linked",
    "match_segments",
    "month_in",
    "months_between",
    "months_of",
    "moved_words",
    "order_of",
    "read_month",
    "recall",
    "renew_ids",
    "routes_of",
    "since_words",
    "subject_of",
    "trends_of",
    "turnover_of",
    "unreadable",
    "write_movers",
]
