"""This module knows which quarters a landlord is asked for, and how one of them stands in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from portal import words
from sharing import returns
from sharing.errors import InvalidError, NotFoundError
from sharing.returns import Quarter, State, StatusRow
from sharing.returns import read as stored
from sharing.returns.read import ReturnView
from sharing.store import Session

BACK = 6
"""How many ended quarters are offered: as far back as anybody mends a return."""
_ONE, _MANY = "working day", "working days"


@dataclass(frozen=True)
class Standing:
    """One quarter of one landlord: how it stands, and every version that was sent for it."""

    quarter: Quarter
    row: StatusRow
    sent: tuple[ReturnView, ...]
    due_words: str

    @property
    def is_owed(self) -> bool:
        """Whether a quarterly return or a nil return is still to come."""
        return self.row.state in (State.DUE, State.MISSING)


def owes_returns(reading: Session, partnership: str, organisation: str, today: date) -> bool:
    """Whether an organisation owes a return for the quarter that ended last."""
    return _owes(reading, partnership, organisation, Quarter.of(today).preceding)


def _owes(reading: Session, partnership: str, organisation: str, quarter: Quarter) -> bool:
    expected = returns.expected_landlords(reading, partnership, quarter)
    return any(each.organisation == organisation for each in expected)


def ended(today: date) -> list[Quarter]:
    """The quarters that have ended, the newest first."""
    found = [Quarter.of(today).preceding]
    while len(found) < BACK:
        found.append(found[-1].preceding)
    return found


def wanted_quarter(text: str, today: date) -> Quarter:
    """Read a quarter from a page's address. Raises NotFoundError for none, or for one that has not ended."""
    try:
        quarter = Quarter.parse(text)
    except InvalidError:
        raise NotFoundError("There is no such quarter.") from None
    if quarter.ends_on >= today:
        raise NotFoundError(f"{words.quarter(str(quarter))} has not ended. Its return can be sent from the day after.")
    return quarter


def standings(reading: Session, partnership: str, organisation: str, today: date) -> list[Standing]:
    """The ended quarters for which a landlord owed or sent a return, with how each stands, the newest first."""
    sent = stored.returns_of(reading, partnership, organisation)
    expected = [returns.Expected(organisation, organisation)]
    found = []
    for quarter in _quarters(sent, today):
        mine = tuple(view for view in sent if view.period == str(quarter) and not view.month)
        if not mine and not _owes(reading, partnership, organisation, quarter):
            continue
        row = returns.status(reading, partnership, quarter, expected, today).rows[0]
        found.append(Standing(quarter, row, mine, due_words(row.due_on, today)))
    return found


def _quarters(sent: Sequence[ReturnView], today: date) -> list[Quarter]:
    own = {Quarter.parse(view.period) for view in sent if not view.month}
    return sorted({*ended(today), *own}, reverse=True)


def due_words(due: date, today: date) -> str:
    """`due 30 January 2023, 9 working days left`."""
    if due < today:
        return f"was due {words.day(due)}, {words.count(_between(due, today), _ONE, _MANY)} ago"
    left = _between(today, due)
    return f"due {words.day(due)}, {words.count(left, _ONE, _MANY)} left" if left else f"due today, {words.day(due)}"


def _between(first: date, last: date) -> int:
    """Working days after the first day, up to and with the last."""
    days = (first + timedelta(days=n) for n in range(1, (last - first).days + 1))
    return sum(returns.is_working_day(day) for day in days)
