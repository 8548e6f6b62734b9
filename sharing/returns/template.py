"""This module knows the forms.

Which columns and lines they have, under which headings, and what each may hold. The forms are data.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from sharing.returns.words import plain


@dataclass(frozen=True)
class Column:
    """A column of a form.

    `hinted` text is searched for personal data; `sealed` text is sealed when it is stored, never searched.
    """

    key: str
    header: str
    type: str
    aliases: tuple[str, ...] = ()
    required: bool = False
    sealed: bool = False
    hinted: bool = False
    choices: tuple[str, ...] = ()
    choice_aliases: Mapping[str, str] = field(default_factory=dict)
    longest: int = 0
    help: str = ""
    example: str = ""

    @property
    def names(self) -> frozenset[str]:
        """Every heading under which it is known, folded."""
        return frozenset(plain(name) for name in (self.header, self.key, *self.aliases))


@dataclass(frozen=True)
class Line:
    """A line of the quarterly form. `value`: count, share (number out of number), hotspot, words or quarter."""

    part: str
    key: str
    label: str
    value: str
    aliases: tuple[str, ...] = ()
    required: bool = False
    by_area: bool = False
    by_category: bool = False
    many: bool = False
    may_be_not_collected: bool = False
    example_number: int | None = None
    example_out_of: int | None = None
    example_words: str = ""

    @property
    def names(self) -> frozenset[str]:
        """Every wording under which it is known, folded."""
        return frozenset(plain(name) for name in (self.label, self.key, *self.aliases))


@dataclass(frozen=True)
class Form:
    """A form: its sheet's name, its columns in order, and its lines if it has any."""

    kind: str
    version: str
    sheet: str
    title: str
    help: str
    columns: tuple[Column, ...]
    lines: tuple[Line, ...] = ()

    def column(self, key: str) -> Column:
        """The column with this key. Raises KeyError."""
        return self._by_key[key]

    @property
    def _by_key(self) -> dict[str, Column]:
        return {column.key: column for column in self.columns}

    @property
    def known(self) -> frozenset[str]:
        """Every heading that any of its columns goes by, folded."""
        return frozenset().union(*(column.names for column in self.columns))

    @property
    def sealed(self) -> tuple[str, ...]:
        """The keys of the columns that are sealed when stored."""
        return tuple(column.key for column in self.columns if column.sealed)


@cache
def forms() -> Mapping[str, Form]:
    """The forms of `protocols/data/return-template.toml`.

    Raises TypeError for a key that no form has: a slip in our own file.
    """
    data = tomllib.loads(files("protocols").joinpath("data/return-template.toml").read_text("utf-8"))
    version = data.pop("version")
    return {kind: _form(kind, version, body) for kind, body in data.items()}


def form(kind: str) -> Form:
    """One form: `quarterly`, `incidents` or `council`. Raises KeyError."""
    return forms()[kind]


def _form(kind: str, version: str, body: dict[str, Any]) -> Form:
    columns = tuple(Column(**_tuples(each)) for each in body.pop("column"))
    lines = tuple(Line(**_tuples(each)) for each in body.pop("line", ()))
    return Form(kind, version, columns=columns, lines=lines, **body)


def _tuples(body: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in body.items()}
