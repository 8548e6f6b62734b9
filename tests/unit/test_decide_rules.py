"""This module knows that each release rule stops what it has to stop, and nothing else."""

from __future__ import annotations

import pytest

from protocols.vocabulary import RULES
from tests.unit.decide_world import BIRTH, MONTH, NAME, NOON, PLACE, change, decided, line


def put(where, *path_and_value):
    """Set a value deep inside JSON."""
    *path, last, value = path_and_value
    for step in path:
        where = where[step]
    where[last] = value


def world_with(*path_and_value):
    return lambda world, case: put(world, *path_and_value)


def case_with(*path_and_value):
    return lambda world, case: put(case, *path_and_value)


def line_with(key, value):
    return world_with("protocols", 0, "lines", 0, key, value)


def protocol_with(key, value):
    return world_with("protocols", 0, key, value)


def test_a_field_leaves_when_every_rule_passes():
    found = decided()
    assert found.leaves
    assert (found.cover, found.protocol, found.version, found.line) == ("line", "ISP", 1, "1")
    assert (found.gateway, found.basis, found.form, found.result) == ("CDA115", "6(1)(f)", "as-is", "released")


def push(world, case):
    case.update(initiated_by="supplier", officer="landlord-officer")


def to_a_charity(world, case):
    """The charity is a member and a party, and a line names it; section 115 does not."""
    isp = world["protocols"][0]
    isp["parties"].append("charity")
    isp["lines"][0]["to"] = ["charity"]
    isp["signatures"].append({"organisation": "charity", "signed_on": "2024-01-01"})
    case.update(recipient="charity", officer="charity-officer")


REFUSED = [
    ("role", "an officer of another organisation", case_with("officer", "council-officer")),
    ("role", "an officer whom nobody knows", case_with("officer", "nobody")),
    ("role", "an officer out of post", world_with("organisations", 1, "officers", 0, "to", "2024-06-12")),
    ("role", "a reader", world_with("organisations", 1, "officers", 0, "roles", ["reader"])),
    ("role", "an officer not assigned", case_with("assigned", False)),
    ("membership", "a recipient that has left", world_with("organisations", 1, "memberships", 0, "to", "2024-06-12")),
    ("membership", "a supplier from outside", world_with("organisations", 0, "memberships", [])),
    ("in-force", "a missing signature", world_with("protocols", 0, "signatures", 1, "signed_on", "2024-06-13")),
    ("in-force", "a withdrawal", world_with("protocols", 0, "signatures", 1, "withdrew_on", "2024-06-01")),
    ("in-force", "an overdue review", protocol_with("review_by", "2024-06-12")),
    (
        "in-force",
        "a suspension",
        protocol_with("suspensions", [{"from": "2024-06-01", "to": "2024-07-01", "by": "council"}]),
    ),
    ("line", "another purpose", case_with("purpose", "nothing")),
    ("line", "another field", line_with("fields", [BIRTH])),
    ("line", "another supplier", line_with("from", ["kind:council"])),
    ("line", "another recipient", line_with("to", ["council"])),
    ("line", "another category", line_with("categories", ["damage"])),
    ("line", "another area", line_with("areas", ["west"])),
    ("line", "a flag that is not named", case_with("record", "flags", ["child"])),
    ("line", "a line that has ended", line_with("ends_on", "2024-06-12")),
    ("onward", "a record of somebody else's", case_with("record", "origin", "council")),
    ("gateway", "a recipient without standing", to_a_charity),
    ("basis", "a basis closed to the supplier", line_with("basis", ["6(1)(e)"])),
    ("basis", "a police record for a civil purpose", case_with("record", "regime", "PART3")),
    ("statement", "no proportionality", case_with("statement", {"necessity": True, "proportionality": " "})),
    ("statement", "a provision that is not of the Act", case_with("provision", "CDA1998-s999")),
    ("decision", "no decision", case_with("decision", None)),
    ("decision", "a decision by the wrong person", case_with("decision", "officer", "landlord-officer")),
    ("decision", "a decision to come", case_with("decision", "decided_at", "2024-06-12T12:00:01+01:00")),
    ("decision", "a stale decision", case_with("decision", "decided_at", "2024-06-02T23:59:59+01:00")),
    ("decision", "a refusal", case_with("decision", "fields", {NAME: {"refuse": "discretion", "reason": "not now"}})),
    (
        "decision",
        "training lapsed",
        world_with("organisations", 0, "liaison_officers", 0, "trained_on", ["2022-06-11"]),
    ),
    ("retention", "retention ended", case_with("record", "retain_until", "2024-06-12")),
    ("retention", "a frozen record", case_with("record", "state", "frozen")),
    ("retention", "a shredded record", case_with("record", "state", "shredded")),
    ("marking", "a marking above the protocol's", case_with("record", "marking", "OFFICIAL-SENSITIVE")),
    ("marking", "no confidentiality in a meeting", case_with("channel", "meeting")),
]


