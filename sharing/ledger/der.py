"""This module knows as much DER (X.690) as a time stamp needs: values with their tags, definite lengths, nothing lenient."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sharing.errors import TamperedError

INTEGER, OCTETS, OID, TIME, SEQUENCE, SET = 0x02, 0x04, 0x06, 0x18, 0x30, 0x31
DEEP = 0xA0
"""The first of the tags [0], [1], … of constructed values."""
_SHORT = 0x80


@dataclass(frozen=True)
class Value:
    """One value: its tag, its content, and all of its bytes."""

    tag: int
    content: bytes
    whole: bytes

    def parts(self, tag: int = SEQUENCE) -> tuple[Value, ...]:
        """The values within, once the tag is the one expected. Raises TamperedError."""
        self.need(tag)
        return tuple(_values(self.content))

    def need(self, tag: int) -> bytes:
        """The content, once the tag is the one expected. Raises TamperedError."""
        if self.tag != tag:
            raise TamperedError(f"a value of the time stamp has the tag {self.tag:#04x} instead of {tag:#04x}")
        return self.content


def read(data: bytes) -> Value:
    """Read one value that fills all of the bytes. Raises TamperedError."""
    found = tuple(_values(data))
    if len(found) != 1:
        raise TamperedError("the time stamp is not one DER value")
    return found[0]


def _values(data: bytes) -> Iterator[Value]:
    at = 0
    while at < len(data):
        length, start = _length(data, at + 1)
        if start + length > len(data):
            raise TamperedError("a value of the time stamp is cut off")
        yield Value(data[at], data[start : start + length], data[at : start + length])
        at = start + length


def _length(data: bytes, at: int) -> tuple[int, int]:
    first = data[at] if at < len(data) else 0xFF
    if first < _SHORT:
        return first, at + 1
    count = first - _SHORT
    length = int.from_bytes(data[at + 1 : at + 1 + count], "big")
    if not 1 <= count <= 4 or len(data) < at + 1 + count or length < _SHORT:  # noqa: PLR2004  bytes of a length
        raise TamperedError("a length within the time stamp is not one of DER's")
    return length, at + 1 + count


def value(tag: int, *parts: bytes) -> bytes:
    """Write one value around these bytes."""
    content = b"".join(parts)
    size = len(content)
    if size < _SHORT:
        return bytes([tag, size]) + content
    long = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, _SHORT + len(long)]) + long + content
