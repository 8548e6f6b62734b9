"""This module knows how a record and a recipient's copy end: from which day each is due, and what goes with its key.

A copy is due at the earliest of the recipient's own limit, the supplier's, and the end of the record that it came from. A hold on
the record outlasts both limits (docs/release-rules.md), in the rulebook and here alike. What was told of it stays: who, to whom,
which fields, when, under what. Nothing here opens a value.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete, false, or_, select
from sqlalchemy.orm import Session

from sharing.disclosures.keeping import COPY
from sharing.disclosures.model import CaseField, CaseRecord, Disclosure, DisclosureField
from sharing.disclosures.person_index import forget_person
from sharing.disclosures.records import TABLE
from sharing.errors import NotFoundError
from sharing.store import Unit
from sharing.vault.alive import with_keys

SHREDDED = "shredded"


@dataclass(frozen=True)
class Ending:
    """A record or a copy that is sealed and falls due: whose it is, by which reference it is known, since when.

    `held`: its record is on hold, so that it stays.
    """

    table: str
    id: uuid.UUID
    partnership: str
    organisation: str
    ref: str
    due_on: date
    held: bool


def ending(session: Session, today: date) -> tuple[Ending, ...]:
    """Every record and copy that is still sealed and due on this day, those on hold among them, oldest first."""
    found = [*_records(session, today), *_copies(session, today)]
    alive = with_keys(session, [each.id for each in found])
    return tuple(sorted((each for each in found if each.id in alive), key=lambda each: (each.due_on, each.ref)))


def _records(session: Session, today: date) -> list[Ending]:
    rows = session.scalars(select(CaseRecord).where(CaseRecord.retain_until <= today, CaseRecord.state != SHREDDED))
    return [
        Ending(TABLE, row.id, row.partnership, row.holder, row.reference, row.retain_until, row.hold) for row in rows
    ]


def _copies(session: Session, today: date) -> list[Ending]:
    """The copies that are due. Each has a record: without one nothing can have left."""
    rows = session.execute(
        select(Disclosure, CaseRecord)
        .join(CaseRecord, CaseRecord.id == Disclosure.record_id)
        .where(
            Disclosure.opening.is_not(None),
            or_(Disclosure.kept_until <= today, CaseRecord.retain_until <= today, CaseRecord.state == SHREDDED),
        )
    )
    return [
        Ending(
            COPY,
            made.id,
            made.partnership,
            made.recipient,
            made.ref,
            min(day for day in (made.kept_until, record.retain_until, today) if day),
            record.hold,
        )
        for made, record in rows
    ]


def copies_of(session: Session, record_id: uuid.UUID) -> tuple[uuid.UUID, ...]:
    """The recipients' copies of a record that are still sealed."""
    return tuple(
        session.scalars(
            select(Disclosure.id)
            .where(Disclosure.record_id == record_id, Disclosure.opening.is_not(None))
            .order_by(Disclosure.ref)
        )
    )


def end_record(unit: Unit, record_id: uuid.UUID) -> int:
    """Take the sealed cells and the blind indexes of a record away, and mark it as shredded. Returns how many cells went.

    Part of a command that deletes the key and records the entry (`sharing.retention`). NotFoundError for no such record.
    """
    row = unit.session.get(CaseRecord, record_id)
    if row is None:
        raise NotFoundError("There is no such record.")
    gone = unit.session.execute(delete(CaseField).where(CaseField.record_id == record_id).returning(CaseField.id)).all()
    forget_person(unit.session, row.partnership, record_id)
    row.state, row.hold = SHREDDED, False
    unit.session.flush()
    return len(gone)


def end_copy(unit: Unit, disclosure_id: uuid.UUID) -> int:
    """Empty the sealed cells of a recipient's copy and take its blind indexes away. Returns how many cells were emptied.

    What was decided stays: the receipt of the disclosure still verifies. NotFoundError for no such disclosure.
    """
    made = unit.session.get(Disclosure, disclosure_id)
    if made is None:
        raise NotFoundError("There is no such disclosure.")
    cells = unit.session.scalars(select(DisclosureField).where(DisclosureField.disclosure_id == disclosure_id))
    gone = [cell for cell in cells if cell.value is not None]
    for cell in gone:
        cell.value = None
    made.opening = None
    forget_person(unit.session, made.partnership, disclosure_id)
    unit.session.flush()
    return len(gone)


def set_hold(unit: Unit, record_id: uuid.UUID, *, on: bool) -> None:
    """Mark a record as held, or no longer, for the rulebook. Part of a command that records why (`sharing.retention`)."""
    row = unit.session.get(CaseRecord, record_id)
    if row is None:
        raise NotFoundError("There is no such record.")
    row.hold = on
    unit.session.flush()


def named(
    session: Session, partnership: str, table: str, ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, tuple[str, str]]:
    """Of records or copies of a partnership: the organisation that holds each, and the reference that it is known by."""
    model, owner, ref = (
        (CaseRecord, CaseRecord.holder, CaseRecord.reference)
        if table == TABLE
        else (Disclosure, Disclosure.recipient, Disclosure.ref)
    )
    known = table in {TABLE, COPY}
    rows = session.execute(
        select(model.id, owner, ref).where(
            model.partnership == partnership, model.id.in_(list(ids)) if known else false()
        )
    )
    return {row_id: (organisation, reference) for row_id, organisation, reference in rows}


def held(session: Session, ids: Collection[uuid.UUID]) -> frozenset[uuid.UUID]:
    """Those of these records and copies whose record is marked as held."""
    wanted = list(ids)
    records = session.scalars(select(CaseRecord.id).where(CaseRecord.id.in_(wanted), CaseRecord.hold.is_(True)))
    copies = session.scalars(
        select(Disclosure.id)
        .join(CaseRecord, CaseRecord.id == Disclosure.record_id)
        .where(Disclosure.id.in_(wanted), CaseRecord.hold.is_(True))
    )
    return frozenset(records) | frozenset(copies)
