"""How everything sealed ends: what is due, what a hold keeps, the preview, the erasure of a row and of a year."""

from sharing.retention.due import Count, Item, Preview, preview, title_of
from sharing.retention.erasing import BATCH, SHRED_REASONS, Erased, run, shred_one
from sharing.retention.holding import (
    COPY,
    RECORD,
    RECORD_HOLD,
    HoldView,
    PutHold,
    holds_of,
    lift_hold,
    put_hold,
    reference_of,
)
from sharing.retention.rules import HOLD_REASONS, LIFT_REASONS, RULES
from sharing.retention.settling import settle
from sharing.retention.years import Year, destroy_year, preview_year, shred_year

__all__ = [
    "BATCH",
    "COPY",
    "HOLD_REASONS",
    "LIFT_REASONS",
    "RECORD",
    "RECORD_HOLD",
    "RULES",
    "SHRED_REASONS",
    "Count",
    "Erased",
    "HoldView",
    "Item",
    "Preview",
    "PutHold",
    "Year",
    "destroy_year",
    "holds_of",
    "lift_hold",
    "preview",
    "preview_year",
    "put_hold",
    "reference_of",
    "run",
    "settle",
    "shred_one",
    "shred_year",
    "title_of",
]
