"""This module knows how long a copy may be kept: the shorter of what the supplier keeps and what the protocol allows.

Source: the protocol's line (`retention_days`), the supplier's own rule (`retain_until`), and the practice that the shorter wins
(Police information and records management code 2023; Home Office model protocol: a maximum for each data item).
"""

from __future__ import annotations

from datetime import date, timedelta

_MONTHS_IN_QUARTER = 3


def shorter(*days: date | None) -> date | None:
    """The earliest of the days that are given; None if none is (nothing limits the keeping)."""
    return min((day for day in days if day is not None), default=None)


def kept_until(released_on: date, retention_days: int, retain_until: date | None) -> date:
    """The first day on which a copy may no longer be kept: release plus the line's days, or the supplier's own day if sooner.

    `retention_days` is the line's, at least 1. Raises ValueError for fewer. A hold is not looked at here: it outlasts both.
    """
    if retention_days < 1:
        raise ValueError("A copy is kept for at least one day.")
    end = released_on + timedelta(days=retention_days)
    return end if retain_until is None else min(end, retain_until)


def due_quarter(until: date) -> str:
    """The calendar quarter in which something falls due, as people write it: “2031-Q2”."""
    return f"{until.year:04d}-Q{(until.month - 1) // _MONTHS_IN_QUARTER + 1}"


def destroyed_by(until: date) -> date:
    """The first day of the quarter after the one in which it falls due: keys die by the quarter, so by then it is gone."""
    month = ((until.month - 1) // _MONTHS_IN_QUARTER + 1) * _MONTHS_IN_QUARTER + 1
    return date(until.year + 1, 1, 1) if month > 12 else date(until.year, month, 1)  # noqa: PLR2004  months of a year
