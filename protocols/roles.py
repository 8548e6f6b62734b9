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


ANYBODY: frozenset[Action] = frozenset({Action.OPEN_PUBLIC_PAGE, Action.SIGN_IN, Action.OPEN_LINK})
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
        Action.ANSWER_MORE,
        Action.ESCALATE_REQUEST,
        Action.WITHDRAW_REQUEST,
        Action.RECORD_RESULT,
        Action.READ_MONITORS,
        Action.READ_EMERGENCY,
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
_RECALLED = frozenset({Action.READ_RECALL, Action.ANSWER_RECALL, Action.ACKNOWLEDGE_CORRECTION})
"""What a recipient's officers do about what is taken back or put right."""
_BREACHES = frozenset({Action.READ_BREACH, Action.REPORT_BREACH, Action.HANDLE_BREACH})
_VISITS = frozenset({Action.READ_VISIT, Action.LOG_VISIT, Action.CONFIRM_VISIT})
_REGISTERS = frozenset(
    {
        Action.READ_REGISTER,
        Action.ENTER_REGISTER,
        Action.OPEN_REGISTER,
        Action.REVIEW_REGISTER,
        Action.END_REGISTER,
        Action.CHANGE_TEAM,
        Action.READ_ALERT,
        Action.RAISE_ALERT,
        Action.ACKNOWLEDGE_ALERT,
        Action.RECORD_ALERT_RESULT,
        Action.READ_REFERRAL,
        Action.MAKE_REFERRAL,
        Action.WRITE_PART,
        Action.OPEN_PART,
        Action.END_REFERRAL,
    }
)
"""Registers, alerts and referrals: what an officer of any agency keeps and answers."""
_CIRCULATES = frozenset(
    {Action.READ_REGISTER, Action.OPEN_REGISTER, Action.CIRCULATE_REGISTER, Action.READ_ALERT, Action.TELL_ALERT}
)
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
        | _RECALLED
        | _REGISTERS
        | {
            Action.READ_OUTSIDE,
            Action.REPORT_OUTSIDE,
            Action.NOMINATE_HOTSPOT,
            Action.DEPOSIT_RECORD,
            Action.VIEW_OWN_RECORD,
            Action.FETCH_RELEASE,
            Action.MAKE_PUSH,
            Action.LINK_SUBJECTS,
            Action.TELL_OUTSIDE,
        },
        Role.COORDINATOR: _STAFF
        | _TASKED
        | {
            Action.COUNT_BREACHES,
            Action.READ_REGISTER,
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
            Action.DESCRIBE_PARTNER,
            Action.READ_VISIT,
            Action.READ_REPLY_TIMES,
            Action.FORM_CONSORTIUM,
            Action.TAKE_COSIGNATURE,
        },
        Role.LIAISON_OFFICER: _STAFF
        | _RECALLED
        | _BREACHES
        | _CIRCULATES
        | {
            Action.READ_RETENTION,
            Action.RUN_RETENTION,
            Action.PUT_HOLD,
            Action.LIFT_HOLD,
            Action.NAME_ALERT_CONTACT,
            Action.FIND_SUBJECT,
            Action.LINK_SUBJECTS,
            Action.ANSWER_SUBJECT,
            Action.INCLUDE_SUBJECT_ITEM,
            Action.ADVISE_ON_SUBJECT,
            Action.TELL_OUTSIDE,
            Action.MAKE_RECALL,
            Action.END_RECALL,
            Action.CORRECT_RECORD,
            Action.READ_OUTSIDE,
            Action.REPORT_OUTSIDE,
            Action.READ_GLASS,
            Action.ALLOW_GLASS,
            Action.READ_REQUEST,
            Action.DECIDE_REQUEST,
            Action.ASK_MORE,
            Action.CONFIRM_DECISION,
            Action.DECIDE_PUSH,
            Action.READ_MONITORS,
            Action.READ_EMERGENCY,
            Action.REVIEW_EMERGENCY,
            Action.READ_REPLY_TIMES,
            Action.ASSIGN_OFFICER,
            Action.AUTHORISE_DECIDER,
            Action.DEPOSIT_RECORD,
            Action.VIEW_OWN_RECORD,
            Action.READ_MEETING,
            Action.ACCEPT_CONFIDENTIALITY,
            Action.READ_ACTION,
        },
        Role.AUTHORISED_OFFICER: _STAFF
        | _CIRCULATES
        | {
            Action.READ_REQUEST,
            Action.DECIDE_REQUEST,
            Action.ASK_MORE,
            Action.CONFIRM_DECISION,
            Action.DECIDE_PUSH,
            Action.READ_EMERGENCY,
            Action.REVIEW_EMERGENCY,
            Action.DEPOSIT_RECORD,
            Action.VIEW_OWN_RECORD,
        },
        Role.DUTY_OFFICER: _STAFF
        | {
            Action.READ_ALERT,
            Action.ACKNOWLEDGE_ALERT,
            Action.RECORD_ALERT_RESULT,
            Action.READ_REQUEST,
            Action.ALLOW_EMERGENCY,
            Action.READ_EMERGENCY,
            Action.WRITE_UP_EMERGENCY,
            Action.REVIEW_EMERGENCY,
            Action.VIEW_OWN_RECORD,
        },
        Role.AGENCY_ADMIN: _STAFF
        | _BREACHES
        | {
            Action.INVITE_OFFICER,
            Action.NAME_ALERT_CONTACT,
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
                Action.READ_EMERGENCY,
                Action.READ_REPLY_TIMES,
                Action.READ_LEDGER,
                Action.VERIFY_LEDGER,
                Action.EXPORT_LEDGER,
                Action.FETCH_RECEIPT,
                Action.COMMIT_SAMPLE,
                Action.DRAW_SAMPLE,
                Action.VERIFY_SAMPLE,
                Action.MARK_SAMPLE,
                Action.READ_OUTSIDE,
                Action.READ_GLASS,
                Action.BREAK_GLASS,
                Action.ALLOW_GLASS,
                Action.OPEN_GLASS,
                Action.READ_RECALL,
                Action.READ_BREACH,
                Action.TAKE_COSIGNATURE,
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