@pytest.mark.parametrize(
    ("rule", "bend"), [(rule, bend) for rule, _, bend in REFUSED], ids=[name for _, name, _ in REFUSED]
)
def test_a_rule_that_fails_alone_withholds_the_field_and_is_the_reason(rule, bend):
    found = decided(bend)
    assert not found.leaves
    assert found.rule == rule
    assert rule in found.failing
    assert list(found.failing) == sorted(found.failing, key=RULES.index)


PASSES = [
    ("an officer on the last day in post", world_with("organisations", 1, "officers", 0, "to", "2024-06-13")),
    ("a push by the supplier's own officer", push),
    (
        "a signature made this morning",
        world_with("protocols", 0, "signatures", 1, "signed_on", "2024-06-12T11:59:59+01:00"),
    ),
    ("the day before the review", protocol_with("review_by", "2024-06-13")),
    ("the last day of a line", line_with("ends_on", "2024-06-13")),
    (
        "a flag that the line names",
        lambda w, c: (line_with("flags", ["child"])(w, c), case_with("record", "flags", ["child"])(w, c)),
    ),
    (
        "an onward use that is allowed",
        lambda w, c: (case_with("record", "origin", "council")(w, c), put(c, "onward_allowed", True)),
    ),
    ("a second basis that is valid", line_with("basis", ["6(1)(e)", "6(1)(f)"])),
    (
        "a police record with its authority",
        lambda w, c: (case_with("record", "regime", "PART3")(w, c), put(c, "part3_authority", "DPA 2018 s36(4)")),
    ),
    ("a decision of ten days", case_with("decision", "decided_at", "2024-06-03T00:00:00+01:00")),
    (
        "training two years less a day ago",
        world_with("organisations", 0, "liaison_officers", 0, "trained_on", ["2022-06-12"]),
    ),
    (
        "a record kept by a hold",
        lambda w, c: (case_with("record", "retain_until", "2024-01-01")(w, c), put(c, "record", "hold", True)),
    ),
    ("the provision that the protocol names", lambda w, c: c.pop("provision", None)),
]


@pytest.mark.parametrize("bend", [bend for _, bend in PASSES], ids=[name for name, _ in PASSES])
def test_on_the_right_side_of_a_rule_the_field_leaves(bend):
    assert decided(bend).leaves


def test_a_line_gives_its_form_or_a_coarser_one_and_never_a_finer_one():
    found = decided(case_with("fields", [{"code": BIRTH, "form": "as-is"}]))
    assert (found.result, found.form) == ("generalised", "age-band")
    assert found.basis is None, "what is not personal needs no basis"


def test_what_is_not_personal_needs_neither_assignment_nor_statement_nor_decision():
    found = decided(lambda w, c: c.update(fields=[{"code": BIRTH}], assigned=False, statement=None, decision=None))
    assert (found.result, found.form, found.cover) == ("generalised", "age-band", "line")


def test_a_place_with_seven_homes_counts_as_personal():
    def few(world, case):
        case.update(fields=[{"code": PLACE, "form": "cell-250"}], decision=None)
        case["record"]["homes"] = {"cell-250": 7}

    assert decided(few).rule == "decision"


def test_a_place_with_eight_homes_does_not():
    def enough(world, case):
        case.update(fields=[{"code": PLACE, "form": "cell-250"}], decision=None)
        case["record"]["homes"] = {"cell-250": 8}

    assert decided(enough).form == "cell-250"


def test_a_flagged_record_leaves_no_finer_than_the_borough_without_a_decision():
    def flagged(world, case):
        world["protocols"][0]["lines"][0]["flags"] = ["hate"]
        case.update(fields=[{"code": PLACE}], decision=None)
        case["record"]["flags"] = ["hate"]

    assert decided(flagged).form == "borough"


def test_where_no_form_is_asked_for_the_finest_that_was_decided_leaves():
    def coarse(world, case):
        case["fields"] = [{"code": NAME}]
        case["decision"]["fields"] = {NAME: {"allow": "initials"}}

    found = decided(coarse)
    assert (found.result, found.form) == ("generalised", "initials")


def test_a_form_that_is_asked_for_leaves_in_no_other():
    def coarse(world, case):
        case["fields"] = [{"code": NAME, "form": "as-is"}]
        case["decision"]["fields"] = {NAME: {"allow": "initials"}}

    found = decided(coarse)
    assert not found.leaves
    assert change(found) == [("coarser-form", "met")]


