"""This module knows the table of holds: what is kept beyond its day, why, until which review, and how the hold ended."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, String, UniqueConstraint, column
from sqlalchemy.orm import Mapped, mapped_column

from sharing.base import CODE, Base, Tenant


class RetentionHold(Tenant, Base):
    """One hold on one sealed row, put on by the organisation that the row belongs to. At most one at a time.

    The row has no foreign key, for it may be of any table; `row_ref` is what people know it by, and names nobody.
    """

    __tablename__ = "retention_hold"
    __table_args__ = (
        UniqueConstraint("partnership", "id"),
        ForeignKeyConstraint(["partnership", "put_by"], ["officer.partnership", "officer.id"]),
        ForeignKeyConstraint(["partnership", "lifted_by"], ["officer.partnership", "officer.id"]),
        Index(
            "uq_retention_hold_live",
            "partnership",
            "row_id",
            unique=True,
            sqlite_where=column("lifted_at").is_(None),
            postgresql_where=column("lifted_at").is_(None),
        ),
    )

    organisation: Mapped[str] = mapped_column(CODE, ForeignKey("organisation.code"), index=True)
    kind: Mapped[str] = mapped_column(String(63))
    row_id: Mapped[uuid.UUID]
    row_ref: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(String(30))
    review_on: Mapped[date]
    put_by: Mapped[uuid.UUID]
    put_at: Mapped[datetime]
    lift_reason: Mapped[str] = mapped_column(String(30), default="")
    lifted_by: Mapped[uuid.UUID | None]
    lifted_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  SQLAlchemy's own attribute
