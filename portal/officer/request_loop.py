"""This module knows the asker's pages after a request was made: answer, escalate, take back, how it ended, monitors."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from flask import flash, render_template
from flask.typing import ResponseReturnValue

from portal.desk import declare, desk
from portal.directory import directory
from portal.forms import AccordForm
from portal.officer.request_forms import (
    ResultForm,
    WithdrawRequestForm,
    answers_of,
    question_name,
)
from portal.officer.request_page import page, result_form
from portal.officer.room import room
from portal.request_parts import SayForm, kind_or_other
from protocols.actions import Action
from sharing import requests
from sharing.errors import InvalidError
from sharing.requests import RecordResult, RequestView, Say, StartMonitor
from sharing.store import Unit


def _say(
    request_id: uuid.UUID, command: Callable[[Unit, Say], None], done: str, form: AccordForm | None = None
) -> ResponseReturnValue:
    form = form or SayForm()
    if not form.validate():
        return page(request_id, form=form), 400
    with desk().unit(form) as unit:
        command(unit, Say(request_id, form.number("version"), form.text("words")))
        led = desk().done("officer.read_request", request_id=request_id)
    flash(done, "done")
    return led


@room.post("/requests/<uuid:request_id>/answer")
@declare(Action.ANSWER_MORE)
def answer_more(request_id: uuid.UUID) -> ResponseReturnValue:
    """Answer what the supplier has asked; its clock goes on."""
    return _say(request_id, requests.answer_more, "Your answer was sent. Their clock runs again.")


@room.post("/requests/<uuid:request_id>/escalate")
@declare(Action.ESCALATE_REQUEST)
def escalate_request(request_id: uuid.UUID) -> ResponseReturnValue:
    """Ask once that somebody else of the supplier looks again."""
    return _say(request_id, requests.escalate_request, "Somebody else there will look at it again.")


@room.post("/requests/<uuid:request_id>/withdraw")
@declare(Action.WITHDRAW_REQUEST)
def withdraw_request(request_id: uuid.UUID) -> ResponseReturnValue:
    """Take an open request back."""
    return _say(request_id, requests.withdraw_request, "The request was taken back.", WithdrawRequestForm())


@room.post("/requests/<uuid:request_id>/messages/<uuid:message_id>")
@declare(Action.READ_REQUEST)
def view_message(request_id: uuid.UUID, message_id: uuid.UUID) -> ResponseReturnValue:
    """Open what one of the two wrote: an entry in the ledger first."""
    with desk().unit() as unit:
        words = requests.view_message(unit, request_id, message_id)
    return page(request_id, message=(message_id, words))


@room.post("/requests/<uuid:request_id>/result-words")
@declare(Action.READ_REQUEST)
def view_result(request_id: uuid.UUID) -> ResponseReturnValue:
    """Open the words of how it ended: an entry in the ledger first."""
    with desk().unit() as unit:
        words = requests.view_result(unit, request_id)
    return page(request_id, words=words)


@room.post("/requests/<uuid:request_id>/result")
@declare(Action.RECORD_RESULT)
def record_result(request_id: uuid.UUID) -> ResponseReturnValue:
    """Write down how it ended, and start a monitor if one follows."""
    with desk().reading() as reading:
        found = requests.request(reading, desk().partnership, desk().organisation, request_id)
    form = result_form(found)
    if not form.validate():
        return page(request_id, result=form), 400
    try:
        with desk().unit(form) as unit:
            requests.record_result(unit, _result(found, form))
            led = desk().done("officer.read_request", request_id=request_id)
    except InvalidError as error:
        for problem in error.problems:
            form.add_problem(_place(form, problem.where), f"{problem.message}. {problem.mend}".strip())
        return page(request_id, result=form), 422
    flash("It is written down how this ended.", "done")
    return led


def _place(form: AccordForm, where: str) -> str:
    return next((name for name in (where, question_name(where)) if name in form), "start_monitor")


def _result(found: RequestView, form: AccordForm) -> RecordResult:
    monitor = None
    if isinstance(form, ResultForm) and form.start_monitor.data:
        monitor = StartMonitor(
            subject_informed=form.subject_informed.data == "yes",
            informed_on=form.informed_on.data,
            starts_on=form.starts_on.data or desk().store.clock.today(),
            ends_on=form.ends_on.data,
        )
    kind = kind_or_other(found.kind)
    return RecordResult(found.id, form.number("version"), answers_of(form, kind.results), monitor)


@room.get("/monitors")
@declare(Action.READ_MONITORS)
def list_monitors() -> ResponseReturnValue:
    """The monitors to which one's own organisation is party: those that run, and those that have ended by themselves."""
    with desk().reading() as reading:
        found = requests.monitors_of(reading, desk().partnership, desk().organisation)
        names = directory(reading)
    today = desk().store.clock.today()
    return render_template("officer/list_request_monitors.html", monitors=found, names=names, today=today)
