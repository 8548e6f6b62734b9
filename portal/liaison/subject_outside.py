"""This module knows the page on which an officer asks whether somebody outside may be told something, and is told what to say."""

from __future__ import annotations

import uuid

from flask import render_template
from flask.typing import ResponseReturnValue

from portal.desk import declare, desk
from portal.directory import directory
from portal.liaison.room import room
from portal.liaison.subject_forms import TellOutsideForm
from portal.liaison.subjects import explain
from protocols.actions import Action
from protocols.outside import outside_kinds, topics
from sharing import subjects
from sharing.errors import InvalidError


@room.get("/outside")
@declare(Action.TELL_OUTSIDE)
def ask_outside() -> ResponseReturnValue:
    """The form, and what one's own organisation asked before."""
    return _page(TellOutsideForm())


def _page(form: TellOutsideForm) -> str:
    with desk().reading() as reading:
        found = subjects.attempts(reading, desk().partnership, desk().organisation)
        names = directory(reading)
    return render_template(
        "liaison/tell_outside.html", form=form, found=found, names=names, kinds=outside_kinds(), topics=topics()
    )


@room.post("/outside")
@declare(Action.TELL_OUTSIDE)
def tell_outside() -> ResponseReturnValue:
    """Judge the attempt: it is refused, and the refusal is an entry with a receipt."""
    form = TellOutsideForm()
    if not form.validate():
        return _page(form), 400
    command = subjects.TellOutside(
        form.text("recipient_kind"), form.text("topic"), form.text("reference"), form.text("recipient_reference")
    )
    try:
        with desk().unit(form) as unit:
            made = subjects.tell_outside(unit, command)
            return desk().done("liaison.read_attempt", attempt_id=made.id)
    except InvalidError as error:
        explain(form, error, "reference")
        return _page(form), 422


@room.get("/outside/<uuid:attempt_id>")
@declare(Action.TELL_OUTSIDE)
def read_attempt(attempt_id: uuid.UUID) -> ResponseReturnValue:
    """One refusal: by which rule, why, and what can be said instead."""
    with desk().reading() as reading:
        found = subjects.attempt(reading, desk().partnership, desk().organisation, attempt_id)
    kind = outside_kinds()[found.recipient_kind]
    return render_template(
        "liaison/read_outside_attempt.html",
        found=found,
        kind=kind,
        topic=topics()[found.topic],
        reason=subjects.reason_of(found),
        instead=kind.alternative(found.topic),
    )
