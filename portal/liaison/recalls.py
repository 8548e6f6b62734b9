"""This module knows the pages of recalls: what reached whom, taking it back, the recipients' answers, the end."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue

from portal.desk import declare, desk
from portal.directory import Directory, directory
from portal.forms import AccordForm
from portal.liaison import recall_forms as forms
from portal.liaison.room import room
from protocols.actions import Action
from sharing import disclosures, recalls, requests
from sharing.disclosures import recalled
from sharing.errors import InvalidError, NotFoundError
from sharing.recalls import Reached
from sharing.store import Session


@room.get("/recalls")
@declare(Action.READ_RECALL)
def list_recalls() -> ResponseReturnValue:
    """The recalls that one's own organisation made or was asked; an auditor's list is the partnership's."""
    with desk().reading() as reading:
        own = None if desk().may(Action.READ_LEDGER) else desk().organisation
        made = recalls.recalls_of(reading, desk().partnership, supplier=own)
        asked = recalls.recalls_of(reading, desk().partnership, recipient=own) if own else ()
        names = directory(reading)
    return render_template(
        "liaison/list_recalls.html", made=made, asked=asked, names=names, forms=forms, today=desk().store.clock.today()
    )


@room.get("/recalls/new")
@declare(Action.MAKE_RECALL)
def ask_recall() -> ResponseReturnValue:
    """What of a record reached whom, with what can still be taken back chosen: from a record, a disclosure or a request."""
    with desk().reading() as reading:
        record_id, begun = _start(reading)
        found = recalls.reached(reading, desk().partnership, desk().organisation, record_id)
        names = directory(reading)
    form = _form(found, names)
    form.record_id.data = str(record_id)
    form.disclosures.data = [str(each.id) for each in found.releases if _can(each) and (not begun or each.id in begun)]
    return _new_page(found, names, form)


def _start(reading: Session) -> tuple[uuid.UUID, frozenset[uuid.UUID]]:
    """The record that is meant, and the disclosures to begin with; all of the record where none is named."""
    place = desk().partnership, desk().organisation
    if "record" in request.args:
        return _id(request.args["record"]), frozenset()
    if "request" in request.args:
        asked = requests.request(reading, *place, _id(request.args["request"]))
        given = [
            each for each in disclosures.of_request(reading, desk().partnership, asked.id) if each.outcome != "refused"
        ]
    else:
        given = [disclosures.disclosure_of(reading, *place, _id(request.args.get("disclosure", "")))]
    record_id = recalled.record_of(reading, desk().partnership, given[0].id) if given else None
    if record_id is None:
        raise NotFoundError("Nothing has been given that could be taken back.")
    return record_id, frozenset(each.id for each in given)


