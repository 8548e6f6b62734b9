"""This module knows the pages of break-glass: asked with a reason, answered by a second person, opened, shown to both sides."""

from __future__ import annotations

import uuid

from flask import flash, render_template
from flask.typing import ResponseReturnValue

from portal.auditor.forms import AnswerGlassForm, BreakGlassForm
from portal.auditor.room import room
from portal.desk import declare, desk
from portal.directory import directory
from portal.forms import AccordForm
from protocols.actions import Action
from sharing import audit, disclosures
from sharing.errors import InvalidError


def _whose() -> str | None:
    """An auditor sees every opening of the partnership, a liaison officer those of what the own organisation gave or got."""
    return None if desk().may(Action.READ_LEDGER) else desk().organisation


@room.get("/glass")
@declare(Action.READ_GLASS)
def list_glass() -> ResponseReturnValue:
    """Every wish to break the glass, newest first, with what became of it."""
    with desk().reading() as reading:
        now = desk().store.clock.business_now()
        found = audit.glasses(reading, desk().partnership, now, organisation=_whose())
        names = directory(reading)
    return render_template("auditor/list_glass.html", found=found, names=names)


@room.get("/log/<uuid:disclosure_id>/glass")
@declare(Action.BREAK_GLASS)
def ask_glass(disclosure_id: uuid.UUID) -> ResponseReturnValue:
    """The form that asks."""
    return _ask_page(disclosure_id, BreakGlassForm(formdata=None))


def _ask_page(disclosure_id: uuid.UUID, form: BreakGlassForm) -> str:
    with desk().reading() as reading:
        made = disclosures.disclosure(reading, desk().partnership, disclosure_id)
        names = directory(reading)
    return render_template("auditor/break_glass.html", form=form, made=made, names=names)


@room.post("/log/<uuid:disclosure_id>/glass")
@declare(Action.BREAK_GLASS, fresh=True)
def break_glass(disclosure_id: uuid.UUID) -> ResponseReturnValue:
    """Ask for a release to be opened."""
    form = BreakGlassForm()
    if not form.validate():
        return _ask_page(disclosure_id, form), 400
    try:
        with desk().unit(form) as unit:
            made = audit.ask_to_break(unit, disclosure_id, form.text("reason"))
            led = desk().done("auditor.read_glass", glass_id=made)
    except InvalidError as error:
        for problem in error.problems:
            form.add_problem("reason", f"{problem.message} {problem.mend}".strip())
        return _ask_page(disclosure_id, form), 422
    flash("A second person has a day to answer: another auditor, or the supplier’s liaison officer.", "done")
    return led


@room.get("/glass/<uuid:glass_id>")
@declare(Action.READ_GLASS)
def read_glass(glass_id: uuid.UUID) -> ResponseReturnValue:
    """One wish: who, why, what became of it, and what the reader can do about it."""
    return _page(glass_id)


def _page(glass_id: uuid.UUID, *, form: AnswerGlassForm | None = None, values: dict[str, str] | None = None) -> str:
    actor = desk().actor
    with desk().reading() as reading:
        now = desk().store.clock.business_now()
        found = audit.glass(reading, desk().partnership, now, glass_id, organisation=_whose())
        made = disclosures.disclosure(reading, desk().partnership, found.disclosure_id)
        names = directory(reading)
    is_asker = found.asked_by == actor.officer_id
    may_answer = desk().may(Action.READ_LEDGER) or found.supplier == actor.organisation
    return render_template(
        "auditor/read_glass.html",
        glass=found,
        made=made,
        names=names,
        values=values,
        form=form,
        answer=form or AnswerGlassForm(formdata=None),
        ask=AccordForm(formdata=None),
        can_answer=found.status is audit.GlassStatus.WAITS and may_answer and not is_asker,
        can_open=found.status is audit.GlassStatus.OPEN and is_asker,
        marking=made.marking if values else "",
    )


@room.post("/glass/<uuid:glass_id>/answer")
@declare(Action.ALLOW_GLASS, fresh=True)
def allow_glass(glass_id: uuid.UUID) -> ResponseReturnValue:
    """The second person's yes or no."""
    form = AnswerGlassForm()
    if not form.validate():
        return _page(glass_id, form=form), 400
    with desk().unit(form) as unit:
        audit.answer_glass(unit, glass_id, form.number("version"), allow=form.text("answer") == "allow")
        led = desk().done("auditor.read_glass", glass_id=glass_id)
    flash("Your answer was kept.", "done")
    return led


@room.post("/glass/<uuid:glass_id>/open")
@declare(Action.OPEN_GLASS, fresh=True)
def open_glass(glass_id: uuid.UUID) -> ResponseReturnValue:
    """Open what was given: two entries, then shown."""
    with desk().unit() as unit:
        values = audit.open_glass(unit, glass_id)
    return _page(glass_id, values=values)
