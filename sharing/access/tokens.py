"""This module knows the secrets that a browser or a letter carries, and the hashes of them that are stored."""

from __future__ import annotations

import base64
import hashlib
import secrets

from sharing.access.rules import RECOVERY_LENGTH

_TOKEN_BYTES = 32
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # no I, L, O, U: nobody can misread one for another


def new_token() -> str:
    """Return 256 random bits, URL-safe."""
    return secrets.token_urlsafe(_TOKEN_BYTES)


def digest(*parts: str) -> str:
    """Return the SHA-256 of length-prefixed parts in hexadecimal: no two lists of parts have the same bytes."""
    whole = hashlib.sha256()
    for part in parts:
        raw = part.encode("utf-8", "surrogatepass")
        whole.update(len(raw).to_bytes(8, "big") + raw)
    return whole.hexdigest()


def csrf_secret(token: str) -> str:
    """Return the secret that this session's forms are bound to.

    Made from the token, so new with each, and never stored.
    """
    return digest("csrf", token)


def new_recovery_code() -> str:
    """Return a code of 120 random bits, written in groups of four."""
    code = "".join(secrets.choice(_CROCKFORD) for _ in range(RECOVERY_LENGTH))
    return "-".join(code[at : at + 4] for at in range(0, RECOVERY_LENGTH, 4))


def new_seed() -> str:
    """Return a seed for a phone's codes: 160 random bits in base32 (RFC 4226, section 4)."""
    return base64.b32encode(secrets.token_bytes(20)).decode()
