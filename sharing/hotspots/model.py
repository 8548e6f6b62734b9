"""This module knows the tables of hotspots: published lists, their places, and the places that people nominated."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from sharing.base import CODE, Base, Tenant


class HotspotListRow(Tenant, Base):
    """One published list. It is never computed again: what it was drawn from is kept, so that anybody can check it."""

    __tablename__ = "hotspot_list"
    __table_args__ = (
        UniqueConstraint("partnership", "id"),
        UniqueConstraint("partnership", "owner", "period", "edition"),
        ForeignKeyConstraint(["partnership", "published_by"], ["officer.partnership", "officer.id"]),
    )

    owner: Mapped[str] = mapped_column(CODE, ForeignKey("organisation.code"))
    period: Mapped[str] = mapped_column(String(7))
    edition: Mapped[int]
    size: Mapped[int]
    window_m: Mapped[int]
    method: Mapped[str] = mapped_column(String(40))
    setting: Mapped[dict[str, Any]] = mapped_column(JSON)
    counts: Mapped[bytes] = mapped_column(LargeBinary)
    input_hash: Mapped[str] = mapped_column(String(64))
    sources: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    missing: Mapped[list[str]] = mapped_column(JSON)
    beside: Mapped[dict[str, Any]] = mapped_column(JSON)
    published_at: Mapped[datetime]
    published_by: Mapped[uuid.UUID | None]
    replace_reason: Mapped[str] = mapped_column(String(200))


class HotspotRow(Tenant, Base):
    """One place of a list. Its lead may change; nothing else does."""

    __tablename__ = "hotspot"
    __table_args__ = (
        UniqueConstraint("partnership", "id"),
        UniqueConstraint("partnership", "list_id", "rank"),
        UniqueConstraint("partnership", "list_id", "cell_e", "cell_n"),
        ForeignKeyConstraint(["partnership", "list_id"], ["hotspot_list.partnership", "hotspot_list.id"]),
        ForeignKeyConstraint(["partnership", "lead_officer_id"], ["officer.partnership", "officer.id"]),
        CheckConstraint("rank >= 1", name="rank_from_one"),
    )

    list_id: Mapped[uuid.UUID]
    rank: Mapped[int]
    cell_e: Mapped[int]
    cell_n: Mapped[int]
    size_m: Mapped[int]
    name: Mapped[str] = mapped_column(String(160))
    ward: Mapped[str | None] = mapped_column(String(9))
    score: Mapped[float]
    label: Mapped[str] = mapped_column(String(20))
    firm: Mapped[bool | None]
    nominated: Mapped[bool]
    counts: Mapped[dict[str, Any]] = mapped_column(JSON)
    explanation: Mapped[str] = mapped_column(Text)
    lead_officer_id: Mapped[uuid.UUID]
    lead_organisation: Mapped[str] = mapped_column(CODE, ForeignKey("organisation.code"))
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  SQLAlchemy's own form


class Nomination(Tenant, Base):
    """A place that people named: an officer, a resident, a walk or a meeting. It stands on the lists of its period."""

    __tablename__ = "hotspot_nomination"
    __table_args__ = (
        UniqueConstraint("partnership", "id"),
        UniqueConstraint("partnership", "period", "cell_e", "cell_n"),
    )

    period: Mapped[str] = mapped_column(String(7))
    cell_e: Mapped[int]
    cell_n: Mapped[int]
    size_m: Mapped[int]
    name: Mapped[str] = mapped_column(String(120))
    came_from: Mapped[str] = mapped_column(String(20))
    organisation: Mapped[str] = mapped_column(CODE, ForeignKey("organisation.code"))
    nominated_at: Mapped[datetime]
