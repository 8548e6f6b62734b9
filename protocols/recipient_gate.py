"""This module knows what the recipient gate says of an organisation on a day, in words: section 115, on whose behalf, or not.

It only asks what `protocols.decide` asks (`Route.standing`, the kinds of body of the law data) and says the answer.
Source: Crime and Disorder Act 1998 section 115(1) and (2).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from protocols import lawbook, moments
from protocols.facts import World
from protocols.law import BodyKind
from protocols.moments import EARLIEST, LATEST, Instant


@dataclass(frozen=True)
class Gate:
    """The verdict: `standing` of its own; `acts_for`, purpose → principal through whom it may receive; and the words."""

    standing: bool
    acts_for: Mapping[str, str]
    says: str

    @property
    def tag(self) -> str:
        """The verdict in two words."""
        if self.standing:
            return "section 115"
        return "section 115 for another" if self.acts_for else "not section 115"


def verdict(
    world: World, partnership: str, organisation: str, at: Instant, names: Mapping[str, str] = MappingProxyType({})
) -> Gate:
    """What the gate says of an organisation of the world at an instant. KeyError for one that is not in the world."""
    body = world.organisations[organisation]
    kind = world.law.bodies[body.body_type]
    title = lawbook.title("body_types", body.body_type)
    if kind.stands(at):
        return Gate(
            standing=True,
            acts_for={},
            says=f"Section 115: {_kind(title)} may be given personal data where a line says so.",
        )
    acts_for: dict[str, str] = {}
    for purpose in sorted({code for each in body.delegations for code in each.purposes}):
        allowed, principal = world.route(partnership, organisation, organisation, purpose, at).standing
        if allowed and principal:
            acts_for[purpose] = principal
    if acts_for:
        return Gate(standing=False, acts_for=acts_for, says=_on_behalf(acts_for, names))
    return Gate(standing=False, acts_for={}, says=_refusal(kind, title, at))


def _on_behalf(acts_for: Mapping[str, str], names: Mapping[str, str]) -> str:
    purposes: dict[str, list[str]] = defaultdict(list)
    for purpose, principal in acts_for.items():
        purposes[principal].append(purpose)
    said = "; ".join(f"{names.get(each, each)} for {', '.join(codes)}" for each, codes in purposes.items())
    return f"Section 115 on behalf of another, and for nothing else: it acts for {said}."


def _refusal(kind: BodyKind, title: str, at: Instant) -> str:
    row = lawbook.rows("body_types").get(kind.code, {})
    if any(span.get("evidence") == "review" for span in row.get("standing", ())):
        why = f"whether {_kind(title)} counts needs legal advice, and until then it does not"
    elif ended := [span.end for span in kind.standing if EARLIEST < span.end <= at]:
        why = f"{_kind(title)} counted until {_day(max(ended))}"
    elif coming := [span.start for span in kind.standing if at < span.start < LATEST]:
        why = f"{_kind(title)} counts only from {_day(min(coming))}"
    else:
        why = f"{_kind(title)} is not among the bodies of section 115(2)"
    also = (
        "It may act for one that is, once that body records a delegation that names the purpose."
        if kind.may_act_for
        else "It cannot act for one that is, either."
    )
    return f"Not section 115: {why}. Nothing personal can be given to it under this power. {also}"


def _kind(title: str) -> str:
    """A body kind's title inside a sentence; abbreviations keep their capitals."""
    first = title.split(maxsplit=1)[0]
    lower = title if first.isupper() and len(first) > 1 else title[0].lower() + title[1:]
    article = "an" if lower[0] in "aeiou" else "a"
    return f"{article} {lower}"


def _day(instant: Instant) -> str:
    day = date.fromordinal(moments.day_of(instant))
    return f"{day.day} {day:%B %Y}"
