"""This module knows what may be read of series, meetings and actions, as frozen views."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from sharing.errors import NotFoundError
from sharing.meetings.agenda_rules import AgendaItem, items_of
from sharing.meetings.model import Attendance, Meeting, MeetingSeries, TaskedAction
from sharing.meetings.rules import OPEN, ActionStatus, action_types, escalation


@dataclass(frozen=True)
class SeriesView:
    """A series, with its next meeting."""

    id: uuid.UUID
    code: str
    kind: str
    title: str
    chair: str
    place: str
    first_on: date
    cycle_days: int
    top_n: int
    marking: str
    next_meeting_id: uuid.UUID | None
    next_on: date | None
    last_on: date | None
    """The day of the last meeting that is dated: when it nears, the series has to be dated further."""
    meetings: int
    version: int


@dataclass(frozen=True)
class MeetingView:
    """One meeting, with its agenda as it was computed."""

    id: uuid.UUID
    series_id: uuid.UUID
    series_code: str
    series_title: str
    kind: str
    marking: str
    top_n: int
    number: int
    held_on: date
    place: str
    agenda: tuple[AgendaItem, ...]
    agenda_prepared_at: datetime | None
    minutes: str
    minutes_agreed_at: datetime | None
    next_on: date | None
    version: int


@dataclass(frozen=True)
class AttendanceView:
    """Who came."""

    officer_id: uuid.UUID
    organisation: str
    state: str
    confidentiality_accepted_at: datetime | None


@dataclass(frozen=True)
class ActionView:
    """An action; names are looked up by whoever shows it."""

    id: uuid.UUID
    ref: str
    meeting_id: uuid.UUID
    hotspot_id: uuid.UUID | None
    kind: str
    kind_label: str
    text: str
    owner_organisation: str
    owner_officer_id: uuid.UUID | None
    due_on: date
    status: ActionStatus
    reason: str
    outcome: str
    extra: Mapping[str, str]
    rollovers: int
    escalated_to: str
    done_at: datetime | None
    verified_by: uuid.UUID | None
    verified_at: datetime | None
    version: int

    def is_overdue(self, today: date) -> bool:
        """Whether it is open and past its day."""
        return self.status in OPEN and self.due_on < today


def all_series(session: Session, partnership: str, today: date) -> tuple[SeriesView, ...]:
    """Every series of the partnership."""
    rows = session.scalars(
        select(MeetingSeries).where(MeetingSeries.partnership == partnership).order_by(MeetingSeries.code)
    )
    return tuple(_series_view(session, row, today) for row in rows)


def _series_view(session: Session, row: MeetingSeries, today: date) -> SeriesView:
    coming = session.scalars(
        select(Meeting).where(Meeting.series_id == row.id, Meeting.held_on >= today).order_by(Meeting.held_on)
    ).first()
    count, last_on = session.execute(
        select(func.count(), func.max(Meeting.held_on)).where(Meeting.series_id == row.id)
    ).one()
    return SeriesView(
        id=row.id,
        code=row.code,
        kind=row.kind,
        title=row.title,
        chair=row.chair,
        place=row.place,
        first_on=row.first_on,
        cycle_days=row.cycle_days,
        top_n=row.top_n,
        marking=row.marking,
        next_meeting_id=coming.id if coming else None,
        next_on=coming.held_on if coming else None,
        last_on=last_on,
        meetings=count,
        version=row.version,
    )


def series_by_code(session: Session, partnership: str, code: str, today: date = date.min) -> SeriesView:
    """A series by its code, with its next meeting from `today` on. Raises NotFoundError."""
    found = next((s for s in all_series(session, partnership, today) if s.code == code), None)
    if found is None:
        raise NotFoundError("There is no such series.")
    return found


def meetings_of(session: Session, partnership: str, series_id: uuid.UUID | None = None) -> tuple[MeetingView, ...]:
    """Every meeting, newest first; of one series when it is given."""
    query = (
        select(Meeting, MeetingSeries)
        .join(MeetingSeries, MeetingSeries.id == Meeting.series_id)
        .where(Meeting.partnership == partnership)
        .order_by(Meeting.held_on.desc(), MeetingSeries.code)
    )
    if series_id is not None:
        query = query.where(Meeting.series_id == series_id)
    views: list[MeetingView] = []
    after: dict[uuid.UUID, date] = {}
    for held, series in session.execute(query):
        views.append(_meeting_view(held, series, after.get(series.id)))
        after[series.id] = held.held_on
    return tuple(views)


def meeting(session: Session, partnership: str, meeting_id: uuid.UUID) -> MeetingView:
    """One meeting. Raises NotFoundError."""
    found = session.get(Meeting, meeting_id)
    if found is None or found.partnership != partnership:
        raise NotFoundError("There is no such meeting.")
    following = session.scalar(
        select(func.min(Meeting.held_on)).where(Meeting.series_id == found.series_id, Meeting.held_on > found.held_on)
    )
    return _meeting_view(found, session.get_one(MeetingSeries, found.series_id), following)


def previous_meeting(session: Session, partnership: str, held: MeetingView) -> MeetingView | None:
    """The meeting of the same series before this one, or None."""
    earlier = [m for m in meetings_of(session, partnership, held.series_id) if m.held_on < held.held_on]
    return earlier[0] if earlier else None


def meeting_on(session: Session, partnership: str, code: str, today: date, day: date | None = None) -> MeetingView:
    """A series' meeting of a day, or its next one from today on, or its last one. Raises NotFoundError."""
    series = series_by_code(session, partnership, code, today)
    held = meetings_of(session, partnership, series.id)
    coming = [m for m in held if m.held_on >= today]
    found = [m for m in held if m.held_on == day] if day else [*coming[-1:], *held[:1]]
    if not found:
        raise NotFoundError(f"{series.title} has no meeting on {day.isoformat()}." if day else "It has no meeting.")
    return found[0]


