"""Kinds of request are data: who may ask whom, what each asks, which form is enough, why a supplier may refuse."""

from __future__ import annotations

from datetime import date

import pytest

from protocols import lawbook
from protocols.request_kinds import (
    Question,
    UnknownKindError,
    in_words,
    kind_of,
    last_day_of_monitor,
    reason_for,
    refusal_reasons,
    request_kinds,
    wrong_with,
)
from protocols.vocabulary import Rule

PARTLY = ["tenure-check", "tenant-identity", "asb-history", "enforcement-history", "nomination-check", "conviction"]


def test_the_ten_kinds_of_the_seeds_are_there_and_the_four_beside_them():
    wanted = {*PARTLY, "vulnerability", "camera", "hotspot-statistics", "other"}
    assert wanted | {"housing-decision", "footage", "possession", "emergency"} == set(request_kinds())


def test_police_ask_landlords_who_the_tenant_is_and_landlords_ask_the_police_about_arrests():
    identity, arrests = kind_of("tenant-identity"), kind_of("enforcement-history")
    assert identity.may_go("police", "housing-association")
    assert not identity.may_go("housing-association", "police")
    assert arrests.may_go("housing-association", "police")
    assert arrests.may_go("almo", "police")
    assert not arrests.may_go("police", "housing-association")
    assert kind_of("asb-history").may_go("police", "housing-association")
    assert kind_of("asb-history").may_go("housing-association", "police")


@pytest.mark.parametrize("code", sorted(request_kinds()))
def test_every_form_that_is_enough_is_a_form_of_its_field_and_every_body_is_in_the_law(code):
    kind = kind_of(code)
    for field, form in kind.enough.items():
        assert field in kind.fields
        assert form in lawbook.forms(field)[1:]
    assert (kind.asks | kind.asked) - {"any"} <= set(lawbook.rows("body_types"))
    assert len({each.code for each in (*kind.questions, *kind.results)}) == len((*kind.questions, *kind.results))


def test_what_is_enough_is_never_finer_than_what_the_rules_let_leave():
    kind = kind_of("possession")
    assert kind.enough_of("offence.arrests", "as-is") == "yes-no"
    assert kind.enough_of("offence.arrests", "yes-no") == "yes-no"
    assert kind.enough_of("subject.name", "initials") == "initials"
    assert kind_of("hotspot-statistics").enough_of("incident.point", "ward") == "ward"


def test_a_kind_that_nobody_wrote_is_no_kind():
    with pytest.raises(UnknownKindError, match="no kind of request"):
        kind_of("gossip")


def test_every_reason_for_refusing_of_the_code_of_practice_is_there_with_its_class():
    reasons = refusal_reasons()
    bars = {code for code, each in reasons.items() if each.kind == "legal-bar"}
    assert len(reasons) == 14
    assert {"not-relevant-authority", "purpose-outside", "not-necessary", "disproportionate", "no-condition"} <= bars
    assert {"confidence", "prejudice", "safety", "discretion"} <= set(reasons) - bars
    assert {rule for each in reasons.values() for rule in each.rules} <= {str(rule) for rule in Rule}


def test_the_reason_that_goes_with_a_rule_is_offered_first_and_choice_where_none_does():
    assert reason_for("in-force") == "no-protocol"
    assert reason_for("basis") == "no-condition"
    assert reason_for("identify") == "discretion"
    assert reason_for(None) == "discretion"


FOOTAGE = {"camera-holder": "council", "recorded-on": "2026-11-20", "from-time": "21:30", "to-time": "22:15"}


@pytest.mark.parametrize(
    ("changed", "where"),
    [
        ({"camera-holder": ""}, "camera-holder"),
        ({"camera-holder": "somebody"}, "camera-holder"),
        ({"recorded-on": "2026-02-30"}, "recorded-on"),
        ({"from-time": "25:00"}, "from-time"),
        ({"overwritten-on": "soon"}, "overwritten-on"),
    ],
)
def test_an_answer_that_is_missing_or_none_of_the_choices_or_no_day_is_named(changed, where):
    questions = kind_of("footage").questions
    assert wrong_with(questions, FOOTAGE) == ()
    assert [code for code, _ in wrong_with(questions, FOOTAGE | changed)] == [where]


def test_answers_read_as_words():
    holder = kind_of("footage").questions[0]
    assert in_words(holder, "body-worn") == "Body-worn camera"
    assert in_words(Question("f", "Fields", "fields"), "subject.name case.measures").startswith(
        "name of the person, warn"
    )
    assert in_words(Question("f", "Fields", "fields"), "") == "none"


def test_a_monitor_ends_at_the_latest_twelve_months_on():
    assert last_day_of_monitor(date(2026, 11, 24)) == date(2027, 11, 24)
    assert last_day_of_monitor(date(2028, 2, 29)) == date(2029, 2, 28)