def _id(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise NotFoundError("There is no such record.") from None


def _can(given: disclosures.DisclosureView) -> bool:
    return given.recalled_at is None


def _form(found: Reached | None, names: Directory) -> forms.MakeRecallForm:
    form = forms.MakeRecallForm()
    left = [each for each in found.releases if _can(each)] if found else []
    form.disclosures.choices = [(str(each.id), f"{each.ref} to {names.organisation(each.recipient)}") for each in left]
    return form


def _new_page(found: Reached, names: Directory, form: AccordForm) -> str:
    return render_template(
        "liaison/make_recall.html",
        found=found,
        names=names,
        form=form,
        people=_people(names),
        ahead=desk().store.clock.offset,  # the ledger's time is the machine's, which a demonstration's day is not
        left_in=recalled.left_in,
    )


def _people(names: Directory) -> Mapping[str, str]:
    """Who stands behind a name in the ledger."""
    return {
        f"u_{each.user_id.hex}": f"{each.name}, {names.organisation(each.organisation)}"
        for each in names.officers.values()
        if each.user_id
    }


@room.post("/recalls/new")
@declare(Action.MAKE_RECALL)
def make_recall() -> ResponseReturnValue:
    """Take it back: the record is frozen, nobody opens it any more, every recipient is asked."""
    with desk().reading() as reading:
        names = directory(reading)
        record_id = _id(request.form.get("record_id", ""))
        found = recalls.reached(reading, desk().partnership, desk().organisation, record_id)
    form = _form(found, names)
    if not form.validate():
        return _new_page(found, names, form), 400
    command = recalls.MakeRecall(
        record_id=record_id,
        disclosure_ids=tuple(uuid.UUID(each) for each in form.disclosures.data or ()),
        reason=recalls.Reason(form.text("reason")),
        note=form.text("note"),
        due_days=form.number("due_days"),
    )
    try:
        with desk().unit(form) as unit:
            made = recalls.make_recall(unit, command)
            led = desk().done("liaison.read_recall", recall_id=made.recall_id)
    except InvalidError as error:
        put_right(form, error, "disclosures")
        return _new_page(found, names, form), 422
    flash(f"{made.ref}: the record is frozen, and nobody can open what was recalled.", "done")
    return led


@room.get("/recalls/<uuid:recall_id>")
@declare(Action.READ_RECALL)
def read_recall(recall_id: uuid.UUID) -> ResponseReturnValue:
    """A recall: to its supplier and an auditor with every recipient, to a recipient with its own part."""
    return _page(recall_id)


@room.post("/recalls/<uuid:recall_id>/words")
@declare(Action.READ_RECALL)
def open_recall_words(recall_id: uuid.UUID) -> ResponseReturnValue:
    """Open one's own note and the words that came with answers: entries in the ledger first."""
    with desk().unit() as unit:
        words = recalls.open_words(unit, recall_id)
    return _page(recall_id, words=words)


def _page(recall_id: uuid.UUID, *, words: Mapping[str, str] | None = None, end: AccordForm | None = None) -> str:
    whole = desk().may(Action.READ_LEDGER)
    with desk().reading() as reading:
        found = recalls.recall(reading, desk().partnership, recall_id, None if whole else desk().organisation)
        given = {
            each: disclosures.disclosure(reading, desk().partnership, each)
            for answer in found.answers
            for each, _ in answer.given
        }
        opened = recalled.openings(reading, desk().partnership, list(given))
        names = directory(reading)
    return render_template(
        "liaison/read_recall.html",
        recall=found,
        given=given,
        opened=opened,
        left_in=recalled.left_in,
        people=_people(names),
        ahead=desk().store.clock.offset,
        names=names,
        forms=forms,
        words=words,
        own=desk().organisation,
        end=end or forms.EndRecallForm(formdata=None),
        form=end,
        ask=AccordForm(formdata=None),
        today=desk().store.clock.today(),
        marking="OFFICIAL-SENSITIVE" if words else "",
    )


@room.post("/recalls/<uuid:recall_id>/end")
@declare(Action.END_RECALL)
def end_recall(recall_id: uuid.UUID) -> ResponseReturnValue:
    """End a recall, as settled or as a mistake."""
    form = forms.EndRecallForm()
    if not form.validate():
        return _page(recall_id, end=form), 400
    command = recalls.EndRecall(recall_id, form.number("version"), form.text("how") == "mistake", form.text("words"))
    try:
        with desk().unit(form) as unit:
            recalls.end_recall(unit, command)
            led = desk().done("liaison.read_recall", recall_id=recall_id)
    except InvalidError as error:
        put_right(form, error, "how")
        return _page(recall_id, end=form), 422
    flash("The recall has ended.", "done")
    return led


@room.get("/recalls/<uuid:recall_id>/answer")
@declare(Action.ANSWER_RECALL, fresh=True)
def ask_answer(recall_id: uuid.UUID) -> ResponseReturnValue:
    """The question to one's own organisation, with the form for the answer."""
    return _answer_page(recall_id, forms.AnswerRecallForm(formdata=None))


def _answer_page(recall_id: uuid.UUID, form: AccordForm) -> str:
    with desk().reading() as reading:
        found = recalls.recall(reading, desk().partnership, recall_id, desk().organisation)
        mine = next((each for each in found.answers if each.recipient == desk().organisation), None)
        if mine is None:
            raise NotFoundError("There is no such recall.")
        given = {each: disclosures.disclosure(reading, desk().partnership, each) for each, _ in mine.given}
        names = directory(reading)
    return render_template(
        "liaison/answer_recall.html",
        recall=found,
        mine=mine,
        given=given,
        left_in=recalled.left_in,
        names=names,
        form=form,
        forms=forms,
    )


@room.post("/recalls/<uuid:recall_id>/answer")
@declare(Action.ANSWER_RECALL, fresh=True)
def answer_recall(recall_id: uuid.UUID) -> ResponseReturnValue:
    """Sign the answer; "destroyed" destroys the copy's key at this moment."""
    form = forms.AnswerRecallForm()
    if not form.validate():
        return _answer_page(recall_id, form), 400
    because = None
    if form.text("answer") == "kept":
        if not form.text("because"):
            form.add_problem("because", "Choose what it is kept because of")
            return _answer_page(recall_id, form), 422
        because = recalls.KeptBecause(form.text("because"))
    command = recalls.AnswerRecall(recall_id, form.number("version"), because, form.text("words"))
    try:
        with desk().unit(form) as unit:
            recalls.answer_recall(unit, command)
            led = desk().done("liaison.read_recall", recall_id=recall_id)
    except InvalidError as error:
        put_right(form, error, "answer")
        return _answer_page(recall_id, form), 422
    flash("Your answer is signed. Both sides hold a receipt.", "done")
    return led


def put_right(form: AccordForm, error: InvalidError, otherwise: str) -> None:
    """Put a service's complaints at the inputs that they are about."""
    for problem in error.problems:
        form.add_problem(
            problem.where if problem.where in form else otherwise, f"{problem.message}. {problem.mend}".strip()
        )
