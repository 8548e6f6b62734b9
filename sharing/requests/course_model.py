"""This module knows the tables around a request: what its kind asks, what the two said to each other, how it ended.

Everything in somebody's own words is sealed under the key of the organisation whose words they are. Days, choices and yes or no
stand in clear: they are counted, and name nobody.
"""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, ForeignKeyConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from sharing.base import CODE, Base, Tenant
from sharing.vault import Sealed, SealedColumn


def _of_request() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["partnership", "request_id"], ["information_request.partnership", "information_request.id"]
    )


def _by_officer(column: str = "officer_id") -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["partnership", column], ["officer.partnership", "officer.id"])


class RequestDetail(Tenant, Base):
    """What the kind of a request asked besides the fields: the clear answers by question, the worded ones sealed together."""

    __tablename__ = "request_detail"
    __table_args__ = (
        UniqueConstraint("partnership", "id"),
        UniqueConstraint("partnership", "request_id"),
        _of_request(),
    )

    request_id: Mapped[uuid.UUID]
    organisation: Mapped[str] = mapped_column(CODE, ForeignKey("organisation.code"))
    answers: Mapped[dict[str, str]] = mapped_column(JSON)
    words: Mapped[Sealed | None] = mapped_column(SealedColumn("request_detail.words"))


class RequestMessage(Tenant, Base):
    """One thing said on a request after it was made: a question, its answer, an escalation, a withdrawal. Never changed."""

    __tablename__ = "request_message"
    __table_args__ = (
        UniqueConstraint("partnership", "id"),
        _of_request(),
        _by_officer(),
    )

    request_id: Mapped[uuid.UUID] = mapped_column(index=True)
    kind: Mapped[str] = mapped_column(String(12))
    organisation: Mapped[str] = mapped_column(CODE, ForeignKey("organisation.code"))
    officer_id: Mapped[uuid.UUID]
    said_at: Mapped[datetime]
    words: Mapped[Sealed | None] = mapped_column(SealedColumn("request_message.words"))


class RequestResult(Tenant, Base):
    """How a request ended for whoever asked: what was decided, which fields were used, what a court did. The newest counts."""

    __tablename__ = "request_result"
    __table_args__ = (
        UniqueConstraint("partnership", "id"),
        _of_request(),
        _by_officer(),
    )

    request_id: Mapped[uuid.UUID] = mapped_column(index=True)
    organisation: Mapped[str] = mapped_column(CODE, ForeignKey("organisation.code"))
    officer_id: Mapped[uuid.UUID]
    recorded_at: Mapped[datetime]
    answers: Mapped[dict[str, str]] = mapped_column(JSON)
    words: Mapped[Sealed | None] = mapped_column(SealedColumn("request_result.words"))


class Monitor(Tenant, Base):
    """The first months of a tenancy, watched with the knowledge of whom it is about. It ends by its date: nothing has to run."""

    __tablename__ = "monitor"
    __table_args__ = (
        UniqueConstraint("partnership", "id"),
        UniqueConstraint("partnership", "request_id"),
        _of_request(),
        _by_officer(),
    )

    request_id: Mapped[uuid.UUID]
    organisation: Mapped[str] = mapped_column(CODE, ForeignKey("organisation.code"), index=True)
    supplier: Mapped[str] = mapped_column(CODE, ForeignKey("organisation.code"), index=True)
    purpose: Mapped[str] = mapped_column(String(60))
    subject_informed: Mapped[bool]
    informed_on: Mapped[date]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    officer_id: Mapped[uuid.UUID]
    started_at: Mapped[datetime]


class EmergencyCase(Tenant, Base):
    """What has to follow an emergency release: who allowed it after which call, the write-up, the second person's review."""

    __tablename__ = "emergency_case"
    __table_args__ = (
        UniqueConstraint("partnership", "id"),
        UniqueConstraint("partnership", "request_id"),
        _of_request(),
        _by_officer("allowed_by"),
    )

    request_id: Mapped[uuid.UUID]
    supplier: Mapped[str] = mapped_column(CODE, ForeignKey("organisation.code"), index=True)
    asker: Mapped[str] = mapped_column(CODE, ForeignKey("organisation.code"), index=True)
    allowed_by: Mapped[uuid.UUID]
    allowed_at: Mapped[datetime]
    rang: Mapped[str] = mapped_column(String(40))
    write_up_due_on: Mapped[date]
    review_due_on: Mapped[date]
    written_by: Mapped[uuid.UUID | None]
    written_at: Mapped[datetime | None]
    write_up: Mapped[Sealed | None] = mapped_column(SealedColumn("emergency_case.write_up"))
    reviewed_by: Mapped[uuid.UUID | None]
    reviewed_at: Mapped[datetime | None]
    finding: Mapped[str] = mapped_column(String(20), default="")
    review_words: Mapped[Sealed | None] = mapped_column(SealedColumn("emergency_case.review_words"))
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  SQLAlchemy's own attribute


class Push(Tenant, Base):
    """What a supplier gives unasked: an officer proposes it, another one who may decide lets it leave."""

    __tablename__ = "push"
    __table_args__ = (
        UniqueConstraint("partnership", "id"),
        UniqueConstraint("partnership", "ref"),
        _by_officer(),
        ForeignKeyConstraint(["partnership", "record_id"], ["case_record.partnership", "case_record.id"]),
    )

    ref: Mapped[str] = mapped_column(String(40))
    supplier: Mapped[str] = mapped_column(CODE, ForeignKey("organisation.code"), index=True)
    recipient: Mapped[str] = mapped_column(CODE, ForeignKey("organisation.code"), index=True)
    officer_id: Mapped[uuid.UUID]
    contact_id: Mapped[uuid.UUID]
    record_id: Mapped[uuid.UUID]
    purpose: Mapped[str] = mapped_column(String(60))
    provision: Mapped[str | None] = mapped_column(String(60))
    fields: Mapped[list[str]] = mapped_column(JSON)
    channel: Mapped[str] = mapped_column(String(10), default="view")
    status: Mapped[str] = mapped_column(String(12), index=True)
    made_at: Mapped[datetime]
    decided_by: Mapped[uuid.UUID | None]
    decided_at: Mapped[datetime | None]
    disclosure_id: Mapped[uuid.UUID | None]
    necessity: Mapped[Sealed | None] = mapped_column(SealedColumn("push.necessity"))
    proportionality: Mapped[Sealed | None] = mapped_column(SealedColumn("push.proportionality"))
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  SQLAlchemy's own attribute
