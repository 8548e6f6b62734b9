"""This module knows how a request is made, judged as it stands, and mended by whoever made it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from protocols import request_kinds
from protocols.actions import Action, Event
from protocols.vocabulary import URGENCIES
from sharing import disclosures, partners
from sharing.base import new_id
from sharing.disclosures import Ask
from sharing.errors import InvalidError, NotFoundError, Problem
from sharing.requests.course_model import RequestMessage
from sharing.requests.details import store_details
from sharing.requests.model import InformationRequest
from sharing.requests.rules import STATEMENT, RequestStatus, reply_due, status_as_asked
from sharing.store import Unit, next_ref, refuse_older

TABLE = "information_request"
KEPT = timedelta(days=2 * 365)
"""How long the asker's own words are kept: two years, unless the asker's retention says less."""


@dataclass(frozen=True)
class MakeRequest:
    """A request. `fields` are (code, form or None); `texts` are subject, necessity, proportionality and harm in words.

    `answers` are to the questions of the kind (protocols/data/request-types.toml), by code.
    """

    kind: str
    supplier: str
    purpose: str
    fields: tuple[tuple[str, str | None], ...]
    texts: Mapping[str, str] = field(repr=False, default_factory=dict)
    subject_ref: str = ""
    provision: str | None = None
    channel: str = "view"
    urgency: str = "routine"
    linked_kind: str = ""
    linked_ref: str = ""
    answers: Mapping[str, str] = field(repr=False, default_factory=dict)


@dataclass(frozen=True)
class Made:
    """A request that was made: its id, where it stands, and what the asker may be told of each withheld field."""

    request_id: uuid.UUID
    ref: str
    status: RequestStatus
    told: tuple[Mapping[str, Any], ...]
    entry_id: uuid.UUID


def make_request(unit: Unit, command: MakeRequest) -> Made:
    """Make a request and judge it as it stands. A blocked one is recorded as a refusal, with the smallest lawful change."""
    partnership, asker = unit.actor.partnership or "", unit.actor.organisation or ""
    signed = partners.has_signed_protocol_in_force(unit.session, partnership, asker, unit.clock.business_now())
    unit.require(Action.MAKE_REQUEST, partnership=partnership, organisation=asker, signed=signed)
    problems = (*_problems(command, asker), *_problems_of_kind(unit, command, asker))
    if problems:
        raise InvalidError(problems)
    row = _new_row(unit, partnership, asker, command)
    _seal_texts(unit, row, command.texts)
    unit.session.add(row)
    unit.session.flush()
    store_details(unit, row, command.answers)
    assign = partners.AssignOfficer(officer_id=row.officer_id, kind=partners.WorkKind.REQUEST, ref=row.ref)
    facts = {"ref": row.ref, "kind": row.kind, "supplier": row.supplier, "purpose": row.purpose}
    entry = unit.record(
        Event.REQUEST_MADE, about=row.id, facts={**facts, "fields": [code for code, _ in command.fields]}
    )
    partners.note_assignment(unit, assign)
    return _judged(unit, row, entry.id)


def mend_request(unit: Unit, request_id: uuid.UUID, version: int, texts: Mapping[str, str]) -> Made:
    """Give what was missing (or nothing, when somebody else has acted meanwhile) and have the request judged again."""
    row = own_request(unit, request_id)
    unit.require(Action.MEND_REQUEST, partnership=row.partnership, organisation=row.asker)
    refuse_older(row.version, version)
    if row.status not in {str(RequestStatus.BLOCKED), str(RequestStatus.WAITING)}:
        raise InvalidError.one("This request is closed. Make a new one.", where=row.ref)
    was_blocked = row.status == RequestStatus.BLOCKED
    _seal_texts(unit, row, texts)
    entry = unit.record(Event.REQUEST_MENDED, about=row.id, facts={"ref": row.ref, "given": sorted(row.given)})
    made = _judged(unit, row, entry.id)
    if was_blocked and made.status is RequestStatus.WAITING:
        _start_clock(unit, row)
    return made


def _start_clock(unit: Unit, row: InformationRequest) -> None:
    """It reaches the supplier only now, so the supplier's days count from now."""
    offer = disclosures.offer(unit.session, row.partnership, row.purpose)
    row.reply_due_on = reply_due(unit.clock.today(), offer.reply_days)
    unit.session.add(
        RequestMessage(
            partnership=row.partnership,
            request_id=row.id,
            kind="reached",
            organisation=row.asker,
            officer_id=unit.actor.officer_id,
            said_at=unit.clock.business_now(),
        )
    )


def _judged(unit: Unit, row: InformationRequest, entry_id: uuid.UUID) -> Made:
    # Written once at the end: a row that counts one version more where a record was found would tell the asker so.
    with unit.session.no_autoflush:
        status, told = _as_it_stands(unit, row)
    row.status, row.told = str(status), told
    if status is RequestStatus.BLOCKED:
        refused = disclosures.refuse_as_asked(unit, ask_of(unit, row))
        row.disclosure_id, entry_id = refused.disclosure_id, refused.entry_id
    unit.session.flush()
    return Made(row.id, row.ref, status, tuple(told), entry_id)


