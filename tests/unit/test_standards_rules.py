"""The frameworks as data, and the rules of judging and signing: no record and no page."""

from __future__ import annotations

from datetime import date

import pytest

from protocols.standards import (
    Judgement,
    SignUp,
    Status,
    blocks_to_registration,
    differences,
    frameworks,
    joint_status,
    problems_of,
    progress,
)

RSHM, CHARTER = frameworks()["RSHM"], frameworks()["CHARTER"]
MEMBER = SignUp(
    "a",
    "Alpha",
    decided_ref="minute 7",
    decided_on=date(2007, 1, 8),
    champion="Chair",
    registered_on=date(2007, 2, 1),
    consortium_box=True,
    satisfied_area="North",
)


def member(name: str, **changes: object) -> SignUp:
    return SignUp(**{**MEMBER.__dict__, "organisation": name.lower(), "name": name, **changes})


def test_the_catalogue_has_as_many_items_as_the_founding_documents():
    assert len(RSHM.items) == 68
    assert len([item for item in RSHM.items if item.kind == "B"]) == 45
    assert len(CHARTER.items) == 45
    assert [len([i for i in CHARTER.items if i.commitment == n]) for n in range(1, 8)] == [7, 9, 7, 5, 4, 7, 6]


def test_a_heading_is_judged_by_its_children_and_not_itself():
    assert "RSHM-1.P1" not in {item.code for item in RSHM.scored()}
    assert [item.code for item in RSHM.children("RSHM-1.P1")] == [f"RSHM-1.P1{letter}" for letter in "abcd"]


@pytest.mark.parametrize(
    ("reason", "alternative", "missing"), [("", "", 2), ("no wardens", "", 1), ("", "patrols", 1), ("no", "yes", 0)]
)
def test_not_relevant_needs_reason_and_alternative(reason: str, alternative: str, missing: int):
    given = Judgement("RSHM-3.P4", Status.NOT_RELEVANT, reason=reason, alternative=alternative)
    assert len(problems_of(given)) == missing


def test_met_needs_what_shows_it_and_not_met_needs_nothing():
    assert problems_of(Judgement("RSHM-1.B1", Status.MET))
    assert not problems_of(Judgement("RSHM-1.B1", Status.NOT_MET))


def test_progress_names_what_is_missing_and_counts_the_elements():
    done = progress(RSHM, [Judgement("RSHM-1.B7", Status.MET, "x"), Judgement("RSHM-6.B1", Status.NOT_MET)])
    assert (done.judged, done.of) == (2, 67)
    assert len(done.missing) == 65
    assert {str(element): n for element, n in done.by_deeper.items() if n} == {"Enforcement": 1}


def test_two_assessments_are_compared_item_by_item():
    before = {"RSHM-1.B1": Judgement("RSHM-1.B1", Status.NOT_MET), "RSHM-1.B2": Judgement("RSHM-1.B2", Status.MET, "x")}
    after = {"RSHM-1.B1": Judgement("RSHM-1.B1", Status.MET, "y"), "RSHM-1.B2": Judgement("RSHM-1.B2", Status.MET, "z")}
    changed = differences(RSHM, before, after)
    assert [(c.item.code, str(c.before.status), str(c.after.status)) for c in changed] == [
        ("RSHM-1.B1", "not-met", "met")
    ]


def test_a_blank_champion_stops_the_respect_standard_and_not_the_charter():
    blank = member("Alpha", champion=" ", registered_on=None)
    assert blocks_to_registration(RSHM, blank) == ("No champion at board level is named.",)
    assert blocks_to_registration(CHARTER, blank) == ()


def test_five_members_and_one_blank_declaration_block_the_joint_status_and_name_the_member():
    members = [member(name) for name in ("Alpha", "Beta", "Gamma", "Delta")]
    members.append(member("Epsilon", satisfied_area=""))
    found = joint_status(RSHM, "North", members)
    assert not found.complete
    assert found.reason == "Waiting for Epsilon."
    assert [m.ready for m in found.members] == [True, True, True, True, False]
    assert joint_status(RSHM, "north", [*members[:4], member("Epsilon")]).complete


@pytest.mark.parametrize(
    "change", [{"registered_on": None}, {"consortium_box": False}, {"withdrawn_on": date(2010, 1, 1)}]
)
def test_any_one_thing_missing_of_any_one_member_blocks(change: dict[str, object]):
    assert not joint_status(RSHM, "North", [MEMBER, member("Beta", **change)]).complete


def test_the_charter_has_no_joint_sign_up_and_nobody_is_no_consortium():
    assert not joint_status(CHARTER, "North", [MEMBER]).complete
    assert not joint_status(RSHM, "North", []).complete
