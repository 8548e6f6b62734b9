"""This module knows what becomes of a disclosure after it was made: who holds what, taken back, its copy destroyed, corrected.

It opens nothing for anybody: what it reads of a disclosure is in clear, and a corrected value goes in sealed.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from protocols.actions import Event
from sharing.disclosures.endings import end_copy, held
from sharing.disclosures.judge import WITHHELD
from sharing.disclosures.model import CaseField, CaseRecord, Disclosure
from sharing.disclosures.opening import open_recorded
from sharing.disclosures.person_index import forget_person, index_record
from sharing.disclosures.read import DisclosureView, disclosure
from sharing.disclosures.records import TABLE
from sharing.errors import InvalidError, NotFoundError
from sharing.ledger.of_kind import entries_of_kind
from sharing.store import Unit
from sharing.vault.shred import shred_record

LIVE, FROZEN = "live", "frozen"
PERSON = frozenset({"subject.name", "subject.dob", "subject.address"})
"""The fields by which a record is found again."""
_INSTANT = timedelta(minutes=1)


@dataclass(frozen=True)
class HeldRecord:
    """A record of the holder's own, in clear: what it is called, which fields it has, in which state it is."""

    id: uuid.UUID
    reference: str
    holder: str
    state: str
    fields: tuple[str, ...]
    version: int


@dataclass(frozen=True)
class Opening:
    """How often somebody opened what they were given, when last, and which fields. Never a value."""

    actor: str
    times: int
    last_at: datetime
    fields: tuple[str, ...]


def held_record(session: Session, partnership: str, holder: str, record_id: uuid.UUID) -> HeldRecord:
    """A record that the organisation holds. Raises NotFoundError for anybody else's, as for none."""
    row = session.get(CaseRecord, record_id)
    if row is None or row.partnership != partnership or row.holder != holder:
        raise NotFoundError("There is no such record.")
    codes = session.scalars(select(CaseField.code).where(CaseField.record_id == row.id).order_by(CaseField.code))
    return HeldRecord(row.id, row.reference, row.holder, row.state, tuple(codes), row.version)


def record_of(session: Session, partnership: str, disclosure_id: uuid.UUID) -> uuid.UUID | None:
    """The record that a disclosure was made from; None where nothing was held."""
    return session.scalar(
        select(Disclosure.record_id).where(Disclosure.partnership == partnership, Disclosure.id == disclosure_id)
    )


def releases_of(session: Session, partnership: str, supplier: str, record_id: uuid.UUID) -> tuple[DisclosureView, ...]:
    """Everything that has left of a record, with its fields, oldest first: recalled and ended copies included."""
    ids = session.scalars(
        select(Disclosure.id)
        .where(
            Disclosure.partnership == partnership,
            Disclosure.supplier == supplier,
            Disclosure.record_id == record_id,
            Disclosure.outcome != "refused",
        )
        .order_by(Disclosure.recorded_at, Disclosure.ref)
    )
    return tuple(disclosure(session, partnership, each) for each in list(ids))


def openings(
    session: Session, partnership: str, disclosure_ids: Collection[uuid.UUID]
) -> Mapping[uuid.UUID, tuple[Opening, ...]]:
    """Who has opened each disclosure, by the ledger's own entries; a disclosure that nobody has opened has none."""
    rows = session.execute(
        select(Disclosure.id, Disclosure.recorded_at).where(
            Disclosure.partnership == partnership, Disclosure.id.in_(list(disclosure_ids))
        )
    ).all()
    if not rows:
        return {}
    since = min(recorded_at for _, recorded_at in rows) - _INSTANT
    seen: dict[str, dict[str, Opening]] = {}
    about = {str(each) for each, _ in rows}
    for said in entries_of_kind(session, partnership, Event.RECORD_VIEWED, since, about=about):
        mine = seen.setdefault(said.about or "", {})
        before = mine.get(said.actor or "", Opening(said.actor or "", 0, said.at, ()))
        fields = tuple(sorted({*before.fields, *said.facts.get("fields", ())}))
        mine[before.actor] = Opening(before.actor, before.times + 1, said.at, fields)
    return {each: tuple(seen.get(str(each), {}).values()) for each, _ in rows}


def freeze(unit: Unit, record_id: uuid.UUID) -> bool:
    """Freeze a record of the acting organisation (release rule 10). The caller records the entry.

    Returns False where there is nothing to freeze: frozen already, or erased, and what others hold can still be recalled.
    """
    row = _own(unit, record_id, lock=True)
    if row.state != LIVE:
        return False
    row.state = FROZEN
    unit.session.flush()
    return True


