"""This module knows meetings and actions without a database: cycles, agendas, and what an action may become.

The standing agenda and the escalation limits follow the founding documents' practice (fortnightly joint operations group,
tactical group with a top 20, unfinished work rolled over to the next meeting).
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Any

CHAIR_IS_TOLD_AT = 2
ESCALATES_AT = 3


class ActionStatus(StrEnum):
    """What has become of an action."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    DONE = "done"
    VERIFIED = "verified"


OPEN = frozenset({ActionStatus.PROPOSED, ActionStatus.ACCEPTED})

NEXT: Mapping[ActionStatus, frozenset[ActionStatus]] = {
    ActionStatus.PROPOSED: frozenset({ActionStatus.ACCEPTED, ActionStatus.DECLINED}),
    ActionStatus.ACCEPTED: frozenset({ActionStatus.DONE}),
    ActionStatus.DECLINED: frozenset(),
    ActionStatus.DONE: frozenset({ActionStatus.VERIFIED, ActionStatus.ACCEPTED}),
    ActionStatus.VERIFIED: frozenset(),
}
"""What may follow what: done goes back to accepted when whoever verifies is not satisfied."""


@dataclass(frozen=True)
class ExtraField:
    """A field that a kind of action has besides the outcome."""

    name: str
    label: str


@dataclass(frozen=True)
class ActionType:
    """A kind of action, from protocols/data/action-types.toml."""

    code: str
    label: str
    extra: tuple[ExtraField, ...]
    needed: tuple[str, ...]


@dataclass(frozen=True)
class MeetingKind:
    """A kind of meeting, from protocols/data/meeting-kinds.toml."""

    code: str
    title: str
    cycle_days: int
    works_on: str
    personal: bool


def _table(name: str) -> dict[str, Any]:
    return tomllib.loads((resources.files("protocols") / "data" / name).read_text())


@cache
def action_types() -> Mapping[str, ActionType]:
    """Every kind of action by its code."""
    rows = _table("action-types.toml")["type"]
    return {
        row["code"]: ActionType(
            row["code"], row["label"], tuple(ExtraField(**extra) for extra in row["extra"]), tuple(row["needed"])
        )
        for row in rows
    }


@cache
def meeting_kinds() -> Mapping[str, MeetingKind]:
    """Every kind of meeting by its code."""
    return {row["code"]: MeetingKind(**row) for row in _table("meeting-kinds.toml")["kind"]}


def dates_of(first: date, cycle_days: int, until: date) -> tuple[date, ...]:
    """The days of a series from its first day up to and with `until`; a series without a cycle meets as needed."""
    if cycle_days <= 0:
        return (first,) if first <= until else ()
    count = max(0, (until - first).days // cycle_days + 1)
    return tuple(first + timedelta(days=cycle_days * number) for number in range(count))


def next_date(first: date, cycle_days: int, after: date) -> date:
    """The first day of the series that is after `after`."""
    if cycle_days <= 0 or after < first:
        return first
    return first + timedelta(days=cycle_days * ((after - first).days // cycle_days + 1))


def missing_before_verified(kind: ActionType, extra: Mapping[str, str]) -> tuple[str, ...]:
    """The labels of what must still be recorded before the action can be verified."""
    labels = {field_.name: field_.label for field_ in kind.extra}
    return tuple(labels[name] for name in kind.needed if not extra.get(name, "").strip())


def escalation(rollovers: int) -> str:
    """Whom an action that keeps rolling over has reached: nobody, the chair, or the strategy group."""
    if rollovers >= ESCALATES_AT:
        return "strategy group"
    return "chair" if rollovers >= CHAIR_IS_TOLD_AT else ""


@dataclass(frozen=True)
class AgendaLine:
    """One line under a heading: what it says, whom to ring about it, and what it is about."""

    text: str
    contact: str = ""
    about: str = ""


@dataclass(frozen=True)
class AgendaItem:
    """A numbered heading of the agenda with its lines. Rooms that lie above this one hand theirs in."""

    heading: str
    lines: tuple[AgendaLine, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class AgendaMaterial:
    """What an agenda is computed from."""

    hotspots: Sequence[AgendaLine] = ()
    hotspot_note: str = ""
    overdue: Sequence[AgendaLine] = ()
    open_actions: Sequence[AgendaLine] = ()
    to_verify: Sequence[AgendaLine] = ()
    missing_returns: Sequence[AgendaLine] = ()
    returns_note: str = ""
    pending_requests: Sequence[AgendaLine] = ()
    further: Sequence[AgendaItem] = field(default_factory=tuple)


def agenda_of(material: AgendaMaterial, next_meeting: date | None) -> tuple[AgendaItem, ...]:
    """Compute the standing agenda. An empty heading stays, and says that there is nothing: silence is news too."""
    when = f"Next meeting: {next_meeting:%d.%m.%Y}." if next_meeting else ""
    return (
        AgendaItem("Welcome, confidentiality, apologies"),
        AgendaItem("Notes of the last meeting and matters arising"),
        _item("Actions overdue", material.overdue, "Nothing is overdue."),
        _item("Actions open", material.open_actions, "No action is open."),
        _item("Actions done, to be verified by another", material.to_verify, "Nothing waits to be verified."),
        _item(
            "Hotspots, each with its lead officer", material.hotspots, material.hotspot_note or "No list is published."
        ),
        _item("Returns not in, and whom to ring", material.missing_returns, material.returns_note or "All are in."),
        _item("Requests that wait for a reply", material.pending_requests, "No request waits."),
        *material.further,
        AgendaItem("Any other business, next meeting", note=when),
    )


def _item(heading: str, lines: Iterable[AgendaLine], nothing: str) -> AgendaItem:
    found = tuple(lines)
    return AgendaItem(heading, found, "" if found else nothing)
