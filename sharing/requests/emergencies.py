"""This module knows the emergency path: a duty officer allows after a call back; write-up and review follow, and are late or not.

release-rules.md §3, cover 4: seen in the portal or told, over after 24 hours, written up by the end of the next working day,
reviewed by a second person. What is late is shown, never undone.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

from sqlalchemy import select

from protocols.actions import Action, Event
from sharing import disclosures, partners
from sharing.disclosures import OwnRecord, Released, SupplierDecision
from sharing.errors import InvalidError, NotFoundError, Problem
from sharing.requests.asking import ask_of, own_request
from sharing.requests.course_model import EmergencyCase
from sharing.requests.deciding import finish
from sharing.requests.model import InformationRequest
from sharing.requests.rules import RequestStatus, reply_due
from sharing.store import Unit, refuse_older

TABLE = "emergency_case"
EMERGENCY = "emergency"
KEPT = timedelta(days=6 * 365)
"""How long write-up and review are kept: six years, as long as somebody may claim (Limitation Act 1980 s5)."""

FINDINGS = ("justified", "too-much", "not-justified")


@dataclass(frozen=True)
class AllowEmergency:
    """What the duty officer allows (field → form); nothing allowed refuses. `called_back`: the asker's body was rung back."""

    request_id: uuid.UUID
    version: int
    allow: Mapping[str, str]
    called_back: bool
    record_reference: str = ""


@dataclass(frozen=True)
class CloseEmergency:
    """A write-up, or a review with its finding."""

    request_id: uuid.UUID
    version: int
    words: str = field(repr=False)
    finding: str = ""


def allow_emergency(unit: Unit, command: AllowEmergency) -> Released:
    """Let what is allowed leave at once, on the one way that waits for no protocol; or record the refusal.

    The caller's number is not taken from the request: it is the one that Accord holds for the asking body.
    """
    row = _emergency_request(unit, command.request_id)
    unit.require(
        Action.ALLOW_EMERGENCY, partnership=row.partnership, organisation=row.supplier, asked_by=row.officer_id
    )
    refuse_older(row.version, command.version)
    if row.status != RequestStatus.WAITING:
        raise InvalidError.one("This emergency has been answered.", where=row.ref)
    _find_record(unit, row, command)
    problems = _problems(row, command)
    if problems:
        raise InvalidError(problems)
    now = unit.clock.business_now()
    refuse = {
        code: ("discretion", "Not needed in the emergency") for code, _ in row.fields if code not in command.allow
    }
    decision = SupplierDecision(_officer(unit), now, dict(command.allow), refuse)
    facts = {"ref": row.ref, "allow": dict(command.allow), "called_back": command.called_back}
    unit.record(Event.EMERGENCY_ALLOWED, about=row.id, facts=facts)
    asked = replace(ask_of(unit, row), called_back=command.called_back)
    released = finish(unit, row, disclosures.release(unit, asked, decision))
    if released.outcome != "refused":
        _follow_up(unit, row)
    return released


def write_up_emergency(unit: Unit, command: CloseEmergency) -> None:
    """Write down what was given, to whom, and why it could not wait: by the end of the next working day, or late."""
    row, found = _case(unit, command)
    unit.require(Action.WRITE_UP_EMERGENCY, partnership=row.partnership, organisation=row.supplier)
    if found.written_at is not None:
        raise InvalidError.one("This emergency has been written up.", where=row.ref)
    _seal(unit, row, found, "write_up", command.words)
    found.written_by, found.written_at = _officer(unit), unit.clock.business_now()
    late = found.write_up_due_on < unit.clock.today()
    unit.record(Event.EMERGENCY_WRITTEN_UP, about=row.id, facts={"ref": row.ref, "late": late})


