"""This module knows how the reference reads a case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from .times import Span, moment, span

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

    @cached_property
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
