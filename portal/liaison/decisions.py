"""This module knows the pages on which an officer of the supplier says yes or no, and has to be right in law."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from flask import flash, render_template
from flask.typing import ResponseReturnValue

from portal import vocabulary
from portal.desk import declare, desk
from portal.directory import directory
from portal.forms import AccordForm
from portal.liaison.forms import REFUSALS, decide_form, field_name
from portal.liaison.room import room
from protocols.actions import Action
from sharing import disclosures, requests
from sharing.errors import InvalidError
from sharing.requests import RequestStatus, RequestView

REFUSED = frozenset(REFUSALS)


@room.get("/requests")
@declare(Action.DECIDE_REQUEST)
def list_requests() -> ResponseReturnValue:
    """The requests put to one's own organisation, those that wait first."""
    with desk().reading() as reading:
        found = requests.requests_of(reading, desk().partnership, supplier=desk().organisation)
        names = directory(reading)
    ordered = sorted(found, key=lambda item: (item.status is not RequestStatus.WAITING, item.reply_due_on))
    return render_template(
        "liaison/list_requests.html", requests=ordered, names=names, today=desk().store.clock.today()
    )


@room.get("/requests/<uuid:request_id>")
@declare(Action.DECIDE_REQUEST)
def read_request(request_id: uuid.UUID) -> ResponseReturnValue:
    """A request, with what the rules would let leave, field by field."""
    return _page(request_id)


@room.post("/requests/<uuid:request_id>/words")
@declare(Action.DECIDE_REQUEST)
def view_request(request_id: uuid.UUID) -> ResponseReturnValue:
    """Open the asker's words: an entry in the ledger first."""
    with desk().unit() as unit:
        words = requests.view_request(unit, request_id)
    return _page(request_id, words=words)


def _page(request_id: uuid.UUID, *, words: Mapping[str, str] | None = None, form: AccordForm | None = None) -> str:
    with desk().reading() as reading:
        found = requests.request(reading, desk().partnership, desk().organisation, request_id)
        names = directory(reading)
        made = (
            disclosures.disclosure_of(reading, desk().partnership, desk().organisation, found.disclosure_id)
            if found.disclosure_id
            else None
        )
        past = requests.decisions(reading, desk().partnership, request_id)
        answer = requests.as_it_would_be(reading, desk().store.clock, found, desk().actor.officer_id)
    form = form or decide_form(found.fields, _least(found, answer), formdata=None)
    return render_template(
        "liaison/decide_request.html",
        request_=found,
        names=names,
        made=made,
        decisions=past,
        answer=answer,
        words=words,
        form=form,
        names_of={code: field_name(code) for code, _ in found.fields},
        ask=AccordForm(formdata=None),
        today=desk().store.clock.today(),
        marking="OFFICIAL-SENSITIVE" if words else "",
    )


def _least(found: RequestView, answer: Mapping[str, Any] | None) -> dict[str, str]:
    """What is preselected: the form in which each field would leave if it were allowed; a refusal where none would."""
    if answer is None:
        return {code: form or "as-is" for code, form in found.fields}
    return {code: told["form"] for code, told in answer["fields"].items() if told["result"] != "withheld"}


@room.post("/requests/<uuid:request_id>")
@declare(Action.DECIDE_REQUEST, fresh=False)
def decide_request(request_id: uuid.UUID) -> ResponseReturnValue:
    """Decide; exactly the permitted fields leave at this moment."""
    with desk().reading() as reading:
        found = requests.request(reading, desk().partnership, desk().organisation, request_id)
    form = decide_form(found.fields, {})
    if not form.validate():
        return _page(request_id, form=form), 400
    try:
        with desk().unit(form) as unit:
            released = requests.decide_request(unit, _command(found, form))
            led = desk().done("liaison.read_request", request_id=request_id)
    except InvalidError as error:
        for problem in error.problems:
            form.add_problem(_place(problem.where, form), f"{problem.message}. {problem.mend}".strip())
        return _page(request_id, form=form), 422
    words = {"released": "was released", "partly": "was released in part", "refused": "was refused"}
    flash(f"{found.ref} {words[released.outcome]} as {released.ref}. Both sides hold a receipt.", "done")
    return led


def _place(where: str, form: AccordForm) -> str:
    if where == "record":
        return "record_reference"
    if field_name(where) in form:
        return "reason" if not form.text("reason").strip() else field_name(where)
    return where if where in form else "reason"


def _command(found: RequestView, form: AccordForm) -> requests.DecideRequest:
    chosen = {code: form.text(field_name(code)) for code, _ in found.fields}
    reason = form.text("reason")
    return requests.DecideRequest(
        request_id=found.id,
        version=form.number("version"),
        allow={code: choice for code, choice in chosen.items() if choice not in REFUSED},
        refuse={code: (choice, reason) for code, choice in chosen.items() if choice in REFUSED},
        necessary=form.text("necessary"),
        proportionate=form.text("proportionate"),
        record_reference=form.text("record_reference"),
    )


@room.get("/given")
@declare(Action.DECIDE_REQUEST)
def list_given() -> ResponseReturnValue:
    """What one's own organisation has given or refused."""
    with desk().reading() as reading:
        found = disclosures.given_by(reading, desk().partnership, desk().organisation)
        names = directory(reading)
    return render_template("liaison/list_given.html", given=found, names=names, vocabulary=vocabulary)
