"""This module knows the forms of a request's course: the kind and what it asks, how it ended, emergencies, pushes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from wtforms import BooleanField, Field, RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from portal import vocabulary
from portal.forms import AccordForm, DayField
from protocols.request_kinds import Question, RequestKind

SEPARATOR = "|"
"""Between a field's code and a form in the value of a tick box."""


class ChooseRequestForm(AccordForm):
    """Whom to ask, and the kind of request: its own first page, so that the next one shows a handful of ticks."""

    supplier = SelectField("Whom do you ask?", [InputRequired("Choose whom you ask")])
    kind = RadioField("What kind of request is it?", [InputRequired("Choose the kind of request")])


class MakeRequestForm(AccordForm):
    """A request for information; the kind's own questions are added by `request_form`."""

    supplier = SelectField("Whom do you ask?", [InputRequired("Choose whom you ask")])
    kind = SelectField("What kind of request is it?", [InputRequired("Choose the kind of request")])
    purpose = SelectField("What is it for?", [InputRequired("Choose what it is for")])
    fields = SelectMultipleField("What do you need?", [InputRequired("Choose at least one thing")])
    subject_ref = StringField("Their case reference, if you know it", [Length(max=40)])
    subject = TextAreaField("Whom or what it is about", [Length(max=1000)])
    necessity = TextAreaField("Why it is necessary", [Length(max=2000)])
    proportionality = TextAreaField("Why this much and no less", [Length(max=2000)])
    linked_ref = StringField("Action or case that you work on", [Length(max=40)])
    urgent = BooleanField("It is urgent")


def question_name(code: str) -> str:
    """The name of a question's input."""
    return f"q_{code.replace('-', '_')}"


def _input(question: Question, offered: Mapping[str, str]) -> Field:
    title = question.title
    if question.is_sealed:
        return TextAreaField(title, [Length(max=2000)])
    if question.type == "day":
        return DayField(title, optional=not question.needed)
    if question.type == "time":
        return StringField(title, [Length(max=5)])
    if question.type == "fields":
        return SelectMultipleField(title, choices=dict(offered))
    choices = dict(question.choices) or {"yes": "Yes", "no": "No"}
    return RadioField(title, [Optional()], choices=choices)


def with_questions(
    base: type[AccordForm], questions: Iterable[Question], offered: Mapping[str, str] | None = None
) -> type[AccordForm]:
    """A form with an input for each question; `offered` are the fields that were used or not, by code."""
    return type(
        f"{base.__name__}OfThisKind",
        (base,),
        {question_name(each.code): _input(each, offered or {}) for each in questions},
    )


def answers_of(form: AccordForm, questions: Iterable[Question]) -> dict[str, str]:
    """What was answered to each question, as the service takes it: days in ISO form, fields with spaces between."""
    return {each.code: _answer(form[question_name(each.code)].data) for each in questions}


def _answer(data: Any) -> str:  # noqa: ANN401  whatever an input holds
    if isinstance(data, list):
        return " ".join(data)
    return data.isoformat() if hasattr(data, "isoformat") else str(data or "").strip()


def field_choices(kind: RequestKind, fields: Iterable[str]) -> list[tuple[str, str]]:
    """The tick boxes: each field whole, and in the form that is enough for this kind; a kind without fields has every form."""
    found = []
    for code in fields:
        title = vocabulary.field_title(code).capitalize()
        found.append((code, title))
        coarser = vocabulary.forms_of(code)[1:]
        wanted = [(form, words) for form, words in coarser if not kind.fields or form == kind.enough.get(code)]
        found += [(f"{code}{SEPARATOR}{form}", f"{title}: {words}") for form, words in wanted]
    return found


class MendRequestForm(AccordForm):
    """What was missing from a request."""

    necessity = TextAreaField("Why it is necessary", [Length(max=2000)])
    proportionality = TextAreaField("Why this much and no less", [Length(max=2000)])
    version = StringField(validators=[InputRequired()])


class WithdrawRequestForm(AccordForm):
    """A request taken back."""

    words = TextAreaField("Why, if you want to say", [Length(max=1000)])
    version = StringField(validators=[InputRequired()])


class ResultForm(AccordForm):
    """How a request ended; the kind's own questions are added by `with_questions`."""

    start_monitor = BooleanField("Start a monitor of at most twelve months")
    subject_informed = RadioField(
        "Does the person know of the monitor?", [Optional()], choices={"yes": "Yes, they were told", "no": "No"}
    )
    informed_on = DayField("Day on which they were told", optional=True)
    starts_on = DayField("First day of the monitor", optional=True)
    ends_on = DayField("Last day, if less than twelve months", optional=True)
    version = StringField(validators=[InputRequired()])


class EmergencyForm(AccordForm):
    """Somebody is in danger: as short as it can be, for a phone."""

    supplier = SelectField("Who holds what you need to know?", [InputRequired("Choose whom you ask")])
    subject_ref = StringField("Their case reference, if you know it", [Length(max=40)])
    subject = TextAreaField("Whom it is about", [Length(max=1000)])
    harm = TextAreaField(
        "What harm do you fear, and why now?", [InputRequired("Say what harm is feared"), Length(max=1000)]
    )
    fields = SelectMultipleField("What do you need to know?", [InputRequired("Choose at least one thing")])
    channel = RadioField(
        "How?",
        [InputRequired("Choose how")],
        choices={"view": "Seen in the portal", "verbal": "Told to me by telephone"},
        default="view",
    )


class AllowEmergencyForm(AccordForm):
    """What a duty officer allows after ringing back."""

    record_reference = StringField("Our case reference", [Length(max=40)])
    allow = SelectMultipleField("What may be known now")
    called_back = BooleanField("I rang them back on this number and they confirmed it")
    version = StringField(validators=[InputRequired()])


class WriteUpForm(AccordForm):
    """What was given, to whom, and why it could not wait."""

    words = TextAreaField(
        "What was given, to whom, and why it could not wait", [InputRequired("Write it in words"), Length(max=4000)]
    )
    version = StringField(validators=[InputRequired()])


class ReviewEmergencyForm(AccordForm):
    """A second person's finding."""

    finding = RadioField(
        "What do you find?",
        [InputRequired("Say whether it was justified")],
        choices={
            "justified": "It was justified",
            "too-much": "It was justified, but more was given than was needed",
            "not-justified": "It was not justified",
        },
    )
    words = TextAreaField("Why", [InputRequired("Write it in words"), Length(max=2000)])
    version = StringField(validators=[InputRequired()])


class ChoosePushForm(AccordForm):
    """Whom to tell something unasked: its own first page."""

    recipient = SelectField("Who should know?", [InputRequired("Choose who should know")])


class PushForm(AccordForm):
    """What a supplier gives unasked."""

    recipient = StringField(validators=[InputRequired()])
    reference = StringField("Our case reference", [InputRequired("Enter the reference of the record"), Length(max=40)])
    purpose = SelectField("What is it for?", [InputRequired("Choose what it is for")])
    contact = SelectField("Who there will work on it?", [InputRequired("Choose an officer")])
    fields = SelectMultipleField("What do they need to know?", [InputRequired("Choose at least one thing")])
    necessity = TextAreaField("Why it is necessary", [InputRequired("Say why it is necessary"), Length(max=2000)])
    proportionality = TextAreaField(
        "Why this much and no less", [InputRequired("Say why it is proportionate"), Length(max=2000)]
    )
