"""This module knows how an officer of the supplier decides on a request, and how what was given is opened again."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import select

from protocols.actions import Action, Event
from protocols.roles import Role
from sharing import disclosures, partners
from sharing.disclosures import Released, SupplierDecision
from sharing.errors import InvalidError, NotFoundError, Problem
from sharing.requests.asking import ask_of, is_assigned, own_request
from sharing.requests.model import InformationRequest, RequestDecision
from sharing.requests.rules import RequestStatus
from sharing.store import Unit, refuse_older


@dataclass(frozen=True)
class DecideRequest:
    """Yes or no to each field: a form to allow, or (class, reason) to refuse, with the findings in the decider's words."""

    request_id: uuid.UUID
    version: int
    allow: Mapping[str, str] = field(default_factory=dict)
    refuse: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    necessary: str = ""
    proportionate: str = ""
    record_reference: str = ""


def decide_request(unit: Unit, command: DecideRequest) -> Released:
    """Decide, and let exactly the permitted fields leave at this moment; or record the refusal. Both sides get a receipt."""
    row = own_request(unit, command.request_id)
    unit.require(
        Action.DECIDE_REQUEST,
        partnership=row.partnership,
        organisation=row.supplier,
        asked_by=row.officer_id,
        trained=_may_decide(unit, row.partnership),
    )
    refuse_older(row.version, command.version)
    if row.status != RequestStatus.WAITING:
        raise InvalidError.one("This request does not wait for a decision.", where=row.ref)
    problems = _problems(row, command)
    if problems:
        raise InvalidError(problems)
    _find_record(unit, row, command)
    decision = _store_decision(unit, row, command)
    released = (
        disclosures.release(unit, ask_of(unit, row), decision) if row.record_id else _not_held(unit, row, decision)
    )
    row.status, row.disclosure_id = str(RequestStatus(released.outcome)), released.disclosure_id
    row.told = disclosures.told_of(released.answer)
    row.closed_at = unit.clock.business_now()
    return released


def _may_decide(unit: Unit, partnership: str) -> bool:
    """Whether the deciding officer's training counts today, or an authorisation of somebody trained runs.

    Whether the officer may decide on this line is the rules' to say.
    """
    if unit.actor.officer_id is None:
        return False
    now, today = unit.clock.business_now(), unit.clock.today()
    officer = partners.officer(unit.session, partnership, unit.actor.officer_id, now, today)
    return officer.training_is_current or Role.AUTHORISED_OFFICER in officer.roles


def _find_record(unit: Unit, row: InformationRequest, command: DecideRequest) -> None:
    """Find the record; without one, everything has to be refused ("we hold nothing")."""
    reference = command.record_reference.strip()
    if row.record_id is None or reference:
        wanted = reference or row.subject_ref
        row.record_id = disclosures.find_record(unit.session, row.partnership, row.supplier, wanted)
    if row.record_id is None and (command.allow or reference):
        raise InvalidError.one(
            "No record of yours has this reference.",
            where="record",
            mend="Deposit the record first, or correct the reference.",
        )


def _not_held(unit: Unit, row: InformationRequest, decision: SupplierDecision) -> Released:
    return disclosures.refuse_unheld(
        unit,
        disclosures.Unheld(
            request_id=row.id,
            supplier=row.supplier,
            recipient=row.asker,
            purpose=row.purpose,
            provision=row.provision,
            channel=row.channel,
            subject_ref=row.subject_ref,
            refuse=decision.refuse,
        ),
    )


def _problems(row: InformationRequest, command: DecideRequest) -> tuple[Problem, ...]:
    found = []
    for code, _ in row.fields:
        if code not in command.allow and code not in command.refuse:
            found.append(Problem("Say yes or no", where=code))
        elif code in command.refuse and not command.refuse[code][1].strip():
            found.append(Problem("Give the reason for refusing", where=code))
    if command.allow and not command.necessary.strip():
        found.append(Problem("Say why it is necessary", where="necessary"))
    if command.allow and not command.proportionate.strip():
        found.append(Problem("Say why it is proportionate", where="proportionate"))
    return tuple(found)


def _store_decision(unit: Unit, row: InformationRequest, command: DecideRequest) -> SupplierDecision:
    if unit.actor.officer_id is None:
        raise NotFoundError("A request is decided by an officer.")
    now = unit.clock.business_now()
    made = RequestDecision(
        partnership=row.partnership,
        request_id=row.id,
        officer_id=unit.actor.officer_id,
        decided_at=now,
        allow=dict(command.allow),
        refuse={code: list(reason) for code, reason in command.refuse.items()},
        necessary=command.necessary.strip(),
        proportionate=command.proportionate.strip(),
    )
    unit.session.add(made)
    unit.session.flush()
    facts = {"ref": row.ref, "allow": dict(command.allow), "refuse": {c: r[0] for c, r in command.refuse.items()}}
    unit.record(Event.REQUEST_DECIDED, about=row.id, facts=facts)
    return SupplierDecision(unit.actor.officer_id, now, dict(command.allow), dict(command.refuse))


def view_release(unit: Unit, request_id: uuid.UUID) -> dict[str, str]:
    """Open again what a request has brought, for an officer who works on it."""
    row = own_request(unit, request_id)
    if row.disclosure_id is None:
        raise NotFoundError("Nothing has been given on this request.")
    return disclosures.view_release(unit, row.disclosure_id, assigned=_works_on(unit, row))


def _works_on(unit: Unit, row: InformationRequest) -> bool:
    officer = unit.actor.officer_id
    if officer == row.officer_id:
        return is_assigned(unit, row)
    if officer is None:
        return False
    return partners.is_assigned(
        unit.session, row.partnership, officer, partners.WorkKind.REQUEST, row.ref, unit.clock.business_now()
    )


def view_request(unit: Unit, request_id: uuid.UUID) -> dict[str, str]:
    """Open the words of a request: for the asker's own officers, and for the supplier who has to decide on it.

    The asker sends these words to the supplier with the request: for the supplier they are part of what was sent.
    """
    row = own_request(unit, request_id)
    unit.require(Action.READ_REQUEST, partnership=row.partnership)
    sealed = {name: getattr(row, name) for name in ("subject", "necessity", "proportionality", "harm")}
    own = disclosures.OwnRecord("information_request", row.id, row.asker, row.partnership)
    return disclosures.open_sent(unit, own, {name: value for name, value in sealed.items() if value is not None})


def latest_decision(unit: Unit, request_id: uuid.UUID) -> RequestDecision | None:
    """The last decision on a request."""
    return unit.session.scalars(
        select(RequestDecision)
        .where(RequestDecision.request_id == request_id)
        .order_by(RequestDecision.decided_at.desc())
    ).first()
