"""This module knows the page on which a partner without an account opens one disclosure: with a link and a code."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from portal.desk import declare, desk
from portal.forms import AccordForm
from portal.public.routes import room
from protocols.actions import Action
from sharing import disclosures, partners
from sharing.disclosures import links

NO = "The link or the code is not right, or the link opens nothing any more. Ask whoever sent it to you."


class LinkForm(AccordForm):
    """The code that was told by telephone."""

    code = StringField("Code", [InputRequired("Enter the code that you were told"), Length(max=20)])


@room.get("/given/<token>")
@declare(Action.OPEN_LINK)
def ask_link(token: str) -> ResponseReturnValue:
    """Ask for the code. The page is the same whether or not there is such a link."""
    return render_template("public/open_link.html", form=LinkForm(formdata=None), token=token, opened=None)


@room.post("/given/<token>")
@declare(Action.OPEN_LINK)
def open_link(token: str) -> ResponseReturnValue:
    """Open it: judged again, an entry in the ledger, then shown. Whatever stops it, the answer is the same."""
    form = LinkForm()
    if not form.validate():
        return render_template("public/open_link.html", form=form, token=token, opened=None), 400
    with desk().unit() as unit:
        opened = links.open_link(unit, token, form.text("code"))
    form.code.data = ""
    if opened is None:
        form.add_problem("code", NO)
        return render_template("public/open_link.html", form=form, token=token, opened=None), 403
    with desk().reading() as reading:
        today = desk().store.clock.today()
        members = partners.members(reading, opened.partnership, today, also_former=True)
        offered = disclosures.offer(reading, opened.partnership, opened.purpose)
    return render_template(
        "public/open_link.html",
        form=form,
        token=token,
        opened=opened,
        names={member.code: member.name for member in members},
        purpose=offered.text,
        marking=opened.marking,
    )
