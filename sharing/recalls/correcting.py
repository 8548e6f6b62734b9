"""This module knows how a supplier puts a field right, and how that reaches everybody who holds the wrong value.

UK GDPR art 19: each recipient is told. The right value leaves only through the gate, judged now; where it may not leave any
more, the recipient is told that what it holds is wrong and to ask again.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field

from sqlalchemy import select

from protocols.actions import Action, Event
from sharing import disclosures, partners, requests
from sharing.base import new_id
from sharing.disclosures import Ask, DisclosureView, SupplierDecision, recalled
from sharing.errors import InvalidError, NotFoundError
from sharing.partners import WorkKind
from sharing.recalls.model import Correction, CorrectionNotice, RecallAnswer, RecalledDisclosure
from sharing.recalls.recalling import officer_of
from sharing.recalls.rules import AnswerStatus
from sharing.requests import RequestView
from sharing.store import Session, Unit, next_ref, refuse_older

BY_HAND = "told-otherwise"
"""Why a right value is not sent by itself: the wrong one was not given on a request that could be judged again."""


@dataclass(frozen=True)
class CorrectRecord:
    """The right value of one field that the record holds."""

    record_id: uuid.UUID
    code: str
    value: str = field(repr=False)


@dataclass(frozen=True)
class Corrected:
    """A correction that was made: its id and reference, how many got the right value, how many have to ask again."""

    correction_id: uuid.UUID
    ref: str
    sent: int
    to_ask: int


def correct_record(unit: Unit, command: CorrectRecord) -> Corrected:
    """Seal the right value and tell everybody who holds the wrong one. Raises InvalidError for a field it does not hold."""
    partnership, supplier = unit.actor.partnership or "", unit.actor.organisation or ""
    unit.require(Action.CORRECT_RECORD, partnership=partnership, organisation=supplier)
    record = recalled.held_record(unit.session, partnership, supplier, command.record_id)
    if not command.value.strip():
        raise InvalidError.one("Enter the right value", where="value")
    recalled.replace_value(unit, recalled.NewValue(record.id, command.code, command.value))
    correction_id, ref = new_id(), next_ref(unit, unit.actor.partnership or "", Correction.made_at, "C")
    told = _holders(unit.session, partnership, supplier, record.id, command.code)
    facts = {"ref": ref, "reference": record.reference, "field": command.code, "told": len(told)}
    entry = unit.record(Event.RECORD_CORRECTED, about=record.id, facts=facts)
    row = Correction(
        id=correction_id,
        partnership=partnership,
        ref=ref,
        supplier=supplier,
        officer_id=officer_of(unit),
        record_id=record.id,
        subject_ref=record.reference,
        code=command.code,
        made_at=unit.clock.business_now(),
        entry_id=entry.id,
    )
    unit.session.add(row)
    unit.session.flush()
    sent = [_tell(unit, row, each) for each in told]
    return Corrected(correction_id, ref, sum(sent), len(sent) - sum(sent))


def _holders(
    session: Session, partnership: str, supplier: str, record_id: uuid.UUID, code: str
) -> list[DisclosureView]:
    """The latest disclosure of the field to each recipient and request, but for those whose copy is destroyed."""
    gone, found = _destroyed(session, partnership), {}
    for each in recalled.releases_of(session, partnership, supplier, record_id):
        if code in recalled.left_in(each) and each.id not in gone:
            found[each.recipient, each.request_id or each.id] = each
    return list(found.values())


def _destroyed(session: Session, partnership: str) -> frozenset[uuid.UUID]:
    """The disclosures whose copy its recipient has destroyed."""
    return frozenset(
        session.scalars(
            select(RecalledDisclosure.disclosure_id)
            .join(RecallAnswer, RecallAnswer.id == RecalledDisclosure.answer_id)
            .where(RecallAnswer.partnership == partnership, RecallAnswer.status == str(AnswerStatus.DESTROYED))
        )
    )


def _tell(unit: Unit, row: Correction, given: DisclosureView) -> bool:
    """Tell one recipient; return whether the right value went with it."""
    sent_id, sent_ref, why_not = None, None, BY_HAND
    ask = _ask_again(unit, row, given)
    if ask is not None:
        decision = SupplierDecision(
            row.officer_id, unit.clock.business_now(), {code: form for code, form in ask.fields if form}
        )
        answer = disclosures.foresee(unit.session, ask, decision, unit.clock.business_now())
        why_not = str(answer["fields"][row.code]["rule"] or "")
        if disclosures.leaving(answer):
            released = disclosures.release(unit, ask, decision)
            sent_id, sent_ref, why_not = released.disclosure_id, released.ref, ""
    notice_id = new_id()
    facts = {
        "correction": row.ref,
        "field": row.code,
        "recipient": given.recipient,
        "given_as": given.ref,
        "sent_as": sent_ref,
        "why_not": why_not or None,
    }
    entry = unit.record(Event.CORRECTION_SENT, about=notice_id, facts=facts)
    unit.session.add(
        CorrectionNotice(
            id=notice_id,
            partnership=row.partnership,
            correction_id=row.id,
            recipient=given.recipient,
            disclosure_id=given.id,
            sent_id=sent_id,
            why_not=why_not,
            entry_id=entry.id,
        )
    )
    unit.session.flush()
    return sent_id is not None


def _ask_again(unit: Unit, row: Correction, given: DisclosureView) -> Ask | None:
    """The question that was asked then, for the corrected field alone, in the form in which it was given, as it stands now.

    None where there is nothing to judge again: told at a visit or a meeting, in an emergency, taken back, or past its day.
    """
    if given.request_id is None or not given.may_be_kept(unit.clock.today()):
        return None
    asked = requests.request(unit.session, row.partnership, given.recipient, given.request_id)
    if asked.urgency == "emergency":
        return None
    return Ask(
        record_id=row.record_id,
        recipient=given.recipient,
        purpose=given.purpose,
        provision=given.provision,
        fields=((row.code, recalled.left_in(given)[row.code]),),
        officer_id=asked.officer_id,
        channel=given.channel,
        urgency=asked.urgency,
        assigned=_works_on(unit, asked, asked.officer_id),
        statement={part: part in asked.given for part in ("necessity", "proportionality", "harm")},
        request_id=given.request_id,
    )


def acknowledge_correction(unit: Unit, notice_id: uuid.UUID, version: int) -> None:
    """Say for the acting organisation that the correction has reached whoever uses the wrong value."""
    row = _own_notice(unit, notice_id)
    unit.require(Action.ACKNOWLEDGE_CORRECTION, partnership=row.partnership, organisation=row.recipient)
    refuse_older(row.version, version)
    if row.acknowledged_at is not None:
        raise InvalidError.one("This correction is acknowledged already.")
    row.officer_id, row.acknowledged_at = officer_of(unit), unit.clock.business_now()
    made = unit.session.get_one(Correction, row.correction_id)
    entry = unit.record(Event.CORRECTION_ACKNOWLEDGED, about=row.id, facts={"correction": made.ref, "field": made.code})
    row.acknowledged_entry_id = entry.id


def open_corrected(unit: Unit, notice_id: uuid.UUID) -> dict[str, str]:
    """Open the right value that came with a correction, for an officer who works on the request: judged again, recorded again."""
    row = _own_notice(unit, notice_id)
    if row.sent_id is None:
        raise NotFoundError("No value came with this correction.")
    given = disclosures.disclosure_of(unit.session, row.partnership, row.recipient, row.sent_id)
    assigned = False
    if given.request_id is not None and unit.actor.officer_id is not None:
        asked = requests.request(unit.session, row.partnership, row.recipient, given.request_id)
        assigned = _works_on(unit, asked, unit.actor.officer_id)
    return disclosures.view_release(unit, row.sent_id, assigned=assigned)


def _works_on(unit: Unit, asked: RequestView, officer_id: uuid.UUID) -> bool:
    """Whether an officer works on the request: its asker on what it is linked to, a colleague on the request itself."""
    is_linked = asked.linked_ref and officer_id == asked.officer_id
    kind, ref = (WorkKind(asked.linked_kind), asked.linked_ref) if is_linked else (WorkKind.REQUEST, asked.ref)
    return partners.is_assigned(unit.session, asked.partnership, officer_id, kind, ref, unit.clock.business_now())


def _own_notice(unit: Unit, notice_id: uuid.UUID) -> CorrectionNotice:
    row = unit.session.get(CorrectionNotice, notice_id)
    if row is None or row.partnership != unit.actor.partnership or row.recipient != unit.actor.organisation:
        raise NotFoundError("There is no such correction.")
    return row
