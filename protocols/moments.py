"""This module knows time as the rules count it: instants in microseconds, days in Europe/London.

Every comparison of the rules is between instants. A bare day stands for its first instant in London, so a validity `[from, to)`
on days is the same validity on instants.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

Instant = int
"""Microseconds since 1970-01-01T00:00Z."""

LONDON: Final = ZoneInfo("Europe/London")
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
EARLIEST: Final[Instant] = -(1 << 62)
LATEST: Final[Instant] = 1 << 62
HOUR: Final[Instant] = 3_600_000_000
_MICROSECOND: Final = timedelta(microseconds=1)
_DAY_LENGTH: Final = len("2024-01-31")


def of(moment: datetime) -> Instant:
    """The instant of an aware datetime. ValueError for a naive one: a time without an offset is not a moment."""
    if moment.tzinfo is None:
        message = "the moment has no offset; write Z or +01:00 behind it"
        raise ValueError(message)
    return (moment - EPOCH) // _MICROSECOND


@lru_cache(maxsize=65536)
def day_start(ordinal: int) -> Instant:
    """The first instant of a day (proleptic ordinal) in London."""
    day = date.fromordinal(ordinal)
    return of(datetime(day.year, day.month, day.day, tzinfo=LONDON))


def day_of(instant: Instant) -> int:
    """The day (proleptic ordinal) of an instant in London."""
    return (EPOCH + timedelta(microseconds=instant)).astimezone(LONDON).toordinal()


def parse(text: str) -> Instant:
    """Read `YYYY-MM-DD` (its first instant in London) or an RFC 3339 moment. ValueError says what is wrong."""
    if len(text) == _DAY_LENGTH:
        return day_start(date.fromisoformat(text).toordinal())
    return of(datetime.fromisoformat(text))


def show(instant: Instant) -> str:
    """Write an instant: as a day if it is the first instant of one, else as RFC 3339 in UTC."""
    day = day_of(instant)
    if day_start(day) == instant:
        return date.fromordinal(day).isoformat()
    return (EPOCH + timedelta(microseconds=instant)).isoformat().replace("+00:00", "Z")


def years_on(ordinal: int, years: int) -> int:
    """The same day some years on (ordinals); 29 February becomes 28 February where there is none."""
    day = date.fromordinal(ordinal)
    try:
        return day.replace(year=day.year + years).toordinal()
    except ValueError:
        return day.replace(year=day.year + years, day=28).toordinal()


def instant_years_on(instant: Instant, years: int) -> Instant:
    """First instant of the same London day some years on."""
    return day_start(years_on(day_of(instant), years))


@lru_cache(maxsize=65536)
def days_on(instant: Instant, days: int) -> Instant:
    """First instant of the London day some days on."""
    return day_start(day_of(instant) + days)
