"""The month for an answer, its two further months, and the reasons for which something is held back."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.outside import outside_kinds, topics
from protocols.permit_rules import MEMBER, PAST_TENANT
from sharing.subjects.rules import answer_due, latest_re_examination, months_after, reasons, search_reasons

DAYS = st.dates(date(2018, 5, 25), date(2090, 12, 31))


@pytest.mark.parametrize(
    ("received", "identity", "extended", "due"),
    [
        (date(2026, 11, 24), date(2026, 11, 24), False, date(2026, 12, 24)),
        (date(2026, 1, 31), date(2026, 1, 31), False, date(2026, 2, 28)),
        (date(2028, 1, 31), date(2028, 1, 31), False, date(2028, 2, 29)),
        (date(2026, 3, 31), date(2026, 3, 31), False, date(2026, 4, 30)),
        (date(2026, 12, 3), date(2026, 12, 20), False, date(2027, 1, 20)),
        (date(2026, 11, 30), date(2026, 11, 30), True, date(2027, 2, 28)),
        (date(2026, 11, 24), None, False, None),
        (date(2026, 11, 24), None, True, None),
    ],
)
def test_the_answer_is_due_a_month_or_three_after_the_day_on_which_the_identity_is_sure(
    received, identity, extended, due
):
    assert answer_due(received, identity, extended=extended) == due


@settings(max_examples=300, deadline=None)
@given(day=DAYS, months=st.integers(1, 3))
def test_a_month_ends_on_the_same_day_of_a_later_month_or_on_its_last(day, months):
    end = months_after(day, months)
    assert (end.year * 12 + end.month) - (day.year * 12 + day.month) == months
    assert end.day == day.day or (end.day < day.day and (end + timedelta(days=1)).day == 1)


def test_every_reason_names_its_law_and_a_day_to_look_again():
    today = date(2026, 11, 24)
    assert {"crime", "safety", "third-party", "privilege"} <= set(reasons())
    for code, reason in reasons().items():
        assert "DPA 2018" in reason.source
        assert today < latest_re_examination(code, today) <= today + timedelta(days=365)
    assert "access" in search_reasons()


def test_everybody_outside_has_a_reason_an_alternative_and_a_source():
    assert MEMBER not in outside_kinds()
    assert PAST_TENANT in topics()
    for kind in outside_kinds().values():
        assert kind.title
        assert kind.source
        assert set(kind.topics) <= set(topics())
        assert all(len(kind.alternative(topic)) > 10 for topic in topics())
