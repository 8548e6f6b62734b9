"""This module knows nonces: everything that is encrypted is encrypted here, each time under fresh random bytes.

AES-256-GCM with 96 random bits (NIST SP 800-38D 8.2.2: at most 2^32 messages a key). A record's key sees tens of
messages and an organisation's key fewer than 2^24. A batch reads its randomness once and slices it; the buffer never
outlives the call, so a forked process cannot inherit it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from sharing.errors import TamperedError
from sharing.vault.layout import HEADER, NONCE, PADDING, unpad
from sharing.vault.sealed import Sealed

KEY = 32
_BODY = HEADER + NONCE

SealedRow = tuple[UUID, dict[str, Sealed], bytes]
"""A record's id, its sealed fields, and its key wrapped by the organisation's."""


@dataclass(frozen=True)
class Bindings:
    """What one table's fields and keys are bound to, worked out once for a whole batch."""

    columns: Mapping[str, bytes]
    before: bytes
    after: bytes


def new_key() -> bytes:
    """Return a fresh 256-bit key."""
    return os.urandom(KEY)


def encrypt(cipher: AESGCM, plaintext: bytes, binding: bytes) -> bytes:
    """Return nonce, ciphertext and tag, bound to `binding`."""
    nonce = os.urandom(NONCE)
    return nonce + cipher.encrypt(nonce, plaintext, binding)


def decrypt(cipher: AESGCM, sealed: bytes, binding: bytes, start: int = 0) -> bytes:
    """Open nonce, ciphertext and tag, from offset `start`. Raises TamperedError if anything at all differs."""
    body = start + NONCE
    try:
        return cipher.decrypt(sealed[start:body], sealed[body:], binding)
    except (InvalidTag, ValueError):
        raise TamperedError("Stored bytes do not verify under their key: they were edited or moved.") from None


def encrypt_field(cipher: AESGCM, text: str, binding: bytes, record: bytes) -> Sealed:
    """Seal one field under its record's key."""
    plain = text.encode()
    return Sealed(binding[:HEADER] + encrypt(cipher, plain + PADDING[len(plain)], binding + record))


def open_field(cipher: AESGCM, stored: bytes, binding: bytes, record: bytes) -> str:
    """Open one field. Raises TamperedError if anything differs: version, suite, generation, place, tag, padding."""
    try:
        if stored[:HEADER] == binding[:HEADER]:
            return unpad(cipher.decrypt(stored[HEADER:_BODY], stored[_BODY:], binding + record)).decode()
    except (InvalidTag, ValueError):
        pass
    raise TamperedError("A sealed field does not verify.")


def seal_rows(
    agency: AESGCM, bindings: Bindings, rows: Sequence[tuple[UUID, Mapping[str, str | None]]]
) -> Iterable[SealedRow]:
    """Seal rows, each under a key of its own, and wrap the keys. None stays out: NULL is stored as NULL.

    The loop is written out, not composed of the functions above: it is the floor of every bulk load.
    """
    # Counted from the rows themselves: too short a buffer would be sliced into short nonces, or into shared ones.
    record_bytes = KEY + NONCE + NONCE * max((len(values) for _, values in rows), default=0)
    buffer = os.urandom(record_bytes * len(rows))
    before, after, padding, wrap = bindings.before, bindings.after, PADDING, agency.encrypt
    columns, cipher_of, sealed_of = bindings.columns, AESGCM, Sealed
    start = 0
    for record_id, values in rows:
        record = record_id.bytes
        key = buffer[start : start + KEY]
        at = start + KEY
        nonce = buffer[at : at + NONCE]
        wrapped = nonce + wrap(nonce, key, before + record + after)
        seal = cipher_of(key).encrypt
        fields: dict[str, Sealed] = {}
        for name, text in values.items():
            if text is not None:
                at += NONCE
                nonce = buffer[at : at + NONCE]
                binding = columns[name]
                plain = text.encode()
                fields[name] = sealed_of(
                    binding[:HEADER] + nonce + seal(nonce, plain + padding[len(plain)], binding + record)
                )
        yield record_id, fields, wrapped
        start += record_bytes
