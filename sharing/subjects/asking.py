"""This module knows how somebody's request for what is held about them is received, identified, and given more time."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from protocols.actions import Action, Event
from sharing.base import new_id
from sharing.disclosures import Person
from sharing.errors import InvalidError, NotFoundError, Problem
from sharing.store import Unit, refuse_older
from sharing.subjects.model import SubjectRequest
from sharing.subjects.rules import KEPT, SubjectStatus, answer_due, extensions, identity_checks, months_after

TABLE = "subject_request"


@dataclass(frozen=True)
class ReceiveRequest:
    """Somebody has asked: when, who they say they are, and how their identity was checked, if it was already."""

    received_on: date
    person: Person = field(repr=False)
    identity: str = ""
    identity_on: date | None = None


def receive_request(unit: Unit, command: ReceiveRequest) -> uuid.UUID:
    """Keep a request for access. The month begins with it, or once the identity is checked.

    Raises InvalidError with every problem.
    """
    partnership, organisation = unit.actor.partnership or "", unit.actor.organisation or ""
    unit.require(Action.ANSWER_SUBJECT, partnership=partnership, organisation=organisation)
    today = unit.clock.today()
    problems = [*_received(command, today), *_person(command.person)]
    identity_on = command.identity_on or (command.received_on if command.identity else None)
    if command.identity:
        problems += _identity(command.identity, identity_on, command.received_on, today)
    if problems:
        raise InvalidError(tuple(problems))
    if unit.actor.officer_id is None:
        raise NotFoundError("A request is received by an officer.")
    request_id, ref = new_id(), _next_ref(unit, partnership, organisation)
    person = command.person
    words = json.dumps({"names": person.names, "born": person.born, "addresses": person.addresses})
    sealed = unit.vault.seal(
        unit.session,
        table=TABLE,
        record_id=request_id,
        organisation=organisation,
        retain_until=today + KEPT,
        values={"person": words},
    )
    unit.session.add(
        SubjectRequest(
            id=request_id,
            partnership=partnership,
            ref=ref,
            organisation=organisation,
            officer_id=unit.actor.officer_id,
            received_on=command.received_on,
            identity=command.identity,
            identity_on=identity_on,
            due_on=answer_due(command.received_on, identity_on),
            status=str(SubjectStatus.OPEN if identity_on else SubjectStatus.IDENTITY),
            person=sealed["person"],
        )
    )
    unit.session.flush()
    facts = {"ref": ref, "received_on": command.received_on.isoformat(), "identity": command.identity}
    unit.record(Event.SUBJECT_REQUEST_RECEIVED, about=request_id, facts=facts)
    return request_id


@dataclass(frozen=True)
class CheckIdentity:
    """How the identity was checked, and when."""

    request_id: uuid.UUID
    version: int
    identity: str
    identity_on: date


def check_identity(unit: Unit, command: CheckIdentity) -> None:
    """Note that the identity is sure: the month begins. Raises InvalidError when it was so before."""
    row = own_request(unit, command.request_id)
    refuse_older(row.version, command.version)
    if row.status != SubjectStatus.IDENTITY:
        raise InvalidError.one("The identity was checked before.", where="identity")
    problems = _identity(command.identity, command.identity_on, row.received_on, unit.clock.today())
    if problems:
        raise InvalidError(tuple(problems))
    row.identity, row.identity_on = command.identity, command.identity_on
    row.due_on, row.status = answer_due(row.received_on, command.identity_on), str(SubjectStatus.OPEN)
    unit.session.flush()
    facts = {"ref": row.ref, "identity": row.identity, "due_on": _iso(row.due_on)}
    unit.record(Event.SUBJECT_IDENTITY_CHECKED, about=row.id, facts=facts)


def extend_request(unit: Unit, request_id: uuid.UUID, version: int, reason: str) -> None:
    """Take two further months. UK GDPR art 12(3): the person is told so, with the reason, within the first month.

    Raises InvalidError once that month is over, or when it was extended before.
    """
    row = own_request(unit, request_id)
    refuse_older(row.version, version)
    if reason not in extensions():
        raise InvalidError.one("Choose why it takes longer", where="extension")
    if row.status != SubjectStatus.OPEN or row.due_on is None or row.extension:
        raise InvalidError.one("This request cannot be given more time.", where="extension")
    today = unit.clock.today()
    if today > row.due_on:
        raise InvalidError.one(
            "The month in which the person had to be told is over", where="extension", mend="Answer now."
        )
    row.extension, row.extended_on = reason, today
    row.due_on = answer_due(row.received_on, row.identity_on, extended=True)
    unit.session.flush()
    facts = {"ref": row.ref, "reason": reason, "due_on": _iso(row.due_on)}
    unit.record(Event.SUBJECT_REQUEST_EXTENDED, about=row.id, facts=facts)


def answer_request(unit: Unit, request_id: uuid.UUID, version: int) -> None:
    """Note that the answer has gone to the person. Raises InvalidError without a pack made after the last decision."""
    row = own_request(unit, request_id)
    refuse_older(row.version, version)
    if row.status != SubjectStatus.OPEN:
        raise InvalidError.one("This request does not wait for an answer.", where=row.ref)
    if row.packed_at is None:
        raise InvalidError.one("Make the pack first: nothing has been put together yet.", where=row.ref)
    today = unit.clock.today()
    row.status, row.answered_on = str(SubjectStatus.ANSWERED), today
    unit.session.flush()
    facts = {"ref": row.ref, "late": row.due_on is not None and today > row.due_on}
    unit.record(Event.SUBJECT_REQUEST_ANSWERED, about=row.id, facts=facts)


def reopen(row: SubjectRequest, today: date) -> None:
    """Something that was held back may go now: it is sent within a month, as a supplement to the answer."""
    if row.status == SubjectStatus.ANSWERED:
        row.status, row.due_on = str(SubjectStatus.OPEN), months_after(today, 1)


def own_request(unit: Unit, request_id: uuid.UUID) -> SubjectRequest:
    """The request, for whoever answers for the organisation that was asked. Raises NotFoundError for any other."""
    row = request_row(unit.session, unit.actor.partnership or "", unit.actor.organisation or "", request_id)
    unit.require(Action.ANSWER_SUBJECT, partnership=row.partnership, organisation=row.organisation)
    return row


def request_row(session: Session, partnership: str, organisation: str, request_id: uuid.UUID) -> SubjectRequest:
    """The row of a request that this organisation was asked, or NotFoundError."""
    row = session.get(SubjectRequest, request_id)
    if row is None or row.partnership != partnership or row.organisation != organisation:
        raise NotFoundError("There is no such request.")
    return row


def person_of(words: str) -> Person:
    """The person as the request describes them, from its opened words."""
    read = json.loads(words)
    return Person(tuple(read["names"]), read["born"], tuple(read["addresses"]))


def _next_ref(unit: Unit, partnership: str, organisation: str) -> str:
    """Counted within the organisation: nobody learns from a reference how many requests others had."""
    count = unit.session.scalar(
        select(func.count()).where(
            SubjectRequest.partnership == partnership, SubjectRequest.organisation == organisation
        )
    )
    return f"SA{unit.clock.today().year}-{(count or 0) + 1:04d}"


def _received(command: ReceiveRequest, today: date) -> list[Problem]:
    if command.received_on > today:
        return [Problem("The day of receipt cannot be in the future", where="received_on")]
    return []


def _person(person: Person) -> list[Problem]:
    if not person.names:
        return [Problem("Enter the name", where="names")]
    return []


def _identity(identity: str, identity_on: date | None, received_on: date, today: date) -> list[Problem]:
    if identity not in identity_checks():
        return [Problem("Choose how the identity was checked", where="identity")]
    if identity_on is None or not received_on <= identity_on <= today:
        return [Problem("The check was between the day of receipt and today", where="identity_on")]
    return []


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
