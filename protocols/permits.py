"""This module knows whether somebody may do something that is not a release: every rule has a name, and the default is no.

Releases of data between bodies are `protocols.decide`'s; everything else (submit a return, sign, decide a request, verify
an action) comes here. Three tables say it all: `protocols.roles.ROLES` (who), `RULES` (which facts each action turns on) and
`COMMAND_LINE` (what an operator may do). A fact that a rule needs and that was not given refuses: forgetting to ask never
opens anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from protocols.actions import Action as A  # noqa: N817  one letter keeps the tables readable
from protocols.actor import Actor
from protocols.permit_rules import FACTS, NAMED_RULES
from protocols.roles import ANYBODY, SIGNED_IN, Role, allows


@dataclass(frozen=True)
class Verdict:
    """Whether it is allowed; by or for which rule; and the reason in plain English."""

    allowed: bool
    rule: str
    reason: str


PERSONAL: frozenset[A] = frozenset(
    {
        A.VIEW_OWN_RECORD,
        A.VIEW_RELEASE,
        A.EXPORT_RELEASE,
        A.HEAR_RELEASE,
        A.LINK_RELEASE,
        A.FETCH_RELEASE,
        A.TELL_RELEASE,
        A.READ_REQUEST,
        A.MAKE_REQUEST,
        A.MEND_REQUEST,
        A.DECIDE_REQUEST,
        A.ALLOW_EMERGENCY,
        A.ASK_MORE,
        A.ANSWER_MORE,
        A.ESCALATE_REQUEST,
        A.WITHDRAW_REQUEST,
        A.CONFIRM_DECISION,
        A.RECORD_RESULT,
        A.READ_MONITORS,
        A.READ_EMERGENCY,
        A.WRITE_UP_EMERGENCY,
        A.REVIEW_EMERGENCY,
        A.MAKE_PUSH,
        A.DECIDE_PUSH,
        A.FIND_SUBJECT,
        A.LINK_SUBJECTS,
        A.ANSWER_SUBJECT,
        A.INCLUDE_SUBJECT_ITEM,
        A.ADVISE_ON_SUBJECT,
        A.TELL_OUTSIDE,
        A.READ_VISIT,
        A.LOG_VISIT,
        A.REPORT_OUTSIDE,
        A.OPEN_GLASS,
        A.CONFIRM_VISIT,
        A.READ_REGISTER,
        A.ENTER_REGISTER,
        A.OPEN_REGISTER,
        A.REVIEW_REGISTER,
        A.END_REGISTER,
        A.CHANGE_TEAM,
        A.CIRCULATE_REGISTER,
        A.READ_ALERT,
        A.RAISE_ALERT,
        A.TELL_ALERT,
        A.ACKNOWLEDGE_ALERT,
        A.RECORD_ALERT_RESULT,
        A.READ_REFERRAL,
        A.MAKE_REFERRAL,
        A.WRITE_PART,
        A.OPEN_PART,
        A.END_REFERRAL,
    }
)
"""Actions that can show or carry personal data. A reader (elected member, resident) has none, whatever other role is held."""

COMMAND_LINE: frozenset[A] = frozenset(
    {
        A.READ_PARTNERSHIP,
        A.INVITE_OFFICER,
        A.DISABLE_OFFICER,
        A.RESET_PHONE,
        A.RECORD_TRAINING,
        A.NAME_LIAISON_OFFICER,
        A.RECORD_DELEGATION,
        A.READ_PROTOCOL,
        A.DRAFT_PROTOCOL,
        A.REVIEW_PROTOCOL,
        A.CHECK_RETURN,
        A.LOAD_POLICE_DATA,
        A.LOAD_COUNCIL_REPORTS,
        A.READ_RETURN_STATUS,
        A.READ_HOTSPOTS,
        A.READ_HOTSPOT_COUNTS,
        A.READ_MEETING,
        A.SET_UP_SERIES,
        A.PREPARE_AGENDA,
        A.READ_STANDARDS,
        A.READ_LEDGER,
        A.VERIFY_LEDGER,
        A.EXPORT_LEDGER,
        A.FETCH_RECEIPT,
        A.TAKE_COSIGNATURE,
        A.READ_RETENTION,
        A.RUN_RETENTION,
        A.SHRED_RECORD,
        A.SHRED_QUARTERS,
    }
)
"""What an operator may do alone at the machine. Anything else is done `--as` an officer, whose role then has to hold it."""

PERSON_ONLY: frozenset[A] = PERSONAL | {
    A.SIGN_PROTOCOL,
    A.WITHDRAW_FROM_PROTOCOL,
    A.SUSPEND_PROTOCOL,
    A.AUTHORISE_DECIDER,
    A.ACCEPT_CONFIDENTIALITY,
    A.BREAK_GLASS,
    A.ALLOW_GLASS,
    A.COMMIT_SAMPLE,
    A.DRAW_SAMPLE,
    A.MARK_SAMPLE,
    A.VERIFY_ACTION,
    A.SIGN_UP_STANDARD,
    A.MAKE_RECALL,
    A.END_RECALL,
    A.ANSWER_RECALL,
    A.REPORT_BREACH,
    A.HANDLE_BREACH,
    A.CORRECT_RECORD,
    A.ACKNOWLEDGE_CORRECTION,
}
"""What no operator does, not even on an officer's behalf: unseal, sign, certify, decide."""

