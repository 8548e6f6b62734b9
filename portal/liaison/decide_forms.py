"""This module knows the form in which a request is decided: for each field a form to allow, a reason to refuse, or neither."""

from __future__ import annotations

from collections.abc import Iterable

from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from portal import vocabulary
from portal.forms import AccordForm
from protocols.request_kinds import refusal_reasons
from sharing.requests import RULES, FieldChoice

CLASS_WORDS = {"legal-bar": "bar of law", "discretion": "our choice"}


class DecideRequestForm(AccordForm):
    """What is asked once; a choice for each field is added by `decide_form`."""

    record_reference = StringField("Our case reference", [Length(max=40)])
    reason = TextAreaField("Reason for anything that is refused, in words", [Length(max=1000)])
    necessary = TextAreaField("Why it is necessary", [Length(max=1000)])
    proportionate = TextAreaField("Why it is proportionate", [Length(max=1000)])
    version = StringField(validators=[InputRequired()])


class DecidePushForm(AccordForm):
    """A choice for each field of a push is added by `push_form`."""

    version = StringField(validators=[InputRequired()])


class ConfirmForm(AccordForm):
    """A second officer's yes or no."""

    agreed = RadioField(
        "Do you agree?",
        [InputRequired("Say yes or no")],
        choices={"yes": "Yes: let it leave now", "no": "No: it waits for another decision"},
    )
    version = StringField(validators=[InputRequired()])


def field_name(code: str) -> str:
    """The name of a field's own choice in the form."""
    return f"field_{code.replace('.', '_').replace('-', '_')}"


def _choices(each: FieldChoice) -> dict[str, str]:
    """What may be chosen: nothing where the rules withhold it, the forms from fine to coarse, the reasons for refusing."""
    reasons = refusal_reasons()
    likely = [each.likely_reason] if each.likely_reason in reasons else []
    ordered = [*likely, *(code for code in reasons if code not in likely)]
    left = {RULES: "Leave it: the rules withhold it"} if each.rule and not each.leaves else {}
    allow = {form: f"Allow: {words}" for form, words in vocabulary.forms_of(each.code)}
    return (
        left | allow | {code: f"Refuse: {reasons[code].title} ({CLASS_WORDS[reasons[code].kind]})" for code in ordered}
    )


def decide_form(fields: Iterable[FieldChoice], *, filled: bool = True) -> AccordForm:
    """The form for one request; the least that the rules would let leave and that answers it is preselected."""
    own = {
        field_name(each.code): SelectField(
            vocabulary.field_title(each.code).capitalize(),
            [InputRequired("Say yes or no")],
            choices=_choices(each),
            default=each.preselected,
        )
        for each in fields
    }
    made = type("DecideThisRequestForm", (DecideRequestForm,), own)
    form: AccordForm = made() if filled else made(formdata=None)
    return form


def push_form(codes: Iterable[str], *, filled: bool = True) -> AccordForm:
    """The form for one push: for each field a form, or not sent."""
    own = {
        field_name(code): SelectField(
            vocabulary.field_title(code).capitalize(),
            [Optional()],
            choices={form: f"Send: {words}" for form, words in vocabulary.forms_of(code)} | {"": "Do not send"},
        )
        for code in codes
    }
    made = type("DecideThisPushForm", (DecidePushForm,), own)
    form: AccordForm = made() if filled else made(formdata=None)
    return form
