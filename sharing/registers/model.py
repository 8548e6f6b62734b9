"""This module knows the tables of the dated registers: an entry, its team, and to whom it was circulated in which month.

Everything in somebody's own words is sealed under the key of the agency that keeps the entry. What a partner may be told of it
stands in a record of the gate (`record_id`), sealed as well, so that it leaves by the gate or not at all. Days, choices and yes
or no stand in clear: they are counted, and name nobody.
"""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, ForeignKeyConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from sharing.base import CODE, Base, Tenant
from sharing.vault import Sealed, SealedColumn


class RegisterEntry(Tenant, Base):
    """One dated entry of a register, kept by one agency (protocols/data/register-kinds.toml)."""

    __tablename__ = "register_entry"
    __table_args__ = (
        UniqueConstraint("partnership", "id"),
        UniqueConstraint("partnership", "ref"),
        ForeignKeyConstraint(["partnership", "officer_id"], ["officer.partnership", "officer.id"]),
        ForeignKeyConstraint(["partnership", "reviewer_id"], ["officer.partnership", "officer.id"]),
        ForeignKeyConstraint(["partnership", "record_id"], ["case_record.partnership", "case_record.id"]),
    )

    ref: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(40), index=True)
    organisation: Mapped[str] = mapped_column(CODE, ForeignKey("organisation.code"), index=True)
    officer_id: Mapped[uuid.UUID]
    reviewer_id: Mapped[uuid.UUID]
    answers: Mapped[dict[str, str]] = mapped_column(JSON)
    words: Mapped[Sealed | None] = mapped_column(SealedColumn("register_entry.words"))
    record_id: Mapped[uuid.UUID | None]
    entered_at: Mapped[datetime]
    expires_on: Mapped[date]
    review_due_on: Mapped[date]
    reviewed_at: Mapped[datetime | None]
    reviewed_by: Mapped[uuid.UUID | None]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[uuid.UUID | None]
    end_reason: Mapped[str] = mapped_column(String(20), default="")
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  SQLAlchemy's own attribute


class RegisterMember(Tenant, Base):
    """One named officer of an entry's team, from when to when. Who is not here cannot see that the entry exists."""

    __tablename__ = "register_member"
    __table_args__ = (
        UniqueConstraint("partnership", "id"),
        ForeignKeyConstraint(["partnership", "register_id"], ["register_entry.partnership", "register_entry.id"]),
        ForeignKeyConstraint(["partnership", "officer_id"], ["officer.partnership", "officer.id"]),
    )

    register_id: Mapped[uuid.UUID] = mapped_column(index=True)
    officer_id: Mapped[uuid.UUID]
    from_at: Mapped[datetime]
    to_at: Mapped[datetime | None]


class RegisterCirculation(Tenant, Base):
    """That an entry went to a partner, or was withheld from it, in a month: one row each, with its disclosure."""

    __tablename__ = "register_circulation"
    __table_args__ = (
        UniqueConstraint("partnership", "id"),
        UniqueConstraint("partnership", "register_id", "recipient", "month"),
        ForeignKeyConstraint(["partnership", "register_id"], ["register_entry.partnership", "register_entry.id"]),
        ForeignKeyConstraint(["partnership", "disclosure_id"], ["disclosure.partnership", "disclosure.id"]),
    )

    register_id: Mapped[uuid.UUID]
    recipient: Mapped[str] = mapped_column(CODE, ForeignKey("organisation.code"), index=True)
    month: Mapped[str] = mapped_column(String(7))
    disclosure_id: Mapped[uuid.UUID]
    outcome: Mapped[str] = mapped_column(String(10))
