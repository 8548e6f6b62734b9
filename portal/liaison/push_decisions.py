"""This module knows the page on which an officer who may decide lets a colleague's push leave, or not."""

from __future__ import annotations

import uuid

from flask import flash, render_template
from flask.typing import ResponseReturnValue

from portal.desk import declare, desk
from portal.directory import directory
from portal.forms import AccordForm
from portal.liaison.decide_forms import field_name, push_form
from portal.liaison.room import room
from protocols import wording
from protocols.actions import Action
from sharing import disclosures, requests


@room.get("/pushes/<uuid:push_id>")
@declare(Action.DECIDE_PUSH)
def read_push(push_id: uuid.UUID) -> ResponseReturnValue:
    """A push with what the rules would let leave."""
    return _page(push_id)


def _page(push_id: uuid.UUID, words: dict[str, str] | None = None, form: AccordForm | None = None) -> str:
    partnership, clock = desk().partnership, desk().store.clock
    with desk().reading() as reading:
        found = requests.push(reading, partnership, desk().organisation, push_id)
        answer = requests.push_as_it_would_be(
            reading, clock.business_now(), found, partnership, desk().actor.officer_id
        )
        made = (
            disclosures.disclosure_of(reading, partnership, desk().organisation, found.disclosure_id)
            if found.disclosure_id
            else None
        )
        names = directory(reading)
    return render_template(
        "liaison/decide_request_push.html",
        push=found,
        answer=answer,
        made=made,
        names=names,
        words=words,
        form=form,
        decide=form or push_form(found.fields, filled=False),
        field_name=field_name,
        in_words=lambda act: wording.repair(act, names.organisations),
        ask=AccordForm(formdata=None),
        today=clock.today(),
        marking="OFFICIAL-SENSITIVE" if words else "",
    )


@room.post("/pushes/<uuid:push_id>/words")
@declare(Action.VIEW_OWN_RECORD)
def view_push_words(push_id: uuid.UUID) -> ResponseReturnValue:
    """Open why a colleague proposes it: an entry first."""
    with desk().unit() as unit:
        words = requests.view_push_words(unit, push_id)
    return _page(push_id, words=words)


@room.post("/pushes/<uuid:push_id>")
@declare(Action.DECIDE_PUSH)
def decide_push(push_id: uuid.UUID) -> ResponseReturnValue:
    """Let it leave, field by field, or not."""
    with desk().reading() as reading:
        found = requests.push(reading, desk().partnership, desk().organisation, push_id)
    form = push_form(found.fields)
    if not form.validate():
        return _page(push_id, form=form), 400
    chosen = {code: form.text(field_name(code)) for code in found.fields}
    command = requests.DecidePush(push_id, form.number("version"), {code: f for code, f in chosen.items() if f})
    with desk().unit(form) as unit:
        released = requests.decide_push(unit, command)
        led = desk().done("liaison.read_push", push_id=push_id)
    words = {"released": "was given", "partly": "was given in part", "refused": "was not given"}
    flash(f"{found.ref} {words[released.outcome]}, as {released.ref}.", "done")
    return led
