"""This module knows the pages on which an officer of the supplier says yes or no, and has to be right in law."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from flask import flash, render_template
from flask.typing import ResponseReturnValue

from portal import vocabulary
from portal.desk import declare, desk
from portal.directory import directory
from portal.forms import AccordForm
from portal.liaison.decide_forms import ConfirmForm, decide_form, field_name
from portal.liaison.room import room
from portal.request_parts import SayForm, answered, kind_or_other
from protocols.actions import Action
from protocols.request_kinds import refusal_reasons
from sharing import disclosures, requests
from sharing.errors import InvalidError
from sharing.requests import RULES, TO_DECIDE, WITH_SUPPLIER, RequestView, Say
from sharing.store import Session


@room.get("/requests")
@declare(Action.DECIDE_REQUEST)
def list_requests() -> ResponseReturnValue:
    """The requests put to one's own organisation, those that wait first."""
    with desk().reading() as reading:
        found = requests.requests_of(reading, desk().partnership, supplier=desk().organisation)
        pushes = requests.pushes_of(reading, desk().partnership, desk().organisation)
        names = directory(reading)
    ordered = sorted(found, key=lambda item: (item.status not in WITH_SUPPLIER, item.reply_due_on))
    to_decide = [each for each in pushes if each.supplier == desk().organisation and each.status == "waiting"]
    return render_template(
        "liaison/list_requests.html",
        requests=ordered,
        pushes=to_decide,
        names=names,
        today=desk().store.clock.today(),
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
        words = requests.view_words(unit, request_id)
    return _page(request_id, words=words)


def _screen(reading: Session, found: RequestView, names: Mapping[str, str]) -> requests.Screen:
    open_fields = requests.open_fields(reading, found)
    return requests.decision_screen(reading, desk().store.clock, found, desk().actor.officer_id, names, open_fields)


def _page(
    request_id: uuid.UUID,
    *,
    words: Mapping[str, str] | None = None,
    message: tuple[uuid.UUID, str] | None = None,
    form: AccordForm | None = None,
) -> str:
    partnership = desk().partnership
    with desk().reading() as reading:
        found = requests.request(reading, partnership, desk().organisation, request_id)
        names = directory(reading)
        every = disclosures.of_request(reading, partnership, request_id)
        past = requests.decisions(reading, partnership, request_id)
        details = requests.details_of(reading, partnership, request_id)
        messages = requests.messages_of(reading, partnership, request_id)
        results = requests.results_of(reading, partnership, request_id)
        screen = _screen(reading, found, names.organisations)
    kind = kind_or_other(found.kind)
    decide = form if form is not None and not isinstance(form, SayForm | ConfirmForm) else None
    return render_template(
        "liaison/decide_request.html",
        request_=found,
        kind=kind,
        names=names,
        every=every,
        decisions=past,
        details=answered(kind, details.answers, "questions"),
        sealed_words=bool(found.given) or details.has_words,
        messages=messages,
        message=message,
        results=[(each, answered(kind, each.answers, "results")) for each in results],
        screen=screen,
        words=words,
        may_decide=found.status in TO_DECIDE and not _refused_it(found, past),
        decide=decide or decide_form(screen.fields, filled=False),
        say=form if isinstance(form, SayForm) else SayForm(formdata=None),
        confirm=form if isinstance(form, ConfirmForm) else ConfirmForm(formdata=None),
        form=form,
        field_name=field_name,
        reasons=refusal_reasons(),
        ask=AccordForm(formdata=None),
        today=desk().store.clock.today(),
        marking="OFFICIAL-SENSITIVE" if words or message else "",
    )


def _refused_it(found: RequestView, past: tuple[requests.DecisionView, ...]) -> bool:
    """Whether this officer made the decision that was escalated: then somebody else decides."""
    return found.status == "escalated" and bool(past) and past[-1].officer_id == desk().actor.officer_id


@room.post("/requests/<uuid:request_id>")
@declare(Action.DECIDE_REQUEST, fresh=False)
def decide_request(request_id: uuid.UUID) -> ResponseReturnValue:
    """Decide; exactly the permitted fields leave at this moment, or wait for a second officer."""
    with desk().reading() as reading:
        found = requests.request(reading, desk().partnership, desk().organisation, request_id)
        screen = _screen(reading, found, {})
    form = decide_form(screen.fields)
    if not form.validate():
        return _page(request_id, form=form), 400
    try:
        with desk().unit(form) as unit:
            made = requests.decide(unit, _command(found, screen, form))
            led = desk().done("liaison.read_request", request_id=request_id)
    except InvalidError as error:
        for problem in error.problems:
            form.add_problem(_place(problem.where, form), f"{problem.message}. {problem.mend}".strip())
        return _page(request_id, form=form), 422
    _say_outcome(found, made.released)
    return led


def _say_outcome(found: RequestView, released: disclosures.Released | None) -> None:
    if released is None:
        flash(f"{found.ref} waits for a second officer. Nothing has left yet.", "notice")
        return
    words = {"released": "was released", "partly": "was released in part", "refused": "was refused"}
    flash(f"{found.ref} {words[released.outcome]} as {released.ref}. Both sides hold a receipt.", "done")


def _place(where: str, form: AccordForm) -> str:
    if where == "record":
        return "record_reference"
    if field_name(where) in form:
        chosen = refusal_reasons().get(form.text(field_name(where)))
        return "reason" if chosen and chosen.words and not form.text("reason").strip() else field_name(where)
    return where if where in form else "reason"


def _command(found: RequestView, screen: requests.Screen, form: AccordForm) -> requests.DecideRequest:
    reasons, said = refusal_reasons(), form.text("reason").strip()
    chosen = {each.code: form.text(field_name(each.code)) for each in screen.fields}
    refused = {code: reasons[choice] for code, choice in chosen.items() if choice in reasons}
    # A reason that speaks for itself is its own words; one that does not needs the decider's.
    why = {code: (said if each.words or said else each.title) for code, each in refused.items()}
    return requests.DecideRequest(
        request_id=found.id,
        version=form.number("version"),
        allow={code: choice for code, choice in chosen.items() if code not in refused and choice != RULES},
        refuse={code: (each.kind, why[code]) for code, each in refused.items()},
        reasons={code: each.code for code, each in refused.items()},
        left=frozenset(code for code, choice in chosen.items() if choice == RULES),
        necessary=form.text("necessary"),
        proportionate=form.text("proportionate"),
        record_reference=form.text("record_reference"),
    )


@room.post("/requests/<uuid:request_id>/ask")
@declare(Action.ASK_MORE)
def ask_more(request_id: uuid.UUID) -> ResponseReturnValue:
    """Ask what has to be known before it can be decided; one's own clock stops."""
    form = SayForm()
    if not form.validate():
        return _page(request_id, form=form), 400
    with desk().unit(form) as unit:
        requests.ask_more(unit, Say(request_id, form.number("version"), form.text("words")))
        led = desk().done("liaison.read_request", request_id=request_id)
    flash("Your question was sent. Your clock stops until they answer.", "notice")
    return led


@room.post("/requests/<uuid:request_id>/messages/<uuid:message_id>")
@declare(Action.DECIDE_REQUEST)
def view_message(request_id: uuid.UUID, message_id: uuid.UUID) -> ResponseReturnValue:
    """Open what one of the two wrote: an entry in the ledger first."""
    with desk().unit() as unit:
        words = requests.view_message(unit, request_id, message_id)
    return _page(request_id, message=(message_id, words))


@room.post("/requests/<uuid:request_id>/confirm")
@declare(Action.CONFIRM_DECISION)
def confirm_decision(request_id: uuid.UUID) -> ResponseReturnValue:
    """A second officer's yes or no to what a colleague has decided."""
    form = ConfirmForm()
    if not form.validate():
        return _page(request_id, form=form), 400
    with desk().unit(form) as unit:
        requests.confirm_decision(unit, request_id, form.number("version"), agreed=form.text("agreed") == "yes")
        led = desk().done("liaison.read_request", request_id=request_id)
    flash("Your answer is recorded.", "done")
    return led


@room.get("/given")
@declare(Action.DECIDE_REQUEST)
def list_given() -> ResponseReturnValue:
    """What one's own organisation has given or refused."""
    with desk().reading() as reading:
        found = disclosures.given_by(reading, desk().partnership, desk().organisation)
        names = directory(reading)
    return render_template("liaison/list_given.html", given=found, names=names, vocabulary=vocabulary)
