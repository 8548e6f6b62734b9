"""This module knows what a changed text would have done: the same cases decided under two texts, and what came out differently.

Each case is judged by itself, with its facts as they were: an earlier release that it rests on stays, whatever the new text says.
Everything that is not the text stays too: who had signed, reviews, suspensions, officers, the law.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from protocols import case_reading, decide, wording
from protocols.decision import Decision, FieldDecision
from protocols.facts import World
from protocols.reading import WrongInputError
from protocols.terms import Protocol, to_world

_OWN = ("ref", "partnership", "version", "signatures", "suspensions", "reviews")
"""What stays a version's own when another text stands in its place."""
_DAYS = ("starts_on", "review_by", "ends_on", "adopted_on")
"""What stays its own too, unless the text bears the very number of the version: a later text has later days."""


@dataclass(frozen=True)
class Changed:
    """One field of one case that comes out differently. `kind`: refused, allowed, coarser or finer, as the newer text has it."""

    kind: str
    case: str
    field: str
    was: FieldDecision
    now: FieldDecision

    def as_json(self) -> dict[str, object]:
        """Both answers in short, and the kind of change."""
        return {
            "kind": self.kind,
            "case": self.case,
            "field": self.field,
            "was": _short(self.was),
            "now": _short(self.now),
        }

    def says(self) -> str:
        """What was and what would be, in a sentence."""
        return f"{self.case} {self.field}: was {_said(self.was)}; would be {_said(self.now)}"


def in_place(world: Mapping[str, Any], text: Protocol) -> dict[str, Any]:
    """The world in which this text stands in the place of every version of its protocol.

    Each version keeps its number, signatures, reviews and suspensions, and its days as well, unless it has the text's own number.
    Raises WrongInputError where the world has no version of the protocol.
    """
    form = to_world(text)
    protocols = list(world.get("protocols", ()))
    places = [
        place
        for place, each in enumerate(protocols)
        if (each.get("ref"), each.get("partnership")) == (text.ref, text.partnership)
    ]
    if not places:
        raise WrongInputError("$.protocols", f"there is no version of {text.ref} of {text.partnership} in this world")
    for place in places:
        protocols[place] = _as_this_version(form, protocols[place])
    return {**world, "protocols": protocols}


def _as_this_version(form: Mapping[str, Any], version: Mapping[str, Any]) -> dict[str, Any]:
    kept = _OWN if version.get("version") == form["version"] else (*_OWN, *_DAYS)
    text = {key: value for key, value in form.items() if key not in kept}
    return text | {key: version[key] for key in kept if key in version}


def changes(before: World, after: World, cases: Iterable[str]) -> Iterator[Changed]:
    """Decide each case (a JSON object a line) in both worlds; what differs, in the order of cases and their fields.

    Raises WrongInputError with the line and the JSON path of what cannot be read. Blank lines are passed over.
    """
    for number, line in enumerate(cases, start=1):
        if line.strip():
            path = f"line {number}: $"
            case = _parsed(line, path)
            yield from changed(before, judge(before, case, path), judge(after, case, path))


def _parsed(line: str, path: str) -> object:
    try:
        return json.loads(line)
    except ValueError as error:
        raise WrongInputError(path, f"this is not JSON: {error}") from error


def judge(world: World, case: object, path: str = "$") -> Decision:
    """The decision on one case. Raises WrongInputError where the world cannot read it."""
    return decide.release(world, case_reading.read(world, case, path))


def changed(world: World, was: Decision, now: Decision) -> Iterator[Changed]:
    """What differs between two decisions on the same case, field by field."""
    for code, old in was.fields.items():
        kind = _kind(world, old, now.fields[code])
        if kind:
            yield Changed(kind, was.case, code, old, now.fields[code])


def _kind(world: World, was: FieldDecision, now: FieldDecision) -> str:
    if was.form is None or now.form is None:
        return "" if was.form == now.form else "refused" if now.form is None else "allowed"
    places = world.law.registry[was.code].places
    older, newer = places[was.form], places[now.form]
    return "" if older == newer else "coarser" if newer > older else "finer"


def _short(each: FieldDecision) -> dict[str, object]:
    wanted = ("result", "form", "cover", "protocol", "version", "line", "rule", "failing")
    said = each.as_json()
    return {key: said[key] for key in wanted}


def _said(each: FieldDecision) -> str:
    if each.rule is not None:
        return f"withheld ({each.rule}: {wording.reason(each.rule)})"
    under = f"line {each.line} of {each.protocol}" if each.line else str(each.cover)
    return f"{each.result} {wording.leaves_as(each.code, str(each.form))} ({under})"
