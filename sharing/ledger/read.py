"""This module knows what pages and commands show of the ledger: its logs, their heads, and entries a page at a time."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import bindparam, null, select
from sqlalchemy.orm import Session

from sharing.errors import NotFoundError
from sharing.ledger import entry, vouched
from sharing.ledger.entry import OPERATOR, Entry
from sharing.ledger.model import LedgerCheckpoint, LedgerEntry, LedgerHead, LedgerLog, OutboxEntry


@dataclass(frozen=True)
class LogView:
    """One log. Sizes are in entries; `signed` is that of the latest signed head."""

    origin: str
    partnership: str
    year: int
    size: int
    signed: int
    root: bytes


@dataclass(frozen=True)
class EntryView:
    """One entry in its place; `index` is None while it waits in the outbox for one."""

    log: str
    index: int | None
    entry: Entry


def logs(session: Session, partnership: str | None) -> list[LogView]:
    """Return the partnership's logs, latest year first; None gives the operator's."""
    signed = (
        select(LedgerCheckpoint.size)
        .where(LedgerCheckpoint.log == LedgerLog.origin)
        .order_by(LedgerCheckpoint.size.desc())
        .limit(1)
        .scalar_subquery()
    )
    query = (
        select(LedgerLog.origin, LedgerLog.partnership, LedgerLog.year, LedgerHead.size, signed, LedgerHead.root)
        .join(LedgerHead, LedgerHead.log == LedgerLog.origin)
        .where(LedgerLog.partnership == (partnership or OPERATOR))
        .order_by(LedgerLog.year.desc())
    )
    return [
        LogView(origin, code, year, size, signed_size or 0, root)
        for origin, code, year, size, signed_size, root in session.execute(query)
    ]


def head(session: Session, log: str, *, least: int = 0) -> str:
    """Return the text of the log's latest signed head, to be kept elsewhere, with what partners co-signed of it.

    With `least`, the latest that so many partners co-signed. Raises NotFoundError where there is none.
    """
    return vouched.head(session, log, least=least)


def entries(session: Session, log: str, *, before: int | None = None, limit: int = 50) -> list[EntryView]:
    """Return the log's latest entries, newest first, or those before an index."""
    query = select(LedgerEntry.idx, LedgerEntry.body).where(LedgerEntry.log == log)
    if before is not None:
        query = query.where(LedgerEntry.idx < before)
    rows = session.execute(query.order_by(LedgerEntry.idx.desc()).limit(limit))
    return [EntryView(log, row.idx, entry.parse(row.body)) for row in rows]


def find(session: Session, entry_id: uuid.UUID) -> EntryView:
    """Return one recorded entry, in its place or still in the outbox. Raises NotFoundError when there is none."""
    for query in _FIND:
        row = session.execute(query, {"wanted": entry_id}).first()
        if row is not None:
            return EntryView(row.log, row.idx, entry.parse(row.body))
    raise NotFoundError("There is no such entry in the ledger.")


# The tree, the outbox, and the tree again: a sequencer may have moved the entry between the first two.
_IN_TREE = select(LedgerEntry.log, LedgerEntry.idx, LedgerEntry.body).where(LedgerEntry.entry_id == bindparam("wanted"))
_IN_OUTBOX = select(OutboxEntry.log, null().label("idx"), OutboxEntry.body).where(
    OutboxEntry.entry_id == bindparam("wanted")
)
_FIND = (_IN_TREE, _IN_OUTBOX, _IN_TREE)
