"""This module knows the pages of what was told outside the portal: officers report it, their organisation and auditors read."""

from __future__ import annotations

import uuid
from datetime import datetime

from flask import flash, render_template
from flask.typing import ResponseReturnValue

from portal import vocabulary
from portal.auditor import words
from portal.auditor.forms import OUTSIDER, ReportOutsideForm
from portal.auditor.room import room
from portal.desk import declare, desk
from portal.directory import directory
from portal.forms import AccordForm
from protocols.actions import Action
from sharing import audit, disclosures
from sharing.errors import InvalidError
from sharing.store import Session
from sharing.store.clock import LONDON


def _whose() -> str | None:
    """An auditor sees every report of the partnership, anybody else those of the own organisation."""
    return None if desk().may(Action.READ_LEDGER) else desk().organisation


@room.get("/outside")
@declare(Action.READ_OUTSIDE)
def list_outside() -> ResponseReturnValue:
    """Reports, newest first, with how each was judged."""
    with desk().reading() as reading:
        found = audit.outside_disclosures(reading, desk().partnership, organisation=_whose())
        names = directory(reading)
        purposes = dict(disclosures.offers(reading, desk().partnership))
    return render_template(
        "auditor/list_outside.html",
        found=found,
        names=names,
        purposes={code: offer.text for code, offer in purposes.items()},
        channels=words.CHANNELS,
        counts={verdict: sum(each.verdict is verdict for each in found) for verdict in audit.Verdict},
    )


def _form(reading: Session, *, fresh: bool = False) -> ReportOutsideForm:
    form = ReportOutsideForm(formdata=None) if fresh else ReportOutsideForm()
    offers = disclosures.offers(reading, desk().partnership)
    codes = sorted({code for offer in offers.values() for code in offer.fields})
    form.recipient.choices = [
        ("", "Choose"),
        *directory(reading).choices(without=desk().organisation),
        (OUTSIDER, "Somebody outside the partnership"),
    ]
    form.purpose.choices = [("", "Choose"), *((offer.code, offer.text) for offer in offers.values())]
    names = directory(reading)
    colleagues = [each for each in names.officers_of(desk().organisation) if each.id != desk().actor.officer_id]
    form.allowed_by.choices = [("", "Nobody"), *((str(each.id), f"{each.name}, {each.post}") for each in colleagues)]
    form.fields.choices = [(code, vocabulary.field_title(code).capitalize()) for code in codes]
    return form


@room.get("/outside/report")
@declare(Action.REPORT_OUTSIDE)
def ask_report() -> ResponseReturnValue:
    """The form, with today and the present hour filled in: it is sent from the kerb as often as not."""
    now = desk().store.clock.business_now().astimezone(LONDON)
    with desk().reading() as reading:
        form = _form(reading, fresh=True)
    form.told_on.process(None, now.date())
    form.told_time.data = f"{now:%H:%M}"
    return render_template("auditor/report_outside.html", form=form)


@room.post("/outside/report")
@declare(Action.REPORT_OUTSIDE)
def report_outside() -> ResponseReturnValue:
    """Keep the report and say at once how it is judged."""
    with desk().reading() as reading:
        form = _form(reading)
    if not form.validate():
        return render_template("auditor/report_outside.html", form=form), 400
    try:
        with desk().unit(form) as unit:
            made = audit.report_outside(unit, _command(form))
            led = desk().done("auditor.read_outside", outside_id=made.id)
    except InvalidError as error:
        for problem in error.problems:
            form.add_problem(problem.where if problem.where in form else "recipient", problem.message)
        return render_template("auditor/report_outside.html", form=form), 422
    flash(f"{made.ref} was kept and judged. Your liaison officer sees it.", "done")
    return led


def _command(form: ReportOutsideForm) -> audit.ReportOutside:
    hour, minute = form.text("told_time").replace(".", ":").split(":")
    day = form.day("told_on")
    recipient = form.text("recipient")
    return audit.ReportOutside(
        told_at=datetime(day.year, day.month, day.day, int(hour), int(minute), tzinfo=LONDON),
        recipient="" if recipient == OUTSIDER else recipient or "nobody",
        channel=form.text("channel"),
        purpose=form.text("purpose"),
        fields=tuple(form.fields.data or ()),
        why=form.text("why"),
        told_to=form.text("told_to"),
        harm=form.text("harm"),
        called_back=bool(form.called_back.data),
        allowed_by=uuid.UUID(form.text("allowed_by")) if form.text("allowed_by") else None,
        subject_ref=form.text("subject_ref"),
    )


@room.get("/outside/<uuid:outside_id>")
@declare(Action.READ_OUTSIDE)
def read_outside(outside_id: uuid.UUID) -> ResponseReturnValue:
    """One report, field by field; its words stay sealed until somebody of the own organisation asks."""
    return _page(outside_id)


def _page(outside_id: uuid.UUID, opened: dict[str, str] | None = None) -> str:
    with desk().reading() as reading:
        found = audit.outside_disclosure(reading, desk().partnership, outside_id, organisation=_whose())
        names = directory(reading)
        purposes = dict(disclosures.offers(reading, desk().partnership))
    return render_template(
        "auditor/read_outside.html",
        found=found,
        names=names,
        purpose=words.purpose(found.purpose, purposes),
        channel=words.CHANNELS[found.channel],
        opened=opened,
        ask=AccordForm(formdata=None),
        own=found.organisation == desk().organisation,
        marking="OFFICIAL-SENSITIVE" if opened else "",
    )


@room.post("/outside/<uuid:outside_id>/words")
@declare(Action.VIEW_OWN_RECORD)
def view_outside(outside_id: uuid.UUID) -> ResponseReturnValue:
    """Open the words of a report of one's own organisation: an entry, then shown."""
    with desk().unit() as unit:
        opened = audit.view_outside(unit, outside_id)
    return _page(outside_id, opened)
