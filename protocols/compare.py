"""This module knows how two versions of a protocol differ: what is now refused, what is now allowed, what else changed.

A grant is what a line lets happen: a field, for a purpose, from somebody, to somebody, by a channel, in a form and coarser.
Lines may be renumbered, split or merged: grants are compared, not lines.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date

from protocols import lawbook
from protocols.sections import SECTIONS
from protocols.terms import Line, Protocol
from protocols.wording import CHANNELS, leaves_as

Grant = tuple[str, str, str, str, str]
"""Field, purpose, supplier, recipient, channel."""

Given = tuple[str, str, str]
"""Field, form (empty: none leaves any more), channel."""

_TERMS = ("basis", "conditions", "gateway", "retention_days", "onward", "safeguards", "flags", "categories", "areas")


@dataclass(frozen=True)
class Difference:
    """One difference. `kind`: refused, allowed, coarser, finer, terms (of a line), head or text."""

    kind: str
    where: str
    says: str


def differences(old: Protocol, new: Protocol) -> tuple[Difference, ...]:
    """What differs between two versions, refusals first: grants, the terms of each line, the head and the text."""
    return (*_grants(old, new), *_terms(old, new), *_head(old, new), *_text(old, new))


def grants(protocol: Protocol) -> Mapping[Grant, int]:
    """Every grant of the protocol → the finest form in which the field leaves (its place in the registry, 0 the finest)."""
    found: dict[Grant, int] = {}
    for line in protocol.lines:
        for grant, form in _of(line):
            found[grant] = min(form, found.get(grant, form))
    return found


def _of(line: Line) -> Iterator[tuple[Grant, int]]:
    for field in line.fields:
        form = lawbook.forms(field).index(line.form_of(field))
        for purpose in line.purposes:
            for supplier in line.from_:
                for recipient in line.to:
                    for channel in line.channels:
                        yield (field, purpose, supplier, recipient, channel), form


def _grants(old: Protocol, new: Protocol) -> Iterator[Difference]:
    before, after = grants(old), grants(new)
    both = before.keys() & after.keys()
    sorts = {
        "refused": before.keys() - after.keys(),
        "coarser": {grant for grant in both if after[grant] > before[grant]},
        "finer": {grant for grant in both if after[grant] < before[grant]},
        "allowed": after.keys() - before.keys(),
    }
    for kind, changed in sorts.items():
        what: dict[tuple[str, str, str], set[Given]] = defaultdict(set)
        for grant in changed:
            field, purpose, supplier, recipient, channel = grant
            form = "" if kind == "refused" else lawbook.forms(field)[after[grant]]
            what[purpose, supplier, recipient].add((field, form, channel))
        yield from _told(kind, what)


def _told(kind: str, what: Mapping[tuple[str, str, str], set[Given]]) -> Iterator[Difference]:
    """Say changed grants in few sentences: bodies for which the same changes stand together."""
    to: dict[tuple[str, str, frozenset[Given]], list[str]] = defaultdict(list)
    for purpose, supplier, recipient in sorted(what):
        to[purpose, supplier, frozenset(what[purpose, supplier, recipient])].append(recipient)
    by: dict[tuple[str, str, frozenset[Given]], list[str]] = defaultdict(list)
    for (purpose, supplier, given), recipients in to.items():
        by[purpose, ", ".join(recipients), given].append(supplier)
    for (purpose, recipients_said, given), suppliers in by.items():
        says = f"from {', '.join(suppliers)} to {recipients_said}: {'; '.join(_fields(given))}"
        yield Difference(kind, purpose, says)


def _fields(given: frozenset[Given]) -> Iterator[str]:
    channels: dict[tuple[str, str], set[str]] = defaultdict(set)
    for field, form, channel in given:
        channels[field, form].add(channel)
    together: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for (field, form), used in sorted(channels.items()):
        name = f"{field} {leaves_as(field, form)}" if form else field
        together[tuple(channel for channel in CHANNELS if channel in used)].append(name)
    for said, names in together.items():
        yield f"{', '.join(names)} ({' or '.join(CHANNELS[channel] for channel in said)})"


def _terms(old: Protocol, new: Protocol) -> Iterator[Difference]:
    before, after = {line.id: line for line in old.lines}, {line.id for line in new.lines}
    for line_id in before:
        if line_id not in after:
            yield Difference("terms", f"line {line_id}", "is gone")
    for line in new.lines:
        if line.id not in before:
            yield Difference("terms", f"line {line.id}", "is new")
            continue
        for name in (*_TERMS, "starts_on", "ends_on"):
            was, now = getattr(before[line.id], name), getattr(line, name)
            if was != now:
                yield Difference("terms", f"line {line.id}", f"{_label(name)}: was {_said(was)}, is {_said(now)}")


def _head(old: Protocol, new: Protocol) -> Iterator[Difference]:
    for item in fields(Protocol):
        if item.name in {"version", "purposes", "lines", "text"}:
            continue
        was, now = getattr(old, item.name), getattr(new, item.name)
        if was != now:
            yield Difference("head", f"protocol.{item.name}", f"{_label(item.name)}: was {_said(was)}, is {_said(now)}")
    purposes = {purpose.code: purpose for purpose in old.purposes}
    for purpose in new.purposes:
        if purposes.pop(purpose.code, None) != purpose:
            yield Difference(
                "head", f"purpose {purpose.code}", f"{purpose.code} is new or says something else: {purpose.text}"
            )
    for code in purposes:
        yield Difference("head", f"purpose {code}", f"{code} is no purpose any more")


def _text(old: Protocol, new: Protocol) -> Iterator[Difference]:
    for code, section in SECTIONS.items():
        was, now = old.text.get(code), new.text.get(code)
        if was != now:
            what = "is new" if was is None else "is gone" if now is None else "says something else"
            yield Difference("text", f"text.{code}", f"“{section.title}” {what}")


def _label(name: str) -> str:
    return name.rstrip("_").replace("_", " ")


def _said(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "nothing"
    if isinstance(value, date):
        return value.isoformat()
    return "nothing" if value is None else str(value)
