"""This module knows the unit of work: the only caller of commit, which never commits a change without its ledger entry.

In order: flush (the rows are written), append (the entries go to the outbox), commit (both or neither). Integration into the
tree comes afterwards, in transactions of its own that many units share: if the process dies there, the outbox still holds the
entry, and whoever comes next integrates it.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Engine
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from protocols.actions import Action, Event
from protocols.actor import Actor
from protocols.permits import permits
from sharing.base import new_id
from sharing.errors import AccordError, NotPermittedError, StaleError, UnreachableError, UnrecordedError
from sharing.ledger import outbox
from sharing.ledger.entry import Entry
from sharing.store import context, wall
from sharing.store.clock import Clock
from sharing.vault import Vault


class UnitSession(Session):
    """A session whose transaction ends only when its unit does."""

    def commit(self) -> None:
        """Refuse: a commit anywhere else could leave a change without its entry."""
        raise UnrecordedError("Only the unit of work commits.")

    def end(self) -> None:
        """Commit for real. Called by the unit alone."""
        super().commit()


@dataclass(frozen=True)
class RecordedEntry:
    """An entry that this unit will append: its id, and the log that it goes to."""

    id: uuid.UUID
    log: str
    at: datetime


@dataclass(frozen=True)
class Tools:
    """What a unit works with; made once by the store."""

    engine: Engine
    clock: Clock
    vault: Vault
    log_name: Callable[[str | None, datetime], str]


class Unit:
    """One change, with everything that it records. Use it as a context manager; leaving it by an exception undoes all."""

    session: UnitSession

    def __init__(self, actor: Actor, tools: Tools) -> None:
        """Nothing is opened until the block is entered."""
        self.actor = actor
        self.clock = tools.clock
        self.vault = tools.vault
        self._tools = tools
        self._entries: list[Entry] = []
        self._changed: set[str] = set()

    # -- what services use

    def require(self, action: Action, **facts: Any) -> None:  # noqa: ANN401  facts are whatever the rule reads
        """Ask the one decision point; raise NotPermittedError with the rule's name if it says no."""
        verdict = permits(self.actor, action, **facts)
        if not verdict.allowed:
            raise NotPermittedError(verdict.reason, rule=verdict.rule)

    def record(
        self,
        event: Event,
        *,
        about: uuid.UUID | str | None = None,
        facts: Mapping[str, Any] | None = None,
        partnership: str | None = None,
    ) -> RecordedEntry:
        """Put what has happened into this transaction's entries. Facts hold ids, codes, counts and digests, nobody's data.

        `partnership` is the log that it belongs to: the actor's own unless given; an actor with none writes to the operator's.
        """
        now = self.clock.now()
        place = partnership or self.actor.partnership
        entry = Entry(
            id=new_id(),
            log=self._tools.log_name(place, now),
            type=str(event),
            at=now,
            actor=self.actor.pseudonym,
            organisation=self.actor.organisation,
            partnership=place,
            about=str(about) if about is not None else None,
            facts=dict(facts or {}),
        )
        self._entries.append(entry)
        return RecordedEntry(entry.id, entry.log, now)

    @property
    def recorded(self) -> tuple[Entry, ...]:
        """The entries of this unit so far, in order."""
        return tuple(self._entries)

    # -- the wall

    def changed(self, table: str) -> None:
        """Note a change to a table (called by `sharing.store.wall`)."""
        if table not in wall.housekeeping():
            self._changed.add(table)

    def __enter__(self) -> Self:
        """Open the connection and begin."""
        try:
            self._connection: Connection = self._tools.engine.connect().execution_options(**{wall.OPTION: self})
            # Tell PostgreSQL's row-level policies who acts.
            context.begin(self._connection, self.actor.partnership, self.actor.organisation)
            self.session = UnitSession(self._connection, autoflush=True, expire_on_commit=False)
        except (OperationalError, DBAPIError) as error:
            raise UnreachableError(
                "The database cannot be reached or is busy. Nothing was stored; try again."
            ) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Commit change and entries together, or undo both. A driver's error is told in words that hold no value."""
        try:
            if kind is None:
                self._finish()
            else:
                self.session.rollback()
        except BaseException as failure:
            self.session.rollback()
            told = _told(failure)
            if told is None:
                raise
            raise told from None
        finally:
            self.session.close()
            self._connection.close()
        told = _told(error)
        if told is not None:
            raise told from None

    def _finish(self) -> None:
        self._flush()
        self._append()
        self._commit()

    def _flush(self) -> None:
        self.session.flush()

    def _append(self) -> None:
        if self._changed and not self._entries:
            raise UnrecordedError(f"Rows of {', '.join(sorted(self._changed))} changed and no entry was recorded.")
        if self._entries:
            outbox.append(self.session, *self._entries)

    def _commit(self) -> None:
        self.session.end()


def _told(error: BaseException | None) -> AccordError | None:
    """What a driver's error is for a person; None for any other. Its own message holds the clashing value, so it is dropped."""
    if isinstance(error, StaleDataError):
        return StaleError("Somebody else changed this while you were working on it. Nothing was stored.")
    if isinstance(error, IntegrityError):
        return StaleError("The same thing has been recorded already, or what it refers to is gone. Nothing was stored.")
    if isinstance(error, OperationalError):
        return UnreachableError("The database could not finish the change. Nothing was stored; try again.")
    return None
