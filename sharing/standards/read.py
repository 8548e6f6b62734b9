"""This module knows what may be read of assessments, sign-ups and consortia, and computes the joint status."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from protocols.standards import JointStatus, Judgement, Progress, SignUp, Status, frameworks, joint_status, progress
from sharing import partners
from sharing.errors import NotFoundError
from sharing.standards.model import Assessment, Consortium, ConsortiumMember, ItemJudgement, StandardSignUp
from sharing.standards.rules import needs_parent_consent


@dataclass(frozen=True)
class AssessmentView:
    """A landlord's assessment with its judgements by item and how far it has come."""

    id: uuid.UUID
    organisation: str
    framework: str
    assessed_on: date
    outcome: str
    version: int
    judgements: Mapping[str, Judgement]
    progress: Progress


@dataclass(frozen=True)
class ConsortiumView:
    """A consortium, with its joint status as it stands."""

    code: str
    name: str
    area: str
    framework: str
    status: JointStatus


def assessments(session: Session, partnership: str, organisation: str, framework: str) -> tuple[AssessmentView, ...]:
    """A landlord's assessments against a framework, newest first."""
    rows = session.scalars(
        select(Assessment)
        .where(
            Assessment.partnership == partnership,
            Assessment.organisation == organisation,
            Assessment.framework == framework,
        )
        .order_by(Assessment.assessed_on.desc(), Assessment.id.desc())
    )
    return tuple(_assessment(session, row) for row in rows)


def assessment(session: Session, partnership: str, organisation: str, assessment_id: uuid.UUID) -> AssessmentView:
    """One of a landlord's own assessments. Raises NotFoundError, also for one of another landlord."""
    row = session.scalar(
        select(Assessment).where(
            Assessment.partnership == partnership,
            Assessment.organisation == organisation,
            Assessment.id == assessment_id,
        )
    )
    if row is None:
        raise NotFoundError("There is no such assessment.")
    return _assessment(session, row)


def _assessment(session: Session, row: Assessment) -> AssessmentView:
    given = {
        item.code: Judgement(item.code, Status(item.status), item.evidence, item.reason, item.alternative)
        for item in session.scalars(select(ItemJudgement).filter_by(partnership=row.partnership, assessment_id=row.id))
    }
    return AssessmentView(
        id=row.id,
        organisation=row.organisation,
        framework=row.framework,
        assessed_on=row.assessed_on,
        outcome=row.outcome,
        version=row.version,
        judgements=given,
        progress=progress(frameworks()[row.framework], given.values()),
    )


def sign_up(session: Session, partnership: str, organisation: str, framework: str, day: date) -> SignUp:
    """A landlord's sign-up as far as it has come; an empty one when nothing is recorded."""
    body = partners.member(session, partnership, organisation, day)
    row = session.scalar(
        select(StandardSignUp).where(
            StandardSignUp.partnership == partnership,
            StandardSignUp.organisation == organisation,
            StandardSignUp.framework == framework,
        )
    )
    assessed = bool(assessments(session, partnership, organisation, framework))
    needs = needs_parent_consent(body.body_type)
    if row is None:
        return SignUp(organisation, body.name, needs_parent_consent=needs, assessed=assessed)
    return SignUp(
        organisation=organisation,
        name=body.name,
        needs_parent_consent=needs,
        assessed=assessed,
        decided_ref=row.decided_ref,
        decided_on=row.decided_on,
        champion=row.champion,
        parent_consented_on=row.parent_consented_on,
        registered_on=row.registered_on,
        consortium_box=row.consortium_box,
        satisfied_area=row.satisfied_area,
        withdrawn_on=row.withdrawn_on,
    )


def consortia(session: Session, partnership: str, day: date) -> tuple[ConsortiumView, ...]:
    """Every consortium of the partnership with its joint status, computed now from its members."""
    rows = session.scalars(select(Consortium).where(Consortium.partnership == partnership).order_by(Consortium.code))
    return tuple(_consortium(session, row, day) for row in rows)


def consortium(session: Session, partnership: str, code: str, day: date) -> ConsortiumView:
    """One consortium by its code. Raises NotFoundError."""
    found = next((view for view in consortia(session, partnership, day) if view.code == code), None)
    if found is None:
        raise NotFoundError("There is no such consortium.")
    return found


def _consortium(session: Session, row: Consortium, day: date) -> ConsortiumView:
    members = session.scalars(
        select(ConsortiumMember.organisation)
        .where(ConsortiumMember.consortium_id == row.id)
        .order_by(ConsortiumMember.organisation)
    )
    sign_ups = [sign_up(session, row.partnership, code, row.framework, day) for code in members]
    status = joint_status(frameworks()[row.framework], row.area, sign_ups)
    return ConsortiumView(row.code, row.name, row.area, row.framework, status)
