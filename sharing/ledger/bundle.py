"""This module knows how a log is written out of the database, as a bundle that `bundle_check` reads."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sharing.errors import InvalidError
from sharing.ledger import checkpoint, manifest, tiles, tree, vouched
from sharing.ledger.bundle_check import CHECKPOINT, HEADS, LINES
from sharing.ledger.checkpoint import Checkpoint
from sharing.ledger.model import LedgerCheckpoint, LedgerEntry, LedgerTile

MOST_HEADS = 10_000
"""Earlier heads are thinned out evenly beyond this many: they locate a change, they do not prove it."""


def export(session: Session, log: str, directory: Path, *, least: int = 0) -> Checkpoint:
    """Write the log, as of its latest signed head, to a new or empty directory; return that head.

    With `least`, as of the latest head that so many partners co-signed: such a bundle passes under their quorum.
    Raises InvalidError for a directory with something in it, NotFoundError for a log without such a head.
    """
    if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
        raise InvalidError.one(
            "There is something there already, and an export never overwrites.",
            where=str(directory),
            mend="Name a new or an empty directory.",
        )
    note = vouched.head(session, log, least=least)
    head, _ = checkpoint.parse(note.encode())
    writer = _Writer(directory)
    _write_entries(session, head, writer)
    _write_tiles(session, head, writer)
    _write_heads(session, head, writer)
    writer.write(CHECKPOINT, note.encode())
    writer.close(head)
    return head


class _Writer:
    """Writes files and remembers their digests."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._digests: dict[str, str] = {}
        directory.mkdir(parents=True, exist_ok=True)

    def write(self, path: str, data: bytes) -> None:
        file = self._directory / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
        self._digests[path] = hashlib.sha256(data).hexdigest()

    def write_parts(self, path: str, parts: Iterator[bytes]) -> None:
        """Write a large file without holding it."""
        digest = hashlib.sha256()
        with (self._directory / path).open("wb") as file:
            for part in parts:
                file.write(part)
                digest.update(part)
        self._digests[path] = digest.hexdigest()

    def close(self, head: Checkpoint) -> None:
        """Write the manifest, last: without it an export is unfinished."""
        manifest.write(self._directory, head, self._digests)


def _write_entries(session: Session, head: Checkpoint, writer: _Writer) -> None:
    def lines() -> Iterator[bytes]:
        for level, n, width in tiles.needed(head.size):
            if level:
                return
            bodies = _bodies(session, head.origin, n * tiles.WIDTH, width)
            writer.write(tiles.path("entries", n, width), tiles.pack_entries(bodies))
            yield b"".join(body + b"\n" for body in bodies)

    writer.write_parts(LINES, lines())


def _bodies(session: Session, log: str, start: int, count: int) -> list[bytes]:
    query = select(LedgerEntry.body).where(
        LedgerEntry.log == log, LedgerEntry.idx >= start, LedgerEntry.idx < start + count
    )
    return list(session.scalars(query.order_by(LedgerEntry.idx)))


def _write_tiles(session: Session, head: Checkpoint, writer: _Writer) -> None:
    for level, n, width in tiles.needed(head.size):
        query = select(LedgerTile.data).where(
            LedgerTile.log == head.origin, LedgerTile.level == level, LedgerTile.n == n
        )
        # The stored tile may have grown since the head was signed.
        writer.write(tiles.path(level, n, width), (session.scalar(query) or b"")[: width * tree.HASH])


def _write_heads(session: Session, head: Checkpoint, writer: _Writer) -> None:
    mine = LedgerCheckpoint.log == head.origin
    count = session.scalar(select(func.count()).select_from(LedgerCheckpoint).where(mine)) or 0
    step = -(-count // MOST_HEADS) or 1
    query = select(LedgerCheckpoint.size, LedgerCheckpoint.note).where(mine, LedgerCheckpoint.size < head.size)
    beneath = vouched.lines_by_size(session, head.origin)  # never thinned out: they are what others vouch for

    def lines() -> Iterator[bytes]:
        for at, row in enumerate(session.execute(query.order_by(LedgerCheckpoint.size)).yield_per(1000)):
            if at % step == 0 or row.size in beneath:
                note = row.note + beneath.get(row.size, "")
                yield json.dumps({"size": row.size, "note": note}, ensure_ascii=False).encode() + b"\n"

    writer.write_parts(HEADS, lines())
