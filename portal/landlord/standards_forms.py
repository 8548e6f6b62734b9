"""This module knows the forms of the standards pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from wtforms import BooleanField, RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import InputRequired, Length, Optional, Regexp

from portal.forms import AccordForm, DayField
from protocols.standards import Framework, Item, Judgement, SignUp, Status

STATUSES = {"met": "Met", "part": "Partly met", "not-met": "Not met", "not-relevant": "Not relevant here"}
_CHOICES = [SelectChoice(code, words) for code, words in STATUSES.items()]
_SMALL = "Use small letters, figures and hyphens"
_TEXTS = ("evidence", "reason", "alternative")


def input_name(code: str, part: str) -> str:
    """The name of an item's input: `RSHM-1.B3` and `evidence` give `i_RSHM_1_B3_evidence`."""
    return f"i_{code.replace('-', '_').replace('.', '_')}_{part}"


class BeginAssessmentForm(AccordForm):
    """The day of a new assessment."""

    assessed_on = DayField("Day of the assessment", optional=True)


class ConcludeForm(AccordForm):
    """What was decided on the strength of an assessment."""

    outcome = RadioField(
        "What did you decide?",
        [InputRequired("Say whether you sign or defer")],
        choices=[SelectChoice("sign", "To sign up"), SelectChoice("defer", "To defer, and to assess ourselves again")],
    )
    version = StringField(validators=[InputRequired()])


def judge_form(items: Sequence[Item], given: Mapping[str, Judgement], **kwargs: None) -> AccordForm:
    """The judgements of one commitment's items, as far as they were given."""
    own: dict[str, object] = {"version": StringField()}
    for item in items:
        known = given.get(item.code)
        own[input_name(item.code, "status")] = RadioField(
            item.label, [Optional()], choices=_CHOICES, default=str(known.status) if known else None
        )
        for part, label in zip(_TEXTS, ("What shows it", "Why not relevant", "What you do instead"), strict=True):
            default = getattr(known, part) if known else ""
            own[input_name(item.code, part)] = TextAreaField(label, [Length(max=2000)], default=default)
    made: AccordForm = type("JudgeForm", (AccordForm,), own)(**kwargs)
    return made


def judgements(form: AccordForm, items: Sequence[Item]) -> tuple[Judgement, ...]:
    """What was said of the items that were judged."""
    return tuple(
        Judgement(
            item.code,
            Status(form.text(input_name(item.code, "status"))),
            *(form.text(input_name(item.code, part)).strip() for part in _TEXTS),
        )
        for item in items
        if form.text(input_name(item.code, "status"))
    )


class SignUpForm(AccordForm):
    """The steps of a sign-up that every framework has."""

    decided_ref = StringField("Reference of the decision by your board or cabinet", [Length(max=120)])
    decided_on = DayField("Day of the decision", optional=True)
    register = BooleanField("We sign up now")


def sign_up_form(framework: Framework, known: SignUp, **kwargs: None) -> SignUpForm:
    """The sign-up with the steps of this framework and this kind of body."""
    own: dict[str, object] = {}
    if framework.champion:
        own["champion"] = StringField("Champion at board level", [Length(max=120)], default=known.champion)
    if known.needs_parent_consent:
        own["parent_consented_on"] = DayField(
            "Day on which the parent authority agreed", optional=True, default=known.parent_consented_on
        )
    if framework.consortium:
        own["consortium_box"] = BooleanField("We sign as a member of a consortium", default=known.consortium_box)
        own["satisfied_area"] = StringField(
            "Area for all of whose residents we are satisfied that services will meet the Standard",
            [Length(max=120)],
            default=known.satisfied_area,
        )
    made: SignUpForm = type("SignUpThisForm", (SignUpForm,), own)(
        decided_ref=known.decided_ref, decided_on=known.decided_on, **kwargs
    )
    return made


class FormConsortiumForm(AccordForm):
    """A consortium and its members."""

    code = StringField(
        "Short code",
        [InputRequired("Enter a code"), Length(max=40), Regexp(r"[a-z0-9-]+\Z", message=_SMALL)],
    )
    name = StringField("Name", [InputRequired("Enter a name"), Length(max=160)])
    area = StringField("Area that it stands for", [InputRequired("Enter the area"), Length(max=120)])
    members = SelectMultipleField("Members", [InputRequired("Choose the members")])
