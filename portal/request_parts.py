"""This module knows what both sides of a request see alike: its kind, its answers in words, the form in which they talk."""

from __future__ import annotations

from collections.abc import Mapping

from wtforms import StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from portal.forms import AccordForm
from protocols.request_kinds import RequestKind, UnknownKindError, in_words, kind_of


class SayForm(AccordForm):
    """Something said on a request."""

    words = TextAreaField("In words", [InputRequired("Write what you want to say"), Length(max=2000)])
    version = StringField(validators=[InputRequired()])


def kind_or_other(code: str) -> RequestKind:
    """The kind of a request; one that is no longer in the data is shown as any other."""
    try:
        return kind_of(code)
    except UnknownKindError:
        return kind_of("other")


def answered(kind: RequestKind, answers: Mapping[str, str], stage: str) -> list[tuple[str, str]]:
    """Clear answers as title and words, in the order of the questions."""
    asked = kind.questions if stage == "questions" else kind.results
    return [(each.title.rstrip("?"), in_words(each, answers[each.code])) for each in asked if each.code in answers]
