"""This module knows what may be read of recalls without opening a word: who was asked about what, and who has not answered."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from sharing.disclosures import DisclosureView, recalled
from sharing.disclosures.recalled import HeldRecord, Opening
from sharing.errors import NotFoundError
from sharing.recalls.model import Recall, RecallAnswer, RecalledDisclosure
from sharing.recalls.rules import AnswerStatus, KeptBecause, Reason, RecallState, is_silent


@dataclass(frozen=True)
class AnswerView:
    """One recipient of a recall: what it was asked about, by when, and what it said."""

    id: uuid.UUID
    recipient: str
    status: AnswerStatus
    due_on: date
    asked_entry_id: uuid.UUID
    kept_because: KeptBecause | None
    officer_id: uuid.UUID | None
    answered_at: datetime | None
    answer_entry_id: uuid.UUID | None
    copies_destroyed: int
    has_words: bool
    given: tuple[tuple[uuid.UUID, str], ...]
    version: int

    def is_silent(self, today: date) -> bool:
        """Whether the day has passed without an answer."""
        return is_silent(self.status, self.due_on, today)

    @property
    def may_answer(self) -> bool:
        """Whether there is still something to say: not yet answered, or kept so far."""
        return self.status in {AnswerStatus.ASKED, AnswerStatus.KEPT}


@dataclass(frozen=True)
class RecallView:
    """A recall with those of its recipients that the reader may see."""

    id: uuid.UUID
    ref: str
    supplier: str
    officer_id: uuid.UUID
    record_id: uuid.UUID
    subject_ref: str
    reason: Reason
    state: RecallState
    made_at: datetime
    ended_at: datetime | None
    entry_id: uuid.UUID
    has_words: bool
    answers: tuple[AnswerView, ...]
    version: int

    def silent(self, today: date) -> tuple[AnswerView, ...]:
        """The recipients that have let their day pass."""
        return tuple(each for each in self.answers if each.is_silent(today))


@dataclass(frozen=True)
class Unanswered:
    """A recipient that has not answered in time, as a meeting may hear of it: references and organisations only."""

    recall: str
    disclosures: tuple[str, ...]
    supplier: str
    recipient: str
    due_on: date


@dataclass(frozen=True)
class Reached:
    """What of a record reached whom: every disclosure, and who has opened it."""

    record: HeldRecord
    releases: tuple[DisclosureView, ...]
    openings: Mapping[uuid.UUID, tuple[Opening, ...]]


def reached(session: Session, partnership: str, supplier: str, record_id: uuid.UUID) -> Reached:
    """List exactly what has left of one's own record. Raises NotFoundError for anybody else's."""
    record = recalled.held_record(session, partnership, supplier, record_id)
    left = recalled.releases_of(session, partnership, supplier, record_id)
    return Reached(record, left, recalled.openings(session, partnership, [each.id for each in left]))


def recalls_of(
    session: Session, partnership: str, *, supplier: str | None = None, recipient: str | None = None
) -> tuple[RecallView, ...]:
    """Recalls, newest first: those that an organisation made, those that it was asked, or the whole partnership's."""
    query = select(Recall).where(Recall.partnership == partnership)
    if supplier is not None:
        query = query.where(Recall.supplier == supplier)
    if recipient is not None:
        query = query.where(exists().where(RecallAnswer.recall_id == Recall.id, RecallAnswer.recipient == recipient))
    rows = session.scalars(query.order_by(Recall.made_at.desc(), Recall.ref.desc())).all()
    return tuple(_view(session, row, only=recipient) for row in rows)


def recall(session: Session, partnership: str, recall_id: uuid.UUID, organisation: str | None) -> RecallView:
    """A recall as its supplier sees it, as a recipient does (its own part), or with None as an auditor does.

    Raises NotFoundError for whoever has no part in it.
    """
    row = session.get(Recall, recall_id)
    if row is None or row.partnership != partnership:
        raise NotFoundError("There is no such recall.")
    found = _view(session, row, only=None if organisation in {None, row.supplier} else organisation)
    if not found.answers:
        raise NotFoundError("There is no such recall.")
    return found


def overdue(session: Session, partnership: str, today: date) -> tuple[Unanswered, ...]:
    """Everybody who has not answered in time, longest first: what the next meeting hears of."""
    rows = session.execute(
        select(RecallAnswer, Recall)
        .join(Recall, Recall.id == RecallAnswer.recall_id)
        .where(
            RecallAnswer.partnership == partnership,
            RecallAnswer.status == str(AnswerStatus.ASKED),
            RecallAnswer.due_on < today,
        )
        .order_by(RecallAnswer.due_on, Recall.ref, RecallAnswer.recipient)
    ).all()
    return tuple(
        Unanswered(made.ref, tuple(ref for _, ref in _given(session, row)), made.supplier, row.recipient, row.due_on)
        for row, made in rows
    )


def parties_of_entry(session: Session, partnership: str, entry_id: uuid.UUID) -> frozenset[str]:
    """Supplier and recipient of a recall's question or answer; nobody for any other entry."""
    found = session.execute(
        select(Recall.supplier, RecallAnswer.recipient)
        .join(RecallAnswer, RecallAnswer.recall_id == Recall.id)
        .where(
            RecallAnswer.partnership == partnership,
            or_(RecallAnswer.asked_entry_id == entry_id, RecallAnswer.answer_entry_id == entry_id),
        )
    ).first()
    return frozenset(found) if found else frozenset()


def _given(session: Session, row: RecallAnswer) -> list[tuple[uuid.UUID, str]]:
    rows = session.execute(
        select(RecalledDisclosure.disclosure_id, RecalledDisclosure.ref)
        .where(RecalledDisclosure.answer_id == row.id)
        .order_by(RecalledDisclosure.ref)
    )
    return [(disclosure_id, ref) for disclosure_id, ref in rows]


def _view(session: Session, row: Recall, only: str | None) -> RecallView:
    query = select(RecallAnswer).where(RecallAnswer.recall_id == row.id)
    if only is not None:
        query = query.where(RecallAnswer.recipient == only)
    answers = session.scalars(query.order_by(RecallAnswer.recipient)).all()
    return RecallView(
        id=row.id,
        ref=row.ref,
        supplier=row.supplier,
        officer_id=row.officer_id,
        record_id=row.record_id,
        subject_ref=row.subject_ref,
        reason=Reason(row.reason),
        state=RecallState(row.state),
        made_at=row.made_at,
        ended_at=row.ended_at,
        entry_id=row.entry_id,
        has_words=row.note is not None or row.ended_words is not None,
        answers=tuple(_answer(session, each) for each in answers),
        version=row.version,
    )


def _answer(session: Session, row: RecallAnswer) -> AnswerView:
    return AnswerView(
        id=row.id,
        recipient=row.recipient,
        status=AnswerStatus(row.status),
        due_on=row.due_on,
        asked_entry_id=row.asked_entry_id,
        kept_because=KeptBecause(row.kept_because) if row.kept_because else None,
        officer_id=row.officer_id,
        answered_at=row.answered_at,
        answer_entry_id=row.answer_entry_id,
        copies_destroyed=row.copies_destroyed,
        has_words=row.words is not None,
        given=tuple(_given(session, row)),
        version=row.version,
    )
