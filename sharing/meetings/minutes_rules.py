"""This module knows how minutes begin: a draft in plain lines from the agenda, who came, and what was set. Pure.

A line that begins with a number is a heading, one that begins with a hyphen a point; paper and page are laid out by that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sharing.meetings.agenda_rules import AgendaItem
from sharing.meetings.rules import Presence

_PRESENCE = (
    (Presence.PRESENT, "Present"),
    (Presence.SUBSTITUTE, "Substitutes"),
    (Presence.APOLOGIES, "Apologies"),
)


@dataclass(frozen=True)
class Attendee:
    """Somebody who came or sent apologies: name, organisation, and whether the confidentiality statement is accepted."""

    name: str
    organisation: str
    presence: Presence
    accepted: bool


@dataclass(frozen=True)
class ActionLine:
    """An action that this meeting set, as its minutes say it."""

    ref: str
    text: str
    owner: str
    due_on: date


def draft_minutes(
    title: str,
    held_on: date,
    agenda: Sequence[AgendaItem],
    attendees: Sequence[Attendee],
    actions: Sequence[ActionLine],
) -> str:
    """Write the draft. Headings come from the agenda; what was said is still to be written under each."""
    lines = [f"Minutes of {title}, {held_on.day} {held_on:%B %Y}", ""]
    lines += _attendance(attendees)
    for number, item in enumerate(agenda, 1):
        lines += ["", f"{number}. {item.heading}"]
        lines += [item.note] if item.note else []
        lines += [f"- {line.text}" for line in item.lines]
    lines += ["", f"{len(agenda) + 1}. Actions set at this meeting"]
    lines += [f"- {a.ref}: {a.text} ({a.owner}; due {a.due_on.day} {a.due_on:%B %Y})." for a in actions] or ["None."]
    return "\n".join(lines)


def _attendance(attendees: Sequence[Attendee]) -> list[str]:
    lines = [
        f"{word}: {'; '.join(f'{each.name} ({each.organisation})' for each in found)}."
        for presence, word in _PRESENCE
        if (found := [each for each in attendees if each.presence is presence])
    ]
    came = [each for each in attendees if each.presence in {Presence.PRESENT, Presence.SUBSTITUTE}]
    accepted = sum(each.accepted for each in came)
    told = f"{accepted} of {len(came)} who came have accepted the confidentiality statement."
    return [*lines, told] if came else ["Attendance is not recorded yet."]
