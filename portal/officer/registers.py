"""This module knows the pages of the dated registers: what we keep, what partners told us, what is due."""

from __future__ import annotations

import uuid
from datetime import date

from flask import abort, flash, render_template
from flask.typing import ResponseReturnValue
from wtforms import SelectField

from portal import words
from portal.desk import declare, desk
from portal.directory import Directory, directory
from portal.forms import AccordForm
from portal.officer.register_forms import (
    ChangeTeamForm,
    CirculateRegisterForm,
    EndRegisterForm,
    EnterRegisterForm,
    ReviewRegisterForm,
    answers,
    asking,
    input_name,
    put_problems,
)
from portal.officer.room import room
from protocols.actions import Action
from protocols.register_kinds import RegisterKind, UnknownKindError, Visible, register_kind, register_kinds
from sharing import registers
from sharing.errors import InvalidError
from sharing.registers import EnterRegister, ReviewRegister
from sharing.store import Session


@room.app_template_filter("iso_day")
def iso_day(value: str) -> str:
    """A stored day in words."""
    return words.day(date.fromisoformat(value))


@room.get("/registers")
@declare(Action.READ_REGISTER)
def list_registers() -> ResponseReturnValue:
    """Every register with what is due in it, and what partners have told."""
    return _list()


def _list(opened: dict[uuid.UUID, dict[str, str]] | None = None) -> str:
    today = desk().store.clock.today()
    with desk().reading() as reading:
        found = registers.entries(reading, desk().actor, today)
        late = registers.unreviewed(reading, desk().actor, today, everywhere=desk().may(Action.RUN_MEETING))
        told = registers.told_to(reading, desk().partnership, desk().organisation, today)
        names = directory(reading)
        waiting = {
            code: registers.to_circulate(reading, desk().partnership, desk().organisation, kind, today)
            for code, kind in register_kinds().items()
            if kind.visible is Visible.CIRCULATED
        }
    live = [each for each in found if each.state(today) is registers.State.LIVE]
    return render_template(
        "officer/list_registers.html",
        kinds=register_kinds().values(),
        counts={code: sum(each.kind.code == code for each in live) for code in register_kinds()},
        waiting=waiting,
        late=late,
        told=told,
        opened=opened or {},
        names=names,
        ask=AccordForm(formdata=None),
        marking="OFFICIAL-SENSITIVE" if opened else "",
    )


@room.get("/registers/of/<kind>")
@declare(Action.READ_REGISTER)
def read_kind_of_register(kind: str) -> ResponseReturnValue:
    """One register: its entries, those to be reviewed first."""
    return _register(kind)


def _circulate_form(
    reading: Session, kind: RegisterKind, names: Directory, *, blank: bool = False
) -> CirculateRegisterForm:
    """Every partner whom a line reaches, all of them ticked to begin with."""
    today = desk().store.clock.today()
    reach = sorted(registers.recipients(reading, desk().partnership, desk().organisation, kind.purpose, today))
    form = CirculateRegisterForm(formdata=None, data={"partners": reach}) if blank else CirculateRegisterForm()
    form.partners.choices = [(code, names.organisation(code)) for code in reach]
    return form


def _register(code: str, form: CirculateRegisterForm | None = None) -> str:
    kind, today = _kind(code), desk().store.clock.today()
    with desk().reading() as reading:
        found = registers.entries(reading, desk().actor, today, kind=code)
        names = directory(reading)
        waiting = (
            registers.to_circulate(reading, desk().partnership, desk().organisation, kind, today)
            if kind.visible is Visible.CIRCULATED
            else 0
        )
        circulate = form or _circulate_form(reading, kind, names, blank=True)
    found = tuple(sorted(found, key=lambda each: (each.state(today) is not registers.State.LIVE, each.review_due_on)))
    return render_template(
        "officer/list_register.html",
        kind=kind,
        entries=found,
        names=names,
        today=today,
        waiting=waiting,
        circulate=circulate,
        form=form,
    )


@room.get("/registers/of/<kind>/new")
@declare(Action.ENTER_REGISTER)
def ask_register(kind: str) -> ResponseReturnValue:
    """The form of a new entry."""
    found = _kind(kind)
    with desk().reading() as reading:
        form = _form(found, directory(reading))
    return _enter_page(found, form)


@room.post("/registers/of/<kind>/new")
@declare(Action.ENTER_REGISTER)
def enter_register(kind: str) -> ResponseReturnValue:
    """Make an entry; what is about a person is sealed."""
    found = _kind(kind)
    with desk().reading() as reading:
        form = _form(found, directory(reading))
    if not form.validate():
        return _enter_page(found, form), 400
    command = EnterRegister(
        kind, form.day("expires_on"), uuid.UUID(form.text("reviewer")), answers(form, found.questions)
    )
    try:
        with desk().unit(form) as unit:
            made = registers.enter_register(unit, command)
            led = desk().done("officer.read_register", entry_id=made)
    except InvalidError as error:
        put_problems(form, error, {each.code: input_name(each) for each in found.questions}, "expires_on")
        return _enter_page(found, form), 422
    flash("The entry is made.", "done")
    return led


def _form(kind: RegisterKind, names: Directory) -> EnterRegisterForm:
    form = asking(EnterRegisterForm, kind.questions)
    _choose_officer(form.reviewer, names)
    return form


def _enter_page(kind: RegisterKind, form: EnterRegisterForm) -> str:
    return render_template("officer/enter_register.html", kind=kind, form=form)


def _choose_officer(field: SelectField, names: Directory) -> None:
    people = names.officers_of(desk().organisation)
    field.choices = [("", "Choose"), *((str(each.id), f"{each.name}, {each.post}") for each in people)]


