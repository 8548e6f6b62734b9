"""This module knows doubtful places of the release rules, worked out by hand: rulebook and reference agree with them."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from tests.reference.times import moment
from tests.unit.page_world import (
    LAW,
    RELEASED,
    SIDES,
    UNDECIDED,
    Decide,
    Json,
    case_of,
    emergency_at,
    line_of,
    told_of,
    version_of,
    world_of,
)


def _kept_until(decide: Decide, world: Json, case: Json) -> int | None:
    """The instant until which the name may be kept; rulebook and reference write it differently."""
    until = decide(world, case)["fields"]["subject.name"]["keep_until"]
    return moment(until) if isinstance(until, str) else until


# --- section 17A ------------------------------------------------------------------------------------------------------


def _owed() -> tuple[Json, Json]:
    """The police owe the landlord the cell of an incident: nobody has signed, stated, decided or been assigned."""
    record = {
        "holder": "police",
        "controllers": ["police"],
        "data_set": "D1",
        "marking": "OFFICIAL-SENSITIVE",
        "homes": {"cell-250": 8, "borough": 90_000},
    }
    case = case_of(record=record, recipient="homes", officer="homes-al", decision=None, statement=None, assigned=False)
    case["fields"] = [{"code": "incident.point", "form": "cell-250"}]
    return world_of() | {"protocols": [], "law": copy.deepcopy(LAW)}, case


def _cover(decide: Decide, world: Json, case: Json) -> Any:
    return decide(world, case)["fields"]["incident.point"]["cover"]


@SIDES
def test_a_duty_passes_the_rules_three_to_nine(decide: Decide):
    world, case = _owed()
    assert (
        _cover(decide, world, case) == "law:CDA17A"
    )  # the record is the landlord's, and nobody has given leave to pass it on


@SIDES
@pytest.mark.parametrize(
    ("where", "change"),
    [
        ("record", {"data_set": None}),
        ("D1", {"holders": ["housing-association"]}),
        ("record", {"homes": {"cell-250": 7}}),
        ("record", {"flags": ["hate"]}),
        ("record", {"state": "frozen"}),
        ("record", {"retain_until": "2023-06-10"}),
        ("case", {"fields": [{"code": "incident.point", "form": "as-is"}]}),
        ("case", {"fields": [{"code": "incident.month"}]}),
        ("case", {"recipient": "almo", "officer": "almo-al"}),
        ("case", {"officer": "homes-cy"}),
        ("case", {"channel": "meeting"}),
        ("member", {"partnership": "north", "to": "2023-06-10"}),
        ("D1", {"to": "2023-06-10"}),
        ("D1", {"evidence": "review"}),
        ("gateways", {"CDA17A": {"from": "2007-08-01", "to": "2023-06-10"}}),
        ("gateways", {"CDA17A": {"from": "2007-08-01", "evidence": "review"}}),
    ],
)
def test_a_duty_needs_all_of_its_facts_and_the_other_rules(decide: Decide, where: str, change: Json):
    world, case = _owed()
    at = {
        "record": case["record"],
        "case": case,
        "member": world["organisations"][0]["memberships"][0],
        "D1": world["law"]["prescribed"]["D1"],
        "gateways": world["law"]["gateways"],
    }
    at[where].update(change)
    field = case["fields"][0]["code"]
    assert decide(world, case)["fields"][field]["cover"] is None


@SIDES
def test_of_a_flagged_record_the_duty_gives_the_borough(decide: Decide):
    world, case = _owed()
    case["record"]["flags"] = ["hate"]
    case["fields"] = [{"code": "incident.point"}]
    told = decide(world, case)["fields"]["incident.point"]
    assert (told["cover"], told["form"]) == ("law:CDA17A", "borough")


@SIDES
@pytest.mark.parametrize(("at", "cover"), [("2012-05-01", "law:CDA17A"), ("2012-04-30T22:59:59Z", None)])
def test_a_duty_is_owed_to_a_body_from_the_day_on_which_it_has_standing(decide: Decide, at: str, cover: Any):
    world, case = _owed()
    world["law"]["body_types"]["housing-association"] = {"standing": [{"from": "2012-05-01"}]}
    assert _cover(decide, world, case | {"moment": at}) == cover


# --- earlier releases, and what is kept -------------------------------------------------------------------------------


@SIDES
@pytest.mark.parametrize(
    ("earlier", "told"),
    [
        ({}, RELEASED),
        ({"recipient": "police"}, RELEASED),
        ({"recipient": "almo"}, UNDECIDED),  # the record went to somebody else
        ({"purpose": "prevention"}, UNDECIDED),
        ({"line": "4.3"}, UNDECIDED),
        ({"protocol": "DUO"}, UNDECIDED),
        ({"recalled": True}, UNDECIDED),
        ({"decided": False}, UNDECIDED),
        ({"day": "2023-06-11"}, UNDECIDED),
        ({"version": 2}, UNDECIDED),  # no such text has been: a release under it carries nothing
    ],
)
def test_an_earlier_release_carries_a_view_of_the_same_and_of_nothing_else(decide: Decide, earlier: Json, told: Any):
    row = {"field": "subject.name", "form": "as-is", "purpose": "asb-case", "protocol": "ISP", "line": "4.2"}
    case = case_of(decision=None, earlier_releases=[row | {"day": "2023-06-01"} | earlier])
    assert told_of(decide, world_of(), case) == told


@SIDES
@pytest.mark.parametrize(
    ("at", "told"),
    [
        ("2023-06-10T11:59:59Z", UNDECIDED),
        ("2023-06-10T12:00:00Z", RELEASED),  # from the very moment of the release
        ("2023-07-09T22:59:59Z", RELEASED),  # thirty days of London from the tenth
        ("2023-07-09T23:00:00Z", UNDECIDED),
    ],
)
def test_an_earlier_release_carries_from_its_moment_to_the_end_of_its_days(decide: Decide, at: str, told: Any):
    row = {"field": "subject.name", "form": "as-is", "purpose": "asb-case", "protocol": "ISP", "line": "4.2"}
    case = case_of(moment=at, decision=None, earlier_releases=[row | {"day": "2023-06-10T12:00:00Z"}])
    assert told_of(decide, world_of(), case) == told


@SIDES
@pytest.mark.parametrize(
    ("record", "until"),
    [
        ({}, "2023-06-11T11:00:00Z"),
        ({"retain_until": "2023-06-11"}, "2023-06-10T23:00:00Z"),  # the record's own end comes first
        (
            {"retain_until": "2023-06-11", "hold": True},
            "2023-06-11T11:00:00Z",
        ),  # a hold keeps the record, not the emergency
    ],
)
def test_what_left_in_an_emergency_is_kept_for_twenty_four_hours_at_most(decide: Decide, record: Json, until: str):
    world, case = emergency_at("2023-06-10T11:00:00Z", "2023-06-10T12:00:00Z")
    case["record"] |= record
    assert _kept_until(decide, world, case) == moment(until)


@SIDES
@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"emergency": {"called_back": False}}, "line"),
        ({"urgency": "urgent"}, "line"),
        ({"channel": "export"}, "line"),
        ({"statement": {"necessity": True, "proportionality": True}}, "statement"),
        ({"assigned": False}, "role"),
    ],
)
def test_an_emergency_asks_for_its_channel_its_call_back_and_the_harm(decide: Decide, change: Json, rule: str):
    world, case = emergency_at("2023-06-10T11:00:00Z", "2023-06-10T12:00:00Z")
    assert told_of(decide, world, case)[0] == "as-is"
    assert told_of(decide, world, case | change)[1] == rule


@SIDES
@pytest.mark.parametrize(("pusher", "form"), [("homes-al", "as-is"), ("homes-di", None)])
def test_an_emergency_takes_two_persons_of_the_supplier_if_the_supplier_begins_it(
    decide: Decide, pusher: str, form: Any
):
    world, case = emergency_at("2023-06-10T11:00:00Z", "2023-06-10T12:00:00Z")
    world["organisations"][0]["officers"][2]["roles"] = ["officer", "duty-officer"]
    assert told_of(decide, world, case | {"initiated_by": "supplier", "officer": pusher})[0] == form


# --- records and meetings ---------------------------------------------------------------------------------------------


@SIDES
@pytest.mark.parametrize(
    ("record", "form", "leaves"),
    [
        ({"homes": {"cell-250": 8}}, "cell-250", True),
        ({"homes": {}}, "cell-250", False),  # homes that nobody has counted are too few
        ({"homes": {}, "public_place": True}, "cell-250", True),
        ({"homes": {}, "public_place": True, "flags": ["child"]}, "cell-250", False),
        ({"homes": {"borough": 8}, "flags": ["child"]}, "borough", True),
        ({"homes": {"borough": 7}}, "borough", False),
    ],
)
def test_a_place_leaves_where_it_points_at_nobody(decide: Decide, record: Json, form: str, leaves: bool):
    world = world_of(version_of(lines=[]))
    listed = [{"field": "incident.point", "form": form} for form in ("cell-250", "borough")]
    world["organisations"][0]["open_list"] = listed
    case = case_of(record=record, fields=[{"code": "incident.point", "form": form}], decision=None)
    assert (told_of(decide, world, case, "incident.point")[0] == form) is leaves


@SIDES
@pytest.mark.parametrize(
    ("change", "released"),
    [({}, True), ({"officer": "homes-ot"}, False), ({"assigned": False}, True), ({"channel": "export"}, False)],
)
def test_ones_own_frozen_record_is_read_without_protocol_decision_or_reason(
    decide: Decide, change: Json, released: bool
):
    own = case_of(record={"state": "frozen"}, recipient="homes", officer="homes-al", statement=None, decision=None)
    assert (told_of(decide, world_of() | {"protocols": []}, own | change)[0] == "as-is") is released


@SIDES
@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({}, (None, "basis", None)),
        ({"part3_authority": "section 36(4), recorded by the force"}, RELEASED),
        ({"part3_authority": " "}, (None, "basis", None)),
    ],
)
def test_a_law_enforcement_record_serves_a_civil_purpose_by_recorded_authority(decide: Decide, change: Json, told: Any):
    assert told_of(decide, world_of(), case_of(record={"regime": "PART3"}) | change) == told


@SIDES
@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({}, (None, "onward", 3)),
        ({"onward_allowed": True}, RELEASED),
        ({"order": {"onward": True}}, RELEASED),
        ({"order": {"onward": True, "fields": ["subject.dob"]}}, (None, "onward", 3)),
        ({"order": {"onward": True, "to": "2023-06-10T12:00:00Z"}}, (None, "onward", 3)),
        ({"order": {}}, (None, "onward", 3)),
    ],
)
def test_what_came_from_somebody_else_goes_on_by_leave_or_by_order(decide: Decide, change: Json, told: Any):
    assert told_of(decide, world_of(), case_of(record={"origin": "charity"}) | change) == told


@SIDES
@pytest.mark.parametrize(("kind", "form"), [("CASE", "age-band"), ("JOG", None)])
def test_a_meeting_hears_the_coarsest_form_and_a_location_meeting_nothing_personal(
    decide: Decide, kind: str, form: Any
):
    fine = line_of("1", to=["police"], form={}, channels=["meeting"])
    coarse = line_of("2", to=["almo"], channels=["meeting"])
    world = world_of(version_of(lines=[fine, coarse]))
    world["organisations"][2]["delegations"] = [{"principal": "police", "purposes": ["asb-case"]}]
    meeting = {"kind": kind, "attending": ["police", "homes", "almo"]}
    case = case_of(recipient=None, channel="meeting", meeting=meeting, confidentiality_accepted=["police", "almo"])
    case["fields"] = [{"code": "subject.dob", "form": "as-is"}]
    assert told_of(decide, world, case, "subject.dob")[0] == form
    case["confidentiality_accepted"] = ["police"]
    assert told_of(decide, world, case, "subject.dob")[0] is None
