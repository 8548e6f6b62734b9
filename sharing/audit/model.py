"""This module knows the tables of the auditor's counter: what was told outside the portal, samples, and break-glass."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, ForeignKeyConstraint, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from sharing.base import CODE, Base, Tenant
from sharing.vault import Sealed, SealedColumn


class OutsideDisclosure(Tenant, Base):
    """What an officer told somebody outside the portal, judged afterwards by the rules of that moment. Never changed.

    When, which kind of person, fields by code and the purpose stand in clear; every word about anybody is sealed under the key
    of the officer's own organisation. `judged` holds what the rules said of each field, without a value.
    """

    __tablename__ = "outside_disclosure"
    __table_args__ = (
        UniqueConstraint("partnership", "id"),
        UniqueConstraint("partnership", "ref"),
        ForeignKeyConstraint(["partnership", "officer_id"], ["officer.partnership", "officer.id"]),
        ForeignKeyConstraint(["partnership", "allowed_by"], ["officer.partnership", "officer.id"]),
        ForeignKeyConstraint(["partnership", "record_id"], ["case_record.partnership", "case_record.id"]),
    )

    ref: Mapped[str] = mapped_column(String(40))
    organisation: Mapped[str] = mapped_column(CODE, ForeignKey("organisation.code"), index=True)
    officer_id: Mapped[uuid.UUID]
    allowed_by: Mapped[uuid.UUID | None]
    recipient: Mapped[str | None] = mapped_column(CODE, ForeignKey("organisation.code"), index=True)
    channel: Mapped[str] = mapped_column(String(20))
    purpose: Mapped[str] = mapped_column(String(60))
    fields: Mapped[list[str]] = mapped_column(JSON)
    subject_ref: Mapped[str] = mapped_column(String(40), default="")
    record_id: Mapped[uuid.UUID | None]
    verdict: Mapped[str] = mapped_column(String(12), index=True)
    judged: Mapped[dict[str, Any]] = mapped_column(JSON)
    told_at: Mapped[datetime] = mapped_column(index=True)
    reported_at: Mapped[datetime]
    entry_id: Mapped[uuid.UUID]
    told_to: Mapped[Sealed | None] = mapped_column(SealedColumn("outside_disclosure.told_to"))
    why: Mapped[Sealed | None] = mapped_column(SealedColumn("outside_disclosure.why"))
    harm: Mapped[Sealed | None] = mapped_column(SealedColumn("outside_disclosure.harm"))


class AuditSample(Tenant, Base):
    """A sample: first only the hash of a seed; once the period is over, the seed and what was drawn with it.

    Until then the seed is nowhere in the installation: the auditor keeps it.
    """

    __tablename__ = "audit_sample"
    __table_args__ = (
        UniqueConstraint("partnership", "id"),
        UniqueConstraint("partnership", "ref"),
        ForeignKeyConstraint(["partnership", "officer_id"], ["officer.partnership", "officer.id"]),
    )

    ref: Mapped[str] = mapped_column(String(40))
    officer_id: Mapped[uuid.UUID]
    from_on: Mapped[date]
    to_on: Mapped[date]
    wanted: Mapped[int]
    seed_hash: Mapped[str] = mapped_column(String(64))
    committed_at: Mapped[datetime]
    commit_entry_id: Mapped[uuid.UUID]
    seed: Mapped[str | None] = mapped_column(String(200))
    drawn_at: Mapped[datetime | None]
    draw_entry_id: Mapped[uuid.UUID | None]
    population: Mapped[int | None]
    population_digest: Mapped[str | None] = mapped_column(String(64))
    verified_at: Mapped[datetime | None]
    head: Mapped[str | None] = mapped_column(Text)
    marked_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  SQLAlchemy's own attribute


class AuditSampleItem(Tenant, Base):
    """One disclosure of a sample: what its receipt's verification gave, and what the auditor made of it."""

    __tablename__ = "audit_sample_item"
    __table_args__ = (
        UniqueConstraint("partnership", "id"),
        UniqueConstraint("partnership", "sample_id", "disclosure_id"),
        ForeignKeyConstraint(["partnership", "sample_id"], ["audit_sample.partnership", "audit_sample.id"]),
        ForeignKeyConstraint(["partnership", "disclosure_id"], ["disclosure.partnership", "disclosure.id"]),
    )

    sample_id: Mapped[uuid.UUID]
    position: Mapped[int]
    disclosure_id: Mapped[uuid.UUID]
    receipt: Mapped[str] = mapped_column(String(12), default="")
    receipt_finding: Mapped[str] = mapped_column(String(400), default="")
    mark: Mapped[str] = mapped_column(String(12), default="")
    note: Mapped[str] = mapped_column(String(1000), default="")
    marked_at: Mapped[datetime | None]


class BreakGlass(Tenant, Base):
    """An auditor's wish to open what was released: why, who allowed it, and the hour in which it could be opened."""

    __tablename__ = "break_glass"
    __table_args__ = (
        UniqueConstraint("partnership", "id"),
        UniqueConstraint("partnership", "ref"),
        ForeignKeyConstraint(["partnership", "disclosure_id"], ["disclosure.partnership", "disclosure.id"]),
        ForeignKeyConstraint(["partnership", "asked_by"], ["officer.partnership", "officer.id"]),
        ForeignKeyConstraint(["partnership", "answered_by"], ["officer.partnership", "officer.id"]),
    )

    ref: Mapped[str] = mapped_column(String(40))
    disclosure_id: Mapped[uuid.UUID] = mapped_column(index=True)
    supplier: Mapped[str] = mapped_column(CODE, ForeignKey("organisation.code"), index=True)
    recipient: Mapped[str] = mapped_column(CODE, ForeignKey("organisation.code"), index=True)
    asked_by: Mapped[uuid.UUID]
    reason: Mapped[str] = mapped_column(String(1000))
    asked_at: Mapped[datetime]
    answered_by: Mapped[uuid.UUID | None]
    answered_at: Mapped[datetime | None]
    allowed: Mapped[bool | None]
    opened_at: Mapped[datetime | None]
    times_opened: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  SQLAlchemy's own attribute
