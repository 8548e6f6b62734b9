"""This module knows the forms of finding a person, answering them, and what never goes to anybody outside."""

from __future__ import annotations

from wtforms import RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from portal import vocabulary
from portal.forms import AccordForm, DayField, VersionForm
from protocols.outside import outside_kinds, topics
from sharing import subjects
from sharing.disclosures import Person

LINES = 2000
CHOOSE = [("", "Choose")]


def _choices(found: dict[str, str]) -> list[tuple[str, str]]:
    return [*CHOOSE, *found.items()]


class PersonForm(AccordForm):
    """Somebody as they are written down. What is typed here is never part of an address, a log or the ledger."""

    names = TextAreaField("Name", [InputRequired("Enter a name"), Length(max=LINES)])
    born = DayField("Date of birth", optional=True)
    addresses = TextAreaField("Address with postcode", [Length(max=LINES)])

    def person(self) -> Person:
        """The person who was typed: one name and one address a line."""
        born = self.born.data.isoformat() if self.born.data else ""
        return Person(_lines(self.text("names")), born, _lines(self.text("addresses")))


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())


class FindSubjectForm(PersonForm):
    """Whom to look for, and why."""

    reason = SelectField("Why you look for them", [InputRequired("Choose why you look for them")])

    def __init__(self, *args: object, **kwargs: object) -> None:
        """Offer the reasons."""
        super().__init__(*args, **kwargs)
        self.reason.choices = _choices(dict(subjects.search_reasons()))


class ReceiveRequestForm(PersonForm):
    """Somebody has asked what is held about them."""

    received_on = DayField("Day on which they asked")
    identity = SelectField("How their identity was checked")
    identity_on = DayField("Day on which it was checked", optional=True)

    def __init__(self, *args: object, **kwargs: object) -> None:
        """Offer the ways of checking."""
        super().__init__(*args, **kwargs)
        self.identity.choices = [("", "Not yet: we have asked for proof"), *subjects.identity_checks().items()]


class CheckIdentityForm(VersionForm):
    """The identity is sure."""

    identity = SelectField("How it was checked", [InputRequired("Choose how it was checked")])
    identity_on = DayField("Day on which it was checked")

    def __init__(self, *args: object, **kwargs: object) -> None:
        """Offer the ways of checking."""
        super().__init__(*args, **kwargs)
        self.identity.choices = _choices(dict(subjects.identity_checks()))


class ExtendRequestForm(VersionForm):
    """Two further months."""

    extension = SelectField("Why it takes longer", [InputRequired("Choose why it takes longer")])

    def __init__(self, *args: object, **kwargs: object) -> None:
        """Offer the reasons."""
        super().__init__(*args, **kwargs)
        self.extension.choices = _choices(dict(subjects.extensions()))


class DecideItemForm(VersionForm):
    """What becomes of one item."""

    outcome = RadioField("What becomes of it", [InputRequired("Choose what becomes of it")])
    left_out = SelectMultipleField("If it goes: fields to leave out")
    reason = SelectField("If you hold anything back: the reason")
    re_examine_on = DayField("If you hold anything back: look at it again on", optional=True)
    why = TextAreaField("If you hold anything back: what giving it would prejudice, and how", [Length(max=LINES)])

    def __init__(self, *args: object, fields: tuple[str, ...] = (), **kwargs: object) -> None:
        """Offer outcomes, the item's fields, and reasons."""
        super().__init__(*args, **kwargs)
        self.left_out.choices = [(code, vocabulary.field_title(code).capitalize()) for code in fields]
        self.outcome.choices = [
            (str(subjects.Outcome.INCLUDE), "It goes to the person"),
            (str(subjects.Outcome.WITHHOLD), "It is held back for now"),
            (str(subjects.Outcome.ANOTHER_PERSON), "It is about somebody else"),
        ]
        self.reason.choices = _choices({code: row.title for code, row in subjects.reasons().items()})


class AdviseForm(VersionForm):
    """A supplier's answer."""

    advice = RadioField("Your answer", [InputRequired("Choose an answer")])
    reason = SelectField("If it should be held back: the reason")

    def __init__(self, *args: object, **kwargs: object) -> None:
        """Offer answers and reasons."""
        super().__init__(*args, **kwargs)
        self.advice.choices = [
            (str(subjects.Advice.NO_OBJECTION), "Nothing speaks against giving it"),
            (str(subjects.Advice.HOLD_BACK), "It should be held back"),
        ]
        self.reason.choices = _choices({code: row.title for code, row in subjects.reasons().items()})


class LinkSubjectsForm(AccordForm):
    """A tie between the people of two records."""

    reference = StringField(
        "Our reference of the first person", [InputRequired("Enter our case reference"), Length(max=40)]
    )
    kind = SelectField("The first person", [InputRequired("Choose what they are to each other")])
    other_reference = StringField(
        "Our reference of the second person", [InputRequired("Enter our case reference"), Length(max=40)]
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        """Offer the ties."""
        super().__init__(*args, **kwargs)
        self.kind.choices = _choices(dict(subjects.LINKS))


class TellOutsideForm(AccordForm):
    """Whom an officer wants to tell what."""

    recipient_kind = SelectField("Whom you want to tell", [InputRequired("Choose whom you want to tell")])
    topic = SelectField("What it is about", [InputRequired("Choose what it is about")])
    reference = StringField(
        "Our reference of the record that it is in", [InputRequired("Enter our case reference"), Length(max=40)]
    )
    recipient_reference = StringField("Our reference of a record about whom you want to tell", [Length(max=40)])

    def __init__(self, *args: object, **kwargs: object) -> None:
        """Offer kinds and topics."""
        super().__init__(*args, **kwargs)
        self.recipient_kind.choices = _choices({code: kind.title for code, kind in outside_kinds().items()})
        self.topic.choices = _choices(dict(topics()))
