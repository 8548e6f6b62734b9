"""This module knows what becomes of an action: set, accepted or declined by its agency, finished, verified by another."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import func, select

from protocols.actions import Action, Event
from sharing import hotspots, partners
from sharing.clear_text import refuse_personal
from sharing.errors import InvalidError, NotFoundError, Problem
from sharing.meetings.model import Meeting, MeetingSeries, TaskedAction
from sharing.meetings.rules import (
    NEXT,
    OPEN,
    ActionStatus,
    ActionType,
    action_types,
    escalation,
    missing_before_verified,
    wrong_extra,
)
from sharing.meetings.series import found_meeting
from sharing.store import Unit, refuse_older

LONGEST_TEXT = 1000


@dataclass(frozen=True)
class SetAction:
    """An action that a meeting sets."""

    meeting_id: uuid.UUID
    kind: str
    text: str
    owner_organisation: str
    owner_officer_id: uuid.UUID | None
    due_on: date
    hotspot_id: uuid.UUID | None = None


def set_action(unit: Unit, command: SetAction) -> uuid.UUID:
    """Set an action; its agency still has to accept it."""
    meeting = found_meeting(unit, command.meeting_id)
    unit.require(Action.SET_ACTION, partnership=meeting.partnership)
    problems = _problems(unit, command, meeting)
    if problems:
        raise InvalidError(problems)
    refuse_personal(unit, {"text": command.text})
    series = unit.session.get_one(MeetingSeries, meeting.series_id)
    count = unit.session.scalar(select(func.count()).where(TaskedAction.meeting_id == meeting.id)) or 0
    row = TaskedAction(
        partnership=meeting.partnership,
        ref=f"{series.code}-{meeting.number}-{count + 1}",
        meeting_id=meeting.id,
        hotspot_id=command.hotspot_id,
        kind=command.kind,
        text=command.text.strip(),
        owner_organisation=command.owner_organisation,
        owner_officer_id=command.owner_officer_id,
        due_on=command.due_on,
        status=ActionStatus.PROPOSED,
    )
    unit.session.add(row)
    unit.session.flush()
    facts = {"ref": row.ref, "kind": row.kind, "owner": row.owner_organisation, "due_on": row.due_on.isoformat()}
    unit.record(Event.ACTION_SET, about=row.id, facts=facts)
    return row.id


def _problems(unit: Unit, command: SetAction, meeting: Meeting) -> tuple[Problem, ...]:
    found = [*_owner_problems(unit, command, meeting.partnership)]
    if command.kind not in action_types():
        found.append(Problem("Choose a kind of action", where="kind"))
    if not command.text.strip():
        found.append(Problem("Say what is to be done", where="text"))
    if command.due_on < meeting.held_on:
        found.append(Problem("The action would be due before the meeting", where="due_on", mend="Give a later day."))
    if len(command.text.strip()) > LONGEST_TEXT:
        found.append(Problem(f"Say what is to be done in at most {LONGEST_TEXT} letters", where="text"))
    return tuple(found)


def _owner_problems(unit: Unit, command: SetAction, partnership: str) -> Iterator[Problem]:
    """What is wrong with who owns the action and where it is: responsibility lies with a member, never with the meeting."""
    day = unit.clock.today()
    if command.owner_organisation not in {body.code for body in partners.members(unit.session, partnership, day)}:
        yield Problem("Choose a member of the partnership", where="owner_organisation")
    elif command.owner_officer_id is not None:
        people = partners.officers(
            unit.session, partnership, unit.clock.business_now(), day, organisation=command.owner_organisation
        )
        if command.owner_officer_id not in {person.id for person in people if not person.elected}:
            yield Problem("This officer is not in post at the agency that owns the action", where="owner_officer")
    if command.hotspot_id is not None:
        try:
            hotspots.hotspot(unit.session, partnership, command.hotspot_id)
        except NotFoundError:
            yield Problem("Choose a place of the published list", where="hotspot")


def _found(unit: Unit, action_id: uuid.UUID) -> TaskedAction:
    row = unit.session.get(TaskedAction, action_id)
    if row is None or row.partnership != unit.actor.partnership:
        raise NotFoundError("There is no such action.")
    return row


def _move(row: TaskedAction, to: ActionStatus) -> None:
    if to not in NEXT[ActionStatus(row.status)]:
        raise InvalidError.one(f"An action that is {row.status} cannot become {to}.", where=row.ref)
    row.status = to


def accept_action(unit: Unit, action_id: uuid.UUID, version: int, *, officer_id: uuid.UUID | None = None) -> None:
    """Accept for the owner agency, by one of its officers; `officer_id` names who will do it (the acting officer if none)."""
    row = _found(unit, action_id)
    unit.require(Action.ACCEPT_ACTION, partnership=row.partnership, organisation=row.owner_organisation)
    refuse_older(row.version, version)
    _move(row, ActionStatus.ACCEPTED)
    row.owner_officer_id = officer_id or row.owner_officer_id or unit.actor.officer_id
    if row.owner_officer_id is not None:
        work = partners.AssignOfficer(row.owner_officer_id, partners.WorkKind.ACTION, row.ref)
        partners.note_assignment(unit, work)
    unit.record(Event.ACTION_ACCEPTED, about=row.id, facts={"ref": row.ref})


def decline_action(unit: Unit, action_id: uuid.UUID, version: int, reason: str) -> None:
    """Decline for the owner agency. The reason is kept and goes back to the meeting."""
    row = _found(unit, action_id)
    unit.require(Action.ACCEPT_ACTION, partnership=row.partnership, organisation=row.owner_organisation)
    refuse_older(row.version, version)
    if not reason.strip():
        raise InvalidError.one("Say why, so that the meeting can find another way.", where="reason")
    refuse_personal(unit, {"reason": reason})
    _move(row, ActionStatus.DECLINED)
    row.reason = reason.strip()
    unit.record(Event.ACTION_DECLINED, about=row.id, facts={"ref": row.ref})


@dataclass(frozen=True)
class FinishAction:
    """What was done, with the fields that this kind of action has besides."""

    action_id: uuid.UUID
    version: int
    outcome: str
    extra: Mapping[str, str] = field(default_factory=dict)


def finish_action(unit: Unit, command: FinishAction) -> None:
    """Record that the owner agency has done it; somebody else still has to verify it."""
    row = _found(unit, command.action_id)
    unit.require(Action.FINISH_ACTION, partnership=row.partnership, organisation=row.owner_organisation)
    refuse_older(row.version, command.version)
    if not command.outcome.strip():
        raise InvalidError.one("Say what was done and what came of it", where="outcome")
    kind = action_types()[row.kind]
    extra = _extra_of(unit, kind, command.extra)
    refuse_personal(unit, {"outcome": command.outcome})
    _move(row, ActionStatus.DONE)
    row.outcome, row.done_at = command.outcome.strip(), unit.clock.business_now()
    row.extra = {**row.extra, **extra}
    unit.record(Event.ACTION_FINISHED, about=row.id, facts={"ref": row.ref})


def _extra_of(unit: Unit, kind: ActionType, given: Mapping[str, str]) -> dict[str, str]:
    """The kind's own fields that were filled in. Raises InvalidError for one that is not an amount, a day or clear text."""
    known = {field_.name for field_ in kind.extra}
    extra = {name: text.strip() for name, text in given.items() if name in known and text.strip()}
    wrong = wrong_extra(kind, extra)
    if wrong:
        raise InvalidError(wrong)
    refuse_personal(unit, {f"extra_{name}": text for name, text in extra.items()})
    return extra


