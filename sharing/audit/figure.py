"""This module knows what a figure of the reconciliation is: a number, what it is out of, and the list behind it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from sharing.disclosures import DisclosureView, audited
from sharing.store import Clock

Cell = str | int | float | date | datetime | None


@dataclass(frozen=True)
class Scope:
    """What is audited: a partnership and days (London), both included, as the record stands now."""

    session: Session
    partnership: str
    from_on: date
    to_on: date
    clock: Clock
    _read: dict[str, tuple[DisclosureView, ...]] = field(default_factory=dict, repr=False, compare=False)

    def decisions(self) -> tuple[DisclosureView, ...]:
        """Every release and refusal of these days with its fields, oldest first; read once, however many figures ask."""
        if "decisions" not in self._read:
            self._read["decisions"] = audited.decided_between(
                self.session, self.partnership, self.from_on, self.to_on, also_refused=True
            )
        return self._read["decisions"]

    def releases(self) -> tuple[DisclosureView, ...]:
        """Those of the decisions by which something left."""
        return tuple(each for each in self.decisions() if each.outcome != "refused")

    @property
    def today(self) -> date:
        """The business day."""
        return self.clock.today()

    @property
    def ahead(self) -> timedelta:
        """What business time is ahead of machine time by: the ledger's times are the machine's."""
        return self.clock.offset


@dataclass(frozen=True)
class Column:
    """A column of the list behind a figure: its heading, and what its cells are, so that a page can say them in words.

    Kinds: text, number, day, moment, organisation, purpose, field, rule, decision (a disclosure's reference).
    """

    heading: str
    kind: str = "text"


@dataclass(frozen=True)
class Figure:
    """A number with its denominator. `alarm` says that somebody has to look: what should be nothing is not."""

    code: str
    title: str
    number: int
    out_of: int | None
    of_what: str
    alarm: bool
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    about: tuple[uuid.UUID | None, ...] = ()
    """For each row the disclosure that it is about, where there is one."""

    def disclosure_of(self, row: int) -> uuid.UUID | None:
        """The disclosure that a row is about."""
        return self.about[row] if row < len(self.about) else None


Finder = Callable[[Scope], Figure]
