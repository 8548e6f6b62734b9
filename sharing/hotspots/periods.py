"""This module knows the periods that a list is drawn for: a calendar quarter ('2022-Q4') or a month ('2022-12')."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sharing.errors import InvalidError

_QUARTER = re.compile(r"(\d{4})-Q([1-4])")
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
MONTHS_A_YEAR = 12
MONTHS_A_QUARTER = 3


@dataclass(frozen=True, order=True)
class Period:
    """A run of whole months, counted from year 0: `last` is the month it ends with, `months` how many it has."""

    last: int
    months: int

    @classmethod
    def parse(cls, text: str) -> Period:
        """Read '2022-Q4' or '2022-12'. Raises InvalidError for anything else."""
        if found := _QUARTER.fullmatch(text):
            first = int(found[1]) * MONTHS_A_YEAR + (int(found[2]) - 1) * MONTHS_A_QUARTER
            return cls(first + MONTHS_A_QUARTER - 1, MONTHS_A_QUARTER)
        if _MONTH.fullmatch(text):
            return cls(month_number(text), 1)
        raise InvalidError.one(
            "this is not a period", where="period", mend="Write a quarter as 2022-Q4, a month as 2022-12."
        )

    @property
    def first(self) -> int:
        """The month it begins with."""
        return self.last - self.months + 1

    def __str__(self) -> str:
        if self.months == MONTHS_A_QUARTER:
            return f"{self.last // MONTHS_A_YEAR}-Q{self.last % MONTHS_A_YEAR // MONTHS_A_QUARTER + 1}"
        return month_text(self.last)

    @property
    def in_words(self) -> str:
        """What the period is called in a sentence: 'October to December 2022', 'December 2022'."""
        year, month = divmod(self.last, MONTHS_A_YEAR)
        last = f"{_NAMES[month]} {year}"
        return last if self.months == 1 else f"{_NAMES[self.first % MONTHS_A_YEAR]} to {last}"


def month_number(text: str) -> int:
    """Return the months since year 0 of 'YYYY-MM'. Raises InvalidError for anything else."""
    found = _MONTH.fullmatch(text)
    if not found:
        raise InvalidError.one("this is not a month", where="month", mend="Write it as 2022-12.")
    return int(found[1]) * MONTHS_A_YEAR + int(found[2]) - 1


def month_text(number: int) -> str:
    """Return 'YYYY-MM' of a month's number."""
    return f"{number // MONTHS_A_YEAR:04d}-{number % MONTHS_A_YEAR + 1:02d}"


_NAMES = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
