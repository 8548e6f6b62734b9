"""This module knows worked examples from the page of the release rules: the reference and the rulebook both have to give them."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from protocols.world import decide_lines as product_lines
from tests.reference.decide import decide as reference_decide
from tests.reference.generator import Json


def _product(world: Json, case: Json) -> Json:
    answer: Json = json.loads(next(iter(product_lines(world, [json.dumps(case)]))))
    return answer


Decide = Callable[[Json, Json], Json]
SIDES = pytest.mark.parametrize("decide", [reference_decide, _product], ids=["reference", "product"])

REGISTRY = {
    "subject.name": {"forms": [{"form": "as-is", "class": "personal"}]},
    "subject.dob": {"forms": [{"form": "as-is", "class": "personal"}, {"form": "age-band", "class": "depersonalised"}]},
    "incident.point": {
        "location": True,
        "forms": [
            {"form": "as-is", "class": "personal"},
            {"form": "cell-250", "class": "depersonalised"},
            {"form": "borough", "class": "non-personal", "borough": True},
        ],
    },
    "note.raw": {"free_text": True, "forms": [{"form": "as-is", "class": "special"}]},
}
ROLES = {
    "officer": ["release:view", "release:export", "release:hear", "release:tell", "record:view_own"],
    "liaison-officer": ["request:decide"],
    "duty-officer": ["request:allow_emergency"],
}
LAW = {
    "body_types": {
        "police": {"standing": [{"from": "1998-09-30"}]},
        "housing-association": {"standing": [{"from": "1998-09-30"}]},
        "almo": {"may_act_for": True},
        "charity": {},
    },
    "gateways": {"CDA115": {"from": "1998-09-30", "enabled": True, "standing": True}, "CDA17A": {"from": "2007-08-01"}},
    "bases": {"6(1)(f)": {"from": "2018-05-25", "supplier": {"public_authority": "no"}}},
    "conditions": {},
    "provisions": {"CDA1998-s17": {"from": "1998-09-30"}},
    "prescribed": {"D1": {"holders": ["police"], "fields": ["incident.point"], "from": "2007-07-01"}},
    "location_meetings": ["JOG"],
}


def _organisation(code: str, kind: str, **more: Any) -> Json:
    member = [{"partnership": "north"}]
    officers = [
        {"code": f"{code}-al", "roles": ["officer"]},
        {"code": f"{code}-cy", "roles": ["liaison-officer"]},
        {"code": f"{code}-di", "roles": ["duty-officer"]},
    ]
    posts = [{"officer": f"{code}-cy", "trained_on": ["2023-02-28"]}]
    row = {"code": code, "body_type": kind, "memberships": member, "officers": officers, "liaison_officers": posts}
    return row | {"public_authority": kind == "police"} | more


def _line(ident: str = "4.2", **more: Any) -> Json:
    return {
        "id": ident,
        "purposes": ["asb-case"],
        "fields": ["subject.name", "subject.dob"],
        "form": {"subject.dob": "age-band"},
        "from": ["kind:housing-association"],
        "to": ["police", "almo", "charity"],
        "gateway": "CDA115",
        "basis": ["6(1)(f)"],
        "channels": ["view", "export"],
        "retention_days": 30,
        **more,
    }


def _version(number: int = 1, **more: Any) -> Json:
    signatures = [{"organisation": who, "signed_on": "2023-03-01"} for who in ("homes", "police", "almo", "charity")]
    return {
        "ref": "ISP",
        "partnership": "north",
        "kind": "statutory",
        "version": number,
        "starts_on": "2023-04-01",
        "review_by": "2024-04-01",
        "reply_days": 10,
        "parties": ["homes", "police", "almo", "charity"],
        "purposes": [{"code": "asb-case", "provision": "CDA1998-s17"}],
        "lines": [_line()],
        "signatures": signatures,
        **more,
    }


def _world(*versions: Json) -> Json:
    return {
        "organisations": [
            _organisation("homes", "housing-association"),
            _organisation("police", "police"),
            _organisation("almo", "almo"),
            _organisation("charity", "charity"),
        ],
        "protocols": list(versions or (_version(),)),
        "registry": REGISTRY,
        "roles": ROLES,
        "law": LAW,
    }


def _case(**more: Any) -> Json:
    record = {
        "origin": "homes",
        "controllers": ["homes"],
        "holder": "homes",
        "partnership": "north",
        "area": "east",
        "category": "noise",
    }
    case = {
        "case": "1",
        "record": record | more.pop("record", {}),
        "recipient": "police",
        "purpose": "asb-case",
        "fields": [{"code": "subject.name", "form": "as-is"}],
        "moment": "2023-06-10T12:00:00Z",
        "channel": "view",
        "officer": "police-al",
        "assigned": True,
        "statement": {"necessity": True, "proportionality": True},
        "decision": {
            "officer": "homes-cy",
            "decided_at": "2023-06-09T09:00:00Z",
            "fields": {"subject.name": {"allow": "as-is"}, "subject.dob": {"allow": "as-is"}},
        },
    }
    return case | more


def _told(decide: Decide, world: Json, case: Json, field: str = "subject.name") -> tuple[Any, Any, Any]:
    told = decide(world, case)["fields"][field]
    return told["form"], told["rule"], told["weight"]


RELEASED = ("as-is", None, 0)


@SIDES
def test_what_is_signed_needed_and_decided_is_released(decide: Decide):
    assert _told(decide, _world(), _case()) == RELEASED


@SIDES
def test_a_field_leaves_in_the_form_of_its_line(decide: Decide):
    case = _case(fields=[{"code": "subject.dob", "form": "as-is"}])
    assert _told(decide, _world(), case, "subject.dob") == ("age-band", None, 0)


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
    case = _case(moment=at)
    case["decision"]["decided_at"] = decided
    assert _told(decide, _world(), case) == told


@SIDES
@pytest.mark.parametrize(("decided", "told"), [("2025-02-27", RELEASED), ("2025-02-28", (None, "decision", 3))])
def test_training_counts_until_the_same_day_two_years_on(decide: Decide, decided: str, told: Any):
    world = _world(_version(review_by="2025-12-01"))
    case = _case(moment="2025-03-01T12:00:00Z")
    case["decision"]["decided_at"] = f"{decided}T12:00:00Z"
    assert _told(decide, world, case) == told


@SIDES
@pytest.mark.parametrize(("decided", "told"), [("2023-06-07", RELEASED), ("2023-06-08", (None, "decision", 3))])
def test_an_authorisation_runs_twenty_eight_days_after_the_post_falls_vacant(decide: Decide, decided: str, told: Any):
    world = _world()
    homes = world["organisations"][0]
    homes["liaison_officers"][0]["to"] = "2023-05-11"
    homes["authorisations"] = [{"officer": "homes-di", "protocol": "ISP", "line": "4.2", "from": "2023-04-01"}]
    case = _case()
    case["decision"] |= {"officer": "homes-di", "decided_at": f"{decided}T12:00:00Z"}
    assert _told(decide, world, case) == told


@SIDES
def test_nobody_decides_on_what_he_asks_for(decide: Decide):
    case = _case(officer="homes-cy", initiated_by="supplier")
    world = _world()
    world["organisations"][0]["officers"][1]["roles"] = ["officer", "liaison-officer"]
    assert _told(decide, world, case) == (None, "decision", 3)


@SIDES
@pytest.mark.parametrize(
    ("withdrew", "told"),
    [("2023-06-10T12:00:00Z", (None, "in-force", 4)), ("2023-06-10T12:00:01Z", RELEASED)],
)
def test_a_withdrawal_ends_the_signature_from_its_moment(decide: Decide, withdrew: str, told: Any):
    version = _version()
    version["signatures"][1]["withdrew_on"] = withdrew
    assert _told(decide, _world(version), _case()) == told


@SIDES
def test_signing_again_in_the_same_moment_stands_if_listed_after_the_withdrawal(decide: Decide):
    version = _version()
    version["signatures"][1]["withdrew_on"] = "2023-06-01"
    version["signatures"].append({"organisation": "police", "signed_on": "2023-06-01"})
    assert _told(decide, _world(version), _case()) == RELEASED
    version["signatures"].insert(0, version["signatures"].pop())
    assert _told(decide, _world(version), _case()) == (None, "in-force", 4)


@SIDES
@pytest.mark.parametrize(("at", "told"), [("2023-06-29", RELEASED), ("2023-06-30", (None, "in-force", 8))])
def test_the_version_before_counts_until_the_overlap_ends(decide: Decide, at: str, told: Any):
    newer = _version(2, starts_on="2023-06-01", adopted_on="2023-05-31", overlap_days=30, signatures=[])
    case = _case(moment=f"{at}T12:00:00Z")
    case["decision"]["decided_at"] = f"{at}T09:00:00Z"
    assert _told(decide, _world(_version(), newer), case) == told


@SIDES
@pytest.mark.parametrize(
    ("reviews", "told"),
    [([], (None, "in-force", 5)), (["2024-01-02"], RELEASED), (["2024-01-01"], (None, "in-force", 5))],
)
def test_a_review_in_the_ninety_days_before_moves_the_day_by_a_year(decide: Decide, reviews: list[str], told: Any):
    world = _world(_version(reviews=reviews))
    case = _case(moment="2024-04-01T12:00:00Z")
    case["decision"]["decided_at"] = "2024-04-01T09:00:00Z"
    assert _told(decide, world, case) == told


@SIDES
def test_a_protocol_under_a_suspended_parent_waits_for_the_parent(decide: Decide):
    parent = _version(lines=[], suspensions=[{"by": "board", "from": "2023-06-01"}])
    child = _version(ref="DUO", kind="bilateral", parent="ISP")
    assert _told(decide, _world(parent, child), _case()) == (None, "in-force", 5)


@SIDES
def test_who_acts_for_a_member_needs_a_delegation_that_names_the_purpose(decide: Decide):
    world = _world()
    case = _case(recipient="almo", officer="almo-al")
    assert _told(decide, world, case) == (None, "gateway", 6)
    world["organisations"][2]["delegations"] = [{"principal": "police", "purposes": ["asb-case"]}]
    assert _told(decide, world, case) == RELEASED


@SIDES
def test_a_charity_has_no_standing_and_nobody_to_act_for(decide: Decide):
    case = _case(recipient="charity", officer="charity-al")
    assert _told(decide, _world(), case) == (None, "gateway", None)


@SIDES
@pytest.mark.parametrize(("homes", "told"), [(8, ("cell-250", None, 0)), (7, (None, "identify", 1))])
def test_a_cell_of_fewer_than_eight_homes_points_at_somebody(decide: Decide, homes: int, told: Any):
    world = _world(_version(lines=[]))
    world["organisations"][0]["open_list"] = [
        {"field": "incident.point", "form": form} for form in ("cell-250", "borough")
    ]
    case = _case(
        fields=[{"code": "incident.point", "form": "cell-250"}], record={"homes": {"cell-250": homes, "borough": 9}}
    )
    assert _told(decide, world, case | {"decision": None}, "incident.point") == told


@SIDES
@pytest.mark.parametrize(("at", "cover"), [("2007-08-01", "law:CDA17A"), ("2007-07-31", None)])
def test_the_duty_of_section_17a_begins_in_august_2007_and_needs_no_protocol(decide: Decide, at: str, cover: Any):
    world = _world() | {"protocols": []}
    held = {
        "holder": "police",
        "origin": "police",
        "controllers": ["police"],
        "data_set": "D1",
        "homes": {"cell-250": 9},
    }
    case = _case(record=held, recipient="homes", officer="homes-al", moment=at, decision=None)
    case["fields"] = [{"code": "incident.point", "form": "cell-250"}]
    assert decide(world, case)["fields"]["incident.point"]["cover"] == cover


@SIDES
@pytest.mark.parametrize(
    ("at", "told"), [("2023-06-10T08:59:59Z", RELEASED), ("2023-06-10T09:00:00Z", (None, "decision", 3))]
)
def test_an_emergency_lasts_for_twenty_four_hours(decide: Decide, at: str, told: Any):
    world = _world(_version(lines=[]))
    case = _case(moment=at, urgency="emergency", emergency={"called_back": True})
    case["statement"] = {"harm": "somebody is about to be hurt"}
    case["decision"]["officer"] = "homes-di"
    assert _told(decide, world, case) == told


@SIDES
def test_a_refusal_stands_and_is_the_answer(decide: Decide):
    case = _case()
    case["decision"]["fields"]["subject.name"] = {"refuse": "discretion", "reason": "would prejudice a case"}
    assert _told(decide, _world(), case) == (None, "decision", None)


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
    case = _case(moment=moment, decision=None, earlier_releases=[earlier | {"day": "2023-06-09"}])
    assert _told(decide, _world(), case) == told
    assert _told(decide, _world(), case | {"channel": "export"})[1] == "decision"


@SIDES
def test_what_a_location_meeting_may_not_hear_a_case_panel_may(decide: Decide):
    world = _world(_version(lines=[_line(channels=["meeting"])]))
    meeting = {"recipient": None, "channel": "meeting", "confidentiality_accepted": True}
    panel = _case(**meeting, meeting={"kind": "CASE", "attending": ["police", "homes"]})
    group = _case(**meeting, meeting={"kind": "JOG", "attending": ["police", "homes"]})
    assert _told(decide, world, panel) == RELEASED
    assert _told(decide, world, group) == (None, "audience", None)


@SIDES
def test_raw_free_text_stands_on_no_line(decide: Decide):
    case = _case(fields=[{"code": "note.raw"}])
    assert _told(decide, _world(), case, "note.raw")[0] is None
    assert decide(_world(), case)["fields"]["note.raw"]["weight"] is None


def test_the_world_that_is_asked_is_not_changed():
    world, case = _world(), _case()
    before = copy.deepcopy((world, case))
    reference_decide(world, case)
    _product(world, case)
    assert (world, case) == before
