"""This module knows what of the front door must not come back with a backup: sessions and letters as they were that day."""

from __future__ import annotations

from sqlalchemy import delete
from sqlalchemy.orm import Session

from sharing.access.model import Letter, SignInSession


def close_what_was_open(session: Session) -> int:
    """Delete every sign-in and every letter's link: some were ended or used since. Returns how many.

    People sign in again; whoever waited for an invitation is invited again (`accord user start-over`).
    """
    ended = session.scalars(delete(SignInSession).returning(SignInSession.id)).all()
    return len(ended) + len(session.scalars(delete(Letter).returning(Letter.id)).all())
