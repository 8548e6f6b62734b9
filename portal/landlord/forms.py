"""This module knows the forms of the landlord's counter."""

from __future__ import annotations

from collections.abc import Sequence

from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import InputRequired, Length, Optional

from portal import words
from portal.forms import AccordForm
from sharing import returns
from sharing.partners import OfficerView
from sharing.returns import Checked, Form, Quarter, UnmappedWord
from sharing.returns.words import plain

KINDS = [
    SelectChoice("quarterly", "Quarterly return: counts only"),
    SelectChoice("incidents", "Incident sheet: one row for each incident"),
]
ALONE = "alone"
_CHOOSE = SelectChoice("", "Choose")


class UploadForm(AccordForm):
    """A file, and what it is."""

    period = SelectField("Which quarter is it for?", [InputRequired("Choose the quarter")])
    kind = RadioField("What do you send?", [InputRequired("Choose what you send")], choices=KINDS)
    file = FileField("Your file", [FileRequired("Choose a file")])

    def offer(self, quarters: Sequence[Quarter]) -> None:
        """Say which quarters can be chosen."""
        self.period.choices = [SelectChoice(str(q), words.quarter(str(q))) for q in quarters]


class LoadForm(AccordForm):
    """A file of reports."""

    file = FileField("Your file", [FileRequired("Choose a file")])


class SubmitForm(AccordForm):
    """The sign-off; a reason for each thing to be checked is added by `submit_form`."""

    certified_by = SelectField("Who signed this return off?", [InputRequired("Choose who signed it off")])
    certify = BooleanField(
        "I certify that these figures are right, to the best of our knowledge",
        [InputRequired("Tick the box if the figures are right. If they are not, mend the file first")],
    )
    replaces = StringField(validators=[Optional()])

    def offer(self, colleagues: Sequence[OfficerView]) -> None:
        """Say who can have signed it off: a second person, or nobody else where there is nobody else."""
        people = [SelectChoice(str(each.id), f"{each.name}, {each.post}") for each in colleagues]
        self.certified_by.choices = [_CHOOSE, *people] if people else [SelectChoice(ALONE, "I am the only one here")]
        if not people and not self.certified_by.data:
            self.certified_by.data = ALONE


def submit_form(rules: Sequence[str], **kwargs: None) -> SubmitForm:
    """The sign-off with a reason for each rule that asks for one."""
    reasons = {
        reason_name(rule): TextAreaField("Why is it so?", [InputRequired("Say why"), Length(max=500)]) for rule in rules
    }
    made: SubmitForm = type("SubmitThisForm", (SubmitForm,), reasons)(**kwargs)
    return made


def reason_name(rule: str) -> str:
    """The name of the input for a rule's reason."""
    return f"reason_{rule.replace('-', '_')}"


def mapping_form(form: Form, checked: Checked, suggested: dict[str, str], **kwargs: None) -> AccordForm:
    """A choice for each heading of the file: which column of ours it is, or none; and the scheme of the landlord's words."""
    choices = [
        SelectChoice("", "Leave it unread"),
        *(SelectChoice(column.key, column.header) for column in form.columns),
    ]
    own = {
        f"column_{index}": SelectField(header, choices=choices, default=suggested.get(plain(header), ""))
        for index, header in enumerate(checked.table.headers)
        if header
    }
    own["scheme"] = SelectField(
        "Which list of kinds do you use?",
        choices=[SelectChoice(*each) for each in returns.scheme_titles().items()],
        default=checked.scheme,
    )
    made: AccordForm = type("MappingForm", (AccordForm,), own)(**kwargs)
    return made


def category_form(unmapped: Sequence[UnmappedWord], **kwargs: None) -> AccordForm:
    """A choice of the common list for each word that no scheme knows."""
    choices = [_CHOOSE, *(SelectChoice(code, kind.label) for code, kind in returns.kinds().items())]
    own = {
        f"word_{index}": SelectField(each.word or "(empty)", choices=choices, default=_near(each))
        for index, each in enumerate(unmapped)
    }
    made: AccordForm = type("CategoryForm", (AccordForm,), own)(**kwargs)
    return made


def _near(each: UnmappedWord) -> str:
    return next((code for code, kind in returns.kinds().items() if kind.label in each.near), "")
