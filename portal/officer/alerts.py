"""This module knows the pages of breach alerts: raise one, see that it has arrived, say what came of it; and who is reached."""

from __future__ import annotations

import uuid
from email.message import EmailMessage

from flask import current_app, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import mail
from portal.desk import declare, desk
from portal.directory import Directory, directory
from portal.forms import AccordForm, VersionForm
from portal.officer.register_forms import (
    AlertContactForm,
    AlertResultForm,
    RaiseAlertForm,
    TellAlertForm,
    put_problems,
)
from portal.officer.room import room
from protocols.actions import Action
from protocols.register_kinds import alert_kind
from sharing import disclosures, partners, registers
from sharing.errors import InvalidError
from sharing.registers import AlertView, NameContact, RaiseAlert
from sharing.store import Session

KIND = alert_kind("breach-of-order")
EVERYWHERE = "Everywhere else"


@room.get("/alerts")
@declare(Action.READ_ALERT)
def list_alerts() -> ResponseReturnValue:
    """Alerts of one's own agency, raised and received: what nobody has acknowledged comes first."""
    with desk().reading() as reading:
        found = registers.alerts_of(reading, desk().actor)
        reached = registers.contacts(reading, desk().partnership)
        names, areas = directory(reading), _areas(reading)
    return render_template(
        "officer/list_alerts.html",
        alerts=found,
        contacts=reached,
        names=names,
        areas=areas,
        kind=KIND,
        now=desk().store.clock.business_now(),
        officer_id=desk().actor.officer_id,
    )


def _areas(reading: Session) -> dict[str, str]:
    return {"": EVERYWHERE} | {area.code: area.name for area in partners.areas(reading, desk().partnership)}


def _form(reading: Session) -> RaiseAlertForm:
    form = RaiseAlertForm()
    form.order_kind.choices = [("", "Choose"), *KIND.orders.items()]
    form.area.choices = [(code, "Not in any of these" if not code else name) for code, name in _areas(reading).items()]
    return form


@room.get("/alerts/new")
@declare(Action.RAISE_ALERT)
def ask_alert() -> ResponseReturnValue:
    """The form; the day is today."""
    with desk().reading() as reading:
        form = _form(reading)
    today = desk().store.clock.today()
    form.happened_on.parts = (str(today.day), str(today.month), str(today.year))
    return render_template("officer/raise_alert.html", form=form)


@room.post("/alerts/new")
@declare(Action.RAISE_ALERT)
def raise_alert() -> ResponseReturnValue:
    """Raise it: it is on the contact's list at once, and a letter without anybody's name goes to contact and deputy."""
    with desk().reading() as reading:
        form = _form(reading)
    if not form.validate():
        return render_template("officer/raise_alert.html", form=form), 400
    try:
        with desk().unit(form) as unit:
            made = registers.raise_alert(unit, _command(form))
            led = desk().done("officer.read_alert", alert_id=made.id)
            contact_id, deputy_id = made.contact_id, made.deputy_id
    except InvalidError as error:
        put_problems(form, error, {}, "order_kind")
        return render_template("officer/raise_alert.html", form=form), 422
    _write_letters(contact_id, deputy_id, made.id)
    flash("The alert is on its way. In danger, ring 999 as well.", "done")
    return led


def _command(form: RaiseAlertForm) -> RaiseAlert:
    return RaiseAlert(
        order_kind=form.text("order_kind"),
        order_ref=form.text("order_ref"),
        power_of_arrest=form.text("power_of_arrest") == "yes",
        happened_at=form.happened_at(),
        area=form.text("area"),
        words={
            "subject.name": form.text("name"),
            "subject.address": form.text("address"),
            "case.history": form.text("history"),
        },
    )


