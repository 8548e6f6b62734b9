"""This module knows the pages of signing up to a framework, alone and in a consortium."""

from __future__ import annotations

from typing import Any

from flask import flash, render_template
from flask.typing import ResponseReturnValue
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs

from portal.desk import declare, desk
from portal.directory import directory
from portal.forms import AccordForm
from portal.landlord.room import room
from portal.landlord.standards import framework_of
from portal.landlord.standards_forms import FormConsortiumForm, SignUpForm, sign_up_form
from protocols.actions import Action
from protocols.standards import Framework, SignUp, blocks_to_registration
from sharing import standards as record
from sharing.errors import InvalidError
from sharing.standards import FormConsortium, SignUpStandard


def _known(code: str) -> SignUp:
    with desk().reading() as reading:
        today = desk().store.clock.today()
        return record.sign_up(reading, desk().partnership, desk().organisation, code, today)


def _page(framework: Framework, known: SignUp, form: AccordForm | None = None) -> str:
    return render_template(
        "landlord/sign_up.html",
        framework=framework,
        known=known,
        blocks=blocks_to_registration(framework, known),
        form=form,
        steps=form or sign_up_form(framework, known, formdata=None),
    )


@room.get("/standards/<code>/sign-up")
@declare(Action.SIGN_UP_STANDARD, fresh=True)
def ask_sign_up(code: str) -> ResponseReturnValue:
    """The steps of the sign-up, what is recorded of each, and what still stops it."""
    return _page(framework_of(code), _known(code))


@room.post("/standards/<code>/sign-up")
@declare(Action.SIGN_UP_STANDARD, fresh=True)
def sign_up_standard(code: str) -> ResponseReturnValue:
    """Record the steps; with the tick, sign up, unless something still stops it."""
    framework = framework_of(code)
    known = _known(code)
    form = sign_up_form(framework, known)
    if not form.validate():
        return _page(framework, known, form), 400
    try:
        with desk().unit(form) as unit:
            record.sign_up_standard(unit, _command(code, form))
            led = desk().done("landlord.read_standard", code=code)
    except InvalidError as error:
        for problem in error.problems:
            form.add_problem(_input(problem.message, form), f"{problem.message} {problem.mend}".strip())
        return _page(framework, known, form), 422
    flash("Your organisation has signed up." if form.register.data else "The steps are kept.", "done")
    return led


def _command(code: str, form: SignUpForm) -> SignUpStandard:
    given: dict[str, Any] = form.data
    return SignUpStandard(
        framework=code,
        decided_ref=form.text("decided_ref").strip(),
        decided_on=given["decided_on"],
        champion=(given.get("champion") or "").strip(),
        parent_consented_on=given.get("parent_consented_on"),
        consortium_box=bool(given.get("consortium_box")),
        satisfied_area=(given.get("satisfied_area") or "").strip(),
        register=bool(given["register"]),
    )


def _input(message: str, form: SignUpForm) -> str:
    """The input that a block is about."""
    about = {"decision": "decided_ref", "champion": "champion", "parent": "parent_consented_on"}
    return next((name for word, name in about.items() if word in message and name in form), "register")


@room.get("/standards/consortia/<code>")
@declare(Action.READ_STANDARDS)
def read_consortium(code: str) -> ResponseReturnValue:
    """A consortium: each member with what still holds the joint sign-up back."""
    with desk().reading() as reading:
        found = record.consortium(reading, desk().partnership, code, desk().store.clock.today())
    return render_template("landlord/read_consortium.html", consortium=found)


def _consortium_form() -> FormConsortiumForm:
    form = FormConsortiumForm()
    with desk().reading() as reading:
        form.members.choices = [SelectChoice(*each) for each in directory(reading).choices()]
    return form


@room.get("/standards/consortia/new")
@declare(Action.FORM_CONSORTIUM)
def ask_consortium() -> ResponseReturnValue:
    """Ask who means to sign up together."""
    return render_template("landlord/form_consortium.html", form=_consortium_form())


@room.post("/standards/consortia/new")
@declare(Action.FORM_CONSORTIUM)
def form_consortium() -> ResponseReturnValue:
    """Form a consortium for the Respect Standard, the only framework that has a joint sign-up."""
    form = _consortium_form()
    if not form.validate():
        return render_template("landlord/form_consortium.html", form=form), 400
    command = FormConsortium(
        form.text("code"), form.text("name"), form.text("area"), "RSHM", tuple(form.members.data or ())
    )
    try:
        with desk().unit(form) as unit:
            record.form_consortium(unit, desk().partnership, command)
            return desk().done("landlord.read_consortium", code=command.code)
    except InvalidError as error:
        for problem in error.problems:
            form.add_problem(problem.where if problem.where in form else "name", f"{problem.message} {problem.mend}")
    return render_template("landlord/form_consortium.html", form=form), 422
