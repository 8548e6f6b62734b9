"""This module knows how a text under way is begun (from the model, a version before, under a parent) and changed part by part.

Each function gives a new protocol and leaves the old one as it is. Nothing here judges: `protocols.completeness` names the gaps,
and `protocols.terms.load` reads every text again before it is kept.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any, TypeVar

from protocols import terms
from protocols.sections import SECTIONS
from protocols.terms import Line, Protocol, Purpose

T = TypeVar("T")

OWN_FACTS = ("dpia",)
"""Sections of the model that state facts which only the partnership itself can know: a draft begins without them."""


@cache
def model() -> Protocol:
    """The shipped model protocol."""
    return terms.load(resources.files("protocols").joinpath("data", "model-protocol.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Beginning:
    """What has to be known to begin: where, how it is called, when it starts, and for the kinds that have one, the parent."""

    partnership: str
    ref: str
    title: str
    starts_on: date
    kind: str = "statutory"
    parent: Protocol | None = None
    parties: tuple[str, ...] = ()


def from_model(beginning: Beginning) -> Protocol:
    """A first version from the model, without parties and without the facts that only the partnership knows.

    Under a parent it begins with the parent's purposes, no lines, and the sections that every protocol needs.
    """
    shipped = model()
    under = beginning.parent
    text = {
        code: said
        for code, said in shipped.text.items()
        if code not in OWN_FACTS and (under is None or SECTIONS[code].always)
    }
    return replace(
        shipped,
        partnership=beginning.partnership,
        ref=beginning.ref,
        title=beginning.title,
        kind=beginning.kind,
        parent=under.ref if under else None,
        version=1,
        aliases=(),
        **_days(beginning.starts_on, under.ends_on if under else None),
        marking=under.marking if under else shipped.marking,
        parties=beginning.parties,
        purposes=under.purposes if under else shipped.purposes,
        lines=() if under else shipped.lines,
        text=MappingProxyType(text),
    )


def next_version(protocol: Protocol, starts_on: date) -> Protocol:
    """The next version of a protocol, to start on a day: as it was, but to be reviewed anew and adopted by nobody yet."""
    return replace(protocol, version=protocol.version + 1, **_days(starts_on, protocol.ends_on))


def _days(starts_on: date, ends_on: date | None) -> dict[str, Any]:
    return {
        "starts_on": starts_on,
        "review_by": a_year_on(starts_on),
        "ends_on": ends_on if ends_on and ends_on > starts_on else None,
        "adopted_on": None,
    }


def a_year_on(day: date) -> date:
    """The last day on which a protocol that starts on a day can be due for review: a year on, 28 February for a leap day."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return day.replace(year=day.year + 1, day=28)


def with_purpose(protocol: Protocol, place: int, purpose: Purpose | None) -> Protocol:
    """Change the purpose at a place, add one at the end, or take one out (None). Lines follow when it is renamed or gone."""
    before = protocol.purposes[place].code if place < len(protocol.purposes) else None
    purposes = _put(protocol.purposes, place, purpose)
    if before is None or (purpose and purpose.code == before):
        return replace(protocol, purposes=purposes)
    instead = (purpose.code,) if purpose else ()
    lines = tuple(
        replace(
            line, purposes=tuple(each for code in line.purposes for each in (instead if code == before else (code,)))
        )
        for line in protocol.lines
    )
    return replace(protocol, purposes=purposes, lines=lines)


def with_line(protocol: Protocol, place: int, line: Line | None) -> Protocol:
    """Change the line at a place, add one at the end, or take one out (None)."""
    return replace(protocol, lines=_put(protocol.lines, place, line))


def with_text(protocol: Protocol, section: str, said: str) -> Protocol:
    """Write a section; nothing but blanks takes it out. KeyError for a section that there is not."""
    if section not in SECTIONS:
        raise KeyError(section)
    kept = {**protocol.text, section: said.strip()}
    ordered = {code: kept[code] for code in SECTIONS if kept.get(code)}
    return replace(protocol, text=MappingProxyType(ordered))


def with_parties(protocol: Protocol, parties: tuple[str, ...]) -> Protocol:
    """Name the parties: those that stay keep their order, new ones come after. Lines that name one by its code are left alone."""
    stay = tuple(code for code in protocol.parties if code in parties)
    return replace(protocol, parties=(*stay, *(code for code in parties if code not in stay)))


def next_line_id(protocol: Protocol) -> str:
    """A number that no line has: one more than the last of the same head (4.2 → 4.3), else 1.1."""
    used = {line.id for line in protocol.lines}
    head, _, last = (protocol.lines[-1].id if used else "1.0").rpartition(".")
    number = int(last) if last.isdecimal() else 0
    while (found := f"{head or '1'}.{number + 1}") in used:
        number += 1
    return found


def _put(items: tuple[T, ...], place: int, item: T | None) -> tuple[T, ...]:
    rest = () if item is None else (item,)
    return (*items[:place], *rest, *items[place + 1 :])
