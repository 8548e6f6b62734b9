"""This module knows how a supplier takes back what it gave, and how a recall ends."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import func, select

from protocols.actions import Action, Event
from sharing import returns
from sharing.base import new_id
from sharing.disclosures import DisclosureView, recalled
from sharing.errors import InvalidError, NotFoundError, Problem
from sharing.recalls.model import Recall, RecallAnswer, RecalledDisclosure
from sharing.recalls.rules import DUE_DAYS, MOST_DUE_DAYS, AnswerStatus, Reason, RecallState, answer_due
from sharing.store import Unit, next_ref, refuse_older
from sharing.vault import Sealed

KEPT = timedelta(days=6 * 365)
"""How long the words about a recall, a breach or an answer are kept: as long as a claim about it may be brought.

Six years, Limitation Act 1980 s2.
"""


@dataclass(frozen=True)
class MakeRecall:
    """Take these disclosures of one record back. `due_days` are working days; the note is sealed."""

    record_id: uuid.UUID
    disclosure_ids: tuple[uuid.UUID, ...]
    reason: Reason
    note: str = field(default="", repr=False)
    due_days: int = DUE_DAYS


@dataclass(frozen=True)
class EndRecall:
    """End a recall: as a mistake, so that recipients may see again what they have not destroyed; or as settled."""

    recall_id: uuid.UUID
    version: int
    as_mistake: bool
    words: str = field(default="", repr=False)


@dataclass(frozen=True)
class Recalled:
    """A recall that was made: its id, reference and ledger entry, and how many recipients were asked."""

    recall_id: uuid.UUID
    ref: str
    entry_id: uuid.UUID
    asked: int


def make_recall(unit: Unit, command: MakeRecall) -> Recalled:
    """Freeze the record, stop every view of the disclosures named, and ask each recipient. One change, or none of it.

    Raises NotFoundError for what is not one's own, InvalidError for what was recalled before.
    """
    partnership, supplier = unit.actor.partnership or "", unit.actor.organisation or ""
    unit.require(Action.MAKE_RECALL, partnership=partnership, organisation=supplier)
    record = recalled.held_record(unit.session, partnership, supplier, command.record_id)
    is_frozen_now = recalled.freeze(unit, record.id)  # first: two who take back at once take turns here
    chosen = _chosen(recalled.releases_of(unit.session, partnership, supplier, record.id), command)
    recalled.mark_recalled(unit, [each.id for each in chosen], unit.clock.business_now())
    recall_id, ref = new_id(), next_ref(unit, unit.actor.partnership or "", Recall.made_at, "RC")
    recipients = sorted({each.recipient for each in chosen})
    facts = {
        "ref": ref,
        "reason": str(command.reason),
        "record": str(record.id),
        "subject_ref": record.reference,
        "frozen": is_frozen_now,
        "disclosures": [each.ref for each in chosen],
        "recipients": recipients,
    }
    entry = unit.record(Event.RECALL_MADE, about=recall_id, facts=facts)
    row = Recall(
        id=recall_id,
        partnership=partnership,
        ref=ref,
        supplier=supplier,
        officer_id=officer_of(unit),
        record_id=record.id,
        subject_ref=record.reference,
        reason=str(command.reason),
        state=str(RecallState.OPEN),
        made_at=unit.clock.business_now(),
        entry_id=entry.id,
        note=seal_words(unit, "recall", recall_id, supplier, {"note": command.note}).get("note"),
    )
    unit.session.add(row)
    unit.session.flush()
    for recipient in recipients:
        _ask(unit, row, recipient, [each for each in chosen if each.recipient == recipient], command.due_days)
    return Recalled(recall_id, ref, entry.id, len(recipients))


def _chosen(left: Iterable[DisclosureView], command: MakeRecall) -> list[DisclosureView]:
    known = {each.id: each for each in left}
    if any(each not in known for each in command.disclosure_ids):
        raise NotFoundError("There is no such disclosure of this record.")
    chosen = [each for each in known.values() if each.id in command.disclosure_ids]
    problems = [
        Problem(f"{each.ref} has been recalled already", where="disclosures", mend="Leave it out.")
        for each in chosen
        if each.recalled_at is not None
    ]
    if not chosen:
        problems.append(Problem("Choose at least one disclosure to take back", where="disclosures"))
    if not 1 <= command.due_days <= MOST_DUE_DAYS:
        problems.append(Problem(f"Give them 1 to {MOST_DUE_DAYS} working days", where="due_days"))
    if problems:
        raise InvalidError(tuple(problems))
    return chosen


def _ask(unit: Unit, row: Recall, recipient: str, given: list[DisclosureView], due_days: int) -> None:
    """Ask one recipient, in an entry of its own: a recipient's receipt says nothing of the others."""
    answer_id = new_id()
    due_on = answer_due(unit.clock.today(), due_days, returns.is_working_day)
    facts = {
        "recall": row.ref,
        "supplier": row.supplier,
        "recipient": recipient,
        "reason": row.reason,
        "disclosures": {each.ref: recalled.left_in(each) for each in given},
        "due_on": due_on.isoformat(),
    }
    entry = unit.record(Event.RECALL_ASKED, about=answer_id, facts=facts)
    unit.session.add(
        RecallAnswer(
            id=answer_id,
            partnership=row.partnership,
            recall_id=row.id,
            recipient=recipient,
            status=str(AnswerStatus.ASKED),
            due_on=due_on,
            asked_entry_id=entry.id,
        )
    )
    unit.session.flush()
    unit.session.add_all(
        RecalledDisclosure(partnership=row.partnership, answer_id=answer_id, disclosure_id=each.id, ref=each.ref)
        for each in given
    )
    unit.session.flush()


