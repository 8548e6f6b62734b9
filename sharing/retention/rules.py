"""This module knows the rule by which each sealed table ends, why something may be held beyond it, and what a preview is of.

Records and recipients' copies end on a day of their own. Everything else ends with the quarter in which its key falls due: the
day was said when it was sealed, and a key outlives it by less than a quarter. A sealed table without a rule here fails a test.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType

OWN_DAY, QUARTER = "own-day", "quarter"


@dataclass(frozen=True)
class TableRule:
    """How a sealed table's rows end. `columns` are emptied; for a table with `cells` its own room empties them."""

    title: str
    columns: tuple[str, ...]
    by: str = QUARTER
    cells: str = ""


RULES: Mapping[str, TableRule] = MappingProxyType(
    {
        "case_record": TableRule("Our records", (), by=OWN_DAY, cells="case_field"),
        "disclosure": TableRule("What we were given", ("opening",), by=OWN_DAY, cells="disclosure_field"),
        "information_request": TableRule("Requests’ words", ("subject", "necessity", "proportionality", "harm")),
        "request_detail": TableRule("Requests’ answers", ("words",)),
        "request_message": TableRule("What was said on requests", ("words",)),
        "request_result": TableRule("How requests ended", ("words",)),
        "emergency_case": TableRule("Emergencies’ write-ups", ("write_up", "review_words")),
        "push": TableRule("Words of what was sent unasked", ("necessity", "proportionality")),
        "visit": TableRule("Visits’ places and notes", ("place", "note")),
        "incident": TableRule("Returns’ rows", ("reference", "postcode", "address", "note")),
        "recall": TableRule("Recalls’ notes", ("note", "ended_words")),
        "recall_answer": TableRule("Answers to recalls", ("words",)),
        "breach": TableRule("Breaches’ words", ("what", "risk_words", "report_words", "told_words", "lessons")),
        "subject_request": TableRule("People who asked for their data", ("person",)),
        "subject_item": TableRule("Reasons in answers to people", ("why",)),
        "register_entry": TableRule("Registers’ words", ("words",)),
        "breach_alert": TableRule("Alerts’ words", ("necessity", "proportionality")),
        "referral_part": TableRule("Referrals’ parts", ("words",)),
        "outside_disclosure": TableRule("What was told outside", ("told_to", "why", "harm")),
    }
)
"""Table → its rule: every table with a sealed column, or whose rows' cells are sealed under its rows' keys."""

HOLD_REASONS: Mapping[str, str] = MappingProxyType(
    {
        "live-order": "A court order that is live rests on it",
        "proceedings": "Court proceedings are under way or expected",
        "police-investigation": "A police investigation needs it",
        "inquiry": "A public inquiry or inquest has asked for it to be kept",
        "subject-request": "The person has asked for their data or complained",
        "audit": "An audit or a breach is being looked into",
    }
)
"""Why something may be kept beyond its day. In codes: a reason in words would name somebody."""

LIFT_REASONS: Mapping[str, str] = MappingProxyType(
    {
        "ended": "What it was held for has ended",
        "mistake": "It was put on by mistake",
        "reviewed": "At its review nobody could say what it is still needed for",
    }
)


def code_of(ids: Collection[uuid.UUID]) -> str:
    """The code of a preview: twelve figures of SHA-256 over what would go. Who erases names it, so that nobody erases unseen."""
    return hashlib.sha256(b"".join(each.bytes for each in sorted(ids))).hexdigest()[:12]
