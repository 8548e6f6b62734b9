"""This module knows what the front door forgets: sessions, letters, counts, keys and drafts whose time is over."""

from __future__ import annotations

from sqlalchemy import delete, or_

from sharing.access.database_time import database_now
from sharing.access.model import Draft, Idempotency, Letter, SignInSession, Throttle
from sharing.access.rules import DRAFT, IDEMPOTENCY, IDLE, INVITATION, LONGEST, WINDOW
from sharing.store import Unit


def sweep(unit: Unit) -> int:
    """Delete what has run out; return how many rows. Safe at any time, as often as you like."""
    now = database_now(unit.session)
    statements = (
        delete(SignInSession)
        .where(or_(SignInSession.seen_at < now - IDLE, SignInSession.created_at < now - LONGEST))
        .returning(SignInSession.id),
        # A count is kept for a second window, so that failures since the last entry are still recorded by the next one.
        delete(Throttle).where(Throttle.touched_at < now - 2 * WINDOW).returning(Throttle.key),
        delete(Letter).where(Letter.expires_at < now - INVITATION).returning(Letter.id),
        delete(Idempotency).where(Idempotency.created_at < now - IDEMPOTENCY).returning(Idempotency.id),
        delete(Draft).where(Draft.saved_at < now - DRAFT).returning(Draft.id),
    )
    return sum(len(unit.session.scalars(statement).all()) for statement in statements)
