"""This module knows the pages behind a letter: choose a password, set up a phone, keep the recovery codes."""

from __future__ import annotations

from flask import flash, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue

from portal.account.forms import ChoosePasswordForm, ProvePasswordForm, VerifyCodeForm
from portal.account.room import new_session, room
from portal.desk import declare, desk
from portal.identity import TOKEN
from protocols.actions import Action
from sharing import access
from sharing.access import Enrolment, LetterKind, Outcome
from sharing.errors import InvalidError

SET_UP = "set_up"
KIND = "set_up_kind"


def _token() -> str | None:
    """The token that sets something up: of an opened letter, or of somebody signed in."""
    return session.get(SET_UP) or session.get(TOKEN)


def _start_again() -> ResponseReturnValue:
    session.clear()
    flash("That link has been used or is too old. Ask for a new one.", "notice")
    return redirect(url_for("account.sign_in"))


@room.get("/account/letter/<token>")
@declare(Action.SIGN_IN)
def open_letter(token: str) -> ResponseReturnValue:
    """Open a letter's link; the token leaves the address at once."""
    opened = access.open_letter(desk().store, token)
    if opened is None:
        return _start_again()
    session.clear()
    session[SET_UP], session[KIND] = opened.token, str(opened.kind)
    phone = opened.kind is LetterKind.PHONE
    return redirect(url_for("account.prove_password" if phone else "account.ask_password"))


@room.get("/account/password")
@declare(Action.SIGN_IN)
def ask_password() -> ResponseReturnValue:
    """Ask for a new password."""
    return render_template("account/choose_password.html", form=ChoosePasswordForm(), kind=session.get(KIND, ""))


@room.post("/account/password")
@declare(Action.SIGN_IN)
def choose_password() -> ResponseReturnValue:
    """Store the new password; an invitation goes on to the phone."""
    form = ChoosePasswordForm()
    kind = session.get(KIND, "")
    page = "account/choose_password.html"
    if not form.validate():
        return render_template(page, form=form, kind=kind), 400
    try:
        step = access.choose_password(desk().store, _token(), form.text("password"), code=form.text("code"))
    except InvalidError as error:
        for problem in error.problems:
            form.add_problem("password", f"{problem.message} {problem.mend}".strip())
        return render_template(page, form=form, kind=kind), 422
    if step.outcome is Outcome.START_AGAIN:
        return _start_again()
    if step.outcome is not Outcome.PASSED:
        form.add_problem("code", step.words)
        return render_template(page, form=form, kind=kind), 401
    return _after_password(step.token)


def _after_password(token: str | None) -> ResponseReturnValue:
    if session.get(KIND) == LetterKind.INVITATION:
        session[SET_UP] = token
        return redirect(url_for("account.enrol_phone"))
    new_session(token)
    flash("Your new password is stored.", "done")
    return redirect(url_for("account.manage_own" if token else "account.sign_in"))


@room.get("/account/phone/password")
@declare(Action.SIGN_IN)
def prove_password() -> ResponseReturnValue:
    """Ask for the password before a new phone is set up."""
    return render_template("account/prove_password.html", form=ProvePasswordForm())


@room.post("/account/phone/password")
@declare(Action.SIGN_IN)
def start_new_phone() -> ResponseReturnValue:
    """Start a new phone with the password."""
    form = ProvePasswordForm()
    if not form.validate():
        return render_template("account/prove_password.html", form=form), 400
    enrolment = access.start_enrolment(desk().store, _token(), password=form.text("password"))
    if enrolment is None:
        form.add_problem("password", "That is not right, or the link is too old. Try again or ask for a new link.")
        return render_template("account/prove_password.html", form=form), 401
    return _show_seed(enrolment, VerifyCodeForm(formdata=None))


@room.get("/account/phone")
@declare(Action.SIGN_IN)
def enrol_phone() -> ResponseReturnValue:
    """Show a new seed as a QR code and as text. Each look makes a new one; only a confirmed one counts."""
    enrolment = access.start_enrolment(desk().store, _token())
    if enrolment is None:
        return _start_again()
    return _show_seed(enrolment, VerifyCodeForm())


def _show_seed(enrolment: Enrolment, form: VerifyCodeForm) -> ResponseReturnValue:
    import segno  # late: a start need not wait for it

    picture = segno.make(enrolment.uri, error="m").svg_data_uri(scale=5, border=4, light="#fff")
    return render_template("account/enrol_phone.html", form=form, picture=picture, seed=enrolment.seed)


@room.post("/account/phone")
@declare(Action.SIGN_IN)
def confirm_phone() -> ResponseReturnValue:
    """Put the seed in use with the first code, sign in, and show the recovery codes this once."""
    form = VerifyCodeForm()
    if not form.validate():
        return render_template("account/enrol_phone.html", form=form, picture="", seed=""), 400
    enrolled = access.confirm_enrolment(desk().store, _token(), form.text("code"))
    if enrolled.step.outcome is Outcome.START_AGAIN:
        return _start_again()
    if enrolled.step.outcome is not Outcome.PASSED:
        form.add_problem("code", enrolled.step.words)
        return render_template("account/enrol_phone.html", form=form, picture="", seed=""), 401
    new_session(enrolled.step.token)
    return render_template("account/recovery_codes.html", codes=enrolled.recovery_codes)
