"""This module knows the pages on which a meeting sets actions, carries over what is unfinished, and records a funding bid."""

from __future__ import annotations

import uuid

from flask import flash, render_template
from flask.typing import ResponseReturnValue
from wtforms import StringField

from portal.coordinator.forms import FundForm, RollOverForm
from portal.coordinator.page import action_form, meeting_page
from portal.coordinator.room import room
from portal.desk import declare, desk
from portal.directory import directory
from portal.forms import AccordForm
from protocols.actions import Action
from sharing import meetings
from sharing.errors import InvalidError, NotFoundError
from sharing.meetings import OPEN, ActionFilter, ActionView, action_types

FIELDS = {"text": "what", "owner_organisation": "owner", "owner_officer": "owner"}


@room.post("/meetings/<uuid:meeting_id>/actions")
@declare(Action.SET_ACTION)
def set_action(meeting_id: uuid.UUID) -> ResponseReturnValue:
    """Set an action; its agency still has to accept it."""
    with desk().reading() as reading:
        held = meetings.meeting(reading, desk().partnership, meeting_id)
        form = action_form(reading, held, directory(reading))
    if not form.validate():
        return meeting_page(meeting_id, form), 400
    organisation, _, officer = form.text("owner").partition("|")
    place = form.text("hotspot")
    command = meetings.SetAction(
        meeting_id=meeting_id,
        kind=form.text("kind"),
        text=form.text("what"),
        owner_organisation=organisation,
        owner_officer_id=uuid.UUID(officer) if officer else None,
        due_on=form.day("due_on"),
        hotspot_id=uuid.UUID(place) if place else None,
    )
    try:
        with desk().unit(form) as unit:
            meetings.set_action(unit, command)
            led = desk().done("coordinator.read_meeting", meeting_id=meeting_id, _anchor="actions")
    except InvalidError as error:
        _complain(form, error, "what")
        return meeting_page(meeting_id, form), 422
    flash("The action is set. Its agency accepts or declines it.", "done")
    return led


def _complain(form: AccordForm, error: InvalidError, otherwise: str) -> None:
    for problem in error.problems:
        name = FIELDS.get(problem.where, problem.where)
        form.add_problem(name if name in form else otherwise, f"{problem.message} {problem.mend}".strip())


# --- carrying over -------------------------------------------------------------------------------


def _roll_over_page(meeting_id: uuid.UUID, form: RollOverForm | None = None) -> str:
    with desk().reading() as reading:
        held = meetings.meeting(reading, desk().partnership, meeting_id)
        names = directory(reading)
        mine = meetings.actions(reading, desk().partnership, ActionFilter(series_id=held.series_id))
    overdue = [action for action in mine if action.status in OPEN and action.due_on < held.held_on]
    form = form or RollOverForm(formdata=None, due_on=held.next_on)
    return render_template("coordinator/roll_over.html", meeting=held, names=names, overdue=overdue, form=form)


@room.get("/meetings/<uuid:meeting_id>/roll-over")
@declare(Action.RUN_MEETING)
def ask_roll_over(meeting_id: uuid.UUID) -> ResponseReturnValue:
    """Show what is unfinished, and ask to which day it is carried."""
    return _roll_over_page(meeting_id)


@room.post("/meetings/<uuid:meeting_id>/roll-over")
@declare(Action.RUN_MEETING)
def roll_over(meeting_id: uuid.UUID) -> ResponseReturnValue:
    """Carry them over; at the second time the chair is told, at the third the strategy group."""
    form = RollOverForm()
    if not form.validate():
        return _roll_over_page(meeting_id, form), 400
    try:
        with desk().unit(form) as unit:
            refs = meetings.roll_over_actions(unit, meeting_id, form.day("due_on"), form.text("reason"))
            led = desk().done("coordinator.read_meeting", meeting_id=meeting_id)
    except InvalidError as error:
        _complain(form, error, "reason")
        return _roll_over_page(meeting_id, form), 422
    flash(f"Carried over: {', '.join(refs)}." if refs else "Nothing was unfinished.", "done" if refs else "notice")
    return led


# --- funding -------------------------------------------------------------------------------------


def _fund_page(action: ActionView, form: AccordForm) -> str:
    return render_template("coordinator/fund_action.html", action=action, form=form, kind=action_types()[action.kind])


def _fundable(action_id: uuid.UUID) -> ActionView:
    with desk().reading() as reading:
        found = meetings.action(reading, desk().partnership, action_id)
    if found is None or not action_types()[found.kind].is_funded:
        raise NotFoundError("There is no such action that takes a funding bid.")
    return found


def _fund_form(action: ActionView, *, formdata: bool = True) -> FundForm:
    fields = action_types()[action.kind].extra
    extra = {
        f"extra_{field.name}": StringField(field.label, default=action.extra.get(field.name, "")) for field in fields
    }
    kind = type("FundThisForm", (FundForm,), extra)
    made: FundForm = kind() if formdata else kind(formdata=None, version=str(action.version))
    return made


@room.get("/actions/<uuid:action_id>/funding")
@declare(Action.FUND_ACTION)
def ask_funding(action_id: uuid.UUID) -> ResponseReturnValue:
    """Ask for the bid as far as it is known."""
    action = _fundable(action_id)
    return _fund_page(action, _fund_form(action, formdata=False))


@room.post("/actions/<uuid:action_id>/funding")
@declare(Action.FUND_ACTION)
def fund_action(action_id: uuid.UUID) -> ResponseReturnValue:
    """Record amount, source, decision and day of the works."""
    action = _fundable(action_id)
    form = _fund_form(action)
    if not form.validate():
        return _fund_page(action, form), 400
    extra = {name.removeprefix("extra_"): form.text(name) for name in form.data if name.startswith("extra_")}
    try:
        with desk().unit(form) as unit:
            meetings.fund_action(unit, meetings.FundAction(action_id, form.number("version"), extra))
            led = desk().done("coordinator.read_meeting", meeting_id=action.meeting_id, _anchor="actions")
    except InvalidError as error:
        _complain(form, error, "extra_bid_pounds")
        return _fund_page(action, form), 422
    flash(f"The funding of {action.ref} is recorded.", "done")
    return led
