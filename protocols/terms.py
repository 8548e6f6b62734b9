"""This module knows a protocol as data: parties, purposes, text, lines (what, by whom, with whom, for what, how safe).

One TOML file is the source of what people sign, of what `decide` applies and of what is published. Its shape is that of
`docs/release-rules.md` §2, with a `[text]` table for the prose.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from functools import cached_property
from types import MappingProxyType
from typing import Any

from protocols import lawbook
from protocols.sections import SECTIONS
from protocols.terms_reading import Notes, Problem, Reader, TermsError
from protocols.toml_lines import find_lines
from protocols.vocabulary import AS_IS, CHANNELS, FLAGS, KINDS, MARKINGS

__all__ = ["Line", "Problem", "Protocol", "Purpose", "TermsError", "load", "signed_form", "to_world"]

KIND_PREFIX = "kind:"


@dataclass(frozen=True)
class Purpose:
    """What information may be shared for, and the provision of the 1998 Act that it serves."""

    code: str
    text: str
    provision: str
    strategy_area: str
    law_enforcement: bool = False


@dataclass(frozen=True)
class Line:
    """One rule of the protocol. `from_` and `to` hold organisation codes or `kind:<body type>`; `form` the finest forms."""

    id: str
    purposes: tuple[str, ...]
    fields: tuple[str, ...]
    form: Mapping[str, str]
    from_: tuple[str, ...]
    to: tuple[str, ...]
    gateway: str
    basis: tuple[str, ...]
    conditions: tuple[str, ...]
    categories: tuple[str, ...]
    flags: tuple[str, ...]
    areas: tuple[str, ...]
    channels: tuple[str, ...]
    retention_days: int
    onward: str
    safeguards: tuple[str, ...]
    starts_on: date | None = None
    ends_on: date | None = None

    def form_of(self, field: str) -> str:
        """The finest form in which a field leaves under this line."""
        return self.form.get(field, AS_IS)


@dataclass(frozen=True)
class Protocol:
    """One version of one protocol, whole. Two protocols are equal when everything signed is equal."""

    ref: str
    title: str
    partnership: str
    kind: str
    parent: str | None
    version: int
    aliases: tuple[str, ...]
    starts_on: date
    review_by: date
    ends_on: date | None
    adopted_on: date | None
    overlap_days: int
    marking: str
    reply_days: int
    parties: tuple[str, ...]
    purposes: tuple[Purpose, ...]
    lines: tuple[Line, ...]
    text: Mapping[str, str]

    @cached_property
    def digest(self) -> str:
        """SHA-256 in hexadecimal over the canonical JSON of everything that is signed (`signed_form`)."""
        return hashlib.sha256(canonical(signed_form(self))).hexdigest()

    def __hash__(self) -> int:
        return hash(self.digest)

    def line(self, line_id: str) -> Line:
        """The line with this id, or KeyError."""
        for each in self.lines:
            if each.id == line_id:
                return each
        raise KeyError(line_id)


def load(text: str) -> Protocol:
    """Read a protocol from TOML. Raises TermsError holding everything that is wrong: keys, types and codes, with their places."""
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise TermsError([Problem("the file", f"this is not TOML: {error}")]) from error
    notes = Notes(find_lines(text))
    protocol = _protocol(values, notes)
    if notes.problems:
        raise TermsError(notes.problems)
    return protocol


def signed_form(protocol: Protocol) -> dict[str, Any]:
    """Everything that is signed, as JSON: every key is there, defaults written out, days as YYYY-MM-DD."""
    values = {item.name: getattr(protocol, item.name) for item in fields(protocol)}
    return _plain(values | {"format": "accord-protocol-1"})  # type: ignore[no-any-return]


def canonical(value: Mapping[str, Any]) -> bytes:
    """Canonical JSON (RFC 8785 for texts, whole numbers and truth values, which are all that a protocol holds)."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def to_world(protocol: Protocol, *, complete: bool | None = None) -> dict[str, Any]:
    """The protocol as `decide` reads it (docs/schema/world.schema.json), without signatures, suspensions and reviews.

    `complete` is whether this version passed the gate when it was signed; None asks the gate now.
    """
    if complete is None:
        from protocols.completeness import missing  # the gate reads protocols, so it cannot be imported above

        complete = not missing(protocol)
    form = signed_form(protocol)
    for key in ("format", "text"):
        del form[key]
    form["complete"] = complete
    for purpose in form["purposes"]:
        purpose["provision"] = purpose["provision"] or None
    return {key: value for key, value in form.items() if value is not None}


def _plain(value: object) -> Any:  # noqa: ANN401  whatever JSON can hold
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Purpose | Line):
        named = {item.name.rstrip("_"): getattr(value, item.name) for item in fields(value)}
        return {key: _plain(each) for key, each in named.items() if each is not None}
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return value


# --- reading -------------------------------------------------------------------------------------

