"""This module knows how the reference reads a world and a case: JSON in, plain records with moments in whole microseconds out."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
HOUR = 3_600_000_000
LONG_AGO = -(1 << 62)
NEVER = 1 << 62
DATA = Path(__file__).parents[2] / "protocols" / "data"
PERSONAL_CLASSES = {"pseudonymised", "personal", "criminal", "special"}


# --- time -------------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=100_000)
def midnight(day: date) -> int:
    """The first instant of a day in London."""
    return (datetime(day.year, day.month, day.day, tzinfo=LONDON).astimezone(UTC) - EPOCH) // MICROSECOND


@lru_cache(maxsize=100_000)
def moment(text: str) -> int:
    """A day is its first instant in London; a moment carries its offset."""
    if len(text) == len("2023-04-01"):
        return midnight(date.fromisoformat(text))
    return (datetime.fromisoformat(text.upper()) - EPOCH) // MICROSECOND


@lru_cache(maxsize=100_000)
def day_of(at: int) -> date:
    return (EPOCH + timedelta(microseconds=at)).astimezone(LONDON).date()


@lru_cache(maxsize=100_000)
def days_after(at: int, days: int) -> int:
    """The first instant of the day so many days after the day of this moment."""
    return midnight(day_of(at) + timedelta(days=days))


def years_on(day: date, years: int) -> date:
    """The same day so many years on; 29 February becomes 28 February."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


@lru_cache(maxsize=100_000)
def years_after(at: int, years: int) -> int:
    return midnight(years_on(day_of(at), years))


@dataclass(frozen=True)
class Span:
    """Half-open: the start counts, the end no longer does."""

    start: int
    end: int

    def covers(self, at: int) -> bool:
        return self.start <= at < self.end


def span(row: Mapping[str, Any], start: str = "from", end: str = "to") -> Span:
    first, last = row.get(start), row.get(end)
    return Span(LONG_AGO if first is None else moment(first), NEVER if last is None else moment(last))


# --- the registry and the law -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Form:
    name: str
    kind: str
    borough: bool


@dataclass(frozen=True)
class Field:
    location: bool
    free_text: bool
    forms: tuple[Form, ...]
    ranks: Mapping[str, int]

    def rank(self, form: str) -> int:
        """0 is the finest form."""
        return self.ranks[form]


@dataclass(frozen=True)
class Gateway:
    span: Span
    enabled: bool
    suppliers: tuple[str, ...]
    recipients: tuple[str, ...]
    standing: bool
    external: bool
    purposes: tuple[str, ...]
    needs: tuple[str, ...]
    stands_in_for: tuple[str, ...]


@dataclass(frozen=True)
class Side:
    kinds: tuple[str, ...]
    public_authority: str

    def admits(self, organisation: Organisation) -> bool:
        kind = "*" in self.kinds or organisation.body_type in self.kinds
        return kind and self.public_authority in ("any", "yes" if organisation.public_authority else "no")


@dataclass(frozen=True)
class Basis:
    span: Span
    supplier: Side
    recipient: Side
    needs: tuple[str, ...]


@dataclass(frozen=True)
class Condition:
    span: Span
    classes: tuple[str, ...]
    needs: tuple[str, ...]


@dataclass(frozen=True)
class DataSet:
    span: Span
    holders: tuple[str, ...]
    fields: tuple[str, ...]
    finest: Mapping[str, str]


@dataclass(frozen=True)
class Law:
    """What is marked `review` is left out here, so it can never pass."""

    standing: Mapping[str, tuple[Span, ...]]
    may_act_for: frozenset[str]
    gateways: Mapping[str, Gateway]
    bases: Mapping[str, Basis]
    conditions: Mapping[str, Condition]
    provisions: Mapping[str, Span]
    prescribed: Mapping[str, DataSet]
    location_meetings: frozenset[str]


def stands(row: Mapping[str, Any]) -> bool:
    return row.get("evidence") != "review"


def reviewed(table: Mapping[str, Any]) -> Iterable[tuple[str, Any]]:
    return ((code, row) for code, row in table.items() if stands(row))


def codes(row: Mapping[str, Any], name: str, absent: tuple[str, ...] = ("*",)) -> tuple[str, ...]:
    return tuple(row.get(name, absent))


