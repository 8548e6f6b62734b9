"""This module knows how an officer of the supplier decides on a request, and how what was given is opened again."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from protocols.actions import Action, Event
from protocols.request_kinds import refusal_reasons
from protocols.roles import Role
from sharing import disclosures, partners
from sharing.clear_text import refuse_personal
from sharing.disclosures import Released, SupplierDecision
from sharing.errors import InvalidError, NotFoundError, NotPermittedError, Problem
from sharing.requests.asking import ask_of, is_assigned, own_request
from sharing.requests.course_model import RequestMessage
from sharing.requests.model import InformationRequest, RequestDecision
from sharing.requests.offered import line_of
from sharing.requests.rules import TO_DECIDE, RequestStatus, status_of
from sharing.requests.views import RequestView
from sharing.store import Unit, refuse_older

ESCALATION = "escalation"
SECOND_OFFICER = "second-officer"
"""The safeguard by which a line asks that another officer confirms before anything leaves (protocols/data/safeguards.toml)."""


@dataclass(frozen=True)
class DecideRequest:
    """Yes or no to each field: a form to allow, or (class, reason) to refuse, with the findings in the decider's words.

    `reasons` names the reason of a refusal by field (protocols/data/request-types.toml), which then gives its class. `left` are
    fields that the rules withhold anyway: nothing is decided on them, and the smallest lawful change stays to be seen.
    """

    request_id: uuid.UUID
    version: int
    allow: Mapping[str, str] = field(default_factory=dict)
    refuse: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    necessary: str = ""
    proportionate: str = ""
    record_reference: str = ""
    reasons: Mapping[str, str] = field(default_factory=dict)
    left: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Decided:
    """A decision that was stored: what the gate did, or nothing yet where a second officer has to confirm it."""

    released: Released | None


def decide_request(unit: Unit, command: DecideRequest) -> Released:
    """Decide, and let exactly the permitted fields leave at this moment; or record the refusal. Both sides get a receipt.

    Raises InvalidError where a line asks for a second officer: `decide` is the command that can wait for one.
    """
    released = decide(unit, command).released
    if released is None:
        raise InvalidError.one("A second officer has to confirm this before anything leaves.", where="second-officer")
    return released


def decide(unit: Unit, command: DecideRequest) -> Decided:
    """Decide; where a line that would let a field leave asks for a second officer, nothing leaves until one has confirmed.

    An escalated refusal is decided by somebody else than whoever refused, and only on the fields that were escalated.
    """
    row = own_request(unit, command.request_id)
    first = escalated_from(unit.session, row)
    unit.require(
        Action.DECIDE_REQUEST,
        partnership=row.partnership,
        organisation=row.supplier,
        asked_by=row.officer_id,
        done_by=first.officer_id if first else None,
        trained=may_decide(unit, row.partnership),
    )
    refuse_older(row.version, command.version)
    if row.status not in TO_DECIDE:
        raise InvalidError.one("This request does not wait for a decision.", where=row.ref)
    fields = fields_to_decide(row, first)
    problems = _problems(fields, command)
    if problems:
        raise InvalidError(problems)
    # The other side and the auditor read these without opening anything: nobody may be named in them.
    reasons = "\n".join(dict.fromkeys(reason for _, reason in command.refuse.values()))
    found = {"necessary": command.necessary, "proportionate": command.proportionate, "reason": reasons}
    refuse_personal(unit, found)
    _find_record(unit, row, command)
    decision = _store_decision(unit, row, command)
    if row.record_id is None:
        return Decided(finish(unit, row, _not_held(unit, row, decision)))
    asked = replace(ask_of(unit, row), fields=fields)
    if needs_second_officer(unit, row.partnership, foreseen(unit, asked, decision)):
        row.status = str(RequestStatus.CONFIRMING)
        return Decided(None)
    return Decided(finish(unit, row, disclosures.release(unit, asked, decision)))


def fields_to_decide(
    row: InformationRequest, escalated_from: RequestDecision | None
) -> tuple[tuple[str, str | None], ...]:
    """The fields of a request; of an escalated one only those that were refused at the supplier's discretion."""
    every = tuple((code, form) for code, form in row.fields)
    if escalated_from is None:
        return every
    open_again = {code for code, reason in escalated_from.refuse.items() if reason[0] == "discretion"}
    return tuple((code, form) for code, form in every if code in open_again)


def foreseen(unit: Unit, asked: disclosures.Ask, decision: SupplierDecision) -> Mapping[str, Any]:
    """What the rules would say to a decision at this moment, without any effect."""
    return disclosures.foresee(unit.session, asked, decision, unit.clock.business_now())


def needs_second_officer(unit: Unit, partnership: str, answer: Mapping[str, Any]) -> bool:
    """Whether any field would leave under a line that asks for a second officer of the supplier."""
    lines = {(told["protocol"], told["version"], told["line"]) for told in disclosures.leaving(answer).values()}
    found = (line_of(unit.session, partnership, *each) for each in lines)
    return any(SECOND_OFFICER in line["safeguards"] for line in found if line is not None)


def finish(unit: Unit, row: InformationRequest, released: Released) -> Released:
    """Note on the request what the gate did. What was given before an escalation stays given."""
    made = disclosures.of_request(unit.session, row.partnership, row.id)
    given = {each.code for one in made for each in one.fields if each.result != "withheld"}
    row.status = str(status_of(code in given for code, _ in row.fields))
    row.disclosure_id = released.disclosure_id
    kept = [told for told in row.told if told["field"] not in released.answer["fields"]]
    row.told = [*kept, *disclosures.told_of(released.answer)]
    row.closed_at = unit.clock.business_now()
    return released


