"""This module knows that the rulebook answers as the independent reference does, over 100,000 cases (a million at night)."""

from __future__ import annotations

import json
import os

import pytest

from tests.reference.asks import RULES, WEIGHTS
from tests.reference.comparing import Tally, compare
from tests.reference.covers import COVERS

CHUNKS = 10
WORLDS = 5_000 if os.environ.get("ACCORD_TEST_NIGHTLY") else 500
CASES = 20


@pytest.mark.timeout(7200 if WORLDS > 500 else 300)
@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_the_rulebook_answers_as_the_reference_does_and_every_rule_is_reached(chunk: int):
    tally = compare(range(chunk * WORLDS, (chunk + 1) * WORLDS), CASES)
    assert not tally.differences, json.dumps(tally.differences[:3], indent=2)
    assert tally.cases == WORLDS * CASES
    _assert_that_everything_is_reached(tally)


def _assert_that_everything_is_reached(tally: Tally) -> None:
    """At least a fifth is released; each cover covers, each rule is the reason and each repair the change somewhere."""
    assert tally.cases_released >= tally.cases / 5
    assert tally.fields_released >= tally.fields / 5
    assert set(tally.covers) == set(COVERS)
    assert set(tally.reasons) == set(RULES)
    assert set(tally.failing) == set(RULES)
    assert set(tally.repairs) == set(WEIGHTS)
