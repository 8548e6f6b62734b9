"""This module knows what may be read of corrections: which field was put right, who was told, and who has acknowledged it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from sharing.errors import NotFoundError
from sharing.recalls.model import Correction, CorrectionNotice


@dataclass(frozen=True)
class NoticeView:
    """What one recipient was told of a correction: with the right value as a new disclosure, or to ask again."""

    id: uuid.UUID
    recipient: str
    supplier: str
    correction_ref: str
    code: str
    subject_ref: str
    made_at: datetime
    disclosure_id: uuid.UUID
    sent_id: uuid.UUID | None
    why_not: str
    entry_id: uuid.UUID
    officer_id: uuid.UUID | None
    acknowledged_at: datetime | None
    version: int


@dataclass(frozen=True)
class CorrectionView:
    """A correction with everybody who was told."""

    id: uuid.UUID
    ref: str
    supplier: str
    officer_id: uuid.UUID
    subject_ref: str
    code: str
    made_at: datetime
    entry_id: uuid.UUID
    notices: tuple[NoticeView, ...]


def corrections_of(session: Session, partnership: str, supplier: str) -> tuple[CorrectionView, ...]:
    """The corrections that an organisation made, newest first."""
    rows = session.scalars(
        select(Correction)
        .where(Correction.partnership == partnership, Correction.supplier == supplier)
        .order_by(Correction.made_at.desc(), Correction.ref.desc())
    ).all()
    return tuple(_view(session, row) for row in rows)


def correction(session: Session, partnership: str, supplier: str, correction_id: uuid.UUID) -> CorrectionView:
    """A correction of one's own. Raises NotFoundError for anybody else's."""
    row = session.get(Correction, correction_id)
    if row is None or row.partnership != partnership or row.supplier != supplier:
        raise NotFoundError("There is no such correction.")
    return _view(session, row)


def notices_to(session: Session, partnership: str, recipient: str) -> tuple[NoticeView, ...]:
    """What an organisation was told of corrections, newest first."""
    rows = session.execute(
        select(CorrectionNotice, Correction)
        .join(Correction, Correction.id == CorrectionNotice.correction_id)
        .where(CorrectionNotice.partnership == partnership, CorrectionNotice.recipient == recipient)
        .order_by(Correction.made_at.desc(), Correction.ref.desc())
    ).all()
    return tuple(_notice(row, made) for row, made in rows)


def notice(session: Session, partnership: str, recipient: str, notice_id: uuid.UUID) -> NoticeView:
    """One of them. Raises NotFoundError for anybody else's."""
    found = next((each for each in notices_to(session, partnership, recipient) if each.id == notice_id), None)
    if found is None:
        raise NotFoundError("There is no such correction.")
    return found


def parties_of_notice(session: Session, partnership: str, entry_id: uuid.UUID) -> frozenset[str]:
    """Supplier and recipient of a correction's notice or its acknowledgement; nobody for any other entry."""
    found = session.execute(
        select(Correction.supplier, CorrectionNotice.recipient)
        .join(CorrectionNotice, CorrectionNotice.correction_id == Correction.id)
        .where(
            CorrectionNotice.partnership == partnership,
            or_(CorrectionNotice.entry_id == entry_id, CorrectionNotice.acknowledged_entry_id == entry_id),
        )
    ).first()
    return frozenset(found) if found else frozenset()


def _view(session: Session, row: Correction) -> CorrectionView:
    told = session.scalars(
        select(CorrectionNotice).where(CorrectionNotice.correction_id == row.id).order_by(CorrectionNotice.recipient)
    )
    return CorrectionView(
        id=row.id,
        ref=row.ref,
        supplier=row.supplier,
        officer_id=row.officer_id,
        subject_ref=row.subject_ref,
        code=row.code,
        made_at=row.made_at,
        entry_id=row.entry_id,
        notices=tuple(_notice(each, row) for each in told),
    )


def _notice(row: CorrectionNotice, made: Correction) -> NoticeView:
    return NoticeView(
        id=row.id,
        recipient=row.recipient,
        supplier=made.supplier,
        correction_ref=made.ref,
        code=made.code,
        subject_ref=made.subject_ref,
        made_at=made.made_at,
        disclosure_id=row.disclosure_id,
        sent_id=row.sent_id,
        why_not=row.why_not,
        entry_id=row.entry_id,
        officer_id=row.officer_id,
        acknowledged_at=row.acknowledged_at,
        version=row.version,
    )
