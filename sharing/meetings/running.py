"""This module knows what is kept of one meeting: its agenda as it was computed, who came, and the minutes as agreed."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import select

from protocols.actions import Action, Event
from sharing import partners
from sharing.clear_text import refuse_personal
from sharing.errors import InvalidError
from sharing.meetings.agenda_rules import AgendaItem
from sharing.meetings.model import Attendance, Meeting
from sharing.meetings.rules import Presence
from sharing.meetings.series import found_meeting
from sharing.store import Unit, refuse_older

LONGEST_MINUTES = 50_000
AGREED = "The minutes of this meeting are agreed and stand as they are."


def prepare_agenda(unit: Unit, meeting_id: uuid.UUID, agenda: Sequence[AgendaItem]) -> None:
    """Keep the agenda as it was computed; preparing again replaces it until the minutes are agreed."""
    meeting = found_meeting(unit, meeting_id)
    unit.require(Action.PREPARE_AGENDA, partnership=meeting.partnership)
    _refuse_agreed(meeting)
    meeting.agenda = [asdict(item) for item in agenda]
    meeting.agenda_prepared_at = unit.clock.business_now()
    lines = sum(len(item.lines) for item in agenda)
    unit.record(Event.AGENDA_PREPARED, about=meeting.id, facts={"items": len(agenda), "lines": lines})


def _refuse_agreed(meeting: Meeting) -> None:
    if meeting.minutes_agreed_at is not None:
        raise InvalidError.one(AGREED, mend="Put a correction into the minutes of the next meeting.")


@dataclass(frozen=True)
class RecordAttendance:
    """Who came to a meeting: officer, and present, apologies or substitute. Who is not named stays as recorded."""

    meeting_id: uuid.UUID
    present: tuple[tuple[uuid.UUID, Presence], ...]


def record_attendance(unit: Unit, command: RecordAttendance) -> None:
    """Record who came, each for the organisation of their post; an accepted confidentiality stays."""
    meeting = found_meeting(unit, command.meeting_id)
    unit.require(Action.RUN_MEETING, partnership=meeting.partnership)
    _refuse_agreed(meeting)
    if not command.present:
        raise InvalidError.one("Say of at least one person whether they came.", where="attendance")
    posts = _posts(unit, meeting.partnership)
    unknown = [officer_id for officer_id, _ in command.present if officer_id not in posts]
    if unknown:
        raise InvalidError.one("Somebody on this list is no longer in post here.", mend="Open the page again.")
    known = {
        row.officer_id: row
        for row in unit.session.scalars(select(Attendance).where(Attendance.meeting_id == meeting.id))
    }
    for officer_id, presence in command.present:
        row = known.get(officer_id) or _attendance(unit, meeting, officer_id, posts[officer_id])
        row.state = str(presence)
    organisations = sorted({posts[officer_id] for officer_id, _ in command.present})
    facts = {"organisations": organisations, "people": len(command.present)}
    unit.record(Event.ATTENDANCE_RECORDED, about=meeting.id, facts=facts)


def _posts(unit: Unit, partnership: str) -> dict[uuid.UUID, str]:
    people = partners.officers(
        unit.session, partnership, unit.clock.business_now(), unit.clock.today(), also_former=True
    )
    return {person.id: person.organisation for person in people}


def _attendance(unit: Unit, meeting: Meeting, officer_id: uuid.UUID | None, organisation: str | None) -> Attendance:
    row = Attendance(
        partnership=meeting.partnership,
        meeting_id=meeting.id,
        officer_id=officer_id,
        organisation=organisation,
        state=str(Presence.EXPECTED),
    )
    unit.session.add(row)
    return row


def accept_confidentiality(unit: Unit, meeting_id: uuid.UUID) -> None:
    """Record that the acting officer accepts the meeting's confidentiality statement. Nobody accepts for another."""
    meeting = found_meeting(unit, meeting_id)
    unit.require(Action.ACCEPT_CONFIDENTIALITY, partnership=meeting.partnership)
    row = unit.session.scalar(
        select(Attendance).where(Attendance.meeting_id == meeting.id, Attendance.officer_id == unit.actor.officer_id)
    )
    row = row or _attendance(unit, meeting, unit.actor.officer_id, unit.actor.organisation)
    row.confidentiality_accepted_at = unit.clock.business_now()
    unit.record(Event.CONFIDENTIALITY_ACCEPTED, about=meeting.id)


def keep_minutes(unit: Unit, meeting_id: uuid.UUID, text: str, version: int) -> None:
    """Keep the minutes as a draft, so that nothing is lost while they are written. `version` as in `agree_minutes`."""
    meeting = _written(unit, meeting_id, text, version)
    unit.record(Event.DRAFT_SAVED, about=meeting.id, facts={"draft": "minutes", "characters": len(meeting.minutes)})


def agree_minutes(unit: Unit, meeting_id: uuid.UUID, text: str, version: int) -> None:
    """Store the minutes as agreed; they then stand.

    `version` is the meeting's version that the writer saw: another's edit is never lost. Raises StaleError, and InvalidError
    for text that looks as if it held personal data.
    """
    meeting = _written(unit, meeting_id, text, version)
    meeting.minutes_agreed_at = unit.clock.business_now()
    digest = hashlib.sha256(meeting.minutes.encode()).hexdigest()
    facts = {"characters": len(meeting.minutes), "minutes_sha256": digest}
    unit.record(Event.MINUTES_AGREED, about=meeting.id, facts=facts)


def _written(unit: Unit, meeting_id: uuid.UUID, text: str, version: int) -> Meeting:
    meeting = found_meeting(unit, meeting_id)
    unit.require(Action.RUN_MEETING, partnership=meeting.partnership)
    refuse_older(meeting.version, version)
    _refuse_agreed(meeting)
    written = text.replace("\r\n", "\n").strip()
    if not written:
        raise InvalidError.one("Write the minutes before they are kept.", where="minutes")
    if len(written) > LONGEST_MINUTES:
        raise InvalidError.one(f"Minutes have at most {LONGEST_MINUTES:,} letters.", where="minutes")
    refuse_personal(unit, {"minutes": written})
    meeting.minutes = written
    return meeting
