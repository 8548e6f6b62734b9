"""This module knows the tables of protocols: the text as it was loaded, and what has happened to it since."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, ForeignKeyConstraint, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from sharing.base import CODE, Base, Tenant
from sharing.partners.model.organisations import NAME, SHORT, tenant_args


class ProtocolVersion(Tenant, Base):
    """One version of an information-sharing protocol. Its text never changes; a change is a new version."""

    __tablename__ = "protocol_version"
    __table_args__ = tenant_args(UniqueConstraint("partnership", "ref", "number"))

    ref: Mapped[str] = mapped_column(CODE, index=True)
    number: Mapped[int]
    kind: Mapped[str] = mapped_column(SHORT)
    parent: Mapped[str | None] = mapped_column(CODE)
    title: Mapped[str] = mapped_column(NAME)
    aliases: Mapped[list[str]] = mapped_column(JSON)
    parties: Mapped[list[str]] = mapped_column(JSON)
    terms_toml: Mapped[str] = mapped_column(Text)
    terms_json: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64))
    complete: Mapped[bool]
    missing: Mapped[list[dict[str, str]]] = mapped_column(JSON)
    readable: Mapped[bool] = mapped_column(default=True)
    starts_on: Mapped[date]
    review_by: Mapped[date | None]
    ends_on: Mapped[date | None]
    adopted_on: Mapped[date | None]
    loaded_at: Mapped[datetime]


class Signature(Tenant, Base):
    """That an organisation signed one version, by whom, and when it withdrew.

    `turn` counts its signings of that version.
    """

    __tablename__ = "signature"
    __table_args__ = tenant_args(
        ForeignKeyConstraint(["partnership", "protocol_id"], ["protocol_version.partnership", "protocol_version.id"]),
        ForeignKeyConstraint(["partnership", "officer_id"], ["officer.partnership", "officer.id"]),
        UniqueConstraint("partnership", "protocol_id", "organisation", "turn"),
    )

    organisation: Mapped[str] = mapped_column(CODE, ForeignKey("organisation.code"), index=True)
    protocol_id: Mapped[uuid.UUID]
    ref: Mapped[str] = mapped_column(CODE)
    number: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    turn: Mapped[int]
    signed_at: Mapped[datetime]
    officer_id: Mapped[uuid.UUID]
    name: Mapped[str] = mapped_column(NAME)
    post: Mapped[str] = mapped_column(NAME)
    seniority: Mapped[str] = mapped_column(NAME)
    withdrew_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  SQLAlchemy reads it from the class


class Suspension(Tenant, Base):
    """That a protocol is suspended from a moment to a moment, and by which body."""

    __tablename__ = "suspension"
    __table_args__ = tenant_args(UniqueConstraint("partnership", "ref", "organisation", "from_at"))

    ref: Mapped[str] = mapped_column(CODE, index=True)
    organisation: Mapped[str] = mapped_column(CODE, ForeignKey("organisation.code"))
    from_at: Mapped[datetime]
    to_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  SQLAlchemy reads it from the class


class Review(Tenant, Base):
    """That a version was reviewed on a day, and what came of it."""

    __tablename__ = "protocol_review"
    __table_args__ = tenant_args(
        ForeignKeyConstraint(["partnership", "protocol_id"], ["protocol_version.partnership", "protocol_version.id"]),
        ForeignKeyConstraint(["partnership", "officer_id"], ["officer.partnership", "officer.id"]),
        UniqueConstraint("partnership", "protocol_id", "reviewed_on"),
    )

    protocol_id: Mapped[uuid.UUID]
    reviewed_on: Mapped[date]
    outcome: Mapped[str] = mapped_column(NAME)
    officer_id: Mapped[uuid.UUID | None]


class ProtocolDraft(Tenant, Base):
    """A text under way, until it is offered for signature or dropped; afterwards it says how the version was made.

    It is no version: nobody can sign it, and the rulebook never reads it.
    """

    __tablename__ = "protocol_draft"
    __table_args__ = tenant_args(
        ForeignKeyConstraint(["partnership", "started_by"], ["officer.partnership", "officer.id"]),
    )

    ref: Mapped[str] = mapped_column(CODE, index=True)
    number: Mapped[int]
    title: Mapped[str] = mapped_column(NAME)
    text: Mapped[str] = mapped_column(Text)
    begun_from: Mapped[str] = mapped_column(NAME)
    started_by: Mapped[uuid.UUID | None]
    started_at: Mapped[datetime]
    saved_at: Mapped[datetime]
    offered_at: Mapped[datetime | None]
    dropped_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  SQLAlchemy reads it from the class


def _draft() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["partnership", "draft_id"], ["protocol_draft.partnership", "protocol_draft.id"])


class Contribution(Tenant, Base):
    """That somebody wrote in a draft: which parts, first and last. An operator at the machine is no officer."""

    __tablename__ = "protocol_contribution"
    __table_args__ = tenant_args(
        _draft(),
        ForeignKeyConstraint(["partnership", "officer_id"], ["officer.partnership", "officer.id"]),
        UniqueConstraint("partnership", "draft_id", "name", "organisation"),
    )

    draft_id: Mapped[uuid.UUID]
    officer_id: Mapped[uuid.UUID | None]
    organisation: Mapped[str | None] = mapped_column(CODE, ForeignKey("organisation.code"))
    name: Mapped[str] = mapped_column(NAME)
    post: Mapped[str] = mapped_column(NAME)
    parts: Mapped[list[str]] = mapped_column(JSON)
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]


class Consultation(Tenant, Base):
    """That a body or a group was asked about a draft on a day, and what it said."""

    __tablename__ = "protocol_consultation"
    __table_args__ = tenant_args(
        _draft(),
        ForeignKeyConstraint(["partnership", "officer_id"], ["officer.partnership", "officer.id"]),
    )

    draft_id: Mapped[uuid.UUID]
    organisation: Mapped[str | None] = mapped_column(CODE, ForeignKey("organisation.code"))
    name: Mapped[str] = mapped_column(NAME)
    consulted_on: Mapped[date]
    said: Mapped[str] = mapped_column(Text)
    officer_id: Mapped[uuid.UUID | None]
    recorded_at: Mapped[datetime]
