"""This module knows how a record is deposited by its holder and found again, without opening it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from protocols.actions import Action, Event
from sharing.base import new_id
from sharing.disclosures.model import CaseField, CaseRecord
from sharing.disclosures.person_index import index_record
from sharing.errors import InvalidError, NotFoundError
from sharing.store import Unit

TABLE = "case_record"


@dataclass(frozen=True)
class DepositRecord:
    """A record to keep: facts in clear, values by field code to be sealed."""

    reference: str
    area: str
    category: str
    retain_until: date
    values: Mapping[str, str] = field(repr=False)
    controllers: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    marking: str = "OFFICIAL-SENSITIVE"
    regime: str = "UKGDPR"
    data_set: str | None = None
    homes: Mapping[str, int] = field(default_factory=dict)
    areas: Mapping[str, str] = field(default_factory=dict)
    public_place: bool = False


def deposit_record(unit: Unit, command: DepositRecord) -> uuid.UUID:
    """Seal and keep a record of the acting organisation."""
    partnership, holder = unit.actor.partnership, unit.actor.organisation
    unit.require(Action.DEPOSIT_RECORD, partnership=partnership, organisation=holder)
    if partnership is None or holder is None:
        raise NotFoundError("A record belongs to an organisation.")
    values = {code: value.strip() for code, value in command.values.items() if value.strip()}
    if not values:
        raise InvalidError.one("Give at least one field of the record.", where="fields")
    record_id = new_id()
    sealed = unit.vault.seal(
        unit.session,
        table=TABLE,
        record_id=record_id,
        organisation=holder,
        retain_until=command.retain_until,
        values=values,
    )
    unit.session.add(
        CaseRecord(
            id=record_id,
            partnership=partnership,
            reference=command.reference,
            holder=holder,
            origin=holder,
            controllers=list(command.controllers or (holder,)),
            area=command.area,
            category=command.category,
            flags=sorted(command.flags),
            regime=command.regime,
            marking=command.marking,
            retain_until=command.retain_until,
            data_set=command.data_set,
            homes=dict(command.homes),
            areas=dict(command.areas),
            public_place=command.public_place,
            created_at=unit.clock.now(),
        )
    )
    unit.session.flush()
    for code, value in sealed.items():
        unit.session.add(CaseField(partnership=partnership, record_id=record_id, code=code, value=value))
    index_record(unit, record_id, holder, command.retain_until, values)
    facts = {"reference": command.reference, "fields": sorted(values), "category": command.category}
    unit.record(Event.RECORD_DEPOSITED, about=record_id, facts=facts)
    return record_id


def record_row(session: Session, partnership: str, record_id: uuid.UUID) -> CaseRecord:
    """The record of this partnership, or NotFoundError."""
    row = session.get(CaseRecord, record_id)
    if row is None or row.partnership != partnership:
        raise NotFoundError("There is no such record.")
    return row


def find_record(session: Session, partnership: str, holder: str, reference: str) -> uuid.UUID | None:
    """The id of a holder's record by the holder's own reference."""
    return session.scalar(
        select(CaseRecord.id).where(
            CaseRecord.partnership == partnership,
            CaseRecord.holder == holder,
            CaseRecord.reference == reference.strip(),
        )
    )


def facts_of(row: CaseRecord) -> dict[str, Any]:
    """The record as the rules read it (docs/schema/cases.schema.json)."""
    return {
        "id": str(row.id),
        "origin": row.origin,
        "controllers": row.controllers,
        "holder": row.holder,
        "partnership": row.partnership,
        "area": row.area,
        "category": row.category,
        "flags": row.flags,
        "regime": row.regime,
        "marking": row.marking,
        "retain_until": row.retain_until.isoformat(),
        "hold": row.hold,
        "state": row.state,
        "data_set": row.data_set,
        "homes": row.homes,
        "public_place": row.public_place,
    }
