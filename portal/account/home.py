"""This module knows the first page, which says what waits for whoever signed in, and the pages of one's own account."""

from __future__ import annotations

import uuid

from flask import flash, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal.account.forms import SwitchPostForm
from portal.account.room import come_back, new_session, room
from portal.account.waiting import waiting
from portal.desk import declare, desk
from portal.identity import TOKEN
from portal.navigation import pages
from protocols.actions import Action
from sharing import access, partners


@room.get("/home")
@declare(Action.OPEN_HOME)
def home() -> ResponseReturnValue:
    """Show what waits, by post; somebody with several posts and none chosen chooses first."""
    if current_user.post is None and current_user.posts:
        return redirect(url_for("account.ask_post"))
    with desk().reading() as reading:
        tiles = waiting(reading, desk()) if current_user.post else []
    return render_template("account/home.html", tiles=tiles, pages=pages())


@room.get("/account/post")
@declare(Action.SWITCH_POST)
def ask_post() -> ResponseReturnValue:
    """Ask which post to act in."""
    return render_template("account/switch_post.html", form=_post_form())


@room.post("/account/post")
@declare(Action.SWITCH_POST)
def switch_post() -> ResponseReturnValue:
    """Act in another of one's own posts, under a new session id."""
    form = _post_form()
    if not form.validate():
        return render_template("account/switch_post.html", form=form), 400
    token = partners.switch_post(desk().store, session.get(TOKEN), uuid.UUID(form.post.data))
    back = come_back()
    new_session(token)
    return redirect(back)


def _post_form() -> SwitchPostForm:
    form = SwitchPostForm()
    form.post.choices = [
        (str(post.officer_id), f"{post.post}, {post.organisation_name} ({post.partnership_name})")
        for post in current_user.posts
    ]
    return form


@room.get("/account")
@declare(Action.MANAGE_OWN_ACCOUNT)
def manage_own() -> ResponseReturnValue:
    """Show one's own account."""
    signed_in = current_user.identity.signed_in
    with desk().reading() as reading:
        left = access.recovery_codes_left(reading, signed_in.user_id)
    return render_template("account/manage_own.html", email=signed_in.email, codes_left=left, posts=current_user.posts)


@room.get("/account/new-password")
@declare(Action.MANAGE_OWN_ACCOUNT, fresh=True)
def change_password() -> ResponseReturnValue:
    """Change one's own password, after confirming who one is."""
    return redirect(url_for("account.ask_password"))


@room.get("/account/new-phone")
@declare(Action.MANAGE_OWN_ACCOUNT, fresh=True)
def change_phone() -> ResponseReturnValue:
    """Set up a new phone, after confirming who one is."""
    flash("Your old phone and its recovery codes stop working as soon as the new one is confirmed.", "notice")
    return redirect(url_for("account.enrol_phone"))
