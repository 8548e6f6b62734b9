"""This module knows how a series is set up and changed, and how its meetings are dated and moved."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import exists, select

from protocols.actions import Action, Event
from sharing.clear_text import refuse_personal
from sharing.errors import InvalidError, NotFoundError, Problem
from sharing.meetings.model import Attendance, Meeting, MeetingSeries, TaskedAction
from sharing.meetings.rules import MARKINGS, dates_of, meeting_kinds
from sharing.store import Unit, refuse_older

LONGEST_AHEAD = 3 * 366
LONGEST_CYCLE = 366
LONGEST_LIST = 50
_SERIES_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,19}")


@dataclass(frozen=True)
class SetUpSeries:
    """A series to set up, or (with its code) to change: a change of cycle moves only the meetings that are still to come.

    `first_on` is the day that the cycle is counted from, `until` the last day that a meeting may be dated. `version` is the
    series' as the changer saw it; None sets up a new one, and never changes one that exists.
    """

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
    version: int | None = None


def set_up_series(unit: Unit, command: SetUpSeries) -> uuid.UUID:
    """Set the series up with its meetings dated, or move those still to come. Raises StaleError, InvalidError."""
    unit.require(Action.SET_UP_SERIES, partnership=unit.actor.partnership)
    series = unit.session.scalar(
        select(MeetingSeries).where(
            MeetingSeries.partnership == unit.actor.partnership, MeetingSeries.code == command.code
        )
    )
    problems = tuple(_problems(command, series))
    if problems:
        raise InvalidError(problems)
    refuse_personal(unit, {"title": command.title, "chair": command.chair, "place": command.place})
    is_new = series is None
    if series is None:
        series = MeetingSeries(partnership=unit.actor.partnership, code=command.code, kind=command.kind)
        unit.session.add(series)
    elif command.version is not None:
        refuse_older(series.version, command.version)
    cycle = meeting_kinds()[series.kind].cycle_days if command.cycle_days is None else command.cycle_days
    series.title, series.chair, series.place = command.title.strip(), command.chair.strip(), command.place.strip()
    series.first_on, series.cycle_days = command.first_on, cycle
    series.top_n, series.marking = command.top_n, command.marking
    unit.session.flush()
    count = _date_meetings(unit, series, command.until, is_new=is_new)
    facts = {"code": series.code, "kind": series.kind, "cycle_days": series.cycle_days, "meetings": count}
    unit.record(Event.SERIES_SET_UP, about=series.id, facts=facts)
    return series.id


def _problems(command: SetUpSeries, series: MeetingSeries | None) -> Iterator[Problem]:
    if not _SERIES_CODE.fullmatch(command.code):
        yield Problem("Write a short name in letters, figures and hyphens, like JOG-NORTH", where="code")
    elif series is not None and command.version is None:
        yield Problem(
            "There is a series of this short name already", where="code", mend="Choose another, or change it."
        )
    if command.kind not in meeting_kinds():
        yield Problem("Choose a kind of meeting", where="kind")
    if not command.title.strip():
        yield Problem("Say what the meeting is called", where="title")
    if command.until < command.first_on:
        yield Problem("The last day is before the first", where="until", mend="Give a later day.")
    elif (command.until - command.first_on).days > LONGEST_AHEAD:
        yield Problem("A series is dated for three years at most", where="until", mend="Give an earlier day.")
    if command.cycle_days is not None and not 0 <= command.cycle_days <= LONGEST_CYCLE:
        yield Problem("A cycle has 1 to 366 days, or 0 for a meeting as needed", where="cycle_days")
    if not 1 <= command.top_n <= LONGEST_LIST:
        yield Problem(f"A list holds 1 to {LONGEST_LIST} places", where="top_n")
    if command.marking not in MARKINGS:
        yield Problem("Choose a marking", where="marking")


def _date_meetings(unit: Unit, series: MeetingSeries, until: date, *, is_new: bool) -> int:
    """Replace every meeting to come that nothing is kept of yet by the days of the cycle; those held stay where they are."""
    today = unit.clock.today()
    existing = unit.session.scalars(
        select(Meeting).where(Meeting.series_id == series.id).order_by(Meeting.number)
    ).all()
    kept = [meeting for meeting in existing if meeting.held_on < today or _is_used(unit, meeting)]
    for meeting in existing:
        if meeting not in kept:
            unit.session.delete(meeting)
    unit.session.flush()
    after = max((meeting.held_on for meeting in kept), default=date.min)
    if not is_new:
        after = max(after, today - timedelta(days=1))
    first_number = max((meeting.number for meeting in kept), default=0) + 1
    days = [day for day in dates_of(series.first_on, series.cycle_days, until) if day > after]
    for number, day in enumerate(days, first_number):
        unit.session.add(
            Meeting(partnership=series.partnership, series_id=series.id, number=number, held_on=day, place=series.place)
        )
    unit.session.flush()
    return len(kept) + len(days)


def _is_used(unit: Unit, meeting: Meeting) -> bool:
    """Whether anything is kept of a meeting that is still to come: it is not dated anew, or that would be lost."""
    if meeting.agenda is not None or meeting.minutes:
        return True
    tables = (Attendance, TaskedAction)
    return any(
        unit.session.scalar(
            select(exists().where(table.partnership == meeting.partnership, table.meeting_id == meeting.id))
        )
        for table in tables
    )


def found_meeting(unit: Unit, meeting_id: uuid.UUID) -> Meeting:
    """The meeting, if it is of the actor's partnership."""
    meeting = unit.session.get(Meeting, meeting_id)
    if meeting is None or meeting.partnership != unit.actor.partnership:
        raise NotFoundError("There is no such meeting.")
    return meeting


@dataclass(frozen=True)
class MoveMeeting:
    """Another day or place for one meeting; the others of its series stay where they are."""

    meeting_id: uuid.UUID
    version: int
    held_on: date
    place: str


def move_meeting(unit: Unit, command: MoveMeeting) -> None:
    """Move one meeting. Its number stays, so it has to stay between its neighbours. Raises StaleError, InvalidError."""
    meeting = found_meeting(unit, command.meeting_id)
    unit.require(Action.MOVE_MEETING, partnership=meeting.partnership)
    refuse_older(meeting.version, command.version)
    if meeting.minutes_agreed_at is not None:
        raise InvalidError.one("The minutes of this meeting are agreed; it was held when it was held.", where="held_on")
    for other in unit.session.scalars(select(Meeting).where(Meeting.series_id == meeting.series_id)):
        if other.number != meeting.number and not _stays_beside(other, meeting.number, command.held_on):
            raise InvalidError.one(
                f"Meeting {other.number} is on {other.held_on.day} {other.held_on:%B %Y}.",
                where="held_on",
                mend="Give a day between the meetings before and after.",
            )
    refuse_personal(unit, {"place": command.place})
    before, meeting.held_on, meeting.place = meeting.held_on, command.held_on, command.place.strip()
    facts = {"from": before.isoformat(), "to": command.held_on.isoformat(), "number": meeting.number}
    unit.record(Event.MEETING_MOVED, about=meeting.id, facts=facts)


def _stays_beside(other: Meeting, number: int, day: date) -> bool:
    """Whether a meeting of that number on that day still comes before or after the other as their numbers do."""
    return other.held_on < day if other.number < number else other.held_on > day
