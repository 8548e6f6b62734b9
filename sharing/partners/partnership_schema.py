"""This module knows the form of a partnership's file.

Its tables and their keys, and what is out of form in a given one. Every problem at once, each at its table path and
line. Unknown keys are errors: a misspelt key that is passed over is a fact that nobody meant to leave out.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from protocols.toml_lines import find_lines
from sharing.errors import InvalidError, Problem

Table = Mapping[str, Any]


@dataclass(frozen=True)
class Key:
    """One key of a table: what it must be, and whether it must be there."""

    kind: str
    required: bool = False


_WORDS = {
    "text": "a text",
    "yes": "true or false",
    "day": "a day such as 2023-04-01",
    "days": "a list of days",
    "texts": "a list of texts",
    "number": "a whole number",
    "tables": "a list of tables",
}
_IS: dict[str, Callable[[Any], bool]] = {
    "text": lambda value: isinstance(value, str) and bool(value.strip()),
    "yes": lambda value: isinstance(value, bool),
    "day": lambda value: type(value) is date,
    "days": lambda value: isinstance(value, list) and all(type(item) is date for item in value),
    "texts": lambda value: isinstance(value, list) and all(isinstance(item, str) for item in value),
    "number": lambda value: type(value) is int and value >= 0,
    "tables": lambda value: isinstance(value, list) and all(isinstance(item, dict) for item in value),
}
_TEXT, _NEEDED, _DAY = Key("text"), Key("text", required=True), Key("day")

SCHEMA: Mapping[str, Mapping[str, Key]] = {
    "": {
        "partnership": Key("table", required=True),
        "organisation": Key("tables", required=True),
        "area": Key("tables"),
    },
    "partnership": {
        "code": _NEEDED,
        "name": _NEEDED,
        "kind": _NEEDED,
        "area": _NEEDED,
        "year_starts": _TEXT,
        "gateways": Key("texts"),
    },
    "organisation": {
        "code": _NEEDED,
        "name": _NEEDED,
        "body_type": _NEEDED,
        "public_authority": Key("yes"),
        "regulator_no": _TEXT,
        "ico_no": _TEXT,
        "phone": _TEXT,
        "tier": Key("tables", required=True),
        "acts_for": Key("tables"),
        "officer": Key("tables"),
        "homes": Key("tables"),
        "open": Key("tables"),
    },
    "organisation.tier": {"tier": _NEEDED, "from": Key("day", required=True), "to": _DAY},
    "organisation.acts_for": {
        "principal": _NEEDED,
        "purposes": Key("texts", required=True),
        "ref": _NEEDED,
        "joint_control": Key("yes"),
        "from": Key("day", required=True),
        "to": _DAY,
    },
    "organisation.officer": {
        "name": _NEEDED,
        "post": _NEEDED,
        "email": _TEXT,
        "phone": _TEXT,
        "roles": Key("texts", required=True),
        "elected": Key("yes"),
        "account": Key("yes"),
        "from": Key("day", required=True),
        "trained": Key("days"),
        "liaison": _TEXT,
    },
    "organisation.homes": {"area": _NEEDED, "homes": Key("number", required=True), "as_at": Key("day", required=True)},
    "organisation.open": {"field": _NEEDED, "form": _NEEDED},
    "area": {"code": _NEEDED, "name": _NEEDED, "kind": _NEEDED, "lead": _TEXT},
}
"""Table → key → what it must be. `tests/data/partnership-example.toml` says the same in words."""


class Reader:
    """Reads one file, gathering problems."""

    def __init__(self, text: str) -> None:
        """Parse the text. Raises InvalidError at once when it is no TOML: nothing else can be said then."""
        self.problems: list[Problem] = []
        try:
            self.tables: Table = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise InvalidError.one(
                f"The file is not TOML: {error}", mend="Mend that place and load it again."
            ) from None
        self._lines = find_lines(text)

    def note(self, path: str, message: str, mend: str = "") -> None:
        """Note a problem at a path."""
        line = self._lines.of(path)
        self.problems.append(Problem(message, f"{path} (line {line})" if line else path, mend))

    def check(self, table: Table, path: str, kind: str) -> None:
        """Check a table and all tables in it against the schema."""
        keys = SCHEMA[kind]
        for name in table:
            if name not in keys:
                self.note(
                    f"{path}.{name}" if path else name, f"There is no key '{name}' here.", self._nearest(name, keys)
                )
        for name, key in keys.items():
            here = f"{path}.{name}" if path else name
            if name not in table:
                if key.required:
                    self.note(here, f"'{name}' is missing.", "Add it.")
                continue
            self._check_value(table[name], here, f"{kind}.{name}" if kind else name, key)

    def _check_value(self, value: Any, path: str, kind: str, key: Key) -> None:  # noqa: ANN401  TOML holds anything
        if key.kind == "table":
            self.check(value, path, kind) if isinstance(value, dict) else self.note(path, "This must be a table.")
        elif not _IS[key.kind](value):
            self.note(path, f"This must be {_WORDS[key.kind]}.")
        elif key.kind == "tables":
            for index, inner in enumerate(value):
                self.check(inner, f"{path}[{index}]", kind)

    @staticmethod
    def _nearest(name: str, keys: Mapping[str, Key]) -> str:
        import difflib

        near = difflib.get_close_matches(name, keys, n=1)
        return f"Did you mean '{near[0]}'?" if near else f"The keys are: {', '.join(keys)}."
