"""This module knows the emergency pages: a short form, a call back, the write-up, the review; what is late is shown."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping

from flask import flash, render_template
from flask.typing import ResponseReturnValue

from portal import vocabulary
from portal.desk import declare, desk
from portal.directory import directory
from portal.forms import AccordForm
from portal.officer.request_forms import AllowEmergencyForm, EmergencyForm, ReviewEmergencyForm, WriteUpForm
from portal.officer.room import room
from protocols.actions import Action
from protocols.request_kinds import EMERGENCY, kind_of
from protocols.roles import Role
from sharing import disclosures, partners, requests
from sharing.errors import InvalidError
from sharing.requests import AllowEmergency, CloseEmergency, RequestView
from sharing.store import Session, Unit

PURPOSE = "emergency"
SEPARATOR = "|"


def _form(reading: Session) -> EmergencyForm:
    form = EmergencyForm()
    form.supplier.choices = [("", "Choose"), *directory(reading).choices(without=desk().organisation)]
    form.fields.choices = [(code, vocabulary.field_title(code).capitalize()) for code in kind_of(EMERGENCY).fields]
    return form


@room.get("/emergencies/new")
@declare(Action.MAKE_REQUEST)
def ask_emergency() -> ResponseReturnValue:
    """The short form."""
    with desk().reading() as reading:
        return render_template("officer/make_request_emergency.html", form=_form(reading))


@room.post("/emergencies/new")
@declare(Action.MAKE_REQUEST)
def make_emergency() -> ResponseReturnValue:
    """Ask at once; the supplier's duty officer sees it first."""
    with desk().reading() as reading:
        form = _form(reading)
    if not form.validate():
        return render_template("officer/make_request_emergency.html", form=form), 400
    command = requests.MakeRequest(
        kind=EMERGENCY,
        supplier=form.text("supplier"),
        purpose=PURPOSE,
        fields=tuple((code, None) for code in form.fields.data or ()),
        texts={name: form.text(name) for name in ("subject", "harm")},
        subject_ref=form.text("subject_ref"),
        channel=form.text("channel"),
    )
    try:
        with desk().unit(form) as unit:
            made = requests.make_request(unit, command)
            led = desk().done("officer.read_emergency", request_id=made.request_id)
    except InvalidError as error:
        for problem in error.problems:
            form.add_problem(problem.where if problem.where in form else "supplier", problem.message)
        return render_template("officer/make_request_emergency.html", form=form), 422
    return led


@room.get("/emergencies")
@declare(Action.READ_EMERGENCY)
def list_emergencies() -> ResponseReturnValue:
    """What waits for a duty officer, and what was allowed: written up, reviewed, or late."""
    whole = desk().may(Action.READ_LEDGER)
    organisation = None if whole else desk().organisation
    with desk().reading() as reading:
        found = requests.emergencies_of(reading, desk().partnership, organisation)
        every = requests.requests_of(reading, desk().partnership, only_open=True)
        names = directory(reading)
    waiting = [r for r in every if r.urgency == EMERGENCY and (whole or desk().organisation in {r.supplier, r.asker})]
    return render_template(
        "officer/list_request_emergencies.html",
        emergencies=found,
        waiting=waiting,
        names=names,
        today=desk().store.clock.today(),
    )


@room.get("/emergencies/<uuid:request_id>")
@declare(Action.READ_EMERGENCY)
def read_emergency(request_id: uuid.UUID) -> ResponseReturnValue:
    """One emergency; the words stay sealed until somebody opens them."""
    return _page(request_id)


def _page(request_id: uuid.UUID, *, words: Mapping[str, str] | None = None, form: AccordForm | None = None) -> str:
    with desk().reading() as reading:
        found = requests.request(reading, desk().partnership, desk().organisation, request_id)
        every = requests.emergencies_of(reading, desk().partnership, desk().organisation)
        made = disclosures.of_request(reading, desk().partnership, request_id)
        clock = desk().store.clock
        body = partners.member(reading, desk().partnership, found.asker, clock.today())
        contact = partners.whom_to_ring(
            reading, desk().partnership, found.supplier, clock.business_now(), clock.today(), role=Role.DUTY_OFFICER
        )
        names = directory(reading)
    allow = form if isinstance(form, AllowEmergencyForm) else AllowEmergencyForm(formdata=None)
    _allowable(allow, found)
    return render_template(
        "officer/read_request_emergency.html",
        request_=found,
        case=next((each for each in every if each.request_id == request_id), None),
        made=made[-1] if made else None,
        names=names,
        body=body,
        contact=contact,
        words=words,
        form=form,
        allow=allow,
        write_up=form if isinstance(form, WriteUpForm) else WriteUpForm(formdata=None),
        review=form if isinstance(form, ReviewEmergencyForm) else ReviewEmergencyForm(formdata=None),
        ask=AccordForm(formdata=None),
        today=clock.today(),
        marking="OFFICIAL-SENSITIVE" if words else "",
    )


