"""This module knows the pages on which a person is looked for, and ties between people are kept that make telling dangerous."""

from __future__ import annotations

import uuid

from flask import flash, render_template
from flask.typing import ResponseReturnValue

from portal.desk import declare, desk
from portal.directory import directory
from portal.forms import AccordForm
from portal.liaison.room import room
from portal.liaison.subject_forms import FindSubjectForm, LinkSubjectsForm
from protocols.actions import Action
from sharing import disclosures, subjects
from sharing.disclosures import WAYS
from sharing.errors import InvalidError, StaleError


@room.get("/subjects/find")
@declare(Action.FIND_SUBJECT)
def ask_subject() -> ResponseReturnValue:
    """The form."""
    return render_template("liaison/find_subject.html", form=FindSubjectForm(), found=None)


@room.post("/subjects/find")
@declare(Action.FIND_SUBJECT)
def find_subject() -> ResponseReturnValue:
    """Search, and show references only. The search is an entry before anything is shown; what was typed is in none."""
    form = FindSubjectForm()
    if not form.validate():
        return render_template("liaison/find_subject.html", form=form, found=None), 400
    try:
        with desk().unit() as unit:
            found = disclosures.find_person(unit, form.person(), reason=form.text("reason"))
    except InvalidError as error:
        explain(form, error, "names")
        return render_template("liaison/find_subject.html", form=form, found=None), 422
    with desk().reading() as reading:
        names = directory(reading)
    return render_template(
        "liaison/find_subject.html", form=form, found=found, ways=WAYS, names=names, ask=AccordForm(formdata=None)
    )


@room.post("/subjects/records/<uuid:record_id>/open")
@declare(Action.VIEW_OWN_RECORD)
def open_subject_record(record_id: uuid.UUID) -> ResponseReturnValue:
    """Open a record of one's own: an entry before a byte is shown."""
    with desk().unit() as unit:
        opened = disclosures.open_record(unit, record_id)
    with desk().reading() as reading:
        record = disclosures.record_view(reading, desk().partnership, desk().organisation, record_id)
    return render_template("liaison/open_subject_record.html", record=record, opened=opened, marking=record.marking)


@room.get("/subjects/links")
@declare(Action.LINK_SUBJECTS)
def list_subject_links() -> ResponseReturnValue:
    """The ties that one's own organisation keeps, and the form for one more."""
    return _links(LinkSubjectsForm())


@room.post("/subjects/links")
@declare(Action.LINK_SUBJECTS)
def link_subjects() -> ResponseReturnValue:
    """Keep a tie."""
    form = LinkSubjectsForm()
    if not form.validate():
        return _links(form), 400
    command = subjects.LinkSubjects(form.text("reference"), form.text("kind"), form.text("other_reference"))
    try:
        with desk().unit(form) as unit:
            subjects.link_subjects(unit, command)
            led = desk().done("liaison.list_subject_links")
    except (InvalidError, StaleError) as error:
        explain(form, error, "reference")
        return _links(form), 422
    flash("The tie is kept, and no other organisation sees it.", "done")
    return led


def _links(form: LinkSubjectsForm) -> str:
    with desk().reading() as reading:
        found = subjects.links_of(reading, desk().partnership, desk().organisation)
        names = directory(reading)
    return render_template("liaison/link_subjects.html", form=form, found=found, links=subjects.LINKS, names=names)


def explain(form: AccordForm, error: InvalidError | StaleError, otherwise: str) -> None:
    """Put every problem at the input that it is about."""
    if not isinstance(error, InvalidError):
        form.add_problem(otherwise, str(error))
        return
    for problem in error.problems:
        where = problem.where if problem.where in form else otherwise
        form.add_problem(where, f"{problem.message}. {problem.mend}".strip() if problem.mend else problem.message)
