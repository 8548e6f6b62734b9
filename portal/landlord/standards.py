"""This module knows the pages of self-assessment: both frameworks, item by item, with earlier assessments to compare."""

from __future__ import annotations

import uuid

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.desk import declare, desk
from portal.forms import AccordForm
from portal.landlord.room import room
from portal.landlord.standards_forms import (
    STATUSES,
    BeginAssessmentForm,
    ConcludeForm,
    input_name,
    judge_form,
    judgements,
)
from protocols.actions import Action
from protocols.standards import Framework, Item, Outcome, blocks_to_registration, differences, frameworks, progress
from sharing import standards as record
from sharing.errors import InvalidError, NotFoundError
from sharing.standards import AssessmentView, AssessStandard, ConcludeAssessment
from sharing.store import Session


def framework_of(code: str) -> Framework:
    """A framework by the code in a page's address. Raises NotFoundError."""
    found = frameworks().get(code)
    if found is None:
        raise NotFoundError("There is no such framework.")
    return found


def own_assessments(reading: Session, code: str) -> tuple[AssessmentView, ...]:
    """One's own organisation's assessments against a framework, newest first."""
    return record.assessments(reading, desk().partnership, desk().organisation, code)


def open_one(found: tuple[AssessmentView, ...]) -> AssessmentView | None:
    """The assessment that is being worked on, if any."""
    return next((each for each in found if each.outcome == Outcome.OPEN), None)


@room.get("/standards")
@declare(Action.READ_STANDARDS)
def standards() -> ResponseReturnValue:
    """Both frameworks with how far one's own organisation has come, and every consortium with its joint status."""
    today = desk().store.clock.today()
    with desk().reading() as reading:
        rows = [
            (
                framework,
                own_assessments(reading, framework.code),
                record.sign_up(reading, desk().partnership, desk().organisation, framework.code, today),
            )
            for framework in frameworks().values()
        ]
        consortia = record.consortia(reading, desk().partnership, today)
    return render_template("landlord/standards.html", rows=rows, consortia=consortia)


@room.get("/standards/<code>")
@declare(Action.READ_STANDARDS)
def read_standard(code: str) -> ResponseReturnValue:
    """One framework: its commitments as a task list, the DEEPER elements, earlier assessments, and the sign-up."""
    return _page(framework_of(code))


def _page(framework: Framework, form: AccordForm | None = None) -> str:
    today = desk().store.clock.today()
    with desk().reading() as reading:
        found = own_assessments(reading, framework.code)
        sign_up = record.sign_up(reading, desk().partnership, desk().organisation, framework.code, today)
    shown = open_one(found) or (found[0] if found else None)
    given = shown.judgements if shown else {}
    return render_template(
        "landlord/read_standard.html",
        framework=framework,
        found=found,
        shown=shown,
        open=open_one(found),
        done=progress(framework, given.values()),
        tasks=[_task(framework, number, set(given)) for number in range(1, len(framework.commitments) + 1)],
        sign_up=sign_up,
        blocks=blocks_to_registration(framework, sign_up),
        form=form,
        begin=form if isinstance(form, BeginAssessmentForm) else BeginAssessmentForm(formdata=None, assessed_on=today),
        conclude=form if isinstance(form, ConcludeForm) else ConcludeForm(formdata=None),
    )


def _task(framework: Framework, number: int, judged: set[str]) -> dict[str, object]:
    items = _items(framework, number)
    done = sum(1 for item in items if item.code in judged)
    return {"number": number, "title": framework.commitments[number - 1], "done": done, "of": len(items)}


def _items(framework: Framework, number: int) -> tuple[Item, ...]:
    if not 1 <= number <= len(framework.commitments):
        raise NotFoundError("There is no such commitment.")
    return tuple(item for item in framework.scored() if item.commitment == number)


@room.post("/standards/<code>/begin")
@declare(Action.ASSESS_STANDARD)
def begin_assessment(code: str) -> ResponseReturnValue:
    """Begin an assessment on a day: today, or the day of one that was made on paper."""
    framework = framework_of(code)
    form = BeginAssessmentForm()
    if not form.validate():
        return _page(framework, form), 400
    try:
        with desk().unit(form) as unit:
            record.assess_standard(unit, AssessStandard(code, (), form.assessed_on.data))
            return desk().done("landlord.read_standard", code=code)
    except InvalidError as error:
        for problem in error.problems:
            form.add_problem("assessed_on", problem.message)
    return _page(framework, form), 422


