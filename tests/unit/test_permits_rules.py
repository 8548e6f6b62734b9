"""Who may do what: the table holds every action, every rule can refuse, and a missing fact refuses."""

from __future__ import annotations

import uuid
from dataclasses import replace

import pytest

from protocols.actions import Action
from protocols.actor import ANONYMOUS, Actor
from protocols.permit_rules import FACTS, NAMED_RULES
from protocols.permits import COMMAND_LINE, PERSON_ONLY, RULES, needed, permits
from protocols.roles import ANYBODY, ROLES, SIGNED_IN, Role

ME, OTHER = uuid.UUID(int=1), uuid.UUID(int=2)
EVERY_ROLE = frozenset(Role) - {Role.READER}
SOMEBODY = Actor(
    user_id=uuid.UUID(int=3), officer_id=ME, organisation="ascham-homes", partnership="wf", roles=EVERY_ROLE
)
GOOD = {
    "partnership": "wf",
    "organisation": "ascham-homes",
    "signed": True,
    "asked_by": OTHER,
    "done_by": OTHER,
    "owner_organisation": "met-police",
    "owner_officer": OTHER,
    "assigned": True,
    "trained": True,
    "standing": True,
    "endangers": False,
    "recipient_kind": "member",
    "topic": "case",
    "supplier": "ascham-homes",
    "broken_by": ME,
    "allowed_by": OTHER,
    "glass_is_open": True,
}


def test_every_action_has_its_line_in_the_table():
    assert set(RULES) == set(Action)
    assert {name for names in RULES.values() for name in names} == set(NAMED_RULES) == set(FACTS)


@pytest.mark.parametrize("action", sorted(Action))
def test_an_officer_whose_role_holds_it_may_when_every_fact_is_right(action):
    held = action in ANYBODY | SIGNED_IN or any(action in ROLES[role] for role in EVERY_ROLE)
    assert permits(SOMEBODY, action, **GOOD).allowed is held


@pytest.mark.parametrize("action", sorted(set(Action) - ANYBODY - SIGNED_IN))
def test_nobody_may_without_a_role_or_without_signing_in(action):
    for actor in (ANONYMOUS, replace(SOMEBODY, roles=frozenset())):
        verdict = permits(actor, action, **GOOD)
        assert (verdict.allowed, verdict.rule) == (False, "role")


@pytest.mark.parametrize(("action", "fact"), [(a, f) for a in sorted(RULES) for f in needed(a)])
def test_a_fact_that_was_not_given_refuses(action, fact):
    missing = {name: value for name, value in GOOD.items() if name != fact}
    if fact in {"asked_by", "done_by"}:
        missing = {name: value for name, value in missing.items() if name not in {"asked_by", "done_by"}}
    verdict = permits(SOMEBODY, action, **missing)
    assert not verdict.allowed
    assert fact in FACTS[verdict.rule]


@pytest.mark.parametrize(
    ("action", "fact", "value", "rule"),
    [
        (Action.READ_HOTSPOTS, "partnership", "camden", "own-partnership"),
        (Action.SUBMIT_RETURN, "organisation", "forest-homes", "own-organisation"),
        (Action.MAKE_REQUEST, "signed", False, "signed-protocol"),
        (Action.MAKE_REQUEST, "signed", "yes", "signed-protocol"),
        (Action.DECIDE_REQUEST, "asked_by", ME, "four-eyes"),
        (Action.DECIDE_REQUEST, "asked_by", str(ME), "four-eyes"),
        (Action.DECIDE_REQUEST, "trained", False, "trained"),
        (Action.CONFIRM_VISIT, "done_by", ME, "four-eyes"),
        (Action.VERIFY_ACTION, "owner_officer", ME, "not-owner"),
        (Action.VERIFY_ACTION, "owner_organisation", "ascham-homes", "not-owner"),
        (Action.VIEW_RELEASE, "assigned", False, "assigned"),
        (Action.INCLUDE_SUBJECT_ITEM, "endangers", True, "victim-address"),
        (Action.TELL_OUTSIDE, "endangers", True, "victim-address"),
        (Action.TELL_OUTSIDE, "recipient_kind", "resident", "members-only"),
        (Action.ALLOW_GLASS, "asked_by", ME, "four-eyes"),
        (Action.OPEN_GLASS, "broken_by", OTHER, "broken-glass"),
        (Action.OPEN_GLASS, "allowed_by", ME, "broken-glass"),
        (Action.OPEN_GLASS, "glass_is_open", False, "broken-glass"),
    ],
)
def test_a_wrong_fact_refuses_by_the_rule_that_reads_it(action, fact, value, rule):
    verdict = permits(SOMEBODY, action, **GOOD | {fact: value})
    assert (verdict.allowed, verdict.rule) == (False, rule)
    assert verdict.reason.endswith(".")


def test_an_elected_member_sees_nothing_personal_whatever_other_role_is_held():
    both = replace(SOMEBODY, roles=EVERY_ROLE | {Role.READER})
    for action in (Action.VIEW_RELEASE, Action.VIEW_OWN_RECORD, Action.READ_VISIT, Action.MAKE_REQUEST):
        assert permits(both, action, **GOOD).rule == "reader-no-personal"
    assert permits(both, Action.READ_HOTSPOTS, **GOOD).allowed


@pytest.mark.parametrize("action", sorted(Action))
def test_an_operator_alone_does_what_is_listed_and_nothing_else(action):
    operator = Actor(operator="root")
    assert permits(operator, action, **GOOD).allowed is (action in COMMAND_LINE | ANYBODY)
    assert not COMMAND_LINE & PERSON_ONLY


@pytest.mark.parametrize("action", sorted(PERSON_ONLY))
def test_an_operator_never_unseals_signs_certifies_or_decides_even_for_an_officer(action):
    verdict = permits(replace(SOMEBODY, operator="root"), action, **GOOD)
    assert (verdict.allowed, verdict.rule) == (False, "operator")


def test_an_operator_may_submit_for_an_officer_whose_role_holds_it_in_that_officers_partnership_alone():
    acting = replace(SOMEBODY, operator="root")
    assert permits(acting, Action.SUBMIT_RETURN, **GOOD).allowed
    assert permits(replace(acting, roles=frozenset()), Action.SUBMIT_RETURN, **GOOD).rule == "role"
    assert permits(acting, Action.SUBMIT_RETURN, **GOOD | {"partnership": "camden"}).rule == "own-partnership"
    assert permits(acting, Action.SUBMIT_RETURN, **GOOD | {"organisation": "forest-homes"}).rule == "own-organisation"
