"""This module knows which forms and calls have been answered already, so that sending one twice does it once.

The key's row is written in the effect's transaction: both are there or neither. Two sendings at once queue at
the unique key; the second then finds the first's outcome.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningInsert

from sharing.access.database_time import database_now
from sharing.access.model import Idempotency
from sharing.access.tokens import digest
from sharing.base import new_id
from sharing.errors import InvalidError
from sharing.store import Unit

LONGEST_KEY = 200


@dataclass(frozen=True)
class Claim:
    """One sending.

    Who sends to what (`scope`: the account and the endpoint), the sender's key, the digest of the whole body.
    """

    scope: str
    key: str
    body_digest: str

    @property
    def stored(self) -> str:
        """The hash under which it is kept."""
        return digest("idempotency", self.scope, self.key)

    @property
    def stored_body(self) -> str:
        """The digest of the body's digest: the same width whatever the caller hashes with."""
        return digest("body", self.body_digest)


@dataclass(frozen=True)
class Replay:
    """What the first sending led to: the status, and where it sent the browser (or the id of what it made)."""

    status: int
    location: str


def once(unit: Unit, claim: Claim) -> Replay | None:
    """Claim a key.

    None: go on, and call `keep_outcome` in this same unit. A Replay: answer with it and do nothing else.
    Raises InvalidError (422) when the key was used for another body, or is missing or too long.
    """
    if not 0 < len(claim.key) <= LONGEST_KEY:
        raise InvalidError.one(
            "The request has no usable idempotency key.",
            where="Idempotency-Key",
            mend="Send 1 to 200 characters, new for each act.",
        )
    if unit.session.scalar(_insert_if_absent(unit.session, claim)) is not None:
        return None
    row = unit.session.scalars(select(Idempotency).where(Idempotency.scope_key == claim.stored)).one()
    if row.body_digest != claim.stored_body:
        raise InvalidError.one(
            "This was sent before with other contents. Nothing was done.",
            where="Idempotency-Key",
            mend="Open the form again, or use a new key.",
        )
    return Replay(row.status or 0, row.location or "")


def keep_outcome(unit: Unit, claim: Claim, status: int, location: str) -> None:
    """Keep what a claimed sending has led to."""
    row = unit.session.scalars(select(Idempotency).where(Idempotency.scope_key == claim.stored)).one()
    row.status, row.location = status, location


def _insert_if_absent(session: Session, claim: Claim) -> ReturningInsert[tuple[uuid.UUID]]:
    values = {
        "id": new_id(),
        "scope_key": claim.stored,
        "body_digest": claim.stored_body,
        "created_at": database_now(session),
    }
    if session.get_bind().dialect.name == "postgresql":
        return postgresql.insert(Idempotency).values(**values).on_conflict_do_nothing().returning(Idempotency.id)
    return sqlite.insert(Idempotency).values(**values).on_conflict_do_nothing().returning(Idempotency.id)
