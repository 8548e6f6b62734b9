"""This module knows the tables of the front door.

Tokens, codes and passwords rest as hashes, seeds and drafts sealed.
"""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import JSON, ForeignKey, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from sharing.base import Base, new_id

DIGEST = String(64)
"""A SHA-256 in hexadecimal."""
STATE = String(16)


class User(Base):
    """One person's account. What the person may do is held by officers in posts, never here."""

    __tablename__ = "user_account"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(STATE)
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  SQLAlchemy reads it from the class


class SecondFactor(Base):
    """The seed of an account's codes, sealed, with the number of the last code used.

    A new seed waits until a code proves it.
    """

    __tablename__ = "second_factor"
    housekeeping = "each sign-in stores which code it used; enrolment and reset are recorded as events"

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    seed: Mapped[bytes | None] = mapped_column(LargeBinary)
    pending_seed: Mapped[bytes | None] = mapped_column(LargeBinary)
    last_counter: Mapped[int] = mapped_column(default=0)
    confirmed_at: Mapped[datetime | None]


class RecoveryCode(Base):
    """One of the codes that stand in for a lost phone, hashed; each works once."""

    __tablename__ = "recovery_code"
    housekeeping = "used up by a sign-in, which is recorded; made by an enrolment, which is recorded"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    code_hash: Mapped[str] = mapped_column(DIGEST)
    used_at: Mapped[datetime | None]


class SignInSession(Base):
    """A sign-in, whole or half-finished. The token is in the browser alone; here is its hash."""

    __tablename__ = "session"
    housekeeping = "changes at every page; sign-in, sign-out and switching posts are recorded"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    token_hash: Mapped[str] = mapped_column(DIGEST, unique=True)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    officer_id: Mapped[uuid.UUID | None]
    letter_id: Mapped[uuid.UUID | None]
    stage: Mapped[str] = mapped_column(STATE)
    tries: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    authenticated_at: Mapped[datetime]


class Throttle(Base):
    """The seconds at which one key (an account or a network, hashed) was guessed at.

    And what is still to be recorded.
    """

    __tablename__ = "throttle"
    housekeeping = "counts guesses; failures and lock-outs are recorded at most once in five minutes"

    key: Mapped[str] = mapped_column(DIGEST, primary_key=True)
    recent: Mapped[list[int]] = mapped_column(JSON, default=list)
    failures: Mapped[int] = mapped_column(default=0)
    recorded_at: Mapped[datetime | None]
    locked_at: Mapped[datetime | None]
    touched_at: Mapped[datetime]


class Letter(Base):
    """A link sent to a person's own address: an invitation, a new password, a new phone.

    Its token works once.
    """

    __tablename__ = "letter"
    housekeeping = "sent on request, used once; what it brings about is recorded"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    token_hash: Mapped[str] = mapped_column(DIGEST, unique=True)
    kind: Mapped[str] = mapped_column(STATE)
    user_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    officer_id: Mapped[uuid.UUID | None]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Idempotency(Base):
    """What a form or a call has led to, so that sending it twice does it once.

    Written in the effect's transaction.
    """

    __tablename__ = "idempotency"
    housekeeping = "the effect that it stands beside is recorded"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    scope_key: Mapped[str] = mapped_column(DIGEST, unique=True)
    body_digest: Mapped[str] = mapped_column(DIGEST)
    status: Mapped[int | None]
    location: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime]


class Draft(Base):
    """A form as far as it has been filled in, sealed.

    It survives a closed browser and is read by nobody but its writer.
    """

    __tablename__ = "draft"
    housekeeping = "unsent work of one person; sending it is what is recorded"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    place: Mapped[str] = mapped_column(DIGEST, unique=True)
    form_key: Mapped[str] = mapped_column(String(200))
    payload: Mapped[bytes] = mapped_column(LargeBinary)
    saved_at: Mapped[datetime]
