"""This module knows how the reference reads a world: organisations, protocols, law."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from .lawbook import Field, Law, codes, law_of, read_registry, shipped_registry
from .times import Span, moment, span, years_after

# --- organisations ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Officer:
    code: str
    organisation: str
    roles: tuple[str, ...]
    span: Span


@dataclass(frozen=True)
class LiaisonPost:
    officer: str
    span: Span
    trained: tuple[int, ...]

    def trained_at(self, at: int) -> bool:
        """In post, and trained within 24 months."""
        return self.span.covers(at) and any(day <= at < years_after(day, 2) for day in self.trained)


@dataclass(frozen=True)
class Authorisation:
    officer: str
    protocol: str
    line: str
    start: int
    end: int


@dataclass(frozen=True, eq=False)
class Organisation:
    code: str
    body_type: str
    public_authority: bool
    memberships: tuple[tuple[str, Span], ...]
    delegations: tuple[tuple[str, tuple[str, ...], Span], ...]
    liaison: tuple[LiaisonPost, ...]
    authorisations: tuple[Authorisation, ...]
    open_list: frozenset[tuple[str, str]]

    def member(self, partnership: str, at: int) -> bool:
        return any(code == partnership and years.covers(at) for code, years in self.memberships)

    def liaison_filled(self, at: int) -> bool:
        """Somebody trained is in the liaison post."""
        return any(post.trained_at(at) for post in self.liaison)


def read_organisation(row: Mapping[str, Any], law: Law) -> Organisation:
    return Organisation(
        code=row["code"],
        body_type=row["body_type"],
        public_authority=row.get("public_authority", row["body_type"] in law.public),
        memberships=tuple((m["partnership"], span(m)) for m in row.get("memberships", ())),
        delegations=tuple((d["principal"], tuple(d["purposes"]), span(d)) for d in row.get("delegations", ())),
        liaison=tuple(
            LiaisonPost(p["officer"], span(p), tuple(moment(day) for day in p.get("trained_on", ())))
            for p in row.get("liaison_officers", ())
        ),
        authorisations=tuple(
            Authorisation(a["officer"], a["protocol"], a["line"], span(a).start, span(a).end)
            for a in row.get("authorisations", ())
        ),
        open_list=frozenset((o["field"], o.get("form", "as-is")) for o in row.get("open_list", ())),
    )


# --- protocols --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Purpose:
    provision: str | None
    law_enforcement: bool


@dataclass(frozen=True, eq=False)
class Line:
    id: str
    purposes: tuple[str, ...]
    fields: tuple[str, ...]
    form: Mapping[str, str]
    suppliers: tuple[str, ...]
    recipients: tuple[str, ...]
    gateway: str
    basis: tuple[str, ...]
    conditions: tuple[str, ...]
    categories: tuple[str, ...]
    flags: tuple[str, ...]
    areas: tuple[str, ...]
    channels: tuple[str, ...]
    retention_days: int
    span: Span


@dataclass(frozen=True, eq=False)
class Version:
    partnership: str
    ref: str
    kind: str
    parent: str | None
    number: int
    span: Span
    review_by: date
    adopted: int
    overlap_days: int
    marking: str
    reply_days: int
    parties: tuple[str, ...]
    complete: bool
    purposes: Mapping[str, Purpose]
    lines: tuple[Line, ...]
    signatures: tuple[tuple[str, int, int | None], ...]
    suspensions: tuple[tuple[Span, str | None], ...]
    reviews: tuple[date, ...]


def read_line(row: Mapping[str, Any]) -> Line:
    return Line(
        id=row["id"],
        purposes=tuple(row["purposes"]),
        fields=tuple(row["fields"]),
        form=row.get("form", {}),
        suppliers=tuple(row["from"]),
        recipients=tuple(row["to"]),
        gateway=row["gateway"],
        basis=codes(row, "basis", ()),
        conditions=codes(row, "conditions", ()),
        categories=codes(row, "categories"),
        flags=codes(row, "flags", ()),
        areas=codes(row, "areas"),
        channels=codes(row, "channels", ("view",)),
        retention_days=row.get("retention_days", 365),
        span=span(row, "starts_on", "ends_on"),
    )


def read_version(row: Mapping[str, Any]) -> Version:
    adopted = row.get("adopted_on")
    return Version(
        partnership=row["partnership"],
        ref=row["ref"],
        kind=row["kind"],
        parent=row.get("parent"),
        number=row["version"],
        span=span(row, "starts_on", "ends_on"),
        review_by=date.fromisoformat(row["review_by"]),
        adopted=moment(row["starts_on"] if adopted is None else adopted),
        overlap_days=row.get("overlap_days", 0),
        marking=row.get("marking", "OFFICIAL"),
        reply_days=row.get("reply_days", 10),
        parties=tuple(row["parties"]),
        complete=row.get("complete", True),
        purposes={
            p["code"]: Purpose(p.get("provision"), p.get("law_enforcement", False)) for p in row.get("purposes", ())
        },
        lines=tuple(read_line(line) for line in row.get("lines", ())),
        signatures=tuple(
            (
                s["organisation"],
                moment(s["signed_on"]),
                None if s.get("withdrew_on") is None else moment(s["withdrew_on"]),
            )
            for s in row.get("signatures", ())
        ),
        suspensions=tuple((span(s), s.get("by")) for s in row.get("suspensions", ())),
        reviews=tuple(sorted(date.fromisoformat(day) for day in row.get("reviews", ()))),
    )


# --- the world --------------------------------------------------------------------------------------------------------


@dataclass
class World:
    organisations: dict[str, Organisation]
    officers: dict[str, Officer]
    protocols: dict[tuple[str, str], list[Version]]  # oldest version first
    listed: list[Version]  # in the order of the list, which settles acts of the same moment
    enabled: frozenset[str]
    registry: dict[str, Field]
    roles: Mapping[str, Iterable[str]]
    law: Law
    memory: dict[Any, Any] = field(default_factory=dict)


def shipped_roles() -> dict[str, list[str]]:
    """The one thing taken from the product: the table of roles, which is data written in Python."""
    from protocols.roles import ROLES

    return {str(role): [str(action) for action in actions] for role, actions in ROLES.items()}


def read_world(world: Mapping[str, Any]) -> World:
    law = law_of(world)
    listed = [read_version(row) for row in world["protocols"]]
    protocols: dict[tuple[str, str], list[Version]] = {}
    for version in sorted(listed, key=lambda v: v.number):
        protocols.setdefault((version.partnership, version.ref), []).append(version)
    return World(
        organisations={row["code"]: read_organisation(row, law) for row in world["organisations"]},
        officers={
            o["code"]: Officer(o["code"], row["code"], tuple(o["roles"]), span(o))
            for row in world["organisations"]
            for o in row.get("officers", ())
        },
        protocols=protocols,
        listed=listed,
        enabled=frozenset(world.get("gateways", ())),
        registry=read_registry(world["registry"]) if "registry" in world else shipped_registry(),
        roles=world["roles"] if "roles" in world else shipped_roles(),
        law=law,
    )