def side(row: Mapping[str, Any]) -> Side:
    return Side(codes(row, "kinds"), row.get("public_authority", "any"))


def read_law(tables: Mapping[str, Any]) -> Law:
    bodies = tables["body_types"]
    return Law(
        standing={k: tuple(span(s) for s in b.get("standing", ()) if stands(s)) for k, b in reviewed(bodies)},
        may_act_for=frozenset(k for k, b in reviewed(bodies) if b.get("may_act_for", False)),
        gateways={
            k: Gateway(
                span(g),
                g.get("enabled", False),
                codes(g, "suppliers"),
                codes(g, "recipients"),
                g.get("standing", False),
                g.get("external", False),
                codes(g, "purposes"),
                codes(g, "needs", ()),
                codes(g, "stands_in_for", ()),
            )
            for k, g in reviewed(tables["gateways"])
        },
        bases={
            k: Basis(span(b), side(b.get("supplier", {})), side(b.get("recipient", {})), codes(b, "needs", ()))
            for k, b in reviewed(tables["bases"])
        },
        conditions={
            k: Condition(span(c), codes(c, "classes", ("criminal", "special")), codes(c, "needs", ()))
            for k, c in reviewed(tables["conditions"])
        },
        provisions={k: span(p) for k, p in reviewed(tables["provisions"])},
        prescribed={
            k: DataSet(span(d), tuple(d["holders"]), tuple(d["fields"]), d.get("finest", {}))
            for k, d in reviewed(tables["prescribed"])
        },
        location_meetings=frozenset(tables["location_meetings"]),
    )


def read_registry(table: Mapping[str, Any]) -> dict[str, Field]:
    return {
        code: Field(
            row.get("location", False),
            row.get("free_text", False),
            tuple(Form(f["form"], f["class"], f.get("borough", False)) for f in row["forms"]),
            {f["form"]: rank for rank, f in enumerate(row["forms"])},
        )
        for code, row in table.items()
    }


def plain(value: Any) -> Any:  # noqa: ANN401  a TOML value is anything
    """TOML dates as the strings that JSON has."""
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    return value.isoformat() if isinstance(value, date) else value


@cache
def shipped() -> dict[str, Any]:
    """The law and the registry as the project ships them."""
    tables: dict[str, Any] = {
        "location_meetings": ["JOG", "TJAG", "JAG", "FORUM", "STEER", "SCRUT", "FTP"],
    }
    for name in ("bodies", "registry", "gateways", "bases", "provisions", "prescribed"):
        tables |= plain(tomllib.loads((DATA / f"{name}.toml").read_text("utf-8")))
    return tables


@cache
def shipped_law() -> Law:
    return read_law(shipped())


@cache
def shipped_registry() -> dict[str, Field]:
    return read_registry(shipped()["fields"])


def law_of(world: Mapping[str, Any]) -> Law:
    return read_law(shipped() | world["law"]) if "law" in world else shipped_law()


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


