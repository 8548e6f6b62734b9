"""This module knows the page on which a liaison officer lets others decide, one line of a protocol each, and ends that."""

from __future__ import annotations

import uuid

from flask import flash, render_template
from flask.typing import ResponseReturnValue

from portal import vocabulary
from portal.desk import declare, desk
from portal.directory import directory
from portal.liaison.forms import AuthoriseDeciderForm
from portal.liaison.room import room
from protocols.actions import Action
from sharing import partners
from sharing.errors import InvalidError
from sharing.partners import SharingLine
from sharing.store import Session


@room.get("/authorisations")
@declare(Action.AUTHORISE_DECIDER)
def list_authorisations() -> ResponseReturnValue:
    """Who may decide on which line, until when, and the form for one more."""
    return _page()


@room.post("/authorisations")
@declare(Action.AUTHORISE_DECIDER, fresh=True)
def authorise_decider() -> ResponseReturnValue:
    """Let an officer of one's own organisation decide on one line."""
    with desk().reading() as reading:
        form = _form(reading)
    if not form.validate():
        return _page(form), 400
    protocol, _, line = form.text("line").rpartition(" ")
    command = partners.AuthoriseDecider(uuid.UUID(form.text("officer")), protocol, line, form.until_on.data)
    try:
        with desk().unit(form) as unit:
            partners.authorise_decider(unit, command)
            led = desk().done("liaison.list_authorisations")
    except InvalidError as error:
        for problem in error.problems:
            form.add_problem(problem.where if problem.where in form else "officer", problem.message)
        return _page(form), 422
    flash("They may decide on that line. The rules still say which fields may leave.", "done")
    return led


@room.post("/authorisations/<uuid:authorisation_id>/end")
@declare(Action.AUTHORISE_DECIDER, fresh=True)
def end_authorisation(authorisation_id: uuid.UUID) -> ResponseReturnValue:
    """End one, from today."""
    with desk().unit() as unit:
        partners.end_authorisation(unit, authorisation_id)
        led = desk().done("liaison.list_authorisations")
    flash("The authorisation has ended.", "done")
    return led


def _page(form: AuthoriseDeciderForm | None = None) -> str:
    today = desk().store.clock.today()
    with desk().reading() as reading:
        running = partners.authorisations(reading, desk().partnership, desk().organisation, today)
        names = directory(reading)
        form = form or _form(reading)
    return render_template("liaison/list_authorisations.html", running=running, names=names, form=form)


def _form(reading: Session) -> AuthoriseDeciderForm:
    clock, me = desk().store.clock, desk().actor
    now, today = clock.business_now(), clock.today()
    staff = partners.officers(reading, desk().partnership, now, today, organisation=desk().organisation)
    lines = partners.sharing_lines(reading, desk().partnership, desk().organisation, now)
    form = AuthoriseDeciderForm()
    form.officer.choices = [
        ("", "Choose"),
        *(
            (str(each.id), f"{each.name}, {each.post}")
            for each in staff
            if not each.elected and each.id != me.officer_id
        ),
    ]
    given = {f"{line.ref} {line.line}": _words(line) for line in lines if line.gives}
    form.line.choices = [("", "Choose"), *sorted(given.items())]
    return form


def _words(line: SharingLine) -> str:
    fields = ", ".join(vocabulary.field_title(code) for code, _ in line.fields)
    return f"{line.ref}, line {line.line}: {fields}"
