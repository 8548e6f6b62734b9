"""This module knows the pages on which a liaison officer sees what is due to go, holds what has to stay, and lets the rest go."""

from __future__ import annotations

import uuid

from flask import flash, render_template
from flask.typing import ResponseReturnValue
from wtforms import RadioField, StringField
from wtforms.validators import InputRequired

from portal.desk import declare, desk
from portal.directory import directory
from portal.forms import AccordForm, DayField
from portal.liaison.room import room
from portal.words import count
from protocols.actions import Action
from sharing import disclosures, retention
from sharing.errors import InvalidError, NotFoundError

KINDS = (retention.RECORD, retention.COPY)
REASONS = {**retention.HOLD_REASONS, retention.RECORD_HOLD: "Its record is on hold"}


class RunForm(AccordForm):
    """The code of the preview that its sender saw."""

    code = StringField(validators=[InputRequired()])


class HoldForm(AccordForm):
    """Why something is kept beyond its day, and when to look at it again."""

    reason = RadioField("Why it has to be kept", [InputRequired("Choose why it has to be kept")])
    review_on = DayField("Look at it again on")


class LiftForm(AccordForm):
    """Why a hold is no longer needed."""

    reason = RadioField("Why it is no longer needed", [InputRequired("Choose why it is no longer needed")])
    version = StringField(validators=[InputRequired()])


def _lift_form(*, filled: bool = True) -> LiftForm:
    form = LiftForm() if filled else LiftForm(formdata=None)
    form.reason.choices = list(retention.LIFT_REASONS.items())
    return form


def _hold_form(*, filled: bool = True) -> HoldForm:
    form = HoldForm() if filled else HoldForm(formdata=None)
    form.reason.choices = list(retention.HOLD_REASONS.items())
    return form


@room.get("/retention")
@declare(Action.READ_RETENTION)
def read_retention() -> ResponseReturnValue:
    """What of one's own organisation is due to go, what a hold keeps, and the holds."""
    with desk().reading() as reading:
        found = retention.preview(
            reading, desk().store.clock.today(), partnership=desk().partnership, organisation=desk().organisation
        )
        holds = retention.holds_of(reading, desk().partnership, desk().organisation)
        given = disclosures.given_to(reading, desk().partnership, desk().organisation)
        names = directory(reading)
    form = RunForm(formdata=None)
    form.code.data = found.code
    held = {each.row_id for each in holds if each.lifted_at is None}
    today = desk().store.clock.today()
    return render_template(
        "liaison/read_retention.html",
        found=found,
        holds=holds,
        names=names,
        form=form,
        reasons=REASONS,
        lift_reasons=retention.LIFT_REASONS,
        today=today,
        copies=[each for each in given if each.may_be_kept(today) and each.id not in held],
    )


@room.post("/retention")
@declare(Action.RUN_RETENTION, fresh=True)
def run_retention() -> ResponseReturnValue:
    """Erase what was seen: keys, cells and indexes go, each with an entry; the count stays."""
    form = RunForm()
    with desk().unit(form) as unit:
        gone, left, _ = retention.run(
            unit, form.text("code"), partnership=desk().partnership, organisation=desk().organisation
        )
        led = desk().done("liaison.read_retention")
    rest = f" {count(left, 'more is', 'more are')} due: look at them, then go on." if left else ""
    flash(f"{count(gone, 'thing is', 'things are')} erased for good.{rest}", "done")
    return led


@room.get("/retention/hold/<table>/<uuid:row_id>")
@declare(Action.PUT_HOLD)
def ask_hold(table: str, row_id: uuid.UUID) -> ResponseReturnValue:
    """The form of a hold."""
    return _hold_page(table, row_id, _hold_form(filled=False))


def _hold_page(table: str, row_id: uuid.UUID, form: HoldForm) -> str:
    if table not in KINDS:
        raise NotFoundError("There is no such record.")
    with desk().reading() as reading:
        ref = retention.reference_of(reading, desk().partnership, desk().organisation, table, row_id)
    return render_template("liaison/put_hold.html", form=form, table=table, row_id=row_id, ref=ref)


@room.post("/retention/hold/<table>/<uuid:row_id>")
@declare(Action.PUT_HOLD)
def put_hold(table: str, row_id: uuid.UUID) -> ResponseReturnValue:
    """Put the hold on."""
    form = _hold_form()
    if not form.validate():
        return _hold_page(table, row_id, form), 400
    try:
        with desk().unit(form) as unit:
            retention.put_hold(unit, retention.PutHold(table, row_id, form.text("reason"), form.day("review_on")))
            led = desk().done("liaison.read_retention")
    except InvalidError as error:
        for problem in error.problems:
            form.add_problem(problem.where if problem.where in form else "reason", problem.message)
        return _hold_page(table, row_id, form), 422
    flash("It is on hold: it stays until the hold is lifted.", "done")
    return led


@room.get("/retention/holds/<uuid:hold_id>/lift")
@declare(Action.LIFT_HOLD)
def ask_lift(hold_id: uuid.UUID) -> ResponseReturnValue:
    """The form in which a hold is lifted."""
    form = _lift_form(filled=False)
    found = _own_hold(hold_id)
    form.version.data = str(found.version)
    return render_template("liaison/lift_hold.html", form=form, hold=found, reasons=REASONS)


def _own_hold(hold_id: uuid.UUID) -> retention.HoldView:
    with desk().reading() as reading:
        for each in retention.holds_of(reading, desk().partnership, desk().organisation):
            if each.id == hold_id and each.lifted_at is None:
                return each
    raise NotFoundError("There is no such hold.")


@room.post("/retention/holds/<uuid:hold_id>/lift")
@declare(Action.LIFT_HOLD)
def lift_hold(hold_id: uuid.UUID) -> ResponseReturnValue:
    """Lift it: what it kept goes when it is due."""
    form = _lift_form()
    if not form.validate():
        return render_template("liaison/lift_hold.html", form=form, hold=_own_hold(hold_id), reasons=REASONS), 400
    with desk().unit(form) as unit:
        retention.lift_hold(unit, hold_id, form.number("version"), form.text("reason"))
        led = desk().done("liaison.read_retention")
    flash("The hold is lifted. What it kept goes when it is due.", "done")
    return led
