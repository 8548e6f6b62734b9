"""This module knows what every form has: a key that makes sending twice the same as once, and errors that point at an input."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import request
from flask_wtf import FlaskForm
from wtforms import Field, HiddenField, StringField
from wtforms.validators import InputRequired, StopValidation

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("jan", "january"),
            ("feb", "february"),
            ("mar", "march"),
            ("apr", "april"),
            ("may",),
            ("jun", "june"),
            ("jul", "july"),
            ("aug", "august"),
            ("sep", "sept", "september"),
            ("oct", "october"),
            ("nov", "november"),
            ("dec", "december"),
        ),
        start=1,
    )
    for name in names
}


class AccordForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """The base of every form."""

    idempotency_key = HiddenField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  WTForms' own signature
        """Give a fresh form its key; a form that is sent brings its own."""
        super().__init__(*args, **kwargs)
        if not self.idempotency_key.data:
            self.idempotency_key.data = request.headers.get("Idempotency-Key") or uuid.uuid4().hex

    @property
    def body_digest(self) -> str:
        """SHA-256 of what was sent, files by their bytes' own digest: same key and other body is refused."""
        sent = {k: request.form.getlist(k) for k in sorted(request.form) if k not in {"csrf_token", "idempotency_key"}}
        for name, storage in sorted(request.files.items()):
            sent[f"file:{name}"] = [hashlib.sha256(storage.stream.read()).hexdigest()]
            storage.stream.seek(0)
        return hashlib.sha256(json.dumps(sent).encode()).hexdigest()

    def text(self, name: str) -> str:
        """What was typed into an input; nothing where nothing was."""
        return str(self[name].data or "")

    def number(self, name: str) -> int:
        """The whole number in a hidden input; 0 for anything else, which is no row's version."""
        text = self.text(name)
        return int(text) if text.isdecimal() else 0

    def day(self, name: str) -> date:
        """The day of a DayField that has passed validation."""
        value = self[name].data
        if not isinstance(value, date):
            raise TypeError(f"{name} holds no day")
        return value

    def error_list(self) -> list[dict[str, str]]:
        """Every error with the id of the input that it is about, in the order of the page, for the error summary."""
        found: list[dict[str, str]] = []
        for field in self:
            target = getattr(field, "error_id", field.id)
            found.extend({"text": str(error), "href": f"#{target}"} for error in field.errors)
        return found

    def add_problem(self, field_name: str, message: str) -> None:
        """Put a service's complaint at the input that it is about."""
        field: Field = self[field_name]
        field.errors = [*field.errors, message]


class VersionForm(AccordForm):
    """A button: nothing but the version that its presser saw."""

    version = StringField(validators=[InputRequired()])


class DayField(Field):
    """A day as three inputs (day, month, year), as the GOV.UK Design System asks; a month may be a name."""

    def __init__(self, label: str, *, optional: bool = False, **kwargs: Any) -> None:  # noqa: ANN401  WTForms' own signature
        """`optional` lets all three inputs be empty."""
        super().__init__(label, **kwargs)
        self.optional = optional
        self.parts = ("", "", "")
        self.data: date | None = None

    @property
    def error_id(self) -> str:
        """The first input that is empty, else the first of the three: an error link must move the focus to an input."""
        empty = next((n for n, part in zip(("day", "month", "year"), self.parts, strict=True) if not part), "day")
        return f"{self.id}-{empty}"

    def process(self, formdata: Any, data: Any = None, extra_filters: Sequence[Any] | None = None) -> None:  # noqa: ANN401, ARG002  WTForms' own signature
        """Take the three parts from the form, or the parts of a given day."""
        self.process_errors = []
        self.data = data or (self.default() if callable(self.default) else self.default)
        if formdata is not None and any(f"{self.name}-{part}" in formdata for part in ("day", "month", "year")):
            self.parts = tuple((formdata.get(f"{self.name}-{p}") or "").strip() for p in ("day", "month", "year"))  # type: ignore[assignment]
            self.data = None
        elif self.data:
            self.parts = (str(self.data.day), str(self.data.month), str(self.data.year))

    def pre_validate(self, _form: Any) -> None:  # noqa: ANN401  WTForms' own signature
        """Read the parts; say which is missing or that the day is not real."""
        if self.data is not None or (self.optional and not any(self.parts)):
            return
        missing = [n for n, part in zip(("day", "month", "year"), self.parts, strict=True) if not part]
        name = str(self.label.text)
        if len(missing) == 3:  # noqa: PLR2004  all of the three inputs
            raise StopValidation(f"Enter {name[0].lower()}{name[1:]}")
        if missing:
            raise StopValidation(f"{name} must include a {' and '.join(missing)}")
        try:
            self.data = read_day(*self.parts)
        except ValueError:
            raise StopValidation(f"{name} must be a real date, like 27 3 2026") from None


def read_day(day: str, month: str, year: str) -> date:
    """Read a day from its three parts. Raises ValueError for anything but a real day with a four-figure year."""
    if len(year) != 4:  # noqa: PLR2004  a two-figure year is a guess
        raise ValueError("the year needs four figures")
    return date(int(year), MONTHS.get(month.lower(), 0) or int(month), int(day))
