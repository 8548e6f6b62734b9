"""This module knows how an entry joins the change that it tells of: as a row of the outbox, in the same transaction."""

from __future__ import annotations

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from sharing.ledger.entry import Entry, moment_text
from sharing.ledger.model import OUTBOX, OutboxEntry


def append(session: Session, entry: Entry) -> None:
    """Insert the entry's canonical bytes. The caller commits them together with the change, or neither.

    Raises ProfileError (a ValueError) when the entry has no canonical form: a defect of whoever recorded it.
    """
    row = {
        "log": entry.log,
        "entry_id": entry.id,
        "type": str(entry.type),
        "at": moment_text(entry.at),
        "body": entry.encode(),
    }
    session.execute(insert(OUTBOX), [row])


def waiting(session: Session) -> int:
    """Return how many committed entries are not in the tree yet."""
    return session.scalar(select(func.count()).select_from(OutboxEntry)) or 0
