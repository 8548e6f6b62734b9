"""This module knows how entries get their places: from the outbox into the tree, and a signature over what is committed.

Two transactions, one after the other, which the caller runs and commits. If the process dies after the first, the head is
there unsigned and the next run signs it; if it dies before, the outbox still holds the entries. A lock makes one sequencer of
many processes; on SQLite the caller's BEGIN IMMEDIATE does.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    LargeBinary,
    bindparam,
    delete,
    exists,
    func,
    insert,
    literal,
    select,
    text,
    tuple_,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from protocols.actions import Event
from sharing.errors import TamperedError
from sharing.ledger import base64_strict, checkpoint, tiles, tree
from sharing.ledger.checkpoint import Checkpoint, Signer
from sharing.ledger.entry import OPERATOR, Entry, LogName
from sharing.ledger.entry import parse as parse_entry
from sharing.ledger.model import CHECKPOINT, ENTRY, HEAD, LOG, OUTBOX, TILE

_LOCK = 0x4163636F  # "Acco": any number that nothing else in the database locks by
_INTEGRATED = "ledger_integrated"
_LINEAGE = uuid.UUID("6f9f4f1e-6d6b-4a53-9c58-2f1b8a8f5d10")
"""The namespace from which a log's first entry takes its id, so that two attempts at opening it make the same entry."""


def integrate(session: Session, limit: int = 1000) -> list[str]:
    """Move the oldest entries of the outbox, about `limit`, into their logs; return the logs whose heads await a signature.

    Entries are taken because they are there, never because their number is higher than the last one seen: numbers become
    visible out of order. Run it again while the outbox holds any. Raises TamperedError, and moves nothing, when the outbox
    repeats an entry or stored hashes do not fit each other.
    """
    _take_turns(session)
    oldest = select(OUTBOX.c.id).order_by(OUTBOX.c.id).limit(limit).subquery()
    last = session.scalar(select(func.max(oldest.c.id)))
    if last is not None:
        logs = select(OUTBOX.c.log, func.min(OUTBOX.c.id)).where(OUTBOX.c.id <= last).group_by(OUTBOX.c.log)
        for log, first in session.execute(logs.order_by(OUTBOX.c.log)).all():
            _extend(session, log, first, last)
        stands = exists().where(ENTRY.c.log == OUTBOX.c.log, ENTRY.c.entry_id == OUTBOX.c.entry_id)
        session.execute(delete(OUTBOX).where(OUTBOX.c.id <= last, stands))
        session.info[_INTEGRATED] = session.get_transaction()
    return _unsigned(session)


def sign(session: Session, log: str, *signers: Signer) -> Checkpoint:
    """Sign the log's committed head with each key and store it; a head that is signed already is returned as it stands.

    Raises TamperedError, and signs nothing, when the tree no longer contains what was signed before. Raises RuntimeError in the
    transaction that integrated: a signature must not cover what may yet be rolled back.
    """
    if session.info.get(_INTEGRATED) is not None and session.info[_INTEGRATED] is session.get_transaction():
        raise RuntimeError("commit what was integrated before signing it")
    _take_turns(session)
    head = session.execute(select(HEAD.c.size, HEAD.c.root).where(HEAD.c.log == log)).one()
    present = Checkpoint(log, head.size, head.root)
    if _root(session, log, head.size) != head.root:
        raise TamperedError(f"the head of {log} does not fit its tiles: nothing was signed")
    last = latest(session, log)
    if last is not None:
        if last.size == present.size and last.root == present.root:
            return last
        if last.size >= present.size or _root(session, log, last.size) != last.root:
            raise TamperedError(f"the tree of {log} does not contain what was signed before: nothing was signed")
    note = checkpoint.sign(present, *signers).render()
    session.execute(insert(CHECKPOINT), [{"log": log, "size": present.size, "note": note}])
    return present


def latest(session: Session, log: str) -> Checkpoint | None:
    """Return the log's latest signed head, unchecked, or None before the first."""
    stored = latest_note(session, log)
    return checkpoint.parse(stored.encode())[0] if stored else None


def latest_note(session: Session, log: str) -> str | None:
    """Return the text of the log's latest signed head, or None before the first."""
    query = select(CHECKPOINT.c.note).where(CHECKPOINT.c.log == log)
    return session.scalar(query.order_by(CHECKPOINT.c.size.desc()).limit(1))


