"""This module knows what goes to and fro on a request: question, answer, one escalation, a second officer, withdrawal."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, field, replace

from protocols.actions import Action, Event
from sharing import disclosures
from sharing.base import new_id
from sharing.disclosures import OwnRecord, Released
from sharing.errors import InvalidError, NotFoundError
from sharing.requests.asking import ask_of, own_request
from sharing.requests.course_model import RequestMessage
from sharing.requests.deciding import (
    ESCALATION,
    fields_to_decide,
    finish,
    last_message,
    latest_decision,
    may_decide,
    stored_decision,
)
from sharing.requests.details import seal_words
from sharing.requests.model import InformationRequest
from sharing.requests.rules import OPEN, TO_DECIDE, RequestStatus, due_again, reply_due, working_days_left
from sharing.store import Unit, refuse_older
from sharing.store.clock import LONDON

TABLE = "request_message"
QUESTION, ANSWER, WITHDRAWAL = "question", "answer", "withdrawal"
ESCALATED_DAYS = 10
"""Working days within which an escalated refusal is looked at again (practice of this portal)."""


@dataclass(frozen=True)
class Say:
    """Something said on a request, with the version that its sayer saw."""

    request_id: uuid.UUID
    version: int
    words: str = field(repr=False)


def ask_more(unit: Unit, command: Say) -> None:
    """The supplier asks for what it needs to know before it can decide. Its reply clock stops until the asker has answered."""
    row = _open_for(unit, command)
    unit.require(Action.ASK_MORE, partnership=row.partnership, organisation=row.supplier, asked_by=row.officer_id)
    if row.status not in TO_DECIDE or row.urgency == "emergency":
        raise InvalidError.one(
            "This request does not wait for your decision, so there is nothing to ask.", where=row.ref
        )
    _said(unit, row, QUESTION, row.supplier, command.words)
    left = working_days_left(unit.clock.today(), row.reply_due_on)
    row.status = str(RequestStatus.QUESTIONED)
    unit.record(Event.MORE_ASKED, about=row.id, facts={"ref": row.ref, "days_left": left})


def answer_more(unit: Unit, command: Say) -> None:
    """The asker answers; the clock goes on with the working days that were left when it stopped."""
    row = _open_for(unit, command)
    unit.require(Action.ANSWER_MORE, partnership=row.partnership, organisation=row.asker)
    question = last_message(unit.session, row, QUESTION)
    if row.status != RequestStatus.QUESTIONED or question is None:
        raise InvalidError.one("Nothing has been asked on this request.", where=row.ref)
    _said(unit, row, ANSWER, row.asker, command.words)
    left = working_days_left(question.said_at.astimezone(LONDON).date(), row.reply_due_on)
    row.reply_due_on = due_again(unit.clock.today(), left)
    was_escalated = last_message(unit.session, row, ESCALATION) is not None
    row.status = str(RequestStatus.ESCALATED if was_escalated else RequestStatus.WAITING)
    unit.record(Event.MORE_ANSWERED, about=row.id, facts={"ref": row.ref, "due": row.reply_due_on.isoformat()})


def escalate_request(unit: Unit, command: Say) -> None:
    """Ask once that somebody else of the supplier looks again at what was refused at its discretion.

    A bar of law cannot be escalated, and nothing can be twice. Raises InvalidError for both.
    """
    row = _open_for(unit, command)
    unit.require(Action.ESCALATE_REQUEST, partnership=row.partnership, organisation=row.asker)
    decided = latest_decision(unit, row.id)
    if decided is None or row.status not in {RequestStatus.REFUSED, RequestStatus.PARTLY}:
        raise InvalidError.one("The supplier has refused nothing on this request.", where=row.ref)
    if last_message(unit.session, row, ESCALATION) is not None:
        raise InvalidError.one("A refusal is escalated once. This one has been.", where=row.ref)
    fields = fields_to_decide(row, decided)
    if not fields:
        raise InvalidError.one(
            "A bar of law cannot be escalated: nobody at the supplier could decide otherwise.", where=row.ref
        )
    _said(unit, row, ESCALATION, row.asker, command.words)
    row.status, row.closed_at = str(RequestStatus.ESCALATED), None
    row.reply_due_on = reply_due(unit.clock.today(), ESCALATED_DAYS)
    unit.record(Event.REQUEST_ESCALATED, about=row.id, facts={"ref": row.ref, "fields": [code for code, _ in fields]})


def withdraw_request(unit: Unit, command: Say) -> None:
    """The asker takes an open request back. What was given before stays given, for as long as it may be kept."""
    row = own_request(unit, command.request_id)
    unit.require(Action.WITHDRAW_REQUEST, partnership=row.partnership, organisation=row.asker)
    refuse_older(row.version, command.version)
    if row.status not in {str(status) for status in OPEN}:
        raise InvalidError.one("This request is closed. There is nothing to take back.", where=row.ref)
    _said(unit, row, WITHDRAWAL, row.asker, command.words)
    row.status, row.closed_at = str(RequestStatus.WITHDRAWN), unit.clock.business_now()
    unit.record(Event.REQUEST_WITHDRAWN, about=row.id, facts={"ref": row.ref})


def confirm_decision(unit: Unit, request_id: uuid.UUID, version: int, *, agreed: bool) -> Released | None:
    """A second officer who may decide confirms, and what was decided leaves now; or sends it back, and it waits again."""
    row = own_request(unit, request_id)
    made = latest_decision(unit, row.id)
    if made is None or row.status != RequestStatus.CONFIRMING:
        raise NotFoundError("Nothing on this request waits for a second officer.")
    unit.require(
        Action.CONFIRM_DECISION,
        partnership=row.partnership,
        organisation=row.supplier,
        asked_by=row.officer_id,
        done_by=made.officer_id,
        trained=may_decide(unit, row.partnership),
    )
    refuse_older(row.version, version)
    unit.record(Event.DECISION_CONFIRMED, about=row.id, facts={"ref": row.ref, "agreed": agreed})
    escalated = last_message(unit.session, row, ESCALATION) is not None
    if not agreed:
        row.status = str(RequestStatus.ESCALATED if escalated else RequestStatus.WAITING)
        return None
    made.confirmed_by, made.confirmed_at = unit.actor.officer_id, unit.clock.business_now()
    fields = tuple((code, form) for code, form in row.fields if code in {*made.allow, *made.refuse} or not escalated)
    asked = replace(ask_of(unit, row), fields=fields)
    return finish(unit, row, disclosures.release(unit, asked, stored_decision(made)))


def view_message(unit: Unit, request_id: uuid.UUID, message_id: uuid.UUID) -> str:
    """Open what one of the two wrote to the other on a request: both may read it, and each reading is an entry."""
    row = own_request(unit, request_id)
    said = unit.session.get(RequestMessage, message_id)
    if said is None or said.request_id != row.id or said.words is None:
        raise NotFoundError("There is no such message.")
    sent = OwnRecord(TABLE, said.id, said.organisation, said.partnership)
    opened: dict[str, str] = json.loads(disclosures.open_sent(unit, sent, {"words": said.words})["words"])
    return opened["words"]


def _open_for(unit: Unit, command: Say) -> InformationRequest:
    row = own_request(unit, command.request_id)
    refuse_older(row.version, command.version)
    if not command.words.strip():
        raise InvalidError.one("Write what you want to say.", where="words")
    return row


def _said(unit: Unit, row: InformationRequest, kind: str, organisation: str, words: str) -> None:
    if unit.actor.officer_id is None:
        raise NotFoundError("This is said by an officer.")
    made_id = new_id()
    given = {"words": words.strip()} if words.strip() else {}
    unit.session.add(
        RequestMessage(
            id=made_id,
            partnership=row.partnership,
            request_id=row.id,
            kind=kind,
            organisation=organisation,
            officer_id=unit.actor.officer_id,
            said_at=unit.clock.business_now(),
            words=seal_words(unit, TABLE, made_id, organisation, given),
        )
    )
    unit.session.flush()