def end_recall(unit: Unit, command: EndRecall) -> None:
    """End a recall and let the record be used again, unless another recall still holds it.

    As a mistake: whoever has not destroyed its copy may open it again, and nobody owes an answer. As settled: what was
    recalled stays recalled, and whoever has not answered still owes the answer.
    """
    row = own_recall(unit, command.recall_id)
    unit.require(Action.END_RECALL, partnership=row.partnership, organisation=row.supplier)
    refuse_older(row.version, command.version)
    if row.state != RecallState.OPEN:
        raise InvalidError.one("This recall has ended already.", where=row.ref)
    if not command.words.strip():
        raise InvalidError.one("Say why it ends", where="words")
    row.state = str(RecallState.MISTAKE if command.as_mistake else RecallState.SETTLED)
    row.ended_at = unit.clock.business_now()
    sealed = seal_words(unit, "recall", row.id, row.supplier, {"ended_words": command.words})
    row.ended_words = sealed["ended_words"]
    given_back = _give_back(unit, row) if command.as_mistake else []
    unit.session.flush()
    still_held = unit.session.scalar(
        select(func.count()).where(Recall.record_id == row.record_id, Recall.state == str(RecallState.OPEN))
    )
    if not still_held:
        recalled.unfreeze(unit, row.record_id)
    facts = {"ref": row.ref, "as": row.state, "still_frozen": bool(still_held), "given_back": given_back}
    unit.record(Event.RECALL_ENDED, about=row.id, facts=facts)


def _give_back(unit: Unit, row: Recall) -> list[str]:
    """Mark what was not destroyed as recalled no more; return the references."""
    given = unit.session.execute(
        select(RecallAnswer, RecalledDisclosure)
        .join(RecalledDisclosure, RecalledDisclosure.answer_id == RecallAnswer.id)
        .where(RecallAnswer.recall_id == row.id, RecallAnswer.status != str(AnswerStatus.DESTROYED))
        .order_by(RecalledDisclosure.ref)
    ).all()
    recalled.mark_recalled(unit, [each.disclosure_id for _, each in given], None)
    for answer, _ in given:
        if answer.status == AnswerStatus.ASKED:
            answer.status = str(AnswerStatus.RELEASED)
    return [each.ref for _, each in given]


def own_recall(unit: Unit, recall_id: uuid.UUID) -> Recall:
    """A recall that the acting organisation made. Raises NotFoundError for any other."""
    row = unit.session.get(Recall, recall_id)
    if row is None or row.partnership != unit.actor.partnership or row.supplier != unit.actor.organisation:
        raise NotFoundError("There is no such recall.")
    return row


def officer_of(unit: Unit) -> uuid.UUID:
    """Whoever acts, as an officer in post: recalls, breaches and corrections are a person's."""
    if unit.actor.officer_id is None:
        raise NotFoundError("This is done by an officer in post.")
    return unit.actor.officer_id


def seal_words(
    unit: Unit, table: str, row_id: uuid.UUID, organisation: str, words: dict[str, str]
) -> dict[str, Sealed]:
    """Seal what was written, under the organisation's own key; what is blank is left out."""
    given = {name: text.strip() for name, text in words.items() if text.strip()}
    if not given:
        return {}
    until = unit.clock.today() + KEPT
    return dict(
        unit.vault.seal(
            unit.session, table=table, record_id=row_id, organisation=organisation, retain_until=until, values=given
        )
    )
