"""This module knows the kinds of register, alert and referral as data: fields, clock, who sees them, what may come of them.

Everything stands in `data/register-kinds.toml`, `data/alert-kinds.toml` and `data/referral-kinds.toml`.
"""

from __future__ import annotations

import calendar
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any, Final, TypeVar

from protocols.request_kinds import Question, wrong_with

Kind = TypeVar("Kind")

SEALED: Final = "text"
TYPES: Final = (SEALED, "title", "code", "day", "time", "yes-no", "choice")
LONGEST_TITLE: Final = 80
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9/.\-]{0,39}")
_TELLS = re.compile(r"@|\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b|\b0\d{9,10}\b|\b\d{1,4}[a-z]? [A-Z]", re.ASCII)
"""What a name in clear may not look like: an e-mail address, a postcode, a telephone number, a house number with its street."""


class Visible(StrEnum):
    """Who may see an entry of a register."""

    OWN = "own"
    TEAM = "team"
    PARTNERS = "partners"
    CIRCULATED = "circulated"


class UnknownKindError(ValueError):
    """There is no such kind of register, alert or referral."""


@dataclass(frozen=True)
class RegisterKind:
    """A kind of register. `leaves` is field of the entry → field of the gate; what is not there never leaves."""

    code: str
    title: str
    plural: str
    says: str
    visible: Visible
    questions: tuple[Question, ...]
    hints: Mapping[str, str]
    leaves: Mapping[str, str]
    statement: tuple[str, ...]
    purpose: str
    review_months: int
    longest_months: int

    @property
    def is_personal(self) -> bool:
        """Whether an entry can be about a person."""
        return any(each.is_sealed for each in self.questions)


@dataclass(frozen=True)
class AlertKind:
    """A kind of alert: orders that can be broken, results, and what the gate is asked to let leave for which purpose."""

    code: str
    title: str
    says: str
    purpose: str
    fields: tuple[str, ...]
    reaches: frozenset[str]
    minutes: int
    orders: Mapping[str, str]
    results: Mapping[str, str]


@dataclass(frozen=True)
class ReferralKind:
    """A kind of referral: what each of the two agencies writes, when the answer is due, and how it can end."""

    code: str
    title: str
    says: str
    purpose: str
    reaches: frozenset[str]
    hours: int
    urgent_hours: int
    opens: tuple[Question, ...]
    answers: tuple[Question, ...]
    outcomes: Mapping[str, str]
    unmet: Mapping[str, str]

    def due_at(self, made_at: datetime, *, urgent: bool) -> datetime:
        """When the first answer is due."""
        return made_at + timedelta(hours=self.urgent_hours if urgent else self.hours)

    def may_go_to(self, body_type: str) -> bool:
        """Whether it can go to a body of this kind."""
        return "any" in self.reaches or body_type in self.reaches


@cache
def register_kinds() -> Mapping[str, RegisterKind]:
    """Every kind of register by code, in the order of the file."""
    return MappingProxyType({code: _register(code, row) for code, row in _rows("register-kinds.toml").items()})


@cache
def alert_kinds() -> Mapping[str, AlertKind]:
    """Every kind of alert by code."""
    return MappingProxyType({code: _alert(code, row) for code, row in _rows("alert-kinds.toml").items()})


@cache
def referral_kinds() -> Mapping[str, ReferralKind]:
    """Every kind of referral by code."""
    return MappingProxyType({code: _referral(code, row) for code, row in _rows("referral-kinds.toml").items()})


def register_kind(code: str) -> RegisterKind:
    """One kind of register. Raises UnknownKindError."""
    return _found(register_kinds(), code)


def alert_kind(code: str) -> AlertKind:
    """One kind of alert. Raises UnknownKindError."""
    return _found(alert_kinds(), code)


def referral_kind(code: str) -> ReferralKind:
    """One kind of referral. Raises UnknownKindError."""
    return _found(referral_kinds(), code)


