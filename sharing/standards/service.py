"""This module knows how a landlord assesses itself and signs up, and how a consortium is formed."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from protocols.actions import Action, Event
from protocols.standards import Framework, Judgement, SignUp, blocks_to_registration, frameworks, problems_of
from sharing import partners
from sharing.errors import InvalidError, NotFoundError, Problem
from sharing.standards.model import Assessment, Consortium, ConsortiumMember, ItemJudgement, StandardSignUp
from sharing.standards.rules import needs_parent_consent
from sharing.store import Unit


@dataclass(frozen=True)
class AssessStandard:
    """Judgements of some items, to be stored in the landlord's open assessment (begun if there is none)."""

    framework: str
    judgements: tuple[Judgement, ...]
    assessed_on: date | None = None


@dataclass(frozen=True)
class SignUpStandard:
    """What a sign-up records; `register` says that the organisation signs now."""

    framework: str
    decided_ref: str = ""
    decided_on: date | None = None
    champion: str = ""
    parent_consented_on: date | None = None
    consortium_box: bool = False
    satisfied_area: str = ""
    register: bool = False


def _framework(code: str) -> Framework:
    try:
        return frameworks()[code]
    except KeyError:
        raise NotFoundError("There is no such framework.") from None


def _own(unit: Unit, action: Action) -> tuple[str, str]:
    """The partnership and organisation that the actor acts for, once the rulebook has said yes."""
    organisation, partnership = unit.actor.organisation, unit.actor.partnership
    unit.require(action, partnership=partnership, organisation=organisation)
    if organisation is None or partnership is None:
        raise NotFoundError("Standards belong to an organisation.")
    return partnership, organisation


def assess_standard(unit: Unit, command: AssessStandard) -> uuid.UUID:
    """Store judgements; every problem of every item at once, and nothing stored when there is one."""
    partnership, organisation = _own(unit, Action.ASSESS_STANDARD)
    framework = _framework(command.framework)
    known = {item.code for item in framework.scored()}
    problems = [
        Problem(text, where=judgement.code)
        for judgement in command.judgements
        for text in (problems_of(judgement) if judgement.code in known else (f"{framework.code} has no such item.",))
    ]
    if problems:
        raise InvalidError(tuple(problems))
    assessment = _open_assessment(unit, partnership, organisation, command)
    stored = {
        row.code: row
        for row in unit.session.scalars(select(ItemJudgement).where(ItemJudgement.assessment_id == assessment.id))
    }
    for judgement in command.judgements:
        row = stored.get(judgement.code)
        if row is None:
            row = ItemJudgement(partnership=partnership, assessment_id=assessment.id, code=judgement.code)
            unit.session.add(row)
        row.status, row.evidence = str(judgement.status), judgement.evidence
        row.reason, row.alternative = judgement.reason, judgement.alternative
    assessment.changed_at = unit.clock.now()
    codes = sorted(judgement.code for judgement in command.judgements)
    unit.record(Event.STANDARD_ASSESSED, about=assessment.id, facts={"framework": framework.code, "items": codes})
    return assessment.id


def _open_assessment(unit: Unit, partnership: str, organisation: str, command: AssessStandard) -> Assessment:
    found = unit.session.scalars(
        select(Assessment)
        .where(
            Assessment.partnership == partnership,
            Assessment.organisation == organisation,
            Assessment.framework == command.framework,
            Assessment.outcome == "open",
        )
        .order_by(Assessment.assessed_on.desc())
    ).first()
    if found is not None:
        return found
    made = Assessment(
        partnership=partnership,
        organisation=organisation,
        framework=command.framework,
        assessed_on=command.assessed_on or unit.clock.today(),
        changed_at=unit.clock.now(),
    )
    unit.session.add(made)
    unit.session.flush()
    return made


def sign_up_standard(unit: Unit, command: SignUpStandard) -> uuid.UUID:
    """Record a step of the organisation's sign-up; registering is refused while anything still stops it."""
    partnership, organisation = _own(unit, Action.SIGN_UP_STANDARD)
    framework = _framework(command.framework)
    if command.consortium_box and not framework.consortium:
        raise InvalidError.one(f"{framework.title} has no joint sign-up.", where="consortium box", mend="Leave it out.")
    row = _sign_up_row(unit, partnership, organisation, framework.code)
    row.decided_ref, row.decided_on, row.champion = command.decided_ref, command.decided_on, command.champion
    row.parent_consented_on, row.consortium_box = command.parent_consented_on, command.consortium_box
    row.satisfied_area = command.satisfied_area
    if command.register and row.registered_on is None:
        blocks = blocks_to_registration(framework, _as_recorded(unit, row))
        if blocks:
            raise InvalidError(tuple(Problem(text) for text in blocks))
        row.registered_on = unit.clock.today()
    unit.session.flush()
    facts = {"framework": framework.code, "registered": row.registered_on is not None, "joint": row.consortium_box}
    unit.record(Event.STANDARD_SIGNED_UP, about=row.id, facts=facts)
    return row.id


def _as_recorded(unit: Unit, row: StandardSignUp) -> SignUp:
    body = partners.member(unit.session, row.partnership, row.organisation, unit.clock.today())
    return SignUp(
        organisation=row.organisation,
        name=body.name,
        needs_parent_consent=needs_parent_consent(body.body_type),
        decided_ref=row.decided_ref,
        decided_on=row.decided_on,
        champion=row.champion,
        parent_consented_on=row.parent_consented_on,
    )


def _sign_up_row(unit: Unit, partnership: str, organisation: str, framework: str) -> StandardSignUp:
    found = unit.session.scalar(
        select(StandardSignUp).where(
            StandardSignUp.partnership == partnership,
            StandardSignUp.organisation == organisation,
            StandardSignUp.framework == framework,
        )
    )
    if found is None:
        found = StandardSignUp(partnership=partnership, organisation=organisation, framework=framework)
        unit.session.add(found)
    return found


@dataclass(frozen=True)
class FormConsortium:
    """A consortium and its members."""

    code: str
    name: str
    area: str
    framework: str
    members: Sequence[str]


def form_consortium(unit: Unit, partnership: str, command: FormConsortium) -> uuid.UUID:
    """Form a consortium (the co-ordinator's or the operator's task)."""
    unit.require(Action.FORM_CONSORTIUM, partnership=partnership)
    row = Consortium(
        partnership=partnership,
        code=command.code,
        name=command.name,
        area=command.area,
        framework=_framework(command.framework).code,
    )
    unit.session.add(row)
    unit.session.flush()
    for organisation in command.members:
        unit.session.add(ConsortiumMember(partnership=partnership, consortium_id=row.id, organisation=organisation))
    facts = {"code": command.code, "framework": command.framework, "members": sorted(command.members)}
    unit.record(Event.CONSORTIUM_FORMED, about=row.id, facts=facts, partnership=partnership)
    return row.id
