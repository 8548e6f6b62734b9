"""This module knows what a recipient answers to a recall, and what that does to its copy."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import select

from protocols.actions import Action, Event
from sharing import disclosures
from sharing.disclosures import OwnRecord, recalled
from sharing.errors import InvalidError, NotFoundError
from sharing.recalls.model import Recall, RecallAnswer, RecalledDisclosure
from sharing.recalls.recalling import officer_of, seal_words
from sharing.recalls.rules import AnswerStatus, KeptBecause, RecallState
from sharing.store import Unit, refuse_older


@dataclass(frozen=True)
class AnswerRecall:
    """A recipient's signed answer: destroyed, everything outside the portal included; or kept, because of what."""

    recall_id: uuid.UUID
    version: int
    kept_because: KeptBecause | None = None
    words: str = field(default="", repr=False)


@dataclass(frozen=True)
class Answered:
    """An answer that was given: its ledger entry, and how many copies lost their key."""

    entry_id: uuid.UUID
    copies_destroyed: int


def answer_recall(unit: Unit, command: AnswerRecall) -> Answered:
    """Answer for the acting organisation. "Destroyed" destroys the copy's key here, for good; "kept" may become destroyed later.

    A copy that is kept stays closed in the portal while the recall stands.
    """
    row, recall = _asked(unit, command.recall_id)
    unit.require(Action.ANSWER_RECALL, partnership=row.partnership, organisation=row.recipient)
    refuse_older(row.version, command.version)
    _must_be_open(row, recall, command)
    given = unit.session.scalars(
        select(RecalledDisclosure).where(RecalledDisclosure.answer_id == row.id).order_by(RecalledDisclosure.ref)
    ).all()
    kept = command.kept_because
    gone = 0 if kept else sum(recalled.destroy_copy(unit, each.disclosure_id) for each in given)
    row.status = str(AnswerStatus.KEPT if kept else AnswerStatus.DESTROYED)
    row.kept_because = str(kept or "")
    row.officer_id, row.answered_at, row.copies_destroyed = officer_of(unit), unit.clock.business_now(), gone
    if command.words.strip():
        row.words = seal_words(unit, "recall_answer", row.id, row.recipient, {"words": command.words})["words"]
    facts = {
        "recall": recall.ref,
        "supplier": recall.supplier,
        "recipient": row.recipient,
        "answer": row.status,
        "because": row.kept_because or None,
        "disclosures": [each.ref for each in given],
        "copies_destroyed": gone,
    }
    entry = unit.record(Event.RECALL_ANSWERED, about=row.id, facts=facts)
    row.answer_entry_id = entry.id
    return Answered(entry.id, gone)


def _must_be_open(row: RecallAnswer, recall: Recall, command: AnswerRecall) -> None:
    if recall.state == RecallState.MISTAKE:
        raise InvalidError.one("The supplier has taken this recall back. Nothing is asked of you.", where=recall.ref)
    if row.status == AnswerStatus.DESTROYED:
        raise InvalidError.one("You have answered that it is destroyed. That stands.", where=recall.ref)
    if command.kept_because and not command.words.strip():
        raise InvalidError.one("Say which order, proceedings or duty it is", where="words")


def open_words(unit: Unit, recall_id: uuid.UUID) -> dict[str, str]:
    """Open the words of a recall: the supplier its own note and every answer's words, a recipient its own. Entries first.

    Returns them by whose they are: `note`, `ended_words`, or the recipient's code.
    """
    recall = unit.session.get(Recall, recall_id)
    if recall is None or recall.partnership != unit.actor.partnership:
        raise NotFoundError("There is no such recall.")
    answers = unit.session.scalars(
        select(RecallAnswer).where(RecallAnswer.recall_id == recall.id).order_by(RecallAnswer.recipient)
    ).all()
    if recall.supplier == unit.actor.organisation:
        own = OwnRecord("recall", recall.id, recall.supplier, recall.partnership)
        sealed = {name: value for name in ("note", "ended_words") if (value := getattr(recall, name)) is not None}
        found = disclosures.view_own(unit, own, sealed) if sealed else {}
        return found | _sent(unit, answers)
    mine = [each for each in answers if each.recipient == unit.actor.organisation]
    if not mine:
        raise NotFoundError("There is no such recall.")
    return _sent(unit, mine)


def _sent(unit: Unit, answers: Iterable[RecallAnswer]) -> dict[str, str]:
    """The words that recipients sent with their answers, by recipient."""
    return {
        row.recipient: disclosures.open_sent(
            unit, OwnRecord("recall_answer", row.id, row.recipient, row.partnership), {"words": row.words}
        )["words"]
        for row in answers
        if row.words is not None
    }


def _asked(unit: Unit, recall_id: uuid.UUID) -> tuple[RecallAnswer, Recall]:
    found = unit.session.execute(
        select(RecallAnswer, Recall)
        .join(Recall, Recall.id == RecallAnswer.recall_id)
        .where(
            RecallAnswer.partnership == unit.actor.partnership,
            RecallAnswer.recall_id == recall_id,
            RecallAnswer.recipient == unit.actor.organisation,
        )
    ).first()
    if found is None:
        raise NotFoundError("There is no such recall.")
    return found[0], found[1]
