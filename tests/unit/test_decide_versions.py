"""This module knows which version of a protocol counts between two organisations, and when it is in force."""

from __future__ import annotations

import pytest

from tests.unit.decide_world import NAME, change, decided, line, protocol


def second(world, adopted="2024-06-01", signed=("landlord", "met"), **more):
    """A second version, whose overlap with the first is thirty days."""
    signatures = [{"organisation": code, "signed_on": "2024-06-01"} for code in signed]
    made = protocol(version=2, starts_on="2024-06-01", adopted_on=adopted, signatures=signatures)
    world["protocols"].append(made | more)


def test_the_newest_version_that_both_have_signed_counts():
    assert decided(lambda w, c: second(w)).version == 2


def test_the_version_before_counts_until_the_overlap_is_over():
    assert decided(lambda w, c: second(w, adopted="2024-05-14", signed=("landlord",))).version == 1
    found = decided(lambda w, c: second(w, adopted="2024-05-13", signed=("landlord",)))
    assert (found.rule, change(found)) == ("in-force", [("sign", "met")])


def test_a_version_that_has_not_started_or_is_incomplete_does_not_count():
    assert decided(lambda w, c: second(w, starts_on="2024-06-13", adopted_on="2024-01-01")).version == 1
    assert decided(lambda w, c: second(w, adopted="2024-01-01", complete=False)).version == 1


def test_an_incomplete_protocol_is_named_as_such():
    def draft(world, case):
        world["protocols"][0].update(complete=False, signatures=[])

    found = decided(draft)
    assert (found.rule, change(found)) == ("complete", [("new-version", None)])


def test_a_withdrawal_ends_every_earlier_signature_on_the_protocol():
    def withdrew(world, case):
        second(world)
        world["protocols"][0]["signatures"][1]["withdrew_on"] = "2024-06-10"

    assert decided(withdrew).rule == "in-force"


def test_who_signs_again_after_a_withdrawal_is_back():
    def again(world, case):
        rows = world["protocols"][0]["signatures"]
        rows[1]["withdrew_on"] = "2024-06-10"
        rows.append({"organisation": "met", "signed_on": "2024-06-11"})

    assert decided(again).leaves


def test_acts_of_the_same_moment_count_in_the_order_listed():
    def in_order(*signed):
        def bend(world, case):
            world["protocols"][0]["signatures"][1:] = [{"organisation": "met"} | row for row in signed]

        return bend

    left, back = {"signed_on": "2024-01-01", "withdrew_on": "2024-06-10"}, {"signed_on": "2024-06-10"}
    assert decided(in_order(left, back)).leaves
    assert not decided(in_order(back, left)).leaves


def test_withdrawal_has_a_moment():
    def at(moment):
        def bend(world, case):
            world["protocols"][0]["signatures"][1]["withdrew_on"] = moment

        return bend

    assert decided(at("2024-06-12T12:00:01+01:00")).leaves
    assert not decided(at("2024-06-12T12:00:00+01:00")).leaves


def test_a_signature_of_somebody_who_is_no_party_counts_for_nothing():
    def stranger(world, case):
        world["protocols"][0]["parties"] = ["landlord", "council"]

    found = decided(stranger)
    assert (found.rule, change(found)) == ("in-force", [("new-version", None)])


@pytest.mark.parametrize(
    ("reviews", "leaves"),
    [([], False), (["2023-10-01"], True), (["2023-09-30"], False), (["2024-06-13"], False), (["2024-02-01"], True)],
    ids=["none", "ninety days before", "ninety-one days before", "tomorrow", "late, but done"],
)
def test_a_review_moves_the_review_day_by_a_year_unless_it_came_too_early(reviews, leaves):
    def reviewed(world, case):
        world["protocols"][0].update(starts_on="2023-01-01", review_by="2023-12-30", reviews=reviews)

    assert decided(reviewed).leaves is leaves


def test_an_early_review_counts_from_the_day_it_was_due():
    def reviewed(world, case):
        world["protocols"][0].update(starts_on="2023-01-01", review_by="2023-06-13", reviews=["2023-05-01"])

    assert decided(reviewed).leaves


def test_a_suspension_covers_its_days_and_is_lifted_by_the_body_that_ordered_it():
    def until(end):
        def bend(world, case):
            world["protocols"][0]["suspensions"] = [{"from": "2024-06-01", "to": end, "by": "council"}]

        return bend

    assert decided(until("2024-06-12")).leaves
    found = decided(until("2024-06-13"))
    assert (found.rule, change(found)) == ("in-force", [("lift-suspension", "council")])


def bilateral(world, case):
    """A closer agreement of the landlord and the police under the statutory protocol."""
    world["protocols"].append(protocol("BI", kind="bilateral", parent="ISP", parties=["landlord", "met"]))


def test_a_bilateral_agreement_comes_before_the_statutory_protocol():
    assert decided(bilateral).protocol == "BI"


def test_a_protocol_falls_with_its_parent():
    def orphaned(world, case):
        bilateral(world, case)
        world["protocols"][0]["lines"] = [line(fields=["case.reference"], form={})]
        world["protocols"][0]["signatures"].pop()

    found = decided(orphaned)
    assert found.rule == "in-force"
    assert [(str(act.repair), act.org, act.protocol) for act in found.change] == [("sign", "met", "ISP")]


def test_lines_of_one_protocol_are_taken_by_their_id_code_point_by_code_point():
    def three(world, case):
        world["protocols"][0]["lines"] = [line(id=name) for name in ("b", "10", "2")]

    assert decided(three).line == "10"


def test_another_partnerships_protocol_is_nobodys_business_here():
    def elsewhere(world, case):
        world["protocols"][0]["partnership"] = "heath"

    found = decided(elsewhere)
    assert (found.failing, found.weight) == (("in-force", "line"), None)


def test_a_missing_signature_added_to_the_version_that_counts_withholds_nothing():
    def third_party(world, case):
        world["protocols"][0]["signatures"].append({"organisation": "council", "signed_on": "2024-06-01"})

    assert decided(third_party) == decided()
    assert decided(third_party, NAME).leaves
