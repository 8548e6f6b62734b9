"""This module knows the pages on which an agency's administrator keeps the agency's own people."""

from __future__ import annotations

import uuid

from flask import current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal import mail
from portal.account.forms import InviteOfficerForm, NameLiaisonOfficerForm, RecordTrainingForm
from portal.account.room import room
from portal.desk import declare, desk
from protocols.actions import Action
from protocols.roles import Role
from sharing import partners
from sharing.errors import InvalidError, NotFoundError
from sharing.partners import OfficerView
from sharing.partners.rules import GRANTABLE, LiaisonKind

ROLE_LABELS = {
    Role.RETURNS_OFFICER: "Send in the quarterly return",
    Role.OFFICER: "Actions, visits and requests",
    Role.SIGNATORY: "Sign protocols and standards for the organisation",
    Role.DUTY_OFFICER: "Decide emergencies out of hours",
    Role.AGENCY_ADMIN: "Keep the organisation’s people",
    Role.READER: "Read hotspots only (elected members)",
}
COURSE = "Information sharing"


def _officers() -> tuple[OfficerView, ...]:
    clock = desk().store.clock
    with desk().reading() as reading:
        return partners.officers(
            reading, desk().partnership, clock.business_now(), clock.today(), organisation=desk().organisation
        )


def _officer(officer_id: uuid.UUID) -> OfficerView:
    clock = desk().store.clock
    with desk().reading() as reading:
        found = partners.officer(reading, desk().partnership, officer_id, clock.business_now(), clock.today())
    if found.organisation != desk().organisation:
        raise NotFoundError("There is no such officer.")
    return found


@room.get("/account/people")
@declare(Action.INVITE_OFFICER)
def list_people() -> ResponseReturnValue:
    """List the organisation's officers with their roles, training and liaison posts."""
    return render_template("account/list_people.html", officers=_officers(), labels=ROLE_LABELS)


@room.get("/account/people/invite")
@declare(Action.INVITE_OFFICER, fresh=True)
def ask_invitation() -> ResponseReturnValue:
    """Ask whom to invite."""
    return render_template("account/invite_officer.html", form=_invite_form())


@room.post("/account/people/invite")
@declare(Action.INVITE_OFFICER, fresh=True)
def invite_officer() -> ResponseReturnValue:
    """Give somebody a post and send the invitation."""
    form = _invite_form()
    if not form.validate():
        return render_template("account/invite_officer.html", form=form), 400
    command = partners.InviteOfficer(
        email=form.text("email"),
        name=form.text("name"),
        post=form.text("post"),
        roles=[form.text("role")],
        phone=form.text("phone"),
        elected=form.text("role") == Role.READER,
    )
    try:
        with desk().unit(form) as unit:
            invited = partners.invite_officer(unit, command)
            led = desk().done("account.list_people")
    except InvalidError as error:
        for problem in error.problems:
            form.add_problem(
                problem.where if problem.where in form else "email", f"{problem.message} {problem.mend}".strip()
            )
        return render_template("account/invite_officer.html", form=form), 422
    mail.send_letter(current_app.extensions["accord.settings"], invited.post)
    flash(f"{form.text('name')} is invited. The letter is on its way.", "done")
    return led


def _invite_form() -> InviteOfficerForm:
    form = InviteOfficerForm()
    form.role.choices = [(str(role), label) for role, label in ROLE_LABELS.items() if role in GRANTABLE]
    return form


@room.get("/account/people/<uuid:officer_id>")
@declare(Action.INVITE_OFFICER)
def read_officer(officer_id: uuid.UUID) -> ResponseReturnValue:
    """Show one officer, with what can be done."""
    return render_template(
        "account/read_officer.html",
        officer=_officer(officer_id),
        labels=ROLE_LABELS,
        training=RecordTrainingForm(),
        liaison=NameLiaisonOfficerForm(),
    )


@room.post("/account/people/<uuid:officer_id>/training")
@declare(Action.RECORD_TRAINING)
def record_training(officer_id: uuid.UUID) -> ResponseReturnValue:
    """Record a day of training."""
    form = RecordTrainingForm()
    if not form.validate():
        return _again(officer_id, training=form)
    with desk().unit(form) as unit:
        led = desk().done("account.read_officer", officer_id=officer_id)
        partners.record_training(unit, partners.RecordTraining(officer_id, COURSE, form.day("trained_on")))
    flash("The training is recorded.", "done")
    return led


@room.post("/account/people/<uuid:officer_id>/liaison")
@declare(Action.NAME_LIAISON_OFFICER, fresh=True)
def name_liaison_officer(officer_id: uuid.UUID) -> ResponseReturnValue:
    """Name the organisation's liaison officer or deputy."""
    form = NameLiaisonOfficerForm()
    if not form.validate():
        return _again(officer_id, liaison=form)
    command = partners.NameLiaisonOfficer(officer_id, LiaisonKind(form.kind.data), form.day("from_on"))
    with desk().unit(form) as unit:
        partners.name_liaison_officer(unit, command)
        led = desk().done("account.read_officer", officer_id=officer_id)
    flash("The liaison post is filled.", "done")
    return led


def _again(
    officer_id: uuid.UUID,
    *,
    training: RecordTrainingForm | None = None,
    liaison: NameLiaisonOfficerForm | None = None,
) -> ResponseReturnValue:
    page = render_template(
        "account/read_officer.html",
        officer=_officer(officer_id),
        labels=ROLE_LABELS,
        training=training or RecordTrainingForm(formdata=None),
        liaison=liaison or NameLiaisonOfficerForm(formdata=None),
        form=training or liaison,
    )
    return page, 400


@room.post("/account/people/<uuid:officer_id>/phone")
@declare(Action.RESET_PHONE, fresh=True)
def reset_phone(officer_id: uuid.UUID) -> ResponseReturnValue:
    """Make a lost phone useless and send the letter for a new one; the password stays, and nobody sees it."""
    with desk().unit() as unit:
        letter = partners.reset_phone(unit, partners.ResetPhone(officer_id))
    mail.send_letter(current_app.extensions["accord.settings"], letter)
    flash("The old phone no longer works. The letter for a new one is on its way.", "done")
    return redirect(url_for("account.read_officer", officer_id=officer_id))


@room.post("/account/people/<uuid:officer_id>/end")
@declare(Action.DISABLE_OFFICER, fresh=True)
def disable_officer(officer_id: uuid.UUID) -> ResponseReturnValue:
    """End a post: it bites at the officer's next request."""
    with desk().unit() as unit:
        partners.disable_officer(unit, partners.DisableOfficer(officer_id))
    flash("The post has ended.", "done")
    return redirect(url_for("account.list_people"))
