"""Meetings without a database: cycles, the standing agenda, the draft of the minutes, what clear text may not hold."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sharing.clear_text import mask, personal_problems
from sharing.meetings import ActionLine, AgendaLine, AgendaMaterial, Attendee, Presence, agenda_of, draft_minutes
from sharing.meetings.agenda_rules import items_of
from sharing.meetings.rules import (
    action_types,
    dates_of,
    escalation,
    meeting_kinds,
    missing_before_verified,
    wrong_extra,
)

DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))
JOG = meeting_kinds()["JOG"]
DESIGN = action_types()["design"]
HEADINGS = [
    "Welcome, confidentiality, apologies",
    "Notes of the last meeting and matters arising",
    "Actions overdue",
    "Actions open",
    "Actions done, to be verified by another agency",
    "Actions declined since the last meeting",
    "Hotspots, each with its lead officer",
    "Returns not in, and whom to ring",
    "Requests that wait for a reply",
    "Any other business, next meeting",
]


@given(first=DAYS, length=st.integers(0, 900))
def test_a_joint_operations_group_meets_every_fourteen_days_up_to_its_last_day(first: date, length: int):
    days = dates_of(first, JOG.cycle_days, first + timedelta(days=length))
    assert days[0] == first
    assert {(b - a).days for a, b in pairwise(days)} <= {14}
    assert days[-1] <= first + timedelta(days=length) < days[-1] + timedelta(days=14)


def test_a_panel_that_meets_as_needed_has_its_first_day_and_no_other():
    assert dates_of(date(2023, 1, 16), 0, date(2023, 12, 31)) == (date(2023, 1, 16),)
    assert dates_of(date(2023, 1, 16), 14, date(2023, 1, 15)) == ()


def test_a_forum_of_landlords_meets_twice_a_year():
    days = dates_of(date(2023, 1, 16), meeting_kinds()["FORUM"].cycle_days, date(2024, 1, 14))
    assert len(days) == 2


@pytest.mark.parametrize(
    ("rollovers", "reached"), [(0, ""), (1, ""), (2, "chair"), (3, "strategy group"), (7, "strategy group")]
)
def test_what_keeps_rolling_over_reaches_the_chair_and_then_the_strategy_group(rollovers: int, reached: str):
    assert escalation(rollovers) == reached


def test_an_empty_heading_stays_and_says_that_there_is_nothing():
    agenda = agenda_of(AgendaMaterial(), date(2023, 1, 30))
    assert [item.heading for item in agenda] == HEADINGS
    assert all(item.note and not item.lines for item in agenda[2:])
    assert agenda[-1].note == "Next meeting: 30 January 2023."


def test_a_note_stands_beside_the_lines_and_the_denominator_is_never_lost():
    lines = [AgendaLine("Ascham Homes: due 30 January 2023.", "Aisha Begum, 020 7946 0301")]
    agenda = agenda_of(AgendaMaterial(missing_returns=lines, returns_note="1 of 2 are in."), None)
    item = next(item for item in agenda if item.heading.startswith("Returns"))
    assert (item.lines, item.note) == (tuple(lines), "1 of 2 are in.")


def test_an_agenda_is_read_back_as_it_was_kept():
    from dataclasses import asdict

    agenda = agenda_of(AgendaMaterial(open_actions=[AgendaLine("JOG-1-1: Patrol.", "020 7946 0201", "JOG-1-1")]), None)
    assert items_of([{**asdict(item), "lines": list(asdict(item)["lines"])} for item in agenda]) == agenda


def test_the_draft_of_the_minutes_holds_agenda_attendance_and_actions():
    agenda = agenda_of(
        AgendaMaterial(hotspots=[AgendaLine("1. Marsh Farm shops: 41 reports in 12 months, new.")]), None
    )
    people = [
        Attendee("Tom Hale", "The police", Presence.PRESENT, accepted=True),
        Attendee("Jo Whitfield", "Forest Homes", Presence.SUBSTITUTE, accepted=False),
        Attendee("Aisha Begum", "Ascham Homes", Presence.APOLOGIES, accepted=False),
        Attendee("Sam Pereira", "Forest Homes", Presence.EXPECTED, accepted=True),
    ]
    actions = [ActionLine("JOG-1-1", "Patrol the shops", "The police", date(2023, 1, 30))]
    text = draft_minutes("Joint Operations Group, meeting 1", date(2023, 1, 16), agenda, people, actions)
    for said in (
        "Minutes of Joint Operations Group, meeting 1, 16 January 2023",
        "Present: Tom Hale (The police).",
        "Substitutes: Jo Whitfield (Forest Homes).",
        "Apologies: Aisha Begum (Ascham Homes).",
        "1 of 2 who came have accepted the confidentiality statement.",
        "7. Hotspots, each with its lead officer",
        "- 1. Marsh Farm shops: 41 reports in 12 months, new.",
        "- JOG-1-1: Patrol the shops (The police; due 30 January 2023).",
    ):
        assert said in text
    assert "Sam Pereira" not in text


def test_a_bid_is_an_amount_and_the_day_of_the_works_is_a_day():
    for good in (
        {"bid_pounds": "1,250"},
        {"bid_pounds": "£980.50"},
        {"works_on": "2023-03-01"},
        {"decision": "granted"},
    ):
        assert wrong_extra(DESIGN, good) == ()
    for name, text in (("bid_pounds", "lots"), ("bid_pounds", "-5"), ("works_on", "soon"), ("decision", "x" * 201)):
        (problem,) = wrong_extra(DESIGN, {name: text})
        assert problem.where == f"extra_{name}"


def test_works_cannot_be_verified_before_the_bid_is_decided():
    assert missing_before_verified(DESIGN, {"bid_pounds": "1250"}) == ("Decision on the bid",)
    assert missing_before_verified(DESIGN, {"decision": "granted"}) == ()


@pytest.mark.parametrize(
    "text",
    [
        "See Mrs Quuxley about the noise",
        "Call 07700 900123 after six",
        "Board up 14 Mafeking Street",
        "Write to someone@example.org",
        "WS11 1AA again",
        "born on 3 May, d.o.b. known",
    ],
)
def test_what_looks_like_personal_data_is_found_with_its_line(text: str):
    problems = list(personal_problems(f"Patrol the shops.\n{text}", "minutes", (), 2023))
    assert problems
    assert {problem.where for problem in problems} == {"minutes"}
    assert all(problem.message.startswith("Line 2 ") and problem.mend for problem in problems)


def test_staff_and_their_numbers_are_no_personal_data_whatever_their_case_and_spacing():
    known = ("Dr Tom Hale", "020 7946 0201", "St James  Park, 12 Park Road")
    said = "DR TOM  HALE rings 020 7946 0201 about st james park, 12 park road."
    assert list(personal_problems(said, "text", known, 2023)) == []
    assert mask("Tom Halewood", ["Tom Hale"]) == "Tom Halewood"
    assert list(personal_problems("Dr Tom Halewood rings", "text", known, 2023))


@given(st.text(max_size=60), st.lists(st.text(max_size=8), max_size=4))
def test_looking_over_known_words_never_fails(text: str, known: list[str]):
    assert isinstance(mask(text, known), str)
