"""The rules of accounts that need no record: addresses, passwords, codes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sharing.access import rules

COMMON = frozenset({"password", "dragon", "qwerty123456", "finalfantasy"})


@pytest.mark.parametrize(
    "typed",
    [
        "Ann@Example.org",
        " ann@example.org\n",
        "ANN@EXAMPLE.ORG",
        "ann@exam\u200bple.org",
        "\uff41nn@example.org",
        "ann@example.org\x00",
    ],
)
def test_every_spelling_of_an_address_is_throttled_as_one(typed):
    assert rules.canonical_email(typed) == "ann@example.org"


@given(st.text(max_size=300))
def test_writing_an_address_canonically_twice_changes_nothing(typed):
    once = rules.canonical_email(typed)
    assert rules.canonical_email(once) == once


@pytest.mark.parametrize(
    "password",
    [
        "short",
        "Password2024!",
        "P4ssw0rd!!!!",
        "passwordpassword",
        "dragon!!!123456",
        "aaaaaaaaaaaaa",
        "qwertyuiop12"[:10] + "as",
        "123456789012",
        "finalfantasy",
        "abcdefghijklm",
        "x" * 201,
    ],
)
def test_a_password_that_is_guessed_first_is_refused_with_a_reason(password):
    assert rules.password_problems(password, common=COMMON)


@pytest.mark.parametrize(
    "password", ["tin kettle orbit", "correct horse battery staple", "пароль из четырёх слов", "x7#Lq92-mmTz"]
)
def test_a_password_of_the_persons_own_is_accepted_without_rules_of_composition(password):
    assert rules.password_problems(password, common=COMMON) == ()


def test_a_password_made_of_ones_own_name_is_refused():
    assert rules.password_problems("priya.sharma1", common=COMMON, personal=["priya.sharma@forest.example"])
    assert (
        rules.password_problems("tin kettle sharma orbit", common=COMMON, personal=["priya.sharma@forest.example"])
        == ()
    )


@given(st.lists(st.integers(min_value=0, max_value=1200), max_size=80))
def test_no_five_minutes_hold_more_than_ten_guesses(offsets):
    recent: tuple[int, ...] = ()
    taken = []
    for second in sorted(offsets):
        allowed, recent = rules.take(recent, second)
        if allowed:
            taken.append(second)
    assert all(sum(1 for t in taken if start <= t < start + 300) <= rules.GUESSES for start in taken)


def test_hammering_does_not_keep_the_owner_out_for_longer_than_five_minutes():
    recent: tuple[int, ...] = ()
    for second in range(60):
        _, recent = rules.take(recent, second)
    assert rules.take(recent, 299)[0] is False
    assert rules.take(recent, 310)[0] is True


def test_a_right_guess_is_given_back():
    _, recent = rules.take((), 100)
    assert rules.give_back(recent, 100) == ()
    assert rules.give_back((), 100) == ()


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3::9", "2001:db8:1:2::/64"),
        ("nonsense", "unknown"),
    ],
)
def test_guesses_from_one_household_count_as_one_network(address, network):
    assert rules.network_of(address) == network


@pytest.mark.parametrize("typed", ["123 456", " 123456", "123-456", "123456\n"])
def test_a_code_is_cleaned_once(typed):
    assert rules.is_totp_code(rules.canonical_code(typed))


@pytest.mark.parametrize("typed", ["12345", "1234567", "١٢٣٤٥٦", "12345a", ""])
def test_what_is_no_code_is_not_taken_for_one(typed):
    assert not rules.is_totp_code(rules.canonical_code(typed))


def test_a_session_ends_after_thirty_idle_minutes_or_twelve_hours():
    began = datetime(2026, 5, 1, 8, tzinfo=UTC)
    assert not rules.is_over(began, began, began + timedelta(minutes=29, seconds=59))
    assert rules.is_over(began, began, began + timedelta(minutes=30))
    assert rules.is_over(began, began + timedelta(hours=11, minutes=59), began + timedelta(hours=12))
