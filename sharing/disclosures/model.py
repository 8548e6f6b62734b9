"""This module knows the tables of the gate: records that may be asked for, and what was released or refused."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, ForeignKeyConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from sharing.base import CODE, Base, Tenant
from sharing.vault import Sealed, SealedColumn


class CaseRecord(Tenant, Base):
    """A record that its holder keeps for sharing: the facts that the rules read stand in clear, every field is sealed.

    `reference` is the holder's own case number: it names nobody to whoever has not the holder's files.
    """

    __tablename__ = "case_record"
    __table_args__ = (UniqueConstraint("partnership", "id"), UniqueConstraint("partnership", "holder", "reference"))

    reference: Mapped[str] = mapped_column(String(40))
    holder: Mapped[str] = mapped_column(CODE, ForeignKey("organisation.code"), index=True)
    origin: Mapped[str] = mapped_column(CODE, ForeignKey("organisation.code"))
    controllers: Mapped[list[str]] = mapped_column(JSON)
    area: Mapped[str] = mapped_column(String(40))
    category: Mapped[str] = mapped_column(String(20))
    flags: Mapped[list[str]] = mapped_column(JSON, default=list)
    regime: Mapped[str] = mapped_column(String(10), default="UKGDPR")
    marking: Mapped[str] = mapped_column(String(30), default="OFFICIAL-SENSITIVE")
    retain_until: Mapped[date]
    hold: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(10), default="live")
    data_set: Mapped[str | None] = mapped_column(String(8))
    homes: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    public_place: Mapped[bool] = mapped_column(default=False)
    areas: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  SQLAlchemy's own attribute


class CaseField(Tenant, Base):
    """One sealed field of a record, under the record's own key."""

    __tablename__ = "case_field"
    __table_args__ = (
        UniqueConstraint("partnership", "id"),
        UniqueConstraint("partnership", "record_id", "code"),
        ForeignKeyConstraint(["partnership", "record_id"], ["case_record.partnership", "case_record.id"]),
    )

    record_id: Mapped[uuid.UUID]
    code: Mapped[str] = mapped_column(String(40))
    value: Mapped[Sealed] = mapped_column(SealedColumn("case_field.value"))


class CaseIndex(Tenant, Base):
    """A blind index entry of a record: equality search within one organisation, and nothing else."""

    __tablename__ = "case_index"
    __table_args__ = (
        UniqueConstraint("partnership", "id"),
        ForeignKeyConstraint(["partnership", "record_id"], ["case_record.partnership", "case_record.id"]),
        Index("ix_case_index_lookup", "partnership", "name", "token"),
    )

    record_id: Mapped[uuid.UUID]
    name: Mapped[str] = mapped_column(String(40))
    token: Mapped[bytes]


class Disclosure(Tenant, Base):
    """One decision of the gate: what left, or why nothing did. Never changed, but for a recall.

    `asked` is the case as the rules judged it, without a field's value: it can be judged again as at its day.
    """

    __tablename__ = "disclosure"
    __table_args__ = (
        UniqueConstraint("partnership", "id"),
        UniqueConstraint("partnership", "ref"),
        ForeignKeyConstraint(["partnership", "record_id"], ["case_record.partnership", "case_record.id"]),
    )

    ref: Mapped[str] = mapped_column(String(40))
    outcome: Mapped[str] = mapped_column(String(10))
    supplier: Mapped[str] = mapped_column(CODE, ForeignKey("organisation.code"), index=True)
    recipient: Mapped[str] = mapped_column(CODE, ForeignKey("organisation.code"), index=True)
    record_id: Mapped[uuid.UUID | None]
    subject_ref: Mapped[str] = mapped_column(String(40), default="", index=True)
    request_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    visit_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    purpose: Mapped[str] = mapped_column(String(60))
    provision: Mapped[str | None] = mapped_column(String(60))
    channel: Mapped[str] = mapped_column(String(10))
    protocol: Mapped[str | None] = mapped_column(CODE)
    protocol_version: Mapped[int | None]
    marking: Mapped[str] = mapped_column(String(30))
    refused_by: Mapped[str] = mapped_column(String(10), default="")
    asked: Mapped[dict[str, Any]] = mapped_column(JSON)
    entry_id: Mapped[uuid.UUID]
    decided_at: Mapped[datetime]
    recorded_at: Mapped[datetime] = mapped_column(index=True)
    kept_until: Mapped[date | None]
    recalled_at: Mapped[datetime | None]
    opening: Mapped[Sealed | None] = mapped_column(SealedColumn("disclosure.opening"))


class DisclosureField(Tenant, Base):
    """One field of a disclosure: the form in which it left and under which clause, or the rule that withheld it.

    The value is the recipient's copy as it left, sealed under a key that ends when the recipient may no longer keep it.
    """

    __tablename__ = "disclosure_field"
    __table_args__ = (
        UniqueConstraint("partnership", "id"),
        UniqueConstraint("partnership", "disclosure_id", "code"),
        ForeignKeyConstraint(["partnership", "disclosure_id"], ["disclosure.partnership", "disclosure.id"]),
    )

    disclosure_id: Mapped[uuid.UUID]
    code: Mapped[str] = mapped_column(String(40))
    result: Mapped[str] = mapped_column(String(12))
    form: Mapped[str | None] = mapped_column(String(40))
    cover: Mapped[str | None] = mapped_column(String(20))
    protocol: Mapped[str | None] = mapped_column(CODE)
    version: Mapped[int | None]
    line: Mapped[str | None] = mapped_column(String(40))
    gateway: Mapped[str | None] = mapped_column(String(20))
    basis: Mapped[str | None] = mapped_column(String(40))
    rule: Mapped[str | None] = mapped_column(String(20))
    weight: Mapped[int | None]
    answer: Mapped[dict[str, Any]] = mapped_column(JSON)
    value: Mapped[Sealed | None] = mapped_column(SealedColumn("disclosure_field.value"))
