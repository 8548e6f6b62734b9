"""This module knows how a protocol is written down as TOML, so that pages and files change one and the same text.

Reading what was written gives an equal protocol (`terms.load(write(p)) == p`), hence the same digest. What a key has unless it is
given is left out, as somebody writing by hand would.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date

from protocols.terms import Line, Protocol, Purpose

_EVERYTHING = ("*",)
_LONG = 100
_BLANK, _DELETE = 0x20, 0x7F
"""What lies below the one, and the other, may not stand in a TOML text as it is."""

_SHORT_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}


def write(protocol: Protocol) -> str:
    """The protocol as TOML 1.0, in the order of the model: the head, purposes, lines, the text."""
    parts = ["\n".join(_head(protocol))]
    parts += ["\n".join(_purpose(each)) for each in protocol.purposes]
    parts += ["\n".join(_line(each)) for each in protocol.lines]
    parts.append("\n\n".join(["[text]", *(f"{code} = {_prose(said)}" for code, said in protocol.text.items())]))
    return "\n\n".join(parts) + "\n"


def _head(protocol: Protocol) -> Iterator[str]:
    yield "[protocol]"
    for key in ("ref", "title", "partnership", "kind", "parent", "version", "aliases", "starts_on", "review_by"):
        yield from _pair(key, getattr(protocol, key), unless=(None, ()))
    for key in ("ends_on", "adopted_on", "overlap_days", "marking", "reply_days"):
        yield from _pair(key, getattr(protocol, key), unless=(None,))
    yield from _pair("parties", protocol.parties)


def _purpose(purpose: Purpose) -> Iterator[str]:
    yield "[[purpose]]"
    for key in ("code", "text", "provision", "strategy_area"):
        yield from _pair(key, getattr(purpose, key), unless=("",))
    yield from _pair("law_enforcement", purpose.law_enforcement, unless=(False,))


def _line(line: Line) -> Iterator[str]:
    yield "[[line]]"
    for key in ("id", "purposes", "fields"):
        yield from _pair(key, getattr(line, key))
    yield from _pair("form", line.form, unless=({},))
    for key in ("from_", "to", "gateway"):
        yield from _pair(key.rstrip("_"), getattr(line, key))
    for key in ("basis", "conditions", "flags"):
        yield from _pair(key, getattr(line, key), unless=((),))
    for key in ("categories", "areas"):
        yield from _pair(key, getattr(line, key), unless=(_EVERYTHING,))
    for key in ("channels", "retention_days", "onward"):
        yield from _pair(key, getattr(line, key))
    yield from _pair("safeguards", line.safeguards, unless=((),))
    for key in ("starts_on", "ends_on"):
        yield from _pair(key, getattr(line, key), unless=(None,))


def _pair(key: str, value: object, *, unless: tuple[object, ...] = ()) -> Iterator[str]:
    plain = dict(value) if isinstance(value, Mapping) else value
    if not any(plain == each and type(plain) is type(each) for each in unless):
        yield f"{key} = {_value(plain)}"


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{_string(key)} = {_value(each)}' for key, each in value.items())} }}"
    return _string(str(value))


def _string(text: str) -> str:
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(sign: str) -> str:
    if sign in _SHORT_ESCAPES:
        return _SHORT_ESCAPES[sign]
    return f"\\u{ord(sign):04X}" if ord(sign) < _BLANK or ord(sign) == _DELETE else sign


def _prose(text: str) -> str:
    """A section: one line of it as it is, more between three quotation marks, where only some signs need a backslash."""
    if "\n" not in text and len(text) <= _LONG:
        return _string(text)
    kept = "".join(sign if sign in '\n\t"' else _escaped(sign) for sign in text)
    closed = re.sub(r'"(?="|\Z)', '\\"', kept)  # three in a row, or one at the end, would end the text
    return f'"""\n{closed}"""'