def _take_turns(session: Session) -> None:
    """Wait for the other sequencer's transaction to end; then what it did is visible (READ COMMITTED is assumed)."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})


def _unsigned(session: Session) -> list[str]:
    signed = select(CHECKPOINT.c.size).where(CHECKPOINT.c.log == HEAD.c.log, CHECKPOINT.c.size == HEAD.c.size)
    return list(session.scalars(select(HEAD.c.log).where(~signed.exists()).order_by(HEAD.c.log)))


def _extend(session: Session, log: str, first: int, last: int) -> None:
    """Append the outbox's rows up to the number `last` to the log: entries, tiles and head. `first` is its oldest row."""
    head = session.execute(select(HEAD.c.size, HEAD.c.root).where(HEAD.c.log == log)).one_or_none()
    size, root = (head.size, head.root) if head else (0, tree.EMPTY_ROOT)
    edge = _edge(session, log, size)
    if tiles.edge_root(edge) != root:
        raise TamperedError(f"the head of {log} does not fit its tiles: nothing was added")
    opening = b"" if head else _open(session, log, first)
    leaves = opening + _move(session, log, last, size + len(opening) // tree.HASH)
    changed, edge = tiles.grow(edge, size, leaves)
    _store_tiles(session, log, size, changed)
    _store_head(session, log, head is None, size + len(leaves) // tree.HASH, tiles.edge_root(edge))


def _move(session: Session, log: str, last: int, start: int) -> bytes:
    """Number the outbox's rows from `start` into the log, inside the database; return their leaf hashes.

    A row that becomes visible meanwhile is moved with the others, or stays for the next time; none is passed over.
    """
    order = func.row_number().over(order_by=OUTBOX.c.id)
    chosen = select(
        OUTBOX.c.log,
        order + (start - 1),
        OUTBOX.c.entry_id,
        OUTBOX.c.type,
        OUTBOX.c.at,
        OUTBOX.c.body,
        _leaf_hash(session),
    ).where(OUTBOX.c.log == log, OUTBOX.c.id <= last)
    names = ["log", "idx", "entry_id", "type", "at", "body", "leaf_hash"]
    try:
        session.execute(insert(ENTRY).from_select(names, chosen.order_by(OUTBOX.c.id)))
    except IntegrityError:
        # The driver's message would show the row.
        raise TamperedError(
            f"the outbox repeats an entry that the ledger already holds: {log} stays as it is"
        ) from None
    hashes = select(ENTRY.c.leaf_hash).where(ENTRY.c.log == log, ENTRY.c.idx >= start).order_by(ENTRY.c.idx)
    return b"".join(session.scalars(hashes))


def _leaf_hash(session: Session) -> ColumnElement[bytes]:
    """Return the leaf hash as the database computes it (RFC 9162 section 2.1.1): SQLite is lent ours."""
    if session.get_bind().dialect.name == "postgresql":
        return func.sha256(literal(b"\x00", LargeBinary).op("||")(OUTBOX.c.body))
    driver: Any = session.connection().connection.driver_connection
    driver.create_function("accord_leaf_hash", 1, tree.leaf_hash, deterministic=True)
    return func.accord_leaf_hash(OUTBOX.c.body)


def _edge(session: Session, log: str, size: int) -> dict[int, bytes]:
    """Return the partial tile at each level, as it was at `size` entries: a stored one may have grown since."""
    wanted = {(level, full): partial for level, full, partial in tiles.widths(size) if partial}
    if not wanted:
        return {}
    query = select(TILE.c.level, TILE.c.n, TILE.c.data).where(
        TILE.c.log == log, tuple_(TILE.c.level, TILE.c.n).in_(list(wanted))
    )
    return {row.level: row.data[: wanted[row.level, row.n] * tree.HASH] for row in session.execute(query)}


def _root(session: Session, log: str, size: int) -> bytes:
    """Return the root of the log as it was at `size` entries, out of the stored tiles."""
    return tiles.edge_root(_edge(session, log, size))


def _store_tiles(session: Session, log: str, size: int, changed: Sequence[tiles.Tile]) -> None:
    partial = {(level, full) for level, full, width in tiles.widths(size) if width}
    old = [{"l": t.level, "t": t.n, "d": t.data} for t in changed if (t.level, t.n) in partial]
    new = [{"log": log, "level": t.level, "n": t.n, "data": t.data} for t in changed if (t.level, t.n) not in partial]
    table = TILE
    if old:
        update = (
            table.update()
            .where(table.c.log == log, table.c.level == bindparam("l"), table.c.n == bindparam("t"))
            .values(data=bindparam("d"))
        )
        session.execute(update, old)
    if new:
        session.execute(insert(table), new)


def _store_head(session: Session, log: str, is_new: bool, size: int, root: bytes) -> None:
    table = HEAD
    values = {"size": size, "root": root}
    if is_new:
        session.execute(insert(table), [{"log": log, **values}])
    else:
        session.execute(table.update().where(table.c.log == log).values(values))


def _open(session: Session, log: str, first_id: int) -> bytes:
    """Open a log, and return the leaf hash of its first entry.

    The entry holds the head of the year before, so that no year can be dropped or cut unseen. It bears the time of the entry
    that made it necessary.
    """
    name = LogName.parse(log)
    partnership = name.partnership or OPERATOR
    first = session.execute(select(OUTBOX.c.at, OUTBOX.c.body).where(OUTBOX.c.id == first_id)).one()
    before = session.scalar(
        select(LOG.c.origin)
        .where(LOG.c.partnership == partnership, LOG.c.year < name.year)
        .order_by(LOG.c.year.desc())
        .limit(1)
    )
    session.execute(insert(LOG), [{"origin": log, "partnership": partnership, "year": name.year, "opened": first.at}])
    entry = Entry(
        id=uuid.uuid5(_LINEAGE, log),
        log=log,
        type=str(Event.LOG_OPENED),
        at=parse_entry(first.body).at,
        partnership=name.partnership,
        facts=_lineage(session, before),
    )
    body = entry.encode()
    leaf = tree.leaf_hash(body)
    row = {
        "log": log,
        "idx": 0,
        "entry_id": entry.id,
        "type": entry.type,
        "at": first.at,
        "body": body,
        "leaf_hash": leaf,
    }
    session.execute(insert(ENTRY), [row])
    return leaf


def _lineage(session: Session, before: str | None) -> dict[str, Any]:
    if before is None:
        return {"previous": None}
    head = session.execute(select(HEAD.c.size, HEAD.c.root).where(HEAD.c.log == before)).one()
    return {
        "previous": before,
        "size": head.size,
        "root": base64_strict.encode(head.root),
        "checkpoint": latest_note(session, before),
    }