@dataclass(frozen=True)
class FundAction:
    """What a meeting records of the bid for an action: amount, source, decision, day of the works."""

    action_id: uuid.UUID
    version: int
    extra: Mapping[str, str]


def fund_action(unit: Unit, command: FundAction) -> None:
    """Record the bid as far as it is known; what is left blank stays as it was. Only for a kind that can be funded."""
    row = _found(unit, command.action_id)
    unit.require(Action.FUND_ACTION, partnership=row.partnership)
    refuse_older(row.version, command.version)
    kind = action_types()[row.kind]
    if not kind.is_funded:
        raise InvalidError.one(f"{kind.label} takes no funding bid", where=row.ref)
    extra = _extra_of(unit, kind, command.extra)
    if not extra:
        raise InvalidError.one("Enter the amount of the bid", where="extra_bid_pounds")
    row.extra = {**row.extra, **extra}
    unit.record(Event.ACTION_FUNDED, about=row.id, facts={"ref": row.ref, **extra_facts(extra)})


def extra_facts(extra: Mapping[str, str]) -> dict[str, str | list[str]]:
    """What the ledger keeps of a bid: which fields were given, and the amount; no free text."""
    amount = {"bid_pounds": extra["bid_pounds"]} if "bid_pounds" in extra else {}
    return {"given": sorted(extra), **amount}


def verify_action(unit: Unit, action_id: uuid.UUID, version: int) -> None:
    """Verify that it was done: by another officer than its owner, and only when its kind's fields are there."""
    row = _found(unit, action_id)
    unit.require(
        Action.VERIFY_ACTION,
        partnership=row.partnership,
        owner_organisation=row.owner_organisation,
        owner_officer=row.owner_officer_id,
    )
    refuse_older(row.version, version)
    missing = missing_before_verified(action_types()[row.kind], row.extra)
    if missing:
        raise InvalidError(tuple(Problem(f"{label} is not recorded", where=row.ref) for label in missing))
    _move(row, ActionStatus.VERIFIED)
    row.verified_by, row.verified_at = unit.actor.officer_id, unit.clock.business_now()
    unit.record(Event.ACTION_VERIFIED, about=row.id, facts={"ref": row.ref})


def roll_over_actions(unit: Unit, meeting_id: uuid.UUID, due_on: date, reason: str) -> list[str]:
    """Carry every unfinished, overdue action of the series to the given day; return their references."""
    meeting = found_meeting(unit, meeting_id)
    unit.require(Action.RUN_MEETING, partnership=meeting.partnership)
    if due_on <= meeting.held_on:
        raise InvalidError.one("The new day is not after the meeting", where="due_on", mend="Give a later day.")
    if not reason.strip():
        raise InvalidError.one("Say why they are carried over", where="reason")
    refuse_personal(unit, {"reason": reason})
    rows = unit.session.scalars(
        select(TaskedAction)
        .join(Meeting, Meeting.id == TaskedAction.meeting_id)
        .where(
            Meeting.series_id == meeting.series_id,
            TaskedAction.status.in_([str(status) for status in OPEN]),
            TaskedAction.due_on < meeting.held_on,
        )
    ).all()
    for row in rows:
        row.rollovers += 1
        row.due_on, row.reason = due_on, reason.strip()
        facts = {"ref": row.ref, "rollovers": row.rollovers, "reaches": escalation(row.rollovers)}
        unit.record(Event.ACTION_ROLLED_OVER, about=row.id, facts=facts)
    return [row.ref for row in rows]
