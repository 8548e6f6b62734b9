"""This module knows what may be read of requests without opening their words."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from sharing import disclosures, partners
from sharing.disclosures import Ask, SupplierDecision
from sharing.errors import NotFoundError
from sharing.partners import WorkKind
from sharing.requests.model import InformationRequest, RequestDecision
from sharing.requests.rules import OPEN, STATEMENT, RequestStatus
from sharing.requests.views import DecisionView, RequestView
from sharing.store import Clock


def requests_of(
    session: Session,
    partnership: str,
    *,
    asker: str | None = None,
    supplier: str | None = None,
    only_open: bool = False,
) -> tuple[RequestView, ...]:
    """Requests, newest first: those that an organisation made, those put to it, or those of the whole partnership."""
    query = select(InformationRequest).where(InformationRequest.partnership == partnership)
    if asker is not None:
        query = query.where(InformationRequest.asker == asker)
    if supplier is not None:
        query = query.where(InformationRequest.supplier == supplier)
    if only_open:
        query = query.where(InformationRequest.status.in_([str(status) for status in OPEN]))
    rows = session.scalars(query.order_by(InformationRequest.made_at.desc(), InformationRequest.ref.desc()))
    return tuple(_view(row) for row in rows)


def request(session: Session, partnership: str, organisation: str, request_id: uuid.UUID) -> RequestView:
    """A request that the organisation made or was put to it. Raises NotFoundError for any other."""
    row = session.scalar(
        select(InformationRequest).where(
            InformationRequest.id == request_id,
            InformationRequest.partnership == partnership,
            or_(InformationRequest.asker == organisation, InformationRequest.supplier == organisation),
        )
    )
    if row is None:
        raise NotFoundError("There is no such request.")
    return _view(row)


def as_it_would_be(
    session: Session, clock: Clock, found: RequestView, officer_id: uuid.UUID | None
) -> dict[str, Any] | None:
    """What the rules would say if this officer of the supplier allowed every field as asked; None before a record is found."""
    if found.record_id is None or officer_id is None:
        return None
    allow = {code: form or "as-is" for code, form in found.fields}
    return disclosures.foresee(
        session,
        Ask(
            record_id=found.record_id,
            recipient=found.asker,
            purpose=found.purpose,
            provision=found.provision,
            fields=found.fields,
            officer_id=found.officer_id,
            channel=found.channel,
            urgency=found.urgency,
            assigned=is_assigned(session, found, clock.business_now()),
            statement={part: part in found.given for part in STATEMENT},
            request_id=found.id,
        ),
        SupplierDecision(officer_id, clock.business_now(), allow),
        clock.business_now(),
    )


def is_assigned(session: Session, found: RequestView, at: datetime) -> bool:
    """Whether the asking officer works on what the request is linked to; an unlinked request stands for itself."""
    kind, ref = (found.linked_kind, found.linked_ref) if found.linked_ref else (WorkKind.REQUEST, found.ref)
    return partners.is_assigned(session, found.partnership, found.officer_id, WorkKind(kind), ref, at)


def decisions(session: Session, partnership: str, request_id: uuid.UUID) -> tuple[DecisionView, ...]:
    """The decisions on a request, newest first."""
    rows = session.scalars(
        select(RequestDecision)
        .where(RequestDecision.partnership == partnership, RequestDecision.request_id == request_id)
        .order_by(RequestDecision.decided_at.desc())
    )
    return tuple(
        DecisionView(
            r.officer_id,
            r.decided_at,
            r.allow,
            {code: (reason[0], reason[1]) for code, reason in r.refuse.items()},
            r.necessary,
            r.proportionate,
            {code: reason[2] for code, reason in r.refuse.items() if reason[2:]},
            r.confirmed_by,
            r.confirmed_at,
        )
        for r in rows
    )


def _view(row: InformationRequest) -> RequestView:
    return RequestView(
        id=row.id,
        partnership=row.partnership,
        ref=row.ref,
        kind=row.kind,
        asker=row.asker,
        officer_id=row.officer_id,
        supplier=row.supplier,
        purpose=row.purpose,
        provision=row.provision,
        fields=tuple((code, form) for code, form in row.fields),
        channel=row.channel,
        urgency=row.urgency,
        linked_kind=row.linked_kind,
        linked_ref=row.linked_ref,
        subject_ref=row.subject_ref,
        record_id=row.record_id,
        given=tuple(row.given),
        status=RequestStatus(row.status),
        told=tuple(row.told),
        reply_due_on=row.reply_due_on,
        made_at=row.made_at,
        closed_at=row.closed_at,
        disclosure_id=row.disclosure_id,
        version=row.version,
    )
