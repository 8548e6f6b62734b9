"""This module knows how a joint visit is logged by one agency and confirmed by the other."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import extract, func, select

from protocols.actions import Action, Event
from sharing import disclosures, meetings, partners
from sharing.base import new_id
from sharing.disclosures import Ask, OwnRecord
from sharing.errors import InvalidError, NotFoundError, NotPermittedError, Problem
from sharing.store import Unit, refuse_older
from sharing.visits.model import Visit
from sharing.visits.rules import area_of, is_late, visit_kinds, visit_outcomes

TABLE = "visit"
KEPT = timedelta(days=2 * 365)
PURPOSE = "joint-visit"


@dataclass(frozen=True)
class LogVisit:
    """A visit, as the phone form has it: eight inputs, the time being now."""

    kind: str
    with_organisation: str
    outcome: str
    place: str = field(repr=False, default="")
    note: str = field(repr=False, default="")
    log_number: str = ""
    action_id: uuid.UUID | None = None
    hotspot_id: uuid.UUID | None = None
    told_about: str = ""
    visited_at: datetime | None = None


def log_visit(unit: Unit, command: LogVisit) -> Visit:
    """Log a visit. `told_about` is the reference of a case of one's own that the other agency was told of at the door.

    What was told is judged by the rules like any release and becomes a disclosure row either way: said is said.
    """
    partnership, organisation, officer = unit.actor.partnership, unit.actor.organisation, unit.actor.officer_id
    unit.require(Action.LOG_VISIT, partnership=partnership, organisation=organisation)
    if partnership is None or organisation is None or officer is None:
        raise NotFoundError("A visit is logged by an officer in a post.")
    problems = _problems(unit, command, partnership, organisation)
    if problems:
        raise InvalidError(problems)
    row = _new_row(unit, command, partnership, organisation, officer)
    unit.session.add(row)
    unit.session.flush()
    facts = {
        "ref": row.ref,
        "kind": row.kind,
        "with": row.with_organisation,
        "outcome": row.outcome,
        "late": is_late(row.visited_at, row.logged_at),
    }
    unit.record(Event.VISIT_LOGGED, about=row.id, facts=facts)
    if command.told_about.strip():
        _tell(unit, row, command.told_about.strip())
    return row


def _new_row(unit: Unit, command: LogVisit, partnership: str, organisation: str, officer: uuid.UUID) -> Visit:
    now = unit.clock.business_now()
    visit_id = new_id()
    values = {name: text.strip() for name, text in (("place", command.place), ("note", command.note)) if text.strip()}
    sealed = (
        unit.vault.seal(
            unit.session,
            table=TABLE,
            record_id=visit_id,
            organisation=organisation,
            retain_until=unit.clock.today() + KEPT,
            values=values,
        )
        if values
        else {}
    )
    year = unit.clock.today().year
    count = unit.session.scalar(
        select(func.count()).where(Visit.partnership == partnership, extract("year", Visit.logged_at) == year)
    )
    return Visit(
        id=visit_id,
        partnership=partnership,
        ref=f"V{year}-{(count or 0) + 1:05d}",
        kind=command.kind,
        visited_at=command.visited_at or now,
        logged_at=now,
        organisation=organisation,
        officer_id=officer,
        with_organisation=command.with_organisation,
        action_id=command.action_id,
        hotspot_id=command.hotspot_id,
        outcome=command.outcome,
        log_number=command.log_number.strip(),
        area=area_of(command.place),
        place=sealed.get("place"),
        note=sealed.get("note"),
    )


def _problems(unit: Unit, command: LogVisit, partnership: str, organisation: str) -> tuple[Problem, ...]:
    found = []
    if command.kind not in visit_kinds():
        found.append(Problem("Choose what kind of visit it was", where="kind"))
    if command.outcome not in visit_outcomes():
        found.append(Problem("Choose what came of it", where="outcome"))
    if command.with_organisation == organisation:
        found.append(Problem("Choose the other agency: a joint visit has two", where="with_organisation"))
    elif command.with_organisation not in _members(unit, partnership):
        found.append(Problem("Choose an agency of this partnership", where="with_organisation"))
    if command.action_id and meetings.action(unit.session, partnership, command.action_id) is None:
        found.append(Problem("There is no such action", where="action_id"))
    return tuple(found)


def _members(unit: Unit, partnership: str) -> set[str]:
    return {body.code for body in partners.members(unit.session, partnership, unit.clock.today())}


def _tell(unit: Unit, row: Visit, reference: str) -> None:
    """What was said at the door, to whom, about which case: judged, and kept as released or as refused by the rules."""
    record_id = disclosures.find_record(unit.session, row.partnership, row.organisation, reference)
    if record_id is None:
        raise InvalidError.one(
            "You hold no case with this reference.",
            where="told_about",
            mend="Correct it, or leave it out and tell your liaison officer.",
        )
    offer = disclosures.offer(unit.session, row.partnership, PURPOSE)
    if not offer.verbal_fields:
        raise InvalidError.one(
            "No protocol of the partnership says what may be told at a joint visit.",
            where="told_about",
            mend="Leave it out and tell your liaison officer.",
        )
    ask = Ask(
        record_id=record_id,
        recipient=row.with_organisation,
        purpose=PURPOSE,
        provision=offer.provision,
        fields=tuple((code, None) for code in offer.verbal_fields),
        officer_id=row.officer_id,
        channel="verbal",
        initiated_by="supplier",
        assigned=row.action_id is not None,
        visit_id=row.id,
    )
    disclosures.release(unit, ask, None)


def confirm_visit(unit: Unit, visit_id: uuid.UUID, version: int) -> None:
    """Confirm for the second agency that the visit took place as logged."""
    row = found_visit(unit, visit_id)
    unit.require(Action.CONFIRM_VISIT, partnership=row.partnership, done_by=row.officer_id)
    if unit.actor.organisation != row.with_organisation:
        raise NotPermittedError("The other agency of the visit confirms it.", rule="own-organisation")
    refuse_older(row.version, version)
    if row.confirmed_at is not None:
        raise InvalidError.one("This visit is confirmed already.", where=row.ref)
    row.confirmed_by, row.confirmed_at = unit.actor.officer_id, unit.clock.business_now()
    unit.record(Event.VISIT_CONFIRMED, about=row.id, facts={"ref": row.ref})


def view_visit(unit: Unit, visit_id: uuid.UUID) -> dict[str, str]:
    """Open place and note of a visit of one's own agency."""
    row = found_visit(unit, visit_id)
    sealed = {"place": row.place, "note": row.note}
    own = OwnRecord(TABLE, row.id, row.organisation, row.partnership)
    return disclosures.view_own(unit, own, {name: value for name, value in sealed.items() if value is not None})


def found_visit(unit: Unit, visit_id: uuid.UUID) -> Visit:
    """The visit, if one of the two agencies is the actor's."""
    row = unit.session.get(Visit, visit_id)
    if row is None or row.partnership != unit.actor.partnership:
        raise NotFoundError("There is no such visit.")
    if unit.actor.organisation not in {row.organisation, row.with_organisation}:
        raise NotFoundError("There is no such visit.")
    return row
