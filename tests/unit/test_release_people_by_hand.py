"""This module knows who may act for whom and who may decide, worked out by hand: rulebook and reference agree with it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.page_world import LAW, RELEASED, SIDES, UNDECIDED, Decide, Json, case_of, lasting_for, told_of, world_of


@SIDES
@pytest.mark.parametrize(
    ("who", "delegation", "told"),
    [
        ("almo", {}, RELEASED),
        ("almo", {"to": "2023-06-10T12:00:00Z"}, (None, "gateway", 6)),
        ("almo", {"from": "2023-06-11"}, (None, "gateway", 6)),
        ("almo", {"purposes": ["prevention"]}, (None, "gateway", 6)),
        ("almo", {"principal": "charity"}, (None, "gateway", 6)),  # which has no standing to lend
        ("charity", {}, (None, "gateway", None)),  # for whom it is not open
    ],
)
def test_standing_is_lent_by_a_member_that_has_it_for_the_purpose(
    decide: Decide, who: str, delegation: Json, told: Any
):
    world = world_of()
    row = next(one for one in world["organisations"] if one["code"] == who)
    row["delegations"] = [{"principal": "police", "purposes": ["asb-case"]} | delegation]
    case = case_of(recipient=who, officer=f"{who}-al")
    assert told_of(decide, world, case) == told
    assert decide(world, case)["fields"]["subject.name"]["principal"] == ("police" if told == RELEASED else None)


@SIDES
@pytest.mark.parametrize(("standing", "weight"), [([{"from": "1998-09-30"}], 6), ([{"to": "2023-06-10"}], None)])
def test_where_nobody_has_standing_there_is_nobody_to_act_for(decide: Decide, standing: list[Json], weight: Any):
    world = world_of() | {"law": LAW | {"body_types": LAW["body_types"] | {"police": {"standing": standing}}}}
    world["law"]["body_types"]["housing-association"] = {}
    case = case_of(recipient="almo", officer="almo-al")
    assert told_of(decide, world, case) == (None, "gateway", weight)


@SIDES
def test_a_principal_that_has_left_the_partnership_lends_nothing(decide: Decide):
    world = world_of()
    world["organisations"][2]["delegations"] = [{"principal": "police", "purposes": ["asb-case"]}]
    world["organisations"][1]["memberships"][0]["to"] = "2023-06-10"
    assert told_of(decide, world, case_of(recipient="almo", officer="almo-al"))[1] == "gateway"


@SIDES
@pytest.mark.parametrize(
    ("given", "decided", "told"),
    [
        ("2024-06-01", "2025-02-06T23:59:59Z", RELEASED),  # training lapsed on 10 January: 28 more days
        ("2024-06-01", "2025-02-07T00:00:00Z", UNDECIDED),
        ("2024-01-31", "2025-01-30T23:59:59Z", RELEASED),  # at most a year, whatever is left of the 28 days
        ("2024-01-31", "2025-01-31T00:00:00Z", UNDECIDED),
        ("2025-01-10", "2025-01-10T12:00:00Z", UNDECIDED),  # nobody trained was there to give it
    ],
)
def test_an_authorisation_outlives_the_training_of_its_giver(decide: Decide, given: str, decided: str, told: Any):
    world, case = lasting_for(decided, decided)
    world["organisations"][0]["authorisations"] = [
        {"officer": "homes-di", "protocol": "ISP", "line": "4.2", "from": given}
    ]
    case["decision"]["officer"] = "homes-di"
    assert told_of(decide, world, case) == told


@SIDES
@pytest.mark.parametrize(
    ("handed_over", "decided", "told"),
    [
        (
            "2023-05-11",
            "2023-06-30T12:00:00Z",
            RELEASED,
        ),  # on one day, one goes and another comes: the post is never empty
        ("2023-05-12", "2023-06-07T12:00:00Z", RELEASED),  # a day without anybody: 28 more days, though somebody came
        ("2023-05-12", "2023-06-08T12:00:00Z", UNDECIDED),
    ],
)
def test_an_authorisation_survives_a_hand_over_without_a_gap(decide: Decide, handed_over: str, decided: str, told: Any):
    world, case = lasting_for(decided, decided)
    homes = world["organisations"][0]
    homes["liaison_officers"][0]["to"] = "2023-05-11"
    homes["liaison_officers"].append({"officer": "homes-al", "from": handed_over, "trained_on": ["2023-01-10"]})
    homes["authorisations"] = [{"officer": "homes-di", "protocol": "ISP", "line": "4.2", "from": "2023-01-10"}]
    case["decision"]["officer"] = "homes-di"
    assert told_of(decide, world, case) == told
