"""This module knows the tables of answering a person: requests, their items, what suppliers say of them, and dangerous ties."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, ForeignKeyConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from sharing.base import CODE, Base, Tenant
from sharing.vault import Sealed, SealedColumn


class SubjectRequest(Tenant, Base):
    """Somebody asks an organisation for what it holds about them. Who they are is sealed under that organisation's key."""

    __tablename__ = "subject_request"
    __table_args__ = (
        UniqueConstraint("partnership", "id"),
        UniqueConstraint("partnership", "organisation", "ref"),
        ForeignKeyConstraint(["partnership", "officer_id"], ["officer.partnership", "officer.id"]),
    )

    ref: Mapped[str] = mapped_column(String(40))
    organisation: Mapped[str] = mapped_column(CODE, ForeignKey("organisation.code"), index=True)
    officer_id: Mapped[uuid.UUID]
    received_on: Mapped[date]
    identity: Mapped[str] = mapped_column(String(20), default="")
    identity_on: Mapped[date | None]
    extension: Mapped[str] = mapped_column(String(20), default="")
    extended_on: Mapped[date | None]
    due_on: Mapped[date | None]
    gathered_at: Mapped[datetime | None]
    packed_at: Mapped[datetime | None]
    answered_on: Mapped[date | None]
    status: Mapped[str] = mapped_column(String(12), index=True)
    person: Mapped[Sealed | None] = mapped_column(SealedColumn("subject_request.person"))
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  SQLAlchemy's own attribute


class SubjectItem(Tenant, Base):
    """Something that may be about the person, by reference, and what was decided on it. Nothing of it stands here."""

    __tablename__ = "subject_item"
    __table_args__ = (
        UniqueConstraint("partnership", "id"),
        UniqueConstraint("partnership", "request_id", "kind", "row_id"),
        ForeignKeyConstraint(["partnership", "request_id"], ["subject_request.partnership", "subject_request.id"]),
        ForeignKeyConstraint(["partnership", "decided_by"], ["officer.partnership", "officer.id"]),
    )

    request_id: Mapped[uuid.UUID]
    kind: Mapped[str] = mapped_column(String(10))
    row_id: Mapped[uuid.UUID]
    record_id: Mapped[uuid.UUID | None]
    ref: Mapped[str] = mapped_column(String(40))
    grade: Mapped[str] = mapped_column(String(12))
    supplier: Mapped[str | None] = mapped_column(CODE, ForeignKey("organisation.code"))
    outcome: Mapped[str] = mapped_column(String(16), default="")
    reason: Mapped[str] = mapped_column(String(20), default="")
    left_out: Mapped[list[str]] = mapped_column(JSON, default=list)
    re_examine_on: Mapped[date | None] = mapped_column(index=True)
    decided_by: Mapped[uuid.UUID | None]
    decided_at: Mapped[datetime | None]
    why: Mapped[Sealed | None] = mapped_column(SealedColumn("subject_item.why"))
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  SQLAlchemy's own attribute


class SubjectQuestion(Tenant, Base):
    """The holder of a copy asks whoever supplied it, before it goes to the person. By the disclosure's reference: no name."""

    __tablename__ = "subject_question"
    __table_args__ = (
        UniqueConstraint("partnership", "id"),
        UniqueConstraint("partnership", "item_id"),
        ForeignKeyConstraint(["partnership", "item_id"], ["subject_item.partnership", "subject_item.id"]),
        ForeignKeyConstraint(["partnership", "disclosure_id"], ["disclosure.partnership", "disclosure.id"]),
        ForeignKeyConstraint(["partnership", "asked_by"], ["officer.partnership", "officer.id"]),
        ForeignKeyConstraint(["partnership", "answered_by"], ["officer.partnership", "officer.id"]),
    )

    item_id: Mapped[uuid.UUID]
    asker: Mapped[str] = mapped_column(CODE, ForeignKey("organisation.code"))
    supplier: Mapped[str] = mapped_column(CODE, ForeignKey("organisation.code"), index=True)
    disclosure_id: Mapped[uuid.UUID]
    disclosure_ref: Mapped[str] = mapped_column(String(40))
    asked_by: Mapped[uuid.UUID]
    asked_at: Mapped[datetime]
    reply_by: Mapped[date]
    advice: Mapped[str] = mapped_column(String(16), default="")
    reason: Mapped[str] = mapped_column(String(20), default="")
    answered_by: Mapped[uuid.UUID | None]
    answered_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  SQLAlchemy's own attribute


class SubjectLink(Tenant, Base):
    """A tie between two persons, by the holder's own records of them, and private to the holder."""

    __tablename__ = "subject_link"
    __table_args__ = (
        UniqueConstraint("partnership", "id"),
        UniqueConstraint("partnership", "holder", "kind", "record_id", "other_id"),
        ForeignKeyConstraint(["partnership", "record_id"], ["case_record.partnership", "case_record.id"]),
        ForeignKeyConstraint(["partnership", "other_id"], ["case_record.partnership", "case_record.id"]),
        ForeignKeyConstraint(["partnership", "officer_id"], ["officer.partnership", "officer.id"]),
    )

    holder: Mapped[str] = mapped_column(CODE, ForeignKey("organisation.code"))
    kind: Mapped[str] = mapped_column(String(12))
    record_id: Mapped[uuid.UUID]
    other_id: Mapped[uuid.UUID]
    officer_id: Mapped[uuid.UUID]
    made_at: Mapped[datetime]


class OutsideAttempt(Tenant, Base):
    """Somebody asked whether a person outside may be told something, and was refused: whom, what about, by which rule."""

    __tablename__ = "outside_attempt"
    __table_args__ = (
        UniqueConstraint("partnership", "id"),
        UniqueConstraint("partnership", "organisation", "ref"),
        ForeignKeyConstraint(["partnership", "record_id"], ["case_record.partnership", "case_record.id"]),
        ForeignKeyConstraint(["partnership", "officer_id"], ["officer.partnership", "officer.id"]),
    )

    ref: Mapped[str] = mapped_column(String(40))
    organisation: Mapped[str] = mapped_column(CODE, ForeignKey("organisation.code"), index=True)
    officer_id: Mapped[uuid.UUID]
    recipient_kind: Mapped[str] = mapped_column(String(20))
    topic: Mapped[str] = mapped_column(String(20))
    record_id: Mapped[uuid.UUID]
    rule: Mapped[str] = mapped_column(String(20))
    entry_id: Mapped[uuid.UUID]
    attempted_at: Mapped[datetime]
