"""This module knows that the smallest lawful change is the smallest: carried out it releases, and no lighter set does."""

from __future__ import annotations

import json
import os

import pytest

from protocols.world import decide_lines
from tests.reference.applying import Trial, sets_lighter_than
from tests.reference.asking import lines, scenario
from tests.reference.asks import WEIGHTS
from tests.reference.decide import decide
from tests.reference.generator import Json

WORLDS = 3_000 if os.environ.get("ACCORD_TEST_NIGHTLY") else 300
CHUNKS = 10
SEEDS = range(900_000, 900_000 + WORLDS)
HEAVIEST = 16 if WORLDS > 300 else 13  # beyond this there are too many lighter sets to try them all
IF_HOPELESS = 8  # nobody can change it: every set up to this weight is tried all the same
TOLD = {
    "give-statement",
    "be-assigned",
    "coarser-form",
    "other-channel",
    "accept-confidentiality",
    "another-officer",
    "outside-meeting",
}


def _withheld(seed: int) -> tuple[Json, Json, Json, str] | None:
    """The first withheld field of the first case that has one."""
    world, cases = scenario(seed, 6, small=True)
    for case, text in zip(cases, decide_lines(world, lines(cases)), strict=True):
        answer: Json = json.loads(text)
        for row in case["fields"]:
            if answer["fields"][row["code"]]["result"] == "withheld":
                return world, case, answer, row["code"]
    return None


def _some(chunk: int) -> list[tuple[Json, Json, Json, str]]:
    found = [_withheld(seed) for seed in SEEDS[chunk::CHUNKS]]
    return [one for one in found if one is not None]


def _trial(world: Json, case: Json, field: str) -> Trial:
    asked = next(row.get("form") for row in case["fields"] if row["code"] == field)
    return Trial(world, case, field, asked)


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_the_smallest_change_releases_and_no_lighter_one_does(chunk: int):
    tried = 0
    for world, case, answer, field in _some(chunk):
        told = answer["fields"][field]
        trial = _trial(world, case, field)
        weight = told["weight"]
        if weight is not None:
            assert weight == sum(WEIGHTS[act["repair"]] for act in told["change"])
            assert any(trial.releases(acts) for acts in trial.carrying_out(told["change"])), (case["case"], told)
        if weight is None or weight <= HEAVIEST:
            tried += 1
            limit = IF_HOPELESS + 1 if weight is None else weight
            lighter = next((acts for acts in sets_lighter_than(trial.acts(), limit) if trial.releases(acts)), None)
            assert lighter is None, (case["case"], field, told["change"], lighter)
    assert tried >= WORLDS / CHUNKS / 2


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_the_asker_is_told_only_what_the_asker_and_the_recipient_can_do(chunk: int):
    for _, case, answer, field in _some(chunk):
        told = answer["fields"][field]["told"]
        change = answer["fields"][field]["change"]
        assert {act["repair"] for act in told["change"]} <= TOLD, case["case"]
        assert all(act in change for act in told["change"])
        assert set(told) == {"message", "change", "ask_supplier"}


def test_the_whole_cases_change_allows_every_field_that_can_be_allowed():
    checked = 0
    for seed in SEEDS:
        world, cases = scenario(seed, 4, small=True)
        for case, text in zip(cases, decide_lines(world, lines(cases)), strict=True):
            answer: Json = json.loads(text)
            assert answer["case_weight"] == decide(world, case)["case_weight"], case["case"]
            if not answer["case_weight"]:
                continue
            assert answer["case_weight"] == sum(WEIGHTS[act["repair"]] for act in answer["case_change"])
            for field, told in answer["fields"].items():
                if told["weight"]:
                    mine = [act for act in answer["case_change"] if act.get("field") in (None, field)]
                    trial = _trial(world, case, field)
                    ways = (acts for part in _parts(mine) for acts in trial.carrying_out(part))
                    assert any(trial.releases(acts) for acts in ways), (case["case"], field, mine)
                    checked += 1
    assert checked >= WORLDS


def _parts(change: list[Json]) -> list[list[Json]]:
    """Every part of a change, the whole first: what serves another field alone need not be tried on this one."""
    parts = [[act for place, act in enumerate(change) if mask >> place & 1] for mask in range(1 << len(change))]
    return sorted(parts, key=len, reverse=True)
