"""This module knows what may be read of disclosures without opening a value: the log, and what an organisation was given."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from sharing.disclosures.model import CaseRecord, Disclosure, DisclosureField
from sharing.errors import NotFoundError
from sharing.store.clock import LONDON


@dataclass(frozen=True)
class FieldView:
    """One field of a disclosure: what became of it and under which clause. Never its value."""

    code: str
    result: str
    form: str | None
    cover: str | None
    protocol: str | None
    version: int | None
    line: str | None
    gateway: str | None
    basis: str | None
    rule: str | None
    weight: int | None
    answer: Mapping[str, Any]


@dataclass(frozen=True)
class DisclosureView:
    """One decision of the gate, as both sides and the auditor may see it."""

    id: uuid.UUID
    ref: str
    outcome: str
    supplier: str
    recipient: str
    subject_ref: str
    request_id: uuid.UUID | None
    visit_id: uuid.UUID | None
    purpose: str
    provision: str | None
    channel: str
    protocol: str | None
    protocol_version: int | None
    marking: str
    refused_by: str
    entry_id: uuid.UUID
    decided_at: datetime
    kept_until: date | None
    recalled_at: datetime | None
    fields: tuple[FieldView, ...] = ()

    def may_be_kept(self, today: date) -> bool:
        """Whether the recipient may still keep and open it."""
        return self.recalled_at is None and self.kept_until is not None and today < self.kept_until


@dataclass(frozen=True)
class LogQuery:
    """What an auditor looks for; nothing given asks for everything of the partnership."""

    organisation: str = ""
    purpose: str = ""
    protocol: str = ""
    subject_ref: str = ""
    ref: str = ""
    outcome: str = ""
    from_on: date | None = None
    to_on: date | None = None


def search_log(
    session: Session, partnership: str, wanted: LogQuery, *, first: int = 0, most: int = 50
) -> tuple[int, tuple[DisclosureView, ...]]:
    """Disclosures and refusals of a partnership that match, newest first: how many, and one page of them."""
    query = _matching(partnership, wanted)
    count = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    rows = session.scalars(
        query.order_by(Disclosure.recorded_at.desc(), Disclosure.ref.desc()).offset(first).limit(most)
    )
    return count, tuple(_view(row) for row in rows)


def _matching(partnership: str, wanted: LogQuery) -> Select[Disclosure]:
    query = select(Disclosure).where(Disclosure.partnership == partnership)
    exact = (
        (Disclosure.purpose, wanted.purpose),
        (Disclosure.protocol, wanted.protocol),
        (Disclosure.subject_ref, wanted.subject_ref),
        (Disclosure.ref, wanted.ref),
        (Disclosure.outcome, wanted.outcome),
    )
    for column, value in exact:
        if value.strip():
            query = query.where(column == value.strip())
    if wanted.organisation:
        query = query.where(
            or_(Disclosure.supplier == wanted.organisation, Disclosure.recipient == wanted.organisation)
        )
    if wanted.from_on:
        query = query.where(Disclosure.decided_at >= _midnight(wanted.from_on))
    if wanted.to_on:
        query = query.where(Disclosure.decided_at < _midnight(wanted.to_on + timedelta(days=1)))
    return query


def _midnight(day: date) -> datetime:
    """A day begins at midnight in London."""
    return datetime.combine(day, time(0), LONDON)


def disclosure(session: Session, partnership: str, disclosure_id: uuid.UUID) -> DisclosureView:
    """One disclosure with its fields. Raises NotFoundError."""
    row = session.get(Disclosure, disclosure_id)
    if row is None or row.partnership != partnership:
        raise NotFoundError("There is no such disclosure.")
    cells = session.scalars(
        select(DisclosureField).where(DisclosureField.disclosure_id == row.id).order_by(DisclosureField.code)
    )
    return _view(row, tuple(_field_view(cell) for cell in cells))


def disclosure_of(session: Session, partnership: str, organisation: str, disclosure_id: uuid.UUID) -> DisclosureView:
    """One disclosure to which the organisation was party. Raises NotFoundError for any other."""
    found = disclosure(session, partnership, disclosure_id)
    if organisation not in {found.supplier, found.recipient}:
        raise NotFoundError("There is no such disclosure.")
    return found


def given_to(session: Session, partnership: str, organisation: str) -> tuple[DisclosureView, ...]:
    """What an organisation was given, newest first, expired and recalled ones included."""
    rows = session.scalars(
        select(Disclosure)
        .where(
            Disclosure.partnership == partnership,
            Disclosure.recipient == organisation,
            Disclosure.outcome != "refused",
        )
        .order_by(Disclosure.recorded_at.desc())
    )
    return tuple(_view(row) for row in rows)


def given_by(session: Session, partnership: str, organisation: str) -> tuple[DisclosureView, ...]:
    """What an organisation has given or refused, newest first."""
    rows = session.scalars(
        select(Disclosure)
        .where(Disclosure.partnership == partnership, Disclosure.supplier == organisation)
        .order_by(Disclosure.recorded_at.desc())
    )
    return tuple(_view(row) for row in rows)


def entry_parties(session: Session, partnership: str, entry_id: uuid.UUID) -> frozenset[str]:
    """The organisations that were party to the disclosure behind an entry; nobody for any other entry."""
    row = session.scalar(
        select(Disclosure).where(Disclosure.partnership == partnership, Disclosure.entry_id == entry_id)
    )
    return frozenset({row.supplier, row.recipient}) if row else frozenset()


@dataclass(frozen=True)
class RecordView:
    """A record of the holder's own, in clear: reference, category, area, until when. Its fields stay sealed."""

    id: uuid.UUID
    reference: str
    holder: str
    category: str
    area: str
    flags: tuple[str, ...]
    marking: str
    retain_until: date
    hold: bool
    state: str


def records_of(session: Session, partnership: str, holder: str) -> tuple[RecordView, ...]:
    """The records that an organisation keeps for sharing."""
    rows = session.scalars(
        select(CaseRecord)
        .where(CaseRecord.partnership == partnership, CaseRecord.holder == holder)
        .order_by(CaseRecord.reference)
    )
    return tuple(
        RecordView(
            r.id,
            r.reference,
            r.holder,
            r.category,
            r.area,
            tuple(r.flags),
            r.marking,
            r.retain_until,
            r.hold,
            r.state,
        )
        for r in rows
    )


def _field_view(cell: DisclosureField) -> FieldView:
    return FieldView(
        code=cell.code,
        result=cell.result,
        form=cell.form,
        cover=cell.cover,
        protocol=cell.protocol,
        version=cell.version,
        line=cell.line,
        gateway=cell.gateway,
        basis=cell.basis,
        rule=cell.rule,
        weight=cell.weight,
        answer=cell.answer,
    )


def _view(row: Disclosure, fields: tuple[FieldView, ...] = ()) -> DisclosureView:
    return DisclosureView(
        id=row.id,
        ref=row.ref,
        outcome=row.outcome,
        supplier=row.supplier,
        recipient=row.recipient,
        subject_ref=row.subject_ref,
        request_id=row.request_id,
        visit_id=row.visit_id,
        purpose=row.purpose,
        provision=row.provision,
        channel=row.channel,
        protocol=row.protocol,
        protocol_version=row.protocol_version,
        marking=row.marking,
        refused_by=row.refused_by,
        entry_id=row.entry_id,
        decided_at=row.decided_at,
        kept_until=row.kept_until,
        recalled_at=row.recalled_at,
        fields=fields,
    )