_PERSON_ONLY = "This needs a person in post: an operator never opens a sealed field, signs, certifies or decides."


_P = ("own-partnership",)
_PO = ("own-partnership", "own-organisation")

RULES: Mapping[A, tuple[str, ...]] = MappingProxyType(
    {
        # anybody, or anybody signed in: no facts
        **dict.fromkeys(ANYBODY | SIGNED_IN, ()),
        # people and organisations: an agency's administrator for its own agency
        A.READ_PARTNERSHIP: _P,
        A.INVITE_OFFICER: _PO,
        A.DISABLE_OFFICER: _PO,
        A.RESET_PHONE: _PO,
        A.ASSIGN_OFFICER: _PO,
        A.RECORD_TRAINING: _PO,
        A.NAME_LIAISON_OFFICER: _PO,
        A.AUTHORISE_DECIDER: _PO,
        A.RECORD_DELEGATION: _PO,
        A.DESCRIBE_PARTNER: _P,
        # protocols
        A.READ_PROTOCOL: _P,
        A.DRAFT_PROTOCOL: _P,
        A.SIGN_PROTOCOL: _PO,
        A.WITHDRAW_FROM_PROTOCOL: _PO,
        A.SUSPEND_PROTOCOL: _P,
        A.REVIEW_PROTOCOL: _P,
        # returns: a deposit, not a release (sealed rows need a protocol in force, which the service asks of `decide`)
        A.READ_RETURN: _PO,
        A.CHECK_RETURN: _PO,
        A.SUBMIT_RETURN: _PO,
        A.SUBMIT_NIL_RETURN: _PO,
        A.LOAD_POLICE_DATA: _P,
        A.LOAD_COUNCIL_REPORTS: _P,
        A.READ_RETURN_STATUS: _P,
        # hotspots
        A.READ_HOTSPOTS: _P,
        A.READ_HOTSPOT_COUNTS: _P,
        A.PUBLISH_HOTSPOTS: _P,
        A.NAME_LEAD_OFFICER: _P,
        A.NOMINATE_HOTSPOT: _P,
        # tasking
        A.READ_MEETING: _P,
        A.SET_UP_SERIES: _P,
        A.MOVE_MEETING: _P,
        A.PREPARE_AGENDA: _P,
        A.RUN_MEETING: _P,
        A.ACCEPT_CONFIDENTIALITY: _P,
        A.READ_ACTION: _P,
        A.SET_ACTION: _P,
        A.FUND_ACTION: _P,
        A.ACCEPT_ACTION: _PO,
        A.FINISH_ACTION: _PO,
        A.VERIFY_ACTION: (*_P, "not-owner"),
        # visits: the one who logged a visit does not confirm it
        A.READ_VISIT: _P,
        A.LOG_VISIT: _P,
        A.CONFIRM_VISIT: (*_P, "four-eyes"),
        # disclosure: what leaves is `decide`'s; these are the acts around it
        A.READ_REQUEST: _P,
        A.MAKE_REQUEST: (*_P, "signed-protocol"),
        A.MEND_REQUEST: _PO,
        A.DECIDE_REQUEST: (*_PO, "four-eyes", "trained"),
        A.ALLOW_EMERGENCY: (*_PO, "four-eyes"),
        A.ASK_MORE: (*_PO, "four-eyes"),
        A.ANSWER_MORE: _PO,
        A.ESCALATE_REQUEST: _PO,
        A.WITHDRAW_REQUEST: _PO,
        A.CONFIRM_DECISION: (*_PO, "four-eyes", "trained"),
        A.RECORD_RESULT: _PO,
        A.READ_MONITORS: _P,
        A.READ_EMERGENCY: _P,
        A.WRITE_UP_EMERGENCY: _PO,
        A.REVIEW_EMERGENCY: (*_PO, "four-eyes"),
        A.MAKE_PUSH: (*_PO, "signed-protocol"),
        A.DECIDE_PUSH: (*_PO, "four-eyes", "trained"),
        A.READ_REPLY_TIMES: _P,
        A.VIEW_RELEASE: (*_PO, "assigned"),
        A.EXPORT_RELEASE: (*_PO, "assigned"),
        A.HEAR_RELEASE: _PO,
        A.LINK_RELEASE: (*_PO, "assigned"),
        A.FETCH_RELEASE: (*_PO, "assigned"),
        A.TELL_RELEASE: (*_PO, "assigned"),
        A.DEPOSIT_RECORD: _PO,
        A.VIEW_OWN_RECORD: _PO,
        A.READ_RETENTION: _P,
        A.RUN_RETENTION: _PO,
        A.PUT_HOLD: _PO,
        A.LIFT_HOLD: _PO,
        A.SHRED_RECORD: (),
        A.SHRED_QUARTERS: (),
        # recalls, breaches, corrections
        A.READ_RECALL: _P,
        A.MAKE_RECALL: _PO,
        A.END_RECALL: _PO,
        A.ANSWER_RECALL: _PO,
        A.READ_BREACH: _P,
        A.COUNT_BREACHES: _P,
        A.REPORT_BREACH: _PO,
        A.HANDLE_BREACH: _PO,
        A.CORRECT_RECORD: _PO,
        A.ACKNOWLEDGE_CORRECTION: _PO,
        # the person
        A.FIND_SUBJECT: _PO,
        A.LINK_SUBJECTS: _PO,
        A.ANSWER_SUBJECT: _PO,
        A.INCLUDE_SUBJECT_ITEM: (*_PO, "victim-address"),
        A.ADVISE_ON_SUBJECT: _PO,
        A.TELL_OUTSIDE: (*_PO, "victim-address", "past-tenant", "members-only"),
        # registers, alerts and referrals: an entry belongs to an agency, and some to named officers of it alone
        A.READ_REGISTER: _P,
        A.ENTER_REGISTER: _PO,
        A.OPEN_REGISTER: (*_PO, "assigned"),
        A.REVIEW_REGISTER: (*_PO, "assigned"),
        A.END_REGISTER: (*_PO, "assigned"),
        A.CHANGE_TEAM: (*_PO, "assigned"),
        A.CIRCULATE_REGISTER: (*_PO, "four-eyes", "trained"),
        A.READ_ALERT: _P,
        A.RAISE_ALERT: (*_PO, "signed-protocol"),
        A.TELL_ALERT: (*_PO, "four-eyes", "trained"),
        A.ACKNOWLEDGE_ALERT: (*_PO, "assigned"),
        A.RECORD_ALERT_RESULT: _PO,
        A.NAME_ALERT_CONTACT: _PO,
        A.READ_REFERRAL: _P,
        A.MAKE_REFERRAL: (*_PO, "signed-protocol"),
        A.WRITE_PART: _PO,
        A.OPEN_PART: (*_P, "signed-protocol", "section-115"),
        A.END_REFERRAL: _P,
        # standards
        A.READ_STANDARDS: _P,
        A.ASSESS_STANDARD: _PO,
        A.SIGN_UP_STANDARD: _PO,
        A.FORM_CONSORTIUM: _P,
        # the auditor
        A.READ_LEDGER: _P,
        A.VERIFY_LEDGER: _P,
        A.EXPORT_LEDGER: _P,
        A.FETCH_RECEIPT: _P,
        A.COMMIT_SAMPLE: _P,
        A.DRAW_SAMPLE: _P,
        A.VERIFY_SAMPLE: _P,
        A.MARK_SAMPLE: _P,
        # told outside the portal; opened by break-glass with a second person
        A.READ_OUTSIDE: _P,
        A.REPORT_OUTSIDE: _PO,
        A.READ_GLASS: _P,
        A.BREAK_GLASS: _P,
        A.ALLOW_GLASS: (*_P, "four-eyes", "second-person"),
        A.OPEN_GLASS: (*_P, "broken-glass"),
        A.TAKE_COSIGNATURE: _P,
    }
)
"""The table: action → the rules that it turns on besides the role, in the order in which they are tried."""


