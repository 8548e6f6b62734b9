"""This module knows the page on which an auditor asks whether anything about a reference left, and takes the answer away."""

from __future__ import annotations

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from portal.auditor.room import room
from portal.desk import declare, desk
from portal.forms import AccordForm, DayField
from protocols.actions import Action
from sharing.errors import InvalidError
from sharing.ledger import absence, absent
from sharing.ledger.absent import Outcome


class AbsenceForm(AccordForm):
    """A reference, and the days asked about."""

    reference = StringField(
        "The supplier’s reference",
        [InputRequired("Enter the reference that the record goes under"), Length(max=absence.LONGEST_REFERENCE)],
    )
    first = DayField("First day")
    last = DayField("Last day")


_PLACES = {"reference": "reference", "from": "first", "to": "last"}


def _page(form: AbsenceForm, outcome: Outcome | None = None) -> str:
    return render_template(
        "auditor/ledger_absence.html",
        form=form,
        outcome=outcome,
        not_shown=absence.NOT_SHOWN,
        leaving=outcome and outcome.left,
    )


@room.get("/ledger/absence")
@declare(Action.READ_LEDGER)
def ask_absence() -> ResponseReturnValue:
    """Ask for the reference and the days."""
    return _page(AbsenceForm(formdata=None))


@room.post("/ledger/absence")
@declare(Action.READ_LEDGER)
def answer_absence() -> ResponseReturnValue:
    """Look through every entry of the days; say what left, or give the answer that a stranger can check. Asking is an entry."""
    form = AbsenceForm()
    if not form.validate():
        return _page(form), 400
    store = desk().store
    try:
        asked = absent.question(form.text("reference"), form.day("first"), form.day("last"), store.clock.now())
        with desk().unit() as unit:
            unit.require(Action.READ_LEDGER, partnership=desk().partnership)
            absent.record_question(unit, asked)
        store.integrate()
        with desk().reading() as reading:
            outcome = absent.answer(reading, desk().partnership, asked)
    except InvalidError as error:
        for problem in error.problems:
            form.add_problem(_PLACES.get(problem.where, "reference"), f"{problem.message} {problem.mend}".strip())
        return _page(form), 400
    if outcome.answer is not None and request.form.get("as") == "file":
        return _file(outcome.answer)
    return _page(form, outcome)


def _file(answer: absence.Answer) -> Response:
    asked = answer.question
    name = f"{desk().partnership}-{asked.first}-{asked.last}{absence.SUFFIX}"
    return Response(
        answer.render(),
        mimetype="application/json",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
