"""This module knows the pages of one meeting: its agenda, who came, the confidentiality statement, another day for it."""

from __future__ import annotations

import uuid

from flask import flash, render_template
from flask.typing import ResponseReturnValue
from wtforms import SelectField

from portal.coordinator.forms import PRESENCE, MoveMeetingForm
from portal.coordinator.page import found_meeting, meeting_page, own_row
from portal.coordinator.room import room
from portal.desk import declare, desk
from portal.directory import Directory, directory
from portal.forms import AccordForm
from portal.papers.agenda import gather_agenda
from protocols.actions import Action
from sharing import meetings
from sharing.errors import InvalidError
from sharing.meetings import CONFIDENTIALITY, AttendanceView, Presence


@room.get("/meetings/<uuid:meeting_id>")
@declare(Action.READ_MEETING)
def read_meeting(meeting_id: uuid.UUID) -> ResponseReturnValue:
    """One meeting: agenda, actions, who came, with what can be done."""
    return meeting_page(meeting_id)


@room.post("/meetings/<uuid:meeting_id>/agenda")
@declare(Action.PREPARE_AGENDA)
def prepare_agenda(meeting_id: uuid.UUID) -> ResponseReturnValue:
    """Compute the agenda from the record as it stands, and keep it."""
    form = AccordForm()
    if not form.validate():
        return meeting_page(meeting_id), 400
    with desk().unit(form) as unit:
        held = found_meeting(unit.session, meeting_id)
        agenda = gather_agenda(unit.session, unit.clock, desk().partnership, held)
        meetings.prepare_agenda(unit, meeting_id, agenda)
        led = desk().done("coordinator.read_meeting", meeting_id=meeting_id)
    flash("The agenda is prepared from the record as it now stands.", "done")
    return led


@room.get("/meetings/<uuid:meeting_id>/agenda")
@declare(Action.READ_MEETING)
def print_agenda(meeting_id: uuid.UUID) -> ResponseReturnValue:
    """The agenda alone, to print or to show on a wall."""
    with desk().reading() as reading:
        held = found_meeting(reading, meeting_id)
    return render_template("coordinator/print_agenda.html", meeting=held, marking=held.marking)


# --- attendance ----------------------------------------------------------------------------------


def _attendance_form(names: Directory, came: tuple[AttendanceView, ...]) -> AccordForm:
    """One choice for everybody who is in post or of whom something is recorded."""
    known = {row.officer_id: row.state for row in came}
    fields = {
        f"p-{person.id}": SelectField(
            f"{person.name}, {names.organisation(person.organisation)}",
            choices=PRESENCE,
            default=known.get(person.id, ""),
        )
        for person in names.officers.values()
        if (person.in_post and not person.elected) or person.id in known
    }
    made: AccordForm = type("AttendanceForm", (AccordForm,), fields)()
    return made


def _attendance_page(meeting_id: uuid.UUID, form: AccordForm | None = None) -> tuple[str, AccordForm]:
    with desk().reading() as reading:
        held = found_meeting(reading, meeting_id)
        came = meetings.attendance(reading, desk().partnership, meeting_id)
        names = directory(reading)
    form = form or _attendance_form(names, came)
    listed = [p for p in names.officers.values() if f"p-{p.id}" in form]
    listed.sort(key=lambda p: (names.organisation(p.organisation), p.name))
    page = render_template(
        "coordinator/record_attendance.html",
        meeting=held,
        people=listed,
        names=names,
        form=form,
        accepted={row.officer_id: row.confidentiality_accepted_at for row in came},
    )
    return page, form


@room.get("/meetings/<uuid:meeting_id>/attendance")
@declare(Action.RUN_MEETING)
def ask_attendance(meeting_id: uuid.UUID) -> ResponseReturnValue:
    """Ask who came."""
    return _attendance_page(meeting_id)[0]


@room.post("/meetings/<uuid:meeting_id>/attendance")
@declare(Action.RUN_MEETING)
def record_attendance(meeting_id: uuid.UUID) -> ResponseReturnValue:
    """Record who came; whoever is left at "Not said" stays as recorded."""
    page, form = _attendance_page(meeting_id)
    if not form.validate():
        return page, 400
    said = tuple(
        (uuid.UUID(name.removeprefix("p-")), Presence(value))
        for name, value in form.data.items()
        if name.startswith("p-") and value
    )
    with desk().unit(form) as unit:
        meetings.record_attendance(unit, meetings.RecordAttendance(meeting_id, said))
        led = desk().done("coordinator.read_meeting", meeting_id=meeting_id)
    flash("Attendance is recorded.", "done")
    return led


@room.get("/meetings/<uuid:meeting_id>/confidentiality")
@declare(Action.ACCEPT_CONFIDENTIALITY)
def read_confidentiality(meeting_id: uuid.UUID) -> ResponseReturnValue:
    """The statement, to be accepted by whoever attends."""
    with desk().reading() as reading:
        held = found_meeting(reading, meeting_id)
        mine = own_row(meetings.attendance(reading, desk().partnership, meeting_id))
    return render_template(
        "coordinator/accept_confidentiality.html",
        meeting=held,
        statement=CONFIDENTIALITY,
        accepted_at=mine.confidentiality_accepted_at if mine else None,
        button=AccordForm(formdata=None),
    )


@room.post("/meetings/<uuid:meeting_id>/confidentiality")
@declare(Action.ACCEPT_CONFIDENTIALITY)
def accept_confidentiality(meeting_id: uuid.UUID) -> ResponseReturnValue:
    """Accept it for oneself."""
    form = AccordForm()
    with desk().unit(form) as unit:
        meetings.accept_confidentiality(unit, meeting_id)
        led = desk().done("coordinator.read_meeting", meeting_id=meeting_id)
    flash("You have accepted the confidentiality statement.", "done")
    return led


# --- another day ---------------------------------------------------------------------------------


def _move_page(meeting_id: uuid.UUID, form: MoveMeetingForm | None = None) -> str:
    with desk().reading() as reading:
        held = found_meeting(reading, meeting_id)
    if form is None:
        form = MoveMeetingForm(formdata=None, held_on=held.held_on, place=held.place, version=str(held.version))
    return render_template("coordinator/move_meeting.html", meeting=held, form=form)


@room.get("/meetings/<uuid:meeting_id>/move")
@declare(Action.MOVE_MEETING)
def ask_move(meeting_id: uuid.UUID) -> ResponseReturnValue:
    """Ask for another day or place."""
    return _move_page(meeting_id)


@room.post("/meetings/<uuid:meeting_id>/move")
@declare(Action.MOVE_MEETING)
def move_meeting(meeting_id: uuid.UUID) -> ResponseReturnValue:
    """Move one meeting; the others of its series stay."""
    form = MoveMeetingForm()
    if not form.validate():
        return _move_page(meeting_id, form), 400
    command = meetings.MoveMeeting(meeting_id, form.number("version"), form.day("held_on"), form.text("place"))
    try:
        with desk().unit(form) as unit:
            meetings.move_meeting(unit, command)
            led = desk().done("coordinator.read_meeting", meeting_id=meeting_id)
    except InvalidError as error:
        for problem in error.problems:
            form.add_problem(
                problem.where if problem.where in form else "held_on", f"{problem.message} {problem.mend}".strip()
            )
        return _move_page(meeting_id, form), 422
    flash("The meeting is moved.", "done")
    return led
