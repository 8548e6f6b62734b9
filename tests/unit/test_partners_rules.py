"""The rules of spans, tiers and training that need no record."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.roles import Role
from sharing.partners import rules
from sharing.partners.partnership_schema import SCHEMA
from sharing.partners.rules import DatedTier, Span, Tier

DAYS = st.dates(min_value=date(1998, 1, 1), max_value=date(2030, 12, 31))


def test_a_span_is_half_open():
    span = Span(date(2023, 4, 1), date(2024, 4, 1))
    assert span.covers(date(2023, 4, 1))
    assert span.covers(date(2024, 3, 31))
    assert not span.covers(date(2024, 4, 1))
    assert Span(None).covers(date.min)


@given(DAYS, DAYS, DAYS)
def test_a_tier_changes_on_the_day_of_the_change(joined, changed, day):
    if joined >= changed:
        joined, changed = changed, joined + timedelta(1)
    tiers = [DatedTier(Tier.INVITEE, Span(joined, changed)), DatedTier(Tier.CO_OPERATING, Span(changed))]
    expected = None if day < joined else Tier.INVITEE if day < changed else Tier.CO_OPERATING
    assert rules.tier_at(tiers, day) is expected


def test_tiers_that_share_a_day_overlap_and_those_that_touch_do_not():
    first, second = Span(date(2003, 4, 1), date(2007, 8, 1)), Span(date(2007, 8, 1))
    assert not rules.overlaps([second, first])
    assert rules.overlaps([first, Span(date(2007, 7, 31))])
    assert rules.overlaps([Span(date(2003, 4, 1)), second])


def test_training_counts_until_the_same_day_two_years_on():
    trained = [date(2023, 2, 28)]
    assert not rules.training_is_current(trained, date(2023, 2, 27))
    assert rules.training_is_current(trained, date(2025, 2, 27))
    assert not rules.training_is_current(trained, date(2025, 2, 28))
    assert rules.training_is_current([date(2024, 2, 29)], date(2026, 2, 28))
    assert not rules.training_is_current([date(2024, 2, 29)], date(2026, 3, 1))


def test_an_authorisation_runs_for_a_year_at_most():
    begin = date(2024, 2, 29)
    assert rules.last_day_of_authorisation(begin, None) == date(2025, 3, 1)
    assert rules.last_day_of_authorisation(begin, date(2030, 1, 1)) == date(2025, 3, 1)
    assert rules.last_day_of_authorisation(begin, date(2024, 6, 1)) == date(2024, 6, 1)


def test_a_post_is_held_until_the_moment_it_ends():
    ended = datetime(2026, 5, 1, 12, tzinfo=UTC)
    today = date(2026, 5, 1)
    assert rules.is_in_post(today, None, today, ended)
    assert rules.is_in_post(today, ended, today, ended - timedelta(microseconds=1))
    assert not rules.is_in_post(today, ended, today, ended)
    assert not rules.is_in_post(today + timedelta(1), None, today, ended)


@given(st.sets(st.sampled_from([role.value for role in Role])), st.booleans())
def test_an_agency_gives_only_what_reaches_neither_upward_nor_beyond_a_reader(roles, elected):
    allowed = {role.value for role in rules.GRANTABLE}
    expected = roles <= ({"reader"} if elected else allowed)
    assert (rules.role_problems(roles, elected=elected) == ()) is expected


def test_no_agency_gives_a_role_that_serves_the_whole_partnership():
    assert rules.GRANTABLE.isdisjoint({Role.COORDINATOR, Role.AUDITOR, Role.OPERATOR, Role.LIAISON_OFFICER})


@pytest.mark.parametrize("wanted", ["joint info", "INFORMATION", "éxchange", "exchange joint"])
def test_a_search_finds_words_by_their_beginnings(wanted):
    assert rules.matches(wanted, "Joint Information Exchange")


@pytest.mark.parametrize("wanted", ["", " ", "%", "_", ".*", "formation", "joint elephant"])
def test_a_search_has_no_magic_signs(wanted):
    assert not rules.matches(wanted, "Joint Information Exchange")


@pytest.mark.parametrize("code", ["waltham-forest", "a", "met-north-east-2"])
def test_a_code_is_a_slug(code):
    assert rules.is_code(code)


@pytest.mark.parametrize("code", ["", "-a", "a-", "A", "a b", "a_b", "é", "x" * 81])
def test_what_is_no_slug_is_no_code(code):
    assert not rules.is_code(code)


@pytest.mark.parametrize(
    ("text", "day"), [("04-01", (4, 1)), ("12-31", (12, 31)), ("02-29", None), ("13-01", None), ("4-1", None)]
)
def test_a_year_starts_on_a_day_that_every_year_has(text, day):
    assert rules.month_and_day(text) == day


def test_the_example_shows_every_key_of_the_file():
    text = (Path(__file__).parents[1] / "data" / "partnership-example.toml").read_text("utf-8")
    keys = {key for table in SCHEMA.values() for key in table}
    assert not [key for key in sorted(keys) if key not in text]
