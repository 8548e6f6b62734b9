"""This module knows how entries get their places: from the outbox into the tree, and a signature over what is committed.

Two transactions, one after the other, which the caller runs and commits. If the process dies after the first, the head is
there unsigned and the next run signs it; if it dies before, the outbox still holds the entries. A lock makes one sequencer of
many processes; on SQLite the caller's BEGIN IMMEDIATE does.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from functools import cache
from typing import Any, cast

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    CursorResult,
    Insert,
    Integer,
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
_MOVED = "ledger_moved"
_LINEAGE = uuid.UUID("6f9f4f1e-6d6b-4a53-9c58-2f1b8a8f5d10")
"""The namespace from which a log's first entry takes its id, so that two attempts at opening it make the same entry."""

# The statements are built once: building them costs as much as running them, and a receipt waits for all of them.
_OLDEST = select(OUTBOX.c.id).order_by(OUTBOX.c.id).limit(bindparam("most", type_=Integer)).subquery()
_LAST = select(func.max(_OLDEST.c.id))
_LOGS = (
    select(OUTBOX.c.log, func.min(OUTBOX.c.id))
    .where(OUTBOX.c.id <= bindparam("last"))
    .group_by(OUTBOX.c.log)
    .order_by(OUTBOX.c.log)
)
_STANDS = exists().where(ENTRY.c.log == OUTBOX.c.log, ENTRY.c.entry_id == OUTBOX.c.entry_id)
_LEAVE = delete(OUTBOX).where(OUTBOX.c.id <= bindparam("last"), _STANDS)
_HEAD_OF = select(HEAD.c.size, HEAD.c.root).where(HEAD.c.log == bindparam("log"))
_TILES = select(TILE.c.level, TILE.c.n, TILE.c.data).where(
    TILE.c.log == bindparam("log"), tuple_(TILE.c.level, TILE.c.n).in_(bindparam("places", expanding=True))
)
_LEAVES = (
    select(ENTRY.c.leaf_hash)
    .where(ENTRY.c.log == bindparam("log"), ENTRY.c.idx >= bindparam("start"))
    .order_by(ENTRY.c.idx)
)
_GROW = (
    TILE.update()
    .where(TILE.c.log == bindparam("in_log"), TILE.c.level == bindparam("at_level"), TILE.c.n == bindparam("at"))
    .values(data=bindparam("grown"))
)
_ADVANCE = (
    HEAD.update().where(HEAD.c.log == bindparam("in_log")).values(size=bindparam("to_size"), root=bindparam("to_root"))
)
_SIGNED = select(CHECKPOINT.c.size).where(CHECKPOINT.c.log == HEAD.c.log, CHECKPOINT.c.size == HEAD.c.size)
_UNSIGNED = select(HEAD.c.log).where(~_SIGNED.exists()).order_by(HEAD.c.log)
_LATEST = (
    select(CHECKPOINT.c.note).where(CHECKPOINT.c.log == bindparam("log")).order_by(CHECKPOINT.c.size.desc()).limit(1)
)
_NEW_TILE, _NEW_HEAD, _NEW_CHECKPOINT = insert(TILE), insert(HEAD), insert(CHECKPOINT)


def integrate(session: Session, limit: int = 1000) -> list[str]:
    """Move the oldest entries of the outbox, about `limit`, into their logs; return the logs whose heads await a signature.

    Entries are taken because they are there, never because their number is higher than the last one seen: numbers become
    visible out of order. Run it again while the outbox holds any. Raises TamperedError, and moves nothing, when the outbox
    repeats an entry or stored hashes do not fit each other.
    """
    _take_turns(session)
    last = session.scalar(_LAST, {"most": limit})
    session.info[_MOVED] = 0
    if last is not None:
        for log, first in session.execute(_LOGS, {"last": last}).all():
            _extend(session, log, first, last)
        session.info[_MOVED] = cast("CursorResult[Any]", session.execute(_LEAVE, {"last": last})).rowcount
        session.info[_INTEGRATED] = session.get_transaction()
    return list(session.scalars(_UNSIGNED))


def moved(session: Session) -> int:
    """Return how many entries the session's last `integrate` moved: fewer than its limit when it left none behind."""
    return int(session.info.get(_MOVED, 0))


def sign(session: Session, log: str, *signers: Signer) -> Checkpoint:
    """Sign the log's committed head with each key and store it; a head that is signed already is returned as it stands.

    Raises TamperedError, and signs nothing, when the tree no longer contains what was signed before. Raises RuntimeError in the
    transaction that integrated: a signature must not cover what may yet be rolled back.
    """
    if session.info.get(_INTEGRATED) is not None and session.info[_INTEGRATED] is session.get_transaction():
        raise RuntimeError("commit what was integrated before signing it")
    _take_turns(session)
    head = session.execute(_HEAD_OF, {"log": log}).one()
    present = Checkpoint(log, head.size, head.root)
    last = latest(session, log)
    now, then = map(tiles.edge_root, _edges(session, log, head.size, last.size if last else 0))
    if now != head.root:
        raise TamperedError(f"the head of {log} does not fit its tiles: nothing was signed")
    if last is not None:
        if last.size == present.size and last.root == present.root:
            return last
        if last.size >= present.size or then != last.root:
            raise TamperedError(f"the tree of {log} does not contain what was signed before: nothing was signed")
    note = checkpoint.sign(present, *signers).render()
    session.execute(_NEW_CHECKPOINT, [{"log": log, "size": present.size, "note": note}])
    return present


