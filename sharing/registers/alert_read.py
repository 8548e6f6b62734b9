"""This module knows what may be read of alerts by the two agencies that each is between, and who is named as contact."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from protocols.actor import Actor
from protocols.register_kinds import AlertKind, alert_kind
from sharing.errors import NotFoundError
from sharing.registers.alert_model import AlertContact, BreachAlert


@dataclass(frozen=True)
class AlertView:
    """An alert in clear: nothing of it names anybody but officers at work."""

    id: uuid.UUID
    ref: str
    kind: AlertKind
    organisation: str
    officer_id: uuid.UUID
    order_kind: str
    order_ref: str
    power_of_arrest: bool
    area: str
    happened_at: datetime
    raised_at: datetime
    recipient: str
    contact_id: uuid.UUID
    deputy_id: uuid.UUID
    escalates_at: datetime
    disclosure_id: uuid.UUID | None
    acknowledged_at: datetime | None
    acknowledged_by: uuid.UUID | None
    result: str
    result_at: datetime | None
    version: int

    def is_escalated(self, at: datetime) -> bool:
        """Whether it waits, and is the deputy's as well."""
        return self.acknowledged_at is None and at >= self.escalates_at

    def waits_for(self, officer_id: uuid.UUID | None, at: datetime) -> bool:
        """Whether it is this officer's to acknowledge now."""
        if self.acknowledged_at is not None or officer_id is None:
            return False
        return officer_id == self.contact_id or (officer_id == self.deputy_id and at >= self.escalates_at)


@dataclass(frozen=True)
class ContactView:
    """Who is reached by alerts of an area."""

    id: uuid.UUID
    organisation: str
    area: str
    officer_id: uuid.UUID
    deputy_id: uuid.UUID
    minutes: int


def alerts_of(session: Session, actor: Actor) -> tuple[AlertView, ...]:
    """Alerts that an agency raised or was reached by: those that nobody has acknowledged first, then the newest."""
    query = select(BreachAlert).where(
        BreachAlert.partnership == actor.partnership,
        or_(BreachAlert.organisation == actor.organisation, BreachAlert.recipient == actor.organisation),
    )
    rows = session.scalars(query.order_by(BreachAlert.raised_at.desc(), BreachAlert.ref.desc()))
    return tuple(sorted((_view(row) for row in rows), key=lambda each: each.acknowledged_at is not None))


def alert(session: Session, actor: Actor, alert_id: uuid.UUID) -> AlertView:
    """One alert, for either agency. Raises NotFoundError."""
    row = session.get(BreachAlert, alert_id)
    if (
        row is None
        or row.partnership != actor.partnership
        or actor.organisation not in {row.organisation, row.recipient}
    ):
        raise NotFoundError("There is no such alert.")
    return _view(row)


def contacts(session: Session, partnership: str) -> tuple[ContactView, ...]:
    """Who is named, by area: an officer's post is no secret among partners."""
    query = select(AlertContact).where(AlertContact.partnership == partnership, AlertContact.to_at.is_(None))
    return tuple(
        ContactView(row.id, row.organisation, row.area, row.officer_id, row.deputy_id, row.minutes)
        for row in session.scalars(query.order_by(AlertContact.area, AlertContact.organisation))
    )


def _view(row: BreachAlert) -> AlertView:
    return AlertView(
        id=row.id,
        ref=row.ref,
        kind=alert_kind(row.kind),
        organisation=row.organisation,
        officer_id=row.officer_id,
        order_kind=row.order_kind,
        order_ref=row.order_ref,
        power_of_arrest=row.power_of_arrest,
        area=row.area,
        happened_at=row.happened_at,
        raised_at=row.raised_at,
        recipient=row.recipient,
        contact_id=row.contact_id,
        deputy_id=row.deputy_id,
        escalates_at=row.escalates_at,
        disclosure_id=row.disclosure_id,
        acknowledged_at=row.acknowledged_at,
        acknowledged_by=row.acknowledged_by,
        result=row.result,
        result_at=row.result_at,
        version=row.version,
    )
