"""This module knows how a series is set up, how its meetings are dated, and how an agenda and minutes are kept."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date

from sqlalchemy import func, select

from protocols.actions import Action, Event
from sharing.errors import InvalidError, NotFoundError
from sharing.meetings.model import Attendance, Meeting, MeetingSeries
from sharing.meetings.rules import AgendaItem, dates_of, meeting_kinds
from sharing.store import Unit, refuse_older


@dataclass(frozen=True)
class SetUpSeries:
    """A series to set up, or (with its code) to change: a change of cycle moves only the meetings that are still to come."""

    code: str
    kind: str
    title: str
    first_on: date
    until: date
    cycle_days: int | None = None
    chair: str = ""
    place: str = ""
    top_n: int = 20
    marking: str = "OFFICIAL"


def set_up_series(unit: Unit, command: SetUpSeries) -> uuid.UUID:
    """Set the series up with its meetings dated, or move those still to come."""
    unit.require(Action.SET_UP_SERIES, partnership=unit.actor.partnership)
    kind = meeting_kinds().get(command.kind)
    if kind is None:
        raise InvalidError.one("Choose a kind of meeting.", where="kind")
    if command.until < command.first_on:
        raise InvalidError.one("The last day is before the first.", where="until", mend="Give a later day.")
    series = unit.session.scalar(
        select(MeetingSeries).where(
            MeetingSeries.partnership == unit.actor.partnership, MeetingSeries.code == command.code
        )
    )
    if series is None:
        series = MeetingSeries(partnership=unit.actor.partnership, code=command.code, kind=kind.code)
        unit.session.add(series)
    series.title, series.first_on, series.chair, series.place = (
        command.title,
        command.first_on,
        command.chair,
        command.place,
    )
    series.cycle_days = kind.cycle_days if command.cycle_days is None else command.cycle_days
    series.top_n, series.marking = command.top_n, command.marking
    unit.session.flush()
    count = _date_meetings(unit, series, command.until)
    facts = {"code": series.code, "kind": series.kind, "cycle_days": series.cycle_days, "meetings": count}
    unit.record(Event.SERIES_SET_UP, about=series.id, facts=facts)
    return series.id


def _date_meetings(unit: Unit, series: MeetingSeries, until: date) -> int:
    """Replace every meeting that is still to come and has no agenda by the days of the cycle."""
    today = unit.clock.today()
    existing = list(
        unit.session.scalars(select(Meeting).where(Meeting.series_id == series.id).order_by(Meeting.number))
    )
    kept = [m for m in existing if m.held_on < today or m.agenda is not None]
    for meeting in existing:
        if meeting not in kept:
            unit.session.delete(meeting)
    unit.session.flush()
    taken = {m.held_on for m in kept}
    number = max((m.number for m in kept), default=0)
    first_free = max(taken, default=date.min)
    for day in dates_of(series.first_on, series.cycle_days, until):
        if day <= first_free and kept:
            continue
        number += 1
        unit.session.add(
            Meeting(partnership=series.partnership, series_id=series.id, number=number, held_on=day, place=series.place)
        )
    unit.session.flush()
    return unit.session.scalar(select(func.count()).where(Meeting.series_id == series.id)) or 0


def found_meeting(unit: Unit, meeting_id: uuid.UUID) -> Meeting:
    """The meeting, if it is of the actor's partnership."""
    meeting = unit.session.get(Meeting, meeting_id)
    if meeting is None or meeting.partnership != unit.actor.partnership:
        raise NotFoundError("There is no such meeting.")
    return meeting


def prepare_agenda(unit: Unit, meeting_id: uuid.UUID, agenda: Sequence[AgendaItem]) -> None:
    """Keep the agenda as it was computed; preparing again replaces it until the minutes are agreed."""
    meeting = found_meeting(unit, meeting_id)
    unit.require(Action.PREPARE_AGENDA, partnership=meeting.partnership)
    if meeting.minutes_agreed_at is not None:
        raise InvalidError.one("The minutes of this meeting are agreed; its agenda stands as it is.")
    meeting.agenda = [asdict(item) for item in agenda]
    meeting.agenda_prepared_at = unit.clock.now()
    lines = sum(len(item.lines) for item in agenda)
    unit.record(Event.AGENDA_PREPARED, about=meeting.id, facts={"items": len(agenda), "lines": lines})


@dataclass(frozen=True)
class RecordAttendance:
    """Who came to a meeting: officer, organisation, and present, apologies or substitute."""

    meeting_id: uuid.UUID
    present: tuple[tuple[uuid.UUID, str, str], ...]


def record_attendance(unit: Unit, command: RecordAttendance) -> None:
    """Record who came; recording again replaces a state and keeps an accepted confidentiality."""
    meeting = found_meeting(unit, command.meeting_id)
    unit.require(Action.RUN_MEETING, partnership=meeting.partnership)
    known = {
        row.officer_id: row
        for row in unit.session.scalars(select(Attendance).where(Attendance.meeting_id == meeting.id))
    }
    for officer_id, organisation, state in command.present:
        row = known.get(officer_id)
        if row is None:
            row = Attendance(
                partnership=meeting.partnership, meeting_id=meeting.id, officer_id=officer_id, organisation=organisation
            )
            unit.session.add(row)
        row.state = state
    organisations = sorted({organisation for _, organisation, _ in command.present})
    unit.record(Event.ATTENDANCE_RECORDED, about=meeting.id, facts={"organisations": organisations})


def accept_confidentiality(unit: Unit, meeting_id: uuid.UUID) -> None:
    """Record that the acting officer accepts the meeting's confidentiality statement."""
    meeting = found_meeting(unit, meeting_id)
    unit.require(Action.ACCEPT_CONFIDENTIALITY, partnership=meeting.partnership)
    row = unit.session.scalar(
        select(Attendance).where(Attendance.meeting_id == meeting.id, Attendance.officer_id == unit.actor.officer_id)
    )
    if row is None:
        row = Attendance(
            partnership=meeting.partnership,
            meeting_id=meeting.id,
            officer_id=unit.actor.officer_id,
            organisation=unit.actor.organisation,
            state="present",
        )
        unit.session.add(row)
    row.confidentiality_accepted_at = unit.clock.now()
    unit.record(Event.CONFIDENTIALITY_ACCEPTED, about=meeting.id)


def agree_minutes(unit: Unit, meeting_id: uuid.UUID, text: str, version: int) -> None:
    """Store the minutes as agreed. `version` is the meeting's version that the writer saw: another's edit is never lost."""
    meeting = found_meeting(unit, meeting_id)
    unit.require(Action.RUN_MEETING, partnership=meeting.partnership)
    refuse_older(meeting.version, version)
    if not text.strip():
        raise InvalidError.one("Write the minutes before they are agreed.", where="minutes")
    meeting.minutes, meeting.minutes_agreed_at = text, unit.clock.now()
    unit.record(Event.MINUTES_AGREED, about=meeting.id, facts={"characters": len(text)})
