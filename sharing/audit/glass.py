"""This module knows break-glass: an auditor asks with a reason, a second person allows, and it opens for an hour."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import extract, func, or_, select
from sqlalchemy.orm import Session

from protocols.actions import Action, Event
from protocols.roles import Role
from sharing import disclosures, partners
from sharing.audit import rules
from sharing.audit.model import BreakGlass
from sharing.audit.rules import GlassStatus
from sharing.base import new_id
from sharing.clear_text import refuse_personal
from sharing.disclosures import audited
from sharing.errors import InvalidError, NotFoundError
from sharing.store import Unit, refuse_older


@dataclass(frozen=True)
class GlassView:
    """A wish to open what was released, as auditors, supplier and recipient see it; times are business time."""

    id: uuid.UUID
    ref: str
    disclosure_id: uuid.UUID
    supplier: str
    recipient: str
    asked_by: uuid.UUID
    reason: str
    asked_at: datetime
    answered_by: uuid.UUID | None
    answered_at: datetime | None
    status: GlassStatus
    ends_at: datetime | None
    opened_at: datetime | None
    times_opened: int
    version: int


def glasses(
    session: Session, partnership: str, now: datetime, *, organisation: str | None = None
) -> tuple[GlassView, ...]:
    """Every wish of a partnership, newest first; or those about what one organisation gave or got."""
    query = select(BreakGlass).where(BreakGlass.partnership == partnership)
    if organisation is not None:
        query = query.where(or_(BreakGlass.supplier == organisation, BreakGlass.recipient == organisation))
    return tuple(_view(row, now) for row in session.scalars(query.order_by(BreakGlass.asked_at.desc())))


def glass(
    session: Session, partnership: str, now: datetime, glass_id: uuid.UUID, *, organisation: str | None = None
) -> GlassView:
    """One wish of a partnership, or about what one organisation gave or got. Raises NotFoundError for any other."""
    row = session.get(BreakGlass, glass_id)
    if row is None or row.partnership != partnership or organisation not in {None, row.supplier, row.recipient}:
        raise NotFoundError("There is no such request to break the glass.")
    return _view(row, now)


def ask_to_break(unit: Unit, disclosure_id: uuid.UUID, reason: str) -> uuid.UUID:
    """Ask to open what was released. The reason names nobody: it is shown to supplier and recipient."""
    unit.require(Action.BREAK_GLASS, partnership=unit.actor.partnership)
    partnership, officer = unit.actor.partnership, unit.actor.officer_id
    if partnership is None or officer is None:
        raise NotFoundError("An auditor in post asks for this.")
    made = disclosures.disclosure(unit.session, partnership, disclosure_id)
    if made.outcome == "refused":
        raise InvalidError.one("Nothing left by this decision: there is nothing to open.", where="reason")
    if not reason.strip():
        raise InvalidError.one("Say why you have to see it", where="reason")
    refuse_personal(unit, {"reason": reason})
    year = unit.clock.today().year
    count = unit.session.scalar(
        select(func.count()).where(BreakGlass.partnership == partnership, extract("year", BreakGlass.asked_at) == year)
    )
    row = BreakGlass(
        id=new_id(),
        partnership=partnership,
        ref=f"G{year}-{(count or 0) + 1:04d}",
        disclosure_id=made.id,
        supplier=made.supplier,
        recipient=made.recipient,
        asked_by=officer,
        reason=reason.strip(),
        asked_at=unit.clock.business_now(),
    )
    unit.session.add(row)
    unit.session.flush()
    unit.record(Event.GLASS_ASKED, about=row.id, facts={"ref": row.ref, "disclosure": made.ref})
    return row.id


def answer_glass(unit: Unit, glass_id: uuid.UUID, version: int, *, allow: bool) -> None:
    """Allow or refuse, as a second person: another auditor, or the supplier's liaison officer. Never the asker.

    Raises NotFoundError for somebody of an organisation that did not supply it, InvalidError once a day has passed.
    """
    row = _row(unit, glass_id)
    if Role.AUDITOR not in unit.actor.roles and unit.actor.organisation not in {row.supplier, row.recipient}:
        raise NotFoundError("There is no such request to break the glass.")
    asked_by = unit.actor.officer_id if _is_askers_account(unit, row) else row.asked_by
    unit.require(Action.ALLOW_GLASS, partnership=row.partnership, asked_by=asked_by, supplier=row.supplier)
    refuse_older(row.version, version)
    if _status(row, unit.clock.business_now()) is not GlassStatus.WAITS:
        raise InvalidError.one("This no longer waits for an answer.", where=row.ref, mend="The auditor can ask again.")
    row.allowed, row.answered_by, row.answered_at = allow, unit.actor.officer_id, unit.clock.business_now()
    event = Event.GLASS_ALLOWED if allow else Event.GLASS_REFUSED
    unit.record(event, about=row.id, facts={"ref": row.ref})


def _is_askers_account(unit: Unit, row: BreakGlass) -> bool:
    """Whether the asker sits here in another post: two posts do not make two persons."""
    now, today = unit.clock.business_now(), unit.clock.today()
    asker = partners.officer(unit.session, row.partnership, row.asked_by, now, today)
    return asker.user_id is not None and asker.user_id == unit.actor.user_id


def open_glass(unit: Unit, glass_id: uuid.UUID) -> dict[str, str]:
    """Open what was released: for the asker alone, within the hour, with two entries before a byte is read."""
    row = _row(unit, glass_id)
    broken = audited.BrokenGlass(
        row.ref,
        row.asked_by,
        row.answered_by,
        is_open=_status(row, unit.clock.business_now()) is GlassStatus.OPEN,
    )
    opened = audited.open_broken(unit, row.disclosure_id, broken)
    row.opened_at = row.opened_at or unit.clock.business_now()
    row.times_opened += 1
    unit.record(Event.GLASS_OPENED, about=row.id, facts={"ref": row.ref, "time": row.times_opened})
    return opened


def _row(unit: Unit, glass_id: uuid.UUID) -> BreakGlass:
    row = unit.session.get(BreakGlass, glass_id)
    if row is None or row.partnership != unit.actor.partnership:
        raise NotFoundError("There is no such request to break the glass.")
    return row


def _status(row: BreakGlass, now: datetime) -> GlassStatus:
    return rules.glass_status(allowed=row.allowed, asked_at=row.asked_at, answered_at=row.answered_at, now=now)


def _view(row: BreakGlass, now: datetime) -> GlassView:
    status = _status(row, now)
    has_hour = status in {GlassStatus.OPEN, GlassStatus.OVER} and row.answered_at is not None
    return GlassView(
        id=row.id,
        ref=row.ref,
        disclosure_id=row.disclosure_id,
        supplier=row.supplier,
        recipient=row.recipient,
        asked_by=row.asked_by,
        reason=row.reason,
        asked_at=row.asked_at,
        answered_by=row.answered_by,
        answered_at=row.answered_at,
        status=status,
        ends_at=row.answered_at + rules.GLASS_LASTS if has_hour and row.answered_at else None,
        opened_at=row.opened_at,
        times_opened=row.times_opened,
        version=row.version,
    )
