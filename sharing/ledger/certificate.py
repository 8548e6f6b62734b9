"""This module knows where a certificate keeps its receipt: attached to the PDF, as an embedded file."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator

from sharing.errors import TamperedError

_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\n?endstream", re.DOTALL)
_FIRST_LINE = b"c2sp.org/tlog-proof@v1\n"
_LARGEST = 1 << 20


def attached_receipt(pdf: bytes) -> bytes:
    """Return the one receipt that is attached to a certificate.

    Only the receipt can be checked, never the words printed around it. Raises TamperedError unless there is exactly one.
    """
    found = {data for data in _streams(pdf) if data.startswith(_FIRST_LINE)}
    if len(found) != 1:
        many = "no receipt" if not found else "more than one receipt"
        raise TamperedError(f"the certificate has {many} attached")
    return found.pop()


def _streams(pdf: bytes) -> Iterator[bytes]:
    """Give the streams of the file as they are, and inflated where they can be."""
    for match in _STREAM.finditer(pdf):
        yield match[1]
        try:
            yield zlib.decompressobj().decompress(match[1], _LARGEST)
        except zlib.error:
            continue
