"""This module knows the page of one meeting, which several of the co-ordinator's steps come back to."""

from __future__ import annotations

import uuid

from flask import render_template

from portal.coordinator.forms import SetActionForm
from portal.desk import desk
from portal.directory import Directory, directory
from portal.forms import AccordForm
from sharing import hotspots, meetings
from sharing.errors import NotFoundError
from sharing.meetings import ActionFilter, AttendanceView, MeetingView, Presence, action_types, meeting_kinds
from sharing.store import Session

CAME = frozenset({Presence.PRESENT, Presence.SUBSTITUTE})


def found_meeting(reading: Session, meeting_id: uuid.UUID) -> MeetingView:
    """The meeting, if it is of the reader's partnership. Raises NotFoundError."""
    return meetings.meeting(reading, desk().partnership, meeting_id)


def meeting_page(meeting_id: uuid.UUID, form: SetActionForm | None = None) -> str:
    """The page of a meeting, with the form for an action as it was sent where it was refused."""
    with desk().reading() as reading:
        held = found_meeting(reading, meeting_id)
        came = meetings.attendance(reading, desk().partnership, meeting_id)
        wanted = ActionFilter(meeting_id=meeting_id)
        actions = meetings.actions(reading, desk().partnership, wanted)
        names = directory(reading)
        ask = form or action_form(reading, held, names, formdata=False)
    return render_template(
        "coordinator/read_meeting.html",
        meeting=held,
        kind=meeting_kinds()[held.kind],
        fundable={kind.code for kind in action_types().values() if kind.is_funded},
        attendance=came,
        present=sum(row.state in CAME for row in came),
        accepted=sum(row.confidentiality_accepted_at is not None for row in came),
        mine=own_row(came),
        actions=actions,
        names=names,
        form=form,
        ask=ask,
        button=AccordForm(formdata=None),
        today=desk().store.clock.today(),
    )


def own_row(came: tuple[AttendanceView, ...]) -> AttendanceView | None:
    """What is recorded of whoever reads, or None."""
    return next((row for row in came if row.officer_id == desk().actor.officer_id), None)


def action_form(reading: Session, held: MeetingView, names: Directory, *, formdata: bool = True) -> SetActionForm:
    """The form for one action: an agency alone or with its officer in one choice, due at the next meeting."""
    form = SetActionForm(due_on=held.next_on) if formdata else SetActionForm(formdata=None, due_on=held.next_on)
    form.owner.choices = [("", "Choose"), *_owners(names)]
    form.hotspot.choices = [("", "None"), *_places(reading)]
    return form


def _owners(names: Directory) -> list[tuple[str, str]]:
    choices: list[tuple[str, str]] = []
    for code, name in names.choices():
        choices.append((code, name))
        choices += [
            (f"{code}|{person.id}", f"{name}: {person.name}")
            for person in names.officers_of(code)
            if not person.elected
        ]
    return choices


def _places(reading: Session) -> list[tuple[str, str]]:
    try:
        found = hotspots.published_list(reading, desk().partnership)
    except NotFoundError:
        return []
    return [(str(spot.id), f"{spot.rank}. {spot.name}") for spot in found.entries]
