"""Dates, numbers and codes as people type them."""

# ruff: noqa: DTZ001 - a cell of a spreadsheet has no time zone
from __future__ import annotations

from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sharing.returns.values import (
    EMPTY,
    MOST,
    choice_reader,
    read_count,
    read_date,
    read_flag,
    read_metres,
    read_postcode,
    read_time,
    reference_reader,
    text_reader,
)


@pytest.mark.parametrize(
    "text",
    [
        "14/05/2026",
        "14-05-2026",
        "14.5.2026",
        "14 5 2026",
        "2026-05-14",
        "2026/05/14",
        "14 May 2026",
        "14th May 2026",
        "Thursday 14 May 2026",
        "14-May-2026",
        "14May2026",
        " 14/05/2026 ",
        "14 / 05 / 2026",
        "2026-05-14T00:00:00",
        "14/05/2026 00:00",
        "14 Mai 2026",
        "14 MAY, 2026",
    ],
)
def test_any_sane_way_of_writing_a_date_is_understood(text):
    found = read_date(text)
    assert (found.value.date() if isinstance(found.value, datetime) else found.value) == date(2026, 5, 14)
    assert found.rule == ""


@pytest.mark.parametrize("text", ["14/05/26", "14-May-26"])
def test_a_year_of_two_figures_is_understood_and_said(text):
    assert read_date(text) == (date(2026, 5, 14), "", "date-two-digit", ())


@pytest.mark.parametrize(
    ("cell", "rule"),
    [
        ("29/02/2026", "date-unreal"),
        ("31/04/2026", "date-unreal"),
        ("0/5/2026", "date-unreal"),
        ("tomorrow", "date-unreal"),
        ("05/14/2026", "date-us"),
        ("12/31/2026", "date-us"),
        ("46156", "date-serial"),
        (46156, "date-serial"),
        (46156.5, "date-serial"),
        ("01/01/1999", "date-old"),
        ("14/05/0026", "date-old"),
        (date(1899, 12, 31), "date-old"),
        ("14/05", "date-unreal"),
        ("2026-13-01", "date-unreal"),
        ("1e308", "date-unreal"),
        ("NaN", "date-unreal"),
        (True, "date-serial"),
        ("14/05/2026 25:00", "date-unreal"),
        ("\u0661\u0664/\u0660\u0665/\u0662\u0660\u0662\u0666", "date-unreal"),
        ("9" * 400, "date-serial"),
    ],
)
def test_what_is_no_date_is_refused_for_its_own_reason(cell, rule):
    assert read_date(cell).rule == rule


def test_leap_days_and_clock_changes_are_real():
    assert read_date("29/02/2024").value == date(2024, 2, 29)
    assert read_date("29/03/2026 01:30").value == datetime(2026, 3, 29, 1, 30)
    assert read_date(datetime(2026, 5, 14, 22, 15)).value == datetime(2026, 5, 14, 22, 15)


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("22:15", time(22, 15)),
        ("10.15 pm", time(22, 15)),
        ("2215", time(22, 15)),
        ("9am", time(9)),
        ("12 am", time(0)),
        (0.5, time(12)),
        (time(7), time(7)),
        ("00:00:00", time(0)),
    ],
)
def test_times_are_understood(cell, value):
    assert read_time(cell).value == value


@pytest.mark.parametrize("cell", ["9", "25:00", "13 pm", "evening", 7, "-1:00"])
def test_what_is_no_time_is_refused(cell):
    assert read_time(cell).rule == "time-unreal"


@pytest.mark.parametrize(
    ("cell", "value"),
    [("14", 14), (" 1,234 ", 1234), ("14.0", 14), (14, 14), (14.0, 14), ("0", 0), ("+3", 3), ("1,000,000", MOST)],
)
def test_counts_are_understood(cell, value):
    assert read_count(cell).value == value


@pytest.mark.parametrize(
    ("cell", "rule"),
    [
        ("-1", "count-negative"),
        ("\u22121", "count-negative"),
        (-1, "count-negative"),
        ("1.5", "count-fraction"),
        (0.85, "count-fraction"),
        ("<5", "count-hidden"),
        ("<=5", "count-hidden"),
        ("≤5", "count-hidden"),
        ("*", "count-hidden"),
        ("1-4", "count-hidden"),
        ("fewer than 5", "count-hidden"),
        ("1e308", "count-not-number"),
        ("NaN", "count-not-number"),
        ("inf", "count-not-number"),
        (float("inf"), "count-fraction"),
        ("9" * 30, "count-too-large"),
        (2**70, "count-too-large"),
        ("1,23", "count-not-number"),
        ("none", "count-not-number"),
        (True, "count-not-number"),
        (date(2026, 1, 1), "count-not-number"),
        ("£5", "count-not-number"),
        ("\u0663", "count-not-number"),
    ],
)
def test_what_is_no_count_is_refused_for_its_own_reason(cell, rule):
    found = read_count(cell)
    assert (found.rule, found.value) == (rule, None)


def test_postcodes_flags_and_metres():
    assert read_postcode("e17 4ja").value == "E17 4JA"
    assert read_postcode("E17").rule == "postcode-unreal"
    assert [read_flag(cell).value for cell in ("Yes", "n", True, "TRUE", "x", "oes", 0, 1)] == [
        True,
        False,
        True,
        True,
        True,
        True,
        False,
        True,
    ]
    assert read_flag("maybe").rule == "flag-unknown"
    assert (read_metres("538,088").value, read_metres("x").rule, read_metres("-5").rule) == (
        538_088.0,
        "metres-unreal",
        "metres-unreal",
    )


def test_an_answer_is_found_whatever_its_case_and_a_near_miss_is_helped():
    read = choice_reader(("warning", "injunction"), {"letter": "warning"})
    assert [read(text).value for text in ("WARNING", " Letter ", "injunction.")] == ["warning", "warning", "injunction"]
    assert dict(read("warnning").words) == {"choices": "warning"}


def test_a_reference_stored_as_a_number_is_said_and_one_too_long_is_refused():
    read = reference_reader(60)
    assert read(123) == ("123", "", "number-for-text", ())
    assert read(1234567890123456).rule == "number-too-long"
    assert read(" 00123 ").value == "00123"


@given(st.text())
def test_free_text_is_kept_letter_for_letter(text):
    import unicodedata

    found = text_reader(0)(text)
    assert found == EMPTY if not text.strip() else found.value == unicodedata.normalize("NFC", text)


@given(
    st.one_of(st.text(), st.floats(), st.integers(), st.booleans(), st.none(), st.datetimes(), st.dates(), st.times())
)
def test_no_reader_ever_fails_and_none_gives_a_value_with_a_fault(cell):
    for read in (
        read_date,
        read_time,
        read_count,
        read_postcode,
        read_flag,
        read_metres,
        text_reader(10),
        reference_reader(10),
        choice_reader(("a",), {}),
    ):
        found = read(cell)
        assert not (found.rule and found.value is not None)