def test_a_view_may_rest_on_an_earlier_release_within_its_retention():
    def seen(world, case):
        case["decision"] = None
        case["earlier_releases"] = [
            {
                "field": NAME,
                "form": "as-is",
                "purpose": "asb-case",
                "protocol": "ISP",
                "version": 1,
                "line": "1",
                "day": "2024-05-14",
            }
        ]

    assert decided(seen).leaves

    def too_long_ago(world, case):
        seen(world, case)
        case["earlier_releases"][0]["day"] = "2024-05-13"

    assert decided(too_long_ago).rule == "decision"

    def recalled(world, case):
        seen(world, case)
        case["earlier_releases"][0]["recalled"] = True

    assert decided(recalled).rule == "decision"

    def export(world, case):
        seen(world, case)
        case["channel"] = "export"

    assert not decided(export).leaves


def test_a_release_that_rested_on_an_earlier_one_carries_nothing_further():
    def seen(world, case):
        case["decision"] = None
        earlier = {
            "field": NAME,
            "form": "as-is",
            "purpose": "asb-case",
            "protocol": "ISP",
            "line": "1",
            "day": "2024-06-10",
        }
        case["earlier_releases"] = [earlier | {"decided": False}]

    assert decided(seen).rule == "decision"


def authorised(world, case):
    """An officer of the landlord authorised for the line since March."""
    world["organisations"][0]["authorisations"] = [
        {"officer": "landlord-officer", "protocol": "ISP", "line": "1", "from": "2024-03-01"}
    ]
    case["decision"]["officer"] = "landlord-officer"


def test_an_officer_whom_the_liaison_officer_authorised_for_the_line_may_decide():
    assert decided(authorised).leaves


def test_an_authorisation_for_another_line_does_not_count():
    def other(world, case):
        authorised(world, case)
        world["organisations"][0]["authorisations"][0]["line"] = "2"

    assert decided(other).rule == "decision"


@pytest.mark.parametrize(("left", "leaves"), [("2024-05-15", True), ("2024-05-14", False)])
def test_an_authorisation_outlives_an_empty_post_by_twenty_eight_days(left, leaves):
    def vacant(world, case):
        authorised(world, case)
        world["organisations"][0]["liaison_officers"][0]["to"] = left

    assert decided(vacant).leaves is leaves


def test_an_authorisation_lasts_a_year_at_most():
    def old(world, case):
        authorised(world, case)
        world["organisations"][0]["liaison_officers"][0]["trained_on"] = ["2023-01-10", "2024-01-10"]
        world["organisations"][0]["authorisations"][0]["from"] = "2023-06-11"

    assert decided(old).rule == "decision"


def test_a_liaison_officer_may_be_shared_with_another_organisation():
    def shared(world, case):
        world["organisations"][0]["liaison_officers"] = [{"officer": "council-liaison", "trained_on": ["2024-01-10"]}]
        case["decision"]["officer"] = "council-liaison"

    assert decided(shared).leaves


def test_nobody_decides_on_what_they_ask_for_themselves():
    def own(world, case):
        world["organisations"][0]["officers"][1]["roles"] = ["officer", "liaison-officer"]
        case.update(initiated_by="supplier", officer="landlord-liaison")

    found = decided(own)
    assert (found.rule, change(found)) == ("decision", [("name-and-train", "landlord")])


def test_criminal_data_needs_a_condition_besides_a_basis():
    def criminal(conditions):
        def bend(world, case):
            world["protocols"][0]["lines"] = [line(fields=["offence.arrests"], form={}, conditions=conditions)]
            case["fields"] = [{"code": "offence.arrests", "form": "as-is"}]
            case["decision"]["fields"] = {"offence.arrests": {"allow": "as-is"}}

        return bend

    assert decided(criminal([])).rule == "basis"
    assert decided(criminal(["sch1-10"])).leaves


def test_retention_ends_with_the_line_or_with_the_record_and_a_hold_outlasts_both():
    from protocols import moments

    assert moments.show(decided().keep_until) == "2024-07-12"
    soon = decided(case_with("record", "retain_until", "2024-07-01"))
    assert moments.show(soon.keep_until) == "2024-07-01"
    assert decided(case_with("record", "hold", True)).keep_until is None


def test_a_day_begins_at_midnight_in_london_and_not_in_greenwich():
    def late(world, case):
        case["moment"] = "2024-06-12T23:30:00Z"
        case["record"]["retain_until"] = "2024-06-13"

    assert decided(late).rule == "retention"


def test_the_moment_is_the_same_in_every_time_zone():
    assert decided(case_with("moment", "2024-06-12T11:00:00Z")) == decided(case_with("moment", NOON))


def test_a_field_on_no_line_waits_for_a_new_version():
    found = decided(case_with("fields", [{"code": MONTH}]))
    assert (found.rule, change(found)) == ("line", [("new-version", None)])