def _as_it_stands(unit: Unit, row: InformationRequest) -> tuple[RequestStatus, list[dict[str, Any]]]:
    """Look for the record and ask the rules: where the request stands, and what the asker may be told."""
    row.record_id = row.record_id or disclosures.find_record(
        unit.session, row.partnership, row.supplier, row.subject_ref
    )
    status, told = RequestStatus.WAITING, disclosures.nothing_known(code for code, _ in row.fields)
    if row.record_id is not None and row.urgency != URGENCIES[-1]:
        # In an emergency it is the supplier's duty officer who moves next, whatever a protocol would still want.
        answer = disclosures.preview(unit, ask_of(unit, row))
        status = status_as_asked(answer)
        # While it waits, the asker is told the same whatever the record is, and whether there is one.
        told = disclosures.told_of(answer) if status is RequestStatus.BLOCKED else told
    return status, told


def ask_of(unit: Unit, row: InformationRequest) -> Ask:
    """The request as a question to the gate. `assigned` is read now: an assignment given meanwhile counts, an ended one not."""
    if row.record_id is None:
        raise NotFoundError("The record that is asked for has not been found yet.")
    return Ask(
        record_id=row.record_id,
        recipient=row.asker,
        purpose=row.purpose,
        provision=row.provision,
        fields=tuple((code, form) for code, form in row.fields),
        officer_id=row.officer_id,
        channel=row.channel,
        urgency=row.urgency,
        assigned=is_assigned(unit, row),
        statement={part: part in row.given for part in STATEMENT},
        request_id=row.id,
    )


def is_assigned(unit: Unit, row: InformationRequest) -> bool:
    """Whether the asking officer works on what the request is linked to; an unlinked request stands for itself."""
    kind, ref = (row.linked_kind, row.linked_ref) if row.linked_ref else (partners.WorkKind.REQUEST, row.ref)
    return partners.is_assigned(
        unit.session, row.partnership, row.officer_id, partners.WorkKind(kind), ref, unit.clock.business_now()
    )


def own_request(unit: Unit, request_id: uuid.UUID) -> InformationRequest:
    """The request, if the acting organisation made it or is asked by it."""
    row = unit.session.get(InformationRequest, request_id)
    if (
        row is None
        or row.partnership != unit.actor.partnership
        or unit.actor.organisation not in {row.asker, row.supplier}
    ):
        raise NotFoundError("There is no such request.")
    return row


def _new_row(unit: Unit, partnership: str, asker: str, command: MakeRequest) -> InformationRequest:
    if unit.actor.officer_id is None:
        raise NotFoundError("A request is made by an officer.")
    urgency = request_kinds.kind_of(command.kind).urgency or command.urgency
    offer = disclosures.offer(unit.session, partnership, command.purpose)
    return InformationRequest(
        id=new_id(),
        partnership=partnership,
        ref=next_ref(unit, partnership, InformationRequest.made_at, "R"),
        kind=command.kind,
        asker=asker,
        officer_id=unit.actor.officer_id,
        supplier=command.supplier,
        purpose=command.purpose,
        provision=command.provision or offer.provision,
        fields=[list(pair) for pair in command.fields],
        channel=command.channel,
        urgency=urgency,
        linked_kind=command.linked_kind if command.linked_ref else "",
        linked_ref=command.linked_ref,
        subject_ref=command.subject_ref.strip(),
        given=[],
        status=str(RequestStatus.WAITING),
        reply_due_on=reply_due(unit.clock.today(), offer.reply_days),
        made_at=unit.clock.business_now(),
    )


def _seal_texts(unit: Unit, row: InformationRequest, texts: Mapping[str, str]) -> None:
    given = {name: text.strip() for name, text in texts.items() if text.strip() and name in {*STATEMENT, "subject"}}
    if not given:
        return
    sealed = unit.vault.seal(
        unit.session,
        table=TABLE,
        record_id=row.id,
        organisation=row.asker,
        retain_until=unit.clock.today() + KEPT,
        values=given,
    )
    for name, value in sealed.items():
        setattr(row, name, value)
    row.given = sorted({*row.given, *given})


def _problems(command: MakeRequest, asker: str) -> tuple[Problem, ...]:
    found = []
    if command.supplier == asker:
        found.append(Problem("Choose another organisation: you hold your own records", where="supplier"))
    if not command.fields:
        found.append(Problem("Choose at least one thing to ask for", where="fields"))
    if not command.subject_ref.strip() and not command.texts.get("subject", "").strip():
        found.append(Problem("Say whom or what it is about: their case reference, or in words", where="subject"))
    return tuple(found)


def _problems_of_kind(unit: Unit, command: MakeRequest, asker: str) -> tuple[Problem, ...]:
    """Who may ask whom for this kind, its questions, and what an emergency has to say."""
    try:
        kind = request_kinds.kind_of(command.kind)
    except request_kinds.UnknownKindError:
        return (Problem("Choose the kind of request", where="kind"),)
    found = []
    day, partnership = unit.clock.today(), unit.actor.partnership or ""
    bodies = {body.code: body.body_type for body in partners.members(unit.session, partnership, day)}
    if command.supplier in bodies and not kind.may_go(bodies.get(asker, ""), bodies[command.supplier]):
        found.append(
            Problem(
                f"“{kind.title}” is not asked of such a body by yours", "kind", "Choose another kind, or ask another."
            )
        )
    found += [Problem(said, where=code) for code, said in request_kinds.wrong_with(kind.questions, command.answers)]
    if (kind.urgency or command.urgency) == URGENCIES[-1]:
        if not command.texts.get("harm", "").strip():
            found.append(Problem("Say what harm is feared", where="harm"))
        if command.channel not in {"view", "verbal"}:
            found.append(Problem("In an emergency it is seen in the portal or told", where="channel"))
    return tuple(found)
