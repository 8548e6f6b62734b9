"""This module knows somebody who owns the host, with every table and key on it: they rewrite history and sign it anew."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sqlalchemy import Connection, delete, insert, select, update

from sharing.base import new_id
from sharing.ledger import append_only, checkpoint, entry, tiles, tree
from sharing.ledger.checkpoint import Checkpoint, Signer
from sharing.ledger.model import CHECKPOINT, ENTRY, HEAD, TILE
from sharing.store import Store
from sharing.store.engine import open_engine

Change = Callable[[list[bytes]], None]
AT = 5
"""Where history is changed."""


def edit(bodies: list[bytes]) -> None:
    bodies[AT] = replace(entry.parse(bodies[AT]), actor="u_00").encode()


def remove(bodies: list[bytes]) -> None:
    del bodies[AT]


def smuggle(bodies: list[bytes]) -> None:
    bodies.insert(AT, replace(entry.parse(bodies[AT]), id=new_id(), actor="u_00").encode())


def swap(bodies: list[bytes]) -> None:
    bodies[AT], bodies[AT + 1] = bodies[AT + 1], bodies[AT]


def rewrite(store: Store, url: str, log: str, change: Change) -> None:
    """Change a log's entries, compute every hash, tile and head again, and sign all heads with the key of the host."""
    engine = open_engine(url)
    try:
        with engine.begin() as connection:
            _unguarded(connection, lambda: _rewrite(connection, log, change, store.signer))
    finally:
        engine.dispose()


def _unguarded(connection: Connection, work: Callable[[], None]) -> None:
    """Do it with the triggers out of the way, and put them back as they were."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET session_replication_role = replica")
        work()
        connection.exec_driver_sql("SET session_replication_role = DEFAULT")
        return
    for name in append_only.NAMES:
        connection.exec_driver_sql(f"DROP TRIGGER {name}")
    work()
    for statement in append_only.statements("sqlite"):
        connection.exec_driver_sql(statement)


def _rewrite(connection: Connection, log: str, change: Change, signer: Signer) -> None:
    bodies = list(connection.execute(select(ENTRY.c.body).where(ENTRY.c.log == log).order_by(ENTRY.c.idx)).scalars())
    sizes = list(connection.execute(select(CHECKPOINT.c.size).where(CHECKPOINT.c.log == log)).scalars())
    change(bodies)
    for table in (ENTRY, TILE, CHECKPOINT):
        connection.execute(delete(table).where(table.c.log == log))
    connection.execute(insert(ENTRY), [_row(log, index, body) for index, body in enumerate(bodies)])
    changed, edge = tiles.grow({}, 0, tree.leaf_hashes(bodies))
    connection.execute(insert(TILE), [{"log": log, "level": t.level, "n": t.n, "data": t.data} for t in changed])
    root = tiles.edge_root(edge)
    connection.execute(update(HEAD).where(HEAD.c.log == log).values(size=len(bodies), root=root))
    heads = [_head(log, bodies[:size], signer) for size in sorted({*sizes, len(bodies)}) if size <= len(bodies)]
    connection.execute(insert(CHECKPOINT), heads)


def _row(log: str, index: int, body: bytes) -> dict[str, object]:
    said = entry.parse(body)
    at, leaf = entry.moment_text(said.at), tree.leaf_hash(body)
    return {"log": log, "idx": index, "entry_id": said.id, "type": said.type, "at": at, "body": body, "leaf_hash": leaf}


def _head(log: str, bodies: list[bytes], signer: Signer) -> dict[str, object]:
    _, edge = tiles.grow({}, 0, tree.leaf_hashes(bodies))
    head = Checkpoint(log, len(bodies), tiles.edge_root(edge))
    return {"log": log, "size": head.size, "note": checkpoint.sign(head, signer).render()}
