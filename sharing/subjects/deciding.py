"""This module knows how it is decided what goes to a person, what is held back for now, and what the supplier says first."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from protocols.actions import Action, Event
from sharing import disclosures
from sharing.disclosures import SURE
from sharing.errors import InvalidError, NotFoundError, Problem
from sharing.store import Unit, refuse_older
from sharing.subjects.asking import own_request, reopen
from sharing.subjects.links import endangers
from sharing.subjects.model import SubjectItem, SubjectQuestion, SubjectRequest
from sharing.subjects.rules import (
    KEPT,
    REPLY_BY,
    Advice,
    ItemKind,
    Outcome,
    SubjectStatus,
    latest_re_examination,
    reasons,
)

ITEM = "subject_item"


@dataclass(frozen=True)
class DecideItem:
    """What becomes of an item. Holding back, the whole or the fields `left_out` of one that goes, needs reason, day and words."""

    item_id: uuid.UUID
    version: int
    outcome: str
    reason: str = ""
    re_examine_on: date | None = None
    why: str = field(repr=False, default="")
    left_out: tuple[str, ...] = ()


def decide_item(unit: Unit, command: DecideItem) -> None:
    """Decide on an item, or decide again when it is looked at again.

    Raises NotPermittedError (rule `victim-address`) when it would show a victim to the household of whoever harmed them,
    InvalidError with every problem, StaleError when somebody else has decided meanwhile.
    """
    item, row = own_item(unit, command.item_id)
    refuse_older(item.version, command.version)
    problems = _problems(unit, item, row, command)
    if problems:
        raise InvalidError(tuple(problems))
    if command.outcome == Outcome.INCLUDE:
        require_safe(unit, row, item)
        reopen(row, unit.clock.today())
    left_out = sorted(set(command.left_out)) if command.outcome == Outcome.INCLUDE else []
    withheld = command.outcome == Outcome.WITHHOLD or bool(left_out)
    item.outcome = command.outcome
    item.reason, item.left_out = command.reason if withheld else "", left_out
    item.re_examine_on = command.re_examine_on if withheld else None
    item.decided_by, item.decided_at = unit.actor.officer_id, unit.clock.business_now()
    if command.why.strip():
        item.why = unit.vault.seal(
            unit.session,
            table=ITEM,
            record_id=item.id,
            organisation=row.organisation,
            retain_until=unit.clock.today() + KEPT,
            values={"why": command.why.strip()},
        )["why"]
    row.packed_at = None
    unit.session.flush()
    looked_at = item.re_examine_on.isoformat() if item.re_examine_on else None
    facts = {"ref": row.ref, "item": item.ref, "outcome": item.outcome, "reason": item.reason, "left_out": left_out}
    unit.record(Event.SUBJECT_ITEM_DECIDED, about=item.id, facts={**facts, "re_examine_on": looked_at})


def require_safe(unit: Unit, row: SubjectRequest, item: SubjectItem) -> None:
    """Refuse what would show a victim to the household of whoever harmed them. Asked at the decision, and again at the pack."""
    unit.require(
        Action.INCLUDE_SUBJECT_ITEM,
        partnership=row.partnership,
        organisation=row.organisation,
        endangers=_endangers(unit, row, item),
    )


def _endangers(unit: Unit, row: SubjectRequest, item: SubjectItem) -> bool:
    """Whether the item is of a victim of whoever asks, or of their household: whose own records say so."""
    if item.record_id is None:
        return False
    theirs = unit.session.scalars(
        select(SubjectItem.row_id).where(
            SubjectItem.partnership == row.partnership,
            SubjectItem.request_id == row.id,
            SubjectItem.kind == str(ItemKind.RECORD),
            SubjectItem.grade.in_(sorted(SURE)),
            SubjectItem.outcome != str(Outcome.ANOTHER_PERSON),
        )
    ).all()
    included = unit.session.scalars(
        select(SubjectItem.row_id).where(
            SubjectItem.partnership == row.partnership,
            SubjectItem.request_id == row.id,
            SubjectItem.kind == str(ItemKind.RECORD),
            SubjectItem.outcome == str(Outcome.INCLUDE),
        )
    ).all()
    return endangers(unit.session, row.partnership, row.organisation, item.record_id, {*theirs, *included})


def _problems(unit: Unit, item: SubjectItem, row: SubjectRequest, command: DecideItem) -> list[Problem]:
    if row.status == SubjectStatus.IDENTITY:
        return [Problem("Check the identity first", where="outcome")]
    if item.outcome == Outcome.GONE:
        return [Problem("This is no longer held", where="outcome")]
    if command.outcome == Outcome.WITHHOLD:
        return _withholding(command, unit.clock.today())
    if command.outcome == Outcome.INCLUDE:
        return [*_consulted(unit, item), *_leaving_out(unit, item, command)]
    return [] if command.outcome == Outcome.ANOTHER_PERSON else [Problem("Choose what becomes of it", where="outcome")]


def _leaving_out(unit: Unit, item: SubjectItem, command: DecideItem) -> list[Problem]:
    """Fields are left out of what goes for the reasons for which an item is held back, and never all of them."""
    if not command.left_out:
        return []
    held = set(fields_of(unit.session, item.partnership, item.kind, item.row_id))
    if not set(command.left_out) < held:
        return [Problem("Leave out some of its fields, or hold the whole back", where="left_out")]
    return _withholding(command, unit.clock.today())


def fields_of(session: Session, partnership: str, kind: str, row_id: uuid.UUID) -> tuple[str, ...]:
    """The codes of the fields that an item of one's own has, without opening one. Whom we told what has none to leave out."""
    if kind == ItemKind.RECORD:
        return disclosures.codes_held(session, partnership, row_id)
    if kind == ItemKind.COPY:
        made = disclosures.disclosure(session, partnership, row_id)
        return tuple(each.code for each in made.fields if each.result != "withheld")
    return ()


