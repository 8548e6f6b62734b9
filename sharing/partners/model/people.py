"""This module knows the tables of people in their posts. Names and work contacts are clear; nobody's case is here."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, ForeignKeyConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from sharing.base import CODE, Base, Tenant
from sharing.partners.model.organisations import NAME, SHORT, tenant_args


class Officer(Tenant, Base):
    """A person in a post at one organisation of one partnership, with the roles that go with it.

    Somebody without an account is an officer too: a name to ring.
    """

    __tablename__ = "officer"
    __table_args__ = tenant_args(UniqueConstraint("partnership", "organisation", "user_id"))

    user_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    organisation: Mapped[str] = mapped_column(CODE, ForeignKey("organisation.code"), index=True)
    name: Mapped[str] = mapped_column(NAME)
    post: Mapped[str] = mapped_column(NAME)
    phone: Mapped[str | None] = mapped_column(SHORT)
    email: Mapped[str | None] = mapped_column(String(254))
    elected: Mapped[bool] = mapped_column(default=False)
    roles: Mapped[list[str]] = mapped_column(JSON)
    from_on: Mapped[date]
    to_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  SQLAlchemy reads it from the class


def _officer(column: str = "officer_id") -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["partnership", column], ["officer.partnership", "officer.id"])


class Training(Tenant, Base):
    """That an officer was trained in information sharing on a day."""

    __tablename__ = "training"
    __table_args__ = tenant_args(_officer(), UniqueConstraint("partnership", "officer_id", "trained_on", "course"))

    officer_id: Mapped[uuid.UUID]
    course: Mapped[str] = mapped_column(NAME)
    trained_on: Mapped[date]


class LiaisonPost(Tenant, Base):
    """That an officer is an organisation's designated liaison officer, or the deputy, from a day to a day."""

    __tablename__ = "liaison_post"
    __table_args__ = tenant_args(
        _officer(), UniqueConstraint("partnership", "organisation", "officer_id", "kind", "from_on")
    )

    organisation: Mapped[str] = mapped_column(CODE, ForeignKey("organisation.code"), index=True)
    officer_id: Mapped[uuid.UUID]
    kind: Mapped[str] = mapped_column(SHORT)
    from_on: Mapped[date]
    to_on: Mapped[date | None]


class Authorisation(Tenant, Base):
    """That a liaison officer lets another officer decide on one line of a protocol, for a year at most."""

    __tablename__ = "authorisation"
    __table_args__ = tenant_args(
        _officer(),
        _officer("by_officer_id"),
        UniqueConstraint("partnership", "organisation", "officer_id", "protocol", "line", "from_on"),
    )

    organisation: Mapped[str] = mapped_column(CODE, ForeignKey("organisation.code"))
    officer_id: Mapped[uuid.UUID]
    by_officer_id: Mapped[uuid.UUID]
    protocol: Mapped[str] = mapped_column(CODE)
    line: Mapped[str] = mapped_column(SHORT)
    from_on: Mapped[date]
    to_on: Mapped[date]


class Assignment(Tenant, Base):
    """That an officer works on a case, an action or a request, from a moment to a moment."""

    __tablename__ = "assignment"
    __table_args__ = tenant_args(_officer(), UniqueConstraint("partnership", "officer_id", "kind", "ref", "from_at"))

    officer_id: Mapped[uuid.UUID] = mapped_column(index=True)
    kind: Mapped[str] = mapped_column(SHORT)
    ref: Mapped[str] = mapped_column(CODE)
    from_at: Mapped[datetime]
    to_at: Mapped[datetime | None]
