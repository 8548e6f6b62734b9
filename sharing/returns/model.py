"""This module knows the tables of returns.

What was sent, version by version, its rows, and the counts by cell and month.
"""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from sharing.base import CODE, Base, Tenant
from sharing.vault import Sealed, SealedColumn

CURRENT, SUPERSEDED = "current", "superseded"
_PERIOD = String(7)
_WORD = String(120)
_SHORT = String(40)


class Submission(Tenant, Base):
    """One version of one return, or one month of a police or council file.

    A later version supersedes it and never erases it.
    """

    __tablename__ = "submission"
    __table_args__ = (
        UniqueConstraint("partnership", "id"),
        UniqueConstraint("partnership", "organisation", "series", "period", "month", "version"),
        Index(
            "uq_submission_current",
            "partnership",
            "organisation",
            "series",
            "period",
            "month",
            unique=True,
            sqlite_where=text("status = 'current'"),
            postgresql_where=text("status = 'current'"),
        ),
        Index("ix_submission_digest", "partnership", "organisation", "digest"),
        ForeignKeyConstraint(["partnership", "supersedes"], ["submission.partnership", "submission.id"]),
    )

    organisation: Mapped[str] = mapped_column(CODE, ForeignKey("organisation.code"))
    series: Mapped[str] = mapped_column(_SHORT)
    """What is replaced by what: quarterly (a nil return is one too), incidents, police, council."""
    kind: Mapped[str] = mapped_column(_SHORT)
    period: Mapped[str] = mapped_column(_PERIOD)
    month: Mapped[str] = mapped_column(_PERIOD, default="")
    """The month of a police or council file; empty for what is sent by the quarter."""
    version: Mapped[int]
    supersedes: Mapped[uuid.UUID | None]
    status: Mapped[str] = mapped_column(_SHORT, default=CURRENT)
    digest: Mapped[str] = mapped_column(String(64))
    scheme: Mapped[str] = mapped_column(_SHORT, default="")
    form_version: Mapped[str] = mapped_column(_SHORT, default="")
    rows_read: Mapped[int] = mapped_column(default=0)
    rows_stored: Mapped[int] = mapped_column(default=0)
    rows_placed: Mapped[int] = mapped_column(default=0)
    left_out: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    reasons: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    """For each kind of problem that was let through, the officer's reason.

    Clear text, searched for signs of a person.
    """
    due_on: Mapped[date | None]
    submitted_by: Mapped[str] = mapped_column(_WORD)
    submitted_at: Mapped[datetime]
    submitted_on: Mapped[date]
    certified_by: Mapped[uuid.UUID | None]
    certified_alone: Mapped[bool] = mapped_column(default=False)
    protocol: Mapped[str | None] = mapped_column(_WORD)
    protocol_digest: Mapped[str | None] = mapped_column(String(64))
    entry_id: Mapped[uuid.UUID | None]
    row_version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": row_version}  # noqa: RUF012  SQLAlchemy reads it from the class


class ReturnLine(Tenant, Base):
    """One line of a quarterly form. It holds no personal data."""

    __tablename__ = "return_line"
    __table_args__ = (
        UniqueConstraint("partnership", "id"),
        UniqueConstraint("partnership", "submission_id", "row"),
        ForeignKeyConstraint(["partnership", "submission_id"], ["submission.partnership", "submission.id"]),
    )

    submission_id: Mapped[uuid.UUID]
    row: Mapped[int]
    part: Mapped[str] = mapped_column(String(1))
    line: Mapped[str] = mapped_column(_SHORT)
    category: Mapped[str] = mapped_column(_SHORT, default="")
    own_category: Mapped[str] = mapped_column(_WORD, default="")
    area: Mapped[str] = mapped_column(_WORD, default="")
    number: Mapped[int | None]
    out_of: Mapped[int | None]
    trend: Mapped[str] = mapped_column(_SHORT, default="")
    busiest_time: Mapped[str] = mapped_column(_WORD, default="")
    partners: Mapped[str] = mapped_column(String(200), default="")
    words: Mapped[str] = mapped_column(Text, default="")
    is_not_collected: Mapped[bool] = mapped_column(default=False)


class Incident(Tenant, Base):
    """One incident or report.

    Kind, month and the 50 m cell of its postcode are clear; what could find somebody is sealed.
    """

    __tablename__ = "incident"
    __table_args__ = (
        UniqueConstraint("partnership", "id"),
        ForeignKeyConstraint(["partnership", "submission_id"], ["submission.partnership", "submission.id"]),
        Index("ix_incident_submission", "partnership", "submission_id"),
        Index("ix_incident_month", "partnership", "month"),
    )

    organisation: Mapped[str] = mapped_column(CODE, ForeignKey("organisation.code"))
    submission_id: Mapped[uuid.UUID]
    row: Mapped[int]
    period: Mapped[str] = mapped_column(_PERIOD)
    month: Mapped[str] = mapped_column(_PERIOD)
    day: Mapped[int | None]
    hour: Mapped[int | None]
    source: Mapped[str] = mapped_column(_SHORT)
    category: Mapped[str] = mapped_column(_SHORT)
    own_category: Mapped[str] = mapped_column(_WORD)
    cell_e: Mapped[int | None]
    cell_n: Mapped[int | None]
    precision: Mapped[str] = mapped_column(_SHORT)
    lookup: Mapped[str] = mapped_column(_SHORT, default="")
    area: Mapped[str] = mapped_column(_WORD, default="")
    channel: Mapped[str] = mapped_column(_SHORT, default="")
    hate: Mapped[bool | None]
    repeat: Mapped[bool | None]
    action: Mapped[str] = mapped_column(_SHORT, default="")
    reference: Mapped[Sealed | None] = mapped_column(SealedColumn("incident.reference"))
    postcode: Mapped[Sealed | None] = mapped_column(SealedColumn("incident.postcode"))
    address: Mapped[Sealed | None] = mapped_column(SealedColumn("incident.address"))
    note: Mapped[Sealed | None] = mapped_column(SealedColumn("incident.note"))


class CellMonth(Base):
    """How many incidents of current returns lie in a cell, by month, source and kind: what hotspots read."""

    __tablename__ = "cell_month"
    __table_args__ = (
        PrimaryKeyConstraint("partnership", "month", "cell_e", "cell_n", "source", "category"),
        CheckConstraint("n >= 0", name="n_from_0"),
    )

    partnership: Mapped[str] = mapped_column(CODE, ForeignKey("partnership.code"))
    month: Mapped[str] = mapped_column(_PERIOD)
    cell_e: Mapped[int]
    cell_n: Mapped[int]
    source: Mapped[str] = mapped_column(_SHORT)
    category: Mapped[str] = mapped_column(_SHORT)
    n: Mapped[int]


class KeptMapping(Tenant, Base):
    """How a landlord's own headings and kinds are read, settled once and kept."""

    __tablename__ = "kept_mapping"
    __table_args__ = (UniqueConstraint("partnership", "id"), UniqueConstraint("partnership", "organisation", "kind"))
    housekeeping = "how headings are read; every return that is read so is recorded with its digest"

    organisation: Mapped[str] = mapped_column(CODE, ForeignKey("organisation.code"))
    kind: Mapped[str] = mapped_column(_SHORT)
    mapping: Mapped[dict[str, Any]] = mapped_column(JSON)
    saved_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  SQLAlchemy reads it from the class


def table_of(model: type[Base]) -> Table:
    """The table of a model, for inserting many rows."""
    return cast(Table, model.__table__)
