"""This module knows the officer's pages of actions."""

from __future__ import annotations

import uuid

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue
from wtforms import StringField

from portal.desk import declare, desk
from portal.directory import directory
from portal.forms import AccordForm, VersionForm
from portal.officer.forms import AcceptActionForm, FinishActionForm
from portal.officer.room import room
from protocols.actions import Action
from sharing import meetings
from sharing.errors import InvalidError, NotFoundError
from sharing.meetings import ActionFilter, ActionView, action_types

PAGE = "officer/read_action.html"


@room.get("/actions")
@declare(Action.READ_ACTION)
def list_actions() -> ResponseReturnValue:
    """The actions of one's own agency, or of the whole partnership."""
    everybody = request.args.get("whose") == "all"
    wanted = ActionFilter(owner_organisation=None if everybody else desk().organisation)
    with desk().reading() as reading:
        found = meetings.actions(reading, desk().partnership, wanted)
        names = directory(reading)
    return render_template(
        "officer/list_actions.html", actions=found, names=names, everybody=everybody, today=desk().store.clock.today()
    )


def _found(action_id: uuid.UUID) -> ActionView:
    with desk().reading() as reading:
        found = meetings.action(reading, desk().partnership, action_id)
    if found is None:
        raise NotFoundError("There is no such action.")
    return found


def _page(action: ActionView, form: AccordForm | None = None) -> str:
    with desk().reading() as reading:
        names = directory(reading)
        meeting = meetings.meeting(reading, desk().partnership, action.meeting_id)
    return render_template(
        PAGE,
        action=action,
        meeting=meeting,
        names=names,
        kind=action_types()[action.kind],
        form=form,
        accept=form if isinstance(form, AcceptActionForm) else AcceptActionForm(formdata=None),
        finish=form if _is_finish(form) else _finish_form(action, formdata=None),
        today=desk().store.clock.today(),
    )


def _is_finish(form: AccordForm | None) -> bool:
    return form is not None and "outcome" in form


def _finish_form(action: ActionView, **kwargs: None) -> AccordForm:
    """The finishing form with the fields that this kind of action has besides."""
    extra = {f"extra_{field.name}": StringField(field.label) for field in action_types()[action.kind].extra}
    made: AccordForm = type("FinishThisActionForm", (FinishActionForm,), extra)(**kwargs)
    return made


@room.get("/actions/<uuid:action_id>")
@declare(Action.READ_ACTION)
def read_action(action_id: uuid.UUID) -> ResponseReturnValue:
    """One action, with what can be done about it."""
    return _page(_found(action_id))


@room.post("/actions/<uuid:action_id>/accept")
@declare(Action.ACCEPT_ACTION)
def accept_action(action_id: uuid.UUID) -> ResponseReturnValue:
    """Accept or decline for one's own agency."""
    form = AcceptActionForm()
    action = _found(action_id)
    if not form.validate():
        return _page(action, form), 400
    try:
        with desk().unit(form) as unit:
            if form.answer.data == "accept":
                meetings.accept_action(unit, action_id, form.number("version"))
            else:
                meetings.decline_action(unit, action_id, form.number("version"), form.text("reason"))
            led = desk().done("officer.read_action", action_id=action_id)
    except InvalidError as error:
        return _refused(action, form, error)
    flash(f"{action.ref}: your answer is recorded.", "done")
    return led


@room.post("/actions/<uuid:action_id>/finish")
@declare(Action.FINISH_ACTION)
def finish_action(action_id: uuid.UUID) -> ResponseReturnValue:
    """Record what was done."""
    action = _found(action_id)
    form = _finish_form(action)
    if not form.validate():
        return _page(action, form), 400
    extra = {name.removeprefix("extra_"): form.text(name) for name in form.data if name.startswith("extra_")}
    command = meetings.FinishAction(action_id, form.number("version"), form.text("outcome"), extra)
    try:
        with desk().unit(form) as unit:
            meetings.finish_action(unit, command)
            led = desk().done("officer.read_action", action_id=action_id)
    except InvalidError as error:
        return _refused(action, form, error)
    flash(f"{action.ref} is done. Somebody of another agency verifies it.", "done")
    return led


@room.post("/actions/<uuid:action_id>/verify")
@declare(Action.VERIFY_ACTION)
def verify_action(action_id: uuid.UUID) -> ResponseReturnValue:
    """Verify that another agency's action was done."""
    form = VersionForm()
    action = _found(action_id)
    if not form.validate():
        return _page(action), 400
    with desk().unit(form) as unit:
        meetings.verify_action(unit, action_id, form.number("version"))
        led = desk().done("officer.read_action", action_id=action_id)
    flash(f"{action.ref} is verified.", "done")
    return led


def _refused(action: ActionView, form: AccordForm, error: InvalidError) -> ResponseReturnValue:
    for problem in error.problems:
        name = problem.where if problem.where in form else next(iter({"outcome", "reason"} & set(form.data)))
        form.add_problem(name, f"{problem.message} {problem.mend}".strip())
    return _page(action, form), 422
