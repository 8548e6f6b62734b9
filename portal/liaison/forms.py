"""This module knows the forms of the liaison officer's counter."""

from __future__ import annotations

from wtforms import BooleanField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from portal.forms import AccordForm, DayField


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