def latest(session: Session, log: str) -> Checkpoint | None:
    """Return the log's latest signed head, unchecked, or None before the first."""
    stored = latest_note(session, log)
    return checkpoint.parse(stored.encode())[0] if stored else None


def latest_note(session: Session, log: str) -> str | None:
    """Return the text of the log's latest signed head, or None before the first."""
    return session.scalar(_LATEST, {"log": log})


def _take_turns(session: Session) -> None:
    """Wait for the other sequencer's transaction to end; then what it did is visible (READ COMMITTED is assumed)."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(_TAKE_TURNS, {"key": _LOCK})


_TAKE_TURNS = text("SELECT pg_advisory_xact_lock(:key)")


def _extend(session: Session, log: str, first: int, last: int) -> None:
    """Append the outbox's rows up to the number `last` to the log: entries, tiles and head. `first` is its oldest row."""
    head = session.execute(_HEAD_OF, {"log": log}).one_or_none()
    size, root = (head.size, head.root) if head else (0, tree.EMPTY_ROOT)
    (edge,) = _edges(session, log, size)
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
    if session.get_bind().dialect.name == "sqlite":
        driver: Any = session.connection().connection.driver_connection
        driver.create_function("accord_leaf_hash", 1, tree.leaf_hash, deterministic=True)
    try:
        session.execute(_moving(session.get_bind().dialect.name), {"in_log": log, "last": last, "before": start - 1})
    except IntegrityError:
        # The driver's message would show the row.
        raise TamperedError(
            f"the outbox repeats an entry that the ledger already holds: {log} stays as it is"
        ) from None
    return b"".join(session.scalars(_LEAVES, {"log": log, "start": start}))


@cache
def _moving(dialect: str) -> Insert:
    """Return the statement that moves rows, leaf hashes included (RFC 9162 section 2.1.1): SQLite is lent our function."""
    leaf_hash: ColumnElement[bytes] = func.accord_leaf_hash(OUTBOX.c.body)
    if dialect == "postgresql":
        leaf_hash = func.sha256(literal(b"\x00", LargeBinary).op("||")(OUTBOX.c.body))
    number = func.row_number().over(order_by=OUTBOX.c.id) + bindparam("before", type_=BigInteger)
    chosen = select(
        OUTBOX.c.log, number, OUTBOX.c.entry_id, OUTBOX.c.type, OUTBOX.c.at, OUTBOX.c.body, leaf_hash
    ).where(OUTBOX.c.log == bindparam("in_log"), OUTBOX.c.id <= bindparam("last"))
    names = ["log", "idx", "entry_id", "type", "at", "body", "leaf_hash"]
    return insert(ENTRY).from_select(names, chosen.order_by(OUTBOX.c.id))


def _edges(session: Session, log: str, *sizes: int) -> list[dict[int, bytes]]:
    """Return, for each size, the partial tile at each level as it was then: a stored one may have grown since."""
    wanted = [{level: (full, width) for level, full, width in tiles.widths(size) if width} for size in sizes]
    places = sorted({(level, full) for edge in wanted for level, (full, _) in edge.items()})
    rows = session.execute(_TILES, {"log": log, "places": places}) if places else ()
    found = {(level, n): data for level, n, data in rows}
    return [
        {level: found[level, n][: width * tree.HASH] for level, (n, width) in edge.items() if (level, n) in found}
        for edge in wanted
    ]


def _store_tiles(session: Session, log: str, size: int, changed: Sequence[tiles.Tile]) -> None:
    partial = {(level, full) for level, full, width in tiles.widths(size) if width}
    old = [
        {"in_log": log, "at_level": t.level, "at": t.n, "grown": t.data} for t in changed if (t.level, t.n) in partial
    ]
    new = [{"log": log, "level": t.level, "n": t.n, "data": t.data} for t in changed if (t.level, t.n) not in partial]
    if old:
        session.execute(_GROW, old)
    if new:
        session.execute(_NEW_TILE, new)


def _store_head(session: Session, log: str, is_new: bool, size: int, root: bytes) -> None:
    if is_new:
        session.execute(_NEW_HEAD, [{"log": log, "size": size, "root": root}])
    else:
        session.execute(_ADVANCE, {"in_log": log, "to_size": size, "to_root": root})


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
    head = session.execute(_HEAD_OF, {"log": before}).one()
    return {
        "previous": before,
        "size": head.size,
        "root": base64_strict.encode(head.root),
        "checkpoint": latest_note(session, before),
    }