def _allowable(form: AllowEmergencyForm, found: RequestView) -> None:
    """Each field in the form that is enough in an emergency, and whole."""
    enough = kind_of(EMERGENCY).enough
    choices, ticked = [], []
    for code, _ in found.fields:
        title = vocabulary.field_title(code).capitalize()
        coarser = enough.get(code)
        if coarser:
            choices.append((f"{code}{SEPARATOR}{coarser}", f"{title}: {vocabulary.form_title(code, coarser)}"))
        choices.append((f"{code}{SEPARATOR}as-is", title))
        ticked.append(f"{code}{SEPARATOR}{coarser or 'as-is'}")
    form.allow.choices = choices
    if form.allow.data is None:
        form.allow.data = ticked


@room.post("/emergencies/<uuid:request_id>/words")
@declare(Action.READ_REQUEST)
def view_emergency_words(request_id: uuid.UUID) -> ResponseReturnValue:
    """Open what the asker wrote: an entry first."""
    with desk().unit() as unit:
        words = requests.view_words(unit, request_id)
    return _page(request_id, words=words)


@room.post("/emergencies/<uuid:request_id>/allow")
@declare(Action.ALLOW_EMERGENCY)
def allow_emergency(request_id: uuid.UUID) -> ResponseReturnValue:
    """Allow what has to be known, after ringing back; nothing ticked refuses."""
    with desk().reading() as reading:
        found = requests.request(reading, desk().partnership, desk().organisation, request_id)
    form = AllowEmergencyForm()
    _allowable(form, found)
    if not form.validate():
        return _page(request_id, form=form), 400
    chosen = dict(reversed([value.split(SEPARATOR) for value in form.allow.data or ()]))
    command = AllowEmergency(
        request_id,
        form.number("version"),
        allow=chosen,
        called_back=bool(form.called_back.data),
        record_reference=form.text("record_reference"),
    )
    return _closing(request_id, form, lambda unit: requests.allow_emergency(unit, command), "Decided, and recorded.")


@room.post("/emergencies/<uuid:request_id>/write-up")
@declare(Action.WRITE_UP_EMERGENCY)
def write_up_emergency(request_id: uuid.UUID) -> ResponseReturnValue:
    """Write it up."""
    form = WriteUpForm()
    command = CloseEmergency(request_id, form.number("version"), form.text("words"))
    return _closing(
        request_id,
        form,
        lambda unit: requests.write_up_emergency(unit, command),
        "Written up. A second person reviews it.",
    )


@room.post("/emergencies/<uuid:request_id>/review")
@declare(Action.REVIEW_EMERGENCY)
def review_emergency(request_id: uuid.UUID) -> ResponseReturnValue:
    """Review it, as somebody who neither allowed it nor wrote it up."""
    form = ReviewEmergencyForm()
    command = CloseEmergency(request_id, form.number("version"), form.text("words"), form.text("finding"))
    return _closing(request_id, form, lambda unit: requests.review_emergency(unit, command), "The review is recorded.")


@room.post("/emergencies/<uuid:request_id>/write-up/open")
@declare(Action.READ_REQUEST)
def view_write_up(request_id: uuid.UUID) -> ResponseReturnValue:
    """Open write-up and review: an entry first."""
    with desk().unit() as unit:
        words = requests.view_write_up(unit, request_id)
    return _page(request_id, words=words)


def _closing(request_id: uuid.UUID, form: AccordForm, act: Callable[[Unit], object], done: str) -> ResponseReturnValue:
    if not form.validate():
        return _page(request_id, form=form), 400
    try:
        with desk().unit(form) as unit:
            act(unit)
            led = desk().done("officer.read_emergency", request_id=request_id)
    except InvalidError as error:
        for problem in error.problems:
            where = problem.where if problem.where in form else next(iter(form)).name
            form.add_problem(where, f"{problem.message} {problem.mend}".strip())
        return _page(request_id, form=form), 422
    flash(done, "done")
    return led
