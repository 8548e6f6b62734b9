"""The kinds of register, alert and referral as data: complete, known to the law, and safe by shape."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest

from protocols import lawbook, register_kinds
from protocols.register_kinds import (
    UnknownKindError,
    Visible,
    alert_kinds,
    complaints,
    months_on,
    referral_kinds,
    register_kind,
)
from protocols.request_kinds import Question
from sharing.registers.rules import State, is_shown_to, last_day, parted, review_due, state_on

EVERY = sorted(register_kinds.register_kinds())


@pytest.mark.parametrize("code", EVERY)
def test_what_every_partner_sees_holds_nothing_in_somebodys_words(code: str):
    kind = register_kind(code)
    assert not (kind.visible is Visible.PARTNERS and kind.is_personal)


@pytest.mark.parametrize("code", EVERY)
def test_only_a_circulated_register_has_fields_that_can_leave_and_the_law_knows_each(code: str):
    kind = register_kind(code)
    assert bool(kind.leaves) == bool(kind.purpose) == (kind.visible is Visible.CIRCULATED)
    assert set(kind.leaves.values()) <= set(lawbook.rows("fields"))
    assert set(kind.statement) <= {question.code for question in kind.questions}


@pytest.mark.parametrize("code", EVERY)
def test_every_entry_is_reviewed_before_it_ends_and_ends(code: str):
    kind, day = register_kind(code), date(2026, 11, 24)
    assert day < review_due(kind, day, last_day(kind, day)) <= last_day(kind, day) <= months_on(day, 60)


def test_a_marker_is_reviewed_monthly_and_lasts_a_year():
    kind = register_kind("staff-safety")
    assert review_due(kind, date(2026, 1, 31), date(2026, 12, 1)) == date(2026, 2, 28)
    assert last_day(kind, date(2024, 2, 29)) == date(2025, 2, 28)


def test_a_kind_that_shows_words_to_partners_or_leaks_a_teams_fields_is_refused():
    row = {
        "title": "X",
        "plural": "X",
        "says": "x",
        "review_months": 1,
        "longest_months": 2,
        "fields": [{"code": "a", "title": "A", "type": "text", "field": "subject.name"}],
    }
    for visible in ("partners", "team", "own"):
        with pytest.raises(ValueError, match=r"may hold nothing|no other"):
            register_kinds._register("x", {**row, "visible": visible})
    with pytest.raises(ValueError, match="no type of answer"):
        register_kinds._register(
            "x", row | {"visible": "own", "fields": [{"code": "a", "title": "A", "type": "number"}]}
        )


def test_nobody_but_a_teams_members_is_shown_a_teams_entry():
    kind, member, other = register_kind("witness-support"), uuid.uuid4(), uuid.uuid4()
    shown = {
        (organisation, officer): is_shown_to(kind, "a", organisation=organisation, officer_id=officer, team=[member])
        for organisation in ("a", "b")
        for officer in (member, other, None)
    }
    assert [who for who, is_shown in shown.items() if is_shown] == [("a", member)]


@pytest.mark.parametrize(
    ("day", "ended", "state"),
    [
        (date(2026, 11, 23), False, State.LIVE),
        (date(2026, 11, 24), False, State.EXPIRED),
        (date(2026, 11, 1), True, State.ENDED),
    ],
)
def test_an_entry_counts_until_the_day_before_it_expires(day: date, ended: bool, state: State):
    assert state_on(day, expires_on=date(2026, 11, 24), ended=ended) is state


@pytest.mark.parametrize(
    ("kind", "answer", "is_right"),
    [
        ("title", "Northside steering group", True),
        ("title", "Estate of the year 2026", True),
        ("title", "12 Marmalade Row", False),
        ("title", "Near PR1 2AB", False),
        ("title", "Ring 07700900123", False),
        ("title", "x" * 81, False),
        ("code", "CC/2026/0417", True),
        ("code", "Mr Bramblewick", False),
        ("code", "x" * 41, False),
        ("day", "2026-11-24", True),
        ("day", "yesterday", False),
        ("yes-no", "perhaps", False),
    ],
)
def test_a_clear_answer_is_only_ever_what_its_type_says(kind: str, answer: str, is_right: bool):
    assert (complaints([Question("q", "Question", kind)], {"q": answer}) == ()) is is_right


def test_words_are_parted_from_what_stands_in_clear():
    questions = [Question("a", "A", "text"), Question("b", "B", "day"), Question("c", "C", "text")]
    clear, worded = parted(questions, {"a": " said ", "b": "2026-01-01", "c": " ", "d": "nobody asked"})
    assert (clear, worded) == ({"b": "2026-01-01"}, {"a": "said"})


def test_alerts_and_referrals_serve_purposes_of_the_model_protocol_with_fields_that_the_law_knows():
    import tomllib
    from importlib import resources

    text = (resources.files("protocols") / "data" / "model-protocol.toml").read_text()
    purposes = {row["code"] for row in tomllib.loads(text)["purpose"]}
    assert {kind.purpose for kind in (*alert_kinds().values(), *referral_kinds().values())} <= purposes
    assert register_kind("staff-safety").purpose in purposes
    for kind in alert_kinds().values():
        assert set(kind.fields) <= set(lawbook.rows("fields"))
        assert kind.reaches <= set(lawbook.rows("body_types"))


@pytest.mark.parametrize("code", sorted(referral_kinds()))
def test_an_urgent_referral_is_due_sooner(code: str):
    kind, at = referral_kinds()[code], datetime(2026, 11, 24, 9, tzinfo=UTC)
    assert at < kind.due_at(at, urgent=True) < kind.due_at(at, urgent=False) <= at + timedelta(days=31)
    assert any(each.is_sealed for each in kind.opens)
    assert any(each.is_sealed for each in kind.answers)


def test_a_kind_that_there_is_not_is_said_so():
    with pytest.raises(UnknownKindError, match="no kind called"):
        register_kind("blacklist")
