"""This module knows how a referral is made, how each of two agencies writes and reads its parts, and how it ends.

Each part is sealed under the key of the agency that wrote it. The other agency reads it through the gate, with an entry, as long
as both have signed a protocol in force and the reader stands under section 115 for the purpose, or acts for one that does. What
the recipient gate said of the recipient when the referral was made stays on the record; what it says now decides.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from protocols.actions import Action, Event
from protocols.actor import Actor
from protocols.recipient_gate import Gate
from protocols.register_kinds import ReferralKind, UnknownKindError, complaints, referral_kind
from sharing import disclosures, partners
from sharing.base import new_id
from sharing.disclosures import OwnRecord
from sharing.errors import InvalidError, NotFoundError, Problem
from sharing.registers.referral_model import Referral, ReferralPart
from sharing.registers.rules import as_text, from_text, parted
from sharing.store import Unit, next_ref, refuse_older

TABLE = "referral_part"
KEPT = timedelta(days=2 * 365)


@dataclass(frozen=True)
class MakeReferral:
    """A referral: to whom, how soon, and what the referring agency has to say."""

    kind: str
    recipient: str
    urgent: bool = False
    answers: Mapping[str, str] = field(repr=False, default_factory=dict)


@dataclass(frozen=True)
class EndReferral:
    """How a referral ended; a need that nobody meets is named by its kind."""

    referral_id: uuid.UUID
    version: int
    outcome: str
    unmet: str = ""


@dataclass(frozen=True)
class PartView:
    """One agency's part in clear: that it was written, and its days and choices."""

    organisation: str
    officer_id: uuid.UUID
    written_at: datetime
    answers: Mapping[str, str]
    is_sealed: bool


