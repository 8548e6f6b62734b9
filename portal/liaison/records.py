"""This module knows the pages on which an organisation keeps the records that others may ask for."""

from __future__ import annotations

from flask import flash, render_template
from flask.typing import ResponseReturnValue

from portal.desk import declare, desk
from portal.liaison.forms import DepositRecordForm
from portal.liaison.room import room
from protocols.actions import Action
from sharing import disclosures, partners, returns
from sharing.errors import InvalidError, StaleError
from sharing.store import Session

FLAGS = [
    ("domestic-abuse", "Domestic abuse"),
    ("hate", "Hate"),
    ("child", "A child"),
    ("witness", "A witness"),
    ("safe-address", "An address that must stay secret"),
    ("covert", "Covert work"),
]
FIELDS = {
    "subject_name": "subject.name",
    "subject_address": "subject.address",
    "case_history": "case.history",
}


@room.get("/records")
@declare(Action.DEPOSIT_RECORD)
def list_records() -> ResponseReturnValue:
    """One's own records, in clear: reference, category, until when."""
    with desk().reading() as reading:
        found = disclosures.records_of(reading, desk().partnership, desk().organisation)
    return render_template("liaison/list_records.html", records=found)


def _form(reading: Session) -> DepositRecordForm:
    form = DepositRecordForm()
    form.category.choices = [("", "Choose"), *((kind.code, kind.label) for kind in returns.kinds().values())]
    form.area.choices = [
        ("", "Choose"),
        *((area.code, area.name) for area in partners.areas(reading, desk().partnership)),
    ]
    form.flags.choices = FLAGS
    return form


@room.get("/records/new")
@declare(Action.DEPOSIT_RECORD)
def ask_record() -> ResponseReturnValue:
    """The form."""
    with desk().reading() as reading:
        form = _form(reading)
    return render_template("liaison/deposit_record.html", form=form)


@room.post("/records/new")
@declare(Action.DEPOSIT_RECORD)
def deposit_record() -> ResponseReturnValue:
    """Seal and keep a record."""
    with desk().reading() as reading:
        form = _form(reading)
        wards = {area.code: area.name for area in partners.areas(reading, desk().partnership)}
    if not form.validate():
        return render_template("liaison/deposit_record.html", form=form), 400
    values = {code: form.text(name) for name, code in FIELDS.items()}
    if form.subject_dob.data:
        values["subject.dob"] = form.subject_dob.data.isoformat()
    command = disclosures.DepositRecord(
        reference=form.text("reference").strip(),
        area=form.text("area"),
        category=form.text("category"),
        retain_until=form.day("retain_until"),
        values={**values, "case.reference": form.text("reference").strip()},
        flags=tuple(form.flags.data or ()),
        areas={"ward": wards.get(form.text("area"), form.text("area"))},
    )
    try:
        with desk().unit(form) as unit:
            disclosures.deposit_record(unit, command)
            led = desk().done("liaison.list_records")
    except (InvalidError, StaleError) as error:
        form.add_problem("reference", str(error))
        return render_template("liaison/deposit_record.html", form=form), 422
    flash(f"{command.reference} is kept. Every field is sealed.", "done")
    return led
