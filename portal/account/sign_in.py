"""This module knows the pages of signing in and out."""

from __future__ import annotations

from flask import current_app, flash, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue

from portal import mail
from portal.account.forms import ConfirmSignInForm, ForgottenForm, SignInForm, VerifyCodeForm
from portal.account.room import come_back, network, new_session, room
from portal.desk import declare, desk
from portal.identity import TOKEN
from protocols.actions import Action
from sharing import access
from sharing.access import Outcome

HALF = "half"
"""The cookie's name for the token of a sign-in whose code is still to come."""
NEXT = "next"


@room.get("/account/sign-in")
@declare(Action.SIGN_IN)
def sign_in() -> ResponseReturnValue:
    """Ask for e-mail and password."""
    return render_template("account/sign_in.html", form=SignInForm())


@room.post("/account/sign-in")
@declare(Action.SIGN_IN)
def begin_sign_in() -> ResponseReturnValue:
    """Try the password; a passed one leads to the code, a failed one is told in the same words whatever failed."""
    form = SignInForm()
    if not form.validate():
        return render_template("account/sign_in.html", form=form), 400
    step = access.begin_sign_in(desk().store, form.text("email"), form.text("password"), network())
    if step.outcome is not Outcome.PASSED:
        form.add_problem("password", step.words)
        return render_template("account/sign_in.html", form=form), 429 if step.outcome is Outcome.TOO_MANY else 401
    back = come_back()
    session.clear()
    session[HALF], session[NEXT] = step.token, back
    return redirect(url_for("account.ask_code"))


@room.get("/account/code")
@declare(Action.SIGN_IN)
def ask_code() -> ResponseReturnValue:
    """Ask for the second factor."""
    if HALF not in session:
        return redirect(url_for("account.sign_in"))
    return render_template("account/verify_code.html", form=VerifyCodeForm())


@room.post("/account/code")
@declare(Action.SIGN_IN)
def verify_code() -> ResponseReturnValue:
    """Try the code; a passed one is a whole session under a new token."""
    form = VerifyCodeForm()
    if not form.validate():
        return render_template("account/verify_code.html", form=form), 400
    step = access.verify_code(desk().store, session.get(HALF), form.text("code"))
    if step.outcome is Outcome.START_AGAIN:
        session.clear()
        flash(step.words, "notice")
        return redirect(url_for("account.sign_in"))
    if step.outcome is not Outcome.PASSED:
        form.add_problem("code", step.words)
        return render_template("account/verify_code.html", form=form), 429 if step.outcome is Outcome.TOO_MANY else 401
    back = session.get(NEXT) or url_for("account.home")
    new_session(step.token)
    return redirect(back)


@room.get("/account/confirm")
@declare(Action.MANAGE_OWN_ACCOUNT)
def ask_confirmation() -> ResponseReturnValue:
    """Ask for password and code again, before something that binds the organisation."""
    return render_template("account/confirm_sign_in.html", form=ConfirmSignInForm())


@room.post("/account/confirm")
@declare(Action.MANAGE_OWN_ACCOUNT)
def confirm_sign_in() -> ResponseReturnValue:
    """Try both again."""
    form = ConfirmSignInForm()
    if not form.validate():
        return render_template("account/confirm_sign_in.html", form=form), 400
    step = access.confirm_identity(desk().store, session.get(TOKEN), form.text("password"), form.text("code"))
    if step.outcome is not Outcome.PASSED:
        form.add_problem("password", step.words)
        return render_template("account/confirm_sign_in.html", form=form), 401
    back = come_back()
    new_session(step.token)
    return redirect(back)


@room.post("/account/sign-out")
@declare(Action.SIGN_OUT)
def sign_out() -> ResponseReturnValue:
    """End the session on the server and in the browser."""
    access.sign_out(desk().store, session.get(TOKEN))
    session.clear()
    response = redirect(url_for("public.front"))
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@room.get("/account/forgotten")
@declare(Action.SIGN_IN)
def forgotten() -> ResponseReturnValue:
    """Ask where to send the letter."""
    return render_template("account/forgotten.html", form=ForgottenForm(), sent=False)


@room.post("/account/forgotten")
@declare(Action.SIGN_IN)
def ask_for_new_password() -> ResponseReturnValue:
    """Send the letter if there is such an account; the page is the same either way."""
    form = ForgottenForm()
    if not form.validate():
        return render_template("account/forgotten.html", form=form, sent=False), 400
    post = access.ask_for_new_password(desk().store, form.text("email"), network())
    if post is not None:
        mail.send_letter(current_app.extensions["accord.settings"], post)
    return render_template("account/forgotten.html", form=ForgottenForm(), sent=True)