def permits(actor: Actor, action: A, /, **facts: object) -> Verdict:
    """Say whether this actor may do this, given these facts; the first rule that fails gives the reason. The default is no.

    Facts: partnership, organisation (codes that the thing belongs to); signed (the actor's organisation has signed a protocol in
    force); asked_by, done_by (officer ids); owner_organisation, owner_officer; assigned; trained (within 24 months, or an
    authorisation still runs); endangers (it would show a victim to the household of whoever harmed them); recipient_kind,
    topic (codes of data/outside.toml). A fact that is needed and not given refuses. Never raises.
    """
    by_actor = _operator(actor, action) or _role(actor, action)
    if by_actor is not None:
        return by_actor
    rules = RULES.get(action)
    if rules is None:
        return Verdict(allowed=False, rule="unlisted", reason="Nothing says who may do this, so nobody may.")
    for name in rules:
        reason = NAMED_RULES[name](actor, facts)
        if reason is not None:
            return Verdict(allowed=False, rule=name, reason=reason)
    return Verdict(allowed=True, rule="operator" if actor.at_machine else "role", reason="Your post may do this.")


def needed(action: A) -> tuple[str, ...]:
    """The facts that an action's rules read, for whoever calls `permits`."""
    return tuple(fact for rule in RULES.get(action, ()) for fact in FACTS[rule])


def _operator(actor: Actor, action: A) -> Verdict | None:
    if actor.operator is None:
        return None
    if action in PERSON_ONLY:
        return Verdict(allowed=False, rule="operator", reason=_PERSON_ONLY)
    if actor.at_machine and action not in COMMAND_LINE | ANYBODY:
        return Verdict(
            allowed=False,
            rule="operator",
            reason="An operator may not do this. Name the officer it is done for with --as.",
        )
    return None


def _role(actor: Actor, action: A) -> Verdict | None:
    if actor.at_machine:
        return None  # an operator holds no role; COMMAND_LINE has said yes
    if Role.READER in actor.roles and action in PERSONAL:
        return Verdict(
            allowed=False,
            rule="reader-no-personal",
            reason="Elected members and residents are shown published figures, never anything about a person.",
        )
    if action in ANYBODY or (action in SIGNED_IN and actor.user_id is not None) or allows(actor.roles, action):
        return None
    if actor.user_id is None:
        return Verdict(allowed=False, rule="role", reason="Sign in first.")
    return Verdict(
        allowed=False, rule="role", reason="Your role does not hold this. Your agency's administrator can say who does."
    )
