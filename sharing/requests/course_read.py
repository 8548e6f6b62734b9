"""This module knows what may be read of a request's course without opening a word: messages, results, monitors, emergencies."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from sharing.requests.course_model import EmergencyCase, Monitor, RequestMessage, RequestResult
from sharing.requests.model import InformationRequest


@dataclass(frozen=True)
class MessageView:
    """That something was said on a request, by whom and when; its words stay sealed."""

    id: uuid.UUID
    kind: str
    organisation: str
    officer_id: uuid.UUID
    said_at: datetime
    has_words: bool


@dataclass(frozen=True)
class ResultView:
    """How a request ended, in clear: choices, days, fields that were used."""

    id: uuid.UUID
    officer_id: uuid.UUID
    recorded_at: datetime
    answers: Mapping[str, str]
    has_words: bool


@dataclass(frozen=True)
class MonitorView:
    """A monitor. `subject_ref` is the supplier's own case reference, as both know it from the request."""

    id: uuid.UUID
    request_id: uuid.UUID
    request_ref: str
    subject_ref: str
    organisation: str
    supplier: str
    purpose: str
    subject_informed: bool
    informed_on: date
    starts_on: date
    ends_on: date

    def runs(self, today: date) -> bool:
        """Whether it runs on a day: from its first day until the day before its last has come. It needs nobody to end it."""
        return self.starts_on <= today < self.ends_on


@dataclass(frozen=True)
class EmergencyView:
    """What follows an emergency, and what of it is late."""

    request_id: uuid.UUID
    request_ref: str
    asker: str
    supplier: str
    asked_by: uuid.UUID
    allowed_by: uuid.UUID
    allowed_at: datetime
    rang: str
    write_up_due_on: date
    review_due_on: date
    written_by: uuid.UUID | None
    written_at: datetime | None
    reviewed_by: uuid.UUID | None
    reviewed_at: datetime | None
    finding: str
    version: int

    def write_up_is_late(self, today: date) -> bool:
        """Whether the write-up is still owed after its day: shown to both sides and to the auditor."""
        return self.written_at is None and self.write_up_due_on < today

    def review_is_late(self, today: date) -> bool:
        """Whether the second person's review is still owed after its day."""
        return self.reviewed_at is None and self.review_due_on < today


def messages_of(session: Session, partnership: str, request_id: uuid.UUID) -> tuple[MessageView, ...]:
    """Everything said on a request, oldest first."""
    rows = session.scalars(
        select(RequestMessage)
        .where(RequestMessage.partnership == partnership, RequestMessage.request_id == request_id)
        .order_by(RequestMessage.said_at, RequestMessage.id)
    )
    return tuple(
        MessageView(row.id, row.kind, row.organisation, row.officer_id, row.said_at, row.words is not None)
        for row in rows
    )


def results_of(session: Session, partnership: str, request_id: uuid.UUID) -> tuple[ResultView, ...]:
    """How a request ended, the newest first: that one counts."""
    rows = session.scalars(
        select(RequestResult)
        .where(RequestResult.partnership == partnership, RequestResult.request_id == request_id)
        .order_by(RequestResult.recorded_at.desc(), RequestResult.id.desc())
    )
    return tuple(
        ResultView(row.id, row.officer_id, row.recorded_at, dict(row.answers), row.words is not None) for row in rows
    )


def monitors_of(session: Session, partnership: str, organisation: str) -> tuple[MonitorView, ...]:
    """The monitors to which an organisation is party, those that end first at the head."""
    rows = session.execute(
        select(Monitor, InformationRequest.ref, InformationRequest.subject_ref)
        .join(
            InformationRequest,
            (InformationRequest.partnership == Monitor.partnership) & (InformationRequest.id == Monitor.request_id),
        )
        .where(
            Monitor.partnership == partnership,
            or_(Monitor.organisation == organisation, Monitor.supplier == organisation),
        )
        .order_by(Monitor.ends_on, InformationRequest.ref)
    )
    return tuple(
        MonitorView(
            row.id,
            row.request_id,
            ref,
            subject_ref,
            row.organisation,
            row.supplier,
            row.purpose,
            row.subject_informed,
            row.informed_on,
            row.starts_on,
            row.ends_on,
        )
        for row, ref, subject_ref in rows
    )


def emergencies_of(session: Session, partnership: str, organisation: str | None = None) -> tuple[EmergencyView, ...]:
    """The emergencies that were allowed, newest first: those of one organisation, or for the auditor of the whole partnership."""
    query = (
        select(EmergencyCase, InformationRequest.ref, InformationRequest.officer_id)
        .join(
            InformationRequest,
            (InformationRequest.partnership == EmergencyCase.partnership)
            & (InformationRequest.id == EmergencyCase.request_id),
        )
        .where(EmergencyCase.partnership == partnership)
    )
    if organisation is not None:
        query = query.where(or_(EmergencyCase.supplier == organisation, EmergencyCase.asker == organisation))
    rows = session.execute(query.order_by(EmergencyCase.allowed_at.desc()))
    return tuple(_emergency(row, ref, officer_id) for row, ref, officer_id in rows)


def _emergency(row: EmergencyCase, ref: str, asked_by: uuid.UUID) -> EmergencyView:
    return EmergencyView(
        request_id=row.request_id,
        request_ref=ref,
        asker=row.asker,
        supplier=row.supplier,
        asked_by=asked_by,
        allowed_by=row.allowed_by,
        allowed_at=row.allowed_at,
        rang=row.rang,
        write_up_due_on=row.write_up_due_on,
        review_due_on=row.review_due_on,
        written_by=row.written_by,
        written_at=row.written_at,
        reviewed_by=row.reviewed_by,
        reviewed_at=row.reviewed_at,
        finding=row.finding,
        version=row.version,
    )
