"""This module knows how often an account or a network may be guessed at, and which of it reaches the ledger.

A guess is counted before it is judged, in the database's time, under the canonical name; a right one is given
back. Failures are recorded at most once in five minutes for one key, with how many there were since the entry
before.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from sharing.access.model import Throttle
from sharing.access.rules import WINDOW, give_back, take
from sharing.access.tokens import digest


@dataclass(frozen=True)
class Key:
    """What is guessed at: a kind (account, code, network, letter) and its canonical name, which is stored as a hash."""

    kind: str
    name: str

    @property
    def stored(self) -> str:
        """The hash under which it is counted."""
        return digest("throttle", self.kind, self.name)


def reserve(session: Session, keys: tuple[Key, ...], now: datetime) -> Key | None:
    """Count one guess under each key; return the first key that has no guess left (then none is counted), or None."""
    rows = {key: _locked(session, key, now) for key in sorted(keys, key=lambda key: key.stored)}
    second = int(now.timestamp())
    spent = next((key for key in keys if not take(rows[key].recent, second)[0]), None)
    if spent is None:
        for row in rows.values():
            row.recent = list(take(row.recent, second)[1])
    return spent


def forgive(session: Session, keys: tuple[Key, ...], taken: datetime, now: datetime) -> None:
    """Uncount the guess that was taken at `taken`: it was right."""
    for key in sorted(keys, key=lambda key: key.stored):
        row = _locked(session, key, now)
        row.recent = list(give_back(row.recent, int(taken.timestamp())))


def note_failure(session: Session, key: Key, now: datetime) -> int | None:
    """Note a wrong guess.

    Return how many to record now, or None when an entry of the last five minutes stands for it.
    """
    row = _locked(session, key, now)
    row.failures += 1
    if row.recorded_at is not None and now - row.recorded_at < WINDOW:
        return None
    row.recorded_at, failures, row.failures = now, row.failures, 0
    return failures


def note_lock_out(session: Session, key: Key, now: datetime) -> bool:
    """Note that a key has no guess left. Return whether to record it: once in five minutes."""
    row = _locked(session, key, now)
    if row.locked_at is not None and now - row.locked_at < WINDOW:
        return False
    row.locked_at = now
    return True


def _locked(session: Session, key: Key, now: datetime) -> Throttle:
    """The key's row, made if need be, held until the transaction ends.

    Two guesses at once are counted one after the other.
    """
    session.execute(_insert_if_absent(session, {"key": key.stored, "recent": [], "failures": 0, "touched_at": now}))
    query = select(Throttle).where(Throttle.key == key.stored).with_for_update()
    row = session.scalars(query.execution_options(populate_existing=True)).one()
    row.touched_at = now
    return row


def _insert_if_absent(session: Session, values: dict[str, Any]) -> Insert:
    dialect = session.get_bind().dialect.name
    if dialect == "postgresql":
        return postgresql.insert(Throttle).values(**values).on_conflict_do_nothing()
    return sqlite.insert(Throttle).values(**values).on_conflict_do_nothing()
