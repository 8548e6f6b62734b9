"""Joint visits."""

from sharing.visits.read import VisitView, visit, visits
from sharing.visits.rules import visit_kinds, visit_outcomes
from sharing.visits.service import LogVisit, confirm_visit, log_visit, view_visit

__all__ = [
    "LogVisit",
    "VisitView",
    "confirm_visit",
    "log_visit",
    "view_visit",
    "visit",
    "visit_kinds",
    "visit_outcomes",
    "visits",
]
