"""This module knows retention epochs: the calendar quarter in which a record falls due, as a number."""

from __future__ import annotations

from datetime import date

QUARTERS = 4


def epoch_of(due: date) -> int:
    """Return the epoch of a due date: quarters since the year nought, so that a later quarter is a larger number."""
    return due.year * QUARTERS + (due.month - 1) // 3


def year_end(year: int) -> int:
    """Return the last epoch of a due-year: its key wraps the year's index keys, so they die with the year."""
    return year * QUARTERS + QUARTERS - 1


def label(epoch: int) -> str:
    """Write an epoch as people do: "2031-Q2"."""
    return f"{epoch // QUARTERS:04d}-Q{epoch % QUARTERS + 1}"


def parse(text: str) -> int:
    """Read "2031-Q2". Raises ValueError for anything else."""
    year, _, quarter = text.partition("-Q")
    number = int(quarter)
    if not 1 <= number <= QUARTERS:
        raise ValueError("a quarter is 1 to 4")
    return int(year) * QUARTERS + number - 1
