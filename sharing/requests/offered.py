"""This module knows what the lines of the partnership's protocols offer from one organisation to another, for which purpose.

It says what is worth asking for. Whether any of it may leave is the rules' to say when it is asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from protocols.request_kinds import RequestKind
from protocols.terms import KIND_PREFIX
from sharing import disclosures, partners


@dataclass(frozen=True)
class Offered:
    """A purpose, and the fields that some line of a complete version offers from a supplier to a recipient for it."""

    code: str
    text: str
    provision: str | None
    fields: frozenset[str]


def offered(session: Session, partnership: str, supplier: str, recipient: str, day: date) -> Mapping[str, Offered]:
    """Purposes by code with the fields that lines from the supplier to the recipient name; those without a field are left out."""
    bodies = {body.code: body.body_type for body in partners.members(session, partnership, day)}
    if supplier not in bodies or recipient not in bodies:
        return {}
    known = disclosures.offers(session, partnership)
    fields: dict[str, set[str]] = {}
    for line in _lines(session, partnership):
        if _is_side(line["from"], supplier, bodies) and _is_side(line["to"], recipient, bodies):
            for purpose in line["purposes"]:
                fields.setdefault(purpose, set()).update(line["fields"])
    return {
        code: Offered(code, offer.text, offer.provision, frozenset(fields[code]))
        for code, offer in known.items()
        if fields.get(code)
    }


def for_kind(kind: RequestKind, found: Mapping[str, Offered]) -> tuple[dict[str, Offered], tuple[str, ...]]:
    """The purposes that a kind of request usually serves, among those offered, and the fields that its form shows for them."""
    purposes = {code: each for code, each in found.items() if not kind.purposes or code in kind.purposes}
    fields = {code for each in purposes.values() for code in each.fields if kind.offers(code)}
    if not kind.fields:
        return purposes, tuple(sorted(fields))
    return {c: p for c, p in purposes.items() if p.fields & fields}, tuple(c for c in kind.fields if c in fields)


def line_of(
    session: Session, partnership: str, ref: str | None, number: int | None, line_id: str | None
) -> Mapping[str, Any] | None:
    """A line of a version as the protocol has it, or None."""
    if line_id is None:
        return None
    return next(
        (
            line
            for version in partners.world(session, partnership)["protocols"]
            if version["ref"] == ref and version["version"] == number
            for line in version["lines"]
            if line["id"] == line_id
        ),
        None,
    )


def _lines(session: Session, partnership: str) -> Iterator[Mapping[str, Any]]:
    for version in partners.world(session, partnership)["protocols"]:
        if version.get("complete", True):
            yield from version.get("lines", ())


def _is_side(named: list[str], organisation: str, bodies: Mapping[str, str]) -> bool:
    return organisation in named or f"{KIND_PREFIX}{bodies[organisation]}" in named
