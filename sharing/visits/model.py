"""This module knows the table of joint visits."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from sharing.base import CODE, Base, Tenant
from sharing.vault import Sealed, SealedColumn


class Visit(Tenant, Base):
    """A visit by two agencies. Where it was and what was seen is sealed under the logging agency's key.

    `log_number` is the reference in the officer's own system, which stays the master of what was recorded there.
    """

    __tablename__ = "visit"
    __table_args__ = (
        UniqueConstraint("partnership", "id"),
        UniqueConstraint("partnership", "ref"),
        ForeignKeyConstraint(["partnership", "officer_id"], ["officer.partnership", "officer.id"]),
        ForeignKeyConstraint(["partnership", "confirmed_by"], ["officer.partnership", "officer.id"]),
        ForeignKeyConstraint(["partnership", "action_id"], ["tasked_action.partnership", "tasked_action.id"]),
        ForeignKeyConstraint(["partnership", "hotspot_id"], ["hotspot.partnership", "hotspot.id"]),
    )

    ref: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(20))
    visited_at: Mapped[datetime]
    logged_at: Mapped[datetime]
    organisation: Mapped[str] = mapped_column(CODE, ForeignKey("organisation.code"), index=True)
    officer_id: Mapped[uuid.UUID]
    with_organisation: Mapped[str] = mapped_column(CODE, ForeignKey("organisation.code"), index=True)
    action_id: Mapped[uuid.UUID | None]
    hotspot_id: Mapped[uuid.UUID | None]
    outcome: Mapped[str] = mapped_column(String(20))
    log_number: Mapped[str] = mapped_column(String(40), default="")
    area: Mapped[str] = mapped_column(String(80), default="")
    place: Mapped[Sealed | None] = mapped_column(SealedColumn("visit.place"))
    note: Mapped[Sealed | None] = mapped_column(SealedColumn("visit.note"))
    confirmed_by: Mapped[uuid.UUID | None]
    confirmed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  SQLAlchemy's own attribute
