"""This module knows the forms of registers, alerts and referrals: what every kind has, and what its data asks besides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TypeVar

from wtforms import BooleanField, Field, RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from portal.forms import AccordForm, DayField
from protocols.request_kinds import Question
from sharing.errors import InvalidError
from sharing.store.clock import LONDON

Form = TypeVar("Form", bound=AccordForm)
YES_NO = {"yes": "Yes", "no": "No"}
LONGEST = 4000


class EnterRegisterForm(AccordForm):
    """What an entry of every register has."""

    expires_on = DayField("When does it end?")
    reviewer = SelectField("Who reviews it?", [InputRequired("Choose who reviews it")])


class ReviewRegisterForm(AccordForm):
    """That it was looked at again."""

    expires_on = DayField("It still counts, until")
    version = StringField(validators=[InputRequired()])


class EndRegisterForm(AccordForm):
    """Why it ends."""

    reason = RadioField("Why does it end?", [InputRequired("Choose why it ends")])
    version = StringField(validators=[InputRequired()])


class ChangeTeamForm(AccordForm):
    """Who joins the team, or leaves it."""

    officer = SelectField("Officer", [InputRequired("Choose an officer")])
    change = RadioField(
        "What changes?", [InputRequired("Choose what changes")], choices={"joins": "Joins", "leaves": "Leaves"}
    )
    version = StringField(validators=[InputRequired()])


class CirculateRegisterForm(AccordForm):
    """Which partners are told this month."""

    partners = SelectMultipleField("Which partners are told?", [InputRequired("Choose at least one partner")])


class RaiseAlertForm(AccordForm):
    """A breach, on a phone."""

    order_kind = SelectField("What kind of order?", [InputRequired("Choose which kind of order it is")])
    order_ref = StringField("The order’s reference", [InputRequired("Enter the order’s reference"), Length(max=40)])
    power_of_arrest = RadioField(
        "Is there a power of arrest?", [InputRequired("Say whether there is a power of arrest")], choices=YES_NO
    )
    happened_on = DayField("Day of the breach")
    happened_time = StringField("Time", [InputRequired("Enter the time, like 21:30")])
    area = SelectField("Where?")
    name = StringField("Who", [Length(max=200)])
    address = StringField("Address", [Length(max=200)])
    history = TextAreaField("What happened", [InputRequired("Say what happened"), Length(max=LONGEST)])

    def happened_at(self) -> datetime:
        """The moment that was typed, in London. Raises InvalidError for no time of day."""
        try:
            time = datetime.strptime(self.text("happened_time").strip().replace(".", ":"), "%H:%M").time()  # noqa: DTZ007  the zone is put to it below
        except ValueError:
            raise InvalidError.one("Enter the time, like 21:30", where="happened_time") from None
        return datetime.combine(self.day("happened_on"), time, LONDON)


class TellAlertForm(AccordForm):
    """Why the police need to know who it is."""

    necessity = TextAreaField("Why they need to know", [InputRequired("Say why they need to know"), Length(max=1000)])
    proportionality = TextAreaField(
        "Why this much and no less", [InputRequired("Say why this much and no less"), Length(max=1000)]
    )
    version = StringField(validators=[InputRequired()])


class AlertResultForm(AccordForm):
    """What came of it."""

    result = RadioField("What came of it?", [InputRequired("Choose what came of it")])
    version = StringField(validators=[InputRequired()])


class AlertContactForm(AccordForm):
    """Whom alerts reach."""

    area = SelectField("Area")
    officer = SelectField("Who is reached", [InputRequired("Choose who is reached")])
    deputy = SelectField("Deputy", [InputRequired("Choose the deputy")])
    minutes = StringField(
        "After how many minutes is it the deputy’s too?", [InputRequired("Enter a number of minutes")]
    )


class MakeReferralForm(AccordForm):
    """To whom, and how soon."""

    recipient = SelectField("To which agency?", [InputRequired("Choose an agency")])
    urgent = BooleanField("It is urgent")


class WritePartForm(AccordForm):
    """The other agency's part: only what the kind asks."""

    version = StringField(validators=[InputRequired()])


class EndReferralForm(AccordForm):
    """How it ended."""

    outcome = RadioField("What came of it?", [InputRequired("Choose what came of it")])
    unmet = SelectField("Which need does nobody meet?")
    version = StringField(validators=[InputRequired()])


def asking(base: type[Form], questions: Iterable[Question], *, blank: bool = False) -> Form:
    """A form of this kind with the inputs that a kind's questions ask. `blank` takes nothing from what was sent."""
    inputs = {input_name(each): _input(each) for each in questions}
    made: type[Form] = type(base.__name__, (base,), inputs)
    return made(formdata=None) if blank else made()


def answers(form: AccordForm, questions: Iterable[Question]) -> dict[str, str]:
    """What was typed, by question."""
    return {each.code: _answer(form, each) for each in questions}


def input_name(question: Question) -> str:
    """The name of a question's input."""
    return f"q_{question.code.replace('-', '_')}"


def put_problems(form: AccordForm, error: InvalidError, names: Mapping[str, str], elsewhere: str) -> None:
    """Put a service's complaints at the inputs that they are about: `names` is what it calls them → the input."""
    for problem in error.problems:
        name = names.get(problem.where, problem.where)
        form.add_problem(
            name if name in form else elsewhere, f"{problem.message}{'. ' + problem.mend if problem.mend else ''}"
        )


def _input(question: Question) -> Field:
    if question.type == "text":
        return TextAreaField(question.title, [Length(max=LONGEST)])
    if question.type == "day":
        return DayField(question.title, optional=not question.needed)
    if question.type == "yes-no":
        return RadioField(question.title, choices=YES_NO, validate_choice=False)
    if question.type == "choice":
        return RadioField(question.title, choices=dict(question.choices), validate_choice=False)
    return StringField(question.title, [Length(max=200)])


def _answer(form: AccordForm, question: Question) -> str:
    value = form[input_name(question)].data
    return value.isoformat() if question.type == "day" and value else str(value or "")
