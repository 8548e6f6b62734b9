"""This module knows salted commitments: how an entry pins what was disclosed without holding anything that could be guessed.

One commitment a record, one root a batch. Only the root enters the ledger; the opening is kept sealed with the record, so
that destroying the record's key leaves a root that nothing can be tested against.
"""

from __future__ import annotations

import hashlib
import os
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sharing.errors import TamperedError
from sharing.ledger import base64_strict, tree

SALT = 32
ROOT_FACT = "batch_root"
SIZE_FACT = "batch_size"


@dataclass(frozen=True)
class Opening:
    """What a commitment was made from: the salt, which record, which fields, and the digest of what was handed over."""

    record: uuid.UUID
    fields: tuple[str, ...]
    salt: bytes
    payload_sha256: bytes

    def commitment(self) -> bytes:
        """Return SHA-256(0x00 | salt | record id | length of the field set | field set | payload digest).

        Every part has a fixed length or a length before it, so no two openings share their bytes. It is a leaf hash of
        RFC 9162, so the batch is an ordinary tree.
        """
        names = self.field_set().encode()
        return tree.leaf_hash(
            self.salt + self.record.bytes + len(names).to_bytes(2, "big") + names + self.payload_sha256
        )

    def field_set(self) -> str:
        """Return the field names as one text, sorted, so that the set has one spelling."""
        return ",".join(sorted(self.fields))


def open_for(record: uuid.UUID, fields: Sequence[str], payload: bytes) -> Opening:
    """Return a fresh opening for a record's payload: the canonical bytes of its fields, or its ciphertexts.

    Raises ValueError for a field name that would make the field set ambiguous.
    """
    if any(not name or "," in name for name in fields) or len(set(fields)) != len(fields):
        raise ValueError("field names are distinct and hold no comma")
    return Opening(record, tuple(sorted(fields)), os.urandom(SALT), hashlib.sha256(payload).digest())


def batch_root(commitments: Sequence[bytes]) -> bytes:
    """Return the RFC 9162 root over the batch's commitments, in order."""
    return tree.root_of(b"".join(commitments))


def batch_facts(commitments: Sequence[bytes]) -> dict[str, Any]:
    """Return the two facts that bind a batch to its entry."""
    return {ROOT_FACT: base64_strict.encode(batch_root(commitments)), SIZE_FACT: len(commitments)}


@dataclass(frozen=True)
class BatchPath:
    """Where a record's commitment stands in its batch, with the proof of it."""

    index: int
    size: int
    path: tuple[bytes, ...]

    def leads_to(self, commitment: bytes, root: bytes) -> bool:
        """Say whether the commitment stands here in the batch of this root."""
        return tree.check_inclusion(commitment, self.index, self.size, self.path, root)


def prove_in_batch(commitments: Sequence[bytes], index: int) -> BatchPath:
    """Return the proof for one record of the batch. Raises ValueError when there is no such record."""
    row = b"".join(commitments)

    def subtree(start: int, count: int) -> bytes:
        return tree.root_of(row[start * tree.HASH : (start + count) * tree.HASH])

    return BatchPath(index, len(commitments), tuple(tree.prove_inclusion(index, len(commitments), subtree)))


def to_json(opening: Opening, batch: BatchPath) -> dict[str, Any]:
    """Return opening and path as a receipt carries them."""
    return {
        "salt": base64_strict.encode(opening.salt),
        "payload_sha256": base64_strict.encode(opening.payload_sha256),
        "batch_path": {
            "record": str(opening.record),
            "fields": opening.field_set(),
            "index": batch.index,
            "size": batch.size,
            "path": [base64_strict.encode(part) for part in batch.path],
        },
    }


def from_json(value: dict[str, Any]) -> tuple[Opening, BatchPath] | None:
    """Read what `to_json` wrote; None when the receipt opens no commitment. Raises TamperedError when it is malformed."""
    parts = (value["salt"], value["payload_sha256"], value["batch_path"])
    if parts == (None, None, None):
        return None
    salt, digest, where = parts
    if not (isinstance(salt, str) and isinstance(digest, str) and isinstance(where, dict)):
        raise TamperedError("the receipt's opening is incomplete: salt, payload digest and batch path belong together")
    if where.keys() != {"record", "fields", "index", "size", "path"} or not _well_typed(where):
        raise TamperedError("the receipt's batch path is malformed")
    try:
        record = uuid.UUID(where["record"])
    except ValueError:
        raise TamperedError("the receipt's batch path names no record") from None
    fields = tuple(where["fields"].split(",")) if where["fields"] else ()
    opening = Opening(
        record,
        fields,
        base64_strict.decode(salt, "the receipt's salt", SALT),
        base64_strict.decode(digest, "the receipt's payload digest", tree.HASH),
    )
    if opening.field_set() != where["fields"] or str(record) != where["record"]:
        raise TamperedError("the receipt's batch path is not written as it should be")
    path = tuple(base64_strict.decode(part, "the receipt's batch path", tree.HASH) for part in where["path"])
    return opening, BatchPath(where["index"], where["size"], path)


def _well_typed(where: dict[str, Any]) -> bool:
    texts = isinstance(where["record"], str) and isinstance(where["fields"], str)
    numbers = type(where["index"]) is int and type(where["size"]) is int
    return texts and numbers and isinstance(where["path"], list) and all(isinstance(p, str) for p in where["path"])
