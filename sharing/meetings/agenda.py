"""This module knows where the lines of an agenda come from: the series' actions, the published list, the returns, the requests.

Nothing is typed. What the rooms above this one have to say (visits, standards) comes in as `further`.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from sqlalchemy.orm import Session

from sharing import hotspots, partners, recalls, requests, returns
from sharing.errors import NotFoundError
from sharing.hotspots import Hotspot, Period, PublicHotspot
from sharing.meetings.agenda_rules import AgendaItem, AgendaLine, AgendaMaterial, agenda_of
from sharing.meetings.read import ActionFilter, ActionView, MeetingView, actions, meeting, previous_meeting
from sharing.meetings.rules import OPEN, ActionStatus, meeting_kinds
from sharing.partners import Contact, OfficerView
from sharing.requests import RequestStatus
from sharing.returns import Quarter, ReturnStatus, State, StatusRow
from sharing.store import Clock


def compute_agenda(
    session: Session, clock: Clock, partnership: str, meeting_id: uuid.UUID, further: Sequence[AgendaItem] = ()
) -> tuple[AgendaItem, ...]:
    """Compute a meeting's agenda as the record stands now. Raises NotFoundError."""
    held = meeting(session, partnership, meeting_id)
    return agenda_of(take_material(session, clock, held, partnership, further), held.next_on)


def take_material(
    session: Session, clock: Clock, held: MeetingView, partnership: str, further: Sequence[AgendaItem] = ()
) -> AgendaMaterial:
    """Gather what a meeting's agenda is computed from. An action is overdue when its day is before the meeting's."""
    names = _Names(session, clock, partnership)
    mine = actions(session, partnership, ActionFilter(series_id=held.series_id))
    still_open = [action for action in mine if action.status in OPEN]
    before = previous_meeting(session, partnership, held)
    declined = [a for a in mine if a.status is ActionStatus.DECLINED and before and a.meeting_id == before.id]
    listed, note = _hotspot_lines(session, partnership, held, names)
    status = returns.landlords_status(session, partnership, Quarter.of(held.held_on).preceding, clock.today())
    return AgendaMaterial(
        hotspots=listed,
        hotspot_note=note,
        overdue=[names.action_line(a) for a in still_open if a.due_on < held.held_on],
        open_actions=[names.action_line(a) for a in still_open if a.due_on >= held.held_on],
        to_verify=[names.action_line(a) for a in mine if a.status is ActionStatus.DONE],
        declined=[names.action_line(a) for a in declined],
        missing_returns=[names.return_line(row) for row in not_in(status)],
        returns_note=_returns_note(status),
        pending_requests=list(_request_lines(session, clock, partnership)),
        further=[*_recall_items(session, partnership, held.held_on, names), *further],
    )


def _recall_items(session: Session, partnership: str, day: date, names: _Names) -> Iterator[AgendaItem]:
    """Who has not answered a recall by the day before the meeting: references and organisations, nothing about anybody.

    Silence of a recipient is what brings a recall here; where there is none, there is no heading.
    """
    silent = recalls.overdue(session, partnership, day)
    lines = tuple(
        AgendaLine(
            f"{each.recall}: {names.body(each.recipient)} has not answered {names.body(each.supplier)}"
            f" about {_listed(each.disclosures)} (due {_day(each.due_on)}).",
            said(names.contact(each.recipient)),
            each.recall,
        )
        for each in silent
    )
    if lines:
        yield AgendaItem("Recalls that a recipient has not answered", lines)


