"""This module knows who is signed in.

Sessions kept in the database, a new token at each step, limits read at each request.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from protocols.actor import Actor
from sharing.access.database_time import database_now
from sharing.access.model import SignInSession, User
from sharing.access.rules import FRESH, IDLE, LONGEST, STEP, TOUCH, is_over
from sharing.access.tokens import csrf_secret, digest, new_token
from sharing.store import Store


class Stage(StrEnum):
    """How far a sign-in has come."""

    PASSWORD = "password"  # noqa: S105  a stage's name: the password was right, the code is still to come
    SET_UP = "set-up"
    FULL = "full"


class State(StrEnum):
    """What an account is."""

    INVITED = "invited"
    ACTIVE = "active"
    DISABLED = "disabled"


@dataclass(frozen=True)
class SignedIn:
    """One request's sign-in, as the database holds it at this moment.

    Nothing about posts or roles is kept in a session.
    """

    session_id: uuid.UUID
    user_id: uuid.UUID
    email: str
    officer_id: uuid.UUID | None
    is_fresh: bool
    is_stale_touch: bool
    idle_ends_at: datetime
    ends_at: datetime
    csrf_secret: str = field(repr=False)


def resolve(session: Session, token: str | None) -> SignedIn | None:
    """Return who is signed in under this token, or None.

    Unknown, half-finished, idle for 30 minutes, 12 hours old, disabled.
    """
    found = live_row(session, token)
    if found is None or found.row.stage != Stage.FULL or found.user.state != State.ACTIVE or token is None:
        return None
    row = found.row
    return SignedIn(
        session_id=row.id,
        user_id=row.user_id,
        email=found.user.email,
        officer_id=row.officer_id,
        is_fresh=found.now - row.authenticated_at <= FRESH,
        is_stale_touch=found.now - row.seen_at >= TOUCH,
        idle_ends_at=row.seen_at + IDLE,
        ends_at=row.created_at + LONGEST,
        csrf_secret=csrf_secret(token),
    )


def touch(store: Store, signed_in: SignedIn) -> None:
    """Store that the session is in use, if the stored moment is a minute old; else do nothing."""
    if not signed_in.is_stale_touch:
        return
    with store.unit(Actor(user_id=signed_in.user_id)) as unit:
        row = unit.session.get(SignInSession, signed_in.session_id)
        if row is not None:
            row.seen_at = max(row.seen_at, database_now(unit.session))


@dataclass(frozen=True)
class LiveRow:
    """A session's row with its account and the database's time."""

    row: SignInSession
    user: User
    now: datetime


def live_row(session: Session, token: str | None, *, lock: bool = False) -> LiveRow | None:
    """Return the row behind a token unless it has ended. `lock` holds it until the transaction ends."""
    if not token:
        return None
    now = database_now(session)
    query = (
        select(SignInSession, User)
        .join(User, User.id == SignInSession.user_id)
        .where(SignInSession.token_hash == digest("session", token))
    )
    found = session.execute(query.with_for_update() if lock else query).one_or_none()
    if found is None:
        return None
    row, user = found
    half = row.stage == Stage.PASSWORD and now - row.created_at >= STEP
    if half or is_over(row.created_at, row.seen_at, now) or user.state == State.DISABLED:
        return None
    return LiveRow(row, user, now)


def open_session(
    session: Session, user_id: uuid.UUID, stage: Stage, now: datetime, *, letter_id: uuid.UUID | None = None
) -> str:
    """Begin a session and return its token, the only time that it is seen."""
    token = new_token()
    session.add(
        SignInSession(
            token_hash=digest("session", token),
            user_id=user_id,
            stage=stage,
            letter_id=letter_id,
            created_at=now,
            seen_at=now,
            authenticated_at=now,
        )
    )
    return token


def renew(
    session: Session, old: SignInSession, now: datetime, *, officer_id: uuid.UUID | None, authenticated: bool
) -> str:
    """Put a whole session with a new id and token in the old one's place; its age goes on from the first sign-in."""
    began = old.created_at if old.stage == Stage.FULL else now
    token = open_session(session, old.user_id, Stage.FULL, now)
    session.flush()
    fresh = session.scalars(select(SignInSession).where(SignInSession.token_hash == digest("session", token))).one()
    fresh.officer_id, fresh.created_at = officer_id, began
    fresh.authenticated_at = now if authenticated else old.authenticated_at
    session.delete(old)
    return token


def end_sessions(session: Session, user_id: uuid.UUID, *, keep: str | None = None) -> None:
    """End every session of an account, but the one whose token is given."""
    session.flush()
    kept = digest("session", keep) if keep else ""
    session.execute(delete(SignInSession).where(SignInSession.user_id == user_id, SignInSession.token_hash != kept))


def choose_post(session: Session, signed_in: SignedIn, officer_id: uuid.UUID) -> str:
    """Note the post that the person acts in, which the caller has checked to be theirs.

    Return the session's new token.
    """
    row = session.get_one(SignInSession, signed_in.session_id)
    return renew(session, row, database_now(session), officer_id=officer_id, authenticated=False)
