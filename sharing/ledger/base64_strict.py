"""This module knows base64 as RFC 4648 section 4 writes it, and reads no other spelling of the same bytes."""

from __future__ import annotations

import base64
import binascii

from sharing.errors import TamperedError


def encode(data: bytes) -> str:
    """Return the standard base64 text."""
    return base64.b64encode(data).decode("ascii")


def decode(text: str, what: str, size: int | None = None) -> bytes:
    """Return the bytes of canonical base64.

    Raises TamperedError, naming `what`, for anything else, stray trailing bits included: they could be changed unseen.
    """
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error):
        raise TamperedError(f"{what} is not base64") from None
    if encode(data) != text:
        raise TamperedError(f"{what} is not written as base64 should be")
    if size is not None and len(data) != size:
        raise TamperedError(f"{what} has {len(data)} bytes instead of {size}")
    return data
