"""This module knows the case that is supposed when somebody asks whether two bodies may share something, for a purpose, on a day.

Nothing is asked for yet, so the human acts are supposed to be done as they should be: an officer of the recipient who may ask,
and is assigned, states why; the supplier's liaison officer allows what is asked. Where the world has no such person, the answer
says so. The record is an ordinary one: the supplier's own, live, without a flag, in an area with homes enough.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from protocols import moments
from protocols.facts import World
from protocols.moments import Instant
from protocols.vocabulary import AS_IS, CHANNEL_ACTION, ENOUGH_HOMES

NOBODY = "nobody"


@dataclass(frozen=True)
class Question:
    """Who would give what to whom, for what, when and how. `fields` maps each field to the form asked for, or None.

    `data_set` is the prescribed data set (SI 2007/1831) that the record belongs to, if it does.
    """

    partnership: str
    supplier: str
    recipient: str
    purpose: str
    fields: Mapping[str, str | None]
    at: date | datetime
    area: str = "*"
    category: str = "ASBX"
    channel: str = "view"
    data_set: str | None = None


def case(world: World, question: Question) -> dict[str, Any]:
    """The supposed case (docs/schema/cases.schema.json). Unknown codes are found when the case is read, not here."""
    instant = moments.parse(question.at.isoformat())
    asker = _asker(world, question, instant)
    decider = _decider(world, question.supplier, asker, instant)
    allowed = {code: {"allow": AS_IS} for code in question.fields}
    return {
        "case": "supposed",
        "record": _record(world, question),
        "recipient": question.recipient,
        "purpose": question.purpose,
        "fields": [{"code": code, "form": form} for code, form in question.fields.items()],
        "moment": question.at.isoformat(),
        "channel": question.channel,
        "officer": asker or NOBODY,
        "assigned": True,
        "statement": {"necessity": True, "proportionality": True},
        "decision": {"officer": decider, "decided_at": question.at.isoformat(), "fields": allowed} if decider else None,
    }


def _record(world: World, question: Question) -> dict[str, Any]:
    places = {form.name for kind in world.law.registry.values() if kind.location for form in kind.forms}
    return {
        "origin": question.supplier,
        "controllers": [question.supplier],
        "holder": question.supplier,
        "partnership": question.partnership,
        "area": question.area,
        "category": question.category,
        "homes": dict.fromkeys(sorted(places - {AS_IS}), ENOUGH_HOMES),
        "data_set": question.data_set,
    }


def _asker(world: World, question: Question, instant: Instant) -> str | None:
    body = world.organisations.get(question.recipient)
    action = CHANNEL_ACTION.get(question.channel)
    if body is None or action is None:
        return None
    return _first(code for code, each in body.officers.items() if action in each.actions and instant in each.span)


def _decider(world: World, supplier: str, asker: str | None, instant: Instant) -> str | None:
    body = world.organisations.get(supplier)
    return (
        None if body is None else _first(code for code in body.liaison if body.liaises(code, instant) and code != asker)
    )


def _first(codes: Iterable[str]) -> str | None:
    return min(codes, default=None)
