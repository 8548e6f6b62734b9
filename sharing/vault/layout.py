"""This module knows the bytes of everything sealed: headers, what each seal is bound to, and padding.

Every binding is fixed-width or length-prefixed, so no two places share one (NIST SP 800-38D leaves the additional
data to the application; the ambiguity of joined strings is ours to avoid). An organisation is bound by its code,
which never changes, where a numeric id would do as well.
"""

from __future__ import annotations

from functools import lru_cache
from uuid import UUID

from sharing.errors import InvalidError, TamperedError

MAGIC = 0xA1
"""The first byte of a sealed field: it cannot begin UTF-8 text, so neither is ever taken for the other."""
SUITE_AES_256_GCM = 0x01
HEADER = 4
NONCE = 12
TAG = 16
OVERHEAD = HEADER + NONCE + TAG
SMALLEST = OVERHEAD + 32
SECRET_MAGIC = 0xA2
LONGEST = 65_535
"""The longest text in one field, in bytes of UTF-8: longer documents belong in a store of files, not in a row."""

_STEP = 32
_STEPPED = 128
_END = b"\x80"


def padded_size(size: int) -> int:
    """Return the size in bytes of a padded text: steps of 32 up to 128, then PADME (at most 12 per cent more).

    Source: Nikitin and others, "Reducing Metadata Leakage from Encrypted Files and Communication" (2019), 4.1.
    """
    size += 1
    if size <= _STEPPED:
        return -(-size // _STEP) * _STEP
    exponent = size.bit_length() - 1
    free = exponent - exponent.bit_length()
    return (size + (1 << free) - 1) >> free << free


class _Paddings(dict[int, bytes]):
    """The padding for each length, made once: the hot loop then only looks it up."""

    def __missing__(self, size: int) -> bytes:
        if size > LONGEST:
            raise InvalidError.one(
                f"a sealed field holds at most {LONGEST} bytes of text",
                mend="shorten the text, or attach it as a document",
            )
        padding = self[size] = _END + bytes(padded_size(size) - size - 1)
        return padding


PADDING = _Paddings()


def unpad(padded: bytes) -> bytes:
    """Take the padding off again. Raises TamperedError if there is none, which an honest sealer never writes."""
    text = padded.rstrip(b"\0")
    if not text.endswith(_END):
        raise TamperedError("The padding inside a sealed field is malformed.")
    return text[:-1]


def header(generation: int) -> bytes:
    """Return the four bytes before a sealed field: magic, suite, generation of the record's key."""
    return bytes((MAGIC, SUITE_AES_256_GCM)) + generation.to_bytes(2, "big")


def _text(value: str) -> bytes:
    encoded = value.encode("ascii")
    return bytes((len(encoded),)) + encoded


@lru_cache(maxsize=4096)
def field_binding(generation: int, table: str, column: str) -> bytes:
    """Return what a field is bound to, up to the record's 16 bytes, which follow."""
    return header(generation) + b"asbfe1" + _text(f"{table}.{column}")


@lru_cache(maxsize=4096)
def record_key_binding(table: str, organisation: str, epoch: int, generation: int) -> tuple[bytes, bytes]:
    """Return what a record's key is bound to, as the parts before and after the record's 16 bytes."""
    before = b"asbdk1" + _text(table) + _text(organisation)
    return before, epoch.to_bytes(2, "big") + generation.to_bytes(2, "big")


def vault_key_binding(kind: str, organisation: str, epoch: int, version: int) -> bytes:
    """Return what an organisation's key (for records or for indexes) is bound to."""
    return b"asbvk1" + _text(kind) + _text(organisation) + epoch.to_bytes(2, "big") + version.to_bytes(2, "big")


def keyring_binding(kind: str, name: str, version: int) -> bytes:
    """Return what a key in the keyring's file is bound to."""
    return b"asbkr1" + _text(kind) + _text(name) + version.to_bytes(2, "big")


def secret_binding(root_version: int, purpose: str, owner: UUID) -> tuple[bytes, bytes]:
    """Return a small secret's header, and what it is bound to (the header included)."""
    head = bytes((SECRET_MAGIC, SUITE_AES_256_GCM)) + root_version.to_bytes(2, "big")
    return head, head + b"asbse1" + _text(purpose) + owner.bytes
