"""This module knows who decides and who works on what.

Liaison posts, standing authorisations, assignments, delegations.
"""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy import select

from protocols.actions import Action, Event
from sharing.errors import InvalidError, NotPermittedError, Problem
from sharing.partners import rules
from sharing.partners.authority import (
    found_officer,
    found_organisation,
    may,
    partnership_of,
)
from sharing.partners.commands import AssignOfficer, AuthoriseDecider, NameLiaisonOfficer, RecordDelegation
from sharing.partners.compiled import note_change
from sharing.partners.model import (
    Assignment,
    Authorisation,
    Delegation,
    LiaisonPost,
    Officer,
    ProtocolVersion,
    Training,
)
from sharing.store import Unit


def name_liaison_officer(unit: Unit, command: NameLiaisonOfficer) -> uuid.UUID:
    """Name an officer to the own organisation's post of liaison officer or deputy; return the post's id.

    The officer may belong to another organisation of the partnership: a consortium may share one. Whoever holds the
    same post leaves it on the day that this one begins.
    """
    place = may(unit, Action.NAME_LIAISON_OFFICER, partnership=command.partnership, organisation=command.organisation)
    if place.organisation is None:
        raise InvalidError.one("Say which organisation.", where="organisation", mend="Name it by its code.")
    officer = found_officer(unit, place.partnership, command.officer_id)
    _must_be_in_post(unit, officer)
    if officer.elected:
        raise InvalidError.one("An elected member cannot be a liaison officer.", where="officer")
    held = select(LiaisonPost).filter_by(
        partnership=place.partnership, organisation=place.organisation, kind=command.kind.value
    )
    for post in unit.session.scalars(held.with_for_update()):
        if post.officer_id == officer.id and rules.Span(post.from_on, post.to_on).covers(command.from_on):
            raise InvalidError.one("This officer holds that post already.", where="officer")
        if post.to_on is None or post.to_on > command.from_on:
            post.to_on = max(command.from_on, post.from_on)
    post = LiaisonPost(
        partnership=place.partnership,
        organisation=place.organisation,
        officer_id=officer.id,
        kind=command.kind.value,
        from_on=command.from_on,
    )
    unit.session.add(post)
    note_change(unit, place.partnership)
    unit.record(
        Event.LIAISON_OFFICER_NAMED,
        about=officer.id,
        partnership=place.partnership,
        facts={"organisation": place.organisation, "kind": command.kind.value, "from": command.from_on.isoformat()},
    )
    return post.id


def authorise_decider(unit: Unit, command: AuthoriseDecider) -> date:
    """Let an officer of the own organisation decide on one line of a protocol; return the day on which it ends.

    Only a liaison officer or deputy of the organisation, in post and trained, may. A year at most.
    """
    place = may(unit, Action.AUTHORISE_DECIDER)
    today = unit.clock.today()
    by = unit.actor.officer_id
    if by is None or not _holds_liaison_post(unit, place.partnership, str(place.organisation), by, today):
        raise NotPermittedError("Only the liaison officer or deputy in post may authorise somebody.", rule="decision")
    if not _is_trained(unit, place.partnership, by, today):
        raise NotPermittedError("Your training has run out. Record a new one, then authorise.", rule="decision")
    officer = found_officer(unit, place.partnership, command.officer_id)
    _must_be_in_post(unit, officer)
    problems = _authorisation_problems(unit, command, officer, str(place.organisation), place.partnership)
    if command.until_on is not None and command.until_on <= today:
        problems.append(Problem("The last day has passed already.", "until_on"))
    if problems:
        raise InvalidError(tuple(problems))
    ends = rules.last_day_of_authorisation(today, command.until_on)
    unit.session.add(
        Authorisation(
            partnership=place.partnership,
            organisation=str(place.organisation),
            officer_id=officer.id,
            by_officer_id=by,
            protocol=command.protocol,
            line=command.line,
            from_on=today,
            to_on=ends,
        )
    )
    note_change(unit, place.partnership)
    unit.record(
        Event.DECIDER_AUTHORISED,
        about=officer.id,
        facts={"protocol": command.protocol, "line": command.line, "until": ends.isoformat()},
    )
    return ends


