"""This module knows how proofs are made out of the stored tiles: of an entry under a head, and of one head after another."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import bindparam, select, tuple_
from sqlalchemy.orm import Session

from sharing.errors import NotFoundError, TamperedError
from sharing.ledger import checkpoint, tiles, tree, vouched
from sharing.ledger.commitment import BatchPath, Opening
from sharing.ledger.model import ENTRY, TILE
from sharing.ledger.receipt import Receipt

_TILES = select(TILE.c.level, TILE.c.n, TILE.c.data).where(
    TILE.c.log == bindparam("log"), tuple_(TILE.c.level, TILE.c.n).in_(bindparam("wanted", expanding=True))
)
_ENTRY = select(ENTRY.c.idx, ENTRY.c.body).where(
    ENTRY.c.log == bindparam("log"), ENTRY.c.entry_id == bindparam("wanted")
)


def reader(session: Session, log: str, size: int, index: int | None = None) -> tiles.Reader:
    """Return the subtree hashes of the log as it was at `size` entries; keep it for as many proofs as wanted.

    The tiles that a proof for `index` needs are fetched at once, others when they are asked for.
    """
    partial = {(level, full): width for level, full, width in tiles.widths(size) if width}
    wanted = set(partial)
    if index is not None:
        wanted |= {(level, index // tiles.WIDTH ** (level + 1)) for level, _, _ in tiles.widths(size)}
    found = session.execute(_TILES, {"log": log, "wanted": sorted(wanted)})
    fetched: dict[tuple[int, int], bytes] = {(row.level, row.n): row.data for row in found}

    def read(level: int, n: int) -> bytes:
        if (level, n) not in fetched:
            row = session.execute(_TILES, {"log": log, "wanted": [(level, n)]}).one_or_none()
            fetched[level, n] = row.data if row else b""
        # The stored tile may have grown since: cut it to what it was.
        return fetched[level, n][: partial.get((level, n), tiles.WIDTH) * tree.HASH]

    return tiles.Reader(read)


def receipt(
    session: Session, log: str, entry_id: uuid.UUID, opened: tuple[Opening, BatchPath] | None = None
) -> Receipt:
    """Return the receipt of one entry. Raises NotFoundError while it is under no signed head."""
    return receipts(session, log, [entry_id], {entry_id: opened} if opened else {})[0]


def receipts(
    session: Session,
    log: str,
    entry_ids: Sequence[uuid.UUID],
    opened: dict[uuid.UUID, tuple[Opening, BatchPath]] | None = None,
) -> list[Receipt]:
    """Return the receipts of several entries of one log, under the same head: their proofs share the tiles that they read.

    That head is the one that most partners co-signed among those that cover all of the entries, else the latest.
    Raises NotFoundError when one of them is not yet under a signed head, TamperedError when stored hashes are missing.
    """
    rows = {each: session.execute(_ENTRY, {"log": log, "wanted": each}).one_or_none() for each in entry_ids}
    covering = max((row.idx + 1 for row in rows.values() if row), default=0)
    head, note = checkpoint.parse(vouched.head_over(session, log, covering).encode())
    subtree: tiles.Reader | None = None
    made = []
    for entry_id, found in rows.items():
        if found is None or found.idx >= head.size:
            raise NotFoundError("This entry is not under a signed head yet. Try again in a second.")
        subtree = subtree or reader(session, log, head.size, found.idx)
        path = _path(log, found.idx, head.size, subtree)
        opening, batch = (opened or {}).get(entry_id, (None, None))
        made.append(Receipt(found.body, found.idx, path, note, opening, batch))
    return made


def _path(log: str, index: int, size: int, subtree: tree.Subtree) -> tuple[bytes, ...]:
    try:
        return tuple(tree.prove_inclusion(index, size, subtree))
    except LookupError as error:
        raise TamperedError(f"{log}: {error}") from None


def consistency(session: Session, log: str, old: int, new: int) -> list[bytes]:
    """Return the proof that the log's first `old` entries begin its first `new`. Raises ValueError unless 0 < old <= new."""
    return tree.prove_consistency(old, new, reader(session, log, new))
