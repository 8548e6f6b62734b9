"""This module knows the pages on which somebody who asks for what is held about them is answered."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from flask import Response, flash, render_template, request
from flask.typing import ResponseReturnValue

from portal.desk import declare, desk
from portal.directory import directory
from portal.forms import AccordForm, VersionForm
from portal.liaison.room import room
from portal.liaison.subject_forms import CheckIdentityForm, ExtendRequestForm, ReceiveRequestForm
from portal.liaison.subjects import explain
from portal.papers.subject_pack import KINDS, pack_document
from protocols.actions import Action
from sharing import subjects
from sharing.disclosures import WAYS
from sharing.errors import InvalidError
from sharing.store import Unit


@room.get("/subjects")
@declare(Action.ANSWER_SUBJECT)
def list_subject_requests() -> ResponseReturnValue:
    """Who has asked, by when they are answered, what is to be looked at again, and what suppliers are asked."""
    with desk().reading() as reading:
        found = subjects.subject_requests(reading, desk().partnership, desk().organisation)
        asked = subjects.questions_to(reading, desk().partnership, desk().organisation)
        names = directory(reading)
        today = desk().store.clock.today()
    return render_template(
        "liaison/list_subject_requests.html", requests=found, questions=asked, names=names, today=today
    )


@room.get("/subjects/new")
@declare(Action.ANSWER_SUBJECT)
def ask_subject_request() -> ResponseReturnValue:
    """The form."""
    return render_template("liaison/receive_subject_request.html", form=ReceiveRequestForm())


@room.post("/subjects/new")
@declare(Action.ANSWER_SUBJECT)
def receive_subject_request() -> ResponseReturnValue:
    """Keep a request; who it is about is sealed."""
    form = ReceiveRequestForm()
    if not form.validate():
        return render_template("liaison/receive_subject_request.html", form=form), 400
    command = subjects.ReceiveRequest(
        form.day("received_on"), form.person(), form.text("identity"), form.identity_on.data
    )
    try:
        with desk().unit(form) as unit:
            made = subjects.receive_request(unit, command)
            led = desk().done("liaison.read_subject_request", request_id=made)
    except InvalidError as error:
        explain(form, error, "names")
        return render_template("liaison/receive_subject_request.html", form=form), 422
    flash("The request is kept. Who it is about is sealed.", "done")
    return led


@room.get("/subjects/<uuid:request_id>")
@declare(Action.ANSWER_SUBJECT)
def read_subject_request(request_id: uuid.UUID) -> ResponseReturnValue:
    """One request: where it stands, its items by reference, what to do next."""
    return _page(request_id)


def _page(request_id: uuid.UUID, **forms: AccordForm) -> str:
    with desk().reading() as reading:
        found = subjects.subject_request(reading, desk().partnership, desk().organisation, request_id)
        names = directory(reading)
        today = desk().store.clock.today()
    return render_template(
        "liaison/read_subject_request.html",
        found=found,
        names=names,
        today=today,
        ways=WAYS,
        words=WORDS,
        reasons=subjects.reasons(),
        identities=subjects.identity_checks(),
        extensions=subjects.extensions(),
        check=forms.get("check") or CheckIdentityForm(formdata=None),
        extend=forms.get("extend") or ExtendRequestForm(formdata=None),
        ask=AccordForm(formdata=None),
    )


WORDS = {
    "record": "Record of ours",
    "told": "What we told somebody",
    "copy": "What we were given",
    "": "To decide",
    "include": "Goes to the person",
    "withhold": "Held back for now",
    "another-person": "About somebody else",
    "gone": "No longer held",
    "no-objection": "nothing speaks against it",
    "hold-back": "hold it back",
}


def sent(
    request_id: uuid.UUID, name: str, form: AccordForm, step: Callable[[Unit], Any], words: str
) -> ResponseReturnValue:
    """Do one step of a request, and come back to its page."""
    if not form.validate():
        return _page(request_id, **{name: form}), 400
    try:
        with desk().unit(form) as unit:
            step(unit)
            led = desk().done("liaison.read_subject_request", request_id=request_id)
    except InvalidError as error:
        if name not in {"check", "extend"}:
            raise
        explain(form, error, "identity" if name == "check" else "extension")
        return _page(request_id, **{name: form}), 422
    flash(words, "done")
    return led


@room.post("/subjects/<uuid:request_id>/identity")
@declare(Action.ANSWER_SUBJECT)
def check_subject_identity(request_id: uuid.UUID) -> ResponseReturnValue:
    """The identity is sure: the month begins."""
    form = CheckIdentityForm()

    def step(unit: Unit) -> None:
        subjects.check_identity(
            unit,
            subjects.CheckIdentity(request_id, form.number("version"), form.text("identity"), form.day("identity_on")),
        )

    return sent(request_id, "check", form, step, "The identity is checked. The month runs.")


@room.post("/subjects/<uuid:request_id>/extend")
@declare(Action.ANSWER_SUBJECT)
def extend_subject_request(request_id: uuid.UUID) -> ResponseReturnValue:
    """Two further months."""
    form = ExtendRequestForm()

    def step(unit: Unit) -> None:
        subjects.extend_request(unit, request_id, form.number("version"), form.text("extension"))

    return sent(request_id, "extend", form, step, "Two months more. Tell the person so now, with the reason.")


@room.post("/subjects/<uuid:request_id>/gather")
@declare(Action.ANSWER_SUBJECT)
def gather_subject_items(request_id: uuid.UUID) -> ResponseReturnValue:
    """Search for what is held, by the request's own words."""
    form = AccordForm()
    return sent(
        request_id, "gather", form, lambda unit: subjects.gather_items(unit, request_id), "What was found stands below."
    )


@room.post("/subjects/<uuid:request_id>/answered")
@declare(Action.ANSWER_SUBJECT)
def answer_subject_request(request_id: uuid.UUID) -> ResponseReturnValue:
    """The answer has gone."""
    form = VersionForm()
    return sent(
        request_id,
        "answered",
        form,
        lambda unit: subjects.answer_request(unit, request_id, form.number("version")),
        "The request is answered.",
    )


@room.post("/subjects/<uuid:request_id>/pack")
@declare(Action.ANSWER_SUBJECT, fresh=True)
def make_subject_pack(request_id: uuid.UUID) -> ResponseReturnValue:
    """Put the pack together and hand it over: every opening in it is an entry before a byte leaves."""
    with desk().reading() as reading:
        subjects.subject_request(reading, desk().partnership, desk().organisation, request_id)
    kind = request.form.get("kind", "")
    if kind not in KINDS:
        raise InvalidError.one("A pack is made as .pdf or .json", where=kind or "no ending")
    with desk().unit() as unit:
        pack = subjects.make_pack(unit, request_id, kind)
    with desk().reading() as reading:
        content = pack_document(reading, desk().partnership, pack, kind, desk().store.clock.today())
    return Response(
        content,
        mimetype={".pdf": "application/pdf", ".json": "application/json"}[kind],
        headers={"Content-Disposition": f'attachment; filename="{pack.ref}{kind}"'},
    )
