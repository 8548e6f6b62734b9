"""This module knows the forms of the officer's counter."""

from __future__ import annotations

from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from portal.forms import AccordForm


class AcceptActionForm(AccordForm):
    """Yes or no to an action, with a reason for no."""

    answer = RadioField(
        "Will your agency do it?",
        [InputRequired("Say yes or no")],
        choices={"accept": "Yes, we will do it", "decline": "No"},
    )
    reason = TextAreaField("If not, why not", [Length(max=1000)])
    version = StringField(validators=[InputRequired()])


class FinishActionForm(AccordForm):
    """What was done."""

    outcome = TextAreaField(
        "What was done, and what came of it", [InputRequired("Say what was done"), Length(max=2000)]
    )
    version = StringField(validators=[InputRequired()])


class LogVisitForm(AccordForm):
    """A joint visit: eight inputs at most, the time being now."""

    kind = RadioField("What kind of visit?", [InputRequired("Choose what kind of visit it was")])
    with_organisation = SelectField("Who was with you?", [InputRequired("Choose the other agency")])
    place = StringField("Where?", [InputRequired("Enter a postcode or an address"), Length(max=200)])
    linked = SelectField("What was it for?", [Optional()])
    outcome = RadioField("What came of it?", [InputRequired("Choose what came of it")])
    log_number = StringField("Log number in your own system", [Length(max=40)])
    told_about = StringField("Case of yours that you told them about", [Length(max=40)])
    note = TextAreaField("What you saw", [Length(max=4000)])
