"""This module knows time: days in London, moments in whole microseconds, half-open spans (page, section 1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
HOUR = 3_600_000_000
LONG_AGO = -(1 << 62)
NEVER = 1 << 62


# --- time -------------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=100_000)
def midnight(day: date) -> int:
    """The first instant of a day in London."""
    return (datetime(day.year, day.month, day.day, tzinfo=LONDON).astimezone(UTC) - EPOCH) // MICROSECOND


@lru_cache(maxsize=100_000)
def moment(text: str) -> int:
    """A day is its first instant in London; a moment carries its offset."""
    if len(text) == len("2023-04-01"):
        return midnight(date.fromisoformat(text))
    return (datetime.fromisoformat(text.upper()) - EPOCH) // MICROSECOND


@lru_cache(maxsize=100_000)
def day_of(at: int) -> date:
    return (EPOCH + timedelta(microseconds=at)).astimezone(LONDON).date()


@lru_cache(maxsize=100_000)
def days_after(at: int, days: int) -> int:
    """The first instant of the day so many days after the day of this moment."""
    return midnight(day_of(at) + timedelta(days=days))


def years_on(day: date, years: int) -> date:
    """The same day so many years on; 29 February becomes 28 February."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


@lru_cache(maxsize=100_000)
def years_after(at: int, years: int) -> int:
    return midnight(years_on(day_of(at), years))


@dataclass(frozen=True)
class Span:
    """Half-open: the start counts, the end no longer does."""

    start: int
    end: int

    def covers(self, at: int) -> bool:
        return self.start <= at < self.end


def span(row: Mapping[str, Any], start: str = "from", end: str = "to") -> Span:
    first, last = row.get(start), row.get(end)
    return Span(LONG_AGO if first is None else moment(first), NEVER if last is None else moment(last))
