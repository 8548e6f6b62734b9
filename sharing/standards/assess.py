"""This module knows how a landlord assesses itself: item by item, then decides to sign or to defer."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from protocols.actions import Action, Event
from protocols.standards import Framework, Judgement, Outcome, Status, problems_of, progress
from sharing import returns
from sharing.errors import InvalidError, NotFoundError, Problem, StaleError
from sharing.standards.model import Assessment, ItemJudgement
from sharing.standards.own import framework_of, own
from sharing.store import Unit

LONGEST = 2000


@dataclass(frozen=True)
class AssessStandard:
    """Judgements of some items, to be stored in the landlord's open assessment (begun if there is none).

    `version` is that of the open assessment that the officer saw, when one was seen.
    """

    framework: str
    judgements: tuple[Judgement, ...]
    assessed_on: date | None = None
    version: int | None = None


@dataclass(frozen=True)
class ConcludeAssessment:
    """What the landlord decides on the strength of an assessment: to sign, or to defer."""

    assessment_id: uuid.UUID
    version: int
    outcome: Outcome


def assess_standard(unit: Unit, command: AssessStandard) -> uuid.UUID:
    """Store judgements; every problem of every item at once, and nothing stored when there is one.

    Raises InvalidError, StaleError when somebody else changed the assessment first, NotPermittedError.
    """
    partnership, organisation = own(unit, Action.ASSESS_STANDARD)
    framework = framework_of(command.framework)
    today = unit.clock.today()
    problems = _problems(framework, command, today)
    if problems:
        raise InvalidError(problems)
    assessment = _open_assessment(unit, partnership, organisation, command)
    stored = {
        row.code: row
        for row in unit.session.scalars(
            select(ItemJudgement).filter_by(partnership=partnership, assessment_id=assessment.id)
        )
    }
    for judgement in command.judgements:
        row = stored.get(judgement.code)
        if row is None:
            row = ItemJudgement(partnership=partnership, assessment_id=assessment.id, code=judgement.code)
            unit.session.add(row)
        row.status, row.evidence = str(judgement.status), judgement.evidence
        row.reason, row.alternative = judgement.reason, judgement.alternative
    assessment.changed_at = unit.clock.business_now()
    codes = sorted(judgement.code for judgement in command.judgements)
    unit.record(Event.STANDARD_ASSESSED, about=assessment.id, facts={"framework": framework.code, "items": codes})
    return assessment.id


def _problems(framework: Framework, command: AssessStandard, today: date) -> tuple[Problem, ...]:
    known = {item.code for item in framework.scored()}
    problems = [
        Problem(text, where=judgement.code)
        for judgement in command.judgements
        for text in (
            (*problems_of(judgement), *_about_people(judgement, today.year))
            if judgement.code in known
            else (f"{framework.code} has no such item.",)
        )
    ]
    if command.assessed_on is not None and command.assessed_on > today:
        problems.append(Problem("The day of the assessment has not come yet.", where="assessed_on"))
    return tuple(problems)


def _about_people(judgement: Judgement, year: int) -> tuple[str, ...]:
    """These texts are clear and others read them, so nothing in them may look like somebody's data."""
    texts = (judgement.evidence, judgement.reason, judgement.alternative)
    if any(len(text) > LONGEST for text in texts):
        return (f"Write at most {LONGEST} letters in each box.",)
    if any(rule.startswith("looks-like") for text in texts for rule in returns.hints(text, year)):
        return ("This seems to be about a person. Write it without names, addresses or numbers of people.",)
    return ()


def _open_assessment(unit: Unit, partnership: str, organisation: str, command: AssessStandard) -> Assessment:
    found = unit.session.scalars(
        select(Assessment)
        .filter_by(
            partnership=partnership,
            organisation=organisation,
            framework=command.framework,
            outcome=str(Outcome.OPEN),
        )
        .order_by(Assessment.assessed_on.desc())
    ).first()
    if command.version is not None and (found is None or found.version != command.version):
        raise StaleError("Somebody else changed this assessment since you opened it. Nothing was stored.")
    if found is not None:
        return found
    made = Assessment(
        partnership=partnership,
        organisation=organisation,
        framework=command.framework,
        assessed_on=command.assessed_on or unit.clock.today(),
        outcome=str(Outcome.OPEN),
        changed_at=unit.clock.business_now(),
    )
    unit.session.add(made)
    unit.session.flush()
    return made


def conclude_assessment(unit: Unit, command: ConcludeAssessment) -> None:
    """End an open assessment with its outcome; it stays as it is, dated, beside the later ones.

    Signing needs a judgement of every item (an explicit status each); deferring needs none. Raises InvalidError,
    StaleError, NotFoundError, NotPermittedError.
    """
    partnership, organisation = own(unit, Action.ASSESS_STANDARD)
    row = unit.session.scalar(
        select(Assessment).filter_by(partnership=partnership, organisation=organisation, id=command.assessment_id)
    )
    if row is None:
        raise NotFoundError("There is no such assessment.")
    if row.version != command.version:
        raise StaleError("Somebody else changed this assessment since you opened it. Nothing was stored.")
    if row.outcome != Outcome.OPEN or command.outcome is Outcome.OPEN:
        raise InvalidError.one("This assessment has its outcome already.", where="outcome", mend="Begin a new one.")
    if command.outcome is Outcome.SIGN:
        _must_be_whole(unit, row)
    row.outcome, row.changed_at = str(command.outcome), unit.clock.business_now()
    facts = {"framework": row.framework, "outcome": row.outcome, "assessed_on": row.assessed_on.isoformat()}
    unit.record(Event.STANDARD_ASSESSED, about=row.id, facts=facts)


def _must_be_whole(unit: Unit, row: Assessment) -> None:
    given = unit.session.scalars(select(ItemJudgement).filter_by(partnership=row.partnership, assessment_id=row.id))
    framework = framework_of(row.framework)
    done = progress(framework, [Judgement(each.code, Status(each.status)) for each in given])
    if not done.is_whole:
        raise InvalidError.one(
            f"{len(done.missing)} of {done.of} items are not judged yet.",
            where="outcome",
            mend="Judge every item, or defer.",
        )
