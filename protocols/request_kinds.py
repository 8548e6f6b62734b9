"""This module knows the kinds of request as data: who may ask whom, for what, what else is asked, and what ends each.

Everything stands in `data/request-types.toml`; a new kind is a row there, not a module.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, time
from functools import cache
from types import MappingProxyType
from typing import Any, Final

from protocols import lawbook
from protocols.vocabulary import REFUSALS

ANY: Final = "any"
OTHER: Final = "other"
EMERGENCY: Final = "emergency"
SEALED: Final = "text"
"""The type of answer that is sealed: whatever somebody words may be about a person. The others are kept in clear."""

TYPES: Final = (SEALED, "day", "time", "yes-no", "choice", "fields")


@dataclass(frozen=True)
class Question:
    """One thing that a kind of request asks, at its start or at its end."""

    code: str
    title: str
    type: str
    needed: bool = False
    choices: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_sealed(self) -> bool:
        """Whether the answer is in somebody's own words."""
        return self.type == SEALED


@dataclass(frozen=True)
class RequestKind:
    """A kind of request. `asks` and `asked` are body types, or `any`; `enough` the coarsest form that answers it, by field."""

    code: str
    title: str
    says: str
    asks: frozenset[str]
    asked: frozenset[str]
    fields: tuple[str, ...]
    enough: Mapping[str, str]
    purposes: tuple[str, ...]
    questions: tuple[Question, ...]
    results: tuple[Question, ...]
    may_monitor: bool
    urgency: str

    def may_go(self, asks: str, asked: str) -> bool:
        """Whether a body of one type may put this kind of request to a body of another."""
        return (ANY in self.asks or asks in self.asks) and (ANY in self.asked or asked in self.asked)

    def offers(self, code: str) -> bool:
        """Whether the form of this kind shows a field; a kind that names none shows them all."""
        return not self.fields or code in self.fields

    def enough_of(self, code: str, finest: str) -> str:
        """The coarser of the form that is enough and the finest one that may leave: what is preselected for the decider."""
        forms = lawbook.forms(code)
        wanted = self.enough.get(code)
        if wanted not in forms or finest not in forms:
            return finest
        return forms[max(forms.index(wanted), forms.index(finest))]


@dataclass(frozen=True)
class RefusalReason:
    """Why a supplier refuses a field. `kind` is `legal-bar` or `discretion`; `words`: more has to be said."""

    code: str
    title: str
    kind: str
    rules: tuple[str, ...] = ()
    words: bool = False


class UnknownKindError(ValueError):
    """There is no such kind of request."""


@cache
def request_kinds() -> Mapping[str, RequestKind]:
    """Every kind of request by code, in the order of the file."""
    groups = {name: frozenset(bodies) for name, bodies in lawbook.rows("groups").items()}
    return MappingProxyType({code: _kind(code, row, groups) for code, row in lawbook.rows("request_types").items()})


@cache
def refusal_reasons() -> Mapping[str, RefusalReason]:
    """Every reason for refusing by code (domain practice after the ICO's data sharing code), in the order of the file."""
    return MappingProxyType({code: _reason(code, row) for code, row in lawbook.rows("refusal_reasons").items()})


def kind_of(code: str) -> RequestKind:
    """One kind. Raises UnknownKindError."""
    try:
        return request_kinds()[code]
    except KeyError:
        raise UnknownKindError(f"There is no kind of request called “{code}”.") from None


def reason_for(rule: str | None) -> str:
    """The reason with which a withholding rule goes; the supplier's own choice where none does."""
    return next((reason.code for reason in refusal_reasons().values() if rule in reason.rules), "discretion")


def wrong_with(questions: Iterable[Question], answers: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """What is wrong with the answers, as (question, complaint): missing, not among the choices, no day, no time."""
    return tuple(
        (each.code, said) for each in questions if (said := _complaint(each, answers.get(each.code, "").strip()))
    )


def _complaint(question: Question, answer: str) -> str:
    name = f"{question.title[0].lower()}{question.title[1:].rstrip('?')}"
    if not answer:
        return f"Say {name}" if question.needed else ""
    if question.type == "choice" and answer not in question.choices:
        return f"Choose one of the answers: {name}"
    if question.type == "yes-no" and answer not in {"yes", "no"}:
        return f"Say yes or no: {name}"
    if question.type in _READ:
        try:
            _READ[question.type](answer)
        except ValueError:
            return f"Enter a real {question.type}: {name}"
    return ""


_READ: Final[Mapping[str, Any]] = MappingProxyType({"day": date.fromisoformat, "time": time.fromisoformat})


def in_words(question: Question, answer: str) -> str:
    """A clear answer as people read it."""
    if question.type == "choice":
        return str(question.choices.get(answer, answer))
    if question.type == "fields":
        return ", ".join(lawbook.title("fields", code) for code in answer.split()) or "none"
    return answer


def last_day_of_monitor(starts_on: date) -> date:
    """The latest day on which a monitor that starts on a day may end: twelve months on, in February the 28th."""
    try:
        return starts_on.replace(year=starts_on.year + 1)
    except ValueError:
        return starts_on.replace(year=starts_on.year + 1, day=28)


def _kind(code: str, row: Mapping[str, Any], groups: Mapping[str, frozenset[str]]) -> RequestKind:
    return RequestKind(
        code=code,
        title=row["title"],
        says=row["says"],
        asks=_bodies(row["asks"], groups),
        asked=_bodies(row["asked"], groups),
        fields=tuple(row["fields"]),
        enough=MappingProxyType(dict(row.get("enough", {}))),
        purposes=tuple(row["purposes"]),
        questions=tuple(_question(each) for each in row.get("questions", ())),
        results=tuple(_question(each) for each in row.get("results", ())),
        may_monitor=row.get("monitor", False),
        urgency=row.get("urgency", ""),
    )


def _bodies(names: Iterable[str], groups: Mapping[str, frozenset[str]]) -> frozenset[str]:
    return frozenset().union(*(groups.get(name, frozenset({name})) for name in names))


def _question(row: Mapping[str, Any]) -> Question:
    if row["type"] not in TYPES:
        raise ValueError(f"{row['code']}: there is no type of answer called “{row['type']}”")
    return Question(
        row["code"], row["title"], row["type"], row.get("needed", False), MappingProxyType(dict(row.get("choices", {})))
    )


def _reason(code: str, row: Mapping[str, Any]) -> RefusalReason:
    if row["class"] not in REFUSALS:
        raise ValueError(f"{code}: there is no class of refusal called “{row['class']}”")
    return RefusalReason(code, row["title"], row["class"], tuple(row.get("rules", ())), row.get("words", False))