def unfreeze(unit: Unit, record_id: uuid.UUID) -> None:
    """Let a frozen record be used again. The caller records the entry, and has asked whether another recall still holds it."""
    row = _own(unit, record_id)
    if row.state == FROZEN:
        row.state = LIVE
    unit.session.flush()


def mark_recalled(unit: Unit, disclosure_ids: Collection[uuid.UUID], at: datetime | None) -> None:
    """Mark what one's own organisation gave as recalled at a moment, or with None as recalled no more."""
    for row in _given(unit, disclosure_ids):
        row.recalled_at = at
    unit.session.flush()


def destroy_copy(unit: Unit, disclosure_id: uuid.UUID) -> bool:
    """Destroy the acting organisation's own copy for good: its key and its cells go, the count and the commitment stay.

    Records `record:shredded`, which a restored backup repeats. Returns False if no copy was kept here, or none any more;
    InvalidError while the record is held for a live order.
    """
    row = unit.session.get(Disclosure, disclosure_id)
    if row is None or row.partnership != unit.actor.partnership or row.recipient != unit.actor.organisation:
        raise NotFoundError("There is no such disclosure.")
    if held(unit.session, [row.id]):
        raise InvalidError.one(
            "The record is held for a live order, so no copy of it may be destroyed", mend="Answer that it is kept."
        )
    try:
        gone = shred_record(unit.session, row.id)
    except NotFoundError:
        return False
    end_copy(unit, row.id)
    facts = {"table": gone.table, "epoch": gone.epoch, "generation": gone.generation, "disclosure": row.ref}
    unit.record(Event.RECORD_SHREDDED, about=row.id, facts=facts)
    return True


@dataclass(frozen=True)
class NewValue:
    """A field's right value, to be sealed in the place of the wrong one."""

    record_id: uuid.UUID
    code: str
    value: str = field(repr=False)


def replace_value(unit: Unit, command: NewValue) -> None:
    """Seal a field of one's own record anew; the wrong value goes. The caller records the entry.

    What was given of it before stays as it was given, under the recipients' own keys, until they destroy it.
    """
    row = _own(unit, command.record_id)
    cell = unit.session.scalar(
        select(CaseField).where(CaseField.record_id == row.id, CaseField.code == command.code).limit(1)
    )
    if cell is None or row.state not in {LIVE, FROZEN}:
        raise InvalidError.one("The record does not hold this field.", where="code", mend="Choose one that it holds.")
    value = command.value.strip()
    cell.value = unit.vault.seal(
        unit.session,
        table=TABLE,
        record_id=row.id,
        organisation=row.holder,
        retain_until=row.retain_until,
        values={command.code: value},
    )[command.code]
    unit.session.flush()
    if command.code in PERSON:
        _find_it_by(unit, row, command)


def _find_it_by(unit: Unit, row: CaseRecord, command: NewValue) -> None:
    """Make the blind indexes anew: they need the person's other fields, which are opened under an entry of their own."""
    rest = {
        cell.code: cell.value
        for cell in unit.session.scalars(
            select(CaseField).where(CaseField.record_id == row.id, CaseField.code.in_(PERSON - {command.code}))
        )
    }
    forget_person(unit.session, row.partnership, row.id)
    opened = open_recorded(unit, TABLE, row.id, row.holder, rest, why={"correction": True}) if rest else {}
    values = {**opened, command.code: command.value.strip()}
    index_record(unit, row.id, row.holder, row.retain_until, values)
    unit.session.flush()


def left_in(view: DisclosureView) -> dict[str, str]:
    """The fields of a disclosure that left, each with the form in which it did."""
    return {each.code: each.form or "" for each in view.fields if each.result != WITHHELD}


def _own(unit: Unit, record_id: uuid.UUID, *, lock: bool = False) -> CaseRecord:
    """One's own record; with `lock` nobody else takes it back at the same moment."""
    row = unit.session.get(CaseRecord, record_id, with_for_update=True if lock else None)
    if row is None or row.partnership != unit.actor.partnership or row.holder != unit.actor.organisation:
        raise NotFoundError("There is no such record.")
    return row


def _given(unit: Unit, disclosure_ids: Collection[uuid.UUID]) -> list[Disclosure]:
    found = list(
        unit.session.scalars(
            select(Disclosure).where(
                Disclosure.partnership == unit.actor.partnership,
                Disclosure.supplier == unit.actor.organisation,
                Disclosure.id.in_(list(disclosure_ids)),
            )
        )
    )
    if len(found) != len(set(disclosure_ids)):
        raise NotFoundError("There is no such disclosure.")
    return found
