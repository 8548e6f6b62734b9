"""This module knows what has changed between two versions of a protocol, clause by clause and line by line, in plain English.

`protocols.compare` compares what may happen, for replays; this compares what is written, for the people who sign it. Everything
that is signed is compared: two texts with different digests have at least one change.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from types import MappingProxyType

from protocols import lawbook
from protocols.render import body_name, days, field_name, written_day
from protocols.sections import SECTIONS
from protocols.terms import KIND_PREFIX, Line, Protocol, Purpose
from protocols.wording import CHANNELS, leaves_as

Names = Mapping[str, str]
"""Organisation's code → its name."""


@dataclass(frozen=True)
class Change:
    """One change: the place in the words of the text (“Line 4.2”), and a whole sentence."""

    where: str
    says: str


def changes(old: Protocol, new: Protocol, names: Names = MappingProxyType({})) -> tuple[Change, ...]:
    """Everything that the newer version says differently, in the order of the text; empty for equal texts."""
    return (
        *(Change("Cover", says) for says in _cover(old, new)),
        *(Change("Parties", says) for says in _parties(old, new, names)),
        *_purposes(old, new),
        *_sections(old, new),
        *_lines(old, new, names),
    )


# --- the head ------------------------------------------------------------------------------------

_HEAD: Mapping[str, str] = MappingProxyType(
    {
        "ref": "Its reference",
        "title": "Its title",
        "partnership": "The partnership that it belongs to",
        "kind": "Its kind",
        "parent": "The protocol that it stands under",
        "version": "The number of the version",
        "aliases": "What it is also called",
        "starts_on": "The day on which it starts",
        "review_by": "The day by which it is reviewed",
        "ends_on": "The day on which it ends",
        "adopted_on": "The day of adoption",
        "overlap_days": "How long the version before still counts",
        "marking": "The highest marking",
        "reply_days": "The time for an answer",
    }
)
_DAYS = frozenset({"overlap_days", "reply_days"})


def _cover(old: Protocol, new: Protocol) -> Iterator[str]:
    for key, what in _HEAD.items():
        was, now = getattr(old, key), getattr(new, key)
        if was != now:
            yield f"{what} is now {_said(key, now)}; it was {_said(key, was)}."


def _said(key: str, value: object) -> str:
    if value is None or value == ():
        return "not set"
    if isinstance(value, date):
        return written_day(value)
    if isinstance(value, tuple):
        return "; ".join(f"“{each}”" for each in value)
    return days(value) if key in _DAYS and isinstance(value, int) else str(value)


def _parties(old: Protocol, new: Protocol, names: Names) -> Iterator[str]:
    yield from (f"{names.get(code, code)} is a new party." for code in new.parties if code not in old.parties)
    yield from (f"{names.get(code, code)} is no party any more." for code in old.parties if code not in new.parties)
    both = [code for code in old.parties if code in new.parties]
    if both != [code for code in new.parties if code in old.parties]:
        yield "The parties are listed in another order."


def _purposes(old: Protocol, new: Protocol) -> Iterator[Change]:
    before = {each.code: each for each in old.purposes}
    for purpose in new.purposes:
        was = before.pop(purpose.code, None)
        where = f"Purpose {purpose.code}"
        if was is None:
            yield Change(where, f"It is new: {purpose.text or 'it says nothing yet'}{_provision(purpose)}.")
            continue
        yield from (Change(where, says) for says in _purpose(was, purpose))
    for code in before:
        yield Change(f"Purpose {code}", "It is gone: nothing is shared for it any more.")
    kept = [each.code for each in old.purposes if each.code not in before]
    if kept != [each.code for each in new.purposes if each.code in kept]:
        yield Change("Purposes", "The purposes stand in another order.")


