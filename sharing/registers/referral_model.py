"""This module knows the tables of referrals: one record that two agencies write, each its own part under its own key."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import JSON, ForeignKey, ForeignKeyConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from sharing.base import CODE, Base, Tenant
from sharing.vault import Sealed, SealedColumn


class Referral(Tenant, Base):
    """A referral from one agency to another (protocols/data/referral-kinds.toml), with the gate's verdict on its recipient."""

    __tablename__ = "referral"
    __table_args__ = (
        UniqueConstraint("partnership", "id"),
        UniqueConstraint("partnership", "ref"),
        ForeignKeyConstraint(["partnership", "officer_id"], ["officer.partnership", "officer.id"]),
    )

    ref: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(40), index=True)
    organisation: Mapped[str] = mapped_column(CODE, ForeignKey("organisation.code"), index=True)
    officer_id: Mapped[uuid.UUID]
    recipient: Mapped[str] = mapped_column(CODE, ForeignKey("organisation.code"), index=True)
    urgent: Mapped[bool]
    gate: Mapped[str] = mapped_column(String(40))
    gate_says: Mapped[str] = mapped_column(String(400))
    made_at: Mapped[datetime]
    due_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    outcome: Mapped[str] = mapped_column(String(40), default="")
    unmet: Mapped[str] = mapped_column(String(40), default="")
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[uuid.UUID | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  SQLAlchemy's own attribute


class ReferralPart(Tenant, Base):
    """What one of the two agencies wrote: the clear answers as they are, the worded ones sealed under its own key."""

    __tablename__ = "referral_part"
    __table_args__ = (
        UniqueConstraint("partnership", "id"),
        UniqueConstraint("partnership", "referral_id", "organisation"),
        ForeignKeyConstraint(["partnership", "referral_id"], ["referral.partnership", "referral.id"]),
        ForeignKeyConstraint(["partnership", "officer_id"], ["officer.partnership", "officer.id"]),
    )

    referral_id: Mapped[uuid.UUID]
    organisation: Mapped[str] = mapped_column(CODE, ForeignKey("organisation.code"), index=True)
    officer_id: Mapped[uuid.UUID]
    written_at: Mapped[datetime]
    answers: Mapped[dict[str, str]] = mapped_column(JSON)
    words: Mapped[Sealed | None] = mapped_column(SealedColumn("referral_part.words"))
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  SQLAlchemy's own attribute