@room.get("/registers/<uuid:entry_id>")
@declare(Action.READ_REGISTER)
def read_register(entry_id: uuid.UUID) -> ResponseReturnValue:
    """An entry in clear; what is sealed stays so until somebody asks."""
    return _page(entry_id)


@room.post("/registers/<uuid:entry_id>/open")
@declare(Action.OPEN_REGISTER)
def open_register(entry_id: uuid.UUID) -> ResponseReturnValue:
    """Open what an entry says: an entry in the ledger before anything is shown."""
    with desk().unit() as unit:
        opened = registers.open_register(unit, entry_id)
    return _page(entry_id, opened=opened)


def _page(
    entry_id: uuid.UUID, *, opened: dict[str, str] | None = None, forms: dict[str, AccordForm] | None = None
) -> str:
    given = forms or {}
    with desk().reading() as reading:
        found = registers.entry(reading, desk().actor, entry_id)
        told = registers.circulations_of(reading, desk().actor, entry_id)
        names = directory(reading)
    review = given.get("review") or ReviewRegisterForm(formdata=None, data={"expires_on": found.expires_on})
    end = given.get("end") or _end_form(blank=True)
    team = given.get("team") or _team_form(names, blank=True)
    return render_template(
        "officer/read_register.html",
        entry=found,
        told=told,
        names=names,
        opened=opened,
        review=review,
        end=end,
        team=team,
        form=next(iter(given.values()), None),
        ask=AccordForm(formdata=None),
        reasons=registers.END_REASONS,
        today=desk().store.clock.today(),
        marking="OFFICIAL-SENSITIVE" if opened else "",
    )


@room.post("/registers/<uuid:entry_id>/review")
@declare(Action.REVIEW_REGISTER)
def review_register(entry_id: uuid.UUID) -> ResponseReturnValue:
    """Say that it was reviewed, and until when it counts."""
    form = ReviewRegisterForm()
    if not form.validate():
        return _page(entry_id, forms={"review": form}), 400
    command = ReviewRegister(entry_id, form.number("version"), form.day("expires_on"))
    try:
        with desk().unit(form) as unit:
            registers.review_register(unit, command)
            led = desk().done("officer.read_register", entry_id=entry_id)
    except InvalidError as error:
        put_problems(form, error, {}, "expires_on")
        return _page(entry_id, forms={"review": form}), 422
    flash("The review is recorded.", "done")
    return led


def _end_form(*, blank: bool = False) -> EndRegisterForm:
    form = EndRegisterForm(formdata=None) if blank else EndRegisterForm()
    form.reason.choices = list(registers.END_REASONS.items())
    return form


@room.post("/registers/<uuid:entry_id>/end")
@declare(Action.END_REGISTER)
def end_register(entry_id: uuid.UUID) -> ResponseReturnValue:
    """End it: it goes to nobody any more, and nobody who was told can open it."""
    form = _end_form()
    if not form.validate():
        return _page(entry_id, forms={"end": form}), 400
    with desk().unit(form) as unit:
        registers.end_register(unit, entry_id, form.number("version"), form.text("reason"))
        led = desk().done("officer.list_registers")
    flash("The entry has ended. Partners who were told of it can open it no more.", "done")
    return led


def _team_form(names: Directory, *, blank: bool = False) -> ChangeTeamForm:
    form = ChangeTeamForm(formdata=None) if blank else ChangeTeamForm()
    _choose_officer(form.officer, names)
    return form


@room.post("/registers/<uuid:entry_id>/team")
@declare(Action.CHANGE_TEAM)
def change_team(entry_id: uuid.UUID) -> ResponseReturnValue:
    """Let an officer join the team, or leave it."""
    with desk().reading() as reading:
        form = _team_form(directory(reading))
    if not form.validate():
        return _page(entry_id, forms={"team": form}), 400
    officer, joins = uuid.UUID(form.text("officer")), form.text("change") == "joins"
    leaves = not joins and officer == desk().actor.officer_id
    try:
        with desk().unit(form) as unit:
            registers.change_team(unit, entry_id, form.number("version"), officer_id=officer, joins=joins)
            done = desk().done
            led = done("officer.list_registers") if leaves else done("officer.read_register", entry_id=entry_id)
    except InvalidError as error:
        put_problems(form, error, {}, "officer")
        return _page(entry_id, forms={"team": form}), 422
    flash("The team is changed.", "done")
    return led


@room.post("/registers/of/<kind>/circulate")
@declare(Action.CIRCULATE_REGISTER)
def circulate_register(kind: str) -> ResponseReturnValue:
    """Tell the partners, once a month: one disclosure for each entry and partner."""
    found = _kind(kind)
    with desk().reading() as reading:
        form = _circulate_form(reading, found, directory(reading))
    if not form.validate():
        return _register(kind, form), 400
    try:
        with desk().unit(form) as unit:
            done = registers.circulate_register(unit, kind, only=frozenset(form.partners.data or ()))
            led = desk().done("officer.read_kind_of_register", kind=kind)
    except InvalidError as error:
        put_problems(form, error, {}, "partners")
        return _register(kind, form), 422
    held = f" Held back: {', '.join(done.held_back)}." if done.held_back else ""
    refused = f" {done.refused} withheld by the rules, and recorded." if done.refused else ""
    flash(f"{done.told} disclosures made.{refused}{held}", "done")
    return led


@room.post("/registers/told/<uuid:circulation_id>/open")
@declare(Action.VIEW_RELEASE)
def view_circulated(circulation_id: uuid.UUID) -> ResponseReturnValue:
    """Open what a partner told: judged again, an entry, then shown."""
    with desk().unit() as unit:
        opened = registers.view_circulated(unit, circulation_id)
    return _list({circulation_id: opened})


def _kind(code: str) -> RegisterKind:
    try:
        return register_kind(code)
    except UnknownKindError:
        abort(404)