def _purpose(was: Purpose, now: Purpose) -> Iterator[str]:
    if was.text != now.text:
        yield f"It now reads “{now.text}”; it read “{was.text}”."
    if was.provision != now.provision:
        yield f"It now serves {now.provision or 'no provision'} instead of {was.provision or 'none'}."
    if was.strategy_area != now.strategy_area:
        yield f"Its part of the strategy is now {now.strategy_area or 'not said'}; it was {was.strategy_area or 'not said'}."
    if was.law_enforcement != now.law_enforcement:
        yield (
            "It is now processing for law enforcement (Data Protection Act 2018, Part 3)."
            if now.law_enforcement
            else "It is no longer processing for law enforcement."
        )


def _provision(purpose: Purpose) -> str:
    return f" (it serves {purpose.provision})" if purpose.provision else ""


# --- the prose -----------------------------------------------------------------------------------


def _sections(old: Protocol, new: Protocol) -> Iterator[Change]:
    for code, section in SECTIONS.items():
        was, now = old.text.get(code), new.text.get(code)
        where = f"“{section.title}”"
        if was == now:
            continue
        if was is None:
            yield Change(where, "The section is new.")
        elif now is None:
            yield Change(where, "The section is gone.")
        else:
            found = list(_sentences(was, now))
            yield from (Change(where, says) for says in found or ["Only its line breaks are different."])


def _sentences(was: str, now: str) -> Iterator[str]:
    """What a section no longer says and what it says now, sentence by sentence."""
    before, after = _split(was), _split(now)
    for kind, start, end, new_start, new_end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        gone, come = " ".join(before[start:end]), " ".join(after[new_start:new_end])
        if kind == "replace":
            yield f"It now says “{come}” instead of “{gone}”"
        elif kind == "delete":
            yield f"It no longer says “{gone}”"
        elif kind == "insert":
            yield f"It now also says “{come}”"


def _split(text: str) -> list[str]:
    return [part for part in re.split(r"(?<=[.!?])\s+", " ".join(text.split())) if part]


# --- the lines -----------------------------------------------------------------------------------


def _lines(old: Protocol, new: Protocol, names: Names) -> Iterator[Change]:
    before = {line.id: line for line in old.lines}
    for line in new.lines:
        was = before.pop(line.id, None)
        if was is None:
            yield Change(
                f"Line {line.id}", f"It is new: it lets {_bodies(line.from_, names)} give {_given(line, names)}."
            )
        else:
            yield from (Change(f"Line {line.id}", says) for part in _PARTS for says in part(was, line, names))
    for code, line in before.items():
        yield Change(f"Line {code}", f"It is gone: {_bodies(line.from_, names)} no longer gives {_given(line, names)}.")
    kept = [line.id for line in old.lines if line.id not in before]
    if kept != [line.id for line in new.lines if line.id in kept]:
        yield Change("Lines", "The lines stand in another order.")


def _given(line: Line, names: Names) -> str:
    what = "; ".join(field_name(line, field) for field in line.fields) or "nothing"
    return f"{_bodies(line.to, names)} {what}, for {_list(line.purposes)}"


def _fields(was: Line, now: Line, names: Names) -> Iterator[str]:
    to = _bodies(now.to, names)
    for field in now.fields:
        if field not in was.fields:
            yield f"It now also lets {to} receive {field_name(now, field)}."
        elif (before := was.form_of(field)) != (after := now.form_of(field)):
            finer = lawbook.forms(field).index(after) < lawbook.forms(field).index(before)
            yield (
                f"It now lets {to} receive {lawbook.title('fields', field)} {leaves_as(field, after)}; "
                f"before, {leaves_as(field, before)}. That is {'more' if finer else 'less'} than before."
            )
        elif was.form.get(field) != now.form.get(field):
            yield f"{lawbook.title('fields', field)} leaves as before; that it does so is written down differently."
    for field in was.fields:
        if field not in now.fields:
            yield f"It no longer lets {to} receive {field_name(was, field)}."
    yield from _order("fields", was.fields, now.fields)


