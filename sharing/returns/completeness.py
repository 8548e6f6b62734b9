"""This module knows who owes a return for a quarter and how each of them stands: due, in, nil, late or missing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from sharing.partners import read as partners
from sharing.returns.model import Submission
from sharing.returns.period import WORKING_DAYS, Quarter, due_on
from sharing.returns.rules import Kind, Sent, State, state_of


@dataclass(frozen=True)
class Expected:
    """An organisation that owes a return, with the homes that its return speaks for."""

    organisation: str
    name: str
    homes: int = 0


@dataclass(frozen=True)
class StatusRow:
    """How one expected return stands."""

    organisation: str
    name: str
    state: State
    due_on: date
    days_left: int
    """Days until it is due; negative once it is over."""
    version: int | None
    submitted_on: date | None
    has_incidents: bool
    homes: int


@dataclass(frozen=True)
class ReturnStatus:
    """Every expected return of a quarter. The denominator is always said: how many were expected."""

    period: str
    due_on: date
    rows: tuple[StatusRow, ...]

    @property
    def expected(self) -> int:
        """How many returns were expected."""
        return len(self.rows)

    def count(self, *states: State) -> int:
        """How many stand in any of these states."""
        return sum(1 for row in self.rows if row.state in states)

    @property
    def received(self) -> int:
        """How many have come, nil and late ones included."""
        return self.count(State.IN, State.NIL, State.LATE)

    @property
    def reporting_homes(self) -> tuple[int, int]:
        """Homes of the landlords that have reported, out of the homes of all that were expected to."""
        have = sum(row.homes for row in self.rows if row.state in (State.IN, State.NIL, State.LATE))
        return have, sum(row.homes for row in self.rows)


def expected_landlords(session: Session, partnership: str, quarter: Quarter) -> list[Expected]:
    """Who owes a return for a quarter: the members on its last day for which homes are recorded, by name."""
    homes = partners.homes_by_landlord(session, partnership, quarter.ends_on)
    names = {body.code: body.name for body in partners.members(session, partnership, quarter.ends_on)}
    found = [Expected(code, names[code], count) for code, count in homes.items() if count and code in names]
    return sorted(found, key=lambda each: (each.name, each.organisation))


def landlords_status(session: Session, partnership: str, quarter: Quarter, today: date) -> ReturnStatus:
    """How the return of every landlord that owes one stands on a day."""
    return status(session, partnership, quarter, expected_landlords(session, partnership, quarter), today)


def status(
    session: Session,
    partnership: str,
    quarter: Quarter,
    expected: Sequence[Expected],
    today: date,
    *,
    working_days: int = WORKING_DAYS,
) -> ReturnStatus:
    """How every expected return of a quarter stands on a day: due, in, nil, late or missing, with the denominator."""
    due = due_on(quarter, working_days).on
    query = select(Submission).where(
        Submission.partnership == partnership, Submission.period == str(quarter), Submission.month == ""
    )
    sent: dict[tuple[str, str], list[Submission]] = defaultdict(list)
    for row in session.scalars(query.order_by(Submission.version)):
        sent[row.organisation, row.series].append(row)
    rows = [_status_row(each, sent, due, today) for each in expected]
    return ReturnStatus(str(quarter), due, tuple(rows))


def _status_row(each: Expected, sent: Mapping[tuple[str, str], list[Submission]], due: date, today: date) -> StatusRow:
    versions = sent.get((each.organisation, Kind.QUARTERLY.series), [])
    last = versions[-1] if versions else None
    state = state_of(Sent(Kind(last.kind), versions[0].submitted_on) if last else None, due, today)
    return StatusRow(
        each.organisation,
        each.name,
        state,
        due,
        (due - today).days,
        last.version if last else None,
        last.submitted_on if last else None,
        (each.organisation, Kind.INCIDENTS.series) in sent,
        each.homes,
    )
