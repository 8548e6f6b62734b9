"""This module knows the page on which it is written down who was asked about a draft, and what they said."""

from __future__ import annotations

import uuid

from flask import flash
from flask.typing import ResponseReturnValue

from portal.desk import declare, desk
from portal.directory import directory
from portal.liaison.protocol_drafting import draft_page, opened
from portal.liaison.protocol_forms import ConsultForm, put_problems
from portal.liaison.room import room
from protocols.actions import Action
from sharing import partners
from sharing.errors import InvalidError


@room.post("/protocols/drafts/<uuid:draft_id>/consultations")
@declare(Action.DRAFT_PROTOCOL)
def consult_on_draft(draft_id: uuid.UUID) -> ResponseReturnValue:
    """Record that somebody was asked about a draft."""
    draft = opened(draft_id)
    form = consult_form(sent=True)
    if not form.validate():
        return draft_page(draft, form, form), 400
    command = partners.ConsultOnDraft(
        draft.id, form.day("consulted_on"), form.text("said"), form.text("organisation") or None, form.text("name")
    )
    try:
        with desk().unit(form) as unit:
            partners.consult_on_draft(unit, command)
            led = desk().done("liaison.read_draft", draft_id=draft.id)
    except InvalidError as error:
        put_problems(form, error.problems, "said")
        return draft_page(draft, form, form), 422
    flash("What they said is recorded with this version.", "done")
    return led


def consult_form(*, sent: bool = False) -> ConsultForm:
    """The form: empty, or as it was sent."""
    form = ConsultForm() if sent else ConsultForm(formdata=None, consulted_on=desk().store.clock.today())
    with desk().reading() as reading:
        form.organisation.choices = [("", "Nobody of these"), *directory(reading).choices()]
    return form