def _sides(was: Line, now: Line, names: Names) -> Iterator[str]:
    for code in _added(was.from_, now.from_):
        yield f"It now also lets {_body(code, names)} give what it covers."
    for code in _added(now.from_, was.from_):
        yield f"It no longer lets {_body(code, names)} give anything."
    for code in _added(was.to, now.to):
        yield f"It now also lets {_body(code, names)} receive what it covers."
    for code in _added(now.to, was.to):
        yield f"It no longer lets {_body(code, names)} receive anything."
    yield from _order("givers", was.from_, now.from_)
    yield from _order("recipients", was.to, now.to)


def _listed(
    attribute: str, added: str, taken: str, title: Callable[[str], str]
) -> Callable[[Line, Line, Names], Iterator[str]]:
    """A part that compares a list of codes: what to say of one that has come, and of one that has gone."""

    def compare(was: Line, now: Line, _names: Names) -> Iterator[str]:
        before, after = getattr(was, attribute), getattr(now, attribute)
        yield from (added.format(title(code)) for code in _added(before, after))
        yield from (taken.format(title(code)) for code in _added(after, before))
        yield from _order(attribute, before, after)

    return compare


def _titled(table: str) -> Callable[[str], str]:
    return lambda code: f"{lawbook.title(table, code)} ({code})"


def _category(code: str) -> str:
    return "every kind of anti-social behaviour" if code == "*" else lawbook.categories().get(code, code)


def _area(code: str) -> str:
    return "everywhere" if code == "*" else f"in {code}"


def _limits(was: Line, now: Line, _names: Names) -> Iterator[str]:
    if was.gateway != now.gateway:
        before, after = (lawbook.title("gateways", each.gateway) for each in (was, now))
        yield f"It now relies on {after} instead of {before}."
    if was.retention_days != now.retention_days:
        more = "longer" if now.retention_days > was.retention_days else "shorter"
        yield f"What is received may be kept for {days(now.retention_days)} instead of {was.retention_days}, which is {more}."
    if was.onward != now.onward:
        yield (
            "What is received may now be passed on with the supplier’s leave."
            if now.onward == "ask"
            else "What is received may no longer be passed on."
        )
    for key, what in (("starts_on", "starts"), ("ends_on", "ends")):
        before, after = getattr(was, key), getattr(now, key)
        if before != after:
            yield f"It now {what} {_when(after)}; before, {_when(before)}."


_PARTS: tuple[Callable[[Line, Line, Names], Iterator[str]], ...] = (
    _fields,
    _sides,
    _listed("purposes", "It now also serves {}.", "It no longer serves {}.", str),
    _listed("basis", "It may now also rest on {}.", "It may no longer rest on {}.", _titled("bases")),
    _listed("conditions", "It may now also rest on {}.", "It may no longer rest on {}.", _titled("conditions")),
    _listed(
        "channels", "What it covers may now also be {}.", "What it covers may no longer be {}.", lambda c: CHANNELS[c]
    ),
    _listed("categories", "It now covers {}.", "It no longer covers {} as such.", _category),
    _listed("flags", "It now covers records flagged {}.", "It no longer covers records flagged {}.", str),
    _listed("areas", "It now holds {}.", "It no longer holds {} as such.", _area),
    _listed("safeguards", "It now promises: {}.", "It no longer promises: {}.", _titled("safeguards")),
    _limits,
)


def _when(day: date | None) -> str:
    return f"on {written_day(day)}" if day else "with the protocol"


def _added(before: tuple[str, ...], after: tuple[str, ...]) -> list[str]:
    return [code for code in after if code not in before]


def _order(what: str, before: tuple[str, ...], after: tuple[str, ...]) -> Iterator[str]:
    if before != after and sorted(before) == sorted(after):
        yield f"Its {what} are listed in another order."


def _body(code: str, names: Names) -> str:
    return names.get(code) or body_name(code) if not code.startswith(KIND_PREFIX) else body_name(code)


def _bodies(codes: tuple[str, ...], names: Names) -> str:
    return _list(tuple(_body(code, names) for code in codes)) or "nobody"


def _list(items: tuple[str, ...]) -> str:
    return f"{', '.join(items[:-1])} and {items[-1]}" if len(items) > 1 else "".join(items)