def _withholding(command: DecideItem, today: date) -> list[Problem]:
    found = []
    if command.reason not in reasons():
        found.append(Problem("Choose the reason for holding it back", where="reason"))
    elif command.re_examine_on is None or not today < command.re_examine_on <= latest_re_examination(
        command.reason, today
    ):
        last = latest_re_examination(command.reason, today)
        found.append(Problem(f"Look at it again by {last.day} {last:%B %Y} at the latest", where="re_examine_on"))
    if not command.why.strip():
        found.append(Problem("Say what giving it would prejudice, and how", where="why"))
    return found


def _consulted(unit: Unit, item: SubjectItem) -> list[Problem]:
    """What came from somebody else goes only once they were asked, and have answered or let their time pass."""
    if item.kind != ItemKind.COPY:
        return []
    question = question_about(unit, item)
    if question is None:
        return [Problem("Ask whoever supplied it first", where="outcome", mend="Press the button that asks them.")]
    if not question.advice and unit.clock.today() <= question.reply_by:
        last = question.reply_by
        return [Problem(f"The supplier has until {last.day} {last:%B %Y} to answer", where="outcome")]
    return []


def consult_supplier(unit: Unit, item_id: uuid.UUID) -> uuid.UUID:
    """Ask whoever supplied a copy whether anything speaks against giving it to the person. They learn the disclosure's reference.

    The Home Office's model protocol: the supplier is consulted on access requests. The holder decides all the same.
    """
    item, row = own_item(unit, item_id)
    if item.kind != ItemKind.COPY or item.supplier is None:
        raise InvalidError.one("This did not come from anybody else.", where=item.ref)
    if question_about(unit, item) is not None:
        raise InvalidError.one("The supplier was asked before.", where=item.ref)
    if unit.actor.officer_id is None:
        raise NotFoundError("A supplier is asked by an officer.")
    made = SubjectQuestion(
        partnership=row.partnership,
        item_id=item.id,
        asker=row.organisation,
        supplier=item.supplier,
        disclosure_id=item.row_id,
        disclosure_ref=item.ref,
        asked_by=unit.actor.officer_id,
        asked_at=unit.clock.business_now(),
        reply_by=unit.clock.today() + REPLY_BY,
    )
    unit.session.add(made)
    unit.session.flush()
    facts = {"disclosure": item.ref, "supplier": item.supplier, "reply_by": made.reply_by.isoformat()}
    unit.record(Event.SUPPLIER_CONSULTED, about=made.id, facts=facts)
    return made.id


def advise_on_item(unit: Unit, question_id: uuid.UUID, version: int, advice: str, reason: str = "") -> None:
    """Answer as the supplier: nothing speaks against it, or hold it back for a reason."""
    question = unit.session.get(SubjectQuestion, question_id)
    partnership, organisation = unit.actor.partnership, unit.actor.organisation
    if question is None or question.partnership != partnership or question.supplier != organisation:
        raise NotFoundError("There is no such question.")
    unit.require(Action.ADVISE_ON_SUBJECT, partnership=question.partnership, organisation=question.supplier)
    refuse_older(question.version, version)
    if question.advice:
        raise InvalidError.one("This was answered before.", where="advice")
    if advice not in {Advice.NO_OBJECTION, Advice.HOLD_BACK}:
        raise InvalidError.one("Choose an answer", where="advice")
    if advice == Advice.HOLD_BACK and reason not in reasons():
        raise InvalidError.one("Choose the reason for holding it back", where="reason")
    question.advice, question.reason = advice, reason if advice == Advice.HOLD_BACK else ""
    question.answered_by, question.answered_at = unit.actor.officer_id, unit.clock.business_now()
    unit.session.flush()
    facts = {"disclosure": question.disclosure_ref, "advice": question.advice, "reason": question.reason}
    unit.record(Event.SUPPLIER_ADVISED, about=question.id, facts=facts)


def question_about(unit: Unit, item: SubjectItem) -> SubjectQuestion | None:
    """The question to the supplier of an item, if it was asked."""
    return unit.session.scalar(
        select(SubjectQuestion).where(
            SubjectQuestion.partnership == item.partnership, SubjectQuestion.item_id == item.id
        )
    )


def own_item(unit: Unit, item_id: uuid.UUID) -> tuple[SubjectItem, SubjectRequest]:
    """An item and its request, for whoever answers for the organisation that was asked. Raises NotFoundError for any other."""
    item = unit.session.get(SubjectItem, item_id)
    if item is None or item.partnership != unit.actor.partnership:
        raise NotFoundError("There is no such item.")
    try:
        return item, own_request(unit, item.request_id)
    except NotFoundError:
        raise NotFoundError("There is no such item.") from None
