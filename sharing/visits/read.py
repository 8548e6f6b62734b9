"""This module knows what may be read of visits without opening where they were."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from sharing.errors import NotFoundError
from sharing.visits.model import Visit
from sharing.visits.rules import is_late, visit_kinds, visit_outcomes


@dataclass(frozen=True)
class VisitView:
    """A visit in clear: kind, agencies, outcome, and the outward postcode at most."""

    id: uuid.UUID
    ref: str
    kind: str
    kind_label: str
    visited_at: datetime
    logged_at: datetime
    late: bool
    organisation: str
    officer_id: uuid.UUID
    with_organisation: str
    action_id: uuid.UUID | None
    hotspot_id: uuid.UUID | None
    outcome: str
    outcome_label: str
    log_number: str
    area: str
    confirmed_by: uuid.UUID | None
    confirmed_at: datetime | None
    version: int


def visits(session: Session, partnership: str, organisation: str | None = None) -> tuple[VisitView, ...]:
    """Visits, newest first: of one agency as first or second, or of the whole partnership for its co-ordinator."""
    query = select(Visit).where(Visit.partnership == partnership)
    if organisation is not None:
        query = query.where(or_(Visit.organisation == organisation, Visit.with_organisation == organisation))
    return tuple(_view(row) for row in session.scalars(query.order_by(Visit.visited_at.desc(), Visit.ref.desc())))


def visit(session: Session, partnership: str, organisation: str, visit_id: uuid.UUID) -> VisitView:
    """A visit of which the organisation is one of the two agencies. Raises NotFoundError for any other."""
    row = session.get(Visit, visit_id)
    if row is None or row.partnership != partnership or organisation not in {row.organisation, row.with_organisation}:
        raise NotFoundError("There is no such visit.")
    return _view(row)


def _view(row: Visit) -> VisitView:
    return VisitView(
        id=row.id,
        ref=row.ref,
        kind=row.kind,
        kind_label=visit_kinds()[row.kind],
        visited_at=row.visited_at,
        logged_at=row.logged_at,
        late=is_late(row.visited_at, row.logged_at),
        organisation=row.organisation,
        officer_id=row.officer_id,
        with_organisation=row.with_organisation,
        action_id=row.action_id,
        hotspot_id=row.hotspot_id,
        outcome=row.outcome,
        outcome_label=visit_outcomes()[row.outcome],
        log_number=row.log_number,
        area=row.area,
        confirmed_by=row.confirmed_by,
        confirmed_at=row.confirmed_at,
        version=row.version,
    )