def record_delegation(unit: Unit, command: RecordDelegation) -> uuid.UUID:
    """Record that an organisation acts on behalf of the own one (section 115(1)(b) of the 1998 Act); return its id.

    The principal records it: no body can say of itself that it acts for another.
    """
    place = may(unit, Action.RECORD_DELEGATION, partnership=command.partnership, organisation=command.principal)
    if place.organisation is None:
        raise InvalidError.one("Say which organisation is the principal.", where="principal")
    found_organisation(unit, command.organisation)
    purposes = sorted({purpose.strip() for purpose in command.purposes if purpose.strip()})
    problems = []
    if command.organisation == place.organisation:
        problems.append(Problem("An organisation cannot act for itself.", "organisation"))
    if not purposes or "*" in purposes:
        problems.append(Problem("Name each purpose; a star will not do.", "purposes"))
    if not command.ref.strip():
        problems.append(Problem("Name the document that says so.", "ref"))
    if command.to_on is not None and command.to_on <= command.from_on:
        problems.append(Problem("It would end before it begins.", "to_on"))
    if problems:
        raise InvalidError(tuple(problems))
    delegation = Delegation(
        partnership=place.partnership,
        organisation=command.organisation,
        principal=place.organisation,
        purposes=purposes,
        ref=command.ref.strip(),
        joint_control=command.joint_control,
        from_on=command.from_on,
        to_on=command.to_on,
        recorded_at=unit.clock.business_now(),
    )
    unit.session.add(delegation)
    note_change(unit, place.partnership)
    unit.record(
        Event.DELEGATION_RECORDED,
        about=delegation.id,
        partnership=place.partnership,
        facts={
            "organisation": command.organisation,
            "principal": place.organisation,
            "purposes": purposes,
            "joint_control": command.joint_control,
            "from": command.from_on.isoformat(),
            "to": command.to_on.isoformat() if command.to_on else None,
        },
    )
    return delegation.id


def assign_officer(unit: Unit, command: AssignOfficer) -> uuid.UUID:
    """Assign an officer of the own organisation to a case, an action or a request; return the assignment's id."""
    place = may(unit, Action.ASSIGN_OFFICER)
    officer = found_officer(unit, place.partnership, command.officer_id)
    may(unit, Action.ASSIGN_OFFICER, organisation=officer.organisation)
    assignment_id = note_assignment(unit, command)
    unit.record(
        Event.OFFICER_ASSIGNED,
        about=officer.id,
        partnership=place.partnership,
        facts={"kind": command.kind.value, "ref": command.ref},
    )
    return assignment_id


def note_assignment(unit: Unit, command: AssignOfficer) -> uuid.UUID:
    """Assign an officer as part of another command, which has been permitted and records its own event."""
    officer = found_officer(unit, partnership_of(unit, None), command.officer_id)
    _must_be_in_post(unit, officer)
    now = unit.clock.business_now()
    query = select(Assignment).filter_by(
        partnership=officer.partnership, officer_id=officer.id, kind=command.kind.value, ref=command.ref
    )
    for held in unit.session.scalars(query):
        if held.to_at is None or held.to_at > now:
            return held.id
    assignment = Assignment(
        partnership=officer.partnership,
        officer_id=officer.id,
        kind=command.kind.value,
        ref=command.ref,
        from_at=now,
        to_at=command.to_at,
    )
    unit.session.add(assignment)
    unit.session.flush()
    return assignment.id


def end_assignment(unit: Unit, officer_id: uuid.UUID, kind: rules.WorkKind, ref: str) -> None:
    """End an officer's work on something, as part of another command, which records its own event."""
    now = unit.clock.business_now()
    query = select(Assignment).filter_by(
        partnership=partnership_of(unit, None), officer_id=officer_id, kind=kind.value, ref=ref
    )
    for held in unit.session.scalars(query):
        if held.to_at is None or held.to_at > now:
            held.to_at = max(now, held.from_at)


def _must_be_in_post(unit: Unit, officer: Officer) -> None:
    if not rules.is_in_post(officer.from_on, officer.to_at, unit.clock.today(), unit.clock.business_now()):
        raise InvalidError.one("This officer has left the post, or has not begun.", where="officer")


def _holds_liaison_post(unit: Unit, partnership: str, organisation: str, officer_id: uuid.UUID, day: date) -> bool:
    query = select(LiaisonPost).filter_by(partnership=partnership, organisation=organisation, officer_id=officer_id)
    return any(rules.Span(post.from_on, post.to_on).covers(day) for post in unit.session.scalars(query))


def _is_trained(unit: Unit, partnership: str, officer_id: uuid.UUID, day: date) -> bool:
    query = select(Training.trained_on).filter_by(partnership=partnership, officer_id=officer_id)
    return rules.training_is_current(unit.session.scalars(query), day)


def _authorisation_problems(
    unit: Unit, command: AuthoriseDecider, officer: Officer, organisation: str, partnership: str
) -> list[Problem]:
    problems = []
    if officer.organisation != organisation:
        problems.append(Problem("Only an officer of your own organisation can decide for it.", "officer"))
    if officer.elected:
        problems.append(Problem("An elected member cannot decide.", "officer"))
    query = select(ProtocolVersion.terms_json).filter_by(partnership=partnership, ref=command.protocol, complete=True)
    if not any(command.line in line_ids(terms) for terms in unit.session.scalars(query)):
        problems.append(Problem(f"No version of {command.protocol} has a line {command.line}.", "line"))
    return problems


def line_ids(terms_json: str) -> frozenset[str]:
    """The ids of a version's lines."""
    import json

    return frozenset(line["id"] for line in json.loads(terms_json).get("lines", []))
