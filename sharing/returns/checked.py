"""This module knows what comes of checking a file.

What may be stored, what may not and why, and every problem found.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from sharing.places import Locator
from sharing.returns.categories import Scheme
from sharing.returns.mapping import NO_MAPPING, SavedMapping
from sharing.returns.period import Quarter
from sharing.returns.problems import Level, RowProblem, grouped, of_level
from sharing.returns.reader import LIMITS, Limits, Table

LineKey = tuple[str, str, str]
"""What a number of the quarterly form is about: line, common kind, folded area; the last two may be empty."""


@dataclass(frozen=True)
class Setting:
    """What a file is checked against. `previous` are the last quarter's numbers, to notice what is unlikely."""

    quarter: Quarter
    today: date
    scheme: Scheme
    mapping: SavedMapping = NO_MAPPING
    locator: Locator | None = None
    previous: Mapping[LineKey, int] = field(default_factory=dict)
    limits: Limits = LIMITS


@dataclass(frozen=True, slots=True)
class FormLine:
    """One line of a quarterly form. No field of it holds personal data: it was searched for signs of any."""

    row: int
    part: str
    line: str
    category: str = ""
    own_category: str = ""
    area: str = ""
    number: int | None = None
    out_of: int | None = None
    trend: str = ""
    busiest_time: str = ""
    partners: str = ""
    words: str = ""
    is_not_collected: bool = False


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a row lies on the 50 m lattice, or why it lies nowhere.

    `precision`: postcode, point, snapped, area, unplaced, withheld.
    """

    precision: str
    e: int | None = None
    n: int | None = None
    lookup: str = ""


@dataclass(frozen=True, slots=True)
class IncidentRow:
    """One row of an incident sheet. What is to be sealed, or could lead to somebody, stays out of its repr."""

    row: int
    month: str
    category: str
    own_category: str
    spot: Spot
    day: int | None = field(default=None, repr=False)
    hour: int | None = field(default=None, repr=False)
    area: str = field(default="", repr=False)
    channel: str = ""
    hate: bool | None = field(default=None, repr=False)
    repeat: bool | None = field(default=None, repr=False)
    action: str = ""
    reference: str = field(default="", repr=False)
    postcode: str = field(default="", repr=False)
    address: str = field(default="", repr=False)
    note: str = field(default="", repr=False)


@dataclass(frozen=True)
class UnmappedWord:
    """A kind in the landlord's words that no scheme knows, with the rows that use it: to be mapped once and kept."""

    word: str = field(repr=False)
    rows: tuple[int, ...]
    near: tuple[str, ...] = ()


@dataclass(frozen=True)
class Checked:
    """A file that has been read and checked: every row is accepted, rejected or left out, each with its reason.

    `digest` is the SHA-256 of the file as it came: the same file sent twice is one return.
    """

    kind: str
    quarter: Quarter
    scheme: str
    form_version: str
    digest: str
    table: Table = field(repr=False)
    lines: tuple[FormLine, ...] = field(default=(), repr=False)
    incidents: tuple[IncidentRow, ...] = field(default=(), repr=False)
    rejected: tuple[int, ...] = ()
    left_out: tuple[tuple[int, str], ...] = ()
    problems: tuple[RowProblem, ...] = field(default=(), repr=False)
    unmapped: tuple[UnmappedWord, ...] = field(default=(), repr=False)

    @property
    def rows_read(self) -> int:
        """How many rows the file holds under its headings."""
        return len(self.table.rows)

    @property
    def accepted(self) -> int:
        """How many rows would be stored."""
        return len(self.lines) + len(self.incidents)

    @property
    def is_fit(self) -> bool:
        """Whether it may be submitted.

        Nothing must be fixed. What is to be checked needs a reason for each of `asks`.
        """
        return not of_level(self.problems, Level.MUST_FIX)

    @property
    def asks(self) -> tuple[str, ...]:
        """The rules that need a reason before the return can be submitted, in the order in which they were met."""
        return tuple(dict.fromkeys(each.rule for each in of_level(self.problems, Level.CHECK)))

    def shown(self, level: Level) -> tuple[RowProblem, ...]:
        """The problems of one level as people read them: five or more of a kind as one line."""
        return grouped(of_level(self.problems, level))
