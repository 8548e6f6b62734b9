"""This module knows how a sample is made: a seed's hash before the period is over, the draw afterwards, verification, marks."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import extract, func, select

from protocols.actions import Action, Event
from sharing.audit import rules
from sharing.audit.model import AuditSample, AuditSampleItem
from sharing.audit.rules import Mark
from sharing.audit.sample_read import population
from sharing.base import new_id
from sharing.clear_text import refuse_personal
from sharing.errors import InvalidError, NotFoundError, Problem
from sharing.store import Unit, refuse_older

MOST_WANTED = 200


@dataclass(frozen=True)
class CommitSample:
    """A period (days in London, both included), how many to draw, and the seed, of which only the hash is kept."""

    from_on: date
    to_on: date
    seed: str
    wanted: int = rules.SAMPLE_SIZE


def commit_sample(unit: Unit, command: CommitSample) -> uuid.UUID:
    """Publish the hash of a seed in the ledger, before the period is over. The seed itself is not kept anywhere.

    Raises InvalidError for a period that is over already, or a seed that could be guessed.
    """
    partnership, officer = _auditor(unit, Action.COMMIT_SAMPLE)
    problems = _problems(command, unit.clock.today())
    if problems:
        raise InvalidError(problems)
    year = unit.clock.today().year
    count = unit.session.scalar(
        select(func.count()).where(
            AuditSample.partnership == partnership, extract("year", AuditSample.committed_at) == year
        )
    )
    made_id, ref = new_id(), f"S{year}-{(count or 0) + 1:03d}"
    hashed = rules.commitment_to(command.seed)
    facts = {
        "ref": ref,
        "from": command.from_on.isoformat(),
        "to": command.to_on.isoformat(),
        "wanted": command.wanted,
        "seed_sha256": hashed,
    }
    entry = unit.record(Event.SAMPLE_COMMITTED, about=made_id, facts=facts)
    unit.session.add(
        AuditSample(
            id=made_id,
            partnership=partnership,
            ref=ref,
            officer_id=officer,
            from_on=command.from_on,
            to_on=command.to_on,
            wanted=command.wanted,
            seed_hash=hashed,
            committed_at=unit.clock.business_now(),
            commit_entry_id=entry.id,
        )
    )
    unit.session.flush()
    return made_id


def _problems(command: CommitSample, today: date) -> tuple[Problem, ...]:
    seed = rules.folded(command.seed)
    checks = (
        (command.from_on <= command.to_on, "to_on", "The last day comes before the first"),
        (command.to_on >= today, "to_on", "This period is over: a seed has to be fixed before its last day has passed"),
        (rules.SEED_LEAST <= len(seed) <= rules.SEED_MOST, "seed", "A seed has 20 to 200 characters"),
        (1 <= command.wanted <= MOST_WANTED, "wanted", f"Draw between 1 and {MOST_WANTED}"),
    )
    return tuple(Problem(message, where) for is_good, where, message in checks if not is_good)


def draw_sample(unit: Unit, sample_id: uuid.UUID, seed: str) -> int:
    """Reveal the seed and draw; return how many were drawn. Only after the period, only once, only with the seed committed to.

    The entry holds the seed and a digest of the population, so that whoever has the log can draw again.
    """
    partnership, _ = _auditor(unit, Action.DRAW_SAMPLE)
    row = _row(unit, partnership, sample_id)
    if row.drawn_at is not None:
        raise InvalidError.one("This sample was drawn already.", where="seed")
    if unit.clock.today() <= row.to_on:
        raise InvalidError.one(
            f"The period is not over: draw after {row.to_on.isoformat()}.",
            where="seed",
            mend="Keep the seed until then.",
        )
    if not rules.fits(seed, row.seed_hash):
        raise InvalidError.one("This is not the seed that was committed to.", where="seed", mend="Look for a slip.")
    among = {each.entry_id: each.id for each in population(unit.session, partnership, row.from_on, row.to_on)}
    drawn = rules.draw(seed, among, row.wanted)
    row.seed, row.drawn_at = rules.folded(seed), unit.clock.business_now()
    row.population, row.population_digest = len(among), rules.digest_of(among)
    facts = {
        "ref": row.ref,
        "seed": row.seed,
        "population": len(among),
        "population_sha256": row.population_digest,
        "drawn": [str(entry) for entry in drawn],
    }
    row.draw_entry_id = unit.record(Event.SAMPLE_DRAWN, about=row.id, facts=facts).id
    unit.session.add_all(
        AuditSampleItem(partnership=partnership, sample_id=row.id, position=place, disclosure_id=among[entry])
        for place, entry in enumerate(drawn, 1)
    )
    unit.session.flush()
    return len(drawn)


def keep_verification(
    unit: Unit, sample_id: uuid.UUID, verdicts: Mapping[uuid.UUID, tuple[str, str]], heads: Sequence[str]
) -> None:
    """Keep what verifying each receipt gave (entry id → verdict and finding), against which heads, as an entry.

    The receipts are built and verified by the caller before this unit is opened: that may bring the ledger up to date first.
    """
    partnership, _ = _auditor(unit, Action.VERIFY_SAMPLE)
    row = _row(unit, partnership, sample_id)
    entries = {each.id: each.entry_id for each in population(unit.session, partnership, row.from_on, row.to_on)}
    counted: dict[str, int] = {}
    for item in _items(unit, row):
        verdict, finding = verdicts.get(entries.get(item.disclosure_id, item.id), ("cannot tell", "no receipt"))
        item.receipt, item.receipt_finding = verdict, finding[:400]
        counted[verdict] = counted.get(verdict, 0) + 1
    row.verified_at, row.head = unit.clock.business_now(), "\n".join(heads)
    unit.record(Event.SAMPLE_VERIFIED, about=row.id, facts={"ref": row.ref, "verdicts": counted, "heads": list(heads)})


def mark_sample(unit: Unit, sample_id: uuid.UUID, version: int, marks: Mapping[uuid.UUID, tuple[str, str]]) -> int:
    """Mark items as satisfactory or as a query with its note; return how many were marked. Notes name nobody.

    Raises InvalidError at the items whose query has no note, or whose note seems to hold personal data.
    """
    partnership, _ = _auditor(unit, Action.MARK_SAMPLE)
    row = _row(unit, partnership, sample_id)
    refuse_older(row.version, version)
    found = {item.id: item for item in _items(unit, row)}
    if not set(marks) <= set(found):
        raise NotFoundError("There is no such item in this sample.")
    if not marks:
        raise InvalidError.one("Mark at least one of them", where="item-1")
    problems = tuple(
        Problem("Say what you query", f"note-{item_id}")
        for item_id, (mark, note) in marks.items()
        if mark == Mark.QUERY and not note.strip()
    )
    if problems:
        raise InvalidError(problems)
    refuse_personal(unit, {f"note-{item_id}": note for item_id, (_, note) in marks.items()})
    counted = dict.fromkeys(map(str, Mark), 0)
    now = unit.clock.business_now()
    for item_id, (mark, note) in marks.items():
        item = found[item_id]
        item.mark, item.note, item.marked_at = str(Mark(mark)), note.strip(), now
        counted[item.mark] += 1
    row.marked_at = now  # with it moves the version, so that two who mark at once do not undo each other
    unit.session.flush()
    unit.record(Event.SAMPLE_MARKED, about=row.id, facts={"ref": row.ref, "marks": counted})
    return len(marks)


def take_working_papers(unit: Unit, sample_id: uuid.UUID) -> None:
    """Record that the working papers of a sample leave; the caller builds them after the entry is written."""
    partnership, _ = _auditor(unit, Action.EXPORT_LEDGER)
    row = _row(unit, partnership, sample_id)
    if row.drawn_at is None:
        raise InvalidError.one("This sample has not been drawn yet.", where=row.ref)
    unit.record(Event.WORKING_PAPERS_TAKEN, about=row.id, facts={"ref": row.ref, "items": len(_items(unit, row))})


def _auditor(unit: Unit, action: Action) -> tuple[str, uuid.UUID]:
    unit.require(action, partnership=unit.actor.partnership)
    if unit.actor.partnership is None or unit.actor.officer_id is None:
        raise NotFoundError("A sample belongs to an auditor in post.")
    return unit.actor.partnership, unit.actor.officer_id


def _row(unit: Unit, partnership: str, sample_id: uuid.UUID) -> AuditSample:
    row = unit.session.get(AuditSample, sample_id)
    if row is None or row.partnership != partnership:
        raise NotFoundError("There is no such sample.")
    return row


def _items(unit: Unit, row: AuditSample) -> list[AuditSampleItem]:
    query = select(AuditSampleItem).where(
        AuditSampleItem.partnership == row.partnership, AuditSampleItem.sample_id == row.id
    )
    return list(unit.session.scalars(query.order_by(AuditSampleItem.position)))
