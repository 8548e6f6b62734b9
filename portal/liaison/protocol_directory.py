"""This module knows the partner directory: who everybody is, what the recipient gate says of them, whom to ring, what they do."""

from __future__ import annotations

from flask import flash, render_template
from flask.typing import ResponseReturnValue

from portal.desk import declare, desk
from portal.liaison.protocol_forms import PartnerNoteForm, put_problems
from portal.liaison.room import room
from protocols import lawbook
from protocols.actions import Action
from sharing import partners
from sharing.errors import InvalidError, NotFoundError
from sharing.partners import PartnerView


@room.get("/partners")
@declare(Action.READ_PARTNERSHIP)
def list_partners() -> ResponseReturnValue:
    """Every member of the partnership."""
    return render_template("liaison/protocol_partners.html", partners=_directory(), body_title=_body_title)


@room.get("/partners/<organisation>")
@declare(Action.DESCRIBE_PARTNER)
def edit_partner(organisation: str) -> ResponseReturnValue:
    """What the directory says of a member."""
    found = _partner(organisation)
    form = PartnerNoteForm(
        formdata=None, services=found.services, funding=found.funding, version=str(found.note_version)
    )
    return render_template("liaison/protocol_partner.html", partner=found, form=form)


@room.post("/partners/<organisation>")
@declare(Action.DESCRIBE_PARTNER)
def describe_partner(organisation: str) -> ResponseReturnValue:
    """Say what a member does, and who pays for it."""
    found = _partner(organisation)
    form = PartnerNoteForm()
    if not form.validate():
        return render_template("liaison/protocol_partner.html", partner=found, form=form), 400
    command = partners.DescribePartner(
        organisation, form.text("services"), form.text("funding"), form.number("version")
    )
    try:
        with desk().unit(form) as unit:
            partners.describe_partner(unit, command)
            led = desk().done("liaison.list_partners")
    except InvalidError as error:
        put_problems(form, error.problems, "services")
        return render_template("liaison/protocol_partner.html", partner=found, form=form), 422
    flash(f"The directory says so of {found.member.name}.", "done")
    return led


def _directory() -> tuple[PartnerView, ...]:
    with desk().reading() as reading:
        return partners.partner_directory(reading, desk().partnership, desk().store.clock.business_now())


def _partner(organisation: str) -> PartnerView:
    for each in _directory():
        if each.member.code == organisation:
            return each
    raise NotFoundError("There is no such member.")


def _body_title(code: str) -> str:
    return lawbook.title("body_types", code)
