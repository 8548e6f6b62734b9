"""This module knows the pages on which an officer gives a partner something unasked, and on which the partner opens it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue

from portal import vocabulary
from portal.desk import declare, desk
from portal.directory import directory
from portal.forms import AccordForm
from portal.officer.request_forms import ChoosePushForm, PushForm
from portal.officer.room import room
from protocols.actions import Action
from protocols.roles import allows
from sharing import disclosures, requests
from sharing.errors import InvalidError
from sharing.requests import MakePush
from sharing.store import Session


@room.get("/pushes")
@declare(Action.MAKE_PUSH)
def list_pushes() -> ResponseReturnValue:
    """What one's own organisation gave unasked, and what it was given."""
    with desk().reading() as reading:
        found = requests.pushes_of(reading, desk().partnership, desk().organisation)
        names = directory(reading)
    return render_template("officer/list_request_pushes.html", pushes=found, names=names)


@room.get("/pushes/new")
@declare(Action.MAKE_PUSH)
def ask_push() -> ResponseReturnValue:
    """Who should know; once that stands in the address, what they should know."""
    recipient = request.args.get("recipient", "")
    with desk().reading() as reading:
        choose = ChoosePushForm(request.args if recipient else None, meta={"csrf": False})
        choose.recipient.choices = [("", "Choose"), *directory(reading).choices(without=desk().organisation)]
        if not recipient or not choose.validate():
            return render_template("officer/make_request_push.html", choose=choose, form=None)
        return _ask_page(reading, _form(reading, recipient), recipient)


def _form(reading: Session, recipient: str) -> PushForm:
    form = PushForm()
    today = desk().store.clock.today()
    found = requests.offered(reading, desk().partnership, desk().organisation, recipient, today)
    form.recipient.data = recipient
    form.purpose.choices = [("", "Choose"), *((each.code, each.text) for each in found.values())]
    codes = sorted({code for each in found.values() for code in each.fields})
    form.fields.choices = [(code, vocabulary.field_title(code).capitalize()) for code in codes]
    people = directory(reading).officers_of(recipient)
    may_open = [each for each in people if allows(each.roles, Action.VIEW_RELEASE)]
    form.contact.choices = [("", "Choose"), *((str(each.id), f"{each.name}, {each.post}") for each in may_open)]
    return form


def _ask_page(reading: Session, form: PushForm, recipient: str) -> str:
    return render_template(
        "officer/make_request_push.html", choose=None, form=form, recipient=recipient, names=directory(reading)
    )


@room.post("/pushes/new")
@declare(Action.MAKE_PUSH)
def make_push() -> ResponseReturnValue:
    """Propose it; another officer who may decide lets it leave."""
    recipient = request.form.get("recipient", "")
    with desk().reading() as reading:
        form = _form(reading, recipient)
        if not form.validate():
            return _ask_page(reading, form, recipient), 400
    command = MakePush(
        reference=form.text("reference").strip(),
        recipient=recipient,
        contact_id=uuid.UUID(form.text("contact")),
        purpose=form.text("purpose"),
        fields=tuple(form.fields.data or ()),
        texts={name: form.text(name) for name in ("necessity", "proportionality")},
    )
    try:
        with desk().unit(form) as unit:
            made = requests.make_push(unit, command)
            led = desk().done("officer.read_push", push_id=made)
    except InvalidError as error:
        for problem in error.problems:
            form.add_problem(problem.where if problem.where in form else "reference", problem.message)
        with desk().reading() as reading:
            return _ask_page(reading, form, recipient), 422
    flash("Proposed. A colleague who may decide lets it leave.", "notice")
    return led


@room.get("/pushes/<uuid:push_id>")
@declare(Action.READ_REQUEST)
def read_push(push_id: uuid.UUID) -> ResponseReturnValue:
    """One push; values stay sealed until somebody opens them."""
    return _page(push_id)


def _page(push_id: uuid.UUID, values: Mapping[str, str] | None = None) -> str:
    with desk().reading() as reading:
        found = requests.push(reading, desk().partnership, desk().organisation, push_id)
        made = (
            disclosures.disclosure_of(reading, desk().partnership, desk().organisation, found.disclosure_id)
            if found.disclosure_id
            else None
        )
        names = directory(reading)
    return render_template(
        "officer/read_request_push.html",
        push=found,
        made=made,
        names=names,
        values=values,
        ask=AccordForm(formdata=None),
        today=desk().store.clock.today(),
        marking=made.marking if made and values else "",
    )


@room.post("/pushes/<uuid:push_id>/open")
@declare(Action.VIEW_RELEASE)
def view_push(push_id: uuid.UUID) -> ResponseReturnValue:
    """Open what was given: judged again, an entry in the ledger, then shown."""
    with desk().unit() as unit:
        values = requests.view_push(unit, push_id)
    return _page(push_id, values)
