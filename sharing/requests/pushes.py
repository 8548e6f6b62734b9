"""This module knows what a supplier gives unasked: one officer proposes it, another who may decide lets it leave or not."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from protocols.actions import Action, Event
from sharing import disclosures, partners
from sharing.base import new_id
from sharing.disclosures import Ask, OwnRecord, Released, SupplierDecision
from sharing.errors import InvalidError, NotFoundError, Problem
from sharing.partners import WorkKind
from sharing.requests.course_model import Push
from sharing.requests.deciding import may_decide, needs_second_officer
from sharing.requests.details import KEPT
from sharing.requests.rules import RequestStatus
from sharing.store import Unit, next_ref, refuse_older

TABLE = "push"
STATED = ("necessity", "proportionality")


@dataclass(frozen=True)
class MakePush:
    """Fields of an own record for a partner. `contact_id` is the recipient's officer who is to work on it."""

    reference: str
    recipient: str
    contact_id: uuid.UUID
    purpose: str
    fields: tuple[str, ...]
    texts: Mapping[str, str] = field(repr=False, default_factory=dict)


@dataclass(frozen=True)
class DecidePush:
    """The form in which each field may leave; a field that is left out is refused."""

    push_id: uuid.UUID
    version: int
    allow: Mapping[str, str]


@dataclass(frozen=True)
class PushView:
    """A push: who gives what to whom for what, and where it stands. No word about anybody."""

    id: uuid.UUID
    ref: str
    supplier: str
    recipient: str
    officer_id: uuid.UUID
    contact_id: uuid.UUID
    record_id: uuid.UUID
    purpose: str
    fields: tuple[str, ...]
    status: RequestStatus
    made_at: datetime
    decided_by: uuid.UUID | None
    decided_at: datetime | None
    disclosure_id: uuid.UUID | None
    version: int


def make_push(unit: Unit, command: MakePush) -> uuid.UUID:
    """Propose to give a partner something of one's own. Nothing leaves until somebody else has decided it."""
    partnership, supplier = unit.actor.partnership or "", unit.actor.organisation or ""
    now = unit.clock.business_now()
    signed = partners.has_signed_protocol_in_force(unit.session, partnership, supplier, now)
    unit.require(Action.MAKE_PUSH, partnership=partnership, organisation=supplier, signed=signed)
    record_id = disclosures.find_record(unit.session, partnership, supplier, command.reference)
    problems = _problems(unit, partnership, supplier, command, found=record_id is not None)
    if problems or record_id is None or unit.actor.officer_id is None:
        raise InvalidError(problems)
    made_id = new_id()
    texts = {name: command.texts[name].strip() for name in STATED}
    sealed = unit.vault.seal(
        unit.session,
        table=TABLE,
        record_id=made_id,
        organisation=supplier,
        retain_until=unit.clock.today() + KEPT,
        values=texts,
    )
    row = Push(
        id=made_id,
        partnership=partnership,
        ref=next_ref(unit, partnership, Push.made_at, "P"),
        supplier=supplier,
        recipient=command.recipient,
        officer_id=unit.actor.officer_id,
        contact_id=command.contact_id,
        record_id=record_id,
        purpose=command.purpose,
        provision=disclosures.offer(unit.session, partnership, command.purpose).provision,
        fields=list(command.fields),
        status=str(RequestStatus.WAITING),
        made_at=now,
        necessity=sealed["necessity"],
        proportionality=sealed["proportionality"],
    )
    unit.session.add(row)
    unit.session.flush()
    assigned = partners.AssignOfficer(officer_id=row.officer_id, kind=WorkKind.REQUEST, ref=row.ref)
    partners.note_assignment(unit, assigned)
    facts = {"ref": row.ref, "recipient": row.recipient, "purpose": row.purpose, "fields": list(row.fields)}
    unit.record(Event.PUSH_MADE, about=row.id, facts=facts)
    return made_id


def decide_push(unit: Unit, command: DecidePush) -> Released:
    """Let a push leave, field by field, or not. Whoever made it never decides it."""
    row = _own(unit, command.push_id, {"supplier"})
    unit.require(
        Action.DECIDE_PUSH,
        partnership=row.partnership,
        organisation=row.supplier,
        asked_by=row.officer_id,
        trained=may_decide(unit, row.partnership),
    )
    refuse_older(row.version, command.version)
    if row.status != RequestStatus.WAITING:
        raise InvalidError.one("This has been decided.", where=row.ref)
    if unit.actor.officer_id is None or set(command.allow) - set(row.fields):
        raise InvalidError.one("This field is not part of it.", where="fields")
    now = unit.clock.business_now()
    refuse = {code: ("discretion", "Not sent") for code in row.fields if code not in command.allow}
    decision = SupplierDecision(unit.actor.officer_id, now, dict(command.allow), refuse)
    asked = _ask(unit, row)
    if needs_second_officer(unit, row.partnership, disclosures.foresee(unit.session, asked, decision, now)):
        raise InvalidError.one(
            "The line under which this would leave wants a second officer to confirm.",
            where="fields",
            mend="Have the partner ask for it.",
        )
    unit.record(Event.PUSH_DECIDED, about=row.id, facts={"ref": row.ref, "allow": dict(command.allow)})
    released = disclosures.release(unit, asked, decision)
    row.status, row.disclosure_id = released.outcome, released.disclosure_id
    row.decided_by, row.decided_at = unit.actor.officer_id, now
    if released.outcome != "refused":
        contact = partners.AssignOfficer(officer_id=row.contact_id, kind=WorkKind.REQUEST, ref=row.ref)
        partners.note_assignment(unit, contact)
    return released