_TOP = ("protocol", "purpose", "line", "text")
_PROTOCOL = tuple(
    item.name for item in fields(Protocol) if item.name not in {"purposes", "lines", "text"}
)  # the keys of [protocol] are the dataclass's own
_PURPOSE = tuple(item.name for item in fields(Purpose))
_LINE = tuple(item.name.rstrip("_") for item in fields(Line))
_OVERLAP, _REPLY, _RETENTION = 180, 10, 365


def _protocol(values: Mapping[str, Any], notes: Notes) -> Protocol:
    for key in values:
        if key not in _TOP:
            notes.add(key, f"there is no such table; the tables are {', '.join(_TOP)}")
    head = Reader(notes, "protocol", values.get("protocol", {}), _PROTOCOL)
    purposes = tuple(_purpose(each, path, notes) for path, each in _tables(values, "purpose", notes))
    codes = {purpose.code for purpose in purposes}
    protocol = Protocol(
        ref=head.text("ref"),
        title=head.text("title"),
        partnership=head.text("partnership"),
        kind=head.text("kind", among=KINDS),
        parent=head.text("parent", "") or None,
        version=head.whole("version", None, 1),
        aliases=head.texts("aliases"),
        starts_on=head.day("starts_on"),
        review_by=head.day("review_by"),
        ends_on=head.maybe_day("ends_on"),
        adopted_on=head.maybe_day("adopted_on"),
        overlap_days=head.whole("overlap_days", _OVERLAP, 0),
        marking=head.text("marking", among=MARKINGS),
        reply_days=head.whole("reply_days", _REPLY, 1),
        parties=head.texts("parties", None),
        purposes=purposes,
        lines=tuple(_line(each, path, notes, codes) for path, each in _tables(values, "line", notes)),
        text=_text(values.get("text", {}), notes),
    )
    _unique(notes, "purpose", "code", [purpose.code for purpose in purposes])
    _unique(notes, "line", "id", [line.id for line in protocol.lines])
    return protocol


def _purpose(value: object, path: str, notes: Notes) -> Purpose:
    table = Reader(notes, path, value, _PURPOSE)
    return Purpose(
        code=table.text("code"),
        text=table.text("text", ""),
        provision=table.text("provision", "", among=lawbook.rows("provisions")),
        strategy_area=table.text("strategy_area", "", among=lawbook.STRATEGY_AREAS),
        law_enforcement=table.flag("law_enforcement", default=False),
    )


def _line(value: object, path: str, notes: Notes, purposes: set[str]) -> Line:
    table = Reader(notes, path, value, _LINE)
    line = Line(
        id=table.text("id"),
        purposes=table.texts("purposes", among=purposes),
        fields=table.texts("fields", among=lawbook.rows("fields")),
        form=MappingProxyType(dict(table.named("form"))),
        from_=table.texts("from"),
        to=table.texts("to"),
        gateway=table.text("gateway", among=lawbook.rows("gateways")),
        basis=table.texts("basis", among=lawbook.rows("bases")),
        conditions=table.texts("conditions", among=lawbook.rows("conditions")),
        categories=table.texts("categories", ("*",), among=(*lawbook.categories(), "*")),
        flags=table.texts("flags", among=FLAGS),
        areas=table.texts("areas", ("*",)),
        channels=table.texts("channels", ("view",), among=CHANNELS),
        retention_days=table.whole("retention_days", _RETENTION, 1),
        onward=table.text("onward", "never", among=("never", "ask")),
        safeguards=table.texts("safeguards"),
        starts_on=table.maybe_day("starts_on"),
        ends_on=table.maybe_day("ends_on"),
    )
    _check_forms(line, table)
    _check_bodies(line, table)
    return line


def _check_forms(line: Line, table: Reader) -> None:
    for field, form in line.form.items():
        where = f"form.{field}"
        if field not in line.fields:
            table.notes.add(table.at(where), f"a form is given for “{field}”, which is not among the line's fields")
        elif form not in lawbook.forms(field):
            known = ", ".join(lawbook.forms(field)) or "none"
            table.notes.add(table.at(where), f"“{field}” has no form “{form}”; its forms are {known}")


def _check_bodies(line: Line, table: Reader) -> None:
    for key, bodies in (("from", line.from_), ("to", line.to)):
        for body in bodies:
            kind = body.removeprefix(KIND_PREFIX)
            if body.startswith(KIND_PREFIX) and kind not in lawbook.rows("body_types"):
                table.notes.add(table.at(key), f"there is no kind of body “{kind}”")


def _text(value: object, notes: Notes) -> Mapping[str, str]:
    table = Reader(notes, "text", value, SECTIONS)
    return MappingProxyType({code: table.text(code) for code in SECTIONS if code in table.values})


def _tables(values: Mapping[str, Any], key: str, notes: Notes) -> list[tuple[str, object]]:
    found = values.get(key, [])
    if not isinstance(found, list):
        notes.add(key, f"write this with two brackets: [[{key}]], once for each")
        return []
    return [(f"{key}[{place}]", each) for place, each in enumerate(found)]


def _unique(notes: Notes, table: str, key: str, codes: list[str]) -> None:
    for place, code in enumerate(codes):
        if code and code in codes[:place]:
            notes.add(f"{table}[{place}].{key}", f"“{code}” has been used before")
