"""This module knows the forms of the liaison officer's counter."""

from __future__ import annotations

from wtforms import BooleanField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from portal import vocabulary
from portal.forms import AccordForm, DayField

REFUSALS = {
    "discretion": "Refuse: we choose not to",
    "legal-bar": "Refuse: the law bars it",
}


class DecideRequestForm(AccordForm):
    """Yes or no to each field is added by `decide_form`; here stands what is asked once."""

    record_reference = StringField("Our case reference", [Length(max=40)])
    reason = TextAreaField("Reason for anything that is refused", [Length(max=1000)])
    necessary = TextAreaField("Why it is necessary", [Length(max=1000)])
    proportionate = TextAreaField("Why it is proportionate", [Length(max=1000)])
    version = StringField(validators=[InputRequired()])


def field_name(code: str) -> str:
    """The name of a field's own choice in the form."""
    return f"field_{code.replace('.', '_').replace('-', '_')}"


def decide_form(fields: tuple[tuple[str, str | None], ...], preselected: dict[str, str], **kwargs: None) -> AccordForm:
    """The form for one request: for each field its forms from fine to coarse, then the two kinds of refusal.

    `preselected` is what the rules would let leave at the least; the decider can choose otherwise.
    """
    own = {
        field_name(code): SelectField(
            vocabulary.field_title(code).capitalize(),
            [InputRequired("Say yes or no")],
            choices={form: f"Allow: {words}" for form, words in vocabulary.forms_of(code)} | REFUSALS,
            default=preselected.get(code, "discretion"),
        )
        for code, _ in fields
    }
    made: AccordForm = type("DecideThisRequestForm", (DecideRequestForm,), own)(**kwargs)
    return made


class DepositRecordForm(AccordForm):
    """A record of one's own that may be asked for."""

    reference = StringField(
        "Case reference", [InputRequired("Enter your own reference, like AH-2022-0142"), Length(max=40)]
    )
    category = SelectField("Category", [InputRequired("Choose a category")])
    area = SelectField("Ward", [InputRequired("Choose a ward")])
    subject_name = StringField("Name", [Length(max=120)])
    subject_dob = DayField("Date of birth", optional=True)
    subject_address = StringField("Address with postcode", [Length(max=200)])
    case_history = TextAreaField("What was reported and done", [Length(max=4000)])
    flags = SelectMultipleField("Anything that needs care")
    retain_until = DayField("Keep until")


class AuthoriseDeciderForm(AccordForm):
    """A standing authorisation: who, on which line, until when."""

    officer = SelectField("Officer", [InputRequired("Choose an officer")])
    line = SelectField("Line of a protocol in force", [InputRequired("Choose a line")])
    until_on = DayField("Last day, if less than a year", optional=True)


class SignProtocolForm(AccordForm):
    """The signature of one version."""

    digest = StringField(validators=[InputRequired()])
    seniority = StringField("Your authority to sign", [InputRequired("Say in what capacity you sign"), Length(max=120)])
    read = BooleanField(
        "I have read this version and sign it for my organisation", [InputRequired("Tick the box to sign")]
    )


class WithdrawForm(AccordForm):
    """Withdrawal, at once."""

    sure = BooleanField("Our organisation withdraws from this moment", [InputRequired("Tick the box to withdraw")])
