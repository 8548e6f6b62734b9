"""This module knows how a row is indexed by the person it is about, as it is stored, and how its indexes go when it is erased."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import date

from sqlalchemy import delete
from sqlalchemy.orm import Session

from sharing.disclosures.model import CaseIndex
from sharing.disclosures.person_keys import Person, stored_keys
from sharing.disclosures.person_model import PersonIndex
from sharing.store import Unit

RECORD = "case_record"
COPY = "disclosure"


def index_record(unit: Unit, record_id: uuid.UUID, holder: str, retain_until: date, values: Mapping[str, str]) -> None:
    """Index a record as it is deposited. `values` are its fields in clear, as the depositor gave them.

    Raises InvalidError for a date of birth that is none: what cannot be found again is not kept.
    """
    partnership = unit.actor.partnership or ""
    for name, token in _tokens(unit, RECORD, holder, retain_until, Person.of_fields(values)):
        unit.session.add(CaseIndex(partnership=partnership, record_id=record_id, name=name, token=token))


def index_copy(
    unit: Unit, disclosure_id: uuid.UUID, recipient: str, kept_until: date | None, as_is: Mapping[str, str]
) -> None:
    """Index a recipient's copy under the recipient's own key, after a release.

    `as_is` are the values that left as they are; a coarser form (initials, an age band) names nobody and finds nobody.
    """
    if kept_until is not None:
        index_person(unit, COPY, disclosure_id, recipient, kept_until, Person.of_fields(as_is))


def index_person(
    unit: Unit, kind: str, row_id: uuid.UUID, organisation: str, retain_until: date, person: Person
) -> None:
    """Index the person that a sealed row of any table is about, under the key of the organisation that holds it."""
    partnership = unit.actor.partnership or ""
    for name, token in _tokens(unit, kind, organisation, retain_until, person):
        unit.session.add(
            PersonIndex(
                partnership=partnership, organisation=organisation, kind=kind, row_id=row_id, name=name, token=token
            )
        )


def forget_person(session: Session, partnership: str, row_id: uuid.UUID) -> int:
    """Delete every index of a row that is erased: a record, a copy, or a row of another room. Returns how many there were."""
    gone = 0
    for statement in (
        delete(CaseIndex).where(CaseIndex.partnership == partnership, CaseIndex.record_id == row_id),
        delete(PersonIndex).where(PersonIndex.partnership == partnership, PersonIndex.row_id == row_id),
    ):
        gone += len(session.execute(statement.returning(statement.table.c.id)).all())
    return gone


def _tokens(
    unit: Unit, kind: str, organisation: str, retain_until: date, person: Person
) -> Iterable[tuple[str, bytes]]:
    for part, values in sorted(stored_keys(person)):
        name = f"{kind}.{part}"
        yield (
            name,
            unit.vault.index(
                unit.session, organisation=organisation, due_year=retain_until.year, name=name, values=values
            ),
        )
