"""This module knows the tables of requests and of the supplier's decisions on them."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, ForeignKeyConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from sharing.base import CODE, Base, Tenant
from sharing.vault import Sealed, SealedColumn


class InformationRequest(Tenant, Base):
    """A request for information. What it says about a person, and why it is necessary, is sealed under the asker's key."""

    __tablename__ = "information_request"
    __table_args__ = (
        UniqueConstraint("partnership", "id"),
        UniqueConstraint("partnership", "ref"),
        ForeignKeyConstraint(["partnership", "officer_id"], ["officer.partnership", "officer.id"]),
        ForeignKeyConstraint(["partnership", "record_id"], ["case_record.partnership", "case_record.id"]),
    )

    ref: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(40))
    asker: Mapped[str] = mapped_column(CODE, ForeignKey("organisation.code"), index=True)
    officer_id: Mapped[uuid.UUID]
    supplier: Mapped[str] = mapped_column(CODE, ForeignKey("organisation.code"), index=True)
    purpose: Mapped[str] = mapped_column(String(60))
    provision: Mapped[str | None] = mapped_column(String(60))
    fields: Mapped[list[list[Any]]] = mapped_column(JSON)
    channel: Mapped[str] = mapped_column(String(10), default="view")
    urgency: Mapped[str] = mapped_column(String(12), default="routine")
    linked_kind: Mapped[str] = mapped_column(String(12), default="")
    linked_ref: Mapped[str] = mapped_column(String(40), default="")
    subject_ref: Mapped[str] = mapped_column(String(40), default="")
    record_id: Mapped[uuid.UUID | None]
    given: Mapped[list[str]] = mapped_column(JSON)
    status: Mapped[str] = mapped_column(String(12), index=True)
    told: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    reply_due_on: Mapped[date]
    made_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    disclosure_id: Mapped[uuid.UUID | None]
    subject: Mapped[Sealed | None] = mapped_column(SealedColumn("information_request.subject"))
    necessity: Mapped[Sealed | None] = mapped_column(SealedColumn("information_request.necessity"))
    proportionality: Mapped[Sealed | None] = mapped_column(SealedColumn("information_request.proportionality"))
    harm: Mapped[Sealed | None] = mapped_column(SealedColumn("information_request.harm"))
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  SQLAlchemy's own attribute


class RequestDecision(Tenant, Base):
    """What an officer of the supplier decided on a request, field by field, with the findings."""

    __tablename__ = "request_decision"
    __table_args__ = (
        UniqueConstraint("partnership", "id"),
        ForeignKeyConstraint(
            ["partnership", "request_id"], ["information_request.partnership", "information_request.id"]
        ),
        ForeignKeyConstraint(["partnership", "officer_id"], ["officer.partnership", "officer.id"]),
    )

    request_id: Mapped[uuid.UUID] = mapped_column(index=True)
    officer_id: Mapped[uuid.UUID]
    decided_at: Mapped[datetime]
    allow: Mapped[dict[str, str]] = mapped_column(JSON)
    refuse: Mapped[dict[str, list[str]]] = mapped_column(JSON)
    necessary: Mapped[str] = mapped_column(String(1000))
    proportionate: Mapped[str] = mapped_column(String(1000))
    confirmed_by: Mapped[uuid.UUID | None]
    confirmed_at: Mapped[datetime | None]
