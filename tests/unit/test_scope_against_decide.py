"""This module knows that `scope` and `decide` say the same: scope selects what decide can allow, and nothing else."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Iterator
from itertools import product
from typing import Any

from protocols.actions import Action
from protocols.case_reading import read
from protocols.scope import scope
from protocols.world import World, answer, decide_lines, load
from tests.reference.asking import lines, scenario
from tests.reference.asks import ACTIONS
from tests.reference.generator import Json
from tests.reference.lawbook import shipped
from tests.reference.model import shipped_roles

WORLDS = 400 if os.environ.get("ACCORD_TEST_NIGHTLY") else 40
SEEDS = range(3_000_000, 3_000_000 + WORLDS)
CASES = 12
PAPERS: Json = {
    "assigned": True,
    "urgency": "emergency",
    "emergency": {"called_back": True},
    "statement": {"necessity": True, "proportionality": True, "harm": True},
    "confidentiality_accepted": True,
    "onward_allowed": True,
    "consent": {},
    "order": {"onward": True},
    "request": {},
    "rank": True,
    "part3_authority": "recorded",
}


def _action(case: Json) -> Action:
    return Action(ACTIONS[case["channel"]])


def _actions(case: Json) -> list[Action]:
    """One's own record is viewed by an action of its own."""
    return [_action(case), *([Action.VIEW_OWN_RECORD] if case["channel"] == "view" else [])]


def _released(world: Json, cases: list[Json]) -> list[bool]:
    answers = [json.loads(text) for text in decide_lines(world, lines(cases))]
    return [any(told["result"] != "withheld" for told in answer["fields"].values()) for answer in answers]


def _is_released(known: World, case: Json) -> bool:
    told: Json = json.loads(answer(known, json.dumps(case)))
    return any(leaves["result"] != "withheld" for leaves in told["fields"].values())


def _selected(known: World, case: Json, action: Action) -> bool:
    asked = read(known, case)
    return scope(known, case["officer"], action, asked.moment).selects(asked.record)


def test_whatever_decide_allows_is_among_the_rows_that_scope_selects():
    allowed = 0
    for seed in SEEDS:
        world, cases = scenario(seed, CASES)
        known = load(world)
        for case, released in zip(cases, _released(world, cases), strict=True):
            if released:
                allowed += 1
                assert any(_selected(known, case, action) for action in _actions(case)), case["case"]
    assert allowed > 100


def test_every_row_that_scope_selects_is_allowed_in_some_case_of_that_officer():
    dice = random.Random(5)
    selected = 0
    for seed in SEEDS:
        world, cases = scenario(seed, CASES)
        known = load(world)
        for case in dice.sample(cases, 4):
            for action in _actions(case):
                if _selected(known, case, action):
                    selected += 1
                    tried = _every_case(world, case)
                    assert any(_is_released(known, one) for one in tried), (case["case"], str(action))
    assert selected > 40


def _every_case(world: Json, case: Json) -> Iterator[Json]:
    """What this officer could ask or push about this record at this moment, one field at a time, every paper in order."""
    officer = case["officer"]
    home = next((o["code"] for o in world["organisations"] for row in o["officers"] if row["code"] == officer), None)
    everybody = [o["code"] for o in world["organisations"]]
    asked = [("recipient", home)]
    if case["record"]["holder"] == home:
        asked += [("supplier", who) for who in everybody]
    purposes = sorted({p["code"] for v in world["protocols"] for p in v["purposes"]}) or ["any"]
    deciders = _deciders(world, case["record"]["holder"]) or ["nobody"]
    fields = _fields(world)
    for (initiated_by, recipient), purpose, decider, field in product(asked, purposes, deciders, fields):
        decision = {"officer": decider, "decided_at": case["moment"], "fields": {field: {"allow": "as-is"}}}
        yield PAPERS | {
            "case": "tried",
            "record": case["record"],
            "recipient": recipient,
            "purpose": purpose,
            "provision": "CDA1998-s6",
            "fields": [{"code": field}],
            "moment": case["moment"],
            "channel": case["channel"],
            "initiated_by": initiated_by,
            "officer": officer,
            "decision": decision,
        }


def _fields(world: Json) -> list[str]:
    """Every field that anything in this world speaks of, and one for one's own records."""
    named = {field for v in world["protocols"] for line in v["lines"] for field in line["fields"]}
    opened = {row["field"] for o in world["organisations"] for row in o["open_list"]}
    prescribed = {field for row in (shipped() | world.get("law", {}))["prescribed"].values() for field in row["fields"]}
    return sorted(named | opened) + sorted(prescribed - named - opened)


def _deciders(world: Json, holder: str) -> list[str]:
    row = next(o for o in world["organisations"] if o["code"] == holder)
    found = {post["officer"] for post in row["liaison_officers"]} | {
        given["officer"] for given in row["authorisations"]
    }
    return sorted(found | {officer["code"] for officer in row["officers"] if "duty-officer" in officer["roles"]})


def test_somebody_without_the_action_or_out_of_post_has_no_rows():
    nobody = 0
    for seed in SEEDS:
        world, cases = scenario(seed, 3)
        known, roles = load(world), world.get("roles") or shipped_roles()
        for case in cases:
            asked = read(known, case)
            row: Any = next(
                (row for o in world["organisations"] for row in o["officers"] if row["code"] == case["officer"]), None
            )
            if row is None or all(_action(case) not in roles.get(role, ()) for role in row["roles"]):
                nobody += 1
                assert not scope(known, case["officer"], _action(case), asked.moment).grants
    assert nobody > 3
