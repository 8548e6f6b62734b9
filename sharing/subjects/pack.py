"""This module knows what a person is given who asked: everything that was decided to go, opened through the gate, and no more."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select

from protocols.actions import Event
from sharing import disclosures
from sharing.disclosures import DisclosureView
from sharing.errors import InvalidError, Problem
from sharing.store import Unit
from sharing.subjects.asking import own_request
from sharing.subjects.deciding import own_item, require_safe
from sharing.subjects.model import SubjectItem, SubjectRequest
from sharing.subjects.rules import ItemKind, Outcome, SubjectStatus


@dataclass(frozen=True)
class GivenRecord:
    """A record that is held about the person: what it says, where it came from, until when it is kept."""

    reference: str
    category: str
    source: str
    kept_until: date
    fields: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True)
class GivenCopy:
    """Something that somebody else told the holder about the person."""

    reference: str
    source: str
    purpose: str
    received_on: date
    kept_until: date | None
    fields: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True)
class GivenTelling:
    """Whom the holder told what: the fields and their forms, not once more what they say."""

    reference: str
    recipient: str
    purpose: str
    told_on: date
    protocol: str
    kept_until: date | None
    fields: Mapping[str, str]


@dataclass(frozen=True)
class SubjectPack:
    """Everything that goes to the person. What is held back leaves no trace in it: not a count, not a gap in a number."""

    ref: str
    organisation: str
    received_on: date
    records: tuple[GivenRecord, ...]
    copies: tuple[GivenCopy, ...]
    told: tuple[GivenTelling, ...]


def make_pack(unit: Unit, request_id: uuid.UUID, kind: str) -> SubjectPack:
    """Put together what goes to the person; `kind` is the format, for the entry. Each opening is an entry before a byte is read.

    Raises InvalidError while an item is undecided or has to be looked at again, and NotPermittedError (`victim-address`) when a
    tie that was recorded since the decision forbids an item.
    """
    row = own_request(unit, request_id)
    items = _items(unit, row)
    _check(unit, row, items)
    going = [item for item in items if item.outcome == Outcome.INCLUDE]
    for item in going:
        require_safe(unit, row, item)
    pack = SubjectPack(
        ref=row.ref,
        organisation=row.organisation,
        received_on=row.received_on,
        records=tuple(_record(unit, row, item) for item in going if item.kind == ItemKind.RECORD),
        copies=tuple(_copy(unit, row, item) for item in going if item.kind == ItemKind.COPY),
        told=tuple(_telling(unit, row, item) for item in going if item.kind == ItemKind.TOLD),
    )
    row.packed_at = unit.clock.business_now()
    unit.session.flush()
    facts = {"ref": row.ref, "kind": kind.lstrip("."), "items": [item.ref for item in going]}
    unit.record(Event.SUBJECT_PACK_MADE, about=row.id, facts=facts)
    return pack


def _items(unit: Unit, row: SubjectRequest) -> list[SubjectItem]:
    return list(
        unit.session.scalars(
            select(SubjectItem)
            .where(SubjectItem.partnership == row.partnership, SubjectItem.request_id == row.id)
            .order_by(SubjectItem.kind, SubjectItem.ref)
        )
    )


def _check(unit: Unit, row: SubjectRequest, items: list[SubjectItem]) -> None:
    if row.status == SubjectStatus.IDENTITY:
        raise InvalidError.one("Check the identity first", where=row.ref)
    if row.gathered_at is None:
        raise InvalidError.one("Search for what is held first", where=row.ref)
    today = unit.clock.today()
    problems = [Problem("Decide what becomes of it", where=item.ref) for item in items if not item.outcome]
    problems += [
        Problem("Its day to be looked at again has come", where=item.ref)
        for item in items
        if item.re_examine_on is not None and item.re_examine_on <= today
    ]
    if problems:
        raise InvalidError(tuple(problems))


def _going(item: SubjectItem, opened: Mapping[str, str]) -> dict[str, str]:
    return {code: value for code, value in opened.items() if code not in item.left_out}


def _record(unit: Unit, row: SubjectRequest, item: SubjectItem) -> GivenRecord:
    held = disclosures.record_view(unit.session, row.partnership, row.organisation, item.row_id)
    return GivenRecord(
        reference=held.reference,
        category=held.category,
        source=held.holder,
        kept_until=held.retain_until,
        fields=_going(item, disclosures.open_record(unit, item.row_id)),
    )


def _copy(unit: Unit, row: SubjectRequest, item: SubjectItem) -> GivenCopy:
    made = _made(unit, row, item)
    return GivenCopy(
        reference=made.ref,
        source=made.supplier,
        purpose=made.purpose,
        received_on=made.decided_at.date(),
        kept_until=made.kept_until,
        fields=_going(item, disclosures.open_copy(unit, item.row_id)),
    )


def _telling(unit: Unit, row: SubjectRequest, item: SubjectItem) -> GivenTelling:
    made = _made(unit, row, item)
    return GivenTelling(
        reference=made.ref,
        recipient=made.recipient,
        purpose=made.purpose,
        told_on=made.decided_at.date(),
        protocol=f"{made.protocol} version {made.protocol_version}" if made.protocol else "",
        kept_until=made.kept_until,
        fields={each.code: each.form or "as-is" for each in made.fields if each.result != "withheld"},
    )


def _made(unit: Unit, row: SubjectRequest, item: SubjectItem) -> DisclosureView:
    return disclosures.disclosure_of(unit.session, row.partnership, row.organisation, item.row_id)


def open_item(unit: Unit, item_id: uuid.UUID) -> dict[str, str]:
    """Open a record or a copy, for whoever decides whether it goes. Somebody who was told has no more than its list of fields."""
    item, _ = own_item(unit, item_id)
    if item.kind == ItemKind.RECORD:
        return disclosures.open_record(unit, item.row_id)
    if item.kind == ItemKind.COPY:
        return disclosures.open_copy(unit, item.row_id)
    raise InvalidError.one("There is nothing to open: it says whom we told which fields.", where=item.ref)