def _write_letters(contact_id: uuid.UUID, deputy_id: uuid.UUID, alert_id: uuid.UUID) -> None:
    """Tell contact and deputy that something waits: no reference, no place, nobody's name."""
    with desk().reading() as reading:
        people = directory(reading).officers
        found = registers.alert(reading, desk().actor, alert_id)
    settings = current_app.extensions["accord.settings"]
    link = url_for("officer.read_alert", alert_id=alert_id, _external=True)
    minutes = int((found.escalates_at - found.raised_at).total_seconds() // 60)
    for officer_id, says in (
        (contact_id, "A breach of an order waits for you in Accord. Acknowledge it there."),
        (
            deputy_id,
            f"A breach of an order has been raised. If nobody acknowledges it within {minutes} minutes, it is yours.",
        ),
    ):
        address = people[officer_id].email
        if address:
            message = EmailMessage()
            message["To"], message["From"], message["Subject"] = address, settings.mail_from, "Accord: a breach alert"
            message.set_content(f"{says}\n\n{link}\n")
            mail.deliver(settings, message)


@room.get("/alerts/<uuid:alert_id>")
@declare(Action.READ_ALERT)
def read_alert(alert_id: uuid.UUID) -> ResponseReturnValue:
    """An alert in clear; what happened stays sealed until somebody asks."""
    return _page(alert_id)


def _page(alert_id: uuid.UUID, *, opened: dict[str, str] | None = None, form: AccordForm | None = None) -> str:
    with desk().reading() as reading:
        found = registers.alert(reading, desk().actor, alert_id)
        names, areas = directory(reading), _areas(reading)
        made = _disclosure(reading, found)
    return render_template(
        "officer/read_alert.html",
        alert=found,
        made=made,
        names=names,
        areas=areas,
        opened=opened,
        form=form,
        ask=AccordForm(formdata=None),
        press=VersionForm(formdata=None),
        tell=form if isinstance(form, TellAlertForm) else TellAlertForm(formdata=None),
        result=form if isinstance(form, AlertResultForm) else _result_form(blank=True),
        now=desk().store.clock.business_now(),
        mine=found.waits_for(desk().actor.officer_id, desk().store.clock.business_now()),
        marking="OFFICIAL-SENSITIVE" if opened else "",
    )


def _disclosure(reading: Session, found: AlertView) -> disclosures.DisclosureView | None:
    if found.disclosure_id is None:
        return None
    return disclosures.disclosure_of(reading, desk().partnership, desk().organisation, found.disclosure_id)


@room.post("/alerts/<uuid:alert_id>/open")
@declare(Action.READ_ALERT)
def open_alert(alert_id: uuid.UUID) -> ResponseReturnValue:
    """Open what happened: one's own record, or what one was told of it."""
    with desk().unit() as unit:
        opened = registers.open_alert(unit, alert_id)
    return _page(alert_id, opened=opened)


@room.post("/alerts/<uuid:alert_id>/tell")
@declare(Action.TELL_ALERT)
def tell_alert(alert_id: uuid.UUID) -> ResponseReturnValue:
    """Let what happened leave to the contact's agency, as far as the rules permit."""
    form = TellAlertForm()
    if not form.validate():
        return _page(alert_id, form=form), 400
    texts = {name: form.text(name) for name in ("necessity", "proportionality")}
    try:
        with desk().unit(form) as unit:
            done = registers.tell_alert(unit, alert_id, form.number("version"), **texts)
            led = desk().done("officer.read_alert", alert_id=alert_id)
    except InvalidError as error:
        put_problems(form, error, {}, "necessity")
        return _page(alert_id, form=form), 422
    told = "What happened has been told." if done.outcome != "refused" else "The rules withhold it; that is recorded."
    flash(told, "done" if done.outcome != "refused" else "notice")
    return led


@room.post("/alerts/<uuid:alert_id>/acknowledge")
@declare(Action.ACKNOWLEDGE_ALERT)
def acknowledge_alert(alert_id: uuid.UUID) -> ResponseReturnValue:
    """Say that it has arrived; the moment is kept."""
    form = VersionForm()
    if not form.validate():
        return _page(alert_id), 400
    with desk().unit(form) as unit:
        registers.acknowledge_alert(unit, alert_id, form.number("version"))
        led = desk().done("officer.read_alert", alert_id=alert_id)
    flash("Acknowledged.", "done")
    return led


def _result_form(*, blank: bool = False) -> AlertResultForm:
    form = AlertResultForm(formdata=None) if blank else AlertResultForm()
    form.result.choices = list(KIND.results.items())
    return form


@room.post("/alerts/<uuid:alert_id>/result")
@declare(Action.RECORD_ALERT_RESULT)
def record_alert_result(alert_id: uuid.UUID) -> ResponseReturnValue:
    """Say what came of it."""
    form = _result_form()
    if not form.validate():
        return _page(alert_id, form=form), 400
    try:
        with desk().unit(form) as unit:
            registers.record_alert_result(unit, alert_id, form.number("version"), form.text("result"))
            led = desk().done("officer.read_alert", alert_id=alert_id)
    except InvalidError as error:
        put_problems(form, error, {}, "result")
        return _page(alert_id, form=form), 422
    flash("The result is recorded.", "done")
    return led


@room.get("/alert-contacts/new")
@declare(Action.NAME_ALERT_CONTACT)
def ask_alert_contact() -> ResponseReturnValue:
    """Whom alerts of an area reach."""
    with desk().reading() as reading:
        form = _contact_form(reading, directory(reading))
    form.minutes.data = str(KIND.minutes)
    form.area.data = request.args.get("area", "")
    return render_template("officer/name_alert_contact.html", form=form)


def _contact_form(reading: Session, names: Directory) -> AlertContactForm:
    form = AlertContactForm()
    people = [("", "Choose"), *((str(o.id), f"{o.name}, {o.post}") for o in names.officers_of(desk().organisation))]
    form.officer.choices = form.deputy.choices = people
    form.area.choices = list(_areas(reading).items())
    return form


@room.post("/alert-contacts/new")
@declare(Action.NAME_ALERT_CONTACT)
def name_alert_contact() -> ResponseReturnValue:
    """Name contact and deputy, in place of whoever it was."""
    with desk().reading() as reading:
        form = _contact_form(reading, directory(reading))
    if not form.validate():
        return render_template("officer/name_alert_contact.html", form=form), 400
    command = NameContact(
        uuid.UUID(form.text("officer")), uuid.UUID(form.text("deputy")), form.number("minutes"), form.text("area")
    )
    try:
        with desk().unit(form) as unit:
            registers.name_contact(unit, command)
            may_list = Action.READ_ALERT in desk().actor.actions
            led = desk().done("officer.list_alerts" if may_list else "officer.ask_alert_contact")
    except InvalidError as error:
        put_problems(form, error, {}, "officer")
        return render_template("officer/name_alert_contact.html", form=form), 422
    flash("Alerts of this area reach them from now on.", "done")
    return led