def complaints(questions: Iterable[Question], answers: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """What is wrong with answers, as (question, complaint): missing, no choice, no day, or a clear name that tells too much."""
    asked = tuple(questions)
    found = [(code, f"{said[0].upper()}{said[1:]}") for code, said in wrong_with(asked, answers)]
    return (*found, *((each.code, said) for each in asked if (said := _too_telling(each, answers.get(each.code, "")))))


def months_on(day: date, months: int) -> date:
    """The same day so many months later; the month's last day where it has no such day."""
    years, month = divmod(day.month - 1 + months, 12)
    last = calendar.monthrange(day.year + years, month + 1)[1]
    return date(day.year + years, month + 1, min(day.day, last))


def _too_telling(question: Question, answer: str) -> str:
    answer = answer.strip()
    if question.type == "code" and answer and not _CODE.fullmatch(answer):
        return "Give the reference alone: letters, figures, / . and -, no spaces, 40 at most"
    if question.type != "title" or not answer:
        return ""
    if len(answer) > LONGEST_TITLE:
        return f"Give a name of at most {LONGEST_TITLE} characters"
    if _TELLS.search(answer):
        return "This is shown to all partners: give a name, not an address, a postcode, a telephone number or an e-mail address"
    return ""


def _rows(name: str) -> Mapping[str, Any]:
    return tomllib.loads((resources.files("protocols") / "data" / name).read_text())["kinds"]  # type: ignore[no-any-return]


def _found(kinds: Mapping[str, Kind], code: str) -> Kind:
    try:
        return kinds[code]
    except KeyError:
        raise UnknownKindError(f"There is no kind called “{code}”.") from None


def _question(row: Mapping[str, Any]) -> Question:
    if row["type"] not in TYPES:
        raise ValueError(f"{row['code']}: there is no type of answer called “{row['type']}”")
    return Question(
        row["code"], row["title"], row["type"], row.get("needed", False), MappingProxyType(dict(row.get("choices", {})))
    )


def _register(code: str, row: Mapping[str, Any]) -> RegisterKind:
    fields = row["fields"]
    kind = RegisterKind(
        code=code,
        title=row["title"],
        plural=row["plural"],
        says=row["says"],
        visible=Visible(row["visible"]),
        questions=tuple(_question(each) for each in fields),
        hints=MappingProxyType({each["code"]: each["hint"] for each in fields if "hint" in each}),
        leaves=MappingProxyType({each["code"]: each["field"] for each in fields if "field" in each}),
        statement=tuple(row.get("statement", ())),
        purpose=row.get("circulate", ""),
        review_months=row["review_months"],
        longest_months=row["longest_months"],
    )
    if kind.visible is Visible.PARTNERS and kind.is_personal:
        raise ValueError(f"{code}: what every partner sees may hold nothing in somebody's own words")
    if bool(kind.leaves) != (kind.visible is Visible.CIRCULATED):
        raise ValueError(f"{code}: fields leave a circulated register, and no other")
    return kind


def _alert(code: str, row: Mapping[str, Any]) -> AlertKind:
    return AlertKind(
        code=code,
        title=row["title"],
        says=row["says"],
        purpose=row["purpose"],
        fields=tuple(row["fields"]),
        reaches=frozenset(row["reaches"]),
        minutes=row["minutes"],
        orders=MappingProxyType(dict(row["orders"])),
        results=MappingProxyType(dict(row["results"])),
    )


def _referral(code: str, row: Mapping[str, Any]) -> ReferralKind:
    return ReferralKind(
        code=code,
        title=row["title"],
        says=row["says"],
        purpose=row["purpose"],
        reaches=frozenset(row["reaches"]),
        hours=row["hours"],
        urgent_hours=row["urgent_hours"],
        opens=tuple(_question(each) for each in row["opens"]),
        answers=tuple(_question(each) for each in row["answers"]),
        outcomes=MappingProxyType(dict(row["outcomes"])),
        unmet=MappingProxyType(dict(row.get("unmet", {}))),
    )
