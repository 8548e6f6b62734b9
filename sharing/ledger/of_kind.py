"""This module knows how every entry of one kind within a time is found: whatever it is about."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from protocols.actions import Event
from sharing.ledger import entry
from sharing.ledger.entry import Entry, moment_text
from sharing.ledger.model import ENTRY, LOG, OUTBOX

_AT_A_TIME = 1_000


def entries_of_kind(session: Session, partnership: str, event: Event, since: datetime, until: datetime) -> list[Entry]:
    """Return a partnership's entries of one kind from a moment until before another (machine time), oldest first.

    Those that still wait in the outbox are among them.
    """
    logs = list(session.scalars(select(LOG.c.origin).where(LOG.c.partnership == partnership)))
    found = {str(said.id): said for said in _bodies(session, logs, event, moment_text(since), moment_text(until))}
    own = (said for said in found.values() if said.partnership == partnership)
    return sorted(own, key=lambda said: (said.at, str(said.id)))


def _bodies(session: Session, logs: list[str], event: Event, since: str, until: str) -> Iterator[Entry]:
    for table in (ENTRY, OUTBOX):
        query = select(table.c.body).where(table.c.type == str(event), table.c.at >= since, table.c.at < until)
        if table is ENTRY:
            query = query.where(table.c.log.in_(logs))
        for body in session.scalars(query.execution_options(yield_per=_AT_A_TIME)):
            yield entry.parse(body)
