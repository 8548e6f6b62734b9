"""This module knows the register of breaches: the report, the 72 hours, each decision that the law asks for, the end."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue

from portal.desk import declare, desk
from portal.directory import directory
from portal.forms import AccordForm, VersionForm
from portal.liaison import recall_forms as forms
from portal.liaison.recalls import put_right
from portal.liaison.room import room
from protocols.actions import Action
from sharing import disclosures, recalls
from sharing.errors import InvalidError, NotFoundError
from sharing.recalls import BreachView
from sharing.store import Session, Unit


def _whose() -> str | None:
    """Whose breaches one sees: those of one's own organisation and those that concern it; an auditor all."""
    return None if desk().may(Action.READ_LEDGER) else desk().organisation


@room.get("/breaches")
@declare(Action.READ_BREACH)
def list_breaches() -> ResponseReturnValue:
    """The register, the clock of each beside it."""
    with desk().reading() as reading:
        found = recalls.breaches_of(reading, desk().partnership, _whose())
        names = directory(reading)
    return render_template(
        "liaison/list_breaches.html", found=found, names=names, forms=forms, now=desk().store.clock.business_now()
    )


@room.get("/breaches/counts")
@declare(Action.COUNT_BREACHES)
def count_breaches() -> ResponseReturnValue:
    """How many there were, for a co-ordinator: nothing of any."""
    with desk().reading() as reading:
        counts = recalls.count_breaches(reading, desk().partnership, desk().store.clock.business_now())
    return render_template("liaison/count_breaches.html", counts=counts)


def _report_form(reading: Session) -> forms.ReportBreachForm:
    form = forms.ReportBreachForm()
    form.parties.choices = directory(reading).choices(without=desk().organisation)
    return form


@room.get("/breaches/new")
@declare(Action.REPORT_BREACH)
def ask_breach() -> ResponseReturnValue:
    """The form; from a recall or a disclosure with what it is about filled in."""
    with desk().reading() as reading:
        form = _report_form(reading)
        form.about.data = ", ".join(_refs(reading))
    return render_template("liaison/report_breach.html", form=form)


def _refs(reading: Session) -> list[str]:
    try:
        if "recall" in request.args:
            wanted = uuid.UUID(request.args["recall"])
            found = recalls.recall(reading, desk().partnership, wanted, desk().organisation)
            return [ref for answer in found.answers for _, ref in answer.given]
    except ValueError:
        raise NotFoundError("There is no such recall.") from None
    return []


@room.post("/breaches/new")
@declare(Action.REPORT_BREACH)
def report_breach() -> ResponseReturnValue:
    """Put a breach on the register; everybody concerned sees it from now on, without its words."""
    with desk().reading() as reading:
        form = _report_form(reading)
        known = {each.ref: each.id for each in _ours(reading)}
    if not form.validate():
        return render_template("liaison/report_breach.html", form=form), 400
    refs = form.text("about").replace(",", " ").upper().split()
    for ref in refs:
        if ref not in known:
            form.add_problem("about", f"{ref} is no disclosure that you gave or were given")
    aware_at = form.moment("aware_on", "aware_time")
    if form.errors or aware_at is None:
        return render_template("liaison/report_breach.html", form=form), 422
    command = recalls.ReportBreach(
        kind=recalls.BreachKind(form.text("kind")),
        found_on=form.day("found_on"),
        aware_at=aware_at,
        what=form.text("what"),
        disclosure_ids=tuple(known[ref] for ref in refs),
        parties=tuple(form.parties.data or ()),
    )
    try:
        with desk().unit(form) as unit:
            breach_id = recalls.report_breach(unit, command)
            led = desk().done("liaison.read_breach", breach_id=breach_id)
    except InvalidError as error:
        put_right(form, error, "what")
        return render_template("liaison/report_breach.html", form=form), 422
    flash("The breach is on the register. The 72 hours run from when you became aware.", "notice")
    return led


def _ours(reading: Session) -> tuple[disclosures.DisclosureView, ...]:
    place = desk().partnership, desk().organisation
    return (*disclosures.given_by(reading, *place), *disclosures.given_to(reading, *place))


@room.get("/breaches/<uuid:breach_id>")
@declare(Action.READ_BREACH)
def read_breach(breach_id: uuid.UUID) -> ResponseReturnValue:
    """A breach, to the organisation that had it, those that it concerns, and an auditor."""
    return _page(breach_id)


@room.post("/breaches/<uuid:breach_id>/words")
@declare(Action.VIEW_OWN_RECORD)
def open_breach_words(breach_id: uuid.UUID) -> ResponseReturnValue:
    """Open what was written of one's own breach: an entry in the ledger first."""
    with desk().unit() as unit:
        words = recalls.open_breach_words(unit, breach_id)
    return _page(breach_id, words=words)


