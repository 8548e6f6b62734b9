"""This module knows which role holds which action, declared once and readable as a table.

A role is held by an officer in one post: one organisation of one partnership. There is no superuser: the operator works at the
command line, appears in the ledger like anybody, and can open no sealed field.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from protocols.actions import Action as A


class Role(StrEnum):
    """What an officer is in a post."""

    RETURNS_OFFICER = "returns-officer"
    SIGNATORY = "signatory"
    OFFICER = "officer"
    COORDINATOR = "coordinator"
    LIAISON_OFFICER = "liaison-officer"
    DUTY_OFFICER = "duty-officer"
    AGENCY_ADMIN = "agency-admin"
    AUDITOR = "auditor"
    READER = "reader"
    OPERATOR = "operator"


ANYBODY: frozenset[A] = frozenset({A.OPEN_PUBLIC_PAGE, A.SIGN_IN})
"""What needs no account at all."""

SIGNED_IN: frozenset[A] = frozenset({A.SIGN_OUT, A.MANAGE_OWN_ACCOUNT, A.SWITCH_POST, A.OPEN_HOME})
"""What every signed-in person may do, whatever the post."""

_STAFF = frozenset({A.READ_PARTNERSHIP, A.READ_PROTOCOL, A.READ_HOTSPOTS, A.READ_HOTSPOT_COUNTS, A.READ_STANDARDS, A.FETCH_RECEIPT})
_RECEIVES = frozenset(
    {A.READ_REQUEST, A.MAKE_REQUEST, A.MEND_REQUEST, A.VIEW_RELEASE, A.EXPORT_RELEASE, A.HEAR_RELEASE, A.LINK_RELEASE, A.TELL_RELEASE}
)
_TASKED = frozenset({A.READ_MEETING, A.ACCEPT_CONFIDENTIALITY, A.READ_ACTION, A.ACCEPT_ACTION, A.FINISH_ACTION, A.VERIFY_ACTION})
_VISITS = frozenset({A.READ_VISIT, A.LOG_VISIT, A.CONFIRM_VISIT})
_RETURNS = frozenset({A.READ_RETURN, A.CHECK_RETURN, A.SUBMIT_RETURN, A.SUBMIT_NIL_RETURN})

ROLES: Mapping[Role, frozenset[A]] = MappingProxyType(
    {
        Role.RETURNS_OFFICER: _STAFF
        | _RETURNS
        | {A.LOAD_POLICE_DATA, A.LOAD_COUNCIL_REPORTS, A.VIEW_OWN_RECORD, A.ASSESS_STANDARD},
        Role.SIGNATORY: _STAFF
        | {A.SIGN_PROTOCOL, A.WITHDRAW_FROM_PROTOCOL, A.READ_RETURN, A.ASSESS_STANDARD, A.SIGN_UP_STANDARD, A.RECORD_DELEGATION},
        Role.OFFICER: _STAFF | _RECEIVES | _TASKED | _VISITS | {A.NOMINATE_HOTSPOT, A.DEPOSIT_RECORD, A.VIEW_OWN_RECORD, A.FETCH_RELEASE},
        Role.COORDINATOR: _STAFF
        | _TASKED
        | {
            A.READ_RETURN_STATUS,
            A.PUBLISH_HOTSPOTS,
            A.NAME_LEAD_OFFICER,
            A.NOMINATE_HOTSPOT,
            A.SET_UP_SERIES,
            A.PREPARE_AGENDA,
            A.RUN_MEETING,
            A.SET_ACTION,
            A.DRAFT_PROTOCOL,
            A.SUSPEND_PROTOCOL,
            A.REVIEW_PROTOCOL,
            A.READ_VISIT,
            A.FORM_CONSORTIUM,
        },
        Role.LIAISON_OFFICER: _STAFF
        | {
            A.READ_REQUEST,
            A.DECIDE_REQUEST,
            A.ASSIGN_OFFICER,
            A.AUTHORISE_DECIDER,
            A.DEPOSIT_RECORD,
            A.VIEW_OWN_RECORD,
            A.READ_MEETING,
            A.READ_ACTION,
        },
        Role.DUTY_OFFICER: _STAFF | {A.READ_REQUEST, A.ALLOW_EMERGENCY, A.VIEW_OWN_RECORD},
        Role.AGENCY_ADMIN: _STAFF
        | {
            A.INVITE_OFFICER,
            A.DISABLE_OFFICER,
            A.RESET_PHONE,
            A.ASSIGN_OFFICER,
            A.RECORD_TRAINING,
            A.NAME_LIAISON_OFFICER,
            A.RECORD_DELEGATION,
        },
        Role.AUDITOR: frozenset(
            {
                A.READ_PARTNERSHIP,
                A.READ_PROTOCOL,
                A.READ_HOTSPOTS,
                A.READ_HOTSPOT_COUNTS,
                A.READ_STANDARDS,
                A.READ_RETURN_STATUS,
                A.READ_LEDGER,
                A.VERIFY_LEDGER,
                A.EXPORT_LEDGER,
                A.FETCH_RECEIPT,
            }
        ),
        Role.READER: frozenset({A.READ_PARTNERSHIP, A.READ_PROTOCOL, A.READ_HOTSPOTS, A.READ_STANDARDS}),
        Role.OPERATOR: frozenset(),
    }
)
"""The table. Elected members and residents' co-ordinators are readers: no count, no personal data."""


def allows(roles: frozenset[Role], action: A) -> bool:
    """Whether any of these roles holds the action; what anybody signed in may do is not a role's to give."""
    return any(action in ROLES[role] for role in roles)
