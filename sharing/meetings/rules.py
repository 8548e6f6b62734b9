"""This module knows meetings and actions without a database: cycles, agendas, and what an action may become.

The standing agenda and the escalation limits follow the founding documents' practice (fortnightly joint operations group,
tactical group with a top 20, unfinished work rolled over to the next meeting).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Any

from sharing.errors import Problem

LONGEST_EXTRA = 200
MARKINGS = ("OFFICIAL", "OFFICIAL-SENSITIVE")
"""Protective markings of a meeting's papers (Government Security Classifications, 2023)."""
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

    @property
    def is_funded(self) -> bool:
        """Whether a meeting may record a funding bid on it."""
        return any(field_.name == "bid_pounds" for field_ in self.extra)


@dataclass(frozen=True)
class MeetingKind:
    """A kind of meeting, from protocols/data/meeting-kinds.toml."""

    code: str
    title: str
    cycle_days: int
    works_on: str
    personal: bool
    counts: bool = True
    """Whether its papers show counts of reports; a meeting with residents sees bands."""


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


def missing_before_verified(kind: ActionType, extra: Mapping[str, str]) -> tuple[str, ...]:
    """The labels of what must still be recorded before the action can be verified."""
    labels = {field_.name: field_.label for field_ in kind.extra}
    return tuple(labels[name] for name in kind.needed if not extra.get(name, "").strip())


_AMOUNT = re.compile(r"£?\s*(\d{1,3}(?:,\d{3})+|\d+)(?:\.\d{2})?")


def wrong_extra(kind: ActionType, extra: Mapping[str, str]) -> tuple[Problem, ...]:
    """What of a kind's own fields is not what its name says: an amount in pounds, a day like 2023-01-16, or too long."""
    labels = {field_.name: field_.label for field_ in kind.extra}
    return tuple(
        Problem(f"{labels[name]} {why}", where=f"extra_{name}")
        for name, text in extra.items()
        if name in labels and (why := _wrong(name, text))
    )


def _wrong(name: str, text: str) -> str:
    if name.endswith("_pounds") and not _AMOUNT.fullmatch(text):
        return "must be an amount, like 1,250"
    if name.endswith("_on"):
        try:
            date.fromisoformat(text)
        except ValueError:
            return "must be a real date, like 2023-01-16"
    return "" if len(text) <= LONGEST_EXTRA else f"has at most {LONGEST_EXTRA} letters"


class Presence(StrEnum):
    """How somebody stood to a meeting. `expected`: has accepted the statement, and nobody has said yet whether they came."""

    EXPECTED = "expected"
    PRESENT = "present"
    APOLOGIES = "apologies"
    SUBSTITUTE = "substitute"


CONFIDENTIALITY = (
    "What is said and shown here is shared under the partnership’s protocols, and used for their purposes only.",
    "This meeting is about places. Nobody is named, or described so that they could be recognised.",
    "What is about a person goes through a request, or to a case panel.",
    "I pass on what I hear only to those in my organisation who need it to carry out an action.",
    "I keep my notes no longer than the protocol allows.",
    "I say so at once if I know somebody concerned, or if I was told something that should not have been shared.",
)
"""The statement that each who attends accepts (after the confidentiality statements of Cannock Chase and Woking)."""


def escalation(rollovers: int) -> str:
    """Whom an action that keeps rolling over has reached: nobody, the chair, or the strategy group."""
    if rollovers >= ESCALATES_AT:
        return "strategy group"
    return "chair" if rollovers >= CHAIR_IS_TOLD_AT else ""