def _meeting_view(row: Meeting, series: MeetingSeries, following: date | None) -> MeetingView:
    return MeetingView(
        id=row.id,
        series_id=series.id,
        series_code=series.code,
        series_title=series.title,
        kind=series.kind,
        marking=series.marking,
        top_n=series.top_n,
        number=row.number,
        held_on=row.held_on,
        place=row.place,
        agenda=items_of(row.agenda or ()),
        agenda_prepared_at=row.agenda_prepared_at,
        minutes=row.minutes,
        minutes_agreed_at=row.minutes_agreed_at,
        next_on=following,
        version=row.version,
    )


def attendance(session: Session, partnership: str, meeting_id: uuid.UUID) -> tuple[AttendanceView, ...]:
    """Who came to a meeting."""
    rows = session.scalars(
        select(Attendance).where(Attendance.partnership == partnership, Attendance.meeting_id == meeting_id)
    )
    return tuple(AttendanceView(r.officer_id, r.organisation, r.state, r.confidentiality_accepted_at) for r in rows)


@dataclass(frozen=True)
class ActionFilter:
    """Which actions are wanted; nothing given asks for all of the partnership."""

    owner_organisation: str | None = None
    owner_officer_id: uuid.UUID | None = None
    statuses: frozenset[ActionStatus] = frozenset()
    series_id: uuid.UUID | None = None
    meeting_id: uuid.UUID | None = None
    hotspot_id: uuid.UUID | None = None


def actions(session: Session, partnership: str, wanted: ActionFilter = ActionFilter()) -> tuple[ActionView, ...]:
    """The actions of a partnership, the earliest due first."""
    rows = session.scalars(_filtered(partnership, wanted))
    return tuple(_action_view(row) for row in rows)


def _filtered(partnership: str, wanted: ActionFilter) -> Select[TaskedAction]:
    query = select(TaskedAction).where(TaskedAction.partnership == partnership)
    conditions: Iterable[tuple[Any, Any]] = (
        (TaskedAction.owner_organisation, wanted.owner_organisation),
        (TaskedAction.owner_officer_id, wanted.owner_officer_id),
        (TaskedAction.meeting_id, wanted.meeting_id),
        (TaskedAction.hotspot_id, wanted.hotspot_id),
    )
    for column, value in conditions:
        if value is not None:
            query = query.where(column == value)
    if wanted.statuses:
        query = query.where(TaskedAction.status.in_([str(status) for status in wanted.statuses]))
    if wanted.series_id is not None:
        query = query.join(Meeting, Meeting.id == TaskedAction.meeting_id).where(Meeting.series_id == wanted.series_id)
    return query.order_by(TaskedAction.due_on, TaskedAction.ref)


def action(session: Session, partnership: str, action_id: uuid.UUID) -> ActionView | None:
    """One action, or None."""
    row = session.get(TaskedAction, action_id)
    return _action_view(row) if row is not None and row.partnership == partnership else None


def action_by_ref(session: Session, partnership: str, ref: str) -> ActionView | None:
    """One action by its reference, or None."""
    row = session.scalar(select(TaskedAction).where(TaskedAction.partnership == partnership, TaskedAction.ref == ref))
    return _action_view(row) if row is not None else None


def _action_view(row: TaskedAction) -> ActionView:
    return ActionView(
        id=row.id,
        ref=row.ref,
        meeting_id=row.meeting_id,
        hotspot_id=row.hotspot_id,
        kind=row.kind,
        kind_label=action_types()[row.kind].label,
        text=row.text,
        owner_organisation=row.owner_organisation,
        owner_officer_id=row.owner_officer_id,
        due_on=row.due_on,
        status=ActionStatus(row.status),
        reason=row.reason,
        outcome=row.outcome,
        extra=dict(row.extra),
        rollovers=row.rollovers,
        escalated_to=escalation(row.rollovers),
        done_at=row.done_at,
        verified_by=row.verified_by,
        verified_at=row.verified_at,
        version=row.version,
    )
