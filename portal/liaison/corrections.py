"""This module knows the pages on which a record is put right, and on which those who hold the wrong value hear of it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from flask import flash, render_template
from flask.typing import ResponseReturnValue

from portal import vocabulary
from portal.desk import declare, desk
from portal.directory import directory
from portal.forms import AccordForm, VersionForm
from portal.liaison import recall_forms as forms
from portal.liaison.recalls import put_right
from portal.liaison.room import room
from protocols.actions import Action
from sharing import recalls
from sharing.errors import InvalidError
from sharing.recalls import Reached


def _form(found: Reached) -> forms.CorrectRecordForm:
    form = forms.CorrectRecordForm()
    titles = [(code, vocabulary.field_title(code).capitalize()) for code in found.record.fields]
    form.code.choices = [("", "Choose"), *titles]
    return form


def _reached(record_id: uuid.UUID) -> Reached:
    with desk().reading() as reading:
        return recalls.reached(reading, desk().partnership, desk().organisation, record_id)


def _page(found: Reached, form: AccordForm) -> str:
    with desk().reading() as reading:
        names = directory(reading)
    return render_template("liaison/correct_record.html", found=found, form=form, names=names)


@room.get("/records/<uuid:record_id>/correct")
@declare(Action.CORRECT_RECORD)
def ask_correction(record_id: uuid.UUID) -> ResponseReturnValue:
    """The fields of a record, and the form for the right value of one."""
    found = _reached(record_id)
    return _page(found, _form(found))


@room.post("/records/<uuid:record_id>/correct")
@declare(Action.CORRECT_RECORD)
def correct_record(record_id: uuid.UUID) -> ResponseReturnValue:
    """Seal the right value and tell everybody who holds the wrong one."""
    found = _reached(record_id)
    form = _form(found)
    if not form.validate():
        return _page(found, form), 400
    command = recalls.CorrectRecord(record_id, form.text("code"), form.text("value"))
    try:
        with desk().unit(form) as unit:
            made = recalls.correct_record(unit, command)
            led = desk().done("liaison.read_correction", correction_id=made.correction_id)
    except InvalidError as error:
        put_right(form, error, "value")
        return _page(found, form), 422
    flash(f"{made.ref}: put right. Everybody who holds the wrong value is told.", "done")
    return led


@room.get("/corrections")
@declare(Action.ACKNOWLEDGE_CORRECTION)
def list_corrections() -> ResponseReturnValue:
    """What others have put right, and what we have."""
    return _list()


def _list(*, opened: tuple[uuid.UUID, Mapping[str, str]] | None = None) -> str:
    with desk().reading() as reading:
        told = recalls.notices_to(reading, desk().partnership, desk().organisation)
        made = recalls.corrections_of(reading, desk().partnership, desk().organisation)
        names = directory(reading)
    return render_template(
        "liaison/list_corrections.html",
        told=told,
        made=made,
        names=names,
        forms=forms,
        opened=opened,
        ask=AccordForm(formdata=None),
        marking="OFFICIAL-SENSITIVE" if opened else "",
    )


@room.get("/corrections/<uuid:correction_id>")
@declare(Action.CORRECT_RECORD)
def read_correction(correction_id: uuid.UUID) -> ResponseReturnValue:
    """Who was told of a correction, and who has acknowledged it."""
    with desk().reading() as reading:
        found = recalls.correction(reading, desk().partnership, desk().organisation, correction_id)
        names = directory(reading)
    return render_template("liaison/read_correction.html", correction=found, names=names, forms=forms)


@room.post("/corrections/<uuid:notice_id>/open")
@declare(Action.VIEW_RELEASE)
def open_corrected(notice_id: uuid.UUID) -> ResponseReturnValue:
    """Open the right value: judged again, an entry in the ledger, then shown."""
    with desk().unit() as unit:
        values = recalls.open_corrected(unit, notice_id)
    return _list(opened=(notice_id, values))


@room.post("/corrections/<uuid:notice_id>/acknowledge")
@declare(Action.ACKNOWLEDGE_CORRECTION)
def acknowledge_correction(notice_id: uuid.UUID) -> ResponseReturnValue:
    """Say that the correction has reached whoever uses the wrong value."""
    with desk().reading() as reading:
        recalls.notice(reading, desk().partnership, desk().organisation, notice_id)
    form = VersionForm()
    if not form.validate():
        return _list(), 400
    try:
        with desk().unit(form) as unit:
            recalls.acknowledge_correction(unit, notice_id, form.number("version"))
            led = desk().done("liaison.list_corrections")
    except InvalidError as error:
        flash(str(error), "notice")
        return _list(), 422
    flash("The supplier sees that the correction has arrived.", "done")
    return led
