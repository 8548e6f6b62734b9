"""This module knows how everything about one person is found again within one organisation: by blind index, opening nothing.

What an organisation holds are its own records and the copies that it was given. The search is an entry before it is made. Keys
differ by organisation and by the year in which a row falls due, so that nothing here can be looked for in anybody else's rows.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from protocols.actions import Action, Event
from sharing.disclosures.model import CaseField, CaseIndex, CaseRecord, Disclosure, DisclosureField
from sharing.disclosures.opening import OwnRecord, view_own
from sharing.disclosures.person_index import COPY, RECORD
from sharing.disclosures.person_keys import SURNAME, SWAPPED, Key, Person, tried_keys, ways_of
from sharing.disclosures.person_model import PersonIndex
from sharing.disclosures.read import DisclosureView, RecordView, disclosure, records_of
from sharing.errors import NotFoundError, NotPermittedError
from sharing.store import Unit

SHREDDED = "shredded"
SAFE_ADDRESS = "safe-address"


@dataclass(frozen=True)
class FoundRecord:
    """A record of one's own that may be about the person, with the grades of its match, surest first."""

    record: RecordView
    ways: tuple[str, ...]


@dataclass(frozen=True)
class FoundCopy:
    """What one's own organisation was given and may be about the person; `held` until its day, unless it was recalled."""

    made: DisclosureView
    record_id: uuid.UUID | None
    ways: tuple[str, ...]
    held: bool


@dataclass(frozen=True)
class ToldOf:
    """What one's own organisation told another of one of the records found."""

    made: DisclosureView
    record_id: uuid.UUID


@dataclass(frozen=True)
class Found:
    """Everything that an organisation holds about a person and has told of them. References only: nothing was opened."""

    records: tuple[FoundRecord, ...]
    told: tuple[ToldOf, ...]
    copies: tuple[FoundCopy, ...]


# -- finding


def find_person(unit: Unit, person: Person, *, reason: str, ref: str = "") -> Found:
    """Find everything that the acting organisation holds about a person, and everyone it told. An entry first, then the search.

    `reason` is a code and `ref` the reference of what it is done for: both stand in the ledger, the person does not. Raises
    NotPermittedError, and InvalidError when too little is given to look for.
    """
    partnership, organisation = unit.actor.partnership or "", unit.actor.organisation or ""
    unit.require(Action.FIND_SUBJECT, partnership=partnership, organisation=organisation)
    keys = tried_keys(person)
    given = {"names": len(person.names), "birth": bool(person.born), "addresses": len(person.addresses)}
    unit.record(Event.SUBJECT_SEARCHED, facts={"reason": reason, "ref": ref, "given": given})
    records = _records(unit, partnership, organisation, keys)
    told = _told(unit.session, partnership, organisation, [each.record.id for each in records])
    return Found(records, told, _copies(unit, partnership, organisation, keys))


def find_rows(unit: Unit, kind: str, keys: Iterable[Key]) -> dict[uuid.UUID, tuple[str, ...]]:
    """The rows of one table of the acting organisation that match, each with its grades. The caller has recorded the search."""
    partnership, organisation = unit.actor.partnership or "", unit.actor.organisation or ""
    matched: dict[uuid.UUID, set[str]] = defaultdict(set)
    for part, name, tokens in _looked_for(unit, kind, organisation, keys):
        rows = unit.session.scalars(
            select(PersonIndex.row_id).where(
                PersonIndex.partnership == partnership,
                PersonIndex.organisation == organisation,
                PersonIndex.kind == kind,
                PersonIndex.name == name,
                PersonIndex.token.in_(tokens),
            )
        )
        for row_id in rows:
            matched[row_id].add(part)
    return _graded(matched)


def _records(unit: Unit, partnership: str, holder: str, keys: Iterable[Key]) -> tuple[FoundRecord, ...]:
    matched: dict[uuid.UUID, set[str]] = defaultdict(set)
    for part, name, tokens in _looked_for(unit, RECORD, holder, keys):
        rows = unit.session.scalars(
            select(CaseIndex.record_id)
            .join(CaseRecord, CaseRecord.id == CaseIndex.record_id)
            .where(
                CaseIndex.partnership == partnership,
                CaseRecord.holder == holder,
                CaseRecord.state != SHREDDED,
                CaseIndex.name == name,
                CaseIndex.token.in_(tokens),
            )
        )
        for record_id in rows:
            matched[record_id].add(part)
    graded = _graded(matched)
    own = {view.id: view for view in records_of(unit.session, partnership, holder)} if graded else {}
    return tuple(FoundRecord(view, graded[view.id]) for view in own.values() if view.id in graded)


def _looked_for(
    unit: Unit, kind: str, organisation: str, keys: Iterable[Key]
) -> Iterable[tuple[str, str, tuple[bytes, ...]]]:
    """For each key its tokens in every year that lives: the organisation's own, and nobody else's."""
    for part, values in sorted(keys):
        name = f"{kind}.{SURNAME if part == SWAPPED else part}"
        found = unit.vault.index_candidates(unit.session, organisations=[organisation], name=name, values=values)
        if found[organisation]:
            yield part, name, found[organisation]


