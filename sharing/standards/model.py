"""This module knows the tables of the standards room: assessments, judgements, sign-ups and consortia."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from sharing.base import CODE, Base, Tenant


class Assessment(Tenant, Base):
    """A landlord's self-assessment against one framework; a landlord may have many, each dated."""

    __tablename__ = "assessment"

    organisation: Mapped[str] = mapped_column(CODE, ForeignKey("organisation.code"))
    framework: Mapped[str] = mapped_column(String(20))
    assessed_on: Mapped[date]
    outcome: Mapped[str] = mapped_column(String(10), default="open")
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime]

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  SQLAlchemy's own attribute


class ItemJudgement(Tenant, Base):
    """What the landlord says of one item."""

    __tablename__ = "item_judgement"
    __table_args__ = (
        UniqueConstraint("partnership", "id"),
        UniqueConstraint("partnership", "assessment_id", "code"),
        ForeignKeyConstraint(["partnership", "assessment_id"], ["assessment.partnership", "assessment.id"]),
    )

    assessment_id: Mapped[uuid.UUID]
    code: Mapped[str] = mapped_column(String(20))
    status: Mapped[str] = mapped_column(String(20))
    evidence: Mapped[str] = mapped_column(String(2000), default="")
    reason: Mapped[str] = mapped_column(String(2000), default="")
    alternative: Mapped[str] = mapped_column(String(2000), default="")


class StandardSignUp(Tenant, Base):
    """One landlord's sign-up to one framework, step by step."""

    __tablename__ = "standard_sign_up"
    __table_args__ = (
        UniqueConstraint("partnership", "id"),
        UniqueConstraint("partnership", "organisation", "framework"),
    )

    organisation: Mapped[str] = mapped_column(CODE, ForeignKey("organisation.code"))
    framework: Mapped[str] = mapped_column(String(20))
    decided_ref: Mapped[str] = mapped_column(String(120), default="")
    decided_on: Mapped[date | None]
    champion: Mapped[str] = mapped_column(String(120), default="")
    parent_consented_on: Mapped[date | None]
    registered_on: Mapped[date | None]
    consortium_box: Mapped[bool] = mapped_column(default=False)
    satisfied_area: Mapped[str] = mapped_column(String(120), default="")
    withdrawn_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  SQLAlchemy's own attribute


class Consortium(Tenant, Base):
    """Landlords of an area that mean to sign up to a framework together."""

    __tablename__ = "consortium"
    __table_args__ = (UniqueConstraint("partnership", "id"), UniqueConstraint("partnership", "code"))

    code: Mapped[str] = mapped_column(CODE)
    name: Mapped[str] = mapped_column(String(160))
    area: Mapped[str] = mapped_column(String(120))
    framework: Mapped[str] = mapped_column(String(20))


class ConsortiumMember(Tenant, Base):
    """A landlord's place in a consortium."""

    __tablename__ = "consortium_member"
    __table_args__ = (
        UniqueConstraint("partnership", "id"),
        UniqueConstraint("partnership", "consortium_id", "organisation"),
        ForeignKeyConstraint(["partnership", "consortium_id"], ["consortium.partnership", "consortium.id"]),
    )

    consortium_id: Mapped[uuid.UUID]
    organisation: Mapped[str] = mapped_column(CODE, ForeignKey("organisation.code"))