@room.get("/standards/<code>/<int:number>")
@declare(Action.READ_STANDARDS)
def read_commitment(code: str, number: int) -> ResponseReturnValue:
    """The items of one commitment with what one's own organisation says of each."""
    return _commitment(framework_of(code), number)


def _commitment(framework: Framework, number: int, form: AccordForm | None = None) -> str:
    items = _items(framework, number)
    with desk().reading() as reading:
        found = own_assessments(reading, framework.code)
    shown = open_one(found)
    headings = {item.code: item for item in framework.items}
    return render_template(
        "landlord/judge_items.html",
        framework=framework,
        number=number,
        items=items,
        headings=headings,
        shown=shown,
        form=form,
        judge=form or judge_form(items, shown.judgements if shown else {}, formdata=None),
        name=input_name,
        statuses=STATUSES,
    )


@room.post("/standards/<code>/<int:number>")
@declare(Action.ASSESS_STANDARD)
def assess_standard(code: str, number: int) -> ResponseReturnValue:
    """Store what was said of a commitment's items."""
    framework = framework_of(code)
    items = _items(framework, number)
    form = judge_form(items, {})
    if not form.validate():
        return _commitment(framework, number, form), 400
    version = form.number("version") if form.text("version") else None
    try:
        with desk().unit(form) as unit:
            record.assess_standard(unit, AssessStandard(code, judgements(form, items), version=version))
            led = desk().done("landlord.read_standard", code=code)
    except InvalidError as error:
        for problem in error.problems:
            form.add_problem(input_name(problem.where, _input_for(problem.message)), problem.message)
        return _commitment(framework, number, form), 422
    flash(f"{framework.commitments[number - 1]}: kept.", "done")
    return led


def _input_for(message: str) -> str:
    """The input that a complaint is about: the status's own for whatever names none."""
    parts = {"why": "reason", "instead": "alternative", "shows": "evidence"}
    return next((part for word, part in parts.items() if word in message), "status")


@room.post("/standards/<code>/conclude/<uuid:assessment_id>")
@declare(Action.ASSESS_STANDARD)
def conclude_assessment(code: str, assessment_id: uuid.UUID) -> ResponseReturnValue:
    """End an assessment: to sign, or to defer."""
    framework = framework_of(code)
    form = ConcludeForm()
    if not form.validate():
        return _page(framework, form), 400
    command = ConcludeAssessment(assessment_id, form.number("version"), Outcome(form.text("outcome")))
    try:
        with desk().unit(form) as unit:
            record.conclude_assessment(unit, command)
            led = desk().done("landlord.read_standard", code=code)
    except InvalidError as error:
        for problem in error.problems:
            form.add_problem("outcome", f"{problem.message} {problem.mend}".strip())
        return _page(framework, form), 422
    flash("The outcome is recorded. The assessment stays as it is.", "done")
    return led


@room.get("/standards/<code>/assessments/<uuid:assessment_id>")
@declare(Action.READ_STANDARDS)
def read_assessment(code: str, assessment_id: uuid.UUID) -> ResponseReturnValue:
    """One dated assessment, item by item; beside an earlier one when `with` names it."""
    framework = framework_of(code)
    other = request.args.get("with", "")
    with desk().reading() as reading:
        found = own_assessments(reading, code)
    view = next((each for each in found if each.id == assessment_id), None)
    if view is None:
        raise NotFoundError("There is no such assessment.")
    before = next((each for each in found if str(each.id) == other), None)
    if other and before is None:
        return redirect(url_for("landlord.read_assessment", code=code, assessment_id=assessment_id))
    return render_template(
        "landlord/read_assessment.html",
        framework=framework,
        view=view,
        before=before,
        others=[each for each in found if each.id != view.id],
        changes=differences(framework, before.judgements, view.judgements) if before else (),
        statuses=STATUSES,
    )