def _page(
    breach_id: uuid.UUID, *, words: Mapping[str, str] | None = None, sent: Mapping[str, AccordForm] | None = None
) -> str:
    with desk().reading() as reading:
        found = recalls.breach(reading, desk().partnership, breach_id, _whose())
        names = directory(reading)
    blank = {
        "assess": forms.AssessBreachForm(formdata=None),
        "report": forms.DecideReportForm(formdata=None),
        "tell": forms.DecideTellingForm(formdata=None),
        "close": forms.CloseBreachForm(formdata=None),
        "recall": AccordForm(formdata=None),
    }
    return render_template(
        "liaison/read_breach.html",
        breach=found,
        names=names,
        parties=[names.organisation(each) for each in found.parties],
        forms=forms,
        words=words,
        steps={**blank, **(sent or {})},
        form=next((form for form in (sent or {}).values() if form.errors), None),
        own=found.organisation == desk().organisation,
        now=desk().store.clock.business_now(),
        marking="OFFICIAL-SENSITIVE" if words else "",
    )


def _step(
    breach_id: uuid.UUID, name: str, form: AccordForm, act: Callable[[Unit], object], otherwise: str, said: str
) -> ResponseReturnValue:
    """Take one step with a form that has passed validation, or show it again with what is wrong."""
    try:
        with desk().unit(form) as unit:
            act(unit)
            led = desk().done("liaison.read_breach", breach_id=breach_id)
    except InvalidError as error:
        put_right(form, error, otherwise)
        return _page(breach_id, sent={name: form}), 422
    flash(said, "done")
    return led


def _own(breach_id: uuid.UUID) -> BreachView:
    with desk().reading() as reading:
        found = recalls.breach(reading, desk().partnership, breach_id, desk().organisation)
    if found.organisation != desk().organisation:
        raise NotFoundError("There is no such breach.")
    return found


@room.post("/breaches/<uuid:breach_id>/assess")
@declare(Action.HANDLE_BREACH)
def assess_breach(breach_id: uuid.UUID) -> ResponseReturnValue:
    """Say what follows for people."""
    _own(breach_id)
    form = forms.AssessBreachForm()
    if not form.validate():
        return _page(breach_id, sent={"assess": form}), 400
    command = recalls.AssessBreach(
        breach_id, form.number("version"), recalls.Risk(form.text("risk")), form.text("risk_words")
    )
    return _step(
        breach_id, "assess", form, lambda unit: recalls.assess_breach(unit, command), "risk", "The risk is assessed."
    )


@room.post("/breaches/<uuid:breach_id>/report")
@declare(Action.HANDLE_BREACH)
def decide_report(breach_id: uuid.UUID) -> ResponseReturnValue:
    """Record the report to the Commissioner, or why there is none."""
    _own(breach_id)
    form = forms.DecideReportForm()
    if not form.validate():
        return _page(breach_id, sent={"report": form}), 400
    reported, at = form.text("reported") == "yes", None
    if reported:
        if form.report_on.data is None:
            form.add_problem("report_on", "Enter the day of the report")
        else:
            at = form.moment("report_on", "report_time")
        if form.errors:
            return _page(breach_id, sent={"report": form}), 422
    command = recalls.DecideReport(
        breach_id, form.number("version"), reported, form.text("reference"), at, form.text("report_words")
    )
    said = "The decision about the Commissioner is kept."
    return _step(breach_id, "report", form, lambda unit: recalls.decide_report(unit, command), "reported", said)


@room.post("/breaches/<uuid:breach_id>/tell")
@declare(Action.HANDLE_BREACH)
def decide_telling(breach_id: uuid.UUID) -> ResponseReturnValue:
    """Record whether the people were told."""
    _own(breach_id)
    form = forms.DecideTellingForm()
    if not form.validate():
        return _page(breach_id, sent={"tell": form}), 400
    told, why = form.text("told") == "yes", form.text("untold_because")
    command = recalls.DecideTelling(
        breach_id,
        form.number("version"),
        told,
        recalls.Untold(why) if why and not told else None,
        form.text("told_words"),
    )
    said = "The decision about the people is kept."
    return _step(breach_id, "tell", form, lambda unit: recalls.decide_telling(unit, command), "told", said)


@room.post("/breaches/<uuid:breach_id>/close")
@declare(Action.HANDLE_BREACH)
def close_breach(breach_id: uuid.UUID) -> ResponseReturnValue:
    """Close it with what was learnt."""
    _own(breach_id)
    form = forms.CloseBreachForm()
    if not form.validate():
        return _page(breach_id, sent={"close": form}), 400
    version, lessons = form.number("version"), form.text("lessons")
    return _step(
        breach_id,
        "close",
        form,
        lambda unit: recalls.close_breach(unit, breach_id, version, lessons),
        "lessons",
        "The breach is closed. It stays on the register.",
    )


@room.post("/breaches/<uuid:breach_id>/recall")
@declare(Action.MAKE_RECALL)
def recall_breached(breach_id: uuid.UUID) -> ResponseReturnValue:
    """Recall everything that it is about and that was ours to give, in one click."""
    found = _own(breach_id)
    form = VersionForm()
    if not form.validate():
        return _page(breach_id), 400
    if not any(each.can_be_recalled for each in found.about):
        flash("Nothing that we gave is left to recall.", "notice")
        return _page(breach_id), 422
    return _step(
        breach_id,
        "recall",
        form,
        lambda unit: recalls.recall_breached(unit, breach_id, form.number("version")),
        "idempotency_key",
        "What we gave is recalled: frozen, closed, every recipient asked.",
    )
