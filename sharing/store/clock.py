"""This module knows the two clocks: machine time for sign-in, throttles and the ledger; business time for what the law dates.

Business time can be offset, and then it still ticks, in an installation marked as a demonstration; nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")


@dataclass(frozen=True)
class Clock:
    """Both clocks. `offset` is what business time is ahead of machine time by (negative: behind)."""

    offset: timedelta = timedelta(0)

    def now(self) -> datetime:
        """Machine time, aware UTC."""
        return datetime.now(UTC)

    def business_now(self) -> datetime:
        """The moment at which rules are judged, aware UTC."""
        return self.now() + self.offset

    def today(self) -> date:
        """The business day in Europe/London, in which the law's days are counted."""
        return self.business_now().astimezone(LONDON).date()


def offset_to(day: date, now: datetime) -> timedelta:
    """Return the offset that makes `now` fall at nine in the morning, London time, of `day`."""
    return datetime(day.year, day.month, day.day, 9, tzinfo=LONDON) - now
