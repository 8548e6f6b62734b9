"""This module knows the Merkle tree of RFC 6962 and RFC 9162: hashing, and proofs as pairs of prove and check.

A prover needs one thing only: a `Subtree`, which gives the hash of a complete, aligned part of the tree. Who checks needs
nothing but the proof. Hash sequences travel as one `bytes`, 32 to a hash, because that is how tiles store them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

HASH = 32
"""Bytes in a hash: SHA-256 is the only one used (RFC 9162 section 2.1.1)."""
EMPTY_ROOT = hashlib.sha256(b"").digest()
"""The root of the tree with no leaves."""

Subtree = Callable[[int, int], bytes]
"""Give the hash of leaves [start, start + count), where count is a power of two and start a multiple of it."""


def leaf_hash(entry: bytes) -> bytes:
    """Return the hash of one leaf (RFC 9162 section 2.1.1: 0x00 sets leaves apart from nodes)."""
    return hashlib.sha256(b"\x00" + entry).digest()


def leaf_hashes(entries: Sequence[bytes]) -> bytes:
    """Return the hashes of many leaves, one after the other."""
    sha256 = hashlib.sha256
    return b"".join([sha256(b"\x00" + entry).digest() for entry in entries])


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an interior node (RFC 9162 section 2.1.1)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def fold(row: bytes) -> bytes:
    """Return the row above a row of hashes; an odd last hash is carried up unchanged."""
    sha256 = hashlib.sha256
    even = len(row) - len(row) % (2 * HASH)
    above = b"".join([sha256(b"\x01" + row[at : at + 2 * HASH]).digest() for at in range(0, even, 2 * HASH)])
    return above + row[even:]


def root_of(row: bytes) -> bytes:
    """Return the root over a row of leaf hashes (RFC 9162 section 2.1.1)."""
    if not row:
        return EMPTY_ROOT
    while len(row) > HASH:
        row = fold(row)
    return row


def split(count: int) -> int:
    """Return the largest power of two below `count`, where RFC 9162 divides a tree of that many leaves."""
    return 1 << ((count - 1).bit_length() - 1)


def range_hash(start: int, end: int, subtree: Subtree) -> bytes:
    """Return MTH(D[start:end]) for a range that RFC 9162 section 2.1.1 arrives at by dividing."""
    count = end - start
    if count == 0:
        return EMPTY_ROOT
    if count & (count - 1) == 0:
        return subtree(start, count)
    middle = start + split(count)
    return node_hash(range_hash(start, middle, subtree), range_hash(middle, end, subtree))


class Range:
    """The complete subtrees of a growing tree, largest first: enough to know its root at every size on the way."""

    def __init__(self) -> None:
        self.size = 0
        self._parts: list[tuple[int, bytes]] = []

    def push(self, part: bytes, height: int = 0) -> None:
        """Append the hash of a complete subtree of 2**height leaves.

        Raises ValueError when the size so far is no multiple of 2**height: the subtree would not be aligned.
        """
        if self.size & ((1 << height) - 1):
            raise ValueError(f"a subtree of height {height} cannot begin at leaf {self.size}")
        self.size += 1 << height
        while self._parts and self._parts[-1][0] == height:
            part = node_hash(self._parts.pop()[1], part)
            height += 1
        self._parts.append((height, part))

    def root(self) -> bytes:
        """Return the root at the present size."""
        if not self._parts:
            return EMPTY_ROOT
        root = self._parts[-1][1]
        for _, part in reversed(self._parts[:-1]):
            root = node_hash(part, root)
        return root


def prove_inclusion(index: int, size: int, subtree: Subtree) -> list[bytes]:
    """Return the proof that leaf `index` is in the tree of `size` leaves (RFC 9162 section 2.1.3.1).

    Raises ValueError when there is no such leaf.
    """
    if not 0 <= index < size:
        raise ValueError(f"leaf {index} is not in a tree of {size}")
    path: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + split(end - start)
        if index < middle:
            path.append(range_hash(middle, end, subtree))
            end = middle
        else:
            path.append(range_hash(start, middle, subtree))
            start = middle
    return path[::-1]


def root_from_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """Return the root that the proof leads to, or None when the path cannot belong to this index and size."""
    if not 0 <= index < size or any(len(part) != HASH for part in (leaf, *path)):
        return None
    node, last, root = index, size - 1, leaf
    for part in path:
        if last == 0:
            return None
        if node & 1 or node == last:
            root = node_hash(part, root)
            while node and not node & 1:
                node, last = node >> 1, last >> 1
        else:
            root = node_hash(root, part)
        node, last = node >> 1, last >> 1
    return root if last == 0 else None


def check_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Say whether the proof shows `leaf` at `index` under `root` (RFC 9162 section 2.1.3.2)."""
    return root_from_inclusion(leaf, index, size, path) == root


def prove_consistency(old: int, new: int, subtree: Subtree) -> list[bytes]:
    """Return the proof that the tree of `old` leaves is a beginning of the one of `new` (RFC 9162 section 2.1.4.1).

    Raises ValueError unless 0 < old <= new: the empty tree is a beginning of every tree, so there is nothing to prove.
    """
    if not 0 < old <= new:
        raise ValueError(f"no proof leads from {old} leaves to {new}")
    path: list[bytes] = []
    start, end, known = 0, new, True
    while end != old:
        middle = start + split(end - start)
        if old <= middle:
            path.append(range_hash(middle, end, subtree))
            end = middle
        else:
            path.append(range_hash(start, middle, subtree))
            start, known = middle, False
    if not known:
        path.append(range_hash(start, end, subtree))
    return path[::-1]


def check_consistency(old: int, new: int, old_root: bytes, new_root: bytes, path: Sequence[bytes]) -> bool:
    """Say whether the proof shows `old_root` to be a beginning of `new_root` (RFC 9162 section 2.1.4.2)."""
    if old == new:
        return old_root == new_root and not path
    if old == 0:
        return old_root == EMPTY_ROOT and not path
    if not 0 < old < new or not path or any(len(part) != HASH for part in path):
        return False
    return _roots_from_consistency(old, new, old_root, path) == (old_root, new_root)


def _roots_from_consistency(old: int, new: int, old_root: bytes, path: Sequence[bytes]) -> tuple[bytes, bytes] | None:
    """Return both roots that the proof leads to, or None when it is too long or too short."""
    # A complete old tree is a node of the new one, so its hash is left out of the proof.
    parts = [old_root, *path] if old & (old - 1) == 0 else list(path)
    node, last = old - 1, new - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    first = second = parts[0]
    for part in parts[1:]:
        if last == 0:
            return None
        if node & 1 or node == last:
            first, second = node_hash(part, first), node_hash(part, second)
            while node and not node & 1:
                node, last = node >> 1, last >> 1
        else:
            second = node_hash(second, part)
        node, last = node >> 1, last >> 1
    return (first, second) if last == 0 else None
