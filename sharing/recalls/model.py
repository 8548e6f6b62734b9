"""This module knows the tables of recalls, breaches and corrections."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from sharing.base import CODE, Base, Tenant
from sharing.vault import Sealed, SealedColumn


class Recall(Tenant, Base):
    """A supplier takes back what it gave of one record. The note is sealed under the supplier's key."""

    __tablename__ = "recall"
    __table_args__ = (
        UniqueConstraint("partnership", "id"),
        UniqueConstraint("partnership", "ref"),
        ForeignKeyConstraint(["partnership", "record_id"], ["case_record.partnership", "case_record.id"]),
        ForeignKeyConstraint(["partnership", "officer_id"], ["officer.partnership", "officer.id"]),
    )

    ref: Mapped[str] = mapped_column(String(40))
    supplier: Mapped[str] = mapped_column(CODE, ForeignKey("organisation.code"), index=True)
    officer_id: Mapped[uuid.UUID]
    record_id: Mapped[uuid.UUID] = mapped_column(index=True)
    subject_ref: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(String(30))
    state: Mapped[str] = mapped_column(String(10), index=True)
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    entry_id: Mapped[uuid.UUID]
    note: Mapped[Sealed | None] = mapped_column(SealedColumn("recall.note"))
    ended_words: Mapped[Sealed | None] = mapped_column(SealedColumn("recall.ended_words"))
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  SQLAlchemy's own attribute


class RecallAnswer(Tenant, Base):
    """One recipient of a recall: by when it answers, and what it says. Its words are sealed under its own key."""

    __tablename__ = "recall_answer"
    __table_args__ = (
        UniqueConstraint("partnership", "id"),
        UniqueConstraint("partnership", "recall_id", "recipient"),
        ForeignKeyConstraint(["partnership", "recall_id"], ["recall.partnership", "recall.id"]),
        ForeignKeyConstraint(["partnership", "officer_id"], ["officer.partnership", "officer.id"]),
    )

    recall_id: Mapped[uuid.UUID]
    recipient: Mapped[str] = mapped_column(CODE, ForeignKey("organisation.code"), index=True)
    status: Mapped[str] = mapped_column(String(16), index=True)
    due_on: Mapped[date]
    asked_entry_id: Mapped[uuid.UUID] = mapped_column(index=True)
    kept_because: Mapped[str] = mapped_column(String(30), default="")
    officer_id: Mapped[uuid.UUID | None]
    answered_at: Mapped[datetime | None]
    answer_entry_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    copies_destroyed: Mapped[int] = mapped_column(default=0)
    words: Mapped[Sealed | None] = mapped_column(SealedColumn("recall_answer.words"))
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  SQLAlchemy's own attribute


class RecalledDisclosure(Tenant, Base):
    """One disclosure that a recall takes back, with the recipient who was asked about it."""

    __tablename__ = "recalled_disclosure"
    __table_args__ = (
        UniqueConstraint("partnership", "id"),
        UniqueConstraint("partnership", "answer_id", "disclosure_id"),
        ForeignKeyConstraint(["partnership", "answer_id"], ["recall_answer.partnership", "recall_answer.id"]),
        ForeignKeyConstraint(["partnership", "disclosure_id"], ["disclosure.partnership", "disclosure.id"]),
    )

    answer_id: Mapped[uuid.UUID]
    disclosure_id: Mapped[uuid.UUID] = mapped_column(index=True)
    ref: Mapped[str] = mapped_column(String(40))


class Breach(Tenant, Base):
    """A personal data breach, with what was decided about it. Everything in words is sealed under the organisation's key."""

    __tablename__ = "breach"
    __table_args__ = (
        UniqueConstraint("partnership", "id"),
        UniqueConstraint("partnership", "ref"),
        ForeignKeyConstraint(["partnership", "officer_id"], ["officer.partnership", "officer.id"]),
    )

    ref: Mapped[str] = mapped_column(String(40))
    organisation: Mapped[str] = mapped_column(CODE, ForeignKey("organisation.code"), index=True)
    officer_id: Mapped[uuid.UUID]
    kind: Mapped[str] = mapped_column(String(30))
    found_on: Mapped[date]
    aware_at: Mapped[datetime]
    made_at: Mapped[datetime]
    entry_id: Mapped[uuid.UUID] = mapped_column(index=True)
    risk: Mapped[str] = mapped_column(String(10), default="")
    assessed_at: Mapped[datetime | None]
    reported: Mapped[bool | None]
    report_ref: Mapped[str] = mapped_column(String(40), default="")
    report_at: Mapped[datetime | None]
    told: Mapped[bool | None]
    untold_because: Mapped[str] = mapped_column(String(30), default="")
    told_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    what: Mapped[Sealed | None] = mapped_column(SealedColumn("breach.what"))
    risk_words: Mapped[Sealed | None] = mapped_column(SealedColumn("breach.risk_words"))
    report_words: Mapped[Sealed | None] = mapped_column(SealedColumn("breach.report_words"))
    told_words: Mapped[Sealed | None] = mapped_column(SealedColumn("breach.told_words"))
    lessons: Mapped[Sealed | None] = mapped_column(SealedColumn("breach.lessons"))
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  SQLAlchemy's own attribute