def may_decide(unit: Unit, partnership: str) -> bool:
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


def _problems(fields: tuple[tuple[str, str | None], ...], command: DecideRequest) -> tuple[Problem, ...]:
    found = []
    for code, _ in fields:
        if code not in {*command.allow, *command.refuse, *command.left}:
            found.append(Problem("Say yes or no", where=code))
        elif code in command.refuse and not command.refuse[code][1].strip():
            found.append(Problem("Give the reason for refusing", where=code))
        if command.reasons.get(code, "discretion") not in refusal_reasons():
            found.append(Problem("Choose a reason from the list", where=code))
    stray = sorted({*command.allow, *command.refuse} - {code for code, _ in fields})
    found += [Problem("This field is not open to be decided", where=code) for code in stray]
    if command.allow and not command.necessary.strip():
        found.append(Problem("Say why it is necessary", where="necessary"))
    if command.allow and not command.proportionate.strip():
        found.append(Problem("Say why it is proportionate", where="proportionate"))
    return tuple(found)


def _store_decision(unit: Unit, row: InformationRequest, command: DecideRequest) -> SupplierDecision:
    if unit.actor.officer_id is None:
        raise NotFoundError("A request is decided by an officer.")
    now = unit.clock.business_now()
    refuse = {code: (_class_of(command, code), why) for code, (_, why) in command.refuse.items()}
    made = RequestDecision(
        partnership=row.partnership,
        request_id=row.id,
        officer_id=unit.actor.officer_id,
        decided_at=now,
        allow=dict(command.allow),
        refuse={
            code: [*reason, command.reasons[code]] if code in command.reasons else list(reason)
            for code, reason in refuse.items()
        },
        necessary=command.necessary.strip(),
        proportionate=command.proportionate.strip(),
    )
    unit.session.add(made)
    unit.session.flush()
    facts = {"ref": row.ref, "allow": dict(command.allow), "refuse": {code: why[0] for code, why in refuse.items()}}
    unit.record(Event.REQUEST_DECIDED, about=row.id, facts=facts)
    return SupplierDecision(unit.actor.officer_id, now, dict(command.allow), refuse)


def _class_of(command: DecideRequest, code: str) -> str:
    """A named reason says itself whether it is a bar of law; without one the decider's class stands."""
    named = refusal_reasons().get(command.reasons.get(code, ""))
    return named.kind if named else command.refuse[code][0]


def stored_decision(made: RequestDecision) -> SupplierDecision:
    """A stored decision as the gate takes it."""
    refuse = {code: (reason[0], reason[1]) for code, reason in made.refuse.items()}
    return SupplierDecision(made.officer_id, made.decided_at, dict(made.allow), refuse)


def view_release(unit: Unit, request_id: uuid.UUID) -> dict[str, str]:
    """Open again what a request has brought, for an officer who works on it: after an escalation from more than one release.

    Raises NotPermittedError when nothing of it may be seen any more, with the rule that stops the last of them.
    """
    row = own_request(unit, request_id)
    found = [
        made
        for made in disclosures.of_request(unit.session, row.partnership, row.id)
        if made.outcome != "refused" or made.id == row.disclosure_id
    ]
    if not found:
        raise NotFoundError("Nothing has been given on this request.")
    assigned = works_on(unit, row)
    if len(found) == 1:
        return _open_one(unit, row, found[0].id, assigned=assigned)
    return _open_every(unit, row, [made.id for made in found if made.outcome != "refused"], assigned=assigned)


def _open_one(unit: Unit, row: InformationRequest, disclosure_id: uuid.UUID, *, assigned: bool) -> dict[str, str]:
    if row.urgency == "emergency":
        return disclosures.view_emergency(unit, disclosure_id, assigned=assigned)
    return disclosures.view_release(unit, disclosure_id, assigned=assigned)


def _open_every(unit: Unit, row: InformationRequest, ids: list[uuid.UUID], *, assigned: bool) -> dict[str, str]:
    values: dict[str, str] = {}
    stopped: NotPermittedError | None = None
    for disclosure_id in ids:
        try:
            values |= _open_one(unit, row, disclosure_id, assigned=assigned)
        except NotPermittedError as error:
            stopped = error
    if not values and stopped is not None:
        raise stopped
    return values


def works_on(unit: Unit, row: InformationRequest) -> bool:
    """Whether the acting officer works on a request: made it and is assigned to what it is linked to, or is assigned to it."""
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


def last_message(session: Session, row: InformationRequest, kind: str) -> RequestMessage | None:
    """The last thing of a kind that was said on a request."""
    return session.scalars(
        select(RequestMessage)
        .where(RequestMessage.request_id == row.id, RequestMessage.kind == kind)
        .order_by(RequestMessage.said_at.desc())
    ).first()


def open_fields(session: Session, found: RequestView) -> tuple[tuple[str, str | None], ...]:
    """The fields on which something is to be decided now: all of them, or of an escalated request those that may be again."""
    row = session.get(InformationRequest, found.id)
    return found.fields if row is None else fields_to_decide(row, escalated_from(session, row))


def escalated_from(session: Session, row: InformationRequest) -> RequestDecision | None:
    """The decision that was escalated, while its escalation waits to be decided."""
    said = last_message(session, row, ESCALATION) if row.status == RequestStatus.ESCALATED else None
    if said is None:
        return None
    return session.scalars(
        select(RequestDecision)
        .where(RequestDecision.request_id == row.id, RequestDecision.decided_at <= said.said_at)
        .order_by(RequestDecision.decided_at.desc())
    ).first()
