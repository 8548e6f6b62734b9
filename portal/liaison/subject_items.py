"""This module knows the pages of one item: whether it goes to the person, and what its supplier says, asked and asking."""

from __future__ import annotations

import uuid

from flask import flash, render_template
from flask.typing import ResponseReturnValue

from portal.desk import declare, desk
from portal.directory import directory
from portal.forms import AccordForm
from portal.liaison.room import room
from portal.liaison.subject_forms import AdviseForm, DecideItemForm
from portal.liaison.subject_requests import WORDS, sent
from portal.liaison.subjects import explain
from protocols.actions import Action
from sharing import subjects
from sharing.disclosures import WAYS
from sharing.errors import InvalidError, NotFoundError, StaleError
from sharing.subjects import ItemView, SubjectRequestView

# --- one item --------------------------------------------------------------------------------------


@room.get("/subjects/<uuid:request_id>/items/<uuid:item_id>")
@declare(Action.ANSWER_SUBJECT)
def read_subject_item(request_id: uuid.UUID, item_id: uuid.UUID) -> ResponseReturnValue:
    """One item by reference, and the form to decide on it."""
    return _item_page(request_id, item_id)


def _item_page(
    request_id: uuid.UUID,
    item_id: uuid.UUID,
    form: DecideItemForm | None = None,
    opened: dict[str, str] | None = None,
) -> str:
    found, item = _item(request_id, item_id)
    with desk().reading() as reading:
        names = directory(reading)
        codes = subjects.fields_of(reading, desk().partnership, item.kind, item.row_id)
    return render_template(
        "liaison/decide_subject_item.html",
        found=found,
        item=item,
        names=names,
        ways=WAYS,
        words=WORDS,
        reasons=subjects.reasons(),
        form=form or DecideItemForm(formdata=None, fields=codes),
        ask=AccordForm(formdata=None),
        opened=opened,
        marking="OFFICIAL-SENSITIVE" if opened else "",
        today=desk().store.clock.today(),
    )


def _item(request_id: uuid.UUID, item_id: uuid.UUID) -> tuple[SubjectRequestView, ItemView]:
    with desk().reading() as reading:
        found = subjects.subject_request(reading, desk().partnership, desk().organisation, request_id)
    item = next((each for each in found.items if each.id == item_id), None)
    if item is None:
        raise NotFoundError("There is no such item.")
    return found, item


@room.post("/subjects/<uuid:request_id>/items/<uuid:item_id>/open")
@declare(Action.VIEW_OWN_RECORD)
def open_subject_item(request_id: uuid.UUID, item_id: uuid.UUID) -> ResponseReturnValue:
    """Open what has to be decided on: an entry before a byte is shown."""
    _item(request_id, item_id)
    with desk().unit() as unit:
        opened = subjects.open_item(unit, item_id)
    return _item_page(request_id, item_id, opened=opened)


@room.post("/subjects/<uuid:request_id>/items/<uuid:item_id>")
@declare(Action.INCLUDE_SUBJECT_ITEM)
def decide_subject_item(request_id: uuid.UUID, item_id: uuid.UUID) -> ResponseReturnValue:
    """Decide what becomes of an item."""
    _, item = _item(request_id, item_id)
    with desk().reading() as reading:
        form = DecideItemForm(fields=subjects.fields_of(reading, desk().partnership, item.kind, item.row_id))
    if not form.validate():
        return _item_page(request_id, item_id, form), 400
    command = subjects.DecideItem(
        item_id=item_id,
        version=form.number("version"),
        outcome=form.text("outcome"),
        reason=form.text("reason"),
        re_examine_on=form.re_examine_on.data,
        why=form.text("why"),
        left_out=tuple(form.left_out.data or ()),
    )
    try:
        with desk().unit(form) as unit:
            subjects.decide_item(unit, command)
            led = desk().done("liaison.read_subject_request", request_id=request_id)
    except (InvalidError, StaleError) as error:
        explain(form, error, "outcome")
        return _item_page(request_id, item_id, form), 422
    flash("The decision is kept.", "done")
    return led


@room.post("/subjects/<uuid:request_id>/items/<uuid:item_id>/consult")
@declare(Action.ANSWER_SUBJECT)
def consult_supplier(request_id: uuid.UUID, item_id: uuid.UUID) -> ResponseReturnValue:
    """Ask whoever supplied a copy."""
    _item(request_id, item_id)
    form = AccordForm()
    return sent(
        request_id,
        "consult",
        form,
        lambda unit: subjects.consult_supplier(unit, item_id),
        "The supplier is asked, by the disclosure’s reference.",
    )


# --- as a supplier ---------------------------------------------------------------------------------


@room.get("/subjects/questions/<uuid:question_id>")
@declare(Action.ADVISE_ON_SUBJECT)
def read_subject_question(question_id: uuid.UUID) -> ResponseReturnValue:
    """What an organisation that we gave something asks before the person gets it."""
    return _question_page(question_id, AdviseForm(formdata=None))


def _question_page(question_id: uuid.UUID, form: AdviseForm) -> str:
    with desk().reading() as reading:
        asked = subjects.questions_to(reading, desk().partnership, desk().organisation)
        names = directory(reading)
    question = next((each for each in asked if each.id == question_id), None)
    if question is None:
        raise NotFoundError("There is no such question.")
    return render_template(
        "liaison/advise_on_subject.html",
        question=question,
        names=names,
        form=form,
        words=WORDS,
        reasons=subjects.reasons(),
    )


@room.post("/subjects/questions/<uuid:question_id>")
@declare(Action.ADVISE_ON_SUBJECT)
def advise_on_subject(question_id: uuid.UUID) -> ResponseReturnValue:
    """Answer as the supplier."""
    form = AdviseForm()
    if not form.validate():
        return _question_page(question_id, form), 400
    try:
        with desk().unit(form) as unit:
            subjects.advise_on_item(unit, question_id, form.number("version"), form.text("advice"), form.text("reason"))
            led = desk().done("liaison.list_subject_requests")
    except InvalidError as error:
        explain(form, error, "advice")
        return _question_page(question_id, form), 422
    flash("Your answer is kept. They decide.", "done")
    return led
