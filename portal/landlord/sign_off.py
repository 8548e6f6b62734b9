"""This module knows how a checked return is signed off and submitted, and a nil return in one step."""

from __future__ import annotations

import uuid

from flask import render_template
from flask.typing import ResponseReturnValue

from portal import periods
from portal.desk import declare, desk
from portal.landlord import held
from portal.landlord.checking import look
from portal.landlord.colleagues import colleagues
from portal.landlord.cover import InForceNow
from portal.landlord.forms import ALONE, SubmitForm, reason_name, submit_form
from portal.landlord.room import room
from portal.landlord.upload import check_page, place
from protocols.actions import Action
from sharing import returns
from sharing.errors import InvalidError, StaleError
from sharing.returns import Certificate, Kind, SubmitNilReturn, SubmitReturn
from sharing.returns import read as stored


def _certificate(form: SubmitForm) -> Certificate:
    chosen = form.text("certified_by")
    if chosen == ALONE:
        return Certificate(desk().actor.officer_id, is_alone=True)
    return Certificate(uuid.UUID(chosen))


def _replaces(form: SubmitForm) -> uuid.UUID | None:
    """The version that the officer saw; what is no id is no version that could be replaced."""
    try:
        return uuid.UUID(form.text("replaces"))
    except ValueError:
        return None


@room.post("/returns/<period>/<kind>/submit")
@declare(Action.SUBMIT_RETURN)
def submit_return(period: str, kind: str) -> ResponseReturnValue:
    """Accept the file that waits, as it was checked: it is checked once more here, and stored with its ledger entry."""
    quarter = place(period, kind)
    with desk().reading() as reading:
        looked = look(reading, quarter, kind)
        form = submit_form(looked.checked.asks)
        form.offer(colleagues(reading))
        if not form.validate():
            return check_page(reading, looked, form), 400
    command = SubmitReturn(
        partnership=desk().partnership,
        organisation=desk().organisation,
        checked=looked.checked,
        council=looked.footing.council if looked.footing else "",
        reasons={rule: form.text(reason_name(rule)) for rule in looked.checked.asks},
        certificate=_certificate(form),
        replaces=_replaces(form),
    )
    try:
        with desk().unit(form) as unit:
            done = returns.submit_return(unit, command, in_force=InForceNow(desk().store.clock))
            held.drop(unit, str(quarter), kind)
            again = {"again": "1"} if done.is_repeat else {}
            led = desk().done("landlord.read_submitted", return_id=done.id, **again)
    except (InvalidError, StaleError) as error:
        _put_at_inputs(form, error)
        with desk().reading() as reading:
            return check_page(reading, looked, form), 409 if isinstance(error, StaleError) else 422
    return led


def _put_at_inputs(form: SubmitForm, error: InvalidError | StaleError) -> None:
    if isinstance(error, StaleError):
        form.add_problem("certify", str(error))
        return
    for problem in error.problems:
        name = reason_name(problem.where)
        form.add_problem(name if name in form else "certify", f"{problem.message} {problem.mend}".strip())


@room.get("/returns/<period>/nil")
@declare(Action.SUBMIT_NIL_RETURN)
def ask_nil_return(period: str) -> ResponseReturnValue:
    """Ask whether there was nothing to report."""
    return _nil_page(period)


def _nil_page(period: str, form: SubmitForm | None = None) -> str:
    quarter = periods.wanted_quarter(period, desk().store.clock.today())
    with desk().reading() as reading:
        earlier = stored.current_return(reading, desk().partnership, desk().organisation, quarter, Kind.NIL)
        sign_off = form or submit_form((), formdata=None)
        sign_off.offer(colleagues(reading))
    return render_template(
        "landlord/send_nil_return.html", quarter=quarter, earlier=earlier, form=form, sign_off=sign_off
    )


@room.post("/returns/<period>/nil")
@declare(Action.SUBMIT_NIL_RETURN)
def submit_nil_return(period: str) -> ResponseReturnValue:
    """Accept that there was nothing to report."""
    quarter = periods.wanted_quarter(period, desk().store.clock.today())
    form = submit_form(())
    with desk().reading() as reading:
        form.offer(colleagues(reading))
    if not form.validate():
        return _nil_page(period, form), 400
    command = SubmitNilReturn(
        desk().partnership, desk().organisation, quarter, _certificate(form), replaces=_replaces(form)
    )
    try:
        with desk().unit(form) as unit:
            done = returns.submit_nil_return(unit, command)
            led = desk().done("landlord.read_submitted", return_id=done.id)
    except StaleError as error:
        _put_at_inputs(form, error)
        return _nil_page(period, form), 409
    return led
