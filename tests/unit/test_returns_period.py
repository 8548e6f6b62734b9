"""Quarters, and the twenty working days after them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sharing.errors import InvalidError
from sharing.returns.period import Quarter, due_on, is_working_day, statutory_due_on


def test_a_quarter_knows_its_days_and_neighbours():
    quarter = Quarter.parse("2026-q4")
    assert (str(quarter), quarter.starts_on, quarter.ends_on) == ("2026-Q4", date(2026, 10, 1), date(2026, 12, 31))
    assert quarter.months == ("2026-10", "2026-11", "2026-12")
    assert (str(quarter.following), str(quarter.preceding), str(quarter.following.preceding)) == (
        "2027-Q1",
        "2026-Q3",
        "2026-Q4",
    )
    assert date(2026, 12, 31) in quarter
    assert date(2027, 1, 1) not in quarter


@given(st.dates(date(2000, 4, 1), date(2199, 1, 1)))
def test_every_day_lies_in_its_own_quarter_and_no_other(day):
    quarter = Quarter.of(day)
    assert day in quarter
    assert day not in quarter.following
    assert Quarter.parse(str(quarter)) == quarter
    assert quarter.preceding.ends_on + timedelta(days=1) == quarter.starts_on


@pytest.mark.parametrize("text", ["2026-Q5", "2026", "Q1", "1899-Q1", "", "2026-01", "\u0662\u0660\u0662\u0666-Q1"])
def test_what_is_no_quarter_is_refused(text):
    with pytest.raises(InvalidError):
        Quarter.parse(text)


def test_twenty_working_days_leave_out_weekends_and_bank_holidays():
    # April 2026: Good Friday on the 3rd, Easter Monday on the 6th; counted by hand from 1 April.
    assert due_on(Quarter(2026, 1)).on == date(2026, 4, 30)
    # January 2026: New Year's Day.
    assert due_on(Quarter(2025, 4)).on == date(2026, 1, 29)
    assert not is_working_day(date(2026, 12, 28))  # Boxing Day is a Saturday, so its Monday is taken off


def test_a_due_date_past_the_known_holidays_says_that_it_is_not_certain():
    assert due_on(Quarter(2026, 2)).is_certain
    assert not due_on(Quarter(2040, 2)).is_certain


def test_the_councils_own_data_is_due_by_the_end_of_the_next_quarter():
    assert statutory_due_on(Quarter(2026, 1)) == date(2026, 6, 30)
    assert statutory_due_on(Quarter(2026, 3)) == date(2026, 12, 31)
