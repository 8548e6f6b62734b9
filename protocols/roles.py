"""This module knows which role holds which action, declared once and readable as a table.

A role is held by an officer in one post: one organisation of one partnership. There is no superuser: the operator works at the
command line, appears in the ledger like anybody, and can open no sealed field.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from protocols.actions import Action


class Role(StrEnum):
    """What an officer is in a post."""

    RETURNS_OFFICER = "returns-officer"
    SIGNATORY = "signatory"
    OFFICER = "officer"
    COORDINATOR = "coordinator"
    LIAISON_OFFICER = "liaison-officer"
    AUTHORISED_OFFICER = "authorised-officer"
    DUTY_OFFICER = "duty-officer"
    AGENCY_ADMIN = "agency-admin"
    AUDITOR = "auditor"
    READER = "reader"
    OPERATOR = "operator"


ANYBODY: frozenset[Action] = frozenset({Action.OPEN_PUBLIC_PAGE, Action.SIGN_IN})
"""What needs no account at all."""

SIGNED_IN: frozenset[Action] = frozenset(
    {Action.SIGN_OUT, Action.MANAGE_OWN_ACCOUNT, Action.SWITCH_POST, Action.OPEN_HOME}
)
"""What every signed-in person may do, whatever the post."""

_STAFF = frozenset(
    {
        Action.READ_PARTNERSHIP,
        Action.READ_PROTOCOL,
        Action.READ_HOTSPOTS,
        Action.READ_HOTSPOT_COUNTS,
        Action.READ_STANDARDS,
        Action.FETCH_RECEIPT,
    }
)
_RECEIVES = frozenset(
    {
        Action.READ_REQUEST,
        Action.MAKE_REQUEST,
        Action.MEND_REQUEST,
        Action.VIEW_RELEASE,
        Action.EXPORT_RELEASE,
        Action.HEAR_RELEASE,
        Action.LINK_RELEASE,
        Action.TELL_RELEASE,
    }
)
_TASKED = frozenset(
    {
        Action.READ_MEETING,
        Action.ACCEPT_CONFIDENTIALITY,
        Action.READ_ACTION,
        Action.ACCEPT_ACTION,
        Action.FINISH_ACTION,
        Action.VERIFY_ACTION,
    }
)
_VISITS = frozenset({Action.READ_VISIT, Action.LOG_VISIT, Action.CONFIRM_VISIT})
_RETURNS = frozenset({Action.READ_RETURN, Action.CHECK_RETURN, Action.SUBMIT_RETURN, Action.SUBMIT_NIL_RETURN})

ROLES: Mapping[Role, frozenset[Action]] = MappingProxyType(
    {
        Role.RETURNS_OFFICER: _STAFF
        | _RETURNS
        | {Action.LOAD_POLICE_DATA, Action.LOAD_COUNCIL_REPORTS, Action.VIEW_OWN_RECORD, Action.ASSESS_STANDARD},
        Role.SIGNATORY: _STAFF
        | {
            Action.SIGN_PROTOCOL,
            Action.WITHDRAW_FROM_PROTOCOL,
            Action.READ_RETURN,
            Action.ASSESS_STANDARD,
            Action.SIGN_UP_STANDARD,
            Action.RECORD_DELEGATION,
        },
        Role.OFFICER: _STAFF
        | _RECEIVES
        | _TASKED
        | _VISITS
        | {Action.NOMINATE_HOTSPOT, Action.DEPOSIT_RECORD, Action.VIEW_OWN_RECORD, Action.FETCH_RELEASE},
        Role.COORDINATOR: _STAFF
        | _TASKED
        | {
            Action.READ_RETURN_STATUS,
            Action.PUBLISH_HOTSPOTS,
            Action.NAME_LEAD_OFFICER,
            Action.NOMINATE_HOTSPOT,
            Action.SET_UP_SERIES,
            Action.MOVE_MEETING,
            Action.PREPARE_AGENDA,
            Action.RUN_MEETING,
            Action.SET_ACTION,
            Action.FUND_ACTION,
            Action.DRAFT_PROTOCOL,
            Action.SUSPEND_PROTOCOL,
            Action.REVIEW_PROTOCOL,
            Action.READ_VISIT,
            Action.FORM_CONSORTIUM,
        },
        Role.LIAISON_OFFICER: _STAFF
        | {
            Action.READ_REQUEST,
            Action.DECIDE_REQUEST,
            Action.ASSIGN_OFFICER,
            Action.AUTHORISE_DECIDER,
            Action.DEPOSIT_RECORD,
            Action.VIEW_OWN_RECORD,
            Action.READ_MEETING,
            Action.ACCEPT_CONFIDENTIALITY,
            Action.READ_ACTION,
        },
        Role.AUTHORISED_OFFICER: _STAFF
        | {Action.READ_REQUEST, Action.DECIDE_REQUEST, Action.DEPOSIT_RECORD, Action.VIEW_OWN_RECORD},
        Role.DUTY_OFFICER: _STAFF | {Action.READ_REQUEST, Action.ALLOW_EMERGENCY, Action.VIEW_OWN_RECORD},
        Role.AGENCY_ADMIN: _STAFF
        | {
            Action.INVITE_OFFICER,
            Action.DISABLE_OFFICER,
            Action.RESET_PHONE,
            Action.ASSIGN_OFFICER,
            Action.RECORD_TRAINING,
            Action.NAME_LIAISON_OFFICER,
            Action.RECORD_DELEGATION,
        },
        Role.AUDITOR: frozenset(
            {
                Action.READ_PARTNERSHIP,
                Action.READ_PROTOCOL,
                Action.READ_HOTSPOTS,
                Action.READ_HOTSPOT_COUNTS,
                Action.READ_STANDARDS,
                Action.READ_RETURN_STATUS,
                Action.READ_LEDGER,
                Action.VERIFY_LEDGER,
                Action.EXPORT_LEDGER,
                Action.FETCH_RECEIPT,
            }
        ),
        Role.READER: frozenset(
            {Action.READ_PARTNERSHIP, Action.READ_PROTOCOL, Action.READ_HOTSPOTS, Action.READ_STANDARDS}
        ),
        Role.OPERATOR: frozenset(),
    }
)
"""The table. Elected members and residents' co-ordinators are readers: no count, no personal data."""


def allows(roles: frozenset[Role], action: Action) -> bool:
    """Whether any of these roles holds the action; what anybody signed in may do is not a role's to give."""
    return any(action in ROLES[role] for role in roles)
