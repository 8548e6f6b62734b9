"""This module knows the forms of the auditor's counter, and the one by which an officer says what was told outside."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField, IntegerField, RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Regexp

from portal.auditor.words import CHANNELS
from portal.forms import AccordForm, DayField
from sharing.audit import SAMPLE_SIZE

OUTSIDER = "outside"


class CommitSampleForm(AccordForm):
    """A period that is not over, how many to draw, and a seed to keep."""

    from_on = DayField("First day of the period")
    to_on = DayField("Last day of the period")
    wanted = IntegerField(
        "How many to draw",
        [InputRequired("Say how many to draw"), NumberRange(1, 200, "Draw between 1 and 200")],
        default=SAMPLE_SIZE,
    )
    seed = StringField("The seed", [InputRequired("Give a seed"), Length(max=200)])
    kept = BooleanField("I have written the seed down", [InputRequired("Write the seed down, then tick this")])


class DrawSampleForm(AccordForm):
    """The seed that was committed to."""

    seed = StringField("The seed that you kept", [InputRequired("Give the seed"), Length(max=200)])


class ReportOutsideForm(AccordForm):
    """What was told outside the portal: short enough for a phone at the kerb."""

    told_on = DayField("When was it told?")
    told_time = StringField(
        "At about what time?",
        [
            InputRequired("Give a time, like 14:30"),
            Regexp(r"^([01]?\d|2[0-3])[:.][0-5]\d$", message="Give a time, like 14:30"),
        ],
    )
    recipient = SelectField("Whom did you tell?")
    told_to = StringField("Who was it?", [Length(max=200)])
    channel = RadioField("How was it told?", [InputRequired("Say how it was told")], choices=dict(CHANNELS))
    purpose = SelectField("What was it for?")
    fields = SelectMultipleField("What did you tell?")
    subject_ref = StringField("Which case was it about?", [Length(max=40)])
    why = TextAreaField("Why was it necessary, and why no less?", [InputRequired("Say why"), Length(max=2000)])
    allowed_by = SelectField("Who at your organisation allowed it?")
    harm = TextAreaField("If somebody was in danger: what was the danger?", [Length(max=2000)])
    called_back = BooleanField("I confirmed who it was by calling back")


class BreakGlassForm(AccordForm):
    """Why an auditor has to see what was given."""

    reason = TextAreaField(
        "Why do you have to see what was given?", [InputRequired("Say why you have to see it"), Length(max=1000)]
    )


class AnswerGlassForm(AccordForm):
    """Yes or no of the second person."""

    answer = RadioField(
        "May it be opened for one hour?",
        [InputRequired("Say yes or no")],
        choices={"allow": "Yes, for one hour", "refuse": "No"},
    )
    version = StringField(validators=[InputRequired()])


class MarkSampleForm(AccordForm):
    """The version that the marks were made on; each item's own inputs are `mark-ID` and `note-ID`."""

    version = StringField(validators=[InputRequired()])

    def marks(self, sent: Any, known: list[str]) -> dict[str, tuple[str, str]]:  # noqa: ANN401  the request's own form
        """Item id → (mark, note), for the items that were marked."""
        found = {each: (sent.get(f"mark-{each}", ""), sent.get(f"note-{each}", "")[:1000]) for each in known}
        return {each: pair for each, pair in found.items() if pair[0] in {"satisfactory", "query"}}