class _Names:
    """Who is who, read once for an agenda."""

    def __init__(self, session: Session, clock: Clock, partnership: str) -> None:
        self.session, self.clock, self.partnership = session, clock, partnership
        day = clock.today()
        self.bodies = {body.code: body.name for body in partners.members(session, partnership, day, also_former=True)}
        people = partners.officers(session, partnership, clock.business_now(), day, also_former=True)
        self.people = {person.id: person for person in people}

    def body(self, code: str) -> str:
        return self.bodies.get(code, code)

    def person(self, officer_id: uuid.UUID | None) -> OfficerView | None:
        return self.people.get(officer_id) if officer_id else None

    def action_line(self, action: ActionView) -> AgendaLine:
        person = self.person(action.owner_officer_id)
        owner = ", ".join(
            part for part in (person.name if person else "", self.body(action.owner_organisation)) if part
        )
        told = [f"{action.ref}: {action.text} ({owner}; due {_day(action.due_on)})."]
        if action.rollovers:
            told.append(f"Rolled over {_times(action.rollovers)}.")
        if action.escalated_to:
            told.append(f"Has reached the {action.escalated_to}.")
        if action.status is ActionStatus.DECLINED:
            told.append(f"Declined: {action.reason}")
        if action.status is ActionStatus.PROPOSED:
            told.append("Not yet accepted.")
        return AgendaLine(" ".join(told), person.phone or "" if person else "", action.ref)

    def return_line(self, row: StatusRow) -> AgendaLine:
        since = f"due {_day(row.due_on)}"
        late = f", {row.days_left * -1} days ago" if row.days_left < 0 else f", in {row.days_left} days"
        return AgendaLine(f"{row.name}: {since}{late}.", said(self.contact(row.organisation)), row.organisation)

    def contact(self, organisation: str) -> Contact:
        return partners.whom_to_ring(
            self.session, self.partnership, organisation, self.clock.business_now(), self.clock.today()
        )

    def lead(self, officer_id: uuid.UUID | None, organisation: str | None) -> str:
        person = self.person(officer_id)
        return ", ".join(part for part in (person.name if person else "", self.body(organisation or "")) if part)


def _hotspot_lines(
    session: Session, partnership: str, held: MeetingView, names: _Names
) -> tuple[list[AgendaLine], str]:
    try:
        found = hotspots.published_list(session, partnership)
    except NotFoundError:
        return [], ""
    note = f"The list of {found.period_in_words}, {found.window_m} m squares."
    if found.missing:
        note += f" Drawn without {_listed(found.missing)}: no return came."
    if not meeting_kinds()[held.kind].counts:
        public = hotspots.without_counts(found).entries[: held.top_n]
        return [
            AgendaLine(f"{_public_line(spot)} Lead: {names.body(spot.lead_organisation or '')}.") for spot in public
        ], note
    return [_hotspot_line(spot, names) for spot in found.entries[: held.top_n]], note


def _hotspot_line(spot: Hotspot, names: _Names) -> AgendaLine:
    lead = names.person(spot.lead.officer_id) if spot.lead else None
    sure = "" if spot.firm is None else " firm," if spot.firm else " borderline,"
    told = f"{spot.rank}. {spot.name}:{sure} {spot.year:,} reports in 12 months, {spot.label}."
    who = names.lead(spot.lead.officer_id, spot.lead.organisation) if spot.lead else "nobody"
    return AgendaLine(f"{told} Lead: {who}.", lead.phone or "" if lead else "", str(spot.id or ""))


def _public_line(spot: PublicHotspot) -> str:
    return f"{spot.rank}. {spot.name}: {spot.band} reports in 12 months, {spot.label}."


def _returns_note(status: ReturnStatus) -> str:
    if not status.expected:
        return "No landlord with homes is recorded."
    quarter = Period.parse(status.period).in_words
    return f"{quarter}: {status.received} of {status.expected} are in; they were due by {_day(status.due_on)}."


def _request_lines(session: Session, clock: Clock, partnership: str) -> Iterator[AgendaLine]:
    """Reference and days waiting: a meeting about places hears nothing of whom a request is about."""
    waiting = [
        request
        for request in requests.requests_of(session, partnership, only_open=True)
        if request.status is RequestStatus.WAITING
    ]
    today = clock.today()
    for request in sorted(waiting, key=lambda each: (each.made_at, each.ref)):
        days = max(0, (today - request.made_at.date()).days)
        yield AgendaLine(f"{request.ref}: waiting {days} {'day' if days == 1 else 'days'}.", about=request.ref)


def not_in(status: ReturnStatus) -> list[StatusRow]:
    """The returns that have not come, overdue ones and those that are still to come alike."""
    return [row for row in status.rows if row.state in {State.MISSING, State.DUE}]


def said(contact: Contact) -> str:
    """Whom to ring, as one line."""
    return ", ".join(part for part in (contact.name, contact.phone or "no telephone number is recorded") if part)


def _times(number: int) -> str:
    return "once" if number == 1 else f"{number} times"


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _listed(names: Iterable[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last
