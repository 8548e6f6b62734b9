"""This module knows worked examples from the page of the release rules: the reference and the rulebook both have to give them."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from tests.unit.page_world import (
    RELEASED,
    SIDES,
    Decide,
    case_of,
    line_of,
    product,
    reference_decide,
    told_of,
    version_of,
    world_of,
)


@SIDES
def test_what_is_signed_needed_and_decided_is_released(decide: Decide):
    assert told_of(decide, world_of(), case_of()) == RELEASED


@SIDES
def test_a_field_leaves_in_the_form_of_its_line(decide: Decide):
    case = case_of(fields=[{"code": "subject.dob", "form": "as-is"}])
    assert told_of(decide, world_of(), case, "subject.dob") == ("age-band", None, 0)


@SIDES
@pytest.mark.parametrize(
    ("at", "told"),
    [
        ("2023-06-19T22:59:00Z", RELEASED),  # the last minute of the tenth day, in London
        ("2023-06-18T23:30:00Z", (None, "decision", 3)),  # reply days are London's: this is already the eleventh
    ],
)
def test_a_decision_is_good_for_the_reply_days_in_london(decide: Decide, at: str, told: Any):
    late = at.startswith("2023-06-18")
    decided = "2023-06-08T10:00:00Z" if late else "2023-06-10T10:00:00Z"
    case = case_of(moment=at)
    case["decision"]["decided_at"] = decided
    assert told_of(decide, world_of(), case) == told


@SIDES
@pytest.mark.parametrize(("decided", "told"), [("2025-02-27", RELEASED), ("2025-02-28", (None, "decision", 3))])
def test_training_counts_until_the_same_day_two_years_on(decide: Decide, decided: str, told: Any):
    world = world_of(version_of(review_by="2025-12-01"))
    case = case_of(moment="2025-03-01T12:00:00Z")
    case["decision"]["decided_at"] = f"{decided}T12:00:00Z"
    assert told_of(decide, world, case) == told


@SIDES
@pytest.mark.parametrize(("decided", "told"), [("2023-06-07", RELEASED), ("2023-06-08", (None, "decision", 3))])
def test_an_authorisation_runs_twenty_eight_days_after_the_post_falls_vacant(decide: Decide, decided: str, told: Any):
    world = world_of()
    homes = world["organisations"][0]
    homes["liaison_officers"][0]["to"] = "2023-05-11"
    homes["authorisations"] = [{"officer": "homes-di", "protocol": "ISP", "line": "4.2", "from": "2023-04-01"}]
    case = case_of()
    case["decision"] |= {"officer": "homes-di", "decided_at": f"{decided}T12:00:00Z"}
    assert told_of(decide, world, case) == told


@SIDES
def test_nobody_decides_on_what_he_asks_for(decide: Decide):
    case = case_of(officer="homes-cy", initiated_by="supplier")
    world = world_of()
    world["organisations"][0]["officers"][1]["roles"] = ["officer", "liaison-officer"]
    assert told_of(decide, world, case) == (None, "decision", 3)


@SIDES
@pytest.mark.parametrize(
    ("withdrew", "told"),
    [("2023-06-10T12:00:00Z", (None, "in-force", 4)), ("2023-06-10T12:00:01Z", RELEASED)],
)
def test_a_withdrawal_ends_the_signature_from_its_moment(decide: Decide, withdrew: str, told: Any):
    version = version_of()
    version["signatures"][1]["withdrew_on"] = withdrew
    assert told_of(decide, world_of(version), case_of()) == told


@SIDES
def test_signing_again_in_the_same_moment_stands_if_listed_after_the_withdrawal(decide: Decide):
    version = version_of()
    version["signatures"][1]["withdrew_on"] = "2023-06-01"
    version["signatures"].append({"organisation": "police", "signed_on": "2023-06-01"})
    assert told_of(decide, world_of(version), case_of()) == RELEASED
    version["signatures"].insert(0, version["signatures"].pop())
    assert told_of(decide, world_of(version), case_of()) == (None, "in-force", 4)


@SIDES
@pytest.mark.parametrize(("at", "told"), [("2023-06-29", RELEASED), ("2023-06-30", (None, "in-force", 8))])
def test_the_version_before_counts_until_the_overlap_ends(decide: Decide, at: str, told: Any):
    newer = version_of(2, starts_on="2023-06-01", adopted_on="2023-05-31", overlap_days=30, signatures=[])
    case = case_of(moment=f"{at}T12:00:00Z")
    case["decision"]["decided_at"] = f"{at}T09:00:00Z"
    assert told_of(decide, world_of(version_of(), newer), case) == told


@SIDES
@pytest.mark.parametrize(
    ("reviews", "told"),
    [([], (None, "in-force", 5)), (["2024-01-02"], RELEASED), (["2024-01-01"], (None, "in-force", 5))],
)
def test_a_review_in_the_ninety_days_before_moves_the_day_by_a_year(decide: Decide, reviews: list[str], told: Any):
    world = world_of(version_of(reviews=reviews))
    case = case_of(moment="2024-04-01T12:00:00Z")
    case["decision"]["decided_at"] = "2024-04-01T09:00:00Z"
    assert told_of(decide, world, case) == told


@SIDES
def test_a_protocol_under_a_suspended_parent_waits_for_the_parent(decide: Decide):
    parent = version_of(lines=[], suspensions=[{"by": "board", "from": "2023-06-01"}])
    child = version_of(ref="DUO", kind="bilateral", parent="ISP")
    assert told_of(decide, world_of(parent, child), case_of()) == (None, "in-force", 5)


@SIDES
def test_who_acts_for_a_member_needs_a_delegation_that_names_the_purpose(decide: Decide):
    world = world_of()
    case = case_of(recipient="almo", officer="almo-al")
    assert told_of(decide, world, case) == (None, "gateway", 6)
    world["organisations"][2]["delegations"] = [{"principal": "police", "purposes": ["asb-case"]}]
    assert told_of(decide, world, case) == RELEASED


@SIDES
def test_a_charity_has_no_standing_and_nobody_to_act_for(decide: Decide):
    case = case_of(recipient="charity", officer="charity-al")
    assert told_of(decide, world_of(), case) == (None, "gateway", None)


@SIDES
@pytest.mark.parametrize(("homes", "told"), [(8, ("cell-250", None, 0)), (7, (None, "identify", 1))])
def test_a_cell_of_fewer_than_eight_homes_points_at_somebody(decide: Decide, homes: int, told: Any):
    world = world_of(version_of(lines=[]))
    world["organisations"][0]["open_list"] = [
        {"field": "incident.point", "form": form} for form in ("cell-250", "borough")
    ]
    case = case_of(
        fields=[{"code": "incident.point", "form": "cell-250"}], record={"homes": {"cell-250": homes, "borough": 9}}
    )
    assert told_of(decide, world, case | {"decision": None}, "incident.point") == told


@SIDES
@pytest.mark.parametrize(("at", "cover"), [("2007-08-01", "law:CDA17A"), ("2007-07-31", None)])
def test_the_duty_of_section_17a_begins_in_august_2007_and_needs_no_protocol(decide: Decide, at: str, cover: Any):
    world = world_of() | {"protocols": []}
    held = {
        "holder": "police",
        "origin": "police",
        "controllers": ["police"],
        "data_set": "D1",
        "homes": {"cell-250": 9},
    }
    case = case_of(record=held, recipient="homes", officer="homes-al", moment=at, decision=None)
    case["fields"] = [{"code": "incident.point", "form": "cell-250"}]
    assert decide(world, case)["fields"]["incident.point"]["cover"] == cover


@SIDES
@pytest.mark.parametrize(
    ("at", "told"), [("2023-06-10T08:59:59Z", RELEASED), ("2023-06-10T09:00:00Z", (None, "decision", 3))]
)
def test_an_emergency_lasts_for_twenty_four_hours(decide: Decide, at: str, told: Any):
    world = world_of(version_of(lines=[]))
    case = case_of(moment=at, urgency="emergency", emergency={"called_back": True})
    case["statement"] = {"harm": "somebody is about to be hurt"}
    case["decision"]["officer"] = "homes-di"
    assert told_of(decide, world, case) == told


@SIDES
def test_a_refusal_stands_and_is_the_answer(decide: Decide):
    case = case_of()
    case["decision"]["fields"]["subject.name"] = {"refuse": "discretion", "reason": "would prejudice a case"}
    assert told_of(decide, world_of(), case) == (None, "decision", None)


@SIDES
@pytest.mark.parametrize(
    ("moment", "told"), [("2023-07-08T12:00:00Z", RELEASED), ("2023-07-09T12:00:00Z", (None, "decision", 3))]
)
def test_what_was_released_may_be_viewed_again_within_its_retention(decide: Decide, moment: str, told: Any):
    earlier = {
        "field": "subject.name",
        "form": "as-is",
        "purpose": "asb-case",
        "protocol": "ISP",
        "version": 1,
        "line": "4.2",
    }
    case = case_of(moment=moment, decision=None, earlier_releases=[earlier | {"day": "2023-06-09"}])
    assert told_of(decide, world_of(), case) == told
    assert told_of(decide, world_of(), case | {"channel": "export"})[1] == "decision"


@SIDES
def test_what_a_location_meeting_may_not_hear_a_case_panel_may(decide: Decide):
    world = world_of(version_of(lines=[line_of(channels=["meeting"])]))
    meeting = {"recipient": None, "channel": "meeting", "confidentiality_accepted": True}
    panel = case_of(**meeting, meeting={"kind": "CASE", "attending": ["police", "homes"]})
    group = case_of(**meeting, meeting={"kind": "JOG", "attending": ["police", "homes"]})
    assert told_of(decide, world, panel) == RELEASED
    assert told_of(decide, world, group) == (None, "audience", None)


@SIDES
def test_raw_free_text_stands_on_no_line(decide: Decide):
    case = case_of(fields=[{"code": "note.raw"}])
    assert told_of(decide, world_of(), case, "note.raw")[0] is None
    assert decide(world_of(), case)["fields"]["note.raw"]["weight"] is None


def test_the_world_that_is_asked_is_not_changed():
    world, case = world_of(), case_of()
    before = copy.deepcopy((world, case))
    reference_decide(world, case)
    product(world, case)
    assert (world, case) == before
