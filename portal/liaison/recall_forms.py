"""This module knows the forms of recalls, breaches and corrections, and what their classes are called on a page."""

from __future__ import annotations

from datetime import datetime, time

from wtforms import BooleanField, RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from portal.forms import AccordForm, DayField
from sharing.store.clock import LONDON

REASONS = {
    "wrong-person": "It is about another person",
    "wrong-recipient": "It went to the wrong recipient",
    "inaccurate": "It is not accurate",
    "no-longer-necessary": "It is no longer necessary",
    "consent-withdrawn": "Consent was withdrawn",
    "safety": "Somebody’s safety",
    "breach": "A personal data breach",
    "other": "Another reason",
}
STATUSES = {
    "asked": ("Not answered", "blue"),
    "destroyed": ("Destroyed", "green"),
    "kept": ("Kept", "orange"),
    "no-longer-asked": ("No longer asked", "grey"),
}
BECAUSE = {
    "court-order": "a court order",
    "live-proceedings": "proceedings that are running",
    "safeguarding": "safeguarding",
    "own-legal-duty": "a legal duty of our own",
}
STATES = {"open": ("Open, record frozen", "red"), "settled": ("Settled", "green"), "mistake": ("Taken back", "grey")}
KINDS = {
    "sent-to-wrong-recipient": "Sent to the wrong recipient",
    "too-much-sent": "More was sent than was needed",
    "opened-without-need": "Opened by somebody who had no need to",
    "lost-or-stolen": "Lost or stolen",
    "altered": "Changed when it should not have been",
    "not-available": "Not available when it was needed",
    "other": "Something else",
}
RISKS = {
    "unlikely": "A risk to people is unlikely",
    "risk": "There is a risk to people",
    "high": "There is a high risk to people",
}
UNTOLD = {
    "no-high-risk": "There is no high risk to them",
    "could-not-be-read": "The data could not be read by whoever has it (article 34(3)(a))",
    "risk-removed": "What we did since means that a high risk is no longer likely (article 34(3)(b))",
    "told-in-public": "It would take disproportionate effort, so they are told in public (article 34(3)(c))",
}
NOT_SENT = {
    "told-otherwise": "it was not given on a request that could be judged again",
    "decision": "the supplier’s decision no longer covers it",
    "retention": "the record is frozen or past its day",
}
LONGEST = 2000


class MakeRecallForm(AccordForm):
    """Take disclosures of one record back."""

    record_id = StringField(validators=[InputRequired()])
    disclosures = SelectMultipleField("What do you take back?")
    reason = RadioField("Why?", [InputRequired("Choose a reason")], choices=REASONS)
    note = TextAreaField("Anything to remember about it (optional)", [Length(max=LONGEST)])
    due_days = StringField("Working days in which they answer", default="3")


class EndRecallForm(AccordForm):
    """End a recall, as a mistake or as settled."""

    how = RadioField(
        "How does it end?",
        [InputRequired("Choose how it ends")],
        choices={"settled": "It is settled", "mistake": "It was a mistake"},
    )
    words = TextAreaField("Why", [InputRequired("Say why it ends"), Length(max=LONGEST)])
    version = StringField(validators=[InputRequired()])


class AnswerRecallForm(AccordForm):
    """A recipient's answer."""

    answer = RadioField(
        "What do you answer?",
        [InputRequired("Choose an answer")],
        choices={"destroyed": "It is destroyed", "kept": "We have to keep it"},
    )
    because = SelectField("Because of", choices={"": "Choose", **BECAUSE}, default="")
    words = TextAreaField("Which order, proceedings or duty", [Length(max=LONGEST)])
    sure = BooleanField("I sign this answer for my organisation", [InputRequired("Tick the box to sign")])
    version = StringField(validators=[InputRequired()])


class MomentForm(AccordForm):
    """A form that asks for a day with a time of it."""

    def moment(self, day: str, clock: str) -> datetime | None:
        """The moment that two inputs name, London time; None, with a problem at the input, where they name none."""
        try:
            hour, minute = self.text(clock).strip().replace(".", ":").split(":")
            at = time(int(hour), int(minute))
        except ValueError:
            self.add_problem(clock, "Enter the time as hours and minutes, like 14:30")
            return None
        return datetime.combine(self.day(day), at, LONDON) if self[day].data else None


class ReportBreachForm(MomentForm):
    """A breach to put on the register."""

    kind = SelectField("What kind of breach is it?", [InputRequired("Choose a kind")], choices={"": "Choose", **KINDS})
    found_on = DayField("When did it happen, or when was it found?")
    aware_on = DayField("When did your organisation become aware of it?")
    aware_time = StringField("At what time", [InputRequired("Enter the time, like 14:30"), Length(max=5)])
    what = TextAreaField("What happened", [InputRequired("Say what happened"), Length(max=LONGEST)])
    about = StringField("Disclosures that it is about (optional)", [Length(max=200)])
    parties = SelectMultipleField("Other organisations that it concerns (optional)")


class AssessBreachForm(AccordForm):
    """What follows for people."""

    risk = RadioField("What follows for people?", [InputRequired("Choose the risk")], choices=RISKS)
    risk_words = TextAreaField("Why", [InputRequired("Say why the risk is so"), Length(max=LONGEST)])
    version = StringField(validators=[InputRequired()])


class DecideReportForm(MomentForm):
    """Whether the Commissioner was told."""

    reported = RadioField(
        "Was the Information Commissioner told?",
        [InputRequired("Choose yes or no")],
        choices={"yes": "Yes", "no": "No: a risk to people is unlikely"},
    )
    reference = StringField("The Commissioner’s reference", [Length(max=40)])
    report_on = DayField("Day of the report", optional=True)
    report_time = StringField("Time of the report", [Length(max=5)])
    report_words = TextAreaField("Why not, or why later than 72 hours", [Length(max=LONGEST)])
    version = StringField(validators=[InputRequired()])


class DecideTellingForm(AccordForm):
    """Whether the people were told."""

    told = RadioField(
        "Were the people told themselves?", [InputRequired("Choose yes or no")], choices={"yes": "Yes", "no": "No"}
    )
    untold_because = SelectField("If not, why", choices={"": "Choose", **UNTOLD}, default="")
    told_words = TextAreaField("How they were told, or why not", [Length(max=LONGEST)])
    version = StringField(validators=[InputRequired()])


class CloseBreachForm(AccordForm):
    """What was learnt."""

    lessons = TextAreaField(
        "What will be done differently", [InputRequired("Say what will be done differently"), Length(max=LONGEST)]
    )
    version = StringField(validators=[InputRequired()])


class CorrectRecordForm(AccordForm):
    """The right value of one field."""

    code = SelectField("Which field is wrong?", [InputRequired("Choose a field")])
    value = TextAreaField("The right value", [InputRequired("Enter the right value"), Length(max=4000)])
