"""This module knows what may be read of a person's requests without opening a word: where they stand, and what waits."""

from __future__ import annotations

import uuid
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from sharing.subjects.asking import request_row
from sharing.subjects.model import SubjectItem, SubjectQuestion, SubjectRequest
from sharing.subjects.rules import ItemKind, Outcome, SubjectStatus


@dataclass(frozen=True)
class QuestionView:
    """A question to a supplier, by the disclosure's reference, and what they said."""

    id: uuid.UUID
    asker: str
    supplier: str
    disclosure_ref: str
    asked_at: datetime
    reply_by: date
    advice: str
    reason: str
    version: int


@dataclass(frozen=True)
class ItemView:
    """Something that may be about the person: its reference, how sure the match is, what was decided, when to look again."""

    id: uuid.UUID
    kind: ItemKind
    row_id: uuid.UUID
    ref: str
    grade: str
    supplier: str | None
    outcome: Outcome
    reason: str
    left_out: tuple[str, ...]
    re_examine_on: date | None
    decided_by: uuid.UUID | None
    question: QuestionView | None
    version: int

    def is_due(self, today: date) -> bool:
        """Whether it was held back and has to be looked at again by now."""
        return self.re_examine_on is not None and self.re_examine_on <= today


@dataclass(frozen=True)
class SubjectRequestView:
    """A request for access: when it came, by when it is to be answered (None: identity first), and its items."""

    id: uuid.UUID
    ref: str
    received_on: date
    identity: str
    identity_on: date | None
    extension: str
    due_on: date | None
    gathered_at: datetime | None
    packed_at: datetime | None
    answered_on: date | None
    status: SubjectStatus
    items: tuple[ItemView, ...]
    version: int

    def is_overdue(self, today: date) -> bool:
        """Whether the answer should have gone."""
        return self.status is SubjectStatus.OPEN and self.due_on is not None and self.due_on < today

    def to_decide(self) -> int:
        """How many items wait for a decision."""
        return sum(item.outcome is Outcome.UNDECIDED for item in self.items)

    def to_re_examine(self, today: date) -> int:
        """How many items have to be looked at again."""
        return sum(item.is_due(today) for item in self.items)


def subject_requests(session: Session, partnership: str, organisation: str) -> tuple[SubjectRequestView, ...]:
    """The requests that an organisation was asked, the first due first, answered ones last."""
    rows = session.scalars(
        select(SubjectRequest).where(
            SubjectRequest.partnership == partnership, SubjectRequest.organisation == organisation
        )
    ).all()
    views = _views(session, partnership, list(rows))
    last = date.max
    return tuple(sorted(views, key=lambda v: (v.status is SubjectStatus.ANSWERED, v.due_on or last, v.ref)))


def subject_request(session: Session, partnership: str, organisation: str, request_id: uuid.UUID) -> SubjectRequestView:
    """One request that this organisation was asked. Raises NotFoundError for anybody else's, as for none."""
    return _views(session, partnership, [request_row(session, partnership, organisation, request_id)])[0]


def questions_to(session: Session, partnership: str, supplier: str) -> tuple[QuestionView, ...]:
    """What an organisation was asked as a supplier, the open ones first."""
    rows = session.scalars(
        select(SubjectQuestion)
        .where(SubjectQuestion.partnership == partnership, SubjectQuestion.supplier == supplier)
        .order_by(SubjectQuestion.advice, SubjectQuestion.reply_by, SubjectQuestion.disclosure_ref)
    )
    return tuple(map(_question, rows))


def _views(session: Session, partnership: str, rows: list[SubjectRequest]) -> list[SubjectRequestView]:
    items: dict[uuid.UUID, list[SubjectItem]] = defaultdict(list)
    found = session.scalars(
        select(SubjectItem)
        .where(SubjectItem.partnership == partnership, SubjectItem.request_id.in_([row.id for row in rows]))
        .order_by(SubjectItem.kind, SubjectItem.ref)
    ).all()
    for item in found:
        items[item.request_id].append(item)
    asked = {
        row.item_id: _question(row)
        for row in session.scalars(
            select(SubjectQuestion).where(
                SubjectQuestion.partnership == partnership, SubjectQuestion.item_id.in_([item.id for item in found])
            )
        )
    }
    return [_view(row, tuple(_item(item, asked.get(item.id)) for item in items[row.id])) for row in rows]


def _view(row: SubjectRequest, items: tuple[ItemView, ...]) -> SubjectRequestView:
    return SubjectRequestView(
        id=row.id,
        ref=row.ref,
        received_on=row.received_on,
        identity=row.identity,
        identity_on=row.identity_on,
        extension=row.extension,
        due_on=row.due_on,
        gathered_at=row.gathered_at,
        packed_at=row.packed_at,
        answered_on=row.answered_on,
        status=SubjectStatus(row.status),
        items=items,
        version=row.version,
    )


def _item(item: SubjectItem, question: QuestionView | None) -> ItemView:
    return ItemView(
        id=item.id,
        kind=ItemKind(item.kind),
        row_id=item.row_id,
        ref=item.ref,
        grade=item.grade,
        supplier=item.supplier,
        outcome=Outcome(item.outcome),
        reason=item.reason,
        left_out=tuple(item.left_out),
        re_examine_on=item.re_examine_on,
        decided_by=item.decided_by,
        question=question,
        version=item.version,
    )


def _question(row: SubjectQuestion) -> QuestionView:
    return QuestionView(
        id=row.id,
        asker=row.asker,
        supplier=row.supplier,
        disclosure_ref=row.disclosure_ref,
        asked_at=row.asked_at,
        reply_by=row.reply_by,
        advice=row.advice,
        reason=row.reason,
        version=row.version,
    )
