"""The auditor's counter: reconciliation, samples, what was told outside the portal, break-glass. It may read every room."""

from sharing.audit.figure import Column, Figure, Scope
from sharing.audit.glass import GlassView, answer_glass, ask_to_break, glass, glasses, open_glass
from sharing.audit.outside import CHANNELS, Reported, ReportOutside, report_outside, view_outside
from sharing.audit.outside_read import OutsideView, outside_disclosure, outside_disclosures
from sharing.audit.receipts import Verified, verify_receipts
from sharing.audit.reconcile import FIGURES, figure, reconcile
from sharing.audit.rules import SAMPLE_SIZE, GlassStatus, Mark, Verdict, new_seed
from sharing.audit.sample_read import (
    ItemView,
    Recomputed,
    SampleView,
    decision_of,
    items,
    marks,
    population,
    recompute,
    sample,
    samples,
)
from sharing.audit.sampling import (
    CommitSample,
    commit_sample,
    draw_sample,
    keep_verification,
    mark_sample,
    take_working_papers,
)
from sharing.audit.schedule import YearOfLog, schedule

__all__ = [
    "CHANNELS",
    "FIGURES",
    "SAMPLE_SIZE",
    "Column",
    "CommitSample",
    "Figure",
    "GlassStatus",
    "GlassView",
    "ItemView",
    "Mark",
    "OutsideView",
    "Recomputed",
    "ReportOutside",
    "Reported",
    "SampleView",
    "Scope",
    "Verdict",
    "Verified",
    "YearOfLog",
    "answer_glass",
    "ask_to_break",
    "commit_sample",
    "decision_of",
    "draw_sample",
    "figure",
    "glass",
    "glasses",
    "items",
    "keep_verification",
    "mark_sample",
    "marks",
    "new_seed",
    "open_glass",
    "outside_disclosure",
    "outside_disclosures",
    "population",
    "recompute",
    "reconcile",
    "report_outside",
    "sample",
    "samples",
    "schedule",
    "take_working_papers",
    "verify_receipts",
    "view_outside",
]
