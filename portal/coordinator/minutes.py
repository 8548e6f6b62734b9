"""This module knows the pages of the minutes: drafted from what is recorded, kept while they are written, agreed, printed."""

from __future__ import annotations

import re
import uuid

from flask import Response, flash, render_template, request
from flask.typing import ResponseReturnValue

from portal.coordinator.forms import MinutesForm
from portal.coordinator.room import room
from portal.desk import declare, desk
from portal.papers.minutes import HEADING, drafted, minutes_document
from protocols.actions import Action
from sharing import meetings
from sharing.errors import InvalidError, NotFoundError, StaleError
from sharing.meetings import MeetingView
from sharing.store import Session

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@room.get("/meetings/<uuid:meeting_id>/minutes")
@declare(Action.READ_MEETING)
def read_minutes(meeting_id: uuid.UUID) -> ResponseReturnValue:
    """The agreed minutes; before that, for whoever runs the meeting, the draft to write on."""
    with desk().reading() as reading:
        held = meetings.meeting(reading, desk().partnership, meeting_id)
        text = _text(reading, held)
    form = MinutesForm(formdata=None, minutes=text, version=str(held.version))
    return _page(held, form)


def _text(reading: Session, held: MeetingView) -> str:
    """Agreed minutes are everybody's who reads meetings; a draft is only theirs who run them."""
    if held.minutes_agreed_at is None and not desk().may(Action.RUN_MEETING):
        raise NotFoundError("The minutes of this meeting are not agreed yet.")
    return drafted(reading, desk().store.clock, desk().partnership, held)


def _page(held: MeetingView, form: MinutesForm, *, theirs: str = "") -> str:
    return render_template(
        "coordinator/minutes.html",
        meeting=held,
        form=form,
        theirs=theirs,
        lines=_lines(held.minutes) if held.minutes_agreed_at else [],
        marking=held.marking,
    )


def _lines(text: str) -> list[tuple[str, str]]:
    """The minutes' lines with what each is: heading, point or words."""
    found = []
    for line in filter(None, map(str.strip, text.splitlines())):
        kind = "heading" if HEADING.match(line) else "point" if line.startswith("- ") else "words"
        found.append((kind, line.removeprefix("- ")))
    return found


@room.post("/meetings/<uuid:meeting_id>/minutes")
@declare(Action.RUN_MEETING)
def write_minutes(meeting_id: uuid.UUID) -> ResponseReturnValue:
    """Keep what is written so far, or agree it; agreed minutes stand."""
    form = MinutesForm()
    agree = request.form.get("step") == "agree"
    with desk().reading() as reading:
        held = meetings.meeting(reading, desk().partnership, meeting_id)
    if not form.validate():
        return _page(held, form), 400
    write = meetings.agree_minutes if agree else meetings.keep_minutes
    try:
        with desk().unit(form) as unit:
            write(unit, meeting_id, form.text("minutes"), form.number("version"))
            led = desk().done("coordinator.read_minutes", meeting_id=meeting_id)
    except InvalidError as error:
        for problem in error.problems:
            form.add_problem("minutes", f"{problem.message} {problem.mend}".strip())
        return _page(held, form), 422
    except StaleError:
        return _overtaken(held, form)
    flash("The minutes are agreed." if agree else "What you have written is kept. It is not agreed yet.", "done")
    return led


def _overtaken(held: MeetingView, form: MinutesForm) -> ResponseReturnValue:
    """Somebody else wrote first: both texts are shown, nothing is lost, and the next sending is against theirs."""
    form.add_problem(
        "minutes", "Somebody else changed these minutes while you wrote. Put theirs, below, and yours together."
    )
    form.version.data = str(held.version)
    form.idempotency_key.data = uuid.uuid4().hex
    return _page(held, form, theirs=held.minutes), 409


@room.get("/meetings/<uuid:meeting_id>/minutes.docx")
@declare(Action.READ_MEETING)
def fetch_minutes(meeting_id: uuid.UUID) -> ResponseReturnValue:
    """The minutes as a Word document; a draft says that it is one."""
    with desk().reading() as reading:
        held = meetings.meeting(reading, desk().partnership, meeting_id)
        text = _text(reading, held)
    packed = minutes_document(held, text, agreed=held.minutes_agreed_at is not None)
    name = re.sub(r"[^A-Za-z0-9-]", "-", f"{held.series_code}-{held.number}-minutes")
    return Response(packed, mimetype=WORD, headers={"Content-Disposition": f'attachment; filename="{name}.docx"'})
