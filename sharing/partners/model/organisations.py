"""This module knows the tables of partnerships and organisations: who is a member, of which tier, for whom it acts."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, ForeignKeyConstraint, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from sharing.base import CODE, Base, Tenant

NAME = String(200)
SHORT = String(40)


def tenant_args(*more: Any) -> tuple[Any, ...]:  # noqa: ANN401  SQLAlchemy's table arguments have no common type
    """The table arguments of a partnership's table, with more of its own."""
    return (UniqueConstraint("partnership", "id"), *more)


class Partnership(Base):
    """A Crime and Disorder Reduction or Community Safety Partnership, by its code, which never changes."""

    __tablename__ = "partnership"

    code: Mapped[str] = mapped_column(CODE, primary_key=True)
    name: Mapped[str] = mapped_column(NAME)
    kind: Mapped[str] = mapped_column(SHORT)
    area: Mapped[str] = mapped_column(NAME)
    year_start_month: Mapped[int] = mapped_column(default=4)
    year_start_day: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  SQLAlchemy reads it from the class


class Organisation(Base):
    """A body with its own name in law. It may be a member of several partnerships."""

    __tablename__ = "organisation"

    code: Mapped[str] = mapped_column(CODE, primary_key=True)
    name: Mapped[str] = mapped_column(NAME)
    body_type: Mapped[str] = mapped_column(SHORT)
    public_authority: Mapped[bool]
    regulator_no: Mapped[str | None] = mapped_column(SHORT)
    ico_no: Mapped[str | None] = mapped_column(SHORT)
    phone: Mapped[str | None] = mapped_column(SHORT)
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  SQLAlchemy reads it from the class


class Membership(Tenant, Base):
    """An organisation's tier in a partnership from a day to a day. A change of tier is a new row."""

    __tablename__ = "membership"
    __table_args__ = tenant_args(UniqueConstraint("partnership", "organisation", "from_on"))

    organisation: Mapped[str] = mapped_column(CODE, ForeignKey("organisation.code"), index=True)
    tier: Mapped[str] = mapped_column(SHORT)
    from_on: Mapped[date]
    to_on: Mapped[date | None]


class Delegation(Tenant, Base):
    """That an organisation acts on behalf of another (ALMO, TMO, PFI manager).

    For which purposes, under which document.
    """

    __tablename__ = "delegation"
    __table_args__ = tenant_args(UniqueConstraint("partnership", "organisation", "principal", "ref", "from_on"))

    organisation: Mapped[str] = mapped_column(CODE, ForeignKey("organisation.code"), index=True)
    principal: Mapped[str] = mapped_column(CODE, ForeignKey("organisation.code"))
    purposes: Mapped[list[str]] = mapped_column(JSON)
    ref: Mapped[str] = mapped_column(NAME)
    joint_control: Mapped[bool] = mapped_column(default=False)
    from_on: Mapped[date]
    to_on: Mapped[date | None]
    recorded_at: Mapped[datetime]


class OpenField(Tenant, Base):
    """A field in a form that an organisation gives to anybody: it identifies nobody."""

    __tablename__ = "open_field"
    __table_args__ = tenant_args(UniqueConstraint("partnership", "organisation", "field", "form"))

    organisation: Mapped[str] = mapped_column(CODE, ForeignKey("organisation.code"))
    field: Mapped[str] = mapped_column(SHORT)
    form: Mapped[str] = mapped_column(SHORT)


class GatewayEnabled(Tenant, Base):
    """A gateway beside section 115 that the partnership has switched on."""

    __tablename__ = "gateway_enabled"
    __table_args__ = tenant_args(UniqueConstraint("partnership", "gateway"))

    gateway: Mapped[str] = mapped_column(SHORT)
    from_on: Mapped[date]


class Area(Tenant, Base):
    """A ward or other area of the partnership, by the code that returns and maps use."""

    __tablename__ = "area"
    __table_args__ = tenant_args(UniqueConstraint("partnership", "code"))

    code: Mapped[str] = mapped_column(SHORT)
    name: Mapped[str] = mapped_column(NAME)
    kind: Mapped[str] = mapped_column(SHORT)


class Homes(Tenant, Base):
    """How many homes a landlord has in an area at a day: the denominator of every rate."""

    __tablename__ = "homes"
    __table_args__ = tenant_args(
        UniqueConstraint("partnership", "organisation", "area", "as_at_on"),
        ForeignKeyConstraint(["partnership", "area"], ["area.partnership", "area.code"]),
    )

    organisation: Mapped[str] = mapped_column(CODE, ForeignKey("organisation.code"))
    area: Mapped[str] = mapped_column(SHORT)
    homes: Mapped[int]
    as_at_on: Mapped[date]


class WardLead(Tenant, Base):
    """The officer who leads on a hotspot in an area unless somebody else is named."""

    __tablename__ = "ward_lead"
    __table_args__ = tenant_args(
        UniqueConstraint("partnership", "area"),
        ForeignKeyConstraint(["partnership", "area"], ["area.partnership", "area.code"]),
        ForeignKeyConstraint(["partnership", "officer_id"], ["officer.partnership", "officer.id"]),
    )

    area: Mapped[str] = mapped_column(SHORT)
    officer_id: Mapped[uuid.UUID]


class WorldVersion(Base):
    """A stamp that is new whenever what the rulebook reads of a partnership has changed.

    The key of its compiled form.
    """

    __tablename__ = "world_version"
    housekeeping = "stamps the changes of partners and protocols, each of which is recorded"

    partnership: Mapped[str] = mapped_column(CODE, ForeignKey("partnership.code"), primary_key=True)
    stamp: Mapped[uuid.UUID]


class PartnerNote(Tenant, Base):
    """What a member does for the people of the area, and who pays for it: what a directory says beside its name."""

    __tablename__ = "partner_note"
    __table_args__ = tenant_args(UniqueConstraint("partnership", "organisation"))

    organisation: Mapped[str] = mapped_column(CODE, ForeignKey("organisation.code"))
    services: Mapped[str] = mapped_column(Text, default="")
    funding: Mapped[str] = mapped_column(Text, default="")
    changed_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  SQLAlchemy reads it from the class
