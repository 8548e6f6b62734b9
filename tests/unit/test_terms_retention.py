"""How long a copy may be kept."""

from __future__ import annotations

from datetime import date

import pytest

from protocols.retention import destroyed_by, due_quarter, kept_until, shorter


def test_the_shorter_of_the_suppliers_and_the_protocols_wins():
    released = date(2026, 4, 1)
    assert kept_until(released, 365, None) == date(2027, 4, 1)
    assert kept_until(released, 365, date(2026, 9, 1)) == date(2026, 9, 1)
    assert kept_until(released, 30, date(2026, 9, 1)) == date(2026, 5, 1)
    assert shorter(None, date(2026, 9, 1), date(2026, 5, 1)) == date(2026, 5, 1)
    assert shorter(None, None) is None


def test_a_copy_is_kept_for_at_least_a_day():
    with pytest.raises(ValueError, match="at least one day"):
        kept_until(date(2026, 4, 1), 0, None)


@pytest.mark.parametrize(
    ("day", "quarter", "gone"),
    [
        ("2031-01-01", "2031-Q1", "2031-04-01"),
        ("2031-03-31", "2031-Q1", "2031-04-01"),
        ("2031-06-30", "2031-Q2", "2031-07-01"),
        ("2031-10-01", "2031-Q4", "2032-01-01"),
        ("2031-12-31", "2031-Q4", "2032-01-01"),
    ],
)
def test_a_copy_falls_due_in_a_quarter_and_is_gone_after_it(day, quarter, gone):
    assert due_quarter(date.fromisoformat(day)) == quarter
    assert destroyed_by(date.fromisoformat(day)) == date.fromisoformat(gone)
