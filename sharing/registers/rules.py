"""This module knows the days of a dated register: when an entry is reviewed, when it ends, whether it may be circulated."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum

from protocols.register_kinds import RegisterKind, Visible, months_on
from protocols.request_kinds import Question

END_REASONS: Mapping[str, str] = {
    "no-longer": "No longer needed",
    "mistaken": "It should not have been entered",
    "replaced": "Replaced by another entry",
    "asked": "The person asked, and was right",
}


class State(StrEnum):
    """Where an entry stands on a day."""

    LIVE = "live"
    EXPIRED = "expired"
    ENDED = "ended"


def state_on(day: date, *, expires_on: date, ended: bool) -> State:
    """An entry counts until the day before it expires, or until somebody ends it."""
    if ended:
        return State.ENDED
    return State.LIVE if day < expires_on else State.EXPIRED


def review_due(kind: RegisterKind, reviewed_on: date, expires_on: date) -> date:
    """When an entry is to be reviewed next; never after it ends."""
    return min(months_on(reviewed_on, kind.review_months), expires_on)


def last_day(kind: RegisterKind, entered_on: date) -> date:
    """The latest day on which an entry of this kind may expire."""
    return months_on(entered_on, kind.longest_months)


def month_of(day: date) -> str:
    """The month in which something is circulated once: 2026-11."""
    return day.isoformat()[:7]


def is_shown_to(
    kind: RegisterKind, owner: str, *, organisation: str, officer_id: uuid.UUID | None, team: Iterable[uuid.UUID]
) -> bool:
    """Whether an officer may see that an entry exists."""
    if kind.visible is Visible.TEAM:
        return owner == organisation and officer_id in set(team)
    return kind.visible is Visible.PARTNERS or owner == organisation


def parted(questions: Iterable[Question], answers: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """The answers given: those kept in clear, and those in somebody's own words."""
    clear: dict[str, str] = {}
    worded: dict[str, str] = {}
    for each in questions:
        given = answers.get(each.code, "").strip()
        if given:
            (worded if each.is_sealed else clear)[each.code] = given
    return clear, worded


def as_text(words: Mapping[str, str]) -> str:
    """Words as one value to seal."""
    return json.dumps(dict(words), ensure_ascii=False, sort_keys=True)


def from_text(text: str) -> dict[str, str]:
    """Words as they were before they were sealed."""
    return {str(code): str(each) for code, each in json.loads(text).items()}
