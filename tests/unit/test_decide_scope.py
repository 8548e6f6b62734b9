"""This module knows that `scope` and the decision agree: nothing leaves that it does not select, nothing is selected in vain."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from protocols import case_reading, decide, world
from protocols.actions import Action
from protocols.cases import Case, EarlierRelease, Held, Statement, SupplierDecision
from protocols.moments import HOUR
from protocols.scope import Grant, Scope, scope
from protocols.vocabulary import CHANNEL_ACTION, Cover
from tests.reference.asking import scenario
from tests.unit.decide_world import bent

SEEDS = range(10)


def scopes(known, case):
    """The scopes of the officer of a case, by every action that its channel may need."""
    actions = [CHANNEL_ACTION[case.channel]]
    if case.channel == "view":
        actions.append(Action.VIEW_OWN_RECORD)
    return [scope(known, case.officer, action, case.moment) for action in actions]


def read(seed):
    facts, cases = scenario(seed)
    known = world.load(facts)
    return known, [case_reading.read(known, each) for each in cases]


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_leaves_that_scope_does_not_select(seed):
    known, cases = read(seed)
    for case in cases:
        leaves = any(decide.outcome(known, case).values())
        assert not leaves or any(each.selects(case.record) for each in scopes(known, case)), case.id


def witnesses(known, case: Case, grant: Grant, field: str):
    """Cases of the officer in which everything is stated, held and decided that anybody could state, hold or decide."""
    now, mine = case.moment, known.officers[case.officer].organisation
    held = Held(onward=True)
    provisions = [code for code, row in known.law.provisions.items() if row.stands(now)] or [None]
    supplier = known.organisations[grant.holder]
    people = sorted({*supplier.liaison, *supplier.officers, case.officer})
    edges = [span.end - 1 for spans in supplier.liaison.values() for span in spans]
    edges += [edge for one in supplier.authorisations for edge in (one.span.end - 1,)]
    edges += [one.span.end - 1 for one in supplier.officers.values()]
    moments = sorted({now, *(edge for edge in edges if now - 15 * 24 * HOUR < edge <= now)})
    earlier = EarlierRelease(field, 0, grant.purpose or case.purpose, grant.protocol, grant.version, grant.line, now)
    for officer, at in product(people, moments):
        yield replace(
            case,
            recipients=(grant.recipient,),
            meeting=None,
            purpose=grant.purpose or case.purpose,
            provision=provisions[0],
            fields={field: None},
            pushed=grant.recipient != mine,
            assigned=True,
            emergency=grant.cover is Cover.EMERGENCY,
            called_back=True,
            statement=Statement(necessity=True, proportionality=True, harm=True),
            decision=SupplierDecision(officer, at, {field: 0}, {}),
            earlier=(earlier,),
            confidentiality=True,
            onward_allowed=True,
            consent=held,
            order=held,
            request=held,
            rank=True,
            part3_authority=True,
        )


@pytest.mark.parametrize("seed", SEEDS)
def test_for_everything_that_scope_selects_some_case_is_allowed(seed):
    known, cases = read(seed)
    for case in cases[:4]:
        for each in scopes(known, case):
            for grant in each.grants:
                if not grant.selects(case.record, case.moment):
                    continue
                for field in sorted(grant.fields or case.fields):
                    assert any(
                        decide.outcome(known, witness)[field] for witness in witnesses(known, case, grant, field)
                    ), (case.id, grant, field)


def test_somebody_out_of_post_or_without_the_action_has_no_scope():
    facts, case = bent()
    known = world.load(facts)
    moment = case_reading.read(known, case).moment
    assert scope(known, "met-officer", Action.VIEW_RELEASE, moment).grants
    for officer, action in [
        ("nobody", Action.VIEW_RELEASE),
        ("met-liaison", Action.VIEW_RELEASE),
        ("met-officer", Action.SIGN_PROTOCOL),
    ]:
        assert scope(known, officer, action, moment) == Scope(officer, action, moment, ())


def test_the_scope_of_a_line_names_its_conditions_as_plain_data():
    facts, case = bent()
    facts["protocols"][0]["lines"][0].update(categories=["noise"], areas=["east"])
    known = world.load(facts)
    moment = case_reading.read(known, case).moment
    found = scope(known, "met-officer", Action.EXPORT_RELEASE, moment)
    (grant,) = [each for each in found.grants if each.line == "1" and each.recipient == "met"]
    assert (grant.holder, grant.partnership, grant.purpose) == ("landlord", "forest", "asb-case")
    assert grant.fields == {"subject.name", "subject.dob", "incident.point"}
    assert (grant.categories, grant.areas, grant.flags, grant.marking) == ({"noise"}, {"east"}, frozenset(), 0)
    assert "landlord" in found.holders
