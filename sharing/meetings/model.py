"""This module knows the tables of the tasking room: series, meetings, attendance and actions."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, ForeignKeyConstraint, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from sharing.base import CODE, Base, Tenant


class MeetingSeries(Tenant, Base):
    """A meeting that comes round again, with its cycle and members' business."""

    __tablename__ = "meeting_series"
    __table_args__ = (UniqueConstraint("partnership", "id"), UniqueConstraint("partnership", "code"))

    code: Mapped[str] = mapped_column(CODE)
    kind: Mapped[str] = mapped_column(String(10))
    title: Mapped[str] = mapped_column(String(160))
    chair: Mapped[str] = mapped_column(String(160), default="")
    place: Mapped[str] = mapped_column(String(160), default="")
    first_on: Mapped[date]
    cycle_days: Mapped[int]
    top_n: Mapped[int] = mapped_column(default=20)
    marking: Mapped[str] = mapped_column(String(30), default="OFFICIAL")
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  SQLAlchemy's own attribute


class Meeting(Tenant, Base):
    """One meeting. The agenda is kept as it was computed; the minutes are the text that was agreed."""

    __tablename__ = "meeting"
    __table_args__ = (
        UniqueConstraint("partnership", "id"),
        UniqueConstraint("partnership", "series_id", "number"),
        ForeignKeyConstraint(["partnership", "series_id"], ["meeting_series.partnership", "meeting_series.id"]),
    )

    series_id: Mapped[uuid.UUID]
    number: Mapped[int]
    held_on: Mapped[date]
    place: Mapped[str] = mapped_column(String(160), default="")
    agenda: Mapped[list[dict[str, Any]] | None] = mapped_column(JSON)
    agenda_prepared_at: Mapped[datetime | None]
    minutes: Mapped[str] = mapped_column(Text, default="")
    minutes_agreed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  SQLAlchemy's own attribute


class Attendance(Tenant, Base):
    """Who came to a meeting for which organisation, and when they accepted confidentiality."""

    __tablename__ = "attendance"
    __table_args__ = (
        UniqueConstraint("partnership", "id"),
        UniqueConstraint("partnership", "meeting_id", "officer_id"),
        ForeignKeyConstraint(["partnership", "meeting_id"], ["meeting.partnership", "meeting.id"]),
        ForeignKeyConstraint(["partnership", "officer_id"], ["officer.partnership", "officer.id"]),
    )

    meeting_id: Mapped[uuid.UUID]
    officer_id: Mapped[uuid.UUID]
    organisation: Mapped[str] = mapped_column(CODE, ForeignKey("organisation.code"))
    state: Mapped[str] = mapped_column(String(12))
    confidentiality_accepted_at: Mapped[datetime | None]


class TaskedAction(Tenant, Base):
    """An action: set by a meeting, owned by one agency and one of its officers."""

    __tablename__ = "tasked_action"
    __table_args__ = (
        UniqueConstraint("partnership", "id"),
        UniqueConstraint("partnership", "ref"),
        ForeignKeyConstraint(["partnership", "meeting_id"], ["meeting.partnership", "meeting.id"]),
        ForeignKeyConstraint(["partnership", "hotspot_id"], ["hotspot.partnership", "hotspot.id"]),
        ForeignKeyConstraint(["partnership", "owner_officer_id"], ["officer.partnership", "officer.id"]),
        ForeignKeyConstraint(["partnership", "verified_by"], ["officer.partnership", "officer.id"]),
    )

    ref: Mapped[str] = mapped_column(String(40))
    meeting_id: Mapped[uuid.UUID]
    hotspot_id: Mapped[uuid.UUID | None]
    kind: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(String(1000))
    owner_organisation: Mapped[str] = mapped_column(CODE, ForeignKey("organisation.code"), index=True)
    owner_officer_id: Mapped[uuid.UUID | None]
    due_on: Mapped[date]
    status: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str] = mapped_column(String(1000), default="")
    outcome: Mapped[str] = mapped_column(String(2000), default="")
    extra: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    rollovers: Mapped[int] = mapped_column(default=0)
    done_at: Mapped[datetime | None]
    verified_by: Mapped[uuid.UUID | None]
    verified_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  SQLAlchemy's own attribute
