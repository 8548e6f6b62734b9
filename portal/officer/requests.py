"""This module knows the officer's pages of requests: choose whom and what kind, ask, mend, open what was given."""

from __future__ import annotations

import uuid

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue

from portal.desk import declare, desk
from portal.directory import directory
from portal.forms import AccordForm
from portal.officer import request_drafts
from portal.officer.request_forms import (
    SEPARATOR,
    ChooseRequestForm,
    MakeRequestForm,
    MendRequestForm,
    answers_of,
    field_choices,
    question_name,
    with_questions,
)
from portal.officer.request_page import page
from portal.officer.room import room
from protocols.actions import Action
from protocols.request_kinds import EMERGENCY, RequestKind, UnknownKindError, kind_of, request_kinds
from sharing import disclosures, requests
from sharing.errors import InvalidError
from sharing.store import Session


@room.get("/requests")
@declare(Action.MAKE_REQUEST)
def list_requests() -> ResponseReturnValue:
    """The requests of one's own agency."""
    with desk().reading() as reading:
        found = requests.requests_of(reading, desk().partnership, asker=desk().organisation)
        given = disclosures.given_to(reading, desk().partnership, desk().organisation)
        pushes = requests.pushes_of(reading, desk().partnership, desk().organisation)
        drafts = request_drafts.drafts(reading)
        names = directory(reading)
    return render_template(
        "officer/list_requests.html",
        requests=found,
        given=given,
        pushed={each.disclosure_id: each.id for each in pushes if each.disclosure_id},
        drafts=drafts,
        names=names,
        today=desk().store.clock.today(),
        ask=AccordForm(formdata=None),
    )


@room.get("/requests/new")
@declare(Action.MAKE_REQUEST)
def ask_request() -> ResponseReturnValue:
    """Whom and what kind; once both stand in the address, the form of that kind."""
    with desk().reading() as reading:
        given = "kind" in request.args or "supplier" in request.args
        choose = _choose(reading, given=given)
        if not given or not choose.validate():
            return _choose_page(choose, request.args.get("linked", ""))
        form, _ = _form(reading, choose.text("kind"), choose.text("supplier"), filled=False)
        form.linked_ref.data = request.args.get("linked", "")
        return _ask_page(reading, form, choose.text("kind"))


def _choose(reading: Session, *, given: bool) -> ChooseRequestForm:
    form = ChooseRequestForm(request.args if given else None, meta={"csrf": False})
    form.supplier.choices = [("", "Choose"), *directory(reading).choices(without=desk().organisation)]
    form.kind.choices = [(code, kind.title) for code, kind in request_kinds().items() if code != EMERGENCY]
    return form


def _choose_page(form: AccordForm, linked: str) -> str:
    says = {code: kind.says for code, kind in request_kinds().items()}
    return render_template("officer/choose_request.html", form=form, says=says, linked=linked)


def _form(reading: Session, kind_code: str, supplier: str, *, filled: bool = True) -> tuple[AccordForm, RequestKind]:
    kind = kind_of(kind_code)
    today = desk().store.clock.today()
    found = requests.offered(reading, desk().partnership, supplier, desk().organisation, today)
    purposes, fields = requests.for_kind(kind, found)
    made = with_questions(MakeRequestForm, kind.questions)
    form = made() if filled else made(formdata=None)
    form.supplier.choices = directory(reading).choices(without=desk().organisation)
    form.kind.choices = [(kind.code, kind.title)]
    form.purpose.choices = [(each.code, each.text) for each in purposes.values()]
    if len(purposes) > 1:
        form.purpose.choices.insert(0, ("", "Choose"))
    form.fields.choices = field_choices(kind, fields)
    if not filled:
        form.supplier.data, form.kind.data = supplier, kind.code
    return form, kind


def _ask_page(reading: Session, form: AccordForm, kind_code: str) -> str:
    return render_template(
        "officer/make_request.html",
        form=form,
        kind=kind_of(kind_code),
        names=directory(reading),
        question_name=question_name,
    )


@room.post("/requests/new")
@declare(Action.MAKE_REQUEST)
def make_request() -> ResponseReturnValue:
    """Make the request; it is judged as it stands, and the page says what stops it. Or keep it as a draft, sealed."""
    kind_code = request.form.get("kind", "")
    with desk().reading() as reading:
        try:
            form, kind = _form(reading, kind_code, request.form.get("supplier", ""))
        except UnknownKindError:
            return _choose_page(_choose(reading, given=False), ""), 400
        if "save" not in request.form and not form.validate():
            return _ask_page(reading, form, kind_code), 400
    if "save" in request.form:
        return request_drafts.keep(form, kind)
    try:
        with desk().unit(form) as unit:
            made = requests.make_request(unit, _command(form, kind))
            request_drafts.drop(unit, form, kind)
            led = desk().done("officer.read_request", request_id=made.request_id)
    except InvalidError as error:
        for problem in error.problems:
            form.add_problem(_place(form, problem.where), f"{problem.message}. {problem.mend}".rstrip(" .") + ".")
        with desk().reading() as reading:
            return _ask_page(reading, form, kind_code), 422
    return led


@room.post("/requests/drafts/<kind>/<supplier>")
@declare(Action.MAKE_REQUEST)
def open_draft(kind: str, supplier: str) -> ResponseReturnValue:
    """Go on with a draft: opened for its writer alone, in the answer to a form that was sent."""
    with desk().reading() as reading:
        try:
            form, _ = _form(reading, kind, supplier, filled=False)
        except UnknownKindError:
            return _choose_page(_choose(reading, given=False), ""), 404
        request_drafts.fill(reading, form, kind, supplier)
        return _ask_page(reading, form, kind)


def _place(form: AccordForm, where: str) -> str:
    for name in (where, question_name(where)):
        if name in form:
            return name
    return "supplier"


def _command(form: AccordForm, kind: RequestKind) -> requests.MakeRequest:
    linked = form.text("linked_ref").strip()
    return requests.MakeRequest(
        kind=kind.code,
        supplier=form.text("supplier"),
        purpose=form.text("purpose"),
        fields=tuple(_field(value) for value in _finest(form["fields"].data or [])),
        texts={name: form.text(name) for name in ("subject", "necessity", "proportionality")},
        subject_ref=form.text("subject_ref"),
        urgency="urgent" if form["urgent"].data else "routine",
        linked_kind="action" if linked else "",
        linked_ref=linked,
        answers=answers_of(form, kind.questions),
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
    return page(request_id)


@room.post("/requests/<uuid:request_id>/mend")
@declare(Action.MEND_REQUEST)
def mend_request(request_id: uuid.UUID) -> ResponseReturnValue:
    """Give what was missing and have the request judged again."""
    form = MendRequestForm()
    if not form.validate():
        return page(request_id, form=form), 400
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
    return page(request_id, values=values)
