"""This module knows how a tree is kept as tiles of 256 hashes (C2SP tlog-tiles): their growth, their paths, reading from them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from sharing.ledger.tree import EMPTY_ROOT, HASH, fold, node_hash, root_of

WIDTH = 256
FULL = WIDTH * HASH
"""Bytes in a full tile."""
_STEP = 1000

Edge = Mapping[int, bytes]
"""The partial tile at each level: what a tree must remember in order to grow."""


@dataclass(frozen=True)
class Tile:
    """One tile: the hashes of `n`'s place at `level`, where a hash at level L stands for 256**L leaves."""

    level: int
    n: int
    data: bytes


def widths(size: int) -> Iterator[tuple[int, int, int]]:
    """Give (level, number of full tiles, width of the partial tile) for a tree of `size` leaves, level by level."""
    level = 0
    while size:
        yield level, size // WIDTH, size % WIDTH
        size //= WIDTH
        level += 1


def needed(size: int) -> Iterator[tuple[int, int, int]]:
    """Give (level, n, width) of every tile that a tree of `size` leaves consists of."""
    for level, full, partial in widths(size):
        yield from ((level, n, WIDTH) for n in range(full))
        if partial:
            yield level, full, partial


def grow(edge: Edge, size: int, leaves: bytes) -> tuple[list[Tile], dict[int, bytes]]:
    """Append leaf hashes to a tree of `size` leaves; return every tile that changed, and the new edge."""
    changed: list[Tile] = []
    grown = dict(edge)
    new, level = leaves, 0
    while new:
        first = size // WIDTH ** (level + 1)
        row = grown.get(level, b"") + new
        tiles = [Tile(level, first + at // FULL, row[at : at + FULL]) for at in range(0, len(row), FULL)]
        changed += tiles
        grown[level] = row[len(row) - len(row) % FULL :]
        new = b"".join([root_of(tile.data) for tile in tiles if len(tile.data) == FULL])
        level += 1
    return changed, {level: data for level, data in grown.items() if data}


def edge_root(edge: Edge) -> bytes:
    """Return the root of the tree whose partial tiles these are."""
    root: bytes | None = None
    for level in sorted(edge):
        for part in reversed(_complete(edge[level])):
            root = part if root is None else node_hash(part, root)
    return EMPTY_ROOT if root is None else root


def _complete(row: bytes) -> list[bytes]:
    """Return the hashes of the complete subtrees in a partial tile, largest first."""
    parts: list[bytes] = []
    start, count = 0, len(row) // HASH
    for height in range(count.bit_length() - 1, -1, -1):
        if count >> height & 1:
            end = start + (HASH << height)
            parts.append(root_of(row[start:end]))
            start = end
    return parts


class Reader:
    """Subtree hashes out of tiles: the `Subtree` that provers ask for.

    `read(level, n)` gives a tile's bytes, at least as wide as the tree needs. The inner rows of a tile are kept, because
    neighbouring proofs share them; make one Reader per tree size and drop it afterwards.
    """

    def __init__(self, read: Callable[[int, int], bytes]) -> None:
        self._read = read
        self._rows: dict[tuple[int, int], list[bytes]] = {}

    def __call__(self, start: int, count: int) -> bytes:
        """Return the hash of leaves [start, start + count). Raises LookupError when a tile is missing or too narrow."""
        level = 0
        while count >= WIDTH:
            start, count, level = start // WIDTH, count // WIDTH, level + 1
        height = count.bit_length() - 1
        at = (start % WIDTH >> height) * HASH
        row = self._inner(level, start // WIDTH)
        found = row[height][at : at + HASH] if height < len(row) else b""
        if len(found) != HASH:
            raise LookupError(f"tile {level}/{start // WIDTH} lacks hashes that the tree needs")
        return found

    def _inner(self, level: int, n: int) -> list[bytes]:
        rows = self._rows.get((level, n))
        if rows is None:
            rows = [self._read(level, n)]
            while len(rows[-1]) >= 2 * HASH:
                # Complete subtrees only: an odd last hash would be carried, and is no subtree of this height.
                rows.append(fold(rows[-1][: len(rows[-1]) // (2 * HASH) * 2 * HASH]))
            self._rows[level, n] = rows
        return rows


def path(level: int | str, n: int, width: int = WIDTH) -> str:
    """Return a tile's path, as `tile/0/x001/234` (level "entries" for entry bundles), with `.p/<width>` when partial."""
    parts = [f"{n % _STEP:03d}"]
    while n >= _STEP:
        n //= _STEP
        parts.append(f"x{n % _STEP:03d}")
    partial = "" if width == WIDTH else f".p/{width}"
    return f"tile/{level}/{'/'.join(reversed(parts))}{partial}"


_PATH = re.compile(r"tile/(entries|\d|[1-5]\d|6[0-3])/((?:x\d{3}/)*\d{3})(?:\.p/([1-9]\d{0,2}))?", re.ASCII)


def parse_path(text: str) -> tuple[int | str, int, int]:
    """Return (level, n, width) of a tile's path. Raises ValueError when it is none, or not the one way to write it."""
    match = _PATH.fullmatch(text)
    if not match:
        raise ValueError(f"{text!r} is no tile's path")
    level: int | str = match[1] if match[1] == "entries" else int(match[1])
    n = int(match[2].replace("x", "").replace("/", ""))
    width = int(match[3]) if match[3] else WIDTH
    if path(level, n, width) != text:
        raise ValueError(f"{text!r} is not how a tile's path is written")
    return level, n, width


def pack_entries(entries: list[bytes]) -> bytes:
    """Return an entry bundle: each entry behind its length, two bytes, big-endian (C2SP tlog-tiles, log entries)."""
    return b"".join([len(entry).to_bytes(2, "big") + entry for entry in entries])


def unpack_entries(bundle: bytes) -> list[bytes]:
    """Return the entries of a bundle. Raises ValueError when its lengths do not add up."""
    entries: list[bytes] = []
    at, end = 0, len(bundle)
    while at < end:
        start = at + 2
        at = start + int.from_bytes(bundle[at:start], "big")
        entries.append(bundle[start:at])
    if at != end:
        raise ValueError("an entry bundle ends in the middle of an entry")
    return entries
