"""This module knows the pages of protocols: read the text, see who has signed, sign one version, withdraw."""

from __future__ import annotations

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue

from portal.desk import declare, desk
from portal.directory import directory
from portal.forms import AccordForm
from portal.liaison.forms import SignProtocolForm, WithdrawForm
from portal.liaison.room import room
from protocols import render, terms
from protocols.actions import Action
from sharing import partners
from sharing.errors import InvalidError


@room.get("/protocols")
@declare(Action.READ_PROTOCOL)
def list_protocols() -> ResponseReturnValue:
    """The protocols of the partnership; an old name finds the new text."""
    words = request.args.get("words", "").strip()
    now = desk().store.clock.business_now()
    with desk().reading() as reading:
        find = partners.find_protocols(reading, desk().partnership, words, now) if words else None
        found = partners.protocols(reading, desk().partnership, now) if find is None else find
    return render_template("liaison/list_protocols.html", protocols=found, words=words)


def _page(ref: str, number: int, form: AccordForm | None = None) -> str:
    now = desk().store.clock.business_now()
    with desk().reading() as reading:
        register = partners.signatories(reading, desk().partnership, ref, now, number=number)
        text = partners.protocol_text(reading, desk().partnership, ref, number)
        versions = partners.versions(reading, desk().partnership, ref, now)
        names = directory(reading)
    own = next((s for s in register.signatures if s.organisation == desk().actor.organisation), None)
    return render_template(
        "liaison/read_protocol.html",
        protocol=register.protocol,
        register=register,
        versions=versions,
        clauses=render.document(terms.load(text)),
        names=names,
        own=own,
        form=form,
        sign=form if isinstance(form, SignProtocolForm) else SignProtocolForm(formdata=None),
        withdraw=form if isinstance(form, WithdrawForm) else WithdrawForm(formdata=None),
    )


@room.get("/protocols/<ref>/<int:number>")
@declare(Action.READ_PROTOCOL)
def read_protocol(ref: str, number: int) -> ResponseReturnValue:
    """One version: its text, the rule table, who has signed and what is missing."""
    return _page(ref, number)


@room.post("/protocols/<ref>/<int:number>/sign")
@declare(Action.SIGN_PROTOCOL, fresh=True)
def sign_protocol(ref: str, number: int) -> ResponseReturnValue:
    """Sign this version for one's own organisation: the text whose digest was shown, and no other."""
    form = SignProtocolForm()
    if not form.validate():
        return _page(ref, number, form), 400
    try:
        with desk().unit(form) as unit:
            partners.sign_protocol(
                unit, partners.SignProtocol(ref, number, form.text("digest"), form.text("seniority"))
            )
            led = desk().done("liaison.read_protocol", ref=ref, number=number)
    except InvalidError as error:
        for problem in error.problems:
            form.add_problem("read", f"{problem.message} {problem.mend}".strip())
        return _page(ref, number, form), 422
    flash(f"Version {number} of {ref} is signed for your organisation.", "done")
    return led


@room.post("/protocols/<ref>/<int:number>/withdraw")
@declare(Action.WITHDRAW_FROM_PROTOCOL, fresh=True)
def withdraw_from_protocol(ref: str, number: int) -> ResponseReturnValue:
    """Withdraw one's own organisation, from this moment."""
    form = WithdrawForm()
    if not form.validate():
        return _page(ref, number, form), 400
    with desk().unit(form) as unit:
        partners.withdraw_from_protocol(unit, partners.WithdrawFromProtocol(ref))
        led = desk().done("liaison.read_protocol", ref=ref, number=number)
    flash("Your organisation has withdrawn. Nothing more is shared under this protocol.", "done")
    return led