def read_organisation(row: Mapping[str, Any]) -> Organisation:
    return Organisation(
        code=row["code"],
        body_type=row["body_type"],
        public_authority=row.get("public_authority", False),
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
            (s["organisation"], moment(s["signed_on"]), None if s.get("withdrew_on") is None else moment(s["withdrew_on"]))
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
    listed = [read_version(row) for row in world["protocols"]]
    protocols: dict[tuple[str, str], list[Version]] = {}
    for version in sorted(listed, key=lambda v: v.number):
        protocols.setdefault((version.partnership, version.ref), []).append(version)
    return World(
        organisations={row["code"]: read_organisation(row) for row in world["organisations"]},
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
        law=law_of(world),
    )


# --- the case ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Record:
    origin: str
    controllers: tuple[str, ...]
    holder: str
    partnership: str
    area: str
    category: str
    flags: tuple[str, ...]
    regime: str
    marking: str
    retain_until: int
    hold: bool
    state: str
    data_set: str | None
    homes: Mapping[str, int]
    public_place: bool


@dataclass(frozen=True)
class Held:
    """A consent, an order or a request that is held for some fields (none named: for all)."""

    fields: tuple[str, ...] | None
    span: Span
    onward: bool

    def covers(self, code: str, at: int) -> bool:
        return (self.fields is None or code in self.fields) and self.span.covers(at)


@dataclass(frozen=True)
class Decision:
    officer: str
    at: int
    fields: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Earlier:
    field: str
    form: str
    purpose: str
    protocol: str | None
    version: int | None
    line: str | None
    at: int
    recalled: bool
    decided: bool
    recipient: str | None


@dataclass(frozen=True, eq=False)
class Case:
    id: str
    record: Record
    recipient: str | None
    meeting_kind: str | None
    attending: tuple[str, ...]
    purpose: str
    provision: str | None
    fields: tuple[tuple[str, str | None], ...]
    at: int
    channel: str
    urgency: str
    pushed: bool
    officer: str
    assigned: bool
    necessity: bool
    proportionality: bool
    harm: bool
    decision: Decision | None
    earlier: tuple[Earlier, ...]
    confidentiality: bool | tuple[str, ...]
    onward_allowed: bool
    held: Mapping[str, Held]
    rank: bool
    part3_authority: bool
    called_back: bool

    @property
    def recipients(self) -> tuple[str, ...]:
        """Whom the fields would go to: one organisation, or all who attend but the holder."""
        if self.recipient is not None:
            return (self.recipient,)
        return tuple(code for code in self.attending if code != self.record.holder)


def present(part: object) -> bool:
    return bool(part.strip()) if isinstance(part, str) else bool(part)


def read_held(row: Mapping[str, Any]) -> Held:
    fields = row.get("fields")
    return Held(None if fields is None else tuple(fields), span(row), row.get("onward", False))


def read_record(row: Mapping[str, Any]) -> Record:
    return Record(
        origin=row["origin"],
        controllers=tuple(row["controllers"]),
        holder=row["holder"],
        partnership=row["partnership"],
        area=row["area"],
        category=row["category"],
        flags=tuple(row.get("flags", ())),
        regime=row.get("regime", "UKGDPR"),
        marking=row.get("marking", "OFFICIAL"),
        retain_until=span(row, "", "retain_until").end,
        hold=row.get("hold", False),
        state=row.get("state", "live"),
        data_set=row.get("data_set"),
        homes=row.get("homes", {}),
        public_place=row.get("public_place", False),
    )


def read_earlier(row: Mapping[str, Any]) -> Earlier:
    return Earlier(
        row["field"],
        row["form"],
        row["purpose"],
        row.get("protocol"),
        row.get("version"),
        row.get("line"),
        moment(row["day"]),
        row.get("recalled", False),
        row.get("decided", True),
        row.get("recipient"),
    )


def read_decision(row: Mapping[str, Any] | None) -> Decision | None:
    return None if row is None else Decision(row["officer"], moment(row["decided_at"]), row["fields"])


def read_case(row: Mapping[str, Any]) -> Case:
    meeting = row.get("meeting") or {}
    statement = row.get("statement") or {}
    accepted = row.get("confidentiality_accepted", False)
    return Case(
        id=row["case"],
        record=read_record(row["record"]),
        recipient=row.get("recipient"),
        meeting_kind=meeting.get("kind"),
        attending=tuple(meeting.get("attending", ())),
        purpose=row["purpose"],
        provision=row.get("provision"),
        fields=tuple((f["code"], f.get("form")) for f in row["fields"]),
        at=moment(row["moment"]),
        channel=row["channel"],
        urgency=row.get("urgency", "routine"),
        pushed=row.get("initiated_by", "recipient") == "supplier",
        officer=row["officer"],
        assigned=row.get("assigned", False),
        necessity=present(statement.get("necessity")),
        proportionality=present(statement.get("proportionality")),
        harm=present(statement.get("harm")),
        decision=read_decision(row.get("decision")),
        earlier=tuple(read_earlier(e) for e in row.get("earlier_releases", ())),
        confidentiality=accepted if isinstance(accepted, bool) else tuple(accepted),
        onward_allowed=row.get("onward_allowed", False),
        held={name: read_held(row[name]) for name in ("consent", "order", "request") if row.get(name) is not None},
        rank=row.get("rank", False),
        part3_authority=present(row.get("part3_authority")),
        called_back=(row.get("emergency") or {}).get("called_back", False),
    )
