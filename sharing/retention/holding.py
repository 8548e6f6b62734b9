"""This module knows how a hold is put on a sealed row and lifted again: by the organisation it belongs to, with a reason.

A hold outlasts both the supplier's limit and the recipient's. On a record it also lets the rules go on (docs/release-rules.md,
rule `retention`) and keeps the copies made of it; on a copy it keeps that copy, unopened, beyond its day.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from protocols.actions import Action, Event
from sharing.disclosures import endings
from sharing.errors import InvalidError, NotFoundError, StaleError
from sharing.retention import rules
from sharing.retention.model import RetentionHold
from sharing.store import Unit
from sharing.vault.keyed import key_of

RECORD, COPY = "case_record", "disclosure"
RECORD_HOLD = "record-held"
"""Why a copy stays whose record is on hold."""


@dataclass(frozen=True)
class HoldView:
    """A hold, live or lifted."""

    id: uuid.UUID
    organisation: str
    table: str
    row_id: uuid.UUID
    ref: str
    reason: str
    review_on: date
    put_by: uuid.UUID
    put_at: datetime
    lift_reason: str
    lifted_at: datetime | None
    version: int


@dataclass(frozen=True)
class PutHold:
    """Keep a record of one's own, or a copy that one was given, beyond its day: why (a code), and when to look at it again."""

    table: str
    row_id: uuid.UUID
    reason: str
    review_on: date


def put_hold(unit: Unit, command: PutHold) -> uuid.UUID:
    """Put a hold on. NotFoundError for what is not one's own or is erased; InvalidError for a reason that is none."""
    partnership, organisation = unit.actor.partnership or "", unit.actor.organisation or ""
    unit.require(Action.PUT_HOLD, partnership=partnership, organisation=organisation)
    if command.reason not in rules.HOLD_REASONS:
        raise InvalidError.one("Choose why it has to be kept", where="reason")
    if command.review_on <= unit.clock.today():
        raise InvalidError.one("The review must be on a later day than today", where="review_on")
    ref = reference_of(unit.session, partnership, organisation, command.table, command.row_id)
    if _live(unit.session, partnership, command.row_id) is not None:
        raise StaleError("There is a hold on it already.")
    made = RetentionHold(
        partnership=partnership,
        organisation=organisation,
        kind=command.table,
        row_id=command.row_id,
        row_ref=ref,
        reason=command.reason,
        review_on=command.review_on,
        put_by=unit.actor.officer_id,
        put_at=unit.clock.business_now(),
    )
    unit.session.add(made)
    unit.session.flush()
    if command.table == RECORD:
        endings.set_hold(unit, command.row_id, on=True)
    facts = {"table": command.table, "ref": ref, "reason": command.reason, "review_on": command.review_on.isoformat()}
    unit.record(Event.HOLD_PUT, about=command.row_id, facts=facts)
    return made.id


def lift_hold(unit: Unit, hold_id: uuid.UUID, version: int, reason: str) -> None:
    """Lift a hold of one's own organisation. What it kept goes when it is due, as if it had never been held."""
    partnership, organisation = unit.actor.partnership or "", unit.actor.organisation or ""
    unit.require(Action.LIFT_HOLD, partnership=partnership, organisation=organisation)
    row = unit.session.get(RetentionHold, hold_id)
    if row is None or (row.partnership, row.organisation) != (partnership, organisation):
        raise NotFoundError("There is no such hold.")
    if row.lifted_at is not None or row.version != version:
        raise StaleError("This hold has changed since you looked. Look again.")
    if reason not in rules.LIFT_REASONS:
        raise InvalidError.one("Choose why it is no longer needed", where="reason")
    row.lift_reason, row.lifted_by, row.lifted_at = reason, unit.actor.officer_id, unit.clock.business_now()
    unit.session.flush()
    if row.kind == RECORD:
        endings.set_hold(unit, row.row_id, on=False)
    unit.record(Event.HOLD_LIFTED, about=row.row_id, facts={"table": row.kind, "ref": row.row_ref, "reason": reason})


def reference_of(session: Session, partnership: str, organisation: str, table: str, row_id: uuid.UUID) -> str:
    """What a record or copy of an organisation's is known by, while it is sealed. NotFoundError for anybody else's."""
    owner, ref = endings.named(session, partnership, table, [row_id]).get(row_id, ("", ""))
    if not ref or owner != organisation or key_of(session, row_id) is None:
        raise NotFoundError("There is no such record, or it is erased already.")
    return ref


def _live(session: Session, partnership: str, row_id: uuid.UUID) -> RetentionHold | None:
    return session.scalar(
        select(RetentionHold).where(
            RetentionHold.partnership == partnership,
            RetentionHold.row_id == row_id,
            RetentionHold.lifted_at.is_(None),
        )
    )


def live_holds(session: Session) -> tuple[HoldView, ...]:
    """Every hold that is on, of every partnership: for the machine that erases, never for a page."""
    return tuple(map(_view, session.scalars(select(RetentionHold).where(RetentionHold.lifted_at.is_(None)))))


def holds_of(session: Session, partnership: str, organisation: str) -> tuple[HoldView, ...]:
    """An organisation's holds, those that are on first, then by the day of their review."""
    rows = session.scalars(
        select(RetentionHold)
        .where(RetentionHold.partnership == partnership, RetentionHold.organisation == organisation)
        .order_by(RetentionHold.lifted_at.is_not(None), RetentionHold.review_on, RetentionHold.row_ref)
    )
    return tuple(map(_view, rows))


def _view(row: RetentionHold) -> HoldView:
    return HoldView(
        id=row.id,
        organisation=row.organisation,
        table=row.kind,
        row_id=row.row_id,
        ref=row.row_ref,
        reason=row.reason,
        review_on=row.review_on,
        put_by=row.put_by,
        put_at=row.put_at,
        lift_reason=row.lift_reason,
        lifted_at=row.lifted_at,
        version=row.version,
    )