def view_push(unit: Unit, push_id: uuid.UUID) -> dict[str, str]:
    """Open what a partner has given unasked, for the officer whom it was given to or who was assigned to it."""
    row = _own(unit, push_id, {"recipient"})
    if row.disclosure_id is None or unit.actor.officer_id is None:
        raise NotFoundError("There is no such push.")
    assigned = partners.is_assigned(
        unit.session, row.partnership, unit.actor.officer_id, WorkKind.REQUEST, row.ref, unit.clock.business_now()
    )
    return disclosures.view_release(unit, row.disclosure_id, assigned=assigned)


def view_push_words(unit: Unit, push_id: uuid.UUID) -> dict[str, str]:
    """Open why it was proposed, for the supplier's own officers."""
    row = _own(unit, push_id, {"supplier"})
    sealed = {"necessity": row.necessity, "proportionality": row.proportionality}
    own = OwnRecord(TABLE, row.id, row.supplier, row.partnership)
    return disclosures.view_own(unit, own, {name: value for name, value in sealed.items() if value is not None})


def pushes_of(session: Session, partnership: str, organisation: str) -> tuple[PushView, ...]:
    """What an organisation gives unasked, and what it was given: a recipient sees nothing of what has not left."""
    rows = session.scalars(
        select(Push)
        .where(
            Push.partnership == partnership,
            or_(
                Push.supplier == organisation,
                (Push.recipient == organisation) & Push.status.in_([RequestStatus.RELEASED, RequestStatus.PARTLY]),
            ),
        )
        .order_by(Push.made_at.desc(), Push.ref.desc())
    )
    return tuple(_view(row) for row in rows)


def push(session: Session, partnership: str, organisation: str, push_id: uuid.UUID) -> PushView:
    """A push to which the organisation is party, as `pushes_of` would show it. Raises NotFoundError."""
    for each in pushes_of(session, partnership, organisation):
        if each.id == push_id:
            return each
    raise NotFoundError("There is no such push.")


def push_as_it_would_be(
    session: Session, at: datetime, found: PushView, partnership: str, officer_id: uuid.UUID | None
) -> Mapping[str, object] | None:
    """What the rules would say if this officer let every field leave; None for nobody."""
    row = session.get(Push, found.id)
    if row is None or officer_id is None or row.partnership != partnership:
        return None
    allow = dict.fromkeys(found.fields, "as-is")
    return disclosures.foresee(session, _asked(row, assigned=True), SupplierDecision(officer_id, at, allow), at)


def _ask(unit: Unit, row: Push) -> Ask:
    assigned = partners.is_assigned(
        unit.session, row.partnership, row.officer_id, WorkKind.REQUEST, row.ref, unit.clock.business_now()
    )
    return _asked(row, assigned=assigned)


def _asked(row: Push, *, assigned: bool) -> Ask:
    return Ask(
        record_id=row.record_id,
        recipient=row.recipient,
        purpose=row.purpose,
        fields=tuple((code, None) for code in row.fields),
        officer_id=row.officer_id,
        provision=row.provision,
        channel=row.channel,
        initiated_by="supplier",
        assigned=assigned,
        statement={"necessity": row.necessity is not None, "proportionality": row.proportionality is not None},
    )


def _problems(unit: Unit, partnership: str, supplier: str, command: MakePush, *, found: bool) -> tuple[Problem, ...]:
    problems = []
    if not found:
        problems.append(Problem("No record of yours has this reference", "reference", "Deposit the record first."))
    if command.recipient == supplier:
        problems.append(Problem("Choose another organisation", where="recipient"))
    if not command.fields:
        problems.append(Problem("Choose at least one thing to give", where="fields"))
    problems += [
        Problem("Say why it is necessary and proportionate", where=name)
        for name in STATED
        if not command.texts.get(name, "").strip()
    ]
    today, now = unit.clock.today(), unit.clock.business_now()
    people = partners.officers(unit.session, partnership, now, today, organisation=command.recipient)
    if not any(each.id == command.contact_id and each.in_post for each in people):
        problems.append(Problem("Choose an officer of the organisation that you give it to", where="contact"))
    return tuple(problems)


def _own(unit: Unit, push_id: uuid.UUID, sides: set[str]) -> Push:
    row = unit.session.get(Push, push_id)
    if row is None or row.partnership != unit.actor.partnership:
        raise NotFoundError("There is no such push.")
    if unit.actor.organisation not in {getattr(row, side) for side in sides}:
        raise NotFoundError("There is no such push.")
    return row


def _view(row: Push) -> PushView:
    return PushView(
        id=row.id,
        ref=row.ref,
        supplier=row.supplier,
        recipient=row.recipient,
        officer_id=row.officer_id,
        contact_id=row.contact_id,
        record_id=row.record_id,
        purpose=row.purpose,
        fields=tuple(row.fields),
        status=RequestStatus(row.status),
        made_at=row.made_at,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        disclosure_id=row.disclosure_id,
        version=row.version,
    )
