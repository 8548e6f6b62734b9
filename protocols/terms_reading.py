"""This module knows how to read a TOML table and say everything that is wrong with it at once, each at its path and line."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from difflib import get_close_matches
from typing import TypeVar

from protocols.toml_lines import Lines

T = TypeVar("T")

_SHORT_LIST = 20

_KINDS = {
    str: "a text",
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    list: "a list",
    dict: "a table",
}


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong or missing: where (table path), on which line if that can be said, and what to do."""

    where: str
    message: str
    line: int | None = None

    def __str__(self) -> str:
        """One sentence for people: the place first."""
        place = f"{self.where} (line {self.line})" if self.line else self.where
        return f"{place}: {self.message}"


class TermsError(ValueError):
    """A protocol cannot be read. `problems` holds everything that was found, in the order of the file."""

    def __init__(self, problems: Collection[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda each: (each.line or 0, each.where)))
        super().__init__("\n".join(map(str, self.problems)))


@dataclass
class Notes:
    """What has been found wrong so far, and where things stand in the text."""

    lines: Lines
    problems: list[Problem] = field(default_factory=list)

    def add(self, where: str, message: str) -> None:
        """Note a problem at a path."""
        self.problems.append(Problem(where, message, self.lines.of(where)))


class Reader:
    """One table of the file. Each method reads a key; what is wrong is noted and a harmless value returned."""

    def __init__(self, notes: Notes, path: str, value: object, known: Collection[str]) -> None:
        self.notes = notes
        self.path = path
        self.values: Mapping[str, object] = value if isinstance(value, Mapping) else {}
        if not isinstance(value, Mapping):
            notes.add(path, f"a table is wanted here, not {_kind(value)}")
        for key in self.values:
            if key not in known:
                notes.add(self.at(key), f"there is no such key; the keys here are {', '.join(sorted(known))}")

    def at(self, key: str) -> str:
        """The path of a key."""
        return f"{self.path}.{key}"

    def text(self, key: str, default: str | None = None, among: Collection[str] | None = None) -> str:
        """A text, not blank; `default` None means that it has to be there."""
        if key not in self.values:
            return self._absent(key, default, "")
        value = self.values[key]
        if not isinstance(value, str) or not value.strip():
            return self._wrong(key, "a text is wanted", value, default or "")
        self._check(key, value, among)
        return value.strip()

    def texts(
        self, key: str, default: tuple[str, ...] | None = (), among: Collection[str] | None = None
    ) -> tuple[str, ...]:
        """A list of texts, none twice."""
        if key not in self.values:
            return self._absent(key, default, ())
        value = self.values[key]
        if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
            return self._wrong(key, "a list of texts is wanted", value, default or ())
        for item in sorted({item for item in value if value.count(item) > 1}):
            self.notes.add(self.at(key), f"“{item}” stands here twice")
        for item in value:
            self._check(key, item, among)
        return tuple(value)

    def whole(self, key: str, default: int | None, least: int) -> int:
        """A whole number, at least `least`."""
        if key not in self.values:
            return self._absent(key, default, least)
        value = self.values[key]
        if not isinstance(value, int) or isinstance(value, bool):
            return self._wrong(key, "a whole number is wanted", value, default or least)
        if value < least:
            self.notes.add(self.at(key), f"{value} is too small; at least {least} is wanted")
        return value

    def flag(self, key: str, *, default: bool) -> bool:
        """True or false."""
        value = self.values.get(key, default)
        if not isinstance(value, bool):
            return self._wrong(key, "true or false is wanted, without quotation marks", value, default)
        return value

    def day(self, key: str) -> date:
        """A day that has to be there."""
        if key not in self.values:
            return self._absent(key, None, date.min)
        return self.maybe_day(key) or date.min

    def maybe_day(self, key: str) -> date | None:
        """A day, or None where the key is absent."""
        value = self.values.get(key)
        if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
            return value
        return self._wrong(key, "a day such as 2026-04-01 is wanted, without quotation marks", value, None)

    def named(self, key: str) -> Mapping[str, str]:
        """A small table of texts."""
        value = self.values.get(key, {})
        if not isinstance(value, dict) or not all(isinstance(item, str) for item in value.values()):
            return self._wrong(key, 'a table of texts is wanted, such as { "subject.dob" = "age-band" }', value, {})
        return value

    def _check(self, key: str, value: str, among: Collection[str] | None) -> None:
        if among is not None and value not in among:
            self.notes.add(self.at(key), f"“{value}” is not known; {_listed(value, among)}")

    def _absent(self, key: str, default: T | None, harmless: T) -> T:
        if default is None:
            self.notes.add(self.at(key), "this has to be there")
            return harmless
        return default

    def _wrong(self, key: str, wanted: str, value: object, harmless: T) -> T:
        self.notes.add(self.at(key), f"{wanted}, not {_kind(value)}")
        return harmless


def _listed(wrong: str, codes: Collection[str]) -> str:
    known = sorted(codes)
    if len(known) <= _SHORT_LIST:
        return f"it can be {', '.join(known)}"
    near = get_close_matches(wrong, known, n=1)
    return f"did you mean {near[0]}?" if near else f"it is none of the {len(known)} codes that can stand here"


def _kind(value: object) -> str:
    if isinstance(value, str) and not value.strip():
        return "an empty text"
    return _KINDS.get(type(value), "a date or time" if hasattr(value, "isoformat") else type(value).__name__)
