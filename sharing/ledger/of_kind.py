"""This module knows how every entry of one kind within a time is found, those about given things alone where they are named."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from protocols.actions import Event
from sharing.ledger import entry
from sharing.ledger.entry import Entry, moment_text
from sharing.ledger.model import ENTRY, LOG, OUTBOX

_AT_A_TIME = 1_000


def entries_of_kind(
    session: Session,
    partnership: str,
    event: Event,
    since: datetime,
    until: datetime | None = None,
    *,
    about: Collection[str] | None = None,
) -> list[Entry]:
    """Return a partnership's entries of one kind from a moment until before another (machine time), oldest first.

    Those that still wait in the outbox are among them. With `about`, only those about any of these ids.
    """
    if about is not None and not about:
        return []
    marks = None if about is None else [f'"about":"{each}"'.encode() for each in about]
    found: dict[str, Entry] = {}
    for body in _bodies(session, partnership, event, since, until):
        if marks is None or any(mark in body for mark in marks):  # most bodies need not be parsed
            said = entry.parse(body)
            if said.partnership == partnership and (about is None or said.about in about):
                found[str(said.id)] = said  # one that a sequencer moves meanwhile can be read twice
    return sorted(found.values(), key=lambda said: (said.at, str(said.id)))


def _bodies(
    session: Session, partnership: str, event: Event, since: datetime, until: datetime | None
) -> Iterator[bytes]:
    logs = list(session.scalars(select(LOG.c.origin).where(LOG.c.partnership == partnership)))
    for table in (ENTRY, OUTBOX):
        query = select(table.c.body).where(table.c.type == str(event), table.c.at >= moment_text(since))
        if until is not None:
            query = query.where(table.c.at < moment_text(until))
        if table is ENTRY:
            query = query.where(table.c.log.in_(logs))
        yield from session.scalars(query.execution_options(yield_per=_AT_A_TIME))
