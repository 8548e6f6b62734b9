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
    RELEASED = "released"
    PARTLY = "partly"
    REFUSED = "refused"


OPEN = frozenset({RequestStatus.BLOCKED, RequestStatus.WAITING})
STATEMENT = ("necessity", "proportionality", "harm")
SUNDAY, SATURDAY = 6, 5


def status_as_asked(answer: Mapping[str, Any]) -> RequestStatus:
    """Where a request stands before the supplier has decided.

    It is blocked when there is something that the asker can do. Otherwise it waits for the supplier: so it does for a record
    that must not show itself and for no record at all, which look the same.
    """
    can_act = any(told["told"] and told["told"]["change"] for told in answer["fields"].values())
    return RequestStatus.BLOCKED if can_act else RequestStatus.WAITING


def reply_due(asked_on: date, reply_days: int, holidays: Collection[date] = ()) -> date:
    """The working day by which the protocol asks for a reply: `reply_days` working days after the day of asking."""
    day, left = asked_on, reply_days
    while left:
        day += timedelta(days=1)
        if day.weekday() < SATURDAY and day not in holidays:
            left -= 1
    return day


def missing_parts(given: Iterable[str], wanted: Iterable[str] = ("necessity", "proportionality")) -> list[str]:
    """Which parts of the statement are still to be written."""
    have = set(given)
    return [part for part in wanted if part not in have]