def review_emergency(unit: Unit, command: CloseEmergency) -> None:
    """A second person, who neither asked nor allowed it, says whether it was justified."""
    row, found = _case(unit, command)
    unit.require(
        Action.REVIEW_EMERGENCY,
        partnership=row.partnership,
        organisation=row.supplier,
        asked_by=found.written_by,
        done_by=found.allowed_by,
    )
    if found.written_at is None:
        raise InvalidError.one("It has to be written up before it can be reviewed.", where=row.ref)
    if found.reviewed_at is not None:
        raise InvalidError.one("This emergency has been reviewed.", where=row.ref)
    if command.finding not in FINDINGS:
        raise InvalidError.one("Say whether it was justified.", where="finding")
    _seal(unit, row, found, "review_words", command.words)
    found.reviewed_by, found.reviewed_at, found.finding = _officer(unit), unit.clock.business_now(), command.finding
    late = found.review_due_on < unit.clock.today()
    unit.record(
        Event.EMERGENCY_REVIEWED, about=row.id, facts={"ref": row.ref, "finding": command.finding, "late": late}
    )


def view_write_up(unit: Unit, request_id: uuid.UUID) -> dict[str, str]:
    """Open the write-up and the review: for both organisations, each reading an entry."""
    row = _emergency_request(unit, request_id)
    found = _row(unit, row)
    sealed = {"write_up": found.write_up, "review_words": found.review_words}
    given = {name: value for name, value in sealed.items() if value is not None}
    if not given:
        raise NotFoundError("This emergency has not been written up.")
    return disclosures.open_sent(unit, OwnRecord(TABLE, found.id, row.supplier, row.partnership), given)


def _follow_up(unit: Unit, row: InformationRequest) -> None:
    """What has to come after it, each within the next working day."""
    today = unit.clock.today()
    body = partners.member(unit.session, row.partnership, row.asker, today)
    due = reply_due(today, 1)
    unit.session.add(
        EmergencyCase(
            partnership=row.partnership,
            request_id=row.id,
            supplier=row.supplier,
            asker=row.asker,
            allowed_by=_officer(unit),
            allowed_at=unit.clock.business_now(),
            rang=body.phone or "",
            write_up_due_on=due,
            review_due_on=due,
        )
    )
    unit.session.flush()


def _problems(row: InformationRequest, command: AllowEmergency) -> tuple[Problem, ...]:
    found = []
    if command.allow and not command.called_back:
        found.append(
            Problem("Ring them back on the number that Accord holds before you allow anything", where="called_back")
        )
    stray = sorted(set(command.allow) - {code for code, _ in row.fields})
    return (*found, *(Problem("This was not asked for", where=code) for code in stray))


def _find_record(unit: Unit, row: InformationRequest, command: AllowEmergency) -> None:
    reference = command.record_reference.strip() or row.subject_ref
    if row.record_id is None or command.record_reference.strip():
        row.record_id = disclosures.find_record(unit.session, row.partnership, row.supplier, reference)
    if row.record_id is None:
        raise InvalidError.one(
            "No record of yours has this reference.",
            where="record_reference",
            mend="Deposit the record first, or correct the reference.",
        )


def _emergency_request(unit: Unit, request_id: uuid.UUID) -> InformationRequest:
    row = own_request(unit, request_id)
    if row.urgency != EMERGENCY:
        raise NotFoundError("There is no such emergency.")
    return row


def _row(unit: Unit, row: InformationRequest) -> EmergencyCase:
    found = unit.session.scalar(
        select(EmergencyCase).where(EmergencyCase.partnership == row.partnership, EmergencyCase.request_id == row.id)
    )
    if found is None:
        raise NotFoundError("Nothing was given in this emergency.")
    return found


def _case(unit: Unit, command: CloseEmergency) -> tuple[InformationRequest, EmergencyCase]:
    row = _emergency_request(unit, command.request_id)
    found = _row(unit, row)
    refuse_older(found.version, command.version)
    if not command.words.strip():
        raise InvalidError.one("Write it in words.", where="words")
    return row, found


def _seal(unit: Unit, row: InformationRequest, found: EmergencyCase, name: str, words: str) -> None:
    sealed = unit.vault.seal(
        unit.session,
        table=TABLE,
        record_id=found.id,
        organisation=row.supplier,
        retain_until=unit.clock.today() + KEPT,
        values={name: words.strip()},
    )
    setattr(found, name, sealed[name])


def _officer(unit: Unit) -> uuid.UUID:
    if unit.actor.officer_id is None:
        raise NotFoundError("This is done by an officer.")
    return unit.actor.officer_id
