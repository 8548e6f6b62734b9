"""This module knows the forms in which a protocol is drafted, consulted on, reviewed, suspended, and a partner described."""

from __future__ import annotations

from collections.abc import Iterable

from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import InputRequired, Length, Regexp

from portal.forms import AccordForm, DayField
from protocols import lawbook
from protocols.vocabulary import FLAGS, MARKINGS
from protocols.wording import CHANNELS
from sharing.errors import Problem

KINDS = {
    "statutory": "The partnership’s own protocol (SI 2007/1830, regulation 4)",
    "purpose": "A protocol for named purposes, under the partnership’s own",
    "bilateral": "A protocol between two parties, under the partnership’s own",
}
_CODE = Regexp(r"^[A-Za-z0-9][A-Za-z0-9.-]{0,39}$", message="Use letters, figures, dots and hyphens, without blanks")


class WholeNumberField(StringField):
    """A whole number of days, at least one, typed as text so that a wrong one comes back as it was typed."""

    def pre_validate(self, _form: object) -> None:
        """Refuse anything but a whole number of at least one."""
        if not str(self.data or "").isdecimal() or int(str(self.data)) < 1:
            raise ValidationError(f"{self.label.text} must be a whole number of days, at least 1")


class DraftForm(AccordForm):
    """A form over a draft: it carries the version that its reader saw."""

    version = StringField(validators=[InputRequired()])


class BeginDraftForm(AccordForm):
    """Where a draft begins."""

    source = RadioField("Where do you start?", [InputRequired("Choose where to start")])
    ref = StringField("Reference", [Length(max=40)])
    title = StringField("Title", [Length(max=200)])
    kind = RadioField("What kind of protocol is it?", choices=KINDS, default="statutory")
    parent = SelectField("Which protocol does it stand under?", default="")
    starts_on = DayField("First day", optional=True)
    toml = TextAreaField("The text as TOML")
    file = FileField("Or its file")


class CoverForm(DraftForm):
    """The facts on the cover."""

    title = StringField("Title", [InputRequired("Enter a title"), Length(max=200)])
    ref = StringField("Reference", [InputRequired("Enter a reference"), Length(max=40)])
    aliases = TextAreaField("Other names, one on a line", [Length(max=1000)])
    parent = SelectField("Stands under")
    starts_on = DayField("First day")
    review_by = DayField("Review by")
    ends_on = DayField("Ends on", optional=True)
    adopted_on = DayField("Adopted on", optional=True)
    overlap_days = StringField(
        "Days for which the version before still counts",
        [Regexp(r"^\d{1,4}$", message="Enter a number of days")],
    )
    reply_days = WholeNumberField("Days for an answer")
    marking = SelectField("Highest marking", choices={each: each for each in MARKINGS})


class PartiesForm(DraftForm):
    """Who the parties are."""

    parties = SelectMultipleField("Parties")


class PurposeForm(DraftForm):
    """One purpose."""

    code = StringField("Short name", [InputRequired("Enter a short name, like asb-case"), _CODE])
    says = TextAreaField("What information is shared for", [Length(max=500)])
    provision = SelectField("Provision of the Crime and Disorder Act 1998 that it serves")
    strategy_area = SelectField("Part of the strategy", choices={"": "Choose", **lawbook.STRATEGY_AREAS}, default="")
    law_enforcement = BooleanField("It is processing for law enforcement (Data Protection Act 2018, Part 3)")


class LineForm(DraftForm):
    """One line, but for the fields that it shares: those are added by `protocol_parts.line_form`."""

    line_id = StringField("Number of the line", [InputRequired("Enter a number, like 4.2"), _CODE])
    purposes = SelectMultipleField("For what")
    from_ = SelectMultipleField("Who gives")
    to_ = SelectMultipleField("Who receives")
    gateway = SelectField("Power to share", [InputRequired("Choose the power that the line relies on")])
    basis = SelectMultipleField("Lawful bases")
    conditions = SelectMultipleField("Conditions for criminal and special data")
    categories = SelectMultipleField("Kinds of anti-social behaviour")
    flags = SelectMultipleField(
        "Records with a safety flag", choices={each: each.replace("-", " ").capitalize() for each in FLAGS}
    )
    areas = SelectMultipleField("Areas")
    channels = SelectMultipleField(
        "How it may be shared", choices={code: said.capitalize() for code, said in CHANNELS.items()}
    )
    retention_days = WholeNumberField("Days for which the recipient keeps it")
    onward = RadioField(
        "Passing it on", choices={"never": "Never", "ask": "Only with the leave of whoever supplied it"}
    )
    safeguards = SelectMultipleField("Safeguards")
    starts_on = DayField("First day of the line, if later than the protocol’s", optional=True)
    ends_on = DayField("Last day of the line, if earlier", optional=True)


class SectionForm(DraftForm):
    """One section of the text."""

    said = TextAreaField("Text", [Length(max=20_000)])


class WholeTextForm(DraftForm):
    """The whole text as TOML."""

    toml = TextAreaField("The text as TOML", [InputRequired("Enter the text")])


class ConsultForm(AccordForm):
    """Who was asked about a draft, and what they said."""

    organisation = SelectField("Member of the partnership", default="")
    name = StringField("Or another group, or the person in charge", [Length(max=200)])
    consulted_on = DayField("When they were asked")
    said = TextAreaField(
        "What they said", [InputRequired("Say what they said; “no comment” if that is what they said")]
    )


class ReviewForm(AccordForm):
    """A review of a version."""

    reviewed_on = DayField("Day of the review")
    outcome = StringField("What came of it", [InputRequired("Say what came of it"), Length(max=200)])


class SuspendForm(AccordForm):
    """A suspension, from now."""

    until_on = DayField("Until, if it ends by itself", optional=True)
    sure = BooleanField(
        "Nothing more is shared under this protocol from this moment", [InputRequired("Tick the box to suspend")]
    )


class PartnerNoteForm(AccordForm):
    """What the directory says of a partner."""

    services = TextAreaField("What it does for people here", [Length(max=1000)])
    funding = TextAreaField("Who pays for it", [Length(max=1000)])
    version = StringField()


def field_name(code: str) -> str:
    """The input in which a line says how finely a field of the registry leaves."""
    return f"field_{code.replace('.', '_').replace('-', '_')}"


def put_problems(form: AccordForm, problems: Iterable[Problem], first: str) -> None:
    """Put what the service says at the inputs that it is about, by the last part of its place; else at `first`."""
    for problem in problems:
        place = problem.where.partition(" (line ")[0]
        name = _input(place, form)
        form.add_problem(name or first, f"{problem.message} {problem.mend}".strip())


_RENAMED = {"id": "line_id", "text": "says"}
"""A key of the file → the input that stands for it, where the two have different names."""


def _input(place: str, form: AccordForm) -> str | None:
    """The input for a table path: `line[2].from` → from_, `line[2].form.subject.dob` → field_subject_dob."""
    table, _, key = place.partition(".")
    key = key.partition("[")[0] if table != "text" else "said"
    choices = (
        key,
        f"{key}_",
        _RENAMED.get(key, ""),
        field_name(key.removeprefix("form.")),
    )
    return next((name for name in choices if name and name in form), None)
