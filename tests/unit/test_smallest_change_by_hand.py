"""This module knows small worked examples of the smallest lawful change: what it weighs, whom it names and where ties go."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.page_world import SIDES, Decide, Json, case_of, line_of, told_of, version_of, world_of

MONTH = [{"code": "incident.month", "form": "as-is"}]
NOT_LISTED = (None, "line", 9)


def _repairs(told: Json) -> list[str]:
    """The names of the acts of a change; rulebook and reference write acts differently."""
    return sorted(act["repair"] if isinstance(act, dict) else act.repair for act in told["change"])


def _change(decide: Decide, world: Json, case: Json, field: str = "subject.name") -> tuple[Any, list[str], Any]:
    told = decide(world, case)["fields"][field]
    return told["rule"], _repairs(told), told["weight"]


# --- what a new version lists becomes open ----------------------------------------------------------------------------


@SIDES
@pytest.mark.parametrize(
    ("case", "told"),
    [
        (case_of(fields=MONTH), NOT_LISTED),
        (case_of(fields=MONTH, record={"origin": "charity"}), NOT_LISTED),  # no leave of the origin's is needed then
        (case_of(fields=MONTH, record={"marking": "OFFICIAL-SENSITIVE"}), NOT_LISTED),
        (case_of(fields=MONTH, record={"flags": ["child"]}), NOT_LISTED),
        (case_of(fields=MONTH, recipient="charity", officer="charity-al"), NOT_LISTED),  # it needs no standing for it
        (case_of(fields=MONTH, officer="almo-al"), (None, "role", 11)),
    ],
)
def test_what_is_not_personal_leaves_as_soon_as_a_new_version_lists_it(decide: Decide, case: Json, told: Any):
    assert told_of(decide, world_of(), case | {"decision": None}, "incident.month") == told
    listing = version_of(
        2, starts_on="2023-06-30", signatures=[], lines=[line_of("9", fields=["incident.month"], form={})]
    )
    after = decide(world_of(version_of(), listing), case | {"decision": None})["fields"]["incident.month"]
    assert after["cover"] == ("open" if told[1] == "line" else None)


@SIDES
def test_a_person_without_standing_is_helped_by_no_new_version(decide: Decide):
    case = case_of(recipient="charity", officer="charity-al")
    assert told_of(decide, world_of(), case) == (None, "gateway", None)


@SIDES
def test_a_new_version_cannot_make_open_what_points_at_somebody(decide: Decide):
    world = world_of(version_of(lines=[line_of(fields=["subject.name"], form={})]))
    place = {"fields": [{"code": "incident.point", "form": "cell-250"}], "decision": None}
    few = case_of(record={"homes": {"cell-250": 7, "borough": 8}}, **place)
    assert _change(decide, world, few, "incident.point") == ("line", ["coarser-form", "new-version"], 10)
    enough = case_of(record={"homes": {"cell-250": 8, "borough": 8}}, **place)
    assert _change(decide, world, enough, "incident.point") == ("line", ["new-version"], 9)


@SIDES
def test_a_partnership_without_a_protocol_has_nothing_to_list_it_in(decide: Decide):
    assert told_of(decide, world_of() | {"protocols": []}, case_of(fields=MONTH), "incident.month") == (
        None,
        "in-force",
        None,
    )


# --- weights ----------------------------------------------------------------------------------------------------------


@SIDES
@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"statement": {"necessity": True}}, ("statement", ["give-statement"], 1)),
        ({"provision": "CDA1998-s999"}, ("statement", ["give-statement"], 1)),
        ({"assigned": False, "statement": None}, ("role", ["be-assigned", "give-statement"], 2)),
        ({"channel": "verbal"}, ("line", ["other-channel"], 1)),
        ({"officer": "police-di"}, ("role", ["another-officer"], 2)),
        ({"officer": "police-di", "decision": None}, ("role", ["another-officer", "decide"], 5)),
        ({"purpose": "prevention", "provision": "CDA1998-s17"}, ("line", ["new-version"], 9)),
        ({"moment": "2022-06-10T12:00:00Z"}, ("in-force", ["name-and-train", "new-version"], 12)),
    ],
)
def test_every_act_weighs_what_it_weighs(decide: Decide, change: Json, told: Any):
    assert _change(decide, world_of(), case_of() | change) == told


@SIDES
def test_one_body_lifts_all_that_it_suspended_and_two_bodies_are_two_acts(decide: Decide):
    twice = [{"by": "board", "from": "2023-06-01"}, {"by": "board", "from": "2023-06-09", "to": "2023-06-30"}]
    assert _change(decide, world_of(version_of(suspensions=twice)), case_of()) == ("in-force", ["lift-suspension"], 5)
    twice[1]["by"] = "court"
    assert told_of(decide, world_of(version_of(suspensions=twice)), case_of()) == (None, "in-force", 9)  # a new version


@SIDES
@pytest.mark.parametrize(
    ("record", "rule"),
    [
        ({"state": "frozen"}, "retention"),
        ({"state": "shredded", "hold": True}, "retention"),
        ({"retain_until": "2023-06-10"}, "retention"),
        ({"marking": "OFFICIAL-SENSITIVE"}, "marking"),
        ({"flags": ["child"]}, "line"),
    ],
)
def test_some_things_nobody_here_can_change(decide: Decide, record: Json, rule: str):
    assert told_of(decide, world_of(), case_of(record=record)) == (None, rule, None)


@SIDES
def test_one_decision_and_one_statement_serve_all_fields_of_a_case(decide: Decide):
    line = line_of(fields=["subject.name", "subject.dob"], form={})
    case = case_of(decision=None, statement=None)
    case["fields"] = [{"code": "subject.name", "form": "as-is"}, {"code": "subject.dob", "form": "as-is"}]
    answer = decide(world_of(version_of(lines=[line])), case)
    assert [answer["fields"][field]["weight"] for field in ("subject.name", "subject.dob")] == [4, 1]
    assert (
        answer["case_weight"] == 4
    )  # the date of birth could go as an age band for 1; what the name takes serves it too


# --- ties -------------------------------------------------------------------------------------------------------------


def _named(told: Json) -> str:
    (act,) = told["change"]
    return str(act["protocol"] if isinstance(act, dict) else act.protocol)


@SIDES
def test_a_tie_goes_to_the_ref_before_it_goes_to_a_line_that_is_there(decide: Decide):
    """A new line of protocol A and a new text for the line of protocol B weigh the same: ref comes first."""
    first = version_of(ref="A", kind="statutory", lines=[])
    second = version_of(ref="B", kind="purpose", parent="A", ends_on="2023-06-01")
    told = decide(world_of(first, second), case_of())["fields"]["subject.name"]
    assert (_named(told), told["weight"]) == ("A", 9)
    told = decide(world_of(first | {"ref": "C"}, second | {"parent": "C"}), case_of())["fields"]["subject.name"]
    assert (_named(told), told["weight"]) == ("B", 9)


@SIDES
def test_within_a_protocol_a_line_that_is_there_comes_before_a_new_one(decide: Decide):
    ended = version_of(ends_on="2023-06-01", lines=[line_of("z")])
    told = decide(world_of(ended), case_of())["fields"]["subject.name"]
    assert (told["failing"], told["weight"]) == (["in-force"], 9)  # the new line would fail by `line` too
