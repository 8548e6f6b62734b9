"""This module knows what a request may become, and when its reply is due."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import Any


class RequestStatus(StrEnum):
    """Where a request stands."""

    BLOCKED = "blocked"
    WAITING = "waiting"
    QUESTIONED = "questioned"
    CONFIRMING = "confirming"
    ESCALATED = "escalated"
    RELEASED = "released"
    PARTLY = "partly"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


OPEN = frozenset(
    {
        RequestStatus.BLOCKED,
        RequestStatus.WAITING,
        RequestStatus.QUESTIONED,
        RequestStatus.CONFIRMING,
        RequestStatus.ESCALATED,
    }
)
WITH_SUPPLIER = frozenset({RequestStatus.WAITING, RequestStatus.CONFIRMING, RequestStatus.ESCALATED})
"""Where the supplier has to move, and its clock runs."""

TO_DECIDE = frozenset({RequestStatus.WAITING, RequestStatus.ESCALATED})
STATEMENT = ("necessity", "proportionality", "harm")
SUNDAY, SATURDAY = 6, 5


def status_as_asked(answer: Mapping[str, Any]) -> RequestStatus:
    """Where a request stands before the supplier has decided.

    It is blocked when there is something that the asker can do. Otherwise it waits for the supplier: so it does for a record
    that must not show itself and for no record at all, which look the same.
    """
    can_act = any(told["told"] and told["told"]["change"] for told in answer["fields"].values())
    return RequestStatus.BLOCKED if can_act else RequestStatus.WAITING


def status_of(given: Iterable[bool]) -> RequestStatus:
    """Where a decided request stands, from whether each of its fields was given."""
    every = list(given)
    if every and all(every):
        return RequestStatus.RELEASED
    return RequestStatus.PARTLY if any(every) else RequestStatus.REFUSED


def reply_due(asked_on: date, reply_days: int, holidays: Collection[date] = ()) -> date:
    """The working day by which the protocol asks for a reply: `reply_days` working days after the day of asking."""
    day, left = asked_on, reply_days
    while left:
        day += timedelta(days=1)
        if day.weekday() < SATURDAY and day not in holidays:
            left -= 1
    return day


def working_days_left(today: date, due_on: date, holidays: Collection[date] = ()) -> int:
    """Working days after today up to and with the day on which it is due; below nought by as many as it is late."""
    step, day, left = (1 if due_on >= today else -1), today, 0
    while day != due_on:
        if step > 0:
            day += timedelta(days=1)
        if day.weekday() < SATURDAY and day not in holidays:
            left += step
        if step < 0:
            day -= timedelta(days=1)
    return left


def due_again(today: date, left: int, holidays: Collection[date] = ()) -> date:
    """The day by which a stopped clock runs out when it goes on today: the working days that were left; never before today."""
    return reply_due(today, max(0, left), holidays)
