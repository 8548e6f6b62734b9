"""This module knows the officer's pages of requests: ask, see what stops it, mend it, open what was given."""

from __future__ import annotations

import uuid

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue

from portal import vocabulary
from portal.desk import declare, desk
from portal.directory import directory
from portal.forms import AccordForm
from portal.officer.forms import MakeRequestForm, MendRequestForm
from portal.officer.room import room
from protocols.actions import Action
from sharing import disclosures, requests
from sharing.errors import InvalidError
from sharing.requests import RequestView
from sharing.store import Session

SEPARATOR = "|"
"""Between a field's code and a form in the value of a tick box."""


@room.get("/requests")
@declare(Action.MAKE_REQUEST)
def list_requests() -> ResponseReturnValue:
    """The requests of one's own agency."""
    with desk().reading() as reading:
        found = requests.requests_of(reading, desk().partnership, asker=desk().organisation)
        given = disclosures.given_to(reading, desk().partnership, desk().organisation)
        names = directory(reading)
    return render_template(
        "officer/list_requests.html", requests=found, given=given, names=names, today=desk().store.clock.today()
    )


def _form(reading: Session) -> MakeRequestForm:
    form = MakeRequestForm()
    offers = disclosures.offers(reading, desk().partnership)
    fields = sorted({code for offer in offers.values() for code in offer.fields})
    form.supplier.choices = [("", "Choose"), *directory(reading).choices(without=desk().organisation)]
    form.kind.choices = [(code, kind["title"]) for code, kind in vocabulary.request_kinds().items()]
    form.purpose.choices = [("", "Choose"), *((offer.code, offer.text) for offer in offers.values())]
    form.fields.choices = [
        choice for code in fields for choice in ((code, vocabulary.field_title(code).capitalize()), *_coarser(code))
    ]
    return form


def _coarser(code: str) -> list[tuple[str, str]]:
    title = vocabulary.field_title(code).capitalize()
    return [(f"{code}{SEPARATOR}{form}", f"{title}: {words} only") for form, words in vocabulary.forms_of(code)[1:]]


@room.get("/requests/new")
@declare(Action.MAKE_REQUEST)
def ask_request() -> ResponseReturnValue:
    """The form, with the action filled in when one comes from there."""
    with desk().reading() as reading:
        form = _form(reading)
    form.linked_ref.data = request.args.get("linked", "")
    return render_template("officer/make_request.html", form=form)


@room.post("/requests/new")
@declare(Action.MAKE_REQUEST)
def make_request() -> ResponseReturnValue:
    """Make the request; it is judged as it stands, and the page says what stops it."""
    with desk().reading() as reading:
        form = _form(reading)
    if not form.validate():
        return render_template("officer/make_request.html", form=form), 400
    try:
        with desk().unit(form) as unit:
            made = requests.make_request(unit, _command(form))
            led = desk().done("officer.read_request", request_id=made.request_id)
    except InvalidError as error:
        for problem in error.problems:
            form.add_problem(problem.where if problem.where in form else "supplier", problem.message)
        return render_template("officer/make_request.html", form=form), 422
    return led


def _command(form: MakeRequestForm) -> requests.MakeRequest:
    linked = (form.linked_ref.data or "").strip()
    return requests.MakeRequest(
        kind=form.text("kind"),
        supplier=form.text("supplier"),
        purpose=form.text("purpose"),
        fields=tuple(_field(value) for value in _finest(form.fields.data or [])),
        texts={name: form.text(name) for name in ("subject", "necessity", "proportionality")},
        subject_ref=form.text("subject_ref"),
        urgency="urgent" if form.urgent.data else "routine",
        linked_kind="action" if linked else "",
        linked_ref=linked,
    )


def _finest(values: list[str]) -> list[str]:
    """One wish for each field: who ticks a field whole and coarser at once means the whole."""
    chosen: dict[str, str] = {}
    for value in values:
        code = value.partition(SEPARATOR)[0]
        chosen.setdefault(code, value)
    return list(chosen.values())


def _field(value: str) -> tuple[str, str | None]:
    code, _, form = value.partition(SEPARATOR)
    return code, form or None


@room.get("/requests/<uuid:request_id>")
@declare(Action.READ_REQUEST)
def read_request(request_id: uuid.UUID) -> ResponseReturnValue:
    """A request with what became of it; values stay sealed until somebody asks."""
    return _page(request_id)


def _page(request_id: uuid.UUID, *, values: dict[str, str] | None = None, form: AccordForm | None = None) -> str:
    with desk().reading() as reading:
        found = requests.request(reading, desk().partnership, desk().organisation, request_id)
        made = _disclosure(reading, found)
        names = directory(reading)
    return render_template(
        "officer/read_request.html",
        request_=found,
        made=made,
        names=names,
        values=values,
        form=form,
        mend=form or MendRequestForm(formdata=None),
        ask=AccordForm(formdata=None),
        today=desk().store.clock.today(),
        marking=made.marking if values and made else "",
    )


def _disclosure(reading: Session, found: RequestView) -> disclosures.DisclosureView | None:
    if found.disclosure_id is None:
        return None
    return disclosures.disclosure_of(reading, desk().partnership, desk().organisation, found.disclosure_id)


@room.post("/requests/<uuid:request_id>/mend")
@declare(Action.MEND_REQUEST)
def mend_request(request_id: uuid.UUID) -> ResponseReturnValue:
    """Give what was missing and have the request judged again."""
    form = MendRequestForm()
    if not form.validate():
        return _page(request_id, form=form), 400
    texts = {name: form.text(name) for name in ("necessity", "proportionality")}
    with desk().unit(form) as unit:
        requests.mend_request(unit, request_id, form.number("version"), texts)
        led = desk().done("officer.read_request", request_id=request_id)
    flash("The request was judged again.", "notice")
    return led


@room.post("/requests/<uuid:request_id>/open")
@declare(Action.VIEW_RELEASE)
def view_release(request_id: uuid.UUID) -> ResponseReturnValue:
    """Open what was given: judged again, an entry in the ledger, then shown."""
    with desk().unit() as unit:
        values = requests.view_release(unit, request_id)
    return _page(request_id, values=values)
