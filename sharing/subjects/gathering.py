"""This module knows how everything that may have to go to a person is gathered: by reference, without opening any of it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select

from protocols.actions import Event
from sharing import disclosures
from sharing.disclosures import Found, OwnRecord
from sharing.errors import InvalidError
from sharing.store import Unit
from sharing.subjects.asking import TABLE, own_request, person_of
from sharing.subjects.model import SubjectItem, SubjectRequest
from sharing.subjects.rules import ItemKind, Outcome, SubjectStatus

SEARCH_REASON = "access"


@dataclass(frozen=True)
class _Thing:
    """Something found: what it is, which row, of which record of ours, its reference, how sure, who supplied it."""

    kind: ItemKind
    row_id: uuid.UUID
    record_id: uuid.UUID | None
    ref: str
    grade: str
    supplier: str | None


def gather_items(unit: Unit, request_id: uuid.UUID) -> int:
    """Search for the person of a request and keep what was found as items to decide. Can be done again. Returns how many are new.

    Three entries in this order: the request's own words were opened, the person was searched for, the items were kept.
    """
    row = own_request(unit, request_id)
    if row.status == SubjectStatus.IDENTITY:
        raise InvalidError.one("Check the identity first", where=row.ref)
    own = OwnRecord(TABLE, row.id, row.organisation, row.partnership)
    opened = disclosures.view_own(unit, own, {"person": row.person})
    found = disclosures.find_person(unit, person_of(opened["person"]), reason=SEARCH_REASON, ref=row.ref)
    new = _keep(unit, row, {(thing.kind, thing.row_id): thing for thing in _things(found)})
    row.gathered_at = unit.clock.business_now()
    unit.session.flush()
    unit.record(Event.SUBJECT_ITEMS_GATHERED, about=row.id, facts={"ref": row.ref})
    return new


def _things(found: Found) -> Iterator[_Thing]:
    grades = {}
    for each in found.records:
        record = each.record
        grades[record.id] = each.ways[0]
        yield _Thing(ItemKind.RECORD, record.id, record.id, record.reference, each.ways[0], None)
    for told in found.told:
        grade = grades[told.record_id]
        yield _Thing(ItemKind.TOLD, told.made.id, told.record_id, told.made.ref, grade, None)
    for copy in found.copies:
        if copy.held:
            yield _Thing(ItemKind.COPY, copy.made.id, None, copy.made.ref, copy.ways[0], copy.made.supplier)


def _keep(unit: Unit, row: SubjectRequest, things: dict[tuple[ItemKind, uuid.UUID], _Thing]) -> int:
    """Add what is new; what is no longer held is marked so, whatever was decided on it."""
    known = {}
    for item in unit.session.scalars(
        select(SubjectItem).where(SubjectItem.partnership == row.partnership, SubjectItem.request_id == row.id)
    ):
        known[ItemKind(item.kind), item.row_id] = item
    for key, item in known.items():
        if key not in things:
            item.outcome, item.re_examine_on = str(Outcome.GONE), None
    fresh = [thing for key, thing in things.items() if key not in known]
    for thing in fresh:
        unit.session.add(
            SubjectItem(
                partnership=row.partnership,
                request_id=row.id,
                kind=str(thing.kind),
                row_id=thing.row_id,
                record_id=thing.record_id,
                ref=thing.ref,
                grade=thing.grade,
                supplier=thing.supplier,
            )
        )
    if fresh:
        row.packed_at = None
    return len(fresh)