class BreachParty(Tenant, Base):
    """Another organisation that a breach concerns: it is told at once, and sees the breach without its words."""

    __tablename__ = "breach_party"
    __table_args__ = (
        UniqueConstraint("partnership", "id"),
        UniqueConstraint("partnership", "breach_id", "party"),
        ForeignKeyConstraint(["partnership", "breach_id"], ["breach.partnership", "breach.id"]),
    )

    breach_id: Mapped[uuid.UUID]
    party: Mapped[str] = mapped_column(CODE, ForeignKey("organisation.code"), index=True)


class BreachDisclosure(Tenant, Base):
    """A disclosure that a breach is about, and the recall that it led to."""

    __tablename__ = "breach_disclosure"
    __table_args__ = (
        UniqueConstraint("partnership", "id"),
        UniqueConstraint("partnership", "breach_id", "disclosure_id"),
        ForeignKeyConstraint(["partnership", "breach_id"], ["breach.partnership", "breach.id"]),
        ForeignKeyConstraint(["partnership", "disclosure_id"], ["disclosure.partnership", "disclosure.id"]),
        ForeignKeyConstraint(["partnership", "recall_id"], ["recall.partnership", "recall.id"]),
    )

    breach_id: Mapped[uuid.UUID]
    disclosure_id: Mapped[uuid.UUID]
    recall_id: Mapped[uuid.UUID | None]


class Correction(Tenant, Base):
    """One field of a record that its holder has put right. The new value is in the record, sealed; none of it is here."""

    __tablename__ = "correction"
    __table_args__ = (
        UniqueConstraint("partnership", "id"),
        UniqueConstraint("partnership", "ref"),
        ForeignKeyConstraint(["partnership", "record_id"], ["case_record.partnership", "case_record.id"]),
        ForeignKeyConstraint(["partnership", "officer_id"], ["officer.partnership", "officer.id"]),
    )

    ref: Mapped[str] = mapped_column(String(40))
    supplier: Mapped[str] = mapped_column(CODE, ForeignKey("organisation.code"), index=True)
    officer_id: Mapped[uuid.UUID]
    record_id: Mapped[uuid.UUID] = mapped_column(index=True)
    subject_ref: Mapped[str] = mapped_column(String(40))
    code: Mapped[str] = mapped_column(String(40))
    made_at: Mapped[datetime]
    entry_id: Mapped[uuid.UUID] = mapped_column(index=True)


class CorrectionNotice(Tenant, Base):
    """What one recipient of the wrong value is told: the right one as a new disclosure, or to ask again."""

    __tablename__ = "correction_notice"
    __table_args__ = (
        UniqueConstraint("partnership", "id"),
        UniqueConstraint("partnership", "correction_id", "disclosure_id"),
        ForeignKeyConstraint(["partnership", "correction_id"], ["correction.partnership", "correction.id"]),
        ForeignKeyConstraint(["partnership", "disclosure_id"], ["disclosure.partnership", "disclosure.id"]),
        ForeignKeyConstraint(["partnership", "sent_id"], ["disclosure.partnership", "disclosure.id"]),
        ForeignKeyConstraint(["partnership", "officer_id"], ["officer.partnership", "officer.id"]),
    )

    correction_id: Mapped[uuid.UUID]
    recipient: Mapped[str] = mapped_column(CODE, ForeignKey("organisation.code"), index=True)
    disclosure_id: Mapped[uuid.UUID] = mapped_column(index=True)
    sent_id: Mapped[uuid.UUID | None]
    why_not: Mapped[str] = mapped_column(String(20), default="")
    entry_id: Mapped[uuid.UUID] = mapped_column(index=True)
    officer_id: Mapped[uuid.UUID | None]
    acknowledged_at: Mapped[datetime | None]
    acknowledged_entry_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  SQLAlchemy's own attribute
