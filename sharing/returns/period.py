"""This module knows quarters: which months they hold, and by which day a return for one is due."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, cached_property
from typing import Self

from sharing.errors import InvalidError

WORKING_DAYS = 20
"""Working days after the quarter's end in which a landlord's return is due (local practice; a protocol may differ)."""
_FORM = re.compile(r"(\d{4})-?\s?Q([1-4])\Z", re.IGNORECASE | re.ASCII)
_FIRST_YEAR, _LAST_YEAR = 2000, 2199
_SATURDAY = 5


@dataclass(frozen=True, order=True)
class Quarter:
    """A calendar quarter, written 2026-Q3."""

    year: int
    number: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read "2026-Q3" (also "2026 q3"). Raises InvalidError."""
        match = _FORM.match(text.strip())
        if not match or not _FIRST_YEAR <= int(match[1]) <= _LAST_YEAR:
            raise InvalidError.one(
                "This is not a quarter.", where="period", mend="Write year and quarter, like 2026-Q3."
            )
        return cls(int(match[1]), int(match[2]))

    @classmethod
    def of(cls, day: date) -> Self:
        """The quarter that holds a day."""
        return cls(day.year, (day.month + 2) // 3)

    def __str__(self) -> str:
        return f"{self.year}-Q{self.number}"

    def __contains__(self, day: date) -> bool:
        return self.starts_on <= day <= self.ends_on

    @cached_property
    def starts_on(self) -> date:
        """Its first day."""
        return date(self.year, self.number * 3 - 2, 1)

    @cached_property
    def ends_on(self) -> date:
        """Its last day."""
        return self.following.starts_on - timedelta(days=1)

    @property
    def following(self) -> Quarter:
        """The quarter after it."""
        return Quarter(self.year + self.number // 4, self.number % 4 + 1)

    @property
    def preceding(self) -> Quarter:
        """The quarter before it."""
        return Quarter(self.year - (self.number == 1), (self.number - 2) % 4 + 1)

    @property
    def months(self) -> tuple[str, ...]:
        """Its months, as 2026-07."""
        return tuple(f"{self.year}-{month:02}" for month in range(self.number * 3 - 2, self.number * 3 + 1))


@dataclass(frozen=True)
class DueDate:
    """The day by which a return must be in. `is_certain` is false past the last year of known bank holidays."""

    on: date
    is_certain: bool = True


@cache
def _holidays() -> frozenset[date]:
    """Bank holidays of England and Wales, from the list that ships with the library: nothing is fetched."""
    from govuk_bank_holidays.bank_holidays import BankHolidays  # late: a start need not wait for it

    listed = BankHolidays(use_cached_holidays=True).get_holidays(division=BankHolidays.ENGLAND_AND_WALES)
    return frozenset(each["date"] for each in listed)


def is_working_day(day: date) -> bool:
    """Whether a day is neither a weekend nor a bank holiday in England and Wales."""
    return day.weekday() < _SATURDAY and day not in _holidays()


def due_on(quarter: Quarter, working_days: int = WORKING_DAYS) -> DueDate:
    """The day by which a landlord's return is due: so many working days after the quarter's last day."""
    day = quarter.ends_on
    left = working_days
    while left > 0:
        day += timedelta(days=1)
        left -= is_working_day(day)
    return DueDate(day, is_certain=day.year <= max(_holidays()).year)


def statutory_due_on(quarter: Quarter) -> date:
    """The day by which a prescribed data set must be shared.

    The end of the next quarter (SI 2007/1831, data set D8 and the others).
    """
    return quarter.following.ends_on
