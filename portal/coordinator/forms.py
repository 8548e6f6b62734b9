"""This module knows the forms of the co-ordinator's counter."""

from __future__ import annotations

from wtforms import HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, Regexp

from portal.forms import AccordForm, DayField
from sharing.hotspots import Origin
from sharing.meetings import MARKINGS, Presence, action_types, meeting_kinds

WHOLE = Regexp(r"^\s*\d{0,3}\s*$", message="Enter a whole number, like 14")


class PublishForm(AccordForm):
    """What was looked at, and why a list that is published is replaced. A lead for each place is added to it."""

    digest = HiddenField(validators=[InputRequired()])
    replace_reason = TextAreaField("Why the published list is corrected", [Length(max=200)])


class NameLeadForm(AccordForm):
    """Who leads at a place; `before` is whom the page showed."""

    officer = SelectField("Lead officer", [InputRequired("Choose who leads here")])
    before = HiddenField()


class NominateForm(AccordForm):
    """A place that people know of and the figures do not show."""

    place = StringField("Where is it?", [InputRequired("Enter a postcode, or easting and northing"), Length(max=40)])
    name = StringField("What is the place called?", [InputRequired("Enter the name of the place"), Length(max=120)])
    period = StringField("For which list?", [InputRequired("Enter a quarter, like 2022-Q4"), Length(max=7)])
    came_from = RadioField(
        "Who told us?",
        [InputRequired("Choose who told us")],
        choices={
            Origin.OFFICER.value: "An officer",
            Origin.RESIDENT.value: "Residents",
            Origin.WALK.value: "A walk",
            Origin.MEETING.value: "A public meeting",
        },
    )


class SeriesForm(AccordForm):
    """A series of meetings. For one that exists, the days are those of the meetings still to come."""

    code = StringField("Short name", [InputRequired("Enter a short name, like JOG"), Length(max=20)])
    kind = SelectField(
        "Kind of meeting",
        [InputRequired("Choose a kind of meeting")],
        choices={"": "Choose"} | {kind.code: f"{kind.title} ({kind.code})" for kind in meeting_kinds().values()},
    )
    title = StringField("What is it called?", [InputRequired("Enter what it is called"), Length(max=160)])
    chair = StringField("Chair", [Length(max=160)])
    place = StringField("Place", [Length(max=160)])
    first_on = DayField("First meeting")
    cycle_days = StringField("Days from one meeting to the next", [Optional(), WHOLE])
    until = DayField("Last day to plan for")
    top_n = StringField("How many hotspots are on its agenda?", [Optional(), WHOLE], default="20")
    marking = SelectField("Marking of its papers", choices={marking: marking for marking in MARKINGS})
    version = HiddenField()


class MoveMeetingForm(AccordForm):
    """Another day or place for one meeting."""

    held_on = DayField("New day")
    place = StringField("Place", [Length(max=160)])
    version = HiddenField(validators=[InputRequired()])


class SetActionForm(AccordForm):
    """Who does what by when."""

    what = StringField("What is to be done?", [InputRequired("Say what is to be done"), Length(max=1000)])
    owner = SelectField("Who owns it?", [InputRequired("Choose who owns the action")])
    due_on = DayField("Day by which it is due")
    kind = SelectField(
        "Kind of action",
        [InputRequired("Choose a kind of action")],
        choices={"": "Choose"} | {kind.code: kind.label for kind in action_types().values()},
    )
    hotspot = SelectField("Hotspot", [Optional()])


class RollOverForm(AccordForm):
    """To which day what is unfinished is carried, and why."""

    due_on = DayField("New day by which they are due")
    reason = StringField(
        "Why they are carried over", [InputRequired("Say why they are carried over"), Length(max=1000)]
    )


class FundForm(AccordForm):
    """A bid for funding; the kind's own fields are added to it."""

    version = HiddenField(validators=[InputRequired()])


class MinutesForm(AccordForm):
    """The text of the minutes, with the version that its writer saw."""

    minutes = TextAreaField("Minutes", [InputRequired("Write the minutes"), Length(max=50_000)])
    version = HiddenField(validators=[InputRequired()])


PRESENCE = {
    "": "Not said",
    str(Presence.PRESENT): "Present",
    str(Presence.SUBSTITUTE): "Present as a substitute",
    str(Presence.APOLOGIES): "Apologies",
}
