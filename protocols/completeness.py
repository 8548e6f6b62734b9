"""This module knows what a protocol still lacks before anybody may sign it: each gap by name, with where to put it.

Sources: SI 2007/1830 reg 4 (three heads, an officer in each authority), the ICO data sharing code, and the five questions of the
Housing Corporation's good practice note of 2007: what, by whom, with whom, for what, with which safeguards. Signatures of the
responsible authorities are not part of the gate: one that has not signed is shown as a gap and stops nobody else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from types import MappingProxyType

from protocols import lawbook
from protocols.sections import SECTIONS, Section
from protocols.terms import KIND_PREFIX, Line, Protocol, Purpose
from protocols.vocabulary import NEED_CONDITION, PERSONAL

FIVE_QUESTIONS: Mapping[str, str] = MappingProxyType(
    {
        "fields": "what is shared",
        "from_": "by whom it is shared",
        "to": "with whom it is shared",
        "purposes": "for what it is shared",
        "safeguards": "with which safeguards it is shared",
    }
)
"""Part of a line → the question that it answers."""

_ONE_YEAR = 12
_BILATERAL = 2


@dataclass(frozen=True)
class Gap:
    """Something missing or wrong: its name, where to put it in the file, and what to write."""

    name: str
    where: str
    mend: str

    def __str__(self) -> str:
        """One sentence for people."""
        return f"{self.name}: {self.mend} ({self.where})"


def missing(protocol: Protocol) -> tuple[Gap, ...]:
    """Everything that stops this version from being signed, in the order of the file; empty when it is complete.

    Law is read as of the day on which the protocol starts. Pure: the same protocol has the same gaps on every day.
    """
    return tuple(
        gap for part in (_parties, _dates, _purposes, _lines, _sections, _controllers) for gap in part(protocol)
    )


def five_questions(protocol: Protocol) -> Mapping[str, bool]:
    """Which of the five questions the protocol answers on every line (a protocol without lines answers none)."""
    return {
        question: bool(protocol.lines) and all(getattr(line, part) for line in protocol.lines)
        for part, question in FIVE_QUESTIONS.items()
    }


def needs_section(protocol: Protocol, section: Section) -> bool:
    """Whether this protocol has to have the section itself, rather than take it from its parent."""
    return not section.optional and (section.always or protocol.kind == "statutory")


# --- the parts of the gate -----------------------------------------------------------------------


def _parties(protocol: Protocol) -> Iterator[Gap]:
    if len(protocol.parties) < _BILATERAL:
        yield Gap("parties", "protocol.parties", "name at least two organisations")
    if protocol.kind == "bilateral" and len(protocol.parties) > _BILATERAL:
        yield Gap(
            "parties", "protocol.parties", "a bilateral protocol has two parties; with more it is of kind “purpose”"
        )
    if protocol.kind == "statutory" and protocol.parent:
        yield Gap("parent", "protocol.parent", "a statutory protocol has no parent; take this out")
    if protocol.kind != "statutory" and not protocol.parent:
        yield Gap("parent", "protocol.parent", "name the partnership's protocol that this one stands under")


def _dates(protocol: Protocol) -> Iterator[Gap]:
    if protocol.review_by <= protocol.starts_on:
        yield Gap("review date", "protocol.review_by", "the review has to come after the start")
    if protocol.review_by > _years_later(protocol.starts_on, 1):
        latest = _years_later(protocol.starts_on, 1)
        yield Gap(
            "review date",
            "protocol.review_by",
            f"review within {_ONE_YEAR} months of the start, by {latest.isoformat()}",
        )
    if protocol.ends_on is not None and protocol.ends_on <= protocol.starts_on:
        yield Gap("end", "protocol.ends_on", "the end has to come after the start")
    if protocol.adopted_on is not None and protocol.adopted_on > protocol.starts_on:
        yield Gap("adoption", "protocol.adopted_on", "the strategy group adopts it before it starts, or on that day")


def _purposes(protocol: Protocol) -> Iterator[Gap]:
    if not protocol.purposes:
        yield Gap("purposes", "purpose", "say what information is shared for: at least one [[purpose]]")
    for place, purpose in enumerate(protocol.purposes):
        yield from _purpose(protocol, purpose, f"purpose[{place}]")


def _purpose(protocol: Protocol, purpose: Purpose, where: str) -> Iterator[Gap]:
    name = f"purpose “{purpose.code}”"
    if not purpose.text:
        yield Gap(name, f"{where}.text", "say in a sentence what it is for")
    if not purpose.strategy_area:
        yield Gap(
            name, f"{where}.strategy_area", f"name the strategy that it serves: {', '.join(lawbook.STRATEGY_AREAS)}"
        )
    if not purpose.provision:
        yield Gap(name, f"{where}.provision", "name the provision of the Crime and Disorder Act 1998 that it serves")
    elif not lawbook.stands(lawbook.rows("provisions")[purpose.provision], protocol.starts_on):
        yield Gap(
            name, f"{where}.provision", f"{purpose.provision} cannot be relied on on {protocol.starts_on.isoformat()}"
        )
    if not any(purpose.code in line.purposes for line in protocol.lines):
        yield Gap(name, "line", "no line shares anything for it: write one, or take the purpose out")


def _lines(protocol: Protocol) -> Iterator[Gap]:
    if not protocol.lines:
        yield Gap(
            "lines",
            "line",
            "say what is shared, by whom, with whom, for what, with which safeguards: at least one [[line]]",
        )
    for place, line in enumerate(protocol.lines):
        where = f"line[{place}]"
        for gap in (*_five(line), *_bodies(protocol, line), *_law(protocol, line)):
            yield Gap(f"line {line.id}, {gap.name}", f"{where}.{gap.where}", gap.mend)


def _five(line: Line) -> Iterator[Gap]:
    for part, question in FIVE_QUESTIONS.items():
        if not getattr(line, part):
            yield Gap(question, part.rstrip("_"), f"say {question}")
    for code in line.safeguards:
        if code not in lawbook.rows("safeguards"):
            near = get_close_matches(code, lawbook.rows("safeguards"), n=1)
            mend = f"did you mean {near[0]}?" if near else "take one of protocols/data/safeguards.toml"
            yield Gap("safeguard", "safeguards", f"nothing enforces “{code}”; {mend}")
    for part in ("channels", "areas", "categories"):
        if not getattr(line, part):
            yield Gap(part, part, "an empty list covers nothing: name at least one, or leave the key out")


def _bodies(protocol: Protocol, line: Line) -> Iterator[Gap]:
    for part, bodies in (("from", line.from_), ("to", line.to)):
        for body in bodies:
            if not body.startswith(KIND_PREFIX) and body not in protocol.parties:
                yield Gap("parties", part, f"“{body}” is not a party: add it to protocol.parties, or take it out here")


def _law(protocol: Protocol, line: Line) -> Iterator[Gap]:
    day = protocol.starts_on if line.starts_on is None else max(protocol.starts_on, line.starts_on)
    classes = {lawbook.form_class(field, line.form_of(field)) for field in line.fields}
    free = [field for field in line.fields if lawbook.rows("fields")[field].get("free_text")]
    if free:
        yield Gap(
            "free text", "fields", f"“{free[0]}” is raw free text, which may stand on no line; use summary-redacted"
        )
    if not lawbook.stands(lawbook.rows("gateways")[line.gateway], day):
        yield Gap("gateway", "gateway", f"{line.gateway} cannot be relied on on {day.isoformat()}")
    if line.gateway == "CDA17A" and classes & PERSONAL:
        yield Gap("gateway", "gateway", "section 17A carries nothing personal: use another gateway, or a coarser form")
    if classes & PERSONAL and not _relied(line.basis, "bases", day):
        yield Gap("lawful basis", "basis", f"personal data leaves: name a basis that is in force on {day.isoformat()}")
    for kind in sorted(classes & NEED_CONDITION):
        if not _relied(line.conditions, "conditions", day, kind):
            yield Gap("condition", "conditions", f"{kind} data leaves: name a condition of Schedule 1 for it")


def _relied(codes: tuple[str, ...], table: str, day: date, kind: str | None = None) -> bool:
    """Whether one of the codes may be relied on that day (and covers that class of data)."""
    found = [lawbook.rows(table)[code] for code in codes]
    return any(lawbook.stands(row, day) and (kind is None or kind in row.get("classes", (kind,))) for row in found)


def _sections(protocol: Protocol) -> Iterator[Gap]:
    for code, section in SECTIONS.items():
        if needs_section(protocol, section) and code not in protocol.text:
            yield Gap(section.title, f"text.{code}", f"say {section.asks}")


def _controllers(protocol: Protocol) -> Iterator[Gap]:
    """The joint-controller arrangement has to speak of every line: by its number, or of “every line”."""
    text = protocol.text.get("joint_controllers", "")
    if not text or "every line" in text.lower():
        return
    words = {word.strip(".,;:()") for word in text.split()}
    for place, line in enumerate(protocol.lines):
        if line.id not in words:
            mend = f"say who is controller for line {line.id}, or write a rule for “every line”"
            yield Gap(f"line {line.id}, controllers", f"text.joint_controllers, for line[{place}]", mend)


def _years_later(day: date, years: int) -> date:
    """The same day some years on; 29 February becomes 1 March."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)
