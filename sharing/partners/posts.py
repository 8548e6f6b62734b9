"""This module knows who decides and who works on what.

Liaison posts, assignments, delegations; standing authorisations are next door.
"""

from __future__ import annotations

import uuid

from sqlalchemy import select

from protocols.actions import Action, Event
from sharing.errors import InvalidError, Problem
from sharing.partners import rules
from sharing.partners.authority import (
    found_officer,
    found_organisation,
    may,
    must_be_in_post,
    partnership_of,
)
from sharing.partners.commands import AssignOfficer, NameLiaisonOfficer, RecordDelegation
from sharing.partners.compiled import note_change
from sharing.partners.model import (
    Assignment,
    Delegation,
    LiaisonPost,
)
from sharing.store import Unit


def name_liaison_officer(unit: Unit, command: NameLiaisonOfficer) -> uuid.UUID:
    """Name an officer to the own organisation's post of liaison officer or deputy; return the post's id.

    Whoever holds the same post leaves it on the day that this one begins. A consortium may share a liaison officer: one
    person then holds a post in each organisation, and each names its own officer, so that none gives rights in another.
    """
    place = may(unit, Action.NAME_LIAISON_OFFICER, partnership=command.partnership, organisation=command.organisation)
    if place.organisation is None:
        raise InvalidError.one("Say which organisation.", where="organisation", mend="Name it by its code.")
    officer = found_officer(unit, place.partnership, command.officer_id)
    must_be_in_post(unit, officer)
    if officer.organisation != place.organisation:
        raise InvalidError.one(
            "This officer's post is in another organisation.",
            where="officer",
            mend="Invite the person to a post in yours first; one account may hold several.",
        )
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
    must_be_in_post(unit, officer)
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
