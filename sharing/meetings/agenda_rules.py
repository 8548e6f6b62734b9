"""This module knows how an agenda is put together from what the rooms hand over: pure, and the same for page, print and Word.

The standing order follows the founding documents (Cannock Chase, Lichfield, Woking): actions before hotspots, hotspots
before new business. An empty heading stays, and says that there is nothing: silence is news too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any


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
    declined: Sequence[AgendaLine] = ()
    missing_returns: Sequence[AgendaLine] = ()
    returns_note: str = ""
    pending_requests: Sequence[AgendaLine] = ()
    further: Sequence[AgendaItem] = field(default_factory=tuple)


def agenda_of(material: AgendaMaterial, next_meeting: date | None) -> tuple[AgendaItem, ...]:
    """Compute the standing agenda."""
    when = f"Next meeting: {next_meeting.day} {next_meeting:%B %Y}." if next_meeting else ""
    return (
        AgendaItem("Welcome, confidentiality, apologies"),
        AgendaItem("Notes of the last meeting and matters arising"),
        _item("Actions overdue", material.overdue, "Nothing is overdue."),
        _item("Actions open", material.open_actions, "No action is open."),
        _item("Actions done, to be verified by another agency", material.to_verify, "Nothing waits to be verified."),
        _item("Actions declined since the last meeting", material.declined, "None was declined."),
        _item(
            "Hotspots, each with its lead officer", material.hotspots, "No list is published.", material.hotspot_note
        ),
        _item("Returns not in, and whom to ring", material.missing_returns, "All are in.", material.returns_note),
        _item("Requests that wait for a reply", material.pending_requests, "No request waits."),
        *material.further,
        AgendaItem("Any other business, next meeting", note=when),
    )


def _item(heading: str, lines: Iterable[AgendaLine], nothing: str, note: str = "") -> AgendaItem:
    """A heading with its lines; a note that is given stands beside them, else what is said where there are none."""
    found = tuple(lines)
    return AgendaItem(heading, found, note or ("" if found else nothing))


def items_of(kept: Iterable[Mapping[str, Any]]) -> tuple[AgendaItem, ...]:
    """Read an agenda back as it was kept."""
    return tuple(
        AgendaItem(item["heading"], tuple(AgendaLine(**line) for line in item["lines"]), item["note"]) for item in kept
    )
