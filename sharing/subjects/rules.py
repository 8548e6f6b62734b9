"""This module knows the days and the states of answering a person who asks for what is held about them."""

from __future__ import annotations

import calendar
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Any


class SubjectStatus(StrEnum):
    """Where an access request stands. While the identity is checked, the month has not begun."""

    IDENTITY = "identity"
    OPEN = "open"
    ANSWERED = "answered"


class ItemKind(StrEnum):
    """What an item is: a record of our own, what we told of one, or a copy that we were given."""

    RECORD = "record"
    TOLD = "told"
    COPY = "copy"


class Outcome(StrEnum):
    """What was decided on an item."""

    UNDECIDED = ""
    INCLUDE = "include"
    WITHHOLD = "withhold"
    ANOTHER_PERSON = "another-person"
    GONE = "gone"


class Advice(StrEnum):
    """What a supplier answers when it is consulted about something that came from it."""

    NONE = ""
    NO_OBJECTION = "no-objection"
    HOLD_BACK = "hold-back"


REPLY_BY = timedelta(days=10)
"""How long a supplier has to answer; silence does not stop the clock, so the holder decides without it."""
KEPT = timedelta(days=3 * 365)
"""How long the words of a request are kept after it: the Information Commissioner and a court may ask what was answered."""


@dataclass(frozen=True)
class Reason:
    """A reason for holding an item back: `days` at the longest until it is looked at again; `silent`: not even confirmed."""

    code: str
    title: str
    source: str
    days: int
    silent: bool


@cache
def _data() -> Mapping[str, Any]:
    return tomllib.loads((resources.files("sharing.subjects") / "data" / "reasons.toml").read_text("utf-8"))


@cache
def reasons() -> Mapping[str, Reason]:
    """Every lawful reason for holding an item back, by code."""
    return {
        code: Reason(code, row["title"], row["source"], row["days"], row["silent"])
        for code, row in _data()["reasons"].items()
    }


def identity_checks() -> Mapping[str, str]:
    """How an identity may be checked: code to words."""
    return dict(_data()["identity"])


def extensions() -> Mapping[str, str]:
    """Why a request may take two months longer: code to words."""
    return dict(_data()["extension"])


def search_reasons() -> Mapping[str, str]:
    """Why somebody may be looked for: code to words."""
    return dict(_data()["search"])


def months_after(day: date, months: int) -> date:
    """The same day of a later month, or that month's last day where it has no such day.

    The Commissioner lets a month that ends on a weekend or bank holiday run to the next working day. Here it does not: an answer
    that is a day early is in time in any case.
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def answer_due(received_on: date, identity_on: date | None, *, extended: bool = False) -> date | None:
    """The last day for the answer; None while the identity is still to be checked.

    UK GDPR art 12(3): one month from receipt, and two further months where that is necessary; art 12(6) and, since the Data
    (Use and Access) Act 2025 s76, art 12A: the month begins when the information that confirms the identity has been received.
    """
    if identity_on is None:
        return None
    return months_after(max(received_on, identity_on), 3 if extended else 1)


def latest_re_examination(reason: str, today: date) -> date:
    """The last day by which an item that is held back has to be looked at again."""
    return today + timedelta(days=reasons()[reason].days)
