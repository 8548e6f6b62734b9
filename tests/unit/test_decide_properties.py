"""This module knows what holds of every decision, whatever the world: seeded worlds of the reference's generator."""

from __future__ import annotations

import copy
import json
import re
from random import Random

import pytest

from protocols import case_reading, decide, world
from protocols.law_reading import shipped_tables
from protocols.vocabulary import Cover
from tests.reference.asking import scenario

SEEDS = range(12)
DATE = re.compile(r"\b(\d{4})(-\d{2}-\d{2})")


def answers(facts, cases):
    return list(world.decide_lines(facts, [json.dumps(case) for case in cases]))


def leaving(facts, case):
    """Field → place of the form that leaves, for the fields that do."""
    known = world.load(facts)
    found = decide.outcome(known, case_reading.read(known, case))
    return {code: leave.form for code, leave in found.items() if leave is not None}


def later(text, years=400):
    """The same text with every date a number of years on."""
    return DATE.sub(lambda found: f"{int(found[1]) + years:04d}{found[2]}", text)


@pytest.mark.parametrize("seed", SEEDS)
def test_four_hundred_years_on_nothing_changes_but_dates(seed):
    facts, cases = scenario(seed)
    tables = json.loads(json.dumps(dict(shipped_tables()), default=str))
    fields = tables.pop("fields")
    facts = {"registry": fields} | facts | {"law": tables | facts.get("law", {})}
    moved = json.loads(later(json.dumps(facts))), json.loads(later(json.dumps(cases)))
    assert answers(*moved) == [later(text) for text in answers(facts, cases)]


def names_of(facts):
    """Every code of an organisation, an officer or a protocol."""
    found = {one["code"] for one in facts["organisations"]} | {one["ref"] for one in facts["protocols"]}
    return found | {officer["code"] for one in facts["organisations"] for officer in one.get("officers", [])}


def renamed(value, names):
    """JSON with every name given a prefix: the order of names stays."""
    if isinstance(value, dict):
        return {key: renamed(each, names) for key, each in value.items()}
    if isinstance(value, list):
        return [renamed(each, names) for each in value]
    return f"zz-{value}" if isinstance(value, str) and value in names else value


@pytest.mark.parametrize("seed", SEEDS)
def test_names_decide_nothing_but_their_order(seed):
    facts, cases = scenario(seed)
    names = names_of(facts)
    before = [renamed(json.loads(text), names) for text in answers(facts, cases)]
    after = [json.loads(text) for text in answers(renamed(facts, names), renamed(cases, names))]
    assert after == before


@pytest.mark.parametrize("seed", SEEDS)
def test_facts_of_another_partnership_change_nothing(seed):
    facts, cases = scenario(seed)
    more = copy.deepcopy(facts)
    more.pop("partnerships", None)
    more["protocols"] += [protocol | {"partnership": "elsewhere"} for protocol in copy.deepcopy(facts["protocols"])]
    for organisation in more["organisations"]:
        organisation["memberships"] = [*organisation.get("memberships", []), {"partnership": "elsewhere"}]
    assert answers(more, cases) == answers(facts, cases)


@pytest.mark.parametrize("seed", SEEDS)
def test_reading_a_world_twice_and_deciding_in_another_order_gives_the_same_bytes(seed):
    facts, cases = scenario(seed)
    assert answers(copy.deepcopy(facts), cases[::-1])[::-1] == answers(facts, cases)


def drop_line(facts, case, dice):
    dice.choice(dice.choice(facts["protocols"])["lines"] or [{}]).update(purposes=[], fields=[], form={})


def drop_officer(facts, case, dice):
    organisation = dice.choice(facts["organisations"])
    if organisation.get("officers"):
        gone = organisation["officers"].pop(dice.randrange(len(organisation["officers"])))["code"]
        for each in facts["organisations"]:
            each["liaison_officers"] = [row for row in each.get("liaison_officers", []) if row["officer"] != gone]


def drop_statement(facts, case, dice):
    case["statement"] = {key: value for key, value in (case.get("statement") or {}).items() if dice.random() < 0.5}


def drop_delegations(facts, case, dice):
    for organisation in facts["organisations"]:
        organisation["delegations"] = []


def drop_consent(facts, case, dice):
    case["consent"] = None


def drop_last_review(facts, case, dice):
    for protocol in facts["protocols"]:
        protocol["reviews"] = sorted(protocol.get("reviews", []))[:-1]


@pytest.mark.parametrize(
    "drop", [drop_line, drop_officer, drop_statement, drop_delegations, drop_consent, drop_last_review]
)
def test_what_is_taken_away_never_releases_more(drop):
    for seed in SEEDS:
        dice = Random(seed)
        facts, cases = scenario(seed)
        for case in cases[:10]:
            less_facts, less_case = copy.deepcopy((facts, case))
            drop(less_facts, less_case, dice)
            before, after = leaving(facts, case), leaving(less_facts, less_case)
            assert all(code in before and before[code] <= form for code, form in after.items()), case["case"]


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_leaves_finer_than_the_line_the_asking_or_the_deciding_allows(seed):
    facts, cases = scenario(seed)
    known = world.load(facts)
    for each in cases:
        case = case_reading.read(known, each)
        for code, leave in decide.outcome(known, case).items():
            if leave is None:
                continue
            assert leave.form >= (case.fields[code] or 0)
            assert leave.clause is None or leave.form >= leave.clause.form
            if leave.cover is Cover.EMERGENCY:
                assert leave.form >= case.decision.allowed[code]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_refusal_is_never_overridden(seed):
    facts, cases = scenario(seed)
    known = world.load(facts)
    for each in cases:
        case = case_reading.read(known, each)
        refused = case.decision.refused if case.decision else {}
        own = all(one in case.record.controllers for one in (case.record.holder, *case.recipients))
        found = decide.release(known, case)
        for code in refused:
            if code in found.fields and not own:
                assert (found.fields[code].leaves, found.fields[code].weight) == (False, None)


@pytest.mark.parametrize("seed", SEEDS)
def test_without_standing_or_delegation_section_115_gives_nothing_personal(seed):
    facts, cases = scenario(seed)
    known = world.load(facts)
    for each in cases:
        case = case_reading.read(known, each)
        for leave in decide.outcome(known, case).values():
            if leave is not None and leave.gateway == "CDA115" and leave.basis is not None:
                routes = [
                    known.route(case.record.partnership, case.record.holder, one, case.purpose, case.moment)
                    for one in case.recipients
                ]
                assert any(route.standing[0] for route in routes)
