"""This module knows the officer's pages of joint visits: a phone form first of all."""

from __future__ import annotations

import uuid

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue

from portal.desk import declare, desk
from portal.directory import directory
from portal.forms import AccordForm, VersionForm
from portal.officer.forms import LogVisitForm
from portal.officer.room import room
from protocols.actions import Action
from sharing import meetings, visits
from sharing.errors import InvalidError
from sharing.meetings import OPEN, ActionFilter
from sharing.store import Session

NOTHING = "none"


@room.get("/visits")
@declare(Action.READ_VISIT)
def list_visits() -> ResponseReturnValue:
    """The visits of one's own agency, as first or as second."""
    with desk().reading() as reading:
        found = visits.visits(reading, desk().partnership, desk().organisation)
        names = directory(reading)
    return render_template("officer/list_visits.html", visits=found, names=names)


def _form(reading: Session) -> LogVisitForm:
    """The form with its choices: agencies of the partnership, and the open actions of one's own agency."""
    form = LogVisitForm()
    own = meetings.actions(
        reading, desk().partnership, ActionFilter(owner_organisation=desk().organisation, statuses=OPEN)
    )
    form.kind.choices = list(visits.visit_kinds().items())
    form.outcome.choices = list(visits.visit_outcomes().items())
    form.with_organisation.choices = [("", "Choose"), *directory(reading).choices(without=desk().organisation)]
    form.linked.choices = [(NOTHING, "No action"), *((str(a.id), f"{a.ref}: {a.text[:60]}") for a in own)]
    return form


@room.get("/visits/log")
@declare(Action.LOG_VISIT)
def ask_visit() -> ResponseReturnValue:
    """The form, with the action filled in when one comes from there."""
    with desk().reading() as reading:
        form = _form(reading)
    wanted = request.args.get("action", NOTHING)
    form.linked.data = wanted if wanted in {value for value, *_ in form.linked.iter_choices()} else NOTHING
    return render_template("officer/log_visit.html", form=form)


@room.post("/visits/log")
@declare(Action.LOG_VISIT)
def log_visit() -> ResponseReturnValue:
    """Log a visit; what was told to the other agency becomes a disclosure, judged like any."""
    with desk().reading() as reading:
        form = _form(reading)
    if not form.validate():
        return render_template("officer/log_visit.html", form=form), 400
    linked = form.linked.data
    command = visits.LogVisit(
        kind=form.text("kind"),
        with_organisation=form.text("with_organisation"),
        outcome=form.text("outcome"),
        place=form.text("place"),
        note=form.text("note"),
        log_number=form.text("log_number"),
        action_id=uuid.UUID(linked) if linked and linked != NOTHING else None,
        told_about=form.text("told_about"),
    )
    try:
        with desk().unit(form) as unit:
            made = visits.log_visit(unit, command)
            led = desk().done("officer.read_visit", visit_id=made.id)
    except InvalidError as error:
        for problem in error.problems:
            form.add_problem(problem.where if problem.where in form else "kind", f"{problem.message}. {problem.mend}")
        return render_template("officer/log_visit.html", form=form), 422
    flash("The visit is logged. The other agency can confirm it.", "done")
    return led


@room.get("/visits/<uuid:visit_id>")
@declare(Action.READ_VISIT)
def read_visit(visit_id: uuid.UUID) -> ResponseReturnValue:
    """A visit in clear; its place and note stay sealed until somebody asks."""
    return _page(visit_id)


@room.post("/visits/<uuid:visit_id>/open")
@declare(Action.VIEW_OWN_RECORD)
def view_visit(visit_id: uuid.UUID) -> ResponseReturnValue:
    """Open place and note: an entry in the ledger before anything is shown."""
    with desk().unit() as unit:
        opened = visits.view_visit(unit, visit_id)
    return _page(visit_id, opened)


def _page(visit_id: uuid.UUID, opened: dict[str, str] | None = None) -> str:
    with desk().reading() as reading:
        found = visits.visit(reading, desk().partnership, desk().organisation, visit_id)
        names = directory(reading)
        action = meetings.action(reading, desk().partnership, found.action_id) if found.action_id else None
    return render_template(
        "officer/read_visit.html",
        visit=found,
        names=names,
        action=action,
        opened=opened,
        ask=AccordForm(formdata=None),
        confirm=VersionForm(formdata=None),
        marking="OFFICIAL-SENSITIVE" if opened else "",
    )


@room.post("/visits/<uuid:visit_id>/confirm")
@declare(Action.CONFIRM_VISIT)
def confirm_visit(visit_id: uuid.UUID) -> ResponseReturnValue:
    """Confirm for the second agency."""
    form = VersionForm()
    if not form.validate():
        return _page(visit_id), 400
    with desk().unit(form) as unit:
        visits.confirm_visit(unit, visit_id, form.number("version"))
        led = desk().done("officer.read_visit", visit_id=visit_id)
    flash("The visit is confirmed by both agencies.", "done")
    return led