@dataclass(frozen=True)
class ReferralView:
    """A referral as its two agencies see it."""

    id: uuid.UUID
    ref: str
    kind: ReferralKind
    organisation: str
    officer_id: uuid.UUID
    recipient: str
    urgent: bool
    gate: str
    gate_says: str
    made_at: datetime
    due_at: datetime
    answered_at: datetime | None
    outcome: str
    unmet: str
    ended_at: datetime | None
    parts: Mapping[str, PartView]
    version: int

    def is_overdue(self, at: datetime) -> bool:
        """Whether the other agency's first answer is late."""
        return self.answered_at is None and self.ended_at is None and at > self.due_at

    @property
    def response_hours(self) -> int | None:
        """Hours until the first answer, rounded down."""
        return int((self.answered_at - self.made_at).total_seconds() // 3600) if self.answered_at else None


def make_referral(unit: Unit, command: MakeReferral) -> uuid.UUID:
    """Refer somebody to another agency; the verdict of the recipient gate on that agency is kept with it."""
    partnership, organisation, officer = unit.actor.partnership, unit.actor.organisation, unit.actor.officer_id
    now = unit.clock.business_now()
    signed = partners.has_signed_protocol_in_force(unit.session, partnership or "", organisation or "", now)
    unit.require(Action.MAKE_REFERRAL, partnership=partnership, organisation=organisation, signed=signed)
    if partnership is None or organisation is None or officer is None:
        raise NotFoundError("A referral is made by an officer in a post.")
    kind = _kind(command.kind)
    problems = _problems(unit, kind, partnership, organisation, command)
    if problems:
        raise InvalidError(problems)
    verdict = partners.gates(unit.session, partnership, now)[command.recipient]
    row = Referral(
        id=new_id(),
        partnership=partnership,
        ref=next_ref(unit, partnership, Referral.made_at, "F"),
        kind=kind.code,
        organisation=organisation,
        officer_id=officer,
        recipient=command.recipient,
        urgent=command.urgent,
        gate=verdict.tag,
        gate_says=verdict.says[:400],
        made_at=now,
        due_at=kind.due_at(now, urgent=command.urgent),
    )
    unit.session.add(row)
    unit.session.flush()
    _write(unit, row, command.answers, kind)
    facts = {
        "ref": row.ref,
        "kind": row.kind,
        "recipient": row.recipient,
        "urgent": row.urgent,
        "gate": row.gate,
        "may_read": _stands(verdict, kind),
    }
    unit.record(Event.REFERRAL_MADE, about=row.id, facts=facts)
    return row.id


def write_part(unit: Unit, referral_id: uuid.UUID, version: int, answers: Mapping[str, str]) -> None:
    """Write the other agency's part; the first answer stops the clock."""
    row = _own(unit, referral_id)
    unit.require(Action.WRITE_PART, partnership=row.partnership, organisation=row.recipient)
    refuse_older(row.version, version)
    if row.ended_at is not None or row.answered_at is not None:
        raise InvalidError.one("Your part is written, or this has ended", where=row.ref)
    kind = referral_kind(row.kind)
    wrong = [Problem(said, where=code) for code, said in complaints(kind.answers, answers)]
    if wrong:
        raise InvalidError(tuple(wrong))
    _write(unit, row, answers, kind)
    row.answered_at = unit.clock.business_now()
    hours = int((row.answered_at - row.made_at).total_seconds() // 3600)
    facts = {"ref": row.ref, "kind": row.kind, "hours": hours, "late": row.answered_at > row.due_at}
    unit.record(Event.PART_WRITTEN, about=row.id, facts=facts)


def open_part(unit: Unit, referral_id: uuid.UUID, organisation: str) -> dict[str, str]:
    """Open what one of the two agencies wrote, for either: one's own as one's own, the other's through the gate.

    Raises NotFoundError for anybody else; NotPermittedError with the rule (`signed-protocol`, `section-115`) that stops it.
    """
    row = _own(unit, referral_id)
    part = _part(unit.session, row, organisation)
    if part is None or part.words is None:
        raise NotFoundError("Nothing has been written yet.")
    held = OwnRecord(TABLE, part.id, part.organisation, row.partnership)
    if organisation == unit.actor.organisation:
        return from_text(disclosures.view_own(unit, held, {"words": part.words})["words"])
    now, kind = unit.clock.business_now(), referral_kind(row.kind)
    reader = unit.actor.organisation or ""
    signed = all(
        partners.has_signed_protocol_in_force(unit.session, row.partnership, each, now)
        for each in (reader, part.organisation)
    )
    standing = _stands(partners.gates(unit.session, row.partnership, now)[reader], kind)
    opened = disclosures.open_part(unit, held, {"words": part.words}, signed=signed, standing=standing)
    return from_text(opened["words"])


def end_referral(unit: Unit, command: EndReferral) -> None:
    """End a referral with what came of it. Either agency may; a need that nobody meets has to be named where its kind asks."""
    row = _own(unit, command.referral_id)
    unit.require(Action.END_REFERRAL, partnership=row.partnership)
    refuse_older(row.version, command.version)
    kind = referral_kind(row.kind)
    if row.ended_at is not None:
        raise InvalidError.one("This has ended", where=row.ref)
    if command.outcome not in kind.outcomes:
        raise InvalidError.one("Choose what came of it", where="outcome")
    wants = command.outcome == "unmet" and bool(kind.unmet)
    if (command.unmet in kind.unmet) != wants:
        words = "Say which need nobody meets" if wants else "Name a need only where nobody meets it"
        raise InvalidError.one(words, where="unmet")
    row.outcome, row.unmet = command.outcome, command.unmet
    row.ended_at, row.ended_by = unit.clock.business_now(), unit.actor.officer_id
    facts = {"ref": row.ref, "kind": row.kind, "outcome": row.outcome, "unmet": row.unmet}
    unit.record(Event.REFERRAL_ENDED, about=row.id, facts=facts)


def referrals_of(session: Session, actor: Actor) -> tuple[ReferralView, ...]:
    """The referrals that an agency made or received, newest first."""
    query = select(Referral).where(
        Referral.partnership == actor.partnership,
        or_(Referral.organisation == actor.organisation, Referral.recipient == actor.organisation),
    )
    rows = session.scalars(query.order_by(Referral.made_at.desc(), Referral.ref.desc()))
    return tuple(_view(session, row) for row in rows)


def referral(session: Session, actor: Actor, referral_id: uuid.UUID) -> ReferralView:
    """One referral, for its two agencies. Raises NotFoundError."""
    row = session.get(Referral, referral_id)
    if (
        row is None
        or row.partnership != actor.partnership
        or actor.organisation not in {row.organisation, row.recipient}
    ):
        raise NotFoundError("There is no such referral.")
    return _view(session, row)


def may_read(session: Session, actor: Actor, found: ReferralView, at: datetime) -> Gate:
    """What the recipient gate says now of the agency that the referral went to."""
    return partners.gates(session, actor.partnership or "", at)[found.recipient]


def stands(gate: Gate, kind: ReferralKind) -> bool:
    """Whether that verdict lets its agency read what another wrote for this kind's purpose."""
    return _stands(gate, kind)


def unmet_needs(session: Session, partnership: str, organisation: str, since: date) -> Mapping[str, int]:
    """How often a need of each kind was met by nobody, over the referrals of an agency that ended since a day."""
    rows = session.execute(
        select(Referral.unmet, Referral.ended_at).where(
            Referral.partnership == partnership,
            or_(Referral.organisation == organisation, Referral.recipient == organisation),
            Referral.unmet != "",
        )
    )
    return Counter(unmet for unmet, ended_at in rows if ended_at is not None and ended_at.date() >= since)


def _stands(gate: Gate, kind: ReferralKind) -> bool:
    return gate.standing or kind.purpose in gate.acts_for


def _kind(code: str) -> ReferralKind:
    try:
        return referral_kind(code)
    except UnknownKindError:
        raise NotFoundError("There is no such referral.") from None


def _problems(
    unit: Unit, kind: ReferralKind, partnership: str, organisation: str, command: MakeReferral
) -> tuple[Problem, ...]:
    found = [Problem(said, where=code) for code, said in complaints(kind.opens, command.answers)]
    bodies = {body.code: body for body in partners.members(unit.session, partnership, unit.clock.today())}
    body = bodies.get(command.recipient)
    if body is None or command.recipient == organisation:
        found.append(Problem("Choose another agency of this partnership", where="recipient"))
    elif not kind.may_go_to(body.body_type):
        found.append(Problem("Such a referral does not go to a body of this kind", where="recipient"))
    return tuple(found)


def _write(unit: Unit, row: Referral, answers: Mapping[str, str], kind: ReferralKind) -> None:
    organisation, officer = unit.actor.organisation, unit.actor.officer_id
    if organisation is None or officer is None:
        raise NotFoundError("A part is written by an officer in a post.")
    asked = kind.opens if organisation == row.organisation else kind.answers
    clear, worded = parted(asked, answers)
    made_id = new_id()
    sealed = unit.vault.seal(
        unit.session,
        table=TABLE,
        record_id=made_id,
        organisation=organisation,
        retain_until=unit.clock.today() + KEPT,
        values={"words": as_text(worded)},
    )
    unit.session.add(
        ReferralPart(
            id=made_id,
            partnership=row.partnership,
            referral_id=row.id,
            organisation=organisation,
            officer_id=officer,
            written_at=unit.clock.business_now(),
            answers=clear,
            words=sealed["words"],
        )
    )
    unit.session.flush()


def _own(unit: Unit, referral_id: uuid.UUID) -> Referral:
    row = unit.session.get(Referral, referral_id)
    if row is None or row.partnership != unit.actor.partnership:
        raise NotFoundError("There is no such referral.")
    if unit.actor.organisation not in {row.organisation, row.recipient}:
        raise NotFoundError("There is no such referral.")
    return row


def _part(session: Session, row: Referral, organisation: str) -> ReferralPart | None:
    return session.scalar(
        select(ReferralPart).where(
            ReferralPart.partnership == row.partnership,
            ReferralPart.referral_id == row.id,
            ReferralPart.organisation == organisation,
        )
    )


def _view(session: Session, row: Referral) -> ReferralView:
    parts = session.scalars(
        select(ReferralPart).where(ReferralPart.partnership == row.partnership, ReferralPart.referral_id == row.id)
    )
    return ReferralView(
        id=row.id,
        ref=row.ref,
        kind=referral_kind(row.kind),
        organisation=row.organisation,
        officer_id=row.officer_id,
        recipient=row.recipient,
        urgent=row.urgent,
        gate=row.gate,
        gate_says=row.gate_says,
        made_at=row.made_at,
        due_at=row.due_at,
        answered_at=row.answered_at,
        outcome=row.outcome,
        unmet=row.unmet,
        ended_at=row.ended_at,
        parts={
            part.organisation: PartView(
                part.organisation, part.officer_id, part.written_at, dict(part.answers), part.words is not None
            )
            for part in parts
        },
        version=row.version,
    )
