"""This module knows how a register is circulated to the partners once a month: one disclosure for each entry and recipient.

What the rules let leave is released; what they withhold is recorded as a refusal, with the smallest lawful change. Nobody
circulates what they entered themselves, nothing goes that was not reviewed in time, and a partner who was reached this month is
not told again.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from protocols.actions import Action, Event
from protocols.register_kinds import RegisterKind, UnknownKindError, Visible, register_kind
from protocols.terms import KIND_PREFIX
from sharing import disclosures, partners
from sharing.disclosures import Ask, Released, SupplierDecision
from sharing.errors import InvalidError, NotFoundError
from sharing.registers import read
from sharing.registers.model import RegisterCirculation, RegisterEntry
from sharing.registers.rules import month_of
from sharing.requests.deciding import may_decide, needs_second_officer
from sharing.store import Unit

AS_IS = "as-is"


@dataclass(frozen=True)
class Circulated:
    """What a circulation did: entries that went, partners told, partners from whom the rules withheld, entries held back."""

    entries: int
    told: int
    refused: int
    held_back: tuple[str, ...]


def circulate_register(unit: Unit, kind_code: str, *, only: frozenset[str] | None = None) -> Circulated:
    """Circulate the agency's entries of a kind to every partner whom a line reaches, or to some of these alone (`only`).

    Raises InvalidError if there is nothing to do.
    """
    kind = _kind(kind_code)
    due: list[tuple[RegisterEntry, list[str]]] = []
    partnership, organisation, officer = unit.actor.partnership, unit.actor.organisation, unit.actor.officer_id
    if partnership is None or organisation is None or officer is None:
        raise NotFoundError("A register is circulated by an officer in a post.")
    today = unit.clock.today()
    rows = list(_live(unit.session, partnership, organisation, kind, today))
    for by in sorted({row.officer_id for row in rows} - {officer}) or [officer][: len(rows)]:
        # whoever has entered all of them may circulate none: the rule of four eyes says so here
        unit.require(
            Action.CIRCULATE_REGISTER,
            partnership=partnership,
            organisation=organisation,
            asked_by=by,
            trained=may_decide(unit, partnership),
        )
    reach = recipients(unit.session, partnership, organisation, kind.purpose, today)
    if only is not None:
        reach &= only
    held_back = [row.ref for row in rows if row.review_due_on < today or row.officer_id == officer]
    for row in rows:
        wanted = reach - read.circulated(unit.session, partnership, row.id, today)
        if row.ref not in held_back and wanted:
            due.append((row, sorted(wanted)))
    if not due:
        raise InvalidError.one(
            "Nothing is to be circulated: every entry went this month, is waiting for its review, or is your own",
            where="kind",
        )
    outcomes = [_tell(unit, kind, row, recipient, officer) for row, wanted in due for recipient in wanted]
    refused = outcomes.count("refused")
    told = len(outcomes) - refused
    facts = {"kind": kind.code, "month": month_of(today), "entries": len(due), "told": told, "refused": refused}
    unit.record(Event.REGISTER_CIRCULATED, about=kind.code, facts={**facts, "held_back": held_back})
    return Circulated(len(due), told, refused, tuple(held_back))


def recipients(session: Session, partnership: str, supplier: str, purpose: str, day: date) -> frozenset[str]:
    """The members to whom some line of a complete protocol carries this purpose from the supplier, signed or not.

    Whether a signature counts is the gate's to say: a partner who withdrew is refused, and the refusal is an entry.
    """
    bodies = {body.code: body.body_type for body in partners.members(session, partnership, day)}
    found: set[str] = set()
    for version in partners.world(session, partnership)["protocols"]:
        if version.get("complete", True):
            parties = {party for party in version["parties"] if party in bodies}
            for line in version.get("lines", ()):
                if purpose in line["purposes"] and _is_side(line["from"], supplier, bodies):
                    found |= {party for party in parties if _is_side(line["to"], party, bodies)}
    return frozenset(found - {supplier})


def to_circulate(session: Session, partnership: str, organisation: str, kind: RegisterKind, day: date) -> int:
    """How many entries of an agency are still to be circulated this month, reviewed in time or not."""
    reach = recipients(session, partnership, organisation, kind.purpose, day)
    rows = _live(session, partnership, organisation, kind, day)
    return sum(bool(reach - read.circulated(session, partnership, row.id, day)) for row in rows)


def _kind(code: str) -> RegisterKind:
    try:
        kind = register_kind(code)
    except UnknownKindError:
        raise NotFoundError("There is no such register.") from None
    if kind.visible is not Visible.CIRCULATED:
        raise NotFoundError("This register is not circulated.")
    return kind


def _live(
    session: Session, partnership: str, organisation: str, kind: RegisterKind, day: date
) -> Iterator[RegisterEntry]:
    yield from session.scalars(
        select(RegisterEntry)
        .where(
            RegisterEntry.partnership == partnership,
            RegisterEntry.organisation == organisation,
            RegisterEntry.kind == kind.code,
            RegisterEntry.ended_at.is_(None),
            RegisterEntry.expires_on > day,
        )
        .order_by(RegisterEntry.ref)
    )


def _tell(unit: Unit, kind: RegisterKind, row: RegisterEntry, recipient: str, officer: uuid.UUID) -> str:
    """One entry to one partner: asked by whoever entered it, allowed by whoever circulates it, judged by the rules."""
    if row.record_id is None:
        raise NotFoundError("There is nothing of this entry that could leave.")
    now = unit.clock.business_now()
    ask = _ask(unit, kind, row, recipient)
    decision = SupplierDecision(officer, now, {code: AS_IS for code, _ in ask.fields})
    if needs_second_officer(unit, row.partnership, disclosures.foresee(unit.session, ask, decision, now)):
        released = disclosures.refuse_as_asked(unit, ask)
    else:
        released = disclosures.release(unit, ask, decision)
    _note(unit, row, recipient, released)
    return released.outcome


def _ask(unit: Unit, kind: RegisterKind, row: RegisterEntry, recipient: str) -> Ask:
    held = disclosures.holds(unit.session, row.partnership, row.record_id) if row.record_id else frozenset()
    stated: Mapping[str, Any] = row.answers
    return Ask(
        record_id=row.record_id or row.id,
        recipient=recipient,
        purpose=kind.purpose,
        provision=disclosures.offer(unit.session, row.partnership, kind.purpose).provision,
        fields=tuple((code, None) for code in sorted(held)),
        officer_id=row.officer_id,
        initiated_by="supplier",
        assigned=True,
        statement={part: part in stated for part in kind.statement},
    )


def _note(unit: Unit, row: RegisterEntry, recipient: str, released: Released) -> None:
    month = month_of(unit.clock.today())
    found = unit.session.scalar(
        select(RegisterCirculation).where(
            RegisterCirculation.partnership == row.partnership,
            RegisterCirculation.register_id == row.id,
            RegisterCirculation.recipient == recipient,
            RegisterCirculation.month == month,
        )
    )
    if found is not None:
        found.disclosure_id, found.outcome = released.disclosure_id, released.outcome
    else:
        unit.session.add(
            RegisterCirculation(
                partnership=row.partnership,
                register_id=row.id,
                recipient=recipient,
                month=month,
                disclosure_id=released.disclosure_id,
                outcome=released.outcome,
            )
        )
    unit.session.flush()


def _is_side(named: list[str], organisation: str, bodies: Mapping[str, str]) -> bool:
    return organisation in named or f"{KIND_PREFIX}{bodies.get(organisation, '')}" in named
