"""This module knows what comes of wanting to tell somebody outside: it is judged, refused by its rule, and kept."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from protocols.actions import Action, Event
from protocols.actor import ANONYMOUS
from protocols.outside import outside_kinds, topics
from protocols.permit_rules import MEMBER, NAMED_RULES
from protocols.permits import Verdict, permits
from sharing.errors import AccordError, InvalidError, NotFoundError, NotPermittedError
from sharing.store import Unit
from sharing.subjects.links import endangers, own_reference
from sharing.subjects.model import OutsideAttempt

OUTSIDE_RULES = frozenset({"victim-address", "past-tenant", "members-only"})


@dataclass(frozen=True)
class TellOutside:
    """Whom, what about, which record of one's own, and the recipient's own record if the organisation has one."""

    recipient_kind: str
    topic: str
    reference: str
    recipient_reference: str = ""


@dataclass(frozen=True)
class Refused:
    """An attempt that was refused: by which rule, why in plain English, what can be done instead, and its entry."""

    id: uuid.UUID
    ref: str
    rule: str
    reason: str
    instead: str
    entry_id: uuid.UUID


@dataclass(frozen=True)
class AttemptView:
    """An attempt of one's own organisation's, as its list has it."""

    id: uuid.UUID
    ref: str
    officer_id: uuid.UUID
    recipient_kind: str
    topic: str
    rule: str
    entry_id: uuid.UUID
    attempted_at: datetime


def tell_outside(unit: Unit, command: TellOutside) -> Refused:
    """Judge an attempt to tell somebody outside, and record the refusal. Nothing is opened, and nothing leaves.

    Raises InvalidError for an unknown kind, topic or record; NotPermittedError when the officer may not even ask.
    """
    partnership, organisation = unit.actor.partnership or "", unit.actor.organisation or ""
    _check(command)
    record_id = own_reference(unit.session, partnership, organisation, command.reference, where="reference")
    towards = (
        [
            own_reference(
                unit.session, partnership, organisation, command.recipient_reference, where="recipient_reference"
            )
        ]
        if command.recipient_reference.strip()
        else []
    )
    verdict = permits(
        unit.actor,
        Action.TELL_OUTSIDE,
        partnership=partnership,
        organisation=organisation,
        endangers=endangers(unit.session, partnership, organisation, record_id, towards),
        recipient_kind=command.recipient_kind,
        topic=command.topic,
    )
    return _keep(unit, command, record_id, verdict)


def _check(command: TellOutside) -> None:
    if command.recipient_kind == MEMBER:
        raise InvalidError.one("A member organisation asks by a request", where="recipient_kind")
    if command.recipient_kind not in outside_kinds():
        raise InvalidError.one("Choose whom you want to tell", where="recipient_kind")
    if command.topic not in topics():
        raise InvalidError.one("Choose what it is about", where="topic")


def _keep(unit: Unit, command: TellOutside, record_id: uuid.UUID, verdict: Verdict) -> Refused:
    if verdict.rule not in OUTSIDE_RULES:
        if verdict.allowed:
            raise AccordError("No rule refused this. Nothing was told.")
        raise NotPermittedError(verdict.reason, rule=verdict.rule)
    if unit.actor.officer_id is None:
        raise NotFoundError("An officer asks this.")
    partnership, organisation = unit.actor.partnership or "", unit.actor.organisation or ""
    ref = _next_ref(unit, partnership, organisation)
    made = OutsideAttempt(
        partnership=partnership,
        ref=ref,
        organisation=organisation,
        officer_id=unit.actor.officer_id,
        recipient_kind=command.recipient_kind,
        topic=command.topic,
        record_id=record_id,
        rule=verdict.rule,
        attempted_at=unit.clock.business_now(),
    )
    facts = {
        "ref": ref,
        "outcome": "refused",
        "supplier": organisation,
        "recipient_kind": command.recipient_kind,
        "topic": command.topic,
        "rule": verdict.rule,
        "subject_ref": command.reference.strip(),
    }
    entry = unit.record(Event.OUTSIDE_REFUSED, about=record_id, facts=facts)
    made.entry_id = entry.id
    unit.session.add(made)
    unit.session.flush()
    instead = outside_kinds()[command.recipient_kind].alternative(command.topic)
    return Refused(made.id, ref, verdict.rule, verdict.reason, instead, entry.id)


def _next_ref(unit: Unit, partnership: str, organisation: str) -> str:
    count = unit.session.scalar(
        select(func.count()).where(
            OutsideAttempt.partnership == partnership, OutsideAttempt.organisation == organisation
        )
    )
    return f"O{unit.clock.today().year}-{(count or 0) + 1:04d}"


def attempts(session: Session, partnership: str, organisation: str) -> tuple[AttemptView, ...]:
    """The attempts of an organisation's officers, newest first."""
    rows = session.scalars(
        select(OutsideAttempt)
        .where(OutsideAttempt.partnership == partnership, OutsideAttempt.organisation == organisation)
        .order_by(OutsideAttempt.attempted_at.desc(), OutsideAttempt.ref.desc())
    )
    return tuple(
        AttemptView(r.id, r.ref, r.officer_id, r.recipient_kind, r.topic, r.rule, r.entry_id, r.attempted_at)
        for r in rows
    )


def attempt(session: Session, partnership: str, organisation: str, attempt_id: uuid.UUID) -> AttemptView:
    """One attempt of one's own organisation's. Raises NotFoundError for anybody else's, as for none."""
    found = next((each for each in attempts(session, partnership, organisation) if each.id == attempt_id), None)
    if found is None:
        raise NotFoundError("There is no such attempt.")
    return found


def reason_of(view: AttemptView) -> str:
    """Why an attempt was refused, in the words of its rule."""
    facts = {"endangers": True, "recipient_kind": view.recipient_kind, "topic": view.topic}
    return NAMED_RULES[view.rule](ANONYMOUS, facts) or ""
