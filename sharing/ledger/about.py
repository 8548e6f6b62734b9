"""This module knows how the entries of one kind about given things are found: who opened a disclosure, and when."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from protocols.actions import Event
from sharing.ledger import entry
from sharing.ledger.entry import Entry, moment_text
from sharing.ledger.model import ENTRY, LOG, OUTBOX

_AT_A_TIME = 1_000


def entries_about(
    session: Session, partnership: str, event: Event, about: Collection[str], since: datetime
) -> list[Entry]:
    """Return a partnership's entries of one kind about any of these ids, oldest first, those in the outbox included.

    `since` (machine time) bounds the search: nothing is entered about a thing before it is made. Only the bodies of that kind
    since then are read.
    """
    wanted = {f'"about":"{each}"'.encode() for each in about}
    if not wanted:
        return []
    logs = list(session.scalars(select(LOG.c.origin).where(LOG.c.partnership == partnership)))
    found: dict[str, Entry] = {}
    for table in (ENTRY, OUTBOX):
        query = select(table.c.body).where(table.c.type == str(event), table.c.at >= moment_text(since))
        if table is ENTRY:
            query = query.where(table.c.log.in_(logs))
        for body in session.scalars(query.execution_options(yield_per=_AT_A_TIME)):
            if any(each in body for each in wanted):
                said = entry.parse(body)
                if said.partnership == partnership and said.about in about:
                    found[str(said.id)] = said  # one that a sequencer moves meanwhile can be read twice
    return sorted(found.values(), key=lambda said: (said.at, str(said.id)))
