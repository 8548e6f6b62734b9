"""This module knows the words of the page: rules, repairs, what is asked, and the forms in which it leaves (section 1)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from functools import wraps
from typing import Any, NamedTuple, ParamSpec, TypeVar

from .cases import Case
from .lawbook import PERSONAL_CLASSES, DataSet, Field
from .model import Line, Organisation, Version, World

P = ParamSpec("P")
T = TypeVar("T")

CHANNELS = ("view", "export", "meeting", "link", "api", "verbal")
ACTIONS = {
    "view": "release:view",
    "export": "release:export",
    "meeting": "release:hear",
    "link": "release:link",
    "api": "release:fetch",
    "verbal": "release:tell",
}
RULES = (
    "complete",
    "role",
    "membership",
    "in-force",
    "line",
    "onward",
    "gateway",
    "basis",
    "statement",
    "decision",
    "retention",
    "marking",
    "identify",
    "audience",
)
KINDS = ("bilateral", "purpose", "statutory")
COVERS = ("own", "line", "law:CDA17A", "open", "law:EMERGENCY")


class Repair(NamedTuple):
    """One act by one body; `line` is told but two acts that differ in it alone are one act."""

    repair: str
    org: str | None = None
    protocol: str | None = None
    version: int | None = None
    field: str | None = None
    form: str | None = None
    channel: str | None = None


NOBODY = None
"""In place of a repair: nobody here can mend it."""


WEIGHTS = {
    "give-statement": 1,
    "be-assigned": 1,
    "coarser-form": 1,
    "other-channel": 1,
    "accept-confidentiality": 2,
    "another-officer": 2,
    "outside-meeting": 2,
    "decide": 3,
    "name-and-train": 3,
    "ask-origin": 3,
    "sign": 4,
    "review": 5,
    "lift-suspension": 5,
    "delegate": 6,
    "new-version": 9,
}


class Fault(NamedTuple):
    """A rule that fails, and what would mend it."""

    rule: str
    repair: Repair | None


@dataclass(frozen=True)
class Ask:
    """One field of one record for one recipient, by one channel."""

    world: World
    case: Case
    recipient: str
    field: str
    channel: str
    memory: dict[Any, Any] = dataclass_field(default_factory=dict, compare=False, repr=False)

    @property
    def at(self) -> int:
        return self.case.at

    @property
    def supplier(self) -> Organisation:
        return self.world.organisations[self.case.record.holder]

    @property
    def receiver(self) -> Organisation:
        return self.world.organisations[self.recipient]

    @property
    def known(self) -> Field:
        return self.world.registry[self.field]


def whatever_the_channel(function: Callable[P, T]) -> Callable[P, T]:
    """Work out once for an ask what does not depend on the channel, or is told all that does."""

    @wraps(function)
    def once(*args: P.args, **none: P.kwargs) -> T:
        ask: Any = args[0]
        key = (function, args[1:])
        if key not in ask.memory:
            ask.memory[key] = function(*args, **none)
        found: T = ask.memory[key]
        return found

    return once


@dataclass(frozen=True)
class Candidate:
    """What could cover: a line as it stands, a line of a new version, a new line, or a cover that needs no protocol."""

    cover: str
    version: Version | None = None
    line: Line | None = None
    new_text: bool = False


# --- forms ------------------------------------------------------------------------------------------------------------


def coarser(known: Field, one: str, other: str) -> str:
    return one if known.rank(one) >= known.rank(other) else other


def leaves(ask: Ask, candidate: Candidate, form: str) -> str:
    """The coarser of the form asked for and the form that the cover allows."""
    if candidate.line is not None:
        return coarser(ask.known, form, candidate.line.form.get(ask.field, ask.known.forms[0].name))
    if candidate.cover == "law:CDA17A":
        prescribed = data_set(ask)
        if prescribed is not None and ask.field in prescribed.finest:
            return coarser(ask.known, form, prescribed.finest[ask.field])
    return form


def non_personal(ask: Ask, form: str) -> bool:
    """Rule 12: not personal by its class, and a place that leaves points at nobody."""
    known = ask.known
    found = known.forms[known.rank(form)]
    if known.free_text or found.kind in PERSONAL_CLASSES:
        return False
    if not known.location:
        return True
    record = ask.case.record
    enough = record.homes.get(form, 0) >= 8 or record.public_place
    return enough and (not record.flags or found.borough)


def special_class(ask: Ask, form: str) -> str | None:
    """`criminal` or `special`, where the form needs a condition too."""
    kind = "special" if ask.known.free_text else ask.known.forms[ask.known.rank(form)].kind
    return kind if kind in ("criminal", "special") else None


def data_set(ask: Ask) -> DataSet | None:
    """The prescribed data set that the record is of, if it is one of the supplier's."""
    found = ask.world.law.prescribed.get(ask.case.record.data_set or "")
    if found is None or not found.span.covers(ask.at) or ask.supplier.body_type not in found.holders:
        return None
    return found