def _graded(matched: Mapping[uuid.UUID, set[str]]) -> dict[uuid.UUID, tuple[str, ...]]:
    graded = {row_id: ways_of(parts) for row_id, parts in matched.items()}
    return {row_id: ways for row_id, ways in graded.items() if ways}


def _told(session: Session, partnership: str, supplier: str, record_ids: list[uuid.UUID]) -> tuple[ToldOf, ...]:
    rows = session.execute(
        select(Disclosure.id, Disclosure.record_id)
        .where(
            Disclosure.partnership == partnership,
            Disclosure.supplier == supplier,
            Disclosure.outcome != "refused",
            Disclosure.record_id.in_(record_ids),
        )
        .order_by(Disclosure.recorded_at, Disclosure.ref)
    ).all()
    return tuple(
        ToldOf(disclosure(session, partnership, row.id), row.record_id) for row in rows if row.record_id is not None
    )


def _copies(unit: Unit, partnership: str, recipient: str, keys: Iterable[Key]) -> tuple[FoundCopy, ...]:
    graded = find_rows(unit, COPY, keys)
    views = [disclosure(unit.session, partnership, row_id) for row_id in graded]
    today = unit.clock.today()
    return tuple(
        FoundCopy(made, None, graded[made.id], is_held(made, today))
        for made in sorted(views, key=lambda view: view.ref)
        if made.recipient == recipient
    )


def is_held(made: DisclosureView, today: date) -> bool:
    """Whether a recipient still holds its copy: it was not recalled, and its day has not come."""
    return made.recalled_at is None and made.kept_until is not None and today < made.kept_until


# -- opening what was found


def open_record(unit: Unit, record_id: uuid.UUID) -> dict[str, str]:
    """Open every field of a record of the acting organisation's own, by field code. An entry before a byte is read.

    Raises NotFoundError for anybody else's, another partnership's, a shredded one and none at all, alike.
    """
    row = own_record(unit.session, unit.actor.partnership or "", unit.actor.organisation or "", record_id)
    cells = unit.session.scalars(
        select(CaseField).where(CaseField.partnership == row.partnership, CaseField.record_id == row.id)
    )
    sealed = {cell.code: cell.value for cell in cells}
    return view_own(unit, OwnRecord(RECORD, row.id, row.holder, row.partnership), sealed) if sealed else {}


def open_copy(unit: Unit, disclosure_id: uuid.UUID) -> dict[str, str]:
    """Open the copy that the acting organisation holds, to answer the person whom it is about: it is the holder's own by now.

    UK GDPR art 15 asks whoever holds personal data, wherever it came from. Raises NotFoundError for anybody else's, and
    NotPermittedError once it was recalled or its day has come.
    """
    partnership, organisation = unit.actor.partnership or "", unit.actor.organisation or ""
    made = unit.session.get(Disclosure, disclosure_id)
    if made is None or made.partnership != partnership or made.recipient != organisation:
        raise NotFoundError("There is no such disclosure.")
    if made.recalled_at is not None:
        raise NotPermittedError("The supplier has recalled this. It can no longer be opened.", rule="recalled")
    if made.kept_until is None or unit.clock.today() >= made.kept_until:
        raise NotPermittedError("The day until which this may be kept has passed.", rule="retention")
    cells = unit.session.scalars(
        select(DisclosureField).where(
            DisclosureField.partnership == partnership, DisclosureField.disclosure_id == made.id
        )
    )
    sealed = {cell.code: cell.value for cell in cells if cell.value is not None}
    return view_own(unit, OwnRecord(COPY, made.id, organisation, partnership), sealed) if sealed else {}


def own_record(session: Session, partnership: str, holder: str, record_id: uuid.UUID) -> CaseRecord:
    """The row of a live record that the organisation holds, or NotFoundError. For this room; others ask `record_view`."""
    row = session.get(CaseRecord, record_id)
    if row is None or row.partnership != partnership or row.holder != holder or row.state == SHREDDED:
        raise NotFoundError("There is no such record.")
    return row


def record_view(session: Session, partnership: str, holder: str, record_id: uuid.UUID) -> RecordView:
    """A record of an organisation's own, in clear: its fields stay sealed. Raises NotFoundError."""
    own_record(session, partnership, holder, record_id)
    return next(view for view in records_of(session, partnership, holder) if view.id == record_id)


def codes_held(session: Session, partnership: str, record_id: uuid.UUID) -> tuple[str, ...]:
    """The codes of the fields that a record has. The caller has made sure that it is one's own."""
    codes = select(CaseField.code).where(CaseField.partnership == partnership, CaseField.record_id == record_id)
    return tuple(session.scalars(codes.order_by(CaseField.code)))


def keep_address_safe(unit: Unit, record_id: uuid.UUID) -> None:
    """Mark a record's address as one that must stay secret. The rulebook then lets it go on lines for such records alone.

    The caller records why.
    """
    row = own_record(unit.session, unit.actor.partnership or "", unit.actor.organisation or "", record_id)
    if SAFE_ADDRESS not in row.flags:
        row.flags = sorted({*row.flags, SAFE_ADDRESS})
