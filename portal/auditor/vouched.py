"""This module knows the page that says who vouches for the ledger, where a head that a partner co-signed is taken back in."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_wtf.file import FileField, FileRequired

from portal.auditor.room import room
from portal.desk import declare, desk
from portal.forms import AccordForm
from protocols.actions import Action
from sharing import partners
from sharing.errors import InvalidError, NotFoundError
from sharing.ledger import vouched, witnesses
from sharing.ledger.witnesses import Taken

LARGEST = 1 << 20
"""A head with all the signatures that it may have is a fraction of this."""


class CosignedForm(AccordForm):
    """A head with a partner's line under it."""

    file = FileField("The co-signed head", [FileRequired("Choose the file that the partner sent")])


def _page(form: CosignedForm, taken: Taken | None = None) -> str:
    store = desk().store
    with desk().reading() as reading:
        found = vouched.standings(reading, desk().partnership)
        members = partners.members(reading, desk().partnership, store.clock.today(), also_former=True)
    return render_template(
        "auditor/ledger_vouched.html",
        form=form,
        taken=taken,
        standings=found,
        names={each.code: each.name for each in members},
        now=store.clock.now(),
    )


@room.get("/ledger/vouched")
@declare(Action.TAKE_COSIGNATURE)
def read_vouched() -> ResponseReturnValue:
    """Who vouches for each log, and for how long nobody has."""
    return _page(CosignedForm(formdata=None))


@room.post("/ledger/vouched")
@declare(Action.TAKE_COSIGNATURE)
def take_cosignature() -> ResponseReturnValue:
    """Take in a head that a partner co-signed; what is wrong with it is said at the file."""
    form = CosignedForm()
    if not form.validate():
        return _page(form), 400
    data = form.file.data.read(LARGEST)
    try:
        with desk().unit() as unit:
            taken = witnesses.take_cosignatures(unit, desk().partnership, data, desk().store.signer.verifier)
    except (InvalidError, NotFoundError) as error:
        return _refused(form, _told(error), 400)
    if taken.contradiction:
        return _refused(form, [taken.contradiction], 409)
    return _page(CosignedForm(formdata=None), taken)


def _refused(form: CosignedForm, problems: list[str], status: int) -> ResponseReturnValue:
    for problem in problems:
        form.add_problem("file", problem)
    return _page(form), status


def _told(error: Exception) -> list[str]:
    problems = getattr(error, "problems", ())
    return [
        " ".join(part for part in (f"{p.where}:" if p.where else "", p.message, p.mend) if part) for p in problems
    ] or [str(error)]
